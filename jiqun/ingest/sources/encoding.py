"""Bytes to text: which encoding a file has, and a UTF-8 copy of one that says so."""

from __future__ import annotations

import codecs
import gzip
import lzma
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from jiqun.ingest.sources.source import Given, SourceError

__all__ = ["bom_encoding", "check_utf8", "codec", "looks_like", "utf8_copy"]

CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "ascii": "utf-8", "utf-8-sig": "utf-8"}
"""Encodings read as the larger one that contains them: files say gb2312 and hold gbk."""
_NOT_FOR_DATA = {"unicode_escape", "raw_unicode_escape", "punycode", "idna", "utf_7", "undefined", "mbcs", "oem"}


def bom_encoding(head: bytes) -> str | None:
    r"""Tell the encoding that a byte-order mark at the start of a file declares.

    >>> bom_encoding(b"\xff\xfea\x00")
    'utf-16'
    """
    return next((name for mark, name in _BOMS if head.startswith(mark)), None)


def looks_like(sample: bytes) -> str:
    """Guess the encoding of bytes that are not UTF-8; for messages and drafts, never to read by.

    In Chinese text (GB18030) bytes above 127 come in pairs; in Western text they stand alone among letters.

    >>> looks_like("杭州市余杭区".encode("gb18030")), looks_like("Café à Zürich, größer".encode("cp1252"))
    ('gb18030', 'cp1252')
    """
    declared = bom_encoding(sample)
    if declared:
        return declared
    zeros = sample[:4096].count(0)
    if zeros > len(sample[:4096]) // 5:
        return "utf-16-le" if sample[1:4096:2].count(0) > sample[0:4096:2].count(0) else "utf-16-be"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8"
    high = sum(byte > 127 for byte in sample)
    runs = sum(1 for a, b in pairwise(sample) if a > 127 and b > 127)
    if runs < 0.4 * high:
        return "cp1252"
    for name in ("gb18030", "big5", "shift_jis", "euc_kr"):
        try:
            codecs.getincrementaldecoder(name)().decode(sample)
        except UnicodeDecodeError:
            continue
        return name
    return "gb18030" if runs > 0.7 * high else "cp1252"


def codec(given: Given, name: str) -> str:
    """Check the name of an encoding and give the one to read with."""
    try:
        found = codecs.lookup(name).name
        "a".encode(found)
    except (LookupError, ValueError) as error:
        raise SourceError(
            f"{given.label}: encoding = {name!r} is not known. Usual ones: utf-8, gb18030, big5, utf-16, cp1252.",
            f"{given.label}：不认识 encoding = {name!r}。常用的有：utf-8、gb18030、big5、utf-16、cp1252。",
        ) from error
    if found.replace("-", "_") in _NOT_FOR_DATA:
        raise SourceError(
            f"{given.label}: encoding = {name!r} is not an encoding of data files.",
            f"{given.label}：encoding = {name!r} 不是数据文件用的编码。",
        )
    return _WIDER.get(found, found)


def utf8_copy(given: Given, encoding: str) -> Path:
    """Write a UTF-8 copy of a text file (gzipped or not) into the scratch folder, in bounded memory.

    Raises
    ------
    SourceError
        If a byte cannot be decoded, the archive is damaged, or the text is longer than allowed.
    """
    target = given.scratch / f"text-{given.path.name}.csv"
    count = 0
    while target.exists():
        count += 1
        target = given.scratch / f"text-{count}-{given.path.name}.csv"
    name = codec(given, encoding)
    with target.open("wb") as out:
        _decoded(given, name, lambda text: out.write(text.encode("utf-8", "strict")))
    return target


def check_utf8(given: Given) -> None:
    """Raise the error that tells the first line that is not UTF-8, and what it looks like; else do nothing."""
    _decoded(given, "utf-8", lambda _: 0)


def _decoded(given: Given, encoding: str, take: Callable[[str], int]) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    consumed, lines, length, held = 0, 0, 0, b""
    try:
        with _opened(given) as stream:
            while True:
                chunk = stream.read(CHUNK)
                try:
                    text = decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    raise _undecodable(given, encoding, error, (consumed - len(held), lines)) from error
                if consumed == 0 and text.startswith("\ufeff"):
                    text = text[1:]
                held = decoder.getstate()[0] if chunk else b""
                consumed += len(chunk)
                lines += text.count("\n")
                length += take(text)
                if given.max_bytes is not None and length > given.max_bytes:
                    raise SourceError(
                        f"{given.label} unpacks to more than {given.max_bytes:,} bytes, which is the limit here "
                        "(JIQUN_MAX_BYTES).",
                        f"{given.label} 解压后超过 {given.max_bytes:,} 字节，这是此处的上限（JIQUN_MAX_BYTES）。",
                    )
                if not chunk:
                    return
    except (EOFError, gzip.BadGzipFile, zlib.error, lzma.LZMAError) as error:
        raise SourceError(
            f"{given.label} is not a whole gzip file ({error}). Copy it again, or unpack it to see what is missing.",
            f"{given.label} 不是完整的 gzip 文件（{error}）。请重新复制，或解压看看缺了什么。",
        ) from error


def _opened(given: Given) -> BinaryIO | gzip.GzipFile:
    if given.path.name.lower().endswith(".gz"):
        return gzip.open(given.path, "rb")
    return given.path.open("rb")


def _undecodable(given: Given, encoding: str, error: UnicodeDecodeError, before: tuple[int, int]) -> SourceError:
    offset, lines = before
    bad = error.object
    line = lines + bad[: error.start].count(b"\n") + 1
    guess = looks_like(bad[max(0, error.start - 2048) : error.start + 65536])
    guess = "gb18030" if guess == "utf-8" else guess
    shown = " ".join(f"{byte:02x}" for byte in bad[error.start : error.start + 4])
    remedy = (
        f'It looks like {guess}: add  encoding = "{guess}"  to its section of the recipe.'
        if guess != encoding
        else "Find out how it was saved, or save it again as UTF-8."
    )
    remedy_zh = (
        f'看起来是 {guess}：请在配方中它的小节里加上  encoding = "{guess}"。'
        if guess != encoding
        else "请查明它是怎样保存的，或重新存为 UTF-8。"
    )
    return SourceError(
        f"{given.label}, line {line} (byte {offset + error.start:,}): the bytes {shown} are not {encoding}. {remedy}",
        f"{given.label} 第 {line} 行（第 {offset + error.start:,} 字节）：字节 {shown} 不是 {encoding}"
        f" 编码。{remedy_zh}",
    )
