"""Chinese map coordinates: WGS84, CGCS2000, GCJ-02 and BD-09 turned into each other.

GCJ-02 （高德，腾讯） is a smooth shift of up to about 700 m of WGS84 positions; BD-09 （百度） rotates and
shifts GCJ-02 once more. Neither has an official formula. The one below has been in public use since
2013 and reproduces what the map services return to about a metre. Its inverse is not approximated
here but solved, to 1e-9 degree (0.1 mm), so that nothing is lost by converting twice.

Where the shift applies
-----------------------
The usual box of public implementations is used: longitude 72.004 to 137.8347 and latitude 0.8293 to
55.8271 of the WGS84 position. Outside it GCJ-02 and BD-09 equal WGS84, as the map services give
positions abroad. The box is wider than mainland China. Map services differ on Hong Kong, Macau and Taiwan, and do not
shift neighbouring countries: give rows from there their own block in the recipe, with
``crs = "WGS84"`` where they are not shifted. Within about 2 km of the edge of the box two WGS84
positions can have the same shifted position; the one inside the box is given.
"""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jiqun.cluster.errors import JiqunError

__all__ = ["SYSTEMS", "from_wgs84", "out_of_range", "system", "to_wgs84"]

Array = NDArray[np.float64]
Pair = tuple[Array, Array]
Forward = Callable[[Array, Array], Pair]

SYSTEMS = ("WGS84", "CGCS2000", "GCJ-02", "BD-09")
"""Coordinate systems that can be read. CGCS2000 differs from WGS84 by centimetres and is taken as equal."""

_SPELLINGS = {
    "WGS84": "WGS84", "EPSG4326": "WGS84", "4326": "WGS84", "CRS84": "WGS84", "GPS": "WGS84",
    "CGCS2000": "CGCS2000", "EPSG4490": "CGCS2000", "4490": "CGCS2000", "国家2000": "CGCS2000",
    "GCJ02": "GCJ-02", "GCJ": "GCJ-02", "火星坐标": "GCJ-02", "高德": "GCJ-02", "腾讯": "GCJ-02",
    "BD09": "BD-09", "BD09LL": "BD-09", "百度": "BD-09", "百度坐标": "BD-09",
}  # fmt: skip

_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_KRASOVSKY_AXIS = 6378245.0
_KRASOVSKY_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU_WAVE = np.pi * 3000.0 / 180.0

_TOLERANCE = 1e-11
_ITERATIONS = 60
_CHUNK = 1 << 17  # a dozen temporaries of this length stay in the processor's cache


def system(name: str) -> str:
    """Give the canonical name of a coordinate system.

    Parameters
    ----------
    name
        As people write it: ``gcj02``, ``GCJ-02``, ``EPSG:4326``, ``百度`` …

    Raises
    ------
    JiqunError
        If the system is not known, with the ones that are.

    Examples
    --------
    >>> system("gcj02"), system("EPSG:4490")
    ('GCJ-02', 'CGCS2000')
    """
    key = "".join(c for c in str(name).upper() if c.isalnum())
    if key in _SPELLINGS:
        return _SPELLINGS[key]
    near = get_close_matches(key, _SPELLINGS, n=1)
    hint = f" Did you mean {_SPELLINGS[near[0]]}?" if near else ""
    raise JiqunError(
        f"crs = {name!r} is not a coordinate system that can be read; known: {', '.join(SYSTEMS)}.{hint} "
        "Projected coordinates (metres) go into columns x and y, in kilometres."
    )


