"""Obstacles: which indicators hold a place back."""

from __future__ import annotations

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array

__all__ = ["obstacle_degrees"]


def obstacle_degrees(standard: Array, weights: Array) -> Array:
    r"""Share of each indicator in what a place lacks to the ideal.

    .. math:: O_{ijt} = \frac{w_j\,(1-z_{ijt})}{\sum_k w_k\,(1-z_{ikt})}

    where the weight :math:`w_j` is the contribution of the indicator and :math:`1-z` its deviation (障碍度模型). The
    degree of a dimension is the sum over its indicators.

    Parameters
    ----------
    standard
        Values standardised to [0, 1], shape (periods, places, indicators).
    weights
        Shape (indicators,) or (periods, indicators).

    Returns
    -------
    numpy.ndarray
        Shape (periods, places, indicators), summing to 1 over indicators; NaN where a value is missing or the place
        is ideal in everything.

    Raises
    ------
    JiqunError
        If a value lies outside [0, 1].

    Examples
    --------
    >>> obstacle_degrees(np.array([[[0.5, 0.0], [1.0, 1.0]]]), np.array([0.5, 0.5]))[0].round(6).tolist()
    [[0.333333, 0.666667], [nan, nan]]
    """
    known = standard[np.isfinite(standard)]
    if known.size and (known.min() < -1e-12 or known.max() > 1 + 1e-12):
        raise JiqunError(
            f"obstacle_degrees needs values in [0, 1]; they reach from {known.min():g} to {known.max():g}. "
            "Standardise by min–max.",
            f"obstacle_degrees 要求标准化值在 0 与 1 之间；实际为 {known.min():g} 至 {known.max():g}。请用极差标准化。",
        )
    w = weights[:, None, :] if weights.ndim == 2 else weights
    gap = w * np.maximum(1.0 - standard, 0.0)
    total = gap.sum(axis=2, keepdims=True)
    found: Array = np.divide(gap, total, out=np.full_like(standard, np.nan), where=total > 0)
    return found
