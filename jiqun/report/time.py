"""Which periods are covered in full: a month with one day of data is not a fall in sales."""

from __future__ import annotations

from datetime import date

import narwhals as nw

from jiqun.cluster import Cluster
from jiqun.space import Calendar, parse, typed

__all__ = ["complete"]


def complete(cluster: Cluster, covered: Calendar) -> list[bool]:
    """Say of each period whether interactions cover at least nine tenths of its days.

    Only the first and the last can be cut by the limits of the data; those between are taken as full.
    """
    time = nw.col("time")
    ends = typed(cluster, "interactions", "time").select(time.min().alias("a"), time.max().alias("b")).collect("polars")
    first, last = (_day(ends.item(0, name)) for name in ("a", "b"))
    whole = [True] * len(covered.periods)
    if first is None or last is None:
        return whole
    for position in {0, len(whole) - 1}:
        start, end = parse(covered.periods[position])
        # The last day counts as covered once something happened on it.
        days = (min(last, end).toordinal() + 1) - max(first, start).toordinal()
        whole[position] = min(days, (end - start).days) >= 0.9 * (end - start).days
    return whole


def _day(value: object) -> date | None:
    if value is None:
        return None
    found = value.date() if hasattr(value, "date") else value
    return found if isinstance(found, date) else None
