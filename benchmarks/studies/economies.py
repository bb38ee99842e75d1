"""Write economies.csv for the recipe github_innovation_graph: code, name, middle and area of economies.

    python benchmarks/studies/economies.py FOLDER

The outlines are those of the npm package world-atlas (ISC; Natural Earth, public domain), which the web client
installs; the middle of an economy is that of its largest polygon. Two-letter codes come from the aliases of
territories in Babel's
copy of the CLDR. Nothing of either is kept in this repository.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Array = NDArray[np.float64]

ATLAS = Path(__file__).parents[2] / "web" / "node_modules" / "world-atlas" / "countries-50m.json"
RADIUS_KM = 6371.0088
UNNUMBERED = {"Kosovo": "XK"}
"""Territories without a number in ISO 3166 that data name."""


def economies(atlas: Path = ATLAS) -> pl.DataFrame:
    """Give ``iso2_code, name, lon, lat, area_km2``; a code that is not known is left out."""
    from babel.core import get_global

    alias = get_global("territory_aliases")
    text = json.loads(atlas.read_text(encoding="utf-8"))
    arcs = _arcs(text)
    rows = []
    for shape in text["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        code = alias.get(str(shape.get("id", "")), [UNNUMBERED.get(name)])[0]
        if code is None:
            continue
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = [_ring(polygon[0], arcs) for polygon in polygons]
        middles = [_middle(ring) for ring in rings]
        largest = max(range(len(rings)), key=lambda n: middles[n][2])
        lon, lat, _ = middles[largest]
        rows.append((code, name, lon, lat, sum(m[2] for m in middles)))
    found = pl.DataFrame(rows, schema=["iso2_code", "name", "lon", "lat", "area_km2"], orient="row")
    return (
        found.sort("iso2_code", "area_km2", descending=[False, True])
        .unique("iso2_code", keep="first")
        .sort("iso2_code")
    )


def _arcs(text: dict[str, object]) -> list[Array]:
    """Undo the quantisation of TopoJSON: each arc is the running sum of steps on a grid."""
    change = text["transform"]
    assert isinstance(change, dict)
    scale, shift = np.array(change["scale"]), np.array(change["translate"])
    made = text["arcs"]
    assert isinstance(made, list)
    return [np.cumsum(np.array(arc), axis=0) * scale + shift for arc in made]


def _ring(numbers: list[int], arcs: list[Array]) -> Array:
    return np.concatenate([arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers])


def _middle(ring: Array) -> tuple[float, float, float]:
    """Middle and area of a polygon in the cylindrical projection that keeps areas."""
    x, y = np.radians(ring[:, 0]), np.sin(np.radians(ring[:, 1]))
    x = np.unwrap(x)
    cross = x * np.roll(y, -1) - np.roll(x, -1) * y
    twice = cross.sum()
    if abs(twice) < 1e-15:
        return float(ring[:, 0].mean()), float(ring[:, 1].mean()), 0.0
    lon = np.degrees(((x + np.roll(x, -1)) * cross).sum() / (3.0 * twice))
    lat = np.degrees(np.arcsin(np.clip(((y + np.roll(y, -1)) * cross).sum() / (3.0 * twice), -1.0, 1.0)))
    return float((lon + 180.0) % 360.0 - 180.0), float(lat), float(abs(twice) / 2.0 * RADIUS_KM**2)


if __name__ == "__main__":
    if len(sys.argv) > 1 and Path(sys.argv[1]).is_dir():
        economies().write_csv(Path(sys.argv[1]) / "economies.csv")
    else:
        print(economies())
