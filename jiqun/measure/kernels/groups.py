"""Rows that agree in cell and weight, counted together: a counting sort by cell, then a sort within each.

The groups come in the order of cell and weight whatever the order of the rows, so that every sum over them is
the same to the last bit. Time is linear in the rows but for the sort within a cell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["grouped"]

Codes = NDArray[np.int64]
Array = NDArray[np.float64]
Groups = tuple[Codes, Array, Codes]

FEW = 50_000
"""Rows up to which NumPy's sort by two keys is as fast as compiling, or loading, the kernel."""


def grouped(cell: Codes, weight: Array, n_cells: int) -> Groups:
    """Count the rows of each cell and weight.

    Parameters
    ----------
    cell
        Cell of each row, from 0 to ``n_cells`` − 1, shape (rows,).
    weight
        Weight of each row, finite, shape (rows,).
    n_cells
        Number of cells there may be.

    Returns
    -------
    cell, weight, rows
        Of each group, in the order of cell and weight, each (groups,).

    Examples
    --------
    >>> [a.tolist() for a in grouped(np.array([1, 0, 1, 1]), np.array([5.0, 2.0, 5.0, 1.0]), 2)]
    [[0, 1, 1], [2.0, 1.0, 5.0], [1, 1, 2]]
    """
    if len(cell) <= FEW or n_cells > 4 * len(cell) + 1_000_000:
        return by_two_keys(cell, weight)
    from jiqun.measure.kernels.groups_sorted import sorted_groups

    found: Groups = sorted_groups(cell, weight, n_cells)
    return found


def by_two_keys(cell: Codes, weight: Array, rows: Codes | None = None) -> Groups:
    """Do the same with NumPy's sort by two keys: the reference of the kernel, and as fast for few rows.

    Parameters
    ----------
    cell, weight
        As for :func:`grouped`.
    rows
        How many rows each stands for, shape (rows,); None: one. Those that stand for none are left out.
    """
    if rows is not None:
        cell, weight, rows = cell[rows > 0], weight[rows > 0], rows[rows > 0]
    order = np.lexsort((weight, cell))
    cell, weight = cell[order], weight[order]
    first = np.flatnonzero(np.concatenate([[True], (np.diff(cell) != 0) | (np.diff(weight) != 0)])[: len(cell)])
    if rows is None:
        counted = np.diff(np.append(first, len(cell)))
    else:
        counted = np.add.reduceat(rows[order], first) if len(first) else np.zeros(0, dtype=np.int64)
    return cell[first].astype(np.int64), weight[first], counted.astype(np.int64)
