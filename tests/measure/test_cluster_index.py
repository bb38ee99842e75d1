"""Litzenberger–Sternberg, and the columns of places that are joined to a cluster's plants."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiqun
from jiqun.cluster import JiqunError, MissingColumn
from jiqun.measure import litzenberger_sternberg

PLACES = pl.DataFrame({"place_id": ["p", "q"], "area": [1.0, 3.0], "population": [10.0, 20.0], "parent": ["n", "s"]})
FIRMS = pl.DataFrame({"actor_id": list("abcd"), "place_id": list("ppqq"), "industry_id": list("ijjj")})


def test_equals_reat_and_is_nought_where_reat_has_none(reference: Path) -> None:
    rows = pl.read_csv(reference / "litz_input.csv").rename({"industry": "industry_id", "region": "place_id"})
    found = litzenberger_sternberg(rows, weight="e", population="pop", plants="b", replicates=0)
    wide = pl.read_csv(reference / "litzenberger_reat.csv", null_values="NaN")
    theirs = wide.rename({"": "industry_id"}).unpivot(
        index="industry_id", variable_name="place_id", value_name="theirs"
    )
    both = found.join(theirs, on=["place_id", "industry_id"])
    assert both.height == 50
    defined = both.drop_nulls("theirs")
    assert defined["value"].to_numpy() == pytest.approx(defined["theirs"].to_numpy(), rel=1e-12)
    none = both.filter(pl.col("theirs").is_null())
    assert none.height == 3
    assert none["value"].to_list() == [0.0] * 3
    assert set(none["note"]) == {"no plant here: 0 by convention (0/0)"}


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_units_of_land_and_people_do_not_matter_and_an_even_spread_is_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    area, people = rng.uniform(1, 9, 3), rng.integers(10, 900, 3)
    place = rng.integers(0, 3, 30)
    frame = pl.DataFrame(
        {
            "place_id": place.astype(str),
            "industry_id": rng.choice(["a", "b"], 30),
            "size": rng.lognormal(1, 1, 30),
            "area": area[place],
            "population": people[place],
        }
    )
    one = litzenberger_sternberg(frame, replicates=0)["value"].to_numpy()
    scaled = frame.with_columns(pl.col("area") * 247.1, pl.col("population") / 1000)
    assert litzenberger_sternberg(scaled, replicates=0)["value"].to_numpy() == pytest.approx(one, rel=1e-9)
    even = pl.DataFrame({"place_id": ["p", "q"], "industry_id": ["a"] * 2, "area": 2.0, "population": 5.0})
    assert litzenberger_sternberg(even, replicates=0)["value"].to_list() == [1.0, 1.0]


def test_a_place_without_land_or_people_is_null_and_says_why() -> None:
    frame = FIRMS.join(PLACES.with_columns(area=pl.Series([0.0, 3.0])), on="place_id")
    found = litzenberger_sternberg(frame, replicates=0).filter(pl.col("place_id") == "p")
    assert found["value"].is_null().all()
    assert set(found["note"]) == {"the place has no area or no population"}


def test_places_that_disagree_with_themselves_or_have_negative_land_are_refused() -> None:
    frame = FIRMS.join(PLACES, on="place_id")
    with pytest.raises(JiqunError, match=r"one area for each place_id; p has 1\.0 and 2\.0"):
        litzenberger_sternberg(frame.with_columns(area=pl.Series([1.0, 2.0, 3.0, 3.0])))
    with pytest.raises(JiqunError, match=r"area ≥ 0 for each place_id; that of p is -1\.0"):
        litzenberger_sternberg(frame.with_columns(area=pl.Series([-1.0, -1.0, 3.0, 3.0])))
    with pytest.raises(MissingColumn, match="needs column area"):
        litzenberger_sternberg(FIRMS)


@pytest.mark.parametrize("actors", ["polars", "pandas", "pyarrow", "duckdb"])
@pytest.mark.parametrize("places", ["polars", "pandas"])
def test_a_cluster_takes_land_people_and_parents_from_its_places(actors: str, places: str) -> None:
    given_actors = {
        "polars": lambda: FIRMS,
        "pandas": FIRMS.to_pandas,
        "pyarrow": FIRMS.to_arrow,
        "duckdb": lambda: duckdb.from_arrow(FIRMS.to_arrow()),
    }[actors]()
    given_places = PLACES if places == "polars" else PLACES.to_pandas()
    cluster = jiqun.Cluster.from_tables(actors=given_actors, places=given_places)
    joined = FIRMS.join(PLACES, on="place_id")
    found = cluster.measure("litzenberger_sternberg", replicates=0)["value"]
    expected = litzenberger_sternberg(joined, replicates=0)["value"].to_list()
    assert (found.to_pylist() if actors == "pyarrow" else found.to_list()) == expected
    parts = cluster.measure("theil", group="parent", replicates=0)
    assert {"between", "within"} <= set(parts.column_names if actors == "pyarrow" else parts.columns)


def test_a_place_that_is_twice_in_the_table_of_places_does_not_double_its_plants() -> None:
    cluster = jiqun.Cluster.from_tables(actors=FIRMS, places=pl.concat([PLACES, PLACES]))
    assert cluster.measure("litzenberger_sternberg", replicates=0)["rows"].sum() == 4


def test_a_cluster_without_land_says_what_is_missing() -> None:
    cluster = jiqun.Cluster.from_tables(actors=FIRMS, places=PLACES.select("place_id"))
    with pytest.raises(MissingColumn, match="litzenberger_sternberg needs column area"):
        cluster.measure("litzenberger_sternberg")
