"""Sums of weights within discs around points, exact, for many radii at once.

A k-d tree over the sources holds the box and the weight of each node. Around a query, a node through which no rim
passes counts at once, for the smallest radius that holds it; only along the rims are points looked at one by one.
One descent serves all radii, and the cost is that of the rims, not of the discs: it adapts to dense cities and to many
radii, and grows into that of comparing all pairs, not beyond.

Boxes are decided by the same floating-point operations as points. Since these are monotone, each pair is decided
as if it were looked at by itself, also where points lie exactly on a rim. Weights are added, never
subtracted, so that small sums beside large weights stay exact to rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from jiqun.measure.points import EARTH_RADIUS_KM

__all__ = [
    "TIE",
    "Tree",
    "disc_sums",
    "in_blocks",
    "in_space",
    "nearest_farthest",
    "node_totals",
    "reach",
    "rim_table",
    "tree",
]

Array = NDArray[np.float64]
Positions = NDArray[np.int64]

LEAF, LARGE_LEAF, LARGE = 32, 256, 300_000
"""Points of a leaf; of one of a tree that outgrows the cache, where reading nodes costs more than comparing points."""
TIE = 1e-12
"""Points this much further than a radius, as a share of it, are at it: 0.1 + 0.2 is within 0.3."""
BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Tree:
    """A balanced k-d tree: node i has the children 2i+1 and 2i+2 and the points start[i] to stop[i] of ``order``."""

    order: Positions
    """Source at each position of the tree, shape (n,)."""
    at: Array
    """Their coordinates, in the tree's order, shape (3, n); the third is 0 in the plane."""
    start: Positions
    stop: Positions
    box: Array
    """Smallest and largest coordinate of the points of a node, shape (nodes, 6)."""

    @property
    def position(self) -> Positions:
        """Where in the tree each source is, shape (n,)."""
        inverse = np.empty_like(self.order)
        inverse[self.order] = np.arange(len(self.order))
        return inverse


def tree(at: Array, leaf: int | None = None) -> Tree:
    """Build the tree over points.

    Parameters
    ----------
    at
        Coordinates, shape (n, 2) or (n, 3).
    leaf
        Points of a leaf, at most; None: what was fastest for so many points.

    Examples
    --------
    >>> tree(np.array([[2.0, 0.0], [0.0, 0.0], [1.0, 0.0]]), leaf=1).order.tolist()
    [1, 2, 0]
    """
    if leaf is None:
        leaf = LEAF if len(at) < LARGE else LARGE_LEAF
    depth = 0
    while len(at) > leaf << depth:
        depth += 1
    nodes = (2 << depth) - 1
    order = np.arange(len(at), dtype=np.int64)
    start, stop = np.zeros((2, nodes), dtype=np.int64)
    box = np.zeros((nodes, 6))
    axes = in_space(at)
    if len(at):
        stop[0] = len(at)
        _build(axes, order, start, stop, box)
    return Tree(order, np.ascontiguousarray(axes[:, order]), start, stop, box)


def in_space(at: Array) -> Array:
    """Give coordinates by axis, shape (3, n), of points in the plane or in space, shape (n, 2) or (n, 3)."""
    axes = np.zeros((3, len(at)))
    axes[: at.shape[1]] = at.T
    return axes


def reach(distances: Array, *, spherical: bool) -> Array:
    """Give the squared straight distance up to which a point is within each distance, ties included.

    Parameters
    ----------
    distances
        Distances on the ground in km, shape (k,).
    spherical
        Whether they are arcs of great circles.

    Examples
    --------
    >>> bool(reach(np.array([0.3]), spherical=False)[0] >= (0.1 + 0.2) ** 2)
    True
    """
    half = np.minimum(distances / (2.0 * EARTH_RADIUS_KM), np.pi / 2.0)
    straight = 2.0 * EARTH_RADIUS_KM * np.sin(half) if spherical else distances
    return np.asarray(straight**2 * (1.0 + 2.0 * TIE), dtype=np.float64)


