"""What each participant of a platform did in each group of place, category and period, by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from jiqun.measure.platform.distinct import distinct
from jiqun.measure.platform.events import Events
from jiqun.space.periods import parse

__all__ = ["Dimension", "Seen", "Side", "by_day", "participation", "views"]

Side = Literal["source", "target"]
Dimension = Literal["side", "place", "category", "period"]
"""By what a platform can be split; ``source`` is the side that acts (buys), ``target`` the one acted on (sells)."""


def by_day(events: Events, keys: list[str]) -> pl.DataFrame:
    """Sum dealings by group, source, target and day: what all counts of dealings are made from.

    Returns
    -------
    polars.DataFrame
        The keys, ``source, target, day, n`` and, where amounts are recorded, ``amount``.
    """
    summed = [pl.len().cast(pl.Float64).alias("n")]
    if events.has("amount"):
        summed.append(pl.col("amount").sum())
    known = events.dealings.drop_nulls(keys)
    return known.group_by(*keys, "source", "target", "day").agg(summed)


@dataclass(frozen=True, slots=True)
class Seen:
    """The dealings as seen from a side (None: from both together): by day, and by pair of ``actor`` and ``other``."""

    side: Side | None
    daily: pl.DataFrame
    pairs: pl.DataFrame


def views(daily: pl.DataFrame, keys: list[str], *, by_side: bool) -> Iterator[Seen]:
    """Give the dealings as seen from each side, or from both together."""
    acting = daily.rename({"source": "actor", "target": "other"}).with_columns(acting=pl.lit(value=True))
    acted = daily.rename({"target": "actor", "source": "other"}).with_columns(acting=pl.lit(value=False))
    if not by_side:
        both = pl.concat([acting, acted.select(acting.columns)])
        yield Seen(None, both, _pairs(both, keys))
        return
    pairs = _pairs(acting, keys)
    yield Seen("source", acting, pairs)
    yield Seen("target", acted, pairs.rename({"actor": "other", "other": "actor"}))


def participation(events: Events, seen: Seen, keys: list[str], *, inactive: int) -> pl.DataFrame:
    """Count what each participant did in each group.

    Parameters
    ----------
    events
        The events.
    seen
        Dealings as seen from a side, see :func:`views`.
    keys
        Keys of the groups: some of ``place, category, period``.
    inactive
        Periods without activity after which a participant has left.

    Returns
    -------
    polars.DataFrame
        A row for each group and participant, sorted by both: the keys, ``actor`` and the numbers ``n`` (dealings),
        ``amount``, ``pairs`` (counterparts), ``several`` (has two or more), ``repeated`` (counterparts met on two
        days or more), ``mutual`` (counterparts that also acted on it), ``days`` (with a dealing), ``recency`` (days
        from the last to the end of the period), and by period ``returning`` (counterparts met in an earlier
        period), ``entrant`` and ``leaver``; a leaver is null while it cannot be known.
    """
    pairs = seen.pairs
    counted = pairs.group_by(*keys, "actor").agg(
        n=pl.col("n").sum(),
        pairs=pl.len().cast(pl.Float64),
        repeated=(pl.col("meetings") >= 2).sum().cast(pl.Float64),
        mutual=pl.col("mutual").sum().cast(pl.Float64),
        several=(pl.len() >= 2).cast(pl.Float64),
        **({"amount": pl.col("amount").sum()} if "amount" in pairs.columns else {}),
        **({"returning": pl.col("returning").sum().cast(pl.Float64)} if "returning" in pairs.columns else {}),
    )
    when = distinct(seen.daily, [*keys, "actor", "day"]).group_by(*keys, "actor")
    made = counted.join(when.agg(days=pl.len().cast(pl.Float64), last=pl.col("day").max()), on=[*keys, "actor"])
    made = _recency(events, made, keys)
    if "period" in keys:
        made = _coming_and_going(made, keys, len(events.periods), inactive)
    return made.sort(*keys, "actor")


def _pairs(seen: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Give one row for each group, participant and counterpart."""
    both = [*keys, "actor", "other"]
    sums = [pl.col(c).sum() for c in ("n", "amount") if c in seen.columns]
    directed = seen.group_by(*both, "acting").agg(*sums, meetings=pl.len())
    if _on_both_sides(directed):
        turned = directed.select(*keys, actor="other", other="actor", acting=pl.col("acting"), mutual=pl.lit(1.0))
        directed = directed.join(turned, on=[*both, "acting"], how="left").with_columns(pl.col("mutual").fill_null(0.0))
    else:
        directed = directed.with_columns(mutual=pl.lit(0.0))
    summed = [pl.col(c).sum() for c in ("n", "amount", "meetings") if c in directed.columns]
    one_way = directed["acting"].n_unique() < 2
    pairs = directed.drop("acting") if one_way else directed.group_by(both).agg(*summed, mutual=pl.col("mutual").max())
    if "period" not in keys:
        return pairs
    rest = [k for k in both if k != "period"]
    return pairs.with_columns(returning=pl.col("period") > pl.col("period").min().over(rest))


def _on_both_sides(directed: pl.DataFrame) -> bool:
    own = directed.filter(pl.col("acting"))
    return bool(own["actor"].unique().is_in(own["other"].unique().implode()).any())


def _recency(events: Events, made: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    ends = np.array([parse(p)[1] for p in events.periods], dtype="datetime64[D]").astype(np.int32) - 1
    if "period" not in keys:
        return made.with_columns(recency=(int(ends[-1]) - pl.col("last")).cast(pl.Float64)).drop("last")
    end = pl.DataFrame({"period": np.arange(len(ends), dtype=np.int32), "end": ends})
    joined = made.join(end, on="period", how="left")
    return joined.with_columns(recency=(pl.col("end") - pl.col("last")).cast(pl.Float64)).drop("last", "end")


def _coming_and_going(made: pl.DataFrame, keys: list[str], periods: int, inactive: int) -> pl.DataFrame:
    """Mark who is there for the first time and who for the last; the last is not known near the end."""
    rest = [*(k for k in keys if k != "period"), "actor"]
    known = pl.col("period") <= periods - 1 - inactive
    here = pl.col("period")
    return made.with_columns(
        entrant=(here == here.min().over(rest)).cast(pl.Float64),
        leaver=pl.when(known).then((here == here.max().over(rest)).cast(pl.Float64)),
    )
