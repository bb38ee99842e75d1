"""Litzenberger–Sternberg cluster index: many jobs and many plants of an industry on little land for few people."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.attributes import number_of_each
from jiqun.measure.cells import Cells, ColumnName, Unknown, Weight, cells, labels, tidy
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.resample import Level, Replicates, Seed, interval, poisson_weights
from jiqun.measure.shares import Array

NOTES = (
    "no plant here: 0 by convention (0/0)",
    "the place has no area or no population",
    "the industry has no weight",
    "no row in the cell: no interval",
)


@index(
    title=Words("Litzenberger–Sternberg cluster index", "LS 集群指数"),
    question=Words(
        "Where does an industry form a cluster: many jobs and many plants for the land and the people of the place?",
        "一个行业在哪里形成集群：相对于当地面积与人口，就业多、企业也多？",
    ),
    reading=Words(
        "1: as everywhere; above 4 is often taken for a cluster; 0: no plant. It has no upper limit and favours small "
        "places.",
        "1 表示与整体相同；高于 4 常被视为集群；0 表示没有企业。没有上限，且偏向小地方。",
    ),
    formula=r"CI_{ij} = \frac{e_{ij}/e_i}{a_j/a} \cdot \frac{e_{ij}/e_i}{p_j/p} \Big/ "
    r"\frac{e_{ij}/b_{ij}}{e_i/b_i} = \frac{(e_{ij}/e_i)\,(b_{ij}/b_i)}{(a_j/a)\,(p_j/p)}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id", "industry_id"),
    spaces=("physical",),
    bounds=Bounds(0.0, None),
    neutral=1.0,
    laws=("row_order", "labels", "scale"),
    references=(
        Reference(
            "Litzenberger & Sternberg (2006), Der Clusterindex – eine Methodik zur Identifizierung regionaler Cluster "
            "am Beispiel deutscher Industriebranchen, Geographische Zeitschrift 94(2), 209–224",
            "",
        ),
        Reference(
            "Sternberg & Litzenberger (2004), Regional clusters in Germany – their geography and their relevance for "
            "entrepreneurial activities",
            "10.1080/0965431042000251855",
        ),
    ),
)
def litzenberger_sternberg(
    frame: IntoFrame,
    *,
    area: Annotated[ColumnName, Field(description="Column with the area of the row's place.")] = "area",
    population: Annotated[
        ColumnName, Field(description="Column with the residents of the row's place.")
    ] = "population",
    plants: Annotated[
        ColumnName | None,
        Field(description="Column with the number of plants a row stands for; empty: each row is one plant."),
    ] = None,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the cluster index of Litzenberger and Sternberg of every industry in every place.

    The density of the industry's jobs on the land, times its density among the people, over the relative size
    of its plants, each against the whole. What remains is
    ``(share of jobs · share of plants) / (share of land · share of people)``.

    Parameters
    ----------
    frame
        One row for each plant, or for each cell with its number of plants in ``plants``. Each row also carries
        the area and the population of its place; a cluster's are taken from its table of places.
    area, population
        Columns of the place's area and residents, in any units. The whole is the sum over the places that
        occur in the table.
    plants
        Column of numbers of plants; None counts rows.
    place, industry
        Columns of the keys.
    weight
        Column of jobs ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown place stay in the totals of an industry.
    replicates, level, rng
        Poisson bootstrap over rows.

    Returns
    -------
    frame
        ``place_id, industry_id, value, low, high, rows, weight, note``, every pair of a place and an industry that
        occur. Without a plant the definition is 0/0; the value is 0, with a note. Null where the place's
        area or population is missing or 0, or the industry has no weight.

    Raises
    ------
    MissingColumn
        If ``area`` or ``population`` is not a column.
    JiqunError
        If two rows of a place say different areas or populations.

    Notes
    -----
    REAT 3.0.3 gives NaN where there is no plant.

    References
    ----------
    Sternberg, R. & Litzenberger, T. (2004). doi:10.1080/0965431042000251855

    Examples
    --------
    Two places of the same land and people: all jobs and plants of ``a`` are in ``p``: 1 · 1 / (½ · ½).

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q"], "industry_id": ["a", "a", "b"], "area": 5.0,
    ...                       "population": 100})
    >>> litzenberger_sternberg(firms, replicates=0).select("place_id", "industry_id", "value").rows()
    [('p', 'a', 4.0), ('p', 'b', 0.0), ('q', 'a', 0.0), ('q', 'b', 4.0)]
    """
    who = "litzenberger_sternberg"
    groups = cells(frame, who, place=place, industry=industry, weight=weight, unknown=unknown)
    land = number_of_each(groups.native, who, key=place, column=area, names=groups.places)
    people = number_of_each(groups.native, who, key=place, column=population, names=groups.places)
    ground = _share(land) * _share(people)
    counted = None
    if plants is not None:
        counted = cells(groups.native, who, place=place, industry=industry, weight=plants, unknown=unknown).total()
    value = _index(groups, ground, counted, None)
    rows = groups.total(power=0)[:-1, :-1]
    low, high = np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    if replicates:
        there = rows > 0
        draws = poisson_weights(groups.rows, replicates, rng)
        low[there], high[there], _ = interval(lambda w: _index(groups, ground, counted, w)[there], draws, level)
    return _table(groups, ground, value, (low, high), counted, bool(replicates))


def _share(number: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Array = np.where(number > 0, number, np.nan) / np.nansum(number)
    return share


def _index(groups: Cells, ground: Array, counted: Array | None, times: NDArray[np.int64] | None) -> Array:
    jobs = groups.total(1, times)
    plants = groups.total(0, times) if counted is None else counted
    with np.errstate(divide="ignore", invalid="ignore"):
        here = (jobs / jobs.sum(axis=0))[:-1, :-1] * (plants / plants.sum(axis=0))[:-1, :-1]
        found: Array = here / ground[:, None]
    return found


def _table(  # noqa: PLR0917
    groups: Cells, ground: Array, value: Array, ends: tuple[Array, Array], counted: Array | None, drawn: bool
) -> Any:
    n_places, n_industries = groups.shape
    plants = (groups.total(0) if counted is None else counted)[:-1, :-1]
    rows = groups.total(power=0)[:-1, :-1]
    why = np.full(value.shape, -1, dtype=np.int32)
    if drawn:
        why[rows == 0] = 3
    why[np.isfinite(value) & (plants == 0)] = 0
    why[~np.isfinite(value)] = 2
    why[np.isnan(ground)] = 1
    nothing = ~np.isfinite(value)
    return tidy(
        {
            "place_id": labels(groups.places, np.repeat(np.arange(n_places), n_industries)),
            "industry_id": labels(groups.industries, np.tile(np.arange(n_industries), n_places)),
            "value": np.where(nothing, np.nan, value).ravel(),
            "low": np.where(nothing, np.nan, ends[0]).ravel(),
            "high": np.where(nothing, np.nan, ends[1]).ravel(),
            "rows": rows.ravel().astype(np.int64),
            "weight": groups.total()[:-1, :-1].ravel(),
            "note": labels(NOTES, why.ravel()),
        },
        groups.native,
    )
