"""Which categories are taken together more often than the sizes of orders explain."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import polars as pl
import scipy.sparse as sp

from jiqun.cluster import Cluster, Reference, Words
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.industries import name_of
from jiqun.report.names import industry_title
from jiqun.report.numbers import count, number, span
from jiqun.report.shapes import Text
from jiqun.space import chance, shared, typed, usable

__all__ = ["cross_category"]

SHOWN = 15
FEWEST = 100
"""Orders that hold both, below which a pair is an anecdote."""
CATEGORIES = 400


@figure(
    "cross_category",
    title=Words("Taken together across categories", "跨品类联合需求"),
    kind="interval",
    x="pair",
    y="lift",
    low="low",
    high="high",
    log=True,
    needs=(Need("interactions", ("group", "category")),),
    order=55,
    space="digital",
    sentence=Words(
        "Orders that hold both categories, divided by how many would under a bipartite configuration model that keeps "
        "how many categories each order has and how many orders each category is in. Large orders hold everything; "
        f"this takes it out. Shown are pairs in at least {FEWEST} orders whose 95 % interval lies highest.",
        "同时包含两个品类的订单数，除以二部配置模型（保持每单品类数与每品类订单数）的预期值，从而剔除大订单“什么都有”的影响。"
        f"显示至少 {FEWEST} 单、且 95% 区间下限最高的品类对。",
    ),
    formula=r"\ell_{ab} = S_{ab} \big/ \sum_o p_{oa} p_{ob},\quad \ell_{ab} \pm 1.96\sqrt{S_{ab}} \big/ E_{ab}",
    reference=Reference(
        "Saracco et al. (2017), Inferring monopartite projections of bipartite networks", "10.1088/1367-2630/aa6b38"
    ),
)
def cross_category(c: Cluster) -> Drawing | Missing:
    """Lift of pairs of categories in joint orders."""
    if not (usable(c, "interactions", "group") and usable(c, "interactions", "category")):
        return Missing(Words("Not computable: needs group and category.", "无法计算：需要订单编号与品类。"))
    held = (
        typed(c, "interactions", "group", "category")
        .filter(~nw.col("group").is_null(), ~nw.col("category").is_null())
        .unique()
        .collect("polars")
        .to_native()
    )
    often = held.group_by("category").len().filter(pl.col("len") >= FEWEST)
    often = often.sort(["len", "category"], descending=[True, False]).head(CATEGORIES)
    held = held.filter(pl.col("category").is_in(often["category"].to_list()))
    if often.height < 2:
        return Missing(
            Words(
                f"Not computable: needs two categories in {FEWEST} orders each.",
                f"无法计算：需要至少两个各出现于 {FEWEST} 单的品类。",
            )
        )
    codes = sorted(held["category"].unique().to_list())
    row = np.searchsorted(np.array(codes), held["category"].to_numpy().astype(str))
    order = held["group"].rank("dense").to_numpy().astype(np.int64) - 1
    links = sp.csr_array((np.ones(len(row), dtype=np.float32), (row, order)), shape=(len(codes), int(order.max()) + 1))
    together = shared(links).astype(np.float64)
    model = chance(np.diff(links.indptr).astype(np.int64), np.bincount(order))
    expected = model.mean[np.ix_(model.member, model.member)]
    a, b = np.triu_indices(len(codes), k=1)
    enough = together[a, b] >= FEWEST
    a, b = a[enough], b[enough]
    if not len(a):
        return Missing(Words(f"No two categories share {FEWEST} orders.", f"没有任何两个品类同时出现于 {FEWEST} 单。"))
    seen, by_chance = together[a, b], expected[a, b]
    lift, wide = seen / by_chance, 1.959963984540054 * np.sqrt(seen) / by_chance
    best = np.lexsort((a, -(lift - wide)))[:SHOWN]
    names = [f"{name_of(c, codes[a[k]])} + {name_of(c, codes[b[k]])}" for k in best]
    above = float(((lift - wide) > 1).mean())
    top = best[0]
    edges = span(number(float(lift[top] - wide[top])), number(float(lift[top] + wide[top])))
    sure = count(int(((lift - wide) > 1).sum()))
    return Drawing(
        columns=(
            column("pair", "Categories", "品类对", "string"),
            column("lift", "Times as often as by chance", "相对随机的倍数"),
            column("low", "Low (2.5 %)", "下限 (2.5%)"),
            column("high", "High (97.5 %)", "上限 (97.5%)"),
            column("orders", "Orders with both", "同时出现的订单数", "integer"),
            column("expected", "Expected by chance", "随机预期"),
        ),
        rows={
            "pair": names,
            "lift": lift[best].tolist(),
            "low": (lift - wide)[best].tolist(),
            "high": (lift + wide)[best].tolist(),
            "orders": seen[best].astype(int).tolist(),
            "expected": by_chance[best].tolist(),
        },
        takeaway=_says(
            c,
            (codes[a[top]], codes[b[top]]),
            sure=sure,
            pairs=count(len(a)),
            lift=number(float(lift[top])),
            edges=edges,
        ),
        key=(
            KeyFigure(
                "joint_pairs",
                Words("Category pairs in joint demand", "显著联合需求的品类对占比"),
                above,
                type="share",
                note=Words(
                    f"of {count(len(a)).en} pairs in at least {FEWEST} orders",
                    f"占至少 {FEWEST} 单的 {count(len(a)).zh} 个品类对",
                ),
            ),
        ),
    )


def _says(c: Cluster, pair: tuple[str, str], *, sure: Text, pairs: Text, lift: Text, edges: Text) -> Text:
    if sure.en == "0":
        return Text(
            en=f"No two categories are surely taken together more often than the sizes of orders explain ({pairs.en} "
            "pairs).",
            zh=f"没有任何两个品类的同单频率显著高于订单规模所能解释的水平（共 {pairs.zh} 个品类对）。",
        )
    a, b = (industry_title(c, code) for code in pair)
    return Text(
        en=f"The categories {a.en} and {b.en} are taken together {lift.en} times as often as the sizes of orders "
        f"explain ({edges.en}); {sure.en} of {pairs.en} pairs of categories are surely above chance.",
        zh=f"“{a.zh}”与“{b.zh}”同单出现的频率是订单规模所能解释的 {lift.zh} 倍（{edges.zh}）；"
        f"{pairs.zh} 个品类对中有 {sure.zh} 个显著高于随机。",
    )
