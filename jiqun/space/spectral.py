"""Spectral coordinates: a point for each actor, near those that deal with the same counterparts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from os import cpu_count
from typing import Any

import numpy as np
import scipy.sparse as sp
import scipy.sparse.csgraph
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, Words
from jiqun.cluster.progress import Progress, silent

__all__ = ["DIMENSIONS", "Spectral", "aligned", "median_distance", "spectral", "truncated_svd"]

Array = NDArray[np.float64]
Part = NDArray[np.floating[Any]]
Stripes = list[sp.csr_array]

DIMENSIONS = 8
_STEP = Words("Computing spectral coordinates", "正在计算谱坐标")
_OVERSAMPLING = 12
_DEGREE = 8
_LARGE = 1_000_000
"""Entries from which the filter works in 32 bits."""
_PAIRS = 200_000


@dataclass(frozen=True, slots=True)
class Spectral:
    """Coordinates of actors: ``at`` has shape (actors, dimensions), NaN for actors off the largest component.

    The median distance of two actors is 1. All actors with coordinates lie on a sphere round the origin.
    """

    at: Array
    values: Array
    """Singular values of the dimensions, without the trivial one, in descending order."""
    off: int
    """Actors that no path joins to the largest component; they have no coordinates."""
    residual: float
    """Largest residual ``‖Av − σu‖`` of the decomposition, relative to the largest singular value."""
    iterations: int


def spectral(
    matrix: sp.csr_array,
    *,
    dimensions: int = DIMENSIONS,
    regularise: float | None = None,
    tolerance: float = 1e-5,
    rng: int = 0,
    progress: Progress = silent,
) -> Spectral:
    """Give spectral coordinates of the actors of a bipartite network.

    The matrix is divided by the roots of the (regularised) strengths of both sides, ``(R + τ)^-½ A (C + τ)^-½``;
    of its leading left singular vectors the first – which only says how active an actor is – is left out, the rows
    are brought to length one, so that activity is divided out again, and the whole is rescaled until the median
    distance of two actors is 1.

    Parameters
    ----------
    matrix
        Weights of links ≥ 0, shape (actors, counterparts).
    dimensions
        How many coordinates; fewer where the network has fewer.
    regularise
        τ; None takes the mean strength of each side. Without it the leading vectors of a sparse network point
        at small groups that hang on by a thread.
    tolerance
        Iteration stops where the residual is below it, relative to the largest singular value.
    rng
        Seed of the random start; it matters no more than the tolerance does.
    progress
        Told after each iteration.

    Returns
    -------
    Spectral
        The sign of each dimension is that which makes its entry of largest size positive.

    Raises
    ------
    JiqunError
        If the largest component has fewer than three actors or two counterparts.

    References
    ----------
    Rohe, K., Qin, T. & Yu, B. (2016), Co-clustering directed graphs to discover asymmetries and directional
    communities. doi:10.1073/pnas.1525793113
    Halko, N., Martinsson, P. G. & Tropp, J. (2011), Finding structure with randomness. doi:10.1137/090771806

    Examples
    --------
    Two groups that share few counterparts lie on two sides:

    >>> links = sp.csr_array(np.kron(np.eye(2), np.ones((3, 4))) + np.eye(6, 8, 2))
    >>> made = spectral(links, dimensions=1)
    >>> [bool((made.at[:3, 0] * made.at[0, 0] > 0).all()), bool((made.at[3:, 0] * made.at[0, 0] < 0).all())]
    [True, True]
    """
    inside, columns = _largest(matrix)
    part = sp.csr_array(matrix[inside][:, columns]).astype(np.float64)
    if part.shape[0] < 3 or part.shape[1] < 2:
        raise JiqunError(
            f"spectral coordinates need three actors that share counterparts; the largest group of linked actors has "
            f"{part.shape[0]}. Take more interactions or a longer period.",
            f"谱坐标至少需要三个有共同对手方的主体，最大连通群只有 {part.shape[0]} 个。请选取更多互动或更长时期。",
        )
    scaled = _normalised(part, regularise)
    wanted = min(dimensions + 1, *part.shape)
    left, values, residual, rounds = truncated_svd(scaled, wanted, tolerance=tolerance, rng=rng, progress=progress)
    real = values[1:] > 1e-9 * values[0]
    rows = left[:, 1:][:, real]
    rows *= np.where(rows[np.argmax(np.abs(rows).round(9), axis=0), np.arange(rows.shape[1])] < 0, -1.0, 1.0)
    length = np.sqrt((rows**2).sum(axis=1))
    usable = length > 1e-12 * length.max()
    at = np.full((matrix.shape[0], rows.shape[1]), np.nan)
    unit = rows[usable] / length[usable, None]
    middle = median_distance(unit)
    at[inside[usable]] = unit / (middle if middle > 0 else 1.0)
    return Spectral(at, values[1:][real], matrix.shape[0] - int(usable.sum()), residual, rounds)


def _largest(matrix: sp.csr_array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Actors and counterparts of the component with the most actors; ties go to the one with the first actor."""
    rows, columns = matrix.shape
    graph = sp.block_array([[None, matrix], [sp.csr_array((columns, rows)), None]])
    label = scipy.sparse.csgraph.connected_components(graph, directed=False)[1]
    largest = int(np.bincount(label[:rows]).argmax()) if rows else 0
    return np.flatnonzero(label[:rows] == largest), np.flatnonzero(label[rows:] == largest)


