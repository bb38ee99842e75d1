"""Stable matching: when both sides choose, no pair should prefer each other to what they have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from jiqun.cluster import JiqunError
from jiqun.match.allocate import Candidates
from jiqun.match.objects import Floats, Ints

__all__ = ["blocking_pairs", "stable_matching"]


def stable_matching(
    candidates: Candidates,
    accepts: Floats,
    capacity: Ints,
    *,
    outside: Floats | float = 0.0,
    reserve: Floats | float = 0.0,
) -> Ints:
    """Match needs with suppliers so that no need and supplier prefer each other: needs propose.

    Of all stable matchings it is the best for every need at once. Ties are broken by the order of codes.

    Parameters
    ----------
    candidates
        Who could serve each need, with what that is worth to the need.
    accepts
        What it is worth to the supplier, shape (candidates,).
    capacity
        Needs that each supplier can serve, shape (suppliers,).
    outside
        What a need has without being served, shape (needs,): it proposes to no one worth less or the same.
    reserve
        What a supplier has from an empty place, shape (suppliers,): it accepts no one worth less or the same.

    Returns
    -------
    numpy.ndarray
        Supplier of each need, -1 for none, shape (needs,).

    Raises
    ------
    JiqunError
        If arrays do not fit together or values are not finite.

    References
    ----------
    Gale & Shapley 1962, College admissions and the stability of marriage, American Mathematical Monthly 69(1),
    doi 10.1080/00029890.1962.11989827.

    Examples
    --------
    >>> both = Candidates(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([2.0, 1.0, 2.0, 1.0]), 2, 2)
    >>> stable_matching(both, np.array([1.0, 1.0, 2.0, 1.0]), np.array([1, 1]))
    array([1, 0])
    """
    room, theirs, mine, empty = _checked(candidates, accepts, capacity, outside, reserve)
    keep = (candidates.value > mine[candidates.need]) & (theirs > empty[candidates.supplier])
    need, supplier = candidates.need[keep], candidates.supplier[keep]
    order = np.lexsort((supplier, -candidates.value[keep], need))
    begins = np.searchsorted(need[order], np.arange(candidates.needs + 1))
    # A supplier's ranking as whole numbers, so that ties are broken once and for all.
    by_supplier = np.lexsort((need, -theirs[keep], supplier))
    rank = np.empty(by_supplier.size, dtype=np.int64)
    rank[by_supplier] = np.arange(by_supplier.size)
    places = np.concatenate([[0], np.cumsum(np.minimum(room, np.bincount(supplier, minlength=candidates.suppliers)))])
    return np.asarray(_propose(begins, supplier[order], rank[order], places))


def blocking_pairs(
    candidates: Candidates,
    accepts: Floats,
    capacity: Ints,
    matched: Ints,
    *,
    outside: Floats | float = 0.0,
    reserve: Floats | float = 0.0,
) -> Ints:
    """Candidates that prefer each other to what a matching gives them: none if it is stable.

    Parameters
    ----------
    candidates, accepts, capacity
        As in :func:`stable_matching`.
    matched
        Supplier of each need, -1 for none, shape (needs,).
    outside, reserve
        As in :func:`stable_matching`.

    Returns
    -------
    numpy.ndarray
        Rows of candidates.

    Examples
    --------
    >>> one = Candidates(np.array([0]), np.array([0]), np.array([1.0]), 1, 1)
    >>> blocking_pairs(one, np.array([1.0]), np.array([1]), np.array([-1]))
    array([0])
    """
    room, theirs, mine, empty = _checked(candidates, accepts, capacity, outside, reserve)
    has = matched[candidates.need] == candidates.supplier
    now = mine.copy()
    now[candidates.need[has]] = candidates.value[has]
    load = np.bincount(matched[matched >= 0], minlength=candidates.suppliers)
    worst = np.where(load < room, empty, np.inf)
    full = (load >= room) & (room > 0)
    if full.any():
        np.minimum.at(worst, candidates.supplier[has], np.where(full[candidates.supplier[has]], theirs[has], np.inf))
    willing = (candidates.value > now[candidates.need]) & (theirs > empty[candidates.supplier])
    return np.flatnonzero(willing & (theirs > worst[candidates.supplier]) & ~has)


def _checked(
    candidates: Candidates, accepts: Floats, capacity: Ints, outside: Floats | float, reserve: Floats | float
) -> tuple[Ints, Floats, Floats, Floats]:
    room, theirs = np.asarray(capacity, dtype=np.int64), np.asarray(accepts, dtype=np.float64)
    mine = np.broadcast_to(np.asarray(outside, dtype=np.float64), candidates.needs)
    empty = np.broadcast_to(np.asarray(reserve, dtype=np.float64), candidates.suppliers)
    fits = theirs.shape == candidates.value.shape and room.shape == (candidates.suppliers,) and (room >= 0).all()
    if not fits or not (np.isfinite(theirs).all() and np.isfinite(candidates.value).all()):
        raise JiqunError(
            "stable_matching needs a finite worth to both sides for each candidate, and a capacity that is not "
            "negative for each supplier.",
            "stable_matching 要求每个候选对双方的价值均为有限值，且每个供给方的容量非负。",
        )
    return room, theirs, np.array(mine), np.array(empty)


@njit(cache=True, nogil=True)
def _propose(begins: Any, supplier: Any, rank: Any, places: Any) -> Any:
    """Needs propose down their lists; a full supplier keeps the best it has been offered (a heap, worst on top)."""
    needs = begins.size - 1
    matched = np.full(needs, -1, dtype=np.int64)
    upto = begins[:-1].copy()
    held_rank = np.empty(places[-1], dtype=np.int64)
    held_need = np.empty(places[-1], dtype=np.int64)
    count = np.zeros(places.size - 1, dtype=np.int64)
    for start in range(needs):
        need = start
        while need >= 0 and upto[need] < begins[need + 1]:
            at = upto[need]
            upto[need] += 1
            s = supplier[at]
            first, size = places[s], places[s + 1] - places[s]
            if size == 0:
                continue
            if count[s] < size:
                i = count[s]
                count[s] += 1
                held_rank[first + i], held_need[first + i] = rank[at], need
                while i > 0 and held_rank[first + (i - 1) // 2] < held_rank[first + i]:
                    up = (i - 1) // 2
                    _swap(held_rank, held_need, first + i, first + up)
                    i = up
                matched[need] = s
                need = -1
            elif rank[at] < held_rank[first]:
                out = held_need[first]
                held_rank[first], held_need[first] = rank[at], need
                i = 0
                while 2 * i + 1 < size:
                    child = 2 * i + 1
                    if child + 1 < size and held_rank[first + child + 1] > held_rank[first + child]:
                        child += 1
                    if held_rank[first + i] >= held_rank[first + child]:
                        break
                    _swap(held_rank, held_need, first + i, first + child)
                    i = child
                matched[need] = s
                matched[out] = -1
                need = out
    return matched


@njit(cache=True, nogil=True, inline="always")
def _swap(one: Any, two: Any, i: Any, j: Any) -> None:
    one[i], one[j] = one[j], one[i]
    two[i], two[j] = two[j], two[i]
