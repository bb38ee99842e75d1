"""Regressions of rows on terms and any number of fixed effects, with errors clustered and kept by cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray

from jiqun.measure.regression.inference import by_cluster, two_sided
from jiqun.measure.regression.reweighted import Within, identified, least_squares, reweighted

__all__ = ["Fit", "absorb", "combined", "regress"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Family = Literal["poisson", "linear"]

_TOLERANCE = 1e-8
_ROUNDS = 2000
_STEPS = 60
_LEAST = 3e-5
"""Share of a term that the effects must leave of it, taken out by turns: above what the turns leave undone."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Coefficients with their errors, and what each cluster contributes to them.

    ``value, error, low, high, p`` have shape (terms,); NaN where the fixed effects leave nothing of a term.
    ``influence`` (clusters, terms) sums to zero over clusters: ``error² = C/(C−1) Σ_c influence_c²`` over ``C``
    clusters, and the estimate without a cluster differs by about minus its influence. ``clusters`` are their codes.
    """

    value: Array
    error: Array
    low: Array
    high: Array
    p: Array
    influence: Array
    clusters: Codes
    rows: int

    @property
    def known(self) -> bool:
        """Whether every coefficient is."""
        return bool(np.isfinite(self.error).all()) and self.error.size > 0


def regress(
    y: Array,
    x: Array,
    effects: Sequence[Codes],
    cluster: Codes,
    *,
    family: Family = "poisson",
    level: float = 0.95,
) -> Fit:
    """Regress on terms and fixed effects.

    ``poisson``: ``E y = exp(xβ + Σ effects)`` by pseudo-maximum likelihood, which needs ``y ≥ 0`` and no distribution;
    ``linear``: least squares. Groups of an effect in which ``y`` is always 0 say nothing under Poisson and are left
    out, as are groups of a single row.

    Parameters
    ----------
    y
        Outcome, shape (rows,).
    x
        Terms, shape (rows, terms).
    effects
        Codes of the groups of each fixed effect, each of shape (rows,). Without any there is a constant.
    cluster
        Codes of clusters, shape (rows,); errors are independent between them.
    family
        ``"poisson"`` or ``"linear"``.
    level
        Coverage of the intervals, by Student's t with one degree of freedom less than there are clusters.

    Returns
    -------
    Fit
        All NaN where fewer than two clusters, or too few rows, remain.

    References
    ----------
    Santos Silva, J. & Tenreyro, S. (2006), The log of gravity. doi:10.1162/rest.88.4.641
    Correia, S., Guimarães, P. & Zylkin, T. (2020), Fast Poisson estimation with high-dimensional fixed effects.
    doi:10.1177/1536867X20909691

    Examples
    --------
    >>> x = np.tile([0.0, 1.0], 20)[:, None]
    >>> y = np.where(x[:, 0] > 0, 6.0, 2.0)
    >>> groups = np.repeat(np.arange(10), 4)
    >>> fit = regress(y, x, [groups], groups)
    >>> bool(np.isclose(np.exp(fit.value[0]), 3.0))
    True
    """
    groups = [np.unique(e, return_inverse=True)[1].astype(np.int64) for e in effects] or [np.zeros(len(y), np.int64)]
    keep = _informative(y, groups, family)
    y, x, cluster = y[keep], x[keep], cluster[keep]
    groups = [np.unique(g[keep], return_inverse=True)[1].astype(np.int64) for g in groups]
    names, who = np.unique(cluster, return_inverse=True)
    if len(names) < 2 or len(y) <= x.shape[1] + 1:
        return _nothing(x.shape[1], names, len(y))
    made = _solved(y, _centred(x), _within(groups), family)
    return _clustered(made, who, names, level=level)


def absorb(columns: Array, effects: Sequence[Codes], weight: Array) -> Array:
    """Take the weighted means of every group of every effect off columns, by turns until nothing moves.

    Parameters
    ----------
    columns
        Shape (rows, columns).
    effects
        Codes from 0 without gaps, each of shape (rows,).
    weight
        Weights > 0, shape (rows,).

    Examples
    --------
    >>> absorb(np.array([[1.0], [3.0], [5.0]]), [np.array([0, 0, 1])], np.ones(3)).ravel().tolist()
    [-1.0, 1.0, 0.0]
    """
    made = np.ascontiguousarray(columns, dtype=np.float64).copy()
    scale = np.maximum(np.sqrt(np.average(made**2, axis=0, weights=weight)), 1e-300)
    codes = np.ascontiguousarray(np.stack(effects))
    _absorb(made, codes, weight, int(codes.max()) + 1, _TOLERANCE * scale)
    return made


@njit(cache=True, nogil=True)
def _absorb(made: Array, codes: Codes, weight: Array, size: int, tolerance: Array) -> None:  # pragma: no cover
    rows, columns = made.shape
    for _ in range(_ROUNDS):
        moved = False
        for e in range(len(codes)):
            total, sums = np.zeros(size), np.zeros((size, columns))
            for i in range(rows):
                g, w = codes[e, i], weight[i]
                total[g] += w
                for c in range(columns):
                    sums[g, c] += w * made[i, c]
            for g in range(size):
                if total[g] > 0.0:
                    for c in range(columns):
                        sums[g, c] /= total[g]
                        moved |= abs(sums[g, c]) > tolerance[c]
            for i in range(rows):
                for c in range(columns):
                    made[i, c] -= sums[codes[e, i], c]
        if not moved or len(codes) == 1:
            return


def _informative(y: Array, groups: Sequence[Codes], family: Family) -> NDArray[np.bool_]:
    """Rows of groups with more than one row and, under Poisson, with some outcome, until no more fall away."""
    keep = np.ones(len(y), dtype=bool)
    while True:
        before = keep.sum()
        for g in groups:
            count = np.bincount(g[keep], minlength=int(g.max(initial=-1)) + 1)
            keep &= count[g] > 1
            if family == "poisson":
                keep &= np.bincount(g[keep], weights=y[keep], minlength=len(count))[g] > 0
        if keep.sum() == before:
            return keep


@dataclass(frozen=True, slots=True)
class _Solved:
    """Coefficients (terms,), what is left of the outcome (rows,) and of the terms (rows, terms), and weights."""

    beta: Array
    residual: Array
    terms: Array
    weight: Array


def _centred(x: Array) -> Array:
    """Terms less their means, shape (terms, rows); exactly nought where a term is constant."""
    middle = x.mean(axis=0)
    return np.ascontiguousarray(np.where(np.ptp(x, axis=0) > 0, x - middle, 0.0).T)


def _within(groups: Sequence[Codes]) -> Within:
    return lambda weight: lambda columns: absorb(columns.T, groups, weight).T


def _solved(y: Array, x: Array, within: Within, family: Family) -> _Solved:
    """Estimate the terms that the effects and the terms before them leave something of."""
    beta, terms = np.full(len(x), np.nan), np.zeros_like(x)
    if family == "linear":
        weight = np.ones(len(y))
        inner = within(weight)(np.vstack([x, y]))
        known = identified(inner[:-1], x, weight, least=_LEAST)
        inner = inner[np.append(known, True)]
        beta[known], residual = least_squares(inner, weight)
        terms[known] = inner[:-1]
        return _Solved(beta, residual, terms.T, weight)
    start = y + y.mean()
    known = identified(within(start)(x), x, start, least=_LEAST)
    made = reweighted(y, x[known], within, most=_STEPS)
    if made is None:
        return _Solved(beta, np.full(len(y), np.nan), terms.T, start)
    mean = np.exp(made.linear)
    beta[known] = made.beta
    terms[known] = within(mean)(x[known])
    return _Solved(beta, (y - mean) / mean, terms.T, mean)


def _clustered(made: _Solved, who: Codes, names: Codes, *, level: float) -> Fit:
    """Sum scores by cluster and turn them by the bread."""
    count, free = len(names), np.isfinite(made.beta)
    score = made.terms[:, free] * (made.weight * made.residual)[:, None]
    summed = by_cluster(score.T, who, count).T
    bread = np.linalg.pinv(made.terms[:, free].T @ (made.terms[:, free] * made.weight[:, None]))
    influence = np.full((count, len(free)), np.nan)
    influence[:, free] = summed @ bread
    return _inferred(made.beta, influence, names, len(who), level)


def combined(fits: Sequence[Fit], factors: Sequence[Array], *, level: float = 0.95) -> Fit:
    """Combine fits to the same clusters linearly: ``Σ_f factors_f · value_f``, with the error of the whole.

    Parameters
    ----------
    fits
        Fits; a cluster that one of them lacks adds nothing to it.
    factors
        For each fit a matrix of shape (combinations, terms).
    level
        Coverage.

    Examples
    --------
    >>> x, g = np.arange(8.0)[:, None], np.repeat(np.arange(4), 2)
    >>> fit = regress(2 * x.ravel() + np.tile([0.1, -0.1, -0.1, 0.1], 2), x, [], g, family="linear")
    >>> twice = combined([fit, fit], [np.array([[1.0]]), np.array([[1.0]])])
    >>> bool(np.isclose(twice.error[0], 2 * fit.error[0]))
    True
    """
    names = np.unique(np.concatenate([f.clusters for f in fits]))
    value = np.zeros(len(factors[0]))
    influence = np.zeros((len(names), len(factors[0])))
    for fit, factor in zip(fits, factors, strict=True):
        used = np.abs(factor).sum(axis=0) > 0
        value = value + factor[:, used] @ fit.value[used]
        influence[np.searchsorted(names, fit.clusters)] += fit.influence[:, used] @ factor[:, used].T
    return _inferred(value, influence, names, min(f.rows for f in fits), level)


def _inferred(value: Array, influence: Array, names: Codes, rows: int, level: float) -> Fit:
    count = len(names)
    if count < 2:
        return _nothing(len(value), names, rows)
    error = np.sqrt((influence**2).sum(axis=0) * count / (count - 1))
    error = np.where(error > 0, error, np.nan)
    low, high, p = two_sided(value, error, count - 1, level)
    return Fit(value, error, low, high, p, influence, names, rows)


def _nothing(terms: int, names: Codes, rows: int) -> Fit:
    none = np.full(terms, np.nan)
    return Fit(none, none, none, none, none, np.full((len(names), terms), np.nan), names, rows)
