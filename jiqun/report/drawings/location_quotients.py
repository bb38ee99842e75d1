"""Where industries are over-represented: the location quotients that stand out for sure."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from jiqun.cluster import Cluster, JiqunError, Reference, Words
from jiqun.report.drawing import Drawing, Missing, Need, column, figure
from jiqun.report.industries import name_of
from jiqun.report.names import industry_title, place_title
from jiqun.report.numbers import count, number, span
from jiqun.report.shapes import Text
from jiqun.space import place_names

__all__ = ["location_quotients"]

SHOWN = 15
FEWEST = 10
"""Firms in a place and industry below which a quotient is an anecdote."""


@figure(
    "location_quotients",
    title=Words("What each place is known for", "各地优势行业（区位商）"),
    kind="interval",
    x="pair",
    y="value",
    low="low",
    high="high",
    log=True,
    needs=(Need("actors", ("place_id", "industry_id")),),
    order=45,
    space="physical",
    sentence=Words(
        "Share of an industry among the firms of a place, divided by its share among all firms; shown are the pairs "
        f"of at least {FEWEST} firms whose 95 % interval lies highest. Intervals from a Poisson bootstrap over firms.",
        f"某地某行业企业占比除以该行业在全部企业中的占比；显示企业数不少于 {FEWEST}、且 95% 区间下限最高的组合。"
        "区间由对企业的泊松自助法得到。",
    ),
    formula=r"LQ_{ri} = \frac{x_{ri}/x_{r\cdot}}{x_{\cdot i}/x_{\cdot\cdot}}",
    reference=Reference("Balassa (1965)", "10.1111/j.1467-9957.1965.tb00050.x"),
)
def location_quotients(c: Cluster) -> Drawing | Missing:
    """Location quotients by number of firms, the surest highest first."""
    from jiqun.measure import measure

    try:
        made = measure(c, "location_quotient", weight="count")
    except JiqunError as error:
        return Missing(Words(str(error), "无法计算：没有同时带地点与行业的企业。"))
    sure = (
        nw.from_native(made)
        .to_polars()
        .filter((pl.col("rows") >= FEWEST) & (pl.col("low") > 1))
        .sort(["low", "place_id", "industry_id"], descending=[True, False, False])
    )
    if not sure.height:
        return Missing(
            Words(
                f"No industry with {FEWEST} firms in one place is surely over-represented there.",
                f"没有在某地拥有 {FEWEST} 家以上企业且显著集聚的行业。",
            )
        )
    shown = sure.head(SHOWN)
    places = place_names(c)
    place = [places.get(p, p) for p in shown["place_id"].to_list()]
    industry = [name_of(c, i) for i in shown["industry_id"].to_list()]
    where, what = place_title(c, shown["place_id"][0]), industry_title(c, shown["industry_id"][0])
    edges = span(number(shown["low"][0]), number(shown["high"][0]))
    return Drawing(
        columns=(
            column("pair", "Place · industry", "地点 · 行业", "string"),
            column("place", "Place", "地点", "string"),
            column("industry", "Industry", "行业", "string"),
            column("value", "Location quotient", "区位商"),
            column("low", "Low (2.5 %)", "下限 (2.5%)"),
            column("high", "High (97.5 %)", "上限 (97.5%)"),
            column("firms", "Firms", "企业数", "integer"),
        ),
        rows={
            "pair": [f"{p} · {i}" for p, i in zip(place, industry, strict=True)],
            "place": place,
            "industry": industry,
            "value": shown["value"].to_list(),
            "low": shown["low"].to_list(),
            "high": shown["high"].to_list(),
            "firms": shown["rows"].to_list(),
        },
        takeaway=Text(
            en=f"What stands out most is {what.en} in {where.en}: its share there is {number(shown['value'][0]).en} "
            f"times that in the whole ({edges.en}); {count(sure.height).en} pairs of a place and an industry are "
            "surely above 1.",
            zh=f"{where.zh}的“{what.zh}”最为突出:当地占比为总体的 {number(shown['value'][0]).zh} 倍({edges.zh});"
            f"共有 {count(sure.height).zh} 个“地点—行业”组合显著高于 1。",
        ),
    )
