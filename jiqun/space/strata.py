"""Strata of activity: actors that are about equally popular, among whom labels may be swapped.

Popular sellers share buyers because they are popular. A null that swaps the industries of actors of the same
activity keeps how popular each industry is; one that swaps all takes popularity for concentration.

How active an actor is depends on two things: how popular it is, and where it is. In a community with many buyers or
weak rivals the same seller sells more. To swap labels among actors of the same activity is to compare a popular actor
in a crowded community with an unpopular one in an empty community, and that makes labels depend on communities where
nothing does. What the community gives to all who are in it is therefore taken out before the strata are cut.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["QUANTILES", "activity_strata", "own_activity"]

QUANTILES = 20
"""Strata at least."""
_HELD = 32
"""Actors of a stratum above which there are more strata: coarse ones leave the popular among the less popular."""
_ROUNDS = 500
_LEAST = 10
"""Actors of a community below which nothing is said of what it gives."""


def activity_strata(activity: ArrayLike, quantiles: int | None = None) -> NDArray[np.int64]:
    """Cut actors into quantiles of activity; those of the same activity stay together.

    Parameters
    ----------
    activity
        Degree or volume of each actor, shape (actors,).
    quantiles
        How many strata at most; None is 20, or as many as hold 32 actors each where these are more.

    Returns
    -------
    ndarray
        Stratum of each actor, numbered from the least active without gaps, shape (actors,). Where many actors
        are equally active there are fewer strata.

    Examples
    --------
    >>> activity_strata([5, 1, 1, 1, 9, 9], 3).tolist()
    [1, 0, 0, 0, 2, 2]
    """
    values = np.asarray(activity, dtype=np.float64)
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    if quantiles is None:
        quantiles = max(QUANTILES, len(values) // _HELD)
    distinct, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / len(values)
    bins = np.minimum((middle * quantiles).astype(np.int64), quantiles - 1)
    return np.unique(bins, return_inverse=True)[1].astype(np.int64)[inverse] if len(distinct) else bins


def own_activity(activity: ArrayLike, label: ArrayLike, community: ArrayLike) -> NDArray[np.float64]:
    """Give the activity of each actor without what its community gives to all who are in it.

    ``ln k_i = α(label of i) + β(community of i) + ε_i`` by least squares; what is given is ``ln k_i − β``. The labels
    take part so that an industry that is popular *and* in one place does not make its community look rich; where an
    industry and a community are one and the same, the difference is the industry's. Communities of fewer than
    ten actors say nothing of what they give, and count as one.

    Parameters
    ----------
    activity
        Degree or volume > 0 of each actor, shape (actors,).
    label
        Industry of each actor, negative where unknown, shape (actors,); the unknown count as one industry.
    community
        Community of each actor ≥ 0, shape (actors,).

    Returns
    -------
    ndarray
        In logarithms, rounded to nine digits so that ties stay ties, shape (actors,).

    Examples
    --------
    Everyone in the second community is twice as active:

    >>> where = np.repeat([0, 1], 10)
    >>> own = own_activity(np.tile([1, 3], 10) * (1 + where), np.tile([0, 1], 10), where)
    >>> bool(np.ptp(own[::2]) < 1e-6), bool(np.ptp(own[1::2]) < 1e-6)
    (True, True)
    """
    log = np.log(np.asarray(activity, dtype=np.float64))
    kind = np.unique(np.asarray(label), return_inverse=True)[1].reshape(-1)
    where = np.unique(np.asarray(community), return_inverse=True)[1].reshape(-1)
    large = np.bincount(where) >= _LEAST
    where = np.unique(np.where(large[where], where, -1), return_inverse=True)[1].reshape(-1)
    of_kind, held = np.bincount(kind), np.bincount(where)
    effect = np.zeros(len(held))
    for _ in range(_ROUNDS if len(held) > 1 else 0):
        left = log - (np.bincount(kind, log - effect[where]) / of_kind)[kind]
        better = np.bincount(where, left) / held
        better -= better @ held / len(log)
        change = float(np.abs(better - effect).max())
        effect = better
        if change < 1e-10:
            break
    return np.asarray((log - effect[where]).round(9))
