"""Strata of activity: actors that are about equally active, among whom labels may be swapped.

Popular sellers share buyers because they are popular. A null that swaps the industries of actors of the same
activity keeps how popular each industry is; one that swaps all takes popularity for concentration.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["QUANTILES", "activity_strata"]

QUANTILES = 20


def activity_strata(activity: ArrayLike, quantiles: int = QUANTILES) -> NDArray[np.int64]:
    """Cut actors into quantiles of activity; those of the same activity stay together.

    Parameters
    ----------
    activity
        Degree or volume of each actor, shape (actors,).
    quantiles
        How many strata at most.

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
    distinct, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = (np.cumsum(counts) - counts / 2) / len(values)
    bins = np.minimum((middle * quantiles).astype(np.int64), quantiles - 1)
    return np.unique(bins, return_inverse=True)[1].astype(np.int64)[inverse] if len(distinct) else bins
