"""Curves of distances under a null, for many industries at once: which are drawn, which follow from moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.measure.kernel_density import REACH, make_bins, smoother
from jiqun.measure.pair_density import MOST_EXACT, Choices, Density, Members, shares
from jiqun.measure.pair_null import (
    Group,
    Own,
    free_draws,
    gaussian,
    grid_of,
    group,
    nested_draws,
    projections,
)
from jiqun.measure.pairs import Histogram, Weighting, exact, pair, places, sampled, span
from jiqun.measure.points import Points

__all__ = ["Draws", "Null", "Nulls", "nulls"]

Array = NDArray[np.float64]
Null = Literal["random_location", "random_labels"]
Draws = Literal["auto", "explicit", "moments"]

_MOST_DRAWN = 2_000_000_000
"""Pairs in all draws together up to which every group is drawn."""
_CURVES = 9_999
"""Curves drawn of a normal process: they cost nothing."""


@dataclass(frozen=True, slots=True)
class Nulls:
    """The null of one curve: its mean, shape (distances,), and simulated curves (draws, distances)."""

    expected: Array
    curves: Array | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A curve whose null is wanted."""

    of: Members
    found: Density
    group: Group

    @property
    def nested(self) -> bool:
        """Whether all its plants count the same, so that draws are shared."""
        return self.of.at_2 is None and bool((self.of.alpha == 1.0).all() and (self.of.beta == 0.5).all())


def nulls(
    found: Points,
    curves: Sequence[tuple[Members, Density]],
    choices: Choices,
    weighting: Weighting,
    how: tuple[Null, Draws, int],
    *,
    rng: np.random.Generator,
) -> list[Nulls]:
    """Give the null of each curve that is defined; an empty one where it is not, or where every site is drawn.

    Parameters
    ----------
    found
        All sites.
    curves
        Plants and density of each curve.
    choices, weighting
        What the curves are made by.
    how
        The null, whether draws or moments, and the number of draws.
    rng
        Randomness.
    """
    null, draws, simulations = how
    nothing = Nulls(np.full(len(choices.distances), np.nan), None)
    kept = found.stratum is not None
    if kept and draws == "moments" and simulations:
        raise JiqunError(
            "kd: the moments are those of draws among all sites, not within strata. Take draws='auto'.",
            "kd：矩方法针对在全部地点中的抽样，不适用于分层抽样。请取 draws='auto'。",
        )
    asked: dict[int, Asked] = {}
    for k, (of, curve) in enumerate(curves):
        whole = len(of.at) == len(found) and bool((of.alpha == of.alpha[0]).all() or null == "random_labels")
        if np.isfinite(curve.value).any() and not whole:
            asked[k] = Asked(of, curve, group(of.alpha, of.beta, of.alpha_2, of.beta_2))
    if simulations == 0 or not asked:
        return [nothing] * len(curves)
    labels = null == "random_labels" and weighting != "none"
    ordering, drawing, projecting, normal = rng.spawn(4)
    everything = _everything(found, list(asked.values()), choices, weighting if labels else "none", ordering)
    explicit = _explicit(asked, draws, labels or kept, simulations)
    sites = np.ascontiguousarray(found.at.T)
    equal = set() if labels or kept else {k for k in explicit if asked[k].nested}
    simulated = _nested(found, asked, sorted(equal), choices, simulations, rng=drawing)
    for k in sorted(explicit - simulated.keys()):
        own = _own(found, asked[k].of, weighting) if labels else None
        simulated[k] = _free(found, asked[k], own, choices, simulations, rng=drawing)
    matrices = {k: _smoothed(everything, a.found.h, choices) for k, a in asked.items()}
    smooth = [k for k in asked if k not in simulated]
    if smooth:
        h = [asked[k].found.h for k in smooth]
        grid = grid_of(float(choices.distances[-1]), min(h), max(h))
        edges = [choices.edge_smoother(asked[k].found.h, grid) for k in smooth]
        covariances, noise = projections(sites, edges, grid, spherical=found.spherical, rng=projecting)
        for k, covariance in zip(smooth, covariances, strict=True):
            coarse, matrix = matrices[k]
            simulated[k] = gaussian(
                asked[k].group, coarse, matrix, (covariance, noise), max(_CURVES, simulations), rng=normal
            )
    # within strata the sites of an industry are not those of all
    mean = {k: simulated[k].mean(axis=0) if kept else matrices[k][0].curve(matrices[k][1]) for k in asked}
    return [Nulls(mean[k], simulated[k]) if k in asked else nothing for k in range(len(curves))]


