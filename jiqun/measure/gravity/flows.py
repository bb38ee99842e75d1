"""Flows between places: who dealt with whom, summed by period, channel and the places of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.space.actors import actors
from jiqun.space.frames import typed, usable
from jiqun.space.kept import kept
from jiqun.space.links import Choice, chosen
from jiqun.space.periods import Grain, calendar, code, label, parse, period_code

__all__ = ["At", "By", "Flows", "Homes", "Weighing", "deals", "flows", "placed"]

Array = NDArray[np.float64]
By = Literal["period", "channel", "period+channel"]
At = Literal["place", "parent"]
Homes = Literal["given", "modal", "earlier"]
Weighing = Literal["count", "amount"]

MOST_CELLS = 12_000_000
"""Periods × origins × destinations at most: about three gigabytes while they are fitted."""


@dataclass(frozen=True, slots=True)
class Flows:
    """Flows between places, zeros included. ``flow`` has shape (groups, origins, destinations)."""

    origins: NDArray[np.str_]
    destinations: NDArray[np.str_]
    periods: tuple[str | None, ...]
    """Period of each group; None for all time."""
    channels: tuple[str | None, ...]
    """Channel of each group; None for all."""
    flow: Array
    unplaced: int
    """Interactions left out because the place of one of the two is not known."""
    inferred: bool
    """Whether places of some actors were inferred from those they deal with."""
    choice: Choice

    def of(self, positions: list[int]) -> Array:
        """Give the flows of some groups, shape (positions, origins, destinations)."""
        return self.flow[positions]


def flows(
    cluster: Cluster,
    *,
    interactions: str | list[str] | None = None,
    period: str | None = None,
    by: By | None = None,
    grain: Grain | None = None,
    weight: Weighing = "count",
    at: At = "place",
    places: Homes = "given",
) -> Flows:
    """Sum interactions by the place of the source (origin) and of the target (destination).

    Parameters
    ----------
    cluster
        The data.
    interactions
        Which, see :func:`jiqun.space.links.chosen`.
    period
        A period, or first and last with a slash; None takes all.
    by
        What makes a group of its own.
    grain
        Length of a period; None takes that of the cluster.
    weight
        Count interactions, or sum their amounts. Of ties it is their weight in either case, 1 where it is missing.
    at
        ``"place"`` of the actors, or the ``"parent"`` it lies in.
    places
        What to do with actors without a place: ``"given"`` leaves them out; ``"modal"`` puts them where most of
        their counterparts are, over all time; ``"earlier"`` where most were in earlier periods, so that what an actor
        does in a period says nothing of where it is.

    Raises
    ------
    JiqunError
        If nobody with a place deals with anybody who has one, there are no periods or channels to tell apart, or
        there are too many places.

    Examples
    --------
    >>> c = Cluster.from_tables(
    ...     actors=pl.DataFrame({"actor_id": ["a", "b"], "place_id": ["p", "q"]}),
    ...     interactions=pl.DataFrame({"source": ["a", "a", "b"], "target": ["b", "b", "b"]}))
    >>> made = flows(c)
    >>> made.origins.tolist(), made.destinations.tolist(), made.flow.tolist()
    (['p', 'q'], ['q'], [[[2.0], [1.0]]])
    """
    rows = deals(cluster, interactions=interactions, period=period, by=by, grain=grain, weight=weight)
    located = placed(cluster, rows, at=at, places=places)
    total = float(located["n"].sum())
    kept_rows = located.drop_nulls(["origin", "destination"]).filter(pl.col("weight") > 0)
    if not kept_rows.height:
        raise JiqunError(
            "gravity needs interactions between actors with a place; there are none. Give actors a place_id, or take "
            "places='modal' where one side has one.",
            "gravity 需要双方均有地点的互动，当前没有。请为主体填写 place_id，或在一方有地点时使用 places='modal'。",
        )
    origins, destinations = (np.unique(kept_rows[c].to_numpy().astype(str)) for c in ("origin", "destination"))
    groups = kept_rows.select("code", "channel").unique().sort("channel", "code", nulls_last=False)
    if groups.height * len(origins) * len(destinations) > MOST_CELLS:
        raise JiqunError(
            f"gravity: {groups.height} groups of {len(origins)} × {len(destinations)} places are more than "
            f"{MOST_CELLS:,} cells. Take larger places (at='parent'), fewer periods, or by=None.",
            f"gravity：{groups.height} 组 × {len(origins)} × {len(destinations)} 个地点超过 {MOST_CELLS:,} 个单元。"
            "请使用更大的地点（at='parent'）、更少的时期或 by=None。",
        )
    numbered = kept_rows.join(groups.with_row_index("group"), on=["code", "channel"], nulls_equal=True)
    flow = np.zeros((groups.height, len(origins), len(destinations)))
    i, j = (
        np.searchsorted(names, numbered[c].to_numpy().astype(str))
        for names, c in ((origins, "origin"), (destinations, "destination"))
    )
    np.add.at(flow, (numbered["group"].to_numpy(), i, j), numbered["weight"].to_numpy())
    used = grain or _grain(cluster)
    return Flows(
        origins,
        destinations,
        tuple(None if c is None or used is None else label(int(c), used) for c in groups["code"].to_list()),
        tuple(groups["channel"].to_list()),
        flow,
        round(total - float(kept_rows["n"].sum())),
        bool(located["inferred"].any()),
        chosen(cluster, interactions),
    )


def deals(
    cluster: Cluster,
    *,
    interactions: str | list[str] | None,
    period: str | None,
    by: By | None,
    grain: Grain | None = None,
    weight: Weighing = "count",
) -> pl.DataFrame:
    """Give ``source, target, code, channel, n, weight``: interactions of each pair, by what makes a group.

    ``when`` is the code of the period whatever the groups are, null where nothing is dated.
    """
    choice = chosen(cluster, interactions)
    grouped = by.split("+") if by else []
    used = grain or _grain(cluster)
    when = "time" if choice.table == "interactions" else "from"
    dated = used is not None and usable(cluster, choice.table, when)
    if ("period" in grouped or period) and not dated:
        raise JiqunError(
            "gravity by period needs dated interactions. Add the column time in the recipe under "
            "[interactions.columns], or leave by and period out.",
            "gravity 按时期计算需要带时间的互动。请在配方的 [interactions.columns] 中加入 time 列，"
            "或不指定 by 与 period。",
        )
    if "channel" in grouped and (choice.table == "ties" or not usable(cluster, choice.table, "channel")):
        raise JiqunError(
            "gravity by channel needs the column channel of interactions. Add it in the recipe, or leave by out.",
            "gravity 按渠道计算需要互动表的 channel 列。请在配方中加入，或不指定 by。",
        )
    name = f"deals:{choice}:{used if dated else ''}:{'channel' in grouped}:{weight}"
    rows = kept(cluster, name, lambda: _read(cluster, choice, used if dated else None, "channel" in grouped, weight))
    if period and used is not None:
        first, _, last = period.partition("/")
        low, high = code(parse(first)[0], used), code(_last_day(last or first), used)
        rows = rows.with_columns(inside=pl.col("when").is_between(low, high))
    else:
        rows = rows.with_columns(inside=pl.lit(value=True))
    groups = pl.col("when") if "period" in grouped else pl.lit(None, dtype=pl.Int32)
    found = rows.with_columns(code=groups)
    return found.filter(pl.col("when").is_not_null()) if "period" in grouped or period else found


def _last_day(period: str) -> date:
    return parse(period)[1] - timedelta(days=1)


def _grain(cluster: Cluster) -> Grain | None:
    covered = calendar(cluster)
    return covered.grain if covered is not None else None


def _read(cluster: Cluster, choice: Choice, grain: Grain | None, channel: bool, weight: Weighing) -> pl.DataFrame:
    """Sum in the engine, then choose: what is chosen by is among the keys."""
    ties = choice.table == "ties"
    number = "weight" if ties else "amount"
    terms = sorted({c for c, _, _ in choice.terms} - {"source", "target"} | ({"channel"} if channel else set()))
    when = "from" if ties else "time"
    frame = typed(cluster, choice.table, "source", "target", number, *terms, *([when] if grain else []))
    frame = frame.filter(~nw.col("source").is_null(), ~nw.col("target").is_null())
    moment = period_code(nw.col(when), grain) if grain else nw.lit(None, dtype=nw.Int32)
    of_row = nw.col(number).fill_null(1.0 if ties and weight == "count" else 0.0).alias(number)
    frame = frame.select("source", "target", of_row, *terms, when=moment)
    if weight == "amount" and not usable(cluster, choice.table, number):
        raise JiqunError(
            f"gravity: {choice.table} has no amounts. Use weight='count'.",
            f"gravity：{choice.table} 没有金额，请使用 weight='count'。",
        )
    summed: pl.DataFrame = (
        frame.group_by("source", "target", "when", *terms)
        .agg(nw.len().alias("n"), nw.col(number).sum().alias("sum"))
        .collect("polars")
        .to_native()
    )
    found = summed.filter(*(_condition(choice, c) for c in sorted({c for c, _, _ in choice.terms})))
    weighed = weight == "amount" or (ties and usable(cluster, "ties", "weight"))
    value = pl.col("sum").cast(pl.Float64) if weighed else pl.col("n").cast(pl.Float64)
    kind = pl.col("channel").cast(pl.String) if channel else pl.lit(None, dtype=pl.String)
    return found.select(
        pl.col("source", "target").cast(pl.String),
        pl.col("when").cast(pl.Int32),
        pl.col("n").cast(pl.Float64),
        weight=value,
        channel=kind,
    )


def _condition(choice: Choice, column: str) -> pl.Expr:
    """Alternatives of one column together; what is excluded, and a missing value, apart."""
    named = [v for c, same, v in choice.terms if c == column and same]
    barred = [v for c, same, v in choice.terms if c == column and not same]
    met = pl.col(column).is_in(named) if named else pl.lit(value=True)
    return met & (~pl.col(column).is_in(barred) | pl.col(column).is_null()) if barred else met


def placed(cluster: Cluster, rows: pl.DataFrame, *, at: At, places: Homes) -> pl.DataFrame:
    """Add ``origin``, ``destination`` and ``inferred`` to deals, and keep those inside the period.

    Parameters
    ----------
    cluster
        The data.
    rows
        As :func:`deals` gives them.
    at, places
        See :func:`flows`.
    """
    place = _places(cluster, at)
    found = (
        rows.join(place.rename({"actor_id": "source", "place": "origin"}), on="source", how="left")
        .join(place.rename({"actor_id": "target", "place": "destination"}), on="target", how="left")
        .with_columns(inferred=pl.lit(value=False))
    )
    if places != "given":
        for actor, own, other in (("source", "origin", "destination"), ("target", "destination", "origin")):
            lacking = found.filter(pl.col(own).is_null() & pl.col(other).is_not_null())
            known = _modal(lacking, actor, other) if places == "modal" else _earlier(lacking, actor, other)
            keys = [actor] if places == "modal" else [actor, "when"]
            found = found.join(known, on=keys, how="left", nulls_equal=True).with_columns(
                pl.coalesce(own, "_home").alias(own),
                inferred=pl.col("inferred") | (pl.col(own).is_null() & pl.col("_home").is_not_null()),
            )
            found = found.drop("_home")
    return found.filter(pl.col("inside"))


def _places(cluster: Cluster, at: At) -> pl.DataFrame:
    place = actors(cluster).select("actor_id", "place")
    if at == "place":
        return place
    if not usable(cluster, "places", "parent"):
        raise JiqunError(
            "gravity at the parent needs the column parent of places. Add it in the recipe, or take at='place'.",
            "gravity 按上级地点计算需要地点表的 parent 列。请在配方中加入，或使用 at='place'。",
        )
    above = typed(cluster, "places", "place_id", "parent").collect("polars").to_native()
    above = above.unique("place_id", keep="first", maintain_order=True)
    joined = place.join(above, left_on="place", right_on="place_id", how="left")
    return joined.select("actor_id", place=pl.coalesce("parent", "place"))


def _modal(rows: pl.DataFrame, actor: str, other: str) -> pl.DataFrame:
    """Place with most interactions of each actor; of equals the first by name."""
    return (
        rows.group_by(actor, other)
        .agg(pl.col("n").sum())
        .sort(actor, "n", other, descending=[False, True, False])
        .unique(actor, keep="first", maintain_order=True)
        .select(actor, _home=other)
    )


def _earlier(rows: pl.DataFrame, actor: str, other: str) -> pl.DataFrame:
    """The same of each actor and period, over the periods before it."""
    dated = rows.drop_nulls("when").group_by(actor, "when", other).agg(pl.col("n").sum())
    moments = dated.select(actor, "when").unique()
    before = moments.join(dated.rename({"when": "then"}), on=actor).filter(pl.col("then") < pl.col("when"))
    return (
        before.group_by(actor, "when", other)
        .agg(pl.col("n").sum())
        .sort(actor, "when", "n", other, descending=[False, False, True, False])
        .unique([actor, "when"], keep="first", maintain_order=True)
        .select(actor, "when", _home=other)
    )


UNPLACED = Words("{n} interactions left out: a place is not known", "{n} 次互动因地点未知而未计入")
INFERRED = Words("places of some actors are inferred from those they deal with", "部分主体的地点由其交易对象推断得出")
