"""Squared sums of links by counterpart and group: what pairs of a group share, without looking at pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["outside", "squared_sum", "squared_sums"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Whole = NDArray[np.integer[Any]]
"""Positions as a sparse matrix holds them, in 32 bits where these do."""


def squared_sums(starts: Whole, members: Whole, weight: Array, group: Codes, times: Array, groups: int) -> Array:  # noqa: PLR0917
    """Give ``Σ_a (Σ_{i ∈ g} t_i w_ia)²`` for each group ``g``.

    Half of it, less the squares of each actor with itself, is what the pairs of a group share.

    Parameters
    ----------
    starts, members, weight
        Links by counterpart: the actors of counterpart ``a`` and the weights of its links are at the positions
        ``starts[a]`` to ``starts[a + 1]``; shapes (counterparts + 1,), (links,), (links,).
    group
        Group of each actor, negative for none, shape (actors,).
    times
        How often each actor counts, shape (actors,).
    groups
        Number of groups.

    Examples
    --------
    Two counterparts; the first has both actors of group 0.

    >>> starts, members = np.array([0, 2, 3]), np.array([0, 1, 2])
    >>> squared_sums(starts, members, np.ones(3), np.array([0, 0, 1]), np.ones(3), 2).tolist()
    [4.0, 1.0]
    """
    out: Array = _squared(starts, members, weight, group, times, groups)
    return out


@njit(cache=True, nogil=True)
def _squared(starts, members, weight, group, times, groups):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    out = np.zeros(groups)
    held = np.zeros(groups)
    seen = np.empty(groups, dtype=np.int64)
    for a in range(len(starts) - 1):
        many = 0
        for e in range(starts[a], starts[a + 1]):
            i = members[e]
            g = group[i]
            value = times[i] * weight[e]
            if g >= 0 and value != 0.0:
                if held[g] == 0.0:
                    seen[many] = g
                    many += 1
                held[g] += value
        for s in range(many):
            g = seen[s]
            out[g] += held[g] * held[g]
            held[g] = 0.0
    return out


def squared_sum(starts: Whole, others: Whole, weight: Array, members: Codes, counterparts: int) -> float:
    """Give ``Σ_a (Σ_{i ∈ members} w_ia)²`` for one group, from the links of its members alone.

    Parameters
    ----------
    starts, others, weight
        Links by actor: the counterparts of actor ``i`` and the weights of its links are at the positions
        ``starts[i]`` to ``starts[i + 1]``; shapes (actors + 1,), (links,), (links,).
    members
        Positions of the actors of the group.
    counterparts
        Number of counterparts.

    Examples
    --------
    Both actors have the first counterpart, one the second:

    >>> squared_sum(np.array([0, 2, 3]), np.array([0, 1, 0]), np.ones(3), np.array([0, 1]), 2)
    5.0
    """
    return float(_squared_one(starts, others, weight, members, counterparts))


@njit(cache=True, nogil=True)
def _squared_one(starts, others, weight, members, counterparts):  # type: ignore[no-untyped-def]  # pragma: no cover
    held = np.zeros(counterparts)
    out = 0.0
    for i in members:
        for e in range(starts[i], starts[i + 1]):
            a = others[e]
            # (h + w)² − h², so that nothing has to be summed up at the end
            out += weight[e] * (2.0 * held[a] + weight[e])
            held[a] += weight[e]
    return out


def outside(  # noqa: PLR0917
    starts: Codes,
    members: Codes,
    category: Codes,
    of: NDArray[np.bool_],
    barred: NDArray[np.bool_],
    own: int,
    counterparts: int,
) -> float:
    """Give how many other actors the counterparts of a group share, relative to what activity alone would give.

    Parameters
    ----------
    starts, members, category
        Links by actor: counterparts of actor ``i`` and the categories of its links are at the positions
        ``starts[i]`` to ``starts[i + 1]``.
    of
        Which actors are the group, shape (actors,).
    barred
        Whose links are left out, shape (actors,).
    own
        The category whose links are left out.
    counterparts
        Number of counterparts.

    Returns
    -------
    float
        From the links that are left, ``Σ_j n_j(n_j − 1) L² / ([(Σk)² − Σk²] Σ_j s_j(s_j − 1))``; NaN where that is
        not defined.

    Examples
    --------
    Actor 0 has both counterparts, and so has the other: they share all there is, twice as much as by activity.

    >>> starts, members = np.array([0, 2, 4]), np.array([0, 1, 0, 1])
    >>> first = np.array([True, False])
    >>> outside(starts, members, np.full(4, -1), first, first, 0, 2)
    2.0
    """
    return float(_outside(starts, members, category, of, barred, own, counterparts))


@njit(cache=True, nogil=True)
def _outside(starts, members, category, of, barred, own, counterparts):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    inside = np.zeros(counterparts, dtype=np.bool_)
    degree = np.zeros(counterparts)
    for i in range(len(of)):
        if of[i]:
            for e in range(starts[i], starts[i + 1]):
                inside[members[e]] = True
    links, both, chance = 0.0, 0.0, 0.0
    for i in range(len(of)):
        if barred[i]:
            continue
        all_, held = 0.0, 0.0
        for e in range(starts[i], starts[i + 1]):
            if category[e] != own:
                all_ += 1.0
                if inside[members[e]]:
                    held += 1.0
                    degree[members[e]] += 1.0
        links += all_
        chance += all_ * (all_ - 1.0)
        both += held * (held - 1.0)
    total, squared = 0.0, 0.0
    for a in range(counterparts):
        total += degree[a]
        squared += degree[a] * degree[a]
    expected = (total * total - squared) * chance
    return both * links * links / expected if expected > 0.0 else np.nan
