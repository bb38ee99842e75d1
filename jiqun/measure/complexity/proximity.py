"""Proximity: the chance that a place has one industry, given that it has the other."""

from __future__ import annotations

from typing import Any

import numpy as np
from narwhals.typing import IntoFrame

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.presence import Array, Cut, Matrix, of_pairs, presence
from jiqun.measure.resample import Level, Replicates, Seed


@index(
    title=Words("Proximity", "产业邻近度"),
    question=Words("Which industries tend to be in the same places?", "哪些行业倾向于出现在相同的地方？"),
    reading=Words(
        "The smaller of the two conditional probabilities: 0 never together, 1 always.",
        "两个条件概率中较小者：0 表示从不同时出现，1 表示总是同时出现。",
    ),
    formula=r"\phi_{ij} = \frac{\sum_r b_{ri} b_{rj}}{\max(u_i, u_j)}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id", "industry_id_2"),
    bounds=Bounds(0.0, 1.0),
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Hidalgo, Klinger, Barabási & Hausmann (2007), The product space", "10.1126/science.1144581"),
    ),
)
def proximity(
    frame: IntoFrame,
    *,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    cut: Cut = 1.0,
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute Hidalgo's proximity of every pair of industries.

    ``φ = C_ij / max(u_i, u_j)``: places with both, over places with the more ubiquitous one.

    Parameters
    ----------
    frame
        One row for each actor or cell.
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
        Off by default, since pairs are many.

    Returns
    -------
    frame
        ``industry_id, industry_id_2, value, low, high, note``: each unordered pair once, the smaller code
        first. Null where an industry is present nowhere.

    References
    ----------
    Hidalgo, C. et al. (2007). doi:10.1126/science.1144581

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q"], "industry_id": ["a", "b", "b"]})
    >>> proximity(firms, cut=0)["value"].to_list()
    [0.5]
    """
    groups = cells(frame, "proximity", place=place, industry=industry, weight=weight, unknown=unknown)
    return of_pairs(groups, lambda times: hidalgo(presence(groups, cut, times)), (replicates, level, rng))


def hidalgo(present: Matrix) -> Array:
    """Proximity of all pairs, 1 on the diagonal, shape (industries, industries); NaN where 0/0."""
    b = present.astype(np.float64)
    ubiquity = b.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        near: Array = b.T @ b / np.maximum.outer(ubiquity, ubiquity)
    near[ubiquity == 0] = np.nan
    near[:, ubiquity == 0] = np.nan
    return near