def disc_sums(  # noqa: PLR0917
    sources: Tree, weight: Array, at: Array, own: Positions, within: Array, workers: int = 1
) -> Array:
    """Sum the weights of the sources within each distance of each query.

    Parameters
    ----------
    sources
        Tree over n points.
    weight
        Weight ≥ 0 of each source, in the order they were given, shape (n,).
    at
        Queries, shape (m, 2) or (m, 3).
    own
        The source that a query is itself and that does not count, or -1, shape (m,).
    within
        Ascending squared straight distances, see :func:`reach`, shape (k,).
    workers
        Threads; they do not change the answer.

    Returns
    -------
    numpy.ndarray
        Shape (m, k).

    Examples
    --------
    >>> line = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]])
    >>> disc_sums(tree(line), np.ones(3), line, np.arange(3), np.array([1.0, 4.0, 9.0])).tolist()
    [[1.0, 1.0, 2.0], [1.0, 2.0, 2.0], [0.0, 1.0, 2.0]]
    """
    out = np.zeros((len(at), len(within)))
    if len(sources.order) == 0 or len(at) == 0:
        return out
    sorted_weight = np.ascontiguousarray(weight[sources.order], dtype=np.float64)
    total = node_totals(sorted_weight, sources.start, sources.stop)
    skip = np.where(own < 0, -1, sources.position[np.maximum(own, 0)])
    rims = np.concatenate([within, [np.inf, np.inf]])
    first, scale = rim_table(within)
    query = np.ascontiguousarray(in_space(at).T)
    x, y, z = sources.at

    def block(low: int, high: int) -> None:
        nodes = (sources.start, sources.stop, sources.box, total)
        here = (query[low:high], skip[low:high])
        _sums(x, y, z, sorted_weight, *nodes, *here, rims, first, scale, out[low:high])

    in_blocks(block, len(at), workers)
    return out


def rim_table(within: Array, size: int = 1024) -> tuple[Positions, float]:
    """Give the first radius that may hold a squared distance, by steps of it, and the steps in one unit.

    Examples
    --------
    >>> rim_table(np.array([1.0, 4.0]), size=4)
    (array([0, 0, 1, 1, 1]), 1.0)
    """
    largest = float(within[-1])
    scale = size / largest if largest > 0.0 else 0.0
    lowest = np.arange(size + 1) * (largest / size) * (1.0 - 1e-12)
    return np.searchsorted(within, lowest).astype(np.int64), scale


def in_blocks(call: Callable[[int, int], None], count: int, workers: int, size: int = BLOCK) -> None:
    """Call a function that fills its own part of an array for each block of rows, in several threads."""
    edges = [(low, min(low + size, count)) for low in range(0, count, size)]
    if workers <= 1 or len(edges) <= 1:
        for low, high in edges:
            call(low, high)
        return
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(call, low, high) for low, high in edges]:
            done.result()


