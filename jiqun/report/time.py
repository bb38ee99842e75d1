"""Periods in words, and which are covered in full: a month with one day of data is not a fall in sales."""

from __future__ import annotations

import calendar
import re
from datetime import date

import narwhals as nw

from jiqun.cluster import Cluster
from jiqun.report.shapes import Text
from jiqun.space import Calendar, parse, typed

__all__ = ["complete", "said"]


def said(period: str) -> Text:
    """Write a period as it is said in a sentence.

    Examples
    --------
    >>> said("2017-12").en, said("2017-12").zh, said("2018-Q1").zh, said("2017-W05").en, said("2024").zh
    ('December 2017', '2017年12月', '2018年第1季度', 'week 5 of 2017', '2024年')
    """
    found = re.fullmatch(r"(\d{4})(?:-(?:(\d{2})|Q([1-4])|W(\d{2})))?", period)
    if not found:
        return Text(en=period, zh=period)
    year, month, quarter, week = found.groups()
    if month and 1 <= int(month) <= 12:
        return Text(en=f"{calendar.month_name[int(month)]} {year}", zh=f"{year}年{int(month)}月")
    if quarter:
        return Text(en=f"Q{quarter} {year}", zh=f"{year}年第{quarter}季度")
    if week:
        return Text(en=f"week {int(week)} of {year}", zh=f"{year}年第{int(week)}周")
    return Text(en=period, zh=f"{year}年" if period == year else period)


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
