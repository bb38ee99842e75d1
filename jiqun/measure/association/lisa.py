"""Local indicators of spatial association: which places make up the clusters."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from narwhals.typing import IntoFrame
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.autocorrelation import Draws, Inference, Near, Simulations, Unit, as_w, draws_of, esda, of_places
from jiqun.measure.cells import ColumnName, Weight
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.multiple import Adjust
from jiqun.measure.neighbours import Band, How, Nearest, Power, Standardise
from jiqun.measure.place_values import Aggregate, Asked, Of, Only, Options
from jiqun.measure.resample import Level, Replicates, Seed

Array = np.ndarray[Any, np.dtype[np.float64]]

QUADRANTS = {
    "HH": Words("high among high", "高—高集聚"),
    "LL": Words("low among low", "低—低集聚"),
    "HL": Words("high among low", "高—低异质"),
    "LH": Words("low among high", "低—高异质"),
    "none": Words("not significant", "不显著"),
}
"""What a quadrant of the Moran scatter plot is called."""


@index(
    title=Words("Local Moran's I (LISA)", "局部莫兰指数（LISA）"),
    question=Words(
        "Which places form clusters of high or low values, and which stand out from their neighbours?",
        "哪些地方构成高值或低值集聚，哪些地方与其邻近地方明显不同？",
    ),
    reading=Words(
        "Above 0: like its neighbours (HH high among high, LL low among low); below 0: unlike them (HL, LH). "
        "cluster is the quadrant of places that remain significant when all are tested together.",
        "大于 0 表示与邻近地方相似（HH 高—高，LL 低—低）；小于 0 表示相异（HL、LH）。"
        "cluster 为同时检验所有地方后仍显著者所在的象限。",
    ),
    formula=r"I_i = (n - 1) \frac{z_i \sum_j w_{ij} z_j}{\sum_j z_j^2},\quad z = y - \bar y",
    needs=Needs("actors", ("place_id", "industry_id"), ("size", "lon", "lat", "x", "y")),
    grain=("industry_id", "place_id"),
    bounds=Bounds(None, None),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "Anselin (1995), Local indicators of spatial association – LISA", "10.1111/j.1538-4632.1995.tb00338.x"
        ),
        Reference(
            "Benjamini & Hochberg (1995), Controlling the false discovery rate",
            "10.1111/j.2517-6161.1995.tb02031.x",
        ),
    ),
)
def lisa(
    frame: IntoFrame,
    *,
    of: Of = "location_quotient",
    options: Options = None,
    aggregate: Aggregate = "mean",
    only: Only = None,
    neighbours: How = "nearest",
    k: Nearest = 6,
    distance_km: Band = None,
    power: Power = 1.0,
    standardise: Standardise = "rows",
    simulations: Simulations = 999,
    adjustment: Adjust = "fdr",
    rate: Annotated[
        float, Field(gt=0.0, lt=1.0, description="A place is significant where its adjusted p is at most this.")
    ] = 0.05,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the local Moran's I of the values of an index at every place.

    ``I_i = (n − 1) z_i Σ_j w_ij z_j / Σ_j z_j²``. Its test is conditional: the place keeps its value, and the values
    of all others are dealt at random to its neighbours. With as many tests as places some are significant by
    chance; ``cluster`` names those left when the false discovery rate is controlled.

    Parameters
    ----------
    frame
        One row for each actor with ``lon`` and ``lat`` (or ``x`` and ``y`` in km), or one for each place. The position
        of a place is the mean of its rows.
    of
        What is analysed: an index with a value for each place, or each place and industry (then each industry is
        analysed by itself), or a column of numbers.
    options
        Parameters of that index.
    aggregate
        How rows become the value of a place where ``of`` is a column.
    only
        These industries; None: all.
    neighbours, k, distance_km, power
        ``"nearest"``: the k nearest places and those as near as the last. ``"band"``: all within ``distance_km``;
        None takes the least distance at which every place has a neighbour. ``"inverse"``: the same weighted by
        ``distance^−power``, places at one point by the least distance that is not 0. ``"contiguity"``: places whose
        outlines in column ``geometry`` (WKB) touch. Distances are great circles.
    standardise
        ``"rows"``: the weights of the neighbours of a place sum to 1; ``"none"``: as they are.
    simulations, adjustment
        Conditional permutations: the value of the place stays, the others are dealt to its neighbours; 0: no p.
        ``p_adjusted`` accounts for the number of places, industry by industry.
    rate
        Level of ``cluster``.
    place, industry
        Columns of the keys.
    weight
        Column of weights of the index analysed, as there.
    replicates, level, rng
        Poisson bootstrap over rows: the index is computed anew, positions and neighbours stay. Off by default. ``rng``
        seeds the permutations, too.

    Returns
    -------
    frame
        ``industry_id`` (where the values are of industries), ``place_id, value, low, high, p, p_adjusted, quadrant,
        cluster, of, lag, note``. ``of`` is the value analysed and ``lag`` the weighted sum (with rows
        standardised: the mean) over the neighbours. ``quadrant`` is HH, LL, HL or LH (high: above the mean);
        ``cluster`` the same where significant, else “none”. Null for places without value, position or neighbour,
        with fewer than four places, and where all have the same value.

    Raises
    ------
    JiqunError
        If ``of`` is not a value of places, or the extra ``association`` is not installed.

    References
    ----------
    Anselin, L. (1995). doi:10.1111/j.1538-4632.1995.tb00338.x

    Examples
    --------
    Values that rise along a line:

    >>> import polars as pl
    >>> line = pl.DataFrame({"place_id": list("abcdefgh"), "x": [float(n) for n in range(8)], "y": [0.0] * 8})
    >>> line = line.with_columns(wage=pl.col("x"))
    >>> found = lisa(line, of="wage", k=2)
    >>> found.select("place_id", pl.col("value").round(4), "quadrant").rows()[::4]
    [('a', 1.1667, 'LL'), ('e', 0.0417, 'HH')]
    """
    asked = Asked(of, options, aggregate, only, place, industry, weight)
    near = Near(neighbours, k, distance_km, power, standardise)
    inference = Inference(simulations, adjustment, replicates, level, rng)
    draws = draws_of(frame, "lisa", asked, near, inference)

    def describe(unit: Unit, value: Array, adjusted: Array) -> dict[str, Any]:
        quadrant = _quadrant(unit, value)
        cluster = [q if q is None or a <= rate else "none" for q, a in zip(quadrant, adjusted, strict=True)]
        lag = np.where(unit.islands, np.nan, np.asarray(unit.weights @ unit.y))
        return {"quadrant": quadrant, "cluster": cluster, "of": unit.y, "lag": lag}

    return of_places(draws, frame, inference, lambda unit: _local(unit, draws), describe)


def _local(unit: Unit, draws: Draws) -> Array:
    """Local Moran's I of each place, from esda; NaN for an island."""
    with np.errstate(all="ignore"):
        found = esda(draws.who).Moran_Local(unit.y, as_w(unit.weights), transformation="o", permutations=0)
    return np.where(unit.islands, np.nan, np.asarray(found.Is, dtype=np.float64))


def _quadrant(unit: Unit, value: Array) -> list[str | None]:
    """Quadrant of the Moran scatter plot: the place and its neighbours, above or below the mean."""
    if np.isnan(value).all():
        return [None] * len(value)
    z = unit.y - unit.y.mean()
    lag = np.asarray(unit.weights @ z)
    names = np.where(z > 0, np.where(lag > 0, "HH", "HL"), np.where(lag > 0, "LH", "LL"))
    return [None if np.isnan(v) else str(name) for v, name in zip(value, names, strict=True)]
