"""Where interactions take place: the largest places and how sure their order is."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import polars as pl
import scipy.sparse as sp

from jiqun.cluster import Cluster, Words
from jiqun.report.bands import REPLICATES, ratio_band
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.names import place_title
from jiqun.report.numbers import count, percent
from jiqun.report.shapes import Text
from jiqun.report.vocabulary import vocabulary
from jiqun.space import place_names, typed, usable

__all__ = ["activity_by_place"]

SHOWN = 15


@figure(
    "activity_by_place",
    title=Words("Activity by place", "各地点活跃度"),
    kind="interval",
    x="place",
    y="share",
    low="low",
    high="high",
    needs=(Need("interactions", ("place_id",)),),
    order=65,
    space="physical",
    seeded=True,
    sentence=Words(
        "Share of each place in the value of interactions (in their number where there is no value); intervals from a "
        "Poisson bootstrap over those who act.",
        "各地点占互动金额（无金额时为次数）的比重；区间由对发起方的泊松自助法得到。",
    ),
)
def activity_by_place(c: Cluster) -> Drawing | Missing:
    """Largest places by share of value, with intervals."""
    money = usable(c, "interactions", "amount")
    summed = (
        typed(c, "interactions", "place_id", "source", "amount")
        .filter(~nw.col("place_id").is_null(), ~nw.col("source").is_null())
        .group_by("place_id", "source")
        .agg(nw.len().alias("count"), nw.col("amount").sum())
        .collect("polars")
        .to_native()
        .with_columns(pl.col("amount").cast(pl.Float64).fill_null(0.0), pl.col("count").cast(pl.Float64))
        .sort("place_id", "source")
    )
    if not summed.height:
        return Missing(Words("Not computable: no interaction has a place.", "无法计算：没有带地点的互动。"))
    money = money and bool(summed["amount"].sum() > 0)
    value = summed["amount" if money else "count"].to_numpy()
    places = sorted(summed["place_id"].unique().to_list())
    if len(places) < 2:
        return Missing(Words("Not computable: needs two places.", "无法计算：需要至少两个地点。"))
    at = np.searchsorted(np.array(places), summed["place_id"].to_numpy().astype(str))
    row = summed["source"].rank("dense").to_numpy().astype(np.int64) - 1
    total = np.bincount(at, value, len(places))
    order = np.lexsort((np.arange(len(places)), -total))[:SHOWN]
    column_of = np.full(len(places), -1)
    column_of[order] = np.arange(len(order))
    units = int(row.max()) + 1
    chosen = column_of[at] >= 0
    top = sp.coo_array((value[chosen], (row[chosen], column_of[at[chosen]])), shape=(units, len(order))).tocsr()
    each = np.bincount(row, value, units)
    low, high = ratio_band(top, sp.csr_array(np.repeat(each[:, None], len(order), axis=1)))
    share = total[order] / total.sum()
    names, words = place_names(c), vocabulary(c)
    shown = [names.get(places[k], places[k]) for k in order]
    # The places whose interval reaches that of the first cannot be told apart from it.
    tied = int((high >= low[0]).sum())
    what = Words(f"value of {words.events.en}", f"{words.events.zh}金额") if money else words.events
    leader = place_title(c, places[int(order[0])])
    return Drawing(
        title=Words(f"{words.events.en.capitalize()} by place", f"各地点{words.events.zh}占比"),
        columns=(
            column("id", "Identifier", "编号", "string"),
            column("place", "Place", "地点", "string"),
            column("share", f"Share of {what.en}", f"{what.zh}占比", "share"),
            column("low", "Low (2.5 %)", "下限 (2.5%)", "share"),
            column("high", "High (97.5 %)", "上限 (97.5%)", "share"),
        ),
        rows={
            "id": [places[k] for k in order],
            "place": shown,
            "share": share.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
        },
        takeaway=Text(
            en=f"The leading place of {count(len(places)).en} is {leader.en}, with "
            f"{percent(float(share[0])).en} of the {what.en}"
            + (f"; {tied} places cannot be told apart at the top." if tied > 1 else "."),
            zh=f"{count(len(places)).zh} 个地点中，{leader.zh} 居首，占{what.zh}的 {percent(float(share[0])).zh}"
            + (f"；前 {tied} 个地点的差异不显著。" if tied > 1 else "。"),
        ),
        key=(
            KeyFigure(
                "largest_place",
                Words(f"Largest place: {leader.en}", f"最大地点：{leader.zh}"),
                float(share[0]),
                low=float(low[0]),
                high=float(high[0]),
                type="share",
                note=Words(f"of the {what.en}", f"占{what.zh}"),
            ),
        ),
        parameters={"replicates": REPLICATES, "resampled": "source"},
    )
