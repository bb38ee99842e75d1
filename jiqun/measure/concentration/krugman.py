"""Krugman index: how different an industrial structure is from the others'."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from pydantic import Field

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.measure.cells import Cells, ColumnName, Unknown, Weight, cells
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.resample import Level, Replicates, Seed
from jiqun.measure.shares import Array, Of, Spread, each_unit


@index(
    title=Words("Krugman index", "克鲁格曼专业化指数"),
    question=Words(
        "How different is the industrial structure of a place from that of the others?",
        "一个地方的产业结构与其他地方有多大差异？",
    ),
    reading=Words("0: the same structure; 2: nothing in common.", "0 表示结构完全相同；2 表示没有任何共同的行业。"),
    formula=r"K_r = \sum_i |s_{ri} - \bar s_i|",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id",),
    bounds=Bounds(0.0, 2.0),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Krugman (1991), Geography and Trade", ""),
        Reference(
            "Kim (1995), Expansion of markets and the geographic distribution of economic activities",
            "10.2307/2946643",
        ),
    ),
)
def krugman(
    frame: IntoFrame,
    *,
    of: Of = "place",
    compare: Annotated[
        Literal["whole", "rest", "mean_of_others", "one"],
        Field(
            description="whole: everything, the unit included; rest: everything but the unit; "
            "mean_of_others: unweighted mean of the other units; one: the unit named in “other”."
        ),
    ] = "whole",
    other: Annotated[
        str | None, Field(description="With “one”: identifier of the place (or industry) that is compared with.")
    ] = None,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the Krugman index of every place over industries, or of every industry over places.

    ``K = Σ |s − s̄|``. What ``s̄`` is changes the number, so it is named: the whole economy with the
    unit in it, the rest of it, the unweighted mean of the other units, or one other unit.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    of
        ``"place"`` (specialisation) or ``"industry"`` (concentration).
    compare
        ``"whole"`` (as EconGeo), ``"rest"``, ``"mean_of_others"`` (as REAT's ``krugman.spec2``) or ``"one"`` (as REAT's
        ``krugman.spec``, and Krugman's own comparison of pairs of regions).
    other
        With ``"one"``: the unit compared with; its own value is 0.
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
        ``place_id`` (or ``industry_id``), ``value, low, high, rows, weight, note``. In [0, 2].

    Raises
    ------
    MissingColumn
        If a column is not in the table.
    JiqunError
        If ``compare="one"`` and ``other`` is not one of the units.

    References
    ----------
    Kim, S. (1995). doi:10.2307/2946643

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "b", "b", "b"]})
    >>> krugman(firms, replicates=0)["value"].to_list()
    [0.5, 0.5]
    >>> krugman(firms, compare="mean_of_others", replicates=0)["value"].to_list()
    [1.0, 1.0]
    """
    groups = cells(frame, "krugman", place=place, industry=industry, weight=weight, unknown=unknown)
    if compare == "one":
        position = _position(groups, of, other)
        return each_unit(groups, of, lambda g: _from_one(g, position), replicates, level, rng, low=0.0, high=2.0)
    statistic = {"whole": _from_whole, "rest": _from_rest, "mean_of_others": _from_others}[compare]
    return each_unit(groups, of, statistic, replicates, level, rng, low=0.0, high=2.0)


def _from_whole(given: Spread) -> Array:
    distance: Array = np.abs(given.share - given.base).sum(axis=1)
    return distance


def _from_rest(given: Spread) -> Array:
    rest = given.whole - given.weight
    with np.errstate(divide="ignore", invalid="ignore"):
        distance: Array = np.abs(given.share - rest / rest.sum(axis=1, keepdims=True)).sum(axis=1)
    return distance


def _from_one(given: Spread, position: int) -> Array:
    share = given.share
    distance: Array = np.abs(share - share[position]).sum(axis=1)
    return distance


def _position(groups: Cells, of: Literal["industry", "place"], other: str | None) -> int:
    names = groups.industries if of == "industry" else groups.places
    found = np.flatnonzero(names == other)
    if other is None or not len(found):
        raise JiqunError(
            f"krugman: compare='one' needs other, the {of} to compare with; {other!r} is not in the table. "
            f"It has {', '.join(names[:5].tolist())}{' …' if len(names) > 5 else ''}.",
            f"krugman：compare='one' 需要用 other 指定比较对象；表中没有 {other!r}，有："
            f"{'、'.join(names[:5].tolist())}{'……' if len(names) > 5 else ''}。",
        )
    return int(found[0])


def _from_others(given: Spread) -> Array:
    share = given.share
    with_weight = given.weight.sum(axis=1) > 0
    known = np.where(with_weight[:, None], share, 0.0)
    others = with_weight.sum() - 1
    if others < 1:
        return np.full(len(share), np.nan)
    distance: Array = np.abs(share - (known.sum(axis=0) - known) / others).sum(axis=1)
    return distance
