"""Scores: from standardised indicators and weights to one number for each place and period."""

from __future__ import annotations

from typing import Literal

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array

__all__ = ["DynamicScores", "Missing", "dynamic_topsis", "grey_relational", "linear_score", "time_weights", "topsis"]

Missing = Literal["null", "reweight"]
DynamicScores = tuple[Array, Array, Array]


def linear_score(standard: Array, weights: Array, *, missing: Missing = "null") -> Array:
    r"""Weighted sum :math:`S_{it}=\sum_j w_j z_{ijt}`.

    Parameters
    ----------
    standard
        Shape (periods, places, indicators).
    weights
        Shape (indicators,), or (periods, indicators) where each period has its own.
    missing
        ``"null"``: no score where an indicator is missing; ``"reweight"``: the weights of those present are scaled
        to the same sum.

    Returns
    -------
    numpy.ndarray
        Shape (periods, places); NaN where undefined.

    Examples
    --------
    >>> linear_score(np.array([[[1.0, 0.5], [np.nan, 1.0]]]), np.array([0.25, 0.75]))[0].tolist()
    [0.625, nan]
    """
    w, z = _prepared(standard, weights, missing)
    found: Array = (w * z).sum(axis=2)
    return found


def topsis(
    standard: Array,
    weights: Array,
    *,
    ideal: Literal["panel", "period"] = "panel",
    distance: Literal["euclidean", "projection"] = "euclidean",
    missing: Missing = "null",
) -> Array:
    r"""Closeness to the ideal: the technique for order preference by similarity to an ideal solution.

    With :math:`v=w z`, :math:`v^+` and :math:`v^-` the best and worst of each indicator,
    :math:`C = d^- / (d^+ + d^-)`, :math:`d^\pm=\lVert v - v^\pm\rVert`. With ``distance="projection"`` the distances
    are measured along the line between the two ideals (the “vertical” distance of improved TOPSIS), so that
    two places on the same side of a circle no longer tie: :math:`C=(v-v^-)\cdot(v^+-v^-)/\lVert v^+-v^-\rVert^2`.

    Parameters
    ----------
    standard
        Shape (periods, places, indicators), more is better.
    weights
        Shape (indicators,) or (periods, indicators).
    ideal
        ``"panel"``: one best and worst for all periods, so that periods compare; ``"period"``: each its own.
    distance
        Euclidean, or along the line of the ideals.
    missing
        As in :func:`linear_score`.

    Returns
    -------
    numpy.ndarray
        Shape (periods, places), in [0, 1]; NaN where a value is missing or best and worst are the same.

    References
    ----------
    Hwang & Yoon (1981), Multiple Attribute Decision Making. doi:10.1007/978-3-642-48318-9

    Examples
    --------
    >>> topsis(np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]]), np.array([0.5, 0.5]))[0].tolist()
    [0.0, 0.5, 1.0]
    """
    w, _ = _prepared(standard, weights, missing)
    known = np.isfinite(standard)
    axes: tuple[int, ...] = (0, 1) if ideal == "panel" else (1,)
    best = np.max(standard, axis=axes, keepdims=True, where=known, initial=-np.inf)
    worst = np.min(standard, axis=axes, keepdims=True, where=known, initial=np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        span = np.where(np.isfinite(best - worst), w * (best - worst), 0.0)
        below = np.where(known & (w > 0), w * (standard - worst), 0.0)
        above = np.where(known & (w > 0), w * (best - standard), 0.0)
        if missing == "reweight":
            span = np.where(known, span, 0.0)
        undefined = ~np.isfinite(w.sum(axis=2))
        if distance == "projection":
            found = (below * span).sum(axis=2) / (span**2).sum(axis=2)
        else:
            low, high = np.sqrt((below**2).sum(axis=2)), np.sqrt((above**2).sum(axis=2))
            found = low / (low + high)
    return np.where(undefined, np.nan, found)


def time_weights(periods: int, degree: float) -> Array:
    r"""Weights of periods with a given time degree and otherwise the largest entropy.

    They maximise :math:`-\sum_k\eta_k\ln\eta_k` under :math:`\sum_k\eta_k=1` and
    :math:`\sum_k\frac{p-k}{p-1}\eta_k=\lambda`; the solution is geometric. :math:`\lambda=0.5` weighs all
    alike, the smaller the more the recent count.

    Parameters
    ----------
    periods
        Number p of periods.
    degree
        Time degree λ, between 0 and 1, both excluded.

    Returns
    -------
    numpy.ndarray
        Shape (periods,), the earliest first, summing to 1.

    References
    ----------
    O'Hagan (1988), Aggregating template or rule antecedents in real-time expert systems with fuzzy set logic.
    The time degree is that of 郭亚军 (动态综合评价).

    Examples
    --------
    >>> time_weights(3, 0.5).round(6).tolist(), time_weights(3, 0.2).round(6).tolist()
    ([0.333333, 0.333333, 0.333333], [0.081867, 0.236267, 0.681867])
    """
    if not 0.0 < degree < 1.0 or periods < 1:
        raise JiqunError(
            f"time_weights needs a degree between 0 and 1 and at least one period; it was given {degree:g}, {periods}.",
            f"time_weights 要求时间度在 0 与 1 之间且至少一期；所给为 {degree:g}、{periods}。",
        )
    if periods == 1 or degree == 0.5:
        return np.full(periods, 1.0 / periods)
    past = np.arange(periods - 1, -1, -1) / (periods - 1)

    def weights(slope: float) -> Array:
        raw = np.exp(slope * past - max(slope, 0.0))
        found: Array = raw / raw.sum()
        return found

    low, high = -1.0, 1.0
    while weights(low) @ past > degree:
        low *= 2.0
    while weights(high) @ past < degree:
        high *= 2.0
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if weights(middle) @ past < degree else (low, middle)
    return weights(0.5 * (low + high))


def dynamic_topsis(standard: Array, weights: Array, *, degree: float = 0.5, missing: Missing = "null") -> DynamicScores:
    """Improved dynamic TOPSIS: fixed ideals, distances along their line, periods weighed by a time degree.

    The name stands for several procedures in the literature; this is the one meant here, so that nothing is
    left open: (1) one ideal and one anti-ideal for the whole panel, so that the closeness of a place moves
    only when the place does; (2) the projection distance of :func:`topsis`; (3) the closeness of all periods is
    summed with :func:`time_weights`, those of a place's missing periods being spread over the others.

    Parameters
    ----------
    standard, weights
        As in :func:`topsis`.
    degree
        Time degree λ of :func:`time_weights`.
    missing
        As in :func:`linear_score`.

    Returns
    -------
    closeness, overall, time
        Shapes (periods, places), (places,) and (periods,).

    Examples
    --------
    >>> z = np.array([[[0.0], [1.0]], [[0.5], [1.0]]])
    >>> [x.tolist() for x in dynamic_topsis(z, np.ones(1))]
    [[[0.0, 1.0], [0.5, 1.0]], [0.25, 1.0], [0.5, 0.5]]
    """
    closeness = topsis(standard, weights, distance="projection", missing=missing)
    time = time_weights(len(standard), degree)
    known = np.isfinite(closeness)
    weight = np.where(known, time[:, None], 0.0)
    total = weight.sum(axis=0)
    summed = np.where(known, closeness * weight, 0.0).sum(axis=0)
    overall = np.divide(summed, total, out=np.full(len(total), np.nan), where=total > 0)
    return closeness, overall, time


def grey_relational(standard: Array, weights: Array, *, resolution: float = 0.5, missing: Missing = "null") -> Array:
    r"""Grey relational grade with the ideal of the panel.

    :math:`\xi_{ijt} = (\Delta_{\min}+\rho\Delta_{\max})/(\Delta_{ijt}+\rho\Delta_{\max})` with
    :math:`\Delta_{ijt}=|z_{ijt}-\max z_j|` and the least and largest over everything; the grade is
    :math:`\sum_j w_j\xi_{ijt}`.

    Parameters
    ----------
    standard, weights
        As in :func:`linear_score`.
    resolution
        ρ, between 0 and 1.
    missing
        As in :func:`linear_score`.

    Returns
    -------
    numpy.ndarray
        Shape (periods, places), in (0, 1]; NaN where undefined.

    References
    ----------
    Deng (1982), Control problems of grey systems. doi:10.1016/S0167-6911(82)80025-X

    Examples
    --------
    >>> grey_relational(np.array([[[0.0], [0.5], [1.0]]]), np.ones(1))[0].round(6).tolist()
    [0.333333, 0.5, 1.0]
    """
    if not 0.0 < resolution <= 1.0:
        raise JiqunError(
            f"grey_relational: resolution is {resolution:g}; give a number above 0 and up to 1.",
            f"grey_relational：分辨系数为 {resolution:g}；应大于 0 且不超过 1。",
        )
    known = np.isfinite(standard)
    if not known.any():
        return np.full(standard.shape[:2], np.nan)
    best = np.max(standard, axis=(0, 1), keepdims=True, where=known, initial=-np.inf)
    gap = np.where(known, best - np.where(known, standard, 0.0), np.nan)
    least, largest = np.nanmin(gap), np.nanmax(gap)
    if not largest > 0:
        return np.full(standard.shape[:2], np.nan)
    return linear_score((least + resolution * largest) / (gap + resolution * largest), weights, missing=missing)


def _prepared(standard: Array, weights: Array, missing: Missing) -> tuple[Array, Array]:
    """Weights for each cell (NaN where the score is undefined) and values without gaps."""
    w = np.broadcast_to(weights[:, None, :] if weights.ndim == 2 else weights, standard.shape)
    if not np.isfinite(weights).all() or (weights < 0).any() or weights.shape[-1] != standard.shape[2]:
        raise JiqunError(
            f"Scores need a weight ≥ 0 for each of the {standard.shape[2]} indicators; they were given {weights!r}.",
            f"综合得分要求 {standard.shape[2]} 个指标各有不小于 0 的权重；所给为 {weights!r}。",
        )
    # an indicator of weight 0 may be missing: it says nothing
    known = np.isfinite(standard) | (w == 0)
    filled = np.where(np.isfinite(standard), standard, 0.0)
    if missing == "reweight":
        present = np.where(known, w, 0.0)
        total = present.sum(axis=2, keepdims=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = np.where(total > 0, present * w.sum(axis=2, keepdims=True) / total, np.nan)
        return scaled, filled
    return np.where(known.all(axis=2, keepdims=True), w, np.nan), filled
