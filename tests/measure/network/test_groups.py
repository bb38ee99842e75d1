"""Joint orders and projects: complements against planted ones, decomposability in worlds with a known truth."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from jiqun.cluster import Cluster, JiqunError, MissingColumn
from jiqun.measure.network.complementarity import (
    attributable_fraction,
    attributable_interval,
    complementarity,
)
from jiqun.measure.network.decomposability import decomposability
from jiqun.measure.network.group_kernels import deal, shared_triples
from jiqun.measure.network.order_null import order_null
from jiqun.measure.network.orders import orders_of

CATEGORIES = 60
PLANTED = ((0, 1), (2, 3), (4, 5))


def baskets(orders: int, seed: int, pull: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Orders of lognormal size dealt at random among popular and rare; with a pull, one of a pair brings the other."""
    rng = np.random.default_rng(seed)
    popular = rng.lognormal(0, 0.8, CATEGORIES)
    popular[:6] = 0.3
    size = np.minimum(rng.lognormal(0.9, 0.8, orders).astype(int) + 1, CATEGORIES)
    keys = rng.exponential(size=(orders, CATEGORIES)) / popular
    order, category = np.nonzero(keys.argsort(axis=1).argsort(axis=1) < size[:, None])
    start = np.concatenate([[0], np.cumsum(size)])
    deal(start, category, order, np.array([10, 0]), 1.0, 1.0, rng)
    if not pull:
        return order, category
    held = np.zeros((orders, CATEGORIES), dtype=bool)
    held[order, category] = True
    for a, b in PLANTED:
        held[:, b] |= held[:, a] & (rng.random(orders) < pull)
        held[:, a] |= held[:, b] & (rng.random(orders) < pull)
    order, category = np.nonzero(held)
    return order, category


def test_the_chances_are_those_of_all_orders_of_a_size() -> None:
    order = np.array([0, 1, 1, 2, 2, 2, 3, 3, 4, 4, 4, 4])
    category = np.array([0, 0, 1, 0, 1, 2, 3, 1, 0, 1, 3, 4])
    size, total = np.bincount(order), np.bincount(category)
    null = order_null(size, total)
    np.testing.assert_allclose(null.many @ null.first, total, rtol=1e-8)
    for row, s in enumerate(null.sizes.tolist()):
        sets = list(combinations(range(5), s))
        weight = np.array([np.prod(null.odds[list(each)]) for each in sets])
        both = np.zeros((5, 5))
        for each, share in zip(sets, weight / weight.sum(), strict=True):
            both[np.ix_(each, each)] += share
        np.testing.assert_allclose(null.first[row], np.diag(both), atol=1e-9)
        for a in range(4):
            np.testing.assert_allclose(null.with_(a)[row], both[a, a + 1 :], atol=1e-9)


def test_large_orders_and_categories_in_every_order_keep_their_sums() -> None:
    rng = np.random.default_rng(0)
    size = rng.integers(30, 60, 500)
    total = rng.multinomial(size.sum() - 500, np.full(150, 1 / 150))
    null = order_null(size, np.r_[total, 500])
    np.testing.assert_allclose(null.many @ null.first, np.r_[total, 500], rtol=1e-7)
    pairs = sum(null.with_(a).sum(axis=1) for a in range(150))
    np.testing.assert_allclose(pairs, null.sizes * (null.sizes - 1) / 2, rtol=1e-3)
    with pytest.raises(JiqunError, match="categories are in"):
        order_null(np.array([2]), np.array([1]))


def test_orders_at_random_have_lifts_of_one_where_independence_finds_complements() -> None:
    order, category = baskets(4_000, 1)
    found = complementarity(order, category)
    often = found.expected > 20
    assert abs(np.median(found.raw[often]) - 1) < 0.02
    assert np.median(found.independent[often]) > 1.2
    assert (found.q <= 0.05).sum() <= 3
    assert attributable_fraction(found) < 0.02


def test_planted_complements_are_found_and_they_alone() -> None:
    order, category = baskets(4_000, 2, pull=0.3)
    found = complementarity(order, category)
    pairs = list(zip(found.a.tolist(), found.b.tolist(), strict=True))
    strong = {pairs[k] for k in np.flatnonzero((found.q <= 0.05) & (found.low > 1.1))}
    assert set(PLANTED) <= strong
    assert len(strong) <= len(PLANTED) + 1
    for pair in PLANTED:
        k = pairs.index(pair)
        assert found.low[k] < found.lift[k] < found.high[k]
        assert found.attributable[k] == pytest.approx(1 - 1 / found.lift[k])


@pytest.mark.parametrize("share", [0.5, 0.25, 0.1])
def test_what_is_beyond_chance_does_not_depend_on_how_many_orders_there_are(share: float) -> None:
    order, category = baskets(12_000, 3, pull=0.4)
    whole = attributable_fraction(complementarity(order, category))
    some = np.random.default_rng(0).random(12_000) < share
    part = attributable_fraction(complementarity(order[some[order]], category[some[order]], categories=CATEGORIES))
    assert whole > 0.02
    assert part == pytest.approx(whole, abs=0.012)


def test_the_interval_of_the_share_is_about_the_spread_of_other_worlds() -> None:
    values = [attributable_fraction(complementarity(*baskets(1_000, seed, pull=0.4))) for seed in range(12)]
    _, low, high = attributable_interval(*baskets(1_000, 99, pull=0.4))
    assert 0.3 < (high - low) / (2 * 2.36 * np.std(values, ddof=1)) < 3.0


