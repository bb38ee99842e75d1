"""Physical space: where the actors are, what they do there, and hexagons where there are too many."""

from __future__ import annotations

import math

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster
from jiqun.space.actors import actors
from jiqun.space.exchanges import UNDATED, exchanges
from jiqun.space.frames import typed, usable
from jiqun.space.kept import kept
from jiqun.space.periods import Window, calendar, period_code

__all__ = ["HEXAGONS_ABOVE", "activity", "bounds", "cells", "hexagons", "panel_values", "place_activity", "points"]

HEXAGONS_ABOVE = 200_000
"""Points beyond this number are shown as hexagons."""

Bounds = tuple[float, float, float, float]


def activity(cluster: Cluster, *, within: Window | None = None) -> tuple[NDArray[np.float64], bool]:
    """Sum what each actor took part in, on either side.

    Returns
    -------
    value, money
        One value for each row of :func:`~jiqun.space.actors.actors`, and whether it is an amount of
        money (else a number of interactions).
    """
    frame = actors(cluster)
    traded = exchanges(cluster)
    if traded is None:
        return np.zeros(frame.height), False
    rows = traded.within(within)
    ids = frame["actor_id"].to_numpy().astype(str)
    value = np.zeros(len(ids))
    for names, code in ((traded.sources, traded.source), (traded.targets, traded.target)):
        summed = np.bincount(code[rows], traded.value[rows], len(names))
        position = np.minimum(np.searchsorted(ids, names), max(len(ids) - 1, 0))
        known = ids[position] == names if len(ids) else np.zeros(len(names), dtype=bool)
        np.add.at(value, position[known], summed[known])
    return value, traded.has_amount


def points(cluster: Cluster, chosen: NDArray[np.bool_], value: NDArray[np.float64]) -> pl.DataFrame:
    """Give the located actors among the chosen ones, the largest value last so that it is drawn on top.

    Returns
    -------
    polars.DataFrame
        ``id, name, kind, industry, place, lon, lat, value, located, stack``: ``located`` says whether
        the coordinates are the actor's ``own`` or those of its ``place``, ``stack`` how many of these
        actors share the very same point.
    """
    frame = actors(cluster).with_columns(pl.Series("value", value)).filter(pl.Series(chosen))
    return (
        frame.filter(pl.col("lon").is_not_null() & pl.col("lat").is_not_null())
        .rename({"actor_id": "id"})
        .with_columns(pl.len().over("lon", "lat").alias("stack"))
        .sort("value", "id")
        .select("id", "name", "kind", "industry", "place", "lon", "lat", "value", "located", "stack")
    )


