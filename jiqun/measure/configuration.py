"""The bipartite configuration model: presences as random as their margins allow, and sums of them."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.measure.presence import Array, Matrix

__all__ = ["Configuration", "configuration", "tail_at_least", "tail_near"]

STEPS = 500
CLOSE = 1e-10
"""Expected and observed margins agree to this, relative to the margin."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """Probabilities of presence under the model, by classes of places and industries of equal margins."""

    place_class: NDArray[np.int64]
    """Class of each place, shape (places,)."""
    industry_class: NDArray[np.int64]
    """Class of each industry, shape (industries,)."""
    probability: Array
    """Probability that an industry is in a place, shape (place classes, industry classes)."""
    places: NDArray[np.int64]
    """Places in each class, shape (place classes,)."""

    def full(self) -> Array:
        """Probability for every place and industry, shape (places, industries)."""
        return self.probability[np.ix_(self.place_class, self.industry_class)]


def configuration(present: Matrix) -> Configuration:
    """Fit the bipartite configuration model to a matrix of presence.

    Of all distributions over matrices whose expected margins are the observed diversity ``d_r`` and
    ubiquity ``u_i``, that of greatest entropy: independent presences with
    ``p_ri = x_r y_i / (1 + x_r y_i)``. Equal margins have equal x, so one unknown for each distinct margin
    is exact. Places and industries that are full or empty have p of 1 or 0 and are taken out first; the rest is
    the maximum of a concave likelihood, found by Newton's method until all margins agree to 1e-10.

    Parameters
    ----------
    present
        Which industries each place has, shape (places, industries).

    Raises
    ------
    JiqunError
        If the margins are not met.

    References
    ----------
    Saracco, F., Di Clemente, R., Gabrielli, A. & Squartini, T. (2015), Randomizing bipartite networks: the case
    of the World Trade Web. doi:10.1038/srep10595

    Examples
    --------
    >>> configuration(np.array([[True, False], [False, True]])).full().round(9).tolist()
    [[0.5, 0.5], [0.5, 0.5]]
    """
    d, place_class, d_size = _classes(present.sum(axis=1))
    u, industry_class, u_size = _classes(present.sum(axis=0))
    probability = np.full((len(d), len(u)), np.nan)
    r, i = _take_out(d, d_size, u, u_size, probability)
    if len(r) and len(i):
        left_d = d[r] - (probability[r] == 1.0) @ u_size
        left_u = u[i] - d_size @ (probability[:, i] == 1.0)
        probability[np.ix_(r, i)] = _newton(left_d, d_size[r], left_u, u_size[i])
    return Configuration(place_class, industry_class, probability, d_size.astype(np.int64))


def _classes(margin: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64], Array]:
    distinct, inverse, size = np.unique(margin, return_inverse=True, return_counts=True)
    return distinct.astype(np.float64), inverse.ravel().astype(np.int64), size.astype(np.float64)


def _take_out(
    d: Array, d_size: Array, u: Array, u_size: Array, probability: Array
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Set the probabilities of full and empty rows and columns; give the classes that remain."""
    r, i = np.arange(len(d)), np.arange(len(u))
    while len(r) and len(i):
        ones = probability == 1.0
        free_d, free_u = d[r] - ones[r] @ u_size, u[i] - d_size @ ones[:, i]
        for at, empty, full in (
            (0, free_d == 0, free_d == u_size[i].sum()),
            (1, free_u == 0, free_u == d_size[r].sum()),
        ):
            if (settled := empty | full).any():
                for k in np.flatnonzero(settled):
                    cell = np.ix_(r[[k]], i) if at == 0 else np.ix_(r, i[[k]])
                    probability[cell] = 1.0 if full[k] else 0.0
                r, i = (r[~settled], i) if at == 0 else (r, i[~settled])
                break
        else:
            break
    return r, i


