"""Squared sums of links by counterpart and group: what pairs of a group share, without looking at pairs."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["squared_sums"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


def squared_sums(starts: Codes, members: Codes, weight: Array, group: Codes, times: Array, groups: int) -> Array:  # noqa: PLR0917
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
