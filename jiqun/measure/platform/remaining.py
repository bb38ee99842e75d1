"""Who stays: survival of participants by Kaplan–Meier and retention of cohorts, by side and group."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from jiqun.measure.platform.distinct import distinct
from jiqun.measure.platform.events import Events
from jiqun.measure.platform.survival import kaplan_meier, lives, wilson

__all__ = ["retention", "survival"]


def survival(
    events: Events, seen: pl.DataFrame, keys: list[str], *, inactive: int, all_entries: bool, level: float
) -> pl.DataFrame:
    """Estimate how long participants stay, in each group of place and category.

    Parameters
    ----------
    events
        The events.
    seen
        Dealings by day and period as seen from a side.
    keys
        Keys of the groups, without the period.
    inactive, all_entries
        The rule of inactivity, see :func:`~jiqun.measure.platform.survival.lives`.
    level
        Coverage.

    Returns
    -------
    polars.DataFrame
        The keys, ``age`` (periods since entry), ``at_risk, exits, value, low, high`` and ``left_out`` (participants
        whose entry or fate is not known).
    """
    ends = seen.group_by(*keys, "actor").agg(first=pl.col("period").min(), last=pl.col("period").max())
    made = []
    for key, part in _groups(ends, keys):
        first, last = (part[c].to_numpy().astype(np.int64) for c in ("first", "last"))
        known = lives(first, last, periods=len(events.periods), inactive=inactive, all_entries=all_entries)
        km = kaplan_meier(known.duration, known.ended, level=level)
        frame = pl.DataFrame(
            {
                "age": km.time,
                "at_risk": km.at_risk,
                "exits": km.exits,
                "value": km.survival,
                "low": km.low,
                "high": km.high,
            }
        )
        left_out = int((~known.chosen).sum())
        made.append(frame.select(**_constant(key, keys), **{c: pl.col(c) for c in frame.columns}, left_out=left_out))
    columns = [*keys, "age", "at_risk", "exits", "value", "low", "high", "left_out"]
    if not made:
        return pl.DataFrame(schema=dict.fromkeys(columns, pl.Float64))
    return pl.concat(made).with_columns(pl.col("value", "low", "high").fill_nan(None)).sort(*keys, "age")


def retention(events: Events, seen: pl.DataFrame, keys: list[str], *, level: float) -> pl.DataFrame:
    """Count which part of each cohort of entrants is active so many periods later.

    Parameters
    ----------
    events
        The events.
    seen
        Dealings by day and period as seen from a side.
    keys
        Keys of the groups, without the period.
    level
        Coverage of the intervals (Wilson).

    Returns
    -------
    polars.DataFrame
        The keys, ``cohort`` (period of entry), ``age`` (periods since), ``participants`` (of the cohort), ``active``,
        ``value, low, high``. Ages that lie beyond the data are not there.
    """
    who = [*keys, "actor"]
    present = distinct(seen, [*who, "period"])
    # sorted, so that the first row of each participant is its entry
    begins = present.select(pl.any_horizontal(pl.col(c) != pl.col(c).shift() for c in who).fill_null(value=True))
    entry = begins.to_series().to_numpy()
    cohort = present["period"].to_numpy()[entry][np.cumsum(entry) - 1]
    present = present.with_columns(cohort=pl.Series(cohort, dtype=present.schema["period"]))
    counted = present.group_by(*keys, "cohort", age=pl.col("period") - pl.col("cohort")).agg(active=pl.len())
    size = counted.filter(pl.col("age") == 0).select(*keys, "cohort", participants="active")
    ages = pl.DataFrame({"age": np.arange(len(events.periods), dtype=np.int32)})
    whole = size.join(ages, how="cross").filter(pl.col("cohort") + pl.col("age") < len(events.periods))
    whole = whole.join(counted, on=[*keys, "cohort", "age"], how="left").with_columns(pl.col("active").fill_null(0))
    active, of = (whole[c].to_numpy().astype(np.float64) for c in ("active", "participants"))
    low, high = wilson(active, of, level=level)
    value = active / of if len(of) else of
    return whole.with_columns(value=pl.Series(value), low=pl.Series(low), high=pl.Series(high)).sort(
        *keys, "cohort", "age"
    )


def _groups(frame: pl.DataFrame, keys: list[str]) -> Iterator[tuple[tuple[object, ...], pl.DataFrame]]:
    if not keys:
        yield (), frame
        return
    yield from frame.sort(keys).group_by(keys, maintain_order=True)


def _constant(key: tuple[object, ...], keys: list[str]) -> dict[str, pl.Expr]:
    return {name: pl.lit(value, dtype=pl.Int32) for name, value in zip(keys, key, strict=True)}
