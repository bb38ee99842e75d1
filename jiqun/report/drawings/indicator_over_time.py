"""How the leading indicator of the panel develops across places."""

from __future__ import annotations

import numpy as np

from jiqun.cluster import Cluster, Words
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.numbers import count, number, percent, quantity
from jiqun.report.panel import indicator_title, indicator_unit, main_indicator, matrix
from jiqun.report.shapes import Text

__all__ = ["indicator_over_time"]


@figure(
    "indicator_over_time",
    title=Words("The middle place and the spread", "中位地点与离散程度"),
    kind="line",
    x="period",
    y="median",
    low="low",
    high="high",
    log=True,
    needs=(Need("panel", ("value",)),),
    order=15,
    space="physical",
    sentence=Words(
        "Median over places in each period; the band holds the middle four fifths of the places (10 % and 90 % "
        "quantiles). All places are counted, so there is no sampling error: the band is the spread between places.",
        "各时期各地点的中位数；带状区间包含中间五分之四的地点（10% 与 90% 分位数）。全部地点均已统计，没有抽样误差，"
        "区间表示地点间的离散程度。",
    ),
)
def indicator_over_time(c: Cluster) -> Drawing | Missing:
    """Median and quantile band of the main indicator."""
    name = main_indicator(c)
    held = matrix(c, name) if name else None
    ends = held.covered() if held else None
    if name is None or held is None or ends is None:
        return Missing(
            Words(
                "Not computable: needs an indicator with values for half the places in two periods.",
                "无法计算：需要在至少两个时期覆盖半数地点的指标。",
            )
        )
    shown = [p for p in range(ends[0], ends[1] + 1) if np.isfinite(held.value[:, p]).any()]
    low, median, high = np.nanquantile(held.value[:, shown], [0.1, 0.5, 0.9], axis=0)
    title, unit = indicator_title(name), indicator_unit(c, name)
    first, last = held.periods[shown[0]], held.periods[shown[-1]]
    spread = float(high[-1] / low[-1]) if low[-1] > 0 else float("nan")
    growth = float(median[-1] / median[0]) if median[0] > 0 else float("nan")
    middle = quantity(float(median[-1]), unit)
    en = f"The median {_lower(title.en)} of {count(len(held.places)).en} places was {middle.en} in {last}"
    zh = (
        f"{count(len(held.places)).zh} 个地点的{title.zh}中位数在 {last}{' 年' if len(last) == 4 else ''}为 {middle.zh}"
    )
    if median[-1] == 0:
        some = int((held.value[:, shown[-1]] > 0).sum())
        total = quantity(float(np.nansum(held.value[:, shown[-1]])), unit)
        en = (
            f"In {last}, {count(some).en} of {count(len(held.places)).en} places had any {_lower(title.en)}: "
            f"{total.en} together"
        )
        zh = (
            f"{last}{' 年' if len(last) == 4 else ''}，{count(len(held.places)).zh} 个地点中 {count(some).zh} 个"
            f"有{title.zh}，合计 {total.zh}"
        )
    if np.isfinite(growth):
        en += f", {number(growth).en} times that of {first}"
        zh += f"，为 {first}{' 年' if len(first) == 4 else ''}的 {number(growth).zh} 倍"
    if np.isfinite(spread):
        en += f"; a place at the ninetieth percentile has {number(spread).en} times that of one at the tenth"
        zh += f"；第 90 百分位地点为第 10 百分位地点的 {number(spread).zh} 倍"
    return Drawing(
        title=Words(f"{title.en}: the middle place and the spread", f"{title.zh}：中位地点与离散程度"),
        columns=(
            column("period", "Period", "时期", "date"),
            column("median", f"{title.en}, median", f"{title.zh}中位数", "number", unit),
            column("low", "10 % quantile", "10% 分位数", "number", unit),
            column("high", "90 % quantile", "90% 分位数", "number", unit),
            column("places", "Places with a value", "有数据的地点数", "integer"),
        ),
        rows={
            "period": [held.periods[p] for p in shown],
            "median": median.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
            "places": np.isfinite(held.value[:, shown]).sum(axis=0).tolist(),
        },
        takeaway=Text(en=f"{en}.", zh=f"{zh}。"),
        roles={"log": bool((low > 0).all())},
        key=(
            KeyFigure(
                "median_indicator",
                Words(f"Median {_lower(title.en)}, {last}", f"{title.zh}中位数（{last}）"),
                float(median[-1]),
                low=float(low[-1]),
                high=float(high[-1]),
                unit=unit,
                note=Words("range: middle four fifths of the places", "区间：中间五分之四的地点"),
            ),
            KeyFigure(
                "coverage",
                Words(f"Places with a value in {last}", f"{last} 有数据的地点"),
                float(np.isfinite(held.value[:, shown[-1]]).mean()),
                type="share",
                note=Words(
                    f"of {count(len(held.places)).en} places ({percent(1.0).en} is complete)",
                    f"共 {count(len(held.places)).zh} 个地点",
                ),
            ),
        ),
        parameters={"indicator": name},
    )


def _lower(title: str) -> str:
    return title if title.isupper() or title[:2].isupper() else title[:1].lower() + title[1:]
