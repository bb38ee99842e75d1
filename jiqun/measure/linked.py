"""Links as arrays: who has which counterpart, read from a table of one row for each link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, MissingColumn

__all__ = ["Linked", "linked"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Linked:
    """Links of actors and counterparts, by industry of the actor, in an order that is not the table's.

    ``matrix`` has shape (actors, counterparts) and one entry for each link; ``industry[i]`` is a position in
    ``industries``, the one after the last stands for actors whose industry is unknown. An actor of two industries
    counts as two. ``category`` has the shape of ``matrix.data`` and is the position of the category of the link
    in ``industries``, −1 where it is none of them.
    """

    matrix: sp.csr_array
    industry: Codes
    industries: NDArray[np.str_]
    category: Codes | None
    linked: NDArray[np.bool_]
    """Which actors have a link, shape (actors,)."""


def linked(frame: IntoFrame, who: str, *, actor: str, counterpart: str, industry: str, weight: str | None) -> Linked:
    """Read links from a table.

    Parameters
    ----------
    frame
        One row for each link, or several that are counted together.
    who
        Name of the index, for error messages.
    actor, counterpart, industry
        Columns of the keys. Rows without a counterpart name an actor that has none, rows without an actor are
        left out.
    weight
        Column of weights ≥ 0; None lets each row count one.

    Raises
    ------
    MissingColumn
        If a column is not there.
    JiqunError
        If a weight is negative or missing, or no row has an actor, a counterpart and an industry.
    """
    table = nw.from_native(frame)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    schema = lazy.collect_schema()
    for name in (actor, counterpart, industry, *((weight,) if weight else ())):
        if name not in schema:
            raise MissingColumn(who, "actors", name, list(schema))
    named = {"actor": actor, "counterpart": counterpart, "industry": industry}
    named |= {"category": "category"} if "category" in schema else {}
    keys = {to: _text(schema, of) for to, of in named.items()}
    value = nw.col(weight).cast(nw.Float64) if weight else nw.lit(1.0)
    rows = lazy.select(**keys, value=value).filter(~nw.col("actor").is_null()).collect("pyarrow")
    sizes = np.asarray(rows["value"].fill_null(float("nan")).to_numpy(), dtype=np.float64)
    if not np.isfinite(sizes).all() or (sizes < 0).any():
        raise JiqunError(
            f"{who} needs {weight} ≥ 0 in every row; it is missing or negative in "
            f"{int((~(np.isfinite(sizes) & (sizes >= 0))).sum())} rows. Mend them, or leave weighted off.",
            f"{who} 要求每行的 {weight} 不小于 0；有 {int((~(np.isfinite(sizes) & (sizes >= 0))).sum())} 行缺失或为负。"
            "请更正，或关闭 weighted。",
        )
    at = _codes(rows["actor"])[1]
    others, to = _codes(rows["counterpart"])
    industries, kind = _codes(rows["industry"])
    if not len(industries) or not ((to < len(others)) & (kind < len(industries))).any():
        raise JiqunError(
            f"{who} needs rows with {actor}, {counterpart} and {industry}; the table given has none.",
            f"{who} 需要同时有 {actor}、{counterpart} 和 {industry} 的记录，而该表没有。",
        )
    wide = len(industries) + 1
    units, unit = _units(at, kind, wide)
    real = (to < len(others)) & (sizes > 0)
    matrix, category = _matrix(
        (unit[real], to[real], sizes[real]),
        (len(units), len(others)),
        _category(rows, industries)[real] if "category" in named else None,
    )
    return Linked(matrix, units % wide, industries, category, np.diff(matrix.indptr) > 0)


def _text(schema: Any, column: str) -> nw.Expr:
    text = nw.col(column).cast(nw.String)
    # pandas keeps whole numbers with a gap as floats: 7.0 is the identifier 7
    return text.str.replace(r"\.0$", "") if schema[column].is_float() else text


def _codes(names: nw.Series[Any]) -> tuple[NDArray[np.str_], Codes]:
    """Distinct known names in order, and the position of each; unknown ones come after the last."""
    # each name once as text: as many texts as there are links would take most of the memory
    coded = pa.chunked_array(names.to_native()).cast(pa.large_string()).combine_chunks().dictionary_encode()
    distinct = np.array(coded.dictionary.to_pylist(), dtype=str)
    order = np.argsort(distinct, kind="stable")
    position = np.empty(len(distinct) + 1, dtype=np.int64)
    position[order], position[-1] = np.arange(len(distinct)), len(distinct)
    return distinct[order], position[coded.indices.fill_null(len(distinct)).to_numpy()]


def _units(at: Codes, kind: Codes, wide: int) -> tuple[Codes, Codes]:
    """Distinct pairs of actor and industry as one number each, and the position of each row's."""
    pair = at * wide + kind
    size = (int(at.max()) + 1) * wide if len(at) else 0
    if size > 4 * len(pair):
        units, unit = np.unique(pair, return_inverse=True)
        return units, unit.reshape(-1)
    seen = np.zeros(size, dtype=np.bool_)
    seen[pair] = True
    return np.flatnonzero(seen), (np.cumsum(seen) - 1)[pair]


def _category(rows: nw.DataFrame[Any], industries: NDArray[np.str_]) -> Codes:
    names, code = _codes(rows["category"])
    at = np.minimum(np.searchsorted(industries, names), len(industries) - 1)
    found = np.where(industries[at] == names, at, -1) if len(names) else np.zeros(0, dtype=np.int64)
    return np.append(found, -1)[code]


def _matrix(
    links: tuple[Codes, Codes, Array], shape: tuple[int, int], category: Codes | None
) -> tuple[sp.csr_array, Codes | None]:
    """Sum what agrees in actor, counterpart and category."""
    unit, to, value = links
    if category is None:
        matrix = sp.csr_array((value, (unit, to)), shape=shape)
        matrix.sum_duplicates()
        matrix.sort_indices()
        return matrix, None
    order = np.lexsort((value, category, to, unit))
    unit, to, category, value = unit[order], to[order], category[order], value[order]
    first = np.flatnonzero(np.r_[True, (np.diff(unit) != 0) | (np.diff(to) != 0) | (np.diff(category) != 0)])
    summed = np.add.reduceat(value, first) if len(value) else value
    starts = np.searchsorted(unit[first], np.arange(shape[0] + 1)) if len(value) else np.zeros(shape[0] + 1)
    matrix = (
        sp.csr_array((summed, to[first], starts.astype(np.int64)), shape=shape) if len(value) else sp.csr_array(shape)
    )
    return matrix, category[first] if len(value) else category
