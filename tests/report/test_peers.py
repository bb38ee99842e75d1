"""Percentiles among peers: closed forms, and who is put together with whom."""

from __future__ import annotations

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from jiqun.cluster import Cluster, JiqunError
from jiqun.report.peers import PEERS, among, peer_choices, peer_groups, percentiles


@given(
    st.lists(st.tuples(st.integers(-1, 3), st.one_of(st.none(), st.integers(-4, 4))), max_size=60),
)
def test_a_percentile_is_the_mid_rank_among_those_of_the_group(rows: list[tuple[int, int | None]]) -> None:
    group = np.array([g for g, _ in rows], dtype=np.int64)
    value = np.array([np.nan if v is None else float(v) for _, v in rows])
    found = percentiles(value, group)
    for each in {-1, 0, 1, 2, 3}:
        inside = (group == each) & np.isfinite(value)
        if each < 0 or inside.sum() < 2:
            assert np.isnan(found[inside]).all()
        else:
            expected = 100.0 * (rankdata(value[inside]) - 0.5) / inside.sum()
            np.testing.assert_allclose(found[inside], expected, rtol=1e-12)
    assert np.isnan(found[~np.isfinite(value)]).all()


def _cluster() -> Cluster:
    return Cluster.from_tables(
        actors=pl.DataFrame({"actor_id": ["a"], "place_id": ["p1"]}),
        places=pl.DataFrame({"place_id": ["p1", "p2", "p3", "q1"], "parent": ["P", "P", "P", "Q"]}),
    )


def _by_place() -> pa.Table:
    return pa.table(
        {
            "place_id": ["p1", "p2", "p3", "q1", "r1"],
            "value": [1.0, 3.0, None, 9.0, 5.0],
            "high": [2.0, 4.0, None, 10.0, 6.0],
            "weight": [10.0, 20.0, 30.0, 40.0, 50.0],
            "note": [None] * 5,
        }
    )


def test_places_of_the_same_parent_are_compared_and_those_without_one_are_not() -> None:
    made = among(_cluster(), _by_place(), ["place_id"], "parent")
    assert made["percentile"].to_pylist() == [25.0, 75.0, None, None, None]
    assert made.column_names == ["place_id", "value", "high", "percentile", "weight", "note"]


def test_only_groups_that_bring_two_values_together_are_offered() -> None:
    cluster = _cluster()
    assert peer_choices(cluster, _by_place(), ["place_id"]) == ["all", "parent", "size"]
    alone = _by_place().slice(3, 1)
    assert peer_choices(cluster, alone, ["place_id"]) == []
    pairs = pa.table({"industry_id": ["a", "a"], "industry_id_2": ["b", "c"], "value": [1.0, 2.0]})
    assert peer_choices(cluster, pairs, ["industry_id", "industry_id_2"]) == ["all"]
    cells = pa.table({"place_id": ["p", "p", "q"], "industry_id": ["a", "b", "a"], "value": [1.0, 2.0, 3.0]})
    assert peer_choices(cluster, cells, ["place_id", "industry_id"]) == ["all", "industry", "place"]


def test_size_classes_are_quarters_of_the_units_and_equal_sizes_stay_together() -> None:
    table = pa.table(
        {
            "place_id": list("abcdefgh"),
            "value": [float(v) for v in range(8)],
            "weight": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0],
        }
    )
    assert peer_groups(_cluster(), table, ["place_id"], "size").tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    same = table.set_column(2, "weight", pa.array([1.0] * 8))
    assert len(set(peer_groups(_cluster(), same, ["place_id"], "size").tolist())) == 1


def test_along_a_curve_only_values_at_the_same_distance_are_peers() -> None:
    table = pa.table(
        {
            "industry_id": ["a", "a", "b", "b"],
            "distance_km": [1.0, 2.0, 1.0, 2.0],
            "value": [1.0, 100.0, 2.0, 50.0],
        }
    )
    made = among(_cluster(), table, ["industry_id", "distance_km"], "all")
    assert made["percentile"].to_pylist() == [25.0, 75.0, 75.0, 25.0]


def test_an_unknown_group_is_answered_with_those_there_are() -> None:
    with pytest.raises(JiqunError, match="parent"):
        peer_groups(_cluster(), _by_place(), ["place_id"], "sise")


def test_every_group_is_called_something_in_both_languages() -> None:
    assert all(peer.title.en and peer.title.zh and peer.says.en and peer.says.zh for peer in PEERS.values())
