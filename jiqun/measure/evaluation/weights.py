"""Weights of indicators from the data: entropy, CRITIC, equal, and their game-theoretic combination."""

from __future__ import annotations

from typing import Literal

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array

__all__ = ["Zeros", "combine_weights", "critic_weights", "entropy_weights", "equal_weights"]

Zeros = Literal["limit", "replace"]


def equal_weights(indicators: int) -> Array:
    """Give each indicator the same weight, shape (indicators,).

    >>> equal_weights(4).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    return np.full(indicators, 1.0 / indicators)


def entropy_weights(standard: Array, *, zeros: Zeros = "limit", constant: float = 1e-10) -> Array:
    r"""Weights by Shannon entropy: an indicator counts the more, the more unevenly it is spread.

    .. math:: p_{ij} = z_{ij} / \textstyle\sum_i z_{ij},\quad
              e_j = -\frac{1}{\ln n} \sum_i p_{ij} \ln p_{ij},\quad w_j = \frac{1-e_j}{\sum_k (1-e_k)}

    Parameters
    ----------
    standard
        Standardised values, shape (rows, indicators): all places of all periods together for weights that hold
        over the panel, or the places of one period. A missing value leaves its row out of that indicator alone.
    zeros
        ``"limit"``: :math:`0 \ln 0 = 0`, which is exact; ``"replace"``: zeros become ``constant`` before the
        shares are taken, as many programs do. Shifting *all* values is a choice of the standardisation.
    constant
        What replaces zeros.

    Returns
    -------
    numpy.ndarray
        Shape (indicators,), summing to 1. An indicator that is spread evenly has weight 0.

    Raises
    ------
    JiqunError
        If a value is negative (a z-score, or below the base period), if an indicator has fewer than two
        values or is zero throughout, or if all are spread evenly.

    References
    ----------
    Shannon (1948), A mathematical theory of communication. doi:10.1002/j.1538-7305.1948.tb01338.x

    Examples
    --------
    By hand: the shares of the second column are 1/4, 1/4, 1/4, 1/4, so it tells nothing.

    >>> entropy_weights(np.array([[1.0, 1.0], [0.0, 1.0], [0.0, 1.0], [1.0, 1.0]])).round(12).tolist()
    [1.0, 0.0]
    """
    known = np.isfinite(standard)
    if (standard[known] < 0).any():
        bad = int((standard[known] < 0).sum())
        raise JiqunError(
            f"Entropy weights need values ≥ 0; {bad} are negative. Standardise by min–max over the panel, "
            "clip what lies below the base period, or use other weights.",
            f"熵权法要求数值不小于 0；有 {bad} 个为负。请改用全面板极差标准化，截断低于基期的值，或改用其他赋权法。",
        )
    positive = np.where(known, standard, 0.0)
    if zeros == "replace":
        if not constant > 0:
            raise JiqunError(
                f"Entropy weights replace zeros by a constant above 0, not by {constant:g}.",
                f"熵权法替换零值的常数应大于 0，而不是 {constant:g}。",
            )
        positive = np.where(known & (positive == 0), constant, positive)
    total, count = positive.sum(axis=0), known.sum(axis=0)
    if (count < 2).any() or (total <= 0).any():
        worst = int(np.flatnonzero((count < 2) | (total <= 0))[0])
        raise JiqunError(
            f"Entropy weights need at least two values, not all zero, of each indicator; number {worst} has not.",
            f"熵权法要求每个指标至少有两个数值且不全为零；第 {worst} 个指标不满足。",
        )
    share = positive / total
    terms = np.zeros_like(share)
    np.multiply(share, np.log(share, out=np.zeros_like(share), where=share > 0), out=terms)
    redundancy = np.maximum(1.0 + terms.sum(axis=0) / np.log(count), 0.0)
    return _normalised(redundancy, "Entropy", "熵权法")


def critic_weights(standard: Array) -> Array:
    r"""Weights by CRITIC: contrast within an indicator times its conflict with the others.

    .. math:: C_j = s_j \sum_k (1 - r_{jk}),\quad w_j = C_j / \textstyle\sum_k C_k

    Parameters
    ----------
    standard
        Standardised values, shape (rows, indicators). Rows with a missing value are left out.

    Returns
    -------
    numpy.ndarray
        Shape (indicators,), summing to 1.

    Raises
    ------
    JiqunError
        If fewer than three rows are complete, or an indicator does not vary in them.

    References
    ----------
    Diakoulaki, Mavrotas & Papayannakis (1995), Determining objective weights in multiple criteria problems:
    the CRITIC method. doi:10.1016/0305-0548(94)00059-H

    Examples
    --------
    Two indicators that say the same in opposite order, and a third between them.

    >>> critic_weights(np.array([[0.0, 1.0], [0.5, 0.5], [1.0, 0.0]])).tolist()
    [0.5, 0.5]
    """
    rows = standard[np.isfinite(standard).all(axis=1)]
    spread = rows.std(axis=0) if len(rows) else np.zeros(standard.shape[1])
    if len(rows) < 3 or (rows.max(axis=0) <= rows.min(axis=0)).any():
        raise JiqunError(
            f"CRITIC needs at least three complete rows in which every indicator varies; it was given {len(rows)}.",
            f"CRITIC 要求至少三行完整数据，且各指标均有变化；所给为 {len(rows)} 行。",
        )
    if standard.shape[1] == 1:
        return np.ones(1)
    correlation = np.corrcoef(rows, rowvar=False)
    return _normalised(spread * (1.0 - correlation).sum(axis=1).clip(min=0.0), "CRITIC", "CRITIC")


def combine_weights(sets: Array) -> tuple[Array, Array]:
    r"""Combine several sets of weights as the balance of a game between them.

    The combination :math:`w^*=\sum_l\alpha_l w_l` that is nearest to every set in least squares satisfies
    :math:`\sum_l \alpha_l\, w_l w_m^\top = w_m w_m^\top` for each :math:`m`. The coefficients are then taken by
    their size and scaled to one, as the literature does; where the sets are linearly dependent the shortest
    solution is taken.

    Parameters
    ----------
    sets
        Shape (sets, indicators), each summing to 1.

    Returns
    -------
    weights, coefficients
        Shapes (indicators,) and (sets,): the combination, and the coefficients *before* they are scaled, so
        that a negative one can be told.

    Raises
    ------
    JiqunError
        If a weight is negative or a set does not sum to 1.

    Examples
    --------
    >>> weights, alpha = combine_weights(np.array([[0.6, 0.4], [0.2, 0.8]]))
    >>> weights.round(6).tolist(), alpha.round(6).tolist()
    ([0.321429, 0.678571], [0.34, 0.78])
    """
    if (sets < 0).any() or not np.allclose(sets.sum(axis=1), 1.0, rtol=0, atol=1e-9):
        raise JiqunError(
            "combine_weights needs weights ≥ 0 that sum to 1 in each set.",
            "combine_weights 要求每组权重不小于 0 且合计为 1。",
        )
    gram = sets @ sets.T
    alpha = np.linalg.lstsq(gram, np.diag(gram), rcond=None)[0]
    size = np.abs(alpha) / np.abs(alpha).sum()
    combined: Array = size @ sets
    return combined / combined.sum(), np.asarray(alpha, dtype=np.float64)


def _normalised(raw: Array, who: str, who_zh: str) -> Array:
    total = raw.sum()
    if not total > 0:
        raise JiqunError(
            f"{who} weights are undefined: no indicator tells the rows apart. Use equal weights.",
            f"{who_zh}的权重无定义：没有指标能区分各行。请改用等权。",
        )
    found: Array = raw / total
    return found
