"""Complexity outlook: how complex the industries are that lie near to what a place already does."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.complexity.proximity import hidalgo
from jiqun.measure.complexity.relatedness_density import Diagonal, density, weighed
from jiqun.measure.eigenvector import complexity
from jiqun.measure.index import Needs, index
from jiqun.measure.presence import Array, Cut, Matrix, of_units, presence
from jiqun.measure.resample import Level, Replicates, Seed

Scale = Annotated[
    Literal["own", "eci"],
    Field(description="Scale of the complexity of industries: by their own deviation, or by that of the places."),
]
Ddof = Annotated[int, Field(ge=0, le=1, description="Delta degrees of freedom of the standard deviation.")]


@index(
    title=Words("Complexity outlook index", "复杂度前景指数"),
    question=Words("How many complex industries lie within reach of a place?", "一个地方能够得着多少复杂的行业？"),
    reading=Words(
        "High: many industries that the place lacks are both complex and related to those it has. "
        "Negative: what lies near is simple.",
        "越高表示该地尚无的行业中，既复杂又与现有行业相关的越多；为负表示邻近的行业较简单。",
    ),
    formula=r"COI_r = \sum_i (1 - b_{ri})\, \omega_{ri}\, PCI_i",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id",),
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "Hausmann, Hidalgo, Bustos, Coscia, Simoes & Yildirim (2014), The atlas of economic complexity",
            "10.7551/mitpress/9647.001.0001",
        ),
    ),
)
def complexity_outlook(
    frame: IntoFrame,
    *,
    diagonal: Diagonal = "include",
    scale: Scale = "own",
    ddof: Ddof = 0,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    cut: Cut = 1.0,
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the complexity outlook index (opportunity value) of every place.

    ``COI_r = Σ_i (1 − b_ri) ω_ri PCI_i``: the complexity of the industries a place does not have, weighted by
    how close it is to them, ``ω_ri = Σ_j b_rj φ_ij / Σ_j φ_ij`` with Hidalgo's proximity.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    diagonal
        Whether ``φ_ii = 1`` is in the denominator: ``"include"`` as the Atlas and its packages have it.
    scale
        ``"own"``: PCI standardised over industries (economiccomplexity). ``"eci"``: by the mean and deviation of
        the places (py-ecomplexity).
    ddof
        Delta degrees of freedom of that deviation: 0, or 1 (R).
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown place or industry are part of the totals of the quotient.
    cut
        Location quotient from which on an industry is present in a place; 0 for any weight.
    replicates, level, rng
        Poisson bootstrap over rows; presence, proximity and complexity are computed anew in each replicate.

    Returns
    -------
    frame
        ``place_id, value, low, high, missing, left_out, note``. ``missing`` counts the industries that the place
        lacks; ``left_out`` those of them without a complexity (present nowhere, or outside the largest connected
        component), which are no part of the sum. Null where no industry has a complexity, and for a place
        without any industry.

    References
    ----------
    Hausmann, R. et al. (2014). doi:10.7551/mitpress/9647.001.0001

    Examples
    --------
    A place that has all industries has no outlook; ``r`` is near to what is more complex than its own.

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": list("pppqqr"), "industry_id": list("abcbcc")})
    >>> complexity_outlook(firms, cut=0).select("place_id", pl.col("value").round(3)).rows()
    [('p', 0.0), ('q', 0.557), ('r', 0.223)]
    """
    groups = cells(frame, "complexity_outlook", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(times: NDArray[np.int64] | None) -> Array:
        there = presence(groups, cut, times)
        near, quality = surroundings(there, diagonal, scale, ddof)
        return outlook(there, near, quality)

    there = presence(groups, cut)
    quality = surroundings(there, diagonal, scale, ddof)[1]
    value = statistic(None)
    absent = ~there
    return of_units(
        groups,
        "place",
        statistic,
        (replicates, level, rng),
        value=value,
        extra={"missing": absent.sum(axis=1), "left_out": (absent & ~np.isfinite(quality)).sum(axis=1)},
        notes=[None if np.isfinite(v) else "no industry in the place, or none with a complexity" for v in value],
    )


def surroundings(
    present: Matrix, diagonal: Literal["include", "exclude"], scale: str, ddof: int
) -> tuple[Array, Array]:
    """Proximity of industries as weights (industries, industries) and their complexity (industries,)."""
    near = weighed(hidalgo(present), diagonal)
    return near, complexity(present).scaled("industry", "place" if scale == "eci" else "industry", ddof)


def outlook(present: Matrix, near: Array, quality: Array) -> Array:
    """Sum over absent industries of density times complexity, shape (places,)."""
    gains = np.where(present, 0.0, np.nan_to_num(density(present, near) * quality))
    total: Array = gains.sum(axis=1)
    total[~present.any(axis=1)] = np.nan
    return total if np.isfinite(quality).any() else np.full(len(total), np.nan)
