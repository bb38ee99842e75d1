"""The panel: periods that can be read and are of one grain, values that vary, are there, and do not leap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import narwhals as nw

from jiqun.cluster.checks.data import EXAMPLES, Data, count_where, present, show_rows
from jiqun.cluster.checks.rule import Fault, rule
from jiqun.cluster.facts import Words

PERIODS = {
    "year": re.compile(r"\d{4}"),
    "quarter": re.compile(r"\d{4}-Q[1-4]"),
    "month": re.compile(r"\d{4}-(0[1-9]|1[0-2])"),
    "week": re.compile(r"\d{4}-W(0[1-9]|[1-4]\d|5[0-3])"),
}
LEAST = 10
"""Fewer places than this may agree in a period by chance."""

LEAP = 10.0
"""Robust z-score beyond which a value leaps out of the series of its place."""


@rule(
    severity="error",
    title=Words("Periods cannot be read", "时期无法识别"),
    advice=Words(
        "Write them as 2017, 2017-Q1, 2017-03 or 2017-W05.", "请写成 2017、2017-Q1、2017-03 或 2017-W05 的形式。"
    ),
)
def unreadable_period(data: Data) -> Iterator[Fault]:
    """Periods that are not a year, quarter, month or week."""
    for table in ("panel", "flows"):
        if data.has(table, "period"):
            counts = data.scan(table, "period").filter(present("period")).group_by("period").agg(nw.len().alias("n"))
            found = sorted((str(r["period"]), int(r["n"])) for r in counts.collect("pyarrow").rows(named=True))
            bad = [(period, n) for period, n in found if not _grain(period)]
            if bad:
                shown = tuple(f"{period[:40]} ×{n}" for period, n in bad[:EXAMPLES])
                yield Fault(table, "period", sum(n for _, n in bad), sum(n for _, n in found), shown)


@rule(
    severity="warning",
    title=Words("One indicator mixes years, quarters, months or weeks", "同一指标混用了年、季、月或周"),
    advice=Words(
        "Give each grain its own indicator: sums and growth rates over mixed grains are wrong.",
        "请为不同时间粒度设置不同指标：混用会使求和与增长率出错。",
    ),
)
def mixed_periods(data: Data) -> Iterator[Fault]:
    """Indicators with periods of more than one grain; rows of the rarer grains are counted."""
    if not data.has("panel", "indicator", "period"):
        return
    frame = data.scan("panel", "indicator", "period").filter(present("period") & present("indicator"))
    counts = frame.group_by("indicator", "period").agg(nw.len().alias("n")).collect("pyarrow").rows(named=True)
    grains: dict[str, dict[str, int]] = {}
    for row in counts:
        held = grains.setdefault(str(row["indicator"]), {})
        grain = _grain(str(row["period"]))
        if grain:
            held[grain] = held.get(grain, 0) + int(row["n"])
    mixed = {name: held for name, held in sorted(grains.items()) if len(held) > 1}
    if mixed:
        rows = sum(sum(held.values()) - max(held.values()) for held in mixed.values())
        shown = tuple(f"{name}: {', '.join(sorted(held))}" for name, held in mixed.items())
        yield Fault("panel", "period", rows, sum(int(r["n"]) for r in counts), shown[:EXAMPLES])


@rule(
    severity="warning",
    title=Words("All places have the same value", "所有地点取值相同"),
    advice=Words(
        "A national figure was probably copied to every place: leave the indicator out, it says nothing about places.",
        "可能是把全国数值填到了每个地点：请去掉该指标，它不含地点差异。",
    ),
)
def same_everywhere(data: Data) -> Iterator[Fault]:
    """Values of indicators that are equal in all of ten places or more in the same period."""
    if not data.has("panel", "indicator", "period", "value"):
        return
    value = nw.col("value")
    frame = data.scan("panel", "indicator", "period", "value").filter(present("value"))
    spread = frame.group_by("indicator", "period").agg(n=nw.len(), low=value.min(), high=value.max())
    same = spread.filter((nw.col("n") >= LEAST) & (nw.col("low") == nw.col("high")))
    found = same.group_by("indicator").agg(rows=nw.col("n").sum(), periods=nw.len())
    names = sorted(
        (str(r["indicator"]), int(r["rows"]), int(r["periods"])) for r in found.collect("pyarrow").rows(named=True)
    )
    if names:
        of = int(data.one(frame, n=nw.len())["n"])
        shown = tuple(f"{name} ({periods})" for name, _, periods in names[:EXAMPLES])
        yield Fault("panel", "value", sum(rows for _, rows, _ in names), of, shown)


@rule(
    severity="info",
    title=Words("The panel has holes", "面板存在缺口"),
    advice=Words(
        "Comparisons over time and between places are about those that have values; holes are not filled.",
        "时间和地区比较仅涉及有数值的部分；缺口不会被填补。",
    ),
)
def panel_holes(data: Data) -> Iterator[Fault]:
    """Places and periods of an indicator without a value, of all places × all periods that it has anywhere.

    Counted are cells, not rows. Told from 1 %, a warning from a fifth on.
    """
    if not data.has("panel", "place_id", "indicator", "period", "value"):
        return
    frame = data.scan("panel", "place_id", "indicator", "period", "value").filter(present("value"))
    found = frame.group_by("indicator").agg(
        n=nw.len(), places=nw.col("place_id").n_unique(), periods=nw.col("period").n_unique()
    )
    rows = found.sort("indicator").collect("pyarrow").rows(named=True)
    cells = {str(r["indicator"]): int(r["places"]) * int(r["periods"]) for r in rows}
    holes = {str(r["indicator"]): max(0, cells[str(r["indicator"])] - int(r["n"])) for r in rows}
    missing, of = sum(holes.values()), sum(cells.values())
    if of and missing >= 0.01 * of:
        worst = sorted(holes, key=lambda name: (-holes[name] / cells[name], name))[:EXAMPLES]
        shown = tuple(f"{name} {holes[name] / cells[name]:.1%}" for name in worst)
        yield Fault("panel", "value", missing, of, shown, severity="warning" if missing >= 0.2 * of else "info")


@rule(
    severity="info",
    title=Words("Values leap out of the series of their place", "数值偏离该地点的历史序列"),
    advice=Words(
        "Look at them: a wrong unit (万 or thousand) in one year, a typing error, or a change of boundaries?",
        "请核对：某年单位错误（万、千）、录入错误，还是行政区划调整？",
    ),
)
def leap(data: Data) -> Iterator[Fault]:
    r"""Positive values far from the neighbouring periods of the same place and indicator.

    With :math:`d = \ln x_t - \tfrac12(\ln x_{t-1} + \ln x_{t+1})`, values whose
    :math:`0.6745\,|d| / \mathrm{MAD}` over the indicator exceeds 10 and which are more than twice or
    less than half of what the neighbours suggest. The first and last of a series have one neighbour and
    are not looked at.
    """
    if not data.has("panel", "place_id", "indicator", "period", "value"):
        return
    series = ("place_id", "indicator")
    frame = data.scan("panel", *series, "period", "value").filter(nw.col("value") > 0)
    log = nw.col("value").log()
    frame = frame.with_columns(
        before=log.shift(1).over(*series, order_by="period"), after=log.shift(-1).over(*series, order_by="period")
    )
    frame = frame.filter(present("before") & present("after"))
    frame = frame.with_columns(d=(log - 0.5 * nw.col("before") - 0.5 * nw.col("after")).abs())
    spread = frame.group_by("indicator").agg(mad=nw.col("d").median(), n=nw.len())
    spread = spread.filter((nw.col("n") >= 100) & (nw.col("mad") > 0)).rename({"indicator": "_of"})
    joined = frame.join(spread, left_on="indicator", right_on="_of", how="inner")
    far = (nw.col("d") * 0.6745 > LEAP * nw.col("mad")) & (nw.col("d") > 0.6931471805599453)
    counts: dict[str, Any] = data.one(joined, rows=count_where(far), of=nw.len())
    if counts["rows"]:
        worst = joined.filter(far).sort("d", descending=True)
        shown = show_rows(worst, (*series, "period", "value"))
        yield Fault("panel", "value", int(counts["rows"]), int(counts["of"]), shown)


def _grain(period: str) -> str:
    return next((grain for grain, pattern in PERIODS.items() if pattern.fullmatch(period)), "")
