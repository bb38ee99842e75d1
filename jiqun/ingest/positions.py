"""Positions in Chinese map coordinates, brought to WGS84 after the rows have been written."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiqun.cluster.coordinates import to_wgs84

__all__ = ["to_wgs84_file"]


def to_wgs84_file(path: Path, crs: str) -> None:
    """Convert ``lon``, ``lat`` and ``geometry`` of a Parquet file in place, a batch at a time."""
    converted = path.with_suffix(".wgs84")
    with pq.ParquetFile(path) as source:
        names = source.schema_arrow.names
        points = {"lon", "lat"} <= set(names)
        if not points and "geometry" not in names:
            return
        with pq.ParquetWriter(converted, source.schema_arrow, compression="zstd") as target:
            for batch in source.iter_batches():
                moved = _points(batch, crs) if points else batch
                target.write_batch(_shapes(moved, crs) if "geometry" in names else moved)
    os.replace(converted, path)


def _points(batch: pa.RecordBatch, crs: str) -> pa.RecordBatch:
    lon, lat = (pc.fill_null(batch.column(name), np.nan).to_numpy(zero_copy_only=False) for name in ("lon", "lat"))
    known = np.isfinite(lon) & np.isfinite(lat)
    lon, lat = lon.copy(), lat.copy()
    lon[known], lat[known] = to_wgs84(lon[known], lat[known], crs)
    for name, values in (("lon", lon), ("lat", lat)):
        position = batch.schema.get_field_index(name)
        batch = batch.set_column(position, batch.schema.field(position), pa.array(values, from_pandas=True))
    return batch


def _shapes(batch: pa.RecordBatch, crs: str) -> pa.RecordBatch:
    import shapely

    def move(xy: np.ndarray) -> np.ndarray:
        return np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], crs))

    position = batch.schema.get_field_index("geometry")
    shapes = shapely.from_wkb(batch.column(position).to_numpy(zero_copy_only=False))
    moved = shapely.to_wkb(shapely.transform(shapes, move))
    return batch.set_column(position, batch.schema.field(position), pa.array(list(moved), pa.binary()))