def _everything(
    found: Points, asked: list[Asked], choices: Choices, weighting: Weighting, rng: np.random.Generator
) -> Histogram:
    """Distances among all sites, fine enough for the smallest bandwidth."""
    alpha, beta = shares(found.weight, 0, weighting)
    pairing = pair(places(found.at, alpha, beta), spherical=found.spherical)
    widths = [a.found.h for a in asked]
    farthest = float(choices.distances[-1])
    reach = farthest + REACH * (max(widths) - min(widths))
    few = pairing.pairs <= MOST_EXACT or choices.tolerance == 0.0
    bins = make_bins(reach, span(found.at.T, found.spherical), min(widths), 32 if few else 16)
    if few:
        return exact(pairing, bins)
    matrix = smoother(choices.distances, min(widths), bins, reflect=choices.reflect, cumulative=choices.cumulative)
    return sampled(pairing, bins, matrix, choices.tolerance, rng)[0]


def _smoothed(everything: Histogram, h: float, choices: Choices) -> tuple[Histogram, Array]:
    coarse = everything.coarser(h)
    return coarse, choices.smoother(h, coarse)


def _explicit(asked: dict[int, Asked], draws: Draws, always: bool, simulations: int) -> set[int]:
    """Which curves are drawn: all, none, or the smallest up to a number of pairs; shared draws count once."""
    if draws == "explicit" or always:
        return set(asked)
    if draws == "moments":
        return set()
    chosen: set[int] = set()
    spent, shared = 0, 0
    for k in sorted(asked, key=lambda k: (asked[k].group.pairs, k)):
        pairs = asked[k].group.pairs * simulations
        cost = pairs - shared if asked[k].nested else pairs
        if spent + cost > _MOST_DRAWN:
            break
        spent += cost
        shared = pairs if asked[k].nested else shared
        chosen.add(k)
    return chosen


def _nested(
    found: Points,
    asked: dict[int, Asked],
    chosen: list[int],
    choices: Choices,
    simulations: int,
    *,
    rng: np.random.Generator,
) -> dict[int, Array]:
    if not chosen:
        return {}
    h = [asked[k].found.h for k in chosen]
    grid = grid_of(float(choices.distances[-1]), min(h), max(h))
    sites = np.ascontiguousarray(found.at.T)
    wanted = [(asked[k].group.size, choices.edge_smoother(asked[k].found.h, grid)) for k in chosen]
    return dict(
        zip(chosen, nested_draws(sites, wanted, grid, simulations, spherical=found.spherical, rng=rng), strict=True)
    )


def _free(
    found: Points, asked: Asked, own: Own | None, choices: Choices, simulations: int, *, rng: np.random.Generator
) -> Array:
    h = asked.found.h
    bins = make_bins(float(choices.distances[-1]), span(found.at.T, found.spherical), h, 16)
    matrix = smoother(choices.distances, h, bins, reflect=choices.reflect, cumulative=choices.cumulative)
    return free_draws(
        np.ascontiguousarray(found.at.T),
        asked.group,
        own,
        (bins, matrix),
        simulations,
        spherical=found.spherical,
        rng=rng,
        strata=None if found.stratum is None or asked.of.stratum is None else (found.stratum, asked.of.stratum),
    )


def _own(found: Points, of: Members, weighting: Weighting) -> Own:
    """Weights that drawn sites bring with them."""
    n, two = len(of.at), of.at_2 is not None

    def weights(drawn: NDArray[np.int64]) -> tuple[Array, Array]:
        w = found.weight[drawn]
        if not two:
            return shares(w, 0, weighting)
        (a, b), (c, d) = shares(w[:n], 1, weighting), shares(w[n:], 2, weighting)
        return np.r_[a, c], np.r_[b, d]

    return weights
