"""Regressions with many fixed effects, by least squares or Poisson, with errors clustered and kept by cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.stats import t as student

__all__ = ["Fit", "absorb", "combined", "regress"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Family = Literal["poisson", "linear"]

_TOLERANCE = 1e-8
_ROUNDS = 2000
_STEPS = 60


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
    made = _iterate(y, x, groups) if family == "poisson" else _once(y, x, groups)
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


def _once(y: Array, x: Array, groups: Sequence[Codes]) -> _Solved:
    weight = np.ones(len(y))
    both = absorb(np.column_stack([y, x]), groups, weight)
    beta = _solve(both[:, 1:], both[:, 0], weight, x)
    return _Solved(beta, both[:, 0] - both[:, 1:] @ np.nan_to_num(beta), both[:, 1:], weight)


def _iterate(y: Array, x: Array, groups: Sequence[Codes]) -> _Solved:
    """Solve by iteratively reweighted least squares."""
    mu = (y + y.mean()) / 2.0
    eta, deviance = np.log(mu), np.inf
    for _ in range(_STEPS):
        worked = eta + (y - mu) / mu
        both = absorb(np.column_stack([worked, x]), groups, mu)
        beta = _solve(both[:, 1:], both[:, 0], mu, x)
        eta = np.clip(worked - (both[:, 0] - both[:, 1:] @ np.nan_to_num(beta)), -30.0, 30.0)
        mu = np.exp(eta)
        with np.errstate(divide="ignore", invalid="ignore"):
            now = 2.0 * (np.where(y > 0, y * np.log(y / mu), 0.0) - (y - mu)).sum()
        if abs(now - deviance) <= 1e-10 * (1.0 + abs(now)):
            return _Solved(beta, (y - mu) / mu, absorb(x, groups, mu), mu)
        deviance = now
    return _Solved(np.full(x.shape[1], np.nan), np.full(len(y), np.nan), np.full(x.shape, np.nan), mu)


def _solve(terms: Array, left: Array, weight: Array, whole: Array) -> Array:
    """Least squares of what is left, NaN for terms that the effects absorb."""
    free = _free(terms, weight, whole)
    beta = np.full(terms.shape[1], np.nan)
    if free.any():
        root = np.sqrt(weight)[:, None]
        beta[free] = np.linalg.lstsq(terms[:, free] * root, left * root[:, 0], rcond=1e-10)[0]
    return beta


def _free(terms: Array, weight: Array, whole: Array) -> NDArray[np.bool_]:
    spread = ((whole - whole.mean(axis=0)) ** 2 * weight[:, None]).sum(axis=0)
    return np.asarray((terms**2 * weight[:, None]).sum(axis=0) > 1e-9 * np.maximum(spread, 1e-300))


def _clustered(made: _Solved, who: Codes, names: Codes, *, level: float) -> Fit:
    """Sum scores by cluster and turn them by the bread."""
    count, free = len(names), np.isfinite(made.beta)
    score = made.terms[:, free] * (made.weight * made.residual)[:, None]
    by_cluster = np.stack([np.bincount(who, column, count) for column in score.T], axis=1) if free.any() else score[:0]
    bread = np.linalg.pinv(made.terms[:, free].T @ (made.terms[:, free] * made.weight[:, None]))
    influence = np.full((count, len(free)), np.nan)
    influence[:, free] = by_cluster @ bread if free.any() else np.nan
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
    reach = student.ppf((1 + level) / 2, count - 1) * error
    with np.errstate(invalid="ignore"):
        p = 2.0 * student.sf(np.abs(value / error), count - 1)
    return Fit(value, error, value - reach, value + reach, p, influence, names, rows)


def _nothing(terms: int, names: Codes, rows: int) -> Fit:
    none = np.full(terms, np.nan)
    return Fit(none, none, none, none, none, np.full((len(names), terms), np.nan), names, rows)
