"""Sizes and lives of participants, against closed forms, statsmodels and each other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.duration.survfunc import SurvfuncRight

from jiqun.measure.platform import gini, hill, kaplan_meier, lives, top_share, zipf
from jiqun.measure.platform.replicate import Groups, resampled, statistics
from jiqun.measure.platform.survival import wilson

SIZES = arrays(np.float64, st.integers(1, 40), elements=st.one_of(st.just(0.0), st.floats(1e-3, 1e6)))


@given(SIZES)
def test_gini_is_the_mean_difference_over_twice_the_mean(sizes: np.ndarray) -> None:
    if sizes.sum() <= 1e-6:
        return
    direct = np.abs(sizes[:, None] - sizes[None, :]).mean() / (2 * sizes.mean())
    assert gini(sizes) == pytest.approx(direct, abs=1e-9)


@given(SIZES, st.floats(0.01, 1.0))
def test_the_top_hold_at_least_their_number_and_at_most_all(sizes: np.ndarray, top: float) -> None:
    share = top_share(sizes, top=top)
    if sizes.sum() <= 0:
        assert np.isnan(share)
    else:
        assert top - 1e-9 <= share <= 1 + 1e-9


@settings(max_examples=30, deadline=None)
@given(SIZES, st.integers(0, 2**31))
def test_a_weighted_group_is_the_group_with_its_rows_repeated(sizes: np.ndarray, seed: int) -> None:
    ordered = np.sort(sizes)
    n = len(ordered)
    rows = Groups(np.array([0, n]), np.arange(n), n, np.ones((n, 1)), ordered)
    drawn = resampled(rows, 3, seed, threads=2)
    again = resampled(rows, 3, seed, threads=1)
    np.testing.assert_array_equal(drawn.spread, again.spread)
    children = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(3)]
    for k, child in enumerate(children):
        times = child.poisson(1.0, n)
        repeated = np.repeat(ordered, times)
        assert drawn.sums[k, 0, 0] == times.sum()
        if repeated.sum() <= 1e-6:
            continue
        expected = [gini(repeated), top_share(repeated, top=0.01), top_share(repeated, top=0.1)]
        np.testing.assert_allclose(drawn.spread[k, 0], expected, atol=1e-9)
    whole = statistics(rows)
    if sizes.sum() > 1e-6:
        assert whole.spread[0, 0, 0] == pytest.approx(gini(sizes), abs=1e-9)


def test_the_interval_of_hill_covers_a_pareto_exponent_as_often_as_it_says() -> None:
    rng = np.random.default_rng(3)
    hit = 0
    for _ in range(300):
        _, low, high = hill(rng.pareto(1.2, 600) + 1)
        hit += low < 1.2 < high
    assert 270 <= hit <= 296  # binomial, 99.9 % around 285


def test_both_exponents_find_zipf_and_say_nothing_of_too_few_or_equal_sizes() -> None:
    x = np.random.default_rng(0).pareto(1.0, 200_000) + 1
    assert hill(x)[0] == pytest.approx(1.0, abs=0.03)
    assert zipf(x)[0] == pytest.approx(1.0, abs=0.05)
    small = np.random.default_rng(0).geometric(0.5, 5000).astype(float)
    for few in (np.arange(1.0, 50.0), np.full(1000, 7.5), np.zeros(1000), small):
        assert np.isnan(hill(few)).all()
        assert np.isnan(zipf(few)).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=2, max_size=60))
def test_kaplan_meier_agrees_with_statsmodels(rows: list[tuple[int, bool]]) -> None:
    duration, ended = (np.array(x) for x in zip(*rows, strict=True))
    ours = kaplan_meier(duration, ended)
    if not ended.any():
        assert (ours.survival == 1).all()
        return
    theirs = SurvfuncRight(duration, ended.astype(int))
    at = np.isin(ours.time, theirs.surv_times)
    np.testing.assert_allclose(ours.survival[at], theirs.surv_prob, rtol=1e-12)
    np.testing.assert_array_equal(ours.at_risk[at], theirs.n_risk)
    known = ours.survival[at] > 0
    np.testing.assert_allclose(ours.error[at][known], theirs.surv_prob_se[known], rtol=1e-10)


def test_kaplan_meier_of_the_patients_of_freireich_is_as_printed() -> None:
    # 6-mercaptopurine arm of Freireich et al. (1963), printed in every textbook of survival: S(10) = .7529, se .0963
    weeks = np.array([6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35])
    seen = np.array([True] * 9 + [False] * 12)
    km = kaplan_meier(weeks, seen)
    at = dict(zip(km.time.tolist(), zip(km.survival, km.error, strict=True), strict=True))
    assert at[6] == pytest.approx((0.8571, 0.0764), abs=5e-5)
    assert at[10] == pytest.approx((0.7529, 0.0963), abs=5e-5)
    assert at[23] == pytest.approx((0.4482, 0.1346), abs=5e-5)


def test_lives_that_end_at_random_survive_as_planted() -> None:
    # everyone leaves each period with probability .2 after being active in every one: S(t) = .8^t
    rng = np.random.default_rng(5)
    first = rng.integers(0, 40, 20_000)
    last = np.minimum(first + rng.geometric(0.2, 20_000) - 1, 39)
    made = lives(first, last, periods=40, inactive=3)
    km = kaplan_meier(made.duration, made.ended)
    np.testing.assert_allclose(km.survival[:10], 0.8 ** np.arange(1, 11), atol=0.015)


def test_the_last_periods_tell_of_no_exit_and_the_first_of_no_entry() -> None:
    first, last = np.array([0, 5, 9, 5]), np.array([4, 6, 9, 9])
    made = lives(first, last, periods=10, inactive=2)
    assert made.chosen.tolist() == [False, True, False, True]
    assert made.duration.tolist() == [2, 3]
    assert made.ended.tolist() == [True, False]
    assert lives(first, last, periods=10, inactive=2, all_entries=True).chosen.tolist() == [True, True, False, True]


def test_wilson_is_as_in_agresti_and_coull() -> None:
    low, high = wilson(np.array([0.0, 10.0]), np.array([10.0, 10.0]))
    assert low[0] == pytest.approx(0.0, abs=1e-12)
    assert high[0] == pytest.approx(0.2775, abs=1e-4)
    assert (1 - high[1], 1 - low[1]) == pytest.approx((low[0], high[0]), abs=1e-12)
