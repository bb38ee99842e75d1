"""Bandwidths for kernels of distance, by the rule of thumb over distances of pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.measure.points import great_circle

__all__ = ["pair_bandwidth", "rule_of_thumb"]

Array = NDArray[np.float64]

PAIRS = 4_000_000
"""Beyond so many pairs, those of evenly spaced points stand for all."""


def rule_of_thumb(distances: Array, count: int | None = None) -> float:
    """Give ``0.9 min(sd, IQR/1.34) N^(−1/5)``, as nrd0 of R.

    Parameters
    ----------
    distances
        Shape (N,), or a sample of them.
    count
        N, where ``distances`` are a sample.

    References
    ----------
    Silverman, B. (1986), Density Estimation for Statistics and Data Analysis, p. 48.

    Examples
    --------
    >>> round(rule_of_thumb(np.arange(1.0, 11.0)), 6)
    1.719286
    """
    if len(distances) == 0:
        return float("nan")
    sd = float(distances.std(ddof=1)) if len(distances) > 1 else 0.0
    low, high = np.quantile(distances, [0.25, 0.75])
    spread = min(sd, float(high - low) / 1.34) or sd or abs(float(distances[0])) or 1.0
    return float(0.9 * spread * (count or len(distances)) ** -0.2)


def pair_bandwidth(case: Array, near: Array | None, *, spherical: bool, longest: float | None = None) -> float:
    """Give the rule of thumb over the distances between cases and the points near them, in km.

    Parameters
    ----------
    case
        Coordinates of the cases, shape (n, 2) or (n, 3).
    near
        Those of the points counted around them, shape (m, 2) or (m, 3); None: the cases themselves, each pair once.
    spherical
        Whether distances are great circles.
    longest
        Leave out longer distances.

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]])
    >>> round(pair_bandwidth(line, None, spherical=False), 6) == round(rule_of_thumb(np.array([1.0, 3.0, 2.0])), 6)
    True
    """
    other = case if near is None else near
    pairs = len(case) * (len(case) - 1) // 2 if near is None else len(case) * len(other)
    every = max(1, int(np.ceil(np.sqrt(len(case) * len(other) / PAIRS))))
    first, second = case[::every], other[::every]
    found = []
    for row, here in enumerate(first):
        beyond = second[row + 1 :] if near is None else second
        chord = np.sqrt(((beyond - here) ** 2).sum(axis=1))
        found.append(great_circle(chord) if spherical else chord)
    distances = np.concatenate(found) if found else np.empty(0)
    seen = len(distances)
    if longest is not None:
        distances = distances[distances <= longest]
    count = round(pairs * len(distances) / seen) if seen else 0
    return rule_of_thumb(distances, max(count, 1))
