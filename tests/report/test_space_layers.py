"""The map and the network under filters: modes, sums, hostile filters, and both sides of the brush."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import Cluster, JiqunError
from jiqun.report import filters, map_layer, network


def test_located_actors_are_points_and_the_total_counts_the_rest(whole):
    made = map_layer(whole)
    assert made.mode == "points"
    assert (made.total, made.located) == (320, 120)
    assert len({len(v) for v in made.points.values()}) == 1
    for name in ("id", "name", "kind", "industry", "place", "lon", "lat", "value"):
        assert name in made.points


def test_all_periods_are_no_filter_and_bounds_stay(whole):
    choices = filters(whole)
    assert map_layer(whole, first=choices.periods[0], last=choices.periods[-1]) == map_layer(whole)
    part = map_layer(whole, first="2020-01", last="2020-02")
    assert part.bounds == map_layer(whole).bounds
    assert sum(part.points["value"]) < sum(map_layer(whole).points["value"])


def test_values_by_period_add_up(whole):
    total = sum(map_layer(whole).points["value"])
    by_period = sum(sum(map_layer(whole, first=p, last=p).points["value"]) for p in filters(whole).periods)
    # Firms that closed before a period are not on its map, so compare through the network, which has all trade.
    assert by_period == pytest.approx(total, rel=1e-9)


def test_many_points_become_hexagons(monkeypatch):
    monkeypatch.setattr("jiqun.report.maps.HEXAGONS_ABOVE", 50)
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {"actor_id": [str(k) for k in range(200)], "lon": rng.normal(0, 1, 200), "lat": rng.normal(0, 1, 200)}
    )
    made = map_layer(Cluster.from_tables(actors=frame))
    assert made.mode == "hexagons"
    assert sum(made.hexagons["count"]) == 200
    assert made.points == {}


def test_places_without_coordinates_are_listed_largest_first(every_table):
    c = Cluster.from_tables(interactions=every_table["interactions"])
    made = map_layer(c)
    assert made.mode == "list"
    assert made.reason is not None
    assert made.located == 0
    assert made.points["value"] == sorted(made.points["value"], reverse=True)
    assert sum(made.points["value"]) == pytest.approx(every_table["interactions"]["amount"].sum())


def test_places_with_coordinates_carry_their_trade(every_table):
    places = pl.DataFrame({"place_id": ["p0", "p1"], "lon": [10.0, 11.0], "lat": [50.0, 51.0]})
    made = map_layer(Cluster.from_tables(interactions=every_table["interactions"], places=places))
    assert made.mode == "points"
    assert set(made.points["id"]) <= {"p0", "p1"}
    assert made.located == len(made.points["id"])
    assert made.total >= made.located


def test_a_panel_of_divisions_is_areas():
    panel = pl.DataFrame(
        {
            "place_id": ["310000", "320500", "330100"] * 2,
            "period": ["2020"] * 3 + ["2021"] * 3,
            "indicator": ["gdp"] * 6,
            "value": [1.0, 2.0, None, 4.0, 5.0, 6.0],
        }
    )
    c = Cluster.from_tables(panel=panel)
    made = map_layer(c)
    assert made.mode == "areas"
    assert made.areas["value"] == [4.0, 5.0, 6.0]
    earlier = map_layer(c, first="2020", last="2020")
    assert earlier.areas["value"] == [1.0, 2.0, None]
    assert (earlier.total, earlier.located) == (3, 2)
    assert earlier.boundaries[0] == "china-cities"
    assert earlier.attribution.zh


def test_nothing_to_place_says_so():
    made = map_layer(Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]})))
    assert made.mode == "none"
    assert made.reason is not None


@pytest.mark.parametrize(
    "asked",
    [
        {"industry": "' OR 1=1 --"}, {"first": "2020-99"}, {"last": "../.."}, {"first": "2021-01", "last": "2020-01"},
        {"indicator": "no such thing"}, {"industry": "x" * 100_000}, {"first": "2020-01\x00"},
    ],
    ids=str,
)  # fmt: skip
def test_filters_that_name_nothing_are_refused(whole, asked):
    with pytest.raises(JiqunError) as error:
        map_layer(whole, **asked)
    assert len(str(error.value)) < 2_000
    if "indicator" not in asked:
        with pytest.raises(JiqunError):
            network(whole, **asked)


def test_the_network_is_columnar_and_edges_point_into_it(whole):
    made = network(whole)
    assert made.shown == len(made.nodes["id"]) <= made.total
    assert len({len(v) for v in made.nodes.values()}) == 1
    for name in ("id", "name", "x", "y", "size", "degree", "industry", "place", "community", "lon", "lat", "cell"):
        assert name in made.nodes
    assert all(0 <= k < made.shown for k in (*made.edges.source, *made.edges.target))
    assert made.how is not None
    assert made.how.trace.seed is not None
    assert "6,000 purchases between" in made.built_from.en


def test_both_sides_of_the_brush_know_the_same_firms(whole):
    on_map, in_network = set(map_layer(whole).points["id"]), set(network(whole).nodes["id"])
    assert in_network <= on_map


def test_an_industry_filter_is_the_same_on_both_sides(whole):
    chosen = filters(whole).industries[0]
    made = map_layer(whole, industry=chosen.id)
    assert made.total == chosen.count
    assert set(network(whole, industry=chosen.id).nodes["id"]) <= set(made.points["id"])


def test_no_digital_space_says_so(every_table):
    made = network(Cluster.from_tables(panel=every_table["panel"]))
    assert made.reason is not None
    assert made.shown == 0


def test_a_loop_of_industries_does_not_hang(every_table):
    loop = pl.DataFrame({"industry_id": [f"i{k}" for k in range(5)], "parent": [f"i{(k + 1) % 5}" for k in range(5)]})
    c = Cluster.from_tables(**{**every_table, "industries": loop})
    assert {o.count for o in filters(c).industries} == {120}
    assert map_layer(c, industry="i0").total == 120
