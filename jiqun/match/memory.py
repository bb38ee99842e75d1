"""What the past says at one moment: who supplies what, where, to whom and with whom, older deals counting less."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from jiqun.match.objects import Asked, Deals, Floats, Ints

__all__ = ["HALF_LIFE_DAYS", "Memory", "Profile", "remember"]

HALF_LIFE_DAYS = 730.0
"""A deal counts half after two years."""
WINDOWS_DAYS = (91.0, 365.0)
"""Recent activity is counted over the last quarter and year."""
PARTNERS_MOST = 100
"""Partners of a seeker, and neighbours of a supplier, that are kept: the latest, and the nearest."""
TOGETHER_MOST = 50
"""A joint need of more suppliers says little of any two of them."""


@dataclass(frozen=True, slots=True)
class Profile:
    """Deals of every supplier by the levels of one trait, or of several traits taken together."""

    of: tuple[int, ...]
    """Columns of the traits."""
    keys: Ints
    """Combined codes that occur, ascending; row k of ``counts`` is that of ``keys[k]``."""
    counts: sparse.csr_array
    """Levels × suppliers: decayed deals."""
    total: Floats
    """Decayed deals of each level."""

    def rows(self, traits: Ints, levels: tuple[int, ...]) -> Ints:
        """Give the row of each need, -1 where its level is unknown or never occurred."""
        key = combined(traits, self.of, levels)
        at = np.minimum(np.searchsorted(self.keys, key), max(len(self.keys) - 1, 0))
        if len(self.keys) == 0:
            return np.full(len(key), -1)
        return np.where((key >= 0) & (self.keys[at] == key), at, -1)


@dataclass(frozen=True, slots=True)
class Memory:
    """Everything the ranking reads of the past; nothing of ``at`` or after is in it."""

    at: float
    suppliers: int
    levels: tuple[int, ...]
    activity: Floats
    """Decayed deals of each supplier, shape (suppliers,)."""
    recent: Floats
    """Deals within each of the windows, shape (windows, suppliers)."""
    last: Floats
    """Day of the last deal, -inf where there is none."""
    profiles: tuple[Profile, ...]
    partners: sparse.csr_array
    """Seekers × suppliers: needs served, decayed."""
    partner_last: sparse.csr_array
    """Seekers × suppliers: day of the last deal, counted from ``epoch``, so that nothing stored is 0."""
    epoch: float
    share: sparse.csr_array
    """Seekers × suppliers: share of the seeker's needs that the supplier took part in."""
    latest: sparse.csr_array
    """Seekers × suppliers: 1 where the supplier took part in the seeker's last need."""
    loyalty: Floats
    """Share of the later needs of a supplier's partners that it served again, shrunk to the mean."""
    together: sparse.csr_array
    """Suppliers × suppliers: cosine of having served the same need."""
    alike: sparse.csr_array
    """Suppliers × suppliers: cosine of having the same partners."""
    after: sparse.csr_array
    """Suppliers × suppliers: how often the second came to a partner of the first, later, over its activity."""
    price: Floats
    """Median log price of each supplier, nan where unknown."""
    price_spread: Floats
    known_seekers: Ints
    """Needs of each seeker so far."""


def combined(traits: Ints, of: tuple[int, ...], levels: tuple[int, ...]) -> Ints:
    """Give one code for several traits, -1 where any of them is unknown.

    >>> combined(np.array([[1, 2], [0, -1]]), (0, 1), (3, 4)).tolist()
    [6, -1]
    """
    code = np.zeros(len(traits), dtype=np.int64)
    known = np.ones(len(traits), dtype=bool)
    for k in of:
        known &= (traits[:, k] >= 0) & (traits[:, k] < levels[k])
        code = code * levels[k] + traits[:, k]
    return np.where(known, code, -1)


def remember(deals: Deals, at: float, *, half_life_days: float = HALF_LIFE_DAYS) -> Memory:
    """Sum up the deals strictly before a day.

    Parameters
    ----------
    deals
        All deals; those of the day and after are not read.
    at
        The day.
    half_life_days
        After how many days a deal counts half.

    Returns
    -------
    Memory
        Time is linear in the deals, but for the pairs of suppliers, which are capped.
    """
    past = deals.before(at)
    weight = np.exp2(-(at - past.day) / half_life_days)
    size = past.suppliers
    activity = np.bincount(past.supplier, weight, size).astype(float)
    last = np.full(size, -np.inf)
    np.maximum.at(last, past.supplier, past.day)
    recent = np.stack(
        [np.bincount(past.supplier[past.day >= at - w], minlength=size).astype(float) for w in WINDOWS_DAYS]
    )
    traits = range(len(past.levels))
    sets = [(k,) for k in traits] + list(combinations(traits, 2))
    profiles = tuple(_profile(past, weight, of) for of in sets)
    partners, partner_last, share, latest, needs = _partners(past, weight)
    price, spread = _prices(past)
    return Memory(
        at, size, past.levels, activity, recent, last, profiles, partners, partner_last,
        past.day[0] - 1.0 if len(past) else at - 1.0, share, latest,
        _loyalty(past), _together(past, weight), _alike(partners), _after(past, weight, activity),
        price, spread, needs,
    )  # fmt: skip


