"""A conditional logit from sampled alternatives: what was chosen of what was offered, corrected for drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiqun.match.objects import Floats, Ints

__all__ = ["Fit", "fit_logit"]

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Fit:
    """Weights of a conditional logit, their standard errors, and how the search for them ended."""

    weights: Floats
    error: Floats
    loglik: float
    """Penalised log-likelihood at the weights."""
    sets: int
    converged: bool


@dataclass(frozen=True, slots=True)
class _Sets:
    x: NDArray[np.float32]
    start: Ints
    owner: Ints
    chosen: Flags
    hits: Floats
    """Choices of each set."""
    offset: Floats
    penalty: Floats


def fit_logit(
    features: NDArray[np.floating],
    start: Ints,
    chosen: Flags,
    offset: Floats | None = None,
    *,
    l2: float = 1.0,
    tolerance: float = 1e-8,
    steps: int = 50,
) -> Fit:
    r"""Fit a conditional logit by Newton steps.

    .. math:: P(i \mid C) = \frac{e^{x_i w + o_i}}{\sum_{j \in C} e^{x_j w + o_j}}

    Parameters
    ----------
    features
        Alternatives × features, those of one set together.
    start
        Set k is rows ``start[k]:start[k + 1]``; no set is empty.
    chosen
        Which alternatives were chosen, at least one of each set; of several each is a choice.
    offset
        Known part of the utility, such as ``-log_chance`` of :func:`~jiqun.match.alternatives.choice_sets` (McFadden
        1978, Modelling the choice of residential location); None: 0.
    l2
        Penalty: half of it times the squared weights is subtracted from the log-likelihood.
    tolerance
        Relative gain in likelihood below which the search ends.
    steps
        Newton steps at most.

    Returns
    -------
    Fit
        ``converged`` is False where the steps ran out.

    Examples
    --------
    >>> x = np.array([[1.0], [0.0]] * 4)
    >>> fit = fit_logit(x, np.arange(0, 9, 2), np.array([1, 0] * 3 + [0, 1]).astype(bool), l2=0.0)
    >>> round(float(fit.weights[0]), 4), round(float(np.log(3)), 4)
    (1.0986, 1.0986)
    """
    lengths = np.diff(start)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    known = np.zeros(len(features)) if offset is None else offset
    hits = np.bincount(owner, chosen, len(lengths)).astype(float)
    width = features.shape[1]
    sets = _Sets(features.astype(np.float32), start, owner, chosen, hits, known, np.full(width, l2))
    weights = np.zeros(width)
    chance, value = _state(sets, weights)
    hessian, converged = np.eye(width), False
    for _ in range(steps):
        gradient, hessian = _slopes(sets, weights, chance)
        step, length = np.linalg.solve(hessian, gradient), 1.0
        while True:
            ahead, gained = _state(sets, weights + length * step)
            if gained >= value - 1e-9 * abs(value) or length < 1e-4:
                break
            length /= 2.0
        weights, chance = weights + length * step, ahead
        converged = abs(gained - value) < tolerance * (1.0 + abs(value))
        value = gained
        if converged:
            break
    return Fit(weights, np.sqrt(np.diag(np.linalg.inv(hessian))), value, len(lengths), converged)


def _state(sets: _Sets, weights: Floats) -> tuple[Floats, float]:
    """Give the chance of each alternative and the penalised log-likelihood."""
    utility = sets.x @ weights.astype(np.float32) + sets.offset
    top = np.maximum.reduceat(utility, sets.start[:-1])
    raised = np.exp(utility - top[sets.owner])
    total = np.add.reduceat(raised, sets.start[:-1])
    loglik = utility[sets.chosen].sum() - sets.hits @ (top + np.log(total))
    return raised / total[sets.owner], float(loglik - 0.5 * sets.penalty @ weights**2)


def _slopes(sets: _Sets, weights: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Give the gradient, and the negative of the second derivatives."""
    expected = (chance * sets.hits[sets.owner]).astype(np.float32)
    gradient = (sets.x.T @ (sets.chosen - expected)).astype(float) - sets.penalty * weights
    mean = np.add.reduceat(sets.x * chance[:, None].astype(np.float32), sets.start[:-1], axis=0)
    spread = (sets.x * expected[:, None]).T @ sets.x - (mean * sets.hits[:, None].astype(np.float32)).T @ mean
    return gradient, spread.astype(float) + np.diag(sets.penalty + 1e-9)
