"""Coupling coordination: how closely systems move together, and on what level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, Words
from jiqun.measure.evaluation.panel import Array

__all__ = ["COORDINATION", "Coupled", "Coupling", "coupling_coordination", "grade"]

Coupling = Literal["standard", "modified"]

COORDINATION: Mapping[int, Words] = MappingProxyType(
    {
        1: Words("Extreme imbalance", "极度失调"),
        2: Words("Severe imbalance", "严重失调"),
        3: Words("Moderate imbalance", "中度失调"),
        4: Words("Mild imbalance", "轻度失调"),
        5: Words("On the verge of imbalance", "濒临失调"),
        6: Words("Barely coordinated", "勉强协调"),
        7: Words("Primary coordination", "初级协调"),
        8: Words("Intermediate coordination", "中级协调"),
        9: Words("Good coordination", "良好协调"),
        10: Words("High-quality coordination", "优质协调"),
    }
)
"""The ten grades of coordination: [0, 0.1), [0.1, 0.2) … [0.9, 1]."""


@dataclass(frozen=True, slots=True)
class Coupled:
    """Coupling C, development T and coordination D, each of the shape of one system."""

    coupling: Array
    development: Array
    coordination: Array
    grade: NDArray[np.int64]
    """1 to 10; 0 where undefined."""
    behind: NDArray[np.int64]
    """Position of the system that lags most; -1 where undefined or level."""


def coupling_coordination(
    systems: Array, *, formula: Coupling = "standard", shares: Array | None = None, exponent: float | None = None
) -> Coupled:
    r"""Coupling degree C, development T and coordination degree D of two or more systems.

    *standard*:
    :math:`C=\Bigl[\prod_i U_i\Big/\bigl(\tfrac1n\sum_i U_i\bigr)^n\Bigr]^{k}`, with :math:`k=1/n` unless another
    exponent is given. For two systems this is :math:`2\sqrt{U_1U_2}/(U_1+U_2)`.

    *modified* (王淑佳等 2021), which spreads C over [0, 1]:
    :math:`C=\sqrt{\Bigl[1-\frac{\sum_{i>j}|U_i-U_j|}{n(n-1)/2}\Bigr]
    \Bigl[\prod_i\frac{U_i}{\max_j U_j}\Bigr]^{1/(n-1)}}`.

    Both: :math:`T=\sum_i a_i U_i`, :math:`D=\sqrt{C\,T}`.

    Parameters
    ----------
    systems
        Scores U of n systems in [0, 1], shape (n, …).
    formula
        Which C.
    shares
        Contribution :math:`a_i` of each system, summing to 1; None: equal.
    exponent
        k of the standard formula; None: 1/n.

    Returns
    -------
    Coupled
        NaN where a system has no score, or all are zero.

    Raises
    ------
    JiqunError
        If there is one system only, a score lies outside [0, 1], or the shares are wrong.

    References
    ----------
    王淑佳等 (2021), 国内耦合协调度模型的误区及修正. doi:10.31497/zrzyxb.20210319

    Examples
    --------
    >>> u = np.array([[0.8], [0.2]])
    >>> c = coupling_coordination(u)
    >>> c.coupling.round(6).tolist(), c.coordination.round(6).tolist(), COORDINATION[int(c.grade[0])].zh
    ([0.8], [0.632456], '初级协调')
    >>> coupling_coordination(u, formula="modified").coupling.round(6).tolist()
    [0.316228]
    """
    n = len(systems)
    a = np.full(n, 1.0 / max(n, 1)) if shares is None else np.asarray(shares, dtype=np.float64)
    _check(systems, a, exponent)
    most, mean = systems.max(axis=0), systems.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if formula == "standard":
            power = 1.0 / n if exponent is None else exponent
            coupling = np.prod(systems / mean, axis=0) ** power
            coupling = np.minimum(coupling, 1.0)
        else:
            apart = sum(np.abs(systems[i] - systems[j]) for i in range(n) for j in range(i))
            near = 1.0 - apart / (n * (n - 1) / 2.0)
            coupling = np.sqrt(np.maximum(near, 0.0) * np.prod(systems / most, axis=0) ** (1.0 / (n - 1)))
    defined = np.isfinite(systems).all(axis=0) & (most > 0)
    coupling = np.where(defined, coupling, np.nan)
    development = np.where(np.isfinite(systems).all(axis=0), np.tensordot(a, systems, axes=1), np.nan)
    coordination = np.sqrt(coupling * development)
    level = most <= systems.min(axis=0)
    filled = np.where(np.isfinite(systems), systems, np.inf)
    behind = np.where(defined & ~level, filled.argmin(axis=0), -1)
    return Coupled(coupling, development, coordination, grade(coordination), behind)


def grade(coordination: Array) -> NDArray[np.int64]:
    """Grade of coordination, 1 to 10; 0 where undefined.

    A value that is a tenth but for rounding belongs to the grade that begins there.

    >>> grade(np.array([0.0, 0.1, 0.3, 0.7 - 1e-16, 0.95, 1.0, np.nan])).tolist()
    [1, 2, 4, 8, 10, 10, 0]
    """
    known = np.isfinite(coordination)
    tenth = np.floor(np.where(known, coordination, 0.0) * 10.0 + 1e-9).astype(np.int64)
    return np.where(known, np.clip(tenth + 1, 1, 10), 0)


def _check(systems: Array, shares: Array, exponent: float | None) -> None:
    n = len(systems)
    if n < 2:
        raise JiqunError(
            'coupling_coordination needs at least two systems. Name them in the indicator system: couple = ["a", "b"].',
            'coupling_coordination 至少需要两个子系统。请在指标体系中指明：couple = ["a", "b"]。',
        )
    known = systems[np.isfinite(systems)]
    if (known < -1e-12).any() or (known > 1.0 + 1e-12).any():
        raise JiqunError(
            f"coupling_coordination needs scores in [0, 1]; they reach from {known.min():g} to {known.max():g}. "
            "Standardise by min–max over the panel, without shift, and use weights that sum to 1 in each system.",
            f"coupling_coordination 要求得分在 0 与 1 之间；实际为 {known.min():g} 至 {known.max():g}。"
            "请用全面板极差标准化（不平移），且各系统内权重合计为 1。",
        )
    if shares.shape != (n,) or (shares < 0).any() or abs(shares.sum() - 1.0) > 1e-9:
        raise JiqunError(
            f"coupling_coordination needs {n} shares ≥ 0 that sum to 1; it was given {shares.tolist()}.",
            f"coupling_coordination 要求 {n} 个不小于 0 且合计为 1 的贡献系数；所给为 {shares.tolist()}。",
        )
    if exponent is not None and not exponent > 0:
        raise JiqunError(
            f"coupling_coordination: the exponent is {exponent:g}; it must be above 0.",
            f"coupling_coordination：指数为 {exponent:g}；应大于 0。",
        )
