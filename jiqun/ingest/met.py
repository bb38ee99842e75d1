"""What was met while reading, as findings: values that could not be read, rows that were left out."""

from __future__ import annotations

from collections.abc import Sequence

from jiqun.cluster import TABLES, Finding, Words
from jiqun.engine.casting import Cast
from jiqun.ingest.sources import Staged

__all__ = ["repeated", "unreadable"]


def unreadable(
    cast: Cast,
    staged: Staged,
    *,
    table: str,
    file: str,
    counted: tuple[int, int],
    shown: Sequence[tuple[int, str]],
) -> Finding:
    """Say that values of a column became null because they cannot be read as its type.

    Parameters
    ----------
    cast
        The column.
    staged
        The source, which knows the line of a row.
    table
        Canonical table.
    file
        What messages call the source.
    counted
        Bad values, and values there are.
    shown
        The first bad values with the number of their row.
    """
    lines = staged.lines([row for row, _ in shown])
    outer = {inner: name for name, inner in staged.columns.items()}
    names = [outer.get(column, column) for column in cast.columns]
    letter = staged.letters.get(names[0], "") if len(names) == 1 else ""
    column = " + ".join(names) or cast.label
    wanted, advice = _TYPES[cast.type], _ADVICE.get(cast.type, _CORRECT)
    return Finding(
        "unreadable_value",
        "warning",
        Words(f"Cannot be read as {wanted.en}: column {column}", f"无法读作{wanted.zh}：列 {column}"),
        Words(f"They became missing. {advice.en}", f"这些值已作缺失处理。{advice.zh}"),
        table,
        cast.name,
        rows=counted[0],
        of=counted[1],
        examples=tuple(f"{letter}{line}: {value}" for line, (_, value) in zip(lines, shown, strict=True)),
        file=file,
        line=lines[0] if lines else None,
    )


def repeated(table: str, *, file: str, rows: int, of: int) -> Finding:
    """Say that rows were left out because ``distinct`` keeps the first of each key."""
    key = ", ".join(TABLES[table].key)
    return Finding(
        "repeated_key_dropped",
        "info",
        Words(f"Rows that repeat {key} were left out", f"{key} 重复的行已略去"),
        Words(
            "The recipe says distinct = true: the first row of each key was kept. Nothing to do.",
            "方案设有 distinct = true：每个主键保留第一行。无需处理。",
        ),
        table,
        TABLES[table].key[0],
        rows=rows,
        of=of,
        file=file,
    )


_TYPES = {
    "integer": Words("a whole number", "整数"),
    "number": Words("a number", "数字"),
    "boolean": Words("yes or no", "是/否"),
    "date": Words("a date", "日期"),
    "time": Words("a time", "时间"),
    "strings": Words("a list", "列表"),
    "geometry": Words("a geometry", "几何图形"),
}
_CORRECT = Words("Correct the values.", "请更正这些值。")
_NUMBER = Words(
    'Correct them, or say in the recipe how numbers are written: thousands = ",", decimal = ",", strip = "¥", '
    'unit = "percent"; entries that mean “missing” go into nulls of the file.',
    '请更正，或在方案中说明数字写法：thousands = ",", decimal = ",", strip = "¥", unit = "percent";'
    "表示缺失的写法请列入该文件的 nulls。",
)
_DATE = Words(
    'Correct them, or say in the recipe how dates are written, such as format = "%d/%m/%Y".',
    '请更正，或在方案中说明日期写法，如 format = "%d/%m/%Y"。',
)
_ADVICE = {
    "integer": _NUMBER,
    "number": _NUMBER,
    "date": _DATE,
    "time": _DATE,
    "boolean": Words(
        'Read are yes/no, true/false, 1/0, 是/否; translate others with map = { "…" = "yes" }.',
        '可读写法为 是/否、yes/no、true/false、1/0；其他写法用 map = { "…" = "是" } 转换。',
    ),
}
