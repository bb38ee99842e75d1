"""Effects of origins and destinations taken out of cells by weighted least squares, exactly, group by group."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

__all__ = ["Effects", "effects_of", "without_effects"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Effects:
    """Which effects the cells in use have; one of each connected part of a group is set to nought."""

    mask: Mask
    """Cells in use, shape (groups, origins, destinations)."""
    fixed: tuple[NDArray[np.int64], ...]
    """Destinations of each group whose effect is nought: one of each connected part, and all without cells."""
    parameters: int
    """Effects that are free."""


def effects_of(mask: Mask) -> Effects:
    """Find the connected parts of each group, within which effects are known up to a constant.

    Parameters
    ----------
    mask
        Cells in use, shape (groups, origins, destinations).

    Examples
    --------
    >>> effects_of(np.ones((1, 2, 3), dtype=bool)).parameters, effects_of(np.eye(2, dtype=bool)[None]).parameters
    (4, 2)
    """
    fixed = []
    free = 0
    for cells in mask:
        rows, columns = cells.shape
        i, j = np.nonzero(cells)
        graph = sp.coo_array((np.ones(len(i)), (i, rows + j)), shape=(rows + columns, rows + columns))
        _, part = connected_components(graph, directed=False)
        of_destination = part[rows:]
        empty = ~cells.any(axis=0)
        first = np.unique(np.where(empty, -1, of_destination), return_index=True)
        pinned = first[1][first[0] >= 0]
        fixed.append(np.union1d(pinned, np.flatnonzero(empty)).astype(np.int64))
        free += int(cells.any(axis=1).sum() + (~empty).sum()) - len(pinned)
    return Effects(mask, tuple(fixed), free)


def without_effects(columns: Array, weight: Array, effects: Effects) -> Array:
    """Give what is left of columns of cells when effects of origins and destinations are taken out.

    Parameters
    ----------
    columns
        Shape (columns, groups, origins, destinations).
    weight
        Weights ≥ 0 of the cells, shape (groups, origins, destinations); nought where a cell is not in use.
    effects
        As :func:`effects_of` gives them for these cells.

    Returns
    -------
    ndarray
        Residuals of the weighted regression, shape of ``columns``; nought where a cell is not in use.

    Examples
    --------
    >>> cells = np.array([[[[1.0, 2.0], [3.0, 5.0]]]])
    >>> without_effects(cells, np.ones((1, 2, 2)), effects_of(np.ones((1, 2, 2), dtype=bool)))[0, 0].tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    found = np.zeros(columns.shape)

    def one(group: int) -> None:
        found[:, group] = _group(columns[:, group], weight[group], effects.mask[group], effects.fixed[group])

    groups = columns.shape[1]
    with ThreadPoolExecutor(min(cpu_count() or 1, 8, max(groups, 1))) as pool:
        list(pool.map(one, range(groups)))
    return found


def _group(columns: Array, weight: Array, mask: Mask, fixed: NDArray[np.int64]) -> Array:
    """Solve for the effects of destinations, those of origins following from them."""
    of_row, of_column = weight.sum(axis=1), weight.sum(axis=0)
    inverse = np.divide(1.0, of_row, out=np.zeros_like(of_row), where=of_row > 0)
    scaled = inverse[:, None] * weight
    weighted = columns * weight
    rows, right = weighted.sum(axis=2), weighted.sum(axis=1)
    right = right - rows @ scaled
    system = np.diag(of_column) - weight.T @ scaled
    system[fixed, :] = system[:, fixed] = 0.0
    system[fixed, fixed] = 1.0
    right[:, fixed] = 0.0
    try:
        of_destination = scipy.linalg.solve(system, right.T, assume_a="pos").T
    except (np.linalg.LinAlgError, scipy.linalg.LinAlgWarning):
        of_destination = np.linalg.lstsq(system, right.T, rcond=None)[0].T
    of_origin = rows * inverse - of_destination @ scaled.T
    return np.where(mask, columns - of_origin[:, :, None] - of_destination[:, None, :], 0.0)
