"""What the counterparts of an industry share in the trade of others: near each other there, too, or only here.

Customers choose by what they need, so firms of one trade share customers almost by construction. What is not
by construction is whether the customers of an industry are near each other in links that are *not* the
industry's own.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jiqun.measure.bands import local_band, p_pointwise
from jiqun.measure.kernels.shared_pairs import outside
from jiqun.measure.linked import Linked
from jiqun.measure.resample import generators

__all__ = ["elsewhere", "swapped"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


def elsewhere(
    read: Linked, strata: Codes, *, simulations: int, level: float, rng: np.random.Generator | int | None
) -> dict[str, Any]:
    """Give, for each industry, how many actors outside it the pairs of its counterparts share, relative to chance.

    The links of the industry's actors, and those whose category is the industry, are left out; of the others
    ``Σ_j n_j(n_j − 1)/2`` counts the actors that pairs of its counterparts share, ``n_j`` of which deal with actor
    ``j``. It is divided by what activity alone would give, ``½[(Σk)² − Σk²] Σ_j s_j(s_j − 1)/L²`` (``k``, ``s`` and
    ``L`` links of a counterpart, of an actor and all, those left out not counted), and by the mean of the same number
    over draws of as many other actors that are as active: their counterparts, in the trade of neither.

    Parameters
    ----------
    read
        The links.
    strata
        Stratum of activity of each actor that has a link, in their order, shape (actors with links,).
    simulations
        Draws under the null.
    level
        Coverage of the null band.
    rng
        Generator, seed or None.

    Returns
    -------
    dict
        Columns ``elsewhere, elsewhere_low, elsewhere_high, p_elsewhere``, each (industries,): NaN without
        simulations, and where no two counterparts of the industry deal with others.
    """
    groups = len(read.industries)
    names = ("elsewhere", "elsewhere_low", "elsewhere_high", "p_elsewhere")
    rows = np.flatnonzero(read.linked)
    if not simulations or not len(rows):
        return {name: np.full(groups, np.nan) for name in names}
    label = np.where(read.industry[rows] < groups, read.industry[rows], -1)
    degree = np.diff(read.matrix.indptr)[rows]
    starts = np.append(0, np.cumsum(degree)).astype(np.int64)
    members = read.matrix.indices.astype(np.int64)
    category = read.category if read.category is not None else np.full(len(members), -1, dtype=np.int64)

    def ratio(of: NDArray[np.bool_], c: int) -> float:
        barred = of | (label == c)
        return outside(starts, members, category, of, barred, c, read.matrix.shape[1])

    def draw(random: np.random.Generator) -> Array:
        order = np.lexsort((random.random(len(label)), strata))
        return np.array([ratio(_others(label, strata, order, c), c) for c in range(groups)])

    value = np.array([ratio(label == c, c) for c in range(groups)])
    with ThreadPoolExecutor(min(cpu_count() or 1, 8)) as pool:
        null = np.array(list(pool.map(draw, generators(rng, simulations))))
    usual = _mean(null)
    with np.errstate(divide="ignore", invalid="ignore"):
        value, null = value / usual, null / usual
    null[:, ~np.isfinite(value)] = np.nan
    low, high = local_band(null, level)
    return dict(zip(names, (value, low, high, p_pointwise(value, null)), strict=True))


def swapped(label: Codes, strata: Codes, random: np.random.Generator) -> Codes:
    """Permute labels among the actors of a stratum; those without a label (negative) keep none.

    Examples
    --------
    >>> swapped(np.array([0, 1, -1]), np.array([0, 1, 1]), np.random.default_rng(0)).tolist()
    [0, 1, -1]
    """
    dealt = label.copy()
    known = np.flatnonzero(label >= 0)
    # one shuffle for all strata: random keys, sorted within each
    order = known[np.argsort(strata[known], kind="stable")]
    keys = random.random(len(order))
    dealt[order] = label[order][np.lexsort((keys, strata[order]))]
    return dealt


def _others(label: Codes, strata: Codes, order: Codes, c: int) -> NDArray[np.bool_]:
    """Take as many other actors of each stratum as industry ``c`` has, the first in the order; fewer if so few are."""
    own = label == c
    wanted = np.bincount(strata, own, int(strata.max()) + 1)
    other = ~own[order]
    before = np.cumsum(other)
    first = np.searchsorted(strata[order], np.arange(len(wanted)))
    passed = np.append(0, before)[first]
    taken = other & (before - passed[strata[order]] <= wanted[strata[order]])
    found = np.zeros(len(label), dtype=np.bool_)
    found[order[taken]] = True
    return found


def _mean(null: Array) -> Array:
    known = np.isfinite(null)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, null, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
