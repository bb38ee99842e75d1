"""Differences between regions: Dagum's Gini and Theil, each taken apart into within and between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array

__all__ = ["Dagum", "Theil", "dagum_gini", "theil"]


@dataclass(frozen=True, slots=True)
class Dagum:
    """Dagum's decomposition of the Gini coefficient; ``within + between + transvariation = total``."""

    total: float
    within: float
    between: float
    """Net contribution of the differences between groups."""
    transvariation: float
    """Contribution of the overlap of groups (超变密度)."""
    groups: NDArray[np.int64]
    """Codes of the groups, shape (groups,)."""
    inner: Array
    """Gini within each group, shape (groups,)."""
    pair: Array
    """Gini between groups, shape (groups, groups); on the diagonal the inner ones."""
    affluence: Array
    """Relative economic affluence D of each pair, shape (groups, groups), 0 on the diagonal."""


@dataclass(frozen=True, slots=True)
class Theil:
    """Theil's decomposition; ``within + between = total``."""

    total: float
    within: float
    between: float
    groups: NDArray[np.int64]
    inner: Array
    """Theil index within each group, shape (groups,)."""
    share: Array
    """Share of each group in the sum of values, by which its inner index counts, shape (groups,)."""


def dagum_gini(values: Array, group: NDArray[np.int64], weight: Array | None = None) -> Dagum:
    r"""Gini coefficient of places, in within, net between, and transvariation of groups.

    .. math:: G=\frac{\sum_{j}\sum_{h}\sum_{i}\sum_{r}|y_{ji}-y_{hr}|}{2n^2\mu},\quad
              G_{jh}=\frac{\sum_i\sum_r|y_{ji}-y_{hr}|}{n_jn_h(\mu_j+\mu_h)}

    .. math:: G_w=\sum_j G_{jj}p_js_j,\quad G_{nb}=\sum_{j\ne h}G_{jh}p_js_hD_{jh},\quad
              G_t=\sum_{j\ne h}G_{jh}p_js_h(1-D_{jh})

    with :math:`p_j=n_j/n`, :math:`s_j=n_j\mu_j/(n\mu)` and
    :math:`D_{jh}=(d_{jh}-p_{jh})/(d_{jh}+p_{jh})`: of all pairs, the mean excess of the richer group where it is
    ahead, less that of the poorer one where that is ahead.

    Parameters
    ----------
    values
        Shape (places,), ≥ 0.
    group
        Code of the group of each place, shape (places,).
    weight
        How often each place counts, shape (places,); None: once.

    Returns
    -------
    Dagum
        NaN throughout where fewer than two places have a value or all are zero.

    Raises
    ------
    JiqunError
        If a value is negative: the Gini coefficient is then not bounded and not decomposed.

    References
    ----------
    Dagum (1997), A new approach to the decomposition of the Gini income inequality ratio. doi:10.1007/BF01205777

    Examples
    --------
    Two groups that do not overlap: no transvariation.

    >>> d = dagum_gini(np.array([1.0, 2.0, 5.0, 8.0]), np.array([0, 0, 1, 1]))
    >>> [round(x, 6) for x in (d.total, d.within, d.between, d.transvariation)]
    [0.375, 0.0625, 0.3125, 0.0]
    """
    y, g, w = _known(values, group, weight, "dagum_gini")
    codes, inverse = np.unique(g, return_inverse=True)
    k = len(codes)
    total = w.sum()
    if len(y) < 2 or not (w * y).sum() > 0:
        nothing = float("nan")
        empty = np.full((k, k), np.nan)
        return Dagum(nothing, nothing, nothing, nothing, codes, np.diag(empty).copy(), empty, empty)
    size = np.bincount(inverse, w, k)
    mean = np.bincount(inverse, w * y, k) / size
    p, s = size / total, size * mean / (w * y).sum()
    ahead = _excess(y, w, inverse, k)
    # ahead[j, h]: sum over pairs of how far j is ahead of h
    apart = ahead + ahead.T
    both = size[:, None] * size * (mean[:, None] + mean)
    pair = np.divide(apart, both, out=np.zeros((k, k)), where=both > 0)
    net = np.abs(ahead - ahead.T)
    affluence = np.divide(net, apart, out=np.zeros((k, k)), where=apart > 0)
    np.fill_diagonal(affluence, 0.0)
    joint = pair * (p[:, None] * s)
    off = ~np.eye(k, dtype=bool)
    within = float(np.diag(joint).sum())
    between = float((joint * affluence)[off].sum())
    over = float((joint * (1.0 - affluence))[off].sum())
    gini = float(apart.sum() / (2.0 * total * (w * y).sum()))
    return Dagum(gini, within, between, over, codes, np.diag(pair).copy(), pair, affluence)


