"""Rows of a PostgreSQL or MySQL database: one query, read-only, streamed to a file."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jiqun.cluster import Words
from jiqun.cluster.progress import Progress
from jiqun.ingest.recipe import Recipe
from jiqun.ingest.sources import SourceError

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["fetch", "filled", "public_address"]

BATCH = 65_536
_SCHEMES = {"postgresql": "postgresql", "postgres": "postgresql", "mysql": "mysql"}
_PORTS = {"postgresql": 5432, "mysql": 3306}
_READ_ONLY = {
    "postgresql": "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "mysql": "SET SESSION TRANSACTION READ ONLY",
}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def fetch(recipe: Recipe, name: str, target: Path, *, progress: Progress) -> str:
    """Write the rows of the query of ``[files.NAME]`` to a Parquet file.

    Parameters
    ----------
    recipe
        The recipe.
    name
        Name of the section.
    target
        Parquet file to write.
    progress
        Told of the rows read.

    Returns
    -------
    str
        Address of the database without user and password.

    Raises
    ------
    SourceError
        If a variable is not set, the database cannot be reached or refuses, or gives no row. No message
        shows a password.
    """
    section = recipe.files[name]
    where = f"{recipe.name}: [files.{name}]"
    address = filled(where, section.database or "")
    shown = public_address(address)
    scheme = _SCHEMES.get(urlsplit(address).scheme)
    if scheme is None:
        raise SourceError(
            f"{where} database = {shown!r} – expected postgresql://… or mysql://….",
            f"{where} database = {shown!r}：应为 postgresql://… 或 mysql://…。",
        )
    query = (section.query or "").strip().rstrip(";")
    if not re.match(r"(?is)^\s*(select|with|table|values)\b", query):
        raise SourceError(
            f"{where} query must be a SELECT; it starts with {query[:20]!r}.",
            f"{where} query 必须是 SELECT；它以 {query[:20]!r} 开头。",
        )
    _refuse_unreachable(where, address, shown)
    rows = 0
    step = Words(f"Reading {shown}", f"读取 {shown}")
    import pyarrow.parquet as pq

    writer: pq.ParquetWriter | None = None
    try:
        for batch in _batches(where, address, query, scheme):
            if writer is None:
                writer = pq.ParquetWriter(target, batch.schema, compression="zstd")
            writer.write_batch(batch)
            rows += batch.num_rows
            progress(step, float(rows), None)
    finally:
        if writer is not None:
            writer.close()
    if rows == 0:
        raise SourceError(
            f"{where}: the query gives 0 rows. Check its conditions.", f"{where}：查询结果为 0 行。请检查它的条件。"
        )
    return shown


def filled(where: str, address: str) -> str:
    """Put the values of environment variables in the place of ``${NAME}``.

    Raises
    ------
    SourceError
        If a variable is not set.
    """

    def value(match: re.Match[str]) -> str:
        found = os.environ.get(match[1])
        if found is None:
            raise SourceError(
                f"{where}: the environment variable {match[1]} is not set. Set it: export {match[1]}=…",
                f"{where}：没有设置环境变量 {match[1]}。请设置：export {match[1]}=…",
            )
        return found

    return _VARIABLE.sub(value, address)


def public_address(address: str) -> str:
    """Leave out user, password and options.

    >>> public_address("postgresql://ann:secret@db.example:5432/sales?sslmode=require")
    'postgresql://db.example:5432/sales'
    """
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"


def _refuse_unreachable(where: str, address: str, shown: str) -> None:
    """Try the door first: the driver knocks for half a minute before it says that nobody is there."""
    parts = urlsplit(address)
    port = parts.port or _PORTS[_SCHEMES[parts.scheme]]
    if not parts.hostname:
        return  # a local socket, which the driver finds
    try:
        socket.create_connection((parts.hostname, port), timeout=10).close()
    except OSError as error:
        raise SourceError(
            f"{where}: {shown} cannot be reached on port {port} ({error.strerror or error}). "
            "Check the address, and that the server is running and lets this machine in.",
            f"{where}：在端口 {port} 上连不到 {shown}（{error.strerror or error}）。请检查地址，以及服务器"
            "是否在运行、是否允许本机连接。",
        ) from error


def _batches(where: str, address: str, query: str, scheme: str) -> Iterator[pa.RecordBatch]:
    try:
        import connectorx
    except ImportError as error:
        raise SourceError(
            f"{where} reads a database, which needs: pip install 'jiqun[sql]'",
            f"{where} 读取数据库，需要：pip install 'jiqun[sql]'",
        ) from error
    try:
        yield from connectorx.read_sql(
            address,
            query,
            return_type="arrow_stream",
            batch_size=BATCH,
            pre_execution_query=_READ_ONLY[scheme],
        )
    except (SourceError, GeneratorExit):
        raise
    except BaseException as error:  # its Rust part panics with a BaseException
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise SourceError(
            f"{where}: {public_address(address)} refuses: {_discreet(str(error), address)}",
            f"{where}：{public_address(address)} 拒绝了：{_discreet(str(error), address)}",
        ) from None


def _discreet(message: str, address: str) -> str:
    """Take the user's secrets out of what a driver says."""
    parts = urlsplit(address)
    for secret in (address, parts.netloc.rpartition("@")[0], parts.password or ""):
        if secret:
            message = message.replace(secret, "***")
    return message.strip().splitlines()[0][:500] if message.strip() else "no reason given"
