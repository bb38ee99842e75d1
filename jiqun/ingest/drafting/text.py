"""Text files: which encoding, which delimiter, which line is the header."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from jiqun.cluster import JiqunError
from jiqun.ingest.sources.encoding import looks_like

__all__ = ["Row", "Rows", "decoded", "split_rows"]

Row = tuple[str | None, ...]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = (",", ";", "\t", "|")
_MAX_FIELD = 1 << 20
_NUMBER = re.compile(r"[-+]?[\d.,]+%?$")
_DATE = re.compile(r"\d{1,4}[-/.年]\d{1,2}([-/.月]\d{1,4}日?)?([ T].*)?$")


@dataclass(frozen=True, slots=True)
class Rows:
    """A text file in rows and columns."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    delimiter: str
    header_row: int


def decoded(raw: bytes, path: Path, truncated: bool) -> tuple[str, str, tuple[str, ...]]:
    """Decode the start of a file: its text, its encoding, and what is not certain about it."""
    for mark, name in _BOMS:
        if raw.startswith(mark):
            text = _try(raw, name, truncated)
            if text is None:
                raise JiqunError(
                    f"{path} starts as {name} but is not: {_where(raw, name)}. Export it again.",
                    f"{path} 开头像 {name}，实际不是：{_where_zh(raw, name)}。请重新导出。",
                )
            return text.lstrip("\ufeff"), name, ()
    zeros = raw[:4096].count(0)
    if zeros:
        name = "utf-16-le" if raw[1:4096:2].count(0) > zeros / 2 else "utf-16-be"
        text = _try(raw, name, truncated)
        if text is None or "\x00" in text or zeros < len(raw[:4096]) / 8:
            raise JiqunError(
                f"{path} is not a text file: it holds zero bytes. Export it as CSV.",
                f"{path} 不是文本文件：其中有零字节。请导出为 CSV。",
            )
        return text, name, (f"has no mark of its encoding; it reads as {name}",)
    if (text := _try(raw, "utf-8", truncated)) is not None:
        return text, "utf-8", ()
    if b"\r" in raw and b"\n" not in raw:
        return _guessed(raw, "mac_roman")  # the line ends of old Macintosh computers come with their letters
    guess = looks_like(raw[: 1 << 20])
    if guess == "gb18030" and (text := _try(raw, guess, truncated)) is not None:
        return text, guess, ()
    return _guessed(raw, guess)


def _guessed(raw: bytes, encoding: str) -> tuple[str, str, tuple[str, ...]]:
    note = f"is neither UTF-8 nor GB18030 ({_where(raw, 'utf-8')}); {encoding} is a guess"
    return raw.decode(encoding, errors="replace"), encoding, (note,)


def _try(raw: bytes, encoding: str, truncated: bool) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(raw, final=not truncated)
    except UnicodeDecodeError:
        return None


def _where(raw: bytes, encoding: str) -> str:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        ends = b"\n" if b"\n" in raw else b"\r"
        line = raw.count(ends, 0, error.start) + 1
        return f"byte 0x{raw[error.start]:02x} at line {line}"
    return "it ends within a character"


def _where_zh(raw: bytes, encoding: str) -> str:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError as error:
        ends = b"\n" if b"\n" in raw else b"\r"
        line = raw.count(ends, 0, error.start) + 1
        return f"第 {line} 行的字节 0x{raw[error.start]:02x}"
    return "它在一个字符中间结束"


