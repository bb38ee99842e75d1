"""Compare and rank: ranks and their ranges, likeness of profiles, and whole clusters."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import cosine as cosine_distance
from scipy.stats import rankdata

from jiqun.cluster import Cluster, JiqunError
from jiqun.ingest.generated.build import generate
from jiqun.measure import measure
from jiqun.measure.similarity import similar as similar_profiles
from jiqun.report.comparing import MOST, choices, compare, similar
from jiqun.report.headlines import compare_clusters
from jiqun.report.maps import places_layer
from jiqun.report.ranks import ranks


def firms() -> Cluster:
    rng = np.random.default_rng(3)
    n = 400
    place = rng.choice(["p", "q", "r", "s"], n, p=[0.4, 0.3, 0.2, 0.1])
    industry = np.where(
        place == "p", rng.choice(["a", "b"], n, p=[0.9, 0.1]), rng.choice(["a", "b", "c"], n, p=[0.2, 0.4, 0.4])
    )
    return Cluster.from_tables(
        actors=pl.DataFrame(
            {
                "actor_id": [str(k) for k in range(n + 1)],
                "kind": ["firm"] * n + ["buyer"],
                "place_id": [*place.tolist(), "buyers-only"],
                "industry_id": [*industry.tolist(), "a"],
                "size": [*rng.integers(1, 50, n).tolist(), 1],
            }
        ),
        places=pl.DataFrame({"place_id": ["p", "q"], "name": ["Pingjiang 平江", "Qingpu 青浦"]}),
    )


def panel() -> Cluster:
    return Cluster.from_tables(
        places=pl.DataFrame({"place_id": ["x", "y", "z"], "name": ["X", "Y", "Z"]}),
        panel=pl.DataFrame(
            {
                "place_id": ["x", "y", "z", "x", "y", "z"],
                "period": ["2020"] * 3 + ["2021"] * 3,
                "indicator": ["gdp"] * 6,
                "value": [1.0, 2.0, 3.0, 9.0, 4.0, 5.0],
            }
        ),
    )


triples = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=20)


@given(triples)
def test_the_range_of_a_rank_counts_those_surely_above_and_surely_below(rows: list[tuple[int, int, int]]) -> None:
    value = np.array([float(v) for v, _, _ in rows])
    low = value - [float(d) for _, d, _ in rows]
    high = value + [float(u) for _, _, u in rows]
    found = ranks(value, low, high)
    np.testing.assert_array_equal(found.rank, rankdata(-value, method="min"))
    np.testing.assert_array_equal(found.best, 1 + (low[None, :] > high[:, None]).sum(axis=1))
    np.testing.assert_array_equal(found.worst, len(rows) - (high[None, :] < low[:, None]).sum(axis=1))
    assert (found.best <= found.rank).all()
    assert (found.rank <= found.worst).all()


def test_a_unit_without_a_value_is_not_ranked_and_one_without_an_interval_has_no_range() -> None:
    nan = np.nan
    found = ranks(np.array([nan, 3.0, 2.0]), np.array([nan, nan, 1.0]), np.array([nan, nan, 2.5]))
    np.testing.assert_array_equal(found.rank, [nan, 1, 2])
    np.testing.assert_array_equal(found.best, [nan, nan, 2])
    np.testing.assert_array_equal(found.worst, [nan, nan, 2])


def test_units_are_ranked_among_all_of_the_cluster_not_among_the_chosen() -> None:
    cluster = firms()
    whole = compare(cluster, units=["p", "q", "r", "s"], by=["krugman"], replicates=20)
    part = compare(cluster, units=["r"], by=["krugman"], replicates=20)
    k = [unit.id for unit in whole.units].index("r")
    assert part.indices[0].rank == [whole.indices[0].rank[k]]
    assert part.indices[0].percentile == [whole.indices[0].percentile[k]]
    assert (part.of_all, part.indices[0].of_known) == (4, 4)
    assert sorted(rank or 0 for rank in whole.indices[0].rank) == [1, 2, 3, 4]


def test_the_largest_units_come_first_and_buyers_are_not_firms() -> None:
    found = choices(firms(), "place")
    assert [option.id for option in found.units] == ["p", "q", "r", "s"]
    assert found.units[0].title.zh == "平江"
    assert {"krugman", "location_quotient", "hoover"} <= {index.index for index in found.indices}
    assert "ellison_glaeser" not in {index.index for index in found.indices}


def test_an_index_of_places_and_industries_needs_the_other_one_named() -> None:
    cluster = firms()
    made = compare(cluster, units=["p"], by=["location_quotient:a"], replicates=0).indices[0]
    frame = cluster.scan("actors").to_native().lazy().filter(pl.col("kind") == "firm").collect()
    inside = frame.filter(pl.col("place_id") == "p")
    share = inside.filter(pl.col("industry_id") == "a")["size"].sum() / inside["size"].sum()
    whole = frame.filter(pl.col("industry_id") == "a")["size"].sum() / frame["size"].sum()
    assert made.value[0] == pytest.approx(share / whole, rel=1e-12)
    assert made.title.en == "Location quotient, a"
    with pytest.raises(JiqunError, match="say which industry"):
        compare(cluster, by=["location_quotient"])
    with pytest.raises(JiqunError, match="leave out"):
        compare(cluster, by=["krugman:a"])


def test_what_cannot_be_compared_is_refused_and_says_what_can() -> None:
    cluster = firms()
    with pytest.raises(JiqunError, match="krugman"):
        compare(cluster, by=["ellison_glaeser"])
    with pytest.raises(JiqunError, match=r"There is no place called 'P'\. Known: p"):
        compare(cluster, units=["P"])
    with pytest.raises(JiqunError, match=f"up to {MOST} units; 11"):
        compare(cluster, units=[f"u{k}" for k in range(11)])
    with pytest.raises(JiqunError, match="place_id"):
        compare(Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"], "name": ["A"]})))


def test_an_index_that_fails_says_why_and_leaves_the_others() -> None:
    actors = pl.DataFrame(
        {"actor_id": ["a", "b"], "place_id": ["p", "q"], "industry_id": ["i", "i"], "size": [-1.0, 1.0]}
    )
    made = compare(Cluster.from_tables(actors=actors), by=["krugman"], replicates=0)
    assert made.indices[0].missing is not None
    assert "negative" in made.indices[0].missing.en
    assert made.indices[0].value == []


def test_places_of_a_panel_are_compared_by_its_indicators_in_the_last_period() -> None:
    made = compare(panel())
    assert [unit.id for unit in made.units] == ["x", "z", "y"]
    column = made.indices[0]
    assert column.index == "indicator:gdp"
    assert "2021" in column.title.en
    assert (column.value, column.rank) == ([9.0, 5.0, 4.0], [1, 2, 3])
    assert column.rank_best == [None] * 3
    with pytest.raises(JiqunError, match="actors"):
        similar(panel(), "x")


def test_likeness_is_the_cosine_of_shares_and_the_nearest_comes_first() -> None:
    cluster = firms()
    frame = cluster.scan("actors").to_native().lazy().filter(pl.col("kind") == "firm").collect()
    wide = frame.pivot("industry_id", index="place_id", values="size", aggregate_function="sum").fill_null(0)
    profile = {row[0]: np.array(row[1:], dtype=float) for row in wide.rows()}
    made = similar(cluster, "q", replicates=30)
    values = [one.value for one in made.found]
    assert values == sorted(values, reverse=True)
    assert {one.id for one in made.found} == {"p", "r", "s"}
    for one in made.found:
        a, b = profile["q"], profile[one.id]
        assert one.value == pytest.approx(1 - cosine_distance(a, b), rel=1e-12)
        assert one.distance == pytest.approx(np.abs(a / a.sum() - b / b.sum()).sum(), rel=1e-12)
        assert one.low is not None
        assert one.high is not None
        assert one.low <= one.value <= one.high


@given(st.permutations(list(range(12))))
def test_likeness_does_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    frame = pl.DataFrame(
        {
            "place_id": ["p", "q", "r"] * 4,
            "industry_id": ["a", "a", "b", "b", "c", "a", "a", "b", "c", "b", "a", "a"],
            "size": [float(k + 1) for k in range(12)],
        }
    )
    assert similar_profiles(frame[order], to="p", replicates=5).equals(similar_profiles(frame, to="p", replicates=5))


def test_a_place_without_weight_has_no_profile_and_says_so() -> None:
    frame = pl.DataFrame({"place_id": ["p", "q", "r"], "industry_id": ["a", "a", "b"], "size": [0.0, 1.0, 1.0]})
    with pytest.raises(JiqunError, match="no weight"):
        similar_profiles(frame, to="p")
    found = similar_profiles(frame, to="q", replicates=0)
    assert found["place_id"].to_list() == ["r", "p"]
    assert found["note"].to_list() == [None, "no weight"]


def test_clusters_stand_side_by_side_and_what_one_lacks_is_said() -> None:
    made = compare_clusters({"one": firms(), "two": panel()})
    assert [card.id for card in made.clusters] == ["one", "two"]
    lines = {line.id: line for line in made.headlines}
    assert [cell.value for cell in lines["places"].cells] == [2, 3]
    median = lines["krugman"].cells[0]
    every = compare(firms(), by=["krugman"], replicates=0).indices[0].value
    assert median.value == pytest.approx(float(np.median([v for v in every if v is not None])))
    assert lines["krugman"].cells[1].value is None
    assert "actors" in lines["krugman"].cells[1].note.en
    with pytest.raises(JiqunError, match="Up to 10"):
        compare_clusters({str(k): panel() for k in range(11)})


def test_places_lie_where_their_coordinates_or_their_outlines_are() -> None:
    cities = Cluster.from_tables(places=pl.DataFrame({"place_id": ["330100", "320500"], "name": ["杭州市", "苏州市"]}))
    assert (places_layer(cities).mode, places_layer(cities).boundaries[0]) == ("areas", "china-cities")
    points = pl.DataFrame({"place_id": ["a", "b"], "lon": [120.0, None], "lat": [30.0, None]})
    layer = places_layer(Cluster.from_tables(places=points))
    assert (layer.mode, layer.points["id"], layer.located, layer.total) == ("points", ["a"], 1, 2)
    bare = places_layer(Cluster.from_tables(places=pl.DataFrame({"place_id": ["a"]})))
    assert bare.mode == "list"
    assert bare.reason is not None


def test_industries_are_compared_in_the_digital_space_where_no_firm_has_a_place() -> None:
    made = generate(actors=120, interactions=3000, places=4, communities=3, seed=2).tables
    cluster = Cluster.from_tables(actors=made["actors"].drop("place_id"), interactions=made["interactions"])
    found = compare(cluster, of="industry", space="digital", by=["hoover"], replicates=0)
    column = found.indices[0]
    assert column.missing is None
    values = measure(cluster, "hoover", space="digital", of="industry", replicates=0)
    expected = dict(zip(values["industry_id"].to_list(), values["value"].to_list(), strict=True))
    assert column.value == [expected[unit.id] for unit in found.units]
    assert "--space digital" in (column.how.trace.command if column.how else "")
    with pytest.raises(JiqunError, match="communities and no places"):
        compare(cluster, space="digital")
