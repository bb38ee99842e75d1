"""Duranton–Overman K_d: the density of distances between an industry's plants, against chance."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.measure.bands import GlobalMethod, global_band, local_band, p_global, p_pointwise
from jiqun.measure.cells import ColumnName, Weight, tidy
from jiqun.measure.curves import Only, Other, Simulations, pairs_of
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.kernel_density import quantile
from jiqun.measure.pair_density import Choices, Density, density, members, uncertainty
from jiqun.measure.pair_envelope import Nulls, nulls
from jiqun.measure.pairs import Weighting, pair, pilot, places
from jiqun.measure.points import Coordinates, Points, points
from jiqun.measure.resample import Level, Replicates, Seed

Array = NDArray[np.float64]

Distances = Annotated[
    list[float] | None,
    Field(description="Distances in km; empty: 65 from 0 to the median of the distances among all plants."),
]
PairWeight = Annotated[
    Literal["product", "sum"],
    Field(
        description="How the weights of two plants weigh their distance: product (Duranton & Overman 2005) or "
        "sum (Duranton & Overman 2008). Without weights it makes no difference."
    ),
]
Bandwidth = Annotated[
    Literal["silverman", "sheather_jones"] | Annotated[float, Field(gt=0.0, allow_inf_nan=False)],
    Field(description="Rule of the bandwidth, or the bandwidth itself in km."),
]
BandwidthPairs = Annotated[
    Literal["all", "near"],
    Field(description="Pairs the rule is applied to: all, or those up to twice the largest distance (dbmss)."),
]
Reflect = Annotated[bool, Field(description="Whether what the kernel puts below distance 0 is reflected.")]
Cumulative = Annotated[bool, Field(description="Whether the curve is the share of pairs up to each distance.")]
Tolerance = Annotated[
    float,
    Field(
        ge=0.0, le=0.1, description="Error allowed where pairs are sampled, as a share of the maximum; 0: every pair."
    ),
]
LocationNull = Annotated[
    Literal["random_location", "random_labels"],
    Field(
        description="random_location: the industry's plants are dealt with their weights to occupied sites; "
        "random_labels: plants keep place and weight, industries are dealt to them. The same without weights."
    ),
]
DrawsOf = Annotated[
    Literal["auto", "explicit", "moments"],
    Field(
        description="explicit: draw by draw; moments: from the exact mean and covariance of such draws, as a normal "
        "process; auto: draw by draw as far as that is quick, smallest industries first."
    ),
]


@index(
    title=Words("Duranton–Overman K-density", "DO 距离密度指数（K_d）"),
    question=Words(
        "At which distances are an industry's plants from each other more often than chance would have it?",
        "该行业企业之间的哪些距离比随机情形更常见？",
    ),
    reading=Words(
        "Above the global band at short distances: localised; below it: dispersed; within it: as by chance. "
        "The value is a density per km.",
        "在近距离高于全局置信带为集聚，低于为分散，带内与随机无异。数值为每千米的密度。",
    ),
    formula=r"\hat K_d(d) = \frac{1}{h \sum_{i<j} w_{ij}} \sum_{i<j} w_{ij} "
    r"\left[\varphi\!\left(\tfrac{d-d_{ij}}{h}\right) + \varphi\!\left(\tfrac{d+d_{ij}}{h}\right)\right]",
    needs=Needs("actors", ("industry_id",), ("lon", "lat", "x", "y", "size")),
    grain=("industry_id", "distance_km"),
    bounds=Bounds(0.0, None),
    neutral=None,
    laws=("row_order", "labels", "scale"),
    references=(
        Reference(
            "Duranton & Overman (2005), Testing for localization using micro-geographic data",
            "10.1111/0034-6527.00362",
        ),
        Reference(
            "Duranton & Overman (2008), Exploring the detailed location patterns of U.K. manufacturing industries "
            "using microgeographic data",
        ),
    ),
)
def kd(
    frame: IntoFrame,
    *,
    industry: ColumnName = "industry_id",
    weight: Weight = "count",
    weighting: PairWeight = "product",
    only: Only = None,
    other: Other = None,
    distances: Distances = None,
    coordinates: Coordinates = "auto",
    bandwidth: Bandwidth = "silverman",
    bandwidth_pairs: BandwidthPairs = "all",
    reflect: Reflect = True,
    cumulative: Cumulative = False,
    tolerance: Tolerance = 0.002,
    simulations: Simulations = 0,
    null: LocationNull = "random_location",
    draws: DrawsOf = "auto",
    global_method: GlobalMethod = "calibrated",
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the Duranton–Overman density of distances of every industry.

    All distances between two different plants of an industry are smoothed by a Gaussian kernel; the density that
    results integrates to 1 over distances from 0. Plants at one place are at distance 0 and stay in.
    The null hypothesis asks what it would be if the plants had been put on sites drawn from all that are occupied.

    Parameters
    ----------
    frame
        One row for each plant, with ``industry`` and coordinates. All rows with coordinates are the
        occupied sites, those of unknown industry, too. Rows without coordinates are left out; the note says so.
    industry
        Column of the industry.
    weight
        ``"count"`` lets each plant count one (K_d); a column of weights ≥ 0, such as employment, gives
        the weighted K_emp; None takes ``size`` where the table has it.
    weighting
        ``"product"`` ``w_ij = e_i e_j`` (Duranton & Overman 2005), or ``"sum"`` ``w_ij = e_i + e_j`` (2008).
    only
        Industries to compute; all where None.
    other
        Industries to which distances are measured: from each plant of the industry to each of the other. The same
        industry twice is the plain curve.
    distances
        Distances in km; None gives 65 from 0 to the median distance among all plants (Duranton & Overman 2005);
        beyond 131,072 pairs the median is that of a fixed sample of pairs.
    coordinates
        Which coordinates to take. Between longitudes and latitudes distances are great circles.
    bandwidth
        ``"silverman"``: ``h = 0.9 min(sd, IQR/1.34) N^(−1/5)`` with N the number of pairs; ``"sheather_jones"``; or
        h in km. Weights play no part in the rule.
    bandwidth_pairs
        ``"all"`` pairs, or ``"near"``: those up to twice the largest distance, as dbmss.
    reflect
        Add what the kernel puts below 0 at the mirrored distance, as dbmss.
    cumulative
        Integrate the density from 0: the smoothed share of pairs up to each distance.
    tolerance
        Above 500 million pairs of places, pairs are sampled until the error is below this share of the
        curve's maximum; 0 visits all.
    simulations
        Draws of the null for the bands and p; 0 leaves them out.
    null
        ``"random_location"``: the industry's plants with their weights are dealt to sites drawn without replacement
        from all; ``"random_labels"``: sites keep their weights. Between two industries, sites for both are drawn.
    draws
        Whether the null is drawn or follows from its moments, see Notes.
    global_method
        How the global band is made, see :func:`jiqun.measure.bands.global_band`; dbmss: ``"strip"``.
    replicates, level, rng
        Poisson bootstrap over plants, bandwidth fixed; copies of a plant are no pair. The interval is the value
        plus the deviations of the replicates from their mean; with very many pairs the normal one with their variance.

    Returns
    -------
    frame
        ``industry_id, [industry_id_2,] distance_km, value, low, high, expected, band_low, band_high, global_low,
        global_high, p, p_global, error, bandwidth_km, rows, note``. ``value`` is per km. ``expected`` is the mean under
        the null, which with a fixed bandwidth is the curve of all sites. ``error`` is half the width of a simultaneous
        99 % interval of sampling, 0 where every pair was visited. The value is null, with a note, for
        fewer than two plants, no weight, or where no bandwidth is defined (all plants at one place); the
        band is, where the industry is all sites.

    Raises
    ------
    MissingColumn
        If a column is not in the table.
    UnknownName
        If an industry is not in the table.
    JiqunError
        If a weight is negative, a position is not on Earth, or a bandwidth is too small for the distances.

    Notes
    -----
    *Exact to 1e-9.* Distances are counted in bins of h/64 or less that keep the first three moments, and the kernel is
    expanded in them (Hermite polynomials). Above half a million pairs of places the quartiles in the rule
    of h come from bins (h then is right to about 1e-5).

    *Very many plants.* Points are put in random order and taken as pairs (i, i + k) for shifts k: a balanced
    incomplete U-statistic (Blom 1976), in which every point is in equally many pairs, so that the variance
    between points cancels and only that between pairs is left. Unlike a grid with a fast Fourier transform, it
    serves great circles and any weights, its error is estimated from the data instead of assumed from the
    size of a cell, and when all shifts are used up it is the exact curve by the same code.

    *The null.* The bandwidth stays that of the industry, so the mean over draws is the curve of all
    sites. Without weights one random order of the sites is a draw for industries of every size. By moments,
    the covariance of the curve under draws without replacement is exact (Hoeffding's decomposition for finite
    populations), its two parts being estimated from the curves of up to 4,096 sites and from all pairs; the
    curve is then a normal process. That holds for large industries, and is what “auto” keeps it for.
    With ``random_labels`` and weights the null is always drawn.

    References
    ----------
    Duranton, G. & Overman, H. (2005). doi:10.1111/0034-6527.00362
    Blom, G. (1976), Some properties of incomplete U-statistics. doi:10.1093/biomet/63.3.573
    Behrens, K. & Bougna, T. (2015), An anatomy of the geographical concentration of Canadian manufacturing
    industries. doi:10.1016/j.regsciurbeco.2015.01.002

    Examples
    --------
    Three plants on a line have distances 1, 1 and 2. With h = ½ and no reflection K(1) = (2 φ(0) + φ(2))/(3 h).

    >>> import polars as pl
    >>> plants = pl.DataFrame({"industry_id": ["a"] * 3, "x": [0.0, 1.0, 2.0], "y": [0.0] * 3})
    >>> kd(plants, distances=[1.0], bandwidth=0.5, reflect=False)["value"].round(9).to_list()
    [0.567917018]
    """
    found = points(frame, "kd", industry=industry, weight=weight, coordinates=coordinates)
    weights: Weighting = "none" if _equal(found, weight) else weighting
    choices = Choices(
        _distances(found, distances), bandwidth, bandwidth_pairs == "near", reflect, cumulative, tolerance
    )
    root = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(np.random.SeedSequence(rng))
    sampling, drawing, again = root.spawn(3)
    asked = pairs_of(found, only, other)
    of = [members(found, i, j, weights) for i, j in asked]
    curves = [density(m, choices, g) for m, g in zip(of, sampling.spawn(len(of)), strict=True)]
    null_curves = nulls(
        found, list(zip(of, curves, strict=True)), choices, weights, (null, draws, simulations), rng=drawing
    )
    parts = []
    for (i, j), m, curve, under, g in zip(asked, of, curves, null_curves, again.spawn(len(of)), strict=True):
        low = high = np.full(len(choices.distances), np.nan)
        if replicates and np.isfinite(curve.value).any():
            low, high = uncertainty(m, curve, choices, replicates, level, rng=g)
        keys = {"industry_id": found.industries[i], **({} if other is None else {"industry_id_2": found.industries[j]})}
        note = _note(found, curve, under, simulations)
        parts.append(
            _columns(
                keys, choices, curve, under, (low, high), level=level, method=global_method, rows=len(m.at), note=note
            )
        )
    return tidy({name: np.concatenate([p[name] for p in parts]).tolist() for name in parts[0]}, found.native)


