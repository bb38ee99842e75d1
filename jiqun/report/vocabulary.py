"""What things are called in a cluster: purchases and buyers here, investments and investors there."""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from jiqun.cluster import Cluster, Words
from jiqun.space import Sides, kept, sides, typed, usable

__all__ = ["EVENTS", "GRAINS", "Vocabulary", "vocabulary"]

GRAINS = {
    "year": Words("year", "年"),
    "quarter": Words("quarter", "季度"),
    "month": Words("month", "月"),
    "week": Words("week", "周"),
}

EVENTS = {
    "order": Words("purchases", "采购"),
    "payment": Words("payments", "支付"),
    "investment": Words("investments", "投资"),
    "acquisition": Words("acquisitions", "并购"),
    "collaboration": Words("collaborations", "合作"),
    "stay": Words("stays", "入住"),
    "review": Words("reviews", "评价"),
    "award": Words("contract awards", "中标"),
    "view": Words("views", "浏览"),
    "favourite": Words("favourites", "收藏"),
    "enquiry": Words("enquiries", "询盘"),
}
_SOURCES = {
    "order": Words("buyers", "买方"),
    "payment": Words("payers", "付款方"),
    "investment": Words("investors", "投资方"),
    "acquisition": Words("acquirers", "收购方"),
    "collaboration": Words("partners", "合作方"),
    "stay": Words("guests", "住客"),
    "review": Words("reviewers", "评价者"),
    "award": Words("procuring bodies", "采购单位"),
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Plural nouns of a cluster; Chinese nouns have one form."""

    events: Words
    firms: Words
    counterparts: Words


def vocabulary(cluster: Cluster) -> Vocabulary:
    """Give the nouns that fit the most frequent kind of interaction.

    Examples
    --------
    >>> import polars as pl
    >>> sales = pl.DataFrame({"source": ["b"], "target": ["f"], "kind": ["order"]})
    >>> vocabulary(Cluster.from_tables(interactions=sales)).counterparts.zh
    '买方'
    """
    return kept(cluster, "vocabulary", lambda: _vocabulary(cluster))


def _vocabulary(cluster: Cluster) -> Vocabulary:
    kind = ""
    if cluster.has("interactions") and usable(cluster, "interactions", "kind"):
        counted = typed(cluster, "interactions", "kind").group_by("kind").agg(n=nw.len()).collect("polars").to_native()
        ranked = counted.drop_nulls("kind").sort(["n", "kind"], descending=[True, False])
        kind = ranked["kind"][0] if ranked.height else ""
    two: Sides | None = sides(cluster)
    events = EVENTS.get(kind, Words("interactions", "互动") if cluster.has("interactions") else Words("ties", "关系"))
    if two is not None and two.one_mode:
        return Vocabulary(events, Words("firms", "企业"), Words("partners", "合作伙伴"))
    return Vocabulary(events, Words("firms", "企业"), _SOURCES.get(kind, Words("counterparts", "交易对手")))
