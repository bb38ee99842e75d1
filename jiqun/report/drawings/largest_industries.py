"""Which industries the cluster consists of, by value where it is known, else by firms."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import polars as pl
import scipy.sparse as sp
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Words
from jiqun.report.bands import REPLICATES, ratio_band, wilson
from jiqun.report.drawing import Drawing, KeyFigure, Missing, column, figure
from jiqun.report.industries import chart_level, name_of
from jiqun.report.names import industry_title
from jiqun.report.numbers import percent, span
from jiqun.report.shapes import Text
from jiqun.report.vocabulary import vocabulary
from jiqun.space import actors, exchanges, sides, typed, usable

__all__ = ["largest_industries"]

Array = NDArray[np.float64]
SHOWN = 15


@figure(
    "largest_industries",
    title=Words("Largest industries", "主要行业"),
    kind="interval",
    x="industry",
    y="share",
    low="low",
    high="high",
    needs=(),
    order=40,
    space="both",
    seeded=True,
    sentence=Words(
        "Share of each industry in the value of interactions (95 % interval from a Poisson "
        "bootstrap over their counterparts), or in the number of firms where there is no value (Wilson interval).",
        "各行业企业占互动总额的比重（95% 区间由对交易对手的泊松自助法得到）；没有金额时为企业数占比（Wilson 区间）。",
    ),
    formula=r"s_i = \sum_a y_{ai} \big/ \sum_{a,i} y_{ai}",
)
def largest_industries(c: Cluster) -> Drawing | Missing:
    """Share of industries, largest first."""
    found = _by_category(c)
    if found is None:
        roster = actors(c).filter(pl.col("industry").is_not_null())
        roster = roster.with_columns(pl.col("industry").replace(chart_level(c)))
        codes = sorted(roster["industry"].unique().to_list())
        if len(codes) < 2:
            return Missing(
                Words("Not computable: needs firms of two industries.", "无法计算：需要至少两个行业的企业。")
            )
        found = codes, _by_firm(c, roster, codes) or _by_number(roster, codes)
    codes, (share, low, high, what, unknown) = found
    order = np.lexsort((np.arange(len(share)), -share))[:SHOWN]
    names = [name_of(c, codes[k]) for k in order]
    first = int(order[0])
    leader = industry_title(c, codes[first])
    three = float(np.sort(share)[::-1][:3].sum())
    edges = span(percent(float(low[first])), percent(float(high[first])))
    caveats: tuple[Words, ...] = ()
    if unknown > 0:
        caveats = (
            Words(
                f"What has no industry ({percent(unknown).en}) is left out.",
                f"不含行业未知的部分({percent(unknown).zh})。",
            ),
        )
    return Drawing(
        columns=(
            column("id", "Code", "代码", "string"),
            column("industry", "Industry", "行业", "string"),
            column("share", f"Share of {what.en}", f"{what.zh}占比", "share"),
            column("low", "Low (2.5 %)", "下限 (2.5%)", "share"),
            column("high", "High (97.5 %)", "上限 (97.5%)", "share"),
        ),
        rows={
            "id": [codes[k] for k in order],
            "industry": names,
            "share": share[order].tolist(),
            "low": low[order].tolist(),
            "high": high[order].tolist(),
        },
        takeaway=Text(
            en=f"The largest industry is {leader.en} with {percent(float(share[first])).en} of the {what.en} "
            f"({edges.en}); the three largest hold {percent(three).en}.",
            zh=f"最大的行业是“{leader.zh}”，占{what.zh}的 {percent(float(share[first])).zh}({edges.zh});"
            f"前三大行业合计占 {percent(three).zh}。",
        ),
        key=(
            KeyFigure(
                "largest_industry",
                Words(f"Largest industry: {leader.en}", f"最大行业：{leader.zh}"),
                float(share[first]),
                float(low[first]),
                float(high[first]),
                type="share",
                note=Words(f"of the {what.en}", f"占{what.zh}"),
            ),
        ),
        caveats=caveats,
        parameters={"replicates": REPLICATES},
    )


Shares = tuple[Array, Array, Array, Words, float]


def _by_category(c: Cluster) -> tuple[list[str], Shares] | None:
    """By the category of each interaction, which is exact where a firm sells many."""
    if not (usable(c, "interactions", "category") and usable(c, "interactions", "amount")):
        return None
    summed = (
        typed(c, "interactions", "source", "category", "amount")
        .filter(~nw.col("source").is_null())
        .group_by("source", "category")
        .agg(nw.col("amount").sum())
        .collect("polars")
        .to_native()
        .with_columns(pl.col("category").replace(chart_level(c)), pl.col("amount").cast(pl.Float64).fill_null(0.0))
        .sort("source", "category")
    )
    known = summed.filter(pl.col("category").is_not_null())
    codes = sorted(known["category"].unique().to_list())
    if len(codes) < 2 or not known["amount"].sum() > 0:
        return None
    row = known["source"].rank("dense").to_numpy() - 1
    column_of = np.searchsorted(np.array(codes), known["category"].to_numpy().astype(str))
    unknown = 1 - float(known["amount"].sum()) / float(summed["amount"].sum())
    return codes, _shares(c, row, column_of, known["amount"].to_numpy(), unknown)


def _by_firm(c: Cluster, roster: pl.DataFrame, codes: list[str]) -> Shares | None:
    """By the industry of the firm."""
    traded, two = exchanges(c), sides(c)
    if traded is None or two is None or not traded.has_amount or two.one_mode:
        return None
    known = dict(zip(roster["actor_id"].to_list(), roster["industry"].to_list(), strict=True))
    position = {code: k for k, code in enumerate(codes)}
    of_firm = np.array([position.get(known.get(str(f), ""), -1) for f in two.firms])
    column_of = of_firm[two.firm]
    rows = column_of >= 0
    value = traded.value[two.row]
    if not value[rows].sum() > 0:
        return None
    return _shares(c, two.counterpart[rows], column_of[rows], value[rows], float(1 - value[rows].sum() / value.sum()))


def _shares(
    c: Cluster, unit: NDArray[np.integer], column_of: NDArray[np.integer], value: Array, unknown: float
) -> Shares:
    names = vocabulary(c)
    width = int(column_of.max()) + 1
    top = sp.coo_array((value, (unit, column_of)), shape=(int(unit.max()) + 1, width)).tocsr()
    each = np.asarray(top.sum(axis=1)).reshape(-1, 1)
    bottom = sp.csr_array(np.repeat(each, width, axis=1))
    low, high = ratio_band(top, bottom)
    share = np.asarray(top.sum(axis=0), dtype=np.float64).ravel() / float(value.sum())
    return share, low, high, Words(f"value of {names.events.en}", f"{names.events.zh}金额"), unknown


def _by_number(roster: pl.DataFrame, codes: list[str]) -> Shares:
    firms = roster.filter((pl.col("kind") == "firm").fill_null(value=True))
    if not firms.height:
        firms = roster
    counted = dict(firms.group_by("industry").len().rows())
    number_of = np.array([counted.get(code, 0) for code in codes], dtype=np.float64)
    total = np.full(len(codes), number_of.sum())
    low, high = wilson(number_of, total)
    return number_of / total, low, high, Words("firms", "企业数"), 0.0
