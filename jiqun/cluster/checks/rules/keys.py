"""Keys: what identifies a row must be there, and be there once."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from jiqun.cluster.checks.data import EXAMPLES, Data, Frame
from jiqun.cluster.checks.rule import Fault, Suspect, rule
from jiqun.cluster.facts import Words
from jiqun.cluster.schema import TABLES

SPACE = "[\\s\u00a0\u3000]"  # spreadsheets bring no-break spaces, Chinese keyboards wide ones
BLANK, PADDED = f"^{SPACE}*$", f"^{SPACE}|{SPACE}$"


@rule(
    severity="error",
    title=Words("A key or required value is missing", "主键或必填值缺失"),
    advice=Words(
        "Rows without it cannot be joined to anything: complete them in the source, or drop them there.",
        "缺少它的记录无法与其他表关联：请在来源中补全或删除。",
    ),
)
def missing_key(data: Data) -> Iterator[Suspect]:
    """Required columns without a value; empty text and text of only spaces count as no value."""
    for table in data.tables:
        for name in dict.fromkeys((*TABLES[table].required, *TABLES[table].key)):
            required = name in TABLES[table].required
            if not required or not data.has(table, name):
                continue
            missing = nw.col(name).is_null()
            if TABLES[table].by_name[name].type == "string":
                missing = missing | nw.col(name).str.contains(BLANK)
            yield Suspect(table, name, missing, of="all", show=TABLES[table].required)


@rule(
    severity="error",
    title=Words("Rows with the same key say different things", "同一主键对应多条互相矛盾的记录"),
    advice=Words(
        "Decide which row is right, or add what tells them apart to the key (for example the year).",
        "请确定哪一条正确，或在主键中加入能区分它们的信息（如年份）。",
    ),
)
def conflicting_key(data: Data) -> Iterator[Fault]:
    """Rows beyond the first of each key, where the other columns differ."""
    for table, key, repeated, rows in _repeated(data):
        others = [name for name in data.schema(table) if name not in key and _comparable(data, table, name)]
        distinct = repeated.select(*key, *others).unique()
        spread = _per_key(distinct, key).filter(nw.col("n") > 1)
        found = _sum_beyond_first(spread)
        if found:
            yield Fault(table, ", ".join(key), found, rows, _examples(spread, key))


@rule(
    severity="warning",
    title=Words("Rows are repeated exactly", "存在完全重复的记录"),
    advice=Words(
        "Remove the copies (`distinct = true` in the recipe keeps the first); sums would count them twice.",
        "请删除重复行（配方中 `distinct = true` 保留第一条），否则求和会重复计算。",
    ),
)
def repeated_row(data: Data) -> Iterator[Fault]:
    """Rows that have the key and every other value of an earlier row."""
    for table, key, repeated, rows in _repeated(data):
        columns = [name for name in data.schema(table) if _comparable(data, table, name)]
        copies = _per_key(repeated.select(columns), tuple(columns)).filter(nw.col("n") > 1)
        found = _sum_beyond_first(copies)
        if found:
            yield Fault(table, ", ".join(key), found, rows, _examples(copies, key))


@rule(
    severity="warning",
    title=Words("Identifiers have spaces around them", "编号前后带有空格"),
    advice=Words(
        "Trim them in the source: “A1 ” and “A1” do not join.",
        "请在来源中去除空格：“A1 ”与“A1”无法关联。",
    ),
)
def padded_key(data: Data) -> Iterator[Suspect]:
    """Keys and references with spaces, tabs or line breaks at an end."""
    for table in data.tables:
        for column in data.known(table, "string"):
            if column.name in TABLES[table].key or column.references:
                yield Suspect(table, column.name, nw.col(column.name).str.contains(PADDED))


def _repeated(data: Data) -> Iterator[tuple[str, tuple[str, ...], Frame, int]]:
    """Give, for each table with a key, the rows whose key occurs more than once; few in a sound table."""
    for table in data.tables:
        key = tuple(name for name in TABLES[table].key if data.has(table, name))
        if not key or not set(TABLES[table].required) & set(key) or not data.rows(table):
            continue
        whole = ~nw.any_horizontal(*(nw.col(name).is_null() for name in key), ignore_nulls=False)
        keys = data.scan(table, *key).filter(whole)
        twice = _per_key(keys, key).filter(nw.col("n") > 1).select(*key)
        if twice.select(nw.len().alias("n")).collect("pyarrow").item(0, "n"):
            names = [name for name in data.schema(table) if _comparable(data, table, name)]
            yield table, key, data.scan(table, *names).join(twice, on=list(key), how="semi"), data.rows(table)


def _comparable(data: Data, table: str, name: str) -> bool:
    column = TABLES[table].by_name.get(name)
    return data.readable(table, name) and (column is None or column.type not in ("geometry", "strings"))


def _per_key(frame: Frame, key: tuple[str, ...]) -> Frame:
    return frame.group_by(*key).agg(nw.len().alias("n"))


def _sum_beyond_first(counts: Frame) -> int:
    beyond = counts.select((nw.col("n") - 1).sum().alias("n")).collect("pyarrow").item(0, "n")
    return int(beyond or 0)


def _examples(counts: Frame, key: tuple[str, ...]) -> tuple[str, ...]:
    top = counts.sort("n", *key, descending=[True, *(False for _ in key)]).head(EXAMPLES).collect("pyarrow")
    return tuple(f"{'/'.join(str(row[name]) for name in key)} ×{row['n']}" for row in top.rows(named=True))
