"""Coordinate-system suspicion: positions of GCJ-02 or BD-09 that were read as WGS84.

Chinese map services shift positions by 100 m to 1 km, in a direction and by an amount that depend on
where one is. A shift that size is invisible on a map of a country, and wrong on a map of a park.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from jiqun.cluster.checks.data import Data, present
from jiqun.cluster.checks.rule import Fault, rule
from jiqun.cluster.coordinates import from_wgs84, to_wgs84
from jiqun.cluster.facts import Words

Array = NDArray[np.float64]

SYSTEMS = ("GCJ-02", "BD-09")
SAMPLE = 20_000
"""Actors looked at; more add nothing to an answer that is yes or no."""

PLACES = 8
"""Fewer places than this may all have their firms on the same side by chance."""

SURE = 5.0
"""Standard errors (of places, not of firms: firms of a place are not independent) that make a suspicion."""

METRES = 111_195.0
"""Length of one degree of a meridian."""


@rule(
    severity="warning",
    title=Words(
        "Coordinates look shifted: GCJ-02 or BD-09 read as WGS84", "坐标疑似偏移：GCJ-02 或 BD-09 被当作 WGS84"
    ),
    advice=Words(
        "Ask where they come from （高德 and 腾讯 give GCJ-02, 百度 BD-09） "
        'and say crs = "GCJ-02" or "BD-09" in the recipe.',
        '请确认坐标来源（高德、腾讯为 GCJ-02，百度为 BD-09），并在配方中写明 crs = "GCJ-02" 或 "BD-09"。',
    ),
)
def shifted_coordinates(data: Data) -> Iterator[Fault]:
    r"""Actors in China whose offset from the points, or outlines, of their places follows the known shift.

    With points of places: the mean offset :math:`m_p` of the actors of place *p* is regressed on the
    shift :math:`g_p` there, :math:`\beta = \sum m_p \cdot g_p / \sum g_p \cdot g_p`, with standard errors by place.
    It is a suspicion where β is within 0.3 of 1 (actors shifted) or −1 (places shifted), and 5 standard
    errors from 0. With outlines: where undoing the shift brings significantly more actors into
    their own place than it takes out (McNemar, z > 5). Where firms scatter too widely around the point
    of their place to say, nothing is said.
    """
    if not data.has("actors", "lon", "lat", "place_id") or not data.has("places", "place_id"):
        return
    found = None
    if data.has("places", "geometry"):
        found = _by_outlines(data)
    if found is None and data.has("places", "lon", "lat"):
        found = _by_points(data)
    if found is not None:
        yield Fault("actors", "lon", found.rows, found.rows, found.examples, title=found.title)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Which system fits, and how well."""

    rows: int
    title: Words
    examples: tuple[str, ...]


def _by_points(data: Data) -> Suspicion | None:
    places = data.scan("places", "place_id", "lon", "lat").rename({"place_id": "_p", "lon": "_lon", "lat": "_lat"})
    actors = data.scan("actors", "place_id", "lon", "lat").filter(present("lon") & present("lat"))
    joined = actors.join(places.filter(_in_china("_lon", "_lat")), left_on="place_id", right_on="_p", how="inner")
    mean = joined.group_by("place_id").agg(
        n=nw.len(),
        lon=nw.col("lon").mean(),
        lat=nw.col("lat").mean(),
        at_lon=nw.col("_lon").mean(),
        at_lat=nw.col("_lat").mean(),
    )
    table = mean.collect("pyarrow")
    if len(table) < PLACES:
        return None
    lon, lat, at_lon, at_lat = (table[name].to_numpy().astype(float) for name in ("lon", "lat", "at_lon", "at_lat"))
    offset = _metres(lon - at_lon, lat - at_lat, at_lat)
    near = np.hypot(*offset) < 5_000  # a place whose firms are that far off says nothing about a shift of metres
    if int(near.sum()) < PLACES:
        return None
    best: tuple[float, float, str] | None = None
    for system in SYSTEMS:
        moved = from_wgs84(at_lon, at_lat, system)
        shift = _metres(moved[0] - at_lon, moved[1] - at_lat, at_lat)
        slope, error, rest = _slope(offset[:, near], shift[:, near])
        fits = abs(abs(slope) - 1.0) < 0.3 and abs(slope) > SURE * error
        if fits and (best is None or rest < best[0]):
            best = (rest, slope, system)
    if best is None:
        return None
    _, slope, system = best
    who = Words("actors", "主体") if slope > 0 else Words("places", "地点")
    typical = float(np.median(np.hypot(*offset[:, near])))
    return Suspicion(
        int(np.asarray(table["n"].to_numpy())[near].sum()),
        Words(
            f"Coordinates of {who.en} look like {system}, read as WGS84",
            f"{who.zh}坐标疑似 {system}，被当作 WGS84 读入",
        ),
        (f"{system}: slope {slope:.2f}, median offset {typical:.0f} m, {int(near.sum())} places",),
    )


