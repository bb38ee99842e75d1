"""Core actors and brokers, each beside networkx and by hand."""

from __future__ import annotations

from itertools import permutations

import networkx as nx
import numpy as np
import pytest

from jiqun.cluster import JiqunError
from jiqun.measure.network.brokers import ROLES, brokerage, structural_holes
from jiqun.measure.network.centrality import betweenness, pagerank
from jiqun.measure.network.cores import core_numbers
from jiqun.measure.network.graph import Graph, graph

NODES = 40


@pytest.fixture(scope="module")
def network() -> Graph:
    rng = np.random.default_rng(3)
    return graph(rng.integers(NODES, size=110), rng.integers(NODES, size=110), rng.random(110), nodes=NODES)


def undirected(network: Graph) -> nx.Graph:
    made = nx.Graph()
    made.add_nodes_from(range(network.nodes))
    whole = network.merged
    made.add_weighted_edges_from(zip(whole.source.tolist(), whole.target.tolist(), whole.weight.tolist(), strict=True))
    return made


def directed(network: Graph) -> nx.DiGraph:
    made = nx.DiGraph()
    made.add_nodes_from(range(network.nodes))
    made.add_weighted_edges_from(
        zip(network.source.tolist(), network.target.tolist(), network.weight.tolist(), strict=True)
    )
    return made


def in_order(values: dict[int, float]) -> np.ndarray:
    return np.array([values[k] for k in range(NODES)], dtype=float)


def test_cores_betweenness_and_pagerank_agree_with_networkx(network: Graph) -> None:
    assert core_numbers(network).tolist() == in_order(nx.core_number(undirected(network))).tolist()
    np.testing.assert_allclose(
        betweenness(network).value, in_order(nx.betweenness_centrality(undirected(network))), atol=1e-12
    )
    expected = in_order(nx.pagerank(directed(network), tol=1e-13, max_iter=2_000))
    np.testing.assert_allclose(pagerank(network), expected, atol=1e-10)


def test_constraint_and_effective_size_agree_with_networkx(network: Graph) -> None:
    found = structural_holes(network)
    expected = in_order(nx.constraint(undirected(network), weight="weight"))
    np.testing.assert_allclose(found.constraint, expected, rtol=1e-10)
    np.testing.assert_allclose(found.effective_size, in_order(nx.effective_size(undirected(network))), rtol=1e-10)


def test_sampled_betweenness_holds_the_exact_one_and_is_unbiased(network: Graph) -> None:
    exact = betweenness(network)
    assert exact.exact
    found = [betweenness(network, starts=20, rng=seed) for seed in range(60)]
    mean = np.mean([each.value for each in found], axis=0)
    np.testing.assert_allclose(mean, exact.value, atol=4 * np.std([e.value for e in found], axis=0).max() / 60**0.5)
    busiest = int(exact.value.argmax())
    held = sum(each.low[busiest] <= exact.value[busiest] <= each.high[busiest] for each in found)
    assert held >= 50
    assert not found[0].exact


def test_betweenness_does_not_depend_on_threads(network: Graph) -> None:
    one = betweenness(network, starts=17, rng=1, threads=1)
    assert one.value.tolist() == betweenness(network, starts=17, rng=1, threads=3).value.tolist()


def by_hand(network: Graph, label: np.ndarray) -> np.ndarray:
    ties = set(zip(network.source.tolist(), network.target.tolist(), strict=True))
    counts = np.zeros((network.nodes, 5), dtype=int)
    for a, b, c in permutations(range(network.nodes), 3):
        if (a, b) not in ties or (b, c) not in ties or (a, c) in ties or min(label[[a, b, c]]) < 0:
            continue
        x, y, z = label[[a, b, c]]
        role = 0 if x == y == z else 1 if x == z else 2 if y == z else 3 if x == y else 4
        counts[b, role] += 1
    return counts


def test_roles_are_those_counted_by_hand(network: Graph) -> None:
    label = np.random.default_rng(0).integers(-1, 3, size=NODES)
    found = brokerage(network, label, permutations=0)
    assert found.counts.tolist() == by_hand(network, label).tolist()
    assert list(ROLES) == ["coordinator", "itinerant", "gatekeeper", "representative", "liaison"]


def test_a_place_of_gatekeepers_stands_out_and_random_labels_do_not() -> None:
    """Sellers of one town reach the other town through its dealers alone."""
    sellers, dealers, buyers = range(10), range(10, 14), range(14, 34)
    source = [s for s in sellers for _ in dealers] + [d for d in dealers for _ in buyers]
    target = [d for _ in sellers for d in dealers] + [b for _ in dealers for b in buyers]
    place = np.array([0] * 10 + [1] * 24)
    found = brokerage(graph(source, target), place, permutations=199)
    assert found.total.tolist() == [0, 0, 10 * 4 * 20, 0, 0]
    assert found.p[2] <= 0.02
    assert found.expected[2] < found.total[2]


def test_where_everyone_only_buys_or_sells_there_are_no_brokers() -> None:
    with pytest.raises(JiqunError, match="both are supplied and supply"):
        brokerage(graph([0, 1], [2, 2]), np.zeros(3, dtype=np.int64))
