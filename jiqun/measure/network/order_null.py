"""Orders at random: every order keeps its size, every category the number of orders it is in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.measure.network.graph import Array, Codes

__all__ = ["OrderNull", "order_null"]

EXACT = 40
"""Sizes up to which the chances are exact; above, those of large samples, within some per mille."""
ROUNDS = 5_000
CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class OrderNull:
    """Chances of a category to be in an order, by size of the order."""

    sizes: Codes
    """Sizes that occur, ascending, shape (sizes,)."""
    many: Array
    """Orders of each size, shape (sizes,)."""
    odds: Array
    """Pull of each category, infinite where it is in every order, shape (categories,)."""
    first: Array
    """Chance that an order of a size holds a category, shape (sizes, categories)."""

    def with_(self, a: int) -> Array:
        """Chance that an order holds both ``a`` and each category after it, shape (sizes, categories − a − 1)."""
        full = np.isinf(self.odds)
        others = np.arange(a + 1, len(self.odds))
        if full[a]:
            return self.first[:, others]
        made = np.zeros((len(self.sizes), len(others)))
        size = self.sizes - int(full.sum())
        plain = np.flatnonzero(~full)
        small = size <= EXACT
        odds = self.odds[plain]
        place = int(np.searchsorted(plain, a))
        free = plain[place + 1 :] - a - 1
        if small.any():
            ways = _both(odds, place, size[small])
            made[np.ix_(small, free)] = ways
        if (~small).any():
            p = self.first[~small][:, plain]
            made[np.ix_(~small, free)] = _large(p, place)
        always = np.flatnonzero(full[others])
        made[:, always] = self.first[:, [a]]
        return made


def order_null(size: NDArray[np.integer], total: NDArray[np.integer]) -> OrderNull:
    r"""Give the most random orders of given sizes in which every category is in as many orders as it is.

    An order of size s is a set of s categories drawn with probability proportional to the product of their odds x:

    .. math:: P(a \in o \mid s) = \frac{x_a\, e_{s-1}(x_{\setminus a})}{e_s(x)}, \qquad
        P(a, b \in o \mid s) = \frac{x_a x_b\, e_{s-2}(x_{\setminus a, b})}{e_s(x)}

    with e the elementary symmetric polynomials. The odds are found by proportional fitting. The size of every order
    is kept exactly: an order of one never holds a pair.

    Parameters
    ----------
    size
        Categories in each order, shape (orders,).
    total
        Orders of each category, shape (categories,); their sums agree.

    Returns
    -------
    OrderNull
        Odds, and chances of categories and pairs by size.

    Raises
    ------
    JiqunError
        If the sums do not agree or the odds are not found.

    References
    ----------
    Chen, X.-H., Dempster, A. & Liu, J. (1994), Weighted finite population sampling to maximize entropy.
    doi:10.1093/biomet/81.3.457
    Hájek, J. (1964), Asymptotic theory of rejective sampling with varying probabilities from a finite population.
    doi:10.1214/aoms/1177700375

    Examples
    --------
    Two orders of two out of three categories that are equally frequent:

    >>> null = order_null(np.array([2, 2, 2]), np.array([2, 2, 2]))
    >>> null.with_(0).round(6).tolist()
    [[0.333333, 0.333333]]
    """
    size, total = np.asarray(size, dtype=np.int64), np.asarray(total, dtype=np.int64)
    sizes, many = np.unique(size[size > 0], return_counts=True)
    if int(total.sum()) != int(size.sum()):
        raise JiqunError(
            f"order_null: the orders hold {size.sum()} categories, the categories are in {total.sum()} orders.",
            f"order_null：订单共含 {size.sum()} 个类别，而类别共出现于 {total.sum()} 个订单，二者应一致。",
        )
    orders = int(many.sum())
    odds = np.where(total >= orders, np.inf, 0.0)
    free = np.flatnonzero((total > 0) & (total < orders))
    first = np.zeros((len(sizes), len(total)))
    first[:, np.isinf(odds)] = 1.0
    if len(free):
        left = sizes - int(np.isinf(odds).sum())
        odds[free], first[:, free] = _fitted(left, many.astype(np.float64), total[free].astype(np.float64))
    return OrderNull(sizes, many.astype(np.float64), odds, first)


def _fitted(size: Codes, many: Array, total: Array) -> tuple[Array, Array]:
    """Scale the odds until every category is in as many orders as it is."""
    share = total / many.sum()
    odds = share / (1 - share)
    small = size <= EXACT
    pull = np.ones(int((~small).sum()))
    first = np.zeros((len(size), len(total)))
    for _ in range(ROUNDS):
        if small.any():
            first[small] = _one(odds, size[small])
        if len(pull):
            pull = _pulled(odds, size[~small], pull)
            first[~small] = pull[:, None] * odds / (1 + pull[:, None] * odds)
        off = total / (many @ first)
        if float(np.abs(off - 1).max()) < CLOSE:
            return odds, first
        # a category in nearly every order moves its odds by more than its chance
        now = np.clip(many @ first / many.sum(), 1e-12, 1 - 1e-12)
        odds = odds * (share / (1 - share)) / (now / (1 - now))
    raise JiqunError(
        "order_null: no odds keep the sizes of the orders and the totals of the categories. Take a coarser level.",
        "order_null：找不到同时保持订单规模与类别总数的权重。请使用更粗的分类层级。",
    )


def _pulled(odds: Array, size: Codes, pull: Array) -> Array:
    """Solve Σ θx / (1 + θx) = s for θ, from where it was."""
    goal = np.minimum(size, len(odds) * (1 - 1e-9))
    t = np.log(pull)
    for _ in range(100):
        p = 1 / (1 + 1 / (np.exp(t)[:, None] * odds))
        step = (goal - p.sum(axis=1)) / np.maximum((p * (1 - p)).sum(axis=1), 1e-12)
        t += np.clip(step, -3, 3)
        if float(np.abs(step).max()) < 1e-13:
            break
    return np.exp(t)


def _one(odds: Array, size: Codes) -> Array:
    most = max(int(size.max()), 1)
    scaled = odds / _unit(odds, most)
    made: Array = _first(scaled, size, most)
    return made


def _both(odds: Array, a: int, size: Codes) -> Array:
    most = max(int(size.max()), 1)
    scaled = odds / _unit(odds, most)
    made: Array = _second(scaled, a, size, most)
    return made


def _unit(odds: Array, most: int) -> float:
    """A scale that keeps the polynomials of all degrees within range."""
    return float(odds.sum()) / max(most / 2, 1.0)


def _large(p: Array, a: int) -> Array:
    """Chances of pairs in large samples of fixed size (Hájek 1964), scaled to the number of pairs there are."""
    depth = (p * (1 - p)).sum(axis=1, keepdims=True)
    one, other = p[:, [a]], p[:, a + 1 :]
    return np.asarray(one * other * (1 - (1 - one) * (1 - other) / np.maximum(depth, 1e-12)))


@njit(cache=True, nogil=True)
def _ends(odds, most, skip):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Elementary symmetric polynomials of the categories before, and from, each place on; one left out."""
    n = len(odds)
    before, after = np.zeros((n + 1, most + 1)), np.zeros((n + 1, most + 1))
    before[0, 0] = after[n, 0] = 1.0
    for c in range(n):
        x = 0.0 if c == skip else odds[c]
        before[c + 1, 0] = 1.0
        for k in range(1, most + 1):
            before[c + 1, k] = before[c, k] + x * before[c, k - 1]
    for c in range(n - 1, -1, -1):
        x = 0.0 if c == skip else odds[c]
        after[c, 0] = 1.0
        for k in range(1, most + 1):
            after[c, k] = after[c + 1, k] + x * after[c + 1, k - 1]
    return before, after


@njit(cache=True, nogil=True)
def _first(odds, sizes, most):  # type: ignore[no-untyped-def]  # pragma: no cover
    before, after = _ends(odds, most, -1)
    n = len(odds)
    made = np.zeros((len(sizes), n))
    for c in range(n):
        for r in range(len(sizes)):
            s = sizes[r]
            if s < 1 or after[0, s] <= 0.0:
                continue
            ways = 0.0
            for k in range(s):
                ways += before[c, k] * after[c + 1, s - 1 - k]
            made[r, c] = odds[c] * ways / after[0, s]
    return made


@njit(cache=True, nogil=True)
def _second(odds, a, sizes, most):  # type: ignore[no-untyped-def]  # pragma: no cover
    _, whole = _ends(odds, most, -1)
    before, after = _ends(odds, most, a)
    n = len(odds)
    made = np.zeros((len(sizes), n - a - 1))
    for b in range(a + 1, n):
        for r in range(len(sizes)):
            s = sizes[r]
            if s < 2 or whole[0, s] <= 0.0:
                continue
            ways = 0.0
            for k in range(s - 1):
                ways += before[b, k] * after[b + 1, s - 2 - k]
            made[r, b - a - 1] = odds[a] * odds[b] * ways / whole[0, s]
    return made
