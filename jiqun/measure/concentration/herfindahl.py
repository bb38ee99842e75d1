"""Herfindahl index: the chance that two units of weight drawn at random lie in the same part."""

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

Normalised = Annotated[
    Literal["no", "possible", "present"],
    Field(
        description="no: from 1/n to 1. possible: (H − 1/n)/(1 − 1/n) with n the parts that occur in the table; "
        "present: with n the parts in which the unit is."
    ),
]


@index(
    title=Words("Herfindahl index", "赫芬达尔指数"),
    question=Words(
        "How concentrated is an industry in few places, whatever the size of the places?",
        "不考虑各地规模时，一个行业在多大程度上集中于少数地方？",
    ),
    reading=Words(
        "1: all in one place; 1/n: the same in each of n places.", "1 表示全部集中于一地；1/n 表示在 n 个地方平均分布。"
    ),
    formula=r"H_i = \sum_r s_{ri}^2",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id",),
    bounds=Bounds(0.0, 1.0),
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Hirschman (1964), The paternity of an index", ""),
        Reference("Rhoades (1993), The Herfindahl–Hirschman index", ""),
        Reference("Hall & Tideman (1967), Measures of concentration", "10.1080/01621459.1967.10482897"),
    ),
)
def herfindahl(
    frame: IntoFrame,
    *,
    of: Of = "industry",
    normalised: Normalised = "no",
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the Herfindahl index of every industry over places, or of every place over industries.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    of
        ``"industry"`` or ``"place"``.
    normalised
        ``"no"``: ``H = Σ s²``. Else ``(H − 1/n)/(1 − 1/n)``, with n the number of *possible* parts (that
        occur in the table) or of *present* ones (where the unit has weight): two different numbers.
        Null where n is 1.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown units are part of the table.
    replicates, level, rng
        Poisson bootstrap over rows.

    Returns
    -------
    frame
        ``industry_id`` (or ``place_id``), ``value, low, high, rows, weight, note``. In [0, 1].

    References
    ----------
    Hall, M. & Tideman, N. (1967). doi:10.1080/01621459.1967.10482897

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "q", "p", "p"], "industry_id": ["a", "a", "b", "b"]})
    >>> herfindahl(firms, replicates=0)["value"].to_list()
    [0.5, 1.0]
    """
    groups = cells(frame, "herfindahl", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(given: Spread) -> Array:
        share = given.share
        raw: Array = (share**2).sum(axis=1)
        if normalised == "no":
            return raw
        n = np.full(len(share), share.shape[1]) if normalised == "possible" else (given.weight > 0).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(n > 1, (raw - 1.0 / n) / (1.0 - 1.0 / n), np.nan)

    return each_unit(groups, of, statistic, replicates, level, rng, low=0.0, high=1.0)
