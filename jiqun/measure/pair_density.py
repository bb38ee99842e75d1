"""The density of distances within an industry, or between two: bandwidth, exact or sampled pairs, interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from jiqun.measure.kernel_density import Rule, bandwidth_of, make_bins, smoother
from jiqun.measure.kernels.pair_histogram import row_histograms
from jiqun.measure.pair_null import Grid, edge_smoother, grid_of, streams
from jiqun.measure.pairs import Histogram, Pairing, Weighting, exact, in_threads, pair, pilot, places, sampled, span
from jiqun.measure.points import Points
from jiqun.measure.resample import interval

__all__ = ["Choices", "Density", "Members", "density", "members", "uncertainty"]

Array = NDArray[np.float64]

MOST_EXACT = 500_000_000
"""Pairs up to which all are visited."""
_MOST_REPLICATED = 2_000_000_000
_ALL_DISTANCES = 1 << 19
"""Pairs up to which the bandwidth is of the single distances; beyond, of the bins."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a density of distances is made by; see the parameters of ``kd``."""

    distances: Array
    bandwidth: Rule | float
    near: bool
    """Whether the bandwidth is of pairs up to twice the largest distance only."""
    reflect: bool
    cumulative: bool
    tolerance: float

    def smoother(self, h: float, histogram: Histogram) -> Array:
        """Give the matrix that makes the curve of a histogram."""
        return smoother(self.distances, h, histogram.bins, reflect=self.reflect, cumulative=self.cumulative)

    def edge_smoother(self, h: float, grid: Grid) -> Array:
        """Give the matrix that makes the curve of weights at edges."""
        return edge_smoother(self.distances, h, grid, reflect=self.reflect, cumulative=self.cumulative)


@dataclass(frozen=True, slots=True)
class Members:
    """Points of an industry and what they add to the weight of a pair; of two where pairs are between them."""

    at: Array
    alpha: Array
    beta: Array
    at_2: Array | None
    alpha_2: Array | None
    beta_2: Array | None
    spherical: bool
    stratum: NDArray[np.int64] | None = None
    """Of all plants, those of the second after those of the first, where the null has strata."""

    @property
    def pairing(self) -> Pairing:
        """The pairs, with their number counted beside their weight."""
        if self.at_2 is None or self.alpha_2 is None or self.beta_2 is None:
            equal = bool((self.alpha == 1.0).all() and (self.beta == 0.5).all())
            return pair(places(self.at, self.alpha, self.beta), spherical=self.spherical, counted=not equal)
        one, two = places(self.at, self.alpha, self.beta), places(self.at_2, self.alpha_2, self.beta_2)
        equal = bool((self.alpha == 1.0).all() and (self.beta_2 == 1.0).all() and not self.beta.any())
        return pair(one, two, spherical=self.spherical, counted=not equal)

    @property
    def span(self) -> float:
        """An upper bound of the distances, km."""
        both = self.at if self.at_2 is None else np.vstack([self.at, self.at_2])
        return span(both.T, self.spherical)


def members(found: Points, first: int, second: int, weighting: Weighting) -> Members:
    """Take the points of an industry, or of two, with the weights of their pairs."""
    here, there = found.of(first), found.of(second)
    stratum = None if found.stratum is None else found.stratum[here if first == second else np.r_[here, there]]
    if first == second:
        alpha, beta = shares(found.weight[here], 0, weighting)
        return Members(found.at[here], alpha, beta, None, None, None, found.spherical, stratum)
    alpha, beta = shares(found.weight[here], 1, weighting)
    alpha_2, beta_2 = shares(found.weight[there], 2, weighting)
    return Members(found.at[here], alpha, beta, found.at[there], alpha_2, beta_2, found.spherical, stratum)


def shares(weight: Array, side: int, weighting: Weighting) -> tuple[Array, Array]:
    """Give α and β of points: of one set (side 0), or of the first or second of two.

    The weight of a pair is ``α_i β_j + β_i α_j``.
    """
    one = np.ones(len(weight))
    if weighting == "sum":
        return weight, one
    w = one if weighting == "none" else weight
    return (w, 0.5 * w) if side == 0 else (w, 0.0 * w) if side == 1 else (0.0 * w, w)


@dataclass(frozen=True, slots=True)
class Density:
    """A curve, half the width of its simultaneous 99 % interval of sampling, and its bandwidth in km."""

    value: Array
    error: Array
    h: float
    reason: str | None = None
    """Why it is not defined."""


