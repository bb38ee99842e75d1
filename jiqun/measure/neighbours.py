"""Which places are neighbours, and with what weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import narwhals as nw
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from pydantic import Field
from scipy.spatial import cKDTree

from jiqun.cluster import JiqunError, MissingColumn
from jiqun.cluster.coordinates import out_of_range
from jiqun.measure.points import EARTH_RADIUS_KM, great_circle, on_sphere

__all__ = ["Band", "How", "Nearest", "Power", "Sites", "Standardise", "neighbours", "sites", "standardised_rows"]

Array = NDArray[np.float64]
Kind = Literal["nearest", "band", "inverse", "contiguity"]
How = Annotated[
    Kind,
    Field(
        description="nearest: the k nearest places; band: all within distance_km; inverse: the same, weighted by "
        "distance to the power −power; contiguity: places whose outlines touch."
    ),
]
Nearest = Annotated[int, Field(ge=1, le=10_000, description="Neighbours of each place, for nearest.")]
Band = Annotated[
    float | None,
    Field(
        gt=0.0,
        description="Distance in km, for band and inverse. Empty: for band, the least at which every place has a "
        "neighbour; for inverse, all distances.",
    ),
]
Power = Annotated[float, Field(gt=0.0, le=10.0, description="Power of the distance, for inverse.")]
Standardise = Annotated[
    Literal["rows", "none"],
    Field(description="rows: the weights of a place's neighbours sum to 1; none: as they are."),
]

TIES = 1.0 + 1e-9
"""Places this much farther than the k-th neighbour are as near: order must not decide which is taken."""
ALL_PAIRS = 5000


@dataclass(frozen=True, slots=True)
class Sites:
    """Where places are."""

    names: NDArray[np.str_]
    """Places, sorted."""
    at: Array
    """Positions in km: (n, 3) on the sphere, or (n, 2) in the plane; in digital space (n, 3). NaN where unknown."""
    spherical: bool
    outlines: tuple[bytes | None, ...] | None
    """Outlines as WKB, where the table has them."""

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which places have a position, shape (n,)."""
        return np.asarray(np.isfinite(self.at).all(axis=1))

    def only(self, here: NDArray[np.bool_]) -> Sites:
        """Give some of the places."""
        held = self.outlines
        outlines = None if held is None else tuple(o for o, k in zip(held, here.tolist(), strict=True) if k)
        return Sites(self.names[here], self.at[here], self.spherical, outlines)


def sites(frame: Any, who: str, place: str) -> Sites:
    """Find where the places of a table are: the mean position of its rows.

    Parameters
    ----------
    frame
        Rows with the place, and lon and lat (WGS84 degrees), x and y (km) or d1, d2 and d3 (digital space);
        geometry (WKB) where there is any.
    who
        Name of the index, for error messages.
    place
        Column of the place.

    Raises
    ------
    MissingColumn
        If there are no coordinates.
    JiqunError
        If a coordinate is infinite or not on Earth.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"place_id": ["q", "p", "q"], "x": [1.0, 0.0, 3.0], "y": [0.0, 5.0, 0.0]})
    >>> found = sites(rows, "moran", "place_id")
    >>> found.names.tolist(), found.at.tolist()
    (['p', 'q'], [[0.0, 5.0], [2.0, 0.0]])
    """
    table = nw.from_native(frame)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    schema = lazy.collect_schema()
    if place not in schema.names():
        raise MissingColumn(who, "actors", place, schema.names())
    pairs = [pair for pair in (("lon", "lat"), ("x", "y"), ("d1", "d2", "d3")) if set(pair) <= set(schema.names())]
    if not pairs:
        raise MissingColumn(who, "actors", "lon", schema.names())
    text = nw.col(place).cast(nw.String)
    # pandas keeps whole numbers with a gap as floats: 7.0 is the identifier 7
    key = text.str.replace(r"\.0$", "") if schema[place].is_float() else text
    shape = {"geometry": nw.col("geometry")} if "geometry" in schema.names() else {}
    numbers = {name: nw.col(name).cast(nw.Float64) for pair in pairs for name in pair}
    rows = lazy.filter(~nw.col(place).is_null()).select(place=key, **numbers, **shape).collect("pyarrow")
    read = {pair: np.stack([_number(rows, name) for name in pair], axis=1) for pair in pairs}
    pair = next((p for p in pairs if np.isfinite(read[p].sum(axis=1)).any()), pairs[0])
    names, code = np.unique(rows["place"].to_numpy().astype(str), return_inverse=True)
    at = _positions(read[pair], pair, who)
    middle = _middle(at, code, len(names), spherical=pair[0] == "lon")
    outlines = _outlines(rows["geometry"].to_list(), code, len(names)) if shape else None
    return Sites(names, middle, pair[0] == "lon", outlines)


