"""Convergence agrees with statsmodels, dummies written out, and with cases by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.clubs import find_clubs, hodrick_prescott, log_t
from jiqun.measure.evaluation.convergence import beta_cross_section, beta_panel, sigma_convergence
from jiqun.measure.evaluation.lead_lag import (
    concordance,
    cross_correlation,
    granger,
    instantaneous_correlation,
    local_projections,
    panel_granger,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    sm = pytest.importorskip("statsmodels.api")
    from statsmodels.tsa.filters.hp_filter import hpfilter
    from statsmodels.tsa.stattools import grangercausalitytests


@pytest.fixture(scope="module")
def panel() -> np.ndarray:
    rng = np.random.default_rng(2)
    level = rng.normal(size=12)
    rows = [level + rng.normal(size=12)]
    for _ in range(9):
        rows.append(0.7 * rows[-1] + 0.3 * level + 0.2 * rng.normal(size=12))
    made = np.exp(np.array(rows))
    made[3, 2] = made[7, 5] = np.nan
    return made


def _dummies(codes: np.ndarray) -> np.ndarray:
    return (codes[:, None] == np.unique(codes)[None, 1:]).astype(float)


def test_cross_section_beta_is_ordinary_least_squares_with_robust_errors(panel: np.ndarray) -> None:
    y, x = np.log(panel[-1] / panel[0]) / 9, np.log(panel[0])
    control = np.arange(12.0)[:, None] ** 2
    for extra, found in ((None, beta_cross_section(panel)), (control, beta_cross_section(panel, control))):
        columns = x[:, None] if extra is None else np.column_stack([x, extra])
        peer = sm.OLS(y, sm.add_constant(columns)).fit(cov_type="HC1", use_t=True)
        assert (found.beta, found.error, found.p) == pytest.approx((peer.params[1], peer.bse[1], peer.pvalues[1]))
        assert found.r_squared == pytest.approx(peer.rsquared)
        assert found.speed == pytest.approx(-np.log(1 + 9 * found.beta) / 9)
        assert found.half_life == pytest.approx(np.log(2) / found.speed)


@pytest.mark.parametrize(("places", "periods"), [(True, True), (True, False), (False, True), (False, False)])
def test_panel_beta_is_least_squares_with_the_dummies_written_out(
    panel: np.ndarray, places: bool, periods: bool
) -> None:
    rows = [
        (np.log(panel[t + 1, i] / panel[t, i]), np.log(panel[t, i]), i, t)
        for t in range(9)
        for i in range(12)
        if np.isfinite(panel[t, i]) and np.isfinite(panel[t + 1, i])
    ]
    y, x, i, t = (np.array(v) for v in zip(*rows, strict=True))
    parts = [x[:, None], np.ones((len(y), 1))]
    parts += [_dummies(i)] if places else []
    parts += [_dummies(t)] if periods else []
    peer = sm.OLS(y, np.hstack(parts)).fit(cov_type="cluster", cov_kwds={"groups": i}, use_t=True)
    found = beta_panel(panel, places=places, periods=periods)
    assert (found.beta, found.error, found.p) == pytest.approx((peer.params[0], peer.bse[0], peer.pvalues[0]), rel=1e-8)
    assert found.rows == len(y)


def test_sigma_is_the_spread_of_places_that_are_always_there(panel: np.ndarray) -> None:
    found = sigma_convergence(panel)
    kept = np.delete(panel, [2, 5], axis=1)
    variation = kept.std(axis=1) / kept.mean(axis=1)
    assert found.variation == pytest.approx(variation)
    assert found.deviation == pytest.approx(np.log(kept).std(axis=1))
    peer = sm.OLS(variation, sm.add_constant(np.arange(10.0))).fit(cov_type="HC1", use_t=True)
    assert (found.slope, found.error, found.p) == pytest.approx((peer.params[1], peer.bse[1], peer.pvalues[1]))


def test_places_that_close_their_gaps_at_one_rate_have_that_rate() -> None:
    gap = np.array([-2.0, -1.0, 0.5, 2.0])
    values = np.exp(3.0 + gap * np.exp(-0.05 * np.arange(20))[:, None])
    assert beta_cross_section(values).speed == pytest.approx(0.05, rel=1e-9)
    assert beta_panel(values, places=False).speed == pytest.approx(0.05, rel=1e-9)


def test_the_trend_is_that_of_statsmodels(panel: np.ndarray) -> None:
    series = np.log(panel[:, 0])
    assert hodrick_prescott(series[:, None], 400.0)[:, 0] == pytest.approx(np.asarray(hpfilter(series, 400.0)[1]))


def _log_t_plainly(values: np.ndarray) -> tuple[float, float]:
    """The log t regression one residual at a time, as Phillips and Sul's program counts."""
    periods = len(values)
    h = values / values.mean(axis=1, keepdims=True)
    spread = ((h - 1) ** 2).mean(axis=1)
    first = round(periods / 3) + 1
    time = np.arange(first, periods + 1)
    y = np.log(spread[0] / spread[first - 1 :]) - 2 * np.log(np.log(time))
    fit = sm.OLS(y, sm.add_constant(np.log(time))).fit()
    u, n = fit.resid, len(time)
    rho = sum(u[s] * u[s - 1] for s in range(1, n)) / sum(u[s - 1] ** 2 for s in range(1, n))
    width = 1.3221 * (4 * rho**2 / (1 - rho) ** 4 * n) ** 0.2
    total = sum(v * v for v in u)
    for lag in range(1, n - 1):
        z = 1.2 * np.pi * lag / width
        kernel = 3 / z**2 * (np.sin(z) / z - np.cos(z))
        total += 2 * kernel * sum(u[s] * u[s + lag] for s in range(n - 1 - lag))
    centred = np.log(time) - np.log(time).mean()
    return float(fit.params[1]), float(fit.params[1] / np.sqrt(total / (n - 1) / (centred @ centred)))


