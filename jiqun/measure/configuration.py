"""The bipartite configuration model of places and industries: every link by chance, given the margins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError

__all__ = ["link_probabilities"]

Array = NDArray[np.float64]
_TOLERANCE = 1e-11
_STEPS = 500


def link_probabilities(present: NDArray[np.bool_]) -> Array:
    """Fit the bipartite configuration model: the least that can be assumed, given diversity and ubiquity.

    Of all distributions over matrices whose *expected* row and column sums are those observed, the one of
    maximum entropy has independent entries with ``p_ri = x_r y_i / (1 + x_r y_i)``. Rows and columns that are
    empty or full have probabilities 0 or 1 and are set aside first.

    Parameters
    ----------
    present
        Which industries each place has, shape (places, industries).

    Returns
    -------
    numpy.ndarray
        Probability of each link, shape (places, industries); its margins are those of ``present``.

    Raises
    ------
    JiqunError
        If the solution is not reached, which no matrix met so far has caused.

    References
    ----------
    Saracco, F., Di Clemente, R., Gabrielli, A. & Squartini, T. (2015), Randomizing bipartite networks: the case
    of the World Trade Web. doi:10.1038/srep10595
    Vallarano, N. et al. (2021), Fast and scalable likelihood maximization for exponential random graph models
    with local constraints. doi:10.1038/s41598-021-93830-4

    Examples
    --------
    Two places with one of two industries each:

    >>> link_probabilities(np.eye(2, dtype=bool)).round(9).tolist()
    [[0.5, 0.5], [0.5, 0.5]]

    A place that has everything has it for certain:

    >>> link_probabilities(np.array([[True, True], [True, False]])).tolist()
    [[1.0, 1.0], [1.0, 0.0]]
    """
    found = np.zeros(present.shape)
    rows, columns = np.arange(present.shape[0]), np.arange(present.shape[1])
    while rows.size and columns.size:
        inner = present[np.ix_(rows, columns)]
        k, d = inner.sum(axis=1), inner.sum(axis=0)
        found[np.ix_(rows[k == columns.size], columns)] = 1.0
        found[np.ix_(rows, columns[d == rows.size])] = 1.0
        free_rows, free_columns = (k > 0) & (k < columns.size), (d > 0) & (d < rows.size)
        if free_rows.all() and free_columns.all():
            found[np.ix_(rows, columns)] = _classes(k, d)
            break
        rows, columns = rows[free_rows], columns[free_columns]
    return found


def _classes(k: NDArray[np.int64], d: NDArray[np.int64]) -> Array:
    """Solve for one row and one column of each degree: equal degrees have equal probabilities."""
    rows, row, many_rows = np.unique(k, return_inverse=True, return_counts=True)
    columns, column, many_columns = np.unique(d, return_inverse=True, return_counts=True)
    solved = _solve(
        rows.astype(np.float64),
        columns.astype(np.float64),
        many_rows.astype(np.float64),
        many_columns.astype(np.float64),
    )
    return solved[np.ix_(row, column)]


def _solve(k: Array, d: Array, m: Array, n: Array) -> Array:
    """Newton's method on the concave log-likelihood in θ = ln x and φ = ln y, with step halving.

    The margins of degree classes: ``Σ_b n_b p_ab = k_a`` and ``Σ_a m_a p_ab = d_b``.
    """
    theta = np.log(k / np.sqrt(k @ m))
    phi = np.log(d / np.sqrt(d @ n))
    best = _likelihood(theta, phi, k, d, m, n)
    for _ in range(_STEPS):
        p = 1.0 / (1.0 + np.exp(-(theta[:, None] + phi)))
        short = np.concatenate([m * (k - p @ n), n * (d - m @ p)])
        if max(np.abs(k - p @ n).max() / k.max(), np.abs(d - m @ p).max() / d.max()) < _TOLERANCE:
            return p
        v = m[:, None] * p * (1.0 - p) * n
        hessian = np.block([[np.diag(v.sum(axis=1)), v], [v.T, np.diag(v.sum(axis=0))]])
        # θ + c, φ − c are the same model: the smallest step of all that solve is taken
        step = np.linalg.lstsq(hessian, short, rcond=1e-14)[0]
        size = 1.0
        while size > 1e-12:
            there = theta + size * step[: len(k)], phi + size * step[len(k) :]
            reached = _likelihood(*there, k, d, m, n)
            if reached >= best - 1e-13 * abs(best):
                break
            size /= 2.0
        theta, phi, best = *there, reached
    raise JiqunError(
        "bicm: the configuration model did not converge on this matrix of places and industries. "
        "Leave out places or industries with very few or nearly all links.",
        "bicm：该地方 × 行业矩阵上的配置模型未收敛。请剔除联系极少或几乎全满的地方或行业。",
    )


def _likelihood(  # noqa: PLR0917
    theta: Array, phi: Array, k: Array, d: Array, m: Array, n: Array
) -> float:
    free = np.logaddexp(0.0, theta[:, None] + phi)
    return float(m @ (k * theta) + n @ (d * phi) - m @ free @ n)
