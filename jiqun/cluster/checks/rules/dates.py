"""Dates that cannot be: in the future, too long ago, in the wrong order, outside the life of an actor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import narwhals as nw

from jiqun.cluster.checks.data import Data, Frame, count_where, present, show_rows
from jiqun.cluster.checks.rule import Fault, Suspect, rule
from jiqun.cluster.facts import Words

YEAR = timedelta(days=366)
PAST = {"actors.founded", "actors.closed", "interactions.time", "ties.from"}
"""Dates of what has happened; deadlines and validity may lie ahead."""

GRACE = {"founded": "-1y", "closed": "1y"}
ORDER = (("actors", "founded", "closed"), ("offers", "valid_from", "valid_to"), ("ties", "from", "to"))


@rule(
    severity="error",
    title=Words("Dates lie in the future", "日期在未来"),
    advice=Words(
        "Check the format (day and month swapped? two-digit years? 9999-12-31 for “open”？) and `as_of` of the recipe.",
        "请检查日期格式（日月颠倒？两位年份？用 9999-12-31 表示“未结束”？）以及配方中的 `as_of`。",
    ),
)
def future_date(data: Data) -> Iterator[Suspect]:
    """Events, foundings and closings more than a year after the day the data are of (or today)."""
    latest = data.today + YEAR
    for table, name in _dates(data):
        if f"{table}.{name}" in PAST:
            yield Suspect(table, name, nw.col(name) > nw.lit(latest))


@rule(
    severity="warning",
    title=Words("Dates are too long ago to be true", "日期过早，不可信"),
    advice=Words(
        "Look for placeholders such as 1900-01-01 and for two-digit years; leave unknown dates empty.",
        "请查找 1900-01-01 之类的占位值和两位年份；未知日期应留空。",
    ),
)
def ancient_date(data: Data) -> Iterator[Suspect]:
    """Firms founded before 1800, events and ties before 1900; institutions may be older."""
    for table, name in _dates(data):
        if table == "actors":
            old = nw.col(name) < nw.lit(datetime(1800, 1, 1))
            if data.has("actors", "kind"):
                old = old & (nw.col("kind").is_null() | (nw.col("kind") == "firm"))
            yield Suspect(table, name, old)
        else:
            # Spreadsheets write 1900-01-01 or the day before for an empty cell: still not an event.
            yield Suspect(table, name, nw.col(name) <= nw.lit(datetime(1900, 1, 1)))


@rule(
    severity="error",
    title=Words("Something ends before it begins", "结束早于开始"),
    advice=Words("Check whether the two columns are swapped.", "请检查两个字段是否颠倒。"),
)
def dates_out_of_order(data: Data) -> Iterator[Suspect]:
    """Actors closed before they were founded, offers and ties that end before they begin."""
    for table, first, last in ORDER:
        if data.has(table, first, last):
            both = present(first) & present(last)
            yield Suspect(table, last, nw.col(last) < nw.col(first), of=both, show=(first, last))


@rule(
    severity="warning",
    title=Words("Interactions fall outside the life of an actor", "互动发生在主体成立之前或注销之后"),
    advice=Words(
        "Check the founding and closing dates, and whether two actors share one identifier.",
        "请检查成立与注销日期，以及是否有两个主体共用一个编号。",
    ),
)
def outside_lifetime(data: Data) -> Iterator[Fault]:
    """Events over a year before an actor was founded, or over a year after it was closed.

    The year of grace is there because founding dates are often given as a year, and because orders are
    delivered and shares are sold after a firm has closed.
    """
    life = [name for name in ("founded", "closed") if data.has("actors", name)]
    if not life or not data.has("interactions", "time"):
        return
    born = data.scan("actors", "actor_id", *life).filter(nw.any_horizontal(*map(present, life), ignore_nulls=True))
    # one row for an identifier, however often it is repeated, so that no event is counted twice
    born = born.group_by("actor_id").agg(
        **{name: nw.col(name).min() if name == "founded" else nw.col(name).max() for name in life}
    )
    born = born.with_columns(**{f"_{name}": nw.col(name).dt.offset_by(GRACE[name]) for name in life})
    for side in ("source", "target"):
        joined = (
            data.scan("interactions", "time", side)
            .filter(present("time"))
            .join(born, left_on=side, right_on="actor_id", how="inner")
        )
        yield from _outside(data, joined, side, life)


def _outside(data: Data, joined: Frame, side: str, life: list[str]) -> Iterator[Fault]:
    outside = nw.lit(value=False)
    if "founded" in life:
        outside = outside | (nw.col("time") < nw.col("_founded"))
    if "closed" in life:
        outside = outside | (nw.col("time") > nw.col("_closed"))
    counts = data.one(joined, rows=count_where(outside), of=nw.len())
    if counts["rows"]:
        examples = show_rows(joined.filter(outside), (side, "time", *life))
        yield Fault("interactions", side, int(counts["rows"]), int(counts["of"]), examples)


def _dates(data: Data) -> Iterator[tuple[str, str]]:
    for table in data.tables:
        for column in data.known(table, "date", "time"):
            yield table, column.name