def test_the_log_t_regression_is_that_of_its_authors_step_by_step() -> None:
    rng = np.random.default_rng(0)
    values = 8 + rng.normal(size=(30, 9)).cumsum(axis=0) * 0.05 + rng.normal(size=9)
    found = log_t(values)
    assert (found.b, found.t) == pytest.approx(_log_t_plainly(values), rel=1e-9)


def test_two_groups_on_their_own_paths_are_two_clubs_and_a_stray_is_in_none() -> None:
    rng = np.random.default_rng(1)
    time = np.arange(1, 41)[:, None]
    high, low = 9 + 0.1 * time + rng.normal(size=6) / time, 5 + 0.01 * time + rng.normal(size=7) / time
    stray = 5 - 0.09 * time
    found = find_clubs(np.hstack([low, high, stray]))
    assert found.whole.t < -1.65
    assert [c.members for c in found.clubs] == [(7, 8, 9, 10, 11, 12), (0, 1, 2, 3, 4, 5, 6)]
    assert found.divergent == (13,)
    assert all(c.test.t > -1.65 for c in found.clubs)


def test_places_that_all_converge_are_one_club_whatever_their_order() -> None:
    rng = np.random.default_rng(3)
    values = 8 + rng.normal(size=10) / np.arange(1, 31)[:, None] ** 2
    found = find_clubs(values)
    assert [c.members for c in found.clubs] == [tuple(range(10))]


def test_clubs_do_not_depend_on_the_order_of_places() -> None:
    rng = np.random.default_rng(4)
    values = 8 + rng.normal(size=(30, 14)).cumsum(axis=0) * 0.08
    order = rng.permutation(14)
    one, two = find_clubs(values), find_clubs(values[:, order])
    assert [set(c.members) for c in one.clubs] == [{int(order[m]) for m in c.members} for c in two.clubs]