def bounds(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Bounds | None:
    """Give west, south, east and north of some points; None without any.

    One point in a hundred thousand that lies elsewhere should not make the rest a dot: where points
    are many, the box leaves out the outermost 0.1 % on each side, unless they are near.

    Examples
    --------
    >>> bounds(np.array([120.0, 121.0]), np.array([30.0, 31.0]))
    (120.0, 30.0, 121.0, 31.0)
    """
    if not len(lon):
        return None
    edges = []
    for values in (lon, lat):
        low, high = float(values.min()), float(values.max())
        if len(values) > 1000:
            inner_low, inner_high = (float(q) for q in np.quantile(values, [0.001, 0.999]))
            margin = max(inner_high - inner_low, 0.01)
            low, high = max(low, inner_low - margin), min(high, inner_high + margin)
        edges.append((low, high))
    (west, east), (south, north) = edges
    return west, south, east, north


def resolution(box: Bounds) -> int:
    """Choose the H3 resolution that puts some sixty hexagons across a map of this extent.

    >>> resolution((73.0, 18.0, 135.0, 54.0)), resolution((120.0, 30.0, 120.5, 30.4))
    (3, 8)
    """
    west, south, east, north = box
    middle = math.radians((south + north) / 2)
    width_km = max((east - west) * 111.32 * math.cos(middle), (north - south) * 110.57, 1.0)
    # The mean edge of resolution 0 is 1,281 km (h3geo.org); each step divides it by √7.
    edge_km = width_km / 60 / 1.5
    return int(min(max(round(math.log(1281.3 / edge_km) / math.log(math.sqrt(7))), 1), 9))


def cells(cluster: Cluster) -> pl.DataFrame:
    """Give the hexagon of each located actor, at the resolution that suits the whole cluster.

    Returns
    -------
    polars.DataFrame
        ``id, cell``: H3 index as text.
    """
    return kept(cluster, "cells", lambda: _cells(cluster))


def _cells(cluster: Cluster) -> pl.DataFrame:
    import h3  # type: ignore[import-untyped]

    frame = actors(cluster).filter(pl.col("lon").is_not_null() & pl.col("lat").is_not_null())
    box = bounds(frame["lon"].to_numpy(), frame["lat"].to_numpy())
    if box is None:
        return pl.DataFrame(schema={"id": pl.String, "cell": pl.String})
    level = resolution(box)
    spots = frame.select("lon", "lat").unique(maintain_order=True)
    index = [h3.latlng_to_cell(lat, lon, level) for lon, lat in spots.iter_rows()]
    spots = spots.with_columns(pl.Series("cell", index, dtype=pl.String))
    joined = frame.join(spots, on=["lon", "lat"], how="left", maintain_order="left")
    return joined.select(pl.col("actor_id").alias("id"), "cell")


def hexagons(cluster: Cluster, located: pl.DataFrame) -> pl.DataFrame:
    """Sum located actors by hexagon.

    Parameters
    ----------
    cluster
        The data.
    located
        As :func:`points` gives them.

    Returns
    -------
    polars.DataFrame
        ``cell, outline, count, value`` in the order of cells; ``outline`` is a list of longitude and
        latitude.
    """
    import h3

    summed = (
        located.join(cells(cluster), on="id", how="left")
        .group_by("cell")
        .agg(pl.len().alias("count"), pl.col("value").sum())
        .sort("cell")
    )
    outline = [[[lon, lat] for lat, lon in h3.cell_to_boundary(cell)] for cell in summed["cell"].to_list()]
    return summed.with_columns(pl.Series("outline", outline, dtype=pl.List(pl.List(pl.Float64)))).select(
        "cell", "outline", "count", "value"
    )


def place_activity(cluster: Cluster) -> pl.DataFrame | None:
    """Sum interactions by period, place where they took place, and industry of the target; None without places.

    Returns
    -------
    polars.DataFrame or None
        ``period`` (code), ``place, industry, count, amount``.
    """
    if not usable(cluster, "interactions", "place_id"):
        return None
    return kept(cluster, "place-activity", lambda: _place_activity(cluster))


def _place_activity(cluster: Cluster) -> pl.DataFrame:
    covered = calendar(cluster)
    dated = covered is not None and usable(cluster, "interactions", "time")
    columns = ["place_id", "target", "amount", *(["time"] if dated else [])]
    code = period_code(nw.col("time"), covered.grain) if dated and covered else nw.lit(UNDATED, dtype=nw.Int32)
    summed: pl.DataFrame = (
        typed(cluster, "interactions", *columns)
        .filter(~nw.col("place_id").is_null())
        .select("target", "amount", period=code, place=nw.col("place_id"))
        .group_by("period", "place", "target")
        .agg(nw.len().alias("count"), nw.col("amount").sum())
        .collect("polars")
        .to_native()
    )
    industry = actors(cluster).select("actor_id", "industry")
    return (
        summed.join(industry, left_on="target", right_on="actor_id", how="left")
        .group_by("period", "place", "industry")
        .agg(pl.col("count").sum().cast(pl.Float64), pl.col("amount").cast(pl.Float64).sum())
        .with_columns(pl.col("period").fill_null(UNDATED))
        .sort("period", "place", "industry")
    )


def panel_values(cluster: Cluster, indicator: str) -> pl.DataFrame:
    """Give one indicator of the panel: ``place_id, period, value``, in the order of both.

    A key that occurs twice keeps its first value; ``jiqun check`` reports it.
    """

    def read() -> pl.DataFrame:
        found: pl.DataFrame = (
            typed(cluster, "panel", "place_id", "period", "indicator", "value")
            .filter(nw.col("indicator") == indicator)
            .select("place_id", "period", "value")
            .collect("polars")
            .to_native()
        )
        made = found.drop_nulls(["place_id", "period"]).unique(
            ["place_id", "period"], keep="first", maintain_order=True
        )
        return made.sort("place_id", "period")

    return kept(cluster, f"panel:{indicator}", read)
