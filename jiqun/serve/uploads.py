"""Files that arrive: streamed to disk, counted as they come, under names that stay in their folder."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jiqun.cluster import Words
from jiqun.serve.refusals import Refusal
from jiqun.serve.shapes import FileNote

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = ["file_name", "receive"]

_BAD = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
LONGEST_NAME = 120
_HEADERS_MOST = 8_192


@dataclass
class _Receiver:
    """Writes the parts of a multipart body as its parser finds them."""

    folder: Path
    most_bytes: int
    most_files: int
    received: int = 0
    notes: list[FileNote] = field(default_factory=list)
    _file: IO[bytes] | None = None
    _name: str = ""
    _field: bytes = b""
    _value: bytes = b""
    _disposition: bytes = b""
    _header_bytes: int = 0

    def on_part_begin(self) -> None:
        self._file, self._name, self._disposition, self._header_bytes = None, "", b"", 0
        self._field, self._value = b"", b""

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]
        self._count_header(end - start)

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]
        self._count_header(end - start)

    def on_header_end(self) -> None:
        if self._field.lower() == b"content-disposition":
            self._disposition = self._value
        self._field, self._value = b"", b""

    def on_headers_finished(self) -> None:
        from python_multipart.multipart import parse_options_header

        _, options = parse_options_header(self._disposition)
        raw = options.get(b"filename")
        if raw is None:
            return
        if len(self.notes) >= self.most_files:
            raise Refusal(
                Words(
                    f"More than {self.most_files} files. Upload fewer at once.",
                    f"文件超过 {self.most_files} 个，请分批上传。",
                ),
                status=413,
            )
        self._name = _unused(file_name(raw.decode("utf-8", "replace")), {n.name.casefold() for n in self.notes})
        self._file = (self.folder / self._name).open("xb")

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        self.received += end - start
        if self.received > self.most_bytes:
            raise Refusal(too_large(self.most_bytes), status=413)
        if self._file is not None:
            self._file.write(memoryview(data)[start:end])

    def on_part_end(self) -> None:
        if self._file is not None:
            size = self._file.tell()
            self._file.close()
            self._file = None
            self.notes.append(FileNote(name=self._name, bytes=size))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > _HEADERS_MOST:
            raise Refusal(_NOT_FORM, status=400)


_NOT_FORM = Words(
    "The body is not multipart/form-data with files. Send: curl -F files=@firms.csv …",
    "请求体不是带文件的 multipart/form-data。示例：curl -F files=@firms.csv …",
)


def too_large(most: int) -> Words:
    """Say how much may be uploaded."""
    size = f"{most / (1 << 20):,.0f} MB" if most >= 1 << 20 else f"{most:,} B"
    return Words(
        f"The upload is larger than {size}. Ingest it on the command line: jiqun ingest RECIPE",
        f"上传超过 {size}。请在命令行导入：jiqun ingest RECIPE",
    )


async def receive(request: Request, folder: Path, *, most_bytes: int, most_files: int) -> list[FileNote]:
    """Stream the files of a multipart request into a folder.

    Raises
    ------
    Refusal
        If there is too much (413), or it is not a form with files (400).
    """
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header

    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Refusal(_NOT_FORM, status=415)
    declared = request.headers.get("content-length", "")
    # The envelope of the form counts in the length: what is over the limit by more than that need not be read.
    if declared.isdigit() and int(declared) > most_bytes + _HEADERS_MOST * (most_files + 1):
        raise Refusal(too_large(most_bytes), status=413)
    receiver = _Receiver(folder, most_bytes, most_files)
    names = ("on_part_begin", "on_part_data", "on_part_end", "on_header_field", "on_header_value", "on_header_end")
    calls = {name: getattr(receiver, name) for name in (*names, "on_headers_finished")}
    try:
        parser = MultipartParser(boundary, calls)  # type: ignore[arg-type]
        async for chunk in request.stream():
            await asyncio.to_thread(parser.write, chunk)
        parser.finalize()
    except FormParserError as error:
        raise Refusal(_NOT_FORM, status=400) from error
    finally:
        receiver.close()
    if not receiver.notes:
        raise Refusal(Words("There is no file in the request.", "请求中没有文件。"), status=400)
    return receiver.notes


def file_name(raw: str) -> str:
    r"""Make a harmless name of one that a client sent.

    >>> file_name("../../etc/passwd"), file_name("C:\\data\\企业 1.csv"), file_name("..")
    ('passwd', '企业 1.csv', 'file')
    """
    last = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    clean = _BAD.sub("_", "".join(c for c in last if c.isprintable())).strip(". ")
    if not clean:
        return "file"
    stem, dot, ending = clean.rpartition(".")
    if not dot:
        return clean[:LONGEST_NAME]
    return f"{short_bytes(stem, LONGEST_NAME)}.{short_bytes(ending, 16)}"


def short_bytes(text: str, most: int) -> str:
    """Cut a text so that it takes no more than so many bytes in UTF-8."""
    return text.encode()[:most].decode("utf-8", "ignore")


def _unused(name: str, taken: set[str]) -> str:
    # Compared without case: two names that differ in case alone are one file on some systems.
    stem, dot, ending = name.rpartition(".")
    base, number, candidate = (stem, 2, name) if dot else (name, 2, name)
    while candidate.casefold() in taken:
        candidate = f"{base}-{number}{dot}{ending if dot else ''}"
        number += 1
    return candidate
