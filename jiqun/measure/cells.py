"""Place × industry cells: what every cell-based index needs, from one pass over the table.

Rows that agree in place, industry and weight are counted together, in whatever engine holds the
table; what comes back is small, sorted, and enough for the sums of any power and for the bootstrap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, MissingColumn

__all__ = ["Cells", "ColumnName", "Unknown", "Weight", "cells", "tidy"]

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

    @property
    def shape(self) -> tuple[int, int]:
        """Number of known places and of known industries."""
        return len(self.places), len(self.industries)

    def total(self, power: int = 1, times: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Sum of a power of the weights in each cell, shape (places + 1, industries + 1).

        The last row and the last column are those whose place or industry is unknown.
        """
        n_places, n_industries = len(self.places) + 1, len(self.industries) + 1
        flat = self._sum(self.place * n_industries + self.industry, n_places * n_industries, power, times)
        return flat.reshape(n_places, n_industries)

    def by_industry(self, power: int = 1, times: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """Sum of a power of the weights of each industry, in known places, shape (industries + 1,)."""
        counted = (self.rows if times is None else times) * (self.place < len(self.places))
        return self._sum(self.industry, len(self.industries) + 1, power, counted)

    def _sum(
        self, position: NDArray[np.int64], size: int, power: int, times: NDArray[np.int64] | None
    ) -> NDArray[np.float64]:
        each = self.weight**power * (self.rows if times is None else times)
        return np.asarray(np.bincount(position, each, size), dtype=np.float64)


def cells(
    frame: IntoFrame | Cells, who: str, *, place: str, industry: str, weight: str | None, unknown: Unknown = "count"
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

    Raises
    ------
    MissingColumn
        If a column is not there.
    JiqunError
        If a weight is negative, missing or not finite, or no row has a place and an industry.
    """
    if isinstance(frame, Cells):
        return frame
    table = nw.from_native(frame)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    present = lazy.collect_schema().names()
    column = weight if weight is not None else ("size" if "size" in present else "count")
    for name in (place, industry, *(() if column == "count" else (column,))):
        if name not in present:
            raise MissingColumn(who, "actors", name, present)
    keyed = lazy.filter(~nw.col(place).is_null(), ~nw.col(industry).is_null()) if unknown == "exclude" else lazy
    value = nw.lit(1.0) if column == "count" else nw.col(column).cast(nw.Float64)
    counted = (
        keyed.select(place=_key(keyed, place), industry=_key(keyed, industry), weight=value)
        .group_by("place", "industry", "weight")
        .agg(rows=nw.len())
        .sort("place", "industry", "weight")
        .collect("pyarrow")
    )
    sizes = counted["weight"].to_numpy().astype(np.float64)
    places, place_code = _codes(counted["place"])
    industries, industry_code = _codes(counted["industry"])
    if len(places) == 0 or len(industries) == 0:
        raise JiqunError(
            f"{who} needs rows with {place} and {industry}; the table given has none.",
            f"{who} 需要同时有 {place} 和 {industry} 的记录，而该表没有。",
        )
    if not np.isfinite(sizes).all() or (sizes < 0).any():
        bad = int(counted["rows"].to_numpy()[~(np.isfinite(sizes) & (sizes >= 0))].sum())
        raise JiqunError(
            f"{who} needs {column} ≥ 0 in every row; it is missing, negative or not a number in {bad} rows. "
            f"Mend them, or pass weight='count' to let each row count one.",
            f"{who} 要求每行的 {column} 不小于 0；有 {bad} 行缺失、为负或不是数字。"
            "请更正，或用 weight='count' 让每行计 1。",
        )
    rows = counted["rows"].to_numpy().astype(np.int64)
    return Cells(places, industries, place_code, industry_code, sizes, rows, frame)


def _key(table: nw.LazyFrame[Any], column: str) -> nw.Expr:
    text = nw.col(column).cast(nw.String)
    # pandas keeps whole numbers with a gap as floats: 7.0 is the identifier 7
    return text.str.replace(r"\.0$", "") if table.collect_schema()[column].is_float() else text


def _codes(names: nw.Series[Any]) -> tuple[NDArray[np.str_], NDArray[np.int64]]:
    """Distinct known names in order, and the position of each; unknown ones come after the last."""
    known = ~names.is_null().to_numpy()
    distinct, inverse = np.unique(names.drop_nulls().to_numpy().astype(str), return_inverse=True)
    codes = np.full(len(known), len(distinct), dtype=np.int64)
    codes[known] = inverse
    return distinct, codes


Backend = Literal["polars", "pandas", "pyarrow"]


def tidy(columns: dict[str, Sequence[Any] | NDArray[Any]], like: Any) -> Any:
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
    frame = nw.from_dict(columns, backend="pyarrow")
    numbers = [name for name, kind in frame.schema.items() if kind.is_float()]
    frame = frame.with_columns(nw.when(~nw.col(n).is_nan()).then(nw.col(n)).alias(n) for n in numbers)
    if backend == "pyarrow":
        return frame.to_native()
    return frame.to_polars() if backend == "polars" else frame.to_pandas()
