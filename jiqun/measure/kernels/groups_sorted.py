"""The compiled part of :mod:`jiqun.measure.kernels.groups`, in a file of its own since loading Numba takes time."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["sorted_groups"]


@njit(cache=True, nogil=True)
def sorted_groups(
    cell: NDArray[np.int64], weight: NDArray[np.float64], n_cells: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:  # pragma: no cover
    """Count the rows of each cell and weight; see :func:`jiqun.measure.kernels.groups.grouped`."""
    start = np.zeros(n_cells + 1, dtype=np.int64)
    for k in range(len(cell)):
        start[cell[k] + 1] += 1
    for c in range(n_cells):
        start[c + 1] += start[c]
    following = start[:-1].copy()
    ordered = np.empty(len(weight), dtype=np.float64)
    for k in range(len(cell)):
        ordered[following[cell[k]]] = weight[k]
        following[cell[k]] += 1
    groups = 0
    for c in range(n_cells):
        here = ordered[start[c] : start[c + 1]]
        here.sort()
        for k in range(len(here)):
            if k == 0 or here[k] != here[k - 1]:
                groups += 1
    of, value, rows = np.empty(groups, np.int64), np.empty(groups, np.float64), np.zeros(groups, np.int64)
    group = -1
    for c in range(n_cells):
        for k in range(start[c], start[c + 1]):
            if k == start[c] or ordered[k] != ordered[k - 1]:
                group += 1
                of[group], value[group] = c, ordered[k]
            rows[group] += 1
    return of, value, rows