def _equal(found: Points, weight: str | None) -> bool:
    return weight == "count" or bool((found.weight == 1.0).all())


def _distances(found: Points, wanted: list[float] | None) -> Array:
    """Distances in ascending order, each once; by default 65 up to the median of the distances among all points."""
    if wanted is None:
        sites = places(found.at, np.ones(len(found)), np.full(len(found), 0.5))
        every = pilot(pair(sites, spherical=found.spherical))
        median = float(quantile(every, np.array([0.5]))[0]) if len(every.at) else 0.0
        return np.linspace(0.0, median if median > 0 else 1.0, 65)
    given = np.unique(np.asarray(wanted, dtype=np.float64))
    if given.size == 0 or not np.isfinite(given).all() or given[0] < 0:
        raise JiqunError(
            f"kd needs distances ≥ 0 in km; these are {wanted}. Leave distances empty for default ones.",
            f"kd 要求 distances 为不小于 0 的千米数；给出的是 {wanted}。留空则用默认值。",
        )
    return given


def _columns(
    keys: dict[str, Any],
    choices: Choices,
    curve: Density,
    under: Nulls,
    ends: tuple[Array, Array],
    *,
    level: float,
    method: Literal["calibrated", "levels", "strip"],
    rows: int,
    note: str | None,
) -> dict[str, Any]:
    """Give the rows of one curve, by column."""
    k = len(choices.distances)
    nothing = np.full(k, np.nan)
    local = everywhere = (nothing, nothing)
    p, p_all = nothing, np.nan
    if under.curves is not None:
        local = local_band(under.curves, level)
        everywhere = global_band(under.curves, level, method=method)
        p, p_all = p_pointwise(curve.value, under.curves), p_global(curve.value, under.curves)
    return {
        **{name: [str(key)] * k for name, key in keys.items()},
        "distance_km": choices.distances,
        "value": curve.value,
        "low": ends[0],
        "high": ends[1],
        "expected": under.expected,
        "band_low": local[0],
        "band_high": local[1],
        "global_low": everywhere[0],
        "global_high": everywhere[1],
        "p": p,
        "p_global": np.full(k, p_all),
        "error": curve.error,
        "bandwidth_km": np.full(k, curve.h),
        "rows": np.full(k, rows, dtype=np.int64),
        "note": np.array([note] * k, dtype=object),
    }


def _note(found: Points, curve: Density, under: Nulls, simulations: int) -> str | None:
    said = [curve.reason]
    if simulations and curve.reason is None and under.curves is None:
        said.append("every site is of this industry: there is no other to draw")
    said.append(found.remark)
    return "; ".join(part for part in said if part) or None
