"""Cores: how deep in the network an actor lies."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from jiqun.measure.network.graph import Codes, Graph

__all__ = ["core_numbers"]


def core_numbers(network: Graph) -> Codes:
    """Give the core number of each actor: the largest k for which it is in the k-core.

    The k-core is the largest part of the network in which every actor has at least k partners in it. Direction
    and weights of ties do not count.

    Parameters
    ----------
    network
        Ties of actors.

    Returns
    -------
    numpy.ndarray
        Shape (nodes,); 0 for an actor without ties.

    References
    ----------
    Seidman, S. (1983), Network structure and minimum degree. doi:10.1016/0378-8733(83)90028-X
    Batagelj, V. & Zaveršnik, M. (2003), An O(m) algorithm for cores decomposition of networks. arXiv:cs/0310049

    Examples
    --------
    A triangle with one actor hanging on it, and one without ties:

    >>> from jiqun.measure.network.graph import graph
    >>> core_numbers(graph([0, 0, 1, 2], [1, 2, 2, 3], nodes=5)).tolist()
    [2, 2, 2, 1, 0]
    """
    a = network.adjacency
    found: Codes = _cores(a.start, a.neighbour)
    return found


@njit(cache=True, nogil=True)
def _cores(start: Codes, neighbour: NDArray[np.int32]) -> Codes:  # pragma: no cover
    """Take out the actor with the fewest partners left, again and again, from buckets by degree."""
    nodes = len(start) - 1
    left = start[1:] - start[:-1]
    first = np.zeros(left.max() + 2 if nodes else 2, dtype=np.int64)
    for u in range(nodes):
        first[left[u] + 1] += 1
    first = np.cumsum(first)
    fill = first.copy()
    order, at = np.empty(nodes, dtype=np.int64), np.empty(nodes, dtype=np.int64)
    for u in range(nodes):
        at[u] = fill[left[u]]
        order[at[u]] = u
        fill[left[u]] += 1
    for k in range(nodes):
        u = order[k]
        for e in range(start[u], start[u + 1]):
            v = neighbour[e]
            if left[v] > left[u]:
                head = first[left[v]]
                w = order[head]
                order[head], order[at[v]] = v, w
                at[w], at[v] = at[v], head
                first[left[v]] += 1
                left[v] -= 1
    return left
