"""Who is tied to whom: exact moments, other implementations, coverage and size."""

from __future__ import annotations

from itertools import permutations

import networkx as nx
import numpy as np
import pytest
from scipy.stats import binom

from jiqun.cluster import JiqunError
from jiqun.measure.network.closure import (
    against_rewired,
    clustering,
    degree_assortativity,
    reciprocity,
    two_mode_clustering,
)
from jiqun.measure.network.graph import Graph, graph
from jiqun.measure.network.mixing import crossing, mixing
from jiqun.measure.network.rewiring import rewired


def drawn(nodes: int, ties: int, seed: int, *, weights: bool = False) -> Graph:
    rng = np.random.default_rng(seed)
    weight = rng.random(ties) if weights else None
    return graph(rng.integers(nodes, size=ties), rng.integers(nodes, size=ties), weight, nodes=nodes)


def plain(network: Graph) -> nx.Graph:
    return nx.Graph(zip(network.source.tolist(), network.target.tolist(), strict=True))


def test_the_moments_of_the_null_are_those_of_all_permutations() -> None:
    network = drawn(6, 12, 1, weights=True)
    label = np.array([0, 0, 0, 1, 1, 2])
    whole = network.merged
    assert (network.degree > 0).all()
    inside = [
        whole.weight[np.array(dealt)[whole.source] == np.array(dealt)[whole.target]].sum()
        for dealt in permutations(label.tolist())
    ]
    found = mixing(network, label, weighted=True, permutations=0)
    total = whole.weight.sum()
    assert found.ei_chance == pytest.approx(1 - 2 * np.mean(inside) / total)
    own = whole.weight[label[whole.source] == label[whole.target]].sum()
    assert found.z == pytest.approx((own - np.mean(inside)) / np.std(inside))


def test_with_two_sides_labels_are_dealt_on_each_side_apart_and_the_moments_are_exact() -> None:
    rng = np.random.default_rng(2)
    network = graph([0, 1, 2, 3, 0, 1, 2, 3, 0], [4, 5, 6, 7, 5, 6, 7, 4, 6], rng.random(9), nodes=8)
    label = np.array([0, 0, 0, 1, 1, 1, 2, 0])
    inside = [
        network.weight[np.array(one)[network.source] == np.array(other)[network.target - 4]].sum()
        for one in permutations(label[:4].tolist())
        for other in permutations(label[4:].tolist())
    ]
    found = mixing(network, label, weighted=True, permutations=1_999)
    total = network.weight.sum()
    assert found.ei_chance == pytest.approx(1 - 2 * np.mean(inside) / total)
    own = network.weight[label[network.source] == label[network.target]].sum()
    assert found.z == pytest.approx((own - np.mean(inside)) / np.std(inside))
    exact = np.mean(np.abs(np.array(inside) - np.mean(inside)) >= abs(own - np.mean(inside)) * (1 - 1e-9))
    assert found.p == pytest.approx(exact, abs=0.04)


def test_assortativity_clustering_and_reciprocity_agree_with_networkx() -> None:
    network = drawn(30, 120, 2)
    label = np.random.default_rng(0).integers(3, size=30)
    made = plain(network)
    nx.set_node_attributes(made, dict(enumerate(label.tolist())), "label")
    expected = nx.attribute_assortativity_coefficient(made, "label")
    assert mixing(network, label, permutations=9).assortativity == pytest.approx(expected)
    assert clustering(network) == pytest.approx(nx.transitivity(made))
    assert degree_assortativity(network) == pytest.approx(nx.degree_assortativity_coefficient(made))
    both = nx.DiGraph(zip(network.source.tolist(), network.target.tolist(), strict=True))
    assert reciprocity(network).value == pytest.approx(nx.overall_reciprocity(both))


def test_two_mode_clustering_agrees_with_networkx() -> None:
    rng = np.random.default_rng(4)
    network = graph(rng.integers(15, size=60), 15 + rng.integers(12, size=60), nodes=27)
    assert two_mode_clustering(network) == pytest.approx(nx.bipartite.robins_alexander_clustering(plain(network)))
    with pytest.raises(JiqunError, match="two sides"):
        two_mode_clustering(drawn(10, 30, 1))


