"""The estimators of the driver profile: against pyfixest, on planted truths, and sized where nothing is planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.measure.driver import (
    Cells,
    Fit,
    cells,
    cross_side,
    lambda_gain,
    matching_function,
    position,
    scale_elasticity,
    variety_gain,
)
from jiqun.measure.driver.cells import shuffled
from jiqun.measure.driver.unit_cost import cost_lines, local_scale

Array = np.ndarray[Any, np.dtype[Any]]


def planted(places: int, categories: int, periods: int) -> tuple[Array, Array, Array]:
    """Codes of a whole grid."""
    axes = np.meshgrid(np.arange(places), np.arange(categories), np.arange(periods), indexing="ij")
    return tuple(a.ravel() for a in axes)  # type: ignore[return-value]


EVENTS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 9), st.integers(0, 4), st.integers(5, 9)),
    min_size=1,
    max_size=80,
)


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.integers(1, 4))
def test_cells_count_what_sets_count(rows: list[tuple[int, ...]], lookback: int) -> None:
    names = ["place", "category", "period", "source", "target"]
    made = cells(pl.DataFrame(rows, schema=names, orient="row"), lookback=lookback)
    for k in range(len(made.place)):
        p, c, t = int(made.place[k]), int(made.category[k]), int(made.period[k])
        here = [r for r in rows if r[:3] == (p, c, t)]
        before = {r[4] for r in rows if r[:2] == (p, c) and t - lookback <= r[2] < t}
        assert made.matches[k] == len({r[3:] for r in here})
        assert made.suppliers[k] == len(before)
        assert made.buyers[k] == len({r[3] for r in rows if (r[0], r[2]) == (p, t)})
        assert (made.selling[k], made.buying[k]) == (len({r[4] for r in here}), len({r[3] for r in here}))
    last = max(r[2] for r in rows)
    assert len(made.place) == len({r[:2] for r in rows}) * max(last - lookback + 1, 0)


@settings(max_examples=40, deadline=None)
@given(EVENTS)
def test_a_shuffle_keeps_who_dealt_with_whom_and_forgets_the_order_of_rows(rows: list[tuple[int, ...]]) -> None:
    names = ["place", "category", "period", "source", "target"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    kept = ["place", "period", "source", "target"]
    one = shuffled(frame, np.random.default_rng(1))
    other = shuffled(frame.reverse(), np.random.default_rng(1))
    assert one.equals(other)
    assert one.select(kept).sort(kept).equals(frame.select(kept).sort(kept))
    assert one["category"].sort().to_list() == frame["category"].sort().to_list()


def grid(alpha: float, beta: float, seed: int, places: int = 20) -> Cells:
    """Cells whose matches follow a matching function of known elasticities, with shocks common to a place."""
    rng = np.random.default_rng(seed)
    place, category, period = planted(places, 8, 30)
    level = rng.normal(2.0, 0.7, (places, 8))[place, category]
    suppliers = np.exp(level + rng.normal(0, 0.4, len(place)))
    buyers = np.exp(rng.normal(4.0, 0.5, places)[place] + rng.normal(0, 0.4, (places, 30))[place, period])
    season = rng.normal(0, 0.3, (8, 30))[category, period] + rng.normal(0, 0.5, (places, 8))[place, category]
    matches = rng.poisson(suppliers**alpha * buyers**beta * np.exp(season - 1)).astype(float)
    return Cells(place, category, period, matches, suppliers, buyers, suppliers, buyers, None, 12)


@pytest.mark.parametrize(("alpha", "beta"), [(0.5, 0.5), (0.3, 0.9), (0.0, 0.8)])
def test_the_elasticities_planted_in_cells_are_recovered(alpha: float, beta: float) -> None:
    made = matching_function(grid(alpha, beta, 7))
    assert made.fit.value == pytest.approx([alpha, beta], abs=0.04)
    assert made.returns.low[0] < alpha + beta < made.returns.high[0]


def test_the_interval_of_the_returns_covers_them_as_often_as_it_says() -> None:
    hit = 0
    for seed in range(60):
        made = matching_function(grid(0.4, 0.7, seed, places=14)).returns
        hit += made.low[0] < 1.1 < made.high[0]
    assert 49 <= hit <= 60  # binomial, 99.9 % around 57


def test_promoted_suppliers_are_a_term_of_their_own() -> None:
    made = grid(0.4, 0.7, 1)
    promoted = np.random.default_rng(0).poisson(2.0, len(made.place)).astype(float)
    known = {name: getattr(made, name) for name in Cells.__slots__}
    more = Cells(**(known | {"matches": made.matches * (1 + promoted) ** 0.3, "promoted": promoted}))
    assert matching_function(more).fit.value == pytest.approx([0.4, 0.7, 0.3], abs=0.05)


def two_sides(seed: int, gamma: float = 0.0) -> tuple[Array, ...]:
    """Two sides that each follow their own past, and one of them the other side's."""
    rng = np.random.default_rng(seed)
    units, periods = 30, 24
    s, b = np.zeros((2, units, periods))
    for t in range(1, periods):
        b[:, t] = 0.6 * b[:, t - 1] + rng.normal(0, 0.3, units)
        s[:, t] = 0.6 * s[:, t - 1] + gamma * b[:, t - 1] + rng.normal(0, 0.3, units)
    unit, period = np.divmod(np.arange(units * periods), periods)
    return np.exp(s + 3).ravel(), np.exp(b + 3).ravel(), unit, period, unit


