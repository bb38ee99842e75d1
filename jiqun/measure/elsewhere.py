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
import scipy.sparse as sp
from numpy.typing import NDArray

from jiqun.measure.bands import local_band, p_pointwise
from jiqun.measure.kernels.shared_pairs import squared_sums
from jiqun.measure.linked import Linked
from jiqun.measure.resample import generators
from jiqun.space.strata import activity_strata

__all__ = ["elsewhere", "expected_pairs"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


def elsewhere(
    read: Linked, *, quantiles: int, simulations: int, level: float, rng: np.random.Generator | int | None
) -> dict[str, Any]:
    """Give, for each industry, how many actors outside it two of its counterparts share, relative to chance.

    The links of the industry's actors, and those whose category is the industry, are left out. Chance is as many
    counterparts drawn at random among those equally active in what is left.

    Parameters
    ----------
    read
        The links.
    quantiles
        Strata of activity.
    simulations
        Draws under the null.
    level
        Coverage of the null band.
    rng
        Generator, seed or None.

    Returns
    -------
    dict
        Columns ``elsewhere, elsewhere_low, elsewhere_high, p_elsewhere``, each (industries,): NaN where fewer than
        two counterparts of the industry deal with others, or none of the others with two counterparts.
    """
    groups = len(read.industries)
    value, low, high, p = (np.full(groups, np.nan) for _ in range(4))
    row = np.repeat(np.arange(read.matrix.shape[0]), np.diff(read.matrix.indptr))
    seeds = generators(rng, groups + 1)[1:]
    for c in range(groups):
        own = read.industry[row] == c
        barred = own | (read.category == c) if read.category is not None else own
        member = np.zeros(read.matrix.shape[1], dtype=np.bool_)
        member[read.matrix.indices[own]] = True
        value[c], null = _one(read, row, ~barred, member, (quantiles, simulations, seeds[c]))
        if simulations and np.isfinite(value[c]):
            p[c] = p_pointwise(value[c : c + 1], null[:, None])[0]
            low[c], high[c] = (float(b[0]) for b in local_band(null[:, None], level))
    return {"elsewhere": value, "elsewhere_low": low, "elsewhere_high": high, "p_elsewhere": p}


def _one(
    read: Linked,
    row: Codes,
    kept: NDArray[np.bool_],
    member: NDArray[np.bool_],
    null: tuple[int, int, np.random.Generator],
) -> tuple[float, Array]:
    """Value of one industry and of draws under the null."""
    quantiles, simulations, rng = null
    links = sp.csr_array((np.ones(int(kept.sum())), (row[kept], read.matrix.indices[kept])), shape=read.matrix.shape)
    links.sum_duplicates()
    links.data[:] = 1.0
    degree = np.bincount(links.indices, minlength=links.shape[1])
    active = np.flatnonzero(degree)
    inside = member[active]
    if inside.sum() < 2:
        return np.nan, np.zeros(simulations)
    links = sp.csr_array(links[:, active])
    strata = activity_strata(degree[active], quantiles)
    chance = expected_pairs(links, strata, inside)
    if chance <= 1e-12:
        return np.nan, np.zeros(simulations)
    starts, members = links.indptr.astype(np.int64), links.indices.astype(np.int64)
    ones, k = np.ones(len(members)), degree[active].astype(np.float64)

    def shared(of: NDArray[np.bool_]) -> float:
        group = np.where(of, 0, -1)
        squared = squared_sums(starts, members, ones, group, np.ones(len(group)), 1)[0]
        return float((squared - k[of].sum()) / 2.0 / chance)

    parts = [np.flatnonzero(strata == s) for s in range(int(strata.max()) + 1)]

    def draw(random: np.random.Generator) -> float:
        of = inside.copy()
        for part in parts:
            of[part] = random.permutation(inside[part])
        return shared(of)

    with ThreadPoolExecutor(min(cpu_count() or 1, 8)) as pool:
        return shared(inside), np.array(list(pool.map(draw, rng.spawn(simulations))))


def expected_pairs(links: sp.csr_array, strata: Codes, inside: NDArray[np.bool_]) -> float:
    """Give the exact mean of what pairs of members share when members are drawn anew within strata.

    Parameters
    ----------
    links
        Ones, shape (actors, counterparts).
    strata
        Stratum of each counterpart.
    inside
        Which counterparts are members.

    Examples
    --------
    Three counterparts of one actor, two of them members: always one pair that shares it.

    >>> expected_pairs(sp.csr_array(np.ones((1, 3))), np.zeros(3, dtype=int), np.array([True, True, False]))
    1.0
    """
    kinds = int(strata.max()) + 1
    of = sp.csr_array((np.ones(len(strata)), (np.arange(len(strata)), strata)), shape=(len(strata), kinds))
    met = (links @ of).toarray()
    together = met.T @ met - np.diag(met.sum(axis=0))
    size = np.bincount(strata, minlength=kinds).astype(np.float64)
    held = np.bincount(strata, inside, kinds)
    rate = np.outer(held / size, held / size)
    with np.errstate(divide="ignore", invalid="ignore"):
        both = np.where(size > 1, held * (held - 1) / (size * (size - 1)), 0.0)
    np.fill_diagonal(rate, both)
    return float((rate * together).sum() / 2.0)