def test_the_ei_index_is_minus_one_inside_and_one_between() -> None:
    label = np.array([0, 0, 0, 1, 1, 1])
    inside, between = graph([0, 1, 3, 4], [1, 2, 4, 5]), graph([0, 1, 2], [3, 4, 5])
    assert mixing(inside, label).ei == -1.0
    assert mixing(between, label).ei == 1.0
    assert np.isnan(mixing(inside, label).ei_low)
    with pytest.raises(JiqunError, match="at least two groups"):
        mixing(inside, np.zeros(6, dtype=np.int64))
    with pytest.raises(JiqunError, match="not computable"):
        mixing(inside, np.full(6, -1))


def test_random_labels_are_called_mixed_as_often_as_the_level_says() -> None:
    network = drawn(60, 150, 7)
    found = [
        mixing(network, np.random.default_rng(seed).integers(4, size=60), permutations=39, rng=seed).p
        for seed in range(200)
    ]
    low, high = binom.interval(0.999, 200, 0.05)
    assert low <= sum(p <= 0.05 for p in found) <= high


def test_the_normal_law_gives_about_the_same_probability_as_permutations() -> None:
    network = drawn(200, 700, 8)
    label = np.random.default_rng(3).integers(5, size=200)
    drawn_p = mixing(network, label, permutations=1_999).p
    assert mixing(network, label, permutations=0).p == pytest.approx(drawn_p, abs=0.05)


def test_the_interval_of_a_share_holds_the_true_share_though_ties_share_actors() -> None:
    """Some actors deal across the border more than others do; the interval is by actor and allows for it."""
    rng = np.random.default_rng(0)
    held, naive = 0, 0
    for _ in range(200):
        label = np.arange(80) % 2
        open_ = np.where(rng.random(80) < 0.5, 0.85, 0.15)
        source, target = [], []
        for i in range(80):
            across = rng.random(12) < open_[i]
            partner = np.where(across, 1 - label[i], label[i]) + 2 * rng.integers(40, size=12)
            source += [i] * 12
            target += partner.tolist()
        found = crossing(graph(source, target, nodes=80), label)
        held += found.low <= 0.5 <= found.high
        wide = 1.96 * np.sqrt(0.25 / found.total)
        naive += abs(found.value - 0.5) <= wide
    assert held >= 180
    assert naive < 180


def test_rewired_networks_keep_degrees_and_sides_and_are_equally_likely() -> None:
    network = drawn(40, 100, 9)
    made = rewired(network, rng=1)
    assert made.degree.tolist() == network.degree.tolist()
    assert len(made.merged.source) == len(made.source) == len(network.merged.source)
    sided = graph(np.arange(60) % 12, 12 + np.arange(60) * 7 % 15, nodes=27)
    again = rewired(sided, rng=1)
    assert again.one_way
    assert again.degree.tolist() == sided.degree.tolist()
    ring = graph([0, 1, 2, 3, 4], [1, 2, 3, 4, 0])
    seen: dict[tuple[int, ...], int] = {}
    for seed in range(1_200):
        each = rewired(ring, rng=seed)
        key = tuple((each.source * 5 + each.target).tolist())
        seen[key] = seen.get(key, 0) + 1
    # twelve rings of five; the chi-squared of eleven degrees is below 31.3 in 999 of 1,000
    assert len(seen) == 12
    assert sum((n - 100) ** 2 / 100 for n in seen.values()) < 31.3


def test_triangles_beyond_the_degrees_are_found_and_random_ones_are_not() -> None:
    rng = np.random.default_rng(1)
    trios = rng.permuted(np.tile(np.arange(60), (3, 1)), axis=1).T
    source, target = np.r_[trios[:, 0], trios[:, 1], trios[:, 2]], np.r_[trios[:, 1], trios[:, 2], trios[:, 0]]
    closed = graph(source, target, nodes=60)
    found = against_rewired(closed, {"clustering": clustering}, draws=99)["clustering"]
    assert found.value > found.chance_high
    assert found.p == 0.01
    random_ = against_rewired(rewired(closed, rng=5), {"clustering": clustering}, draws=99)["clustering"]
    assert random_.chance_low <= random_.value <= random_.chance_high
