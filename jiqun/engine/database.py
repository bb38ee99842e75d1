"""DuckDB, embedded: one place that opens it, bounds it and hands out relations.

Memory is bounded by ``JIQUN_MEMORY`` (default 60 % of what the machine has free, as DuckDB reads it)
and larger work spills to a temporary folder; threads by ``JIQUN_THREADS``. Nothing is loaded from the
network: extensions are neither installed nor loaded automatically.
"""

from __future__ import annotations

import os
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw

__all__ = ["Database", "connect", "database", "relation"]


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
        Folder for what does not fit in memory; default the system's temporary folder.
    """
    config: dict[str, Any] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "temp_directory": str(spill or Path(tempfile.gettempdir()) / f"jiqun-spill-{os.getuid()}"),
    }
    memory = memory_limit or os.environ.get("JIQUN_MEMORY")
    if memory:
        config["memory_limit"] = memory
    count = threads or int(os.environ.get("JIQUN_THREADS", "0"))
    if count:
        config["threads"] = count
    return duckdb.connect(config=config)


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
