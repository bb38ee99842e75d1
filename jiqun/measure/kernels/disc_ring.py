"""Sums of weights in Gaussian rings around points: sources count by how near their distance is to the radius."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from jiqun.measure.kernels.disc_tree import Tree, in_blocks, in_space, nearest_farthest, reach
from jiqun.measure.points import EARTH_RADIUS_KM

__all__ = ["CUT", "ring_sums"]

Array = NDArray[np.float64]
Positions = NDArray[np.int64]

CUT = 9.0
"""Bandwidths beyond which a source has no weight: there the kernel is below 3e-18 of its height."""


def ring_sums(  # noqa: PLR0917
    sources: Tree,
    weight: Array,
    at: Array,
    own: Positions,
    ring: tuple[Array, float, bool],
    workers: int = 1,
) -> Array:
    """Sum ``w_j exp(−((r − d_j)/h)²/2)`` over the sources, for each query and radius.

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
    ring
        Ascending radii in km, shape (k,); bandwidth in km; whether distances are great circles.
    workers
        Threads; they do not change the answer.

    Returns
    -------
    numpy.ndarray
        Shape (m, k).

    Examples
    --------
    >>> from jiqun.measure.kernels.disc_tree import tree
    >>> line = np.array([[0.0, 0.0], [3.0, 0.0]])
    >>> ring_sums(tree(line), np.ones(2), line, np.arange(2), (np.array([3.0, 4.0]), 1.0, False))[0].round(6).tolist()
    [1.0, 0.606531]
    """
    radii, bandwidth, spherical = ring
    out = np.zeros((len(at), len(radii)))
    if len(sources.order) == 0 or len(at) == 0:
        return out
    skip = np.where(own < 0, -1, sources.position[np.maximum(own, 0)])
    query = np.ascontiguousarray(in_space(at).T)
    x, y, z = sources.at
    sorted_weight = np.ascontiguousarray(weight[sources.order], dtype=np.float64)
    longest = float(reach(radii[-1:] + CUT * bandwidth, spherical=spherical)[0])
    around = 2.0 * EARTH_RADIUS_KM if spherical else 0.0

    def block(low: int, high: int) -> None:
        nodes = (sources.start, sources.stop, sources.box)
        here = (query[low:high], skip[low:high])
        _rings(x, y, z, sorted_weight, *nodes, *here, radii, bandwidth, longest, around, out[low:high])

    in_blocks(block, len(at), workers, size=256)
    return out


@njit(cache=True, nogil=True)
def _rings(  # type: ignore[no-untyped-def]  # noqa: PLR0912, PLR0917 # pragma: no cover
    xs, ys, zs, weight, start, stop, box, query, skip, radii, bandwidth, longest, around, out
):
    """``around`` is the diameter of the sphere, 0 in the plane."""
    inner, count = len(start) // 2, len(radii)
    stack = np.empty(128, dtype=np.int64)
    cut, scale = CUT * bandwidth, -0.5 / (bandwidth * bandwidth)
    step = (radii[count - 1] - radii[0]) / max(count - 1, 1)
    even = count > 2
    for k in range(count):
        even = even and abs(radii[k] - radii[0] - k * step) <= 1e-12 * radii[count - 1]
    shrink = math.exp(2.0 * scale * step * step)
    for q in range(len(query)):
        x, y, z = query[q, 0], query[q, 1], query[q, 2]
        stack[0], top = 0, 1
        while top > 0:
            top -= 1
            node = stack[top]
            nearest, _ = nearest_farthest(box, node, x, y, z)
            if nearest > longest:
                continue
            if node < inner:
                stack[top], stack[top + 1] = 2 * node + 2, 2 * node + 1
                top += 2
                continue
            for p in range(start[node], stop[node]):
                if p == skip[q] or weight[p] == 0.0:
                    continue
                dx, dy, dz = xs[p] - x, ys[p] - y, zs[p] - z
                d = math.sqrt(dx * dx + dy * dy + dz * dz)
                if around > 0.0:
                    d = around * math.asin(min(d / around, 1.0))
                k = 0
                if even:
                    k = max(int((d - cut - radii[0]) / step), 0)
                while k < count and radii[k] < d - cut:
                    k += 1
                if k == count:
                    continue
                off = radii[k] - d
                if not even:
                    while k < count and off <= cut:
                        out[q, k] += weight[p] * math.exp(scale * off * off)
                        k += 1
                        off = radii[min(k, count - 1)] - d
                    continue
                # At even steps each value follows from the one before by a ratio that shrinks by a constant.
                height = weight[p] * math.exp(scale * off * off)
                follow = math.exp(scale * (2.0 * off * step + step * step))
                last = min(count - 1, int((d + cut - radii[0]) / step))
                while k <= last:
                    out[q, k] += height
                    height *= follow
                    follow *= shrink
                    k += 1
