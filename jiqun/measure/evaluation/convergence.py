"""Do places grow alike: σ convergence, and absolute and conditional β convergence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array
from jiqun.measure.evaluation.regression import Fit, demean, least_squares

__all__ = ["Beta", "Sigma", "beta_cross_section", "beta_panel", "sigma_convergence"]


@dataclass(frozen=True, slots=True)
class Sigma:
    """Spread over periods, and its trend."""

    variation: Array
    """Coefficient of variation of each period (divisor n)."""
    deviation: Array
    """Standard deviation of the logarithms of each period; NaN where a value is not positive."""
    slope: float
    """Change of the coefficient of variation per period, by least squares."""
    error: float
    """Its HC1 standard error."""
    p: float


@dataclass(frozen=True, slots=True)
class Beta:
    """A β regression: negative β is convergence."""

    beta: float
    error: float
    p: float
    speed: float
    """Rate λ of convergence per period; NaN where β is too negative for one."""
    half_life: float
    """Periods until half the gap is closed; NaN where there is no convergence."""
    controls: Array
    """Coefficients of the controls."""
    controls_error: Array
    controls_p: Array
    rows: int
    r_squared: float


def sigma_convergence(values: Array) -> Sigma:
    r"""Test for σ convergence: whether places grow more alike.

    :math:`\sigma_t = \sqrt{\frac1n\sum_i (y_{it}-\bar y_t)^2}\,/\,\bar y_t`, and the slope of :math:`\sigma_t` on
    :math:`t`.

    Parameters
    ----------
    values
        Shape (periods, places). Places without a value in some period are left out of all, so that the spread is
        always that of the same places.

    Returns
    -------
    Sigma
        The trend is NaN with fewer than three periods.

    References
    ----------
    Barro & Sala-i-Martin (1992), Convergence. doi:10.1086/261816

    Examples
    --------
    >>> s = sigma_convergence(np.array([[1.0, 3.0], [2.0, 4.0], [3.0, 5.0]]))
    >>> s.variation.round(6).tolist(), round(s.slope, 6)
    ([0.5, 0.333333, 0.25], -0.125)
    """
    periods = np.isfinite(values).any(axis=1)
    complete = np.isfinite(values[periods]).all(axis=0)
    variation, deviation = np.full(len(values), np.nan), np.full(len(values), np.nan)
    used = values[np.ix_(periods, complete)]
    if used.shape[1] >= 2:
        mean = used.mean(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            variation[periods] = np.where(mean > 0, used.std(axis=1) / mean, np.nan)
        positive = (used > 0).all(axis=1)
        logs = np.log(used, out=np.ones_like(used), where=used > 0)
        deviation[periods] = np.where(positive, logs.std(axis=1), np.nan)
    known = np.isfinite(variation)
    if known.sum() < 3:
        nothing = float("nan")
        return Sigma(variation, deviation, nothing, nothing, nothing)
    time = np.arange(len(values), dtype=np.float64)[known]
    fit = least_squares(variation[known], np.column_stack([np.ones(len(time)), time]), robust="HC1")
    return Sigma(variation, deviation, float(fit.coefficient[1]), float(fit.error[1]), float(fit.p[1]))


def beta_cross_section(values: Array, controls: Array | None = None) -> Beta:
    r"""Test for β convergence over the whole time, one row for each place.

    .. math:: \tfrac1T\ln(y_{iT}/y_{i0}) = a + b\,\ln y_{i0} + c'x_i + e_i,\qquad b = -(1-e^{-\lambda T})/T

    so that :math:`\lambda=-\ln(1+bT)/T`. Errors are HC1.

    Parameters
    ----------
    values
        Shape (periods, places), > 0; T is the number of steps between the first and the last period.
    controls
        Shape (places, controls) for conditional convergence; None: absolute.

    Raises
    ------
    JiqunError
        If fewer places than parameters have a positive value at both ends.

    References
    ----------
    Barro & Sala-i-Martin (1992), Convergence. doi:10.1086/261816

    Examples
    --------
    Four places that each close half of the logarithmic gap to 8 in one period.

    >>> start = np.array([1.0, 2.0, 4.0, 8.0])
    >>> b = beta_cross_section(np.array([start, np.sqrt(8.0 * start)]))
    >>> round(b.beta, 9), round(b.half_life, 9)
    (-0.5, 1.0)
    """
    steps = len(values) - 1
    first, last = values[0], values[-1]
    extra = np.empty((values.shape[1], 0)) if controls is None else controls
    kept = (first > 0) & (last > 0) & np.isfinite(extra).all(axis=1)
    if steps < 1:
        raise JiqunError("β convergence needs at least two periods.", "β 收敛至少需要两期数据。")
    y = np.log(last[kept] / first[kept]) / steps
    x = np.column_stack([np.ones(kept.sum()), np.log(first[kept]), extra[kept]])
    fit = least_squares(y, x, robust="HC1")
    return _beta(fit, slice(1, None), steps)


def beta_panel(values: Array, controls: Array | None = None, *, places: bool = True, periods: bool = True) -> Beta:
    r"""Test for β convergence from one period to the next, with effects of places and periods.

    .. math:: \ln(y_{it}/y_{i,t-1}) = b\,\ln y_{i,t-1} + c'x_{i,t-1} + \mu_i + \nu_t + e_{it}

    Errors are clustered by place; :math:`\lambda=-\ln(1+b)`. With effects of places b is biased downwards by about
    :math:`-(1+\rho)/T` (Nickell), so that short panels show convergence too readily.

    Parameters
    ----------
    values
        Shape (periods, places), > 0.
    controls
        Shape (periods, places, controls); those of the earlier period are used. None: absolute.
    places, periods
        Which effects are taken out; with neither there is a constant.

    Raises
    ------
    JiqunError
        If there are too few steps to estimate.

    References
    ----------
    Islam (1995), Growth empirics: a panel data approach. doi:10.2307/2946651

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> y = [rng.normal(size=50)]
    >>> for _ in range(30):
    ...     y.append(0.8 * y[-1] + 0.1 * rng.normal(size=50))
    >>> b = beta_panel(np.exp(np.array(y)), places=False)
    >>> bool(abs(b.beta + 0.2) < 0.03), bool(b.p < 1e-6)
    (True, True)
    """
    before, after = values[:-1], values[1:]
    extra = np.empty((*before.shape, 0)) if controls is None else controls[:-1]
    kept = (before > 0) & (after > 0) & np.isfinite(extra).all(axis=2)
    time, place = np.nonzero(kept)
    y = np.log(after[kept] / before[kept])
    x = np.column_stack([np.log(before[kept]), extra[kept]])
    effects = [codes for codes, wanted in ((place, places), (time, periods)) if wanted]
    if not len(y):
        raise JiqunError(
            "β convergence needs positive values in neighbouring periods; there are none.",
            "β 收敛要求相邻两期均为正值；数据中没有。",
        )
    if effects:
        both, absorbed = demean(np.column_stack([y, x]), *effects)
        fit = least_squares(both[:, 0], both[:, 1:], robust="cluster", cluster=place, absorbed=absorbed)
        own = slice(0, None)
    else:
        fit = least_squares(y, np.column_stack([np.ones(len(y)), x]), robust="cluster", cluster=place)
        own = slice(1, None)
    return _beta(fit, own, 1)


def _beta(fit: Fit, own: slice, steps: int) -> Beta:
    coefficient, error, p = fit.coefficient[own], fit.error[own], fit.p[own]
    b = float(coefficient[0])
    speed = -float(np.log1p(b * steps)) / steps if b * steps > -1 else float("nan")
    half = float(np.log(2.0)) / speed if speed > 0 else float("nan")
    return Beta(
        b, float(error[0]), float(p[0]), speed, half, coefficient[1:], error[1:], p[1:], fit.rows, fit.r_squared
    )
