"""Hoover index: the share that would have to move for a distribution to be like the whole."""

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
    title=Words("Hoover index", "胡佛指数"),
    question=Words(
        "What share of an industry would have to move to be spread as everything is?",
        "一个行业要有多大比例迁移，才会与整体的空间分布一致？",
    ),
    reading=Words(
        "0: spread as the whole; towards 1: all of it where little else is.",
        "0 表示与整体分布一致；越接近 1 表示越集中于其他活动很少的地方。",
    ),
    formula=r"H_i = \tfrac12 \sum_r |s_{ri} - x_r|",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id",),
    bounds=Bounds(0.0, 1.0),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(Reference("Hoover (1936), The measurement of industrial localization", "10.2307/1927875"),),
)
def hoover(
    frame: IntoFrame,
    *,
    of: Of = "industry",
    compare: Annotated[
        Literal["whole", "uniform"],
        Field(description="whole: shares of everything; uniform: the same share for each part that occurs."),
    ] = "whole",
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the Hoover index of every industry over places, or of every place over industries.

    ``H = ½ Σ |s − x|`` with ``s`` the shares of the unit and ``x`` those of the whole: the share of the
    unit that would have to move to be distributed as the whole. Half of Krugman's index.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    of
        ``"industry"`` (concentration) or ``"place"`` (specialisation).
    compare
        ``"whole"``: from the distribution of everything; ``"uniform"``: from equal parts, the Hoover (Robin Hood)
        index of inequality that REAT's ``hoover`` gives without a reference.
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
        ``industry_id`` (or ``place_id``), ``value, low, high, rows, weight, note``. In [0, 1].

    References
    ----------
    Hoover, E. M. (1936). doi:10.2307/1927875

    Examples
    --------
    All three firms of ``a`` are in ``p``, where three of four are: one quarter would have to move.

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "p", "q"], "industry_id": ["a", "a", "a", "b"]})
    >>> hoover(firms, replicates=0).select("industry_id", "value").rows()
    [('a', 0.25), ('b', 0.75)]
    """
    groups = cells(frame, "hoover", place=place, industry=industry, weight=weight, unknown=unknown)
    statistic = distance_to_whole if compare == "whole" else _distance_to_equal_parts
    return each_unit(groups, of, statistic, replicates, level, rng, low=0.0, high=1.0)


def distance_to_whole(given: Spread) -> Array:
    """Half the absolute distance of each unit's shares from those of the whole, shape (units,)."""
    half: Array = 0.5 * np.abs(given.share - given.base).sum(axis=1)
    return half


def _distance_to_equal_parts(given: Spread) -> Array:
    half: Array = 0.5 * np.abs(given.share - 1.0 / given.weight.shape[1]).sum(axis=1)
    return half
