"""Ranks, and how far an interval lets them move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ranks", "ranks"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranks:
    """Rank 1 is the largest value. All arrays have shape (units,); NaN where there is no value or no interval."""

    rank: Array
    best: Array
    """The rank if only those came before it whose whole interval lies above its own."""
    worst: Array
    """The rank if only those came after it whose whole interval lies below its own."""


def ranks(value: Array, low: Array, high: Array) -> Ranks:
    """Rank values from the largest, with the range of ranks that their intervals leave open.

    A unit surely comes after another only where the other's interval lies wholly above its own. So its best
    rank is one more than the number of those, and its worst rank the number of units less those whose interval
    lies wholly below its own. A unit without an interval is taken at its value when others are compared with
    it, and has no range itself.

    Parameters
    ----------
    value, low, high
        Shape (units,); NaN where unknown.

    Returns
    -------
    Ranks
        Equal values share the smaller rank. With intervals of 95 % for each unit, a range of ranks holds for
        fewer than 95 % of units at once: for all of them together the level of the intervals must be the joint one.

    References
    ----------
    Klein, Wright & Wieczorek (2020), A joint confidence region for an overall ranking of populations,
    Journal of the Royal Statistical Society C 69.

    Examples
    --------
    >>> found = ranks(np.array([5.0, 4.0, 1.0]), np.array([3.0, 2.0, 0.5]), np.array([7.0, 6.0, 1.5]))
    >>> found.rank.tolist(), found.best.tolist(), found.worst.tolist()
    ([1.0, 2.0, 3.0], [1.0, 1.0, 3.0], [2.0, 2.0, 3.0])
    """
    known = np.isfinite(value)
    ranged = known & np.isfinite(low) & np.isfinite(high)
    below = np.where(ranged, low, value)[known]
    above = np.where(ranged, high, value)[known]
    n = int(known.sum())
    rank, best, worst = (np.full(value.shape, np.nan) for _ in range(3))
    rank[known] = 1.0 + n - np.searchsorted(np.sort(value[known]), value[known], side="right")
    best[ranged] = 1.0 + n - np.searchsorted(np.sort(below), high[ranged], side="right")
    worst[ranged] = n - np.searchsorted(np.sort(above), low[ranged], side="left")
    # A percentile interval need not hold its value: the range of ranks always holds the rank.
    return Ranks(rank, np.minimum(best, rank), np.maximum(worst, rank))
