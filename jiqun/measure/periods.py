"""Cells of the same places and industries in several periods."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, MissingColumn
from jiqun.measure.cells import Cells, Unknown, cells

__all__ = ["cells_by_period", "generators"]


def cells_by_period(
    frame: Any, who: str, period: str, *, place: str, industry: str, weight: str | None, unknown: Unknown
) -> tuple[list[Any], list[Cells]]:
    """Count a table by place, industry and weight for each of its periods, in their order.

    Parameters
    ----------
    frame
        One row for each plant or cell and period.
    who
        Name of the index, for error messages.
    period
        Column of the period: numbers, dates or texts that sort in time.
    place, industry, weight, unknown
        As for :func:`jiqun.measure.cells.cells`.

    Returns
    -------
    periods, cells
        The distinct periods and the cells of each; all have the same places and industries.

    Raises
    ------
    MissingColumn
        If there is no such column.
    JiqunError
        If a period is unknown, or there are fewer than two.

    Examples
    --------
    >>> import polars as pl
    >>> jobs = pl.DataFrame({"place_id": ["p", "q"], "industry_id": ["a", "a"], "size": [1, 2], "year": [2020, 2021]})
    >>> years, found = cells_by_period(jobs, "x", "year", place="place_id", industry="industry_id", weight=None,
    ...                                unknown="count")
    >>> years, [c.total()[:-1, 0].tolist() for c in found]
    ([2020, 2021], [[1.0, 0.0], [0.0, 2.0]])
    """
    table = nw.from_native(frame.native if isinstance(frame, Cells) else frame)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    names = lazy.collect_schema().names()
    for column in (place, industry):
        if column not in names:
            raise MissingColumn(who, "actors", column, names)
    if period not in names:
        raise MissingColumn(who, "actors", period, names)
    found = lazy.select(nw.col(period)).unique().collect("pyarrow")[period].to_list()
    if any(each is None or each != each for each in found):  # noqa: PLR0124
        raise JiqunError(
            f"{who} needs {period} in every row; some have none. Fill it in, or leave these rows out.",
            f"{who} 要求每行都有 {period}；有的行缺失。请补全或去掉这些行。",
        )
    if not found:
        raise JiqunError(
            f"{who} needs rows with {place} and {industry}; the table given has none.",
            f"{who} 需要同时有 {place} 和 {industry} 的记录，而该表没有。",
        )
    if len(found) < 2:
        raise JiqunError(
            f"{who} compares periods; column {period} of the table given has one only: {found[0]}.",
            f"{who} 需要比较时期；该表的 {period} 列只有 {found[0]}。",
        )
    periods = sorted(found)
    native = table.to_native()
    each = [
        cells(lazy.filter(nw.col(period) == one).to_native(), who, place=place, industry=industry, weight=weight,
              unknown=unknown)
        for one in periods
    ]  # fmt: skip
    places = np.unique(np.concatenate([c.places for c in each]))
    industries = np.unique(np.concatenate([c.industries for c in each]))
    return periods, [_on(c, places, industries, native) for c in each]


def generators(rng: np.random.Generator | int | None, number: int) -> list[np.random.Generator]:
    """Give a generator of its own to each of several samples, so that their draws are independent."""
    return np.random.default_rng(rng).spawn(number)


def _on(groups: Cells, places: NDArray[np.str_], industries: NDArray[np.str_], native: Any) -> Cells:
    place = np.append(np.searchsorted(places, groups.places), len(places))[groups.place]
    industry = np.append(np.searchsorted(industries, groups.industries), len(industries))[groups.industry]
    return replace(groups, places=places, industries=industries, place=place, industry=industry, native=native)
