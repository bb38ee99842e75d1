"""Looking at a file: its format, encoding, header and first rows, and never more than a bounded part of it."""

from __future__ import annotations

import gzip
import json
import re
import sqlite3
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from jiqun.cluster import JiqunError
from jiqun.ingest.drafting.text import Row, decoded, split_rows

__all__ = ["FORMATS", "MAX_ROWS", "SAMPLE_BYTES", "Look", "look"]

SAMPLE_BYTES = 8 << 20
"""How much of a text file is read."""
MAX_ROWS = 20_000
"""How many rows of a table are looked at."""
MAX_COLUMNS = 2_000
MAX_UNPACKED = 2 << 30
PATIENCE = 20.0
"""Seconds after which a query of a GeoPackage is given up."""

FORMATS: Mapping[str, str] = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".tab": "tsv", ".parquet": "parquet", ".pq": "parquet",
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".geojson": "geojson", ".json": "geojson", ".gpkg": "gpkg",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """The first rows of one table of one file (a sheet, a layer, or the whole file)."""

    path: Path
    format: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    """Values as text, None where empty."""
    whole: bool
    """Whether these are all the rows."""
    options: Mapping[str, str | int] = field(default_factory=dict)
    """What the recipe must say to read it: encoding, delimiter, sheet, layer, header_row."""
    notes: tuple[str, ...] = ()
    geometry: bool = False

    def column(self, name: str) -> list[str]:
        """Give the non-empty values of a column."""
        position = self.columns.index(name)
        return [value for row in self.rows if (value := row[position]) is not None]

    @property
    def title(self) -> str:
        """Name of the file and, where it holds several tables, of the sheet or layer."""
        part = self.options.get("sheet") or self.options.get("layer")
        return f"{self.path.name} [{part}]" if part else self.path.name


def look(path: Path) -> list[Look]:
    """Look at a file.

    Raises
    ------
    JiqunError
        If it is not there, empty, of no known format, not what its name says, or damaged; with file,
        line and column where there is one.
    """
    if not path.is_file():
        raise JiqunError(
            f"{path} is not a file. Name the CSV, Parquet, XLSX, GeoJSON or GPKG files to draft from.",
            f"{path} 不是文件。请写出用来起草的 CSV、Parquet、XLSX、GeoJSON 或 GPKG 文件。",
        )
    if path.stat().st_size == 0:
        raise JiqunError(f"{path} is empty (0 bytes). Export it again.", f"{path} 是空文件（0 字节）。请重新导出。")
    suffixes = [s.lower() for s in path.suffixes]
    packed = bool(suffixes) and suffixes[-1] == ".gz"
    suffix = (suffixes[-2] if len(suffixes) > 1 else "") if packed else (suffixes[-1] if suffixes else "")
    kind = FORMATS.get(suffix)
    if kind is None:
        raise JiqunError(
            f"{path}: files named *{suffix or path.name} cannot be read; known: {', '.join(FORMATS)}.",
            f"{path}：无法读取名为 *{suffix or path.name} 的文件；可读的有：{'、'.join(FORMATS)}。",
        )
    head = _head(path, packed, 16)
    for magic, really in ((b"PAR1", "parquet"), (b"PK\x03\x04", "xlsx"), (b"SQLite format 3\x00", "gpkg")):
        if head.startswith(magic) != (kind == really):
            said, is_a = (kind, really) if head.startswith(magic) else (really, "something else")
            raise JiqunError(
                f"{path} is named as {said}, but its content is {is_a}. Rename it, or export it again.",
                f"{path} 的扩展名是 {said}，内容却是 {'别的东西' if is_a == 'something else' else is_a}。请改"
                "名，或重新导出。",
            )
    looks = _READERS[kind](path, packed)
    if not any(one.rows for one in looks):
        raise JiqunError(
            f"{path} has a header but 0 rows. Export it again, with its data.",
            f"{path} 只有表头，数据为 0 行。请连同数据重新导出。",
        )
    return [one for one in looks if one.rows]


def _head(path: Path, packed: bool, size: int) -> bytes:
    if not packed:
        with path.open("rb") as file:
            return file.read(size)
    try:
        with gzip.open(path, "rb") as file:
            return file.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise JiqunError(
            f"{path} is not a whole gzip file ({error}). Download it again.",
            f"{path} 不是完整的 gzip 文件（{error}）。请重新下载。",
        ) from error


def _delimited(path: Path, packed: bool) -> list[Look]:
    raw = _head(path, packed, SAMPLE_BYTES + 1)
    truncated = len(raw) > SAMPLE_BYTES
    text, encoding, notes = decoded(raw[:SAMPLE_BYTES], path, truncated)
    table = split_rows(text, path, truncated)
    options: dict[str, str | int] = {}
    if encoding != "utf-8":
        options["encoding"] = encoding
    if table.delimiter not in (",", "\t"):
        options["delimiter"] = table.delimiter
    if table.header_row != 1:
        options["header_row"] = table.header_row
    kind = "tsv" if table.delimiter == "\t" else "csv"
    if FORMATS.get(Path(path.name.removesuffix(".gz")).suffix.lower()) != kind:
        options["format"] = kind
    rows = table.rows[:MAX_ROWS]
    whole = not truncated and len(rows) == len(table.rows)
    return [Look(path, kind, table.columns, rows, whole, options, notes)]


