"""Diggle–Chetwynd D: whether an industry clusters more than the plants it is compared with."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.bands import GlobalMethod
from jiqun.measure.cells import ColumnName
from jiqun.measure.curves import Distances, Only, Simulations, pairs_of
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.points import Coordinates, points
from jiqun.measure.ratio_table import Controls, controls_of
from jiqun.measure.resample import Level, Replicates, Seed
from jiqun.measure.second_order import Choice, Correction, Group, Normalise, k_function, second_order
from jiqun.measure.window import Plane, Window

Array = NDArray[np.float64]
Between = Annotated[
    bool, Field(description="Subtract the cross K from cases to controls in place of the K of the controls.")
]
LabelNull = Annotated[
    Literal["random_labels"], Field(description="random_labels: cases and controls are dealt anew among their sites.")
]


@index(
    title=Words("Diggle–Chetwynd D", "迪格尔–切特温德 D 函数"),
    question=Words(
        "Does an industry cluster more than the other plants do, within this distance?",
        "在该距离之内，该行业是否比其他企业更为集聚？",
    ),
    reading=Words(
        "0: as clustered as the controls; positive: more, by so many km² of mean density; negative: less.",
        "0 表示与对照同样集聚；为正表示更集聚，数值相当于按平均密度计的平方千米数；为负表示较分散。",
    ),
    formula=r"D(r) = K_{cases}(r) - K_{controls}(r)",
    needs=Needs("actors", ("industry_id",), ("lon", "lat", "x", "y")),
    spaces=("physical",),  # its window is a rectangle on the ground
    grain=("industry_id", "distance_km"),
    bounds=Bounds(None, None),
    neutral=0.0,
    references=(
        Reference(
            "Diggle & Chetwynd (1991), Second-order analysis of spatial clustering for inhomogeneous populations",
            "10.2307/2532668",
        ),
    ),
)
def diggle_d(
    frame: IntoFrame,
    *,
    industry: ColumnName = "industry_id",
    only: Only = None,
    controls: Controls = None,
    distances: Distances = None,
    coordinates: Coordinates = "auto",
    window: Window = None,
    correction: Correction = "isotropic",
    normalise: Normalise = "pairs",
    intertype: Between = False,
    simulations: Simulations = 0,
    null: LabelNull = "random_labels",
    global_method: GlobalMethod = "calibrated",
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute D of every industry at every distance: its K less that of the controls.

    Both populations live on the same uneven map, so its unevenness cancels: D asks whether the industry is clustered
    beyond what the controls are.

    Parameters
    ----------
    frame
        One row for each plant, with ``industry`` and coordinates. Rows without coordinates are left out.
    industry
        Column of the industry.
    only
        Industries to compute; all where None.
    controls
        Industries that are the controls; all other plants where None, also those of unknown industry.
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
    intertype
        Subtract the cross K from cases to controls (``Intertype`` of dbmss) in place of the K of the controls.
    simulations
        Draws of the null hypothesis for the bands and p.
    null
        ``"random_labels"``: cases and controls are dealt anew among their sites, which stay.
    global_method
        How the global band is made of the draws, see :func:`jiqun.measure.bands.global_band`; dbmss: ``"strip"``.
    replicates, level, rng
        Poisson bootstrap over plants; copies of one plant are not neighbours. It takes plants for independent,
        which clustered ones are not: intervals are then too narrow.

    Returns
    -------
    frame
        ``industry_id, distance_km, value, low, high, expected, band_low, band_high, global_low,
        global_high, p, p_global, distortion, rows, note``. The value is null, with a note, for fewer than two cases
        or controls and where the window has no area.

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
    Diggle, P. & Chetwynd, A. (1991). doi:10.2307/2532668

    Examples
    --------
    Two cases 1 km apart and two controls far from each other, on 100 km²: D(1) = 100 − 0.

    >>> import polars as pl
    >>> x, y = [4.5, 5.5, 1.0, 9.0], [5.0, 5.0, 1.0, 9.0]
    >>> plants = pl.DataFrame({"industry_id": ["a", "a", "b", "b"], "x": x, "y": y})
    >>> diggle_d(plants, only=["a"], distances=[1.0], window=[0, 0, 10, 10])["value"].to_list()
    [100.0]
    """
    who = "diggle_d"
    found = points(frame, who, industry=industry, weight="count", coordinates=coordinates)
    choice = Choice(
        who=who,
        only=only,
        other=None,
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
    asked = pairs_of(found, only, None)
    of_case = dict(zip([a for a, _ in asked], controls_of(found, asked, controls, who), strict=True))

    def members(flat: Plane, pair: tuple[int, int], times: Array) -> tuple[Group, Group | None]:
        reference = of_case[pair[0]]
        case = np.flatnonzero(flat.code == pair[0])
        among = flat.code != pair[0] if reference is None else np.isin(flat.code, reference)
        control = np.flatnonzero(among)
        return Group(flat.at[case], times[case], case), Group(flat.at[control], times[control], control)

    def difference(flat: Plane, radii: Array, choice: Choice, case: Group, near: Group | None) -> Array:
        of_cases = k_function(flat, radii, choice, case, None)
        control = Group.once(flat.at[:0]) if near is None else near
        return of_cases - (
            k_function(flat, radii, choice, case, control)
            if intertype
            else k_function(flat, radii, choice, control, None)
        )

    return second_order(
        found,
        choice,
        difference,
        np.zeros_like,
        lowest=-np.inf,
        members=members,
        draw=_dealt,
        otherwise="too few cases or controls in the window",
    )


def _dealt(flat: Plane, group: tuple[Group, Group | None], rng: np.random.Generator) -> tuple[Group, Group | None]:
    """Deal cases and controls anew among their sites."""
    case, control = group
    sites = case.site if control is None else np.concatenate([case.site, control.site])
    dealt = rng.permutation(sites)
    first, second = dealt[: len(case.site)], dealt[len(case.site) :]
    return Group.once(flat.at[first], first), Group.once(flat.at[second], second)
