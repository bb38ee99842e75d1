"""A global band and its probability that agree exactly, for a table of any number of values."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.measure.bands import _extreme_rank_length

__all__ = ["rank_band"]

Array = NDArray[np.float64]


def rank_band(observed: Array, simulations: Array, level: float) -> tuple[Array, Array, float]:
    """Give the global rank envelope of a table and its probability.

    The observed values and the simulations are ordered together by extreme rank length; the band is the hull
    of all but the share ``1 − level`` that is most extreme. The observed values leave it somewhere exactly when
    p ≤ 1 − level (where that share of the n + 1 is a whole number, and up to ties), so the band rejects as often as
    it says with any number of simulations.

    Parameters
    ----------
    observed
        Values, NaN where undefined, shape (values,).
    simulations
        The same under the null, shape (simulations, values).
    level
        Coverage, between 0 and 1.

    Returns
    -------
    low, high, p
        Band, each (values,), NaN where nothing is defined, and the probability of the whole.

    References
    ----------
    Myllymäki, M. et al. (2017), Global envelope tests for spatial processes. doi:10.1111/rssb.12172

    Examples
    --------
    >>> low, high, p = rank_band(np.array([18.5]), np.arange(19.0)[:, None], 0.9)
    >>> low.tolist(), high.tolist(), p
    ([1.0], [18.0], 0.1)
    """
    low, high = np.full((2, observed.size), np.nan)
    defined = np.isfinite(observed) & np.isfinite(simulations).any(axis=0)
    if not defined.any():
        return low, high, float("nan")
    every = np.vstack([observed[defined], simulations[:, defined]])
    length = _extreme_rank_length(every)
    dropped = int(np.floor((1.0 - level) * len(every) + 1e-9))
    kept = every[length >= np.sort(length)[dropped]]
    low[defined], high[defined] = np.nanmin(kept, axis=0), np.nanmax(kept, axis=0)
    return low, high, float((length <= length[0]).mean())
