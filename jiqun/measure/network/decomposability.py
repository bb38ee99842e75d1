"""Decomposability: how much of what several do together follows from who deals with whom in pairs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import t as student

from jiqun.cluster import JiqunError
from jiqun.measure.network.graph import Array, Codes
from jiqun.measure.network.group_kernels import deal, shared_triples
from jiqun.measure.resample import generators

__all__ = ["Decomposability", "decomposability"]

MOST = 12_000
"""Memberships looked at: of more groups a sample is taken."""
PARTS = 8
MISSED = 0.05
"""Share of the pair counts that the null may fail to bring back; beyond, it is not the null that was asked for."""
_SWEEPS = 30
_HOT, _COLD = 2.0, 0.05


@dataclass(frozen=True, slots=True)
class Decomposability:
    """How much of the multi-party structure a null that keeps only pairs reproduces."""

    value: float
    """1: all of it follows from pairs; 0: none. NaN where there is none to explain."""
    low: float
    high: float
    p: float
    """Chance of as many shared triples where only pairs matter."""
    observed: float
    """Triples that two groups share, over all pairs of groups."""
    pairwise: float
    """The same under the null that keeps sizes, activities and pairs."""
    independent: float
    """The same under the null that keeps sizes and activities alone."""
    bilateral: float
    """Share of the pairs inside groups of three and more who also meet as two alone."""
    residual: float
    """Share of the pair counts that the null did not bring back."""
    groups: int
    """Groups of three and more, all of them."""
    used: int
    """Groups looked at."""
    draws: int


def decomposability(
    group: ArrayLike,
    member: ArrayLike,
    *,
    draws: int = 39,
    most: int = MOST,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
    threads: int = 2,
) -> Decomposability:
    r"""Share of the recurrence of triples that the recurrence of pairs explains.

    Groups are joint orders or projects, and :math:`T = \sum_{g<h} \binom{|g \cap h|}{3}` counts the triples of members
    that two of them share. Two nulls deal the members anew: :math:`E_0` keeps how many each group has and in how many
    each member is; :math:`E_2` keeps, besides, how often each two meet. Then

    .. math:: D = \frac{E_2 - E_0}{T - E_0}

    cut to [0, 1]. Where relations “can be decomposed into simple bilateral ones” (夏杰长、陶鸠 2025) the pairs foretell
    who is together, and D is 1; where certain combinations come back that no pair foretells, D is below 1. The
    definition is ours; it is the third step of the ladder on which sizes and activities fix
    :math:`\sum \binom{|g \cap h|}{1}` and pairs fix :math:`\sum \binom{|g \cap h|}{2}`.

    Parameters
    ----------
    group, member
        One entry for each membership, codes from 0, shape (memberships,). Twice the same counts once.
    draws
        Draws of the pair null.
    most
        Memberships looked at; of more, groups are drawn at random.
    level
        Coverage of the interval: from eight parts of the groups, by the error of a ratio.
    rng
        Generator, seed or None.
    threads
        Threads; they change no result.

    Returns
    -------
    Decomposability
        Value 1 where no group has three members: all is bilateral. NaN where triples do not come back beyond chance,
        and where the pair null could not be drawn (``residual`` above 5 %), as in very sparse groups.

    Raises
    ------
    JiqunError
        If there are no groups of two or more.

    Notes
    -----
    The pair null is sampled by simulated cooling on the squared differences of the counts of pairs, from groups dealt
    at random; ``residual`` says how far it got. Members of one group alone can share nothing and are set aside. A team
    that always meets as a whole is foretold by its pairs and counts as decomposable: what no pair foretells is a choice
    among combinations whose pairs are alike. What the pairs of a group do alone is beside it, as ``bilateral``.

    References
    ----------
    Battiston, F. et al. (2020), Networks beyond pairwise interactions: structure and dynamics.
    doi:10.1016/j.physrep.2020.05.004
    Schneidman, E., Still, S., Berry, M. & Bialek, W. (2003), Network information and connected correlations.
    doi:10.1103/PhysRevLett.91.238701
    Orsini, C. et al. (2015), Quantifying randomness in real networks. doi:10.1038/ncomms9627

    Examples
    --------
    Seven members who only ever meet as the seven lines of a plane, in which each two meet equally often:

    >>> lines = [[0, 1, 2], [0, 3, 4], [0, 5, 6], [1, 3, 5], [1, 4, 6], [2, 3, 6], [2, 4, 5]]
    >>> member = np.array(lines * 30).ravel()
    >>> found = decomposability(np.repeat(np.arange(210), 3), member, draws=19)
    >>> found.value < 0.1, found.p
    (True, 0.05)
    """
    g, m = _read(group, member)
    size = np.bincount(g)
    if not (size > 1).any():
        raise JiqunError(
            "decomposability is not computable: needs groups (joint orders or projects) of two members or more.",
            "无法计算可分解性：需要包含两个及以上成员的组（联合订单或项目）。",
        )
    several = int((size > 2).sum())
    bilateral = _bilateral(m, size)
    seeded = np.random.default_rng(rng)
    lot = seeded.permutation(len(size))
    whole = _few(g, m, size, lot, most)
    if several == 0:
        nan = float("nan")
        return Decomposability(1.0, nan, nan, nan, 0.0, 0.0, 0.0, bilateral, 0.0, 0, len(whole.sizes), 0)
    children = seeded.spawn(PARTS + 1)
    with ThreadPoolExecutor(threads) as pool:
        all_ = _ladder(whole, draws, children[0], pool)
        parts = [_ladder(_part(whole, k), max(draws // PARTS, 4), child, pool) for k, child in enumerate(children[1:])]
    observed, pairwise, chance, residual, drawn = all_
    excess = observed - chance
    p = (int((drawn >= observed * (1 - 1e-12)).sum()) + 1) / (len(drawn) + 1)
    spread = float(drawn.std(ddof=1)) if len(drawn) > 1 else 0.0
    if excess <= 0 or residual > MISSED:
        value = low = high = float("nan")
    else:
        raw = (pairwise - chance) / excess
        above = np.array([part[1] - part[2] for part in parts])
        under = np.array([part[0] - part[2] for part in parts])
        error = _ratio_error(above, under)
        error = float(np.hypot(error, spread / np.sqrt(len(drawn)) / excess))
        wide = float(student.ppf((1 + level) / 2, PARTS - 1)) * error
        value, low, high = (float(np.clip(each, 0.0, 1.0)) for each in (raw, raw - wide, raw + wide))
    return Decomposability(
        value, low, high, p, observed, pairwise, chance, bilateral, residual, several, len(whole.sizes), len(drawn)
    )


@dataclass(frozen=True, slots=True)
class _Groups:
    """Groups and their members one after another; members numbered anew, each in two groups at least."""

    sizes: Codes
    member: Codes

    @property
    def start(self) -> Codes:
        return np.concatenate([[0], np.cumsum(self.sizes)])


def _read(group: ArrayLike, member: ArrayLike) -> tuple[Codes, Codes]:
    g, m = np.asarray(group, dtype=np.int64).ravel(), np.asarray(member, dtype=np.int64).ravel()
    if len(g) != len(m) or (len(g) and (g.min() < 0 or m.min() < 0 or m.max() >= 1 << 31)):
        raise JiqunError(
            "decomposability needs as many groups as members, coded from 0.",
            "decomposability 要求组与成员数量相同，编码从 0 开始。",
        )
    g = np.unique(g, return_inverse=True)[1].ravel().astype(np.int64)
    m = np.unique(m, return_inverse=True)[1].ravel().astype(np.int64)
    many = int(m.max(initial=0)) + 1
    key = np.unique(g * many + m)
    return key // many, key % many


def _few(g: Codes, m: Codes, size: Codes, lot: Codes, most: int) -> _Groups:
    """Take groups in the order of the lot up to so many memberships."""
    upto = np.cumsum(size[lot])
    taken = lot[: max(int(np.searchsorted(upto, most, side="right")), min(len(lot), PARTS * 2))]
    rank = np.full(len(size), -1, dtype=np.int64)
    rank[taken] = np.arange(len(taken))
    inside = rank[g] >= 0
    order = np.lexsort((m[inside], rank[g[inside]]))
    return _shared(rank[g[inside]][order], m[inside][order])


def _shared(g: Codes, m: Codes) -> _Groups:
    """Leave out members of one group alone, and groups of one."""
    while len(g):
        keep = (np.bincount(m)[m] > 1) & (np.bincount(g)[g] > 1)
        if keep.all():
            break
        g, m = g[keep], m[keep]
    sizes = np.unique(g, return_counts=True)[1].astype(np.int64)
    return _Groups(sizes, np.unique(m, return_inverse=True)[1].ravel().astype(np.int64))


def _part(whole: _Groups, k: int) -> _Groups:
    g = np.repeat(np.arange(len(whole.sizes)), whole.sizes)
    mine = g % PARTS == k
    return _shared(g[mine], whole.member[mine])


def _ladder(
    groups: _Groups, draws: int, rng: np.random.Generator, pool: ThreadPoolExecutor
) -> tuple[float, float, float, float, Array]:
    """Shared triples as they are, under the pair null, under the null of sizes and activities; residual; draws."""
    if not len(groups.sizes):
        return 0.0, 0.0, 0.0, 0.0, np.zeros(draws)
    start = groups.start
    owner = np.repeat(np.arange(len(groups.sizes)), groups.sizes)
    pairs = float((groups.sizes * (groups.sizes - 1) / 2).sum())

    def one(child: np.random.Generator, sweeps: tuple[int, int]) -> tuple[float, float]:
        member = groups.member.copy()
        left = deal(start, member, owner, np.array(sweeps), _HOT, _COLD, child)
        return _triples(start, member), float(left)

    children = generators(rng, 2 * draws)
    free = [t for t, _ in pool.map(lambda child: one(child, (_SWEEPS, 0)), children[:draws])]
    tied = list(pool.map(lambda child: one(child, (_SWEEPS, _SWEEPS)), children[draws:]))
    drawn = np.array([t for t, _ in tied])
    residual = float(np.mean([left for _, left in tied])) / (2 * pairs)
    return _triples(start, groups.member), float(drawn.mean()), float(np.mean(free)), residual, drawn


def _triples(start: Codes, member: Codes) -> float:
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    order = np.lexsort((owner, member))
    by = np.concatenate([[0], np.cumsum(np.bincount(member))])
    return float(shared_triples(start, member, by, owner[order]))


def _ratio_error(above: Array, under: Array) -> float:
    total = float(under.sum())
    if total <= 0:
        return float("inf")
    parts = len(above)
    off = above - float(above.sum()) / total * under
    return float(np.sqrt(parts / (parts - 1) * (off**2).sum()) / total)


def _bilateral(m: Codes, size: Codes) -> float:
    """Share of the distinct pairs inside groups of three and more that also are a group of their own."""
    many = int(m.max(initial=0)) + 1
    start = np.concatenate([[0], np.cumsum(size)])
    two = start[:-1][size == 2]
    alone = np.unique(m[two] * many + m[two + 1])
    made: list[Codes] = []
    for k in np.unique(size[size > 2]):
        first = start[:-1][size == k][:20_000]
        block = m[first[:, None] + np.arange(k)]
        a, b = np.triu_indices(int(k), 1)
        made.append(np.unique(block[:, a] * many + block[:, b]))
    if not made:
        return float("nan")
    inside = np.unique(np.concatenate(made))
    return float(np.isin(inside, alone).mean())
