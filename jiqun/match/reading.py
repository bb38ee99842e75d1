"""Read a cluster as a market: which interactions are deals, who supplies, what needs are told apart by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import narwhals as nw
import numpy as np
import polars as pl

from jiqun.cluster import Cluster, JiqunError, MissingColumn, UnknownName, Words
from jiqun.engine.folder import DERIVED, own_folder
from jiqun.match.book import Book, Documents, Trait
from jiqun.match.objects import Deals, Floats, Ints
from jiqun.match.semantic import Encoder, available, encode

__all__ = ["Market", "Meaning", "read_market", "vectors_folder"]

Meaning = Literal["auto", "use", "e5", "both", "none"]
DEAL_KINDS = ("order", "payment", "award", "investment", "acquisition", "stay", "collaboration")
"""Kinds of interaction that conclude a match; views, favourites and enquiries do not."""
SUPPLIED_BY_SOURCE = ("investment", "acquisition")
"""Kinds in which the one who acts supplies: an investor gives the capital that the firm looks for."""
MOST_DEALS = 500_000
"""The latest deals that are read: of more, the older ones add little, and each lesson reads them again."""
DAY = pl.Date


@dataclass(frozen=True, slots=True)
class Market:
    """A cluster read as a market at one moment."""

    book: Book
    at: float
    """The moment: only what lies strictly before is read."""
    offers: pl.DataFrame
    """Offers that are valid at the moment, by row of the book's documents."""
    open: Ints
    """1 for each supplier that may be matched: not closed, not without capacity."""
    capacity: Floats
    """Capacity of each supplier over its valid offers, nan where none says it."""
    names: Mapping[str, str]
    """Names of actors and categories by identifier."""
    places: Mapping[str, str]
    """Place of each actor."""
    parents: Mapping[str, str]
    """Parent of each category and place."""
    positions: Mapping[str, tuple[float, float]]
    """Longitude and latitude of actors and places."""
    refuses: Mapping[str, tuple[str, ...]]
    """Actors that a supplier does not serve."""
    licences: Mapping[str, tuple[str, ...]]
    """Licences that a supplier states."""
    notes: tuple[Words, ...]
    encoders: tuple[Encoder, ...]


def vectors_folder(cluster: Cluster) -> Path | None:
    """Give the folder in which vectors of texts are kept; None for a cluster in memory."""
    return Path(cluster.path) / DERIVED if cluster.path and own_folder(Path(cluster.path), DERIVED) else None


def encoders_of(meaning: Meaning) -> tuple[Encoder, ...]:
    """Give the encoders that are asked for; those of ``auto`` where they are installed."""
    if meaning not in ("auto", "use", "e5", "both", "none"):
        raise UnknownName("encoder", meaning, ("auto", "use", "e5", "both", "none"))
    if meaning == "none":
        return ()
    if meaning == "auto":
        return ("use",) if available("use") else ()
    return ("use", "e5") if meaning == "both" else (meaning,)


