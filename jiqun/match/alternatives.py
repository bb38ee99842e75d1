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
    """Log of the expected number of draws of each alternative over the number it got; 0 where it is in for certain."""


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
        Draws for each need, a chosen supplier counting as one.
    rng
        Source of randomness. The stream of a need depends on its place among the needs alone.

    Returns
    -------
    ChoiceSets
        ``log_chance`` is that of McFadden (1978) in the form for draws with replacement (Frejinger, Bierlaire and
        Ben-Akiva 2009, doi:10.1016/j.trb.2009.06.001): :math:`\\ln(n q_j / k_j)` for one drawn ``k`` times.
    """
    generator = np.random.default_rng(rng)
    needs, row = np.unique(need, return_inverse=True)
    upto = np.cumsum(chance)
    drawn = np.minimum(np.searchsorted(upto, generator.random((len(needs), draws)) * upto[-1], side="right"), len(chance) - 1)
    many = np.bincount(row, minlength=len(needs))
    # A chosen supplier takes the place of a draw; those in for certain take none.
    keep = np.arange(draws)[None, :] >= np.minimum(many, draws - 1)[:, None]
    size = len(chance)
    sampled_key = (np.arange(len(needs))[:, None] * size + drawn)[keep]
    chosen_key = np.unique(row.ravel() * size + supplier)
    fixed_key = np.empty(0, dtype=np.int64)
    if certain is not None:
        at = np.searchsorted(needs, certain[0])
        good = (at < len(needs)) & (needs[np.minimum(at, len(needs) - 1)] == certain[0])
        fixed_key = np.unique(at[good] * size + certain[1][good])
    counted, times = np.unique(np.concatenate([sampled_key, chosen_key]), return_counts=True)
    key = np.union1d(counted, fixed_key)
    count = np.ones(len(key))
    count[np.searchsorted(key, counted)] = times
    log_chance = np.log(draws * chance[key % size] + 1e-300) - np.log(count)
    log_chance[np.isin(key, fixed_key)] = 0.0
    set_of = key // size
    start = np.searchsorted(set_of, np.arange(len(needs) + 1))
    return ChoiceSets(needs[set_of], key % size, start, np.isin(key, chosen_key), log_chance)
