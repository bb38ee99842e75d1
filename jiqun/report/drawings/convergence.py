"""Whether places that started behind grow faster."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Reference, Words
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.drawings.growth_by_group import growth, years_between
from jiqun.report.numbers import number, span
from jiqun.report.panel import indicator_title, indicator_unit, main_indicator, matrix
from jiqun.report.shapes import Text

__all__ = ["convergence", "slope"]

Array = NDArray[np.float64]


@figure(
    "convergence",
    title=Words("Do those behind catch up?", "落后地区是否追赶？"),
    kind="scatter",
    x="first",
    y="growth",
    log=False,
    needs=(Need("panel", ("value",)),),
    order=67,
    space="physical",
    sentence=Words(
        "Each point is a place: where it started (logarithm) and how fast it grew per year. The slope is ordinary "
        "least squares with a heteroscedasticity-robust (HC3) 95 % interval; a negative slope is unconditional "
        "convergence.",
        "每个点是一个地点：横轴为期初水平（对数），纵轴为年均增长率。斜率为最小二乘估计，"
        "95% 区间采用异方差稳健（HC3）标准误；"
        "斜率为负表示绝对收敛。",
    ),
    formula=r"g_i = a + b \ln x_{i0} + e_i",
    reference=Reference("Barro & Sala-i-Martin (1992), Convergence", "10.1086/261816"),
)
def convergence(c: Cluster) -> Drawing | Missing:
    """Growth against the starting level of the main indicator."""
    name = main_indicator(c)
    held = matrix(c, name) if name else None
    ends = held.covered() if held else None
    if name is None or held is None or ends is None:
        return Missing(Words("Not computable: needs two periods.", "无法计算：需要至少两个时期。"))
    start, end = held.value[:, ends[0]], held.value[:, ends[1]]
    rate = growth(start, end, years_between(held.periods[ends[0]], held.periods[ends[1]]))
    known = np.flatnonzero(np.isfinite(rate))
    if len(known) < 10:
        return Missing(Words("Not computable: needs ten places.", "无法计算：需要至少十个地点。"))
    level = np.log(start[known])
    if np.ptp(level) == 0:
        return Missing(Words("Not computable: all places start level.", "无法计算：各地点期初水平相同。"))
    b, low, high = slope(level, rate[known])
    title, unit = indicator_title(name), indicator_unit(c, name)
    first, last = held.periods[ends[0]], held.periods[ends[1]]
    verdict = (
        ("places that started behind grew faster", "期初落后的地点增长更快")
        if high < 0
        else ("places that started ahead grew faster", "期初领先的地点增长更快")
        if low > 0
        else ("growth does not depend on where a place started", "增长与期初水平无显著关系")
    )
    # What twice the starting level changes, in percentage points of growth a year, as a size and a direction.
    effect, ends_of = b * np.log(2) * 100, sorted(v * np.log(2) * 100 for v in (low, high))
    if effect < 0:
        ends_of = [-ends_of[1], -ends_of[0]]
    edges = span(number(float(ends_of[0])), number(float(ends_of[1])))
    less = ("more", "高") if effect > 0 else ("less", "低")
    size = number(abs(float(effect)))
    return Drawing(
        title=Words(f"{title.en}: do those behind catch up?", f"{title.zh}：落后地区是否追赶？"),
        columns=(
            column("place", "Place", "地点", "string"),
            column("first", f"{title.en}, {first}", f"{title.zh}({first})", "number", unit),
            column("growth", "Growth per year", "年均增长率", "share"),
        ),
        rows={
            "place": [held.names[k] for k in known],
            "first": start[known].tolist(),
            "growth": rate[known].tolist(),
        },
        takeaway=Text(
            en=f"From {first} to {last}, {verdict[0]}: a place that started twice as high grew by "
            f"{size.en} percentage points a year {less[0]} ({edges.en}).",
            zh=f"{first} 至 {last}，{verdict[1]}：期初水平每高一倍，"
            f"年均增长率{less[1]} {size.zh} 个百分点（{edges.zh}）。",
        ),
        key=(
            KeyFigure(
                "convergence",
                Words("Slope of convergence", "收敛斜率"),
                b,
                low=low,
                high=high,
                note=Words(f"per unit of log level, {number(len(known)).en} places", f"{number(len(known)).zh} 个地点"),
            ),
        ),
        parameters={"indicator": name},
    )


def slope(x: Array, y: Array) -> tuple[float, float, float]:
    """Give the least-squares slope and its HC3 95 % interval.

    References
    ----------
    MacKinnon, J. & White, H. (1985). doi:10.1016/0304-4076(85)90158-7

    Examples
    --------
    >>> [round(v, 9) for v in slope(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0]))]
    [2.0, 2.0, 2.0]
    """
    design = np.column_stack([np.ones_like(x), x])
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(leverage < 1 - 1e-12, (y - design @ beta) / (1 - leverage), 0.0)
    spread = inverse @ (design.T * error**2) @ design @ inverse
    wide = 1.959963984540054 * float(np.sqrt(max(spread[1, 1], 0.0)))
    return float(beta[1]), float(beta[1]) - wide, float(beta[1]) + wide
