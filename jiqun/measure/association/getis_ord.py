"""Getis–Ord G: where high values gather, and whether they do."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import scipy.sparse as sp
from narwhals.typing import IntoFrame
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.autocorrelation import Inference, Near, Simulations, Unit, Weights, draws_of, of_places, of_whole
from jiqun.measure.cells import ColumnName, Weight
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.multiple import Adjust
from jiqun.measure.neighbours import Band, How, Nearest, Power, Standardise
from jiqun.measure.place_values import Aggregate, Asked, Of, Only, Options
from jiqun.measure.resample import Level, Replicates, Seed

Array = np.ndarray[Any, np.dtype[np.float64]]

HOT = {
    "hot": Words("hot spot", "热点"),
    "cold": Words("cold spot", "冷点"),
    "none": Words("not significant", "不显著"),
}
"""What a place is called."""


@index(
    title=Words("Getis–Ord G", "Getis–Ord G 指数"),
    question=Words("Where are the hot spots, in which high values gather?", "高值集中的热点在哪里？"),
    reading=Words(
        "Standard deviations: well above 0 a hot spot, well below a cold spot. cluster names those that remain "
        "significant when all places are tested together.",
        "以标准差计：明显大于 0 为热点，明显小于 0 为冷点；cluster 为同时检验所有地方后仍显著者。",
    ),
    formula=r"G_i^* = \frac{\sum_j w_{ij} y_j - \bar y W_i}{s \sqrt{(n \sum_j w_{ij}^2 - W_i^2)/(n - 1)}}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size", "lon", "lat", "x", "y")),
    grain=("industry_id", "place_id"),
    bounds=Bounds(None, None),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "Getis & Ord (1992), The analysis of spatial association by use of distance statistics",
            "10.1111/j.1538-4632.1992.tb00261.x",
        ),
        Reference("Ord & Getis (1995), Local spatial autocorrelation statistics", "10.1111/j.1538-4632.1995.tb00912.x"),
    ),
)
def getis_ord(
    frame: IntoFrame,
    *,
    scope: Annotated[
        Literal["local", "global"],
        Field(description="local: G* of each place, as a z-score; global: the general G of all places together."),
    ] = "local",
    star: Annotated[
        bool, Field(description="Whether a place is a neighbour of itself (G*) or not (G); for local.")
    ] = True,
    of: Of = "location_quotient",
    options: Options = None,
    aggregate: Aggregate = "mean",
    only: Only = None,
    neighbours: How = "nearest",
    k: Nearest = 6,
    distance_km: Band = None,
    power: Power = 1.0,
    standardise: Standardise = "none",
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
    """Compute Getis and Ord's G: G* of every place, or the general G.

    ``G_i*`` compares the sum over a place and its neighbours with what it would be by chance, in standard
    deviations: ``(Σ_j w_ij y_j − ȳ W_i) / (s √((n Σ_j w_ij² − W_i²)/(n − 1)))``. The formula with the sum of squared
    weights holds for any weights; that of esda 2.9 for local z-scores is of binary weights only, and too
    small with others. The general ``G = Σ_ij w_ij y_i y_j / Σ_{i≠j} y_i y_j`` tells gathering of high values from
    that of low ones, as Moran's I does not.

    Parameters
    ----------
    frame
        One row for each actor with ``lon`` and ``lat`` (or ``x`` and ``y`` in km), or one for each place. The position
        of a place is the mean of its rows.
    scope
        ``"local"`` or ``"global"``.
    star
        Whether the place itself counts, with the largest weight among its neighbours (1 where they are equal).
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
        ``"rows"``: the weights of the neighbours of a place sum to 1; ``"none"``: as they are. The z-scores
        are the same.
    simulations, adjustment
        Local: conditional permutations, the value of the place stays, the others are dealt to its neighbours; 0: p by
        the normal approximation. Global: permutations of all. ``p_adjusted`` accounts for the number of places,
        industry by industry, or of industries.
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
        Local: ``industry_id`` (where the values are of industries), ``place_id, value, low, high, p, p_adjusted,
        cluster, of, share, note``: ``value`` is the z-score, ``share`` the statistic itself, the part of the sum of
        all values that lies with the neighbours; ``cluster`` is hot, cold or none. Null for places without value,
        position or neighbour, and where all places are neighbours. Global: as of :func:`jiqun.measure.moran`,
        ``deviation`` being that of the permutations; null where a value is negative.

    Raises
    ------
    JiqunError
        If ``of`` is not a value of places.

    References
    ----------
    Ord, J. K. & Getis, A. (1995). doi:10.1111/j.1538-4632.1995.tb00912.x

    Examples
    --------
    Values that rise along a line:

    >>> import polars as pl
    >>> line = pl.DataFrame({"place_id": list("abcdefgh"), "x": [float(n) for n in range(8)], "y": [0.0] * 8})
    >>> line = line.with_columns(wage=pl.col("x"))
    >>> found = getis_ord(line, of="wage", k=2)
    >>> found.select("place_id", pl.col("value").round(4)).rows()[::7]
    [('a', -2.2361), ('h', 2.2361)]
    """
    asked = Asked(of, options, aggregate, only, place, industry, weight)
    near = Near(neighbours, k, distance_km, power, standardise)
    inference = Inference(simulations, adjustment, replicates, level, rng)
    draws = draws_of(frame, "getis_ord", asked, near, inference)
    if scope == "global":
        return of_whole(draws, frame, inference, statistic=general_g, moments=_expected, refuse=_negative)

    def describe(unit: Unit, value: Array, adjusted: Array) -> dict[str, Any]:
        names = np.where(value > 0, "hot", "cold")
        cluster = [
            None if np.isnan(v) else str(name) if a <= rate else "none"
            for v, a, name in zip(value, adjusted, names, strict=True)
        ]
        total = unit.y.sum() - (0.0 if star else unit.y)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.asarray(_own(unit.weights, star) @ unit.y) / total
        return {"cluster": cluster, "of": unit.y, "share": np.where(np.isfinite(value), share, np.nan)}

    return of_places(draws, frame, inference, lambda unit: local_g(unit.weights, unit.y, star=star), describe)


def local_g(weights: Weights, y: Array, *, star: bool) -> Array:
    """z-scores of G* (``star``) or G of each place, shape (n,); NaN for an island and where nothing can vary.

    Examples
    --------
    >>> pairs = sp.csr_array(np.kron(np.eye(2), [[0.0, 1.0], [1.0, 0.0]]))
    >>> local_g(pairs, np.array([1.0, 1.0, 0.0, 0.0]), star=True).round(4).tolist()
    [1.7321, 1.7321, -1.7321, -1.7321]
    """
    w = _own(weights, star)
    total, squares = np.asarray(w.sum(axis=1)).ravel(), np.asarray(w.power(2).sum(axis=1)).ravel()
    drop = 0.0 if star else 1.0
    n = len(y) - drop
    # deviations from the mean, so that nothing large cancels
    z = y - y.mean()
    mean = (z.sum() - drop * z) / n
    variance = ((z**2).sum() - drop * z**2) / n - mean**2
    spread = variance * (n * squares - total**2) / (n - 1.0)
    possible = (spread > 1e-12 * variance * n * squares) & (np.diff(weights.indptr) > 0)
    found: Array = np.full(len(y), np.nan)
    np.divide(np.asarray(w @ z) - mean * total, np.sqrt(np.maximum(spread, 0.0)), out=found, where=possible)
    return found


def general_g(weights: Weights, y: Array) -> Array:
    """General G of each column of values, (n, columns) → (columns,)."""
    found: Array = (y * (weights @ y)).sum(axis=0) / (y.sum(axis=0) ** 2 - (y**2).sum(axis=0))
    return found


def _own(weights: Weights, star: bool) -> Weights:
    """Weights with the place itself, by the largest of its neighbours' weights."""
    if not star:
        return weights
    largest = np.asarray(weights.max(axis=1).toarray()).ravel() if weights.nnz else np.zeros(weights.shape[0])
    return sp.csr_array(weights + sp.diags_array(largest))


def _expected(unit: Unit) -> tuple[float, float]:
    n = len(unit.y)
    return float(unit.weights.sum() / (n * (n - 1.0))), np.nan


def _negative(unit: Unit) -> str | None:
    if (unit.y < 0).any():
        return "G needs values of 0 or more"
    return "fewer than two places have a value above 0" if (unit.y > 0).sum() < 2 else None