def out_of_range(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Say which positions are not on Earth: |longitude| > 180, |latitude| > 90, or infinite.

    Missing values (NaN) are not out of range.

    Examples
    --------
    >>> out_of_range([120.1, 30.2, np.nan], [30.2, 120.1, np.nan])
    array([False,  True, False])
    """
    east, north = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    bad: NDArray[np.bool_] = (np.abs(east) > 180.0) | (np.abs(north) > 90.0)
    return bad


def to_wgs84(lon: ArrayLike, lat: ArrayLike, crs: str) -> Pair:
    """Convert positions to WGS84.

    Parameters
    ----------
    lon, lat
        Degrees, of equal length; NaN where missing and missing in the result.
    crs
        Coordinate system they are in; see :data:`SYSTEMS`.

    Returns
    -------
    lon, lat
        WGS84 degrees, exact to 1e-9 with respect to the forward formula.

    Raises
    ------
    JiqunError
        If the system is unknown or a position is not on Earth. Readers that want a finding for each
        such row set it aside first with :func:`out_of_range`.

    Examples
    --------
    >>> lon, lat = to_wgs84([116.38404722455657], [39.91334545536069], "GCJ-02")
    >>> print(f"{lon[0]:.6f} {lat[0]:.6f}")
    116.377817 39.911954
    """
    name = system(crs)
    east, north = _checked(lon, lat, name)
    forward = _FORWARD.get(name)
    return _chunked(lambda x, y: _unmoved(forward, x, y), east, north) if forward else (east, north)


def from_wgs84(lon: ArrayLike, lat: ArrayLike, crs: str) -> Pair:
    """Convert WGS84 positions to another system, such as the one of a base map.

    Parameters
    ----------
    lon, lat
        WGS84 degrees; NaN where missing and missing in the result.
    crs
        Coordinate system wanted; see :data:`SYSTEMS`.

    Returns
    -------
    lon, lat
        Degrees in the system asked for.

    Raises
    ------
    JiqunError
        If the system is unknown or a position is not on Earth.

    Examples
    --------
    >>> lon, lat = from_wgs84([116.377817], [39.911954], "GCJ-02")
    >>> print(f"{lon[0]:.6f} {lat[0]:.6f}")
    116.384047 39.913345
    """
    name = system(crs)
    east, north = _checked(lon, lat, "WGS84")
    forward = _FORWARD.get(name)
    return _chunked(lambda x, y: _moved(forward, x, y), east, north) if forward else (east, north)


def _checked(lon: ArrayLike, lat: ArrayLike, crs: str) -> Pair:
    east, north = np.array(lon, dtype=np.float64), np.array(lat, dtype=np.float64)
    if east.shape != north.shape:
        raise JiqunError(f"Coordinates need as many longitudes as latitudes; got {east.size} and {north.size}.")
    bad = out_of_range(east, north)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise JiqunError(
            f"{int(bad.sum())} positions are not on Earth; the first is number {first + 1}: "
            f"lon {east.flat[first]:g}, lat {north.flat[first]:g} ({crs}). Longitude must lie in [-180, 180] and "
            "latitude in [-90, 90]: are the two columns swapped, or are these projected metres?"
        )
    return east, north


def _chunked(convert: Forward, lon: Array, lat: Array) -> Pair:
    east, north = np.empty_like(lon), np.empty_like(lat)
    # reshape of the fresh, contiguous results is a view: filling it fills them
    flat_in, flat_out = (lon.reshape(-1), lat.reshape(-1)), (east.reshape(-1), north.reshape(-1))
    for start in range(0, lon.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        flat_out[0][part], flat_out[1][part] = convert(flat_in[0][part], flat_in[1][part])
    return east, north


def _solve(forward: Forward, lon: Array, lat: Array) -> Pair:
    """Find the positions that ``forward`` moves to the given ones.

    ``forward`` moves a point by d(point), where d changes by less than 4 % of the distance, so that
    p ← target − d(p) contracts: the error falls by a factor of 25 or more a step.
    """
    east, north = lon.copy(), lat.copy()
    for _ in range(_ITERATIONS):
        there = forward(east, north)
        step_east, step_north = lon - there[0], lat - there[1]
        east += step_east
        north += step_north
        largest = np.nanmax(np.abs(np.concatenate([step_east, step_north])), initial=0.0)
        if largest < _TOLERANCE:
            break
    return east, north


def _moved(forward: Forward, lon: Array, lat: Array) -> Pair:
    east, north = forward(lon, lat)
    inside = _inside(lon, lat)
    return np.where(inside, east, lon), np.where(inside, north, lat)


def _unmoved(forward: Forward, lon: Array, lat: Array) -> Pair:
    east, north = _solve(forward, lon, lat)
    inside = _inside(east, north)
    return np.where(inside, east, lon), np.where(inside, north, lat)


def _inside(lon: Array, lat: Array) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)
    return inside


def _shift(lon: Array, lat: Array) -> Pair:
    """Shift WGS84 to GCJ-02: a polynomial and three waves in each direction (metres), put on the ellipsoid."""
    # Beyond the box the polynomial grows without meaning; held at the edge it keeps the inverse stable.
    x = np.clip(lon, _WEST - 1.0, _EAST + 1.0) - 105.0
    y = np.clip(lat, _SOUTH - 1.0, _NORTH + 1.0) - 35.0
    shared = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    root = np.sqrt(np.abs(x))
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (2.0 / 3.0) * (shared + _waves(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (2.0 / 3.0) * (shared + _waves(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)))
    phi = np.radians(y + 35.0)
    curve = 1.0 - _KRASOVSKY_ECCENTRICITY2 * np.sin(phi) ** 2
    parallel = _KRASOVSKY_AXIS / np.sqrt(curve) * np.cos(phi)
    meridian = _KRASOVSKY_AXIS * (1.0 - _KRASOVSKY_ECCENTRICITY2) / curve**1.5
    return lon + np.degrees(east / parallel), lat + np.degrees(north / meridian)


def _waves(position: Array, *terms: tuple[float, float]) -> Array:
    total = np.zeros_like(position)
    for amplitude, period in terms:
        total += amplitude * np.sin(np.pi / period * position)
    return total


def _baidu(lon: Array, lat: Array) -> Pair:
    """Shift WGS84 to GCJ-02, and that to BD-09."""
    x, y = _shift(lon, lat)
    radius = np.hypot(x, y) + 0.00002 * np.sin(y * _BAIDU_WAVE)
    angle = np.arctan2(y, x) + 0.000003 * np.cos(x * _BAIDU_WAVE)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


_FORWARD: dict[str, Forward] = {"GCJ-02": _shift, "BD-09": _baidu}
