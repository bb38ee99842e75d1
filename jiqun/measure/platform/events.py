"""The events of a platform, read once and coded: who acted on whom, when, where, in what, for how much."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Finding, JiqunError, Words
from jiqun.space.exchanges import coded
from jiqun.space.frames import typed, usable
from jiqun.space.kept import kept
from jiqun.space.periods import Grain, calendar, code, label, parse, period_code

__all__ = ["ATTENTION", "PARTS", "Events", "events"]

ATTENTION = ("view", "favourite")
"""Kinds of interaction that are attention only: they count as activity, not as dealings."""

PARTS = ("subsidy_platform_", "subsidy_supplier_")
"""How extra columns begin that split a subsidy into its parts."""

MOST_PERIODS = 2_000
"""Periods that can be told apart: a table of cohorts by age has the square of them."""

_NUMBERS = ("amount", "quantity", "subsidy_platform", "subsidy_supplier")
_EARLIEST, _LATEST = 1500, 2200


@dataclass(frozen=True, slots=True)
class Events:
    """Events with both actors, a plausible date, and whatever else the cluster records.

    ``frame`` has ``source, target`` (positions in ``actors``), ``period`` (position in ``periods``), ``day`` (days
    since 1970), ``kind, place, category, channel`` (positions in the list of this name, null where unknown) and
    ``amount, quantity`` and subsidies as far as the cluster has them; with ``goods`` also ``offer`` (what was
    exchanged), ``freight`` and ``lead_days``.
    """

    frame: pl.DataFrame
    actors: NDArray[np.str_]
    periods: tuple[str, ...]
    """Periods in order and without gaps, from the first event to the last."""
    names: dict[str, tuple[str, ...]]
    """The values of ``kind, place, category, channel, offer``, sorted."""
    grain: Grain
    findings: tuple[Finding, ...]

    def has(self, column: str) -> bool:
        """Whether any event has a value in this column."""
        return column in self.frame.columns

    def of_kind(self, kind: str) -> pl.DataFrame:
        """Events of one kind; none where the cluster does not record kinds."""
        if kind not in self.names["kind"]:
            return self.frame.clear()
        return self.frame.filter(pl.col("kind") == self.names["kind"].index(kind))

    @property
    def dealings(self) -> pl.DataFrame:
        """Events other than views and favourites."""
        held = [k for k, name in enumerate(self.names["kind"]) if name in ATTENTION]
        if not held:
            return self.frame
        return self.frame.filter(~pl.col("kind").is_in(held) | pl.col("kind").is_null())


def events(cluster: Cluster, *, grain: Grain | None = None, goods: bool = False) -> Events:
    """Read the dated interactions of a cluster in one pass.

    The place is that of the interaction, or else that of its target.

    Parameters
    ----------
    cluster
        With dated interactions.
    grain
        Length of a period; None takes that of the cluster's calendar.
    goods
        Read what was exchanged and what it cost to deliver, too: the extra columns ``offer_id`` or ``product_id``,
        ``freight`` and ``lead_days`` of interactions.

    Returns
    -------
    Events
        Coded events. Those without two different actors or a plausible date (1500–2199) are left out, and a finding
        says how many.

    Raises
    ------
    MissingTable, MissingColumn
        If there are no interactions or no column ``time``.
    JiqunError
        If no interaction is complete, or they span more than two thousand periods.

    Examples
    --------
    >>> from datetime import datetime
    >>> sales = pl.DataFrame({"source": ["b", "c"], "target": ["s", "s"],
    ...                       "time": [datetime(2020, 1, 2), datetime(2020, 3, 3)]})
    >>> made = events(Cluster.from_tables(interactions=sales), grain="month")
    >>> made.periods, made.frame["period"].to_list(), made.actors.tolist()
    (('2020-01', '2020-02', '2020-03'), [0, 2], ['b', 'c', 's'])
    """
    cluster.require("platform", "interactions", "source", "target", "time")
    chosen = grain or _own_grain(cluster)
    return kept(cluster, f"platform-events:{chosen}:{goods}", lambda: _events(cluster, chosen, goods=goods))


def _own_grain(cluster: Cluster) -> Grain:
    covered = calendar(cluster)
    if covered is None:
        raise JiqunError(
            "platform needs dated interactions; no value of interactions.time can be read as a date. Correct it.",
            "平台指标需要带日期的互动，而 interactions.time 中没有可识别的日期。请更正。",
        )
    return covered.grain


def _events(cluster: Cluster, grain: Grain, *, goods: bool) -> Events:
    if not usable(cluster, "interactions", "time"):
        raise JiqunError(
            "platform needs dates; interactions.time is not of a type that is one. Correct it in the recipe.",
            "平台指标需要日期，而 interactions.time 的类型不是日期。请在配方中更正。",
        )
    read = _read(cluster, grain, goods=goods)
    whole = read.filter(
        pl.col("source").is_not_null()
        & pl.col("target").is_not_null()
        & pl.col("day").dt.year().is_between(_EARLIEST, _LATEST - 1)
        & (pl.col("source") != pl.col("target"))
    )
    if not whole.height:
        raise JiqunError(
            "platform: no interaction has a source, a target and a date between 1500 and 2199. Check the recipe.",
            "平台指标：没有一条互动同时具有发起方、对象方和 1500–2199 年间的日期。请检查配方。",
        )
    findings = [_left_out(read.height - whole.height, read.height)] if whole.height < read.height else []
    del read
    whole, odd = _finite(whole)
    findings += odd
    actors, whole = _actors_coded(whole)
    names: dict[str, tuple[str, ...]] = {}
    for column in ("kind", "place", "category", "channel", "offer"):
        names[column], whole = _coded(whole, column)
    codes = _codes(whole["day"].min(), whole["day"].max(), grain)  # type: ignore[arg-type]
    if len(codes) > MOST_PERIODS:
        raise JiqunError(
            f"platform: the interactions span {len(codes):,} {grain}s; up to {MOST_PERIODS:,} can be measured. Take a "
            "longer grain, or correct dates that are wrong.",
            f"平台指标：互动跨越 {len(codes):,} 个周期（{grain}），最多 {MOST_PERIODS:,} 个。"
            "请改用更长的周期，或更正错误日期。",
        )
    position = pl.DataFrame({"code": codes, "period": np.arange(len(codes), dtype=np.int32)})
    whole = whole.join(position.with_columns(pl.col("code").cast(pl.Int32)), on="code", how="left").drop("code")
    whole = whole.with_columns(pl.col("day").cast(pl.Int32))
    return Events(whole, actors, tuple(label(c, grain) for c in codes), names, grain, tuple(findings))


def _read(cluster: Cluster, grain: Grain, *, goods: bool) -> pl.DataFrame:
    numbers = [c for c in _NUMBERS if usable(cluster, "interactions", c)]
    texts = [c for c in ("kind", "place_id", "category", "channel") if usable(cluster, "interactions", c)]
    canonical = [nw.col(c).cast(nw.Float64) for c in numbers] + [nw.col(c).cast(nw.String) for c in texts]
    both = (nw.col("source").cast(nw.String), nw.col("target").cast(nw.String))
    when = (period_code(nw.col("time"), grain).alias("code"), nw.col("time").cast(nw.Date).alias("day"))
    frame = cluster.scan("interactions")
    more = _goods(frame) if goods else _shares(frame)
    read: pl.DataFrame = frame.select(*both, *canonical, *when, *more).collect("polars").to_native()
    if "place_id" not in texts and usable(cluster, "actors", "place_id"):
        held = typed(cluster, "actors", "actor_id", "place_id").collect("polars").to_native()
        held = held.unique("actor_id", keep="first", maintain_order=True)
        read = read.join(held, left_on="target", right_on="actor_id", how="left", maintain_order="left")
    return read.rename({"place_id": "place"}, strict=False)


def _goods(frame: nw.LazyFrame[Any]) -> list[nw.Expr]:
    """Extra columns on what was exchanged."""
    schema = frame.collect_schema()
    offers = [c for c in ("offer_id", "product_id") if c in schema]
    costs = [c for c in ("freight", "lead_days") if c in schema and schema[c].is_numeric()]
    found = [nw.col(c).cast(nw.Float64) for c in costs]
    return [*found, *(nw.col(c).cast(nw.String).alias("offer") for c in offers[:1])]


def _shares(frame: nw.LazyFrame[Any]) -> list[nw.Expr]:
    """Extra columns that split a subsidy into its parts: ``subsidy_platform_coupon`` and the like."""
    schema = frame.collect_schema()
    parts = [c for c in schema.names() if c.startswith(PARTS) and schema[c].is_numeric()]
    return [nw.col(c).cast(nw.Float64) for c in sorted(parts)[:12]]


def _finite(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
    """Take numbers that are not finite as missing, and say so."""
    numbers = [name for name, kind in frame.schema.items() if kind == pl.Float64]
    if not numbers:
        return frame, []
    counted = frame.select((~pl.col(numbers).is_finite()).sum()).row(0)
    found = [
        Finding(
            "not_finite",
            "warning",
            Words("Infinite values", "数值为无穷大"),
            Words("They were taken as missing.", "已按缺失处理。"),
            "interactions",
            name,
            int(rows),
            frame.height,
        )
        for name, rows in zip(numbers, counted, strict=True)
        if rows
    ]
    if not found:
        return frame, []
    return frame.with_columns(pl.when(pl.col(numbers).is_finite()).then(pl.col(numbers)).name.keep()), found


def _left_out(rows: int, of: int) -> Finding:
    return Finding(
        "incomplete_interaction",
        "warning",
        Words("Interactions without two different actors or a plausible date", "缺少两个不同主体或合理日期的互动"),
        Words("They were left out of the platform indices.", "未计入平台指标。"),
        "interactions",
        "time",
        rows,
        of,
    )


def _actors_coded(frame: pl.DataFrame) -> tuple[NDArray[np.str_], pl.DataFrame]:
    ids, code = coded(pl.concat([frame["source"], frame["target"]], rechunk=False))
    return ids, frame.with_columns(source=pl.Series(code[: frame.height]), target=pl.Series(code[frame.height :]))


def _coded(frame: pl.DataFrame, column: str) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Code a column of text; drop it where it has no value at all."""
    if column not in frame.columns:
        return (), frame
    values = frame[column].drop_nulls().unique().sort()
    if not values.len():
        return (), frame.drop(column)
    code = pl.col(column).cast(pl.Enum(values)).to_physical().cast(pl.Int32)
    return tuple(values.to_list()), frame.with_columns(code)


def _codes(first: date, last: date, grain: Grain) -> list[int]:
    found = []
    day, final = first, code(last, grain)
    while (current := code(day, grain)) <= final:
        found.append(current)
        day = parse(label(current, grain))[1]
    return found
