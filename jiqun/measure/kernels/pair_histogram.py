"""Compiled histograms of the distances of pairs of points, with the moments of the distances in each bin.

A shift ``k`` pairs each point ``i`` with the point ``i + k`` around the end. All shifts are all pairs, each once; a
few shifts of points in random order are a sample in which every point is in equally many pairs (a balanced
incomplete design). Points are read in sequence, so distances of a stretch are computed in vectors into
a small buffer and then counted.

Bins are of two widths: with ``t = d·s2 + min(d, c)(s1 − s2)`` the bin is the whole part of ``t``, fine (width
1/s1) up to the distance ``c`` and coarse (1/s2) beyond. ``moments[bin]`` holds Σw, Σwε, Σwε², Σwε³ with
``ε = t − bin − ½``, and, where weights are not numbers of points, Σn, Σnε, Σnε² with n the number of pairs.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

__all__ = ["COUNTED", "UNIT", "WEIGHTED", "nested_histograms", "row_histograms", "shift_histogram"]

UNIT, WEIGHTED, COUNTED = 0, 1, 2
"""Pairs count one; count ``a_i b_j + b_i a_j``; count so and are counted as ``n_i n_j`` as well."""

Array = NDArray[np.float64]
_CHUNK = 1024
_EARTH_KM = 6371.0088


@njit(cache=True, nogil=True, inline="always")
def _arc(square: float) -> float:
    """Great circle of a squared chord; the polynomial is asin(√u)/√u for u ≤ ½ to 2e-12."""
    s = square / (4.0 * _EARTH_KM * _EARTH_KM)
    s = min(s, 1.0)
    u = min(s, 1.0 - s)
    v = 4.0 * u - 1.0
    p = 1.4451526428836577e-08
    p = p * v + 4.897700769353913e-08
    p = p * v + 1.2087230112432636e-07
    p = p * v + 4.236419943445943e-07
    p = p * v + 1.5700337497479313e-06
    p = p * v + 5.711997982485323e-06
    p = p * v + 2.1344642009138063e-05
    p = p * v + 8.302015322002143e-05
    p = p * v + 0.00034086383843352487
    p = p * v + 0.001519668920765292
    p = p * v + 0.007798902234829141
    p = p * v + 0.05375149357767019
    p = p * v + 1.0471975511965983
    half = p * np.sqrt(u)
    arc: float = 2.0 * _EARTH_KM * (half if s <= 0.5 else np.pi / 2.0 - half)
    return arc


# Unsigned bins spare the test for negative ones, and let the four sums of a bin be added as one vector: it is what
# makes the difference between 150 and 400 million pairs a second.


@njit(cache=True, nogil=True)
def _stretch(  # noqa: PLR0917 - numba calls by position
    p: Array,
    i: int,
    q: Array,
    j: int,
    m: int,
    spherical: bool,
    scale: Array,
    last: int,
    at: NDArray[np.int32],
    off: Array,
) -> None:
    """Bin and offset of the pairs (i, j), (i+1, j+1), …, m ≤ 1024 of them."""
    s1, s2, c0 = scale[0], scale[1], scale[2]
    step = s1 - s2
    top = float(last) + 0.5
    px, py, qx, qy = p[0][i : i + m], p[1][i : i + m], q[0][j : j + m], q[1][j : j + m]
    for k in range(m):
        dx = qx[k] - px[k]
        dy = qy[k] - py[k]
        off[k] = dx * dx + dy * dy
    for c in range(2, p.shape[0]):
        px, qx = p[c][i : i + m], q[c][j : j + m]
        for k in range(m):
            dx = qx[k] - px[k]
            off[k] += dx * dx
    if spherical:
        for k in range(m):
            off[k] = _arc(off[k])
    else:
        for k in range(m):
            off[k] = np.sqrt(off[k])
    for k in range(m):
        d = off[k]
        t = min(d * s2 + min(d, c0) * step, top)
        b = np.int32(t)
        at[k] = b
        off[k] = t - b - 0.5


@njit(cache=True, nogil=True)
def _count(  # noqa: PLR0917 - numba calls by position
    p: Array,
    i: int,
    q: Array,
    j: int,
    m: int,
    mode: int,
    apart: bool,
    at: NDArray[np.int32],
    off: Array,
    moments: Array,
) -> None:
    """Add m pairs to the moments; p and q hold a, b and n of both sides, shape (3, points)."""
    if mode == 0:
        for k in range(m):
            b, e = np.uint32(at[k]), off[k]
            g = e * e
            moments[b, 0] += 1.0
            moments[b, 1] += e
            moments[b, 2] += g
            moments[b, 3] += g * e
        return
    pa, pb, qa, qb = p[0][i : i + m], p[1][i : i + m], q[0][j : j + m], q[1][j : j + m]
    for k in range(m):
        b, e = np.uint32(at[k]), off[k]
        # the lower edge of the first bin, to the last digit, is distance 0
        w = 0.0 if apart and e == -0.5 else pa[k] * qb[k] + pb[k] * qa[k]
        f = w * e
        g = f * e
        moments[b, 0] += w
        moments[b, 1] += f
        moments[b, 2] += g
        moments[b, 3] += g * e
    if mode == 2:
        pn, qn = p[2][i : i + m], q[2][j : j + m]
        for k in range(m):
            b, e = np.uint32(at[k]), off[k]
            w = 0.0 if apart and e == -0.5 else pn[k] * qn[k]
            f = w * e
            moments[b, 4] += w
            moments[b, 5] += f
            moments[b, 6] += f * e


@njit(cache=True, nogil=True)
def shift_histogram(  # noqa: PLR0917 - numba calls by position
    p: Array,
    p_weight: Array,
    q: Array,
    q_weight: Array,
    spherical: bool,
    shifts: NDArray[np.int64],
    same: bool,
    mode: int,
    apart: bool,
    scale: Array,
    moments: Array,
) -> None:
    """Add the pairs of some shifts to ``moments``, in place.

    Parameters
    ----------
    p, q
        Positions of both sides, shape (2 or more, n), km. Where ``same``, q is p.
    p_weight, q_weight
        Rows a, b and n of both sides, shape (3, n).
    spherical
        Whether positions are on the sphere, (3, n), and distances great circles; else straight lines.
    shifts
        Which shifts; 1 … n//2 are all pairs of one set, 0 … len(q) − 1 all pairs of two (p the longer).
    same
        Whether both sides are one set; the shift n/2 then visits each pair once, not twice.
    mode
        UNIT, WEIGHTED or COUNTED.
    apart
        Whether pairs at distance 0 count nothing: they are copies of one point. Not in mode UNIT.
    scale
        s1, s2 and c of the bins.
    moments
        Shape (bins, 4 or 8).
    """
    n, n_q = p.shape[1], q.shape[1]
    at = np.empty(_CHUNK, dtype=np.int32)
    off = np.empty(_CHUNK, dtype=np.float64)
    last = moments.shape[0] - 1
    for s in range(len(shifts)):
        k = shifts[s]
        stop = n // 2 if same and 2 * k == n else n
        i = 0
        while i < stop:
            j = (i + k) % n_q
            m = min(_CHUNK, stop - i, n_q - j)
            _stretch(p, i, q, j, m, spherical, scale, last, at, off)
            _count(p_weight, i, q_weight, j, m, mode, apart, at, off, moments)
            i += m


@njit(cache=True, nogil=True)
def row_histograms(  # noqa: PLR0917 - numba calls by position
    p: Array,
    rows: NDArray[np.int64],
    q: Array,
    column: NDArray[np.int64],
    weight: Array,
    spherical: bool,
    width: float,
    out: Array,
) -> None:
    """Give each of some points its own histogram of distances to others, weights shared between both bin edges.

    ``out`` has shape (rows, bins + 1), the last for all that is further; ``column`` holds what each point of q is
    called and ``rows`` what each of p is, so that none meets itself. A distance d gives its weight to
    the edges ⌊d/width⌋ and the next, in proportion to how near they are.
    """
    last = out.shape[1] - 1
    scale = np.array([1.0 / width, 1.0 / width, 0.0])
    at = np.empty(_CHUNK, dtype=np.int32)
    off = np.empty(_CHUNK, dtype=np.float64)
    here = np.empty((p.shape[0], _CHUNK), dtype=np.float64)
    for r in range(len(rows)):
        for c in range(p.shape[0]):
            here[c, :] = p[c, r]
        line = out[r]
        j = 0
        while j < q.shape[1]:
            m = min(_CHUNK, q.shape[1] - j)
            _stretch(here, 0, q, j, m, spherical, scale, last, at, off)
            for k in range(m):
                if column[j + k] != rows[r]:
                    w = weight[j + k]
                    b = np.uint32(at[k])
                    if b >= last - 1:
                        line[last] += w
                    else:
                        f = w * (off[k] + 0.5)
                        line[b] += w - f
                        line[b + 1] += f
            j += m


@njit(cache=True, nogil=True)
def nested_histograms(p: Array, sizes: NDArray[np.int64], spherical: bool, width: float, out: Array) -> None:
    """Histogram the distances among the first n points, for each n of ``sizes`` in ascending order.

    ``out`` has shape (sizes, bins + 1); weights are shared between bin edges as in :func:`row_histograms`.
    """
    last = out.shape[1] - 1
    scale = np.array([1.0 / width, 1.0 / width, 0.0])
    at = np.empty(_CHUNK, dtype=np.int32)
    off = np.empty(_CHUNK, dtype=np.float64)
    here = np.empty((p.shape[0], _CHUNK), dtype=np.float64)
    line = np.zeros(last + 1)
    done = 0
    for i in range(sizes[-1]):
        for c in range(p.shape[0]):
            here[c, :] = p[c, i]
        j = 0
        while j < i:
            m = min(_CHUNK, i - j)
            _stretch(here, 0, p, j, m, spherical, scale, last, at, off)
            for k in range(m):
                b = np.uint32(at[k])
                if b >= last - 1:
                    line[last] += 1.0
                else:
                    f = off[k] + 0.5
                    line[b] += 1.0 - f
                    line[b + 1] += f
            j += m
        while done < len(sizes) and sizes[done] == i + 1:
            out[done] = line
            done += 1
