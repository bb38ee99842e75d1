"""How long participants stay: lives under a named rule of inactivity, Kaplan–Meier, retention of cohorts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

__all__ = ["KaplanMeier", "Lives", "kaplan_meier", "lives", "wilson"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lives:
    """Lives of participants as they can be known: ``duration`` in periods, ``ended`` where the exit was seen.

    Both have shape (lives,); ``chosen`` says which participants they are, shape (participants,).
    """

    duration: NDArray[np.int64]
    ended: NDArray[np.bool_]
    chosen: NDArray[np.bool_]


def lives(
    first: NDArray[np.int64], last: NDArray[np.int64], *, periods: int, inactive: int, all_entries: bool = False
) -> Lives:
    """Turn first and last activity into lives, by a rule of inactivity.

    A participant has left when it was not active for ``inactive`` periods until the end of the data. So exits are
    known up to the horizon ``H = periods − 1 − inactive``, and every life is cut there: who was active after ``H``
    was present at ``H`` and is censored there. (To cut a life at its last activity instead would make the cut depend
    on the activity itself.) Who first appears in the first ``inactive`` periods may have been there before the data
    begin, and is left out.

    Parameters
    ----------
    first, last
        First and last period of activity, from 0, shape (participants,).
    periods
        Number of periods of the data.
    inactive
        Periods without activity after which a participant has left, ≥ 1.
    all_entries
        Keep those who appear in the first ``inactive`` periods: the data begin with the platform.

    Returns
    -------
    Lives
        ``duration = min(last, H) − first + 1`` of those who enter until ``H``; ``ended = last ≤ H``.

    Examples
    --------
    Ten periods, inactive for two: the horizon is period 7.

    >>> made = lives(np.array([0, 2, 3, 9]), np.array([9, 4, 8, 9]), periods=10, inactive=2)
    >>> made.duration.tolist(), made.ended.tolist(), made.chosen.tolist()
    ([3, 5], [True, False], [False, True, True, False])
    """
    horizon = periods - 1 - inactive
    chosen = (first <= horizon) & (all_entries | (first >= inactive))
    begun, until = first[chosen], last[chosen]
    return Lives(np.minimum(until, horizon) - begun + 1, until <= horizon, chosen)


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """Survival after each duration at which someone left or was censored; all of shape (durations,)."""

    time: NDArray[np.int64]
    at_risk: NDArray[np.int64]
    exits: NDArray[np.int64]
    survival: Array
    error: Array
    """Standard error by Greenwood."""
    low: Array
    high: Array


def kaplan_meier(duration: NDArray[np.int64], ended: NDArray[np.bool_], *, level: float = 0.95) -> KaplanMeier:
    """Estimate survival from lives that may be cut.

    ``S(t) = Π_{s≤t} (1 − d_s / n_s)`` with ``d_s`` exits after ``s`` periods among ``n_s`` then at risk. The variance
    is Greenwood's, ``S² Σ d_s / (n_s (n_s − d_s))``; the interval is that of ``ln(−ln S)``, which stays in (0, 1).

    Parameters
    ----------
    duration
        Length of each life, shape (lives,).
    ended
        Whether its end was seen; otherwise it was cut, and lasted at least so long. A cut after ``s`` periods counts
        as at risk at ``s``.
    level
        Coverage.

    Returns
    -------
    KaplanMeier
        Empty without a life. The interval is NaN where survival is 1 or 0.

    References
    ----------
    Kaplan, E. & Meier, P. (1958). doi:10.1080/01621459.1958.10501452

    Examples
    --------
    >>> km = kaplan_meier(np.array([1, 2, 2, 3]), np.array([True, True, False, True]))
    >>> km.survival.round(4).tolist(), km.at_risk.tolist()
    ([0.75, 0.5, 0.0], [4, 3, 1])
    """
    time, position = np.unique(duration, return_inverse=True)
    left = np.bincount(position, minlength=len(time)).astype(np.int64)
    exits = np.bincount(position, weights=ended.astype(np.float64), minlength=len(time)).astype(np.int64)
    at_risk = left[::-1].cumsum()[::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        survival = np.cumprod(1.0 - exits / at_risk)
        summed = np.cumsum(np.where(exits > 0, exits / (at_risk * (at_risk - exits).astype(np.float64)), 0.0))
        error = np.where(survival > 0, survival * np.sqrt(summed), np.nan)
        inside = (survival > 0) & (survival < 1)
        spread = norm.ppf((1 + level) / 2) * np.sqrt(summed) / np.abs(np.log(survival))
        low = np.where(inside, survival ** np.exp(spread), np.nan)
        high = np.where(inside, survival ** np.exp(-spread), np.nan)
    return KaplanMeier(time, at_risk, exits, survival, error, low, high)


def wilson(count: Array, total: Array, *, level: float = 0.95) -> tuple[Array, Array]:
    """Interval of a share by Wilson's score.

    Parameters
    ----------
    count, total
        How many of how many, of one shape.
    level
        Coverage.

    References
    ----------
    Wilson, E. (1927). doi:10.1080/01621459.1927.10502953

    Examples
    --------
    >>> low, high = wilson(np.array([5.0]), np.array([10.0]))
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.2366], [0.7634])
    """
    z = norm.ppf((1 + level) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = count / total
        middle = (share + z**2 / (2 * total)) / (1 + z**2 / total)
        half = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2)) / (1 + z**2 / total)
    return middle - half, middle + half
