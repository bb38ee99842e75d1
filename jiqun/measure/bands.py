"""Bands of curves under a null: local at each distance, global over all of them, and their probabilities.

Arrays in, arrays out: ``simulations`` has shape (simulations, distances). A column that is NaN in every
simulation (a curve that is not defined there) stays NaN and takes no part; single NaN values are never extreme.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

__all__ = ["GlobalMethod", "global_band", "local_band", "p_global", "p_pointwise"]

Array = NDArray[np.float64]
Band = tuple[Array, Array]

GlobalMethod = Annotated[
    Literal["calibrated", "levels", "strip"],
    Field(
        description="calibrated: local quantiles of one common level, such that a new curve leaves with the "
        "probability named; levels: such that this share of the simulations leaves (Duranton & Overman 2005); "
        "strip: rounds of dropping all that are extreme somewhere (Marcon & Puech 2010, package dbmss)."
    ),
]


def local_band(simulations: Array, level: float) -> Band:
    """Give the band that holds a share ``level`` of the simulations at each distance by itself.

    Parameters
    ----------
    simulations
        Curves under the null, shape (simulations, distances).
    level
        Coverage, between 0 and 1.

    Returns
    -------
    low, high
        Quantiles (1 − level)/2 and (1 + level)/2, linear between order statistics, each (distances,).

    Examples
    --------
    >>> local_band(np.arange(101.0)[:, None], 0.9)
    (array([5.]), array([95.]))
    """
    curves, defined = _defined(simulations)
    low, high = np.full((2, defined.size), np.nan)
    tail = (1.0 - level) / 2.0
    if defined.any():
        low[defined], high[defined] = np.nanquantile(curves, [tail, 1.0 - tail], axis=0)
    return low, high


def global_band(
    simulations: Array, level: float, *, method: Literal["calibrated", "levels", "strip"] = "calibrated"
) -> Band:
    """Give the band that a share ``1 − level`` of the simulations leaves anywhere.

    Parameters
    ----------
    simulations
        Curves under the null, shape (simulations, distances).
    level
        Coverage, between 0 and 1.
    method
        ``"levels"``: quantiles of one local level, linear between order statistics, such that a share
        ``1 − level`` of the simulations leaves them somewhere.
        ``"calibrated"``: the same, one order statistic further out, so that a curve that was *not* used to make
        the band leaves it with probability 1 − level. A simulation that is the c-th smallest of n lies on
        the c-th order statistic; a new curve there lies beyond it. Leaving out each simulation in turn
        shows that the difference is one rank, which matters where the band is made of the few outermost curves.
        With too few simulations this is the hull of all of them, and the level is not reached.
        ``"strip"``: in rounds, drop each simulation that is smallest or largest somewhere, until at most the
        share ``level`` is left, and move towards the hull before by (wanted − left)/simulations, as package dbmss.
        A round drops many: with few simulations the band is narrower than it says.

    Returns
    -------
    low, high
        Each (distances,).

    References
    ----------
    Marcon, E. & Puech, F. (2010), Measures of the geographic concentration of industries: improving
    distance-based methods. doi:10.1093/jeg/lbp056
    Duranton, G. & Overman, H. (2005), Testing for localization using micro-geographic data.
    doi:10.1111/0034-6527.00362

    Examples
    --------
    Of twenty flat curves, the lowest and the highest leave a band of 90 %.

    >>> flat = np.repeat(np.arange(20.0)[:, None], 3, axis=1)
    >>> global_band(flat, 0.9, method="levels")
    (array([1., 1., 1.]), array([18., 18., 18.]))
    """
    curves, defined = _defined(simulations)
    low, high = np.full((2, defined.size), np.nan)
    if defined.any():
        if method == "strip":
            low[defined], high[defined] = _by_stripping(curves, level)
        else:
            low[defined], high[defined] = _by_levels(curves, level, out=1.0 if method == "calibrated" else 0.0)
    return low, high


def p_pointwise(observed: Array, simulations: Array) -> Array:
    """Give the two-sided Monte-Carlo probability at each distance, shape (distances,).

    ``p = min(1, 2 (1 + min(#{s ≤ o}, #{s ≥ o})) / (simulations + 1))``; NaN where the curve is not defined.

    Examples
    --------
    >>> p_pointwise(np.array([-1.0]), np.arange(19.0)[:, None])
    array([0.1])
    """
    defined = np.isfinite(simulations)
    below = (simulations <= observed).sum(axis=0)
    above = (simulations >= observed).sum(axis=0)
    count = defined.sum(axis=0)
    p = np.minimum(1.0, 2.0 * (1.0 + np.minimum(below, above)) / (count + 1.0))
    return np.where(np.isfinite(observed) & (count > 0), p, np.nan)


def p_global(observed: Array, simulations: Array) -> float:
    """Give the Monte-Carlo probability of a curve as extreme as the observed one at any distance.

    The share, among the simulations and the observed curve, of those whose extreme rank length is at most that
    of the observed one: ``p = (1 + #{as extreme}) / (simulations + 1)``. NaN where nothing is defined.

    References
    ----------
    Myllymäki, M. et al. (2017), Global envelope tests for spatial processes. doi:10.1111/rssb.12172

    Examples
    --------
    >>> p_global(np.array([9.0, -9.0]), np.random.default_rng(1).normal(size=(99, 2)))
    0.01
    """
    curves, defined = _defined(simulations)
    here = np.asarray(observed, dtype=np.float64)[defined]
    if not np.isfinite(here).any():
        return float("nan")
    length = _extreme_rank_length(np.vstack([here, curves]))
    return float((length <= length[0]).mean())


def _defined(simulations: Array) -> tuple[Array, NDArray[np.bool_]]:
    curves = np.asarray(simulations, dtype=np.float64)
    defined = np.asarray(np.isfinite(curves).any(axis=0), dtype=np.bool_)
    return np.ascontiguousarray(curves[:, defined]), defined


def _ranks(curves: Array) -> Array:
    """Rank from the nearer end at each distance, 1 the most extreme; ties take their mean, NaN is never extreme."""
    count = np.isfinite(curves).sum(axis=0)
    rank = np.full(curves.shape, np.inf)
    for column, here in enumerate(curves.T):
        known = np.isfinite(here)
        _, inverse, times = np.unique(here[known], return_inverse=True, return_counts=True)
        mean = np.cumsum(times) - (times - 1) / 2.0
        rank[known, column] = mean[inverse]
    return np.where(np.isfinite(rank), np.minimum(rank, count + 1 - rank), np.inf)


def _extreme_rank_length(curves: Array) -> NDArray[np.int64]:
    """Place of each curve in the lexicographic order of its sorted ranks, 0 the most extreme; equal ones share it."""
    ordered = np.sort(_ranks(curves), axis=1)
    _, place = np.unique(ordered, axis=0, return_inverse=True)
    return np.asarray(place, dtype=np.int64).reshape(-1)


def _by_stripping(curves: Array, level: float) -> Band:
    wanted = level * len(curves)
    kept = curves
    low, high = np.nanmin(kept, axis=0), np.nanmax(kept, axis=0)
    before = low, high
    while len(kept) > wanted + 1e-9:
        before = low, high
        lowest, highest = np.nanargmin(kept, axis=0), np.nanargmax(kept, axis=0)
        left = np.delete(kept, np.union1d(lowest, highest), axis=0)
        if len(left) == 0 or not np.isfinite(left).any(axis=0).all():
            break
        kept = left
        low, high = np.nanmin(kept, axis=0), np.nanmax(kept, axis=0)
    part = max(wanted - len(kept), 0.0) / len(curves)
    return low + (before[0] - low) * part, high + (before[1] - high) * part


def _by_levels(curves: Array, level: float, out: float) -> Band:
    ordered = np.sort(curves, axis=0)
    count = np.isfinite(curves).sum(axis=0)

    def band(rank: float) -> Band:
        last = count - 1
        return _at(ordered, np.minimum(rank, last)), _at(ordered, np.maximum(last - rank, 0.0))

    def inside(rank: float) -> float:
        low, high = band(rank)
        return float((~((curves < low) | (curves > high)).any(axis=1)).mean())

    narrow, wide = (len(curves) - 1) / 2.0, 0.0
    for _ in range(60):
        middle = (narrow + wide) / 2.0
        narrow, wide = (narrow, middle) if inside(middle) >= level - 1e-12 else (middle, wide)
    return band(max(wide - out, 0.0))


def _at(ordered: Array, rank: Array) -> Array:
    """Order statistic of a fractional rank in each column."""
    low = np.floor(rank).astype(np.int64)
    high = np.minimum(low + 1, len(ordered) - 1)
    column = np.arange(ordered.shape[1])
    below, above = ordered[low, column], ordered[high, column]
    return np.where(rank == low, below, below + (rank - low) * (above - below))
