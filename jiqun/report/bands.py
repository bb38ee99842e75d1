"""Intervals by resampling whole units – buyers, firms, places – so that what one unit does stays together."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from jiqun.report.drawing import SEED

__all__ = ["REPLICATES", "quantiles", "ratio_band", "total_band", "weights", "wilson"]

Array = NDArray[np.float64]

REPLICATES = 400
MANY = 20_000
"""Units beyond which the bootstrap distribution of a sum is normal to the eye, and is not drawn but computed."""
_Z = 1.959963984540054


def weights(units: int, *, replicates: int = REPLICATES, seed: int = SEED) -> Array:
    """Draw how often each unit counts in each replicate: independent Poisson(1) numbers.

    Returns
    -------
    ndarray
        Shape (replicates, units).

    References
    ----------
    Hanley, J. & MacGibbon, B. (2006), Creating non-parametric bootstrap samples using Poisson
    frequencies. doi:10.1016/j.cmpb.2006.04.006
    """
    return np.random.default_rng(seed).poisson(1.0, size=(replicates, units)).astype(np.float64)


def quantiles(draws: Array) -> tuple[Array, Array]:
    """Give the 2.5 % and 97.5 % quantiles over replicates, axis 0; NaN where a column has no number."""
    fine = np.isfinite(draws)
    safe = np.where(fine.all(axis=0), draws, 0.0)
    low, high = np.quantile(safe, [0.025, 0.975], axis=0)
    low[~fine.all(axis=0)] = high[~fine.all(axis=0)] = np.nan
    return low, high


def total_band(values: sp.csr_array) -> tuple[Array, Array]:
    """Give 95 % intervals of column sums, resampling rows.

    Under Poisson weights a sum has the variance ``Σ y²``; from ``MANY`` units on this is used directly.

    Parameters
    ----------
    values
        One row for each unit, one column for each total, shape (units, totals).

    Examples
    --------
    >>> low, high = total_band(sp.csr_array(np.ones((100, 1))))
    >>> bool(75 < low[0] < 100 < high[0] < 125)
    True
    """
    if values.shape[0] > MANY:
        total = np.asarray(values.sum(axis=0)).ravel()
        wide = _Z * np.sqrt(np.asarray(values.multiply(values).sum(axis=0)).ravel())
        return total - wide, total + wide
    return quantiles(np.asarray((values.T @ weights(values.shape[0]).T).T))


def ratio_band(top: sp.csr_array, bottom: sp.csr_array) -> tuple[Array, Array]:
    """Give 95 % intervals of ratios of column sums, resampling rows of both together.

    From ``MANY`` units on by linearisation: the variance is ``Σ (t − r b)² / (Σ b)²``.

    Examples
    --------
    >>> one = sp.csr_array(np.ones((50, 1)))
    >>> [float(edge[0]) for edge in ratio_band(one, one)]
    [1.0, 1.0]
    """
    if top.shape[0] > MANY:
        numerator, denominator = (np.asarray(m.sum(axis=0)).ravel() for m in (top, bottom))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = numerator / denominator
            error = top - bottom.multiply(np.nan_to_num(ratio)[None, :]).tocsr()
            wide = _Z * np.sqrt(np.asarray(error.multiply(error).sum(axis=0)).ravel()) / denominator
        return ratio - wide, ratio + wide
    drawn = weights(top.shape[0]).T
    with np.errstate(divide="ignore", invalid="ignore"):
        return quantiles(np.asarray((top.T @ drawn) / (bottom.T @ drawn)).T)


def wilson(hits: Array, of: Array) -> tuple[Array, Array]:
    """Give Wilson's 95 % interval of a share.

    References
    ----------
    Wilson, E. (1927). doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> [round(float(e[0]), 4) for e in wilson(np.array([5.0]), np.array([10.0]))]
    [0.2366, 0.7634]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        share = hits / of
        square = _Z**2 / of
        middle = (share + square / 2) / (1 + square)
        wide = _Z / (1 + square) * np.sqrt(share * (1 - share) / of + square / (4 * of))
    return middle - wide, middle + wide
