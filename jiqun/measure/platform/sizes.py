"""How unequal the participants of a platform are: Gini, top shares, and the exponent of the upper tail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, norm

__all__ = ["gini", "hill", "tail_length", "top_share", "zipf"]

Array = NDArray[np.float64]

LEAST_COUNT = 6
"""Least count at which the tail of a distribution of counts may begin."""


def gini(sizes: Array) -> float:
    """Gini coefficient of sizes.

    ``G = Σ_i Σ_j |x_i − x_j| / (2 n² mean(x))``: 0 all equal, ``1 − 1/n`` one has all.

    Parameters
    ----------
    sizes
        Sizes ≥ 0, shape (participants,).

    Returns
    -------
    float
        NaN without a participant or where all sizes are 0.

    References
    ----------
    Dorfman, R. (1979), A formula for the Gini coefficient. doi:10.2307/1924845

    Examples
    --------
    >>> gini(np.array([1.0, 3.0])), gini(np.array([2.0, 2.0]))
    (0.25, 0.0)
    """
    ordered = np.sort(np.asarray(sizes, dtype=np.float64))
    n, total = ordered.size, ordered.sum()
    if n == 0 or total <= 0:
        return float("nan")
    ranks = np.arange(1, n + 1)
    return float((2.0 * (ranks * ordered).sum() / total - (n + 1)) / n)


def top_share(sizes: Array, *, top: float = 0.1) -> float:
    """Share of the total that the largest hold.

    Parameters
    ----------
    sizes
        Sizes ≥ 0, shape (participants,).
    top
        Which part of the participants counts as the largest, in (0, 1]; a participant at the edge counts in part, so
        that the share does not jump with the number of participants.

    Returns
    -------
    float
        NaN without a participant or where all sizes are 0.

    Examples
    --------
    >>> top_share(np.array([1.0, 1.0, 2.0, 6.0]), top=0.25), top_share(np.ones(10), top=0.25)
    (0.6, 0.25)
    """
    ordered = np.sort(np.asarray(sizes, dtype=np.float64))[::-1]
    total = ordered.sum()
    if ordered.size == 0 or total <= 0:
        return float("nan")
    wanted = top * ordered.size
    whole = int(np.floor(wanted + 1e-9))
    part = max(wanted - whole, 0.0)
    held = ordered[:whole].sum() + (part * ordered[whole] if whole < ordered.size else 0.0)
    return float(held / total)


def tail_length(n: int, *, tail: float = 0.1, least: int = 10) -> int:
    """How many of ``n`` participants make the upper tail: a share of them, or 0 where that is fewer than ``least``.

    >>> tail_length(1000), tail_length(50)
    (100, 0)
    """
    k = int(tail * n)
    return k if k >= least and k < n else 0


def _tail(sizes: Array, tail: float) -> tuple[Array, int]:
    """Positive sizes from the largest on, and the length of their tail; 0 where it tells nothing."""
    positive = np.sort(np.asarray(sizes, dtype=np.float64))
    positive = positive[positive > 0][::-1]
    k = tail_length(positive.size, tail=tail)
    counts = k > 0 and positive[k] < LEAST_COUNT and bool((positive == np.floor(positive)).all())
    return positive, 0 if counts else k


def hill(sizes: Array, *, tail: float = 0.1, level: float = 0.95) -> tuple[float, float, float]:
    """Exponent of the upper tail by Hill's estimator, with its interval.

    ``α = k / Σ_{i≤k} ln(x_(i) / x_(k+1))`` over the ``k`` largest; ``P(X > x) ~ x^−α``. Where the tail is Pareto,
    ``2kα/α̂`` has a χ² distribution with 2k degrees of freedom, which gives the interval exactly.

    Parameters
    ----------
    sizes
        Sizes, shape (participants,); those ≤ 0 are left out.
    tail
        Part of the participants that is the tail; at least ten of them.
    level
        Coverage.

    Returns
    -------
    value, low, high
        NaN with fewer than ten in the tail, where all of it is of one size, or where sizes are counts and the tail
        begins below six: a continuous law does not fit small whole numbers (Clauset et al. 2009).

    References
    ----------
    Hill, B. (1975), A simple general approach to inference about the tail of a distribution.
    doi:10.1214/aos/1176343247
    Clauset, A., Shalizi, C. & Newman, M. (2009), Power-law distributions in empirical data. doi:10.1137/070710111

    Examples
    --------
    >>> x = np.random.default_rng(0).pareto(1.5, 20_000) + 1
    >>> value, low, high = hill(x)
    >>> low < 1.5 < high
    True
    """
    positive, k = _tail(sizes, tail)
    excess = np.log(positive[:k] / positive[k]).sum() if k else 0.0
    if excess <= 0:
        return (float("nan"),) * 3
    value = k / excess
    below, above = (float(chi2.ppf(q, 2 * k)) / (2 * k) for q in ((1 - level) / 2, (1 + level) / 2))
    return float(value), float(value * below), float(value * above)


def zipf(sizes: Array, *, tail: float = 0.1, level: float = 0.95) -> tuple[float, float, float]:
    """Exponent of the upper tail by the regression of ln(rank − ½) on ln size.

    ``ln(rank − ½) = a − α ln x``; taking ½ from the rank removes the leading bias, and the standard error is
    ``α √(2/k)``, not that of least squares.

    Parameters
    ----------
    sizes
        Sizes, shape (participants,); those ≤ 0 are left out.
    tail
        Part of the participants that is the tail; at least ten of them.
    level
        Coverage.

    Returns
    -------
    value, low, high
        NaN with fewer than ten in the tail, where all of it is of one size, or where sizes are counts and the tail
        begins below six: a continuous law does not fit small whole numbers (Clauset et al. 2009).

    References
    ----------
    Gabaix, X. & Ibragimov, R. (2011), Rank − 1/2. doi:10.1198/jbes.2009.06157
    Clauset, A., Shalizi, C. & Newman, M. (2009), Power-law distributions in empirical data. doi:10.1137/070710111

    Examples
    --------
    >>> ranks = np.arange(1, 2001)
    >>> round(zipf((ranks - 0.5) ** -1.0)[0], 6)
    1.0
    """
    positive, k = _tail(sizes, tail)
    if not k:
        return (float("nan"),) * 3
    x, y = np.log(positive[:k]), np.log(np.arange(1, k + 1) - 0.5)
    spread = ((x - x.mean()) ** 2).sum()
    if spread <= 1e-12:
        return (float("nan"),) * 3
    value = -((x - x.mean()) * (y - y.mean())).sum() / spread
    half = norm.ppf((1 + level) / 2) * abs(value) * np.sqrt(2.0 / k)
    return float(value), float(value - half), float(value + half)
