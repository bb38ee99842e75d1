"""Coordinates that cannot be: off the globe, swapped, half given, on the zero point, far from all others."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from jiqun.cluster.checks.data import Data, count_where, present, show_rows
from jiqun.cluster.checks.rule import Fault, Suspect, rule
from jiqun.cluster.facts import Words

_lon, _lat = nw.col("lon"), nw.col("lat")
BOTH = present("lon") & present("lat")
FEW = 20
"""Fewer located rows than this have no region that one of them could be far from."""

_OFF = (_lon.abs() > 180) | (_lat.abs() > 90)
_TURNED = (_lat.abs() > 90) & (_lat.abs() <= 180) & (_lon.abs() <= 90)
_ZERO = (_lon.abs() < 0.001) & (_lat.abs() < 0.001)


@rule(
    severity="error",
    title=Words("Coordinates are not on Earth", "坐标超出有效范围"),
    advice=Words(
        "Longitude and latitude must be degrees (WGS84); projected metres go, in kilometres, into x and y.",
        "经纬度须为度 (WGS84)；投影坐标（米）换算为千米后填入 x 和 y。",
    ),
)
def coordinates_off_the_globe(data: Data) -> Iterator[Suspect]:
    """Longitude beyond ±180 or latitude beyond ±90 that swapping the two does not mend."""
    for table in _located(data):
        yield Suspect(table, "lon", BOTH & _OFF & ~_TURNED, of=BOTH, show=("lon", "lat"))


@rule(
    severity="error",
    title=Words("Longitude and latitude are swapped", "经度与纬度颠倒"),
    advice=Words("Swap the two columns in the recipe.", "请在配方中交换这两个字段。"),
)
def coordinates_swapped(data: Data) -> Iterator[Suspect]:
    """Latitudes only a longitude can have, and points that lie among the others once swapped, but far off as given."""
    for table in _located(data):
        swapped = _TURNED
        region = _region(data, table)
        if region is not None:
            swapped = swapped | (_among_once_swapped(region) & _beyond(region))
        yield Suspect(table, "lon", swapped, of=BOTH, show=("lon", "lat"))


@rule(
    severity="error",
    title=Words("Coordinates are zero", "坐标为零"),
    advice=Words(
        "Longitude 0, latitude 0 lies in the sea off Africa: leave unknown coordinates empty.",
        "经纬度 (0, 0) 位于非洲近海：未知坐标应留空。",
    ),
)
def coordinates_zero(data: Data) -> Iterator[Suspect]:
    """Points at longitude 0 and latitude 0, written for “unknown”."""
    for table in _located(data):
        yield Suspect(table, "lon", _ZERO, of=BOTH, show=("lon", "lat"))


@rule(
    severity="warning",
    title=Words("Only one of longitude and latitude is given", "经度和纬度只给出其一"),
    advice=Words("Complete the pair; a half is not a position.", "请补全坐标，单独一个无法定位。"),
)
def half_a_coordinate(data: Data) -> Iterator[Suspect]:
    """Rows with one of the two coordinates."""
    for table in _located(data):
        half = present("lon") != present("lat")
        yield Suspect(table, "lon", half, of=present("lon") | present("lat"), show=("lon", "lat"))


@rule(
    severity="warning",
    title=Words("Points lie far from all the others", "坐标远离其余所有点"),
    advice=Words(
        "Check sign, decimal point and the address they were found from; correct or leave empty.",
        "请检查正负号、小数点以及地址解析结果；更正或留空。",
    ),
)
def far_from_the_rest(data: Data) -> Iterator[Suspect]:
    """Points further outside the region of the middle 98 % than three times its extent (and 3 degrees)."""
    for table in _located(data):
        region = _region(data, table)
        if region is not None:
            far = BOTH & _beyond(region) & ~_OFF & ~_ZERO & ~_among_once_swapped(region)
            yield Suspect(table, "lon", far, of=BOTH, show=("lon", "lat"))


@rule(
    severity="info",
    title=Words("Many actors share exactly one point", "大量主体坐标完全相同"),
    advice=Words(
        "They were placed at the centre of a town or postcode: distances below that scale mean nothing, "
        "use indices of places rather than of distances.",
        "这些坐标是城镇或邮编的中心点：小于该尺度的距离没有意义，应使用分区指标而非距离指标。",
    ),
)
def piled_up_points(data: Data) -> Iterator[Fault]:
    """Actors at a point that at least 10 actors share, where that is 5 % or more of those located."""
    if not data.has("actors", "lon", "lat"):
        return
    located = data.scan("actors", "lon", "lat").filter(BOTH & ~_ZERO)
    counts = located.group_by("lon", "lat").agg(nw.len().alias("n"))
    totals = data.one(counts, of=nw.col("n").sum(), rows=nw.when(nw.col("n") >= 10).then(nw.col("n")).sum())
    rows, of = int(totals["rows"] or 0), int(totals["of"] or 0)
    if rows and rows >= 0.05 * of:
        largest = counts.sort("n", "lon", "lat", descending=[True, False, False])
        yield Fault("actors", "lon", rows, of, show_rows(largest, ("lon", "lat", "n")))


@rule(
    severity="info",
    title=Words("Coordinates are rounded to a kilometre or more", "坐标精度低于一公里"),
    advice=Words(
        "Distances of a few kilometres are not reliable; use wider bandwidths or the full coordinates.",
        "几公里以内的距离不可靠；请使用更大的带宽或完整坐标。",
    ),
)
def rounded_coordinates(data: Data) -> Iterator[Fault]:
    """Actors with at most two decimals in both coordinates, where that is a fifth or more of those located."""
    if not data.has("actors", "lon", "lat"):
        return
    coarse = BOTH & ~_ZERO
    for column in (_lon, _lat):
        hundredths = column * 100.0
        coarse = coarse & ((hundredths - hundredths.round(0)).abs() < 1e-7)
    frame = data.scan("actors", "actor_id", "lon", "lat")
    counts = data.one(frame, rows=count_where(coarse), of=count_where(BOTH))
    if counts["of"] and counts["rows"] >= max(10, 0.2 * float(counts["of"])):
        examples = show_rows(frame.filter(coarse), ("actor_id", "lon", "lat"))
        yield Fault("actors", "lon", int(counts["rows"]), int(counts["of"]), examples)


def _located(data: Data) -> Iterator[str]:
    return (table for table in ("actors", "places") if data.has(table, "lon", "lat"))


Region = tuple[float, float, float, float]


def _region(data: Data, table: str) -> Region | None:
    """West, east, south and north of the middle 98 % of the points that are on Earth."""
    sound = data.scan(table, "lon", "lat").filter(BOTH & ~_OFF & ~_ZERO)
    low, high = 0.01, 0.99
    found = data.one(
        sound,
        n=nw.len(),
        west=_lon.quantile(low, "linear"),
        east=_lon.quantile(high, "linear"),
        south=_lat.quantile(low, "linear"),
        north=_lat.quantile(high, "linear"),
    )
    if int(found["n"]) < FEW:
        return None
    return float(found["west"]), float(found["east"]), float(found["south"]), float(found["north"])


def _beyond(region: Region) -> nw.Expr:
    west, east, south, north = region
    wide, tall = max(3.0 * (east - west), 3.0), max(3.0 * (north - south), 3.0)
    return (_lon < west - wide) | (_lon > east + wide) | (_lat < south - tall) | (_lat > north + tall)


def _among_once_swapped(region: Region) -> nw.Expr:
    west, east, south, north = region
    return (_lat >= west) & (_lat <= east) & (_lon >= south) & (_lon <= north)
