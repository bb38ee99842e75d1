"""Whether there is anything to look at: empty tables, and columns of a type that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from jiqun.cluster.checks.data import Data
from jiqun.cluster.checks.rule import Fault, rule
from jiqun.cluster.facts import Words
from jiqun.cluster.schema import TABLES


@rule(
    severity="error",
    title=Words("The table has no rows", "表中没有任何数据"),
    advice=Words(
        "Check the source file and the filters of the query, or leave the table out of the recipe.",
        "请检查来源文件和查询条件，或在配方中去掉该表。",
    ),
)
def empty_table(data: Data) -> Iterator[Fault]:
    """A table that is named but empty: whatever is computed from it is undefined."""
    for table in data.tables:
        if data.rows(table) == 0:
            yield Fault(table, "", 0, 0)


@rule(
    severity="error",
    title=Words("The column has a type that cannot be read", "字段类型无法读取"),
    advice=Words(
        "Convert it: identifiers to text, amounts to numbers, dates to dates. Until then it counts as absent.",
        "请转换类型：编号为文本，金额为数字，日期为日期。在此之前该字段按缺失处理。",
    ),
)
def column_type(data: Data) -> Iterator[Fault]:
    """Frames that were handed in are not cast: dates that are text, say, are told rather than guessed."""
    for table in data.tables:
        rows = data.rows(table)
        for name, dtype in data.schema(table).items():
            if rows and name in TABLES[table].by_name and not data.readable(table, name):
                wanted = TABLES[table].by_name[name].type
                yield Fault(table, name, rows, rows, (f"{dtype}, expected {wanted}",))
