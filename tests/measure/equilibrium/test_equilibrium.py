"""Technology and agglomeration: derivatives, best mixes, comparative statics, the figure, the fit, the split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from jiqun.cluster import JiqunError
from jiqun.measure.equilibrium import (
    NetEffect,
    best,
    best_agglomeration,
    budget_moves,
    cheapest,
    contributions,
    fit,
    indifference_curve,
    statics,
    technology_for,
    technology_moves,
)

NETS = st.builds(
    NetEffect,
    scale=st.floats(0.5, 3),
    weight=st.floats(0.2, 0.8),
    substitution=st.floats(-1.5, 0.8),
    returns=st.floats(0.4, 1.2),
    congestion=st.floats(0.01, 0.5),
    crowding=st.floats(1.3, 3),
    relief=st.floats(0, 2),
)


@given(NETS, st.floats(0.3, 4), st.floats(0.3, 4))
@settings(max_examples=60, deadline=None)
def test_derivatives_are_those_of_the_function(net: NetEffect, a: float, t: float) -> None:
    h = 1e-6
    by_a = (net.value(a + h, t) - net.value(a - h, t)) / (2 * h)
    by_t = (net.value(a, t + h) - net.value(a, t - h)) / (2 * h)
    assert net.gradient(a, t)[0] == pytest.approx(float(by_a), rel=1e-5, abs=1e-7)
    assert net.gradient(a, t)[1] == pytest.approx(float(by_t), rel=1e-5, abs=1e-7)
    rows = [
        [(net.gradient(a + h, t)[k] - net.gradient(a - h, t)[k]) / (2 * h) for k in (0, 1)],
        [(net.gradient(a, t + h)[k] - net.gradient(a, t - h)[k]) / (2 * h) for k in (0, 1)],
    ]
    assert net.hessian(a, t) == pytest.approx(np.array(rows, dtype=float), rel=1e-4, abs=1e-6)


def test_the_ces_benefit_tends_to_cobb_douglas() -> None:
    near, limit = (NetEffect(substitution=rho, weight=0.3, congestion=0.2) for rho in (1e-6, 0.0))
    assert near.value(2.0, 5.0) == pytest.approx(float(limit.value(2.0, 5.0)), rel=1e-5)
    assert limit.elasticity == 1


@pytest.mark.parametrize("rho", [-1.0, 0.4, 0.7])
@pytest.mark.parametrize(("ca", "ct"), [(1.0, 1.0), (2.0, 0.5)])
def test_without_congestion_the_best_mix_is_the_ces_demand(rho: float, ca: float, ct: float) -> None:
    net = NetEffect(weight=0.35, substitution=rho, congestion=0.0)
    sigma, d, e, budget = net.elasticity, 0.35, 0.65, 7.0
    index = d**sigma * ca ** (1 - sigma) + e**sigma * ct ** (1 - sigma)
    mix = best(net, budget=budget, agglomeration_cost=ca, technology_cost=ct)
    assert mix.agglomeration == pytest.approx(budget * (d / ca) ** sigma / index, rel=1e-9)
    assert mix.technology == pytest.approx(budget * (e / ct) ** sigma / index, rel=1e-9)


@given(NETS, st.floats(0.5, 6), st.floats(0.3, 2), st.floats(0.3, 2))
@settings(max_examples=30, deadline=None)
def test_no_other_mix_for_the_budget_is_better(net: NetEffect, budget: float, ca: float, ct: float) -> None:
    mix = best(net, budget=budget, agglomeration_cost=ca, technology_cost=ct)
    line = np.linspace(0, budget / ca, 3001)
    with np.errstate(all="ignore"):
        others = net.value(line, np.maximum((budget - ca * line) / ct, 0))
    assert mix.value >= np.nanmax(others) - 1e-10
    assert ca * mix.agglomeration + ct * mix.technology == pytest.approx(budget)


@given(NETS, st.floats(0.5, 4), st.floats(0.5, 2), st.floats(0.5, 2))
@settings(max_examples=25, deadline=None)
def test_comparative_statics_are_the_derivatives_of_the_best_mix(
    net: NetEffect, budget: float, ca: float, ct: float
) -> None:
    moved = statics(net, budget=budget, agglomeration_cost=ca, technology_cost=ct)
    mix = best(net, budget=budget, agglomeration_cost=ca, technology_cost=ct)
    if moved is None or min(mix.agglomeration, mix.technology) < 0.02:
        return
    h = 1e-5

    def at(b: float, x: float, y: float) -> np.ndarray:
        one = best(net, budget=b, agglomeration_cost=x, technology_cost=y)
        return np.array([one.agglomeration, one.technology])

    plain = {
        "by_agglomeration_cost": (at(budget, ca + h, ct) - at(budget, ca - h, ct)) / (2 * h),
        "by_technology_cost": (at(budget, ca, ct + h) - at(budget, ca, ct - h)) / (2 * h),
        "by_budget": (at(budget + h, ca, ct) - at(budget - h, ca, ct)) / (2 * h),
    }
    if max(np.abs(v).max() for v in plain.values()) > 1e3:  # two mixes are about as good: the best one jumps
        return
    for name, value in plain.items():
        assert getattr(moved, name) == pytest.approx(tuple(value), rel=2e-3, abs=2e-4)


def test_at_a_corner_there_are_no_derivatives() -> None:
    only_technology = NetEffect(weight=0.01, substitution=0.999, congestion=5.0, crowding=1.0, relief=0.0)
    mix = best(only_technology, budget=1.0)
    assert mix.agglomeration == 0
    assert np.isnan(mix.multiplier)
    assert statics(only_technology, budget=1.0) is None


@given(NETS, st.floats(0.5, 4), st.floats(0.4, 2))
@settings(max_examples=20, deadline=None)
def test_the_cheapest_mix_and_the_best_mix_are_each_others_dual(net: NetEffect, budget: float, ct: float) -> None:
    mix = best(net, budget=budget, technology_cost=ct)
    back = cheapest(net, value=mix.value, technology_cost=ct)
    assert back.budget == pytest.approx(budget, rel=1e-7)
    assert back.value == pytest.approx(mix.value, rel=1e-9)


def test_the_cheapest_mix_equals_a_general_optimiser() -> None:
    net = NetEffect(scale=2.0, weight=0.4, substitution=0.2, returns=0.7, congestion=0.15, crowding=2.2, relief=0.8)
    found = minimize(
        lambda x: x[0] + 0.6 * x[1],
        [1.0, 1.0],
        bounds=[(1e-6, None)] * 2,
        constraints={"type": "eq", "fun": lambda x: float(net.value(x[0], x[1])) - 1.2},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    mix = cheapest(net, value=1.2, technology_cost=0.6)
    assert (mix.agglomeration, mix.technology) == pytest.approx(tuple(found.x), abs=1e-5)
    assert mix.budget == pytest.approx(found.fun, abs=1e-9)


@given(NETS, st.floats(0.2, 3), st.floats(0.1, 0.6))
@settings(max_examples=25, deadline=None)
def test_figure_1a_has_the_order_the_paper_draws(net: NetEffect, technology: float, dispersion: float) -> None:
    if net.crowding <= net.returns + 0.3:  # the best agglomeration may be beyond any bound
        return
    try:
        e1, e2, e3, e4 = technology_moves(net, technology=technology, dispersion=dispersion)
    except JiqunError as error:
        # Only complements have a benefit that technology alone cannot raise without bound.
        assert "makes up for" in str(error)  # noqa: PT017
        assert net.substitution < 0
        return
    assert e1.agglomeration == e4.agglomeration > e2.agglomeration == e3.agglomeration
    assert e1.value > e2.value
    assert e3.value == pytest.approx(e1.value, rel=1e-6, abs=1e-9)
    assert e3.technology > e1.technology == e2.technology
    assert e4.value > e3.value
    around = [float(net.value(e1.agglomeration * f, technology)) for f in (0.99, 1.01)]
    assert e1.value >= max(around)


def test_complements_may_have_no_technology_that_makes_up_for_agglomeration() -> None:
    net = NetEffect(weight=0.75, substitution=-1.0, returns=1.0, congestion=0.5, crowding=2.0, relief=0.0)
    with pytest.raises(JiqunError, match="no technology makes up for the loss of 50%"):
        technology_moves(net, technology=1.0, dispersion=0.5)


def test_figure_1b_substitutes_technology_when_it_becomes_cheaper() -> None:
    net = NetEffect(scale=2.0, substitution=0.4)
    a1, a2, b1, b2 = budget_moves(net, value=1.0, technology_cost_after=0.4)
    assert a1.value == pytest.approx(a2.value) == pytest.approx(1.0)
    assert b1.value == pytest.approx(b2.value) == pytest.approx(1.2)
    assert a2.agglomeration < a1.agglomeration
    assert a2.technology > a1.technology
    assert b1.agglomeration > a1.agglomeration
    assert b2.technology > a2.technology
    assert a2.budget < a1.budget < b1.budget
    # Each is tangent to its line: the ratio of the derivatives is the ratio of the costs.
    for point, cost in ((a1, 1.0), (a2, 0.4), (b1, 1.0), (b2, 0.4)):
        by_a, by_t = net.gradient(point.agglomeration, point.technology)
        assert by_a / by_t == pytest.approx(1 / cost, rel=1e-6)


def test_an_indifference_curve_has_one_net_effect_and_gaps_where_none_reaches_it() -> None:
    net = NetEffect()
    curve = indifference_curve(net, 0.8, np.array([0.3, 1.0, 2.0]))
    assert net.value(curve["agglomeration"].to_numpy(), curve["technology"].to_numpy()) == pytest.approx([0.8] * 3)
    hopeless = replace(net, substitution=-1.0)
    assert indifference_curve(hopeless, 50.0, np.array([0.1]))["technology"].to_list() == [None]
    assert technology_for(net, 1.0, -5.0) == 0


def test_a_fit_recovers_planted_parameters_and_its_intervals_hold_them() -> None:
    truth = NetEffect(scale=1.4, weight=0.45, substitution=0.3, returns=0.9, congestion=0.12, crowding=2.0, relief=1.0)
    names = ("scale", "weight", "substitution", "returns", "congestion")
    inside = dict.fromkeys(names, 0)
    runs = 25
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        places = np.repeat(np.arange(60), 8)
        a, t = rng.uniform(0.2, 4, (2, places.size))
        shared = rng.normal(0, 0.03, 60)[places]
        fitted = fit(truth.value(a, t) + shared + rng.normal(0, 0.03, places.size), a, t, groups=places)
        table = {row["parameter"]: row for row in fitted.table.iter_rows(named=True)}
        for name in names:
            inside[name] += table[name]["low"] <= getattr(truth, name) <= table[name]["high"]
        assert fitted.explained > 0.9
        assert table["relief"]["note"] == "held, not estimated"
    # 95 % intervals miss a truth more than 5 times in 25 with a chance below 1 %.
    assert min(inside.values()) >= runs - 5


def test_a_fit_refuses_what_it_cannot_use() -> None:
    ones = np.ones(40)
    with pytest.raises(JiqunError, match="cannot tell the parameters apart"):
        fit(ones, ones, ones)
    with pytest.raises(JiqunError, match="at least 15 rows"):
        fit(ones[:5], ones[:5], ones[:5])
    with pytest.raises(JiqunError, match="above 0"):
        fit(ones, -ones, ones)
    with pytest.raises(JiqunError, match="does not know colour"):
        fit(ones, ones, ones, held={"colour": 1.0})
    with pytest.raises(JiqunError, match="0 < weight < 1"):
        NetEffect(weight=1.5)
    with pytest.raises(JiqunError, match="positive unit costs"):
        best(NetEffect(), budget=1.0, technology_cost=0.0)
    with pytest.raises(JiqunError, match="positive budget"):
        best(NetEffect(), budget=-1.0)
    with pytest.raises(JiqunError, match="no budget with a net effect"):
        cheapest(NetEffect(), value=-1.0)
    with pytest.raises(JiqunError, match="no best agglomeration"):
        technology_moves(NetEffect(returns=1.2, crowding=1.0), technology=1.0)
    with pytest.raises(JiqunError, match="needs congestion"):
        technology_moves(NetEffect(congestion=0.0), technology=1.0)


@given(NETS, *(st.floats(0.1, 4) for _ in range(4)))
@settings(max_examples=40, deadline=None)
def test_the_two_contributions_add_up_and_a_factor_that_stays_contributes_nothing(
    net: NetEffect, a0: float, t0: float, a1: float, t1: float
) -> None:
    split = contributions(net, (a0, t0), (a1, t1))
    assert split.agglomeration + split.technology == pytest.approx(float(split.change), abs=1e-10)
    assert contributions(net, (a0, t0), (a1, t0)).technology == 0
    assert contributions(net, (a0, t0), (a0, t1)).agglomeration == 0


def test_without_congestion_more_agglomeration_is_always_better() -> None:
    assert best_agglomeration(NetEffect(congestion=0.0), 1.0, most=50.0) == pytest.approx(50.0, rel=1e-6)
