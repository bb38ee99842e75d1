"""Which industries are concentrated in space beyond what the size of their firms explains."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from jiqun.cluster import Cluster, JiqunError, Reference, Words
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.industries import name_of
from jiqun.report.names import industry_title
from jiqun.report.numbers import count, number, span
from jiqun.report.shapes import Text

__all__ = ["industry_concentration"]

SHOWN = 15
FEWEST = 20
"""Firms of an industry below which its index is too uncertain to be ranked."""


@figure(
    "industry_concentration",
    title=Words("Spatial concentration of industries", "行业空间集聚度（EG 指数）"),
    kind="interval",
    x="industry",
    y="value",
    low="low",
    high="high",
    needs=(Need("actors", ("place_id", "industry_id")),),
    order=50,
    space="physical",
    sentence=Words(
        f"Ellison–Glaeser index of each industry with at least {FEWEST} firms: 0 as by chance, above 0.05 strongly "
        "concentrated. Intervals from a Poisson bootstrap over firms.",
        f"企业数不少于 {FEWEST} 的行业的 EG 指数：0 表示随机分布，高于 0.05 为高度集聚。区间由对企业的泊松自助法得到。",
    ),
    formula=r"\gamma_i = \frac{G_i - (1-\sum_r x_r^2) H_i}{(1-\sum_r x_r^2)(1-H_i)}",
    reference=Reference("Ellison & Glaeser (1997)", "10.1086/262098"),
)
def industry_concentration(c: Cluster) -> Drawing | Missing:
    """Rank industries by the Ellison–Glaeser index."""
    from jiqun.measure import measure

    try:
        made = measure(c, "ellison_glaeser")
    except JiqunError:
        try:
            made = measure(c, "ellison_glaeser", weight="count")
        except JiqunError as error:
            return Missing(Words(str(error), "无法计算：没有同时带地点与行业的企业。"))
    frame = nw.from_native(made).to_polars()
    ranked = frame.filter((pl.col("rows") >= FEWEST) & pl.col("value").is_not_null()).sort(
        ["value", "industry_id"], descending=[True, False]
    )
    if ranked.height < 2:
        return Missing(
            Words(
                f"Not computable: needs two industries of {FEWEST} firms in several places.",
                f"无法计算：需要至少两个企业数不少于 {FEWEST} 且分布于多地的行业。",
            )
        )
    shown = ranked.head(SHOWN)
    names = [name_of(c, i) for i in shown["industry_id"].to_list()]
    leader = industry_title(c, shown["industry_id"][0])
    strong = ranked.filter(pl.col("low") > 0).height
    value = float(shown["value"][0])
    low, high = shown["low"][0], shown["high"][0]
    interval = span(number(low), number(high)) if low is not None else Text(en="no interval", zh="无区间")
    return Drawing(
        columns=(
            column("industry", "Industry", "行业", "string"),
            column("value", "Ellison–Glaeser index", "EG 指数"),
            column("low", "Low (2.5 %)", "下限 (2.5%)"),
            column("high", "High (97.5 %)", "上限 (97.5%)"),
            column("z", "z against chance", "z 值（相对随机）"),
            column("firms", "Firms", "企业数", "integer"),
        ),
        rows={
            "industry": names,
            "value": shown["value"].to_list(),
            "low": shown["low"].to_list(),
            "high": shown["high"].to_list(),
            "z": shown["z"].to_list(),
            "firms": shown["rows"].to_list(),
        },
        takeaway=Text(
            en=f"The most concentrated industry is {leader.en} (index {number(value).en}, {interval.en}); "
            f"{count(strong).en} of {count(ranked.height).en} industries are surely more concentrated than chance.",
            zh=f"“{leader.zh}”的空间集聚度最高(EG 指数 {number(value).zh}，{interval.zh});"
            f"{count(ranked.height).zh} 个行业中有 {count(strong).zh} 个显著高于随机水平。",
        ),
        key=(
            KeyFigure(
                "most_concentrated",
                Words(f"Most concentrated: {leader.en}", f"集聚度最高：{leader.zh}"),
                value,
                low=low,
                high=high,
                note=Words("Ellison–Glaeser index", "EG 指数"),
            ),
        ),
    )