def _normalised(part: sp.csr_array, regularise: float | None) -> sp.csr_array:
    row = np.asarray(part.sum(axis=1)).ravel()
    column = np.asarray(part.sum(axis=0)).ravel()
    tau_row, tau_column = (row.mean(), column.mean()) if regularise is None else (regularise, regularise)
    return sp.csr_array(
        sp.diags_array(1.0 / np.sqrt(row + tau_row)) @ part @ sp.diags_array(1.0 / np.sqrt(column + tau_column))
    )


def truncated_svd(
    matrix: sp.csr_array,
    rank: int,
    *,
    tolerance: float = 1e-5,
    rng: int = 0,
    most: int = 300,
    progress: Progress = silent,
) -> tuple[Array, Array, float, int]:
    """Give the leading left singular vectors of a sparse matrix by randomised subspace iteration.

    Parameters
    ----------
    matrix
        Shape (rows, columns).
    rank
        How many vectors, at most min(rows, columns).
    tolerance
        Stop where ``max ‖A Aᵀ u − σ² u‖ ≤ tolerance · σ₁²`` over them.
    rng
        Seed of the start.
    most
        Iterations at most.
    progress
        Told after each iteration.

    Returns
    -------
    left, values, residual, iterations
        Vectors (rows, rank), singular values (rank,) in descending order, the residual reached, and the number of
        iterations.

    Examples
    --------
    >>> values = truncated_svd(sp.csr_array(np.diag([3.0, 2.0, 1.0])), 2)[1]
    >>> values.round(6).tolist()
    [3.0, 2.0]
    """
    rows, columns = matrix.shape
    if min(rows, columns) <= max(4 * rank, 200):
        left, values, _ = np.linalg.svd(matrix.toarray(), full_matrices=False)
        return left[:, :rank], values[:rank], 0.0, 0
    turned = sp.csr_array(matrix.T)
    turned.sort_indices()
    sides = _stripes(matrix), _stripes(turned)
    # the filter only has to turn the span; what is measured of it is measured in 64 bits
    half = matrix.nnz >= _LARGE
    filters = (_in_half(sides[0]), _in_half(sides[1])) if half else sides
    block = min(rank + _OVERSAMPLING, rows, columns)
    basis = np.linalg.qr(_times(sides[0], np.random.default_rng(rng).standard_normal((columns, block))))[0]
    residual, done = np.inf, 0
    while done < most:
        # Rayleigh–Ritz on the span: the vectors come out in order
        image = _times(sides[0], _times(sides[1], basis))
        done += 1
        inner = basis.T @ image
        squared, turn = np.linalg.eigh((inner + inner.T) / 2.0)
        squared, turn = squared[::-1], turn[:, ::-1]
        basis, image = basis @ turn, image @ turn
        residual = float(np.linalg.norm(image[:, :rank] - basis[:, :rank] * squared[:rank], axis=0).max() / squared[0])
        progress(_STEP, done, None)
        if residual <= tolerance:
            break
        kind = np.float32 if half else np.float64
        filtered = _filtered(filters, basis.astype(kind), image.astype(kind), squared)
        basis = np.linalg.qr(filtered.astype(np.float64))[0]
        done += _DEGREE - 1
    return basis[:, :rank], np.sqrt(np.maximum(squared[:rank], 0.0)), residual, done


