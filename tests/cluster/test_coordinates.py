"""Chinese coordinate systems: published positions, the inverse, the other implementation, the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.cluster import JiqunError
from jiqun.cluster.coordinates import SYSTEMS, from_wgs84, out_of_range, system, to_wgs84

# WGS84 (lat, lon) → GCJ-02 (lat, lon): the test positions that the public implementations of the
# formula share (eviltransform, MIT), in Shanghai, Shenzhen and Beijing.
PUBLISHED = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
]

mainland = st.tuples(st.floats(72.1, 137.7), st.floats(0.95, 55.7))


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED)
def test_the_published_positions_are_reproduced_in_both_directions(wgs, gcj):
    lon, lat = from_wgs84([wgs[1]], [wgs[0]], "GCJ-02")
    assert (lat[0], lon[0]) == pytest.approx(gcj, abs=1e-12)
    lon, lat = to_wgs84([gcj[1]], [gcj[0]], "GCJ-02")
    assert (lat[0], lon[0]) == pytest.approx(wgs, abs=1e-9)


def test_bd09_is_the_published_step_beyond_gcj02():
    # GCJ-02 (116.404, 39.915) → BD-09, as printed by coordtransform and every port of it.
    wgs = to_wgs84([116.404], [39.915], "GCJ-02")
    lon, lat = from_wgs84(*wgs, "BD-09")
    assert (lon[0], lat[0]) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-10)


@pytest.mark.parametrize("crs", SYSTEMS)
@given(position=mainland)
def test_there_and_back_is_the_same_position(crs, position):
    lon, lat = [position[0]], [position[1]]
    back = to_wgs84(*from_wgs84(lon, lat, crs), crs)
    assert back[0] == pytest.approx(lon, abs=1e-9)
    assert back[1] == pytest.approx(lat, abs=1e-9)


@pytest.mark.parametrize("crs", ["GCJ-02", "BD-09"])
@given(position=mainland)
def test_back_and_there_is_the_same_position(crs, position):
    lon, lat = [position[0]], [position[1]]
    there = from_wgs84(*to_wgs84(lon, lat, crs), crs)
    assert there[0] == pytest.approx(lon, abs=1e-9)
    assert there[1] == pytest.approx(lat, abs=1e-9)


@given(position=st.tuples(st.floats(73.0, 136.0), st.floats(1.5, 54.5)))  # its box is not quite the same
def test_gcj02_agrees_with_the_other_implementation(position):
    coord = pytest.importorskip("fast_geocn.coord")
    expected = coord.wgs84_to_gcj02(*position)
    lon, lat = from_wgs84([position[0]], [position[1]], "GCJ-02")
    assert (lon[0], lat[0]) == pytest.approx(expected, abs=1e-9)
    expected = coord.gcj02_to_wgs84(*position)
    lon, lat = to_wgs84([position[0]], [position[1]], "GCJ-02")
    assert (lon[0], lat[0]) == pytest.approx(expected, abs=1e-8)


def test_the_shift_in_a_chinese_city_is_hundreds_of_metres_and_baidu_adds_about_a_kilometre():
    for crs, low, high in (("GCJ-02", 300.0, 900.0), ("BD-09", 800.0, 2000.0)):
        lon, lat = from_wgs84([120.1551], [30.2741], crs)  # Hangzhou
        metres = 111_320.0 * np.hypot((lon[0] - 120.1551) * np.cos(np.radians(30.2741)), lat[0] - 30.2741)
        assert low < metres < high


@pytest.mark.parametrize("place", [(-73.98, 40.75), (2.35, 48.86), (139.69, 35.69), (71.9, 30.0), (-180.0, 90.0)])
@pytest.mark.parametrize("crs", ["GCJ-02", "BD-09"])
def test_positions_outside_the_box_are_left_where_they_are(place, crs):
    assert [v[0] for v in from_wgs84([place[0]], [place[1]], crs)] == list(place)
    assert [v[0] for v in to_wgs84([place[0]], [place[1]], crs)] == list(place)


def test_missing_positions_stay_missing_and_do_not_touch_the_others():
    lon, lat = to_wgs84([np.nan, 116.38404722455657, np.nan], [30.0, 39.91334545536069, np.nan], "GCJ-02")
    assert np.isnan(lon[[0, 2]]).all()
    assert lat[1] == pytest.approx(39.911954, abs=1e-9)


@pytest.mark.parametrize("crs", SYSTEMS)
def test_no_positions_give_no_positions(crs):
    assert [v.size for v in to_wgs84([], [], crs)] == [0, 0]


def test_many_positions_give_the_same_as_one_at_a_time_and_the_callers_arrays_are_not_changed():
    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(80, 130, 300_000), rng.uniform(20, 50, 300_000)
    kept = lon.copy()
    many = to_wgs84(lon, lat, "BD-09")
    for i in (0, 131_071, 131_072, 299_999):
        one = to_wgs84(lon[i : i + 1], lat[i : i + 1], "BD-09")
        assert (many[0][i], many[1][i]) == pytest.approx((one[0][0], one[1][0]), abs=1e-12)
    assert (lon == kept).all()


def test_swapped_or_projected_coordinates_are_refused_with_the_first_culprit():
    with pytest.raises(JiqunError, match=r"2 positions are not on Earth; the first is number 2: lon 30.2, lat 120.1"):
        to_wgs84([120.1, 30.2, 512_000.0], [30.2, 120.1, 3_350_000.0], "WGS84")
    assert out_of_range([120.1, np.inf], [np.nan, 1.0]).tolist() == [False, True]


def test_as_many_longitudes_as_latitudes_are_needed():
    with pytest.raises(JiqunError, match="got 2 and 1"):
        to_wgs84([1.0, 2.0], [1.0], "WGS84")


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("gcj02", "GCJ-02"), ("GCJ_02", "GCJ-02"), ("bd09ll", "BD-09"), ("wgs-84", "WGS84"), ("EPSG:4490", "CGCS2000")],
)
def test_systems_are_known_by_their_usual_spellings(spelling, name):
    assert system(spelling) == name


def test_an_unknown_system_names_the_known_ones_and_the_nearest():
    with pytest.raises(JiqunError, match=r"WGS84, CGCS2000, GCJ-02, BD-09\. Did you mean GCJ-02\?"):
        to_wgs84([1.0], [1.0], "GJC02")
