"""Complementarity: which categories are demanded together more often than the size of orders brings about."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike
from scipy.special import gammaincinv
from scipy.stats import t as student

from jiqun.cluster import JiqunError
from jiqun.measure.configuration import tail_near
from jiqun.measure.multiple import adjust
from jiqun.measure.network.graph import Array, Codes
from jiqun.measure.network.order_null import OrderNull, order_null

__all__ = ["Complements", "attributable_fraction", "attributable_interval", "complementarity", "lifts_of"]

MOST = 4_000
"""Categories at most: all their pairs are looked at."""


@dataclass(frozen=True, slots=True)
class Complements:
    """All pairs of categories a < b. Shapes (pairs,) unless said."""

    a: Codes
    b: Codes
    observed: Array
    """Orders with both."""
    expected: Array
    """The same where orders keep their sizes and categories their totals."""
    lift: Array
    """Observed over expected, shrunk towards the mean of all pairs; NaN where nothing is expected."""
    low: Array
    high: Array
    """Equal-tailed interval of the posterior of the lift."""
    raw: Array
    """Observed over expected."""
    independent: Array
    """Observed over what independent categories would have: too high, since large orders hold everything."""
    p: Array
    """Chance of as many or more under the null."""
    q: Array
    """The same adjusted for all pairs (false discovery rate)."""
    a_given_b: Array
    b_given_a: Array
    attributable: Array
    """Share of the joint orders that is beyond chance, (lift − 1)/lift, 0 where the lift is below 1."""
    orders: int
    """Orders with at least one category."""
    joint: int
    """Orders with two or more."""
    total: Array
    """Orders of each category, shape (categories,)."""


def complementarity(
    order: ArrayLike, category: ArrayLike, *, categories: int | None = None, level: float = 0.95
) -> Complements:
    r"""Find which categories complement each other, from the orders they are in.

    Under the null every order keeps its size and every category its number of orders, and all else is as random as can
    be (:func:`jiqun.measure.network.order_null.order_null`). With :math:`E_{ab}` the joint orders it expects,

    .. math:: \hat\lambda_{ab} = \frac{m^2/A + O_{ab}}{m/A + E_{ab}}

    with the gamma prior of mean m and variance A of all pairs, found by moments (Clayton & Kaldor 1987; Marshall 1991).
    p is that of a sum of independent draws (Poisson–binomial), by its saddlepoint. A lift above 1 is a complement,
    below 1 a substitute or a different occasion.

    Parameters
    ----------
    order, category
        One entry for each thing in an order: codes from 0, shape (rows,). Twice the same counts once.
    categories
        How many categories there are; None takes the highest code.
    level
        Coverage of the intervals of the lifts.

    Returns
    -------
    Complements
        All pairs of categories with lift, interval and probability.

    Raises
    ------
    JiqunError
        If no order holds two categories, or there are too many categories.

    Notes
    -----
    The shares :math:`P(b|a)` and :math:`P(a|b)` differ only as the totals of the two do. Where both are high neither is
    bought without the other (unique complements in both directions); where one is, the one needs the other but not the
    reverse; where both are low but the lift is high, each adds to the other (supermodular; Jacobides et al. 2018).

    References
    ----------
    Chen, X.-H., Dempster, A. & Liu, J. (1994), Weighted finite population sampling to maximize entropy.
    doi:10.1093/biomet/81.3.457
    Clayton, D. & Kaldor, J. (1987), Empirical Bayes estimates of age-standardized relative risks. doi:10.2307/2532003
    Jacobides, M., Cennamo, C. & Gawer, A. (2018), Towards a theory of ecosystems. doi:10.1002/smj.2904

    Examples
    --------
    Categories 0 and 1 are always together, 2 is not with them:

    >>> order = np.repeat(np.arange(40), 2)
    >>> category = np.array([0, 1] * 20 + [2, 3] * 20)
    >>> found = complementarity(order, category)
    >>> found.observed.tolist()
    [20.0, 0.0, 0.0, 0.0, 0.0, 20.0]
    >>> bool(found.lift[0] > 1 > found.lift[1])
    True
    """
    held = _held(order, category, categories)
    size, total = np.diff(held.indptr), np.bincount(held.indices, minlength=held.shape[1])
    if not (size > 1).any():
        raise JiqunError(
            "complementarity is not computable: needs orders (group) with two categories or more.",
            "无法计算互补性：需要包含两个及以上类别的订单（group）。",
        )
    a, b = (side.astype(np.int64) for side in np.triu_indices(held.shape[1], 1))
    together = np.asarray((held.T @ held).toarray(), dtype=np.float64)
    observed = together[a, b]
    expected, p = _expected(order_null(size, total), together)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = np.where(expected > 0, observed / expected, np.nan)
        independent = observed * float(held.shape[0]) / (total[a].astype(np.float64) * total[b])
        lift, low, high = _shrunk(observed, expected, level)
        attributable = np.where(lift > 1, (lift - 1) / lift, 0.0)
        attributable[np.isnan(lift)] = np.nan
        a_given_b, b_given_a = observed / total[b], observed / total[a]
    return Complements(
        a, b, observed, expected, lift, low, high, raw, independent, p, adjust(p), a_given_b, b_given_a, attributable,
        int(held.shape[0]), int((size > 1).sum()), total.astype(np.float64),
    )  # fmt: skip


def _held(order: ArrayLike, category: ArrayLike, categories: int | None) -> sp.csr_array:
    o, c = np.asarray(order, dtype=np.int64).ravel(), np.asarray(category, dtype=np.int64).ravel()
    many = int(c.max(initial=-1)) + 1 if categories is None else categories
    if len(o) != len(c) or (len(c) and (c.min() < 0 or c.max() >= many)):
        raise JiqunError(
            f"complementarity needs as many orders as categories, coded from 0 to {many - 1}.",
            f"complementarity 要求订单与类别数量相同，编码在 0 到 {many - 1} 之间。",
        )
    if many > MOST:
        raise JiqunError(
            f"complementarity looks at all pairs of at most {MOST} categories; there are {many}. Take a coarser level.",
            f"complementarity 最多比较 {MOST} 个类别的全部配对；这里有 {many} 个。请使用更粗的分类层级。",
        )
    code = np.unique(o, return_inverse=True)[1].ravel()
    held = sp.csr_array((np.ones(len(c)), (code, c)), shape=(int(code.max(initial=-1)) + 1, many))
    held.sum_duplicates()
    held.data[:] = 1.0
    return held


def _shrunk(observed: Array, expected: Array, level: float) -> tuple[Array, Array, Array]:
    """Posterior mean and interval of the lift of each pair: Poisson counts, gamma prior by moments."""
    there = expected > 0
    o, e = observed[there], expected[there]
    lift, low, high = (np.full(len(observed), np.nan) for _ in range(3))
    m = float(o.sum() / e.sum())
    spread = float((e * (o / e - m) ** 2).sum() / e.sum())
    variance = max(spread - m * len(e) / float(e.sum()), 0.0)
    if variance <= 0:
        lift[there] = low[there] = high[there] = m
        return lift, low, high
    shape, rate = m * m / variance + o, m / variance + e
    lift[there] = shape / rate
    low[there], high[there] = (gammaincinv(shape, tail) / rate for tail in ((1 - level) / 2, (1 + level) / 2))
    return lift, low, high


def attributable_fraction(found: Complements, weight: ArrayLike | None = None) -> float:
    r"""Give the share of joint demand that is beyond chance.

    .. math:: AF = \frac{\sum_{ab} v_{ab} \max(0, 1 - 1/\hat\lambda_{ab})}{\sum_{ab} v_{ab}}

    All pairs count, not the significant ones alone: a share of those grows with the number of orders.

    Parameters
    ----------
    found
        Of :func:`complementarity`.
    weight
        :math:`v_{ab}`, such as the value of the joint orders of a pair, shape (pairs,); None takes their number.

    Returns
    -------
    float
        In [0, 1]; NaN where nothing is joint.

    References
    ----------
    Levin, M. (1953), The occurrence of lung cancer in man. Acta Unio Internationalis Contra Cancrum 9.

    Examples
    --------
    >>> order, category = np.repeat(np.arange(40), 2), np.array([0, 1] * 20 + [2, 3] * 20)
    >>> 0.4 < attributable_fraction(complementarity(order, category)) < 0.8
    True
    """
    v = found.observed if weight is None else np.asarray(weight, dtype=np.float64)
    known = np.isfinite(found.attributable)
    total = float(v[known].sum())
    return float(v[known] @ found.attributable[known]) / total if total > 0 else float("nan")


def _expected(null: OrderNull, together: Array, *, tails: bool = True) -> tuple[Array, Array]:
    """Joint orders that the null expects of each pair, and (if asked) the chance of as many as there are or more."""

    def row(a: int) -> tuple[Array, Array]:
        chances = null.with_(a)
        observed = together[a, a + 1 :]
        p = np.ones(len(observed))
        some = np.flatnonzero(observed > 0)
        if len(some) and tails:
            both = np.ascontiguousarray(np.clip(chances[:, some], 0.0, 1.0).T)
            p[some] = tail_near(both, null.many.astype(np.int64), observed[some].astype(np.int64))
        return null.many @ chances, np.clip(p, 0.0, 1.0)

    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(row, range(len(together) - 1)))
    return np.concatenate([e for e, _ in rows]), np.concatenate([p for _, p in rows])


def attributable_interval(
    order: ArrayLike,
    category: ArrayLike,
    by: ArrayLike | None = None,
    *,
    parts: int = 10,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
) -> tuple[float, float, float]:
    """Give the attributable fraction with an interval by jackknife.

    The customers are split at random into parts; each is left out once, with all its orders. The interval is that of
    Student's law with one degree of freedom less than there are parts.

    Parameters
    ----------
    order, category
        As in :func:`complementarity`.
    by
        Customer of each order, or another unit that is left out whole, in the order of the codes of orders, shape
        (orders,); None: the orders themselves.
    parts
        How many parts.
    level
        Coverage.
    rng
        Generator, seed or None.

    Returns
    -------
    tuple of float
        Value, low, high; the bounds are NaN where there are fewer units than parts.

    Examples
    --------
    >>> order, category = np.repeat(np.arange(400), 2), np.array([0, 1] * 200 + [2, 3] * 200)
    >>> value, low, high = attributable_interval(order, category)
    >>> low < value < high
    True
    """
    o, c = np.asarray(order, dtype=np.int64).ravel(), np.asarray(category, dtype=np.int64).ravel()
    code = np.unique(o, return_inverse=True)[1].ravel()
    value = _fraction(_held(o, c, None))
    unit = np.unique(np.arange(int(code.max(initial=-1)) + 1) if by is None else np.asarray(by), return_inverse=True)[1]
    units = int(unit.max(initial=-1)) + 1
    if units < 2 * parts or np.isnan(value):
        return value, float("nan"), float("nan")
    of_row = (np.random.default_rng(rng).permutation(units) % parts)[unit.ravel()[code]]
    left = np.array([_fraction(_held(o[of_row != k], c[of_row != k], None)) for k in range(parts)])
    if not np.isfinite(left).all() or float(np.ptp(left)) < 1e-12:
        return value, float("nan"), float("nan")
    error = float(np.sqrt((parts - 1) / parts * ((left - left.mean()) ** 2).sum()))
    wide = float(student.ppf((1 + level) / 2, parts - 1)) * error
    return value, max(value - wide, 0.0), min(value + wide, 1.0)


def _fraction(held: sp.csr_array) -> float:
    """The attributable fraction alone, without the probabilities of the pairs."""
    if not (np.diff(held.indptr) > 1).any():
        return float("nan")
    observed, _, lift = lifts_of(held)
    share = np.where(lift > 1, 1 - 1 / np.where(lift > 0, lift, 1.0), 0.0)
    known = np.isfinite(lift)
    whole = float(observed[known].sum())
    return float(observed[known] @ share[known]) / whole if whole > 0 else float("nan")


def lifts_of(held: sp.csr_array, *, expected: Array | None = None) -> tuple[Array, Array, Array]:
    """Give joint orders and shrunk lifts alone, without the probabilities of the pairs.

    Parameters
    ----------
    held
        Orders × categories, 1 where an order holds a category; some order holds two or more.
    expected
        Joint orders that the null expects, where they are known already, shape (pairs,).

    Returns
    -------
    tuple of numpy.ndarray
        ``observed``, ``expected`` and ``lift`` of :func:`complementarity`, shapes (pairs,).

    Examples
    --------
    >>> observed, _, lift = lifts_of(sp.csr_array(np.kron(np.eye(2), np.ones((9, 2)))))
    >>> observed.tolist(), bool(lift[0] > 1 > lift[1])
    ([9.0, 0.0, 0.0, 0.0, 0.0, 9.0], True)
    """
    if held.shape[1] > MOST:
        raise JiqunError(
            f"complementarity looks at all pairs of at most {MOST} categories; there are {held.shape[1]}. Take a "
            "coarser level.",
            f"complementarity 最多比较 {MOST} 个类别的全部配对；这里有 {held.shape[1]} 个。请使用更粗的分类层级。",
        )
    size, total = np.diff(held.indptr), np.bincount(held.indices, minlength=held.shape[1])
    together = np.asarray((held.T @ held).toarray(), dtype=np.float64)
    observed = together[np.triu_indices(held.shape[1], 1)]
    if expected is None:
        expected, _ = _expected(order_null(size, total), together, tails=False)
    return observed, expected, _shrunk(observed, expected, 0.95)[0]
