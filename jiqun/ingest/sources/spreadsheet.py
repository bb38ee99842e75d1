"""Excel workbooks: one sheet as text, every cell as it would be typed, errors of formulas told and not hidden."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.cluster import Words
from jiqun.ingest.recipe_errors import closest, closest_zh
from jiqun.ingest.sources.source import Given, SourceError, Staged, mapping_of, source

__all__ = ["letter_of", "sheet_names", "stage_xlsx"]

UNPACKED = 2 << 30
"""Most bytes a workbook may unpack to; beyond, it is a bomb or belongs into CSV."""
RATIO = 400
_BATCH = 20_000
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ERROR_CELL = re.compile(
    rb'<(?:\w+:)?c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3}\d{1,7})"[^>]*>(?:(?!</).){0,4000}?<(?:\w+:)?v>([^<]*)',
    re.DOTALL,
)


@source(
    "xlsx",
    title=Words("Excel workbook", "Excel 工作簿"),
    extensions=(".xlsx", ".xlsm"),
    options=("sheet", "header_row"),
    text=True,
)
def stage_xlsx(given: Given) -> Staged:
    """Stage one sheet of a workbook."""
    _refuse_bomb(given)
    workbook, sheet_name = _open(given)
    rows = workbook.get_sheet_by_name(sheet_name).to_python(skip_empty_area=False)
    header_row = 1 if given.section.header_row is None else given.section.header_row
    label = f"{given.label}, sheet {sheet_name}"
    header = _header(label, rows, header_row, _merged(workbook, sheet_name))
    columns, twice = mapping_of(header, label)
    errors = _error_cells(given.path, sheet_name)
    target = given.scratch / f"sheet-{abs(hash((str(given.path), sheet_name))):x}.parquet"
    kept = _write(target, list(columns.values()), rows, header_row, errors)
    if not kept:
        raise SourceError(
            f"{label} has a header but 0 rows. Fill it, or take it out of the recipe.",
            f"{label} 只有表头，数据为 0 行。请填写数据，或从配方中去掉它。",
        )
    letters = {name: letter_of(position) for position, name in enumerate(columns)}
    return Staged(target, columns, twice=twice, lines=partial(_lines, kept), letters=letters)


def sheet_names(path: Path) -> list[str]:
    """Give the names of the sheets of a workbook."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as workbook:
        return list(workbook.sheet_names)


