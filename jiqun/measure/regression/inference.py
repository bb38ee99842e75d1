"""What estimates say beyond their values: errors that hang together in clusters, intervals, and a test of equality."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, stdtr, stdtrit

__all__ = ["by_cluster", "covariance_of", "equality", "two_sided"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


def by_cluster(influence: Array, cluster: Codes, count: int) -> Array:
    """Sum what each row contributes to the estimates over the rows of each cluster.

    Parameters
    ----------
    influence
        Shape (terms, rows).
    cluster
        Codes from 0, shape (rows,).
    count
        Number of clusters.

    Returns
    -------
    ndarray
        Shape (terms, clusters).

    Examples
    --------
    >>> by_cluster(np.array([[1.0, 2.0, 5.0]]), np.array([0, 0, 1]), 2).tolist()
    [[3.0, 5.0]]
    """
    if not len(influence):
        return np.zeros((0, count))
    return np.stack([np.bincount(cluster, row, count) for row in influence])


def covariance_of(totals: Array) -> Array:
    r"""Give the covariance of estimates from the contributions of clusters: :math:`\frac{C}{C-1} \sum_c u_c u_c'`.

    Parameters
    ----------
    totals
        Contributions of the clusters, shape (terms, clusters).

    Returns
    -------
    ndarray
        Shape (terms, terms); NaN with fewer than two clusters.

    References
    ----------
    Liang, K.-Y. & Zeger, S. (1986), Longitudinal data analysis using generalized linear models. Biometrika 73, 13–22.
    doi:10.1093/biomet/73.1.13

    Examples
    --------
    >>> covariance_of(np.array([[1.0, -1.0]])).tolist()
    [[4.0]]
    """
    terms, count = totals.shape
    if count < 2:
        return np.full((terms, terms), np.nan)
    return np.asarray(totals @ totals.T * (count / (count - 1)))


def two_sided(value: Array, error: Array, freedom: int, level: float) -> tuple[Array, Array, Array]:
    """Give the intervals of estimates and their two-sided probabilities, by Student's t.

    Parameters
    ----------
    value, error
        Estimates and their standard errors, of one shape.
    freedom
        Degrees of freedom.
    level
        Coverage of the intervals.

    Returns
    -------
    low, high, p
        NaN where a value is not known, an error is not positive, or there are no degrees of freedom.

    Examples
    --------
    >>> [round(float(x), 4) for x in two_sided(np.array(1.0), np.array(0.5), 1000, 0.95)]
    [0.0188, 1.9812, 0.0458]
    """
    known = np.isfinite(value) & (np.nan_to_num(error) > 0) & (freedom >= 1)
    value, error = np.where(known, value, np.nan), np.where(known, error, np.nan)
    reach = (stdtrit(float(freedom), 0.5 + level / 2.0) if freedom >= 1 else np.nan) * error
    return value - reach, value + reach, np.asarray(2.0 * stdtr(float(max(freedom, 1)), -np.abs(value / error)))


def equality(values: Array, matrix: Array, freedom: int) -> tuple[float, float]:
    """Test that values are all the same: Wald's statistic divided by its degrees of freedom, and its probability by F.

    Parameters
    ----------
    values
        Estimates, shape (n,).
    matrix
        Their covariance.
    freedom
        Degrees of freedom of the covariance.

    Examples
    --------
    >>> statistic, p = equality(np.array([1.0, 3.0]), np.eye(2), 1000)
    >>> round(statistic, 6), round(p, 3)
    (2.0, 0.158)
    """
    known = np.isfinite(values) & (np.diag(matrix) > 0)
    n = int(known.sum())
    if n < 2 or freedom < 1:
        return np.nan, np.nan
    contrast = np.eye(n - 1, n, 1) - np.eye(n - 1, n)
    apart = contrast @ values[known]
    spread = contrast @ matrix[np.ix_(known, known)] @ contrast.T
    if np.linalg.matrix_rank(spread) < n - 1:
        return np.nan, np.nan
    statistic = float(apart @ np.linalg.solve(spread, apart)) / (n - 1)
    return statistic, float(fdtrc(n - 1, freedom, statistic))
