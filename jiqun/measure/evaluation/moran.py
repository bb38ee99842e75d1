"""Do neighbours have alike scores, and where: Moran's I and its local parts through time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from jiqun.measure.evaluation.panel import Array
from jiqun.measure.kernels.spatial_lag import draw_others, extremes
from jiqun.measure.multiple import adjust
from jiqun.measure.neighbours import standardised_rows
from jiqun.measure.resample import generators

__all__ = ["Association", "moran_through_time"]


@dataclass(frozen=True, slots=True)
class Association:
    """Moran's I of each period, shape (periods,), and its local parts, shape (periods, places)."""

    moran: Array
    expected: Array
    """-1/(n-1)."""
    p: Array
    """Two-sided, by permutation."""
    local: Array
    local_p: Array
    local_p_adjusted: Array
    """So that of the places called significant in a period few are so by chance (false discovery rate)."""
    quadrant: NDArray[np.int64]
    """1 high among high, 2 low among high, 3 low among low, 4 high among low; 0 where there is no value."""


def moran_through_time(
    values: Array, weights: sp.csr_array, *, simulations: int = 999, rng: np.random.Generator | int | None = 0
) -> Association:
    r"""Moran's I and local Moran of each period.

    .. math:: I=\frac{n}{\sum_{ij}w_{ij}}\frac{\sum_{ij}w_{ij}z_iz_j}{\sum_iz_i^2},\qquad
              I_i=\frac{(n-1)\,z_i}{\sum_j z_j^2}\sum_jw_{ij}z_j

    with :math:`z=y-\bar y` and rows of w scaled to one over the places that have a value in the period.

    Parameters
    ----------
    values
        Shape (periods, places); NaN leaves a place out of a period.
    weights
        Spatial weights, shape (places, places).
    simulations
        Permutations; 0: no p. The local test keeps the place and deals the other values.
    rng
        Seed; every period has a child of its own.

    Returns
    -------
    Association
        NaN where fewer than four places have a value, all are alike, or there are no neighbours.

    References
    ----------
    Anselin (1995), Local indicators of spatial association – LISA. doi:10.1111/j.1538-4632.1995.tb00338.x

    Examples
    --------
    Six places on a line, high on one side.

    >>> line = sp.csr_array(np.eye(6, k=1) + np.eye(6, k=-1))
    >>> found = moran_through_time(np.array([[5.0, 5, 5, 3, 1, 1]]), line, simulations=0)
    >>> round(float(found.moran[0]), 6), found.quadrant[0].tolist()
    (0.793103, [1, 1, 1, 3, 3, 3])
    """
    shape = values.shape
    whole, local = np.full((3, shape[0]), np.nan), np.full((3, *shape), np.nan)
    quadrant = np.zeros(shape, dtype=np.int64)
    made = Association(whole[0], whole[1], whole[2], local[0], local[1], local[2], quadrant)
    for t, child in enumerate(generators(rng, len(values))):
        known = np.flatnonzero(np.isfinite(values[t]))
        w = standardised_rows(weights[known][:, known])
        y = values[t, known]
        if len(y) < 4 or y.std() <= 1e-12 * np.abs(y).max() or w.nnz == 0:
            continue
        z = y - y.mean()
        lag = np.asarray(w @ z)
        scale = float(z @ z)
        made.moran[t] = len(y) / w.sum() * float(z @ lag) / scale
        made.expected[t] = -1.0 / (len(y) - 1)
        alone = np.diff(w.indptr) == 0
        made.local[t, known] = np.where(alone, np.nan, (len(y) - 1) * z * lag / scale)
        made.quadrant[t, known] = np.where(alone, 0, _quadrant(z, lag))
        if simulations:
            _test(made, t, known, w, z, simulations, child)
    return made


def _quadrant(z: Array, lag: Array) -> NDArray[np.int64]:
    return np.where(z > 0, np.where(lag > 0, 1, 4), np.where(lag > 0, 2, 3))


def _test(  # noqa: PLR0917
    made: Association,
    t: int,
    known: NDArray[np.int64],
    w: sp.csr_array,
    z: Array,
    simulations: int,
    rng: np.random.Generator,
) -> None:
    n = len(z)
    scale = n / w.sum() / float(z @ z)
    drawn = rng.permuted(np.tile(z[:, None], (1, simulations)), axis=0)
    null = scale * (drawn * (w @ drawn)).sum(axis=0)
    # permutations that give the observed value back are ties, whatever the order of summing
    tie = 1e-10 * (abs(made.moran[t]) + 1e-300)
    below, above = (null <= made.moran[t] + tie).sum(), (null >= made.moran[t] - tie).sum()
    made.p[t] = min(1.0, 2.0 * (1.0 + min(below, above)) / (simulations + 1.0))
    others = draw_others(n, int(np.diff(w.indptr).max()), simulations, rng)
    least, most = extremes(w, z, others, 1e-10 * float(np.abs(z).max()))
    p = np.minimum(1.0, 2.0 * (1.0 + np.minimum(least, most)) / (simulations + 1.0))
    p = np.where(np.isfinite(made.local[t, known]), p, np.nan)
    made.local_p[t, known] = p
    made.local_p_adjusted[t, known] = adjust(p)