def _stripes(matrix: sp.csr_array) -> Stripes:
    """Cut a large matrix into stripes of rows with about as many entries each."""
    parts = min(16, max(1, matrix.nnz // 250_000))
    edges = np.searchsorted(matrix.indptr, np.linspace(0, matrix.nnz, parts + 1)[1:-1])
    edges = np.unique(np.r_[0, edges, matrix.shape[0]])
    return [matrix[low:high] for low, high in pairwise(edges.tolist())]


def _in_half(stripes: Stripes) -> Stripes:
    """The same entries in 32 bits: half the memory to move, and nearly half the time."""
    return [
        sp.csr_array((stripe.data.astype(np.float32), stripe.indices, stripe.indptr), shape=stripe.shape)
        for stripe in stripes
    ]


def _times(stripes: Stripes, dense: Part) -> Part:
    """Multiply stripe by stripe on several threads; each row is summed by one, so the bytes are the same."""
    if len(stripes) == 1:
        return np.asarray(stripes[0] @ dense)
    with ThreadPoolExecutor(min(cpu_count() or 1, 8)) as pool:
        return np.concatenate(list(pool.map(lambda stripe: stripe @ dense, stripes)))


def _filtered(sides: tuple[Stripes, Stripes], basis: Part, image: Part, squared: Array) -> Part:
    """Damp what is below the block by a Chebyshev polynomial of ``A Aᵀ``, scaled against overflow.

    Plain powers take a step for each factor σ₁/σ₂ and stall where the values are close together, as in all large
    networks; a polynomial of degree m gains as much as some m² of them (Zhou & Saad 2007).
    """
    half = float(max(squared[-1], 1e-12 * squared[0]) / 2.0)
    sigma = first = half / float(squared[0] - half)
    before, now = basis, (image - half * basis) * (sigma / half)
    for _ in range(_DEGREE - 1):
        after = 1.0 / (2.0 / first - sigma)
        stepped = _times(sides[0], _times(sides[1], now))
        before, now = now, (stepped - half * now) * (2.0 * after / half) - (sigma * after) * before
        sigma = after
    return np.asarray(now)


def median_distance(at: Array) -> float:
    """Give the median distance of two points: of all pairs up to some 600 points, else of 200,000 drawn pairs.

    Parameters
    ----------
    at
        Shape (points, dimensions).

    Examples
    --------
    >>> median_distance(np.array([[0.0], [1.0], [3.0]]))
    2.0
    """
    n = len(at)
    if n * (n - 1) // 2 <= _PAIRS:
        first, second = np.triu_indices(n, k=1)
    else:
        drawn = np.random.default_rng(0).integers(0, n, size=(2, _PAIRS))
        first, second = drawn[:, drawn[0] != drawn[1]]
    return float(np.median(np.sqrt(((at[first] - at[second]) ** 2).sum(axis=1))))


def aligned(made: Spectral, actors: NDArray[np.str_], onto: Spectral, others: NDArray[np.str_]) -> Spectral:
    """Turn coordinates so that the actors common to both lie as near as can be to where they were.

    Orthogonal Procrustes: rotation and reflection only, so that no distance within a period changes.

    Parameters
    ----------
    made, actors
        Coordinates to turn, and the sorted identifiers of their rows.
    onto, others
        Coordinates to turn to – of another period – and theirs.

    Raises
    ------
    JiqunError
        If no actor has coordinates in both.

    References
    ----------
    Schönemann, P. (1966), A generalized solution of the orthogonal Procrustes problem. doi:10.1007/BF02289451

    Examples
    --------
    >>> one = Spectral(np.array([[1.0, 0.0], [0.0, 1.0]]), np.ones(2), 0, 0.0, 0)
    >>> turned = replace(one, at=one.at @ np.array([[0.0, -1.0], [1.0, 0.0]]))
    >>> aligned(turned, np.array(["a", "b"]), one, np.array(["a", "b"])).at.round(12).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    _, here, there = np.intersect1d(actors, others, assume_unique=True, return_indices=True)
    both = np.isfinite(made.at[here, 0]) & np.isfinite(onto.at[there, 0])
    if not both.any():
        raise JiqunError(
            "The two periods have no actor in common that has coordinates in both. Take longer periods.",
            "两个时期没有同时具有坐标的共同主体，请选取更长的时期。",
        )
    wide = max(made.at.shape[1], onto.at.shape[1])
    one, other = _widened(made.at, wide), _widened(onto.at, wide)
    u, _, v = np.linalg.svd(one[here[both]].T @ other[there[both]])
    return replace(made, at=one @ (u @ v))


def _widened(at: Array, wide: int) -> Array:
    filled = np.zeros((len(at), wide))
    filled[:, : at.shape[1]] = at
    filled[~np.isfinite(at[:, 0])] = np.nan
    return filled