def neighbours(places: Sites, who: str, *, how: Kind, k: int, distance_km: float | None, power: float) -> sp.csr_array:
    """Weigh the neighbours of each place.

    Parameters
    ----------
    places
        Where the places are; each has a position.
    who
        Name of the index, for error messages.
    how, k, distance_km, power
        As the fields of :data:`How`, :data:`Nearest`, :data:`Band` and :data:`Power` say. Places as near as the
        k-th neighbour are neighbours, too. Distances are great circles where positions are longitudes and
        latitudes. At distance 0, ``"inverse"`` takes the least distance that is not.

    Returns
    -------
    scipy.sparse.csr_array
        Weights, shape (places, places), 0 on the diagonal; a row without entry is an island.

    Examples
    --------
    >>> at = np.array([[0.0, 0.0], [1.0, 0.0], [3.0, 0.0]])
    >>> line = Sites(np.array(["p", "q", "r"]), at, False, None)
    >>> neighbours(line, "moran", how="nearest", k=1, distance_km=None, power=1.0).toarray().tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    n = len(places.names)
    if n < 2:
        return sp.csr_array((n, n))
    if how == "contiguity":
        return _touching(places, who)
    tree = cKDTree(places.at)
    if how == "nearest":
        reach = _kth(tree, places.at, min(k, n - 1)) * TIES
        return _weights(places, tree.query_ball_point(places.at, reach, return_sorted=True))
    if how == "inverse" and distance_km is None:
        if n > ALL_PAIRS:
            raise JiqunError(
                f"{who} with inverse weights of {n} places needs distance_km; all pairs are taken up to {ALL_PAIRS}.",
                f"{who} 对 {n} 个地方使用 inverse 权重时须给出 distance_km；"
                f"仅在不超过 {ALL_PAIRS} 个地方时取全部配对。",
            )
        near: Any = [list(range(n))] * n
    else:
        least = float(_kth(tree, places.at, 1).max()) * TIES
        near = tree.query_ball_point(places.at, least if distance_km is None else _chord(places, distance_km))
    found = _weights(places, near)
    return found if how == "band" else _by_distance(places, found, power)


def standardised_rows(weights: sp.csr_array) -> sp.csr_array:
    """Divide each row by its sum; a row without entry stays so."""
    total = np.asarray(weights.sum(axis=1)).ravel()
    scaled = sp.diags_array(np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)) @ weights
    return sp.csr_array(scaled)


def _number(rows: nw.DataFrame[Any], name: str) -> Array:
    return np.asarray(rows[name].fill_null(float("nan")).to_numpy(), dtype=np.float64)


def _positions(read: Array, pair: tuple[str, ...], who: str) -> Array:
    given = ~np.isnan(read).any(axis=1)
    first, second = read[:, 0], read[:, 1:].sum(axis=1)
    geographic = pair[0] == "lon"
    bad = np.zeros(len(first), dtype=bool)
    x, y = first[given], second[given]
    bad[given] = out_of_range(x, y) if geographic else ~np.isfinite(x + y)
    if bad.any():
        row = int(np.flatnonzero(bad)[0])
        raise JiqunError(
            f"{who} needs {pair[0]} and {pair[1]} on Earth (degrees) or finite (km); {int(bad.sum())} rows have "
            f"others, such as {first[row]:g}, {second[row]:g}. Mend them or leave them empty.",
            f"{who} 要求 {pair[0]} 和 {pair[1]} 在地球范围内（度）或为有限数（千米）；有 {int(bad.sum())} 行不符，"
            f"例如 {first[row]:g}、{second[row]:g}。请更正或留空。",
        )
    at = np.full((len(first), 3 if geographic else read.shape[1]), np.nan)
    at[given] = on_sphere(x, y) if geographic else read[given]
    return at


def _middle(at: Array, code: NDArray[np.int64], count: int, *, spherical: bool) -> Array:
    """Mean position of the rows of each place; on the sphere it is moved up to the ground."""
    given = np.asarray(np.isfinite(at).all(axis=1))
    many = np.bincount(code[given], minlength=count).astype(np.float64)
    order = np.lexsort((*at.T, code))
    order = order[given[order]]
    total = np.stack([np.bincount(code[order], axis[order], count) for axis in at.T], axis=1).astype(np.float64)
    middle: Array = np.divide(total, many[:, None], out=np.full_like(total, np.nan), where=many[:, None] > 0)
    if spherical:
        length = np.linalg.norm(middle, axis=1, keepdims=True)
        middle = np.where(length > 1e-6, EARTH_RADIUS_KM * middle / np.maximum(length, 1e-6), np.nan)
    return middle


def _outlines(shapes: list[Any], code: NDArray[np.int64], count: int) -> tuple[bytes | None, ...]:
    """Outline of each place, from the first of its rows that has one."""
    first: dict[int, bytes] = {}
    for place, shape in zip(code.tolist(), shapes, strict=True):
        if shape is not None and place not in first:
            first[place] = bytes(shape)
    return tuple(first.get(place) for place in range(count))


def _kth(tree: cKDTree[None], at: Array, k: int) -> Array:
    """Distance to the k-th nearest other place; at distance 0 lie the place itself and those at one point."""
    return np.asarray(tree.query(at, k=[k + 1])[0], dtype=np.float64)[:, 0]


def _chord(places: Sites, distance_km: float) -> float:
    if not places.spherical:
        return distance_km
    angle = min(distance_km / (2.0 * EARTH_RADIUS_KM), np.pi / 2.0)
    return float(2.0 * EARTH_RADIUS_KM * np.sin(angle))


def _weights(places: Sites, near: Any) -> sp.csr_array:
    n = len(places.names)
    row = np.repeat(np.arange(n), [len(each) for each in near])
    column = np.concatenate([np.asarray(each, dtype=np.int64) for each in near])
    apart = row != column
    ones = np.ones(int(apart.sum()))
    found = sp.csr_array((ones, (row[apart], column[apart])), shape=(n, n))
    found.sort_indices()
    return found


def _by_distance(places: Sites, near: sp.csr_array, power: float) -> sp.csr_array:
    pairs = near.tocoo()
    apart = np.linalg.norm(places.at[pairs.row] - places.at[pairs.col], axis=1)
    distance = great_circle(apart) if places.spherical else apart
    least = distance[distance > 0].min(initial=np.inf)
    if not np.isfinite(least):
        return near
    weighted = sp.csr_array((np.maximum(distance, least) ** -power, (pairs.row, pairs.col)), shape=near.shape)
    weighted.sort_indices()
    return weighted


def _touching(places: Sites, who: str) -> sp.csr_array:
    import shapely

    if places.outlines is None or all(outline is None for outline in places.outlines):
        raise JiqunError(
            f"{who} with contiguity needs column geometry (outlines of the places, WKB), which the table has not. "
            "Join it from table places, or take nearest.",
            f"{who} 使用 contiguity 时需要 geometry 列（各地边界，WKB），而该表没有。"
            "请从 places 表连接，或改用 nearest。",
        )
    n = len(places.names)
    held = np.flatnonzero([outline is not None for outline in places.outlines])
    shapes = shapely.from_wkb([places.outlines[k] for k in held])
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    row, column = held[one], held[other]
    apart = row != column
    found = sp.csr_array((np.ones(int(apart.sum())), (row[apart], column[apart])), shape=(n, n))
    found.sort_indices()
    return found
