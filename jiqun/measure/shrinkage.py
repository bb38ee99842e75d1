"""Empirical Bayes: ratios of small counts are drawn towards the mean, by as much as chance alone moves them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["gamma_poisson"]

Array = NDArray[np.float64]


def gamma_poisson(observed: Array, expected: Array) -> Array:
    """Posterior means of rates λ where observed counts are Poisson(λ·expected) and λ is gamma, by column.

    Parameters
    ----------
    observed, expected
        Counts, shape (places, industries). A column is a sample of places that share one prior.

    Returns
    -------
    numpy.ndarray
        ``m + A/(A + m/E)·(O/E − m)``, shape (places, industries): the gamma prior with mean ``m = ΣO/ΣE`` and variance
        ``A = max(0, Σ E (O/E − m)²/ΣE − m/Ē)``, by moments. NaN where nothing is expected.

    References
    ----------
    Clayton & Kaldor (1987), Empirical Bayes estimates of age-standardized relative risks. doi:10.2307/2532003

    Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators. doi:10.2307/2347593

    Examples
    --------
    Two rates of 0 and 2 in places where one is expected say nothing; where 100 are, they stay nearly as they are:

    >>> few, many = np.array([[0.0], [2.0]]), np.array([[0.0], [200.0]])
    >>> gamma_poisson(few, np.ones((2, 1))).ravel().tolist()
    [1.0, 1.0]
    >>> gamma_poisson(many, np.full((2, 1), 100.0)).round(2).ravel().tolist()
    [0.01, 1.99]
    """
    there = expected > 0
    known = np.where(there, expected, 0.0)
    counted = np.where(there, observed, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = known.sum(axis=0)
        mean = counted.sum(axis=0) / total
        ratio = np.where(there, observed / expected, np.nan)
        spread = np.where(there, known * (ratio - mean) ** 2, 0.0).sum(axis=0) / total
        variance = np.maximum(spread - mean * there.sum(axis=0) / total, 0.0)
        kept = np.where(variance > 0, variance / (variance + mean / expected), 0.0)
        posterior: Array = mean + kept * (ratio - mean)
    return posterior
