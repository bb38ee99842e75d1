"""References: an identifier that points to another table must exist there."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from jiqun.cluster.checks.data import EXAMPLES, Data, present
from jiqun.cluster.checks.rule import Fault, rule
from jiqun.cluster.facts import Words


@rule(
    severity="error",
    title=Words("Values point to rows that do not exist", "引用了不存在的记录"),
    advice=Words(
        "Add the missing rows to the table referred to, or correct the identifiers (leading zeros, spaces, case).",
        "请在被引用的表中补充这些记录，或更正编号（前导零、空格、大小写）。",
    ),
)
def broken_reference(data: Data) -> Iterator[Fault]:
    """Values of a reference that the other table does not hold. A missing value is not a broken one."""
    for table, name, parent, key in _references(data):
        if not data.has(parent, key):
            continue
        values = data.scan(table, name).filter(present(name))
        held = data.scan(parent, key).filter(present(key)).select(nw.col(key).alias("_held"))
        broken = values.join(held, left_on=name, right_on="_held", how="anti")
        rows = int(broken.select(nw.len().alias("n")).collect("pyarrow").item(0, "n"))
        if rows:
            counts = broken.group_by(name).agg(nw.len().alias("n")).sort("n", name, descending=[True, False])
            top = counts.head(EXAMPLES).collect("pyarrow").rows(named=True)
            of = int(values.select(nw.len().alias("n")).collect("pyarrow").item(0, "n"))
            yield Fault(table, name, rows, of, tuple(f"{row[name]} ×{row['n']}" for row in top))


@rule(
    severity="info",
    title=Words("The table referred to is not given", "被引用的表未提供"),
    advice=Words(
        "Nothing is wrong; with it, names and attributes can be shown and the identifiers can be checked.",
        "数据本身没有错误；提供该表后可显示名称和属性，并检查编号。",
    ),
)
def reference_table_absent(data: Data) -> Iterator[Fault]:
    """Columns that point to a table which is not there, so that their values cannot be checked."""
    for table, name, parent, key in _references(data):
        if parent not in data.tables:
            yield Fault(table, name, data.rows(table), data.rows(table), (f"{parent}.{key}",))


def _references(data: Data) -> Iterator[tuple[str, str, str, str]]:
    for table in data.tables:
        for column in data.known(table, "string"):
            if column.references:
                parent, key = column.references.split(".")
                yield table, column.name, parent, key
