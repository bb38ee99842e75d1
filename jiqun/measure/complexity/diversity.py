"""Diversity: how many industries a place has."""

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
    title=Words("Diversity", "多样性"),
    question=Words(
        "How many industries does a place have in more than its share?", "一个地方在多少个行业上具有比较优势？"
    ),
    reading=Words(
        "The number of industries with a location quotient of at least the cut.", "区位商不低于阈值的行业数。"
    ),
    formula=r"d_r = \sum_i [LQ_{ri} \ge 1]",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id",),
    bounds=Bounds(0.0, None),
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Hidalgo & Hausmann (2009), The building blocks of economic complexity", "10.1073/pnas.0900943106"),
    ),
)
def diversity(
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
    """Count the industries present in each place.

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
        ``place_id, value, low, high, note``.

    References
    ----------
    Hidalgo, C. & Hausmann, R. (2009). doi:10.1073/pnas.0900943106

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "p", "q"], "industry_id": ["a", "a", "b", "b"]})
    >>> diversity(firms, replicates=0).select("place_id", "value").rows()
    [('p', 1.0), ('q', 1.0)]
    """
    groups = cells(frame, "diversity", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(times: NDArray[np.int64] | None) -> Array:
        counted: Array = presence(groups, cut, times).sum(axis=1).astype(np.float64)
        return counted

    return of_units(groups, "place", statistic, (replicates, level, rng))
