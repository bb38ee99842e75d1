"""What inference repeats: an index on one table, evaluated on draws of its cells or of its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from os import cpu_count
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, MissingColumn, Words
from jiqun.cluster.progress import Progress
from jiqun.measure.cells import Cells, cells
from jiqun.measure.conventions import parameters_of
from jiqun.measure.index import Index, check_parameters, find
from jiqun.measure.read import table_of
from jiqun.measure.resample import generators

__all__ = [
    "Subject",
    "by_conventions",
    "chosen_index",
    "draws_its_own_null",
    "numbers",
    "plain",
    "prepared",
    "repeat",
    "subject",
]

Array = NDArray[np.float64]
Key = tuple[Any, ...]

COORDINATES = ("lon", "lat", "x", "y", "d1", "d2", "d3")
_LARGEST = 1 << 27
"""Values held at once, replicates × rows of the result: 1 GiB, and a few times that for their ranks."""


@dataclass(frozen=True, slots=True)
class Subject:
    """An index, a table and parameters: what is drawn again and again."""

    index: Index
    frame: Any
    given: Mapping[str, Any]
    """Parameters as the caller gave them, without a null that the index draws itself."""
    used: Mapping[str, Any]
    """All parameters, checked."""
    observed: pa.Table
    """The result on the table itself."""
    keys: tuple[str, ...]

    @property
    def who(self) -> str:
        """Name for error messages."""
        return self.index.name

    @property
    def value(self) -> Array:
        """Observed values, NaN where null."""
        return numbers(self.observed)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the table."""
        return tuple(nw.from_native(self.frame).collect_schema().names())

    def column(self, parameter: str) -> str:
        """Column that a parameter such as ``place`` names; its default where the index has no such parameter."""
        return str(self.used.get(parameter, {"place": "place_id", "industry": "industry_id"}.get(parameter, parameter)))

    @property
    def sizes(self) -> tuple[str, ...]:
        """Columns of the sizes of plants."""
        weight = self.used.get("weight") or "size"
        return tuple(name for name in (weight, self.used.get("plants")) if name in self.columns)

    @property
    def counted(self) -> bool:
        """Whether the index is a function of place × industry cells alone, by the facts it declares."""
        needs = self.index.needs
        own = {"place", "industry", "weight", "unknown"}
        other = {str(v) for k, v in self.used.items() if k not in own and isinstance(v, str)}
        return (
            needs.table == "actors"
            and set(needs.columns) == {"place_id", "industry_id"}
            and set(needs.optional) <= {"size"}
            and not other & set(self.columns)
        )

    def cells(self, *, split: str | None = None) -> tuple[Cells, NDArray[np.int64]]:
        """Count the table by place, industry and weight, and by a further column.

        Parameters
        ----------
        split
            Column whose values split the groups: a stratum or a block.

        Returns
        -------
        groups, code
            Cells, and for each group the position of its value of ``split`` (0 without it, and for rows whose
            place is unknown).
        """
        counted = {
            "place": self.column("place"),
            "industry": self.column("industry"),
            "weight": self.used.get("weight") if "weight" in self.index.parameters.model_fields else "count",
            "unknown": self.used.get("unknown", "exclude"),
        }
        whole = replace(cells(self.frame, self.who, **counted), native=pa.table({}))
        if split is None:
            return whole, np.zeros(len(whole.rows), dtype=np.int64)
        both = cells(_joined(self.frame, self.who, counted["place"], split), self.who, **counted | {"place": _BOTH})
        names, values = (np.array(part) for part in zip(*(p.split(_MARK, 1) for p in both.places), strict=True))
        known = both.place < len(both.places)
        place = np.append(np.searchsorted(whole.places, names), len(whole.places))[both.place]
        _, code = np.unique(values, return_inverse=True)
        code = np.where(known, np.append(code, 0)[both.place], 0)
        # industries are those of rows with any place, so the same in both
        return replace(both, places=whole.places, place=place, native=whole.native), code

    def table(self, more: tuple[str, ...]) -> pa.Table:
        """Give the columns that the index reads, and further ones, in an order that is not the caller's."""
        named = {str(v) for value in self.used.values() for v in (value if isinstance(value, list) else [value])}
        wanted = {*self.index.needs.columns, *self.index.needs.optional, *COORDINATES, *named, *more}
        frame = nw.from_native(self.frame)
        lazy = frame.lazy() if isinstance(frame, nw.DataFrame) else frame
        columns = [name for name in lazy.collect_schema().names() if name in wanted]
        return lazy.select(columns).sort(*columns).collect("pyarrow").to_native()

    def of(self, drawn: Any, **more: Any) -> Array:
        """Evaluate the index on a draw and give its values in the order of the observed keys."""
        return self.aligned(plain(self.index.function(drawn, **{**self.given, **more, "replicates": 0})))

    def aligned(self, result: pa.Table) -> Array:
        """Give the values of a result in the order of the observed keys; NaN for a key it lacks."""
        values = numbers(result)
        if all(result[key].equals(self.observed[key]) for key in self.keys):
            return values
        known = dict(zip(_keys(result, self.keys), values, strict=True))
        return np.array([known.get(key, np.nan) for key in _keys(self.observed, self.keys)])


_BOTH = "jiqun place and split"
_MARK = "\x1f"


