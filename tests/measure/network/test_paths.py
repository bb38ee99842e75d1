"""Chain or network: edge-disjoint paths, by hand, by networkx, by the cut tree and by sampled pairs."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import JiqunError
from jiqun.measure.network.graph import Graph, graph
from jiqun.measure.network.paths import added_paths, components, cyclomatic, disjoint_paths, paths_between


def drawn(nodes: int, ties: int, seed: int) -> Graph:
    rng = np.random.default_rng(seed)
    return graph(rng.integers(nodes, size=ties), rng.integers(nodes, size=ties), nodes=nodes)


def plain(network: Graph) -> nx.Graph:
    made = nx.Graph()
    made.add_nodes_from(range(network.nodes))
    made.add_edges_from(zip(network.merged.source.tolist(), network.merged.target.tolist(), strict=True))
    return made


@pytest.mark.parametrize(("nodes", "ties"), [(10, 14), (24, 40), (16, 60)])
def test_every_pair_has_as_many_paths_as_networkx_finds(nodes: int, ties: int) -> None:
    network = drawn(nodes, ties, seed=nodes)
    first, second = np.triu_indices(nodes, 1)
    other = plain(network)
    expected = [
        nx.algorithms.connectivity.local_edge_connectivity(other, int(a), int(b))
        for a, b in zip(first, second, strict=True)
    ]
    assert paths_between(network, first, second).tolist() == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), min_size=1, max_size=40))
def test_the_cut_tree_counts_what_pair_by_pair_counts(ties: list[tuple[int, int]]) -> None:
    network = graph([a for a, _ in ties], [b for _, b in ties], nodes=12)
    suppliers = np.flatnonzero(np.bincount(network.source, minlength=12))
    customers = np.flatnonzero(np.bincount(network.target, minlength=12))
    pairs = [(s, c) for s in suppliers for c in customers if s != c]
    if not pairs:
        with pytest.raises(JiqunError, match="not computable"):
            disjoint_paths(network)
        return
    each = paths_between(network, np.array([s for s, _ in pairs]), np.array([c for _, c in pairs]))
    found = disjoint_paths(network)
    assert found.of == found.pairs == len(pairs)
    assert found.exact
    assert found.mean == pytest.approx(each.mean())
    assert found.several == pytest.approx((each >= 2).mean())
    assert found.connected == pytest.approx((each >= 1).mean())
    assert found.histogram.sum() == pytest.approx(1.0)


def test_a_tie_gained_never_takes_a_path_away() -> None:
    network = drawn(30, 40, seed=1)
    first, second = np.triu_indices(30, 1)
    before = paths_between(network, first, second)
    more = graph(np.r_[network.source, 3], np.r_[network.target, 17], nodes=30)
    assert (paths_between(more, first, second) >= before).all()


def test_a_chain_has_one_path_and_no_cycle_and_a_complete_network_all_there_are() -> None:
    chain = graph(range(9), range(1, 10))
    assert disjoint_paths(chain).mean == 1.0
    assert disjoint_paths(chain).several == 0.0
    assert cyclomatic(chain) == 0
    first, second = np.triu_indices(7, 1)
    complete = graph(first, second)
    assert disjoint_paths(complete).mean == 6.0
    assert cyclomatic(complete) == 21 - 7 + 1
    apart = graph([0, 2], [1, 3])
    assert components(apart).tolist() == [0, 0, 1, 1]
    assert cyclomatic(apart) == 0
    assert disjoint_paths(apart).connected == 0.5


def test_a_chain_with_a_digital_hub_gains_exactly_one_path() -> None:
    """Everyone on the chain also meets on a platform: the ends gain one way, over the platform."""
    nodes = 12
    chain = graph(range(nodes - 1), range(1, nodes))
    hub = graph([nodes] * nodes, range(nodes), nodes=nodes + 1)
    suppliers, customers = np.zeros(nodes, dtype=bool), np.zeros(nodes, dtype=bool)
    suppliers[0] = customers[-1] = True
    found = added_paths(chain, hub, suppliers=suppliers, customers=customers)
    assert (found.without.mean, found.with_.mean, found.mean, found.several) == (1.0, 2.0, 1.0, 1.0)
    ends = added_paths(chain, graph([0, nodes - 1], [nodes - 1, 0], nodes=nodes))
    assert ends.without.mean == 1.0
    assert ends.with_.mean == 2.0


def test_sampled_pairs_hold_the_exact_mean_as_often_as_they_say() -> None:
    network = drawn(120, 260, seed=5)
    exact = disjoint_paths(network)
    held = [0, 0]
    for seed in range(200):
        some = disjoint_paths(network, exact=0, pairs=150, rng=seed)
        held[0] += some.mean_low <= exact.mean <= some.mean_high
        held[1] += some.several_low <= exact.several <= some.several_high
    # binomial(200, 0.95): below 181 in fewer than one of a thousand
    assert min(held) >= 181


def test_paths_do_not_depend_on_threads_or_the_order_of_ties() -> None:
    network = drawn(300, 900, seed=2)
    order = np.random.default_rng(0).permutation(len(network.source))
    mixed = graph(network.source[order], network.target[order], nodes=300)
    one = disjoint_paths(network, exact=0, pairs=400, threads=1)
    two = disjoint_paths(mixed, exact=0, pairs=400, threads=3)
    assert one.mean == two.mean
    assert one.histogram.tolist() == two.histogram.tolist()


def test_pairs_of_an_actor_with_itself_are_refused() -> None:
    with pytest.raises(JiqunError, match="two different actors"):
        paths_between(graph([0], [1]), np.array([0]), np.array([0]))
