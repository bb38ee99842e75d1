"""How firm ranks are: Monte-Carlo over weights and standardisation, and each choice changed alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array
from jiqun.measure.evaluation.scores import grey_relational, linear_score, topsis

__all__ = ["RankIntervals", "RankShift", "Score", "rank_intervals", "rank_shifts", "ranks", "score_of"]

Score = Literal["linear", "topsis", "grey"]


@dataclass(frozen=True, slots=True)
class RankIntervals:
    """Ranks over draws; every array has shape (periods, places), NaN where a place has no score."""

    low: Array
    high: Array
    mean: Array
    first: Array
    """Share of draws in which the place is among the best ``top``."""


@dataclass(frozen=True, slots=True)
class RankShift:
    """What one other choice does to the ranks of a period, on average over periods."""

    choice: str
    spearman: float
    """Rank correlation with the base."""
    mean_shift: float
    """Mean number of ranks by which a place moves."""
    largest_shift: float


def ranks(score: Array) -> Array:
    """Rank places within each period, 1 the best, ties sharing their mean rank.

    Parameters
    ----------
    score
        Shape (…, places).

    Returns
    -------
    numpy.ndarray
        Same shape; NaN where there is no score.

    Examples
    --------
    >>> ranks(np.array([[0.2, 0.9, 0.2, np.nan]])).tolist()
    [[2.5, 1.0, 2.5, nan]]
    """
    from scipy.stats import rankdata

    known = np.isfinite(score)
    found: Array = rankdata(np.where(known, -score, np.inf), axis=-1)
    return np.where(known, found, np.nan)


def score_of(standard: Array, weights: Array, method: Score) -> Array:
    """Score by the name of the method; see :mod:`jiqun.measure.evaluation.scores`."""
    if method == "linear":
        return linear_score(standard, weights)
    return topsis(standard, weights) if method == "topsis" else grey_relational(standard, weights)


def rank_intervals(
    standards: Sequence[Array],
    weights: Array,
    *,
    score: Score = "linear",
    draws: int = 1000,
    concentration: float = 20.0,
    level: float = 0.9,
    top: int = 10,
    rng: np.random.Generator | int | None = 0,
) -> RankIntervals:
    r"""Intervals of ranks when weights and standardisation are uncertain.

    In each draw the standardisation is one of those given, at random; the weights are a random mixture (uniform
    on the simplex) of the sets given, and then a Dirichlet draw around it with the concentration times the number
    of indicators as its total: the larger the concentration, the firmer the weights.

    Parameters
    ----------
    standards
        Panels standardised in different ways, each (periods, places, indicators).
    weights
        Sets of weights, shape (sets, indicators), each summing to 1.
    score
        How scores are made.
    draws
        Number of draws.
    concentration
        Of the Dirichlet, per indicator; infinity leaves the mixture as it is.
    level
        Coverage of the interval.
    top
        Of how many best places the frequency is counted.
    rng
        Seed. Each draw has a child seed of its own.

    References
    ----------
    Saisana, Saltelli & Tarantola (2005), Uncertainty and sensitivity analysis techniques as tools for the quality
    assessment of composite indicators. doi:10.1111/j.1467-985X.2005.00350.x

    Examples
    --------
    A place that is best in everything is first in every draw.

    >>> z = np.array([[[1.0, 1.0], [0.0, 0.5], [0.5, 0.0]]])
    >>> found = rank_intervals([z], np.array([[0.5, 0.5]]), draws=200, concentration=2.0)
    >>> found.low.tolist(), found.high.tolist()
    ([[1.0, 2.0, 2.0]], [[1.0, 3.0, 3.0]])
    """
    if draws < 1 or not len(standards) or concentration <= 0:
        raise JiqunError(
            "rank_intervals needs at least one draw, one standardisation and a concentration above 0.",
            "rank_intervals 要求至少抽样一次、至少一种标准化方法，且集中度大于 0。",
        )
    which, drawn = _draw(len(standards), weights, draws, concentration, rng)
    shape = standards[0].shape[:2]
    # by period, so that 1,000 draws of 300 places are held at a time, not of all periods
    made = [np.full(shape, np.nan) for _ in range(4)]
    tail = (1.0 - level) / 2.0
    methods = [_Score(standard, score) for standard in standards]
    for t in range(shape[0]):
        rank = np.full((draws, shape[1]), np.nan)
        for s, method in enumerate(methods):
            chosen = which == s
            if chosen.any():
                rank[chosen] = ranks(method.of(t, drawn[chosen]))
        known = np.isfinite(rank).all(axis=0)
        if not known.any():
            continue
        kept = rank[:, known]
        edges = np.quantile(kept, [tail, 1.0 - tail], axis=0, method="closest_observation")
        for array, found in zip(made, (*edges, kept.mean(axis=0), (kept <= top).mean(axis=0)), strict=True):
            array[t, known] = found
    return RankIntervals(*made)


def rank_shifts(base: Array, others: Mapping[str, Array]) -> tuple[RankShift, ...]:
    """How far ranks move when one choice is another, and how alike the orders remain.

    Parameters
    ----------
    base
        Scores of the base, shape (periods, places).
    others
        Scores under each other choice, of the same shape.

    Returns
    -------
    tuple of RankShift
        In the order given; means over the periods in which at least three places have both scores.

    Examples
    --------
    >>> base = np.array([[3.0, 2.0, 1.0]])
    >>> shift = rank_shifts(base, {"other": np.array([[2.0, 3.0, 1.0]])})[0]
    >>> round(shift.spearman, 6), round(shift.mean_shift, 6), shift.largest_shift
    (0.5, 0.666667, 1.0)
    """
    found = []
    for name, other in others.items():
        rows = []
        for one, two in zip(base, other, strict=True):
            both = np.isfinite(one) & np.isfinite(two)
            if both.sum() < 3:
                continue
            a, b = ranks(one[both]), ranks(two[both])
            alike = np.corrcoef(a, b)[0, 1] if a.std() > 0 and b.std() > 0 else np.nan
            rows.append((alike, np.abs(a - b).mean(), np.abs(a - b).max()))
        table = np.array(rows).reshape(-1, 3)
        alike_mean = float(np.nanmean(table[:, 0])) if np.isfinite(table[:, 0]).any() else float("nan")
        mean, most = (float(table[:, 1].mean()), float(table[:, 2].max())) if len(table) else (np.nan, np.nan)
        found.append(RankShift(name, alike_mean, mean, most))
    return tuple(found)


def _draw(
    standards: int, weights: Array, draws: int, concentration: float, rng: np.random.Generator | int | None
) -> tuple[np.typing.NDArray[np.int64], Array]:
    if isinstance(rng, np.random.Generator):
        children = rng.spawn(draws)
    else:
        children = [np.random.default_rng(s) for s in np.random.SeedSequence(rng).spawn(draws)]
    which = np.empty(draws, dtype=np.int64)
    made = np.empty((draws, weights.shape[1]))
    for d, child in enumerate(children):
        which[d] = child.integers(standards)
        mixed = child.dirichlet(np.ones(len(weights))) @ weights
        positive = mixed > 0
        made[d] = 0.0
        if np.isfinite(concentration):
            # gamma draws, so that an indicator of weight 0 keeps it
            raw = child.standard_gamma(concentration * weights.shape[1] * mixed[positive])
            made[d, positive] = raw / raw.sum() if raw.sum() > 0 else mixed[positive]
        else:
            made[d] = mixed
    return which, made


class _Score:
    """Scores of one period under many weights at once: each method is a matrix product of what does not change."""

    def __init__(self, standard: Array, method: Score) -> None:
        self.method = method
        self.known = np.isfinite(standard)
        filled = np.where(self.known, standard, 0.0)
        if method == "linear":
            self.terms = [filled]
        else:
            best = np.max(standard, axis=(0, 1), where=self.known, initial=-np.inf)
            worst = np.min(standard, axis=(0, 1), where=self.known, initial=np.inf)
            best, worst = np.where(np.isfinite(best), best, 0.0), np.where(np.isfinite(worst), worst, 0.0)
            above, below = np.where(self.known, best - filled, 0.0), np.where(self.known, filled - worst, 0.0)
            if method == "topsis":
                self.terms = [above**2, below**2]
            else:
                largest = above.max()
                least = above[self.known].min() if self.known.any() else 0.0
                self.terms = [(least + 0.5 * largest) / (above + 0.5 * largest)] if largest > 0 else [filled]

    def of(self, period: int, weights: Array) -> Array:
        """Scores of the places of a period, shape (draws, places)."""
        lost = weights @ (~self.known[period]).T.astype(np.float64) > 0
        if self.method == "topsis":
            high, low = (np.sqrt(weights**2 @ term[period].T) for term in self.terms)
            with np.errstate(divide="ignore", invalid="ignore"):
                found = low / (low + high)
        else:
            found = weights @ self.terms[0][period].T
        return np.where(lost, np.nan, found)