def letter_of(position: int) -> str:
    """Give the letters of a column, counted from 0.

    >>> letter_of(0), letter_of(25), letter_of(26), letter_of(701), letter_of(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _refuse_bomb(given: Given) -> None:
    try:
        with zipfile.ZipFile(given.path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise SourceError(
            f"{given.label} is not a whole .xlsx file ({error}). Open it in a spreadsheet program and save it again "
            "as .xlsx; an older .xls must be saved anew.",
            f"{given.label} 不是完整的 .xlsx 文件（{error}）。请用电子表格软件打开，重新存为 .xlsx；较旧的"
            " .xls 也须另存。",
        ) from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    limit = min(UNPACKED, given.max_bytes * 10) if given.max_bytes is not None else UNPACKED
    if unpacked > limit or (unpacked > 64 << 20 and unpacked > RATIO * max(packed, 1)):
        raise SourceError(
            f"{given.label} unpacks from {packed:,} to {unpacked:,} bytes; at most {limit:,} bytes and {RATIO} times "
            "its size are read. Save the sheet as CSV instead.",
            f"{given.label} 从 {packed:,} 字节解压到 {unpacked:,} 字节；最多读取 {limit:,} 字节，且不超过"
            f"其大小的 {RATIO} 倍。请把工作表另存为 CSV。",
        )


def _open(given: Given) -> tuple[Any, str]:
    try:
        import python_calamine
    except ImportError as error:
        raise SourceError(
            f"{given.label} is a workbook, which needs: pip install 'jiqun[excel]'",
            f"{given.label} 是工作簿，读取它需要：pip install 'jiqun[excel]'",
        ) from error
    try:
        workbook = python_calamine.CalamineWorkbook.from_path(given.path)
    except python_calamine.PasswordError as error:
        raise SourceError(
            f"{given.label} is protected by a password. Save it without one.",
            f"{given.label} 设有密码。请另存一份不带密码的。",
        ) from error
    except (python_calamine.CalamineError, OSError) as error:
        raise SourceError(
            f"{given.label} is not a workbook that can be read ({error}). Open it in a spreadsheet program and save it "
            "again as .xlsx.",
            f"{given.label} 不是可以读取的工作簿（{error}）。请用电子表格软件打开，重新存为 .xlsx。",
        ) from error
    names = workbook.sheet_names
    wanted = given.section.sheet
    if wanted is None:
        if len(names) > 1:
            raise SourceError(
                f"{given.label} has {len(names)} sheets: {', '.join(names[:20])}. "
                f'Say which: sheet = "{names[0]}" in its section of the recipe.',
                f"{given.label} 有 {len(names)} 张工作表：{'、'.join(names[:20])}。请在配方中它的小节里写明是"
                f'哪一张：sheet = "{names[0]}"。',
            )
        return workbook, names[0]
    if wanted not in names:
        raise SourceError(
            f"{given.label} has no sheet {wanted!r}.{closest(wanted, names)}",
            f"{given.label} 没有工作表 {wanted!r}。{closest_zh(wanted, names)}",
        )
    return workbook, wanted


def _merged(workbook: Any, sheet_name: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(workbook.get_sheet_by_name(sheet_name).merged_cell_ranges or ())


def _header(label: str, rows: Sequence[Sequence[Any]], header_row: int, merged: Sequence[Any]) -> list[str]:
    if not rows:
        raise SourceError(
            f"{label} is empty. Name another sheet, or take it out of the recipe.",
            f"{label} 是空的。请写另一张工作表，或从配方中去掉它。",
        )
    width = max(len(row) for row in rows)
    if header_row == 0:
        return [f"column{n}" for n in range(1, width + 1)]
    if header_row > len(rows):
        raise SourceError(
            f"{label} has {len(rows)} rows; header_row = {header_row} lies below them.",
            f"{label} 有 {len(rows)} 行；header_row = {header_row} 超出了它们。",
        )
    for (top, left), (bottom, right) in merged:
        if top <= header_row - 1 <= bottom and right > left:
            cells = f"{letter_of(left)}{top + 1}:{letter_of(right)}{bottom + 1}"
            raise SourceError(
                f"{label}: the header cells {cells} are merged, so their columns have no names of their own. "
                "Name each column in one row, and give that row as header_row.",
                f"{label}：表头单元格 {cells} 是合并的，各列没有自己的名称。请在同一行里为每列命名，并把该行写"
                "作 header_row。",
            )
    header = [_text(value) or "" for value in rows[header_row - 1]]
    if not any(name.strip() for name in header):
        raise SourceError(
            f"{label}: row {header_row} is blank and names no column. Give the row as header_row.",
            f"{label}：第 {header_row} 行是空白，没有列名。请用 header_row 写明表头所在的行。",
        )
    return header + [""] * (width - len(header))


def _write(
    target: Path,
    names: list[str],
    rows: Sequence[Sequence[Any]],
    header_row: int,
    errors: Mapping[tuple[int, int], str],
) -> list[int]:
    """Write the rows that are not blank; give the sheet's number of each."""
    schema = pa.schema([(name, pa.string()) for name in names])
    kept: list[int] = []
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in _batches(_texts(rows, header_row, len(names), errors, kept)):
            columns = list(zip(*batch, strict=True))
            writer.write_table(pa.table([pa.array(column, pa.string()) for column in columns], schema=schema))
    return kept


def _texts(
    rows: Sequence[Sequence[Any]], header_row: int, width: int, errors: Mapping[tuple[int, int], str], kept: list[int]
) -> Iterator[list[str | None]]:
    for number in range(header_row, len(rows)):
        row = rows[number]
        texts = [_text(row[k]) if k < len(row) else None for k in range(width)]
        for k in range(width) if errors else ():
            texts[k] = errors.get((number, k), texts[k])
        if any(text is not None for text in texts):
            kept.append(number + 1)
            yield texts


def _batches(rows: Iterable[list[str | None]]) -> Iterator[list[list[str | None]]]:
    batch: list[list[str | None]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _text(value: Any) -> str | None:
    """Write a cell as it would be typed: whole numbers without a point, dates year first."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return repr(value.total_seconds() / 86_400)
    return str(value)


def _lines(kept: Sequence[int], rows: Sequence[int]) -> list[int]:
    return [kept[row - 1] for row in rows]


def _error_cells(path: Path, sheet_name: str) -> dict[tuple[int, int], str]:
    """Find cells that show an error (#DIV/0!), which the reader of workbooks gives as blank."""
    errors: dict[tuple[int, int], str] = {}
    with zipfile.ZipFile(path) as archive:
        part = _part_of(archive, sheet_name)
        if part is None:
            return errors
        with archive.open(part) as stream:
            tail = b""
            while chunk := stream.read(1 << 20):
                text = tail + chunk
                for match in _ERROR_CELL.finditer(text):
                    errors[_position(match[1].decode())] = match[2].decode("utf-8", "replace")
                tail = text[-8192:]
    return errors


def _part_of(archive: zipfile.ZipFile, sheet_name: str) -> str | None:
    """Find the part of the archive that holds a sheet."""
    try:
        book = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ET.ParseError):
        return None
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    for sheet in book.iter(f"{_MAIN}sheet"):
        if sheet.get("name") == sheet_name:
            target = targets.get(sheet.get(_REL), "")
            name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return name if name in archive.namelist() else None
    return None


def _position(cell: str) -> tuple[int, int]:
    letters = cell.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(cell[len(letters) :]) - 1, column - 1
