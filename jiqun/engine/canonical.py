"""The statements that make a part of a canonical table from a view, and that count what could not be read."""
# ruff: noqa: S608 – every name below went through identifier() and every text through literal()

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jiqun.engine.casting import Cast, select
from jiqun.engine.reading import Reader, identifier

__all__ = ["Reading", "first_unreadable", "row_count", "rows_query", "unreadable_counts"]

_ROW = identifier("jiqun row")
_BEFORE = identifier("jiqun before")


@dataclass(frozen=True, slots=True)
class Reading:
    """A view, the types of its columns, and the casts over them."""

    view: str
    types: Mapping[str, str]
    casts: Sequence[Cast]
    key: tuple[str, ...] = ()
    """Columns of which each combination is kept once, at its first row; empty to keep all rows."""
    before: str = ""
    """View of earlier rows of the table, whose keys are not repeated; empty where there are none."""


def rows_query(reading: Reading, *, strict: bool) -> str:
    """SQL of the rows of a table, in the order of the source.

    Examples
    --------
    >>> print(rows_query(Reading("v", {"id": "VARCHAR"}, [Cast("actor_id", "string", ("id",))]), strict=True))
    SELECT "id" AS "actor_id" FROM "v"
    """
    columns = select(reading.casts, reading.types, strict=strict)
    if not reading.key:
        return f"SELECT {columns} FROM {identifier(reading.view)}"
    key = [identifier(name) for name in reading.key]
    cast = f"SELECT {columns}, {_ROW} FROM ({_numbered(reading)})"
    rank = f"row_number() OVER (PARTITION BY {', '.join(key)} ORDER BY {_ROW})"
    first = f"SELECT * FROM ({cast}) QUALIFY {rank} = 1"
    unseen = ""
    if reading.before:
        same = " AND ".join(f"{_BEFORE}.{name} IS NOT DISTINCT FROM firsts.{name}" for name in key)
        unseen = f" WHERE NOT EXISTS (SELECT 1 FROM {identifier(reading.before)} AS {_BEFORE} WHERE {same})"
    return f"SELECT * EXCLUDE ({_ROW}) FROM ({first}) AS firsts{unseen} ORDER BY {_ROW}"


def row_count(reader: Reader, view: str) -> int:
    """Count the rows of a view."""
    ((rows,),) = reader.rows(f"SELECT count(*) FROM {identifier(view)}")
    return int(rows)


def unreadable_counts(reader: Reader, reading: Reading) -> dict[str, tuple[int, int]]:
    """Count, for each column that has any, the values that could not be read, and the values there are."""
    suspects = [cast for cast in reading.casts if cast.type != "string"]
    counts = ", ".join(
        f"count(*) FILTER ({_bad(cast, reading)}), count({cast.raw(reading.types)})" for cast in suspects
    )
    (counted,) = reader.rows(f"SELECT {counts} FROM {identifier(reading.view)}")
    pairs = zip(suspects, counted[::2], counted[1::2], strict=True)
    return {cast.name: (rows, of) for cast, rows, of in pairs if rows}


def first_unreadable(reader: Reader, reading: Reading, cast: Cast, *, limit: int) -> list[tuple[int, str]]:
    """Give the first values of a column that could not be read, with the number of their row from 1."""
    value = f"left(CAST({cast.raw(reading.types)} AS VARCHAR), 80)"
    condition = _bad(cast, reading)
    found = reader.rows(f"SELECT {_ROW}, {value} FROM ({_numbered(reading)}) WHERE {condition} LIMIT {int(limit)}")
    return sorted(found)


def _bad(cast: Cast, reading: Reading) -> str:
    return f"({cast.raw(reading.types)}) IS NOT NULL AND ({cast.read(reading.types)}) IS NULL"


def _numbered(reading: Reading) -> str:
    # A window without order numbers the rows as the files have them.
    return f"SELECT *, row_number() OVER () AS {_ROW} FROM {identifier(reading.view)}"
