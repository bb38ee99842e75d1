"""Movement between classes: Markov chains, the same by the neighbours' class, and whether that matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array

__all__ = [
    "Chain",
    "Homogeneity",
    "classify",
    "ergodic",
    "first_passage",
    "homogeneity",
    "lag_classes",
    "markov_chain",
    "transition_counts",
]

Classes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chain:
    """A Markov chain estimated from a panel of classes."""

    counts: NDArray[np.int64]
    """Shape (classes, classes): from the row to the column."""
    probability: Array
    """Rows sum to 1; a class that nobody left is NaN."""
    error: Array
    """Standard errors of the probabilities, sqrt(p(1-p)/n)."""
    ergodic: Array
    """Long-run distribution; NaN where it is not unique or not estimable."""
    passage: Array
    """Mean periods until the column is reached from the row; on the diagonal until return."""
    mobility: float
    """Shorrocks (k - trace)/(k - 1): 0 nobody moves."""


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """Test of whether several transition matrices are one."""

    likelihood_ratio: float
    likelihood_ratio_p: float
    chi_squared: float
    """Pearson's Q."""
    chi_squared_p: float
    freedom: int


def classify(
    values: Array, classes: int = 4, *, cut: Literal["panel", "period", "mean"] = "panel"
) -> tuple[Classes, Array]:
    """Put places into classes by quantiles.

    Parameters
    ----------
    values
        Shape (periods, places).
    classes
        Number of classes k.
    cut
        ``"panel"``: quantiles of all periods together, so that the whole may rise; ``"period"``: of each, so that only
        the order of places counts; ``"mean"``: of values relative to the mean of their period.

    Returns
    -------
    classes, edges
        Shape (periods, places), 0 the lowest, -1 where there is no value; and the upper edges, shape
        (classes,) or (periods, classes). A value on an edge belongs to the class below it.

    Raises
    ------
    JiqunError
        If there are fewer than two classes, or so many ties that a class stays empty.

    Examples
    --------
    >>> classify(np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 3.0, 4.0, np.nan]]), 2)[0].tolist()
    [[0, 0, 0, 1], [0, 0, 1, -1]]
    """
    if classes < 2:
        raise JiqunError("classify needs at least two classes.", "classify 至少需要两类。")
    shares = np.arange(1, classes + 1) / classes
    used = values
    if cut == "mean":
        mean = np.nanmean(np.where(np.isfinite(values).any(axis=1, keepdims=True), values, 0.0), axis=1, keepdims=True)
        used = np.divide(values, mean, out=np.full_like(values, np.nan), where=mean > 0)
    known = np.isfinite(used)
    if not known.any():
        raise JiqunError("classify needs values; there are none.", "classify 需要数值；数据中没有。")
    if cut == "period":
        edges = np.full((len(values), classes), np.nan)
        for t in np.flatnonzero(known.any(axis=1)):
            edges[t] = np.quantile(used[t, known[t]], shares)
    else:
        edges = np.quantile(used[known], shares)
    rows = np.atleast_2d(edges)
    checked = rows[np.isfinite(rows).all(axis=1)]
    if (np.diff(checked, axis=1) <= 0).any():
        raise JiqunError(
            f"classify cannot make {classes} classes: too many values are the same. Ask for fewer classes.",
            f"classify 无法分成 {classes} 类：相同数值过多。请减少类数。",
        )
    code = (used[:, :, None] > rows[:, None, :-1]).sum(axis=2)
    return np.where(known, code, -1), edges


