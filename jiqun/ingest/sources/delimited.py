"""Delimited text: CSV and TSV, in any encoding, refused where it is damaged and never bent into shape."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from jiqun.cluster import Words
from jiqun.engine.reading import CsvLayout
from jiqun.ingest.sources.encoding import bom_encoding, check_utf8, codec, utf8_copy
from jiqun.ingest.sources.source import Given, SourceError, Staged, mapping_of, source, staged_copy

if TYPE_CHECKING:
    from _csv import Reader as _Reader
    from _csv import Writer as _Writer

__all__ = ["sniff_delimiter", "stage_csv", "stage_tsv"]

HEAD = 1 << 20
FIELD = 16 * 1024 * 1024
DELIMITERS = (",", ";", "\t", "|")
_OPTIONS = ("encoding", "delimiter", "quote", "header_row")


@source("csv", title=Words("CSV", "CSV 文本"), extensions=(".csv", ".txt"), options=_OPTIONS, text=True)
def stage_csv(given: Given) -> Staged:
    """Stage a comma-separated file; the delimiter is told from the head of the file where it is not given."""
    return _stage(given, None)


@source("tsv", title=Words("Tab-separated text", "TSV 文本"), extensions=(".tsv", ".tab"), options=_OPTIONS, text=True)
def stage_tsv(given: Given) -> Staged:
    """Stage a tab-separated file."""
    return _stage(given, "\t")


def sniff_delimiter(head: str, quote: str = '"') -> str:
    r"""Tell the delimiter from the first lines: the one that splits most of them into the same number of fields.

    >>> sniff_delimiter("a;b;c\n1,5;2;3\n")
    ';'
    >>> sniff_delimiter("name\nx\n")
    ','
    """
    best, score = ",", (0.0, 0)
    for delimiter in DELIMITERS:
        try:
            rows = _records(io.StringIO(head, newline=""), delimiter, quote)
            widths = [len(row) for row, _ in zip(rows, range(100), strict=False) if row]
        except csv.Error:
            continue
        if not widths or widths[0] < 2:
            continue
        agreeing = sum(width == widths[0] for width in widths) / len(widths)
        if (agreeing, widths[0]) > score:
            best, score = delimiter, (agreeing, widths[0])
    return best


def _stage(given: Given, delimiter: str | None) -> Staged:
    path = _as_utf8(given)
    _refuse_binary(given, path)
    head = _head(given, path)
    quote = '"' if given.section.quote is None else given.section.quote
    delimiter = given.section.delimiter or delimiter or sniff_delimiter(head, quote)
    header_row = 1 if given.section.header_row is None else given.section.header_row
    header = _header(given, head, delimiter, quote, header_row)
    columns, twice = mapping_of(header, given.label)
    nulls = given.section.nulls if given.section.nulls is not None else ("",)
    layout = CsvLayout(tuple(columns.values()), delimiter, quote, header_row, nulls)
    # The copy that a retry makes has the rows of the file, so they keep the lines that they have in the file.
    staged = Staged(path, columns, layout, twice, lines=partial(_lines, path, layout))
    return replace(staged, retry=partial(_retry, given, staged))


def _as_utf8(given: Given) -> Path:
    with given.path.open("rb") as file:
        head = file.read(4)
    if not head:
        raise SourceError(
            f"{given.label} is empty (0 bytes). Export it again, or take it out of the recipe.",
            f"{given.label} 是空文件（0 字节）。请重新导出，或从配方中去掉它。",
        )
    declared = given.section.encoding or bom_encoding(head) or "utf-8"
    packed = given.path.name.lower().endswith(".gz")
    if packed or codec(given, declared) != "utf-8":
        path = utf8_copy(given, declared)
        if path.stat().st_size == 0:
            raise SourceError(
                f"{given.label} is empty. Export it again, or take it out of the recipe.",
                f"{given.label} 是空文件。请重新导出，或从配方中去掉它。",
            )
        return path
    if any(sign in str(given.path) for sign in "*?["):
        # The reader would take these for a pattern.
        link = given.scratch / f"link-{abs(hash(str(given.path))):x}.csv"
        link.unlink(missing_ok=True)
        link.symlink_to(given.path)
        return link
    return given.path


def _refuse_binary(given: Given, path: Path) -> None:
    lines = 0
    for offset, chunk in _chunks(path):
        found = chunk.find(b"\x00")
        if found >= 0:
            line = lines + chunk.count(b"\n", 0, found) + 1
            raise SourceError(
                f"{given.label}, line {line}, byte {offset + found:,}: a NUL byte, which no text has. "
                'If a spreadsheet saved it as “Unicode”, add  encoding = "utf-16"  to its section of the recipe; '
                "if it is no text, correct format.",
                f"{given.label} 第 {line} 行，第 {offset + found:,} 字节：有一个 NUL 字节，文本中不会有它。如"
                '果是电子表格存成的“Unicode”文本，请在配方中它的小节里加上  encoding = "utf-16"；如果它不是文'
                "本，请更正 format。",
            )
        lines += chunk.count(b"\n")


def _chunks(path: Path) -> Iterator[tuple[int, bytes]]:
    """Give the bytes of a file in pieces, each with its offset; a map of it would count as memory used."""
    offset = 0
    with path.open("rb") as file:
        while chunk := file.read(HEAD):
            yield offset, chunk
            offset += len(chunk)


def _head(given: Given, path: Path) -> str:
    with path.open("rb") as file:
        raw = file.read(HEAD)
    try:
        # Only the last character may be cut in two.
        return raw.decode("utf-8-sig") if len(raw) < HEAD else raw.decode("utf-8-sig", "ignore")
    except UnicodeDecodeError:
        check_utf8(replace(given, path=path))
        raise


def _records(text: Iterable[str], delimiter: str, quote: str) -> _Reader:
    csv.field_size_limit(FIELD)
    if not quote:
        return csv.reader(text, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
    return csv.reader(text, delimiter=delimiter, quotechar=quote, strict=True)


def _header(given: Given, head: str, delimiter: str, quote: str, header_row: int) -> list[str]:
    if len(delimiter) > 1:
        rows: Iterator[list[str]] = (line.split(delimiter) for line in head.splitlines() if line)
    else:
        # Lines above the header are titles and notes, free of any rule.
        below = head.split("\n", header_row - 1)[-1] if header_row > 1 else head
        if header_row > 1 and head.count("\n") < header_row - 1:
            raise SourceError(
                f"{given.label} has no line {header_row}, where header_row says the header is.",
                f"{given.label} 没有第 {header_row} 行，而 header_row 说表头在那里。",
            )
        rows = (row for row in _records(io.StringIO(below, newline=""), delimiter, quote) if row)
    try:
        header = next(rows, None)
    except csv.Error as error:
        if len(head) >= HEAD:
            raise SourceError(
                f"{given.label}: the header takes more than {HEAD:,} characters: a quote that is opened "
                "and never closed, or another delimiter.",
                f"{given.label}：表头超过 {HEAD:,} 个字符：可能有引号打开后没有闭合，或者分隔符不对。",
            ) from error
        raise SourceError(
            f"{given.label}, line {max(header_row, 1)}: {error}. Check the quotes and the delimiter ({delimiter!r}).",
            f"{given.label} 第 {max(header_row, 1)} 行：{error}。请检查引号和分隔符（{delimiter!r}）。",
        ) from error
    if header is None or not any(name.strip() for name in header):
        raise SourceError(
            f"{given.label} has no header. Its first line must name the columns; see header_row.",
            f"{given.label} 没有表头。第一行必须是各列的名称；参见 header_row。",
        )
    if header_row and not _has_more(rows):
        raise SourceError(
            f"{given.label} has a header ({', '.join(header[:5])}{' …' if len(header) > 5 else ''}) but 0 rows. "
            "Export it again, or take it out of the recipe.",
            f"{given.label} 只有表头（{'、'.join(header[:5])}{' …' if len(header) > 5 else ''}），数据为 0"
            " 行。请重新导出，或从配方中去掉它。",
        )
    return [f"column{n}" for n in range(1, len(header) + 1)] if header_row == 0 else header


def _has_more(rows: Iterator[list[str]]) -> bool:
    try:
        return next(rows, None) is not None
    except csv.Error:
        return True  # damaged, or longer than the head: for the reader to tell


def _retry(given: Given, staged: Staged, complaint: str) -> Staged:
    """Find the first damage in a file that the fast reader refused, or copy it in the usual form."""
    check_utf8(replace(given, path=staged.path))
    layout = staged.layout
    if layout is None or len(layout.delimiter) > 1:
        raise SourceError(f"{given.label} cannot be read: {complaint}", f"无法读取 {given.label}：{complaint}")
    target = given.scratch / f"tidy-{staged.path.name}"
    header = layout.skip
    try:
        with (
            staged.path.open(encoding="utf-8-sig", newline="") as text,
            target.open("w", encoding="utf-8", newline="") as out,
        ):
            for _ in range(max(header - 1, 0)):
                out.write("\n" if text.readline() else "")
            reader = _records(text, layout.delimiter, layout.quote)
            writer = csv.writer(out, delimiter=layout.delimiter, quotechar=layout.quote or '"', lineterminator="\n")
            _copy_records(given, reader, writer, layout)
    except csv.Error as error:
        raise SourceError(f"{given.label}: {error}. {complaint}", f"{given.label}：{error}。{complaint}") from error
    return staged_copy(staged, target)


def _copy_records(given: Given, reader: _Reader, writer: _Writer, layout: CsvLayout) -> None:
    offset = max(layout.skip - 1, 0)
    width = len(layout.names)
    started = offset + 1
    try:
        for row in reader:
            if row and len(row) != width:
                raise _ragged(given, row, started, layout)
            writer.writerow(row)
            started = offset + reader.line_num + 1
    except csv.Error as error:
        text = str(error)
        if "field larger" in text:
            reason = f"a field longer than {FIELD:,} characters – most likely a quote that is opened and never closed"
            reason_zh = f"有字段超过 {FIELD:,} 个字符，很可能是引号打开后没有闭合"
        elif "unexpected end" in text:
            reason = "a quote is opened here and never closed"
            reason_zh = "引号在这里打开后没有闭合"
        else:
            reason = f"{text} – a quote inside a quoted field must be doubled"
            reason_zh = f"{text}；带引号的字段中，引号必须写两次"
        raise SourceError(
            f"{given.label}, line {started}: {reason}.", f"{given.label} 第 {started} 行：{reason_zh}。"
        ) from error


def _ragged(given: Given, row: Sequence[str], line: int, layout: CsvLayout) -> SourceError:
    width = len(layout.names)
    if len(row) < width:
        what = f"nothing for column {layout.names[len(row)]!r} and what follows it"
        what_zh = f"列 {layout.names[len(row)]!r} 及其后没有值"
    else:
        what = f"after the last column {layout.names[-1]!r} there is still {row[width]!r}"
        what_zh = f"最后一列 {layout.names[-1]!r} 之后还有 {row[width]!r}"
    counts = Counter({d: layout.delimiter.join(row).count(d) for d in DELIMITERS if d != layout.delimiter})
    other, seen = counts.most_common(1)[0]
    hint = f" (Is the delimiter {other!r}?)" if width == 1 and seen else ""
    hint_zh = f"（分隔符是不是 {other!r}？）" if width == 1 and seen else ""
    return SourceError(
        f"{given.label}, line {line}: {len(row)} fields where the header has {width}: {what}. "
        f"A {layout.delimiter!r} inside a value must be in quotes; correct the line.{hint}",
        f"{given.label} 第 {line} 行：有 {len(row)} 个字段，而表头有 {width} 个：{what_zh}。"
        f"值中的 {layout.delimiter!r} 必须放在引号里；请更正这一行。{hint_zh}",
    )


def _lines(path: Path, layout: CsvLayout, rows: Sequence[int]) -> list[int]:
    """Give the line in which each row starts; quoted line breaks and blank lines make it differ from the row."""
    if not rows:
        return []
    if _one_line_each(path, layout):
        return [row + layout.skip for row in rows]
    wanted, found = set(rows), {}
    offset = max(layout.skip - 1, 0)
    with path.open(encoding="utf-8-sig", newline="") as text:
        for _ in range(offset):
            text.readline()
        reader = _records(text, layout.delimiter, layout.quote)
        number, started = 0 if layout.skip else 1, offset + 1
        for row in reader:
            if row or len(layout.names) == 1:
                if number in wanted:
                    found[number] = started
                    if len(found) == len(wanted):
                        break
                number += 1
            started = offset + reader.line_num + 1
    return [found.get(row, row + layout.skip) for row in rows]


def _one_line_each(path: Path, layout: CsvLayout) -> bool:
    """Tell whether every row is one line: no quote, which may hold a line break, and no blank line."""
    quote, before = layout.quote.encode(), b""
    for _, chunk in _chunks(path):
        seam = before[-2:] + chunk
        if (quote and quote in chunk) or b"\n\n" in seam or b"\n\r\n" in seam or b"\r\r" in seam:
            return False
        before = chunk
    return True
