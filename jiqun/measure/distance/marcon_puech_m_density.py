"""Marcon–Puech m: what is at a distance, not up to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.measure.bands import GlobalMethod
from jiqun.measure.bandwidth import pair_bandwidth
from jiqun.measure.cells import ColumnName, Weight
from jiqun.measure.curves import Distances, Only, Other, Simulations, checked_distances, pairs_of
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.kernels.disc_ring import ring_sums
from jiqun.measure.kernels.disc_tree import Tree
from jiqun.measure.local_ratio import Around, LabelNull, Population, Question, population
from jiqun.measure.points import Coordinates, points
from jiqun.measure.ratio_table import Controls, Individual, Inquiry, controls_of, of_actors, of_industries
from jiqun.measure.resample import Level, Replicates, Seed

Array = NDArray[np.float64]
ActorColumn = Annotated[
    str, Field(min_length=1, max_length=200, description="Column of names of plants, for individual values.")
]
Bandwidth = Annotated[
    float | Literal["silverman"],
    Field(
        description="Standard deviation of the Gaussian kernel in km; "
        "silverman: rule of thumb over the distances of pairs."
    ),
]
BandwidthPairs = Annotated[
    Literal["all", "near"],
    Field(description="Pairs the rule is applied to: all, or those up to twice the largest distance (dbmss)."),
]


@index(
    title=Words("Marcon–Puech m", "马尔孔–皮埃什 m 函数（密度型）"),
    question=Words(
        "At this distance from an industry's plants, how much more of its own kind is there than on the whole?",
        "在距该行业企业某一距离处，同类企业的占比是总体占比的多少倍？",
    ),
    reading=Words(
        "1: as on the whole; 2: twice as much of what is at this distance is of its kind; below 1: less. "
        "Unlike M it forgets what is nearer, so it shows at which distances an industry gathers.",
        "1 表示与总体相同；2 表示该距离处同类占比为总体的两倍；小于 1 则偏少。"
        "与 M 不同，它不累计更近处的邻居，可看出集聚发生的尺度。",
    ),
    formula=r"m(r) = \sum_{i \in A} \frac{\sum_{j \in B, j \ne i} w_j \kappa_h(r - d_{ij})}"
    r"{\sum_{j \ne i} w_j \kappa_h(r - d_{ij})} \Big/ \sum_{i \in A} \frac{W_B - w_i 1(A = B)}{W - w_i}",
    needs=Needs("actors", ("industry_id",), ("actor_id", "lon", "lat", "x", "y", "size")),
    grain=("industry_id", "distance_km"),
    bounds=Bounds(0.0, None),
    neutral=1.0,
    laws=("row_order", "labels", "scale"),
    references=(
        Reference(
            "Lang, Marcon & Puech (2020), Distance-based measures of spatial concentration: "
            "introducing a relative density function",
            "10.1007/s00168-019-00946-7",
        ),
    ),
)
def marcon_puech_m_density(
    frame: IntoFrame,
    *,
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    only: Only = None,
    other: Other = None,
    controls: Controls = None,
    distances: Distances = None,
    bandwidth: Bandwidth = "silverman",
    bandwidth_pairs: BandwidthPairs = "all",
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
    """Compute the Marcon–Puech m of every industry at every distance.

    As M, with a Gaussian kernel around the distance ``r`` in place of the disc up to it: the share of the industry in
    the weight *at* about ``r`` from its plants, relative to its share of the whole.

    Parameters
    ----------
    frame
        One row for each plant, with ``industry``, coordinates and, where wanted, a weight.
    industry
        Column of the industry.
    weight
        Column of weights ≥ 0; ``"count"`` makes all plants equal; None takes ``size`` where the table has it.
    only
        Industries to compute; all where None.
    other
        Industries whose plants are counted around the industry's plants.
    controls
        Industries that are the reference in place of all plants.
    distances
        Distances ``r`` in km.
    bandwidth
        Standard deviation ``h`` of the kernel in km, or the rule that chooses it for each industry (or pair) from
        the distances between the industry's plants and those counted around them. Under the null it is kept.
    bandwidth_pairs
        Which of these distances: ``"all"``, or ``"near"``, up to twice the largest of ``distances`` (dbmss).
    coordinates
        Which coordinates to take. Between longitudes and latitudes distances are great circles.
    individual
        Give one value for each plant of the industry.
    actor
        Column of the plants' names for individual values.
    simulations
        Draws of the null hypothesis for the bands and p.
    null
        As for M: ``"random_labels"``, ``"random_location"`` or ``"population_independence"``.
    global_method
        How the global band is made of the draws, see :func:`jiqun.measure.bands.global_band`; dbmss: ``"strip"``.
    replicates, level, rng
        Poisson bootstrap over plants, with the bandwidth kept.

    Returns
    -------
    frame
        ``industry_id, [industry_id_2,] distance_km, value, low, high, expected, band_low, band_high, global_low,
        global_high, p, p_global, bandwidth_km, rows, note``. m is null, with a note, where no plant has a neighbour
        within nine bandwidths of ``r``, and where the industry has a single plant. With ``individual`` as M.

    Raises
    ------
    MissingColumn
        If a column is not in the table.
    UnknownName
        If an industry is not in the table.
    JiqunError
        If the bandwidth is not above 0, a weight is negative, or the null does not fit the question.

    Notes
    -----
    The kernel has no reflection at 0, as in dbmss: it is the same above and below the fraction line. dbmss evaluates it
    by an FFT on a grid; here it is summed exactly. Beyond four million pairs the rule of thumb reads the distances
    between evenly spaced points.

    References
    ----------
    Lang, G., Marcon, E. & Puech, F. (2020). doi:10.1007/s00168-019-00946-7

    Examples
    --------
    >>> import polars as pl
    >>> plants = pl.DataFrame({"industry_id": ["a", "a", "b"], "x": [0.0, 1.0, 3.0], "y": [0.0] * 3})
    >>> marcon_puech_m_density(plants, only=["a"], distances=[1.0], bandwidth=0.1)["value"].round(12).to_list()
    [2.0]
    """
    who = "marcon_puech_m_density"
    if not isinstance(bandwidth, str) and not 0 < bandwidth < np.inf:
        raise JiqunError(
            f"{who} needs a bandwidth above 0 km; it is {bandwidth}. Take a number such as 1.0, or 'silverman'.",
            f"{who} 要求 bandwidth 大于 0 千米；给出的是 {bandwidth}。请取如 1.0 的数，或 'silverman'。",
        )
    found = points(
        frame, who, industry=industry, weight=weight, coordinates=coordinates, actor=actor if individual else None
    )
    radii = checked_distances(distances, found, who)
    pairs = pairs_of(found, only, other)
    reference = controls_of(found, pairs, controls, who)
    people = population(found)
    longest = 2.0 * float(radii[-1]) if bandwidth_pairs == "near" else None
    widths = [_width(people, pair, bandwidth, found.spherical, longest) for pair in pairs]
    of_width = {h: rings(radii, h, spherical=found.spherical) for h in widths}
    asked = Inquiry(
        found=found,
        people=people,
        questions=[Question(a, b, c) for (a, b), c in zip(pairs, reference, strict=True)],
        arounds=[of_width[h] for h in widths],
        distances=radii,
        inter=other is not None,
        who=who,
    )
    if individual:
        return of_actors(asked, simulations)
    extra = {"bandwidth_km": np.array(widths)[:, None]}
    return of_industries(asked, (null, global_method), (simulations, replicates, level, rng), extra)


def rings(radii: Array, bandwidth: float, *, spherical: bool) -> Around:
    """Give the function that sums weights in Gaussian rings of these radii; NaN bandwidth: nothing is near."""

    def around(sources: Tree, weight: Array, at: Array, own: NDArray[np.int64], workers: int) -> Array:
        if not np.isfinite(bandwidth):
            return np.zeros((len(at), len(radii)))
        return ring_sums(sources, weight, at, own, (radii, bandwidth, spherical), workers)

    return around


def _width(
    people: Population, pair: tuple[int, int], bandwidth: float | str, spherical: bool, longest: float | None
) -> float:
    if not isinstance(bandwidth, str):
        return bandwidth
    case = people.at[people.code == pair[0]]
    near = None if pair[0] == pair[1] else people.at[people.code == pair[1]]
    return pair_bandwidth(case, near, spherical=spherical, longest=longest)
