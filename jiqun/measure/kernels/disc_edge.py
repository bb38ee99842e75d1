"""Sums over pairs of points in a rectangle, each pair weighted for what its window hides.

A circle around a point near the border lies partly outside; what was not seen there is made up for by weighting
what was seen. ``ISOTROPIC``: by the inverse of the share of the circle that is inside (Ripley). ``TRANSLATION``:
by the area of the window over that of its overlap with itself moved by the pair's offset (Ohser). ``NONE``: one.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from jiqun.measure.kernels.disc_tree import Tree, in_blocks, in_space, nearest_farthest, node_totals, reach, rim_table

__all__ = ["ISOTROPIC", "LARGEST", "NONE", "TRANSLATION", "edge_rings", "edge_sums", "inside"]

Array = NDArray[np.float64]
Positions = NDArray[np.int64]
Window = tuple[float, float, float, float]

NONE, ISOTROPIC, TRANSLATION = 0, 1, 2
LARGEST = 100.0
"""Weights are cut here, as in spatstat: a pair of which next to nothing could be seen says next to nothing."""


def edge_sums(  # noqa: PLR0917
    sources: Tree, weight: Array, at: Array, own: Positions, radii: Array, edge: tuple[int, Window], workers: int = 1
) -> Array:
    """Sum the weights of the sources within each distance of each query, weighted for the edge.

    Parameters
    ----------
    sources
        Tree over n points of the plane.
    weight
        Weight ≥ 0 of each source, in the order they were given, shape (n,).
    at
        Queries within the window, shape (m, 2).
    own
        The source that a query is itself and that does not count, or -1, shape (m,).
    radii
        Ascending distances in km, shape (k,).
    edge
        The correction and the window x0, y0, x1, y1.
    workers
        Threads; they do not change the answer.

    Returns
    -------
    numpy.ndarray
        Shape (m, k).

    Examples
    --------
    Half of the circle around the middle of a side is outside: its one neighbour counts twice.

    >>> from jiqun.measure.kernels.disc_tree import tree
    >>> two = np.array([[0.0, 5.0], [1.0, 5.0]])
    >>> edge = (ISOTROPIC, (0.0, 0.0, 10.0, 10.0))
    >>> edge_sums(tree(two), np.ones(2), two, np.arange(2), np.array([1.0]), edge).tolist()
    [[2.0], [1.0]]
    """
    out = np.zeros((len(at), len(radii)))
    if len(sources.order) == 0 or len(at) == 0:
        return out
    skip = np.where(own < 0, -1, sources.position[np.maximum(own, 0)])
    query = np.ascontiguousarray(in_space(at).T)
    x, y, _ = sources.at
    sorted_weight = np.ascontiguousarray(weight[sources.order], dtype=np.float64)
    total = node_totals(sorted_weight, sources.start, sources.stop)
    within = reach(radii, spherical=False)
    rims = np.concatenate([within, [np.inf]])
    table, scale = rim_table(within)
    mode, window = edge

    def block(low: int, high: int) -> None:
        nodes = (sources.start, sources.stop, sources.box, total)
        here = (query[low:high], skip[low:high])
        _edge_sums(x, y, sorted_weight, *nodes, *here, rims, table, scale, mode, window, out[low:high])

    in_blocks(block, len(at), workers, size=1024)
    return out


def edge_rings(  # noqa: PLR0917
    sources: Tree,
    weight: Array,
    at: Array,
    own: Positions,
    radii: Array,
    edge: tuple[int, Window],
    ring: tuple[float, bool],
    workers: int = 1,
) -> Array:
    """Sum the weights of the sources in Epanechnikov rings around each query, weighted for the edge.

    Parameters
    ----------
    sources, weight, at, own, radii, edge
        As in :func:`edge_sums`.
    ring
        Half the width of the ring in km, ``h``; and whether a pair is divided by its own distance in place of ``r``.
    workers
        As in :func:`edge_sums`.

    Returns
    -------
    numpy.ndarray
        ``Σ_j w_j e_ij ¾/h (1 − ((r − d)/h)²)₊ / r`` (or ``/ d``), shape (m, k); infinite at ``r = 0``.

    Examples
    --------
    >>> from jiqun.measure.kernels.disc_tree import tree
    >>> two = np.array([[4.0, 5.0], [5.0, 5.0]])
    >>> edge = (NONE, (0.0, 0.0, 10.0, 10.0))
    >>> edge_rings(tree(two), np.ones(2), two, np.arange(2), np.array([1.0, 2.0]), edge, (0.5, False)).tolist()
    [[1.5, 0.0], [1.5, 0.0]]
    """
    out = np.zeros((len(at), len(radii)))
    if len(sources.order) == 0 or len(at) == 0:
        return out
    skip = np.where(own < 0, -1, sources.position[np.maximum(own, 0)])
    query = np.ascontiguousarray(in_space(at).T)
    x, y, _ = sources.at
    sorted_weight = np.ascontiguousarray(weight[sources.order], dtype=np.float64)
    half, by_own = ring
    mode, window = edge

    def block(low: int, high: int) -> None:
        nodes = (sources.start, sources.stop, sources.box)
        here = (query[low:high], skip[low:high])
        _edge_rings(x, y, sorted_weight, *nodes, *here, radii, half, by_own, mode, window, out[low:high])

    in_blocks(block, len(at), workers, size=256)
    if not by_own:
        with np.errstate(divide="ignore", invalid="ignore"):
            out /= radii
    return out


@njit(cache=True, nogil=True)
def inside(x: float, y: float, d: float, window: Window) -> float:
    """Share of the circle of radius d around (x, y) that lies in the window, for a point of the window.

    Each side cuts off an arc; where two arcs overlap, beyond a corner, the overlap was counted twice.

    Examples
    --------
    >>> round(inside(0.0, 0.0, 3.0, (0.0, 0.0, 10.0, 10.0)), 12), inside(5.0, 5.0, 5.0, (0.0, 0.0, 10.0, 10.0))
    (0.25, 1.0)
    """
    if d <= 0.0:
        return 1.0
    left = math.acos(min(max(x - window[0], 0.0) / d, 1.0))
    right = math.acos(min(max(window[2] - x, 0.0) / d, 1.0))
    below = math.acos(min(max(y - window[1], 0.0) / d, 1.0))
    above = math.acos(min(max(window[3] - y, 0.0) / d, 1.0))
    quarter = 0.5 * math.pi
    twice = max(left + below - quarter, 0.0) + max(left + above - quarter, 0.0)
    twice += max(right + below - quarter, 0.0) + max(right + above - quarter, 0.0)
    hidden = 2.0 * (left + right + below + above) - twice
    return float(max(1.0 - hidden / (2.0 * math.pi), 0.0))


@njit(cache=True, nogil=True)
def _weight(x: float, y: float, dx: float, dy: float, d: float, mode: int, window: Window) -> float:  # noqa: PLR0917
    if mode == ISOTROPIC:
        return 1.0 / max(inside(x, y, d, window), 1.0 / LARGEST)
    if mode == TRANSLATION:
        wide, high = window[2] - window[0], window[3] - window[1]
        share = (1.0 - abs(dx) / wide) * (1.0 - abs(dy) / high)
        return 1.0 / max(share, 1.0 / LARGEST)
    return 1.0


@njit(cache=True, nogil=True)
def _edge_sums(  # type: ignore[no-untyped-def]  # noqa: PLR0912, PLR0917 # pragma: no cover
    xs, ys, weight, start, stop, box, total, query, skip, rims, table, scale, mode, window, out
):
    """As the sums within discs; a node counts at once where no pair of it needs a weight."""
    inner, radii, last = len(start) // 2, len(rims) - 1, len(table) - 1
    stack = np.empty((128, 2), dtype=np.int64)
    sums = np.zeros(radii + 1)
    for q in range(len(query)):
        x, y, own = query[q, 0], query[q, 1], skip[q]
        free = np.inf if mode == NONE else 0.0
        if mode == ISOTROPIC:
            border = max(min(x - window[0], window[2] - x, y - window[1], window[3] - y), 0.0)
            free = border * border
        sums[:] = 0.0
        stack[0, 0], stack[0, 1], top = 0, 0, 1
        while top > 0:
            top -= 1
            node, first = stack[top, 0], stack[top, 1]
            nearest, farthest = nearest_farthest(box, node, x, y, 0.0)
            while rims[first] < nearest:
                first += 1
            if first == radii:
                continue
            s, e = start[node], stop[node]
            if farthest <= rims[first] and farthest <= free and not s <= own < e:
                sums[first] += total[node]
                continue
            if node < inner:
                stack[top, 0], stack[top, 1] = 2 * node + 2, first
                stack[top + 1, 0], stack[top + 1, 1] = 2 * node + 1, first
                top += 2
                continue
            for p in range(s, e):
                dx, dy = xs[p] - x, ys[p] - y
                square = dx * dx + dy * dy
                if p == own or square > rims[radii - 1]:
                    continue
                k = table[min(int(square * scale), last)]
                while rims[k] < square:
                    k += 1
                if square <= free:
                    sums[k] += weight[p]
                else:
                    sums[k] += weight[p] * _weight(x, y, dx, dy, math.sqrt(square), mode, window)
        running = 0.0
        for k in range(radii):
            running += sums[k]
            out[q, k] = running


@njit(cache=True, nogil=True)
def _edge_rings(  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    xs, ys, weight, start, stop, box, query, skip, radii, half, by_own, mode, window, out
):
    inner, count = len(start) // 2, len(radii)
    stack = np.empty(128, dtype=np.int64)
    longest = (radii[count - 1] + half) ** 2
    for q in range(len(query)):
        x, y = query[q, 0], query[q, 1]
        stack[0], top = 0, 1
        while top > 0:
            top -= 1
            node = stack[top]
            nearest, _ = nearest_farthest(box, node, x, y, 0.0)
            if nearest > longest:
                continue
            if node < inner:
                stack[top], stack[top + 1] = 2 * node + 2, 2 * node + 1
                top += 2
                continue
            for p in range(start[node], stop[node]):
                if p == skip[q]:
                    continue
                dx, dy = xs[p] - x, ys[p] - y
                d = math.sqrt(dx * dx + dy * dy)
                k = np.searchsorted(radii, d - half)
                if k == count or radii[k] > d + half:
                    continue
                height = 0.75 / half * weight[p] * _weight(x, y, dx, dy, d, mode, window)
                if by_own:
                    height = height / d if d > 0.0 else np.inf
                while k < count and radii[k] <= d + half:
                    off = (radii[k] - d) / half
                    out[q, k] += height * max(1.0 - off * off, 0.0)
                    k += 1
