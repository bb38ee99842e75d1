"""Periods: the grain of a cluster's time, the list of its periods, and the period of a moment.

A period is written ``2017``, ``2017-Q1``, ``2017-03`` or ``2017-W05`` (ISO week). Inside frames it
is an integer *code* – year, year·10 + quarter, year·100 + month, year·100 + week – which sorts as
time does and needs no engine to format text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import narwhals as nw

from jiqun.cluster import Cluster, JiqunError
from jiqun.space.frames import typed, usable
from jiqun.space.kept import kept

__all__ = ["Calendar", "Grain", "Window", "calendar", "code", "grain_for", "label", "parse", "period_code", "window"]

Grain = Literal["year", "quarter", "month", "week"]

_SHAPE = re.compile(r"(\d{4})(?:-(?:Q([1-4])|W(\d{2})|(\d{2})))?", re.ASCII)
_EARLIEST, _LATEST = date(1500, 1, 1), date(2200, 1, 1)
"""Dates outside are not time but damage (0001-01-01, 9999-12-31); they do not stretch the slider."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The periods a cluster covers, in order and without gaps."""

    grain: Grain
    periods: tuple[str, ...]

    @property
    def codes(self) -> tuple[int, ...]:
        """The periods as codes."""
        return tuple(code(parse(p)[0], self.grain) for p in self.periods)


@dataclass(frozen=True, slots=True)
class Window:
    """A filter by time: from ``start`` until before ``end``, and the same as codes of the cluster's grain."""

    start: date
    end: date
    first: int
    last: int


def parse(period: str) -> tuple[date, date]:
    """Read a period as its first day and the day after its last.

    Raises
    ------
    JiqunError
        If the text is not a period.

    Examples
    --------
    >>> parse("2017-Q4")
    (datetime.date(2017, 10, 1), datetime.date(2018, 1, 1))
    >>> parse("2017-W01")[0]
    datetime.date(2017, 1, 2)
    """
    found = _SHAPE.fullmatch(period) if isinstance(period, str) and len(period) <= 8 else None
    try:
        if found is None:
            raise ValueError(period)
        year, quarter, week, month = (int(g) if g else None for g in found.groups())
        assert year is not None
        if quarter is not None:
            return date(year, 3 * quarter - 2, 1), _months_on(year, 3 * quarter + 1)
        if week is not None:
            monday = date.fromisocalendar(year, week, 1)
            return monday, monday + timedelta(days=7)
        if month is not None:
            return date(year, month, 1), _months_on(year, month + 1)
        return date(year, 1, 1), date(year + 1, 1, 1)
    except (ValueError, OverflowError) as error:
        shown = repr(period)[:40]
        raise JiqunError(
            f"A period is written 2017, 2017-Q1, 2017-03 or 2017-W05; {shown} is none of these. Correct it."
        ) from error


def grain_of(period: str) -> Grain:
    """Grain in which a period is written.

    >>> grain_of("2017-W05"), grain_of("2017")
    ('week', 'year')
    """
    parse(period)
    if len(period) == 4:
        return "year"
    return {"Q": "quarter", "W": "week"}.get(period[5], "month")  # type: ignore[return-value]


def grain_for(first: date, last: date) -> Grain:
    """Choose the grain that gives a slider between about ten and sixty steps.

    >>> grain_for(date(2017, 1, 1), date(2017, 12, 31)), grain_for(date(1960, 1, 1), date(2013, 12, 31))
    ('month', 'year')
    """
    days = (last - first).days
    if days <= 150:
        return "week"
    if days <= 5 * 366:
        return "month"
    return "quarter" if days <= 13 * 366 else "year"


def code(day: date, grain: Grain) -> int:
    """Code of the period that a day lies in.

    >>> code(date(2017, 1, 1), "week"), code(date(2017, 5, 2), "quarter")
    (201652, 20172)
    """
    if grain == "year":
        return day.year
    if grain == "quarter":
        return day.year * 10 + (day.month + 2) // 3
    if grain == "month":
        return day.year * 100 + day.month
    year, week, _ = day.isocalendar()
    return year * 100 + week


def label(period: int, grain: Grain) -> str:
    """Write a code as a period.

    >>> label(201705, "week"), label(20171, "quarter"), label(2017, "year")
    ('2017-W05', '2017-Q1', '2017')
    """
    if grain == "year":
        return f"{period:04d}"
    if grain == "quarter":
        return f"{period // 10:04d}-Q{period % 10}"
    return f"{period // 100:04d}-{'W' if grain == 'week' else ''}{period % 100:02d}"


