"""Ripley's K: how many neighbours a plant has within a distance, against plants strewn at random."""

from __future__ import annotations

from typing import Any

import numpy as np
from narwhals.typing import IntoFrame

from jiqun.cluster import Reference, Words
from jiqun.measure.bands import GlobalMethod
from jiqun.measure.cells import ColumnName
from jiqun.measure.curves import Distances, Only, Other, Simulations
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.points import Coordinates, points
from jiqun.measure.resample import Level, Replicates, Seed
from jiqun.measure.second_order import Choice, Correction, Normalise, PointNull, k_function, second_order
from jiqun.measure.window import Window


@index(
    title=Words("Ripley's K", "里普利 K 函数"),
    question=Words(
        "How many neighbours of its kind does a plant have within this distance, in units of the mean density?",
        "以平均密度为单位，一家企业在该距离之内有多少同类邻居？",
    ),
    reading=Words(
        "πr² under complete randomness in the window; more: clustered; less: dispersed. Since activity as a whole is "
        "clustered, compare with random labels before speaking of an industry.",
        "窗口内完全随机时为 πr²；更大为集聚，更小为分散。经济活动本身即集聚，论及某一行业时应与随机标签比较。",
    ),
    formula=r"K(r) = \frac{|W|}{n(n-1)} \sum_i \sum_{j \ne i} e_{ij} 1(d_{ij} \le r)",
    needs=Needs("actors", ("industry_id",), ("lon", "lat", "x", "y")),
    spaces=("physical",),  # its window is a rectangle on the ground
    grain=("industry_id", "distance_km"),
    bounds=Bounds(0.0, None),
    references=(
        Reference(
            "Ripley (1976), The second-order analysis of stationary point processes",
            "10.2307/3212829",
        ),
        Reference("Ripley (1977), Modelling spatial patterns", "10.1111/j.2517-6161.1977.tb01615.x"),
    ),
)
def ripley_k(
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
    simulations: Simulations = 0,
    null: PointNull = "complete_spatial_randomness",
    global_method: GlobalMethod = "calibrated",
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute Ripley's K of every industry at every distance, corrected for the edge of the window.

    K counts, around a typical plant, the others up to ``r``, divided by their density: it is an area in km².

    Parameters
    ----------
    frame
        One row for each plant, with ``industry`` and coordinates. Rows without coordinates are left out.
    industry
        Column of the industry.
    only
        Industries to compute; all where None.
    other
        Industries whose plants are counted around the industry's plants (cross K).
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

    Notes
    -----
    Pairs whose circle lies within the window have weight one and are counted by whole nodes of a k-d tree. The border
    correction counts around points farther than ``r`` from the border and divides by their number times
    (n − 1)/area (n/area with ``normalise="squared"``, as spatstat). K knows no economic space: where factories cannot
    be, it finds dispersion. Use M or K_d for industries.

    References
    ----------
    Ripley, B. (1976). doi:10.2307/3212829
    Ripley, B. (1977). doi:10.1111/j.2517-6161.1977.tb01615.x

    Examples
    --------
    Two plants 1 km apart in the middle of 100 km²: one neighbour each, K(1) = 100/2 · 2.

    >>> import polars as pl
    >>> plants = pl.DataFrame({"industry_id": ["a", "a"], "x": [4.5, 5.5], "y": [5.0, 5.0]})
    >>> ripley_k(plants, distances=[0.5, 1.0], window=[0, 0, 10, 10])["value"].to_list()
    [0.0, 100.0]
    """
    who = "ripley_k"
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
    return second_order(found, choice, k_function, lambda r: np.pi * r**2)
