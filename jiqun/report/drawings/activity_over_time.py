"""How much happens in each period, and how much of it hangs on who happened to take part."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Words
from jiqun.report.bands import REPLICATES, total_band
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.numbers import count, money, percent, span, times, unit_of
from jiqun.report.shapes import Text
from jiqun.report.time import complete
from jiqun.report.time import said as in_words
from jiqun.report.vocabulary import GRAINS, vocabulary
from jiqun.space import calendar, exchanges

__all__ = ["activity_over_time"]

Array = NDArray[np.float64]


@figure(
    "activity_over_time",
    title=Words("Activity over time", "活跃度变化"),
    kind="line",
    x="period",
    y="value",
    low="low",
    high="high",
    needs=(Need("interactions", ("time",)),),
    order=10,
    space="digital",
    seeded=True,
    sentence=Words(
        "Interactions are summed by period. The band is a 95 % interval from a Poisson bootstrap over those who act "
        "(buyers, investors …): how far the total would move had others like them taken part.",
        "按时期汇总互动。带状区间为 95% 区间，由对发起方（买方、投资方等）的泊松自助法得到："
        "若换成另一批同类参与者，总量会如何变动。",
    ),
    formula=r"T_t = \sum_s y_{st},\quad T_t^{*} = \sum_s w_s\,y_{st},\; w_s \sim \mathrm{Poisson}(1)",
)
def activity_over_time(c: Cluster) -> Drawing | Missing:
    """Sum interactions by period, with an interval by resampling the side that acts."""
    traded, covered = exchanges(c), calendar(c)
    if traded is None or covered is None or not traded.dated:
        return Missing(Words("Not computable: no interaction has a time.", "无法计算：没有带时间的互动。"))
    codes = np.array(covered.codes)
    rows = traded.dated_rows & (traded.period >= codes[0]) & (traded.period <= codes[-1])
    column_of = np.searchsorted(codes, traded.period[rows])
    shape = (len(traded.sources), len(codes))
    by_source = sp.coo_array((traded.value[rows], (traded.source[rows], column_of)), shape=shape).tocsr()
    value: Array = np.asarray(by_source.sum(axis=0), dtype=np.float64).ravel()
    number_of = np.bincount(column_of, traded.count[rows], len(codes)).astype(np.float64)
    low, high = total_band(by_source)
    names, grain = vocabulary(c), GRAINS[covered.grain]
    unit = unit_of(c.about.currency) if traded.has_amount else Text(en="", zh="")
    kind = "money" if traded.has_amount else "integer"
    whole = complete(c, covered)
    takeaway, key = _says(c, value, low, high, whole)
    caveats = (
        ()
        if all(whole)
        else (Words("The first or the last period is not covered in full.", "首个或末个时期的数据不完整。"),)
    )
    return Drawing(
        title=Words(f"Value of {names.events.en} by {grain.en}", f"{names.events.zh}金额（按{grain.zh}）")
        if traded.has_amount
        else Words(f"Number of {names.events.en} by {grain.en}", f"{names.events.zh}次数（按{grain.zh}）"),
        columns=(
            column("period", "Period", "时期", "date"),
            column("value", "Value", "数值", kind, unit),  # type: ignore[arg-type]
            column("low", "Low (2.5 %)", "下限 (2.5%)", kind, unit),  # type: ignore[arg-type]
            column("high", "High (97.5 %)", "上限 (97.5%)", kind, unit),  # type: ignore[arg-type]
            column("count", f"Number of {names.events.en}", f"{names.events.zh}次数", "integer"),
        ),
        rows={
            "period": list(covered.periods),
            "value": value.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
            "count": number_of.astype(int).tolist(),
        },
        takeaway=takeaway,
        key=key,
        caveats=caveats,
        parameters={"replicates": REPLICATES, "resampled": "source"},
    )


def _says(c: Cluster, value: Array, low: Array, high: Array, whole: list[bool]) -> tuple[Text, tuple[KeyFigure, ...]]:
    traded, covered = exchanges(c), calendar(c)
    assert traded is not None
    assert covered is not None
    names = vocabulary(c)
    total, number_of = float(traded.value.sum()), float(traded.count.sum())
    everyone = sp.coo_array(
        (traded.value, (traded.source, np.zeros(traded.source.size, dtype=int))), shape=(len(traded.sources), 1)
    ).tocsr()
    total_low, total_high = (float(edge[0]) for edge in total_band(everyone))
    said = money(total, c.about.currency) if traded.has_amount else count(total)
    edges = [money(e, c.about.currency) if traded.has_amount else count(e) for e in (total_low, total_high)]
    full = [p for p, is_full in enumerate(whole) if is_full]
    top = max(full or range(len(value)), key=lambda p: float(value[p]))
    en = f"{count(number_of).en} {names.events.en}"
    zh = f"共 {count(number_of).zh} 次{names.events.zh}"
    if traded.has_amount:
        en += f" worth {said.en} ({span(*edges).en})"
        zh += f"，总额 {said.zh}({span(*edges).zh})"
    en += f"; the busiest period was {in_words(covered.periods[top]).en}"
    zh += f"；最活跃的时期为 {in_words(covered.periods[top]).zh}"
    change_en, change_zh = _change(covered.periods, value, low, high, full)
    en, zh = en + change_en, zh + change_zh
    key = KeyFigure(
        "total_value" if traded.has_amount else "interactions",
        Words(f"Value of {names.events.en}", f"{names.events.zh}总额")
        if traded.has_amount
        else Words(names.events.en.capitalize(), f"{names.events.zh}次数"),
        total,
        total_low,
        total_high,
        type="money" if traded.has_amount else "integer",
        unit=unit_of(c.about.currency) if traded.has_amount else Text(en="", zh=""),
        note=Words(f"95% interval over {names.counterparts.en}", f"按{names.counterparts.zh}重抽样的 95% 区间"),
    )
    return Text(en=f"{en}.", zh=f"{zh}。"), (key,)


def _change(periods: tuple[str, ...], value: Array, low: Array, high: Array, full: list[int]) -> tuple[str, str]:
    """Compare the first and the last full period whose band is narrower than its value."""
    steady = [p for p in full if high[p] - low[p] < value[p]]
    if len(steady) < 2:
        return "", ""
    a, b = steady[0], steady[-1]
    change = float(value[b] / value[a] - 1)
    word = ("rose", "上升") if change > 0 else ("fell", "下降")
    en, zh = f"by {percent(abs(change)).en}", f" {percent(abs(change)).zh}"
    if change > 4:
        en, zh = f"to {times(change + 1).en} what it was", f"至 {times(change + 1).zh}"
    overlap = high[a] >= low[b] and high[b] >= low[a]
    start, end = in_words(periods[a]), in_words(periods[b])
    return (
        f", and from {start.en} to {end.en} the total {word[0]} {en}{' (the bands overlap)' if overlap else ''}",
        f"，{start.zh}至 {end.zh}{word[1]}{zh}{'（区间有重叠）' if overlap else ''}",
    )
