"""Relatedness density: how much of what is related to an industry a place already has."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.complexity.proximity import hidalgo
from jiqun.measure.complexity.relatedness import related
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.presence import Array, Cut, Matrix, of_cells, presence, said
from jiqun.measure.resample import Level, Replicates, Seed

Diagonal = Annotated[
    Literal["include", "exclude"],
    Field(description="Whether an industry is related to itself: include as py-ecomplexity, exclude as EconGeo."),
]


@index(
    title=Words("Relatedness density", "关联密度"),
    question=Words(
        "How close is an industry to what a place already does?", "一个行业与某地现有产业结构的关联有多紧密？"
    ),
    reading=Words(
        "Share, from 0 to 1, of all relatedness to the industry that lies in industries the place has.",
        "与该行业相关的全部关联中，落在该地已有行业上的比例（0 到 1）。",
    ),
    formula=r"\omega_{ri} = \frac{\sum_j b_{rj} \phi_{ij}}{\sum_j \phi_{ij}}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id", "industry_id"),
    bounds=Bounds(0.0, 1.0),
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Hidalgo, Klinger, Barabási & Hausmann (2007), The product space", "10.1126/science.1144581"),
        Reference(
            "Boschma, Balland & Kogler (2015), Relatedness and technological change in cities", "10.1093/icc/dtu012"
        ),
    ),
)
def relatedness_density(
    frame: IntoFrame,
    *,
    method: Annotated[
        Literal["hidalgo", "association", "cosine", "jaccard", "probability"], Field(description="Relatedness used.")
    ] = "hidalgo",
    diagonal: Diagonal = "exclude",
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    cut: Cut = 1.0,
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the relatedness density of every industry in every place.

    ``ω = Σ_j b_rj φ_ij / Σ_j φ_ij``. Whether ``φ_ii`` is 1 or left out moves single values by up to
    21 percentage points in a test of 60 × 40, so the choice is a parameter. It is left out by default:
    that a place has an industry should not say that it is close to it.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    method
        ``"hidalgo"`` (proximity), or a measure of :func:`jiqun.measure.relatedness` with events as margin.
    diagonal
        ``"exclude"`` (0) or ``"include"`` (1, with ``"hidalgo"`` only).
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown place or industry are part of the totals of the quotient.
    cut
        Location quotient from which on an industry is present in a place; 0 for any weight.
    replicates, level, rng
        Poisson bootstrap over rows; the matrix of presence is formed anew in each replicate.
        Off by default.

    Returns
    -------
    frame
        ``place_id, industry_id, value, low, high, present, note``. Null where an industry is related to none.

    References
    ----------
    Hidalgo, C. et al. (2007). doi:10.1126/science.1144581

    Examples
    --------
    ``q`` has ``b`` alone. All that is related to ``a`` is ``b``; ``b`` itself is related to ``a`` only.

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q"], "industry_id": ["a", "b", "b"]})
    >>> relatedness_density(firms, cut=0).select("place_id", "industry_id", "value").rows()
    [('p', 'a', 1.0), ('p', 'b', 1.0), ('q', 'a', 1.0), ('q', 'b', 0.0)]
    """
    groups = cells(frame, "relatedness_density", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(times: NDArray[np.int64] | None) -> Array:
        there = presence(groups, cut, times)
        near = hidalgo(there) if method == "hidalgo" else related(there, method, "events")
        return density(there, weighed(near, diagonal))

    return of_cells(
        groups,
        statistic,
        (replicates, level, rng),
        extra={"present": presence(groups, cut)},
        notes=lambda value: said(value, "related to no industry"),
    )


def weighed(near: Array, diagonal: Literal["include", "exclude"]) -> Array:
    """Relatedness as weights: 0 where undefined, and on the diagonal where that is left out."""
    weights = np.nan_to_num(near)
    if diagonal == "exclude":
        np.fill_diagonal(weights, 0.0)
    return weights


def density(present: Matrix, near: Array) -> Array:
    """Share of the relatedness to an industry that lies in industries a place has, (places, industries)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = present.astype(np.float64) @ near / near.sum(axis=0)
    return found
