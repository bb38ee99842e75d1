"""The indices of a platform: participants, interactions and activity by side, place, category and period."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import polars as pl

from jiqun.cluster import Cluster, Finding, JiqunError, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.measure.platform.distinct import distinct
from jiqun.measure.platform.events import Events, events
from jiqun.measure.platform.indicators import INDICATORS
from jiqun.measure.platform.participation import Dimension, by_day, participation, views
from jiqun.measure.platform.remaining import retention, survival
from jiqun.measure.platform.subsidies import subsidies
from jiqun.measure.platform.tables import Resampling, indices_of
from jiqun.space.periods import Grain

__all__ = ["DIMENSIONS", "Platform", "platform_indices"]

DIMENSIONS: tuple[Dimension, ...] = ("side", "place", "category", "period")
_KINDS = {"visits": "view", "favourites": "favourite", "enquiries": "enquiry", "reviews": "review"}
_INACTIVE: Mapping[Grain, int] = MappingProxyType({"week": 8, "month": 3, "quarter": 2, "year": 1})
_ID = {"place": "place_id", "category": "category"}


@dataclass(frozen=True, slots=True)
class Platform:
    """The indices of a platform and what they rest on."""

    indices: pl.DataFrame
    """The dimensions asked for, then ``indicator, value, low, high, note``."""
    survival: pl.DataFrame
    """``side``, the dimensions but the period, then ``age, at_risk, exits, value, low, high, left_out``."""
    retention: pl.DataFrame
    """``side``, the dimensions but the period, then ``cohort, age, participants, active, value, low, high``."""
    subsidies: pl.DataFrame
    """The dimensions but the side, then ``bearer, amount, value, low, high, incidence, incidence_low,
    incidence_high``; empty where the cluster records none."""
    missing: Mapping[str, Words]
    """Indices that the data cannot support, and what they need."""
    grain: Grain
    inactive: int
    """Periods without a dealing after which a participant counts as gone."""
    periods: tuple[str, ...]
    findings: tuple[Finding, ...]


def platform_indices(
    cluster: Cluster,
    *,
    by: Collection[Dimension] = ("side", "period"),
    grain: Grain | None = None,
    inactive: int | None = None,
    all_entries: bool = False,
    replicates: int = 199,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
    progress: Progress = silent,
) -> Platform:
    """Measure a platform: who takes part, what they do with one another, and how active they are.

    Dealings are interactions other than views and favourites. The side ``source`` acts (buys, invests), the side
    ``target`` is acted on (sells, is invested in). The size of a participant is the sum of its amounts, or of its
    dealings where no amount is known; a sum below zero (returned goods) counts as zero in Gini, shares and tails.

    Parameters
    ----------
    cluster
        With dated interactions.
    by
        Any of ``side, place, category, period``; without ``side`` both sides are taken together. Dealings whose
        place or category is unknown are left out where it is asked for.
    grain
        Length of a period: ``week, month, quarter, year``; None takes that of the cluster's calendar.
    inactive
        The rule of inactivity: a participant has left after so many periods without a dealing. None: 8 weeks,
        3 months, 2 quarters or 1 year.
    all_entries
        The data begin with the platform, so who appears in the first periods has just entered. Otherwise those in
        the first ``inactive`` periods are left out of survival, for they may have been there before.
    replicates, level, rng
        Poisson bootstrap over participants for the intervals of means, shares and Gini; counts are counted and have
        none.
    progress
        Told after each step.

    Returns
    -------
    Platform
        Tables of indices, survival, retention and subsidies; what could not be computed and why; findings. The names
        of the indices are those of :data:`~jiqun.measure.platform.indicators.INDICATORS`.

    Raises
    ------
    MissingTable, MissingColumn
        If there are no dated interactions.
    JiqunError
        If a dimension does not exist or the cluster does not record it.

    References
    ----------
    Gabaix, X. & Ibragimov, R. (2011). doi:10.1198/jbes.2009.06157
    Kaplan, E. & Meier, P. (1958). doi:10.1080/01621459.1958.10501452

    Examples
    --------
    >>> from datetime import datetime
    >>> sales = pl.DataFrame({"source": ["b", "b", "c"], "target": ["s", "s", "s"], "amount": [1.0, 2.0, 5.0],
    ...                       "time": [datetime(2020, 1, 2), datetime(2020, 2, 3), datetime(2020, 2, 3)]})
    >>> made = platform_indices(Cluster.from_tables(interactions=sales), by=["period"], grain="month", replicates=0)
    >>> made.indices.filter(indicator="entrants").select("period", "value").rows()
    [('2020-01', 2.0), ('2020-02', 1.0)]
    """
    read = events(cluster, grain=grain)
    asked = _dimensions(by, read)
    keys = [k for k in asked if k != "side"]
    gone = _rule(inactive, read)
    how = Resampling(replicates, level, rng)
    progress(Words("Dealings by day", "按日汇总交易"), 1, 4)
    daily = by_day(read, keys)
    progress(Words("Indices", "计算指标"), 2, 4)
    tables = []
    for seen in views(daily, keys, by_side="side" in asked):
        numbers = _with_homes(read, participation(read, seen, keys, inactive=gone), keys, seen.side)
        halved = 1.0 if seen.side else 0.5
        table = pl.concat([indices_of(numbers, keys, how), *_totals(read, numbers, keys, halved)])
        tables.append(table.with_columns(side=pl.lit(seen.side)) if seen.side else table)
    progress(Words("Survival and retention", "存续与留存"), 3, 4)
    staying = _staying(read, [k for k in keys if k != "period"], (gone, all_entries, level))
    given = subsidies(read, keys, replicates=replicates, level=level, rng=rng)
    missing = _missing(read)
    whole = pl.concat(tables).filter(~pl.col("indicator").is_in(list(missing)))
    progress(Words("Indices", "计算指标"), 4, 4)
    return Platform(
        indices=_named(read, _finish(whole, asked, missing), asked),
        survival=_named(read, staying[0], ["side", *keys]),
        retention=_named(read, staying[1], ["side", *keys, "cohort"]),
        subsidies=_named(read, given, keys),
        missing=MappingProxyType(missing),
        grain=read.grain,
        inactive=gone,
        periods=read.periods,
        findings=read.findings,
    )


def _dimensions(by: Collection[Dimension], read: Events) -> list[str]:
    if isinstance(by, str):
        by = [part.strip() for part in by.split(",") if part.strip()]  # type: ignore[misc]
    for name in by:
        if name not in DIMENSIONS:
            raise JiqunError(
                f"platform cannot be split by {name!r}. Choose from: {', '.join(DIMENSIONS)}.",
                f"平台指标不能按 {name!r} 分组。可选：{'、'.join(DIMENSIONS)}。",
            )
        if name in _ID and not read.has(name):
            raise JiqunError(
                f"platform by {name} is not computable: needs column {_ID[name]} of interactions. "
                "Add it in the recipe, or leave it out.",
                f"无法按 {name} 计算平台指标：需要 interactions 的列 {_ID[name]}。请在配方中补充，或不按此分组。",
            )
    return [name for name in DIMENSIONS if name in by]


def _rule(inactive: int | None, read: Events) -> int:
    if inactive is not None and inactive < 1:
        raise JiqunError(
            f"platform: inactive must be 1 period or more, not {inactive}.",
            f"平台指标：inactive 至少为 1 期，现为 {inactive}。",
        )
    return _INACTIVE[read.grain] if inactive is None else inactive


def _with_homes(read: Events, numbers: pl.DataFrame, keys: list[str], side: str | None) -> pl.DataFrame:
    """Add whether a participant is active in several channels."""
    if len(read.names["channel"]) < 2:
        return numbers
    sides = [side] if side else ["source", "target"]
    dealt = read.dealings.drop_nulls([*keys, "channel"])
    used = pl.concat([dealt.select(*keys, "channel", actor=s) for s in sides])
    homes = used.unique().group_by(*keys, "actor").agg(homes=(pl.len() >= 2).cast(pl.Float64))
    joined = numbers.join(homes, on=[*keys, "actor"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("homes").fill_null(0.0))


def _totals(read: Events, numbers: pl.DataFrame, keys: list[str], halved: float) -> list[pl.DataFrame]:
    """Count what has no participant: dealings, their value, pairs, and events of each kind."""
    summed = {"interactions": "n", "pairs": "pairs", "value": "amount"}
    parts = [
        _grouped(numbers, keys, pl.col(column).sum() * halved, name)
        for name, column in summed.items()
        if column in numbers.columns
    ]
    for name, kind in _KINDS.items():
        if kind in read.names["kind"]:
            counted = _grouped(read.of_kind(kind).drop_nulls(keys), keys, pl.len().cast(pl.Float64), name)
            parts.append(counted)
    return parts


def _grouped(frame: pl.DataFrame, keys: list[str], of: pl.Expr, name: str) -> pl.DataFrame:
    made = frame.group_by(keys).agg(value=of) if keys else frame.select(value=of)
    empty = pl.lit(None, dtype=pl.Float64)
    return made.select(
        *keys, indicator=pl.lit(name), value=pl.col("value"), low=empty, high=empty, note=pl.lit(None, pl.String)
    )


def _staying(read: Events, keys: list[str], rule: tuple[int, bool, float]) -> tuple[pl.DataFrame, pl.DataFrame]:
    inactive, all_entries, level = rule
    dealt = read.dealings.drop_nulls(keys)
    lasting, returning = [], []
    for side in ("source", "target"):
        seen = distinct(dealt.select(*keys, pl.col(side).alias("actor"), "period"), [*keys, "actor", "period"])
        kept = survival(read, seen, keys, inactive=inactive, all_entries=all_entries, level=level)
        lasting.append(kept.with_columns(side=pl.lit(side)))
        returning.append(retention(read, seen, keys, level=level).with_columns(side=pl.lit(side)))
    return tuple(  # type: ignore[return-value]
        pl.concat(parts, how="vertical_relaxed").select("side", pl.exclude("side")) for parts in (lasting, returning)
    )


def _missing(read: Events) -> dict[str, Words]:
    missing = {
        name: Words(f"Not computable: needs interactions of kind {kind}.", f"无法计算：需要类型为 {kind} 的互动。")
        for name, kind in _KINDS.items()
        if kind not in read.names["kind"]
    }
    if not read.has("amount"):
        why = Words("Not computable: needs column amount of interactions.", "无法计算：需要 interactions 的列 amount。")
        missing |= dict.fromkeys(("value", "value_per_participant", "value_per_interaction"), why)
    if len(read.names["channel"]) < 2:
        missing["multi_homing"] = Words(
            "Not computable: needs interactions in two channels or more.", "无法计算：需要两个及以上渠道的互动。"
        )
    dealt = read.dealings
    if not dealt["source"].unique().is_in(dealt["target"].unique().implode()).any():
        missing["reciprocity"] = Words(
            "Not computable: needs an actor on both sides; here each is on one.",
            "无法计算：需要同时处于两侧的主体，本集群没有。",
        )
    missing["dwell"] = Words(
        "Not computable: needs the length of visits, which the tables of a cluster do not hold.",
        "无法计算：需要浏览的停留时长，集群数据表中没有这一项。",
    )
    return missing


def _finish(table: pl.DataFrame, asked: list[str], missing: Mapping[str, Words]) -> pl.DataFrame:
    order = pl.Enum(list(INDICATORS))
    columns = [*asked, "indicator", "value", "low", "high", "note"]
    sorted_ = table.select(columns).with_columns(pl.col("indicator").cast(order)).sort("indicator", *asked)
    none = pl.DataFrame({"indicator": list(missing), "note": [w.en for w in missing.values()]})
    whole = pl.concat([sorted_.with_columns(pl.col("indicator").cast(pl.String)), none], how="diagonal_relaxed")
    return whole.select(columns)


def _named(read: Events, table: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Write codes as names: periods, places, categories."""
    names = {
        "period": read.periods,
        "cohort": read.periods,
        "place": read.names["place"],
        "category": read.names["category"],
    }
    renamed = {"place": "place_id"} if "place" in table.columns else {}
    coded = [k for k in keys if k in names and k in table.columns]
    values = [
        pl.col(k).cast(pl.Int32).replace_strict(range(len(names[k])), list(names[k]), return_dtype=pl.String)
        for k in coded
    ]
    return table.with_columns(values).rename(renamed)
