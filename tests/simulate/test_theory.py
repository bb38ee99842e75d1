"""Every closed form is met: by independent algebra where there is some, and by the simulation of its mechanism."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import binom

from jiqun.cluster import JiqunError
from jiqun.simulate import ensemble, run
from jiqun.simulate.engine import crowd_word, key_of
from jiqun.simulate.models import (
    adoption,
    armstrong,
    bass,
    capacity,
    churn,
    core_periphery,
    footloose,
    money,
    production,
    recommender,
    rnd_network,
    rochet_tirole,
    search,
    urn_ball,
)

# ── Two-sided adoption ────────────────────────────────────────────────────────────────────────────────────


def test_adoption_has_the_published_equilibria_and_folds() -> None:
    found = adoption.equilibria(-3, 6, -3, 6)
    assert [e.buyers for e in found] == pytest.approx([0.070720, 0.5, 0.929280], abs=5e-7)
    assert [e.stable for e in found] == [True, False, True]
    assert adoption.folds(6) == pytest.approx((-3.415093, -2.584907), abs=5e-7)
    assert adoption.folds(4) is None


@given(st.floats(4.2, 12.0))
@settings(max_examples=8, deadline=None)
def test_there_are_three_equilibria_between_the_folds_and_one_outside(b: float) -> None:
    low, high = adoption.folds(b) or (0.0, 0.0)
    inside = adoption.equilibria((low + high) / 2, b, (low + high) / 2, b)
    assert [e.stable for e in inside] == [True, False, True]
    for a in (low - 0.05, high + 0.05):
        outside = adoption.equilibria(a, b, a, b)
        assert [e.stable for e in outside] == [True]


@given(*(st.floats(-4, 4) for _ in range(2)), *(st.floats(-3, 9) for _ in range(2)))
@settings(max_examples=40, deadline=None)
def test_each_equilibrium_answers_itself_and_is_stable_as_its_iteration_is(
    a1: float, a2: float, b1: float, b2: float
) -> None:
    for e in adoption.equilibria(a1, b1, a2, b2, grid=4001):
        assert adoption.logistic(a1 + b1 * e.sellers) == pytest.approx(e.buyers, abs=1e-9)
        assert adoption.logistic(a2 + b2 * e.buyers) == pytest.approx(e.sellers, abs=1e-12)
        eps = 1e-6
        moved = adoption.logistic(a1 + b1 * adoption.logistic(a2 + b2 * (e.buyers + eps)))
        slope = (moved - e.buyers) / eps
        if abs(slope - 1) > 1e-3:
            assert e.stable == (slope < 1)


def _launch(start: int, agents: int, a: float, b: float, periods: int) -> float:
    """Exact chance that more than half of the buyers are on at the end: the shares are a chain of binomials."""
    states = np.arange(agents + 1)
    to = binom.pmf(states[None, :], agents, [[adoption.logistic(a + b * k / agents)] for k in states])
    at = np.zeros(agents + 1)
    at[start] = 1.0
    for _ in range(periods):
        at = at @ to
    return float(at[states > agents / 2].sum())


@pytest.mark.parametrize("start", [0.45, 0.50, 0.53])
def test_a_small_platform_launches_as_often_as_the_exact_chain_says(start: float) -> None:
    agents, runs = 200, 300
    world = adoption.AdoptionWorld(buyers=agents, sellers=agents, start_buyers=start, start_sellers=start)
    last = ensemble(adoption.MODEL, {"one": world}, periods=20, replicates=runs).runs.filter(pl.col("period") == 20)
    launched = int((last["buyers"] > agents / 2).sum())
    expected = _launch(round(start * agents), agents, -3, 6, 20)
    assert binom.cdf(launched, runs, expected) > 1e-4
    assert binom.sf(launched - 1, runs, expected) > 1e-4


def test_many_agents_follow_the_mean_field() -> None:
    world = adoption.AdoptionWorld(
        buyers=300_000, sellers=200_000, start_buyers=0.3, start_sellers=0.6, revision=0.4, buyers_alone=-2.0
    )
    series = run(adoption.MODEL, world, periods=25).series
    path = adoption.mean_field(world, 25)
    assert np.abs(series["buyer_share"].to_numpy() - path[:, 0]).max() < 0.01
    assert np.abs(series["seller_share"].to_numpy() - path[:, 1]).max() < 0.01


@given(st.integers(1, 60), st.integers(1, 60), st.floats(0.05, 1.0), st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_adoption_equals_its_plain_reference(buyers: int, sellers: int, revision: float, seed: int) -> None:
    world = adoption.AdoptionWorld(buyers=buyers, sellers=sellers, revision=revision, start_buyers=0.6)
    done = run(adoption.MODEL, world, periods=3, seed=seed)
    key = key_of(seed)
    on = [
        [i < round(0.6 * buyers) for i in range(buyers)],
        [i < round(0.5 * sellers) for i in range(sellers)],
    ]
    for period in (1, 2, 3):
        shares = [sum(side) / len(side) for side in on]
        for side in (0, 1):
            chance = adoption.logistic(-3.0 + 6.0 * shares[1 - side])
            for i in range(len(on[side])):
                if crowd_word(key, i, step=period, purpose=side) < revision * 2**32:
                    on[side][i] = crowd_word(key, i, step=period, purpose=2 + side) < chance * 2**32
    assert done.state["buyer_on"].tolist() == on[0]
    assert done.state["seller_on"].tolist() == on[1]


# ── Matching, search, recommending, capacity ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("buyers", "sellers", "places"), [(1000, 1000, 1), (300, 100, 2), (50, 400, 1), (7, 1, 3)])
def test_uncoordinated_calls_match_as_often_as_expected(buyers: int, sellers: int, places: int) -> None:
    world = urn_ball.UrnBallWorld(buyers=buyers, sellers=sellers, capacity=places)
    matches = run(urn_ball.MODEL, world, periods=400).series["matches"].to_numpy()[1:]
    error = max(matches.std(ddof=1) / 20, 1e-9)
    assert abs(matches.mean() - urn_ball.expected_matches(buyers, sellers, places)) < 4 * error
    assert matches.max() <= min(buyers, sellers * places)


def test_urn_ball_has_the_published_figure_and_tends_to_its_limit() -> None:
    assert urn_ball.expected_matches(1000, 1000) == pytest.approx(632.3046, abs=5e-5)
    for capacity_ in (1, 3):
        world = urn_ball.UrnBallWorld(buyers=3_000_000, sellers=2_000_000, capacity=capacity_)
        finite = urn_ball.expected_matches(3_000_000, 2_000_000, capacity_) / 3_000_000
        assert urn_ball.mean_field(world) == pytest.approx(finite, abs=1e-6)


@pytest.mark.parametrize(("cost", "sellers"), [(0.02, 5), (0.005, 3), (0.1, 50), (0.3, 2)])
def test_sequential_search_visits_as_many_and_prices_leave_no_reason_to_change(cost: float, sellers: int) -> None:
    world = search.SearchWorld(buyers=200_000, sellers=sellers, cost=cost)
    series = run(search.MODEL, world, periods=1).series
    assert series["visits"][1] == pytest.approx(search.expected_searches(cost, sellers), rel=0.01)
    p = search.margin(cost, sellers)
    excess = np.linspace(-0.05, 0.05, 2001)
    profits = [(p + d) * search.deviation_demand(d, cost, sellers) for d in excess]
    best = excess[int(np.argmax(profits))]
    # Where the deviator's lower price cuts off no one who comes back, the closed form is exact.
    assert best == pytest.approx(0.0, abs=2e-3 if sellers > 2 else 0.06)


def test_search_has_the_published_figures() -> None:
    assert search.reservation(0.02) == pytest.approx(0.8)
    assert search.margin(0.02, 5) == pytest.approx(0.297477, abs=5e-7)
    assert search.expected_searches(0.02, 5) == pytest.approx(3.3616, abs=1e-12)
    # At the reservation value a further visit is worth exactly its cost.
    a = search.reservation(0.07)
    assert (1 - a) ** 2 / 2 == pytest.approx(0.07)
    with pytest.raises(JiqunError, match="cost of a visit"):
        search.reservation(0.6)


@pytest.mark.parametrize("sample", [1, 3, 8])
def test_the_best_of_a_sample_is_worth_m_over_m_plus_one(sample: int) -> None:
    world = search.SearchWorld(buyers=100_000, sellers=20, rule="fixed", sample=sample)
    series = run(search.MODEL, world, periods=1).series
    assert series["visits"][1] == sample
    assert series["value"][1] == pytest.approx(search.best_of(sample), abs=0.004)


@pytest.mark.parametrize(("items", "alone", "choices"), [(100, 1.0, 2_000), (10, 0.2, 500), (50, 30.0, 1_000)])
def test_a_recommender_by_popularity_concentrates_as_polya_says(items: int, alone: float, choices: int) -> None:
    world = recommender.RecommenderWorld(items=items, alone=alone, choices=choices)
    done = ensemble(recommender.MODEL, {"one": world}, periods=1, replicates=300).runs.filter(pl.col("period") == 1)
    values = done["herfindahl"].to_numpy()
    error = values.std(ddof=1) / math.sqrt(values.size)
    assert abs(values.mean() - recommender.expected_herfindahl(items, alone, choices)) < 4 * error


def test_the_recommender_has_the_published_figure() -> None:
    assert recommender.expected_herfindahl(100, 1.0, 10_000) == pytest.approx(0.019900, abs=5e-7)


@given(st.floats(0.2, 3), st.floats(0.1, 4), st.floats(0.2, 3), st.floats(0.05, 3), st.floats(0.1, 3))
@settings(max_examples=50, deadline=None)
def test_free_offers_balance_bookings_and_returns(
    mass: float, arrive: float, back: float, k: float, eps: float
) -> None:
    s = capacity.free(mass, arrive, back, k, eps)
    assert 0 < s <= mass
    assert back * (mass - s) == pytest.approx(arrive * k * s / (eps + k * s), abs=1e-9)


@pytest.mark.parametrize(
    "world",
    [
        capacity.CapacityWorld(offers=2000),
        capacity.CapacityWorld(offers=3000, mass=0.5, arrivals=2.0, returns=0.7, value=3.0),
    ],
)
def test_a_platform_with_capacity_settles_where_the_quadratic_says(world: capacity.CapacityWorld) -> None:
    k = world.consideration * world.value
    expected = capacity.free(world.mass, world.arrivals, world.returns, k, world.outside)
    assert capacity.mean_field(world, 40)[-1] == pytest.approx(expected, abs=1e-9)
    series = run(capacity.MODEL, world, periods=300).series
    assert series["mean_free"].to_numpy()[40:].mean() == pytest.approx(expected, abs=0.006)
    assert series["free"].max() <= round(world.mass * world.offers)
    assert series["free"].min() >= 0


def test_capacity_has_the_published_figure() -> None:
    assert capacity.free(1, 1, 1, 0.5 * 0.315, 1) == pytest.approx(0.878459, abs=5e-7)


# ── Prices ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("benefit", "transport", "cost"),
    [((0.5, 0.3), (1.0, 1.0), (0.0, 0.0)), ((0.9, 0.1), (0.8, 1.5), (0.3, 0.1)), ((0.0, 0.0), (1.0, 2.0), (1.0, 0.0))],
)
def test_platforms_that_answer_each_other_arrive_at_armstrongs_prices(
    benefit: tuple[float, float], transport: tuple[float, float], cost: tuple[float, float]
) -> None:
    world = armstrong.ArmstrongWorld(benefit=benefit, transport=transport, cost=cost, buyers=20_000, sellers=20_000)
    expected = armstrong.prices(benefit, transport, cost)
    last = run(armstrong.MODEL, world, periods=200).series.row(-1, named=True)
    assert (last["buyer_price"], last["seller_price"]) == pytest.approx((expected.buyers, expected.sellers), abs=1e-9)
    assert last["buyer_share"] == pytest.approx(0.5, abs=0.03)
    assert last["profit"] == pytest.approx(expected.profit, abs=0.02)


def test_no_other_prices_earn_more_against_armstrongs() -> None:
    world = armstrong.ArmstrongWorld(benefit=(0.6, 0.2), transport=(1.0, 0.9), cost=(0.1, 0.2))
    equilibrium = armstrong.prices(world.benefit, world.transport, world.cost)
    rival = np.array([equilibrium.buyers, equilibrium.sellers])

    def loss(own: np.ndarray) -> float:
        return -float(((own - np.array(world.cost)) * armstrong.shares(own, rival, world)).sum())

    found = minimize(loss, rival + 0.1, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14})
    assert found.x == pytest.approx(rival, abs=1e-5)
    assert -found.fun == pytest.approx(equilibrium.profit, abs=1e-9)
    assert armstrong.best_response(rival, world) == pytest.approx(rival, abs=1e-12)


def test_armstrong_has_the_published_figure_and_refuses_a_market_that_tips() -> None:
    equilibrium = armstrong.prices((0.5, 0.3), (1.0, 1.0))
    assert (equilibrium.buyers, equilibrium.sellers, equilibrium.profit) == pytest.approx((0.7, 0.5, 0.6))
    with pytest.raises(JiqunError, match="one platform would take all"):
        armstrong.prices((2.0, 2.0), (1.0, 1.0))


@pytest.mark.parametrize("cost", [0.0, 0.2, 0.8])
def test_a_monopoly_platform_arrives_at_rochet_and_tiroles_price(cost: float) -> None:
    world = rochet_tirole.RochetTiroleWorld(cost=cost, buyers=100_000, sellers=100_000)
    last = run(rochet_tirole.MODEL, world, periods=80).series.row(-1, named=True)
    best = rochet_tirole.price(cost)
    assert (last["buyer_price"], last["seller_price"]) == pytest.approx((best, best), abs=1e-12)
    assert last["profit"] == pytest.approx(rochet_tirole.profit(best, best, cost), abs=0.003)
    around = [rochet_tirole.profit(best + a, best + b, cost) for a in (-0.01, 0, 0.01) for b in (-0.01, 0, 0.01)]
    assert max(around) == rochet_tirole.profit(best, best, cost)


# ── Where firms and workers settle ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("sigma", "mu"), [(5.0, 0.4), (4.0, 0.3), (7.0, 0.6)])
def test_symmetry_breaks_and_the_core_lasts_where_the_formulas_say(sigma: float, mu: float) -> None:
    broken, sustained = core_periphery.break_point(sigma, mu), core_periphery.sustain_point(sigma, mu)
    assert broken < sustained
    gains = [core_periphery.wages(0.5 + 1e-4, broken * f, sigma, mu).gain for f in (0.999, 1.001)]
    assert gains[0] > 0 > gains[1]
    lasting = [core_periphery.wages(1.0, sustained * f, sigma, mu).gain for f in (0.999, 1.0, 1.001)]
    assert lasting[0] > 0 > lasting[2]
    assert lasting[1] == pytest.approx(0, abs=1e-12)


def test_core_and_periphery_have_the_published_figures() -> None:
    assert core_periphery.break_point(5, 0.4) == pytest.approx(1.626577, abs=5e-7)
    assert core_periphery.sustain_point(5, 0.4) == pytest.approx(1.807313, abs=5e-7)
    assert footloose.break_freeness(5, 0.4) == pytest.approx(0.696970, abs=5e-7)
    assert footloose.sustain_freeness(5, 0.4) == pytest.approx(0.695442, abs=5e-7)


def test_between_break_and_sustain_workers_stay_as_history_left_them() -> None:
    world = {"workers": 2_000, "transport": 1.72, "speed": 5.0, "restless": 0.002}
    spread = run(core_periphery.MODEL, core_periphery.CorePeripheryWorld(**world), periods=300).series
    core = run(core_periphery.MODEL, core_periphery.CorePeripheryWorld(**world, start=1.0), periods=300).series
    assert spread["share"][-1] == pytest.approx(0.5, abs=0.06)
    assert core["share"][-1] > 0.9
    cheap = core_periphery.CorePeripheryWorld(**world | {"transport": 1.4})
    assert abs(run(core_periphery.MODEL, cheap, periods=600).series["share"][-1] - 0.5) > 0.4
    dear = core_periphery.CorePeripheryWorld(**world | {"transport": 2.2}, start=1.0)
    assert run(core_periphery.MODEL, dear, periods=600).series["share"][-1] == pytest.approx(0.5, abs=0.06)


def test_many_workers_follow_the_mean_field() -> None:
    world = core_periphery.CorePeripheryWorld(workers=400_000, transport=2.0, start=0.9, speed=1.0)
    share = run(core_periphery.MODEL, world, periods=40).series["share"].to_numpy()
    assert np.abs(share - core_periphery.mean_field(world, 40)).max() < 0.003
    free = footloose.FootlooseWorld(entrepreneurs=400_000, freeness=0.8, start=0.6, speed=20.0)
    share = run(footloose.MODEL, free, periods=40).series["share"].to_numpy()
    assert np.abs(share - footloose.mean_field(free, 40)).max() < 0.003


@pytest.mark.parametrize(("sigma", "mu"), [(5.0, 0.4), (3.0, 0.5), (8.0, 0.2)])
def test_entrepreneurs_gather_where_the_freeness_of_trade_says(sigma: float, mu: float) -> None:
    broken, sustained = footloose.break_freeness(sigma, mu), footloose.sustain_freeness(sigma, mu)
    assert sustained < broken
    assert (
        footloose.gain(0.5 + 1e-5, broken * 0.999, sigma, mu)
        < 0
        < footloose.gain(0.5 + 1e-5, broken * 1.001, sigma, mu)
    )
    assert footloose.gain(1.0, sustained, sigma, mu) == pytest.approx(0, abs=1e-12)
    assert footloose.gain(1.0, sustained * 0.999, sigma, mu) < 0 < footloose.gain(1.0, sustained * 1.001, sigma, mu)


def test_the_concentration_of_churn_is_recovered_by_maximum_likelihood() -> None:
    rng = np.random.default_rng(1)
    places = rng.dirichlet(np.ones(30) * 3)
    for truth in (5.0, 20.0, 80.0):
        world = churn.ChurnWorld(concentration=truth, weights=tuple(places))
        counts = np.array([run(churn.MODEL, world, periods=2, replicate=r).state["counts"] for r in range(10)])
        found = churn.estimate(counts, shares=places, level=0.999)
        assert found.low < truth < found.high
        assert found.low < found.concentration < found.high
        assert found.gamma == 1 / (1 + found.concentration)


def test_churn_keeps_the_moments_it_should_have_in_the_long_run() -> None:
    world = churn.ChurnWorld(firms=100, places=5, concentration=4.0, moves=400)
    first = np.array([run(churn.MODEL, world, periods=1, replicate=r).state["counts"] for r in range(400)])
    assert (first.sum(axis=1) == 100).all()
    exact = churn.variance(100, 0.2, 4.0)
    # Five places of one distribution: the mean of their variances has an error of about 5 % here.
    assert first.var(axis=0).mean() == pytest.approx(exact, rel=0.2)


@pytest.mark.parametrize("gamma", [0.02, 0.1])
def test_ellison_and_glaesers_index_measures_what_churn_has_made(gamma: float) -> None:
    from jiqun.measure import ellison_glaeser

    concentration = (1 - gamma) / gamma
    places = 25
    values = []
    for replicate in range(12):
        frames = []
        for industry in range(8):
            world = churn.ChurnWorld(firms=150, places=places, concentration=concentration)
            state = run(churn.MODEL, world, periods=1, seed=industry, replicate=replicate).state
            frames.append(pl.DataFrame({"place_id": state["place"], "industry_id": [f"i{industry}"] * 150}))
        # A large even industry holds the shares of all at one over the number of places.
        even = pl.DataFrame(
            {"place_id": np.repeat(np.arange(places, dtype=np.int32), 2000), "industry_id": ["even"] * places * 2000}
        )
        plants = pl.concat([*frames, even]).with_columns(
            pl.col("place_id").cast(pl.String), size=pl.lit(1.0), actor_id=pl.int_range(pl.len()).cast(pl.String)
        )
        table = ellison_glaeser(plants, replicates=0)
        values += table.filter(pl.col("industry_id") != "even")["value"].to_list()
    mean, error = np.mean(values), np.std(values, ddof=1) / math.sqrt(len(values))
    assert abs(mean - gamma) < 4 * error + 0.001


def test_estimate_refuses_what_it_cannot_read() -> None:
    with pytest.raises(JiqunError, match="two places"):
        churn.estimate(np.array([[3], [4]]))
    with pytest.raises(JiqunError, match="not negative"):
        churn.estimate(np.array([[3, -1], [4, 4]]))
    with pytest.raises(JiqunError, match="share for each place"):
        churn.estimate(np.array([[3, 1], [4, 4]]), shares=np.array([1.0, 0.0]))


# ── Production and research ───────────────────────────────────────────────────────────────────────────────


def _economy(seed: int, n: int = 6) -> production.Economy:
    rng = np.random.default_rng(seed)
    shares = rng.uniform(size=(n, n)) * (rng.uniform(size=(n, n)) < 0.6)
    shares *= (rng.uniform(0.2, 0.8, n) / np.maximum(shares.sum(axis=1), 1e-9))[:, None]
    return production.Economy(shares, rng.dirichlet(np.ones(n)), rng.uniform(0, 0.4, (n, n)))


@pytest.mark.parametrize("seed", range(5))
def test_distortion_centrality_is_what_a_subsidy_is_worth_in_equilibrium(seed: int) -> None:
    economy = _economy(seed)
    xi, workers = production.distortion_centrality(economy), production.sales(economy) * economy.labour
    assert workers.sum() == pytest.approx(1)
    for i in range(economy.final.size):
        step = np.zeros(economy.final.size)
        step[i] = 1e-6
        gain = (production.consumption(economy, step) - production.consumption(economy, -step)) / 2e-6
        # A unit spent on the subsidy takes a unit from everyone and is worth ξ.
        assert gain == pytest.approx(workers[i] * (xi[i] - 1), abs=1e-7)


@pytest.mark.parametrize("seed", range(3))
def test_a_small_reform_raises_the_real_wage_as_the_formula_says(seed: int) -> None:
    economy = _economy(seed)
    change = np.random.default_rng(seed + 100).uniform(-1, 1, economy.wedges.shape) * 1e-6
    after = production.Economy(economy.shares, economy.final, np.maximum(economy.wedges + change, 0))
    exact = production.consumption(after) - production.consumption(economy)
    assert production.reform(economy, after.wedges - economy.wedges) == pytest.approx(exact, rel=1e-4, abs=1e-11)


def test_a_chain_of_three_has_the_published_ratios() -> None:
    shares = np.array([[0, 0.5, 0], [0, 0, 0.5], [0, 0, 0.0]])
    xi = production.distortion_centrality(production.Economy(shares, np.array([1.0, 0, 0]), np.full((3, 3), 0.2)))
    assert xi[::-1] / xi[0] == pytest.approx([1.44, 1.2, 1.0], abs=1e-12)


def test_without_wedges_no_subsidy_gains_anything() -> None:
    economy = _economy(9)
    flat = production.Economy(economy.shares, economy.final, np.zeros_like(economy.wedges))
    assert production.distortion_centrality(flat) == pytest.approx(np.ones(6), abs=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_output_stays_without_a_shock_and_answers_one_by_the_leontief_inverse(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 5
    table = rng.uniform(0, 0.9 / n, (n, n))
    final, shock = rng.uniform(10, 100, n), rng.uniform(-1, 1, n)
    parameters = {"coefficients": tuple(map(tuple, table)), "final": tuple(final)}
    still = run(production.MODEL, production.ProductionWorld(**parameters), periods=30)
    before = production.leontief(table, final)
    assert still.state["output"] / 1e6 == pytest.approx(before, abs=1e-4)
    moved = run(production.MODEL, production.ProductionWorld(**parameters, shock=tuple(shock)), periods=300)
    assert moved.state["output"] / 1e6 - before == pytest.approx(np.linalg.inv(np.eye(n) - table) @ shock, abs=1e-4)


@given(st.integers(0, 10_000), st.integers(1, 6), st.floats(0, 3))
@settings(max_examples=20, deadline=None)
def test_every_unit_made_is_used_sold_or_stored(seed: int, n: int, inventory: float) -> None:
    rng = np.random.default_rng(seed)
    table = rng.uniform(0, 0.95 / n, (n, n))
    final = rng.uniform(0, 50, n)
    world = production.ProductionWorld(
        coefficients=tuple(map(tuple, table)), final=tuple(final), shock=tuple(rng.uniform(-1, 2, n) * final),
        shock_period=2, inventory=inventory,
    )  # fmt: skip
    store = None
    for periods in range(1, 6):
        state = run(production.MODEL, world, periods=periods).state
        assert min(int(state[k].min()) for k in ("output", "used", "sold", "store", "unserved")) >= 0
        assert (state["orders"] == state["used"] + state["sold"] + state["unserved"]).all()
        if store is not None:
            assert (state["store"] - store == state["output"] - state["used"] - state["sold"]).all()
        store = state["store"]


@pytest.mark.parametrize("schedule", ["synchronous", "random_order", "fixed_order", "event"])
def test_research_efforts_answer_each_other_until_they_are_the_katz_bonacich_centrality(schedule: str) -> None:
    world = rnd_network.ResearchWorld(firms=80, decay=0.6, schedule=schedule)
    done = run(rnd_network.MODEL, world, periods=150)
    network = rnd_network._network(done.state, world)
    expected = rnd_network.effort(network, float(done.state["decay"][0]))
    assert done.state["effort"] == pytest.approx(expected, abs=1e-8)
    dense = np.linalg.inv(np.eye(80) - float(done.state["decay"][0]) * network.toarray()).sum(axis=1)
    assert expected == pytest.approx(dense, abs=1e-10)


def test_research_refuses_a_decay_at_the_bound_and_finds_the_key_player() -> None:
    rng = np.random.default_rng(0)
    upper = np.triu(rng.uniform(size=(9, 9)) < 0.35, 1).astype(float)
    network = sp.csr_array(upper + upper.T)
    bound = rnd_network.largest_decay(network)
    with pytest.raises(JiqunError, match="below 1/λmax"):
        rnd_network.effort(network, bound)
    totals = []
    for left in range(9):
        keep = np.arange(9) != left
        totals.append(rnd_network.effort(sp.csr_array(network.toarray()[keep][:, keep]), 0.5 * bound).sum())
    assert rnd_network.key_player(network, 0.5 * bound) == int(np.argmin(totals))


# ── Diffusion and schedules ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("p", "q"), [(0.03, 0.38), (0.01, 0.5)])
def test_diffusion_peaks_and_grows_as_bass_says(p: float, q: float) -> None:
    world = bass.BassWorld(agents=100_000, innovation=p, imitation=q, step=0.02)
    share = run(bass.MODEL, world, periods=1000).series["share"].to_numpy()
    times = np.arange(1001) * 0.02
    exact = np.array([bass.adopted(t, p, q) for t in times])
    assert np.abs(share - exact).max() < 0.025
    assert np.abs(share - bass.mean_field(world, 1000)).max() < 0.025
    adoptions = np.diff(exact)
    assert times[int(np.argmax(adoptions))] == pytest.approx(bass.peak(p, q), abs=0.06)


def test_diffusion_has_the_published_figures() -> None:
    assert bass.peak(0.03, 0.38) == pytest.approx(6.1926, abs=5e-5)
    assert bass.adopted(bass.peak(0.03, 0.38), 0.03, 0.38) == pytest.approx(0.46053, abs=5e-6)
    assert bass.peak(0.4, 0.1) == 0


@pytest.mark.parametrize("schedule", sorted(money.LONG_RUN_GINI))
def test_the_schedule_alone_decides_the_distribution_of_money(schedule: str) -> None:
    world = money.MoneyWorld(agents=20_000, schedule=schedule)
    series = run(money.MODEL, world, periods=400).series
    assert series["money"].unique().to_list() == [20_000]
    late = series.filter(pl.col("period") > 200)
    assert late["gini"].mean() == pytest.approx(money.LONG_RUN_GINI[schedule], abs=0.004)
    if schedule == "synchronous":
        assert late["poor"].mean() == pytest.approx(money.POOR, abs=0.003)
    if schedule == "event":
        assert late["poor"].mean() == pytest.approx(0.5, abs=0.004)


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_the_gini_coefficient_is_half_the_relative_mean_difference(amounts: list[int]) -> None:
    wealth = np.array(amounts)
    mean = wealth.mean()
    plain = 0.0 if mean == 0 else np.abs(wealth[:, None] - wealth[None, :]).mean() / (2 * mean)
    assert money.gini(wealth) == pytest.approx(plain, abs=1e-12)


@given(
    st.sampled_from(["synchronous", "random_order", "fixed_order", "event"]),
    st.integers(2, 40),
    st.integers(0, 5),
    st.integers(0, 1000),
)
@settings(max_examples=25, deadline=None)
def test_money_is_neither_made_nor_lost_nor_owed(schedule: str, agents: int, each: int, seed: int) -> None:
    world = money.MoneyWorld(agents=agents, money=each, schedule=schedule)  # type: ignore[arg-type]
    done = run(money.MODEL, world, periods=5, seed=seed)
    assert done.series["money"].unique().to_list() == [agents * each]
    assert done.state["wealth"].min() >= 0
