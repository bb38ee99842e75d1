"""Networks as random as the degrees of their actors allow: ties swap their ends."""

from __future__ import annotations

import numpy as np
from numba import njit

from jiqun.measure.network.graph import Array, Graph

__all__ = ["rewired"]

SWAPS = 10
"""Attempted swaps for each tie."""


def rewired(network: Graph, *, rng: np.random.Generator | int | None = 0, swaps: int = SWAPS) -> Graph:
    """Give a random network in which every actor has as many partners as before, and no pair two ties.

    Two ties are drawn and swap an end, unless a tie of an actor with itself or a second tie of a pair came of it; an
    attempt that fails counts as a step, so that all such networks are equally likely in the long run. Where every actor
    only supplies or only is supplied, suppliers stay suppliers.

    Parameters
    ----------
    network
        Ties; weights are not kept.
    rng
        Generator, seed or None.
    swaps
        Attempts for each tie.

    Returns
    -------
    Graph
        As many ties, each of weight 1.

    References
    ----------
    Milo, R., Kashtan, N., Itzkovitz, S., Newman, M. & Alon, U. (2003), On the uniform generation of random graphs with
    prescribed degree sequences. arXiv:cond-mat/0312028
    Fosdick, B., Larremore, D., Nishimura, J. & Ugander, J. (2018), Configuring random graph models with fixed degree
    sequences. doi:10.1137/16M1087175

    Examples
    --------
    >>> from jiqun.measure.network.graph import graph
    >>> made = rewired(graph([0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 0]), rng=1)
    >>> made.degree.tolist()
    [2, 2, 2, 2, 2, 2]
    """
    sided = network.one_way
    whole = network if sided else network.merged
    source, target = whole.source.astype(np.int64), whole.target.astype(np.int64)
    if len(source) > 1:
        seeded = np.random.default_rng(rng)
        size = 1 << int(np.ceil(np.log2(4 * len(source) + 4)))
        _swap(source, target, network.nodes, sided, len(source) * swaps, seeded, np.full(size, -1, dtype=np.int64))
    if not sided:
        source, target = np.minimum(source, target), np.maximum(source, target)
    order = np.lexsort((target, source))
    ones: Array = np.ones(len(source))
    return Graph(network.nodes, source[order].astype(np.int32), target[order].astype(np.int32), ones)


@njit(cache=True, nogil=True)
def _swap(source, target, nodes, sided, steps, rng, table):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    many = len(source)
    for e in range(many):
        _put(table, _key(source[e], target[e], nodes, sided))
    removed = 0
    for _ in range(steps):
        e, f = int(rng.random() * many), int(rng.random() * many)
        a, b, c, d = source[e], target[e], source[f], target[f]
        if not sided and rng.random() < 0.5:
            c, d = d, c
        if e == f or a == d or c == b or (a == c and b == d):
            continue
        one, two = _key(a, d, nodes, sided), _key(c, b, nodes, sided)
        if one == two or _has(table, one) or _has(table, two):
            continue
        _drop(table, _key(a, b, nodes, sided))
        _drop(table, _key(c, d, nodes, sided))
        _put(table, one)
        _put(table, two)
        removed += 2
        source[e], target[e], source[f], target[f] = a, d, c, b
        if removed > len(table) // 4:
            table[:] = -1
            for g in range(many):
                _put(table, _key(source[g], target[g], nodes, sided))
            removed = 0


@njit(cache=True, nogil=True)
def _key(u, v, nodes, sided):  # type: ignore[no-untyped-def]  # pragma: no cover
    return u * nodes + v if sided or u < v else v * nodes + u


@njit(cache=True, nogil=True)
def _spot(key, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    return ((key ^ (key >> 29)) * 0x9E3779B1 ^ (key >> 17)) & (size - 1)


@njit(cache=True, nogil=True)
def _has(table, key):  # type: ignore[no-untyped-def]  # pragma: no cover
    at = _spot(key, len(table))
    while table[at] != -1:
        if table[at] == key:
            return True
        at = (at + 1) & (len(table) - 1)
    return False


@njit(cache=True, nogil=True)
def _put(table, key):  # type: ignore[no-untyped-def]  # pragma: no cover
    at = _spot(key, len(table))
    while table[at] >= 0:
        at = (at + 1) & (len(table) - 1)
    table[at] = key


@njit(cache=True, nogil=True)
def _drop(table, key):  # type: ignore[no-untyped-def]  # pragma: no cover
    at = _spot(key, len(table))
    while table[at] != key:
        at = (at + 1) & (len(table) - 1)
    table[at] = -2
