r"""Gaps of the chain (补链强链): what is needed at a place while nobody near can supply it, and who could.

With input coefficients a (table ``flows``), firms of industry j at place p of total size S, what they need of
industry i is

.. math:: N_{pi}=\sum_j a_{ij}S_{pj}

A gap is a pair (p, i) with N > 0, or with open needs in the category i, and fewer than ``least_firms`` firms of i near.
For each there are firms of i elsewhere, by size and distance, and firms of the place in industries that tend to be
found together with i: who could come, and who could grow into it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import narwhals as nw
import numpy as np
import polars as pl

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.match.features import distance_km
from jiqun.measure.complexity.proximity import proximity
from jiqun.space.actors import actors, industry_names

__all__ = ["Gaps", "gaps"]

MOST_INDUSTRIES = 400
"""Industries up to which proximity is resampled; its pairs times replicates are held at once."""
_CANDIDATES = {
    "place_id": pl.String, "industry_id": pl.String, "rank": pl.Int64, "actor_id": pl.String, "name": pl.String,
    "at": pl.String, "size": pl.Float64, "distance_km": pl.Float64, "attraction": pl.Float64,
}  # fmt: skip
_RELATED = {
    "place_id": pl.String, "industry_id": pl.String, "rank": pl.Int64, "actor_id": pl.String, "name": pl.String,
    "related_industry": pl.String, "size": pl.Float64, "proximity": pl.Float64, "low": pl.Float64, "high": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gaps:
    """Where the chain is broken, who could mend it, and what was assumed."""

    table: pl.DataFrame
    """``place_id, industry_id, name, need, share, users, open_needs, firms_near``: the greatest need first. ``share``
    is the need as a share of all inputs that the firms of the place need; ``users`` are those firms that need it."""
    links: pl.DataFrame
    """``place_id, source, target, coefficient, users, need``: the links of the chain behind each gap."""
    candidates: pl.DataFrame
    """``place_id, industry_id, rank, actor_id, name, at, size, distance_km, attraction``: firms of the industry
    elsewhere."""
    related: pl.DataFrame
    """``place_id, industry_id, rank, actor_id, name, related_industry, size, proximity, low, high``: firms of the place
    in industries that are found together with the missing one."""
    notes: tuple[Words, ...]


def gaps(
    cluster: Cluster,
    *,
    places: Collection[str] | None = None,
    near_km: float = 0.0,
    least_firms: int = 1,
    at: date | None = None,
    period: str | None = None,
    top: int = 10,
    most: int = 1_000,
    decay_km: float = 200.0,
    replicates: int = 100,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
) -> Gaps:
    """Find what is needed at a place and supplied by nobody near, and who could supply it.

    Parameters
    ----------
    cluster
        Needs ``actors`` with place and industry, and ``flows`` or ``needs`` with a category.
    places
        Only these; None for all.
    near_km
        Firms of the place itself are near; beyond it those within this distance of the mean position of its firms.
    least_firms
        From so many firms near there is no gap.
    at
        The day: firms not founded yet, or closed, do not count, nor needs whose deadline has passed. None: firms that
        are not closed, and all needs.
    period
        Period of the flows; None takes the last.
    top
        Candidates, and related firms, for each gap.
    most
        Gaps for which candidates are sought, the greatest need first.
    decay_km
        Distance over which the attraction of a candidate falls by the factor e. A convention of ours.
    replicates, level, rng
        Poisson bootstrap over firms of the proximity of industries; 0 for no intervals.

    Returns
    -------
    Gaps
        ``attraction`` is the size of a firm times exp(−distance / ``decay_km``), null where a distance is unknown;
        those come last, by size.

    Raises
    ------
    MissingTable
        If there are neither flows nor needs, or no actors.
    JiqunError
        If no firm has a place and an industry, or a number is out of range.

    References
    ----------
    Hidalgo, C. et al. (2007), for the proximity of industries. doi:10.1126/science.1144581

    Examples
    --------
    Cloth needs thread, and the only spinner is in q.

    >>> c = Cluster.from_tables(
    ...     actors=pl.DataFrame({"actor_id": ["w", "s"], "place_id": ["p", "q"], "industry_id": ["cloth", "thread"],
    ...                          "size": [50.0, 20.0]}),
    ...     flows=pl.DataFrame({"source": ["thread"], "target": ["cloth"], "coefficient": [0.4]}),
    ... )
    >>> found = gaps(c, replicates=0)
    >>> found.table.select("place_id", "industry_id", "need", "firms_near").rows()
    [('p', 'thread', 20.0, 0)]
    >>> found.candidates["actor_id"].to_list()
    ['s']
    """
    _refuse(near_km=near_km, decay_km=decay_km, least_firms=least_firms, top=top, most=most)
    if not cluster.has("needs", "category"):
        cluster.require("gaps", "flows")
    cluster.require("gaps", "actors", "place_id")
    firms, notes = _firms(cluster, at)
    links = _links(cluster, firms, period)
    asked = _asked(cluster, firms, at)
    found = _gaps(firms, links, asked, (near_km, least_firms), places)
    found = found.with_columns(
        name=pl.col("industry_id").replace_strict(industry_names(cluster), default=None, return_dtype=pl.String)
    )
    found = found.select("place_id", "industry_id", "name", "need", "share", "users", "open_needs", "firms_near")
    if found.height > most:
        notes.append(
            Words(
                f"Candidates are given for the {most:,} gaps of the greatest need, of {found.height:,}.",
                f"共 {found.height:,} 处缺口，仅对需求最大的 {most:,} 处给出候选企业。",
            )
        )
    near = _proximity(firms, notes, replicates=replicates, level=level, rng=rng)
    head = found.head(most)
    behind = links.join(found, left_on=["place_id", "source"], right_on=["place_id", "industry_id"], how="semi")
    return Gaps(
        found,
        behind.sort("place_id", "source", "target"),
        _candidates(firms, head, top, decay_km),
        _related(firms, head, near, top),
        tuple(notes),
    )


def _refuse(**values: float) -> None:
    for name, value in values.items():
        low = 0.0 if name == "near_km" else 1e-9 if name == "decay_km" else 1.0
        if not np.isfinite(value) or value < low:
            raise JiqunError(
                f"gaps needs {name} to be a number of at least {low:g}; got {value}.",
                f"gaps 要求 {name} 为不小于 {low:g} 的数；收到 {value}。",
            )


def _firms(cluster: Cluster, at: date | None) -> tuple[pl.DataFrame, list[Words]]:
    """Give the firms that are there: actor_id, name, place_id, industry_id, size, lon, lat."""
    frame = actors(cluster).rename({"place": "place_id", "industry": "industry_id"})
    frame = frame.filter(~pl.col("kind").is_in(["buyer", "platform"]).fill_null(False))
    if at is None:
        frame = frame.filter(pl.col("closed").is_null())
    else:
        there = (pl.col("founded").is_null() | (pl.col("founded") <= at)) & (
            pl.col("closed").is_null() | (pl.col("closed") > at)
        )
        frame = frame.filter(there)
    known = frame.filter(pl.col("place_id").is_not_null() & pl.col("industry_id").is_not_null())
    if known.is_empty():
        raise JiqunError(
            "gaps needs firms with a place and an industry; no firm has both. Add them in the recipe under "
            "[actors.columns].",
            "gaps 需要同时有地点和行业的企业；目前没有。请在配方的 [actors.columns] 中补充。",
        )
    notes = []
    if lost := frame.height - known.height:
        notes.append(
            Words(
                f"{lost:,} firms without a place or an industry are left out.",
                f"{lost:,} 家企业缺少地点或行业，未计入。",
            )
        )
    good = pl.col("size").is_finite() & (pl.col("size") >= 0.0)
    unknown = known.filter(good.fill_null(False)).height
    if unknown < known.height:
        notes.append(
            Words(
                f"The size of {known.height - unknown:,} firms is unknown; they count as the median firm.",
                f"{known.height - unknown:,} 家企业规模未知，按规模中位数计。",
            )
        )
    size = pl.when(good).then(pl.col("size"))
    return known.with_columns(size=size.fill_null(size.median()).fill_null(1.0)), notes


def _links(cluster: Cluster, firms: pl.DataFrame, period: str | None) -> pl.DataFrame:
    """Give what the firms of an industry at a place need of another, for each place and link."""
    users = firms.group_by("place_id", "industry_id", maintain_order=True).agg(
        users=pl.len().cast(pl.Int64), weight=pl.col("size").sum()
    )
    if cluster.has("flows"):
        flows = cluster.polars("flows")
    else:
        flows = pl.DataFrame(schema={"source": pl.String, "target": pl.String, "coefficient": pl.Float64})
    if "period" in flows.columns and flows["period"].null_count() < flows.height:
        chosen = period if period is not None else flows["period"].max()
        if chosen not in flows["period"].to_list():
            raise JiqunError(
                f"flows has no period {chosen!r}. It has: {', '.join(sorted(flows['period'].drop_nulls().unique()))}.",
                f"flows 没有时期 {chosen!r}。可用：{'、'.join(sorted(flows['period'].drop_nulls().unique()))}。",
            )
        flows = flows.filter(period=chosen)
    flows = flows.filter(pl.col("coefficient").is_finite() & (pl.col("coefficient") > 0.0))
    flows = flows.sort("coefficient").group_by("source", "target", maintain_order=True).agg(pl.col("coefficient").sum())
    linked = flows.join(users, left_on="target", right_on="industry_id").with_columns(
        need=pl.col("coefficient") * pl.col("weight")
    )
    return linked.select("place_id", "source", "target", "coefficient", "users", "need").sort(
        "place_id", "source", "target"
    )


def _asked(cluster: Cluster, firms: pl.DataFrame, at: date | None) -> pl.DataFrame:
    """Count the open needs by the place of who needs and the category: place_id, industry_id, open_needs."""
    empty = pl.DataFrame(schema={"place_id": pl.String, "industry_id": pl.String, "open_needs": pl.Int64})
    if not cluster.has("needs", "actor_id", "category"):
        return empty
    columns = [c for c in ("actor_id", "category", "deadline") if c in cluster.columns("needs")]
    needs = cluster.scan("needs").select(*(nw.col(c) for c in columns)).collect("polars").to_polars()
    if at is not None and "deadline" in columns:
        needs = needs.filter(pl.col("deadline").is_null() | (pl.col("deadline").cast(pl.Date) >= at))
    where = actors(cluster).select("actor_id", place_id="place")
    known = set(firms["industry_id"].unique()) | set(industry_names(cluster))
    placed = needs.join(where, on="actor_id").rename({"category": "industry_id"})
    placed = placed.filter(pl.col("place_id").is_not_null() & pl.col("industry_id").is_in(list(known)))
    return placed.group_by("place_id", "industry_id").agg(open_needs=pl.len().cast(pl.Int64))


def _gaps(
    firms: pl.DataFrame,
    links: pl.DataFrame,
    asked: pl.DataFrame,
    near: tuple[float, int],
    places: Collection[str] | None,
) -> pl.DataFrame:
    near_km, least_firms = near
    # The sums are taken in a fixed order, so that they do not depend on the order of rows.
    needed = links.group_by("place_id", industry_id="source", maintain_order=True).agg(
        pl.col("need").sum(), pl.col("users").sum()
    )
    needed = needed.with_columns(share=pl.col("need") / pl.col("need").sum().over("place_id"))
    both = needed.join(asked, on=["place_id", "industry_id"], how="full", coalesce=True)
    both = both.with_columns(pl.col("need").fill_null(0.0), pl.col("users", "open_needs").fill_null(0))
    own = firms.group_by("place_id", "industry_id").agg(firms_near=pl.len().cast(pl.Int64))
    both = both.join(own, on=["place_id", "industry_id"], how="left").with_columns(pl.col("firms_near").fill_null(0))
    both = both.filter((pl.col("firms_near") < least_firms) & ((pl.col("need") > 0.0) | (pl.col("open_needs") > 0)))
    if places is not None:
        both = both.filter(pl.col("place_id").is_in(list(places)))
    if near_km > 0.0 and both.height:
        distances = _Distances.of(firms)
        counted = [
            int(np.count_nonzero((distances.to(place, industry) <= near_km) | distances.inside(place, industry)))
            for place, industry in both.select("place_id", "industry_id").iter_rows()
        ]
        both = both.with_columns(firms_near=pl.Series(counted, dtype=pl.Int64)).filter(
            pl.col("firms_near") < least_firms
        )
    return both.sort(["need", "open_needs", "place_id", "industry_id"], descending=[True, True, False, False])


@dataclass(frozen=True, slots=True)
class _Distances:
    """Firms by industry, and where the firms of each place are in the mean."""

    by_industry: dict[str, pl.DataFrame]
    centre: dict[str, tuple[float, float]]

    @classmethod
    def of(cls, firms: pl.DataFrame) -> _Distances:
        parts = firms.sort("actor_id").partition_by("industry_id", as_dict=True)
        middle = firms.sort("actor_id").group_by("place_id").agg(pl.col("lon", "lat").mean()).drop_nulls()
        return cls({str(k[0]): part for k, part in parts.items()}, {p: (lon, lat) for p, lon, lat in middle.rows()})

    def firms(self, industry: str) -> pl.DataFrame:
        empty: pl.DataFrame = next(iter(self.by_industry.values())).clear()
        return self.by_industry.get(industry, empty)

    def to(self, place: str, industry: str) -> np.ndarray:
        there = self.firms(industry).select(pl.col("lon", "lat").fill_null(np.nan)).to_numpy()
        return distance_km(np.array([self.centre.get(place, (np.nan, np.nan))]), there)

    def inside(self, place: str, industry: str) -> np.ndarray:
        return (self.firms(industry)["place_id"] == place).to_numpy()


def _candidates(firms: pl.DataFrame, found: pl.DataFrame, top: int, decay_km: float) -> pl.DataFrame:
    distances = _Distances.of(firms)
    parts = [pl.DataFrame(schema=_CANDIDATES)]
    for place, industry in found.select("place_id", "industry_id").iter_rows():
        away = ~distances.inside(place, industry)
        far = pl.Series(distances.to(place, industry), dtype=pl.Float64).fill_nan(None)
        listed = distances.firms(industry).with_columns(distance_km=far).filter(pl.Series(away))
        listed = listed.with_columns(attraction=pl.col("size") * (-pl.col("distance_km") / decay_km).exp())
        order = ["attraction", "size", "distance_km", "actor_id"]
        listed = listed.sort(order, descending=[True, True, False, False], nulls_last=True).head(top)
        parts.append(_ranked(listed, place, industry, at=pl.col("place_id")).select(*_CANDIDATES).cast(_CANDIDATES))  # type: ignore[arg-type]
    return pl.concat(parts)


def _ranked(listed: pl.DataFrame, place: str, industry: str, **columns: pl.Expr) -> pl.DataFrame:
    """Number what is listed for a gap; the columns of the gap replace those of the firm, kept under other names."""
    rank = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return listed.with_columns(rank=rank, **columns).with_columns(place_id=pl.lit(place), industry_id=pl.lit(industry))


def _proximity(
    firms: pl.DataFrame, notes: list[Words], *, replicates: int, level: float, rng: np.random.Generator | int | None
) -> pl.DataFrame:
    """Give the proximity of industries both ways: industry_id, related_industry, proximity, low, high."""
    if replicates and firms["industry_id"].n_unique() > MOST_INDUSTRIES:
        replicates = 0
        notes.append(
            Words(
                f"Proximity is given without intervals: there are more than {MOST_INDUSTRIES} industries.",
                f"行业多于 {MOST_INDUSTRIES} 个，邻近度未给出区间。",
            )
        )
    near = proximity(
        firms.select("place_id", "industry_id"), weight="count", replicates=replicates, level=level, rng=rng
    )
    one = near.select("industry_id", related_industry="industry_id_2", proximity="value", low="low", high="high")
    other = one.select(industry_id="related_industry", related_industry="industry_id", **{
        name: pl.col(name) for name in ("proximity", "low", "high")
    })  # fmt: skip
    both: pl.DataFrame = pl.concat([one, other]).with_columns(
        pl.col("proximity", "low", "high").cast(pl.Float64).fill_nan(None)
    )
    return both.filter(pl.col("proximity") > 0.0)


def _related(firms: pl.DataFrame, found: pl.DataFrame, near: pl.DataFrame, top: int) -> pl.DataFrame:
    local = {str(k[0]): part for k, part in firms.partition_by("place_id", as_dict=True).items()}
    kin = {str(k[0]): part.drop("industry_id") for k, part in near.partition_by("industry_id", as_dict=True).items()}
    parts = [pl.DataFrame(schema=_RELATED)]
    for place, industry in found.select("place_id", "industry_id").iter_rows():
        if place not in local or industry not in kin:
            continue
        listed = local[place].join(kin[industry], left_on="industry_id", right_on="related_industry")
        listed = listed.sort(["proximity", "size", "actor_id"], descending=[True, True, False]).head(top)
        named = _ranked(listed, place, industry, related_industry=pl.col("industry_id"))
        parts.append(named.select(*_RELATED).cast(_RELATED))  # type: ignore[arg-type]
    return pl.concat(parts)