def test_the_probability_of_a_lift_is_uniform_or_above_under_the_null() -> None:
    at_most = [float((complementarity(*baskets(800, seed)).p <= 0.05).mean()) for seed in range(8)]
    assert np.mean(at_most) < 0.07


def test_rows_in_another_order_and_twice_change_nothing() -> None:
    order, category = baskets(400, 4, pull=0.3)
    lot = np.random.default_rng(0).permutation(len(order))
    one = complementarity(order, category)
    two = complementarity(np.r_[order[lot], order[:50]] * 7, np.r_[category[lot], category[:50]])
    assert one.lift.tolist() == two.lift.tolist()
    assert one.p.tolist() == two.p.tolist()
    with pytest.raises(JiqunError, match="two categories or more"):
        complementarity([0, 1, 2], [0, 1, 0])


FANO = np.array([[0, 1, 2], [0, 3, 4], [0, 5, 6], [1, 3, 5], [1, 4, 6], [2, 3, 6], [2, 4, 5]])


def in_pairs(members: int, groups: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Groups in which only pairs attract: Gibbs draws from P(S) ∝ exp Σ J_ij, given the size."""
    rng = np.random.default_rng(seed)
    pull = np.triu(rng.normal(0, 1.5, (members, members)) * (rng.random((members, members)) < 0.2), 1)
    pull += pull.T
    group, member = [], []
    for g in range(groups):
        size = int(rng.integers(2, 6))
        inside = rng.choice(members, size, replace=False)
        for step in range(12 * size):
            k = step % size
            others = np.delete(inside, k)
            energy = pull[:, others].sum(axis=1)
            energy[others] = -np.inf
            chance = np.exp(energy - energy.max())
            inside[k] = np.searchsorted(np.cumsum(chance), rng.random() * chance.sum())
        group += [g] * size
        member += inside.tolist()
    return np.array(group), np.array(member)


def test_triples_that_two_groups_share_are_counted_as_by_hand() -> None:
    group, member = in_pairs(12, 60, 0)
    sets = [set(member[group == g].tolist()) for g in range(60)]
    expected = sum(len(a & b) * (len(a & b) - 1) * (len(a & b) - 2) // 6 for k, a in enumerate(sets) for b in sets[:k])
    start = np.concatenate([[0], np.cumsum(np.bincount(group))])
    order = np.lexsort((group, member))
    by = np.concatenate([[0], np.cumsum(np.bincount(member))])
    assert shared_triples(start, member, by, group[order]) == expected


def test_a_world_of_pairs_is_decomposable_and_one_of_triples_with_the_same_pairs_is_not() -> None:
    pairs = decomposability(*in_pairs(20, 300, 1), draws=19)
    assert pairs.value > 0.85
    assert pairs.high == 1.0 or pairs.high > 0.95
    assert pairs.p > 0.05
    assert pairs.residual < 0.03
    triples = decomposability(np.repeat(np.arange(140), 3), np.tile(FANO, (20, 1)).ravel(), draws=19)
    assert triples.value < 0.1
    assert triples.high < 0.5
    assert triples.p == 0.05
    assert triples.bilateral == 0.0


def test_a_world_of_pairs_is_refused_no_more_often_than_the_level_says() -> None:
    found = [decomposability(*in_pairs(12, 40, seed), draws=19, rng=seed).p for seed in range(20)]
    assert sum(p <= 0.05 for p in found) <= binom.ppf(0.999, 20, 0.05)


def test_deals_of_two_are_decomposable_by_nature_and_say_so() -> None:
    found = decomposability([0, 0, 1, 1, 2, 2], [0, 1, 1, 2, 0, 2])
    assert (found.value, found.groups) == (1.0, 0)
    with pytest.raises(JiqunError, match="two members or more"):
        decomposability([0, 1], [0, 1])


def test_where_the_pair_null_cannot_be_drawn_there_is_no_number() -> None:
    """A few syndicates that come back whole among hundreds of groups: cooling does not find them again."""
    rng = np.random.default_rng(0)
    teams = rng.permutation(1_200).reshape(300, 4)
    group = np.repeat(np.arange(600), 4)
    found = decomposability(group, np.r_[teams, teams].ravel(), draws=4)
    assert found.residual > 0.05
    assert np.isnan(found.value)
    assert found.observed == 300 * 4


def test_decomposability_does_not_depend_on_threads_order_or_names() -> None:
    group, member = in_pairs(12, 80, 5)
    lot = np.random.default_rng(0).permutation(len(group))
    one = decomposability(group, member, draws=4, threads=1)
    assert decomposability(group[lot] * 3, member[lot], draws=4, threads=3) == one


def test_orders_say_what_is_missing() -> None:
    sales = pl.DataFrame({"source": ["b"], "target": ["f"]})
    with pytest.raises(MissingColumn, match="group"):
        orders_of(Cluster.from_tables(interactions=sales))
    rounds = pl.DataFrame({"source": ["v", "w", "v"], "target": ["c", "c", "d"], "group": ["r1", "r1", "r2"]})
    found = orders_of(Cluster.from_tables(interactions=rounds), of="members")
    assert found.side == "source"
    assert found.names[found.item].tolist() == ["v", "w", "v"]
    with pytest.raises(MissingColumn, match="category"):
        orders_of(Cluster.from_tables(interactions=rounds))
