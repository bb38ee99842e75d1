"""Edge-disjoint paths: augmenting paths searched from both ends in a network of unit capacities.

A pair of small-world actors is joined by paths of a few steps, so that two searches that meet in the middle look
at a few hundred actors where one search from an end looks at all of them.
"""

from __future__ import annotations

import numpy as np
from numba import njit

__all__ = ["between", "cut_tree"]


@njit(cache=True, nogil=True)
def between(start, neighbour, tie, source, target, result):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    """Count the edge-disjoint paths of each pair, into ``result``."""
    nodes = len(start) - 1
    flow = np.zeros(len(neighbour) // 2, dtype=np.int8)
    used = np.empty(len(neighbour) // 2, dtype=np.int64)
    mark = np.zeros(nodes, dtype=np.int64)
    via = np.empty((2, nodes), dtype=np.int64)
    queue = np.empty((2, nodes), dtype=np.int64)
    stamp = 0
    for k in range(len(source)):
        found, stamp, _, _ = _paths(start, neighbour, tie, source[k], target[k], flow, used, mark, via, queue, stamp)
        result[k] = found


@njit(cache=True, nogil=True)
def cut_tree(start, neighbour, tie, parent, value):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill a cut tree: the fewest ties that part two nodes is the least value on the way between them in it."""
    nodes = len(start) - 1
    flow = np.zeros(len(neighbour) // 2, dtype=np.int8)
    used = np.empty(len(neighbour) // 2, dtype=np.int64)
    mark = np.zeros(nodes, dtype=np.int64)
    via = np.empty((2, nodes), dtype=np.int64)
    queue = np.empty((2, nodes), dtype=np.int64)
    stamp = 0
    for i in range(1, nodes):
        t = parent[i]
        value[i], stamp, side, size = _paths(start, neighbour, tie, i, t, flow, used, mark, via, queue, stamp)
        if side == 0:
            for q in range(size):
                j = queue[0, q]
                if j > i and parent[j] == t:
                    parent[j] = i
        else:
            far = 2 * stamp + 1
            for j in range(i + 1, nodes):
                if parent[j] == t and mark[j] != far:
                    parent[j] = i


@njit(cache=True, nogil=True)
def _paths(start, neighbour, tie, s, t, flow, used, mark, via, queue, stamp):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    """Augment until no path is left. Give the number, the stamp, the side that is cut off, and how large it is."""
    many, found = 0, 0
    while True:
        stamp += 1
        if found == start[s + 1] - start[s]:
            mark[s], queue[0, 0], side, size = 2 * stamp, s, 0, 1
            break
        if found == start[t + 1] - start[t]:
            mark[t], queue[1, 0], side, size = 2 * stamp + 1, t, 1, 1
            break
        a, b, bridge, side, size = _meet(start, neighbour, tie, s, t, flow, mark, via, queue, stamp)
        if bridge < 0:
            break
        found += 1
        many = _along(flow, used, many, a, b, bridge)
        while a != s:
            many = _along(flow, used, many, via[0, a], a, via[1, a])
            a = via[0, a]
        while b != t:
            many = _along(flow, used, many, b, via[0, b], via[1, b])
            b = via[0, b]
    for u in range(many):
        flow[used[u]] = 0
    return found, stamp, side, size


@njit(cache=True, nogil=True)
def _along(flow, used, many, u, v, tie):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    """Send one unit from ``u`` to ``v``. A tie never touched is 0, else 2, and 3 or 1 where a unit runs up or down."""
    if flow[tie] == 0:
        used[many], flow[tie] = tie, 2
        many += 1
    flow[tie] += 1 if u < v else -1
    return many


@njit(cache=True, nogil=True)
def _meet(start, neighbour, tie, s, t, flow, mark, via, queue, stamp):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    """Search from both ends, the smaller front first: where they meet, or (−1) the side that has no way out."""
    near, far = 2 * stamp, 2 * stamp + 1
    mark[s], mark[t] = near, far
    queue[0, 0], queue[1, 0] = s, t
    head_s, tail_s, head_t, tail_t = 0, 1, 0, 1
    while True:
        if head_s == tail_s:
            return -1, -1, -1, 0, tail_s
        if head_t == tail_t:
            return -1, -1, -1, 1, tail_t
        if tail_s - head_s <= tail_t - head_t:
            u = queue[0, head_s]
            head_s += 1
            for e in range(start[u], start[u + 1]):
                v = neighbour[e]
                if mark[v] == near or flow[tie[e]] == (3 if u < v else 1):
                    continue
                if mark[v] == far:
                    return u, v, tie[e], 0, 0
                mark[v], via[0, v], via[1, v] = near, u, tie[e]
                queue[0, tail_s] = v
                tail_s += 1
        else:
            u = queue[1, head_t]
            head_t += 1
            for e in range(start[u], start[u + 1]):
                v = neighbour[e]
                if mark[v] == far or flow[tie[e]] == (3 if v < u else 1):
                    continue
                if mark[v] == near:
                    return v, u, tie[e], 1, 0
                mark[v], via[0, v], via[1, v] = far, u, tie[e]
                queue[1, tail_t] = v
                tail_t += 1
