"""Values of places to be analysed: of another index, or a column of the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import narwhals as nw
import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError
from jiqun.measure.index import Index

__all__ = ["Aggregate", "Asked", "Of", "Only", "Options", "PlaceValues", "place_values"]

Array = NDArray[np.float64]
Aggregate = Annotated[
    Literal["mean", "sum"], Field(description="How rows of one place become one value, where of is a column.")
]
Of = Annotated[
    str,
    Field(
        min_length=1,
        max_length=200,
        description="What is analysed: an index with a value for each place (and industry), or a column of numbers.",
    ),
]
Only = Annotated[list[str] | None, Field(description="These industries; empty: all.")]
Options = Annotated[
    Mapping[str, Any] | None, Field(description="Parameters of the index that is analysed, such as {“form”: “log”}.")
]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which values are wanted."""

    of: str
    options: Mapping[str, Any] | None
    aggregate: Literal["mean", "sum"]
    only: list[str] | None
    place: str
    industry: str
    weight: str | None


@dataclass(frozen=True, slots=True)
class PlaceValues:
    """Values of places, one column for each industry; one column where the index is of places alone."""

    places: NDArray[np.str_]
    industries: NDArray[np.str_] | None
    """None where the values are of places alone."""
    value: Array
    """Shape (places, industries or 1); NaN where undefined."""

    def at(self, places: NDArray[np.str_], industries: NDArray[np.str_] | None) -> Array:
        """Values in another order of places and industries, NaN for what is not here."""
        rows = _look_up(self.places, places)
        result = self.value[rows]
        result[rows < 0] = np.nan
        if industries is None or self.industries is None:
            return result
        columns = _look_up(self.industries, industries)
        result = result[:, columns]
        result[:, columns < 0] = np.nan
        return result


def place_values(frame: Any, who: str, asked: Asked) -> PlaceValues:
    """Compute the values of places that an index of spatial association analyses.

    Parameters
    ----------
    frame
        The table.
    who
        Name of the index that analyses, for error messages.
    asked
        An index or a column, and how it is computed.

    Raises
    ------
    JiqunError
        If it is neither an index with one value for each place (and industry) nor a column of numbers.

    Examples
    --------
    >>> import polars as pl
    >>> rows = pl.DataFrame({"place_id": ["p", "p", "q"], "wage": [1.0, 3.0, 5.0]})
    >>> place_values(rows, "moran", Asked("wage", None, "mean", None, "place_id", "industry_id", None)).value.tolist()
    [[2.0], [5.0]]
    """
    from jiqun.measure import indices

    known = indices()
    columns = nw.from_native(frame).collect_schema().names()
    if asked.of in known:
        return _of_index(frame, who, known[asked.of], asked)
    if asked.of in columns:
        return _of_column(frame, who, asked)
    placed = [name for name, each in known.items() if "place_id" in each.grain]
    raise JiqunError(
        f"{who}: of = {asked.of!r} is neither a column of the table ({', '.join(columns)}) nor an index of places "
        f"({', '.join(placed)}).",
        f"{who}：of = {asked.of!r} 既不是该表的列（{'、'.join(columns)}），"
        f"也不是按地方计算的指标（{'、'.join(placed)}）。",
    )


def _of_index(frame: Any, who: str, chosen: Index, asked: Asked) -> PlaceValues:
    own = {"place": asked.place, "industry": asked.industry, "weight": asked.weight, "replicates": 0}
    fields = chosen.parameters.model_fields
    given = {k: v for k, v in own.items() if k in fields} | dict(asked.options or {})
    result = nw.from_native(chosen.function(frame, **given), eager_only=True)
    keys = tuple(result.columns[: result.columns.index("value")])
    if "place_id" not in keys or set(keys) - {"place_id", "industry_id"}:
        raise JiqunError(
            f"{who} needs one value for each place, or place and industry; {chosen.name} gives one for each "
            f"{', '.join(keys)}. Pass options that give it for places, or another index.",
            f"{who} 需要每个地方（或每个地方与行业）一个值；{chosen.name} 给出的是每个 {'、'.join(keys)} 一个值。"
            "请通过 options 改为按地方计算，或换一个指标。",
        )
    value = np.asarray(result["value"].cast(nw.Float64).fill_null(float("nan")).to_numpy(), dtype=np.float64)
    places, row = np.unique(np.array(result["place_id"].to_list(), dtype=str), return_inverse=True)
    if "industry_id" not in keys:
        found = np.full((len(places), 1), np.nan)
        found[row, 0] = value
        return PlaceValues(places, None, found)
    industries, column = np.unique(np.array(result["industry_id"].to_list(), dtype=str), return_inverse=True)
    found = np.full((len(places), len(industries)), np.nan)
    found[row, column] = value
    if asked.only is None:
        return PlaceValues(places, industries, found)
    _check_only(who, asked.only, industries)
    wanted = np.isin(industries, asked.only)
    return PlaceValues(places, industries[wanted], found[:, wanted])


def _check_only(who: str, only: list[str], industries: NDArray[np.str_]) -> None:
    strange = sorted(set(only) - set(industries.tolist()))
    if strange or not only:
        some = ", ".join(industries[:20].tolist())
        raise JiqunError(
            f"{who}: only = {strange or only} are not industries of the table. It has: {some}.",
            f"{who}：only = {strange or only} 不是该表中的行业。可用：{some}。",
        )


def _of_column(frame: Any, who: str, asked: Asked) -> PlaceValues:
    table = nw.from_native(frame)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    schema = lazy.collect_schema()
    if not schema[asked.of].is_numeric():
        raise JiqunError(
            f"{who} needs a column of numbers; {asked.of} is {schema[asked.of]}.",
            f"{who} 需要数值列；{asked.of} 的类型是 {schema[asked.of]}。",
        )
    text = nw.col(asked.place).cast(nw.String)
    key = text.str.replace(r"\.0$", "") if schema[asked.place].is_float() else text
    kept = lazy.filter(~nw.col(asked.place).is_null(), ~nw.col(asked.of).is_null())
    rows = kept.select(place=key, value=nw.col(asked.of).cast(nw.Float64)).sort("place", "value").collect("pyarrow")
    value = np.asarray(rows["value"].to_numpy(), dtype=np.float64)
    if not np.isfinite(value).all():
        raise JiqunError(
            f"{who} needs finite values; {int((~np.isfinite(value)).sum())} of column {asked.of} are not. Mend them "
            "or leave them empty.",
            f"{who} 需要有限的数值；{asked.of} 列有 {int((~np.isfinite(value)).sum())} 个不是。请更正或留空。",
        )
    places, row = np.unique(rows["place"].to_numpy().astype(str), return_inverse=True)
    total = np.bincount(row, value, len(places))
    many = np.bincount(row, minlength=len(places)) if asked.aggregate == "mean" else np.ones(len(places))
    found = np.asarray(total / many, dtype=np.float64)
    return PlaceValues(places, None, found[:, None])


def _look_up(known: NDArray[np.str_], wanted: NDArray[np.str_]) -> NDArray[np.int64]:
    """Position of each wanted name among sorted known ones, −1 where it is not."""
    at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    same = known[at] == wanted if len(known) else np.zeros(len(wanted), dtype=bool)
    return np.where(same, at, -1).astype(np.int64)