@njit(cache=True, nogil=True)
def _select(order, key, low, high, middle):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Put the element of rank ``middle`` in its place, smaller ones before it (Hoare's selection)."""
    while high - low > 1:
        a, b, c = key[order[low]], key[order[(low + high) // 2]], key[order[high - 1]]
        pivot = max(min(a, b), min(max(a, b), c))
        i, j = low, high - 1
        while i <= j:
            while key[order[i]] < pivot:
                i += 1
            while key[order[j]] > pivot:
                j -= 1
            if i <= j:
                order[i], order[j] = order[j], order[i]
                i += 1
                j -= 1
        if middle <= j:
            high = j + 1
        elif middle >= i:
            low = i
        else:
            return


@njit(cache=True, nogil=True)
def _build(at, order, start, stop, box):  # type: ignore[no-untyped-def]  # pragma: no cover
    nodes = len(start)
    for node in range(nodes):
        s, e = start[node], stop[node]
        widest, width = 0, -1.0
        for axis in range(3):
            low, high = np.inf, -np.inf
            for p in range(s, e):
                low = min(low, at[axis, order[p]])
                high = max(high, at[axis, order[p]])
            box[node, 2 * axis], box[node, 2 * axis + 1] = low, high
            if high - low > width:
                widest, width = axis, high - low
        if node < nodes // 2:
            middle = (s + e) // 2
            if width > 0.0 and middle > s:
                _select(order, at[widest], s, e, middle)
            start[2 * node + 1], stop[2 * node + 1] = s, middle
            start[2 * node + 2], stop[2 * node + 2] = middle, e


@njit(cache=True, nogil=True)
def node_totals(weight: Array, start: Positions, stop: Positions) -> Array:
    """Weight of each node of a tree."""
    nodes = len(start)
    total = np.zeros(nodes)
    for node in range(nodes - 1, -1, -1):
        if node < nodes // 2:
            total[node] = total[2 * node + 1] + total[2 * node + 2]
        else:
            for p in range(start[node], stop[node]):
                total[node] += weight[p]
    return total


@njit(cache=True, nogil=True)
def nearest_farthest(box, node, x, y, z):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Squared distances of a point from the nearest and the farthest point of a box."""
    a, b = box[node, 0] - x, box[node, 1] - x
    near, far = max(a, -b, 0.0), max(-a, b)
    nearest, farthest = near * near, far * far
    a, b = box[node, 2] - y, box[node, 3] - y
    near, far = max(a, -b, 0.0), max(-a, b)
    nearest, farthest = nearest + near * near, farthest + far * far
    a, b = box[node, 4] - z, box[node, 5] - z
    near, far = max(a, -b, 0.0), max(-a, b)
    return nearest + near * near, farthest + far * far


# Sums may be taken in any order here: that lets the processor take several points at once.
@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz"})
def _cut(xs, ys, zs, weight, s, e, x, y, z, rim):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    """Weight of the points of a leaf within and beyond a rim."""
    inside = beyond = 0.0
    for p in range(np.uint64(s), np.uint64(e)):
        dx, dy, dz = xs[p] - x, ys[p] - y, zs[p] - z
        w = weight[p]
        hit = w if dx * dx + dy * dy + dz * dz <= rim else 0.0
        inside += hit
        beyond += w - hit
    return inside, beyond


@njit(cache=True, nogil=True)
def _sums(  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    xs, ys, zs, weight, start, stop, box, total, query, skip, rims, table, scale, out
):
    """Add each node or point to the smallest radius that holds it, then sum over radii."""
    inner, radii, last = len(start) // 2, len(rims) - 2, len(table) - 1
    stack = np.empty((128, 2), dtype=np.int64)
    sums = np.zeros(radii + 2)
    for q in range(len(query)):
        x, y, z = query[q, 0], query[q, 1], query[q, 2]
        own = skip[q]
        sums[:] = 0.0
        stack[0, 0], stack[0, 1], top = 0, 0, 1
        while top > 0:
            top -= 1
            node, first = stack[top, 0], stack[top, 1]
            nearest, farthest = nearest_farthest(box, node, x, y, z)
            while rims[first] < nearest:
                first += 1
            if first == radii:
                continue
            s, e = start[node], stop[node]
            mine = s <= own < e
            if farthest <= rims[first] and not mine:
                sums[first] += total[node]
            elif node < inner:
                stack[top, 0], stack[top, 1] = 2 * node + 2, first
                stack[top + 1, 0], stack[top + 1, 1] = 2 * node + 1, first
                top += 2
            elif farthest <= rims[first + 1] and not mine:
                inside, beyond = _cut(xs, ys, zs, weight, s, e, x, y, z, rims[first])
                sums[first] += inside
                sums[first + 1] += beyond
            else:
                for p in range(np.uint64(s), np.uint64(e)):
                    dx, dy, dz = xs[p] - x, ys[p] - y, zs[p] - z
                    squared = dx * dx + dy * dy + dz * dz
                    if squared > rims[radii - 1]:
                        continue
                    k = table[min(int(squared * scale), last)]
                    while rims[k] < squared:
                        k += 1
                    sums[k] += 0.0 if np.int64(p) == own else weight[p]
        running = 0.0
        for k in range(radii):
            running += sums[k]
            out[q, k] = running
