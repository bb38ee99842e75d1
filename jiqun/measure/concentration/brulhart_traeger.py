"""Topographic concentration of Brülhart and Traeger: relative entropy against land, with a bootstrap test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.measure.attributes import group_of_each, number_of_each
from jiqun.measure.cells import Cells, ColumnName, Unknown, Weight, cells, labels, tidy
from jiqun.measure.concentration.theil import Grouping, components, relative_entropy
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.periods import cells_by_period, generators
from jiqun.measure.resample import Level, Replicates, Seed, interval, poisson_weights
from jiqun.measure.shares import Array, spread

Against = Literal["area", "whole", "uniform"]
Drawn = list[NDArray[np.int64]]


@index(
    title=Words("Brülhart–Traeger index", "BT 地形集聚指数"),
    question=Words(
        "How concentrated is an industry on the land, between countries and within them, and is it more so than "
        "everything is?",
        "一个行业相对于土地面积有多集中（国家之间与国家内部），是否比全部经济活动更集中？",
    ),
    reading=Words(
        "0: spread evenly over the land; the larger, the more concentrated. p tests it against everything together, "
        "or against the first period.",
        "0 表示在土地上均匀分布；越大越集中。p 检验其是否与全部活动（或与首个时期）相同。",
    ),
    formula=r"T_i = \sum_r s_{ri} \ln\frac{s_{ri}}{a_r},\quad a_r = \text{share of the area}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id",),
    bounds=Bounds(0.0, None),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "Brülhart & Traeger (2005), An account of geographic concentration patterns in Europe",
            "10.1016/j.regsciurbeco.2004.09.002",
        ),
    ),
)
def brulhart_traeger(
    frame: IntoFrame,
    *,
    against: Annotated[
        Against,
        Field(
            description="area: topographic concentration, against the land of each place; whole: relative "
            "concentration, against everything; uniform: absolute concentration, against equal places."
        ),
    ] = "area",
    area: Annotated[ColumnName, Field(description="Column with the area of the row's place.")] = "area",
    group: Grouping = None,
    period: Annotated[
        ColumnName | None,
        Field(description="Column of the period: the last is measured, and tested against the first. Empty: none."),
    ] = None,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the topographic, relative or absolute Theil concentration of every industry, with a bootstrap test.

    ``T = Σ s ln(s/a)`` with ``a`` the share of each place in the land: the units that are compared are square
    kilometres, not places, so that merging places that are equally dense changes nothing.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    against
        ``"area"``, ``"whole"`` or ``"uniform"``.
    area
        Column of the place's area, in any unit; a cluster's is taken from its table of places. Used with
        ``against="area"`` only.
    group
        Column with the group of each place, such as its country: adds ``between`` and ``within``.
    period
        Column of the period of a row.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown industry are part of everything.
    replicates, level, rng
        Poisson bootstrap over rows for interval and test, each period drawn by itself.

    Returns
    -------
    frame
        ``industry_id, value, low, high, p``, with ``group`` also ``between, within``, then ``compared, rows, weight,
        note``. ``compared`` is what p compares with: the index of everything together (0 by definition, and p
        null, against the whole), or with ``period`` the industry's in the first period. p is the two-sided
        bootstrap probability of a difference this large if there were none; null without ``replicates``.

    Raises
    ------
    MissingColumn
        If ``area``, ``group`` or ``period`` is not a column.
    JiqunError
        If a place has no positive area, or there are fewer than two periods.

    References
    ----------
    Brülhart, M. & Traeger, R. (2005). doi:10.1016/j.regsciurbeco.2004.09.002

    Examples
    --------
    Half of ``a`` is on one tenth of the land: ½ ln(½/0.1) + ½ ln(½/0.9).

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "q"], "industry_id": ["a", "a"], "area": [1.0, 9.0]})
    >>> brulhart_traeger(firms, replicates=0)["value"].round(4).to_list()
    [0.5108]
    """
    who = "brulhart_traeger"
    if period is None:
        each = [cells(frame, who, place=place, industry=industry, weight=weight, unknown=unknown)]
    else:
        _, found = cells_by_period(frame, who, period, place=place, industry=industry, weight=weight, unknown=unknown)
        each = [found[-1], found[0]]
    last = each[0]
    land = _land(last, who, place, area) if against == "area" else None

    def both(times: Drawn | tuple[None, ...]) -> Array:
        return _both(each, times, against, land)

    value, compared = both((None,) * len(each))
    code = None if group is None else group_of_each(
        last.native, who, key=place, column=group, names=last.places
    )[1]  # fmt: skip
    below, above, p = _inference(each, both, (value, compared), (replicates, level, rng))
    extra: dict[str, Array] = {}
    if code is not None:
        given = spread(last, "industry")
        between, within = components(given.share, _base(against, land, given.base), code)
        extra = {"between": between, "within": within}
    weights = last.total().sum(axis=0)[:-1]
    return tidy(
        {
            "industry_id": labels(last.industries, np.arange(len(last.industries))),
            "value": value,
            "low": below,
            "high": above,
            "p": p if against != "whole" or period is not None else np.full(p.shape, np.nan),
            **extra,
            "compared": compared,
            "rows": last.total(0).sum(axis=0)[:-1].astype(np.int64),
            "weight": weights,
            "note": [None if np.isfinite(v) else "no weight in a known place" for v in value],
        },
        last.native,
    )


