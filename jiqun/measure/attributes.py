"""What a table says of each place or of each industry: area, population, the group it belongs to."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, MissingColumn

__all__ = ["group_of_each", "number_of_each"]


def number_of_each(native: Any, who: str, *, key: str, column: str, names: NDArray[np.str_]) -> NDArray[np.float64]:
    """Read a number of each place or industry, such as its area, from the rows that carry it.

    Parameters
    ----------
    native
        Table with one row for each plant or cell; every row of a place carries the place's number.
    who
        Name of the index, for error messages.
    key, column
        Column of the place (or industry), and of the number.
    names
        Places in the order in which the numbers are wanted.

    Returns
    -------
    numpy.ndarray
        Number of each name, shape (names,); NaN where no row says it.

    Raises
    ------
    MissingColumn
        If a column is not there.
    JiqunError
        If two rows of a place say different numbers, or one is negative or infinite.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"place_id": ["p", "q", "q"], "area": [3.0, 4.0, None]})
    >>> number_of_each(rows, "x", key="place_id", column="area", names=np.array(["p", "q", "r"])).tolist()
    [3.0, 4.0, nan]
    """
    said = _distinct(native, who, key, column, nw.Float64())
    number = np.array([np.nan if (value := said.get(name)) is None else value for name in names.tolist()])
    if (np.isinf(number) | (number < 0)).any():
        where = names[np.isinf(number) | (number < 0)][0]
        raise JiqunError(
            f"{who} needs {column} ≥ 0 for each {key}; that of {where} is {said[str(where)]}.",
            f"{who} 要求每个 {key} 的 {column} 不小于 0；{where} 的值为 {said[str(where)]}。",
        )
    return number


def group_of_each(
    native: Any, who: str, *, key: str, column: str, names: NDArray[np.str_]
) -> tuple[list[str | None], NDArray[np.int64]]:
    """Read the group of each place or industry; those without one make a group of their own, the last.

    Parameters
    ----------
    native, who, key, column, names
        As for :func:`number_of_each`.

    Returns
    -------
    groups, code
        Names of the groups in order (None for the unknown, where there are any) and the position of each
        name's group, shape (names,).

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"place_id": ["p", "q", "r"], "province": ["south", None, "north"]})
    >>> group_of_each(rows, "x", key="place_id", column="province", names=np.array(["p", "q", "r"]))
    (['north', 'south', None], array([1, 2, 0]))
    """
    said = _distinct(native, who, key, column, nw.String())
    groups: list[str | None] = [*sorted({str(g) for g in said.values()})]
    place_of = {group: position for position, group in enumerate(groups)}
    code = np.array([place_of.get(said.get(name), len(groups)) for name in names.tolist()], dtype=np.int64)
    return (groups if (code < len(groups)).all() else [*groups, None]), code


def _distinct(native: Any, who: str, key: str, column: str, kind: Any) -> dict[str, Any]:
    table = nw.from_native(native)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    schema = lazy.collect_schema()
    for name in (key, column):
        if name not in schema.names():
            raise MissingColumn(who, "actors", name, schema.names())
    value = nw.col(column).cast(kind)
    unlike = ~nw.col(key).is_null() & ~nw.col(column).is_null()
    if schema[column].is_float():
        unlike &= ~nw.col(column).is_nan()
    pairs = lazy.filter(unlike).select(key=_text(key, schema[key]), value=value).unique().collect("pyarrow")
    said: dict[str, Any] = {}
    for name, each in zip(pairs["key"].to_list(), pairs["value"].to_list(), strict=True):
        if name in said:
            raise JiqunError(
                f"{who} needs one {column} for each {key}; {name} has {min(said[name], each)} and "
                f"{max(said[name], each)}. Make the rows agree.",
                f"{who} 要求每个 {key} 只有一个 {column}；{name} 同时有 {min(said[name], each)} 和 "
                f"{max(said[name], each)}。请统一。",
            )
        said[name] = each
    return said


def _text(column: str, kind: Any) -> nw.Expr:
    text = nw.col(column).cast(nw.String)
    # pandas keeps whole numbers with a gap as floats: 7.0 is the identifier 7
    return text.str.replace(r"\.0$", "") if kind.is_float() else text
