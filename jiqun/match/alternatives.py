"""Draw what else could have been chosen, and keep the chance of each draw: without it popular firms look unpopular."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiqun.match.objects import Floats, Ints

__all__ = ["ChoiceSets", "choice_sets", "draw_chances"]


@dataclass(frozen=True, slots=True)
class ChoiceSets:
    """Alternatives of each need, those of one need together."""

    need: Ints
    supplier: Ints
    start: Ints
    """Set k is rows ``start[k]:start[k + 1]``."""
    chosen: NDArray[np.bool_]
    log_chance: Floats
    """Log of the expected number of draws of an alternative over the number it got; 0 where it is in for certain."""


def draw_chances(activity: Floats, *, power: float = 0.75, even: float = 0.2) -> Floats:
    """Give the chance of each supplier in a draw: its activity to a power, mixed with even chances.

    Parameters
    ----------
    activity
        Decayed deals; suppliers without any are not drawn.
    power
        1 draws as the market does, 0 evenly.
    even
        Share of even chances, so that every active supplier can be drawn.

    Returns
    -------
    chance
        Shape of ``activity``, summing to 1 where anyone is active.
    """
    active = activity > 0
    bent = np.where(active, activity, 0.0) ** power * active
    return np.asarray((1.0 - even) * bent / max(bent.sum(), 1e-300) + even * active / max(active.sum(), 1))


def choice_sets(
    need: Ints,
    supplier: Ints,
    chance: Floats,
    *,
    certain: tuple[Ints, Ints] | None = None,
    draws: int = 60,
    rng: np.random.Generator | int | None = None,
) -> ChoiceSets:
    """Draw alternatives to what was chosen, with replacement.

    Parameters
    ----------
    need, supplier
        What was chosen: need of each choice and its supplier, each (choices,), every supplier with a chance.
    chance
        Chance of each supplier in one draw, shape (suppliers,).
    certain
        Pairs of need and supplier that are always among the alternatives, such as past partners.
    draws
        Draws for each need; those of what was chosen, or is in for certain, are dropped.
    rng
        Source of randomness.

    Returns
    -------
    ChoiceSets
        Adding ``-log_chance`` to the utilities makes the sum over the alternatives drawn an estimate of the sum over
        all suppliers: importance sampling, with :math:`k_j / (n q_j)` for a supplier drawn :math:`k` times (Bengio and
        Senécal 2008, doi:10.1109/TNN.2007.912312). Without it a supplier that is often drawn looks as if it were
        often passed over.

    Examples
    --------
    >>> made = choice_sets(np.array([0, 0, 3]), np.array([1, 2, 0]), np.full(4, 0.25), draws=3, rng=1)
    >>> made.need.tolist(), made.chosen.tolist()
    ([0, 0, 0, 0, 3, 3, 3], [False, True, True, False, True, False, False])
    """
    generator = np.random.default_rng(rng)
    needs, row = np.unique(need, return_inverse=True)
    size = len(chance)
    upto = np.cumsum(chance)
    spots = generator.random((len(needs), draws)) * upto[-1]
    drawn = np.minimum(np.searchsorted(upto, spots, side="right"), size - 1)
    chosen = np.unique(row.ravel() * size + supplier)
    fixed = _fixed(needs, certain, size)
    counted, times = np.unique((np.arange(len(needs))[:, None] * size + drawn).ravel(), return_counts=True)
    key = np.union1d(np.union1d(counted, chosen), fixed)
    count = np.zeros(len(key))
    count[np.searchsorted(key, counted)] = times
    sure = np.isin(key, chosen) | np.isin(key, fixed)
    with np.errstate(divide="ignore"):
        log_chance = np.where(sure, 0.0, np.log(draws * chance[key % size]) - np.log(count))
    start = np.searchsorted(key // size, np.arange(len(needs) + 1))
    return ChoiceSets(needs[key // size], key % size, start, np.isin(key, chosen), log_chance)


def _fixed(needs: Ints, certain: tuple[Ints, Ints] | None, size: int) -> Ints:
    if certain is None or len(needs) == 0:
        return np.empty(0, dtype=np.int64)
    at = np.minimum(np.searchsorted(needs, certain[0]), len(needs) - 1)
    good = needs[at] == certain[0]
    return np.unique(at[good] * size + certain[1][good])
