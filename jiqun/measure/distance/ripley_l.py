"""Ripley's L: K on the scale of distances."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.bands import GlobalMethod
from jiqun.measure.cells import ColumnName
from jiqun.measure.curves import Distances, Only, Other, Simulations
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.points import Coordinates, points
from jiqun.measure.resample import Level, Replicates, Seed
from jiqun.measure.second_order import Choice, Correction, Group, Normalise, PointNull, k_function, second_order
from jiqun.measure.window import Plane, Window

Array = NDArray[np.float64]
Centred = Annotated[
    bool, Field(description="Give L(r) − r, 0 under complete randomness (dbmss); else L(r) (spatstat).")
]


@index(
    title=Words("Ripley's L", "里普利 L 函数"),
    question=Words(
        "Within this distance, are plants nearer to one another than if strewn at random, and by how many km?",
        "在该距离之内，企业是否比随机散布时彼此更近？",
    ),
    reading=Words(
        "0: complete randomness in the window; 2: as many neighbours within r as randomness has within r + 2 km; "
        "below 0: dispersed.",
        "0 表示窗口内完全随机；2 表示 r 之内的邻居数相当于随机时 r + 2 千米之内的数；小于 0 为分散。",
    ),
    formula=r"L(r) = \sqrt{K(r)/\pi} - r",
    needs=Needs("actors", ("industry_id",), ("lon", "lat", "x", "y")),
    spaces=("physical",),  # its window is a rectangle on the ground
    grain=("industry_id", "distance_km"),
    bounds=Bounds(None, None),
    neutral=0.0,
    references=(
        Reference("Ripley (1977), Modelling spatial patterns", "10.1111/j.2517-6161.1977.tb01615.x"),
        Reference("Besag (1977), Comments on Ripley’s paper, JRSS B 39: 193–195", ""),
    ),
)
def ripley_l(
    frame: IntoFrame,
    *,
    industry: ColumnName = "industry_id",
    only: Only = None,
    other: Other = None,
    distances: Distances = None,
    coordinates: Coordinates = "auto",
    window: Window = None,
    correction: Correction = "isotropic",
    normalise: Normalise = "pairs",
    centred: Centred = True,
    simulations: Simulations = 0,
    null: PointNull = "complete_spatial_randomness",
    global_method: GlobalMethod = "calibrated",
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute Besag's L of every industry at every distance: Ripley's K on the scale of distances.

    Its spread hardly depends on ``r``, so a curve is easier to read than K.

    Parameters
    ----------
    frame
        One row for each plant, with ``industry`` and coordinates. Rows without coordinates are left out.
    industry
        Column of the industry.
    only
        Industries to compute; all where None.
    other
        Industries whose plants are counted around the industry's plants (cross L).
    distances
        Distances ``r`` in km; None: twenty round ones up to a quarter of the window's shorter side.
    coordinates
        Which coordinates to take. Longitudes and latitudes are projected around their centre so that areas are
        kept; ``distortion`` is the largest relative error of a distance, and beyond 1 % they are refused.
    window
        The rectangle that was looked at; None: the smallest one around all points of the table, of whatever
        industry. Points outside are left out; the note says so.
    correction
        Edge correction: ``"isotropic"`` (Ripley), ``"translation"`` (Ohser), ``"border"`` or ``"none"``.
        Weights are cut at 100, as in spatstat.
    normalise
        ``"pairs"``: by n(n − 1); ``"squared"``: by n².
    centred
        ``L(r) − r`` (dbmss) or ``L(r)`` (spatstat).
    simulations
        Draws of the null hypothesis for the bands and p.
    null
        ``"complete_spatial_randomness"``: as many points anywhere in the window. This tests against empty space,
        not against where economic activity is; ``"random_labels"``: as many of the sites of all plants.
    global_method
        How the global band is made of the draws, see :func:`jiqun.measure.bands.global_band`; dbmss: ``"strip"``.
    replicates, level, rng
        Poisson bootstrap over plants; copies of one plant are not neighbours. It takes plants for independent,
        which clustered ones are not: intervals are then too narrow.

    Returns
    -------
    frame
        ``industry_id, [industry_id_2,] distance_km, value, low, high, expected, band_low, band_high, global_low,
        global_high, p, p_global, distortion, rows, note``. The value is null, with a note, for fewer than two plants
        and where the window has no area.

    Raises
    ------
    MissingColumn
        If a column is not in the table.
    UnknownName
        If an industry is not in the table.
    JiqunError
        If the window is not a rectangle, or the points are too far apart for a plane.

    References
    ----------
    Ripley, B. (1977). doi:10.1111/j.2517-6161.1977.tb01615.x
    Besag, J. (1977), in the discussion of it.

    Examples
    --------
    >>> import polars as pl
    >>> plants = pl.DataFrame({"industry_id": ["a", "a"], "x": [4.5, 5.5], "y": [5.0, 5.0]})
    >>> ripley_l(plants, distances=[0.5, 1.0], window=[0, 0, 10, 10])["value"].round(6).to_list()
    [-0.5, 4.641896]
    """
    who = "ripley_l"
    found = points(frame, who, industry=industry, weight="count", coordinates=coordinates)
    choice = Choice(
        who=who,
        only=only,
        other=other,
        distances=distances,
        window=window,
        correction=correction,
        normalise=normalise,
        null=null,
        global_method=global_method,
        simulations=simulations,
        replicates=replicates,
        level=level,
        rng=rng,
    )

    def on_distances(flat: Plane, radii: Array, choice: Choice, case: Group, near: Group | None) -> Array:
        value: Array = np.sqrt(k_function(flat, radii, choice, case, near) / np.pi)
        return value - radii if centred else value

    lowest = -np.inf if centred else 0.0
    return second_order(found, choice, on_distances, lambda r: 0.0 * r if centred else r, lowest=lowest)