def _by_outlines(data: Data) -> Suspicion | None:
    try:
        import shapely
    except ImportError:  # outlines are a bonus: points, where given, still answer
        return None
    outlines = data.scan("places", "place_id", "geometry").filter(present("geometry")).collect("pyarrow")
    shapes = {
        str(key): shapely.from_wkb(bytes(wkb), on_invalid="ignore")
        for key, wkb in zip(outlines["place_id"].to_list(), outlines["geometry"].to_list(), strict=True)
    }
    frame = data.scan("actors", "place_id", "lon", "lat").filter(_in_china("lon", "lat") & present("place_id"))
    table = frame.head(SAMPLE).collect("pyarrow")
    places = [shapes.get(str(p)) for p in table["place_id"].to_list()]
    held = np.array([shape is not None for shape in places], dtype=bool)
    if int(held.sum()) < 100:
        return None
    polygons = np.array([shape for shape in places if shape is not None], dtype=object)
    shapely.prepare(polygons)
    lon, lat = table["lon"].to_numpy().astype(float)[held], table["lat"].to_numpy().astype(float)[held]
    inside = shapely.contains_xy(polygons, lon, lat)
    best: tuple[float, int, int, str] | None = None
    for system in SYSTEMS:
        back = to_wgs84(lon, lat, system)
        mended = shapely.contains_xy(polygons, *back)
        brought, taken = int((mended & ~inside).sum()), int((inside & ~mended).sum())
        z = (brought - taken) / max(1.0, float(brought + taken)) ** 0.5
        if z > SURE and brought > 3 * taken and (best is None or z > best[0]):
            best = (z, brought, taken, system)
    if best is None:
        return None
    _, brought, taken, system = best
    return Suspicion(
        int(held.sum()),
        Words(f"Coordinates of actors look like {system}, read as WGS84", f"主体坐标疑似 {system}，被当作 WGS84 读入"),
        (f"{system}: undoing it brings {brought} into their place and takes {taken} out",),
    )


def _slope(offset: Array, shift: Array) -> tuple[float, float, float]:
    """Slope of offset on shift through the origin, its standard error, and what is left of the offset."""
    square = float((shift * shift).sum())
    slope = float((offset * shift).sum()) / square
    rest = offset - slope * shift
    error = float(np.sqrt(((rest * shift).sum(axis=0) ** 2).sum())) / square
    # judged by the shift as it is, not as scaled: the wrong system fits only when it is stretched
    return slope, error, float(((offset - np.sign(slope) * shift) ** 2).sum())


def _metres(east: Array, north: Array, lat: Array) -> Array:
    return np.stack([east * METRES * np.cos(np.radians(lat)), north * METRES])


def _in_china(lon: str, lat: str) -> nw.Expr:
    box = (nw.col(lon) >= 73.0) & (nw.col(lon) <= 136.0) & (nw.col(lat) >= 3.0) & (nw.col(lat) <= 54.0)
    return present(lon) & present(lat) & box
