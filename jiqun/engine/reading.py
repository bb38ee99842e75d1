"""Reading what others wrote: views over CSV and Parquet files, copied to Parquet within bounded memory.

One :class:`Reader` is one private DuckDB instance. Names that come from users are quoted by
:func:`identifier` and :func:`literal`, never pasted; paths are handed over as they are. Long statements
run in a worker thread so that progress can be told, a limit of time kept, and the work cancelled.
"""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from jiqun.cluster import JiqunError
from jiqun.engine.database import connect

__all__ = [
    "UNREADABLE",
    "CsvLayout",
    "Damaged",
    "QueryError",
    "Reader",
    "Unreadable",
    "identifier",
    "literal",
    "private",
    "reading",
]

UNREADABLE = "jiqun: unreadable value"
"""Text of the database error that a strict cast raises."""

MAX_LINE = 16 * 1024 * 1024
"""Longest CSV record in bytes; beyond, a forgotten quote is likelier than a value."""

Tick = Callable[[float], None]
"""Told the share done, between 0 and 1, a few times a second; may raise to cancel."""

_BLOCK = 0.1
_ROW_GROUP = 122_880


class Damaged(JiqunError):
    """A file that the reader cannot take apart; the message is the database's own."""


class QueryError(JiqunError):
    """A query that is not one ``SELECT``, or that the database refuses."""


class Unreadable(Exception):
    """A strict cast met a value that cannot be read as its type; the caller reads again, tolerantly."""


@dataclass(frozen=True, slots=True)
class CsvLayout:
    """How a delimited text file is laid out; it must be UTF-8."""

    names: tuple[str, ...]
    delimiter: str = ","
    quote: str = '"'
    skip: int = 1
    """Records before the first row of data, the header among them."""
    nulls: tuple[str, ...] = ("",)


def identifier(name: str) -> str:
    """Quote a name for SQL.

    >>> identifier('a"b')
    '"a""b"'
    """
    return '"' + name.replace("\x00", "").replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("\x00", "").replace("'", "''") + "'"


