"""Tables as files: CSV that a spreadsheet cannot run, and Parquet."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import narwhals as nw

if TYPE_CHECKING:
    import pyarrow as pa

    from jiqun.cluster import Language
    from jiqun.report.shapes import Figure, FindingsReport, Text

__all__ = ["BOM", "columnar_csv", "figure_csv", "findings_csv", "plain_rows", "safe", "write_table"]

BOM = "\ufeff"
_RUNS = re.compile(r"^[=+\-@\t\r\n]")
"""A text cell that starts so is a formula to a spreadsheet; numbers are written as numbers and not touched."""
_TEXTS = (nw.String, nw.Categorical, nw.Enum)


def safe(cell: Any) -> Any:
    """Quote a text cell that a spreadsheet would run as a formula; leave anything else as it is.

    >>> safe("=1+1"), safe("-5"), safe(-5), safe("a=b")
    ("'=1+1", "'-5", -5, 'a=b')
    """
    return f"'{cell}" if isinstance(cell, str) and _RUNS.match(cell) else cell


def columnar_csv(rows: Mapping[str, Sequence[Any]], *, header: Iterable[str] | None = None, bom: bool = False) -> str:
    r"""Write columns of equal length as CSV (RFC 4180).

    >>> columnar_csv({"name": ["@a", None], "value": [1.5, -2]})
    "name,value\r\n'@a,1.5\r\n,-2\r\n"
    """
    out = io.StringIO()
    if bom:
        out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe(name) for name in (header if header is not None else rows)])
    for row in zip(*rows.values(), strict=True):
        writer.writerow([safe(_flat(cell)) for cell in row])
    return out.getvalue()


def figure_csv(figure: Figure, lang: Language, *, bom: bool = False) -> str:
    """Write the table behind a figure as CSV, its columns titled with their units."""
    titles = [
        f"{_in(c.title, lang)} ({_in(c.unit, lang)})" if _in(c.unit, lang) else _in(c.title, lang)
        for c in figure.columns
    ]
    return columnar_csv({c.name: figure.rows.get(c.name, []) for c in figure.columns}, header=titles, bom=bom)


def findings_csv(report: FindingsReport, lang: Language, *, bom: bool = False) -> str:
    """Write findings as CSV, one a row."""
    names = ("severity", "rule", "table", "column", "rows", "of", "file", "line")
    rows: dict[str, list[Any]] = {name: [getattr(item, name) for item in report.items] for name in names}
    rows["title"] = [_in(item.title, lang) for item in report.items]
    rows["advice"] = [_in(item.advice, lang) for item in report.items]
    rows["examples"] = [item.examples for item in report.items]
    return columnar_csv(rows, bom=bom)


def _in(text: Text, lang: Language) -> str:
    return text.zh if lang == "zh" else text.en


def plain_rows(table: pa.Table) -> dict[str, list[Any]]:
    """Give an Arrow table as columns of values that JSON knows: a number that is none is null, bytes are hexadecimal.

    >>> import pyarrow as pa
    >>> plain_rows(pa.table({"a": [1.5, float("nan")], "b": ["x", None]}))
    {'a': [1.5, None], 'b': ['x', None]}
    """
    return {name: [_plain(v) for v in table.column(name).to_pylist()] for name in table.column_names}


def write_table(frame: nw.LazyFrame[Any], path: Path, *, kind: str, bom: bool = False) -> None:
    """Write a whole table to a file without holding it in memory.

    Parameters
    ----------
    frame
        Lazy over DuckDB.
    path
        File to write.
    kind
        ``"csv"`` or ``"parquet"``.
    bom
        Start the CSV with a byte order mark, by which Excel knows UTF-8.
    """
    from jiqun.engine import relation

    if kind == "parquet":
        relation(frame).write_parquet(str(path), compression="zstd")
        return
    schema = frame.collect_schema()
    texts = [name for name, dtype in schema.items() if dtype in _TEXTS]
    harmless = frame.with_columns(*(_quoted(name) for name in texts)) if texts else frame
    relation(harmless).write_csv(str(path), header=True)
    if bom:
        _prepend(path, BOM.encode())


def _quoted(name: str) -> nw.Expr:
    cell = nw.col(name)
    return nw.when(cell.str.contains(_RUNS.pattern)).then(nw.concat_str(nw.lit("'"), cell)).otherwise(cell).alias(name)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain(v) for v in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _flat(cell: Any) -> Any:
    return "; ".join(str(part) for part in cell) if isinstance(cell, list | tuple) else cell


def _prepend(path: Path, start: bytes) -> None:
    temporary = path.with_suffix(".bom")
    with path.open("rb") as old, temporary.open("wb") as new:
        new.write(start)
        while block := old.read(1 << 20):
            new.write(block)
    temporary.replace(path)
