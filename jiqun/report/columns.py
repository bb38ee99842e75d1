"""What units can be compared by: indices that give each one a number, and indicators of the panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import polars as pl

from jiqun.cluster import Cluster, Words
from jiqun.measure import Index, Space, indices, measure
from jiqun.report.cards import filters
from jiqun.report.comparisons import Comparable, Of
from jiqun.report.panel import indicator_title, indicator_unit, main_indicator
from jiqun.report.shapes import Text
from jiqun.space import panel_values

__all__ = ["INDICATOR", "OTHER", "Values", "comparable", "default", "has_firms", "index_values", "indicator_values"]

INDICATOR = "indicator:"
"""What the name of an indicator of the panel begins with, where an index could stand."""
OTHER: Mapping[Of, Of] = {"place": "industry", "industry": "place"}
DEFAULT: Mapping[Of, tuple[str, ...]] = {
    "place": ("krugman", "eci", "diversity"),
    "industry": ("ellison_glaeser", "locational_gini", "ubiquity"),
}
_INDICATOR = Words(
    "An indicator of the panel in the last period in which it has values; it is as reported, so it has no interval.",
    "面板指标，取有数值的最近一期；为原始数据，因此没有区间。",
)

Values = dict[str, tuple[float | None, float | None, float | None]]
"""Value, low and high of each unit."""


def has_firms(cluster: Cluster, space: Space = "physical") -> bool:
    """Whether indices of places and industries can be computed at all; in digital space places are communities."""
    placed = cluster.has("actors", "place_id") if space == "physical" else cluster.has("interactions")
    return placed and cluster.has("actors", "industry_id")


def comparable(cluster: Cluster, of: Of, space: Space = "physical") -> Mapping[str, Comparable]:
    """Give all that units can be compared by: one number for each unit, or for each unit and one of the other kind."""
    found = {}
    for index in indices().values() if has_firms(cluster, space) else ():
        if space not in index.spaces or (space == "digital" and needs_other(index)):
            continue
        single = index.grain == (f"{of}_id",) or ("of" in index.parameters.model_fields and len(index.grain) == 1)
        if single or needs_other(index):
            found[index.name] = Comparable(
                index=index.name,
                title=_text(index.title),
                reading=_text(index.reading),
                needs_other=needs_other(index),
            )
    if of == "place" and space == "physical":
        for option in filters(cluster).indicators:
            name = f"{INDICATOR}{option.id}"
            found[name] = Comparable(
                index=name, title=_indicator(cluster, option.id), reading=_text(_INDICATOR), needs_other=False
            )
    return found


def default(cluster: Cluster, of: Of, space: Space = "physical") -> list[str]:
    """Name what is compared where nothing is chosen."""
    known = comparable(cluster, of, space)
    chosen = [name for name in DEFAULT[of] if name in known]
    if chosen or not known:
        return chosen
    main = main_indicator(cluster)
    first = f"{INDICATOR}{main}" if main else next(iter(known))
    return [first, *(name for name in known if name != first)][:3]


def needs_other(index: Index) -> bool:
    """Whether an index is of a place and an industry together."""
    return set(index.grain) == {"place_id", "industry_id"}


def index_values(
    cluster: Cluster, index: Index, of: Of, replicates: int, space: Space = "physical"
) -> dict[str, Values]:
    """Give the values of every unit, by the other key where the index is of both, else under an empty one."""
    parameters: dict[str, Any] = {"replicates": replicates}
    if "of" in index.parameters.model_fields:
        parameters["of"] = of
    made = nw.from_native(measure(cluster, index.name, space=space, **parameters))
    frame = made.collect() if isinstance(made, nw.LazyFrame) else made
    keys = frame[f"{of}_id"].to_list()
    others = frame[f"{OTHER[of]}_id"].to_list() if needs_other(index) else [""] * len(keys)
    columns = [frame[n].to_list() if n in frame.columns else [None] * len(keys) for n in ("value", "low", "high")]
    found: dict[str, Values] = {}
    for other, unit, value, low, high in zip(others, keys, *columns, strict=True):
        found.setdefault(str(other), {})[str(unit)] = (value, low, high)
    return found


def indicator_values(cluster: Cluster, indicator: str) -> tuple[Values, str]:
    """Give the values of every place in the last period in which at least half as many have one as ever had."""
    values = panel_values(cluster, indicator).filter(pl.col("value").is_not_null())
    counted = values.group_by("period").agg(n=pl.len()).sort("period")
    enough = counted.filter(2 * pl.col("n") >= counted["n"].max())["period"].to_list()
    last = enough[-1] if enough else ""
    rows = values.filter(pl.col("period") == last).select("place_id", "value").rows()
    return {place: (value, None, None) for place, value in rows}, last


def _indicator(cluster: Cluster, name: str) -> Text:
    title, unit = indicator_title(name), indicator_unit(cluster, name)
    return Text(
        en=f"{title.en} ({unit.en})" if unit.en else title.en, zh=f"{title.zh}（{unit.zh}）" if unit.zh else title.zh
    )


def _text(words: Words) -> Text:
    return Text(en=words.en, zh=words.zh)