class Reader:
    """A private DuckDB that reads files as views and copies queries to Parquet; see :func:`reading`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def csv(self, view: str, paths: Sequence[Path], layout: CsvLayout) -> None:
        """Register CSV files of one layout as a view; every column is text."""
        self._connection.read_csv(
            [str(path) for path in paths],  # type: ignore[arg-type]  # a list is read, the stub lags behind
            columns=dict.fromkeys(layout.names, "VARCHAR"),
            header=False,
            skiprows=layout.skip,
            delimiter=layout.delimiter,
            quotechar=layout.quote,
            escapechar=layout.quote,
            na_values=list(layout.nulls),
            auto_detect=False,
            strict_mode=True,
            null_padding=False,
            max_line_size=MAX_LINE,
        ).create_view(view, replace=True)

    def parquet(self, view: str, paths: Sequence[Path]) -> None:
        """Register Parquet files as a view, columns matched by name."""
        with _speaking():
            self._connection.read_parquet([str(path) for path in paths], union_by_name=True).create_view(
                view, replace=True
            )

    def types(self, view: str) -> Mapping[str, str]:
        """Give the column names of a view and their DuckDB types."""
        with _speaking():
            described = self._connection.execute(f"DESCRIBE {identifier(view)}").fetchall()
        return {row[0]: row[1] for row in described}

    def rows(self, sql: str, *, tick: Tick | None = None) -> list[tuple[Any, ...]]:
        """Run a query and give all its rows."""
        return self._watch(sql, tick=tick)

    def copy(self, sql: str, target: Path, *, tick: Tick | None = None, seconds: float | None = None) -> None:
        """Write the rows of a query, in their order, to a Parquet file; a failure leaves no file.

        Raises
        ------
        Unreadable
            If a strict cast met a value it cannot read.
        Damaged
            If a source file cannot be taken apart.
        JiqunError
            If there is no room left, no permission, or no time.
        """
        options = f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP}, USE_TMP_FILE false)"
        try:
            self._watch(f"COPY (\n{sql}\n) TO {literal(str(target))} {options}", tick=tick, seconds=seconds)
        except BaseException:
            target.unlink(missing_ok=True)
            raise

    def _watch(self, sql: str, *, tick: Tick | None, seconds: float | None = None) -> list[tuple[Any, ...]]:
        result: list[list[tuple[Any, ...]]] = []
        failure: list[BaseException] = []

        def work() -> None:
            try:
                result.append(self._connection.execute(sql).fetchall())
            except BaseException as error:  # handed to the caller's thread below
                failure.append(error)

        worker = threading.Thread(target=work, daemon=True)
        started = time.monotonic()
        worker.start()
        try:
            worker.join(_BLOCK / 5)
            while worker.is_alive():
                if seconds is not None and time.monotonic() - started > seconds:
                    raise JiqunError(
                        f"The query ran longer than {seconds:g} seconds and was stopped. "
                        "Simplify it, or raise JIQUN_QUERY_SECONDS.",
                        f"查询运行超过 {seconds:g} 秒，已停止。请简化它，或调高 JIQUN_QUERY_SECONDS。",
                    )
                if tick is not None:
                    tick(min(max(self._connection.query_progress() / 100, 0.0), 1.0))
                worker.join(_BLOCK)
        except BaseException:
            self._stop(worker)
            raise
        if failure:
            with _speaking():
                raise failure[0]
        return result[0]

    def _stop(self, worker: threading.Thread) -> None:
        # An interrupt that comes between two statements is lost, so it is repeated until it is heard.
        while worker.is_alive():
            self._connection.interrupt()
            worker.join(_BLOCK)


@contextlib.contextmanager
def reading(*, scratch: Path, memory_limit: str | None = None) -> Iterator[Reader]:
    """Open a private DuckDB for reading; it spills into ``scratch`` and is closed on leaving.

    Parameters
    ----------
    scratch
        Folder for what does not fit in memory.
    memory_limit
        Such as ``"4GB"``; default from ``JIQUN_MEMORY``.
    """
    with private(scratch, memory_limit) as connection:
        yield Reader(connection)


@contextlib.contextmanager
def private(scratch: Path, memory_limit: str | None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB that shares nothing with any other: own spill folder, no Python variables, progress counted."""
    scratch.mkdir(parents=True, exist_ok=True)
    spill = Path(tempfile.mkdtemp(prefix="spill-", dir=scratch))
    with _speaking():
        connection = connect(memory_limit=memory_limit, spill=spill)
    try:
        # Without these, a Python variable of the caller could be read by its name in a query.
        connection.execute("SET python_enable_replacements = false")
        connection.execute("SET python_scan_all_frames = false")
        # A time with a zone is kept in UTC, wherever the machine stands.
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")
        connection.execute("SET progress_bar_time = 0")
        yield connection
    finally:
        connection.close()


@contextlib.contextmanager
def _speaking() -> Iterator[None]:
    """Turn the database's failures into errors that a user can act on."""
    try:
        yield
    except duckdb.Error as error:
        text = str(error)
        if UNREADABLE in text:
            raise Unreadable(text) from error
        for sign, (message, zh) in _OUTSIDE.items():
            if sign in text:
                raise JiqunError(f"{message} ({_first_line(text)})", f"{zh}（{_first_line(text)}）") from error
        if isinstance(error, duckdb.OutOfMemoryException):
            raise JiqunError(
                f"Not enough memory: {_first_line(text)} Raise the limit (JIQUN_MEMORY, such as 4GB).",
                f"内存不足：{_first_line(text)} 请调高上限（JIQUN_MEMORY，例如 4GB）。",
            ) from error
        if isinstance(error, _OF_THE_STATEMENT):
            said = "\n".join(text.strip().splitlines()[:8])
            raise QueryError(said, f"数据库不接受：{said}") from error
        raise Damaged(_first_line(text), f"读取程序报告：{_first_line(text)}") from error


_OF_THE_STATEMENT = (
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.OutOfRangeException,
    duckdb.ParserException,
    duckdb.PermissionException,
)
_OUTSIDE = {
    os.strerror(errno.ENOSPC): (
        "The disk is full: free some space, or choose another --out.",
        "磁盘已满：请腾出空间，或另选 --out。",
    ),
    os.strerror(errno.EDQUOT): (
        "The disk quota is used up: free some space, or choose another --out.",
        "磁盘配额已用完：请腾出空间，或另选 --out。",
    ),
    os.strerror(errno.EFBIG): (
        "The system does not let a file grow this large: choose another --out.",
        "系统不允许文件这么大：请另选 --out。",
    ),
    os.strerror(errno.EACCES): (
        "No permission: check the owner of the file or folder.",
        "没有权限：请检查文件或文件夹的所有者。",
    ),
}


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0] if text.strip() else "unknown failure"
