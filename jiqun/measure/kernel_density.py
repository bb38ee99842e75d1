"""Densities of distances by a Gaussian kernel, from histograms that carry moments, and their bandwidths.

A bin holds Σw, Σwε, Σwε², Σwε³ of its pairs, ε from its middle. The sum of kernels over the pairs of a bin is then
its Taylor series to the third order (Hermite polynomials times the Gaussian): with bins of h/64 the
remainder is below 5e-10 of the kernel's height, however the distances lie in the bin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from jiqun.cluster import JiqunError

__all__ = [
    "REACH",
    "Bins",
    "Rule",
    "Sample",
    "bandwidth_of",
    "make_bins",
    "quantile",
    "sheather_jones",
    "silverman",
    "smoother",
]

Array = NDArray[np.float64]
Rule = Literal["silverman", "sheather_jones"]

REACH = 8.5
"""Bandwidths beyond which a Gaussian is below 1e-16 of its peak."""
_MOST_FINE = 1 << 18
_COARSE = 4096


@dataclass(frozen=True, slots=True)
class Bins:
    """Bins of distance: ``split`` fine ones from 0, then coarse ones, ``count`` in all; widths in km."""

    fine: float
    coarse: float
    split: int
    count: int

    @property
    def scale(self) -> Array:
        """What the kernels need: bins per km of both kinds, and the distance between them."""
        return np.array([1.0 / self.fine, 1.0 / self.coarse, self.split * self.fine])

    @property
    def width(self) -> Array:
        """Width of each bin, shape (count,)."""
        return np.where(np.arange(self.count) < self.split, self.fine, self.coarse)

    @property
    def edge(self) -> Array:
        """Lower edge of each bin, shape (count,)."""
        k = np.arange(self.count)
        return np.where(k < self.split, k * self.fine, self.split * self.fine + (k - self.split) * self.coarse)


def make_bins(farthest: float, span: float, h: float, per_bandwidth: int = 64) -> Bins:
    """Make bins that are fine where curves need them and coarse up to the longest distance.

    Parameters
    ----------
    farthest
        Largest distance of the curves, km.
    span
        An upper bound of all distances, km.
    h
        Bandwidth, km (the smallest, where there are several).
    per_bandwidth
        Fine bins in one bandwidth.

    Raises
    ------
    JiqunError
        If the bandwidth is so small that bins of a quarter of it are too many.
    """
    reach = min(farthest + REACH * h, span * (1.0 + 1e-9))
    fine = max(h / per_bandwidth, reach / _MOST_FINE)
    if fine > h / 4.0:
        raise JiqunError(
            f"kd needs a bandwidth of at least {4.0 * reach / _MOST_FINE:.3g} km for distances up to "
            f"{farthest:.6g} km; got {h:.3g}. Give a larger one, or shorter distances.",
            f"kd 在最远 {farthest:.6g} 千米的距离下要求带宽不小于 {4.0 * reach / _MOST_FINE:.3g} 千米；"
            f"现为 {h:.3g}。请加大带宽或缩短距离。",
        )
    split = max(1, int(np.ceil(reach / fine)))
    rest = max(span - split * fine, 0.0)
    coarse = max(rest / _COARSE, fine)
    return Bins(fine, coarse, split, split + int(np.ceil(rest / coarse)) + 2)


def smoother(distances: Array, h: float, bins: Bins, *, reflect: bool, cumulative: bool) -> Array:
    """Give the matrix that makes a curve of a histogram with moments.

    Parameters
    ----------
    distances
        Where the curve is wanted, shape (distances,), km.
    h
        Bandwidth, km.
    bins
        Bins of the histogram.
    reflect
        Whether the mass that the kernel puts below 0 is reflected.
    cumulative
        Whether the curve is the integral of the density from 0.

    Returns
    -------
    numpy.ndarray
        Shape (distances, bins · 4); its product with the moments, flattened, is Σ w K(d).

    Examples
    --------
    >>> bins = make_bins(10.0, 10.0, 1.0)
    >>> moments = np.zeros((bins.count, 4))
    >>> moments[0] = [1.0, -0.5, 0.25, -0.125]  # one pair at distance 0
    >>> curve = smoother(np.array([0.0, 1.0]), 1.0, bins, reflect=True, cumulative=False) @ moments.ravel()
    >>> np.allclose(curve, np.sqrt(2 / np.pi) * np.exp([0.0, -0.5]))
    True
    """
    used = min(bins.count, int(np.searchsorted(bins.edge, distances.max(initial=0.0) + REACH * h)) + 1)
    matrix = np.zeros((len(distances), bins.count, 4))
    step = bins.width[:used] / h
    middle = (bins.edge + bins.width / 2.0)[:used] / h
    at = distances[:, None] / h
    matrix[:, :used] = _series(at - middle, step, 1.0, cumulative) / (1.0 if cumulative else h)
    if reflect:
        matrix[:, :used] += _series(at + middle, step, -1.0, cumulative) / (1.0 if cumulative else h)
    if cumulative:
        below = _series(-middle, step, 1.0, cumulative=True)
        matrix[:, :used] -= below + (_series(middle, step, -1.0, cumulative=True) if reflect else 0.0)
    return matrix.reshape(len(distances), -1)


def _series(x: Array, step: Array, sign: float, cumulative: bool) -> Array:
    """Taylor coefficients of φ(x ∓ ε/h), or of its integral, in the moments of ε in units of a bin."""
    phi = np.exp(-0.5 * x * x) / np.sqrt(2.0 * np.pi)
    e = sign * step
    if cumulative:
        return np.stack([ndtr(x), -e * phi, -(e**2) / 2.0 * x * phi, -(e**3) / 6.0 * (x * x - 1.0) * phi], axis=-1)
    terms = [phi, e * x * phi, e**2 / 2.0 * (x * x - 1.0) * phi, e**3 / 6.0 * (x**3 - 3.0 * x) * phi]
    return np.stack(terms, axis=-1)


@dataclass(frozen=True, slots=True)
class Sample:
    """Distances in ascending order, how often each occurs, and over which width it is spread; each (values,).

    Single distances have no width; the pairs of a bin are as if even over √12 times their standard deviation.
    """

    at: Array
    count: Array
    width: Array

    def upto(self, distance: float) -> Sample:
        """Give the part that is not beyond a distance."""
        kept = (self.at <= distance) & (self.count > 0)
        return Sample(self.at[kept], self.count[kept], self.width[kept])


def bandwidth_of(sample: Sample, rule: Rule) -> float:
    """Give the bandwidth of a sample of distances; NaN for fewer than two, 0 where all are equal."""
    if sample.count.sum() < 2:
        return float("nan")
    return {"silverman": silverman, "sheather_jones": sheather_jones}[rule](sample)


def silverman(sample: Sample) -> float:
    """Give Silverman's rule of thumb 0.9 min(sd, IQR/1.34) N^(−1/5); sd alone where the quartiles are equal.

    References
    ----------
    Silverman, B. W. (1986), Density estimation for statistics and data analysis, eq. 3.31.

    Examples
    --------
    >>> round(silverman(Sample(np.arange(1.0, 11.0), np.ones(10), np.zeros(10))), 6)
    1.719286
    """
    return float(0.9 * _spread(sample, 1.34) * sample.count.sum() ** -0.2)


def _spread(sample: Sample, normal: float) -> float:
    total = sample.count.sum()
    mean = (sample.at * sample.count).sum() / total
    squares = (((sample.at - mean) ** 2 + sample.width**2 / 12.0) * sample.count).sum()
    deviation = float(np.sqrt(squares / (total - 1.0)))
    quartiles = quantile(sample, np.array([0.25, 0.75]))
    between = float(quartiles[1] - quartiles[0]) / normal
    return min(deviation, between) if between > 0 else deviation


def quantile(sample: Sample, at: Array) -> Array:
    """Give quantiles, linear between order statistics (R's type 7).

    Examples
    --------
    >>> quantile(Sample(np.array([1.0, 5.0]), np.array([3.0, 1.0]), np.zeros(2)), np.array([0.5, 0.75, 1.0]))
    array([1., 2., 5.])
    """
    upto = np.cumsum(sample.count)
    rank = at * (upto[-1] - 1.0)
    low = np.floor(rank + 1e-9)
    first, second = (_order_statistic(sample, upto, np.minimum(k, upto[-1] - 1.0)) for k in (low, low + 1.0))
    return np.asarray(first + np.maximum(rank - low, 0.0) * (second - first), dtype=np.float64)


def _order_statistic(sample: Sample, upto: Array, rank: Array) -> Array:
    where = np.minimum(np.searchsorted(upto, rank, side="right"), len(upto) - 1)
    within = (rank - (upto[where] - sample.count[where]) + 0.5) / sample.count[where] - 0.5
    return np.asarray(sample.at[where] + within * sample.width[where], dtype=np.float64)


def sheather_jones(sample: Sample) -> float:
    """Give the bandwidth of Sheather and Jones, solved for, on 1,000 bins as R's ``bw.SJ``.

    Notes
    -----
    R stops the search for the root at a tolerance of a hundredth of the largest bandwidth, and so does this.

    References
    ----------
    Sheather, S. J. & Jones, M. C. (1991), A reliable data-based bandwidth selection method for kernel density
    estimation. doi:10.1111/j.2517-6161.1991.tb01857.x

    Examples
    --------
    >>> squares = np.arange(1.0, 101.0) ** 2 / 100.0
    >>> 5.0 < sheather_jones(Sample(squares, np.ones(100), np.zeros(100))) < 15.0
    True
    """
    distance, count = sample.at, sample.count
    n = float(count.sum())
    spread = _spread(sample, 1.349)
    if spread <= 0:
        return 0.0
    width = (distance[-1] - distance[0]) * 1.01 / 1000.0
    cell = np.floor(distance / width).astype(np.int64)
    held = np.bincount(cell - cell[0], count, 1001)
    lags = np.correlate(held, held, "full")[len(held) - 1 :]
    lags[0] = (lags[0] - n) / 2.0
    x2 = (np.arange(len(lags)) * width) ** 2

    def fourth(a: float) -> float:
        delta = x2 / a**2
        total = 2.0 * (np.exp(-delta / 2.0) * (delta**2 - 6.0 * delta + 3.0) * lags).sum() + 3.0 * n
        return float(total / (n * (n - 1.0) * a**5 * np.sqrt(2.0 * np.pi)))

    def sixth(a: float) -> float:
        delta = x2 / a**2
        poly = delta**3 - 15.0 * delta**2 + 45.0 * delta - 15.0
        total = 2.0 * (np.exp(-delta / 2.0) * poly * lags).sum() - 15.0 * n
        return float(total / (n * (n - 1.0) * a**7 * np.sqrt(2.0 * np.pi)))

    bend = -sixth(1.23 * spread * n ** (-1.0 / 9.0))
    ratio = 1.357 * (fourth(1.24 * spread * n ** (-1.0 / 7.0)) / bend) ** (1.0 / 7.0)

    def lack(h: float) -> float:
        return float((1.0 / (2.0 * np.sqrt(np.pi) * n * fourth(ratio * h ** (5.0 / 7.0)))) ** 0.2 - h)

    most = 1.144 * spread * n**-0.2
    low, high = 0.1 * most, most
    for _ in range(99):
        if lack(low) * lack(high) <= 0:
            return _root(lack, low, high, 0.01 * most)
        low, high = low * 0.9, high * 1.1
    return silverman(sample)


def _root(function: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Give a root by Brent's method, which stops where R's ``uniroot`` does: SciPy's takes other last steps."""
    a, b = low, high
    fa, fb = function(a), function(b)
    c, fc = a, fa
    while True:
        before = b - a
        if abs(fc) < abs(fb):
            a, b, c = b, c, b
            fa, fb, fc = fb, fc, fb
        enough = 2.0 * np.finfo(np.float64).eps * abs(b) + tolerance / 2.0
        step = (c - b) / 2.0
        if abs(step) <= enough or fb == 0.0:
            return b
        if abs(before) >= enough and abs(fa) > abs(fb):
            step = _interpolated((a, fa), (b, fb), (c, fc), before, step, enough)
        if abs(step) < enough:
            step = enough if step > 0 else -enough
        a, fa = b, fb
        b += step
        fb = function(b)
        if (fb > 0) == (fc > 0):
            c, fc = a, fa


Value = tuple[float, float]


def _interpolated(  # noqa: PLR0917 - three points and three lengths
    first: Value, second: Value, third: Value, before: float, half: float, enough: float
) -> float:
    """Step to the root of the parabola or line through the last points, or half-way where that is no better."""
    (a, fa), (b, fb), (c, fc) = first, second, third
    across = c - b
    if a == c:
        p, q = across * (fb / fa), 1.0 - fb / fa
    else:
        r, s, t = fa / fc, fb / fc, fb / fa
        p, q = t * (across * r * (r - s) - (b - a) * (s - 1.0)), (r - 1.0) * (s - 1.0) * (t - 1.0)
    p, q = (p, -q) if p > 0 else (-p, q)
    if p < 0.75 * across * q - abs(enough * q) / 2.0 and p < abs(before * q / 2.0):
        return p / q
    return half
