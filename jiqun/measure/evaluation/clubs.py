"""Club convergence: the log t test of Phillips and Sul, and the clubs it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array

__all__ = ["Club", "Clubs", "LogT", "find_clubs", "hodrick_prescott", "log_t"]

CRITICAL = -1.65
"""One-sided 5 % point of the log t test."""


@dataclass(frozen=True, slots=True)
class LogT:
    """The log t regression."""

    b: float
    """Slope: twice the speed of convergence. From 2 on in levels, between 0 and 2 in growth."""
    error: float
    t: float
    """Convergence is rejected below -1.65."""
    periods: int
    """Periods used."""


@dataclass(frozen=True, slots=True)
class Club:
    """Places that converge to one path."""

    members: tuple[int, ...]
    """Positions of the places, ascending."""
    test: LogT


@dataclass(frozen=True, slots=True)
class Clubs:
    """What the clustering finds."""

    whole: LogT
    """The test of all places together."""
    clubs: tuple[Club, ...]
    """After neighbouring clubs have been merged; the highest first."""
    before_merging: tuple[Club, ...]
    divergent: tuple[int, ...]
    """Places in no club."""


def hodrick_prescott(values: Array, smoothing: float = 400.0) -> Array:
    r"""Trend :math:`\tau` minimising :math:`\sum(y_t-\tau_t)^2+\lambda\sum(\Delta^2\tau_t)^2`.

    Parameters
    ----------
    values
        Shape (periods, places), at least three periods, without gaps.
    smoothing
        λ; 400 for yearly data in Phillips & Sul, others take 6.25 or 100.

    References
    ----------
    Hodrick & Prescott (1997), Postwar U.S. business cycles. doi:10.2307/2953682

    Examples
    --------
    A straight line is its own trend.

    >>> hodrick_prescott(np.arange(6.0)[:, None]).round(9).ravel().tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    """
    n = len(values)
    if n < 3 or not np.isfinite(values).all() or smoothing < 0:
        raise JiqunError(
            "hodrick_prescott needs at least three periods without gaps, and smoothing ≥ 0.",
            "hodrick_prescott 至少需要三期且无缺口的数据，平滑参数不小于 0。",
        )
    second = np.diff(np.eye(n), 2, axis=0)
    return np.asarray(np.linalg.solve(np.eye(n) + smoothing * second.T @ second, values), dtype=np.float64)


def log_t(values: Array, *, discard: float = 1 / 3) -> LogT:
    r"""Test whether all places converge: the log t regression.

    With :math:`h_{it}=y_{it}/\bar y_t` and :math:`H_t=\frac1N\sum_i(h_{it}-1)^2`,

    .. math:: \ln\frac{H_1}{H_t}-2\ln\ln t=a+b\ln t+u_t,\qquad t=[rT],\dots,T

    The variance of b is :math:`\hat\omega^2 (X'X)^{-1}` with the long-run variance :math:`\hat\omega^2` of u by the
    quadratic spectral kernel, bandwidth after Andrews (1991) from a first-order autoregression, counted as the
    authors do (divisor one less than the periods; covariances without the last residual).

    Parameters
    ----------
    values
        Shape (periods, places): logarithms, or scores, with the cycle taken out (:func:`hodrick_prescott`). Their
        mean must be above 0 in every period.
    discard
        r, share of the first periods left out; a third in Phillips & Sul (2009).

    Raises
    ------
    JiqunError
        If there are gaps, a mean that is not above 0, fewer than two places, or fewer than five periods to use.

    References
    ----------
    Phillips & Sul (2007), Transition modeling and econometric convergence tests.
    doi:10.1111/j.1468-0262.2007.00811.x

    Andrews (1991), Heteroskedasticity and autocorrelation consistent covariance matrix estimation.
    doi:10.2307/2938229

    Examples
    --------
    Gaps to a common path that close as 1/t: twice the speed, less what the slowly varying function takes.

    >>> time = np.arange(1, 31)[:, None]
    >>> y = 10 + np.array([-1.0, 1.0]) / time
    >>> test = log_t(y)
    >>> bool(test.b > 1), bool(test.t > 0), test.periods
    (True, True, 20)
    """
    _check(values)
    start = _start(len(values), discard)
    b, error, t = _log_t_many(_transition_variance(values[:, None, :]), start)
    return LogT(float(b[0]), float(error[0]), float(t[0]), len(values) - start + 1)


def find_clubs(values: Array, *, discard: float = 1 / 3, threshold: float = 0.0, merge: bool = True) -> Clubs:
    """Cluster places into convergence clubs.

    1. Places are put in the order of their last value. 2. Core: of the first k in order, the k whose t is
    largest among those before t falls to -1.65; where the first two fail, the search begins one place
    further down. 3. Sieve: each other place is added to the core alone, and joins if t is above
    ``threshold``; where the club so made fails, the threshold is raised until it passes. 4. The rest is
    tested, and if it does not converge, the steps begin again with it. 5. Neighbouring clubs that converge
    together are merged.

    Parameters
    ----------
    values, discard
        As in :func:`log_t`.
    threshold
        c* of the sieve: 0 is recommended for short panels.
    merge
        Whether the last step is taken.

    References
    ----------
    Phillips & Sul (2009), Economic transition and growth. doi:10.1002/jae.1080

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> time = np.arange(1, 31)[:, None]
    >>> y = np.c_[8 + time * 0.1 + rng.normal(size=5) / time, 5 + time * 0.01 + rng.normal(size=5) / time]
    >>> [club.members for club in find_clubs(y).clubs]
    [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]
    """
    _check(values)
    start = _start(len(values), discard)
    whole = log_t(values, discard=discard)
    order = np.argsort(-values[-1], kind="stable")
    if whole.t > CRITICAL:
        club = Club(tuple(range(values.shape[1])), whole)
        return Clubs(whole, (club,), (club,), ())
    rest = list(order)
    found: list[list[int]] = []
    divergent: list[int] = []
    while len(rest) >= 2:
        if found and _t(values, rest, start) > CRITICAL:
            found.append(rest)
            rest = []
            break
        core = _core(values, rest, start)
        if core is None:
            break
        joined = _sieve(values, rest, core, start, threshold)
        found.append(joined)
        rest = [i for i in rest if i not in joined]
    divergent = sorted(int(i) for i in rest)
    merged = _merged(values, found, start) if merge else found
    make = [tuple(_club(values, members, start) for members in clubs) for clubs in (merged, found)]
    return Clubs(whole, make[0], make[1], tuple(divergent))


def _check(values: Array) -> None:
    if values.ndim != 2 or values.shape[1] < 2 or not np.isfinite(values).all():
        raise JiqunError(
            "Club convergence needs at least two places without gaps. Fill or leave out those with gaps.",
            "俱乐部收敛至少需要两个无缺口的地点。请补齐或剔除有缺口者。",
        )
    if not (values.mean(axis=1) > 0).all():
        raise JiqunError(
            "Club convergence needs a mean above 0 in every period: it divides by it. Use levels of logarithms.",
            "俱乐部收敛要求各期均值大于 0（需以其为除数）。请用对数水平值。",
        )


def _start(periods: int, discard: float) -> int:
    """First period used, counted from 1."""
    # t = 1 has no ln ln t
    first = max(round(periods * discard) + 1, 2) if 0.0 <= discard < 1.0 else periods
    if periods - first + 1 < 5:
        raise JiqunError(
            f"Club convergence needs at least five periods after the first {discard:g} of them are discarded; of "
            f"{periods}, {max(periods - first + 1, 0)} are left.",
            f"俱乐部收敛要求舍去前 {discard:g} 的时期后至少剩五期；"
            f"{periods} 期中只剩 {max(periods - first + 1, 0)} 期。",
        )
    return first


def _transition_variance(values: Array) -> Array:
    """H of groups of places: (periods, groups, places) → (groups, periods)."""
    h = values / values.mean(axis=2, keepdims=True)
    found: Array = ((h - 1.0) ** 2).mean(axis=2).T
    return found


def _log_t_many(variance: Array, start: int) -> tuple[Array, Array, Array]:
    """The regression for many groups at once: variance (groups, periods) → b, error, t, each (groups,)."""
    time = np.arange(start, variance.shape[1] + 1)
    x = np.log(time)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.log(variance[:, [0]] / variance[:, start - 1 :]) - 2.0 * np.log(x)
    centred = x - x.mean()
    b = (y @ centred) / (centred @ centred)
    residual = y - y.mean(axis=1, keepdims=True) - b[:, None] * centred
    error = np.sqrt(_long_run_variance(residual) / (centred @ centred))
    with np.errstate(divide="ignore", invalid="ignore"):
        return b, error, b / error


def _long_run_variance(u: Array) -> Array:
    """Long-run variance of rows: (groups, periods) → (groups,)."""
    n = u.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = (u[:, :-1] * u[:, 1:]).sum(axis=1) / (u[:, :-1] ** 2).sum(axis=1)
        width = 1.3221 * (4.0 * rho**2 / (1.0 - rho) ** 4 * n) ** 0.2
        lags = np.arange(1, n - 1)
        z = 1.2 * np.pi * lags / width[:, None]
        kernel = 3.0 / z**2 * (np.sin(z) / z - np.cos(z))
    kernel = np.where(np.isfinite(kernel), kernel, 0.0)
    # as the authors count: the covariances are those of all residuals but the last
    early = u[:, :-1]
    covariance = np.stack([(early[:, j:] * early[:, : n - 1 - j]).sum(axis=1) for j in lags], axis=1)
    total = (u**2).sum(axis=1) + 2.0 * (kernel * covariance).sum(axis=1)
    found: Array = np.maximum(total, 0.0) / (n - 1)
    return found


def _t(values: Array, members: Sequence[int], start: int) -> float:
    return float(_log_t_many(_transition_variance(values[:, None, list(members)]), start)[2][0])


def _t_each(values: Array, base: Sequence[int], others: Sequence[int], start: int) -> Array:
    """Give the t of the base with each of the others added."""
    groups = np.array([[*base, o] for o in others])
    return _log_t_many(_transition_variance(values[:, groups]), start)[2]


def _core(values: Array, order: list[int], start: int) -> list[int] | None:
    t_first = np.array([_t(values, order[i : i + 2], start) for i in range(len(order) - 1)])
    passing = np.flatnonzero(t_first > CRITICAL)
    if not len(passing):
        return None
    first = int(passing[0])
    best, size, largest = 2, 2, t_first[first]
    while first + size < len(order):
        size += 1
        t = _t(values, order[first : first + size], start)
        if not t > CRITICAL:
            break
        if t > largest:
            best, largest = size, t
    return order[first : first + best]


def _sieve(values: Array, order: list[int], core: list[int], start: int, threshold: float) -> list[int]:
    others = [i for i in order if i not in core]
    if not others:
        return core
    t = _t_each(values, core, others, start)
    limit = threshold
    while True:
        joining = {others[i] for i in np.flatnonzero(t > limit)}
        club = [i for i in order if i in joining or i in core]
        if not joining or _t(values, club, start) > CRITICAL:
            return club
        # the next limit that leaves one more out
        limit = float(t[t > limit].min())


def _merged(values: Array, clubs: list[list[int]], start: int) -> list[list[int]]:
    made: list[list[int]] = []
    for club in clubs:
        if made and _t(values, [*made[-1], *club], start) > CRITICAL:
            made[-1] = [*made[-1], *club]
        else:
            made.append(list(club))
    return made


def _club(values: Array, members: Sequence[int], start: int) -> Club:
    b, error, t = _log_t_many(_transition_variance(values[:, None, list(members)]), start)
    test = LogT(float(b[0]), float(error[0]), float(t[0]), len(values) - start + 1)
    return Club(tuple(sorted(int(i) for i in members)), test)
