"""Whether places drift apart or draw level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Words
from jiqun.report.bands import REPLICATES, quantiles, weights
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.numbers import number, span
from jiqun.report.panel import indicator_title, main_indicator, matrix
from jiqun.report.shapes import Text

__all__ = ["gini", "inequality_over_time"]

Array = NDArray[np.float64]


@figure(
    "inequality_over_time",
    title=Words("Inequality between places", "地区差距"),
    kind="line",
    x="period",
    y="gini",
    low="low",
    high="high",
    needs=(Need("panel", ("value",)),),
    order=56,
    space="physical",
    seeded=True,
    sentence=Words(
        "Gini coefficient over the places that have a value in every period shown, so that entry does not move it. The "
        "band is a 95 % interval from a Poisson bootstrap over places: how much single places decide.",
        "仅含各时期均有数据的地点的基尼系数，以免样本进出影响结果。"
        "带状区间为对地点泊松自助法的 95% 区间：单个地点的影响程度。",
    ),
    formula=r"G = 1 - 2\int_0^1 L(p)\,dp",
)
def inequality_over_time(c: Cluster) -> Drawing | Missing:
    """Gini coefficient of the main indicator by period, on a constant set of places."""
    name = main_indicator(c)
    held = matrix(c, name) if name else None
    ends = held.covered() if held else None
    if name is None or held is None or ends is None:
        return Missing(Words("Not computable: needs two periods.", "无法计算：需要至少两个时期。"))
    shown = list(range(ends[0], ends[1] + 1))
    block = held.value[:, shown]
    constant = block[np.isfinite(block).all(axis=1) & (block >= 0).all(axis=1)]
    if len(constant) < 10:
        return Missing(
            Words(
                "Not computable: fewer than ten places have a value in every period.",
                "无法计算：各时期均有数据的地点不足十个。",
            )
        )
    drawn = weights(len(constant))
    value = np.empty(len(shown))
    low, high = np.empty(len(shown)), np.empty(len(shown))
    draws = np.empty((len(drawn), len(shown)))
    for k in range(len(shown)):
        order = np.argsort(constant[:, k], kind="stable")
        value[k] = gini(constant[order, k], np.ones((1, len(order))))[0]
        draws[:, k] = gini(constant[order, k], drawn[:, order])
    low, high = quantiles(draws)
    # The change is estimated within each replicate: places keep together over time.
    change = draws[:, -1] - draws[:, 0]
    change_low, change_high = (float(q) for q in np.quantile(change, [0.025, 0.975]))
    first, last = held.periods[shown[0]], held.periods[shown[-1]]
    sure = change_low > 0 or change_high < 0
    grew = value[-1] > value[0]
    title = indicator_title(name)
    edges = span(number(change_low), number(change_high))
    verdict = (
        (("widened", "扩大") if grew else ("narrowed", "缩小")) if sure else ("did not change for sure", "没有显著变化")
    )
    return Drawing(
        title=Words(f"{title.en}: inequality between places", f"{title.zh}：地区差距"),
        columns=(
            column("period", "Period", "时期", "date"),
            column("gini", "Gini coefficient", "基尼系数"),
            column("low", "Low (2.5 %)", "下限 (2.5%)"),
            column("high", "High (97.5 %)", "上限 (97.5%)"),
        ),
        rows={
            "period": [held.periods[p] for p in shown],
            "gini": value.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
        },
        takeaway=Text(
            en=f"The gap between places {verdict[0]}: the Gini coefficient went from {number(float(value[0])).en} in "
            f"{first} to {number(float(value[-1])).en} in {last} (change: {edges.en}).",
            zh=f"地区差距{verdict[1]}：基尼系数由 {first} 年的 {number(float(value[0])).zh} 变为 {last} 年的 "
            f"{number(float(value[-1])).zh}（变化的{edges.zh}）。",
        ),
        key=(
            KeyFigure(
                "gini_places",
                Words(f"Gini between places, {last}", f"地区基尼系数（{last}）"),
                float(value[-1]),
                low=float(low[-1]),
                high=float(high[-1]),
            ),
        ),
        caveats=(
            Words(
                f"{len(constant)} of {len(held.places)} places have a value in every period.",
                f"{len(held.places)} 个地点中有 {len(constant)} 个各期数据完整。",
            ),
        ),
        parameters={"indicator": name, "replicates": REPLICATES, "resampled": "place"},
    )


def gini(sizes: Array, times: Array) -> Array:
    """Give Gini coefficients of sizes in ascending order, each counted ``times``, shape (curves,).

    Exact, by the areas of the trapezoids under the Lorenz curve.

    Examples
    --------
    >>> gini(np.array([1.0, 3.0]), np.ones((1, 2))).tolist(), gini(np.array([2.0, 2.0]), np.ones((1, 2))).tolist()
    ([0.25], [0.0])
    """
    total, value = times.sum(axis=1), times @ sizes
    below = np.cumsum(times * sizes, axis=1)
    area = (times * (2 * below - times * sizes)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(1 - area / (total * value))
