"""Points: where each row of a table is, for the indices that measure by distance.

Distances are those on the ground: great circles between longitudes and latitudes, straight lines between
planar coordinates. No projection is involved, since none keeps the distances of a country.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import narwhals as nw
import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, MissingColumn
from jiqun.cluster.coordinates import out_of_range
from jiqun.measure.sizes import check_range, numeric

__all__ = ["EARTH_RADIUS_KM", "OF_PLACE", "STRATUM", "Coordinates", "Points", "great_circle", "on_sphere", "points"]

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG), in kilometres."""
OF_PLACE = "coordinates_of_place"
"""Column that says that rows were given the coordinates of their place."""

STRATUM = "activity_stratum"
"""Column within whose values a null swaps labels; the digital table of a cluster has it."""

Coordinates = Annotated[
    Literal["auto", "geographic", "planar"],
    Field(
        description="geographic: lon and lat, distances are great circles; planar: x and y in km; "
        "auto: geographic where any row has lon and lat, else planar."
    ),
]


@dataclass(frozen=True, slots=True)
class Points:
    """Rows of a table that have a place on the map, in an order that does not depend on the table's.

    ``at`` has shape (n, 2), planar kilometres, or (n, 3), kilometres from the centre of a sphere of radius
    :data:`EARTH_RADIUS_KM`; in digital space (n, 3) and not ``spherical``, where 1 is the median distance.
    ``industry[i]`` is a position in ``industries``; the position after the last stands for rows whose
    industry is unknown. The order is by industry, position, weight and name.
    """

    at: NDArray[np.float64]
    spherical: bool
    industries: NDArray[np.str_]
    industry: NDArray[np.int64]
    weight: NDArray[np.float64]
    left_out: int
    """Rows without coordinates."""
    native: Any
    """A frame of the caller's library, so that the result can be of the same."""
    actors: NDArray[np.str_] | None = None
    """Name of each point, where it was asked for."""
    of_places: bool = False
    """Whether points are where their places are, having no coordinates of their own."""
    stratum: NDArray[np.int64] | None = None
    """Within what a null swaps labels, where the table says it in the column :data:`STRATUM`, shape (n,)."""

    @property
    def remark(self) -> str | None:
        """What must be said of the positions in the notes of a result."""
        said = [
            "plants are at the coordinates of their place" if self.of_places else "",
            f"{self.left_out} rows without coordinates were left out" if self.left_out else "",
        ]
        return "; ".join(part for part in said if part) or None

    def __len__(self) -> int:
        """Number of points."""
        return len(self.at)

    def of(self, position: int) -> NDArray[np.int64]:
        """Give the points of an industry, as positions in ascending order."""
        low, high = np.searchsorted(self.industry, [position, position + 1])
        return np.arange(low, high, dtype=np.int64)


def points(
    frame: IntoFrame,
    who: str,
    *,
    industry: str,
    weight: str | None,
    coordinates: Literal["auto", "geographic", "planar"] = "auto",
    actor: str | None = None,
) -> Points:
    """Read the points of a table.

    Parameters
    ----------
    frame
        One row for each plant, in any library Narwhals knows, with lon and lat (WGS84 degrees) or x and y (km).
    who
        Name of the index, for error messages.
    industry
        Column of the industry.
    weight
        Column of weights, ``"count"``, or None (``size`` where present, else count).
    coordinates
        Which coordinates to take; ``"auto"`` takes lon and lat where any row has them.
    actor
        Column of names to keep, where single points are reported.

    Returns
    -------
    Points
        Rows whose coordinates are missing are left out and counted.

    Raises
    ------
    MissingColumn
        If a column is not there.
    JiqunError
        If the table has no row with coordinates and an industry, if a position is infinite or not on Earth, or
        if a weight is negative, missing or not finite.

    Examples
    --------
    >>> import polars as pl
    >>> plants = pl.DataFrame({"industry_id": ["b", "a", "a"], "x": [1.0, 2.0, None], "y": [0.0, 0.0, 5.0]})
    >>> found = points(plants, "kd", industry="industry_id", weight=None)
    >>> found.at.tolist(), found.industries.tolist(), found.left_out
    ([[2.0, 0.0], [1.0, 0.0]], ['a', 'b'], 1)
    """
    table = nw.from_native(frame)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    present = lazy.collect_schema().names()
    column = weight if weight is not None else ("size" if "size" in present else "count")
    for name in (industry, *(() if column == "count" else (column,)), *((actor,) if actor else ())):
        if name not in present:
            raise MissingColumn(who, "actors", name, present)
    pairs = [p for p in _wanted(coordinates) if set(p) <= set(present)]
    if not pairs:
        raise MissingColumn(who, "actors", next(c for c in _wanted(coordinates)[0] if c not in present), present)
    key = nw.col(industry).cast(nw.String)
    columns = {
        # pandas keeps whole numbers with a gap as floats: 7.0 is the identifier 7
        "industry": key.str.replace(r"\.0$", "") if lazy.collect_schema()[industry].is_float() else key,
        "weight": nw.lit(1.0) if column == "count" else numeric(lazy, who, column),
        **({"actor": nw.col(actor).cast(nw.String)} if actor else {}),
        **({"stratum": nw.col(STRATUM).cast(nw.Int64)} if STRATUM in present else {}),
        **{name: nw.col(name).cast(nw.Float64) for pair in pairs for name in pair},
    }
    rows = lazy.select(**columns).collect("pyarrow")
    sizes = _numbers(rows["weight"])
    _check_weights(sizes, who, column)
    given = {p: np.stack([_numbers(rows[name]) for name in p], axis=1) for p in pairs}
    chosen = next((p for p in pairs if np.isfinite(given[p].sum(axis=1)).any()), pairs[0])
    located = ~np.isnan(given[chosen]).any(axis=1)
    here = given[chosen][located]
    _check_positions(here[:, 0], here[:, 1:].sum(axis=1), who, chosen)
    names = rows["industry"].to_numpy()
    known = ~rows["industry"].is_null().to_numpy()
    if not (located & known).any():
        rest = ", ".join((industry, *chosen[:-1]))
        raise JiqunError(
            f"{who} needs rows with {rest} and {chosen[-1]}; the table given has none.",
            f"{who} 需要同时有 {rest.replace(', ', '、')} 和 {chosen[-1]} 的记录，而该表没有。",
        )
    industries, code = np.unique(names[located & known].astype(str), return_inverse=True)
    codes = np.full(len(names), len(industries), dtype=np.int64)
    codes[located & known] = code
    at = on_sphere(here[:, 0], here[:, 1]) if chosen[0] == "lon" else here
    called = rows["actor"].fill_null("").to_numpy().astype(str)[located] if actor else None
    order = np.lexsort(
        (*(() if called is None else (called,)), sizes[located], *np.ascontiguousarray(at.T)[::-1], codes[located])
    )
    return Points(
        at=np.ascontiguousarray(at[order]),
        spherical=chosen[0] == "lon",
        industries=industries,
        industry=codes[located][order],
        weight=sizes[located][order],
        left_out=int((~located).sum()),
        native=frame,
        actors=None if called is None else called[order],
        of_places=OF_PLACE in present,
        stratum=_strata(rows["stratum"], who)[located][order] if STRATUM in present else None,
    )