def test_without_a_cross_side_effect_the_test_and_its_placebo_reject_as_often_as_they_say() -> None:
    made = [cross_side(*two_sides(seed)) for seed in range(300)]
    for p in ([m.effect.p[0] for m in made], [m.lead.p[2] for m in made]):
        # 5 % of 300 is 15; the binomial interval of 99.9 % is 4 … 29
        assert 4 <= (np.array(p) < 0.05).sum() <= 29


def test_a_planted_cross_side_effect_is_found_and_has_no_lead() -> None:
    made = cross_side(*two_sides(0, 0.3))
    assert made.effect.low[0] < 0.3 < made.effect.high[0]
    assert made.effect.p[0] < 1e-6
    assert made.lead.p[2] > 0.01


def test_growth_needs_the_period_before_and_positive_sides() -> None:
    s, b, unit, period, cluster = two_sides(1)
    there = period != 10
    whole, holed = (
        cross_side(s, b, unit, period, cluster),
        cross_side(*(x[there] for x in (s, b, unit, period, cluster))),
    )
    assert whole.effect.rows == 30 * 23
    assert holed.effect.rows == 30 * 21
    none = np.where(period == 10, 0.0, b)
    assert cross_side(s, none, unit, period, cluster).effect.rows == 30 * 21


def test_the_scale_of_the_industry_leaves_out_the_supplier_itself() -> None:
    lines = pl.DataFrame(
        {
            "place": [0, 0, 0, 0, 1],
            "category": [0, 0, 0, 0, 0],
            "period": [0, 1, 1, 3, 3],
            "target": [1, 1, 2, 1, 1],
            "amount": [5.0, 7.0, 11.0, 1.0, 1.0],
        }
    )
    assert local_scale(lines, lookback=2).tolist() == [0.0, 0.0, 5.0, 11.0, 0.0]
    assert local_scale(lines, lookback=1).tolist() == [0.0, 0.0, 5.0, 0.0, 0.0]


def test_a_planted_scale_elasticity_is_found_within_and_between() -> None:
    rng = np.random.default_rng(5)
    place, category, period = planted(20, 6, 15)
    scale = np.exp(rng.normal(0, 1, (20, 6))[place, category] + rng.normal(0, 0.5, len(place)))
    cost = np.exp(-0.12 * np.log(scale) + rng.normal(0, 0.2, len(place)) + rng.normal(0, 1, 20)[place])
    for within in (True, False):
        fit = scale_elasticity(cost, scale, (category, place, category, period), within=within)
        assert fit.value[0] == pytest.approx(-0.12, abs=3 * fit.error[0])
        assert fit.error[0] < 0.01


def test_the_item_is_the_finest_that_is_seen_again() -> None:
    rows = {"place": 0, "category": [0, 0, 0, 0], "period": [0, 1, 0, 1], "target": [1, 1, 2, 2], "amount": 2.0}
    known = pl.DataFrame(rows | {"quantity": 2.0, "freight": 1.0, "offer": [7, 7, 8, 9]})
    assert cost_lines(known)["width"].unique().to_list() == ["offer"]
    rare = known.with_columns(offer=pl.Series([1, 2, 3, 4]))
    assert cost_lines(rare)["width"].unique().to_list() == ["supplier"]
    assert cost_lines(rare.with_columns(target=pl.Series([1, 2, 3, 4])))["width"].unique().to_list() == ["category"]
    made = cost_lines(known)
    assert made["price"].unique().to_list() == [1.0]
    assert made["freight"].unique().to_list() == [0.5]


