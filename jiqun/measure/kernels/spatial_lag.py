"""Sums over neighbours whose values are drawn from all other places: the conditional permutation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy.sparse as sp
from numba import njit
from numpy.typing import NDArray

__all__ = ["draw_others", "extremes"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

BLOCK = 256
HELD = 1 << 24


def draw_others(n: int, most: int, simulations: int, rng: np.random.Generator) -> Codes:
    """Draw ordered samples without replacement of the positions of n − 1 places.

    Parameters
    ----------
    n
        Places.
    most
        Size of a sample: the most neighbours a place has, at most n − 1.
    simulations
        Samples.
    rng
        Random numbers.

    Returns
    -------
    numpy.ndarray
        Shape (simulations, most), of 0 … n − 2.

    Examples
    --------
    >>> sorted(draw_others(4, 3, 1, np.random.default_rng(0))[0].tolist())
    [0, 1, 2]
    """
    result = np.empty((simulations, most), dtype=np.int64)
    at_once = max(1, HELD // max(n, 1))
    for start in range(0, simulations, at_once):
        part = result[start : start + at_once]
        pool = np.tile(np.arange(n - 1), (len(part), 1))
        row = np.arange(len(part))
        for k in range(most):
            other = rng.integers(k, n - 1, len(part))
            part[:, k] = pool[row, other]
            pool[row, other] = pool[:, k]
    return result


def extremes(weights: sp.csr_array, y: Array, others: Codes, tolerance: float) -> tuple[Codes, Codes]:
    """Count the draws in which the weighted sum over a place's neighbours is at most, or at least, the observed.

    Each place keeps its own value; its neighbours take those of a sample of the other places.

    Parameters
    ----------
    weights
        Weights of neighbours, shape (places, places), 0 on the diagonal.
    y
        Values, shape (places,).
    others
        Samples of :func:`draw_others`; the same for all places.
    tolerance
        Sums that differ by less are the same.

    Returns
    -------
    below, above
        Counts, shape (places,).

    Examples
    --------
    >>> pair = sp.csr_array(np.array([[0.0, 1.0], [1.0, 0.0]]))
    >>> extremes(pair, np.array([1.0, 2.0]), np.zeros((5, 1), dtype=np.int64), 1e-12)
    (array([5, 5]), array([5, 5]))
    """
    below, above = np.zeros(len(y), dtype=np.int64), np.zeros(len(y), dtype=np.int64)
    observed = np.asarray(weights @ y)
    start, data = weights.indptr.astype(np.int64), weights.data

    def work(first: int) -> None:
        _count(first, min(first + BLOCK, len(y)), start, data, y, others, observed, tolerance, below, above)

    with ThreadPoolExecutor() as pool:
        list(pool.map(work, range(0, len(y), BLOCK)))
    return below, above


@njit(cache=True, nogil=True)
def _count(  # noqa: PLR0917
    first: int,
    last: int,
    start: Codes,
    data: Array,
    y: Array,
    others: Codes,
    observed: Array,
    tolerance: float,
    below: Codes,
    above: Codes,
) -> None:
    for i in range(first, last):
        many = start[i + 1] - start[i]
        for s in range(len(others)):
            total = 0.0
            for k in range(many):
                other = others[s, k]
                if other >= i:
                    other += 1
                total += data[start[i] + k] * y[other]
            below[i] += total <= observed[i] + tolerance
            above[i] += total >= observed[i] - tolerance