def subject(
    index: Index | str | Callable[..., Any],
    of: Any,
    parameters: Mapping[str, Any],
    *,
    replicates: int = 0,
    space: Any = "physical",
    kind: str | None = "firm",
) -> Subject:
    """Check an index and its parameters, and evaluate it on the table itself.

    Parameters
    ----------
    index
        The index, its name or its function.
    of
        A cluster, or a table in any library.
    parameters
        Parameters of the index.
    replicates
        Bootstrap replicates of the index itself.
    space, kind
        What is read from a cluster.

    Raises
    ------
    UnknownName
        If there is no such index.
    JiqunError
        If a parameter is not right, or the index refuses the table.
    """
    chosen, frame, used = prepared(index, of, parameters, space=space, kind=kind)
    given = dict(parameters)
    if "simulations" in used:
        # the draws of an inference of our own would each draw a null
        given = {**given, "simulations": 0}
    observed = plain(chosen.function(frame, **{**given, "replicates": replicates}))
    keys = tuple(observed.column_names[: observed.column_names.index("value")])
    return Subject(chosen, frame, given, used, observed, keys)


def draws_its_own_null(index: Index) -> bool:
    """Whether an index draws the null of its plants itself, and resamples them in its own way.

    Indices of association do draw permutations, but of the values of places: here the plants are random.
    """
    return "simulations" in index.parameters.model_fields and index.family != "association"


def prepared(
    index: Index | str | Callable[..., Any], of: Any, parameters: Mapping[str, Any], *, space: Any, kind: str | None
) -> tuple[Index, Any, dict[str, Any]]:
    """Give the index, the table it reads, and all its parameters, checked."""
    chosen = chosen_index(index)
    used = check_parameters(chosen, parameters)
    frame = table_of(of, chosen, space=space, kind=kind, parameters=parameters) if isinstance(of, Cluster) else of
    return chosen, frame, used


def chosen_index(index: Index | str | Callable[..., Any]) -> Index:
    """Give an index from its name, its function or itself."""
    from jiqun.measure import indices

    known = indices()
    if isinstance(index, Index):
        return index
    return find(index if isinstance(index, str) else str(getattr(index, "__name__", index)), known)


def by_conventions(index: Index, preset: str | None, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give the parameters with those of a package's conventions, which the ones given beside override."""
    return {**(parameters_of(preset, index.name) if preset else {}), **parameters}


def repeat(
    one: Callable[[np.random.Generator], Array],
    rng: np.random.Generator | int | None,
    size: tuple[int, int],
    *,
    threads: int | None,
    progress: Progress,
    step: Words,
) -> Array:
    """Evaluate replicates on several threads; the same bytes for any number of them.

    Parameters
    ----------
    one
        Values of a replicate from its own generator, shape (values,).
    rng
        Generator, seed or None; each replicate has a child of its own.
    size
        Replicates and values.
    threads
        How many at a time; None: one for each processor, at most eight.
    progress, step
        Who is told, and what.

    Returns
    -------
    numpy.ndarray
        Shape (replicates, values).

    Raises
    ------
    JiqunError
        If that many values do not fit into memory.
    """
    count, values = size
    if count * values > _LARGEST:
        raise JiqunError(
            f"{count} replicates of {values} values are too many to hold at once. "
            f"Take n ≤ {_LARGEST // max(values, 1)}, or a table of fewer places or industries.",
            f"{count} 次重复、每次 {values} 个数值，内存无法容纳。请取 n ≤ {_LARGEST // max(values, 1)}，"
            "或减少地方与行业的数目。",
        )
    found = np.empty((count, values))
    with ThreadPoolExecutor(threads or min(cpu_count() or 1, 8)) as pool:
        try:
            for done, row in enumerate(pool.map(one, generators(rng, count))):
                found[done] = row
                progress(step, done + 1, count)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return found


def _joined(frame: Any, who: str, place: str, split: str) -> Any:
    """Add a column of place and split together, null where the place is."""
    table = nw.from_native(frame)
    present = table.collect_schema().names()
    if split not in present:
        raise MissingColumn(who, "actors", split, present)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    empty = lazy.filter(nw.col(split).is_null() & ~nw.col(place).is_null()).select(n=nw.len()).collect("pyarrow")
    if missing := int(empty["n"].to_numpy()[0]):
        raise JiqunError(
            f"{who}: column {split} is empty in {missing} rows. Fill it, or filter these rows.",
            f"{who}：列 {split} 有 {missing} 行为空。请补全，或先筛除这些记录。",
        )
    text = nw.col(place).cast(nw.String)
    name = text.str.replace(r"\.0$", "") if lazy.collect_schema()[place].is_float() else text
    return lazy.with_columns(
        nw.concat_str(name, nw.col(split).cast(nw.String), separator=_MARK).alias(_BOTH)
    ).to_native()


def plain(result: Any) -> pa.Table:
    """Give a result as Arrow, its text in one type whichever library it comes from."""
    table = nw.from_native(result, eager_only=True).to_arrow()
    for place, field in enumerate(table.schema):
        if pa.types.is_large_string(field.type) or pa.types.is_string_view(field.type):
            table = table.set_column(place, field.name, table[field.name].cast(pa.string()))
    return table


def numbers(result: pa.Table, name: str = "value") -> Array:
    """Give a column of a result, NaN where null."""
    return np.asarray(result[name].cast(pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _keys(result: pa.Table, names: tuple[str, ...]) -> list[Key]:
    return list(zip(*(result[name].to_pylist() for name in names), strict=True)) if names else [()] * result.num_rows
