"""Randomness of the measure room: seeds that do not depend on threads, and the Poisson bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, WithJsonSchema

__all__ = ["Level", "Replicates", "Seed", "generators", "interval", "poisson_weights"]

Seed = Annotated[
    np.random.Generator | int | None,
    WithJsonSchema({"type": ["integer", "null"], "minimum": 0, "default": 0}),
    Field(description="Seed of the bootstrap: the same seed gives the same interval on any number of cores."),
]
Replicates = Annotated[int, Field(ge=0, le=20_000, description="Bootstrap replicates; 0 leaves the interval out.")]
Level = Annotated[float, Field(gt=0.0, lt=1.0, description="Coverage of the interval.")]


def generators(rng: np.random.Generator | int | None, count: int) -> list[np.random.Generator]:
    """Give each replicate a generator of its own, so that the order in which they run does not matter.

    Parameters
    ----------
    rng
        Generator, seed or None (other numbers each time).
    count
        Number of replicates.

    Examples
    --------
    >>> [int(g.integers(100)) for g in generators(1, 2)] == [int(g.integers(100)) for g in generators(1, 3)[:2]]
    True
    """
    if isinstance(rng, np.random.Generator):
        return rng.spawn(count)
    return [np.random.default_rng(seed) for seed in np.random.SeedSequence(rng).spawn(count)]


def poisson_weights(
    multiplicity: NDArray[np.int64], replicates: int, rng: np.random.Generator | int | None
) -> Iterator[NDArray[np.int64]]:
    """Draw Poisson bootstrap weights for groups of identical rows.

    A row counts Poisson(1) times in a replicate; ``m`` identical rows together count Poisson(m)
    times, so one draw for each distinct row is exact, however many rows there are.

    Parameters
    ----------
    multiplicity
        How many identical rows each group holds, shape (groups,).
    replicates
        Number of replicates.
    rng
        Generator, seed or None. Each replicate has a child seed of its own.

    Yields
    ------
    numpy.ndarray
        Weights of one replicate, shape (groups,).

    References
    ----------
    Hanley & MacGibbon (2006), Creating non-parametric bootstrap samples using Poisson frequencies.
    doi:10.1016/j.cmpb.2006.04.006

    Examples
    --------
    >>> [int(w.sum()) for w in poisson_weights(np.array([3, 2]), 2, 7)]
    [4, 2]
    """
    for child in generators(rng, replicates):
        yield child.poisson(multiplicity)


def interval(
    draw: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    weights: Iterator[NDArray[np.int64]],
    level: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Percentile interval of a statistic over bootstrap replicates.

    Parameters
    ----------
    draw
        Statistic of one replicate: weights (groups,) → values (cells,). NaN where undefined.
    weights
        Weights of each replicate, such as :func:`poisson_weights` gives.
    level
        Coverage, between 0 and 1.

    Returns
    -------
    low, high, centre
        Quantiles and mean over the replicates in which the statistic is defined, each (cells,);
        NaN where it is defined in less than half of them.
    """
    draws = np.array([draw(w) for w in weights])
    enough = np.isfinite(draws).mean(axis=0) > 0.5
    low, high, centre = (np.full(draws.shape[1], np.nan) for _ in range(3))
    if enough.any():
        tail = (1.0 - level) / 2.0
        low[enough], high[enough] = np.nanquantile(draws[:, enough], [tail, 1.0 - tail], axis=0)
        centre[enough] = np.nanmean(draws[:, enough], axis=0)
    return low, high, centre