def _land(groups: Cells, who: str, place: str, area: str) -> Array:
    land = number_of_each(groups.native, who, key=place, column=area, names=groups.places)
    without = groups.places[~(land > 0)]
    if len(without):
        raise JiqunError(
            f"{who} needs {area} > 0 for every {place}; {len(without)} have none, such as {without[0]}. Add it to the "
            "table of places, or compare with against='whole'.",
            f"{who} 要求每个 {place} 的 {area} 大于 0；有 {len(without)} 个没有，如 {without[0]}。"
            "请在地点表中补充，或使用 against='whole'。",
        )
    share: Array = land / land.sum()
    return share


def _base(against: Against, land: Array | None, whole: Array) -> Array:
    if land is not None:
        return land
    return whole if against == "whole" else np.full(len(whole), 1.0 / len(whole))


def _both(each: list[Cells], times: Drawn | tuple[None, ...], against: Against, land: Array | None) -> Array:
    """Index of each industry, and what it is compared with, shape (2, industries)."""
    found = []
    for groups, drawn in zip(each, times, strict=True):
        given = spread(groups, "industry", drawn)
        base = _base(against, land, given.base)
        found.append((relative_entropy(given.share, base), relative_entropy(given.base, base)))
    own, everything = found[0]
    return np.array([own, found[1][0] if len(found) > 1 else np.full(own.shape, everything)])


def _inference(
    each: list[Cells],
    both: Callable[[Drawn], Array],
    observed: tuple[Array, Array],
    bootstrap: tuple[int, float, np.random.Generator | int | None],
) -> tuple[Array, Array, Array]:
    """Interval of the index and probability of its difference, centred as for other inequalities."""
    value, compared = observed
    replicates, level, rng = bootstrap
    if not replicates:
        nothing = np.full(value.shape, np.nan)
        return nothing, nothing, nothing
    streams = [poisson_weights(c.rows, replicates, g) for c, g in zip(each, generators(rng, len(each)), strict=True)]
    drawn = np.array([both(list(times)) for times in zip(*streams, strict=True)])
    lower, upper, centre = interval(lambda w: drawn[w[0], 0], _numbers(replicates), level)
    difference = value - compared
    gaps = drawn[:, 0] - drawn[:, 1]
    known = np.isfinite(gaps)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle = np.where(known, gaps, 0.0).sum(axis=0) / known.sum(axis=0)
        beyond = (np.abs(gaps - middle) >= np.abs(difference)).sum(axis=0)
    p = np.where(np.isfinite(difference), (beyond + 1.0) / (known.sum(axis=0) + 1.0), np.nan)
    return np.maximum(value + lower - centre, 0.0), value + upper - centre, p


def _numbers(replicates: int) -> Iterator[NDArray[np.int64]]:
    return (np.array([k]) for k in range(replicates))
