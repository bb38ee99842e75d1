"""Marcon–Puech M: whether an industry's neighbours are of its kind more often than plants are at large."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.bands import GlobalMethod
from jiqun.measure.cells import ColumnName, Weight
from jiqun.measure.curves import Distances, Only, Other, Simulations, checked_distances, pairs_of
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.kernels.disc_tree import Tree, disc_sums, reach
from jiqun.measure.local_ratio import Around, LabelNull, Question, population
from jiqun.measure.points import Coordinates, points
from jiqun.measure.ratio_table import Controls, Individual, Inquiry, controls_of, of_actors, of_industries
from jiqun.measure.resample import Level, Replicates, Seed

Array = NDArray[np.float64]
ActorColumn = Annotated[
    str, Field(min_length=1, max_length=200, description="Column of names of plants, for individual values.")
]


@index(
    title=Words("Marcon–Puech M", "马尔孔–皮埃什 M 函数"),
    question=Words(
        "Within this distance of an industry's plants, how much more of its own kind is there than on the whole?",
        "在该行业企业周围一定距离之内，同类企业的占比是总体占比的多少倍？",
    ),
    reading=Words(
        "1: as on the whole; 2: twice as much of the neighbourhood is of its kind (localised); below 1: dispersed. "
        "A value outside the band is not by chance.",
        "1 表示与总体相同；2 表示邻域中同类占比为总体的两倍（集聚）；小于 1 为分散。超出置信带即非随机所致。",
    ),
    formula=r"M(r) = \sum_{i \in A}"
    r" \frac{\sum_{j \in B, j \ne i} w_j 1(d_{ij} \le r)}{\sum_{j \ne i} w_j 1(d_{ij} \le r)}"
    r" \Big/ \sum_{i \in A} \frac{W_B - w_i 1(A = B)}{W - w_i}",
    needs=Needs("actors", ("industry_id",), ("actor_id", "lon", "lat", "x", "y", "size")),
    grain=("industry_id", "distance_km"),
    bounds=Bounds(0.0, None),
    neutral=1.0,
    laws=("row_order", "labels", "scale"),
    references=(
        Reference(
            "Marcon & Puech (2010), Measures of the geographic concentration of industries: "
            "improving distance-based methods",
            "10.1093/jeg/lbp056",
        ),
        Reference(
            "Marcon & Puech (2017), A typology of distance-based measures of spatial concentration",
            "10.1016/j.regsciurbeco.2016.10.004",
        ),
    ),
)
def marcon_puech_m(
    frame: IntoFrame,
    *,
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    only: Only = None,
    other: Other = None,
    controls: Controls = None,
    distances: Distances = None,
    coordinates: Coordinates = "auto",
    individual: Individual = False,
    actor: ActorColumn = "actor_id",
    simulations: Simulations = 0,
    null: LabelNull = "random_labels",
    global_method: GlobalMethod = "calibrated",
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the Marcon–Puech M of every industry at every distance.

    Around each plant of the industry, the share of the industry in the weight of all neighbours up to ``r``
    is compared with its share of the whole. M is the ratio of the two, each summed over the plants: a plant's own
    weight is in neither, and plants without a neighbour up to ``r`` are in neither sum.

    Parameters
    ----------
    frame
        One row for each plant, with ``industry``, coordinates and, where wanted, a weight. Rows whose
        industry is unknown are neighbours of the others. Rows without coordinates are left out; the note says so.
    industry
        Column of the industry.
    weight
        Column of weights ≥ 0; ``"count"`` makes all plants equal; None takes ``size`` where the table has it.
    only
        Industries to compute; all where None.
    other
        Industries whose plants are counted around the industry's plants (inter-industry M).
    controls
        Industries that are the reference in place of all plants: case–control M. Neighbours below the fraction
        line are the controls alone, as ``CaseControl`` of dbmss; cases without a control nearby drop out.
    distances
        Radii ``r`` in km. A plant at exactly ``r`` (up to a relative 1e-12) is within.
    coordinates
        Which coordinates to take. Between longitudes and latitudes distances are great circles.
    individual
        Give one value for each plant of the industry: the terms of the two sums, each as a ratio.
    actor
        Column of the plants' names for individual values.
    simulations
        Draws of the null hypothesis for the bands and p.
    null
        ``"random_labels"``: industries are dealt anew to the plants, which keep place and weight;
        ``"random_location"``: plants with their industry and weight are dealt anew to the occupied sites
        (the default of dbmss); ``"population_independence"``: the cases stay, all others are dealt anew.
    global_method
        How the global band is made of the draws, see :func:`jiqun.measure.bands.global_band`; dbmss: ``"strip"``.
    replicates, level, rng
        Poisson bootstrap over plants: each counts with a random whole weight, and copies of one plant are not
        neighbours. The interval is the value plus the deviations of the replicates from their mean.

    Returns
    -------
    frame
        ``industry_id, [industry_id_2,] distance_km, value, low, high, expected, band_low, band_high, global_low,
        global_high, p, p_global, rows, note``. M is null, with a note, where no plant has a neighbour up to ``r``
        (at ``r = 0`` unless plants share a point), and where the industry has a single plant. ``expected`` is the mean
        of the draws, 1 without draws. With ``individual``: ``actor_id, industry_id, [industry_id_2,]
        distance_km, value, low, high, share, note``, by plant, ``share`` being that of the neighbourhood.

    Raises
    ------
    MissingColumn
        If a column is not in the table.
    UnknownName
        If an industry is not in the table.
    JiqunError
        If a weight is negative, a position is not on the map, or the null does not fit the question.

    Notes
    -----
    Sums within discs are exact and come from one descent of a k-d tree for all radii. Under
    random labels the sums over all plants are computed once for all draws; a draw serves all industries.

    References
    ----------
    Marcon, E. & Puech, F. (2010). doi:10.1093/jeg/lbp056
    Marcon, E. & Puech, F. (2017). doi:10.1016/j.regsciurbeco.2016.10.004

    Examples
    --------
    On a line, ``a`` at 0 and 1, ``b`` at 2 and 9. Up to 1 km, the plant at 0 has only ``a`` around it, the one at 1
    has one of each; on the whole one of the three others is ``a``: M = (1 + ½)/(⅓ + ⅓) = 2.25.

    >>> import polars as pl
    >>> plants = pl.DataFrame({"industry_id": ["a", "a", "b", "b"], "x": [0.0, 1.0, 2.0, 9.0], "y": [0.0] * 4})
    >>> marcon_puech_m(plants, only=["a"], distances=[1.0, 9.0])["value"].round(12).to_list()
    [2.25, 1.0]
    """
    who = "marcon_puech_m"
    found = points(
        frame, who, industry=industry, weight=weight, coordinates=coordinates, actor=actor if individual else None
    )
    radii = checked_distances(distances, found, who)
    around = discs(reach(radii, spherical=found.spherical))
    pairs = pairs_of(found, only, other)
    reference = controls_of(found, pairs, controls, who)
    asked = Inquiry(
        found=found,
        people=population(found),
        questions=[Question(a, b, c) for (a, b), c in zip(pairs, reference, strict=True)],
        arounds=[around] * len(pairs),
        distances=radii,
        inter=other is not None,
        who=who,
    )
    if individual:
        return of_actors(asked, simulations)
    return of_industries(asked, (null, global_method), (simulations, replicates, level, rng))


def discs(within: Array) -> Around:
    """Give the function that sums weights within discs of these squared straight radii."""

    def around(sources: Tree, weight: Array, at: Array, own: NDArray[np.int64], workers: int) -> Array:
        return disc_sums(sources, weight, at, own, within, workers)

    return around