def read_market(
    cluster: Cluster, *, at: str | None = None, meaning: Meaning = "auto", traits: Sequence[str] = ()
) -> Market:
    """Read a cluster as a market.

    Deals are the interactions that conclude something (orders, payments, awards, investments …), all interactions
    where none has such a kind. Suppliers are who is paid – of investments who invests – and who has an offer.

    Parameters
    ----------
    cluster
        Needs ``interactions`` or ``offers``.
    at
        Date of the matching; None: the day after the last deal. Nothing of it or after is read.
    meaning
        Encoders: ``"auto"`` is USE where it is installed; ``"both"`` USE and E5; ``"none"`` words alone.
    traits
        Further columns of the interactions, and of the needs, by which needs are told apart, such as ``"stage"``.

    Raises
    ------
    JiqunError
        If the cluster has neither interactions nor offers, or a date cannot be read.
    MissingColumn
        If a trait is not a column of the interactions.
    """
    if not cluster.has("interactions") and not cluster.has("offers"):
        raise JiqunError(
            f"match needs table interactions or offers; this cluster has {', '.join(cluster.tables) or 'no tables'}. "
            "Add one of them in the recipe.",
            f"match 需要表 interactions 或 offers；本集群有：{'、'.join(cluster.tables) or '无'}。请在配方中补充。",
        )
    deals = _deals(cluster, traits)
    moment = _moment(at, deals)
    actors, places, industries = (_table(cluster, name) for name in ("actors", "places", "industries"))
    lookups = _lookups(actors, places, industries)
    offers, notes = _offers(cluster, moment)
    suppliers = sorted(set(deals["supplier"].unique().to_list()) | set(offers["actor_id"].unique().to_list()))
    seekers = sorted(set(deals["seeker"].drop_nulls().unique().to_list()))
    encoders = encoders_of(meaning)
    coded, kinds = _coded(deals, suppliers, seekers, lookups, traits)
    documents = _documents(offers, suppliers, kinds, lookups, encoders, vectors_folder(cluster))
    position = np.array([lookups.position_of(name) for name in suppliers]).reshape(-1, 2)
    book = Book(kinds, coded, documents, tuple(suppliers), tuple(seekers), position=position)
    capacity, opened = _open(offers, suppliers, actors, moment)
    if meaning == "auto" and not encoders and len(documents):
        notes.append(
            Words(
                "Texts are compared by words alone; for their meaning: pip install 'jiqun[semantic]'.",
                "文本仅按用词比较；如需语义匹配：pip install 'jiqun[semantic]'。",
            )
        )
    return Market(
        book, moment, offers, opened, capacity, lookups.names, lookups.places, lookups.parents, lookups.positions,
        _lists(offers, "exclude"), _lists(offers, "licences"), tuple(notes), encoders,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Lookups:
    names: dict[str, str]
    places: dict[str, str]
    parents: dict[str, str]
    positions: dict[str, tuple[float, float]]

    def position_of(self, actor: str) -> tuple[float, float]:
        unknown = (np.nan, np.nan)
        return self.positions.get(actor) or self.positions.get(self.places.get(actor, ""), unknown)


def _table(cluster: Cluster, name: str) -> pl.DataFrame:
    return cluster.polars(name) if cluster.has(name) else pl.DataFrame()


def _pairs(frame: pl.DataFrame, key: str, value: str) -> dict[str, str]:
    if not {key, value} <= set(frame.columns):
        return {}
    kept = frame.select(key, value).drop_nulls().unique(key, keep="first", maintain_order=True)
    return dict(zip(kept[key].cast(pl.String), kept[value].cast(pl.String), strict=True))


def _lookups(actors: pl.DataFrame, places: pl.DataFrame, industries: pl.DataFrame) -> _Lookups:
    positions: dict[str, tuple[float, float]] = {}
    for frame, key in ((places, "place_id"), (actors, "actor_id")):
        if {key, "lon", "lat"} <= set(frame.columns):
            known = frame.select(key, "lon", "lat").drop_nulls()
            positions |= {str(k): (float(x), float(y)) for k, x, y in known.iter_rows()}
    return _Lookups(
        _pairs(actors, "actor_id", "name") | _pairs(industries, "industry_id", "name"),
        _pairs(actors, "actor_id", "place_id"),
        _pairs(places, "place_id", "parent") | _pairs(industries, "industry_id", "parent"),
        positions,
    )


def _deals(cluster: Cluster, traits: Sequence[str]) -> pl.DataFrame:
    schema = {"day": pl.Float64, "seeker": pl.String, "supplier": pl.String, "category": pl.String, "group": pl.String}
    if not cluster.has("interactions"):
        return pl.DataFrame(schema={**schema, "price": pl.Float64, **dict.fromkeys(traits, pl.String)})
    for trait in traits:
        if not cluster.has("interactions", trait):
            raise MissingColumn("match", "interactions", trait, cluster.columns("interactions"))
    wanted = ("time", "source", "target", "kind", "category", "group", "amount", "quantity", *traits)
    held = [name for name in dict.fromkeys(wanted) if cluster.has("interactions", name)]
    lazy = cluster.scan("interactions").select(held)
    if "kind" in held:
        kinds = set(lazy.select("kind").unique().collect("polars")["kind"].to_list())
        if kinds & set(DEAL_KINDS):
            lazy = lazy.filter(nw.col("kind").is_in(list(DEAL_KINDS)))
    frame = lazy.collect("polars").to_polars()
    if "time" in held:
        frame = frame.filter(pl.col("time").is_not_null())
        if frame.height > MOST_DEALS:
            # All deals of the last moment that fits, so that the answer does not depend on the order of rows.
            edge = frame["time"].sort(descending=True)[MOST_DEALS - 1]
            frame = frame.filter(pl.col("time") >= edge)
    return _roles(frame, traits)


def _roles(frame: pl.DataFrame, traits: Sequence[str]) -> pl.DataFrame:
    by_source = (
        pl.col("kind").is_in(list(SUPPLIED_BY_SOURCE)).fill_null(value=False)
        if "kind" in frame.columns
        else pl.lit(value=False)
    )

    def text(name: str) -> pl.Expr:
        return (pl.col(name) if name in frame.columns else pl.lit(None)).cast(pl.String)

    many = pl.col("quantity") if "quantity" in frame.columns else pl.lit(1.0)
    day = (
        pl.col("time").cast(pl.Datetime("us")).dt.epoch("us") / 86_400_000_000.0
        if "time" in frame.columns
        else pl.lit(0.0)
    )
    price = pl.col("amount") / many if "amount" in frame.columns else pl.lit(None, dtype=pl.Float64)
    return frame.select(
        day.alias("day"),
        pl.when(by_source).then(text("target")).otherwise(text("source")).alias("seeker"),
        pl.when(by_source).then(text("source")).otherwise(text("target")).alias("supplier"),
        text("category").alias("category"),
        text("group").alias("group"),
        price.cast(pl.Float64).alias("price"),
        *(text(name).alias(name) for name in traits if name != "category"),
    ).filter(pl.col("supplier").is_not_null(), pl.col("day").is_finite())


def _moment(at: str | None, deals: pl.DataFrame) -> float:
    if at is None:
        last = deals["day"].max()
        return float(np.floor(last)) + 1.0 if last is not None else float(np.datetime64("today", "D").astype(int))  # type: ignore[arg-type]
    try:
        return float(np.datetime64(at, "D").astype(int))
    except ValueError as error:
        raise JiqunError(
            f"match cannot read the date {at!r}. Write it as 2024-03-31.",
            f"match 无法读取日期 {at!r}。请写成 2024-03-31。",
        ) from error


def _offers(cluster: Cluster, moment: float) -> tuple[pl.DataFrame, list[Words]]:
    columns = {"offer_id": pl.String, "actor_id": pl.String, "text": pl.String, "category": pl.String,
               "capacity": pl.Float64, "unit": pl.String, "price": pl.Float64,
               "valid_from": DAY, "valid_to": DAY}  # fmt: skip
    if not cluster.has("offers"):
        return pl.DataFrame(schema=columns), []
    held = cluster.polars("offers")
    for name, kind in columns.items():
        column = pl.col(name).cast(kind) if name in held.columns else pl.lit(None, dtype=kind).alias(name)
        held = held.with_columns(column)
    day = pl.lit(int(np.floor(moment))).cast(pl.Int32).cast(DAY)
    valid = (pl.col("valid_from").is_null() | (pl.col("valid_from") < day)) & (
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= day)
    )
    kept = held.filter(valid, pl.col("actor_id").is_not_null()).sort("offer_id")
    notes = []
    if gone := held.height - kept.height:
        notes.append(
            Words(
                f"{gone:,} of {held.height:,} offers are not valid on the day and are left out.",
                f"{held.height:,} 条供给中有 {gone:,} 条在匹配日不在有效期内，未纳入。",
            )
        )
    return kept, notes


