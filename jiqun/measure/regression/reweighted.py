"""Poisson regression by reweighted least squares, whichever way effects are taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Solved", "Within", "identified", "least_squares", "reweighted"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

Within = Callable[[Array], Callable[[Array], Array]]
"""Of weights (rows,) gives the function that takes the effects out of columns (columns, rows)."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A Poisson regression whose deviance no longer falls."""

    beta: Array
    """Shape (terms,)."""
    linear: Array
    """Logarithm of the mean, effects included, shape (rows,)."""
    iterations: int


def identified(inner: Array, x: Array, weight: Array, *, least: float) -> Mask:
    """Say which terms neither the effects nor the terms before them explain.

    Parameters
    ----------
    inner
        What the effects leave of the terms, shape (terms, rows).
    x
        The terms, of the same shape.
    weight
        Shape (rows,).
    least
        Share of a term's own length that must be left of it.

    Returns
    -------
    ndarray
        Shape (terms,).

    Examples
    --------
    >>> x = np.array([[1.0, 2.0], [1.0, 1.0], [2.0, 4.0]])
    >>> identified(x - x.mean(axis=1)[:, None], x, np.ones(2), least=1e-7).tolist()
    [True, False, False]
    """
    found = np.zeros(len(x), dtype=bool)
    root = np.sqrt(weight)
    inner = inner * root
    plain = np.linalg.norm(x * root, axis=1)
    basis = np.zeros((0, inner.shape[1]))
    for position, row in enumerate(inner):
        rest = row - basis.T @ (basis @ row)
        size = np.linalg.norm(rest)
        if plain[position] > 0 and size > least * plain[position]:
            found[position] = True
            basis = np.vstack([basis, rest / size])
    return found


def least_squares(inner: Array, weight: Array) -> tuple[Array, Array]:
    """Regress the last of columns on the others, all with effects taken out.

    Parameters
    ----------
    inner
        Shape (terms + 1, rows).
    weight
        Shape (rows,).

    Returns
    -------
    beta, residual
        Shapes (terms,) and (rows,).

    Examples
    --------
    >>> beta, residual = least_squares(np.array([[-1.0, 1.0], [-2.0, 2.0]]), np.ones(2))
    >>> beta.tolist(), residual.tolist()
    ([2.0], [0.0, 0.0])
    """
    weighted = inner[:-1] * weight
    beta = np.linalg.solve(weighted @ inner[:-1].T, weighted @ inner[-1])
    return beta, inner[-1] - beta @ inner[:-1]


def reweighted(y: Array, x: Array, within: Within, *, tolerance: float = 1e-10, most: int = 200) -> Solved | None:
    r"""Maximise the Poisson likelihood of :math:`E(y)=\exp(x'\beta + \text{effects})`; a step that raises it is halved.

    Parameters
    ----------
    y
        Outcome ≥ 0, shape (rows,), some of it positive in each group of each effect.
    x
        Terms that are identified, shape (terms, rows).
    within
        Takes the effects out.
    tolerance
        Relative change of the deviance at which to stop, twice in a row.
    most
        Steps at most.

    Returns
    -------
    Solved or None
        None where the steps do not converge.

    Examples
    --------
    >>> centred = lambda weight: lambda columns: columns - np.average(columns, axis=1, weights=weight)[:, None]
    >>> made = reweighted(np.array([2.0, 2.0, 6.0, 6.0]), np.array([[0.0, 0.0, 1.0, 1.0]]), centred)
    >>> bool(np.isclose(np.exp(made.beta[0]), 3.0))
    True
    """
    total = float(y.sum())
    linear, before, calm = np.log((y + y.mean()) / 2.0), np.inf, 0
    for iteration in range(1, most + 1):
        mean = np.exp(linear)
        working = linear + (y - mean) / mean
        beta, residual = least_squares(within(mean)(np.vstack([x, working])), mean)
        aimed, step = working - residual, 1.0
        deviance = _deviance(y, aimed)
        while iteration > 1 and not deviance <= before * (1.0 + 1e-9) + 1e-12 * total and step > 1e-4:
            step /= 2.0
            deviance = _deviance(y, linear + step * (aimed - linear))
        linear = linear + step * (aimed - linear)
        calm = calm + 1 if abs(before - deviance) <= tolerance * max(deviance, 1e-4 * total) else 0
        if calm == 2:
            return Solved(beta, linear, iteration)
        before = deviance
    return None


def _deviance(y: Array, linear: Array) -> float:
    linear = np.minimum(linear, 700.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(y > 0, y * (np.log(y) - linear), 0.0) - (y - np.exp(linear))
    return float(2.0 * parts.sum())