def _parquet(path: Path, packed: bool) -> list[Look]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    _unpacked(path, packed)
    try:
        with pq.ParquetFile(path) as file:
            total, names = file.metadata.num_rows, tuple(file.schema_arrow.names)
            batches = file.iter_batches(batch_size=MAX_ROWS)
            first = next(batches, None)
            columns = [] if first is None else [column.to_pylist() for column in first.columns]
    except (pa.ArrowException, OSError) as error:
        raise JiqunError(
            f"{path} is a damaged Parquet file ({_first_line(error)}). Export it again.",
            f"{path} 是损坏的 Parquet 文件（{_first_line(error)}）。请重新导出。",
        ) from error
    rows = tuple(tuple(_text(value) for value in row) for row in zip(*columns, strict=True))
    return [Look(path, "parquet", _distinct(names, path, 0), rows, len(rows) == total)]


def _xlsx(path: Path, packed: bool) -> list[Look]:
    from python_calamine import CalamineError, CalamineWorkbook

    _unpacked(path, packed)
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        if size > MAX_UNPACKED:
            raise JiqunError(
                f"{path} unpacks to {size >> 20} MB, too large for a workbook. Save its sheets as CSV.",
                f"{path} 解压后有 {size >> 20} MB，作为工作簿太大。请把各工作表另存为 CSV。",
            )
        with CalamineWorkbook.from_path(str(path)) as book:
            sheets = {name: book.get_sheet_by_name(name).to_python(nrows=MAX_ROWS + 20) for name in book.sheet_names}
    except (CalamineError, zipfile.BadZipFile, OSError) as error:
        raise JiqunError(
            f"{path} is a damaged workbook ({_first_line(error)}). Save it again as .xlsx.",
            f"{path} 是损坏的工作簿（{_first_line(error)}）。请重新存为 .xlsx。",
        ) from error
    used = {name: rows for name, rows in sheets.items() if any(any(cell != "" for cell in row) for row in rows)}
    if not used:
        raise JiqunError(
            f"{path} has no sheet with values. Save it again, with its data.",
            f"{path} 没有含数据的工作表。请连同数据重新保存。",
        )
    return [_sheet(path, name, rows, many=len(sheets) > 1) for name, rows in used.items()]


def _sheet(path: Path, name: str, cells: list[list[Any]], *, many: bool) -> Look:
    texts = [tuple(_text(cell) for cell in row) for row in cells]
    start = _header_of(texts)
    filled = [i for i, cell in enumerate(texts[start]) if cell is not None]
    last = filled[-1] + 1
    header = _distinct(tuple(cell or "" for cell in texts[start][:last]), path, start + 1, name)
    body = [row[:last] for row in texts[start + 1 :] if any(cell is not None for cell in row[:last])]
    options: dict[str, str | int] = {"sheet": name} if many else {}
    if start:
        options["header_row"] = start + 1
    notes = tuple(f"column {_letter(i)} has values but no header and is left out" for i in range(last) if not header[i])
    rows = tuple(body[:MAX_ROWS])
    return Look(path, "xlsx", header, rows, len(texts) < MAX_ROWS + 20, options, notes)


def _header_of(rows: list[Row]) -> int:
    """Find the row of the header: the first that is as wide as the table, below any title rows."""
    width = max(sum(cell is not None for cell in row) for row in rows[:20])
    for i, row in enumerate(rows[:20]):
        if sum(cell is not None for cell in row) >= max(1, (width + 1) // 2):
            return i
    return 0


def _geojson(path: Path, packed: bool) -> list[Look]:
    raw = _head(path, packed, SAMPLE_BYTES + 1)
    text, _, _ = decoded(raw[:SAMPLE_BYTES], path, len(raw) > SAMPLE_BYTES)
    start = re.search(r'"features"\s*:\s*\[', text)
    if not text.lstrip().startswith("{") or start is None:
        raise JiqunError(
            f"{path} is not a GeoJSON FeatureCollection: it has no list of features. Export it again.",
            f"{path} 不是 GeoJSON FeatureCollection：没有要素列表。请重新导出。",
        )
    features = list(_features(text, start.end(), path, truncated=len(raw) > SAMPLE_BYTES))
    names = tuple(dict.fromkeys(name for f in features for name in (f.get("properties") or {})))
    rows = tuple(tuple(_text((f.get("properties") or {}).get(name)) for name in names) for f in features)
    whole = len(raw) <= SAMPLE_BYTES and len(features) < MAX_ROWS
    return [Look(path, "geojson", names, rows, whole, geometry=True)]


def _features(text: str, position: int, path: Path, *, truncated: bool) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    for number in range(1, MAX_ROWS + 1):
        position = _skip(text, position)
        if text[position : position + 1] == "]":
            return
        try:
            feature, position = decoder.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError) as error:
            if truncated:
                return
            at = text.count("\n", 0, position) + 1
            raise JiqunError(
                f"{path}, line {at}: feature {number} is not JSON ({_first_line(error)}). Export it again.",
                f"{path} 第 {at} 行：第 {number} 个要素不是 JSON（{_first_line(error)}）。请重新导出。",
            ) from error
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            raise JiqunError(
                f"{path}: item {number} of its features is not a GeoJSON feature. Export it again.",
                f"{path}：要素列表的第 {number} 项不是 GeoJSON 要素。请重新导出。",
            )
        yield feature


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n,":
        position += 1
    return position


