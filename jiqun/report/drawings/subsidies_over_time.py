"""Who pays for the discounts, and how much of the value at list price they are."""

from __future__ import annotations

import narwhals as nw
import numpy as np
import polars as pl
import scipy.sparse as sp

from jiqun.cluster import Cluster, Words
from jiqun.report.bands import REPLICATES, ratio_band
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, coded, column, figure
from jiqun.report.numbers import percent, span
from jiqun.report.shapes import Text
from jiqun.report.vocabulary import vocabulary
from jiqun.space import calendar, period_code, typed, usable

__all__ = ["subsidies_over_time"]

_SIDES = {
    "subsidy_platform": Words("platform", "平台"),
    "subsidy_supplier": Words("suppliers", "供应商"),
}
_BEARERS = {"subsidy_platform": Words("Platform", "平台"), "subsidy_supplier": Words("Supplier", "供应商")}


@figure(
    "subsidies_over_time",
    title=Words("Subsidies by who bears them", "补贴占比（按承担方）"),
    kind="line",
    x="period",
    y="share",
    low="low",
    high="high",
    series="side",
    needs=(Need("interactions", ("time", "amount")),),
    order=20,
    space="digital",
    seeded=True,
    sentence=Words(
        "Subsidy of each side divided by the amount paid plus all subsidies, by period; the band is a 95 % interval "
        "from a Poisson bootstrap over those who act.",
        "各方补贴除以（实付金额加全部补贴），按时期计算；带状区间为对发起方泊松自助法的 95% 区间。",
    ),
    formula=r"\sigma_{kt} = \sum_s u_{skt} \big/ \sum_s \big(y_{st} + \sum_k u_{skt}\big)",
)
def subsidies_over_time(c: Cluster) -> Drawing | Missing:
    """Share of subsidies of each side in the value at list price."""
    held = [side for side in _SIDES if usable(c, "interactions", side)]
    covered = calendar(c)
    if not held or covered is None:
        return Missing(
            Words(
                "Not computable: needs column subsidy_platform or subsidy_supplier of table interactions.",
                "无法计算：表 interactions 缺少列 subsidy_platform 或 subsidy_supplier。",
            )
        )
    frame = (
        typed(c, "interactions", "time", "source", "amount", *held)
        .filter(~nw.col("time").is_null(), ~nw.col("source").is_null())
        .select("source", "amount", *held, period=period_code(nw.col("time"), covered.grain))
        .group_by("period", "source")
        .agg(nw.col("amount", *held).sum())
        .collect("polars")
        .to_native()
        .filter(pl.col("period").is_in(list(covered.codes)))
        .sort("source", "period")
        .with_columns(pl.col("amount", *held).cast(pl.Float64).fill_null(0.0))
    )
    frame = frame.with_columns(gross=pl.sum_horizontal("amount", *held))
    if frame[held].sum().sum_horizontal()[0] <= 0:
        return Missing(Words("There are no subsidies in the data.", "数据中没有补贴。"))
    row = frame["source"].rank("dense").to_numpy() - 1
    at = np.searchsorted(np.array(covered.codes), frame["period"].to_numpy())
    shape = (int(row.max()) + 1, len(covered.periods) + 1)

    def by_source(name: str) -> sp.csr_array:
        # The last column is the whole time, so that one bootstrap serves the line and the key figure.
        twice = np.r_[frame[name].to_numpy(), frame[name].to_numpy()]
        place = (np.r_[row, row], np.r_[at, np.full(len(at), shape[1] - 1)])
        return sp.coo_array((twice, place), shape=shape).tocsr()

    gross = by_source("gross")
    rows: dict[str, list[object]] = {"period": [], "side": [], "share": [], "low": [], "high": []}
    key, said = [], []
    for side in held:
        top = by_source(side)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.asarray(top.sum(axis=0)).ravel() / np.asarray(gross.sum(axis=0)).ravel()
        low, high = ratio_band(top, gross)
        rows["period"] += list(covered.periods)
        rows["side"] += [side] * len(covered.periods)
        for name, values in (("share", share), ("low", low), ("high", high)):
            rows[name] += [float(v) if np.isfinite(v) else None for v in values[:-1]]
        words = _SIDES[side]
        edges = float(low[-1]), float(high[-1])
        key.append(
            KeyFigure(
                side,
                Words(f"Subsidised by the {words.en}", f"{words.zh}补贴占比"),
                float(share[-1]),
                low=edges[0],
                high=edges[1],
                type="share",
                note=Words("of the value at list price", "占标价总额"),
            )
        )
        said.append((words, percent(float(share[-1])), span(*(percent(e) for e in edges))))
    names = vocabulary(c)
    en = " and ".join(f"{s.en} by the {w.en} ({i.en})" for w, s, i in said)
    zh = "、".join(f"{w.zh}承担 {s.zh}({i.zh})" for w, s, i in said)
    return Drawing(
        columns=(
            column("period", "Period", "时期", "date"),
            coded("side", "Borne by", "承担方", _BEARERS),
            column("share", "Share of list value", "占标价比重", "share"),
            column("low", "Low (2.5 %)", "下限 (2.5%)", "share"),
            column("high", "High (97.5 %)", "上限 (97.5%)", "share"),
        ),
        rows=rows,
        takeaway=Text(
            en=f"Of the list value of {names.events.en}, subsidies bore {en}.",
            zh=f"{names.events.zh}标价总额中，补贴由{zh}。",
        ),
        key=tuple(key),
        parameters={"replicates": REPLICATES, "resampled": "source"},
    )