def test_gaps_short_panels_and_means_below_zero_are_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(JiqunError, match="without gaps"):
        find_clubs(np.full((20, 3), np.nan))
    with pytest.raises(JiqunError, match="at least five periods"):
        find_clubs(5 + rng.normal(size=(6, 3)))
    with pytest.raises(JiqunError, match="above 0"):
        find_clubs(rng.normal(size=(20, 3)) - 5)


def test_granger_is_the_f_test_of_statsmodels() -> None:
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=60), rng.normal(size=60).cumsum() * 0.3
    y[2:] += 0.4 * x[:-2]
    for lags in (1, 2, 3):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            peer = grangercausalitytests(np.column_stack([y, x]), [lags])[lags][0]["ssr_ftest"]
        found = granger(y, x, lags=lags)
        assert (found.f, found.p) == pytest.approx(peer[:2], rel=1e-8)


def test_panel_granger_has_its_nominal_size_under_the_null() -> None:
    rng = np.random.default_rng(11)
    p = [panel_granger(rng.normal(size=(25, 10)), rng.normal(size=(25, 10))).z_tilde_p for _ in range(60)]
    # 5 % of 60 is 3; more than 9 has probability below 0.002
    assert sum(v < 0.05 for v in p) <= 9


def test_local_projections_are_least_squares_with_the_dummies_written_out() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.normal(size=(15, 8)).cumsum(axis=0), rng.normal(size=(15, 8)).cumsum(axis=0)
    y[4, 2] = np.nan
    found = local_projections(y, x, horizons=2, lags=2, level=0.9)
    dx, dy = np.diff(x, axis=0, prepend=np.nan), np.diff(y, axis=0, prepend=np.nan)
    for h in range(3):
        rows = []
        for t in range(3, 15 - h):
            for i in range(8):
                row = (y[t + h, i] - y[t - 1, i], dx[t, i], dy[t - 1, i], dx[t - 1, i], dy[t - 2, i], dx[t - 2, i])
                if np.isfinite(row).all():
                    rows.append((*row, i, t))
        table = np.array(rows)
        columns = np.hstack([table[:, 1:6], np.ones((len(table), 1)), _dummies(table[:, 6]), _dummies(table[:, 7])])
        peer = sm.OLS(table[:, 0], columns).fit(cov_type="cluster", cov_kwds={"groups": table[:, 6]}, use_t=True)
        low, high = peer.conf_int(0.1)[0]
        assert (found.response[h], found.error[h], found.low[h], found.high[h], found.p[h]) == pytest.approx(
            (peer.params[0], peer.bse[0], low, high, peer.pvalues[0]), rel=1e-7
        )


def test_the_mean_of_instantaneous_correlations_is_pearsons() -> None:
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=(12, 3)), rng.normal(size=(12, 3))
    mean = instantaneous_correlation(x, y).mean(axis=0)
    assert mean == pytest.approx([np.corrcoef(x[:, i], y[:, i])[0, 1] for i in range(3)])
    assert np.isnan(instantaneous_correlation(np.ones((5, 1)), y[:5, :1])).all()


def test_series_that_rise_and_fall_together_are_in_concordance() -> None:
    x = np.array([[1.0, 1.0], [2.0, 2.0], [1.5, 1.5]])
    assert concordance(x, x * 3).tolist() == [1.0, 1.0]
    assert concordance(x, -x).tolist() == [0.0, 0.0]


def test_cross_correlation_at_no_lag_is_the_pooled_within_correlation() -> None:
    rng = np.random.default_rng(10)
    x, y = rng.normal(size=(10, 4)) + np.arange(4), rng.normal(size=(10, 4)) - np.arange(4)
    a, b = (x - x.mean(axis=0)).ravel(), (y - y.mean(axis=0)).ravel()
    assert cross_correlation(x, y, lags=2)[2] == pytest.approx(a @ b / np.sqrt(a @ a * (b @ b)))
