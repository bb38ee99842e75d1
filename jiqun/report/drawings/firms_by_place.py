"""Where the firms are."""

from __future__ import annotations

import numpy as np
import polars as pl

from jiqun.cluster import Cluster, Words
from jiqun.report.bands import wilson
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.names import place_title
from jiqun.report.numbers import count, percent, span
from jiqun.report.shapes import Text
from jiqun.space import actors, place_names

__all__ = ["firms_by_place"]

SHOWN = 15


@figure(
    "firms_by_place",
    title=Words("Where the firms are", "企业地点分布"),
    kind="interval",
    x="place",
    y="share",
    low="low",
    high="high",
    needs=(Need("actors", ("place_id",)),),
    order=85,
    space="physical",
    sentence=Words(
        "Share of the firms with a known place that are in each place; 95 % Wilson interval.",
        "地点已知的企业中位于各地的占比；95% Wilson 区间。",
    ),
)
def firms_by_place(c: Cluster) -> Drawing | Missing:
    """Share of firms by place, largest first."""
    roster = actors(c)
    firms = roster.filter((pl.col("kind") == "firm").fill_null(value=True), pl.col("place").is_not_null())
    counted = firms.group_by("place").len().sort(["len", "place"], descending=[True, False])
    if counted.height < 2:
        return Missing(Words("Not computable: needs firms in two places.", "无法计算：需要位于至少两个地点的企业。"))
    shown = counted.head(SHOWN)
    number_of = shown["len"].to_numpy().astype(np.float64)
    low, high = wilson(number_of, np.full(len(number_of), float(firms.height)))
    share = number_of / firms.height
    names = place_names(c)
    places = [names.get(p, p) for p in shown["place"].to_list()]
    edges = span(percent(float(low[0])), percent(float(high[0])))
    leader = place_title(c, shown["place"][0])
    return Drawing(
        columns=(
            column("id", "Identifier", "编号", "string"),
            column("place", "Place", "地点", "string"),
            column("share", "Share of firms", "企业占比", "share"),
            column("low", "Low (2.5 %)", "下限 (2.5%)", "share"),
            column("high", "High (97.5 %)", "上限 (97.5%)", "share"),
            column("firms", "Firms", "企业数", "integer"),
        ),
        rows={
            "id": shown["place"].to_list(),
            "place": places,
            "share": share.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
            "firms": shown["len"].to_list(),
        },
        takeaway=Text(
            en=f"The place with most firms is {leader.en}, with {percent(float(share[0])).en} of them ({edges.en}); "
            f"the firms are in {count(counted.height).en} places.",
            zh=f"{leader.zh} 拥有 {percent(float(share[0])).zh} 的企业（{edges.zh}）；"
            f"企业分布于 {count(counted.height).zh} 个地点。",
        ),
        key=(
            KeyFigure(
                "places_with_firms",
                Words("Places with firms", "有企业的地点"),
                float(counted.height),
                type="integer",
                note=Words("full count, no sampling", "全数统计，无抽样误差"),
            ),
        ),
    )
