"""Links, communities, coordinates and effective distance: cases by hand, oracles, and what must not matter."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import Cluster, JiqunError, MissingTable
from jiqun.space.communities import adjusted_rand, communities_of, modularity, variation_of_information
from jiqun.space.effective import effective_distance
from jiqun.space.expectation import probabilities
from jiqun.space.links import actor_graph, links
from jiqun.space.placed import coordinates, digital_space
from jiqun.space.spectral import Spectral, aligned, median_distance, spectral, truncated_svd
from jiqun.space.strata import activity_strata


def sales() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "source": ["x", "x", "y", "y", "z", None],
            "target": ["f", "f", "f", "g", "g", "g"],
            "kind": ["order", "view", "order", "order", "view", "order"],
            "channel": ["shop", "app", "app", "app", "app", "app"],
            "amount": [3.0, None, 2.0, 4.0, None, 9.0],
            "time": [datetime(2020, month, 1) for month in (1, 2, 3, 4, 12, 6)],
        }
    )


@pytest.mark.parametrize("both", [False, True], ids=["two sides", "one mode"])
def test_counts_by_code_are_those_grouped_by_name(both: bool) -> None:
    rng = np.random.default_rng(8)
    names = np.array([f"{'甲' if k % 3 else 'z'}{k}" for k in range(60)])
    others = names if both else np.char.add("b", names)
    frame = pl.DataFrame({"source": others[rng.integers(60, size=900)], "target": names[rng.integers(60, size=900)]})
    held = frame["target"].cast(pl.Categorical)  # names that the process knows already, in another order
    made = links(Cluster.from_tables(interactions=frame.sample(fraction=1.0, shuffle=True, seed=1)))
    grouped = frame.group_by("source", "target").len()
    if both:
        turned = grouped.select(source="target", target="source", len="len")
        grouped = pl.concat([grouped, turned]).filter(pl.col("source") != pl.col("target"))
        grouped = grouped.group_by("source", "target").agg(pl.col("len").sum())
    expected = {(t, s): float(n) for s, t, n in grouped.rows()}
    found = made.matrix.tocoo()
    pairs = zip(made.actors[found.row].tolist(), made.counterparts[found.col].tolist(), strict=True)
    assert dict(zip(pairs, found.data.tolist(), strict=True)) == expected
    assert made.actors.tolist() == sorted(set(made.actors.tolist()))
    assert held.len() == 900


def test_a_network_of_many_links_takes_fewer_seeds_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = Cluster.from_tables(interactions=sales())
    assert digital_space(cluster).communities.seeds == 5
    monkeypatch.setattr("jiqun.space.placed._MANY", 2)
    assert digital_space(cluster, rng=1).communities.seeds == 3
    assert digital_space(cluster, rng=1, seeds=4).communities.seeds == 4


def blocks(seed: int = 0, *, groups: int = 4, firms: int = 40, buyers: int = 60, own: float = 0.8) -> sp.csr_array:
    """Each firm sells to forty buyers, most of them of its own group."""
    rng = np.random.default_rng(seed)
    firm = np.repeat(np.arange(groups * firms), 40)
    group = np.where(rng.random(len(firm)) < own, firm // firms, rng.integers(groups, size=len(firm)))
    buyer = group * buyers + rng.integers(buyers, size=len(firm))
    made = sp.csr_array((np.ones(len(firm)), (firm, buyer)), shape=(groups * firms, groups * buyers))
    made.sum_duplicates()
    return made


def test_links_sum_what_is_chosen_and_nothing_else():
    c = Cluster.from_tables(interactions=sales())
    everything = links(c)
    assert everything.matrix.toarray().tolist() == [[2.0, 1.0, 0.0], [0.0, 1.0, 1.0]]
    assert links(c, weight="binary").matrix.toarray().tolist() == [[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]]
    assert links(c, weight="amount").matrix.toarray().tolist() == [[3.0, 2.0], [0.0, 4.0]]
    assert links(c, interactions="order").matrix.toarray().tolist() == [[1.0, 1.0], [0.0, 1.0]]
    assert links(c, interactions=["order", "channel=app"]).matrix.toarray().tolist() == [[1.0], [1.0]]
    assert links(c, interactions="order, view").matrix.nnz == everything.matrix.nnz
    assert links(c, interactions="kind!=order").actors.tolist() == ["f", "g"]
    assert links(c, period="2020-01/2020-03").actors.tolist() == ["f"]
    assert links(c, interactions="order", period="2020-03").words.en == "kind=order; 2020-03"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("odrer", "no row of interactions has kind 'odrer'. There are: order, view"),
        ("colour=red", "cannot be chosen by 'colour'. Choose by one of: kind, channel, source, target"),
    ],
)
def test_interactions_that_are_not_there_are_refused_with_those_that_are(asked, says):
    with pytest.raises(JiqunError, match=says):
        links(Cluster.from_tables(interactions=sales()), interactions=asked)


def test_a_cluster_without_interactions_is_refused_and_ties_stand_in():
    firms = pl.DataFrame({"actor_id": ["a", "b", "c"]})
    with pytest.raises(MissingTable, match="needs table interactions"):
        links(Cluster.from_tables(actors=firms))
    ties = pl.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "kind": ["supply", "supply"]})
    made = links(Cluster.from_tables(actors=firms, ties=ties))
    assert made.one_mode
    assert made.matrix.toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]
    assert str(made.choice) == "ties"


def test_the_sums_of_the_actor_graph_are_strengths():
    matrix = blocks()
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    table = pl.DataFrame(
        {"source": [f"b{i:03d}" for i in matrix.indices], "target": [f"f{i:03d}" for i in rows], "n": matrix.data}
    )
    rep = table.select(pl.exclude("n").repeat_by(pl.col("n").cast(pl.Int64))).explode("source", "target")
    made = links(Cluster.from_tables(interactions=rep))
    graph = actor_graph(made)
    met = made.matrix.sum(axis=0)
    alone = (made.matrix.multiply(made.matrix) @ sp.diags_array(1.0 / met)).sum(axis=1)
    assert graph.sum(axis=1) + alone == pytest.approx(made.strength)
    assert abs(graph - graph.T).max() < 1e-12


def test_planted_communities_are_found_and_stable():
    found = communities_of(blocks(), seeds=4)
    assert found.count == 4
    assert adjusted_rand(found.actor, np.repeat(np.arange(4), 40)) == 1.0
    assert found.stability > 0.95
    assert found.information < 0.2


def test_a_network_without_communities_says_that_what_is_found_is_not_stable():
    found = communities_of(blocks(own=0.0), seeds=4)
    assert found.stability < 0.5


def test_the_same_seed_gives_the_same_communities():
    one, two = (communities_of(blocks(own=0.3), seeds=2, rng=7) for _ in range(2))
    assert one.actor.tolist() == two.actor.tolist()
    assert one.stability == two.stability


def test_a_higher_resolution_gives_more_communities():
    counts = [communities_of(blocks(own=0.5), seeds=1, resolution=r).count for r in (0.5, 1.0, 3.0)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=30))
def test_agreement_of_partitions_equals_its_definition_over_pairs(labels):
    a, b = np.array(labels).T
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    same_a = np.array([a[i] == a[j] for i, j in pairs])
    same_b = np.array([b[i] == b[j] for i, j in pairs])
    both, one, two, n = (same_a & same_b).sum(), same_a.sum(), same_b.sum(), len(pairs)
    largest = (one + two) / 2
    expected = 1.0 if largest == one * two / n else (both - one * two / n) / (largest - one * two / n)
    assert adjusted_rand(a, b) == pytest.approx(expected)
    assert adjusted_rand(a, b) == pytest.approx(adjusted_rand(b, a))
    assert 0.0 <= variation_of_information(a, b) <= math.log(len(a)) + 1e-9
    assert variation_of_information(a, a) == pytest.approx(0.0, abs=1e-12)


def test_modularity_equals_its_double_sum():
    rng = np.random.default_rng(3)
    dense = np.triu(rng.integers(0, 3, (12, 12)).astype(float), 1)
    source, target = np.nonzero(dense)
    label = rng.integers(0, 3, 12)
    a = dense + dense.T
    k, total = a.sum(axis=1), a.sum()
    brute = ((a - np.outer(k, k) / total) * (label[:, None] == label)).sum() / total
    assert modularity(source, target, dense[source, target], label) == pytest.approx(brute)


def test_the_truncated_decomposition_equals_the_full_one():
    rng = np.random.default_rng(1)
    matrix = sp.random_array((400, 260), density=0.1, rng=rng, format="csr")
    left, values, residual, _ = truncated_svd(matrix, 6, tolerance=1e-9)
    full_left, full, _ = np.linalg.svd(matrix.toarray(), full_matrices=False)
    assert values == pytest.approx(full[:6], rel=1e-8)
    assert residual <= 1e-9
    assert np.abs(np.sum(left * full_left[:, :6], axis=0)) == pytest.approx(np.ones(6), abs=1e-5)


def test_coordinates_keep_groups_apart_and_have_median_distance_one():
    made = spectral(blocks(), dimensions=3)
    assert median_distance(made.at) == pytest.approx(1.0)
    length = np.sqrt((made.at**2).sum(axis=1))
    assert length == pytest.approx(np.full(len(length), length[0]))
    group = np.repeat(np.arange(4), 40)
    apart = np.sqrt(((made.at[:, None] - made.at) ** 2).sum(axis=2))
    same = group[:, None] == group
    assert apart[same].mean() < 0.5 * apart[~same].mean()


def test_another_seed_of_the_coordinates_moves_nobody():
    matrix = blocks(groups=5, firms=120, buyers=140, own=0.6)
    one, two = (spectral(matrix, rng=seed, tolerance=1e-9).at for seed in (0, 1))
    assert one == pytest.approx(two, abs=1e-4)


def test_who_hangs_off_the_largest_component_has_no_coordinates():
    off = sp.csr_array(np.ones((2, 2)))
    made = spectral(sp.csr_array(sp.block_diag([blocks(), off])))
    assert made.off == 2
    assert np.isnan(made.at[-2:]).all()
    assert np.isfinite(made.at[:-2]).all()


def test_too_small_a_network_is_refused():
    with pytest.raises(JiqunError, match="need three actors that share counterparts"):
        spectral(sp.csr_array(np.ones((2, 2))))


def test_alignment_undoes_a_rotation_and_keeps_distances():
    made = spectral(blocks(), dimensions=3)
    turn = np.linalg.qr(np.random.default_rng(2).standard_normal((3, 3)))[0]
    names = np.array([f"f{n:03d}" for n in range(len(made.at))])
    moved = Spectral(made.at[20:] @ turn, made.values, 0, 0.0, 0)
    back = aligned(moved, names[20:], made, names)
    assert back.at == pytest.approx(made.at[20:], abs=1e-9)


def test_effective_distance_equals_brute_force_over_paths():
    rng = np.random.default_rng(5)
    flows = rng.random((7, 7)) * (rng.random((7, 7)) < 0.5)
    np.fill_diagonal(flows, 0)
    flows[0, 1] = flows[1, 0] = 1.0
    flows[6] = 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        share = flows / flows.sum(axis=1, keepdims=True)
        step = np.where(share > 0, 1 - np.log(share), np.inf)
    np.fill_diagonal(step, 0.0)
    for k in range(7):
        step = np.minimum(step, step[:, [k]] + step[[k]])
    assert effective_distance(sp.csr_array(flows)) == pytest.approx(step)
    assert effective_distance(sp.csr_array(flows), sources=np.array([3])) == pytest.approx(step[[3]])


def test_a_matrix_that_is_no_flow_is_refused_by_effective_distance():
    with pytest.raises(JiqunError, match="square"):
        effective_distance(sp.csr_array(np.ones((2, 3))))
    with pytest.raises(JiqunError, match="flows ≥ 0"):
        effective_distance(sp.csr_array(-np.ones((2, 2))))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=200), st.integers(1, 30))
def test_strata_follow_activity_and_never_part_equals(activity, quantiles):
    values = np.array(activity)
    found = activity_strata(values, quantiles)
    assert found.max() + 1 == len(np.unique(found)) <= quantiles
    order = np.argsort(values, kind="stable")
    assert (np.diff(found[order]) >= 0).all()
    for value in np.unique(values):
        assert len(np.unique(found[values == value])) == 1


def test_the_configuration_model_keeps_degrees_to_nine_digits():
    rng = np.random.default_rng(0)
    k, d = np.minimum(rng.zipf(1.8, 300), 150), None
    links_ = np.repeat(np.arange(300), k)
    to = rng.integers(0, 200, len(links_))
    pairs = np.unique(links_ * 200 + to)
    k, d = np.bincount(pairs // 200, minlength=300), np.bincount(pairs % 200, minlength=200)
    made = probabilities(k[k > 0], d[d > 0])
    classes = np.unique(k[k > 0])
    assert made.of @ made.counterparts == pytest.approx(classes, rel=1e-8)


def test_expected_pairs_equal_the_sum_over_pairs():
    rng = np.random.default_rng(4)
    k, d = rng.integers(1, 9, 20), np.full(25, 4)
    made = probabilities(k, d)
    full = made.of[made.actor] * np.ones((1, len(made.counterparts)))
    group, times = rng.integers(-1, 3, 20), rng.poisson(1.0, 20).astype(float)
    brute = np.zeros(3)
    for i in range(20):
        for j in range(i):
            if group[i] == group[j] >= 0:
                brute[group[i]] += times[i] * times[j] * (full[i] * full[j] @ made.counterparts)
    assert made.pairs(group, times, 3) == pytest.approx(brute)


def test_the_space_does_not_depend_on_the_order_of_rows():
    rng = np.random.default_rng(0)
    matrix = blocks(own=0.6)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    table = pl.DataFrame({"source": [f"b{i}" for i in matrix.indices], "target": [f"f{i}" for i in rows]})
    one = digital_space(Cluster.from_tables(interactions=table)).table()
    two = digital_space(Cluster.from_tables(interactions=table[rng.permutation(table.height).tolist()])).table()
    assert one.equals(two)


def test_coordinates_of_periods_do_not_jump_with_the_axes():
    matrix = blocks(own=0.85)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    rng = np.random.default_rng(0)
    table = pl.DataFrame(
        {
            "source": [f"b{i:03d}" for i in matrix.indices],
            "target": [f"f{i:03d}" for i in rows],
            "time": [datetime(2020 + int(y), 5, 1) for y in rng.integers(0, 2, len(rows))],
        }
    )
    found = coordinates(Cluster.from_tables(interactions=table), ["2020", "2021"], dimensions=3)
    both = found.filter(pl.col("period") == "2020").join(found.filter(pl.col("period") == "2021"), on="actor_id")
    moved = np.sqrt(sum((both[f"d{k}"] - both[f"d{k}_right"]).to_numpy() ** 2 for k in (1, 2, 3)))
    assert np.median(moved) < 0.5
