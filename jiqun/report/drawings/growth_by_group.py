"""Where the leading indicator grows fastest, by the region that places lie in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Words
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.names import place_title
from jiqun.report.numbers import number, percent
from jiqun.report.panel import indicator_title, main_indicator, matrix, parent_of
from jiqun.report.shapes import Text
from jiqun.space import parse, place_names

__all__ = ["growth", "growth_by_group", "years_between"]

Array = NDArray[np.float64]
FEWEST = 3
SHOWN = 31


@figure(
    "growth_by_group",
    title=Words("Growth by region", "各地区增长"),
    kind="interval",
    x="region",
    y="growth",
    low="low",
    high="high",
    needs=(Need("panel", ("value",)), Need("places", ("parent",))),
    order=25,
    space="physical",
    sentence=Words(
        "Average growth per year of each place from the first to the last period that half the places have; regions "
        f"of at least {FEWEST} places, by median. The interval is the middle half of the places of the region: a "
        "spread between places, not a sampling error.",
        f"各地点自首个至末个（半数地点有数据的）时期的年均增长率；仅列至少 {FEWEST} 个地点的地区，按中位数排序。"
        "区间为该地区中间一半的地点，表示地点间差异而非抽样误差。",
    ),
    formula=r"g_i = \left(x_{iT}/x_{i0}\right)^{1/T} - 1",
)
def growth_by_group(c: Cluster) -> Drawing | Missing:
    """Median growth by parent place."""
    name = main_indicator(c)
    held = matrix(c, name) if name else None
    ends = held.covered() if held else None
    if name is None or held is None or ends is None:
        return Missing(Words("Not computable: needs two periods.", "无法计算：需要至少两个时期。"))
    rate = growth(
        held.value[:, ends[0]], held.value[:, ends[1]], years_between(held.periods[ends[0]], held.periods[ends[1]])
    )
    parents = parent_of(c)
    group = np.array([parents.get(p, "") for p in held.places])
    rows: list[tuple[float, float, float, str, int]] = []
    for region in np.unique(group[group != ""]).tolist():
        rates = rate[(group == region) & np.isfinite(rate)]
        if len(rates) >= FEWEST:
            low, median, high = (float(q) for q in np.quantile(rates, [0.25, 0.5, 0.75]))
            rows.append((median, low, high, region, len(rates)))
    if len(rows) < 2:
        return Missing(
            Words(
                f"Not computable: needs two regions of {FEWEST} places.",
                f"无法计算：需要至少两个含 {FEWEST} 个地点的地区。",
            )
        )
    rows.sort(key=lambda r: (-r[0], r[3]))
    title, first, last = indicator_title(name), held.periods[ends[0]], held.periods[ends[1]]
    known = rate[np.isfinite(rate)]
    shown = rows[:SHOWN]
    quarter = np.quantile(known, [0.25, 0.75])
    fastest, slowest = place_title(c, rows[0][3]), place_title(c, rows[-1][3])
    return Drawing(
        title=Words(f"{title.en}: growth by region", f"{title.zh}：各地区年均增长"),
        columns=(
            column("region", "Region", "地区", "string"),
            column("growth", "Growth per year, median place", "年均增长率（中位地点）", "share"),
            column("low", "25 % quantile", "25% 分位数", "share"),
            column("high", "75 % quantile", "75% 分位数", "share"),
            column("places", "Places", "地点数", "integer"),
        ),
        rows={
            "region": [place_names(c).get(r[3], r[3]) for r in shown],
            "growth": [r[0] for r in shown],
            "low": [r[1] for r in shown],
            "high": [r[2] for r in shown],
            "places": [r[4] for r in shown],
        },
        takeaway=Text(
            en=f"From {first} to {last} the fastest region was {fastest.en}, where the median place grew by "
            f"{percent(rows[0][0]).en} a year (middle half of its places: {percent(rows[0][1]).en} to "
            f"{percent(rows[0][2]).en}); the slowest was {slowest.en} with {percent(rows[-1][0]).en}.",
            zh=f"{first} 年至 {last} 年，增长最快的地区是{fastest.zh}，其中位地点年均增长 {percent(rows[0][0]).zh}"
            f"(中间一半地点：{percent(rows[0][1]).zh} 至 {percent(rows[0][2]).zh})；最慢的是{slowest.zh},"
            f"为 {percent(rows[-1][0]).zh}。",
        ),
        key=(
            KeyFigure(
                "median_growth",
                Words("Growth per year, median place", "年均增长率（中位地点）"),
                float(np.median(known)),
                low=float(quarter[0]),
                high=float(quarter[1]),
                type="share",
                note=Words(
                    f"{first} to {last}; range: middle half of {number(len(known)).en} places",
                    f"{first} 至 {last}；区间：{number(len(known)).zh} 个地点的中间一半",
                ),
            ),
        ),
        caveats=(Words("In current prices unless the source deflates.", "除非来源已平减，否则为当年价格。"),),
        parameters={"indicator": name, "first": first, "last": last},
    )


def growth(first: Array, last: Array, years: float) -> Array:
    """Give the average growth per year; NaN where a value is missing or not positive.

    Examples
    --------
    >>> growth(np.array([100.0, 0.0]), np.array([121.0, 5.0]), 2.0).round(6).tolist()
    [0.1, nan]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where((first > 0) & (last > 0), (last / first) ** (1 / years) - 1, np.nan)
    return np.asarray(rate)


def years_between(first: str, last: str) -> float:
    """Give the years between the starts of two periods.

    >>> round(years_between("2000", "2024"), 3)
    24.0
    """
    return (parse(last)[0] - parse(first)[0]).days / 365.2425
