"""The statements that make a part of a canonical table from a view, and that count what could not be read."""
# ruff: noqa: S608 – every name below went through identifier() and every text through literal()

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jiqun.engine.casting import Cast, Layers
from jiqun.engine.reading import Reader, Tick, identifier

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

    def layers(self) -> list[tuple[Cast, Layers]]:
        """Give each column with its layers of SQL."""
        return [
            (cast, cast.layers(self.types, raw=_name("raw", n), value=_name("value", n)))
            for n, cast in enumerate(self.casts)
        ]


def rows_query(reading: Reading, *, strict: bool) -> str:
    """SQL of the rows of a table, in the order of the source.

    Parameters
    ----------
    reading
        What to read.
    strict
        Whether an unreadable value stops the query, so that clean data is read once and needs no counting;
        otherwise it becomes null.

    Examples
    --------
    >>> print(rows_query(Reading("v", {"id": "VARCHAR"}, [Cast("actor_id", "string", ("id",))]), strict=True))
    SELECT "raw 0" AS "actor_id" FROM (SELECT * FROM (SELECT "id" AS "raw 0" FROM "v"))
    """
    columns = ", ".join(
        f"{layers.strict if strict else layers.read} AS {identifier(cast.name)}" for cast, layers in reading.layers()
    )
    if not reading.key:
        return f"SELECT {columns} FROM ({_layered(reading)})"
    key = [identifier(name) for name in reading.key]
    cast = f"SELECT {columns}, {_ROW} FROM ({_layered(reading, numbered=True)})"
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


def unreadable_counts(reader: Reader, reading: Reading, *, tick: Tick | None = None) -> dict[str, tuple[int, int]]:
    """Count, for each column that has any, the values that could not be read, and the values there are."""
    suspects = [(cast, layers) for cast, layers in reading.layers() if layers.bad]
    counts = ", ".join(
        f"count(*) FILTER ({layers.bad} AND ({layers.read}) IS NULL), count(*) FILTER ({layers.bad})"
        for _, layers in suspects
    )
    (counted,) = reader.rows(f"SELECT {counts} FROM ({_layered(reading)})", tick=tick)
    pairs = zip(suspects, counted[::2], counted[1::2], strict=True)
    return {cast.name: (rows, of) for (cast, _), rows, of in pairs if rows}


def first_unreadable(reader: Reader, reading: Reading, name: str, *, limit: int) -> list[tuple[int, str]]:
    """Give the first values of a column that could not be read, with the number of their row from 1."""
    ((number, layers),) = [(n, made) for n, (cast, made) in enumerate(reading.layers()) if cast.name == name]
    value = f"left(CAST({_name('raw', number)} AS VARCHAR), 80)"
    found = reader.rows(
        f"SELECT {_ROW}, {value} FROM ({_layered(reading, numbered=True)}) "
        f"WHERE {layers.bad} AND ({layers.read}) IS NULL LIMIT {int(limit)}"
    )
    return sorted(found)


def _name(what: str, number: int) -> str:
    return identifier(f"{what} {number}")


def _layered(reading: Reading, *, numbered: bool = False) -> str:
    """SQL of the first two layers: the raw values, and beside them their usual readings."""
    made = [layers for _, layers in reading.layers()]
    raws = [f"{layers.raw} AS {_name('raw', n)}" for n, layers in enumerate(made)]
    values = [f"{layers.value} AS {_name('value', n)}" for n, layers in enumerate(made) if layers.value]
    if numbered:
        # A window without order numbers the rows as the files have them.
        raws.append(f"row_number() OVER () AS {_ROW}")
    return f"SELECT {', '.join(['*', *values])} FROM (SELECT {', '.join(raws)} FROM {identifier(reading.view)})"