def _csr(
    data: Floats, rows: NDArray[np.integer], columns: NDArray[np.integer], shape: tuple[int, int]
) -> sparse.csr_array:
    made = sparse.csr_array((data, (rows, columns)), shape=shape)
    made.sum_duplicates()
    made.sort_indices()
    return made


def _profile(past: Deals, weight: Floats, of: tuple[int, ...]) -> Profile:
    code = combined(past.traits, of, past.levels)
    known = code >= 0
    keys, row = np.unique(code[known], return_inverse=True)
    counts = _csr(weight[known], row.ravel(), past.supplier[known], (len(keys), past.suppliers))
    return Profile(of, keys, counts, np.bincount(row.ravel(), weight[known], len(keys)).astype(float))


def _partners(
    past: Deals, weight: Floats
) -> tuple[sparse.csr_array, sparse.csr_array, sparse.csr_array, sparse.csr_array, Ints]:
    known = past.seeker >= 0
    seeker, supplier, day, need = past.seeker[known], past.supplier[known], past.day[known], past.need[known]
    shape = (past.seekers, past.suppliers)
    partners = _csr(weight[known], seeker, supplier, shape)
    # One entry a pair: the last of its deals, which come in order of time.
    pair = seeker * past.suppliers + supplier
    _, back = np.unique(pair[::-1], return_index=True)
    end = len(pair) - 1 - back
    epoch = past.day[0] - 1.0 if len(past) else 0.0
    partner_last = _csr(day[end] - epoch, seeker[end], supplier[end], shape)
    firsts, at = np.unique(need, return_index=True)
    needs = np.bincount(seeker[at], minlength=past.seekers)
    row = np.searchsorted(firsts, need)
    served = np.unique(row * past.suppliers + supplier)
    whose = seeker[at][served // past.suppliers] if len(served) else served
    share = _csr(1.0 / needs[whose], whose, served % past.suppliers, shape)
    last_need = np.full(past.seekers, -1)
    last_need[seeker] = need
    now = need == last_need[seeker]
    latest = _csr(np.ones(int(now.sum())), seeker[now], supplier[now], shape)
    latest.data[:] = 1.0
    return partners, partner_last, share, latest, needs


def _loyalty(past: Deals, prior: float = 5.0) -> Floats:
    """Over the later needs of its partners, in how many did a supplier take part again."""
    known = past.seeker >= 0
    seeker, supplier, need = past.seeker[known], past.supplier[known], past.need[known]
    if len(need) == 0:
        return np.zeros(past.suppliers)
    # The place of each need in the sequence of its seeker.
    firsts, at = np.unique(need, return_index=True)
    owner = seeker[at]
    order = np.lexsort((at, owner))
    turn = np.empty(len(firsts), dtype=np.int64)
    start = np.r_[0, np.flatnonzero(np.diff(owner[order])) + 1]
    lengths = np.diff(np.r_[start, len(order)])
    turn[order] = np.arange(len(order)) - np.repeat(start, lengths)
    many = np.bincount(owner, minlength=past.seekers)
    mine = turn[np.searchsorted(firsts, need)]
    pair = seeker * past.suppliers + supplier
    codes, first = np.unique(pair, return_index=True)
    served = np.bincount(np.searchsorted(codes, pair), minlength=len(codes))
    chances = many[codes // past.suppliers] - 1 - mine[first]
    again = np.bincount(codes % past.suppliers, np.minimum(served - 1, chances), past.suppliers)
    could = np.bincount(codes % past.suppliers, chances, past.suppliers)
    mean = again.sum() / max(could.sum(), 1.0)
    return np.asarray((again + prior * mean) / (could + prior))


def _cosine(pairs: sparse.csr_array, norm: Floats, prior: float = 1.0) -> sparse.csr_array:
    """Divide counts of two by the root of the counts of each; pairs of rare suppliers are shrunk."""
    pairs.setdiag(0.0)
    pairs.eliminate_zeros()
    pairs.sort_indices()
    scale = 1.0 / np.sqrt(norm + prior)
    coo = pairs.tocoo()
    return _nearest(_csr(coo.data * scale[coo.row] * scale[coo.col], coo.row, coo.col, pairs.shape))


def _nearest(pairs: sparse.csr_array, most: int = PARTNERS_MOST) -> sparse.csr_array:
    """Keep the largest entries of each row, ties by the lower column."""
    coo = pairs.tocoo()
    order = np.lexsort((coo.col, -coo.data, coo.row))
    row = coo.row[order]
    start = np.r_[0, np.cumsum(np.bincount(row, minlength=pairs.shape[0]))]
    keep = order[np.arange(len(row)) - start[row] < most]
    return _csr(coo.data[keep], coo.row[keep], coo.col[keep], pairs.shape)


def _together(past: Deals, weight: Floats) -> sparse.csr_array:
    needs, row = np.unique(past.need, return_inverse=True)
    row = row.ravel()
    small = np.bincount(row, minlength=len(needs))[row] <= TOGETHER_MOST
    who = _csr(np.sqrt(weight[small]), row[small], past.supplier[small], (len(needs), past.suppliers))
    pairs = sparse.csr_array(who.T @ who)
    return _cosine(pairs, pairs.diagonal())


def _alike(partners: sparse.csr_array) -> sparse.csr_array:
    """Give the cosine of having the same partners; one with many partners says less of any two of them."""
    kept = _nearest(partners)
    many = np.diff(kept.indptr)
    damped = kept.copy()
    damped.data = np.sqrt(damped.data) / np.repeat(np.sqrt(np.log2(1.0 + np.maximum(many, 1))), many)
    pairs = sparse.csr_array(damped.T @ damped)
    return _cosine(pairs, pairs.diagonal())


def _after(past: Deals, weight: Floats, activity: Floats, prior: float = 2.0) -> sparse.csr_array:
    """Count who came later, and for the first time, to a partner of whom; given the first supplier, in shares."""
    known = past.seeker >= 0
    seeker, supplier, day = past.seeker[known], past.supplier[known], past.day[known]
    pair = seeker * past.suppliers + supplier
    codes, first = np.unique(pair, return_index=True)
    came = day[first]
    heavy = weight[known][first]
    who = codes // past.suppliers
    start = np.r_[0, np.flatnonzero(np.diff(who)) + 1, len(codes)] if len(codes) else np.zeros(1, np.int64)
    before: list[Ints] = []
    later: list[Ints] = []
    for low, high in pairwise(start):
        n = high - low
        if 2 <= n <= PARTNERS_MOST:
            a, b = np.nonzero(came[low:high][:, None] < came[low:high][None, :])
            before.append(low + a)
            later.append(low + b)
    shape = (past.suppliers, past.suppliers)
    if not before:
        return sparse.csr_array(shape)
    a, b = np.concatenate(before), np.concatenate(later)
    counts = _csr(heavy[b], codes[a] % past.suppliers, codes[b] % past.suppliers, shape)
    coo = counts.tocoo()
    return _nearest(
        _csr(coo.data / np.sqrt((activity[coo.row] + prior) * (activity[coo.col] + prior)), coo.row, coo.col, shape)
    )


def _prices(past: Deals) -> tuple[Floats, Floats]:
    known = np.isfinite(past.price) & (past.price > 0)
    supplier, value = past.supplier[known], np.log(past.price[known])
    many = np.bincount(supplier, minlength=past.suppliers)
    total = np.bincount(supplier, value, past.suppliers)
    square = np.bincount(supplier, value**2, past.suppliers)
    mean = np.divide(total, many, out=np.full(past.suppliers, np.nan), where=many > 0)
    everyone = float(value.std()) if len(value) else 1.0
    spread = np.sqrt(np.maximum((square - many * np.nan_to_num(mean) ** 2 + 2.0 * everyone**2) / (many + 2.0), 1e-6))
    return mean, spread


def partners_of(memory: Memory, asked: Asked) -> sparse.csr_array:
    """Give the past partners of each need's seeker: needs × suppliers, empty where the seeker is unknown."""
    inside = (asked.seeker >= 0) & (asked.seeker < memory.partners.shape[0])
    rows = np.flatnonzero(inside)
    pick = sparse.csr_array(
        (np.ones(len(rows)), (rows, asked.seeker[inside])), shape=(len(asked), memory.partners.shape[0])
    )
    found = sparse.csr_array(pick @ memory.partners)
    found.sort_indices()
    return found
