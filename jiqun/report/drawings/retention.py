"""How many of those who came once come back, and for how long."""

from __future__ import annotations

import numpy as np

from jiqun.cluster import Cluster, Words
from jiqun.report.bands import wilson
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.numbers import percent, span
from jiqun.report.shapes import Text
from jiqun.report.time import complete
from jiqun.report.vocabulary import GRAINS, vocabulary
from jiqun.space import calendar, exchanges

__all__ = ["retention"]

LONGEST = 24


@figure(
    "retention",
    title=Words("Do they come back?", "留存情况"),
    kind="line",
    x="after",
    y="share",
    low="low",
    high="high",
    needs=(Need("interactions", ("time",)),),
    order=70,
    space="digital",
    sentence=Words(
        "Of those who act (buyers, investors …), the share that acts again k periods after its first, pooled over all "
        "for whom that period lies within the data. 95 % Wilson interval.",
        "发起方（买方、投资方等）在首次出现后第 k 个时期再次出现的比例，合并所有在数据期内可观察到该时期的发起方。"
        "95% Wilson 区间。",
    ),
)
def retention(c: Cluster) -> Drawing | Missing:
    """Share of sources active k periods after their first."""
    traded, covered = exchanges(c), calendar(c)
    if traded is None or covered is None or not traded.dated or len(covered.periods) < 4:
        return Missing(
            Words("Not computable: needs interactions in four periods.", "无法计算：需要至少四个时期的互动。")
        )
    codes = np.array(covered.codes)
    rows = traded.dated_rows & (traded.period >= codes[0]) & (traded.period <= codes[-1])
    active = np.zeros((len(traded.sources), len(codes)), dtype=bool)
    active[traded.source[rows], np.searchsorted(codes, traded.period[rows])] = True
    full = np.array(complete(c, covered))
    active = active[:, full]
    active = active[active.any(axis=1)]
    periods = active.shape[1]
    first = active.argmax(axis=1)
    steps = np.arange(1, min(periods, LONGEST + 1))
    seen = np.array([int((first + k < periods).sum()) for k in steps], dtype=np.float64)
    back = np.array(
        [int(active[np.flatnonzero(first + k < periods), (first + k)[first + k < periods]].sum()) for k in steps],
        dtype=np.float64,
    )
    # Beyond the point where few can be followed so long, the share would be of those few only.
    enough = seen >= 30
    steps, seen, back = steps[enough], seen[enough], back[enough]
    if len(steps) < 2:
        return Missing(
            Words(
                "Not computable: fewer than 30 can be followed over time.", "无法计算：可持续观察的发起方不足 30 个。"
            )
        )
    share = back / seen
    low, high = wilson(back, seen)
    names, grain = vocabulary(c), GRAINS[covered.grain]
    edges = span(percent(float(low[0])), percent(float(high[0])))
    last = int(steps[-1])
    return Drawing(
        title=Words(f"Do {names.counterparts.en} come back?", f"{names.counterparts.zh}留存情况"),
        columns=(
            column("after", f"{grain.en.capitalize()}s after the first", f"首次出现后第几{grain.zh}", "integer"),
            column("share", "Active again", "再次活跃占比", "share"),
            column("low", "Low (2.5 %)", "下限 (2.5%)", "share"),
            column("high", "High (97.5 %)", "上限 (97.5%)", "share"),
            column("followed", "Followed so long", "可观察数量", "integer"),
        ),
        rows={
            "after": steps.tolist(),
            "share": share.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
            "followed": seen.astype(int).tolist(),
        },
        takeaway=Text(
            en=f"{percent(float(share[0])).en} of {names.counterparts.en} are active again in the next {grain.en} "
            f"({edges.en}) and {percent(float(share[-1])).en} after {last} {grain.en}s.",
            zh=f"{percent(float(share[0])).zh} 的{names.counterparts.zh}在下一{grain.zh}再次活跃（{edges.zh}），"
            f"{last} 个{grain.zh}后为 {percent(float(share[-1])).zh}。"
            if covered.grain in ("month", "quarter")
            else f"{percent(float(share[0])).zh} 的{names.counterparts.zh}在下一{grain.zh}再次活跃（{edges.zh}），"
            f"{last} {grain.zh}后为 {percent(float(share[-1])).zh}。",
        ),
        key=(
            KeyFigure(
                "retention",
                Words(f"{names.counterparts.en.capitalize()} back in the next {grain.en}", f"次{grain.zh}留存率"),
                float(share[0]),
                low=float(low[0]),
                high=float(high[0]),
                type="share",
            ),
        ),
    )