def _strata(column: nw.Series[Any], who: str) -> NDArray[np.int64]:
    if column.null_count():
        raise JiqunError(
            f"{who}: column {STRATUM} is empty in {column.null_count()} rows. Fill it, or filter these rows.",
            f"{who}：列 {STRATUM} 有 {column.null_count()} 行为空。请补全，或先筛除这些记录。",
        )
    return np.asarray(column.to_numpy(), dtype=np.int64)


def on_sphere(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give positions on the sphere, in km from its centre, shape (n, 3), of degrees of longitude and latitude.

    Examples
    --------
    >>> on_sphere(np.array([0.0, 90.0]), np.array([0.0, 0.0])).round(4).tolist()
    [[6371.0088, 0.0, 0.0], [0.0, 6371.0088, 0.0]]
    """
    east, north = np.radians(lon), np.radians(lat)
    at: NDArray[np.float64] = (
        EARTH_RADIUS_KM * np.c_[np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    )
    return at


def great_circle(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the distance along the ground of a straight one through it, both in km.

    Examples
    --------
    >>> float(great_circle(np.array([2 * EARTH_RADIUS_KM]))[0]) / EARTH_RADIUS_KM == np.pi
    True
    """
    half: NDArray[np.float64] = np.minimum(chord / (2.0 * EARTH_RADIUS_KM), 1.0)
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(half), dtype=np.float64)


def _wanted(coordinates: str) -> list[tuple[str, ...]]:
    both = {"geographic": ("lon", "lat"), "planar": ("x", "y")}
    # d1, d2, d3 are where an actor is in digital space; a table has these or the others
    return [*both.values(), ("d1", "d2", "d3")] if coordinates == "auto" else [both[coordinates]]


def _numbers(column: nw.Series[Any]) -> NDArray[np.float64]:
    """Values as floats, null as NaN."""
    return np.asarray(column.cast(nw.Float64).fill_null(float("nan")).to_numpy(), dtype=np.float64)


def _check_weights(sizes: NDArray[np.float64], who: str, column: str) -> None:
    bad = int((~(np.isfinite(sizes) & (sizes >= 0))).sum())
    if bad:
        raise JiqunError(
            f"{who} needs {column} ≥ 0 in every row; it is missing, negative or not a number in {bad} rows. "
            f"Mend them, or pass weight='count' to let each row count one.",
            f"{who} 要求每行的 {column} 不小于 0；有 {bad} 行缺失、为负或不是数字。"
            "请更正，或用 weight='count' 让每行计 1。",
        )
    check_range(who, column, sizes)


def _check_positions(
    first: NDArray[np.float64], second: NDArray[np.float64], who: str, columns: tuple[str, ...]
) -> None:
    bad = out_of_range(first, second) if columns[0] == "lon" else ~np.isfinite(first + second)
    if bad.any():
        where = int(np.flatnonzero(bad)[0])
        given = f"{columns[0]} = {first[where]:g}, {columns[1]} = {second[where]:g}"
        wanted = "lon in [-180, 180] and lat in [-90, 90] (degrees)" if columns[0] == "lon" else "finite x and y (km)"
        needs = "lon 在 [-180, 180]、lat 在 [-90, 90] 之内（度）" if columns[0] == "lon" else "x 和 y 为有限数（千米）"
        raise JiqunError(
            f"{who} needs {wanted}; {int(bad.sum())} rows have others, such as {given}. Mend them or leave them empty.",
            f"{who} 要求 {needs}；有 {int(bad.sum())} 行不符，例如 {given.replace(', ', '，')}。请更正或留空。",
        )
