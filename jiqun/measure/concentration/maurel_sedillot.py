"""Maurel–Sédillot index: the excess chance that two plants of an industry share a place."""

from __future__ import annotations

from typing import Any

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import Cells, ColumnName, Plants, Unknown, Weight, cells, tidy
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.resample import Level, Replicates, Seed, interval, poisson_weights
from jiqun.measure.shares import Array, spread


@index(
    title=Words("Maurel–Sédillot index", "MS 集聚指数"),
    question=Words(
        "Are two jobs of an industry in the same place more often than any two jobs, beyond plant size?",
        "剔除企业规模后，同一行业的两个岗位落在同一地方的概率是否高于任意两个岗位？",
    ),
    reading=Words(
        "0: as by chance; positive: concentrated; negative: dispersed.",
        "0 表示与随机分布无异；为正表示集聚；为负表示分散。",
    ),
    formula=r"\hat\gamma_{MS} = \frac{\frac{\sum_r s_{ri}^2 - \sum_r x_r^2}{1-\sum_r x_r^2} - H_i}{1-H_i}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id",),
    bounds=Bounds(None, 1.0),
    neutral=0.0,
    laws=("row_order", "labels", "scale"),
    references=(
        Reference(
            "Maurel & Sédillot (1999), A measure of the geographic concentration in French manufacturing industries",
            "10.1016/S0166-0462(99)00020-8",
        ),
    ),
)
def maurel_sedillot(
    frame: IntoFrame,
    *,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    plants: Plants = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the Maurel–Sédillot index of every industry.

    Like Ellison and Glaeser's γ, with ``Σs² − Σx²`` in place of ``Σ(s − x)²``: an industry is judged by how
    often its plants meet, not by where they meet. The two differ where an industry is concentrated
    in places that are small or large overall.

    Parameters
    ----------
    frame
        One row for each plant. Rows without a place are left out.
    place, industry
        Columns of the keys.
    weight
        Column of plant sizes ≥ 0; ``"count"``; None takes ``size`` where present, else equal plants.
    plants
        Column with the number of plants of a row, where rows are cells or size classes. They share the row's
        weight equally, which makes H as small as it can be, and the index as large.
    unknown
        Whether rows of unknown industry are part of the whole.
    replicates, level, rng
        Poisson bootstrap over plants, centred as for the Ellison–Glaeser index.

    Returns
    -------
    frame
        ``industry_id, value, low, high, h, rows, weight, note``. Null where the industry is one plant, has
        no weight, or where there is one place only.

    References
    ----------
    Maurel, F. & Sédillot, B. (1999). doi:10.1016/S0166-0462(99)00020-8

    Examples
    --------
    >>> import polars as pl
    >>> plants = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "a", "b", "b"]})
    >>> maurel_sedillot(plants, replicates=0)["value"].to_list()
    [1.0, 1.0]
    """
    groups = cells(
        frame, "maurel_sedillot", place=place, industry=industry, weight=weight, unknown=unknown, plants=plants
    )
    value, h = _excess(groups)
    low = high = np.full(value.shape, np.nan)
    if replicates:
        draws = poisson_weights(groups.rows, replicates, rng)
        below, above, centre = interval(lambda w: _excess(groups, w)[0], draws, level)
        low, high = value + below - centre, value + above - centre
    return tidy(
        {
            "industry_id": groups.industries.tolist(),
            "value": value,
            "low": low,
            "high": high,
            "h": h,
            "rows": groups.by_industry(0)[:-1].astype(np.int64),
            "weight": groups.by_industry()[:-1],
            "note": [None if np.isfinite(v) else "one plant, one place, or no weight" for v in value],
        },
        groups.native,
    )


def _excess(groups: Cells, times: NDArray[np.int64] | None = None) -> tuple[Array, Array]:
    given = spread(groups, "industry", times)
    x2 = (given.base**2).sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        h = groups.by_industry(2, times)[:-1] / given.weight.sum(axis=1) ** 2
        raw = ((given.share**2).sum(axis=1) - x2) / (1.0 - x2)
        return np.where((h < 1.0 - 1e-12) & (x2 < 1.0 - 1e-12), (raw - h) / (1.0 - h), np.nan), h
