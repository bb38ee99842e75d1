"""Moran's I: whether near places have like values."""

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
    title=Words("Moran's I", "莫兰指数"),
    question=Words(
        "Do places near each other have like values, so that an industry spreads over their borders?",
        "相邻地方的取值是否相近，即产业是否跨界成片？",
    ),
    reading=Words(
        "Above −1/(n−1): near places are alike; below: they alternate. p says whether chance explains it.",
        "高于 −1/(n−1) 表示邻近地方取值相近，低于则表示高低相间；p 值说明是否可由随机解释。",
    ),
    formula=r"I = \frac{n}{\sum_{ij} w_{ij}} \frac{\sum_{ij} w_{ij} z_i z_j}{\sum_i z_i^2},\quad z = y - \bar y",
    needs=Needs("actors", ("place_id", "industry_id"), ("size", "lon", "lat", "x", "y")),
    grain=("industry_id",),
    bounds=Bounds(None, None),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Moran (1950), Notes on continuous stochastic phenomena", "10.1093/biomet/37.1-2.17"),
        Reference("Cliff & Ord (1981), Spatial processes: models and applications (moments under randomisation)"),
    ),
)
def moran(
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
    """Compute Moran's I of the values of an index over places.

    ``I = n/Σw · Σ_ij w_ij z_i z_j / Σ_i z_i²`` with ``z`` the deviations from the mean. Its expectation without
    association is −1/(n − 1), not 0. The statistic and its moments under randomisation are those of esda; the
    permutations are drawn here, since esda draws them from a generator shared by the whole process.

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
        places, islands, left_out, note``. ``expected`` and ``deviation`` are the moments under randomisation in
        closed form and ``z`` the value in these terms. ``islands`` have no neighbour but belong to the mean;
        ``left_out`` places have no value or no position. Null with fewer than four places, or where all have the
        same value or none a neighbour.

    Raises
    ------
    JiqunError
        If ``of`` is not a value of places, or the extra ``association`` is not installed.

    References
    ----------
    Moran, P. A. P. (1950). doi:10.1093/biomet/37.1-2.17

    Examples
    --------
    Values that rise along a line:

    >>> import polars as pl
    >>> line = pl.DataFrame({"place_id": list("abcdefgh"), "x": [float(n) for n in range(8)], "y": [0.0] * 8})
    >>> line = line.with_columns(wage=pl.col("x"))
    >>> found = moran(line, of="wage", k=1, standardise="none", simulations=0)
    >>> found.select(pl.col("value", "expected").round(4)).rows()
    [(0.7143, -0.1429)]
    """
    asked = Asked(of, options, aggregate, only, place, industry, weight)
    near = Near(neighbours, k, distance_km, power, standardise)
    inference = Inference(simulations, adjustment, replicates, level, rng)
    draws = draws_of(frame, "moran", asked, near, inference)
    return of_whole(draws, frame, inference, statistic=moran_i, moments=lambda unit: _moments(unit, draws))


def moran_i(weights: Weights, y: Array) -> Array:
    """Moran's I of each column of values, (n, columns) → (columns,)."""
    z = y - y.mean(axis=0)
    found: Array = len(y) / weights.sum() * (z * (weights @ z)).sum(axis=0) / (z**2).sum(axis=0)
    return found


def _moments(unit: Unit, draws: Draws) -> tuple[float, float]:
    """Expectation and standard deviation under randomisation (Cliff and Ord), from esda."""
    # without variance, as where all are neighbours of all, the deviation is 0 or NaN
    with np.errstate(all="ignore"):
        found = esda(draws.who).Moran(unit.y, as_w(unit.weights), transformation="o", permutations=0)
    return float(found.EI), float(np.nan_to_num(found.seI_rand))
