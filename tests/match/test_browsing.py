"""The market left to itself follows the theory of search."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun import JiqunError
from jiqun.match.browsing import fixed_sample, inspect, reservation_value, sequential_search


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=20), st.floats(0.01, 2.0))
def test_one_more_look_is_worth_its_cost_at_the_reservation_value(utilities: list[float], cost: float) -> None:
    u = np.array(utilities)
    z = reservation_value(u, cost)
    assert np.maximum(u - z, 0.0).mean() == pytest.approx(cost, abs=1e-9)


def test_of_uniform_offers_the_reservation_value_is_that_of_the_closed_form() -> None:
    # E max(u - z, 0) = (1 - z)² / 2 = c
    u = (np.arange(200_000) + 0.5) / 200_000
    assert reservation_value(u, 0.02) == pytest.approx(1.0 - np.sqrt(0.04), abs=1e-5)


def test_sequential_search_looks_one_over_the_chance_of_a_good_offer_and_beats_any_fixed_sample() -> None:
    rng = np.random.default_rng(0)
    u, cost = rng.random((20_000, 400)), 0.02
    z = reservation_value(rng.random(100_000), cost)
    found = sequential_search(u, z, budget=400, cost=cost)
    assert found.inspected.mean() == pytest.approx(1.0 / (1.0 - z), rel=0.03)
    # Weitzman: what the search is worth is the reservation value.
    assert found.utility.mean() == pytest.approx(z, abs=0.01)
    assert all(fixed_sample(u, n, cost=cost).utility.mean() < found.utility.mean() for n in (1, 3, 6, 10, 20))


def test_the_best_of_n_uniform_offers_is_n_over_n_plus_one() -> None:
    u = np.random.default_rng(1).random((50_000, 9))
    assert fixed_sample(u, 9).utility.mean() == pytest.approx(0.9, abs=0.002)


def test_a_full_firm_refuses_and_the_look_is_spent() -> None:
    listed = np.array([[0, 1], [0, 1], [0, -1]])
    found = inspect(listed, np.ones((3, 2), bool), capacity=np.array([1, 1]), cost=0.1)
    assert found.supplier.tolist() == [0, 1, -1]
    assert found.inspected.tolist() == [1, 2, 1]
    assert found.utility == pytest.approx([0.9, 0.8, -0.1])
    assert found.summary()["success"] == pytest.approx(2 / 3)


def test_the_budget_ends_the_search() -> None:
    found = inspect(np.array([[3, 4, 5]]), np.array([[False, False, True]]), budget=2)
    assert not found.served[0]
    assert found.inspected[0] == 2


def test_senseless_numbers_are_refused() -> None:
    with pytest.raises(JiqunError, match="budget of at least 1"):
        inspect(np.zeros((1, 1), int), np.ones((1, 1), bool), budget=0)
    with pytest.raises(JiqunError, match="cost above 0"):
        reservation_value(np.array([1.0]), 0.0)
