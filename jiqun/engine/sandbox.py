"""A query that someone else wrote, over files that we name, in a DuckDB that is shut off from everything else.

The statement must be one ``SELECT``. It runs in a private instance that may open the named files and
nothing more: no other file, no network, no extension, no Python variable, no change of a setting; within
a limit of memory and time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from jiqun.engine.reading import CsvLayout, QueryError, Reader, Tick, literal, private

__all__ = ["Bounds", "QueryError", "Readable", "run_select"]


@dataclass(frozen=True, slots=True)
class Readable:
    """Files of one layout that a query sees as one table."""

    paths: tuple[Path, ...]
    layout: CsvLayout | None = None
    """Layout of text files; None for Parquet."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a query may use."""

    scratch: Path
    memory_limit: str | None = None
    seconds: float | None = None


def run_select(
    sql: str, tables: Mapping[str, Readable], target: Path, *, bounds: Bounds, tick: Tick | None = None
) -> None:
    """Run one ``SELECT`` over named files and write its rows to a Parquet file.

    Parameters
    ----------
    sql
        The statement, not trusted.
    tables
        Name in the statement → the files behind it.
    target
        Parquet file to write.
    bounds
        Limits of memory, disk folder and time.
    tick
        Told the share done.

    Raises
    ------
    QueryError
        If it is not one ``SELECT``, or the database refuses it.
    """
    with private(bounds.scratch, bounds.memory_limit) as connection:
        statement = _one_select(connection, sql)
        reader = Reader(connection)
        for name, files in tables.items():
            if files.layout is None:
                reader.parquet(name, files.paths)
            else:
                reader.csv(name, files.paths, files.layout)
        _shut(connection, [*(path for files in tables.values() for path in files.paths), target])
        try:
            connection.query(statement)  # bound, not run: so that a complaint quotes the user's own lines
        except duckdb.Error as error:
            raise QueryError(str(error).strip(), f"数据库不接受：{str(error).strip()}") from error
        reader.copy(statement, target, tick=tick, seconds=bounds.seconds)


def _one_select(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    try:
        statements = connection.extract_statements(sql)
    except duckdb.Error as error:
        raise QueryError(str(error).strip(), f"数据库不接受：{str(error).strip()}") from error
    kinds = [str(statement.type).rsplit(".", 1)[-1] for statement in statements]
    if kinds != ["SELECT"]:
        raise QueryError(
            f"a query is one SELECT statement, and this is {' and '.join(kinds) or 'empty'}",
            f"查询只能是一条 SELECT 语句，而这里是 {'、'.join(kinds) or '空的'}",
        )
    if statements[0].named_parameters:
        raise QueryError(
            "a query has no parameters ($1, ?): write the values into it", "查询不能带参数（$1、?）：请把值直接写进去"
        )
    return statements[0].query.strip().rstrip(";")


def _shut(connection: duckdb.DuckDBPyConnection, allowed: list[Path]) -> None:
    paths = ", ".join(literal(str(path)) for path in dict.fromkeys(allowed))
    connection.execute(f"SET allowed_paths = [{paths}]")
    for setting in ("enable_external_access = false", "lock_configuration = true"):
        connection.execute(f"SET {setting}")
