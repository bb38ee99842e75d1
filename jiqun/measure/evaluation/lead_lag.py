"""Who leads: Granger causality, local projections, and how closely two systems move together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array
from jiqun.measure.evaluation.regression import demean, least_squares

__all__ = [
    "Granger",
    "PanelGranger",
    "Projection",
    "concordance",
    "cross_correlation",
    "granger",
    "instantaneous_correlation",
    "local_projections",
    "panel_granger",
]


@dataclass(frozen=True, slots=True)
class Granger:
    """Test of one series."""

    f: float
    p: float
    wald: float
    """Lags times F."""
    rows: int


@dataclass(frozen=True, slots=True)
class PanelGranger:
    """Test of many series: whether x helps to foretell y anywhere."""

    mean_wald: float
    z: float
    """For many periods."""
    z_p: float
    z_tilde: float
    """For few periods; NaN with too few."""
    z_tilde_p: float
    wald: Array
    """Of each place, shape (places,); NaN where it could not be estimated."""
    places: int


@dataclass(frozen=True, slots=True)
class Projection:
    """Response of y at each horizon to a change of x by one; each of shape (horizons + 1,)."""

    response: Array
    error: Array
    low: Array
    high: Array
    p: Array
    rows: Array


def granger(y: Array, x: Array, *, lags: int = 1) -> Granger:
    r"""Test whether the past of x helps to foretell y.

    F test of :math:`b_1=\dots=b_p=0` in :math:`y_t=a+\sum_l a_ly_{t-l}+\sum_l b_lx_{t-l}+e_t`.

    Parameters
    ----------
    y, x
        Shape (periods,), without trend; NaN leaves out what would need it.
    lags
        p.

    Raises
    ------
    JiqunError
        If there are too few periods, or a series does not vary.

    References
    ----------
    Granger (1969), Investigating causal relations by econometric models and cross-spectral methods.
    doi:10.2307/1912791

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=100)
    >>> y = np.r_[0.0, x[:-1]] + 0.5 * rng.normal(size=100)
    >>> bool(granger(y, x).p < 1e-9), bool(granger(x, y).p > 0.05)
    (True, True)
    """
    if lags < 1 or len(y) != len(x):
        raise JiqunError(
            "granger needs two series of one length and at least one lag.",
            "granger 要求两序列等长，且至少一阶滞后。",
        )
    own, other = _lagged(y, lags), _lagged(x, lags)
    now = y[lags:]
    kept = np.isfinite(now) & np.isfinite(own).all(axis=1) & np.isfinite(other).all(axis=1)
    now, own, other = now[kept], own[kept], other[kept]
    one = np.ones((len(now), 1))
    full = least_squares(now, np.hstack([one, own, other]))
    short = least_squares(now, np.hstack([one, own]))
    rest, more = float(full.residual @ full.residual), float(short.residual @ short.residual)
    if rest <= 1e-24 * float(now @ now):
        raise JiqunError(
            "granger: the series follow their past exactly; there is nothing left to test.",
            "granger：序列完全由其过去决定，没有可检验的余量。",
        )
    f = (more - rest) / lags / (rest / full.freedom)
    from scipy.special import fdtrc

    return Granger(f, float(fdtrc(lags, full.freedom, max(f, 0.0))), lags * f, full.rows)


def panel_granger(y: Array, x: Array, *, lags: int = 1) -> PanelGranger:
    r"""Test whether the past of x helps to foretell y in at least some of the places.

    With :math:`W_i` the Wald statistic of place i (p·F) and T the periods used,
    :math:`\bar Z=\sqrt{N/2p}\,(\bar W-p)` and
    :math:`\tilde Z=\sqrt{\frac{N}{2p}\frac{T-2p-5}{T-p-3}}\Bigl[\frac{T-2p-3}{T-2p-1}\bar W-p\Bigr]`,
    both standard normal where x leads nowhere; p-values are two-sided.

    Parameters
    ----------
    y, x
        Shape (periods, places), without trend. Places with gaps are left out, so that T is the same for all.
    lags
        p.

    Raises
    ------
    JiqunError
        If no place can be estimated.

    References
    ----------
    Dumitrescu & Hurlin (2012), Testing for Granger non-causality in heterogeneous panels.
    doi:10.1016/j.econmod.2012.02.014

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(30, 20))
    >>> y = np.vstack([np.zeros((1, 20)), x[:-1]]) + rng.normal(size=(30, 20))
    >>> bool(panel_granger(y, x).z_tilde_p < 1e-6), bool(panel_granger(x, y).z_tilde_p > 0.05)
    (True, True)
    """
    from scipy.special import ndtr

    complete = np.isfinite(y).all(axis=0) & np.isfinite(x).all(axis=0)
    wald = np.full(y.shape[1], np.nan)
    for i in np.flatnonzero(complete):
        try:
            wald[i] = granger(y[:, i], x[:, i], lags=lags).wald
        except JiqunError:
            continue
    known = wald[np.isfinite(wald)]
    if not len(known):
        raise JiqunError(
            f"panel_granger could not estimate any of {y.shape[1]} places over {len(y)} periods with {lags} lags: "
            "they have gaps, do not vary, or are too short.",
            f"panel_granger 对 {y.shape[1]} 个地点、{len(y)} 期、{lags} 阶滞后均无法估计："
            "存在缺口、没有变化或期数过少。",
        )
    n, t, mean = len(known), len(y) - lags, float(known.mean())
    z = np.sqrt(n / (2.0 * lags)) * (mean - lags)
    tilde = float("nan")
    if t - 2 * lags - 5 > 0:
        scale = np.sqrt(n / (2.0 * lags) * (t - 2 * lags - 5) / (t - lags - 3))
        tilde = float(scale * ((t - 2 * lags - 3) / (t - 2 * lags - 1) * mean - lags))
    p = [float(2.0 * ndtr(-abs(v))) for v in (z, tilde)]
    return PanelGranger(mean, float(z), p[0], tilde, p[1], wald, n)


def local_projections(
    y: Array, x: Array, *, horizons: int = 5, lags: int = 1, level: float = 0.95, periods: bool = True
) -> Projection:
    r"""How y responds, one to several periods on, to a change of x.

    .. math:: y_{i,t+h}-y_{i,t-1}=\beta_h\,\Delta x_{it}
              +\sum_{l=1}^{L}(c_l\,\Delta y_{i,t-l}+d_l\,\Delta x_{i,t-l})+\mu_i+\nu_t+e_{it}

    for h = 0, 1, …; errors are clustered by place. An association in time, not proof of a cause.

    Parameters
    ----------
    y, x
        Shape (periods, places), in levels.
    horizons
        Largest h.
    lags
        L.
    level
        Coverage of the interval (Student's t, places less one).
    periods
        Whether effects of periods are taken out beside those of places.

    Returns
    -------
    Projection
        NaN at horizons for which there are too few rows.

    References
    ----------
    Jordà (2005), Estimation and inference of impulse responses by local projections. doi:10.1257/0002828053828518

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(40, 60)).cumsum(axis=0)
    >>> y = np.vstack([np.zeros((1, 60)), 0.5 * x[:-1]]) + 0.1 * rng.normal(size=(40, 60))
    >>> local_projections(y, x, horizons=2).response.round(1).tolist()
    [0.0, 0.5, 0.5]
    """
    from scipy.special import stdtrit

    if horizons < 0 or lags < 0 or y.shape != x.shape:
        raise JiqunError(
            "local_projections needs two panels of one shape, and horizons and lags ≥ 0.",
            "local_projections 要求两个面板形状相同，且期数与滞后阶数不小于 0。",
        )
    dy, dx = np.full_like(y, np.nan), np.full_like(x, np.nan)
    dy[1:], dx[1:] = np.diff(y, axis=0), np.diff(x, axis=0)
    made = np.full((6, horizons + 1), np.nan)
    made[5] = 0
    for h in range(horizons + 1):
        times = np.arange(lags + 1, len(y) - h)
        if not len(times):
            continue
        regressors = [dx[times], *(d[times - lag] for lag in range(1, lags + 1) for d in (dy, dx))]
        columns = np.stack([y[times + h] - y[times - 1], *regressors], axis=2)
        time, place = np.nonzero(np.isfinite(columns).all(axis=2))
        rows = columns[time, place]
        made[5, h] = len(rows)
        try:
            within, absorbed = demean(rows, place, time) if periods else demean(rows, place)
            fit = least_squares(within[:, 0], within[:, 1:], robust="cluster", cluster=place, absorbed=absorbed)
        except (JiqunError, ValueError):
            continue
        wide = float(stdtrit(fit.freedom, 0.5 + level / 2.0)) * fit.error[0]
        b = fit.coefficient[0]
        made[:5, h] = b, fit.error[0], b - wide, b + wide, fit.p[0]
    return Projection(*made)


def instantaneous_correlation(x: Array, y: Array) -> Array:
    r"""Synchrony of each place in each period, whose mean over time is Pearson's correlation.

    :math:`\rho_{it}=1-\tfrac12\Bigl[\frac{x_{it}-\bar x_i}{s_i^x}-\frac{y_{it}-\bar y_i}{s_i^y}\Bigr]^2`,
    deviations with divisor T: at most 1, and unbounded below where the two part.

    Parameters
    ----------
    x, y
        Shape (periods, places), usually changes. A place with a gap in either is left out of that period.

    Returns
    -------
    numpy.ndarray
        Shape (periods, places); NaN where a place has fewer than three common periods or does not vary.

    References
    ----------
    Cerqueira & Martins (2009), Measuring the determinants of business cycle synchronization using a panel approach.
    Economics Letters 102(2), 106–108.

    Examples
    --------
    >>> x = np.array([[1.0], [2.0], [4.0]])
    >>> rho = instantaneous_correlation(x, np.array([[2.0], [1.0], [5.0]]))
    >>> round(float(rho.mean()), 6), round(float(np.corrcoef(x[:, 0], [2, 1, 5])[0, 1]), 6)
    (0.838628, 0.838628)
    """
    both = np.isfinite(x) & np.isfinite(y)
    count = both.sum(axis=0)

    def scaled(v: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = np.where(both, v, 0.0).sum(axis=0) / count
            gap = np.where(both, v - mean, 0.0)
            spread = np.sqrt((gap**2).sum(axis=0) / count)
            varies = spread > 1e-12 * np.abs(mean)
            found: Array = np.where(both & varies & (count >= 3), gap / spread, np.nan)
        return found

    found: Array = 1.0 - 0.5 * (scaled(x) - scaled(y)) ** 2
    return found


def concordance(x: Array, y: Array) -> Array:
    r"""Share of steps in which two series move the same way, shape (places,).

    A step in which neither moves counts as the same way; one in which only one moves does not.

    Parameters
    ----------
    x, y
        Levels, shape (periods, places).

    References
    ----------
    Harding & Pagan (2002), Dissecting the cycle: a methodological investigation.
    doi:10.1016/S0304-3932(01)00108-8

    Examples
    --------
    >>> concordance(np.array([[1.0], [2.0], [3.0]]), np.array([[1.0], [3.0], [2.0]])).tolist()
    [0.5]
    """
    a, b = np.diff(x, axis=0), np.diff(y, axis=0)
    both = np.isfinite(a) & np.isfinite(b)
    same = both & (np.sign(a) == np.sign(b))
    steps = both.sum(axis=0)
    found: Array = np.divide(same.sum(axis=0), steps, out=np.full(x.shape[1], np.nan), where=steps > 0)
    return found


def cross_correlation(x: Array, y: Array, *, lags: int = 3) -> Array:
    r"""Correlation of :math:`x_{i,t}` with :math:`y_{i,t+k}` for k from -lags to lags, places pooled about their means.

    Largest at a positive k: x leads.

    Parameters
    ----------
    x, y
        Shape (periods, places), usually changes.

    Returns
    -------
    numpy.ndarray
        Shape (2·lags + 1,); NaN where fewer than three pairs remain.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=(20, 30))
    >>> int(np.argmax(cross_correlation(x, np.vstack([x[:1] * 0, x[:-1]]), lags=2))) - 2
    1
    """
    found = np.full(2 * lags + 1, np.nan)
    for k in range(-lags, lags + 1):
        a = x[max(0, -k) : len(x) - max(0, k)]
        b = y[max(0, k) : len(y) - max(0, -k)]
        both = np.isfinite(a) & np.isfinite(b)
        place = np.nonzero(both)[1]
        if len(place) < 3:
            continue
        u, v = demean(np.column_stack([a[both], b[both]]), place)[0].T
        scale = np.sqrt((u @ u) * (v @ v))
        found[k + lags] = (u @ v) / scale if scale > 0 else np.nan
    return found


def _lagged(series: Array, lags: int) -> Array:
    columns = [series[lags - lag : len(series) - lag] for lag in range(1, lags + 1)]
    return np.asarray(np.column_stack(columns), dtype=np.float64)
