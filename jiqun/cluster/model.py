"""The cluster: named canonical tables behind one door, whatever holds them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol

import narwhals as nw

from jiqun.cluster.errors import JiqunError, MissingColumn, MissingTable, UnknownName
from jiqun.cluster.facts import Words
from jiqun.cluster.rooms import room
from jiqun.cluster.schema import TABLES

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from narwhals.typing import IntoFrame

__all__ = ["About", "Cluster", "FrameStore", "Store"]

Origin = Literal["real", "generated", "evaluation"]


@dataclass(frozen=True, slots=True)
class About:
    """What a cluster says of itself; everything here is shown to the user."""

    id: str = "cluster"
    title: Words = Words("Cluster", "集群")
    summary: Words = Words("", "")
    origin: Origin = "real"
    """``generated`` data carries a badge on every screen, ``evaluation`` says it is not to be shown further."""
    currency: str = ""
    as_of: str = ""
    licence: str = ""
    attribution: Words = Words("", "")
    notes: tuple[Words, ...] = ()
    """What a reader must know before using a figure, such as an undocumented compilation."""


class Store(Protocol):
    """Whatever holds the tables: a folder on disk, or frames in memory."""

    @property
    def data_hash(self) -> str:
        """Short hash that names the data."""
        ...

    def names(self) -> tuple[str, ...]:
        """Names of the tables held."""
        ...

    def columns(self, name: str) -> tuple[str, ...]:
        """Names of the columns of a table that is held."""
        ...

    def rows(self, name: str) -> int:
        """Number of rows of a table that is held."""
        ...

    def scan(self, name: str) -> nw.LazyFrame[Any]:
        """Give a lazy frame over a table that is held."""
        ...


@dataclass(frozen=True, slots=True)
class FrameStore:
    """Tables that the caller already has, in any library Narwhals knows."""

    frames: Mapping[str, nw.LazyFrame[Any]]
    data_hash: str = field(default="")

    def names(self) -> tuple[str, ...]:
        """Names of the tables held."""
        return tuple(self.frames)

    def columns(self, name: str) -> tuple[str, ...]:
        """Names of the columns of a table."""
        return tuple(self.frames[name].collect_schema().names())

    def rows(self, name: str) -> int:
        """Number of rows of a table."""
        counted = self.frames[name].select(nw.len().alias("n")).collect("pyarrow")
        return int(counted.item(0, "n"))

    def scan(self, name: str) -> nw.LazyFrame[Any]:
        """Give a lazy frame over a table."""
        return self.frames[name]

    def findings(self) -> list[dict[str, Any]]:
        """Give what was found while reading: nothing, for frames were not read from sources."""
        return []

    def codes(self) -> dict[str, str]:
        """Give the code schemes that a recipe names: none, for frames come without a recipe."""
        return {}


class Cluster:
    """A cluster: its canonical tables and what it says of itself.

    Open one with :func:`jiqun.open`, or hand in frames with :meth:`from_tables`.

    Examples
    --------
    >>> import polars as pl
    >>> c = Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a", "b"], "place_id": ["p", "p"]}))
    >>> c.tables
    ('actors',)
    >>> c.rows("actors")
    2
    """

    def __init__(self, store: Store, about: About | None = None, path: str | None = None) -> None:
        self.store = store
        self.about = about or About()
        self.path = path

    @classmethod
    def from_tables(cls, *, about: About | None = None, **tables: IntoFrame) -> Cluster:
        """Make a cluster from frames in memory: Polars, pandas, Arrow, or a DuckDB relation.

        Parameters
        ----------
        about
            What the cluster says of itself.
        **tables
            Canonical tables by name (``actors=…, interactions=…``). They are not copied.

        Raises
        ------
        UnknownName
            If a table is not one of the canonical tables.
        MissingColumn
            If a table lacks a required column.
        JiqunError
            If a table is not a frame of a library that is known.
        """
        frames: dict[str, nw.LazyFrame[Any]] = {}
        for name, native in tables.items():
            if name not in TABLES:
                raise UnknownName("canonical table", name, TABLES)
            try:
                frame = nw.from_native(native)
            except TypeError as error:
                raise JiqunError(
                    f"Cluster.from_tables cannot read table {name}, which is a {type(native).__name__}. "
                    "Hand in a frame: Polars, pandas, Arrow, or a DuckDB relation. To read files, use jiqun ingest."
                ) from error
            lazy = frame.lazy() if isinstance(frame, nw.DataFrame) else frame
            present = lazy.collect_schema().names()
            for column in TABLES[name].required:
                if column not in present:
                    raise MissingColumn("Cluster.from_tables", name, column, present)
            frames[name] = lazy
        ordered = {name: frames[name] for name in TABLES if name in frames}
        return cls(FrameStore(MappingProxyType(ordered), _shape_hash(ordered)), about)

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables present."""
        return self.store.names()

    def has(self, table: str, *columns: str) -> bool:
        """Whether the table, and every named column of it, is present."""
        if table not in self.store.names():
            return False
        return not columns or set(columns) <= set(self.store.columns(table))

    def columns(self, table: str) -> tuple[str, ...]:
        """Names of the columns of a table."""
        self.require("columns", table)
        return self.store.columns(table)

    def rows(self, table: str) -> int:
        """Number of rows of a table."""
        self.require("rows", table)
        return self.store.rows(table)

    def require(self, who: str, table: str, *columns: str) -> None:
        """Raise the error that tells the user what ``who`` lacks, if it lacks anything."""
        if table not in TABLES:
            raise UnknownName("canonical table", table, TABLES)
        if table not in self.store.names():
            raise MissingTable(who, table, self.store.names())
        present = self.store.columns(table)
        for column in columns:
            if column not in present:
                raise MissingColumn(who, table, column, present)

    def scan(self, table: str) -> nw.LazyFrame[Any]:
        """Give a lazy Narwhals frame over a table; nothing is read until it is collected."""
        self.require("scan", table)
        return self.store.scan(table)

    def polars(self, table: str) -> pl.DataFrame:
        """Read a whole table as a Polars frame."""
        return self.scan(table).collect("polars").to_polars()

    def pandas(self, table: str) -> pd.DataFrame:
        """Read a whole table as a pandas frame (needs pandas)."""
        try:
            import pandas  # noqa: F401
        except ImportError as error:
            raise JiqunError(
                "Cluster.pandas needs pandas: pip install 'jiqun[pandas]'.",
                "Cluster.pandas 需要 pandas：pip install 'jiqun[pandas]'。",
            ) from error
        return self.scan(table).collect("pyarrow").to_pandas()

    def arrow(self, table: str) -> pa.Table:
        """Read a whole table as an Arrow table."""
        return self.scan(table).collect("pyarrow").to_arrow()

    def duckdb(self, table: str) -> duckdb.DuckDBPyRelation:
        """Give a table as a DuckDB relation; lazy for a cluster on disk."""
        relation: duckdb.DuckDBPyRelation = room("engine").relation(self.scan(table))
        return relation

    def check(self) -> Any:
        """Check every table and give the findings; see :func:`jiqun.cluster.check`."""
        return room("cluster").check(self)

    def measure(self, name: str, *, space: Literal["physical", "digital"] = "physical", **parameters: Any) -> Any:
        """Compute an index by name; see ``jiqun.measure`` for the names and their parameters."""
        return room("measure").measure(self, name, space=space, **parameters)

    def match(self, needs: Any = None, *, top: int = 10, **parameters: Any) -> Any:
        """Show each need who can serve it, and why; see :func:`jiqun.match.match`."""
        return room("match").match(self, needs, top=top, **parameters)

    def diagnose(self, what: str = "mode", **parameters: Any) -> Any:
        """Diagnose the cluster, with evidence; see ``jiqun.diagnose`` for what can be asked."""
        return room("diagnose").diagnose(self, what, **parameters)

    def __repr__(self) -> str:
        held = ", ".join(self.tables)
        return f"<Cluster {self.about.id}: {held}>"


def _shape_hash(frames: Mapping[str, nw.LazyFrame[Any]]) -> str:
    """Name frames in memory by their schema: their content may be too large, or too lazy, to hash."""
    text = ";".join(f"{name}:{frame.collect_schema()}" for name, frame in frames.items())
    return "frames-" + hashlib.sha256(text.encode()).hexdigest()[:12]
