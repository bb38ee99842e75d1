"""How far places are from each other and from themselves, and which of them lie in the same region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
import scipy.sparse as sp
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.measure.gravity.flows import Flows
from jiqun.measure.points import great_circle, on_sphere
from jiqun.space.actors import actors
from jiqun.space.effective import effective_distance
from jiqun.space.frames import typed, usable

__all__ = ["INTERNAL", "Distances", "Internal", "effective", "given", "on_the_ground", "regions"]

Array = NDArray[np.float64]
Internal = Literal["auto", "area", "nearest", "exclude"]

INTERNAL: Mapping[str, Words] = MappingProxyType(
    {
        "area": Words("inside a place: 2/3 √(area/π)", "地点内部距离：2/3·√(面积/π)"),
        "nearest": Words(
            "inside a place: a quarter of the distance to the nearest other place",
            "地点内部距离：到最近地点距离的四分之一",
        ),
        "exclude": Words("flows inside a place left out", "不含地点内部的流量"),
        "given": Words("distances as given", "距离由用户给定"),
        "effective": Words("effective distance along the flows of the period before", "沿上一时期流量计算的有效距离"),
    }
)
"""Rules for the distance of a place from itself, and where distances come from."""


@dataclass(frozen=True, slots=True)
class Distances:
    """Distances of origins and destinations; NaN where not known."""

    km: Array
    """Shape (groups or 1, origins, destinations); kilometres, or effective distance."""
    rule: str
    """Key of :data:`INTERNAL`."""
    lacking: int
    """Places without a position."""
    logarithm: bool
    """Whether flows fall with the logarithm of the distance; effective distance is one already."""


def on_the_ground(cluster: Cluster, flows: Flows, *, internal: Internal) -> Distances:
    """Give great circles between places, in kilometres.

    A place is where the table of places has it; if it has no coordinates, at the median of its actors that have.

    Parameters
    ----------
    cluster
        The data.
    flows
        Whose origins and destinations.
    internal
        Distance of a place from itself: ``"area"`` is 2/3 √(area/π), the mean distance from the centre of a disc;
        ``"nearest"`` a quarter of the distance to the nearest other place (Wei 1996); ``"exclude"`` leaves flows
        inside a place out; ``"auto"`` is area where all places have one, else nearest.

    Raises
    ------
    JiqunError
        If fewer than two places have a position, or ``"area"`` is asked for and not known.

    References
    ----------
    Wei, S.-J. (1996), Intra-national versus international trade. NBER working paper 5531.
    """
    names = np.union1d(flows.origins, flows.destinations)
    table = _positions(cluster, names)
    lon, lat, area = (table[c].to_numpy().astype(np.float64) for c in ("lon", "lat", "area"))
    known = np.isfinite(lon + lat)
    if known.sum() < 2:
        raise JiqunError(
            "gravity needs longitude and latitude of at least two places. Add lon and lat in the recipe under "
            "[places.columns], or give a table of distances.",
            "gravity 至少需要两个地点的经纬度。请在配方的 [places.columns] 中加入 lon 与 lat，或给出距离表。",
        )
    at = np.full((len(names), 3), np.nan)
    at[known] = on_sphere(lon[known], lat[known])
    chord = np.sqrt(np.maximum(((at[:, None] - at[None]) ** 2).sum(axis=2), 0.0))
    km = great_circle(chord)
    rule = internal if internal != "auto" else ("area" if (area[known] > 0).all() else "nearest")
    np.fill_diagonal(km, _inside(km, area, rule, known))
    km[km <= 0] = np.nan
    i, j = np.searchsorted(names, flows.origins), np.searchsorted(names, flows.destinations)
    return Distances(km[np.ix_(i, j)][None], rule, int((~known).sum()), logarithm=True)


def _inside(km: Array, area: Array, rule: str, known: NDArray[np.bool_]) -> Array:
    if rule == "area":
        if not (area[known] > 0).any():
            raise JiqunError(
                "gravity: internal='area' needs the column area of places. Take internal='nearest', or add it.",
                "gravity：internal='area' 需要地点表的 area 列。请加入该列，或使用 internal='nearest'。",
            )
        return np.where(area > 0, 2.0 / 3.0 * np.sqrt(np.where(area > 0, area, 0.0) / np.pi), np.nan)
    if rule == "exclude":
        return np.full(len(km), np.nan)
    apart = np.where(np.isfinite(km) & (km > 0), km, np.inf)
    np.fill_diagonal(apart, np.inf)
    nearest = apart.min(axis=1)
    return np.where(np.isfinite(nearest), nearest / 4.0, np.nan)


def _positions(cluster: Cluster, names: NDArray[np.str_]) -> pl.DataFrame:
    wanted = pl.DataFrame({"place_id": names.tolist()})
    if cluster.has("places"):
        table = typed(cluster, "places", "place_id", "lon", "lat", "area").collect("polars").to_native()
        table = table.unique("place_id", keep="first", maintain_order=True)
    else:
        table = pl.DataFrame(schema={"place_id": pl.String, "lon": pl.Float64, "lat": pl.Float64, "area": pl.Float64})
    inside = pl.col("lon").is_between(-180, 180) & pl.col("lat").is_between(-90, 90)
    table = table.with_columns(pl.when(inside).then(pl.col("lon", "lat")))
    own = (
        actors(cluster)
        .filter(pl.col("located") == "own")
        .group_by("place")
        .agg(pl.col("lon", "lat").median().name.prefix("own_"))
    )
    joined = wanted.join(table, on="place_id", how="left", maintain_order="left").join(
        own, left_on="place_id", right_on="place", how="left", maintain_order="left"
    )
    lacks = pl.col("lon").is_null() | pl.col("lat").is_null()
    return joined.with_columns(
        lon=pl.when(lacks).then("own_lon").otherwise("lon"), lat=pl.when(lacks).then("own_lat").otherwise("lat")
    )


def given(table: IntoFrame, flows: Flows) -> Distances:
    """Take distances from a table ``origin, destination, distance_km``; a pair given one way counts both ways.

    Parameters
    ----------
    table
        In any library Narwhals knows.
    flows
        Whose origins and destinations.

    Raises
    ------
    JiqunError
        If a column is missing, or a distance is not a number above nought.
    """
    frame = nw.from_native(table).lazy()
    present = frame.collect_schema().names()
    wanted = ("origin", "destination", "distance_km")
    if not set(wanted) <= set(present):
        raise JiqunError(
            f"A table of distances needs columns origin, destination, distance_km; it has {', '.join(present)}.",
            f"距离表需要 origin、destination、distance_km 三列；现有 {'、'.join(present)}。",
        )
    rows: Any = frame.select(*wanted).collect("polars").to_native()
    far = rows["distance_km"].cast(pl.Float64).to_numpy()
    if not (far > 0).all() or not np.isfinite(far).all():
        raise JiqunError(
            "Distances must be numbers above 0, also that of a place from itself. Correct the table.",
            "距离必须为大于 0 的数，包括地点到自身的距离。请更正距离表。",
        )
    one, other = (rows[c].cast(pl.String).to_list() for c in ("origin", "destination"))
    known = {
        **dict(zip(zip(other, one, strict=True), far, strict=True)),
        **dict(zip(zip(one, other, strict=True), far, strict=True)),
    }
    km = np.array([[known.get((i, j), np.nan) for j in flows.destinations.tolist()] for i in flows.origins.tolist()])
    return Distances(km[None], "given", 0, logarithm=True)


def effective(flows: Flows) -> Distances:
    """Give the effective distance of places along the flows of the period before, of the same channel.

    That of the same period would explain the flows by themselves. The first period has none.

    Parameters
    ----------
    flows
        By period.

    References
    ----------
    Brockmann, D. & Helbing, D. (2013). doi:10.1126/science.1245200
    """
    names = np.union1d(flows.origins, flows.destinations)
    i, j = np.searchsorted(names, flows.origins), np.searchsorted(names, flows.destinations)
    made = np.full(flows.flow.shape, np.nan)
    for group in range(1, len(flows.periods)):
        if flows.channels[group] != flows.channels[group - 1]:
            continue
        square = np.zeros((len(names), len(names)))
        square[np.ix_(i, j)] = flows.flow[group - 1]
        far = effective_distance(sp.csr_array(square))
        made[group] = np.where(np.isfinite(far), far, np.nan)[np.ix_(i, j)]
    return Distances(made, "effective", 0, logarithm=False)


def regions(cluster: Cluster, flows: Flows, border: Mapping[str, str] | None) -> NDArray[np.bool_]:
    """Say which origins and destinations are different places of one region, shape (origins, destinations).

    Parameters
    ----------
    cluster
        The data.
    flows
        Whose origins and destinations.
    border
        Region of each place; None takes the column parent of places.

    Raises
    ------
    JiqunError
        If no two places lie in one region.
    """
    if border is None:
        if not usable(cluster, "places", "parent"):
            raise JiqunError(
                "gravity: border needs the column parent of places. Add it in the recipe, or give border a mapping of "
                "places to regions.",
                "gravity：border 需要地点表的 parent 列。请在配方中加入，或给出“地点—区域”映射。",
            )
        rows = typed(cluster, "places", "place_id", "parent").collect("polars").to_native().drop_nulls()
        border = dict(rows.unique("place_id", keep="first", maintain_order=True).iter_rows())
    first, second = ([border.get(name) for name in names.tolist()] for names in (flows.origins, flows.destinations))
    same = np.array([[a is not None and a == b for b in second] for a in first], dtype=bool)
    same &= flows.origins[:, None] != flows.destinations[None]
    if not same.any():
        raise JiqunError(
            "gravity: no two places lie in the same region, so there is no border to measure. Leave border out.",
            "gravity：没有两个地点属于同一区域，无法度量边界效应。请不要指定 border。",
        )
    return same