def lag_classes(classes: Classes, values: Array, weights: Array, edges: Array) -> Classes:
    """Classes of the mean of the neighbours.

    Parameters
    ----------
    classes
        As from :func:`classify`; only for its shape of missing places.
    values
        Shape (periods, places), on the scale of ``edges``.
    weights
        Spatial weights, shape (places, places); the row of a place weighs its neighbours. Rows are scaled to
        one over the neighbours that have a value.
    edges
        Edges of the classes.

    Returns
    -------
    numpy.ndarray
        Shape (periods, places); -1 for a place without neighbours that have a value.

    Examples
    --------
    >>> values = np.array([[1.0, 4.0, 3.0]])
    >>> classes, edges = classify(values, 3)
    >>> lag_classes(classes, values, np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]], dtype=float), edges).tolist()
    [[2, 0, 0]]
    """
    if weights.shape != (values.shape[1], values.shape[1]):
        raise JiqunError(
            f"lag_classes needs weights of shape {(values.shape[1],) * 2}; it was given {weights.shape}.",
            f"lag_classes 要求权重矩阵形状为 {(values.shape[1],) * 2}；所给为 {weights.shape}。",
        )
    known = np.isfinite(values)
    total = known.astype(np.float64) @ weights.T
    summed = np.where(known, values, 0.0) @ weights.T
    lag = np.divide(summed, total, out=np.full_like(values, np.nan), where=total > 0)
    rows = np.atleast_2d(edges)
    code = (lag[:, :, None] > rows[:, None, :-1]).sum(axis=2)
    return np.where(np.isfinite(lag) & (classes >= 0), code, -1)


def transition_counts(
    classes: Classes, number: int, *, within: Classes | None = None, step: int = 1
) -> NDArray[np.int64]:
    """Count moves from class to class over ``step`` periods, by the class of the neighbours where given.

    Parameters
    ----------
    classes
        Shape (periods, places), -1 where unknown.
    number
        Number of classes k.
    within
        Class of the neighbours at the start, of the same shape: the result has one matrix for each.
    step
        Periods between the two ends of a move.

    Returns
    -------
    numpy.ndarray
        Shape (classes, classes), or (classes, classes, classes) with the neighbours' class first.

    Examples
    --------
    >>> transition_counts(np.array([[0, 1], [1, 1], [1, 0]]), 2).tolist()
    [[0, 1], [1, 2]]
    """
    start, end = classes[:-step], classes[step:]
    kept = (start >= 0) & (end >= 0)
    flat = start[kept] * number + end[kept]
    if within is None:
        return np.bincount(flat, minlength=number**2).reshape(number, number)
    near = within[:-step][kept]
    flat = np.where(near >= 0, near * number**2 + flat, -1)
    return np.bincount(flat[flat >= 0], minlength=number**3).reshape(number, number, number)


def markov_chain(counts: NDArray[np.int64]) -> Chain:
    r"""Chain from counts of moves: :math:`p_{ij}=n_{ij}/\sum_k n_{ik}`.

    Parameters
    ----------
    counts
        Shape (classes, classes).

    References
    ----------
    Quah (1993), Empirical cross-section dynamics in economic growth. doi:10.1016/0014-2921(93)90031-5

    Examples
    --------
    >>> c = markov_chain(np.array([[3, 1], [2, 2]]))
    >>> c.probability.tolist(), c.ergodic.round(6).tolist(), c.mobility
    ([[0.75, 0.25], [0.5, 0.5]], [0.666667, 0.333333], 0.75)
    """
    k = len(counts)
    total = counts.sum(axis=1, keepdims=True)
    p = np.divide(counts, total, out=np.full((k, k), np.nan), where=total > 0)
    error = np.sqrt(np.divide(p * (1.0 - p), total, out=np.full((k, k), np.nan), where=total > 0))
    mobility = float((k - np.trace(p)) / (k - 1))
    return Chain(counts, p, error, ergodic(p), first_passage(p), mobility)


def ergodic(probability: Array) -> Array:
    r"""Long-run distribution :math:`\pi=\pi P`; NaN where a row is unknown or it is not unique.

    >>> ergodic(np.array([[0.9, 0.1], [0.3, 0.7]])).round(6).tolist(), ergodic(np.eye(2)).tolist()
    ([0.75, 0.25], [nan, nan])
    """
    k = len(probability)
    if not np.isfinite(probability).all() or _closed_classes(probability) != 1:
        return np.full(k, np.nan)
    system = np.vstack([probability.T - np.eye(k), np.ones(k)])
    found: Array = np.linalg.lstsq(system, np.r_[np.zeros(k), 1.0], rcond=None)[0]
    return np.where(np.abs(found) < 1e-14, 0.0, found)


