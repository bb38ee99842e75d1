"""Ubiquity: in how many places an industry is."""

from __future__ import annotations

from typing import Any

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.presence import Array, Cut, of_units, presence
from jiqun.measure.resample import Level, Replicates, Seed


@index(
    title=Words("Ubiquity", "遍在性"),
    question=Words(
        "In how many places is an industry over-represented?",
        "一个行业在多少个地方具有比较优势？",
    ),
    reading=Words(
        "The number of places with a location quotient of at least the cut; few: a rare industry.",
        "区位商不低于阈值的地方数；越少表示该行业越稀有。",
    ),
    formula=r"u_i = \sum_r [LQ_{ri} \ge 1]",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id",),
    bounds=Bounds(0.0, None),
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Hidalgo & Hausmann (2009), The building blocks of economic complexity", "10.1073/pnas.0900943106"),
    ),
)
def ubiquity(
    frame: IntoFrame,
    *,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    cut: Cut = 1.0,
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Count the places in which each industry is present.

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

    Returns
    -------
    frame
        ``industry_id, value, low, high, note``.

    References
    ----------
    Hidalgo, C. & Hausmann, R. (2009). doi:10.1073/pnas.0900943106

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "p", "q"], "industry_id": ["a", "a", "b", "b"]})
    >>> ubiquity(firms, replicates=0).select("industry_id", "value").rows()
    [('a', 1.0), ('b', 1.0)]
    """
    groups = cells(frame, "ubiquity", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(times: NDArray[np.int64] | None) -> Array:
        counted: Array = presence(groups, cut, times).sum(axis=0).astype(np.float64)
        return counted

    return of_units(groups, "industry", statistic, (replicates, level, rng))
