"""Sums, Gini and top shares of many groups of participants, resampled by participant."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.measure.resample import generators

__all__ = ["TOPS", "Groups", "Statistics", "resampled", "statistics"]

Array = NDArray[np.float64]

TOPS = (0.01, 0.1)
"""Parts of the participants whose share of the total is given."""
_LARGEST = 1 << 27
"""Values held at once, replicates × groups × columns: 1 GiB."""
_BLOCK = 16
"""Replicates evaluated together: one pass over the rows serves them all."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows of participants, sorted by group and then by size (smallest first).

    ``start`` has shape (groups + 1,); ``actor`` (rows,) are positions among ``actors`` participants; ``numbers``
    (rows, columns) is what is summed; ``size`` (rows,) is what Gini and top shares are of.
    """

    start: NDArray[np.int64]
    actor: NDArray[np.int64]
    actors: int
    numbers: Array
    size: Array


@dataclass(frozen=True, slots=True)
class Statistics:
    """``sums`` of shape (replicates, groups, columns), ``spread`` (replicates, groups, 1 + tops): Gini, top shares."""

    sums: Array
    spread: Array


def statistics(groups: Groups) -> Statistics:
    """Evaluate the groups as they are; one replicate in which everybody counts once.

    Examples
    --------
    >>> rows = Groups(np.array([0, 2]), np.array([0, 1]), 2, np.ones((2, 1)), np.array([1.0, 3.0]))
    >>> made = statistics(rows)
    >>> made.sums.tolist(), float(made.spread[0, 0, 0])
    ([[[2.0]]], 0.25)
    """
    return _evaluate(groups, np.ones((groups.actors, 1), dtype=np.uint8))


def resampled(
    groups: Groups, replicates: int, rng: np.random.Generator | int | None, *, threads: int | None = None
) -> Statistics:
    """Evaluate Poisson bootstrap replicates: a participant, with all it did in any group, counts Poisson(1) times.

    Parameters
    ----------
    groups
        The rows.
    replicates
        How many.
    rng
        Generator, seed or None; each replicate has a child of its own.
    threads
        How many blocks of replicates at a time; the result does not depend on it.

    Raises
    ------
    JiqunError
        If there are too many groups to hold that many replicates.
    """
    count = (len(groups.start) - 1) * (groups.numbers.shape[1] + 1 + len(TOPS))
    if count * replicates > _LARGEST:
        raise JiqunError(
            f"platform: {replicates} replicates of {len(groups.start) - 1:,} groups are too many to hold at once. Take "
            f"replicates ≤ {_LARGEST // count}, or split by less.",
            f"平台指标：{len(groups.start) - 1:,} 个组、每组 {replicates} 次重复，内存无法容纳。"
            f"请取 replicates ≤ {_LARGEST // count}，或减少分组。",
        )
    children = generators(rng, replicates)
    blocks = [children[k : k + _BLOCK] for k in range(0, replicates, _BLOCK)]

    def one(block: list[np.random.Generator]) -> Statistics:
        weights = np.empty((groups.actors, len(block)), dtype=np.uint8)
        for k, child in enumerate(block):
            weights[:, k] = child.poisson(1.0, groups.actors)
        return _evaluate(groups, weights)

    with ThreadPoolExecutor(threads or min(os.cpu_count() or 1, 8)) as pool:
        made = list(pool.map(one, blocks))
    return Statistics(np.concatenate([m.sums for m in made]), np.concatenate([m.spread for m in made]))


def _evaluate(groups: Groups, weights: NDArray[np.uint8]) -> Statistics:
    count, columns = len(groups.start) - 1, groups.numbers.shape[1]
    sums = np.zeros((count, columns, weights.shape[1]))
    spread = np.full((count, 1 + len(TOPS), weights.shape[1]), np.nan)
    rows = (groups.start, groups.actor, groups.numbers, groups.size)
    _sum(rows, weights, np.array(TOPS), (sums, spread))
    return Statistics(np.moveaxis(sums, 2, 0), np.moveaxis(spread, 2, 0))


@njit(cache=True, nogil=True)
def _sum(
    rows: tuple[NDArray[np.int64], NDArray[np.int64], Array, Array],
    weights: NDArray[np.uint8],
    tops: Array,
    out: tuple[Array, Array],
) -> None:  # pragma: no cover - compiled
    start, actor, numbers, size = rows
    sums, spread = out
    replicates, columns = weights.shape[1], numbers.shape[1]
    for g in range(len(start) - 1):
        number, total, ranked = np.zeros(replicates), np.zeros(replicates), np.zeros(replicates)
        for row in range(start[g], start[g + 1]):
            who = actor[row]
            for r in range(replicates):
                w = float(weights[who, r])
                x = w * size[row]
                ranked[r] += x * (number[r] + 0.5 * (w + 1.0))
                number[r] += w
                total[r] += x
            for c in range(columns):
                value = numbers[row, c]
                for r in range(replicates):
                    sums[g, c, r] += weights[who, r] * value
        for r in range(replicates):
            if total[r] > 0.0:
                spread[g, 0, r] = (2.0 * ranked[r] / total[r] - (number[r] + 1.0)) / number[r]
                for k in range(len(tops)):
                    left, held, row = tops[k] * number[r], 0.0, start[g + 1] - 1
                    while left > 1e-9 and row >= start[g]:
                        taken = min(float(weights[actor[row], r]), left)
                        held += taken * size[row]
                        left -= taken
                        row -= 1
                    spread[g, 1 + k, r] = held / total[r]