def density(of: Members, choices: Choices, rng: np.random.Generator) -> Density:
    """Give the density of the distances.

    Parameters
    ----------
    of
        The points.
    choices
        Distances, bandwidth and the rest.
    rng
        Order of the points where pairs are sampled.
    """
    nothing = np.full(len(choices.distances), np.nan)
    if min(len(of.at), 2 if of.at_2 is None else len(of.at_2)) < (2 if of.at_2 is None else 1):
        return Density(nothing, nothing, np.nan, "needs two plants or more, there are fewer")
    pairing = of.pairing
    if not pairing.total > 0:
        return Density(nothing, nothing, np.nan, "no weight in any pair of plants")
    h, few = choices.bandwidth, pairing.pairs <= _ALL_DISTANCES
    farthest = float(choices.distances[-1])
    limit = 2.0 * farthest if choices.near else np.inf
    if isinstance(h, str):
        h = bandwidth_of(pilot(pairing, _ALL_DISTANCES, 1 << 17).upto(limit), h)
        if not h > 1e-9 * max(of.span, 1e-300):
            why = "the plants are at one place" if of.span == 0 else "the distances do not vary enough"
            return Density(nothing, nothing, np.nan, f"no bandwidth: {why}; give one in km")
    everything = pairing.pairs <= MOST_EXACT or choices.tolerance == 0.0
    bins = make_bins(farthest, of.span, h, 128 if few else 64 if everything else 16)
    error = np.zeros(len(choices.distances))
    if everything:
        histogram = exact(pairing, bins)
    else:
        matrix = smoother(choices.distances, h, bins, reflect=choices.reflect, cumulative=choices.cumulative)
        histogram, error = sampled(pairing, bins, matrix, choices.tolerance, rng)
    if isinstance(choices.bandwidth, str) and not few:
        h = bandwidth_of(histogram.sample.upto(limit), choices.bandwidth)
    return Density(histogram.curve(choices.smoother(h, histogram)), error, h)


def uncertainty(
    of: Members, found: Density, choices: Choices, replicates: int, level: float, *, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Give the Poisson-bootstrap interval of a curve: plants are drawn anew, copies of one are no pair.

    With too many pairs for all replicates it is the normal interval of the same bootstrap, whose variance is
    that of the sum of the plants' influences.
    """
    pairing = of.pairing
    if replicates * pairing.pairs > _MOST_REPLICATED:
        half = float(ndtri(0.5 + level / 2.0)) * _deviation(of, found, choices, rng)
        return np.maximum(found.value - half, 0.0), found.value + half
    bins = make_bins(float(choices.distances[-1]), of.span, found.h, 16)
    matrix = smoother(choices.distances, found.h, bins, reflect=choices.reflect, cumulative=choices.cumulative)

    def again(generator: np.random.Generator) -> Array:
        once = _thinned(of.at, of.alpha, of.beta, generator)
        twice = None
        if of.at_2 is not None and of.alpha_2 is not None and of.beta_2 is not None:
            twice = _thinned(of.at_2, of.alpha_2, of.beta_2, generator)
        if len(once[0]) == 0 or (twice is not None and len(twice[0]) == 0):
            return np.full(len(choices.distances), np.nan)
        pairs = pair(places(*once), None if twice is None else places(*twice), spherical=of.spherical)
        return exact(pairs, bins).curve(matrix) if pairs.total > 1e-12 * pairing.total else matrix[:, 0] * np.nan

    drawn = iter(in_threads(again, streams(rng, replicates)))
    low, high, centre = interval(lambda _: next(drawn), iter([np.empty(0, np.int64)] * replicates), level)
    return np.maximum(found.value + low - centre, 0.0), found.value + high - centre


def _thinned(at: Array, alpha: Array, beta: Array, generator: np.random.Generator) -> tuple[Array, Array, Array]:
    times = generator.poisson(1.0, len(at)).astype(np.float64)
    held = times > 0
    return at[held], alpha[held] * times[held], beta[held] * times[held]


def _deviation(of: Members, found: Density, choices: Choices, rng: np.random.Generator) -> Array:
    """Standard deviation of the bootstrap by the influence of each plant, Σ_j w_ij (φ_ij − K) / Σ w."""
    sides = [(of.at, of.alpha, of.beta)]
    if of.at_2 is not None and of.alpha_2 is not None and of.beta_2 is not None:
        sides.append((of.at_2, of.alpha_2, of.beta_2))
    variance = np.zeros(len(choices.distances))
    for p, q in ((sides[0], sides[-1]),) if len(sides) == 1 else ((sides[0], sides[1]), (sides[1], sides[0])):
        variance += _influence(p, q, found, choices, spherical=of.spherical, rng=rng)
    return np.asarray(np.sqrt(variance) / of.pairing.total, dtype=np.float64)


def _influence(
    p: tuple[Array, Array, Array],
    q: tuple[Array, Array, Array],
    found: Density,
    choices: Choices,
    *,
    spherical: bool,
    rng: np.random.Generator,
) -> Array:
    """Sum of the squared influences of the points of p on pairs with those of q."""
    grid = grid_of(float(choices.distances[-1]), found.h, found.h)
    matrix = choices.edge_smoother(found.h, grid)
    rows = rng.permutation(len(p[0]))[:4096]
    columns = rng.permutation(len(q[0]))[:20_000]
    names = rows if p is q else np.full(len(rows), -1)
    at, there = np.ascontiguousarray(p[0][rows].T), np.ascontiguousarray(q[0][columns].T)

    def part(of: NDArray[np.int64]) -> Array:
        total = np.zeros((len(of), len(choices.distances)))
        for mine, theirs in ((p[1], q[2]), (p[2], q[1])):
            weight = theirs[columns] * (len(q[0]) / len(columns))
            held = np.zeros((len(of), grid.count + 1))
            row_histograms(
                np.ascontiguousarray(at[:, of]), names[of], there, columns, weight, spherical, grid.width, held
            )
            total += mine[rows[of], None] * (held @ matrix.T - held.sum(axis=1)[:, None] * found.value)
        return np.asarray((total**2).sum(axis=0), dtype=np.float64)

    parts = in_threads(part, np.array_split(np.arange(len(rows)), max(1, len(rows) // 256)))
    return np.asarray(np.sum(parts, axis=0) * (len(p[0]) / len(rows)), dtype=np.float64)
