"""Effects of origins and destinations taken out of cells by weighted least squares, exactly, group by group."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

__all__ = ["Effects", "effects_of", "leverage", "without_effects"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Group:
    """Origins and destinations of one group that have cells in use."""

    rows: Codes
    columns: Codes
    pinned: Codes
    """Of the smaller side, one of each connected part: its effect is set to nought."""

    @property
    def turned(self) -> bool:
        """Whether origins are the smaller side, for which effects are solved."""
        return len(self.rows) < len(self.columns)


@dataclass(frozen=True, slots=True)
class Effects:
    """Which effects the cells in use have."""

    mask: Mask
    """Cells in use, shape (groups, origins, destinations)."""
    groups: tuple[_Group, ...]
    parameters: int
    """Effects that are free: within a connected part they are known up to a constant."""


def effects_of(mask: Mask) -> Effects:
    """Find the connected parts of each group.

    Parameters
    ----------
    mask
        Cells in use, shape (groups, origins, destinations).

    Examples
    --------
    >>> effects_of(np.ones((1, 2, 3), dtype=bool)).parameters, effects_of(np.eye(2, dtype=bool)[None]).parameters
    (4, 2)
    """
    groups, free = [], 0
    for cells in mask:
        rows, columns = np.flatnonzero(cells.any(axis=1)), np.flatnonzero(cells.any(axis=0))
        few = cells[np.ix_(rows, columns)]
        if len(rows) < len(columns):
            few = few.T
        i, j = np.nonzero(few)
        graph = sp.coo_array((np.ones(len(i)), (i, len(few) + j)), shape=(sum(few.shape), sum(few.shape)))
        part = connected_components(graph, directed=False)[1] if len(i) else np.zeros(0, dtype=np.int32)
        pinned = np.unique(part[len(few) :], return_index=True)[1].astype(np.int64)
        groups.append(_Group(rows, columns, pinned))
        free += len(rows) + len(columns) - len(pinned)
    return Effects(mask, tuple(groups), free)


def without_effects(weight: Array, effects: Effects) -> Callable[[Array], Array]:
    """Give the function that takes effects of origins and destinations out of columns of cells.

    Parameters
    ----------
    weight
        Weights ≥ 0 of the cells, shape (groups, origins, destinations).
    effects
        As :func:`effects_of` gives them for the cells in use.

    Returns
    -------
    callable
        Of columns, shape (columns, groups, origins, destinations), gives the residuals of their weighted regressions
        on the effects, of the same shape; nought where a cell is not in use.

    Examples
    --------
    >>> cells = np.array([[[[1.0, 2.0], [3.0, 5.0]]]])
    >>> without_effects(np.ones((1, 2, 2)), effects_of(np.ones((1, 2, 2), dtype=bool)))(cells)[0, 0].tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    workers = min(cpu_count() or 1, 8, max(len(weight), 1))
    with ThreadPoolExecutor(workers) as pool:
        solvers = list(pool.map(_solver, weight, effects.mask, effects.groups))

    def take(columns: Array) -> Array:
        found = np.zeros(columns.shape)

        def one(position: int) -> None:
            group = effects.groups[position]
            inside = np.ix_(np.arange(len(columns)), group.rows, group.columns)
            found[:, position][inside] = solvers[position](columns[:, position][inside])

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(one, range(columns.shape[1])))
        return found

    return take


def leverage(weight: Array, effects: Effects) -> Array:
    """Give how much of each cell's own value the effects of origins and destinations take up.

    Parameters
    ----------
    weight
        Weights ≥ 0 of the cells, shape (groups, origins, destinations).
    effects
        As :func:`effects_of` gives them for the cells in use.

    Returns
    -------
    ndarray
        Diagonal of the matrix that projects on the effects, of the shape of ``weight``; its sum is the number of
        parameters.

    Examples
    --------
    >>> leverage(np.ones((1, 2, 2)), effects_of(np.ones((1, 2, 2), dtype=bool))).tolist()
    [[[0.75, 0.75], [0.75, 0.75]]]
    """
    found = np.zeros(weight.shape)
    for position, group in enumerate(effects.groups):
        parts = _parts(weight[position], effects.mask[position], group)
        inner = parts.solve(np.eye(len(parts.weight.T)))
        inner[group.pinned] = inner[:, group.pinned] = 0.0
        crossed = parts.scaled @ inner
        own = parts.inverse + (crossed * parts.scaled).sum(axis=1)
        made = parts.weight * (own[:, None] - 2.0 * crossed + np.diag(inner))
        found[position][np.ix_(group.rows, group.columns)] = made.T if group.turned else made
    return found


@dataclass(frozen=True, slots=True)
class _Parts:
    """The equations of the effects of a group, those of the larger side solved for: rows the larger side."""

    used: Mask
    weight: Array
    inverse: Array
    """One over the sum of weights of each row."""
    scaled: Array
    """Weights divided by the sum of their row."""
    solve: Callable[[Array], Array]
    """Effects of the columns from their right-hand sides."""


def _parts(weight: Array, mask: Mask, group: _Group) -> _Parts:
    inside = np.ix_(group.rows, group.columns)
    used, w = mask[inside], np.where(mask[inside], weight[inside], 0.0)
    if group.turned:
        used, w = used.T, w.T
    of_row = w.sum(axis=1)
    inverse = np.divide(1.0, of_row, out=np.zeros_like(of_row), where=of_row > 0)
    scaled = inverse[:, None] * w
    system = np.diag(w.sum(axis=0)) - w.T @ scaled
    fixed = group.pinned
    system[fixed, :] = system[:, fixed] = 0.0
    system[fixed, fixed] = 1.0
    return _Parts(used, w, inverse, scaled, _factored(system))


def _solver(weight: Array, mask: Mask, group: _Group) -> Callable[[Array], Array]:
    """Solve for the effects of the smaller side, those of the larger following from them."""
    parts = _parts(weight, mask, group)

    def take(columns: Array) -> Array:
        if group.turned:
            columns = columns.transpose(0, 2, 1)
        weighted = columns * parts.weight
        rows, right = weighted.sum(axis=2), weighted.sum(axis=1)
        right = right - rows @ parts.scaled
        right[:, group.pinned] = 0.0
        smaller = parts.solve(right.T).T
        larger = rows * parts.inverse - smaller @ parts.scaled.T
        left = np.where(parts.used, columns - larger[:, :, None] - smaller[:, None, :], 0.0)
        return left.transpose(0, 2, 1) if group.turned else left

    return take


def _factored(system: Array) -> Callable[[Array], Array]:
    """Give the solution of a system by Cholesky; where weights are too unequal for that, by its pseudo-inverse."""
    scale = np.sqrt(np.maximum(np.diag(system), 1e-300))
    scaled = system / scale[:, None] / scale
    try:
        factor: Any = scipy.linalg.cho_factor(scaled, check_finite=False)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(scaled, rcond=1e-14, hermitian=True)
        return lambda right: np.asarray(inverse @ (right / scale[:, None]) / scale[:, None])
    return lambda right: np.asarray(
        scipy.linalg.cho_solve(factor, right / scale[:, None], check_finite=False) / scale[:, None]
    )