def _newton(k: Array, k_size: Array, d: Array, d_size: Array) -> Array:
    """Maximise the likelihood over the logarithms of x and y, by damped Newton steps."""
    total = float(k @ k_size)
    theta, phi = np.log(k / np.sqrt(total)), np.log(d / np.sqrt(total))

    def likelihood(theta: Array, phi: Array) -> float:
        links = k_size @ np.logaddexp(0.0, theta[:, None] + phi) @ d_size
        return float((k_size * k) @ theta + (d_size * d) @ phi - links)

    best = likelihood(theta, phi)
    for _ in range(STEPS):
        p = _logistic(theta, phi)
        short_k, short_d = k_size * (k - p @ d_size), d_size * (d - k_size @ p)
        if max(np.abs(short_k / k_size / k).max(), np.abs(short_d / d_size / d).max()) < CLOSE:
            return p
        w = p * (1.0 - p) * k_size[:, None] * d_size
        across, down = np.maximum(w.sum(axis=1), 1e-300), w.sum(axis=0)
        # Schur complement of the places. A constant moves between θ and φ: the matrix of ones takes it out of φ.
        ratio = w / across[:, None]
        curve = np.diag(down * (1.0 + 1e-13) + 1e-300) - w.T @ ratio + down.mean() / len(down)
        step_phi = np.linalg.solve(curve, short_d - ratio.T @ short_k)
        step_theta = (short_k - w @ step_phi) / across
        largest = max(np.abs(step_theta).max(), np.abs(step_phi).max())
        length = min(1.0, 8.0 / largest)
        for _ in range(60):
            tried = theta + length * step_theta, phi + length * step_phi
            now = likelihood(*tried)
            if now >= best - 1e-13 * abs(best):
                break
            length /= 2.0
        theta, phi, best = tried[0], tried[1], now
    raise JiqunError(
        "The bipartite configuration model could not be fitted to the diversity of the places and the ubiquity of "
        "the industries. Pass another cut.",
        "二分配置模型无法拟合各地的多样性和各行业的遍在性。请换一个 cut 值。",
    )


def _logistic(theta: Array, phi: Array) -> Array:
    return np.asarray(1.0 / (1.0 + np.exp(-(theta[:, None] + phi))))


def tail_at_least(chances: Array, many: NDArray[np.int64], counts: NDArray[np.int64], block: int = 256) -> Array:
    """Probability that sums of independent draws reach a count: the tail of the Poisson–binomial distribution.

    Exact: the distribution is built draw by draw, as far as it is needed. All terms are positive, so that
    even the smallest probabilities are right to about ten digits.

    Parameters
    ----------
    chances
        Probability of a draw of each class, shape (sums, classes).
    many
        Draws in each class, shape (classes,).
    counts
        What each sum shall reach, shape (sums,).
    block
        Sums that one thread does at a time; it changes no value.

    Examples
    --------
    Two fair coins show at least one head in three of four cases:

    >>> float(tail_at_least(np.array([[0.5]]), np.array([2]), np.array([1]))[0])
    0.75
    """
    result = np.empty(len(counts))

    def work(start: int) -> None:
        part = slice(start, start + block)
        _tails(chances[part], many, counts[part], result[part])

    with ThreadPoolExecutor() as pool:
        list(pool.map(work, range(0, len(counts), block)))
    return result


@njit(cache=True, nogil=True)
def _tails(chances: Array, many: NDArray[np.int64], counts: NDArray[np.int64], result: Array) -> None:
    draws = many.sum()
    for s in range(len(counts)):
        need = counts[s]
        if need <= 0:
            result[s] = 1.0
            continue
        if need > draws:
            result[s] = 0.0
            continue
        state = np.zeros(need)
        state[0] = 1.0
        reached, done = 0.0, 0
        for c in range(len(many)):
            p = chances[s, c]
            q = 1.0 - p
            for _ in range(many[c]):
                top = min(done, need - 1)
                if top == need - 1:
                    reached += state[need - 1] * p
                else:
                    state[top + 1] = state[top] * p
                for x in range(top, 0, -1):
                    state[x] = state[x] * q + state[x - 1] * p
                state[0] *= q
                done += 1
        result[s] = min(reached, 1.0)


