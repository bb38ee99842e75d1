"""Rows of codes once each: what unique() gives, from one number for each row instead of a tuple."""

from __future__ import annotations

import numpy as np
import polars as pl

__all__ = ["distinct"]

_WIDE = 16
"""Cells of a bitmap for each row, up to which it is cheaper than sorting."""


def distinct(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Give the distinct rows of columns of codes, in order of the columns.

    Parameters
    ----------
    frame
        Columns of whole numbers, not null; codes are ≥ 0.
    columns
        Which.

    Returns
    -------
    polars.DataFrame
        The columns in the types they had, sorted by them.

    Examples
    --------
    >>> distinct(pl.DataFrame({"a": [1, 0, 1], "b": [2, 5, 2]}), ["a", "b"]).rows()
    [(0, 5), (1, 2)]
    """
    lowest = [frame[c].min() for c in columns]
    sizes = [int(frame[c].max()) + 1 for c in columns] if frame.height else []  # type: ignore[arg-type]
    cells = float(np.prod([float(s) for s in sizes]))
    if not sizes or cells >= 2**62 or min(lowest) < 0:  # type: ignore[type-var, operator]
        return frame.select(columns).unique().sort(columns)
    packed = np.zeros(frame.height, dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        packed *= size
        packed += frame[column].to_numpy()
    if cells <= _WIDE * frame.height:
        there = np.zeros(int(cells), dtype=np.bool_)
        there[packed] = True
        packed = np.flatnonzero(there)
    else:
        packed.sort()
        packed = packed[np.concatenate([[True], packed[1:] != packed[:-1]])]
    made: dict[str, pl.Series] = {}
    for column, size in zip(reversed(columns), reversed(sizes), strict=True):
        packed, code = np.divmod(packed, size)
        made[column] = pl.Series(code).cast(frame.schema[column])
    return pl.DataFrame(made).select(columns)
