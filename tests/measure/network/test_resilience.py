"""What is left as actors drop out: by hand, by removing one after another, and in networks of known fate."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from jiqun.cluster import UnknownName
from jiqun.measure.network.graph import Graph, graph
from jiqun.measure.network.resilience import removal_curve, resilience


def drawn(seed: int, nodes: int = 40, ties: int = 70) -> Graph:
    rng = np.random.default_rng(seed)
    return graph(rng.integers(nodes, size=ties), rng.integers(nodes, size=ties), rng.random(ties), nodes=nodes)


@pytest.mark.parametrize("seed", range(4))
def test_the_curve_is_that_of_removing_one_after_another(seed: int) -> None:
    network = drawn(seed)
    made = nx.Graph()
    made.add_nodes_from(range(network.nodes))
    whole = network.merged
    made.add_weighted_edges_from(zip(whole.source.tolist(), whole.target.tolist(), whole.weight.tolist(), strict=True))
    order = np.random.default_rng(seed).permutation(network.nodes)
    giant, served = removal_curve(network, order)
    for k in range(network.nodes):
        parts = [made.subgraph(part) for part in nx.connected_components(made)]
        size = max(len(part) for part in parts)
        assert giant[k] == size
        heaviest = max(part.size(weight="weight") for part in parts if len(part) == size)
        assert served[k] == pytest.approx(heaviest, abs=1e-9)
        made.remove_node(int(order[k]))
    assert giant[-1] == 0.0


def test_a_complete_network_only_loses_whom_it_loses() -> None:
    first, second = np.triu_indices(20, 1)
    for found in resilience(graph(first, second), seeds=3):
        assert found.robustness == pytest.approx(sum(range(20)) / 20 / 20)
        assert found.giant_low.tolist() == found.giant_high.tolist()
        assert found.half == pytest.approx(0.5)


def test_hubs_matter_and_chance_spares_them() -> None:
    hubs = graph(np.repeat(np.arange(4), 25), np.arange(100) + 4)
    joined = graph(np.r_[hubs.source, 0, 1, 2], np.r_[hubs.target, 1, 2, 3])
    by = {r.strategy: r for r in resilience(joined, seeds=10)}
    assert by["degree"].half <= 0.03
    assert by["degree"].robustness_high < by["random"].robustness_low
    assert by["random"].robustness_low < by["random"].robustness < by["random"].robustness_high
    assert by["flow"].robustness == pytest.approx(by["degree"].robustness, abs=0.01)


def test_degrees_are_those_left_and_not_those_of_the_start() -> None:
    """Once the hub is gone its neighbour, second at the start, has none left; the other star's centre goes next."""
    source = np.repeat([0, 1, 12], [6, 5, 4])
    target = [1, 2, 3, 4, 5, 6, 2, 3, 4, 5, 6, 13, 14, 15, 16]
    found = resilience(graph(source, target), strategies=["degree"], seeds=5)[0]
    assert found.robustness == found.robustness_low == found.robustness_high


def test_seeds_make_the_result_and_threads_do_not() -> None:
    network = drawn(9)
    one = resilience(network, strategies=["random"], seeds=6, rng=4, threads=1)[0]
    two = resilience(network, strategies=["random"], seeds=6, rng=4, threads=3)[0]
    assert one.giant.tolist() == two.giant.tolist()
    with pytest.raises(UnknownName, match="strategy"):
        resilience(network, strategies=["luck"])  # type: ignore[list-item]