def tail_near(chances: Array, many: NDArray[np.int64], counts: NDArray[np.int64]) -> Array:
    """Probability that sums reach a count, by the saddlepoint of Lugannani and Rice.

    The error is relative, a per cent or so, also far out in the tail, and the work does not grow with the
    number of draws; callers measure it against :func:`tail_at_least` on a part of the sums.

    Parameters
    ----------
    chances, many, counts
        As in :func:`tail_at_least`.

    References
    ----------
    Daniels, H. E. (1987), Tail probability approximations. doi:10.2307/1403269

    Examples
    --------
    >>> two = np.full((1, 1), 0.3), np.array([40]), np.array([20])
    >>> bool(abs(tail_near(*two)[0] / tail_at_least(*two)[0] - 1) < 0.01)
    True
    """
    result, times, goals = np.empty(len(counts)), many.astype(np.float64), counts.astype(np.float64)

    def work(start: int) -> None:
        part = slice(start, start + 4096)
        _saddle(chances[part], times, goals[part], result[part])

    with ThreadPoolExecutor() as pool:
        list(pool.map(work, range(0, len(counts), 4096)))
    return result


@njit(cache=True, nogil=True)
def _saddle(chances: Array, many: Array, counts: Array, result: Array) -> None:
    for s in range(len(counts)):
        p, target = chances[s], counts[s] - 0.5
        sure, possible = (many * (p >= 1.0)).sum(), (many * (p > 0.0)).sum()
        if target < sure or target > possible:
            result[s] = 1.0 if target < sure else 0.0
            continue
        t, bend = _tilt(p, many, target)
        cumulant = (many * np.log1p(p * math.expm1(t))).sum()
        depth = 2.0 * (t * target - cumulant)
        if abs(t) < 1e-4 or depth <= 0.0:
            tail = _middle(p, many, target)
        else:
            w = math.copysign(math.sqrt(depth), t)
            u = 2.0 * math.sinh(0.5 * t) * math.sqrt(bend)
            tail = 0.5 * math.erfc(w / math.sqrt(2.0)) + _normal(w) * (1.0 / u - 1.0 / w)
        result[s] = min(max(tail, 0.0), 1.0)


@njit(cache=True, nogil=True)
def _tilt(p: Array, many: Array, target: float) -> tuple[float, float]:
    """Solve K'(t) = target by Newton's method within a bracket; give t and K''(t)."""
    t, low, high = 0.0, -700.0, 700.0
    slope, bend = (many * p).sum(), (many * p * (1.0 - p)).sum()
    for _ in range(100):
        if slope < target:
            low = t
        else:
            high = t
        after = t + (target - slope) / bend if bend > 1e-300 else high
        if after <= low or after >= high:
            after = 0.5 * (low + high)
        done = abs(after - t) < 1e-12 * (1.0 + abs(t))
        t = after
        share = p * math.exp(t) / (1.0 - p + p * math.exp(t))
        slope, bend = (many * share).sum(), (many * share * (1.0 - share)).sum()
        if done:
            break
    return t, bend


@njit(cache=True, nogil=True)
def _middle(p: Array, many: Array, target: float) -> float:
    """Edgeworth expansion at the mean, where the saddlepoint divides nothing by nothing."""
    spread = math.sqrt((many * p * (1.0 - p)).sum())
    z = (target - (many * p).sum()) / spread
    third = (many * p * (1.0 - p) * (1.0 - 2.0 * p)).sum()
    edge = third / (6.0 * spread**3) * (1.0 - z * z) * _normal(z)
    return float(0.5 * math.erfc(z / math.sqrt(2.0)) - edge)


@njit(cache=True, nogil=True)
def _normal(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
