"""Distances of all pairs of points, or of a balanced sample of them, as histograms with moments.

The weight of a pair is ``α_i β_j + β_i α_j``: with α = 1 and β = ½ each pair counts one, with α = e and β = e/2 it is
the product of two sizes, with α = e and β = 1 their sum. Points at one place are summed first: what is between
places needs the places only, what is within them lies at distance 0.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from jiqun.measure.kernel_density import Bins, Sample
from jiqun.measure.kernels.pair_histogram import COUNTED, UNIT, WEIGHTED, shift_histogram
from jiqun.measure.points import EARTH_RADIUS_KM, great_circle

__all__ = [
    "Histogram",
    "Pairing",
    "Places",
    "Weighting",
    "exact",
    "in_threads",
    "pair",
    "pilot",
    "places",
    "sampled",
    "span",
]

Array = NDArray[np.float64]
Weighting = Literal["none", "product", "sum"]
T = TypeVar("T")
R = TypeVar("R")

_BLOCKS = 16
"""Parts into which all pairs are cut. It does not depend on the number of threads, so neither do the sums."""


def in_threads(work: Callable[[T], R], parts: Sequence[T]) -> list[R]:
    """Do the work for each part, on all cores, and give the results in the order of the parts."""
    threads = min(len(parts), os.cpu_count() or 1)
    if threads <= 1:
        return [work(part) for part in parts]
    with ThreadPoolExecutor(threads, thread_name_prefix="jiqun-pairs") as pool:
        return list(pool.map(work, parts))


@dataclass(frozen=True, slots=True)
class Places:
    """Points summed by where they are: positions (2 or more, places), and α, β and number of points at each."""

    at: Array
    alpha: Array
    beta: Array
    count: Array
    within: float
    """Weight of the pairs at one place."""
    total: float
    """Weight of all pairs."""


def places(at: Array, alpha: Array, beta: Array) -> Places:
    """Sum points that are at the same place.

    Examples
    --------
    >>> one = places(np.array([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]]), np.ones(3), np.full(3, 0.5))
    >>> one.count.tolist(), one.within, one.total
    ([2.0, 1.0], 1.0, 3.0)
    """
    order = np.lexsort(at.T[::-1])
    ordered = at[order]
    new = np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)] if len(at) else np.zeros(0, dtype=np.bool_)
    where = np.cumsum(new) - 1
    size = int(new.sum())
    a, b, n, own = (
        np.asarray(np.bincount(where, v[order], size), dtype=np.float64)
        for v in (alpha, beta, np.ones(len(at)), alpha * beta)
    )
    total = float(alpha.sum() * beta.sum() - (alpha * beta).sum())
    within = np.where(n > 1, a * b - own, 0.0)
    return Places(np.ascontiguousarray(ordered[new].T), a, b, n, float(within.sum()), total)


@dataclass(frozen=True, slots=True)
class Pairing:
    """The pairs that are measured: of one set of places (``other`` None), or of one with another."""

    one: Places
    other: Places | None
    mode: int
    spherical: bool

    @property
    def total(self) -> float:
        """Weight of all pairs."""
        if self.other is None:
            return self.one.total
        p, q = self.one, self.other
        return float(p.alpha.sum() * q.beta.sum() + p.beta.sum() * q.alpha.sum())

    @property
    def within(self) -> float:
        """Weight of the pairs at one place, where these are not measured with the rest."""
        return self.one.within if self.other is None else 0.0

    @property
    def numbers(self) -> tuple[float, float]:
        """Number of pairs of points at one place, where these are not measured with the rest, and of the others."""
        p = self.one.count
        if self.other is not None:
            return 0.0, float(p.sum() * self.other.count.sum())
        return float((p * (p - 1.0)).sum() / 2.0), float((p.sum() ** 2 - (p**2).sum()) / 2.0)

    @property
    def shifts(self) -> NDArray[np.int64]:
        """Shifts that together are all pairs."""
        if self.other is None:
            return np.arange(1, self.one.at.shape[1] // 2 + 1, dtype=np.int64)
        return np.arange(self.other.at.shape[1], dtype=np.int64)

    @property
    def pairs(self) -> int:
        """Number of pairs of places."""
        n = self.one.at.shape[1]
        return int(n * (n - 1) // 2 if self.other is None else n * self.other.at.shape[1])


def pair(one: Places, other: Places | None = None, *, spherical: bool, counted: bool = False) -> Pairing:
    """Say which pairs are measured; ``counted`` says that their number is wanted beside their weight."""
    if other is not None and other.at.shape[1] > one.at.shape[1]:
        one, other = other, one
    unit = other is None and bool((one.alpha == 1.0).all() and (one.beta == 0.5).all())
    return Pairing(one, other, UNIT if unit else (COUNTED if counted else WEIGHTED), spherical)


@dataclass(frozen=True, slots=True)
class Histogram:
    """Moments of the distances of pairs in bins, shape (bins, 4), in all ``total``, and of their numbers (bins, 3)."""

    bins: Bins
    moments: Array
    total: float
    numbers: Array

    @property
    def sample(self) -> Sample:
        """The distances without weights, for the bandwidth and quantiles."""
        n = self.numbers[:, 0]
        held = n > 0
        n, first, second = self.numbers[held].T
        mean = first / n
        variance = np.maximum(second / n - mean**2, 0.0)
        width = self.bins.width[held]
        middle = self.bins.edge[held] + width / 2.0
        return Sample(middle + mean * width, n, np.sqrt(12.0 * variance) * width)

    def coarser(self, h: float) -> Histogram:
        """Give the same with fewer fine bins, about 32 in a bandwidth; moments are carried to the new middles."""
        by = min(int(h / 32.0 / self.bins.fine), self.bins.split)
        if by < 2:
            return self
        split = self.bins.split // by
        left = slice(split * by, self.bins.count)
        fine = self.moments[: split * by].reshape(split, by, 4)
        shift = (np.arange(by) + 0.5) - by / 2.0
        m0, m1, m2, m3 = np.moveaxis(fine, 2, 0)
        moved = [
            m0,
            m1 + shift * m0,
            m2 + 2.0 * shift * m1 + shift**2 * m0,
            m3 + 3.0 * shift * m2 + 3.0 * shift**2 * m1 + shift**3 * m0,
        ]
        merged = np.stack([m.sum(axis=1) / by**k for k, m in enumerate(moved)], axis=-1)
        bins = Bins(self.bins.fine * by, self.bins.coarse, split, split + self.bins.count - left.start)
        return Histogram(bins, np.vstack([merged, self.moments[left]]), self.total, self.numbers[:0])

    def curve(self, matrix: Array) -> Array:
        """Give the curve that a smoother makes of it, per unit of weight."""
        return np.asarray(matrix @ self.moments.ravel() / self.total, dtype=np.float64)


def span(at: Array, spherical: bool) -> float:
    """Give an upper bound of the distances among places, (2 or more, places), in km.

    Examples
    --------
    >>> span(np.array([[0.0, 3.0], [0.0, 4.0]]), False)
    5.0
    """
    diagonal = np.linalg.norm(np.ptp(at, axis=1)) if at.shape[1] else 0.0
    if not spherical:
        return float(diagonal)
    return float(great_circle(np.minimum(np.array([diagonal]), 2.0 * EARTH_RADIUS_KM))[0])


def exact(pairing: Pairing, bins: Bins) -> Histogram:
    """Count every pair.

    Parameters
    ----------
    pairing
        Which pairs.
    bins
        Bins of distance.
    """
    shifts = pairing.shifts
    parts = [p for p in np.array_split(shifts, _BLOCKS if pairing.pairs > 1 << 21 else 1) if len(p)]
    counted = in_threads(lambda part: _count(pairing, bins, part), parts)
    moments = np.sum(counted, axis=0) if counted else np.zeros((bins.count, 8))
    return _histogram(pairing, bins, moments, 1.0)


def sampled(
    pairing: Pairing, bins: Bins, matrix: Array, tolerance: float, rng: np.random.Generator
) -> tuple[Histogram, Array]:
    """Count pairs by shifts of the places in random order, until the curve is known well enough.

    Every place is in equally many of the pairs, so what differs between places cancels, and only what
    differs between pairs is left as error. It is estimated from the spread of batches of shifts, with the
    correction for a finite population: when all shifts are used up, it is 0. A place of large weight is put
    in as several copies that share it, so that no pair outweighs the others however unequal the places; copies
    of one place are no pair.

    Parameters
    ----------
    pairing
        Which pairs.
    bins
        Bins of distance.
    matrix
        The smoother of the curve.
    tolerance
        Wanted error, as a share of the curve's maximum.
    rng
        Order of the places and of the shifts.

    Returns
    -------
    histogram, error
        ``error`` has shape (distances,): half the width of a simultaneous 99 % interval.
    """
    mixed = _shuffled(_copied(pairing), rng)
    shifts = rng.permutation(mixed.shifts)
    each = max(1, min(len(shifts) // 32, (1 << 24) // mixed.one.at.shape[1]))
    batches = np.split(shifts, range(each, len(shifts), each))
    found: list[Array] = []
    while True:
        found += in_threads(lambda part: _count(mixed, bins, part), batches[len(found) : len(found) + _BLOCKS])
        done = len(found) / len(batches)
        histogram = _histogram(pairing, bins, np.sum(found, axis=0), 0.0 if done < 1 else 1.0)
        error = _error(found, matrix, done, pairing)
        if done >= 1 or error.max() <= tolerance * np.abs(histogram.curve(matrix)).max():
            return histogram, error


def pilot(pairing: Pairing, most: int = 1 << 17, otherwise: int = 1 << 17) -> Sample:
    """Give the distances of all pairs up to ``most``, else of about ``otherwise`` by shifts in an order of its own."""
    shifts = pairing.shifts
    n = pairing.one.at.shape[1]
    if pairing.pairs > most:
        rng = np.random.default_rng(0)
        pairing = _shuffled(pairing, rng)
        shifts = rng.choice(shifts, max(1, min(len(shifts), otherwise // n)), replace=False)
    seen_at = list(_each(pairing, shifts))
    at, count = [x[0] for x in seen_at], [x[1] for x in seen_at]
    distance = np.concatenate([*at, np.zeros(1)])
    same, other = pairing.numbers
    seen = sum(float(c.sum()) for c in count)
    number = np.concatenate([*(c * (other / seen) for c in count), np.array([same])])
    if (number[:-1] == 1.0).all() and same == 0.0:
        return Sample(np.sort(distance[:-1]), number[:-1], np.zeros(len(number) - 1))
    order = np.argsort(distance, kind="stable")
    held = order[number[order] > 0]
    return Sample(distance[held], number[held], np.zeros(len(held)))


def _each(pairing: Pairing, shifts: Iterable[int]) -> Iterable[tuple[Array, Array]]:
    p, q = pairing.one, pairing.other or pairing.one
    n = p.at.shape[1]
    for k in shifts:
        i = np.arange(n // 2 if pairing.other is None and 2 * k == n else n)
        j = (i + k) % q.at.shape[1]
        chord = np.sqrt(((p.at[:, i] - q.at[:, j]) ** 2).sum(axis=0))
        yield (great_circle(chord) if pairing.spherical else chord), p.count[i] * q.count[j]


def _shuffled(pairing: Pairing, rng: np.random.Generator) -> Pairing:
    def mixed(p: Places) -> Places:
        order = rng.permutation(p.at.shape[1])
        at = np.ascontiguousarray(p.at[:, order])
        return Places(at, p.alpha[order], p.beta[order], p.count[order], p.within, p.total)

    return Pairing(mixed(pairing.one), mixed(pairing.other) if pairing.other else None, pairing.mode, pairing.spherical)


def _copied(pairing: Pairing) -> Pairing:
    """Give places of more than their part of the weight as several, with their weight shared among these."""

    def copied(p: Places) -> Places:
        size = p.at.shape[1]
        part = np.maximum(p.alpha / max(p.alpha.sum(), 1e-300), p.beta / max(p.beta.sum(), 1e-300))
        times = np.maximum(np.rint(part * size), 1.0).astype(np.int64)
        alpha, beta, count = (np.repeat(v / times, times) for v in (p.alpha, p.beta, p.count))
        return Places(np.repeat(p.at, times, axis=1), alpha, beta, count, p.within, p.total)

    if pairing.mode == UNIT:
        return pairing
    one, other = copied(pairing.one), copied(pairing.other) if pairing.other else None
    if other is not None and other.at.shape[1] > one.at.shape[1]:
        one, other = other, one
    return Pairing(one, other, pairing.mode, pairing.spherical)


def _count(pairing: Pairing, bins: Bins, shifts: NDArray[np.int64]) -> Array:
    p, q = pairing.one, pairing.other or pairing.one
    moments = np.zeros((bins.count, 8 if pairing.mode == COUNTED else 4))
    weights = [np.ascontiguousarray([s.alpha, s.beta, s.count]) for s in (p, q)]
    same = pairing.other is None
    shift_histogram(
        p.at, weights[0], q.at, weights[1], pairing.spherical, shifts, same, pairing.mode, same, bins.scale, moments
    )
    return moments


def _histogram(pairing: Pairing, bins: Bins, counted: Array, complete: float) -> Histogram:
    """Add the pairs at one place; what was sampled is given the weight of all pairs between places."""
    moments = counted[:, :4].copy()
    numbers = counted[:, 4:7].copy() if pairing.mode == COUNTED else counted[:, :3].copy()
    zero = np.array([1.0, -0.5, 0.25, -0.125])
    between = moments[:, 0].sum()
    if complete < 1.0 and between > 0:
        moments *= (pairing.total - pairing.within) / between
    if pairing.other is None:
        moments[0] += pairing.within * zero
        of = numbers[:, 0].sum()
        same, other = pairing.numbers
        numbers *= other / of if complete < 1.0 and of > 0 else 1.0
        numbers[0] += same * zero[:3]
    return Histogram(bins, moments, float(moments[:, 0].sum()), numbers)


def _error(found: list[Array], matrix: Array, done: float, pairing: Pairing) -> Array:
    """Simultaneous 99 % bound of a ratio estimate from the spread of its residuals over batches."""
    if done >= 1:
        return np.zeros(len(matrix))
    weight = np.array([f[:, 0].sum() for f in found])
    sums = np.array([matrix @ f[:, :4].ravel() for f in found])
    residual = sums - weight[:, None] * (sums.sum(axis=0) / weight.sum())
    b = len(found)
    deviation = np.sqrt((residual**2).sum(axis=0) / (b - 1.0) / b) / weight.mean()
    between = (pairing.total - pairing.within) / pairing.total
    factor = float(student.ppf(1.0 - 0.005 / len(matrix), b - 1))
    return np.asarray(between * factor * deviation * np.sqrt(1.0 - done), dtype=np.float64)
