"""Whole clusters side by side, on numbers that every one of them can have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import narwhals as nw
import numpy as np

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.measure import indices, measure
from jiqun.report.cards import card
from jiqun.report.comparisons import ClusterComparison, Headline, HeadlineCell
from jiqun.report.shapes import ClusterCard, Text
from jiqun.space import kept

__all__ = ["MOST", "compare_clusters"]

MOST = 10
COUNTED = {
    "actors": Words("Actors", "主体数"),
    "places": Words("Places", "地点数"),
    "industries": Words("Industries", "行业数"),
    "interactions": Words("Interactions", "互动数"),
}
MEASURED: Mapping[str, Mapping[str, Any]] = {
    "ellison_glaeser": {},
    "locational_gini": {"of": "industry"},
    "krugman": {"of": "place"},
    "diversity": {},
}
"""Indices whose scale does not depend on what the data are of, with the units they are taken over."""
_HALF = Words(
    "A median is over all units that have a value, its range holds the middle half of them (first to third quartile): "
    "how units differ, not how sure the median is.",
    "中位数取自全部有数值的单位，其范围为居中的一半（第一至第三四分位）：反映单位间的差异，而非中位数的精度。",
)
_COUNT = Words("Rows of the table.", "该表的记录数。")


def compare_clusters(clusters: Mapping[str, Cluster]) -> ClusterComparison:
    """Compare clusters on a few headline numbers: their size, and the median of indices over their units.

    Parameters
    ----------
    clusters
        Up to ten clusters by the identifier they are shown under.

    Raises
    ------
    JiqunError
        If there are too many.
    """
    if len(clusters) > MOST:
        raise JiqunError(
            f"Up to {MOST} clusters can be compared; {len(clusters)} were given. Leave some out.",
            f"最多比较 {MOST} 个集群，现有 {len(clusters)} 个。请减少数量。",
        )
    cards = [card(cluster).model_copy(update={"id": id_}) for id_, cluster in clusters.items()]
    measured = [_measured(name, options, clusters) for name, options in MEASURED.items() if name in indices()]
    return ClusterComparison(clusters=cards, headlines=[*_counted(cards), *measured], note=_text(_HALF))


def _counted(cards: list[ClusterCard]) -> list[Headline]:
    return [
        Headline(
            id=table,
            title=_text(words),
            says=_text(_COUNT),
            type="integer",
            cells=[HeadlineCell(value=each.counts.get(table)) for each in cards],
        )
        for table, words in COUNTED.items()
        if any(table in each.counts for each in cards)
    ]


def _measured(name: str, options: Mapping[str, Any], clusters: Mapping[str, Cluster]) -> Headline:
    index = indices()[name]
    of: Literal["place", "industry"] = "place" if options.get("of", index.grain[0]).startswith("place") else "industry"
    units = Words("median place", "地点中位数") if of == "place" else Words("median industry", "行业中位数")
    return Headline(
        id=name,
        title=Text(en=f"{index.title.en}, {units.en}", zh=f"{index.title.zh}（{units.zh}）"),
        says=_text(index.reading),
        range="middle_half",
        cells=[_median(cluster, name, options) for cluster in clusters.values()],
    )


def _median(cluster: Cluster, name: str, options: Mapping[str, Any]) -> HeadlineCell:
    def look() -> HeadlineCell:
        try:
            made = nw.from_native(measure(cluster, name, replicates=0, **options))
        except JiqunError as error:
            return HeadlineCell(note=Text(en=str(error), zh=error.words.zh if error.words else str(error)))
        frame = made.collect() if isinstance(made, nw.LazyFrame) else made
        value = np.array([v for v in frame["value"].to_list() if v is not None], dtype=np.float64)
        if not len(value):
            return HeadlineCell(note=Text(en="No unit has a value.", zh="没有单位有数值。"))
        low, middle, high = np.quantile(value, [0.25, 0.5, 0.75]).tolist()
        return HeadlineCell(value=middle, low=low, high=high)

    return kept(cluster, f"headline:{name}", look)


def _text(words: Words) -> Text:
    return Text(en=words.en, zh=words.zh)
