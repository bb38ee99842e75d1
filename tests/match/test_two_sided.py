"""Both sides choose: stability, the proposers' best, surplus and matches that are each other's inverse."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import JiqunError
from jiqun.match.allocate import Candidates
from jiqun.match.stable import blocking_pairs, stable_matching
from jiqun.match.surplus import expected_matches, surplus_from


def _market(seed: int, needs: int, suppliers: int, share: float) -> tuple[Candidates, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    need, supplier = np.nonzero(rng.uniform(size=(needs, suppliers)) < share)
    market = Candidates(need, supplier, rng.normal(0.5, 1, need.size), needs, suppliers)
    return market, rng.normal(0.5, 1, need.size), rng.integers(0, 3, suppliers)


@given(st.integers(0, 100_000), st.integers(1, 40), st.integers(1, 12), st.floats(0.1, 1.0))
@settings(max_examples=80, deadline=None)
def test_no_pair_prefers_each_other(seed: int, needs: int, suppliers: int, share: float) -> None:
    market, accepts, capacity = _market(seed, needs, suppliers, share)
    matched = stable_matching(market, accepts, capacity)
    assert blocking_pairs(market, accepts, capacity, matched).size == 0
    assert (np.bincount(matched[matched >= 0], minlength=suppliers) <= capacity).all()
    pairs = {(n, s): (v, w) for n, s, v, w in zip(market.need, market.supplier, market.value, accepts, strict=True)}
    assert all(min(pairs[n, s]) > 0 for n, s in enumerate(matched.tolist()) if s >= 0)


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_of_all_stable_matchings_it_is_the_best_for_every_need(seed: int) -> None:
    market, accepts, capacity = _market(seed, 4, 3, 0.9)
    found = stable_matching(market, accepts, capacity)
    worth = np.full((4, 4), -np.inf)
    worth[:, 3] = 0.0
    worth[market.need, market.supplier] = market.value
    mine = worth[np.arange(4), found]
    for choice in product((-1, 0, 1, 2), repeat=4):
        other = np.array(choice)
        taken = worth[np.arange(4), other]
        load = np.bincount(other[other >= 0], minlength=3)
        acceptable = (taken >= 0).all() and (load <= capacity).all()
        theirs = {(n, s): w for n, s, w in zip(market.need, market.supplier, accepts, strict=True)}
        agreed = acceptable and all(theirs.get((n, s), -1.0) > 0 for n, s in enumerate(choice) if s >= 0)
        if agreed and blocking_pairs(market, accepts, capacity, other).size == 0:
            assert (mine >= taken - 1e-12).all()


def test_the_order_of_candidates_does_not_matter() -> None:
    market, accepts, capacity = _market(3, 60, 10, 0.5)
    order = np.lexsort((np.random.default_rng(1).uniform(size=market.need.size), market.need))
    other = Candidates(market.need[order], market.supplier[order], market.value[order], 60, 10)
    first, second = stable_matching(market, accepts, capacity), stable_matching(other, accepts[order], capacity)
    assert first.tolist() == second.tolist()


def test_what_cannot_be_matched_is_refused() -> None:
    market, accepts, capacity = _market(3, 5, 3, 0.9)
    with pytest.raises(JiqunError, match="finite worth to both sides"):
        stable_matching(market, accepts * np.nan, capacity)
    with pytest.raises(JiqunError, match="capacity that is not negative"):
        stable_matching(market, accepts, -1 - capacity)


@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 8), st.floats(0.1, 12))
@settings(max_examples=60, deadline=None)
def test_matches_add_up_and_give_their_surplus_back(seed: int, x: int, y: int, spread: float) -> None:
    rng = np.random.default_rng(seed)
    surplus, n, m = rng.normal(0, spread, (x, y)), rng.uniform(0.5, 50, x), rng.uniform(0.5, 50, y)
    found = expected_matches(surplus, n, m)
    assert found.pairs.sum(axis=1) + found.needs_alone == pytest.approx(n, rel=1e-9)
    assert found.pairs.sum(axis=0) + found.suppliers_alone == pytest.approx(m, rel=1e-9)
    assert surplus_from(found.pairs, found.needs_alone, found.suppliers_alone) == pytest.approx(surplus, abs=1e-6)


def test_large_surplus_leaves_almost_no_one_alone_without_losing_the_last_digit() -> None:
    found = expected_matches(np.full((2, 2), 60.0), np.array([10.0, 5.0]), np.array([7.0, 9.0]))
    assert found.pairs.sum() == pytest.approx(15.0, rel=1e-9)
    assert (found.needs_alone > 0).all()


def test_surplus_is_unknown_where_no_one_is_alone_and_without_bound_where_no_pair_was_seen() -> None:
    found = surplus_from(np.array([[0.0, 1.0], [2.0, 1.0]]), np.array([1.0, 0.0]), np.array([1.0, 2.0]))
    assert found[0, 0] == -np.inf
    assert np.isnan(found[1]).all()
    with pytest.raises(JiqunError, match="positive number of each type"):
        expected_matches(np.zeros((1, 1)), np.array([0.0]), np.array([1.0]))
