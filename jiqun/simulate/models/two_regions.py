"""Workers who move between two regions to where they live better: what core–periphery models share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from jiqun.simulate.engine.chunks import Chunks
from jiqun.simulate.engine.model import Key
from jiqun.simulate.engine.philox import uniform

__all__ = ["chances", "migrate", "settle"]


def settle(workers: int, share: float) -> np.ndarray:
    """Where workers are at first: those with the lowest ids in region 1.

    Examples
    --------
    >>> settle(4, 0.5)
    array([ True,  True, False, False])
    """
    return np.arange(workers) < round(share * workers)


def chances(gain: float, speed: float, restless: float) -> tuple[float, float]:
    """The chances of leaving region 1 and of coming to it.

    Examples
    --------
    >>> chances(-0.2, 2.0, 0.0), chances(0.25, 2.0, 0.0)
    ((0.4, 0.0), (0.0, 0.5))
    """
    toward = min(abs(gain) * speed, 1.0 - restless)
    return (toward + restless, restless) if gain < 0 else (restless, toward + restless)


@njit(cache=True, nogil=True)
def _move(  # noqa: PLR0917
    low: Any, high: Any, chunk: Any, first: Any, leave: Any, come: Any, k0: Any, k1: Any, period: Any, partial: Any
) -> None:
    count = 0
    for worker in range(low, high):
        chance = leave if first[worker] else come
        if chance > 0.0 and uniform(k0, k1, worker, period, 0, 0) < chance:
            first[worker] = not first[worker]
        count += first[worker]
    partial[chunk, 0] += count


def migrate(
    first: np.ndarray, gain: float, speed: float, *, restless: float, key: Key, period: int, chunks: Chunks
) -> int:
    """Move workers towards the better region, each with a chance in proportion to the gain.

    Parameters
    ----------
    first
        Whether each worker is in region 1; changed in place.
    gain
        Relative advantage of living in region 1; negative where region 2 is better.
    speed
        Chance of moving per unit of gain and period, cut at 1.
    restless
        Chance of moving whatever the gain; with it two equal regions do not stay equal by sheer symmetry.
    key, period, chunks
        Of the step.

    Returns
    -------
    int
        Workers in region 1 afterwards.
    """
    leave, come = chances(gain, speed, restless)
    return int(chunks.total(_move, first.size, 1, first, leave, come, key[0], key[1], period)[0])
