"""Events: repeated, with oneself, of an unknown kind, and periods in which nothing happens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from statistics import median
from types import MappingProxyType

import narwhals as nw

from jiqun.cluster.checks.data import EXAMPLES, Data, Frame, present, show_rows
from jiqun.cluster.checks.rule import Fault, Suspect, rule
from jiqun.cluster.facts import Words

EXACT: Mapping[str, float | datetime] = MappingProxyType(
    {"time": datetime(1, 1, 1), "from": datetime(1, 1, 1), "amount": -1e300, "quantity": -1e300, "weight": -1e300}
)
"""Columns that tell most events apart at little cost, and what stands there for no value: only events
that agree in them are compared in full."""

SHOWN = ("source", "target", "time", "from", "group", "amount")

MANY = 0.25
"""Share of repeated events from which it looks like a file read twice (which makes it a half); order
lines without a number of their own repeat in about a tenth of the rows."""

GRAINS = ("month", "quarter", "year")
"""Finest first."""

DENSE = 30
"""Events an ordinary period must have before an empty one says anything: by chance alone it would be
empty once in e^30 periods."""


@rule(
    severity="info",
    title=Words("Events are repeated exactly", "存在完全相同的事件"),
    advice=Words(
        "Two equal purchases are possible; a file read twice, or a join that multiplied rows, is more likely the "
        "more there are.",
        "两笔相同的交易是可能的；但数量越多，越可能是文件被重复读取或关联产生了重复。",
    ),
)
def repeated_event(data: Data) -> Iterator[Fault]:
    """Interactions and ties that equal an earlier one in every column; a warning from a quarter of the rows on."""
    for table in ("interactions", "ties"):
        if table not in data.tables or not data.rows(table):
            continue
        columns = [n for n in data.schema(table) if data.readable(table, n) and data.schema(table)[n] != nw.List]
        if not columns:
            continue
        counts = _alike(data.scan(table, *columns), data, table).group_by(*columns).agg(nw.len().alias("_n"))
        counts = counts.filter(nw.col("_n") > 1)
        rows = int(data.one(counts, n=(nw.col("_n") - 1).sum())["n"] or 0)
        if rows:
            of = data.rows(table)
            named = tuple(name for name in SHOWN if name in columns)
            shown = show_rows(counts.sort("_n", *named, descending=[True, *(False for _ in named)]), named)
            yield Fault(table, "", rows, of, shown, severity="warning" if rows >= MANY * of else "info")


@rule(
    severity="warning",
    title=Words("Actors interact with themselves", "主体与自身发生互动"),
    advice=Words(
        "Check whether source and target are the right columns; indices of networks leave such rows out.",
        "请检查发起方与对象方字段是否正确；网络指标会忽略这些记录。",
    ),
)
def with_oneself(data: Data) -> Iterator[Suspect]:
    """Interactions and ties whose source is their target."""
    for table in ("interactions", "ties"):
        if data.has(table, "source", "target"):
            yield Suspect(table, "target", nw.col("source") == nw.col("target"), show=("source", "target"))


@rule(
    severity="warning",
    title=Words("Values are not in the vocabulary", "取值不在词表中"),
    advice=Words(
        "Translate them in the recipe with `map`, so that what depends on them finds them; unknown values are kept.",
        "请在配方中用 `map` 转换，以便相关分析识别；未知取值会原样保留。",
    ),
)
def unknown_choice(data: Data) -> Iterator[Fault]:
    """Kinds, layers and ways of matching that are not among those in use."""
    for table in data.tables:
        for column in data.known(table, "string"):
            if not column.choices:
                continue
            values = data.scan(table, column.name).filter(present(column.name))
            counts = values.group_by(column.name).agg(nw.len().alias("n"))
            found = counts.collect("pyarrow").rows(named=True)
            unknown = sorted(
                ((int(r["n"]), str(r[column.name])) for r in found if r[column.name] not in column.choices),
                key=lambda pair: (-pair[0], pair[1]),
            )
            if unknown:
                rows, of = sum(n for n, _ in unknown), sum(int(r["n"]) for r in found)
                shown = tuple(f"{value[:60]} ×{n}" for n, value in unknown[:EXAMPLES])
                yield Fault(table, column.name, rows, of, shown)


@rule(
    severity="info",
    title=Words("Periods have no events, or almost none", "某些时期没有或几乎没有事件"),
    advice=Words(
        "Is a file missing, or is the last period not over? Comparisons over time should leave such periods out.",
        "是否缺少文件，或最后一个时期尚未结束？时间比较应排除这些时期。",
    ),
)
def empty_period(data: Data) -> Iterator[Fault]:
    """Months, quarters or years between the first and the last event with less than 5 % of the usual number.

    The finest grain is taken at which an ordinary period has 30 events. Periods before the first that
    has a quarter of the usual number are a slow start, not a gap. Counted are periods, not rows.
    """
    if not data.has("interactions", "time"):
        return
    months = data.scan("interactions", "time").filter(present("time"))
    months = months.select(nw.col("time").dt.truncate("1mo").alias("month"))
    counted = months.group_by("month").agg(nw.len().alias("n")).collect("pyarrow").rows(named=True)
    by_month = {(r["month"].year, r["month"].month): int(r["n"]) for r in counted}
    for grain in GRAINS:
        counts = _filled(by_month, grain)
        usual = median(counts.values()) if len(counts) >= 6 else 0.0
        if usual >= DENSE:
            begun = False
            empty = []
            for period, n in counts.items():
                begun = begun or n >= 0.25 * usual
                if begun and n < 0.05 * usual:
                    empty.append(f"{period}: {n}")
            if empty:
                yield Fault("interactions", "time", len(empty), len(counts), tuple(empty[:EXAMPLES]))
            return


def _alike(frame: Frame, data: Data, table: str) -> Frame:
    """Give the rows that agree with another one in the cheap columns, nulls counting as equal."""
    names = [name for name in EXACT if data.has(table, name)]
    if not names:
        return frame
    keys = {f"_{name}": nw.col(name).fill_null(EXACT[name]) for name in names}
    keyed = frame.with_columns(**keys)
    twice = keyed.group_by(*keys).agg(nw.len().alias("_n")).filter(nw.col("_n") > 1).select(*keys)
    return keyed.join(twice, on=list(keys), how="semi")


def _filled(by_month: dict[tuple[int, int], int], grain: str) -> dict[str, int]:
    """Events by period, in order, with a zero for each period between the first and the last that has none."""
    if not by_month:
        return {}
    counts: dict[str, int] = {}
    (year, month), last = min(by_month), max(by_month)
    while (year, month) <= last:
        name = {"month": f"{year}-{month:02d}", "quarter": f"{year}-Q{(month + 2) // 3}", "year": f"{year}"}[grain]
        counts[name] = counts.get(name, 0) + by_month.get((year, month), 0)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return counts