def period_code(time: nw.Expr, grain: Grain) -> nw.Expr:
    """Code of the period of a date or timestamp, as an expression of any engine, lazy or not.

    Parameters
    ----------
    time
        A date or timestamp column.
    grain
        The grain of the code.

    Examples
    --------
    >>> import polars as pl
    >>> frame = nw.from_native(pl.DataFrame({"time": [date(2017, 1, 1), date(2020, 12, 31)]}))
    >>> frame.select(period_code(nw.col("time"), "week"))["time"].to_list()
    [201652, 202053]
    """
    year = time.dt.year()
    if grain == "year":
        return year.cast(nw.Int32)
    if grain == "quarter":
        return (year * 10 + (time.dt.month() + 2) // 3).cast(nw.Int32)
    if grain == "month":
        return (year * 100 + time.dt.month()).cast(nw.Int32)
    # The ISO week of a day is the week of its Thursday; in whole numbers, because not every engine truncates weeks.
    thursday = time.dt.ordinal_day() + 4 - time.dt.weekday()
    before, after = thursday < 1, thursday > _days_in(year)
    of_year = nw.when(before).then(year - 1).otherwise(nw.when(after).then(year + 1).otherwise(year))
    day = (
        nw.when(before)
        .then(thursday + _days_in(year - 1))
        .otherwise(nw.when(after).then(thursday - _days_in(year)).otherwise(thursday))
    )
    return (of_year * 100 + (day + 6) // 7).cast(nw.Int32)


def calendar(cluster: Cluster) -> Calendar | None:
    """Give the periods of a cluster, or None where nothing is dated.

    Interactions say what time it is; without them foundings and closings, then ties, then the panel.
    """
    return kept(cluster, "calendar", lambda: _calendar(cluster))


def window(cluster: Cluster, first: str | None, last: str | None) -> Window | None:
    """Read a filter by period; None where it leaves nothing out.

    A period of another grain than the cluster's is widened to whole periods of the cluster. A filter
    that covers every period is no filter, so that rows without a date are not lost to it.

    Raises
    ------
    JiqunError
        If a period cannot be read, or the last comes before the first.
    """
    opens = parse(first)[0] if first else None
    closes = parse(last)[1] if last else None
    if opens and closes and closes <= opens:
        raise JiqunError(
            f"The last period {last} comes before the first, {first}. Swap them.",
            f"截止时期 {last} 早于起始时期 {first}，请对调。",
        )
    if opens is None and closes is None:
        return None
    covered = calendar(cluster)
    if covered is None:
        return None
    whole_start, whole_end = parse(covered.periods[0])[0], parse(covered.periods[-1])[1]
    start, end = opens or min(whole_start, closes or whole_start), closes or max(whole_end, opens or whole_end)
    if start <= whole_start and end >= whole_end:
        return None
    low = code(start, covered.grain)
    high = code(end - timedelta(days=1), covered.grain) if end > start else low
    return Window(start, end, low, high)


def _calendar(cluster: Cluster) -> Calendar | None:
    for table, columns in (("interactions", ("time",)), ("actors", ("founded", "closed")), ("ties", ("from", "to"))):
        span = _span(cluster, table, columns)
        if span is not None:
            grain = grain_for(*span)
            return Calendar(grain, tuple(_between(*span, grain)))
    return _panel_calendar(cluster)


def _span(cluster: Cluster, table: str, columns: tuple[str, ...]) -> tuple[date, date] | None:
    days: list[date] = []
    for column in columns:
        if not usable(cluster, table, column):
            continue
        time = nw.col(column)
        plausible = (time.dt.year() >= _EARLIEST.year) & (time.dt.year() < _LATEST.year)
        ends = (
            typed(cluster, table, column)
            .filter(plausible)
            .select(time.min().alias("first"), time.max().alias("last"))
            .collect("polars")
        )
        found = [v for v in (ends.item(0, "first"), ends.item(0, "last")) if v is not None]
        days += [v.date() if hasattr(v, "date") else v for v in found]
    return (min(days), max(days)) if days else None


def _panel_calendar(cluster: Cluster) -> Calendar | None:
    if not cluster.has("panel", "period"):
        return None
    seen = typed(cluster, "panel", "period").unique().collect("polars")["period"].to_list()
    periods = [p for p in seen if p is not None and _SHAPE.fullmatch(p) and _valid(p)]
    if not periods:
        return None
    grains = [grain_of(p) for p in periods]
    grain = max(sorted(set(grains)), key=grains.count)
    spans = [parse(p) for p, g in zip(periods, grains, strict=True) if g == grain]
    first, last = min(s[0] for s in spans), max(s[0] for s in spans)
    return Calendar(grain, tuple(_between(first, last, grain)))


def _between(first: date, last: date, grain: Grain) -> Iterator[str]:
    day = first
    final = code(last, grain)
    while (current := code(day, grain)) <= final:
        yield label(current, grain)
        day = parse(label(current, grain))[1]


def _valid(period: str) -> bool:
    try:
        first, _ = parse(period)
    except JiqunError:
        return False
    return _EARLIEST <= first < _LATEST


def _months_on(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _days_in(year: nw.Expr) -> nw.Expr:
    leap = ((year % 4 == 0) & (year % 100 != 0)) | (year % 400 == 0)
    return nw.when(leap).then(nw.lit(366)).otherwise(nw.lit(365))
