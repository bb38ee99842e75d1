"""Geary's C: how much near places differ, against how much any do."""

from __future__ import annotations

from typing import Any

import numpy as np
from narwhals.typing import IntoFrame

from jiqun.cluster import Reference, Words
from jiqun.measure.autocorrelation import (
    Draws,
    Inference,
    Near,
    Simulations,
    Unit,
    Weights,
    as_w,
    draws_of,
    esda,
    of_whole,
)
from jiqun.measure.cells import ColumnName, Weight
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.multiple import Adjust
from jiqun.measure.neighbours import Band, How, Nearest, Power, Standardise
from jiqun.measure.place_values import Aggregate, Asked, Of, Only, Options
from jiqun.measure.resample import Level, Replicates, Seed

Array = np.ndarray[Any, np.dtype[np.float64]]


@index(
    title=Words("Geary's C", "吉尔里指数"),
    question=Words(
        "Do neighbouring places differ less than places do at large?",
        "相邻地方之间的差异，是否小于各地之间的一般差异？",
    ),
    reading=Words(
        "1: neighbours differ as any places do; towards 0: they are alike; above 1: they contrast.",
        "1 表示相邻地方的差异与一般相同；接近 0 表示相近；高于 1 表示反差大。",
    ),
    formula=r"C = \frac{n - 1}{2 \sum_{ij} w_{ij}} \frac{\sum_{ij} w_{ij} (y_i - y_j)^2}{\sum_i (y_i - \bar y)^2}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size", "lon", "lat", "x", "y")),
    grain=("industry_id",),
    bounds=Bounds(0.0, None),
    neutral=1.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Geary (1954), The contiguity ratio and statistical mapping", "10.2307/2986645"),
        Reference("Cliff & Ord (1981), Spatial processes: models and applications (moments under randomisation)"),
    ),
)
def geary(
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
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute Geary's C of the values of an index over places.

    ``C = (n − 1)/(2 Σw) · Σ_ij w_ij (y_i − y_j)² / Σ_i (y_i − ȳ)²``, 1 without association. It looks at differences
    of neighbours, Moran's I at how they depart together from the mean; C is the more sensitive to single contrasts.

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
        Permutations of the values over places, of which p is two-sided; 0: p by the normal approximation.
        ``p_adjusted`` accounts for the number of industries.
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
        ``industry_id`` (where the values are of industries), ``value, low, high, expected, deviation, z, p, p_adjusted,
        places, islands, left_out, note``, as of :func:`jiqun.measure.moran`. Null with fewer than four places, or
        where all have the same value or none a neighbour.

    Raises
    ------
    JiqunError
        If ``of`` is not a value of places, or the extra ``association`` is not installed.

    References
    ----------
    Geary, R. C. (1954). doi:10.2307/2986645

    Examples
    --------
    Values that rise along a line:

    >>> import polars as pl
    >>> line = pl.DataFrame({"place_id": list("abcdefgh"), "x": [float(n) for n in range(8)], "y": [0.0] * 8})
    >>> line = line.with_columns(wage=pl.col("x"))
    >>> geary(line, of="wage", k=1, standardise="none", simulations=0)["value"].round(4).to_list()
    [0.0833]
    """
    asked = Asked(of, options, aggregate, only, place, industry, weight)
    near = Near(neighbours, k, distance_km, power, standardise)
    inference = Inference(simulations, adjustment, replicates, level, rng)
    draws = draws_of(frame, "geary", asked, near, inference)
    return of_whole(draws, frame, inference, statistic=geary_c, moments=lambda unit: _moments(unit, draws))


def geary_c(weights: Weights, y: Array) -> Array:
    """Geary's C of each column of values, (n, columns) → (columns,)."""
    z = y - y.mean(axis=0)
    margin = np.asarray(weights.sum(axis=0)).ravel() + np.asarray(weights.sum(axis=1)).ravel()
    apart = (margin[:, None] * z**2).sum(axis=0) - 2.0 * (z * (weights @ z)).sum(axis=0)
    found: Array = (len(y) - 1) / (2.0 * weights.sum()) * np.maximum(apart, 0.0) / (z**2).sum(axis=0)
    return found


def _moments(unit: Unit, draws: Draws) -> tuple[float, float]:
    """Expectation and standard deviation under randomisation (Cliff and Ord), from esda."""
    # without variance, as where all are neighbours of all, the deviation is 0 or NaN
    with np.errstate(all="ignore"):
        found = esda(draws.who).Geary(unit.y, as_w(unit.weights), transformation="o", permutations=0)
    return 1.0, float(np.nan_to_num(found.seC_rand))