def _coded(
    deals: pl.DataFrame, suppliers: list[str], seekers: list[str], lookups: _Lookups, traits: Sequence[str]
) -> tuple[Deals, tuple[Trait, ...]]:
    columns: list[tuple[str, str, Words, list[str | None]]] = []
    category = deals["category"].to_list()
    place = [lookups.places.get(one or "") for one in deals["seeker"].to_list()]
    for name, group, title, values in (
        ("category", "category", Words("category", "类别"), category),
        ("sector", "category", Words("sector", "大类"), [lookups.parents.get(one or "") for one in category]),
        ("place", "place", Words("place", "地点"), place),
        ("region", "place", Words("region", "区域"), [lookups.parents.get(one or "") for one in place]),
    ):
        if name == "category" or any(value is not None for value in values):
            columns.append((name, group, title, values))
    columns += [(name, "stage", Words(name, name), deals[name].to_list()) for name in traits]
    kinds, codes = [], []
    for name, group, title, values in columns:
        levels = sorted({value for value in values if value is not None})
        code = {level: k for k, level in enumerate(levels)}
        kinds.append(Trait(name, group, title, tuple(levels)))
        codes.append(np.array([code.get(value, -1) if value is not None else -1 for value in values], dtype=np.int64))
    supplier = _codes(deals["supplier"], suppliers)
    seeker = _codes(deals["seeker"], seekers)
    joint = deals.select(
        pl.struct(pl.coalesce(pl.col("group"), pl.col("day").cast(pl.String)), "seeker", "category").rank("dense")
    )
    need = joint.to_series().to_numpy().astype(np.int64) - 1 if deals.height else np.empty(0, dtype=np.int64)
    position = np.array([lookups.position_of(one or "") for one in seekers]).reshape(-1, 2)
    where = np.where(seeker[:, None] >= 0, position[np.maximum(seeker, 0)], np.nan) if len(seekers) else None
    made = Deals.of(
        day=deals["day"].to_numpy(),
        need=need,
        seeker=seeker,
        supplier=supplier,
        traits=np.stack(codes, axis=1) if deals.height else np.empty((0, len(kinds)), dtype=np.int64),
        price=deals["price"].fill_null(np.nan).to_numpy(),
        position=where,
        suppliers=len(suppliers),
        seekers=len(seekers),
        levels=tuple(len(kind.levels) for kind in kinds),
    )
    return made, tuple(kinds)


