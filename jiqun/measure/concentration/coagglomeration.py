"""Coagglomeration: do two industries choose the same places, beyond where everything is."""

from __future__ import annotations

from typing import Any

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import Cells, ColumnName, Unknown, Weight, cells, labels, tidy
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.resample import Level, Replicates, Seed, interval, poisson_weights
from jiqun.measure.shares import Array, spread


@index(
    title=Words("Coagglomeration index", "协同集聚指数"),
    question=Words("Which pairs of industries are in the same places?", "哪些行业倾向于集聚在同一地方？"),
    reading=Words(
        "0: independent; positive: in the same places; negative: they avoid each other.",
        "0 表示相互独立；为正表示集聚于相同地方；为负表示相互回避。",
    ),
    formula=r"\gamma^c_{ij} = \frac{\sum_r (s_{ri}-x_r)(s_{rj}-x_r)}{1-\sum_r x_r^2}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id", "industry_id_2"),
    bounds=Bounds(None, 1.0),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "Ellison & Glaeser (1997), Geographic concentration in U.S. manufacturing industries", "10.1086/262098"
        ),
        Reference(
            "Ellison, Glaeser & Kerr (2010), What causes industry agglomeration? (pair form)", "10.1257/aer.100.3.1195"
        ),
    ),
)
def coagglomeration(
    frame: IntoFrame,
    *,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the Ellison–Glaeser coagglomeration index of every pair of industries.

    The pair form of Ellison, Glaeser and Kerr, ``γᶜ = Σ(s_i − x)(s_j − x)/(1 − Σx²)``. For two industries
    it equals the general form of 1997 exactly, and needs no plant sizes.

    Parameters
    ----------
    frame
        One row for each actor or cell. Rows without a place are left out.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown industry are part of the whole.
    replicates, level, rng
        Poisson bootstrap over rows. Off by default, since pairs are many.

    Returns
    -------
    frame
        ``industry_id, industry_id_2, value, low, high, note``: each unordered pair once, the smaller code
        first. Null where an industry has no weight or there is one place only.

    References
    ----------
    Ellison, G., Glaeser, E. & Kerr, W. (2010). doi:10.1257/aer.100.3.1195

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "b", "c", "c"]})
    >>> coagglomeration(firms).select("industry_id", "industry_id_2", "value").rows()
    [('a', 'b', 1.0), ('a', 'c', -1.0), ('b', 'c', -1.0)]
    """
    groups = cells(frame, "coagglomeration", place=place, industry=industry, weight=weight, unknown=unknown)
    first, second = np.triu_indices(len(groups.industries), k=1)
    value = _pairs(groups)[first, second]
    low = high = np.full(value.shape, np.nan)
    if replicates:
        draws = poisson_weights(groups.rows, replicates, rng)
        below, above, centre = interval(lambda w: _pairs(groups, w)[first, second], draws, level)
        low, high = value + below - centre, value + above - centre
    return tidy(
        {
            "industry_id": labels(groups.industries, first),
            "industry_id_2": labels(groups.industries, second),
            "value": value,
            "low": low,
            "high": high,
            "note": [None if np.isfinite(v) else "no weight, or one place only" for v in value],
        },
        groups.native,
    )


def _pairs(groups: Cells, times: NDArray[np.int64] | None = None) -> Array:
    given = spread(groups, "industry", times)
    away = given.share - given.base
    with np.errstate(divide="ignore", invalid="ignore"):
        pairs: Array = away @ away.T / (1.0 - (given.base**2).sum())
    pairs[~np.isfinite(pairs)] = np.nan
    return pairs