def test_variety_gains_by_hand() -> None:
    assert lambda_gain(np.array([10.0, 10.0]), np.array([5.0, 5.0])) == 0
    assert lambda_gain(np.array([6.0, 4.0]), np.array([6.0, 0.0])) == pytest.approx(np.log(0.6))
    assert np.isnan(lambda_gain(np.array([1.0, 0.0]), np.array([0.0, 1.0])))
    # two categories of weights 10 + 12 and 5 + 5; nothing changes in the second
    rows = [np.array([10.0, 9.0, 3.0, 5.0, 5.0]), np.array([0, 0, 1, 0, 0]), np.array([0, 0, 0, 1, 1])]
    made = variety_gain(*rows, np.array([0, 1, 1, 0, 1]), np.zeros(5, int), replicates=0)
    assert made[0] == pytest.approx(np.log(4 / 3) * 22 / 32)


def test_a_ces_buyer_gains_what_the_lambda_ratio_says() -> None:
    # with equal prices the cost of living of a CES buyer is n^(−1/(σ−1)): the lambda ratio finds n₂/n₁ whatever σ is
    spent = np.concatenate([np.full(4, 1 / 4), np.full(6, 1 / 6)])
    variety, period = np.r_[np.arange(4), np.arange(6)], np.repeat([0, 1], [4, 6])
    made = variety_gain(spent, variety, np.zeros(10, int), period, np.zeros(10, int), replicates=0)
    assert made[0] == pytest.approx(np.log(6 / 4))


def fit_of(value: float, error: float, seed: int, count: int = 40) -> Fit:
    """A fit with this value and error."""
    pull = np.random.default_rng(seed).normal(size=(count, 1))
    pull -= pull.mean()
    pull *= error / np.sqrt((pull**2).sum() * count / (count - 1))
    one = np.array([value])
    bound = np.array([error])
    return Fit(one, bound, one - 2 * bound, one + 2 * bound, bound, pull, np.arange(count), 1000)


@pytest.mark.parametrize(
    ("returns", "cost", "label"),
    [
        ((1.3, 0.02), (-0.05, 0.02), "demand"),
        ((1.0, 0.02), (-0.2, 0.02), "supply"),
        ((1.1, 0.2), (-0.1, 0.02), "undetermined"),
        ((0.9, 0.02), (0.3, 0.02), "undetermined"),  # neither side gains from scale
    ],
)
def test_the_label_needs_a_side_that_gains_and_an_interval_that_says_so(
    returns: tuple[float, float], cost: tuple[float, float], label: str
) -> None:
    made = position(fit_of(*returns, 1), fit_of(*cost, 2))
    assert made.label == label
    assert made.value == pytest.approx(returns[0] - 1 + cost[0])
    assert made.low < made.value < made.high


def test_the_position_is_of_both_estimates_on_the_same_draws() -> None:
    one = fit_of(1.2, 0.1, 1)
    against = Fit(-one.value, one.error, -one.high, -one.low, one.p, -one.influence, one.clusters, one.rows)
    made = position(one, against)
    assert (made.low, made.high) == pytest.approx((-1.0, -1.0))
    assert made.value == pytest.approx(-1.0)
    wide = position(one, fit_of(-0.1, 0.1, 3), replicates=4_000)
    assert (wide.high - wide.low) / 2 == pytest.approx(1.96 * np.hypot(0.1, 0.1), rel=0.25)
    assert position(one, None).label == "undetermined"
    assert np.isnan(position(one, None).value)


def test_a_position_says_why_it_is_undetermined() -> None:
    clear = fit_of(1.5, 0.01, 1), fit_of(-0.1, 0.01, 2)
    assert position(*clear, per_buyer=8.0).reason is None
    mechanical = position(*clear, per_buyer=1.1)
    assert (mechanical.label, mechanical.value) == ("undetermined", pytest.approx(0.4))
    assert mechanical.reason is not None
    assert "1.1 matches" in mechanical.reason.en
    few = position(fit_of(1.5, 0.01, 1, count=12), fit_of(-0.1, 0.01, 2, count=12), per_buyer=8.0)
    assert few.label == "undetermined"
    assert few.reason is not None
    assert "12 clusters" in few.reason.en