def _codes(values: pl.Series, levels: Sequence[str]) -> Ints:
    code = pl.DataFrame(
        {"key": pl.Series(levels, dtype=pl.String), "code": pl.int_range(len(levels), eager=True, dtype=pl.Int64)}
    )
    joined = values.rename("key").to_frame().join(code, on="key", how="left", maintain_order="left")
    return np.asarray(joined["code"].fill_null(-1).to_numpy())


def _documents(  # noqa: PLR0917
    offers: pl.DataFrame, suppliers: list[str], kinds: Sequence[Trait], lookups: _Lookups,
    encoders: tuple[Encoder, ...], folder: Path | None,
) -> Documents:  # fmt: skip
    # Without a text the name of the category is what is known of an offer.
    texts = [
        text or lookups.names.get(category or "", "")
        for text, category in offers.select("text", "category").iter_rows()
    ]
    levels = kinds[0].levels if kinds else ()
    vectors = tuple((name, encode(texts, name, role="offer", folder=folder)) for name in encoders)
    begin = offers["valid_from"].cast(pl.Int32).cast(pl.Float64).fill_null(-np.inf).to_numpy()
    return Documents.of(
        _codes(offers["actor_id"], suppliers),
        texts,
        day=begin,
        category=_codes(offers["category"], levels),
        vectors=vectors,
    )


def _open(offers: pl.DataFrame, suppliers: list[str], actors: pl.DataFrame, moment: float) -> tuple[Floats, Ints]:
    total = offers.group_by("actor_id").agg(
        pl.when(pl.col("capacity").is_not_null().any()).then(pl.col("capacity").sum()).alias("capacity")
    )
    by_actor = dict(total.iter_rows())
    capacity = np.array([np.nan if by_actor.get(s) is None else by_actor[s] for s in suppliers], dtype=float)
    opened = (~(capacity == 0)).astype(np.int64)
    if {"actor_id", "closed"} <= set(actors.columns):
        day = pl.lit(int(np.floor(moment))).cast(pl.Int32).cast(DAY)
        gone = set(actors.filter(pl.col("closed").cast(DAY) < day)["actor_id"].to_list())
        opened[[k for k, s in enumerate(suppliers) if s in gone]] = 0
    return capacity, opened


def _lists(offers: pl.DataFrame, column: str) -> dict[str, tuple[str, ...]]:
    """Gather what the offers of each supplier list in a further column: texts, or lists of texts."""
    if column not in offers.columns:
        return {}
    found: dict[str, set[str]] = {}
    for actor, value in offers.select("actor_id", column).iter_rows():
        found.setdefault(actor, set()).update(listed(value))
    return {actor: tuple(sorted(held)) for actor, held in found.items()}


def listed(value: object) -> list[str]:
    """Give the entries of a list, or of a text with commas or semicolons between."""
    if value is None:
        return []
    if isinstance(value, str):
        for mark in ("；", ";", "，", "、"):
            value = value.replace(mark, ",")
        return [part.strip() for part in value.split(",") if part.strip()]
    return (
        [str(part) for part in value if part is not None]
        if isinstance(value, list | tuple | pl.Series)
        else [str(value)]
    )