def first_passage(probability: Array) -> Array:
    r"""Mean periods until a class is first reached: :math:`m_{ij}=1+\sum_{k\ne j}p_{ik}m_{kj}`.

    Infinite where it may never be reached; NaN where a row is unknown.

    References
    ----------
    Kemeny & Snell (1976), Finite Markov Chains, chapter 4.

    Examples
    --------
    >>> first_passage(np.array([[0.75, 0.25], [0.5, 0.5]])).tolist()
    [[1.5, 4.0], [2.0, 3.0]]
    """
    k = len(probability)
    if not np.isfinite(probability).all():
        return np.full((k, k), np.nan)
    reach = _reach(probability)
    found = np.full((k, k), np.inf)
    for j in range(k):
        # surely reached: from wherever the chain may go before j, j can still be reached
        others = np.arange(k) != j
        taboo = probability.copy()
        taboo[j] = 0.0
        onward = _reach(taboo)
        sure = np.array([all(reach[m, j] for m in range(k) if onward[i, m] and m != j) for i in range(k)])
        inner = np.flatnonzero(sure & others & reach[:, j])
        if len(inner):
            found[inner, j] = np.linalg.solve(
                np.eye(len(inner)) - probability[np.ix_(inner, inner)], np.ones(len(inner))
            )
        goes = np.flatnonzero((probability[j] > 0) & others)
        found[j, j] = 1.0 + sum(probability[j, m] * found[m, j] for m in goes)
    return found


def homogeneity(counts: NDArray[np.int64]) -> Homogeneity:
    r"""Test whether several matrices of moves are draws from one chain.

    .. math:: LR=2\sum_s\sum_{ij}n^s_{ij}\ln\frac{p^s_{ij}}{p_{ij}},\qquad
              Q=\sum_s\sum_{ij}n^s_i\frac{(p^s_{ij}-p_{ij})^2}{p_{ij}}

    both χ² with :math:`\sum_i (a_i-1)(b_i-1)` degrees of freedom, :math:`a_i` the matrices with moves out of class i
    and :math:`b_i` the classes reached from i in any. By neighbours' class this is the test of the spatial Markov
    chain, by period that of homogeneity in time.

    Parameters
    ----------
    counts
        Shape (matrices, classes, classes).

    Returns
    -------
    Homogeneity
        NaN where no degree of freedom is left.

    References
    ----------
    Bickenbach & Bode (2003), Evaluating the Markov property in studies of economic convergence.
    doi:10.1177/0160017603253789

    Examples
    --------
    >>> test = homogeneity(np.array([[[8, 2], [2, 8]], [[2, 8], [8, 2]]]))
    >>> round(test.chi_squared, 6), test.freedom, round(test.likelihood_ratio, 6)
    (14.4, 2, 15.419581)
    """
    from scipy.special import chdtrc

    n = counts.astype(np.float64)
    pooled = n.sum(axis=0)
    out, all_out = n.sum(axis=2, keepdims=True), pooled.sum(axis=1, keepdims=True)
    p = np.divide(pooled, all_out, out=np.zeros_like(pooled), where=all_out > 0)
    own = np.divide(n, out, out=np.zeros_like(n), where=out > 0)
    used = (out > 0) & (p > 0)
    squares = np.divide(out * (own - p) ** 2, p, out=np.zeros_like(n), where=used)
    logs = np.log(np.divide(own, p, out=np.ones_like(n), where=used & (own > 0)))
    ratio, square = 2.0 * float((n * logs).sum()), float(squares.sum())
    a, b = (out[:, :, 0] > 0).sum(axis=0), (pooled > 0).sum(axis=1)
    freedom = int((np.maximum(a - 1, 0) * np.maximum(b - 1, 0)).sum())
    if freedom == 0:
        nothing = float("nan")
        return Homogeneity(nothing, nothing, nothing, nothing, 0)
    return Homogeneity(ratio, float(chdtrc(freedom, ratio)), square, float(chdtrc(freedom, square)), freedom)


def _reach(probability: Array) -> NDArray[np.bool_]:
    """Whether the column may be reached from the row in any number of steps, none included."""
    k = len(probability)
    reach: NDArray[np.bool_] = (probability > 0) | np.eye(k, dtype=bool)
    for m in range(k):
        reach |= reach[:, [m]] & reach[[m], :]
    return reach


def _closed_classes(probability: Array) -> int:
    reach = _reach(probability)
    closed = [i for i in range(len(reach)) if all(reach[j, i] for j in np.flatnonzero(reach[i]))]
    return len({tuple(np.flatnonzero(reach[i])) for i in closed})
