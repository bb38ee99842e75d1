"""Cross-side network effects: whether one side grows where the other was large."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiqun.measure.regression import Fit, regress

__all__ = ["CrossSide", "cross_side"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class CrossSide:
    """``effect`` has the terms ln(other side before) and ln(own side before); ``lead`` adds ln(other side after)."""

    effect: Fit
    lead: Fit


def cross_side(
    growing: Array, other: Array, unit: Codes, period: Codes, cluster: Codes, *, level: float = 0.95
) -> CrossSide:
    """Regress the growth of one side on the size of the other a period before.

    ``Δ ln S_it = γ ln B_i,t−1 + δ ln S_i,t−1 + μ_i + τ_t + ε_it``. The own size is there because who is large by
    chance shrinks again. The placebo adds ``ln B_i,t+1``: the future cannot cause the past, so a coefficient beyond
    chance says that both sides follow something else (or that the other side follows this one), and γ is then no
    evidence of a cross-side effect.

    Parameters
    ----------
    growing, other
        Sizes of the two sides, shape (rows,). A row counts where both sides are positive now and a period before.
    unit, period
        Codes of the unit and of the period, shape (rows,); periods are consecutive whole numbers.
    cluster
        Codes of clusters, shape (rows,).
    level
        Coverage.

    Returns
    -------
    CrossSide
        NaN where too few rows remain.

    Notes
    -----
    With unit effects and few periods δ is biased (Nickell 1981). γ is biased with it as far as the two sides move
    together for reasons of their own; under independence it is not, and the test has its size.

    References
    ----------
    Chu, J. & Manchanda, P. (2016), Quantifying cross and direct network effects in online consumer-to-consumer
    platforms. Marketing Science 35, 870–893.
    Nickell, S. (1981), Biases in dynamic models with fixed effects. doi:10.2307/1911408

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> unit, period = (a.ravel() for a in np.meshgrid(np.arange(40), np.arange(30), indexing="ij"))
    >>> b = np.exp(rng.normal(3, 0.5, (40, 30)))
    >>> s = np.ones((40, 30))
    >>> for t in range(1, 30):
    ...     s[:, t] = s[:, t - 1] ** 0.5 * b[:, t - 1] ** 0.3 * np.exp(rng.normal(0, 0.1, 40))
    >>> made = cross_side(s.ravel(), b.ravel(), unit, period, unit)
    >>> round(float(made.effect.value[0]), 1), bool(made.lead.p[2] > 0.05)
    (0.3, True)
    """
    order = np.lexsort((period, unit))
    rows = _Rows(growing[order], other[order], unit[order], period[order], cluster[order])
    before, after = _neighbour(rows, -1), _neighbour(rows, 1)
    there = (rows.growing > 0) & (rows.other > 0)
    now = there & (before >= 0)
    now[now] &= there[before[now]]
    both = now & (after >= 0)
    both[both] &= rows.other[after[both]] > 0
    effect = _fit(rows, now, [before], level)
    return CrossSide(effect, _fit(rows, both, [before, after], level))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Sizes and codes in the order of units and periods."""

    growing: Array
    other: Array
    unit: Codes
    period: Codes
    cluster: Codes


def _neighbour(rows: _Rows, step: int) -> Codes:
    """Row of the same unit one period before or after, −1 where there is none."""
    found = np.roll(np.arange(len(rows.unit)), -step)
    same = (rows.unit[found] == rows.unit) & (rows.period[found] == rows.period + step)
    return np.where(same, found, -1)


def _fit(rows: _Rows, use: NDArray[np.bool_], steps: list[Codes], level: float) -> Fit:
    before = steps[0][use]
    own = np.log(rows.growing[before])
    terms = [np.log(rows.other[before]), own, *(np.log(rows.other[step[use]]) for step in steps[1:])]
    growth = np.log(rows.growing[use]) - own
    effects = [rows.unit[use], rows.period[use]]
    return regress(growth, np.stack(terms, axis=1), effects, rows.cluster[use], family="linear", level=level)