def theil(values: Array, group: NDArray[np.int64]) -> Theil:
    r"""Theil's T of places, in within and between groups.

    .. math:: T=\frac1n\sum_i\frac{y_i}{\mu}\ln\frac{y_i}{\mu},\quad
              T=\sum_g s_gT_g+\sum_g s_g\ln\frac{\mu_g}{\mu}

    with :math:`s_g` the share of the group in the sum of values and :math:`0\ln0=0`.

    Parameters
    ----------
    values
        Shape (places,), ≥ 0.
    group
        Code of the group of each place, shape (places,).

    Returns
    -------
    Theil
        NaN throughout where no place has a value or all are zero.

    Raises
    ------
    JiqunError
        If a value is negative.

    References
    ----------
    Shorrocks (1980), The class of additively decomposable inequality measures. doi:10.2307/1913126

    Examples
    --------
    >>> t = theil(np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1]))
    >>> round(t.total, 6), t.within, round(t.between, 6)
    (0.130812, 0.0, 0.130812)
    """
    y, g, _ = _known(values, group, None, "theil")
    codes, inverse = np.unique(g, return_inverse=True)
    k = len(codes)
    if not y.sum() > 0:
        nothing = float("nan")
        return Theil(nothing, nothing, nothing, codes, np.full(k, np.nan), np.full(k, np.nan))
    size, summed = np.bincount(inverse, minlength=k), np.bincount(inverse, y, k)
    own = summed / size
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = y / own[inverse]
        inner = np.bincount(inverse, np.where(ratio > 0, ratio * np.log(ratio), 0.0), k) / size
        inner = np.where(own > 0, inner, np.nan)
        share = summed / y.sum()
        gap = np.where(share > 0, share * np.log(own / y.mean()), 0.0)
        relative = y / y.mean()
        total = np.where(relative > 0, relative * np.log(relative), 0.0).mean()
    within = float(np.where(share > 0, share * inner, 0.0).sum())
    return Theil(float(total), within, float(gap.sum()), codes, inner, share)


def _known(
    values: Array, group: NDArray[np.int64], weight: Array | None, who: str
) -> tuple[Array, NDArray[np.int64], Array]:
    known = np.isfinite(values)
    w = np.ones(len(values)) if weight is None else np.asarray(weight, dtype=np.float64)
    if (values[known] < 0).any():
        bad = int((values[known] < 0).sum())
        raise JiqunError(
            f"{who} needs values ≥ 0; {bad} are negative. Standardise by min–max, not by z-score.",
            f"{who} 要求数值不小于 0；有 {bad} 个为负。请用极差标准化，而不是 z 标准化。",
        )
    kept = known & (w > 0)
    return values[kept], group[kept], w[kept]


def _excess(y: Array, w: Array, group: NDArray[np.int64], groups: int) -> Array:
    """Sum of w_i w_r (y_i - y_r) over pairs with y_i > y_r, by group of i and of r, in O(n log n · groups)."""
    order = np.argsort(y, kind="stable")
    y, w, group = y[order], w[order], group[order]
    # a place counts against those not above it; equal ones differ by nothing, so their order does not matter
    member = np.zeros((len(y), groups))
    member[np.arange(len(y)), group] = w
    count = np.vstack([np.zeros(groups), np.cumsum(member, axis=0)[:-1]])
    value = np.vstack([np.zeros(groups), np.cumsum(member * y[:, None], axis=0)[:-1]])
    found = np.zeros((groups, groups))
    np.add.at(found, group, w[:, None] * (y[:, None] * count - value))
    return np.maximum(found, 0.0)
