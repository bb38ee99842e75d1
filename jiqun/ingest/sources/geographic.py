"""GeoPackage and GeoJSON: the properties as columns, the shape as WKB in WGS84, and a point for each.

Beside the properties there are ``geometry``, ``geometry_lon`` and ``geometry_lat``: the point itself, or
the centroid of a line or an area.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.cluster import Words
from jiqun.ingest.recipe_errors import closest, closest_zh
from jiqun.ingest.sources.source import Given, SourceError, Staged, mapping_of, source

__all__ = ["stage_geojson", "stage_gpkg"]

OWN = ("geometry", "geometry_lon", "geometry_lat")
_DEGREES = frozenset({"EPSG:4326", "OGC:CRS84", "EPSG:4979", "EPSG:4490", "EPSG:4480", "EPSG:4258", "EPSG:4269"})
"""Longitude and latitude in frames that agree with WGS84 within two metres (CGCS2000, ETRS89, NAD83)."""
_MERCATOR = frozenset({"EPSG:3857", "EPSG:900913", "EPSG:102100", "ESRI:102100"})
_EARTH = 6_378_137.0


@source("geojson", title=Words("GeoJSON", "GeoJSON 文件"), extensions=(".geojson", ".json"))
def stage_geojson(given: Given) -> Staged:
    """Stage a GeoJSON file; by its standard it is in WGS84."""
    with given.path.open("rb") as file:
        head = file.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    if not head:
        raise SourceError(
            f"{given.label} is empty. Export it again, or take it out of the recipe.",
            f"{given.label} 是空文件。请重新导出，或从配方中去掉它。",
        )
    if not head.startswith(b"{"):
        raise SourceError(
            f"{given.label} is not GeoJSON: it does not begin with {{. Correct format or export it again.",
            f"{given.label} 不是 GeoJSON：它不以 {{ 开头。请更正 format，或重新导出。",
        )
    # Named, the driver is the only one that opens it: left to choose, GDAL takes some JSON for a pipeline to
    # run (GDALG), which reads any file of this machine.
    return _stage(given, f"GeoJSON:{given.path}")


@source("gpkg", title=Words("GeoPackage", "GeoPackage 文件"), extensions=(".gpkg",), options=("layer",))
def stage_gpkg(given: Given) -> Staged:
    """Stage one layer of a GeoPackage."""
    with given.path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\x00":
            # Told from its content, so that no other driver, some of which follow links, opens it.
            raise SourceError(
                f"{given.label} is not a GeoPackage. Export it again, or correct format.",
                f"{given.label} 不是 GeoPackage。请重新导出，或更正 format。",
            )
    return _stage(given, str(given.path))


def _stage(given: Given, opened: str) -> Staged:
    import pyogrio

    target = given.scratch / f"map-{abs(hash((str(given.path), given.section.layer))):x}.parquet"
    try:
        layer = _layer(given, [str(name) for name in pyogrio.list_layers(opened)[:, 0]])
        with pyogrio.raw.open_arrow(opened, layer=layer, use_pyarrow=True) as (meta, stream):
            columns, twice = _write(given, meta, stream, target)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{given.label} cannot be read as a map: {str(error).splitlines()[0]}. It may have been cut short; "
            "export it again.",
            f"无法把 {given.label} 作为地图读取：{str(error).splitlines()[0]}。文件可能被截断了；请重新导出。",
        ) from error
    return Staged(target, columns, twice=twice)


def _layer(given: Given, names: list[str]) -> str:
    wanted = given.section.layer
    if wanted is None:
        if len(names) != 1:
            raise SourceError(
                f"{given.label} has {len(names)} layers{': ' + ', '.join(names[:20]) if names else ''}. "
                'Say which: layer = "…" in its section of the recipe.',
                f"{given.label} 有 {len(names)} 个图层{'：' + '、'.join(names[:20]) if names else ''}。请在配"
                '方中它的小节里写明是哪一个：layer = "…"。',
            )
        return names[0]
    if wanted not in names:
        raise SourceError(
            f"{given.label} has no layer {wanted!r}.{closest(wanted, names)}",
            f"{given.label} 没有图层 {wanted!r}。{closest_zh(wanted, names)}",
        )
    return wanted


def _write(given: Given, meta: Any, stream: Any, target: Path) -> tuple[dict[str, str], frozenset[str]]:
    mercator = _mercator(given, meta["crs"])
    schema = stream.schema
    shape = next((field.name for field in schema if (field.metadata or {}).get(b"ARROW:extension:name")), None)
    properties = [name for name in schema.names if name != shape]
    taken = [name for name in properties if name in OWN]
    if taken:
        raise SourceError(
            f"{given.label} has a property {taken[0]}, a name kept for the shape itself. Rename it.",
            f"{given.label} 有属性 {taken[0]}，这个名称留给图形本身。请给它改名。",
        )
    columns, twice = mapping_of([*properties, *OWN], given.label)
    types = [schema.field(name).type for name in properties]
    written = pa.schema(list(zip(columns.values(), [*types, pa.binary(), pa.float64(), pa.float64()], strict=True)))
    rows = 0
    with pq.ParquetWriter(target, written, compression="zstd") as writer:
        for batch in stream:
            shapes = batch.column(shape) if shape is not None else pa.nulls(batch.num_rows, pa.binary())
            arrays = [batch.column(name) for name in properties] + _placed(given, shapes, mercator)
            writer.write_table(pa.table(arrays, schema=written))
            rows += batch.num_rows
    if rows == 0:
        raise SourceError(
            f"{given.label} has 0 features. Export it again, or take it out of the recipe.",
            f"{given.label} 有 0 个要素。请重新导出，或从配方中去掉它。",
        )
    return columns, twice


def _mercator(given: Given, crs: str | None) -> bool:
    """Tell whether the coordinates are in Web Mercator; refuse what cannot be converted."""
    if crs is None or crs.upper() in _DEGREES:
        return False
    if crs.upper() in _MERCATOR:
        return True
    name = re.match(r'\w+\["([^"]+)"', crs)
    raise SourceError(
        f"{given.label} is in {name[1] if name else crs[:60]}; read are longitude and latitude (WGS84, CGCS2000) "
        "and Web Mercator. Export it in EPSG:4326.",
        f"{given.label} 的坐标系是 {name[1] if name else crs[:60]}；可读取的是经纬度（WGS84、CGCS2000"
        "）和 Web 墨卡托。请以 EPSG:4326 导出。",
    )


def _placed(given: Given, shapes: pa.Array, mercator: bool) -> list[pa.Array]:
    import shapely

    found = shapely.force_2d(shapely.from_wkb(np.array(shapes.to_pylist(), dtype=object)))
    if mercator:
        found = shapely.transform(found, _degrees)
    else:
        bounds = shapely.total_bounds(found)
        if np.isfinite(bounds).all() and (np.abs(bounds) > (180.001, 90.001, 180.001, 90.001)).any():
            raise SourceError(
                f"{given.label} says its coordinates are degrees, and they reach {bounds.round(1).tolist()} "
                "(west, south, east, north). Export it in EPSG:4326, with its coordinate system.",
                f"{given.label} 声明坐标以度为单位，实际范围却是 {bounds.round(1).tolist()}（西、南、东、北）"
                "。请以 EPSG:4326 导出，并带上坐标系。",
            )
    middle = shapely.centroid(found)
    return [
        pa.array(list(shapely.to_wkb(found)), pa.binary()),
        pa.array(shapely.get_x(middle), pa.float64(), from_pandas=True),
        pa.array(shapely.get_y(middle), pa.float64(), from_pandas=True),
    ]


def _degrees(xy: np.ndarray) -> np.ndarray:
    lon = np.degrees(xy[:, 0] / _EARTH)
    lat = np.degrees(2.0 * np.arctan(np.exp(xy[:, 1] / _EARTH)) - math.pi / 2.0)
    return np.column_stack([lon, lat])