def split_rows(text: str, path: Path, truncated: bool) -> Rows:
    """Split text into a header and rows.

    Raises
    ------
    JiqunError
        If there is no header, a row is longer or shorter than it, or a quote is never closed.
    """
    delimiter = _delimiter(text)
    lines: list[tuple[int, list[str]]] = []
    before = csv.field_size_limit(_MAX_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=not truncated)
    start = 1
    try:
        for fields in reader:
            if fields:
                lines.append((start, fields))
            start = reader.line_num + 1
    except csv.Error as error:
        raise JiqunError(
            f"{path}, line {start}: a quote is opened and not closed, or a field is over 1 MB ({error}).",
            f"{path} 第 {start} 行：有引号打开后没有闭合，或字段超过 1 MB（{error}）。",
        ) from error
    finally:
        csv.field_size_limit(before)
    if truncated and len(lines) > 1:
        lines.pop()
    if not lines:
        raise JiqunError(
            f"{path} holds no row, only blank lines. Export it again.", f"{path} 没有数据行，只有空行。请重新导出。"
        )
    return _rows(lines, path, delimiter)


def _rows(lines: list[tuple[int, list[str]]], path: Path, delimiter: str) -> Rows:
    header = _header(lines)
    at, names = lines[header]
    columns = tuple(name.strip() for name in names)
    _check_header(columns, path, at)
    for line, fields in lines[header + 1 :]:
        if len(fields) != len(columns):
            raise JiqunError(
                f"{path}, line {line}: {len(fields)} fields where the header has {len(columns)} (delimiter "
                f"{delimiter!r}); the last field is {fields[-1][:40]!r}. Quote fields that hold the delimiter.",
                f"{path} 第 {line} 行：有 {len(fields)} 个字段，而表头有 {len(columns)} 个（分隔符 "
                f"{delimiter!r}）；最后一个字段是 {fields[-1][:40]!r}。含有分隔符的字段请加引号。",
            )
    rows = tuple(tuple(value.strip() or None for value in fields) for _, fields in lines[header + 1 :])
    return Rows(columns, rows, delimiter, at)


def _header(lines: list[tuple[int, list[str]]]) -> int:
    """Find the header below any title lines: the first line as wide as most of those at the start."""
    widths = Counter(len(fields) for _, fields in lines[:50])
    usual = widths.most_common(1)[0][0]
    for i, (_, fields) in enumerate(lines[:20]):
        if len(fields) == usual and (usual == 1 or sum(bool(f.strip()) for f in fields) > 1):
            return i
    return 0


def _check_header(columns: tuple[str, ...], path: Path, line: int) -> None:
    filled = [name for name in columns if name]
    if not filled:
        raise JiqunError(
            f"{path}, line {line}: the header is empty. Put the names of the columns there.",
            f"{path} 第 {line} 行：表头是空的。请在那里写上各列的名称。",
        )
    if sum(bool(_NUMBER.match(n) or _DATE.match(n)) for n in filled) * 2 > len(filled):
        raise JiqunError(
            f"{path}, line {line}: there is no header; the first row looks like data ({', '.join(filled[:4])}). "
            "Put the names of the columns in the first line.",
            f"{path} 第 {line} 行：没有表头；第一行看起来是数据（{'、'.join(filled[:4])}）。请在第一行写上各列的名称。",
        )
    counts = Counter(filled)
    for name, count in counts.items():
        if count > 1:
            first, second = [i + 1 for i, n in enumerate(columns) if n == name][:2]
            raise JiqunError(
                f"{path}, line {line}: columns {first} and {second} are both called {name!r}. Rename one of them.",
                f"{path} 第 {line} 行：第 {first} 列和第 {second} 列都叫 {name!r}。请给其中一列改名。",
            )


def _delimiter(text: str) -> str:
    """Choose the delimiter that splits the first lines into the most even, and then the most, columns."""
    head = text[: 256 << 10]
    best, score = ",", (0.0, 0)
    for candidate in _DELIMITERS:
        if candidate not in head:
            continue
        try:
            rows = [r for _, r in zip(range(200), csv.reader(io.StringIO(head, newline=""), delimiter=candidate))]  # noqa: B905
        except csv.Error:
            continue
        widths = Counter(len(r) for r in rows if r)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
        rated = (count / sum(widths.values()) if width > 1 else 0.0, width)
        if rated > score:
            best, score = candidate, rated
    return best
