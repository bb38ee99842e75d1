"""DuckDB, embedded: one place that opens it, bounds it and hands out relations.

Memory is bounded by ``JIQUN_MEMORY`` (default: 80 % of the machine's, as DuckDB reads it) and larger work
spills to a temporary folder that only this user can read; threads by ``JIQUN_THREADS``. Nothing is
loaded from the network: extensions are neither installed nor loaded automatically.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import stat
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw

from jiqun.cluster import JiqunError

__all__ = ["Database", "connect", "database", "relation"]


_CONNECTIONS = itertools.count()


def connect(
    *, memory_limit: str | None = None, threads: int | None = None, spill: Path | None = None
) -> duckdb.DuckDBPyConnection:
    """Open an in-memory DuckDB with bounded memory, a spill folder and no network.

    Parameters
    ----------
    memory_limit
        Such as ``"4GB"``; default from ``JIQUN_MEMORY``, else DuckDB's own (80 % of memory).
    threads
        Default from ``JIQUN_THREADS``, else all cores.
    spill
        Folder for what does not fit in memory; default a private one in the system's temporary folder.

    Raises
    ------
    JiqunError
        If a limit cannot be read.
    """
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": str(spill or _own_leaf(_spill_folder())),
    }
    memory = memory_limit or os.environ.get("JIQUN_MEMORY")
    if memory:
        config["memory_limit"] = memory
    count = threads or _threads(os.environ.get("JIQUN_THREADS", ""))
    if count:
        config["threads"] = count
    try:
        return duckdb.connect(config=config)
    except duckdb.Error as error:
        raise JiqunError(
            f"DuckDB does not open with memory {memory or 'by default'} and threads {count or 'by default'}: {error}. "
            "Memory is written like 4GB or 512MB (JIQUN_MEMORY), threads as a whole number (JIQUN_THREADS).",
            f"DuckDB 无法以内存 {memory or '默认'}、线程数 {count or '默认'} 打开：{error}。内存写作 4GB "
            "或 512MB（JIQUN_MEMORY），线程数写整数（JIQUN_THREADS）。",
        ) from error


def _threads(text: str) -> int:
    if text.strip() and not text.strip().isdecimal():
        raise JiqunError(
            f"JIQUN_THREADS is {text!r}; expected a whole number of threads, such as 4, or 0 for all cores.",
            f"JIQUN_THREADS 是 {text!r}；应为整数的线程数，例如 4，或用 0 表示全部核心。",
        )
    return int(text.strip() or 0)


def _spill_folder() -> Path:
    """Give a folder for what does not fit in memory: it may hold any of the data, so only its owner may read it."""
    folder = Path(tempfile.gettempdir()) / f"jiqun-spill-{os.getuid()}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700)
    found = folder.lstat() if folder.exists() else None
    private = found is not None and stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if found is None or not private or stat.S_IMODE(found.st_mode) & 0o077:
        # someone else made a folder, or a link, of that name: leave it to them
        return Path(tempfile.mkdtemp(prefix="jiqun-spill-"))
    return folder


def _own_leaf(folder: Path) -> Path:
    """Name a folder in it for one connection alone, since DuckDB names its files alike in every process.

    DuckDB makes the leaf when it first spills and removes it when it is closed; what a killed process left
    behind is removed here.
    """
    for leaf in folder.iterdir():
        pid = leaf.name.partition("-")[0]
        if pid.isdecimal() and not _alive(int(pid)):
            shutil.rmtree(leaf, ignore_errors=True)
    return folder / f"{os.getpid()}-{next(_CONNECTIONS)}"


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class Database:
    """A DuckDB instance shared by the threads of a process, one cursor for each thread."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._local = threading.local()
        self._lock = threading.Lock()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Give the cursor of this thread."""
        held: duckdb.DuckDBPyConnection | None = getattr(self._local, "cursor", None)
        if held is None:
            with self._lock:
                held = self._connection.cursor()
            self._local.cursor = held
        return held


@cache
def database() -> Database:
    """Give the one embedded database of this process, opened at first use."""
    return Database(connect())


def relation(frame: nw.LazyFrame[Any] | nw.DataFrame[Any]) -> duckdb.DuckDBPyRelation:
    """Give any Narwhals frame as a DuckDB relation; one that already is one is returned as it is."""
    native = nw.to_native(frame)
    if isinstance(native, duckdb.DuckDBPyRelation):
        return native
    eager = frame.collect("pyarrow") if isinstance(frame, nw.LazyFrame) else frame
    return database().cursor().from_arrow(eager.to_arrow())
