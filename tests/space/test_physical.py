"""The physical space: who is located where, who is there when, and sums that add up."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import Cluster, JiqunError
from jiqun.space import activity, actors, cells, hexagons, place_activity, points, selected, window
from jiqun.space.physical import bounds, resolution


def small() -> Cluster:
    return Cluster.from_tables(
        actors=pl.DataFrame(
            {
                "actor_id": ["old", "young", "shut", "trader", "undated", "buyer"],
                "kind": ["firm"] * 5 + ["buyer"],
                "industry_id": ["A1", "A", "B", "B", None, None],
                "place_id": ["p", "q", None, "p", "nowhere", None],
                "lon": [120.0, None, 500.0, None, None, None],
                "lat": [30.0, None, 30.0, None, None, None],
                "founded": [date(2000, 1, 1), date(2019, 6, 1), date(2001, 1, 1), None, None, None],
                "closed": [None, None, date(2018, 3, 1), None, None, None],
            }
        ),
        places=pl.DataFrame({"place_id": ["p", "q"], "lon": [121.0, 122.0], "lat": [31.0, 32.0]}),
        industries=pl.DataFrame({"industry_id": ["A", "A1", "B"], "parent": [None, "A", None]}),
        interactions=pl.DataFrame(
            {
                "time": [datetime(2018, 1, 5), datetime(2019, 7, 1), datetime(2019, 8, 1), None],
                "source": ["buyer", "buyer", "buyer", "buyer"],
                "target": ["old", "old", "trader", "old"],
                "amount": [1.0, 10.0, 100.0, 1000.0],
                "place_id": ["p", "q", "p", None],
            }
        ),
    )


def ids(c: Cluster, **filters: object) -> list[str]:
    return actors(c).filter(pl.Series(selected(c, **filters)))["actor_id"].to_list()  # type: ignore[arg-type]


def test_actors_borrow_the_coordinates_of_their_place_and_impossible_ones_are_none():
    located = dict(actors(small()).select("actor_id", "located").rows())
    assert located == {
        "buyer": None, "old": "own", "shut": None, "trader": "place", "undated": None, "young": "place",
    }  # fmt: skip


def test_who_is_there_in_a_period():
    c = small()
    # 2018-Q1: not yet founded young; shut still open; trader has only traded later; undated is never left out.
    assert ids(c, within=window(c, "2018-01", "2018-03")) == ["buyer", "old", "shut", "undated"]
    assert ids(c, within=window(c, "2019-06", None)) == ["buyer", "old", "trader", "undated", "young"]
    assert len(ids(c)) == 6


def test_an_industry_keeps_those_below_it():
    assert ids(small(), industry="A") == ["old", "young"]
    with pytest.raises(JiqunError, match="No industry"):
        selected(small(), industry="'; DROP TABLE actors; --")


def test_values_are_what_an_actor_took_part_in_within_the_period():
    c = small()
    names = actors(c)["actor_id"].to_list()
    value, money = activity(c)
    assert money
    assert dict(zip(names, value.tolist(), strict=True)) == {
        "buyer": 1111.0, "old": 1011.0, "shut": 0.0, "trader": 100.0, "undated": 0.0, "young": 0.0,
    }  # fmt: skip
    later, _ = activity(c, within=window(c, "2019-01", None))
    assert dict(zip(names, later.tolist(), strict=True))["old"] == 10.0


def test_sums_over_places_are_the_total():
    sums = place_activity(small())
    assert sums is not None
    assert sums["amount"].sum() == 111.0
    assert dict(sums.group_by("place").agg(pl.col("amount").sum()).rows()) == {"p": 101.0, "q": 10.0}


def test_hexagons_hold_everyone_once():
    rng = np.random.default_rng(0)
    n = 500
    c = Cluster.from_tables(
        actors=pl.DataFrame(
            {
                "actor_id": [f"a{k}" for k in range(n)],
                "lon": rng.normal(120, 0.5, n),
                "lat": rng.normal(30, 0.5, n),
                "size": rng.random(n),
            }
        )
    )
    value = actors(c)["size"].to_numpy()
    found = points(c, np.ones(n, dtype=bool), value)
    made = hexagons(c, found)
    assert made["count"].sum() == n
    assert made["value"].sum() == pytest.approx(value.sum())
    assert made["cell"].n_unique() == made.height > 20
    assert set(made["cell"]) == set(cells(c)["cell"])
    ring = made["outline"][0]
    assert all(118 < lon < 123 and 28 < lat < 32 for lon, lat in ring)


def test_actors_on_the_same_spot_say_so():
    c = Cluster.from_tables(
        actors=pl.DataFrame({"actor_id": ["a", "b", "c"], "lon": [1.0, 1.0, 2.0], "lat": [1.0, 1.0, 2.0]})
    )
    found = points(c, np.ones(3, dtype=bool), np.array([3.0, 1.0, 2.0]))
    assert found.select("id", "stack").rows() == [("b", 2), ("c", 1), ("a", 2)]


def test_one_far_point_does_not_shrink_the_map_of_many():
    lon, lat = np.r_[np.linspace(120, 121, 5000), -60.0], np.r_[np.linspace(30, 31, 5000), -10.0]
    box = bounds(lon, lat)
    assert box is not None
    assert box[0] > 118
    assert box[2] == pytest.approx(121)
    assert bounds(np.array([]), np.array([])) is None


def test_the_resolution_grows_as_the_map_shrinks():
    levels = [resolution((120.0, 30.0, 120.0 + w, 30.0 + w)) for w in (50, 20, 5, 1, 0.2, 0.05)]
    assert levels == sorted(levels)
    assert levels[0] >= 1
    assert levels[-1] <= 9


def test_tables_of_another_library_give_the_same_map():
    import pandas as pd

    frame = pl.DataFrame({"actor_id": ["1", "2"], "lon": [1.5, None], "lat": [2.5, None]})
    one = actors(Cluster.from_tables(actors=frame))
    other = actors(
        Cluster.from_tables(actors=pd.DataFrame({"actor_id": [1, 2], "lon": [1.5, None], "lat": [2.5, None]}))
    )
    third = actors(Cluster.from_tables(actors=frame.to_arrow()))
    assert one.equals(other)
    assert one.equals(third)
