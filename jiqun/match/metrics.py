"""How good a list is: found high up, found at all, spread over whom, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiqun.match.objects import Floats, Ints

__all__ = ["Lists", "bootstrap_mean", "coverage", "exposure_gini", "hit", "ndcg", "recall", "reciprocal_rank"]


@dataclass(frozen=True, slots=True)
class Lists:
    """Ranked suppliers of needs, and which of them served the need.

    ``right`` and ``supplier`` are needs × places, the best first, False and -1 past the end of a list; ``many`` says
    how many suppliers served each need, whether listed or not.
    """

    supplier: Ints
    right: NDArray[np.bool_]
    many: Ints

    @classmethod
    def of(cls, need: Ints, supplier: Ints, score: Floats, truth: tuple[Ints, Ints], needs: int, depth: int) -> Lists:  # noqa: PLR0917
        """Cut the scored pairs of each need to a list; equal scores by the lower code of the supplier.

        Parameters
        ----------
        need, supplier, score
            Scored pairs.
        truth
            Pairs of need and supplier that came about, each once.
        needs
            How many needs there are.
        depth
            Places of a list.
        """
        order = np.lexsort((supplier, -score, need))
        n, s = need[order], supplier[order]
        place = np.arange(len(n)) - np.searchsorted(n, n)
        kept = place < depth
        listed = np.full((needs, depth), -1, dtype=np.int64)
        listed[n[kept], place[kept]] = s[kept]
        size = int(max(supplier.max(initial=0), truth[1].max(initial=0))) + 1
        key = np.where(listed >= 0, np.arange(needs)[:, None] * size + listed, -1)
        right = np.isin(key, truth[0] * size + truth[1])
        return cls(listed, right, np.bincount(truth[0], minlength=needs))

    def take(self, rows: Ints | NDArray[np.bool_]) -> Lists:
        """Give the lists of some of the needs."""
        return Lists(self.supplier[rows], self.right[rows], self.many[rows])


def ndcg(lists: Lists, k: int = 10) -> Floats:
    r"""Give the normalised discounted cumulative gain of each need.

    .. math:: \frac{\sum_{r \le k} g_r / \log_2(r + 1)}{\sum_{r \le \min(k, m)} 1 / \log_2(r + 1)}

    with :math:`g_r = 1` where the supplier in place r served the need, and m who did (Järvelin and Kekäläinen 2002,
    doi:10.1145/582415.582418). A need that nobody served has nan.

    Examples
    --------
    >>> one = Lists(np.array([[4, 2, 7]]), np.array([[False, True, False]]), np.array([1]))
    >>> ndcg(one).round(4).tolist()
    [0.6309]
    """
    discount = 1.0 / np.log2(np.arange(2, k + 2))
    got = lists.right[:, :k] @ discount[: lists.right.shape[1]]
    best = np.concatenate([[np.nan], np.cumsum(discount)])[np.minimum(lists.many, k)]
    return np.asarray(got / best)


def recall(lists: Lists, k: int = 50) -> Floats:
    """Give the share of those who served each need that its first k places hold; nan where nobody did."""
    return np.asarray(lists.right[:, :k].sum(axis=1) / np.where(lists.many > 0, lists.many, np.nan))


def hit(lists: Lists, k: int = 10) -> Floats:
    """Give 1 for each need whose first k places hold anyone who served it, else 0; nan where nobody did."""
    return np.where(lists.many > 0, lists.right[:, :k].any(axis=1), np.nan)


def reciprocal_rank(lists: Lists) -> Floats:
    """Give 1 over the place of the first who served each need, 0 where none is listed; nan where nobody did."""
    first = np.where(lists.right.any(axis=1), 1.0 / (1.0 + lists.right.argmax(axis=1)), 0.0)
    return np.where(lists.many > 0, first, np.nan)


def coverage(lists: Lists, suppliers: int, k: int = 10) -> float:
    """Give the share of suppliers that appear in the first k places of any list."""
    shown = lists.supplier[:, :k]
    return len(np.unique(shown[shown >= 0])) / suppliers if suppliers else float("nan")


def exposure_gini(lists: Lists, suppliers: int, k: int = 10) -> float:
    """Give the Gini coefficient of appearances in the first k places, over all suppliers.

    >>> two = Lists(np.array([[0], [0]]), np.zeros((2, 1), bool), np.array([1, 1]))
    >>> exposure_gini(two, 2)
    0.5
    """
    shown = lists.supplier[:, :k]
    count = np.sort(np.bincount(shown[shown >= 0], minlength=suppliers)).astype(float)
    if count.sum() == 0:
        return float("nan")
    return float((2.0 * np.arange(1, len(count) + 1) - len(count) - 1.0) @ count / (len(count) * count.sum()))


def bootstrap_mean(
    values: Floats,
    cluster: Ints,
    *,
    replicates: int = 999,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
) -> tuple[float, float, float]:
    """Give the mean over needs and its interval, whole clusters of needs drawn again.

    Parameters
    ----------
    values
        One a need; nan is left out.
    cluster
        Needs of one seeker belong together: they are drawn together.
    replicates, level, rng
        Draws, level of the percentile interval, source of randomness.

    Returns
    -------
    mean, low, high
        nan where there is no value.

    Examples
    --------
    >>> bootstrap_mean(np.array([1.0, 1.0, np.nan]), np.array([0, 1, 1]), replicates=9)
    (1.0, 1.0, 1.0)
    """
    good = np.isfinite(values)
    if not good.any():
        return float("nan"), float("nan"), float("nan")
    _, group = np.unique(cluster[good], return_inverse=True)
    total, many = np.bincount(group, values[good]), np.bincount(group).astype(float)
    generator = np.random.default_rng(rng)
    drawn = np.empty(replicates)
    for k in range(replicates):
        picked = np.bincount(generator.integers(0, len(total), len(total)), minlength=len(total))
        drawn[k] = (picked @ total) / (picked @ many)
    low, high = np.quantile(drawn, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(total.sum() / many.sum()), float(low), float(high)
