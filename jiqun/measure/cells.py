"""Place × industry cells: what every cell-based index needs, from one pass over the table.

Rows that agree in place, industry and weight are counted together; what comes back is sorted, the same for
any order of the rows, and enough for the sums of any power and for the bootstrap. Sums over whole cells are
made once and shared by all indices that are computed from the same cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, MissingColumn
from jiqun.measure.kernels.groups import by_two_keys, grouped
from jiqun.measure.sizes import check_range, numeric

__all__ = ["Cells", "ColumnName", "Plants", "Unknown", "Weight", "cells", "labels", "tidy"]

ColumnName = Annotated[str, Field(min_length=1, max_length=200)]
Weight = Annotated[
    str | None,
    Field(
        description="Column of weights (employment or another weight ≥ 0); “count” lets each row count one; "
        "empty: size where the table has it, else each row counts one."
    ),
]
Unknown = Annotated[
    Literal["count", "exclude"],
    Field(description="count: rows whose place or industry is unknown stay in the totals; exclude: they are left out."),
]

Plants = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=200,
        description="Column with the number of plants a row stands for, where rows are cells or size classes: the "
        "weight of the row is shared equally among them. Empty: each row is one plant.",
    ),
]


@dataclass(frozen=True, slots=True)
class Cells:
    """Groups of identical rows of a table, by place and industry, in sorted order.

    All arrays have shape (groups,). ``place[g]`` and ``industry[g]`` are positions in ``places``
    and ``industries``; the position after the last stands for rows where it is unknown.
    ``weight[g]`` is the weight of one row and ``rows[g]`` how many such rows.
    """

    places: NDArray[np.str_]
    industries: NDArray[np.str_]
    place: NDArray[np.int64]
    industry: NDArray[np.int64]
    weight: NDArray[np.float64]
    rows: NDArray[np.int64]
    native: Any
    """A frame of the caller's library, so that the result can be of the same."""
    _known: dict[tuple[str, int], NDArray[np.float64]] = field(default_factory=dict, init=False, repr=False)
    """What has been computed from these groups, to be read only."""

    @property
    def shape(self) -> tuple[int, int]:
        """Number of known places and of known industries."""
        return len(self.places), len(self.industries)

    def total(self, power: int = 1, times: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Sum of a power of the weights in each cell, shape (places + 1, industries + 1).

        The last row and the last column are those whose place or industry is unknown. Without ``times`` the
        array is shared: it may be read only.
        """
        shape = (len(self.places) + 1, len(self.industries) + 1)
        if times is not None:
            drawn = self._sum(self._cell(), shape[0] * shape[1], power, times)
            return drawn.reshape(shape)
        if ("total", power) not in self._known:
            flat = self._sum(self.place * shape[1] + self.industry, shape[0] * shape[1], power, self.rows)
            self._keep("total", power, flat.reshape(shape))
        return self._known["total", power]

    def plants(self) -> Cells:
        """The same rows, of known place and industry, each with the weight 1."""
        width = len(self.industries) + 1
        known = (self.place < len(self.places)) & (self.industry < len(self.industries))
        cell = self.place[known] * width + self.industry[known]
        cell, weight, rows = by_two_keys(cell, np.ones(len(cell)), self.rows[known])
        return replace(self, place=cell // width, industry=cell % width, weight=weight, rows=rows)

    def by_industry(self, power: int = 1, times: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Sum of a power of the weights of each industry, in known places, shape (industries + 1,)."""
        if times is None:
            located: NDArray[np.float64] = self.total(power)[:-1].sum(axis=0)
            return located
        return self._sum(self.industry, len(self.industries) + 1, power, times * (self.place < len(self.places)))

    def _cell(self) -> NDArray[np.int64]:
        """Position of each group's cell in the flattened table; kept, since every replicate needs it."""
        if ("cell", 0) not in self._known:
            self._keep("cell", 0, (self.place * (len(self.industries) + 1) + self.industry).view(np.float64))
        return self._known["cell", 0].view(np.int64)

    def _power(self, power: int) -> NDArray[np.float64]:
        """A power of the weights; kept, since every replicate needs it."""
        if power == 1:
            return self.weight
        if ("power", power) not in self._known:
            self._keep("power", power, self.weight**power)
        return self._known["power", power]

    def _keep(self, what: str, power: int, made: NDArray[np.float64]) -> None:
        made.setflags(write=False)
        self._known[what, power] = made

    def _sum(self, position: NDArray[np.int64], size: int, power: int, times: NDArray[np.int64]) -> NDArray[np.float64]:
        each = times if power == 0 else self._power(power) * times
        return np.asarray(np.bincount(position, each, size), dtype=np.float64)


def cells(
    frame: IntoFrame | Cells,
    who: str,
    *,
    place: str,
    industry: str,
    weight: str | None,
    unknown: Unknown = "count",
    plants: str | None = None,
) -> Cells:
    """Count the rows of a table by place, industry and weight.

    A row whose place or industry is unknown belongs to no cell, but it is part of the whole: with
    ``unknown="count"`` it stays in the totals, with ``"exclude"`` it is left out of everything.

    Parameters
    ----------
    frame
        One row for each plant, or for each cell, in any library Narwhals knows. Cells that are already
        counted (a draw under a null, a resample) are given back as they are.
    who
        Name of the index, for error messages.
    place, industry
        Columns of the keys.
    weight
        Column of weights, ``"count"``, or None (``size`` where present, else count).
    plants
        Column of the number of plants that a row stands for; they share its weight equally.

    Raises
    ------
    MissingColumn
        If a column is not there.
    JiqunError
        If a weight is negative, missing or not finite, a number of plants is not whole or a row has weight
        without a plant, or no row has a place and an industry.
    """
    if isinstance(frame, Cells) and plants is None:
        return frame
    native: Any = frame.native if isinstance(frame, Cells) else frame
    table = nw.from_native(native)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    present = lazy.collect_schema().names()
    column = weight if weight is not None else ("size" if "size" in present else "count")
    for name in (place, industry, *(() if column == "count" else (column,)), *(() if plants is None else (plants,))):
        if name not in present:
            raise MissingColumn(who, "actors", name, present)
    keyed = lazy.filter(~nw.col(place).is_null(), ~nw.col(industry).is_null()) if unknown == "exclude" else lazy
    names, codes, numbers = _read(_selected(keyed, who, (place, industry), column, plants))
    places, industries = names
    if len(places) == 0 or len(industries) == 0:
        raise JiqunError(
            f"{who} needs rows with {place} and {industry}; the table given has none.",
            f"{who} 需要同时有 {place} 和 {industry} 的记录，而该表没有。",
        )
    width = len(industries) + 1
    cell = codes[0] * width + codes[1]
    if plants is not None:
        each, how_many = _shared(who, (column, plants), numbers)
        cell, weights, rows = by_two_keys(cell, each, how_many)
    elif column == "count":
        cell, weights, rows = by_two_keys(cell, np.ones(len(cell)), numbers[0].astype(np.int64))
    else:
        _check_weights(who, column, numbers[0])
        cell, weights, rows = grouped(cell, numbers[0], (len(places) + 1) * width)
    return Cells(places, industries, cell // width, cell % width, weights, rows, native)


def _selected(
    keyed: nw.LazyFrame[Any], who: str, keys: tuple[str, str], column: str, plants: str | None
) -> nw.LazyFrame[Any]:
    """Two columns of names and those of numbers; where rows only count, the engine counts them."""
    names = {"place": _key(keyed, keys[0]), "industry": _key(keyed, keys[1])}
    if column == "count" and plants is None:
        return keyed.select(**names).group_by("place", "industry").agg(rows=nw.len())
    weight = nw.lit(1.0) if column == "count" else numeric(keyed, who, column)
    if plants is None:
        return keyed.select(**names, weight=weight)
    number = numeric(keyed, who, plants)
    return keyed.select(**names, weight=number if column == "count" else weight, plants=number)


def _shared(
    who: str, columns: tuple[str, str], numbers: list[NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Weight of each plant of a row, and how many such plants."""
    weight, number = numbers
    _check_weights(who, columns[0] if columns[0] != "count" else columns[1], weight)
    wrong = ~np.isfinite(number) | (number < 0) | (number != np.floor(number)) | ((number == 0) & (weight > 0))
    if wrong.any():
        raise JiqunError(
            f"{who} needs {columns[1]}, the number of plants of a row, whole, and 1 or more where the row has weight; "
            f"it is not so in {int(wrong.sum())} rows. Mend them, or leave them out.",
            f"{who} 要求 {columns[1]}（每行的企业数）为整数，且有权重的行至少为 1；有 {int(wrong.sum())} 行不符合。"
            "请更正或去掉这些行。",
        )
    return weight / np.maximum(number, 1.0), number.astype(np.int64)


def _check_weights(who: str, column: str, weights: NDArray[np.float64]) -> None:
    right = np.isfinite(weights) & (weights >= 0)
    if right.all():
        check_range(who, column, weights)
        return
    bad = int((~right).sum())
    raise JiqunError(
        f"{who} needs {column} ≥ 0 in every row; it is missing, negative or not a number in {bad} rows. "
        f"Mend them, or pass weight='count' to let each row count one.",
        f"{who} 要求每行的 {column} 不小于 0；有 {bad} 行缺失、为负或不是数字。"
        "请更正，或用 weight='count' 让每行计 1。",
    )


def _key(table: nw.LazyFrame[Any], column: str) -> nw.Expr:
    text = nw.col(column).cast(nw.String)
    # pandas keeps whole numbers with a gap as floats: 7.0 is the identifier 7
    return text.str.replace(r"\.0$", "") if table.collect_schema()[column].is_float() else text


def _read(
    selected: nw.LazyFrame[Any],
) -> tuple[list[NDArray[np.str_]], list[NDArray[np.int64]], list[NDArray[np.float64]]]:
    """Read two columns of names as codes, and the others as numbers, batch by batch: the texts are never all in memory.

    Names come in order; a name that is unknown has the code after the last.
    """
    known: tuple[dict[str | None, int], dict[str | None, int]] = ({}, {})
    width = len(selected.collect_schema().names())
    parts: list[list[NDArray[Any]]] = [[] for _ in range(width)]
    for batch in _batches(selected):
        for position in (0, 1):
            parts[position].append(_encoded(batch.column(position), known[position]))
        for position in range(2, width):
            parts[position].append(batch.column(position).cast(pa.float64()).to_numpy(zero_copy_only=False))
    names, codes = [], []
    for found, pieces in zip(known, parts[:2], strict=True):
        ordered = np.array(sorted(n for n in found if n is not None), dtype=np.str_)
        place_of = {name: position for position, name in enumerate(ordered.tolist())}
        lookup = np.array([place_of.get(name, len(ordered)) for name in found], dtype=np.int64)
        names.append(ordered)
        codes.append(lookup[np.concatenate(pieces)] if lookup.size else np.zeros(0, dtype=np.int64))
    numbers = [np.concatenate(pieces) if pieces else np.zeros(0) for pieces in parts[2:]]
    return names, codes, numbers


def _batches(selected: nw.LazyFrame[Any]) -> Iterator[pa.RecordBatch]:
    native = selected.to_native()
    if type(native).__module__.startswith(("duckdb", "_duckdb")):
        yield from native.to_arrow_reader(1_000_000)
    else:
        yield from selected.collect("pyarrow").to_arrow().to_batches()


def _encoded(column: pa.Array, known: dict[str | None, int]) -> NDArray[np.int32]:
    """Codes of a column of names, by first appearance over all batches; null is a name, too."""
    encoded = pc.dictionary_encode(column.cast(pa.large_string()), null_encoding="encode")
    local = [known.setdefault(name, len(known)) for name in encoded.dictionary.to_pylist()]
    codes: NDArray[np.int32] = np.array(local, dtype=np.int32)[encoded.indices.to_numpy()]
    return codes


Backend = Literal["polars", "pandas", "pyarrow"]


def labels(names: Sequence[str] | NDArray[np.str_], codes: NDArray[np.integer[Any]]) -> pa.Array:
    """Make a column of names from their positions; a position below 0 is null.

    >>> labels(["a", "b"], np.array([1, -1, 0])).to_pylist()
    ['b', None, 'a']
    """
    positions = pa.array(codes, pa.int32(), mask=np.asarray(codes) < 0)
    return pa.DictionaryArray.from_arrays(positions, pa.array(list(names), pa.string())).cast(pa.string())


def tidy(columns: dict[str, Sequence[Any] | NDArray[Any] | pa.Array], like: Any) -> Any:
    """Make a tidy table in the caller's library (Polars where the caller's is a database); NaN becomes null.

    Examples
    --------
    >>> import pyarrow as pa
    >>> tidy({"value": np.array([1.0, np.nan])}, pa.table({"a": [1]})).to_pydict()
    {'value': [1.0, None]}
    """
    like = like.native if isinstance(like, Cells) else like
    implementation = str(nw.get_native_namespace(like).__name__).split(".")[0]
    backend: Backend = implementation if implementation in ("polars", "pandas", "pyarrow") else "polars"  # type: ignore[assignment]
    frame = nw.from_native(pa.table({name: _column(values) for name, values in columns.items()}))
    if backend == "pyarrow":
        return frame.to_native()
    return frame.to_polars() if backend == "polars" else frame.to_pandas()


def _column(values: Sequence[Any] | NDArray[Any] | pa.Array) -> pa.Array:
    """Make a column, NaN becoming null."""
    if not isinstance(values, pa.Array | pa.ChunkedArray):
        return pa.array(values, from_pandas=True)
    if not pa.types.is_floating(values.type):
        return values
    return pc.if_else(pc.is_nan(values), pa.scalar(None, values.type), values)