def _gpkg(path: Path, packed: bool) -> list[Look]:
    _unpacked(path, packed)
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            late = time.monotonic() + PATIENCE
            # A layer may be a view of the file's own making, and one that never ends.
            base.set_progress_handler(lambda: time.monotonic() > late, 10_000)
            listed = base.execute(
                "select c.table_name, g.column_name from gpkg_contents c "
                "left join gpkg_geometry_columns g using (table_name) where c.data_type in ('features', 'attributes')"
            ).fetchall()
            return [_layer(base, path, name, shape, many=len(listed) > 1) for name, shape in listed]
    except sqlite3.OperationalError as error:
        if "interrupted" in str(error):
            raise JiqunError(
                f"{path} takes too long to read. Export its layers as plain tables.",
                f"读取 {path} 用时太久。请把它的图层导出为普通表格。",
            ) from error
        raise JiqunError(
            f"{path} is not a GeoPackage ({_first_line(error)}). Export it again.",
            f"{path} 不是 GeoPackage（{_first_line(error)}）。请重新导出。",
        ) from error
    except sqlite3.DatabaseError as error:
        raise JiqunError(
            f"{path} is a damaged GeoPackage ({_first_line(error)}). Export it again.",
            f"{path} 是损坏的 GeoPackage（{_first_line(error)}）。请重新导出。",
        ) from error


def _layer(base: sqlite3.Connection, path: Path, name: str, shape: str | None, *, many: bool) -> Look:
    quoted = '"' + name.replace('"', '""') + '"'
    found = base.execute(f"select * from {quoted} limit ?", (MAX_ROWS + 1,))  # noqa: S608 - quoted as an identifier
    keep = [i for i, column in enumerate(found.description) if column[0] != shape]
    names = tuple(found.description[i][0] for i in keep)
    rows = tuple(tuple(_text(row[i]) for i in keep) for row in found)
    options: dict[str, str | int] = {"layer": name} if many else {}
    return Look(path, "gpkg", names, rows[:MAX_ROWS], len(rows) <= MAX_ROWS, options, geometry=shape is not None)


_READERS: dict[str, Callable[[Path, bool], list[Look]]] = {
    "csv": _delimited, "tsv": _delimited, "parquet": _parquet, "xlsx": _xlsx, "geojson": _geojson, "gpkg": _gpkg,
}  # fmt: skip


def _unpacked(path: Path, packed: bool) -> None:
    if packed:
        raise JiqunError(
            f"{path}: only CSV and TSV files are read packed. Unpack it first (gunzip).",
            f"{path}：压缩文件只能读 CSV 和 TSV。请先解压（gunzip）。",
        )


def _distinct(names: tuple[str, ...], path: Path, line: int, sheet: str = "") -> tuple[str, ...]:
    seen: dict[str, int] = {}
    for position, name in enumerate(names, start=1):
        if name and name in seen:
            where = f", row {line}" if line else ""
            of = f" of sheet {sheet}" if sheet else ""
            where_zh = (f" 工作表 {sheet}" if sheet else "") + (f" 第 {line} 行" if line else "")
            raise JiqunError(
                f"{path}{where}: columns {seen[name]} and {position}{of} are both called {name!r}. Rename one of them.",
                f"{path}{where_zh}：第 {seen[name]} 列和第 {position} 列都叫 {name!r}。请给其中一列改名。",
            )
        seen[name] = position
    if len(names) > MAX_COLUMNS:
        raise JiqunError(
            f"{path} has {len(names)} columns; at most {MAX_COLUMNS} are read. Is it transposed?",
            f"{path} 有 {len(names)} 列；最多读取 {MAX_COLUMNS} 列。是不是行列颠倒了？",
        )
    return names


def _letter(position: int) -> str:
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, float):
        return None if value != value else (str(int(value)) if value.is_integer() and abs(value) < 1e15 else str(value))  # noqa: PLR0124 - NaN
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (bytes, dict, list)):
        return f"<{type(value).__name__}>"
    return str(value).strip() or None


def _first_line(error: BaseException) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
