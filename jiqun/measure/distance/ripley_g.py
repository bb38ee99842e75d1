"""Pair correlation g: how much denser plants are at a distance from one another."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.measure.bands import GlobalMethod
from jiqun.measure.cells import ColumnName
from jiqun.measure.curves import Distances, Only, Other, Simulations
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.kernels.disc_edge import edge_rings
from jiqun.measure.kernels.disc_tree import tree
from jiqun.measure.points import Coordinates, points
from jiqun.measure.resample import Level, Replicates, Seed
from jiqun.measure.second_order import MODES, Choice, Correction, Group, Normalise, PointNull, pair_count, second_order
from jiqun.measure.window import Plane, Window

Array = NDArray[np.float64]
Ring = Annotated[
    float | Literal["stoyan"],
    Field(description="Half the width of the Epanechnikov kernel in km; stoyan: 0.15 over the root of the density."),
]
Divisor = Annotated[
    Literal["r", "d"],
    Field(description="Divide each pair by the distance asked for (r) or by its own (d), which is steadier near 0."),
]


@index(
    title=Words("Pair correlation g", "对相关函数 g"),
    question=Words(
        "At this distance from a plant, how many times denser is its kind than on average?",
        "在距一家企业该距离处，同类企业的密度是平均密度的多少倍？",
    ),
    reading=Words(
        "1: complete randomness in the window; 3: three times as dense at this distance; below 1: plants keep away.",
        "1 表示窗口内完全随机；3 表示该距离处密度为平均的三倍；小于 1 表示相互回避。",
    ),
    formula=r"g(r) = \frac{|W|}{2 \pi r\, n(n-1)} \sum_i \sum_{j \ne i} e_{ij} \kappa_h(r - d_{ij})",
    needs=Needs("actors", ("industry_id",), ("lon", "lat", "x", "y")),
    spaces=("physical",),  # its window is a rectangle on the ground
    grain=("industry_id", "distance_km"),
    bounds=Bounds(0.0, None),
    neutral=1.0,
    references=(
        Reference("Ripley (1977), Modelling spatial patterns", "10.1111/j.2517-6161.1977.tb01615.x"),
        Reference("Stoyan & Stoyan (1994), Fractals, Random Shapes and Point Fields, ch. 14", ""),
    ),
)
def ripley_g(
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
    bandwidth: Ring = "stoyan",
    divisor: Divisor = "r",
    simulations: Simulations = 0,
    null: PointNull = "complete_spatial_randomness",
    global_method: GlobalMethod = "calibrated",
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the pair correlation function of every industry: the derivative of K over that of πr².

    Unlike K it does not add up what is nearer, so it shows the distances at which plants gather.

    Parameters
    ----------
    frame
        One row for each plant, with ``industry`` and coordinates. Rows without coordinates are left out.
    industry
        Column of the industry.
    only
        Industries to compute; all where None.
    other
        Industries whose plants are counted around the industry's plants (cross g).
    distances
        Distances ``r`` in km; None: twenty round ones up to a quarter of the window's shorter side.
    coordinates
        Which coordinates to take. Longitudes and latitudes are projected around their centre so that areas are
        kept; ``distortion`` is the largest relative error of a distance, and beyond 1 % they are refused.
    window
        The rectangle that was looked at; None: the smallest one around all points of the table, of whatever
        industry. Points outside are left out; the note says so.
    correction
        Edge correction: ``"isotropic"`` (Ripley), ``"translation"`` (Ohser) or ``"none"``.
        Weights are cut at 100, as in spatstat.
    normalise
        ``"pairs"``: by n(n − 1); ``"squared"``: by n².
    bandwidth
        Half the width ``h`` of the Epanechnikov kernel in km, or Stoyan's rule, 0.15/√(n/area) with the n of the points
        that are counted.
    divisor
        ``"r"`` (default of spatstat) or ``"d"``.
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
        where the window has no area, and at ``r = 0``.

    Raises
    ------
    MissingColumn
        If a column is not in the table.
    UnknownName
        If an industry is not in the table.
    JiqunError
        If the correction is ``"border"``, which g has not, the window is not a rectangle, or the points are too far
        apart for a plane.

    Notes
    -----
    spatstat 3.0 (``pcf``) divides by n²: ``normalise="squared"``; it evaluates the kernel on a grid by FFT, here it is
    summed exactly.

    References
    ----------
    Ripley, B. (1977). doi:10.1111/j.2517-6161.1977.tb01615.x
    Stoyan, D. & Stoyan, H. (1994), Fractals, Random Shapes and Point Fields, ch. 14.

    Examples
    --------
    Two plants 1 km apart on 100 km²: ¾/h pairs per km of distance, seen from both: g(1) = 100/(2π · 2) · 2 · ¾/0.5.

    >>> import polars as pl
    >>> plants = pl.DataFrame({"industry_id": ["a", "a"], "x": [4.5, 5.5], "y": [5.0, 5.0]})
    >>> ripley_g(plants, distances=[1.0], bandwidth=0.5, window=[0, 0, 10, 10])["value"].round(6).to_list()
    [23.873241]
    """
    who = "ripley_g"
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
    if correction == "border":
        raise JiqunError(
            f"{who} has no border correction. Take 'isotropic', 'translation' or 'none'.",
            f"{who} 没有 border 校正。请取 'isotropic'、'translation' 或 'none'。",
        )
    if not isinstance(bandwidth, str) and not 0 < bandwidth < np.inf:
        raise JiqunError(
            f"{who} needs a bandwidth above 0 km; it is {bandwidth}. Take a number such as 1.0, or 'stoyan'.",
            f"{who} 要求 bandwidth 大于 0 千米；给出的是 {bandwidth}。请取如 1.0 的数，或 'stoyan'。",
        )

    def correlation(flat: Plane, radii: Array, choice: Choice, case: Group, near: Group | None) -> Array:
        around = case if near is None else near
        itself = np.arange(len(case.at), dtype=np.int64) if near is None else np.full(len(case.at), -1, dtype=np.int64)
        pairs = pair_count(case, near, choice.normalise)
        if pairs <= 0 or flat.area <= 0:
            return np.full(len(radii), np.nan)
        half = 0.15 / np.sqrt(len(around.at) / flat.area) if isinstance(bandwidth, str) else bandwidth
        edge = (MODES[choice.correction], flat.window)
        ring = (half, divisor == "d")
        sums = edge_rings(tree(around.at), around.times, case.at, itself, radii, edge, ring, choice.workers)
        with np.errstate(invalid="ignore"):
            value: Array = flat.area * (case.times @ sums) / (2.0 * np.pi * pairs)
        return np.where(np.isfinite(value), value, np.nan)

    return second_order(found, choice, correlation, np.ones_like)
