"""Allocation: never over capacity, within its proved gap of the exact optimum, prices that say who is sought after."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from jiqun.cluster import JiqunError
from jiqun.match.allocate import Candidates, allocate
from jiqun.match.congestion import congestion_prices, expected_demand


def _market(
    seed: int, needs: int = 12, suppliers: int = 5, share: float = 0.6
) -> tuple[Candidates, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    need, supplier = np.nonzero(rng.uniform(size=(needs, suppliers)) < share)
    value = rng.normal(1.0, 1.0, need.size)
    market = Candidates(need, supplier, value, needs, suppliers)
    return market, rng.integers(0, 4, suppliers), rng.integers(0, 4, needs), rng.normal(0, 0.3, needs)


def _most(market: Candidates, worth: np.ndarray, quantity: np.ndarray, capacity: np.ndarray) -> float:
    """The transportation problem by linear programming."""
    m = market.need.size
    rows = np.zeros((market.needs + market.suppliers, m))
    rows[market.need, np.arange(m)] = 1
    rows[market.needs + market.supplier, np.arange(m)] = 1
    return float(-linprog(-worth, A_ub=rows, b_ub=np.concatenate([quantity, capacity]), bounds=(0, None)).fun)


@given(st.integers(0, 10_000), st.sampled_from([0.3, 0.05, 1e-3]))
@settings(max_examples=60, deadline=None)
def test_the_value_is_within_the_proved_gap_of_the_exact_optimum_and_capacity_holds(seed: int, epsilon: float) -> None:
    market, capacity, quantity, outside = _market(seed)
    done = allocate(market, capacity, quantity=quantity, outside=outside, epsilon=epsilon)
    best = _most(market, market.value - outside[market.need], quantity, capacity) + float(quantity @ outside)
    served = done.supplier >= 0
    assert (np.bincount(done.supplier[served], minlength=market.suppliers) <= capacity).all()
    assert done.value <= best + 1e-9
    assert best <= done.bound + 1e-9
    assert done.gap <= epsilon * quantity.sum() + 1e-9
    pairs = {(n, s): v for n, s, v in zip(market.need, market.supplier, market.value, strict=True)}
    worth = sum(pairs[n, s] if s >= 0 else outside[n] for n, s in zip(done.need, done.supplier, strict=True))
    assert done.value == pytest.approx(worth)


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_a_price_is_asked_only_where_no_place_is_left_and_no_one_envies_by_more_than_epsilon(seed: int) -> None:
    market, capacity, quantity, outside = _market(seed)
    done = allocate(market, capacity, quantity=quantity, outside=outside, epsilon=0.01)
    load = np.bincount(done.supplier[done.supplier >= 0], minlength=market.suppliers)
    assert (load[done.price > 0] == capacity[done.price > 0]).all()
    assert (np.isinf(done.price) == (capacity == 0)).all()
    open_ = capacity[market.supplier] > 0
    for n, s in zip(done.need, done.supplier, strict=True):
        mine = (market.need == n) & open_
        net = np.concatenate([market.value[mine] - done.price[market.supplier[mine]], [outside[n]]])
        own = outside[n] if s < 0 else market.value[mine & (market.supplier == s)][0] - done.price[s]
        assert own >= net.max() - 0.01 - 1e-9


def test_the_order_of_candidates_within_a_need_does_not_matter() -> None:
    market, capacity, quantity, outside = _market(4, needs=40, suppliers=8)
    rng = np.random.default_rng(0)
    shuffled = np.lexsort((rng.uniform(size=market.need.size), market.need))
    other = Candidates(market.need[shuffled], market.supplier[shuffled], market.value[shuffled], 40, 8)
    first, second = (allocate(m, capacity, quantity=quantity, outside=outside) for m in (market, other))
    assert first.supplier.tolist() == second.supplier.tolist()
    assert first.price.tolist() == second.price.tolist()


@given(st.integers(0, 10_000))
@settings(max_examples=30, deadline=None)
def test_minimum_exposure_is_met_as_far_as_any_allocation_can_meet_it(seed: int) -> None:
    market, capacity, quantity, _ = _market(seed, needs=10, suppliers=4)
    least = np.minimum(np.random.default_rng(seed).integers(0, 3, 4), capacity)
    done = allocate(market, capacity, quantity=quantity, outside=-9.0, least=least, epsilon=1e-3)
    load = np.bincount(done.supplier[done.supplier >= 0], minlength=4)
    assert (load <= capacity).all()
    assert np.minimum(load, least).sum() == pytest.approx(_most(market, np.ones(market.need.size), quantity, least))
    free = allocate(market, capacity, quantity=quantity, outside=-9.0, least=np.zeros(4, dtype=int), epsilon=1e-3)
    plain = allocate(market, capacity, quantity=quantity, outside=-9.0, epsilon=1e-3)
    assert free.supplier.tolist() == plain.supplier.tolist()


def test_the_allocation_is_as_near_to_a_minimum_cost_flow_as_it_says() -> None:
    flow = pytest.importorskip("ortools.graph.python.min_cost_flow")
    rng = np.random.default_rng(3)
    needs, suppliers, each, scale = 2_000, 300, 12, 1_000_000
    need = np.repeat(np.arange(needs), each)
    supplier = np.concatenate([rng.choice(suppliers, each, replace=False) for _ in range(needs)])
    value = rng.uniform(0, 1, need.size)
    capacity = rng.integers(1, 12, suppliers)
    solver, sink = flow.SimpleMinCostFlow(), needs + suppliers
    cost = -np.rint(value * scale).astype(np.int64)
    solver.add_arcs_with_capacity_and_unit_cost(need, needs + supplier, np.ones(need.size, np.int64), cost)
    alone = np.ones(needs, np.int64), np.zeros(needs, np.int64)
    solver.add_arcs_with_capacity_and_unit_cost(np.arange(needs), np.full(needs, sink), *alone)
    ends = needs + np.arange(suppliers), np.full(suppliers, sink)
    solver.add_arcs_with_capacity_and_unit_cost(*ends, capacity, np.zeros(suppliers, np.int64))
    solver.set_nodes_supplies(np.arange(needs), np.ones(needs, np.int64))
    solver.set_node_supply(sink, -needs)
    assert solver.solve() == solver.OPTIMAL
    best = -solver.optimal_cost() / scale
    done = allocate(Candidates(need, supplier, value, needs, suppliers), capacity, epsilon=1e-4)
    rounding = needs / scale
    assert done.value <= best + rounding
    assert best - rounding <= done.bound
    assert done.gap <= 1e-4 * needs


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"capacity": np.array([-1, 1])}, "not negative"),
        ({"capacity": np.array([1])}, "capacity for each of 2"),
        ({"value": np.array([np.nan, 1, 1, 1])}, "finite values"),
        ({"need": np.array([1, 0, 0, 1])}, "sorted by need"),
        ({"supplier": np.array([0, 1, 0, 7])}, "with codes below"),
    ],
)
def test_what_cannot_be_allocated_is_refused(change: dict[str, np.ndarray], message: str) -> None:
    plain = {"need": np.array([0, 0, 1, 1]), "supplier": np.array([0, 1, 0, 1]), "value": np.ones(4)}
    given_ = plain | {"capacity": np.array([1, 1])} | change
    capacity = given_.pop("capacity")
    with pytest.raises(JiqunError, match=message):
        allocate(Candidates(**given_, needs=2, suppliers=2), capacity)


def test_nothing_to_allocate_is_an_empty_allocation_and_no_capacity_serves_no_one() -> None:
    none = np.array([], dtype=np.int64)
    empty = allocate(Candidates(none, none, np.array([]), 3, 2), np.array([1, 1]))
    assert empty.supplier.tolist() == [-1, -1, -1]
    market, _, _, _ = _market(1)
    assert (allocate(market, np.zeros(5, dtype=int)).supplier == -1).all()


@given(st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_congestion_prices_bring_expected_demand_within_capacity_and_bind_only_where_it_is_scarce(seed: int) -> None:
    market, capacity, _, _ = _market(seed, needs=40, suppliers=6)
    found = congestion_prices(market, capacity)
    open_ = capacity > 0
    assert (found.demand[open_] <= capacity[open_] * 1.001 + 1e-12).all()
    assert found.demand[~open_] == pytest.approx(np.zeros((~open_).sum()), abs=1e-9)
    priced = open_ & (found.price > 1e-6)
    assert found.demand[priced] == pytest.approx(capacity[priced], rel=0.02)
    again = expected_demand(market, np.where(open_, found.price, 1e9), sharpness=8.0, outside=0.0)
    assert again[open_] == pytest.approx(found.demand[open_], rel=1e-6)


def test_sharp_congestion_prices_approach_those_of_the_auction() -> None:
    rng = np.random.default_rng(8)
    needs, suppliers = 300, 6
    need, supplier = np.repeat(np.arange(needs), suppliers), np.tile(np.arange(suppliers), needs)
    value = (rng.normal(size=(needs, suppliers)) * 0.3 + np.linspace(1, 2, suppliers)).ravel()
    market = Candidates(need, supplier, value, needs, suppliers)
    capacity = np.full(suppliers, 55)
    exact = allocate(market, capacity, outside=-9.0, epsilon=1e-4).price
    soft = congestion_prices(market, capacity, outside=-9.0, sharpness=100.0, rounds=20_000).price
    assert np.abs(exact - soft).max() < 0.1
