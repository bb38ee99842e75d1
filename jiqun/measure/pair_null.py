"""What the distances of an industry would be if its plants had drawn their sites: by draws, or by their moments.

A group draws sites without replacement from all there are. What all groups can share is computed once: one random
order of the sites serves every size, since the first n of it are a draw of n; and the mean and covariance of a curve
under such draws are known in closed form from the curve of each site towards all others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from jiqun.measure.kernel_density import REACH, Bins
from jiqun.measure.kernels.pair_histogram import UNIT, WEIGHTED, nested_histograms, row_histograms, shift_histogram
from jiqun.measure.pairs import Histogram, in_threads

__all__ = [
    "Grid",
    "Group",
    "edge_smoother",
    "free_draws",
    "gaussian",
    "group",
    "nested_draws",
    "projections",
    "streams",
    "within",
]

Array = NDArray[np.float64]
Rng = np.random.Generator | int | None
Codes = NDArray[np.int64]
Own = Callable[[NDArray[np.int64]], tuple[Array, Array]]


@dataclass(frozen=True, slots=True)
class Group:
    """Weights that are dealt to drawn sites: α and β of one set, and of another where pairs are between two.

    ``first`` and ``second`` are what the covariance needs of them: with ``b_ij`` the weight of an ordered pair as a
    share of all and ``r_i = Σ_j b_ij``, they are ``Σ r_i²`` and ``Σ_{i≠j} b_ij²``.
    """

    alpha: Array
    beta: Array
    alpha_2: Array | None
    beta_2: Array | None
    total: float
    first: float
    second: float

    @property
    def size(self) -> int:
        """Number of sites drawn."""
        return len(self.alpha) + (0 if self.alpha_2 is None else len(self.alpha_2))

    @property
    def pairs(self) -> int:
        """Number of pairs in a draw."""
        n = len(self.alpha)
        return n * (n - 1) // 2 if self.alpha_2 is None else n * len(self.alpha_2)

    def variance(self, sites: int) -> tuple[float, float]:
        """Factors of the covariances of the projections (divisor sites − 1) and of the rest (divisor pairs).

        For weights b on ordered pairs of units dealt to sites drawn without replacement from N:
        ``4 (Σ r² − 1/N)`` and ``2 S₂ − 4 S₃/(N−2) + 2 S₄/((N−2)(N−3))`` with S₂, S₃ and S₄ the sums of products of
        weights of pairs that share two, one and no unit. With equal weights the first is 4 (1/n − 1/N).
        """
        s2, s3 = self.second, self.first - self.second
        s4 = 1.0 - 4.0 * s3 - 2.0 * s2
        rest = 2.0 * s2 - 4.0 * s3 / max(sites - 2, 1) + 2.0 * s4 / max((sites - 2) * (sites - 3), 1)
        return max(4.0 * (self.first - 1.0 / sites), 0.0), max(rest, 0.0)


def group(alpha: Array, beta: Array, alpha_2: Array | None = None, beta_2: Array | None = None) -> Group:
    """Make a group of the weights of its pairs.

    Examples
    --------
    >>> equal = group(np.ones(4), np.full(4, 0.5))
    >>> equal.total, equal.first, round(equal.second, 4)
    (6.0, 0.25, 0.0833)
    """
    if alpha_2 is None or beta_2 is None:
        own = alpha * beta
        total = float(alpha.sum() * beta.sum() - own.sum())
        r = (alpha * beta.sum() + beta * alpha.sum() - 2.0 * own) / (2.0 * total)
        squares = 2.0 * (alpha**2).sum() * (beta**2).sum() + 2.0 * own.sum() ** 2 - 4.0 * (own**2).sum()
        return Group(alpha, beta, None, None, total, float((r**2).sum()), float(squares / (4.0 * total**2)))
    total = float(alpha.sum() * beta_2.sum() + beta.sum() * alpha_2.sum())
    r = (alpha * beta_2.sum() + beta * alpha_2.sum()) / (2.0 * total)
    r_2 = (alpha_2 * beta.sum() + beta_2 * alpha.sum()) / (2.0 * total)
    squares = (
        (alpha**2).sum() * (beta_2**2).sum()
        + 2.0 * (alpha * beta).sum() * (alpha_2 * beta_2).sum()
        + (beta**2).sum() * (alpha_2**2).sum()
    )
    first = float((r**2).sum() + (r_2**2).sum())
    return Group(alpha, beta, alpha_2, beta_2, total, first, float(squares / (2.0 * total**2)))


@dataclass(frozen=True, slots=True)
class Grid:
    """Edges ``k · width`` of distance, ``count`` of them and one more for all that is further, km."""

    width: float
    count: int


def grid_of(farthest: float, smallest: float, largest: float) -> Grid:
    """Give the edges for curves up to a distance by bandwidths between two: eight in the smallest, if not too many."""
    reach = farthest + REACH * largest
    width = min(max(smallest / 8.0, reach / 8192.0), smallest)
    return Grid(width, int(np.ceil(reach / width)) + 2)


def edge_smoother(distances: Array, h: float, grid: Grid, *, reflect: bool, cumulative: bool) -> Array:
    """Give the matrix that makes a curve of weights at the edges of a grid, shape (distances, count + 1).

    To share a weight between the two edges next to it spreads it by width²/6 on average; the kernel is narrower by
    as much.
    """
    narrower = np.sqrt(h**2 - grid.width**2 / 6.0)
    at, edge = distances[:, None] / narrower, np.arange(grid.count) * grid.width / narrower
    if cumulative:
        values = ndtr(at - edge) - ndtr(-edge) + ((ndtr(at + edge) - ndtr(edge)) if reflect else 0.0)
    else:
        values = np.exp(-0.5 * (at - edge) ** 2) + (np.exp(-0.5 * (at + edge) ** 2) if reflect else 0.0)
        values /= narrower * np.sqrt(2.0 * np.pi)
    return np.asarray(np.c_[values, np.zeros(len(distances))], dtype=np.float64)


def streams(rng: Rng, count: int) -> list[np.random.Generator]:
    """Give generators that do not depend on one another, one for each replicate."""
    if isinstance(rng, np.random.Generator):
        return list(rng.spawn(count))
    return [np.random.default_rng(s) for s in np.random.SeedSequence(rng).spawn(count)]


def nested_draws(
    at: Array, wanted: Sequence[tuple[int, Array]], grid: Grid, simulations: int, *, spherical: bool, rng: Rng
) -> list[Array]:
    """Draw sites for groups of equal weights: one random order of the sites serves groups of every size.

    Parameters
    ----------
    at
        Sites, shape (2 or more, sites).
    wanted
        Size and edge smoother of each group.
    grid
        Edges of distance.
    simulations
        Number of draws.
    spherical
        Whether sites are on the sphere.
    rng
        Each draw has a child of its own.

    Returns
    -------
    list of numpy.ndarray
        Curves of each group, shape (simulations, distances).
    """
    sizes = np.unique([size for size, _ in wanted])
    where = [int(np.searchsorted(sizes, size)) for size, _ in wanted]
    pairs = sizes * (sizes - 1.0) / 2.0

    def draw(generator: np.random.Generator) -> list[Array]:
        drawn = generator.choice(at.shape[1], int(sizes[-1]), replace=False)
        held = np.zeros((len(sizes), grid.count + 1))
        nested_histograms(np.ascontiguousarray(at[:, drawn]), sizes, spherical, grid.width, held)
        return [matrix @ held[w] / pairs[w] for w, (_, matrix) in zip(where, wanted, strict=True)]

    curves = in_threads(draw, streams(rng, simulations))
    return [np.array([c[k] for c in curves]) for k in range(len(wanted))]


def free_draws(
    at: Array,
    dealt: Group,
    own: Own | None,
    smoothed: tuple[Bins, Array],
    simulations: int,
    *,
    spherical: bool,
    rng: Rng,
    strata: tuple[Codes, Codes] | None = None,
) -> Array:
    """Draw sites for a group with weights of its own, or whose sites bring theirs.

    Parameters
    ----------
    at
        Sites, shape (2 or more, sites).
    dealt
        Weights of the group.
    own
        Gives α and β of drawn sites, where labels are drawn and sites keep their weights; else None.
    smoothed
        Bins of distance and the smoother of the curve.
    simulations, spherical, rng
        Number of draws, each with a child of its own; whether sites are on the sphere.
    strata
        Stratum of each site and of each plant: a plant is put on a site of its own stratum. None: on any.

    Returns
    -------
    numpy.ndarray
        Curves, shape (simulations, distances).
    """
    n = len(dealt.alpha)

    def draw(generator: np.random.Generator) -> Array:
        if strata is None:
            drawn = generator.choice(at.shape[1], dealt.size, replace=False)
        else:
            drawn = within(strata[0], strata[1], generator)
        here = np.ascontiguousarray(at[:, drawn])
        if own is not None:
            a, b = own(drawn)
        else:
            a = np.r_[dealt.alpha, dealt.alpha_2 if dealt.alpha_2 is not None else ()]
            b = np.r_[dealt.beta, dealt.beta_2 if dealt.beta_2 is not None else ()]
        return _curve(here, np.ascontiguousarray([a, b, np.ones(len(a))]), n, smoothed, spherical)

    return np.array(in_threads(draw, streams(rng, simulations)))


def within(sites: Codes, plants: Codes, rng: np.random.Generator) -> Codes:
    """Draw a site for each plant among those of its stratum, without replacement.

    Parameters
    ----------
    sites
        Stratum of each site, shape (sites,).
    plants
        Stratum of each plant, shape (plants,): in no stratum more than there are sites.
    rng
        Randomness.

    Returns
    -------
    ndarray
        Positions of sites, shape (plants,).

    Examples
    --------
    >>> within(np.array([0, 1, 0, 1]), np.array([1, 1]), np.random.default_rng(0)).tolist()
    [3, 1]
    """
    shuffled = np.lexsort((rng.random(len(sites)), sites))
    first = np.searchsorted(sites[shuffled], plants)
    order = np.argsort(plants, kind="stable")
    rank = np.empty(len(plants), dtype=np.int64)
    rank[order] = np.arange(len(plants)) - np.searchsorted(plants[order], plants[order])
    return np.asarray(shuffled[first + rank], dtype=np.int64)


def _curve(at: Array, weight: Array, n: int, smoothed: tuple[Bins, Array], spherical: bool) -> Array:
    bins, matrix = smoothed
    moments = np.zeros((bins.count, 4))
    if n == at.shape[1]:
        unit = bool((weight[0] == 1.0).all() and (weight[1] == 0.5).all())
        shifts = np.arange(1, n // 2 + 1, dtype=np.int64)
        shift_histogram(
            at, weight, at, weight, spherical, shifts, True, UNIT if unit else WEIGHTED, False, bins.scale, moments
        )
    else:
        first, second = slice(None, n), slice(n, None)
        if at.shape[1] > 2 * n:
            first, second = second, first
        p, q, p_weight, q_weight = (
            np.ascontiguousarray(x) for x in (at[:, first], at[:, second], weight[:, first], weight[:, second])
        )
        shifts = np.arange(q.shape[1], dtype=np.int64)
        shift_histogram(p, p_weight, q, q_weight, spherical, shifts, False, WEIGHTED, False, bins.scale, moments)
    total = moments[:, 0].sum()
    return np.asarray(matrix @ moments.ravel() / (total if total > 0 else np.nan), dtype=np.float64)


def projections(
    at: Array, matrices: Sequence[Array], grid: Grid, *, spherical: bool, rng: np.random.Generator
) -> tuple[list[Array], float]:
    """Covariance of the curves of single sites towards all others, for several smoothers.

    Parameters
    ----------
    at
        Sites, shape (2 or more, N).
    matrices
        Edge smoothers, each (distances, grid.count + 1).
    grid
        Edges of distance.
    spherical
        Whether sites are on the sphere.
    rng
        Which sites: all where they are few, else 4,096 of them against 20,000.

    Returns
    -------
    covariances, noise
        Of the mean curve of a site, divisor sites − 1; ``noise`` is the share of the variance of single pairs
        that is in them because not all other sites were visited.
    """
    sites = at.shape[1]
    rows = rng.permutation(sites)[:4096] if sites > 4096 else np.arange(sites)
    columns = rng.permutation(sites)[:20_000] if sites > 20_000 else np.arange(sites)
    p, q, one = np.ascontiguousarray(at[:, rows]), np.ascontiguousarray(at[:, columns]), np.ones(len(columns))
    visited = len(columns) - np.isin(rows, columns)

    def part(of: NDArray[np.int64]) -> list[tuple[Array, Array]]:
        held = np.zeros((len(of), grid.count + 1))
        row_histograms(np.ascontiguousarray(p[:, of]), rows[of], q, columns, one, spherical, grid.width, held)
        curves = [held @ m.T / visited[of, None] for m in matrices]
        return [(c.sum(axis=0), c.T @ c) for c in curves]

    parts = in_threads(part, np.array_split(np.arange(len(rows)), max(1, len(rows) // 256)))
    covariances = []
    for k in range(len(matrices)):
        mean = np.sum([x[k][0] for x in parts], axis=0) / len(rows)
        products = np.sum([x[k][1] for x in parts], axis=0)
        covariances.append((products - len(rows) * np.outer(mean, mean)) / max(len(rows) - 1, 1))
    noise = (1.0 - (len(columns) - 1.0) / max(sites - 1.0, 1.0)) / len(columns)
    return covariances, max(noise, 0.0)


def gaussian(
    drawn: Group, everything: Histogram, matrix: Array, projected: tuple[Array, float], draws: int, *, rng: Rng
) -> Array:
    """Draw curves of the normal process that has the mean and the covariance of a draw of sites.

    Hoeffding's decomposition of the kernel ``f(s, t)`` over N sites is
    ``f = θ + f₁(s) + f₁(t) + f₂(s, t)`` with ``f₁ = (N−1)/(N−2) (f̄ − θ)``; f₁ sums to 0 over sites, and f₂ over
    the others of each site, so the two parts are not correlated even without replacement (Nandi & Sen 1963).

    Parameters
    ----------
    drawn
        Weights of the group.
    everything, matrix
        Distances among all sites, and the smoother of the curve for its bins.
    projected
        Covariance of the mean curves of sites, and the noise in it.
    draws, rng
        How many curves.

    Returns
    -------
    numpy.ndarray
        Curves, shape (draws, distances).

    References
    ----------
    Hoeffding, W. (1948), A class of statistics with asymptotically normal distribution. doi:10.1214/aoms/1177730196
    """
    sites = round((1.0 + np.sqrt(1.0 + 8.0 * everything.total)) / 2.0)
    mean = everything.curve(matrix)
    plain = np.ascontiguousarray(matrix.reshape(len(mean), -1, 4)[:, :, 0])
    share = everything.moments[:, 0] / everything.total
    pair = (plain * share) @ plain.T - np.outer(mean, mean)
    seen, noise = projected
    first = ((sites - 1.0) / max(sites - 2.0, 1.0)) ** 2 * (seen - noise * pair) / (1.0 - 2.0 * noise)
    rest = pair - 2.0 * first * (sites - 2.0) / sites
    by_first, by_rest = drawn.variance(sites)
    values, vectors = np.linalg.eigh(by_first * first + by_rest * rest)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    generator = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    return np.asarray(mean + generator.normal(size=(draws, len(mean))) @ root.T, dtype=np.float64)
