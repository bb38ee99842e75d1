"""Standardisation: indicators of any unit on one scale, more always better."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array

__all__ = ["Outside", "Over", "Standard", "standardise"]

Standard = Literal["min_max", "z"]
Over = Literal["panel", "period", "base"]
Outside = Literal["keep", "clip", "absolute"]


def standardise(
    values: Array,
    *,
    signs: Sequence[str],
    targets: Sequence[float | None] | None = None,
    method: Standard = "min_max",
    over: Over = "panel",
    base: int = 0,
    outside: Outside = "keep",
    multiply: float = 1.0,
    shift: float = 0.0,
) -> Array:
    r"""Put indicators on one scale on which more is better.

    Min–max: :math:`z=m\,(x-\min x)/(\max x-\min x)+c` for a positive indicator and
    :math:`z=m\,(\max x-x)/(\max x-\min x)+c` for a negative one; z-score: :math:`z=m\,(x-\bar x)/s+c`, negative
    indicators turned round, :math:`s` with divisor :math:`n`. A moderate indicator (适度指标) is first turned
    into :math:`-|x-x^*|`. The minimum and maximum (mean and deviation) are those of the whole panel, of each
    period, or of a base period.

    Parameters
    ----------
    values
        Shape (periods, places, indicators); NaN where missing, and it stays so.
    signs
        ``"+"``, ``"-"`` or ``"target"`` of each indicator.
    targets
        The value aimed at, for those whose sign is ``"target"``.
    method
        ``"min_max"`` or ``"z"``.
    over
        ``"panel"``: all periods together, so that periods compare; ``"period"``: each by itself, so that only places
        compare; ``"base"``: by the range of one period.
    base
        Position of the base period.
    outside
        What becomes of values outside the range of the base period: kept (below 0 or above m), clipped, or
        taken without their sign, as some authors do.
    multiply
        m, such as 1, 10 or 100.
    shift
        c, added to every value: the usual way out of zeros under a logarithm.

    Returns
    -------
    numpy.ndarray
        Shape (periods, places, indicators). NaN also for an indicator that does not vary where it is compared.

    Raises
    ------
    JiqunError
        If a sign is not one of the three, or the base period does not exist.

    References
    ----------
    OECD & JRC (2008), Handbook on Constructing Composite Indicators. doi:10.1787/9789264043466-en

    Examples
    --------
    >>> x = np.array([[[1.0, 1.0], [3.0, 3.0]], [[2.0, 2.0], [5.0, 5.0]]])
    >>> standardise(x, signs=["+", "-"])[..., 0].tolist(), standardise(x, signs=["+", "-"])[..., 1].tolist()
    ([[0.0, 0.5], [0.25, 1.0]], [[1.0, 0.5], [0.75, 0.0]])
    >>> standardise(x, signs=["+", "-"], over="base", outside="clip")[1].tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    directed = _directed(values, signs, targets)
    if over == "base" and not 0 <= base < len(values):
        raise JiqunError(
            f"standardise: the base period is number {base} of {len(values)}; give one from 0 to {len(values) - 1}.",
            f"standardise：基期序号为 {base}，而共有 {len(values)} 期；请取 0 到 {len(values) - 1}。",
        )
    within = directed[base : base + 1] if over == "base" else directed
    axes = (1,) if over == "period" else (0, 1)
    low, span = _scale(within, axes, method)
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.where(span > 0, (directed - low) / span, np.nan)
    if over == "base" and outside == "clip" and method == "min_max":
        scaled = np.clip(scaled, 0.0, 1.0)
    elif over == "base" and outside == "absolute":
        scaled = np.abs(scaled)
    made: Array = multiply * scaled + shift
    return made


def _directed(values: Array, signs: Sequence[str], targets: Sequence[float | None] | None) -> Array:
    if len(signs) != values.shape[2] or not set(signs) <= {"+", "-", "target"}:
        raise JiqunError(
            f"standardise needs a sign, +, - or target, for each of the {values.shape[2]} indicators; "
            f"it was given {list(signs)}.",
            f"standardise 要求为 {values.shape[2]} 个指标各给一个方向（+、- 或 target）；所给为 {list(signs)}。",
        )
    directed = values.copy()
    for k, sign in enumerate(signs):
        if sign == "-":
            directed[:, :, k] = -values[:, :, k]
        elif sign == "target":
            aim = targets[k] if targets is not None else None
            if aim is None:
                raise JiqunError(
                    f"standardise: indicator {k} has sign target but no target value. Give one.",
                    f"standardise：第 {k} 个指标方向为 target，却没有目标值。请补充。",
                )
            directed[:, :, k] = -np.abs(values[:, :, k] - aim)
    return directed


def _scale(within: Array, axes: tuple[int, ...], method: Standard) -> tuple[Array, Array]:
    """Origin and unit of each indicator, kept broadcastable; the unit is 0 where nothing varies."""
    known = np.isfinite(within)
    low = np.min(within, axis=axes, keepdims=True, where=known, initial=np.inf)
    high = np.max(within, axis=axes, keepdims=True, where=known, initial=-np.inf)
    varies = high > low
    if method == "min_max":
        return np.where(varies, low, 0.0), np.where(varies, high - np.where(varies, low, 0.0), 0.0)
    count = np.maximum(known.sum(axis=axes, keepdims=True), 1)
    mean = np.sum(within, axis=axes, keepdims=True, where=known) / count
    spread = np.sqrt(np.sum((within - mean) ** 2, axis=axes, keepdims=True, where=known) / count)
    return mean, np.where(varies, spread, 0.0)
