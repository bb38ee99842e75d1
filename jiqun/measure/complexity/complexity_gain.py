"""Complexity outlook gain: what a new industry would open up for a place."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.complexity.complexity_outlook import Ddof, Scale, surroundings
from jiqun.measure.complexity.relatedness_density import Diagonal, density
from jiqun.measure.index import Needs, index
from jiqun.measure.presence import Array, Cut, Matrix, of_cells, presence, said
from jiqun.measure.resample import Level, Replicates, Seed

Definition = Literal["atlas", "packages", "change"]


@index(
    title=Words("Complexity outlook gain", "复杂度前景增益"),
    question=Words(
        "Which new industry would bring a place nearest to further complex ones?",
        "发展哪个新行业，最能让一个地方接近更多复杂行业？",
    ),
    reading=Words(
        "What the industry would add to the complexity outlook of the place; high: a strategic step.",
        "该行业能给当地复杂度前景带来的增量；越高表示越具战略意义。",
    ),
    formula=r"COG_{ri} = \sum_j \frac{\phi_{ij}}{\sum_k \phi_{kj}} (1 - b_{rj}) PCI_j - \omega_{ri} PCI_i",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id", "industry_id"),
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "Hausmann, Hidalgo, Bustos, Coscia, Simoes & Yildirim (2014), The atlas of economic complexity",
            "10.7551/mitpress/9647.001.0001",
        ),
    ),
)
def complexity_gain(
    frame: IntoFrame,
    *,
    definition: Annotated[
        Definition,
        Field(
            description="atlas: less the term that leaves the outlook; packages: without subtraction "
            "(economiccomplexity, py-ecomplexity); change: exactly by how much the outlook would change."
        ),
    ] = "atlas",
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
    """Compute the complexity outlook gain (opportunity gain) of every absent industry in every place.

    ``COG_ri = Σ_j φ_ij / Σ_k φ_kj · (1 − b_rj) PCI_j − ω_ri PCI_i``: by how much closer the place comes to other
    industries it lacks, weighted by their complexity, less what the industry itself stood for in the outlook.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    definition
        ``"atlas"``: as above; with the diagonal included the first sum holds the industry itself.
        ``"packages"``: the first sum alone, as economiccomplexity and py-ecomplexity compute it.
        ``"change"``: the difference of the complexity outlook with and without the industry, proximity and
        complexity held fixed. It equals ``"atlas"`` where the diagonal is excluded.
    diagonal
        Whether ``φ_ii = 1`` counts: ``"include"`` as the Atlas and its packages have it.
    scale
        ``"own"``: PCI standardised over industries. ``"eci"``: by the mean and deviation of the places.
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
        Poisson bootstrap over rows. Where the place gains the industry in a replicate, that replicate says
        nothing; the interval is null where this is so in half of them.

    Returns
    -------
    frame
        ``place_id, industry_id, value, low, high, note``. Null where the place has the industry already, and
        for an industry without a complexity.

    References
    ----------
    Hausmann, R. et al. (2014). doi:10.7551/mitpress/9647.001.0001

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": list("pppqqr"), "industry_id": list("abcbcc")})
    >>> gain = complexity_gain(firms, cut=0, definition="change").drop_nulls("value")
    >>> gain.select("place_id", "industry_id", pl.col("value").round(3)).rows()
    [('q', 'a', -0.557), ('r', 'a', -0.223), ('r', 'b', 0.334)]
    """
    groups = cells(frame, "complexity_gain", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(times: NDArray[np.int64] | None) -> Array:
        there = presence(groups, cut, times)
        return gains(there, *surroundings(there, diagonal, scale, ddof), definition)

    there = presence(groups, cut).ravel()

    lacking = "no industry in the place, or the industry has no complexity"

    def notes(value: Array) -> list[str | None]:
        return said(value, np.where(there, "the place has the industry already", lacking))

    return of_cells(groups, statistic, (replicates, level, rng), extra={}, notes=notes)


def gains(present: Matrix, near: Array, quality: Array, definition: Definition) -> Array:
    """Gain of each absent industry in each place, NaN for present ones, shape (places, industries)."""
    known = np.nan_to_num(quality)
    reach = near.sum(axis=0)
    worth = np.divide(known, reach, out=np.zeros_like(known), where=reach > 0)
    result: Array = (~present * worth) @ near.T
    if definition == "change":
        result -= near.diagonal() * worth
    if definition != "packages":
        result -= np.nan_to_num(density(present, near)) * known
    result[present | ~np.isfinite(quality)] = np.nan
    result[~present.any(axis=1)] = np.nan
    return result
