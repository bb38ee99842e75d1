"""Hachman index: how like the whole economy the structure of a place is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.resample import Level, Replicates, Seed
from jiqun.measure.shares import Array, Of, Spread, each_unit


@index(
    title=Words("Hachman index", "哈克曼指数"),
    question=Words(
        "How similar is the industrial structure of a place to that of the whole?",
        "一个地方的产业结构与整体有多相似？",
    ),
    reading=Words(
        "1: the same structure as the whole; towards 0: specialised in what is rare elsewhere.",
        "1 表示与整体结构相同；越接近 0 越专业化于别处少有的行业。",
    ),
    formula=r"HI_r = \frac{1}{\sum_i s_{ri} \cdot LQ_{ri}} = \Big(\sum_i s_{ri}^2 / s_i\Big)^{-1}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id",),
    bounds=Bounds(0.0, 1.0),
    neutral=1.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Hachman (1994), Economic Report to the Governor, Utah (as defined there)", ""),
        Reference(
            "Mack, Grubesic & Kessler (2007), Indices of industrial diversity and regional economic composition",
            "10.1111/j.1468-2257.2007.00380.x",
        ),
    ),
)
def hachman(
    frame: IntoFrame,
    *,
    of: Of = "place",
    form: Annotated[
        Literal["similarity", "mean_quotient"],
        Field(
            description="similarity: the index, in (0, 1]. mean_quotient: its inverse, the mean location quotient "
            "of a place weighted by its own shares (EconGeo location_quotient_avg), from 1."
        ),
    ] = "similarity",
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the Hachman index of every place over industries, or of every industry over places.

    The mean location quotient that the weight of a place finds itself in, ``Σ s LQ = Σ s²/s̄``, is 1 where the
    place is like the whole and grows with specialisation; its inverse is the index. ``Σ s²/s̄ − 1`` is the
    χ² distance of the two structures.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    of
        ``"place"`` (its industries against those of the whole) or ``"industry"`` (its places).
    form
        ``"similarity"`` or its inverse ``"mean_quotient"``.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown units are part of the whole.
    replicates, level, rng
        Poisson bootstrap over rows.

    Returns
    -------
    frame
        ``place_id`` (or ``industry_id``), ``value, low, high, rows, weight, note``. The index is in (0, 1].

    References
    ----------
    Mack, E., Grubesic, T. & Kessler, E. (2007). doi:10.1111/j.1468-2257.2007.00380.x

    Examples
    --------
    ``p`` is half ``a``, half ``b``; the whole is one quarter ``a``: Σ s²/s̄ = ¼/¼ + ¼/¾ = 4/3.

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "b", "b", "b"]})
    >>> hachman(firms, replicates=0)["value"].to_list()
    [0.75, 0.75]
    """
    groups = cells(frame, "hachman", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(given: Spread) -> Array:
        there = given.base > 0
        if not there.any():
            return np.full(len(given.share), np.nan)
        quotient: Array = (given.share[:, there] ** 2 / given.base[there]).sum(axis=1)
        return quotient if form == "mean_quotient" else 1.0 / quotient

    low, high = (0.0, 1.0) if form == "similarity" else (1.0, np.inf)
    return each_unit(groups, of, statistic, replicates, level, rng, low=low, high=high)
