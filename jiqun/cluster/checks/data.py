"""A cluster as rules see it: columns of the type the schema says, in one library so that tables join."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

import narwhals as nw

from jiqun.cluster.model import Cluster
from jiqun.cluster.schema import TABLES, Column

__all__ = ["EXAMPLES", "Data", "Frame", "count_where", "present", "show_rows"]

Frame = nw.LazyFrame[Any]

EXAMPLES = 5
"""How many example values a finding shows."""

_TEXT = (nw.String, nw.Categorical, nw.Enum, nw.Object)
_MOMENT = (nw.Date, nw.Datetime)
_CAST: Mapping[str, Any] = MappingProxyType(
    {"number": nw.Float64(), "integer": nw.Float64(), "date": nw.Datetime("us"), "time": nw.Datetime("us")}
)


class Data:
    """The tables of a cluster, ready to be looked at.

    Every column that a rule asks for has the type of the schema, whatever the caller's library made of
    it: identifiers are strings, numbers are floats that are null where they are not finite, dates and
    times are timestamps. A column that cannot be read so is treated as absent (and is a finding of the
    rule ``column_type``).
    """

    def __init__(self, cluster: Cluster, *, today: date | None = None, codes: Mapping[str, str] | None = None) -> None:
        self.cluster = cluster
        self.codes = dict(codes or {})
        self._today = today
        self._frames: dict[str, Frame] = {}
        self._schemas: dict[str, Mapping[str, Any]] = {}
        self._rows: dict[str, int] = {}
        self._castables: dict[tuple[str, str], bool] = {}

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables present."""
        return self.cluster.tables

    @cached_property
    def today(self) -> datetime:
        """The day the data are of: ``as_of`` where the cluster says it, else today."""
        said = _as_of(self.cluster.about.as_of) or self._today or datetime.now(UTC).date()
        return datetime(said.year, said.month, said.day)

    def has(self, table: str, *columns: str) -> bool:
        """Whether the table is present with all these columns, readable."""
        return table in self.tables and all(self.readable(table, column) for column in columns)

    def rows(self, table: str) -> int:
        """Number of rows of a table, counted once."""
        if table not in self._rows:
            self._rows[table] = self.cluster.rows(table)
        return self._rows[table]

    def schema(self, table: str) -> Mapping[str, Any]:
        """Columns and types as the caller gave them."""
        if table not in self._schemas:
            self._schemas[table] = dict(self.raw(table).collect_schema())
        return self._schemas[table]

    def known(self, table: str, *types: str) -> Iterator[Column]:
        """Give the canonical columns that are present and readable, of these logical types."""
        for column in TABLES[table].columns:
            if (not types or column.type in types) and self.has(table, column.name):
                yield column

    def readable(self, table: str, name: str) -> bool:
        """Whether a column is there and of a type that can be read as the schema says."""
        dtype = self.schema(table).get(name)
        if dtype is None:
            return False
        column = TABLES[table].by_name.get(name)
        if column is None or _readable(dtype, column.type):
            return True
        return self._castable(table, name, column)

    def raw(self, table: str) -> Frame:
        """Give a table as it is, but in the library of all the others."""
        if table not in self._frames:
            frame = self.cluster.scan(table)
            if self._convert:
                frame = frame.collect("polars").lazy()
            self._frames[table] = frame
        return self._frames[table]

    def scan(self, table: str, *columns: str) -> Frame:
        """Give these columns of a table, typed as the schema says."""
        schema = self.schema(table)
        return self.raw(table).select(_typed(table, name, schema[name]) for name in columns)

    def one(self, frame: Frame, **aggregates: nw.Expr) -> dict[str, Any]:
        """Compute several aggregates of a frame in one pass."""
        row: dict[str, Any] = frame.select(**aggregates).collect("pyarrow").rows(named=True)[0]
        return row

    def _castable(self, table: str, name: str, column: Column) -> bool:
        """Whether a column of another type is empty, or of Python objects that are dates or numbers."""
        if (table, name) not in self._castables:
            values = self.raw(table).select(nw.col(name))
            answer = not self.one(values, n=nw.col(name).count())["n"]
            wanted = _CAST.get(column.type)
            if not answer and wanted is not None and self.schema(table)[name] == nw.Object:
                try:
                    self.one(values.select(nw.col(name).cast(wanted)), n=nw.col(name).count())
                    answer = True
                except Exception:  # each library has its own error for an object that is not a date
                    answer = False
            self._castables[table, name] = answer
        return self._castables[table, name]

    @cached_property
    def _convert(self) -> bool:
        # Tables of different libraries do not join. Arrow has no exact median of groups; Polars reads it in place.
        kinds = {self.cluster.scan(table).implementation for table in self.tables}
        return len(kinds) > 1 or kinds == {nw.Implementation.PYARROW}


def present(column: str) -> nw.Expr:
    """True where a column has a value."""
    return ~nw.col(column).is_null()


def count_where(condition: nw.Expr) -> nw.Expr:
    """Number of rows for which a condition is true; null counts as false."""
    return nw.when(condition).then(1).otherwise(0).sum()


def show_rows(frame: Frame, columns: tuple[str, ...], *, limit: int = EXAMPLES) -> tuple[str, ...]:
    """Give the first rows as texts such as ``actor_id=a7, lon=412.0``."""
    names = list(dict.fromkeys(columns))
    rows = frame.select(names).head(4 * limit).collect("pyarrow").rows(named=True)
    texts = (", ".join(f"{name}={_text(row[name])}" for name in names) for row in rows)
    return tuple(dict.fromkeys(texts))[:limit]  # the same thing five times is one example


def _text(value: object) -> str:
    if value is None:
        return "∅"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ", "seconds")
    text = f"{value:.12g}" if isinstance(value, float) else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


def _typed(table: str, name: str, dtype: Any) -> nw.Expr:
    column = TABLES[table].by_name.get(name)
    value = nw.col(name)
    kind = column.type if column else ""
    if kind == "string" and dtype != nw.String:
        if dtype.is_float():  # pandas keeps whole numbers with a gap as floats: 7.0 is the identifier 7
            return value.cast(nw.String).str.replace(r"\.0$", "")
        return value.cast(nw.String)
    if kind in ("number", "integer"):
        number = value if dtype == nw.Float64 else value.cast(nw.Float64)
        return nw.when(number.is_finite()).then(number).alias(name)
    if kind in ("date", "time"):
        if isinstance(dtype, nw.Datetime) and dtype.time_zone is not None:
            value = value.dt.replace_time_zone(None)
        return value.cast(nw.Datetime("us"))
    return value


def _readable(dtype: Any, kind: str) -> bool:
    if dtype == nw.Unknown:  # a column of nothing but nulls
        return True
    match kind:
        case "string":
            return dtype in _TEXT or dtype.is_integer() or dtype.is_float()
        case "number" | "integer":
            return bool(dtype.is_numeric())
        case "boolean":
            return bool(dtype == nw.Boolean)
        case "date" | "time":
            return any(dtype == moment for moment in _MOMENT)
        case _:
            return True


def _as_of(text: str) -> date | None:
    """Read ``2013``, ``2013-12`` or ``2013-12-31`` as the last day it names; anything else is no day."""
    parts = text.strip().split("-")
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 1:
            return date(numbers[0], 12, 31)
        if len(numbers) == 2:
            return date(numbers[0], numbers[1], monthrange(numbers[0], numbers[1])[1])
        return date(*numbers[:3])
    except (ValueError, TypeError):
        return None
