"""How long firms live."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Reference, Words
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.numbers import percent, span
from jiqun.report.shapes import Text
from jiqun.space import actors

__all__ = ["kaplan_meier", "survival"]

Array = NDArray[np.float64]


@figure(
    "survival",
    title=Words("How long firms live", "企业存续"),
    kind="line",
    x="age",
    y="share",
    low="low",
    high="high",
    needs=(Need("actors", ("founded", "closed")),),
    order=80,
    sentence=Words(
        "Kaplan–Meier estimate of the share of firms still there at each age; firms still open count until the last "
        "date in the data. The band is the 95 % log-log interval.",
        "企业存续率的 Kaplan–Meier 估计；尚存企业观察至数据最后日期。带状区间为 95% 双对数区间。",
    ),
    formula=r"\hat S(t) = \prod_{t_i \le t} \Big(1 - \frac{d_i}{n_i}\Big)",
    reference=Reference("Kaplan & Meier (1958)", "10.1080/01621459.1958.10501452"),
)
def survival(c: Cluster) -> Drawing | Missing:
    """Kaplan–Meier curve of the firms by age in years."""
    firms = actors(c).filter((pl.col("kind") == "firm").fill_null(value=True), pl.col("founded").is_not_null())
    closed = firms["closed"].drop_nulls()
    if len(closed) < 10:
        return Missing(
            Words("Not computable: fewer than ten firms have closed.", "无法计算：有注销日期的企业不足十家。")
        )
    end = max(v for v in (closed.max(), firms["founded"].max()) if v is not None)
    lived = firms.select(days=(pl.col("closed").fill_null(end) - pl.col("founded")).dt.total_days(), shut="closed")
    lived = lived.filter(pl.col("days") >= 0)
    age = lived["days"].to_numpy() / 365.2425
    gone = lived["shut"].is_not_null().to_numpy()
    grid = np.arange(0, min(np.floor(age.max()), 40) + 1)
    share, low, high, risk = kaplan_meier(age, gone, grid)
    # With fewer than ten firms left at an age the curve says nothing of the many.
    enough = risk >= 10
    grid, share, low, high, risk = (v[enough] for v in (grid, share, low, high, risk))
    at = min(5, len(grid) - 1)
    edges = span(percent(float(low[at])), percent(float(high[at])))
    years = int(grid[at])
    return Drawing(
        columns=(
            column("age", "Age in years", "年龄（年）", "integer"),
            column("share", "Still there", "存续率", "share"),
            column("low", "Low (2.5 %)", "下限 (2.5%)", "share"),
            column("high", "High (97.5 %)", "上限 (97.5%)", "share"),
            column("firms", "Firms at risk", "观察企业数", "integer"),
        ),
        rows={
            "age": grid.astype(int).tolist(),
            "share": share.tolist(),
            "low": low.tolist(),
            "high": high.tolist(),
            "firms": risk.astype(int).tolist(),
        },
        takeaway=Text(
            en=f"{percent(float(share[at])).en} of firms are still there {years} years after founding ({edges.en}).",
            zh=f"企业成立 {years} 年后的存续率为 {percent(float(share[at])).zh}({edges.zh})。",
        ),
        key=(
            KeyFigure(
                "survival",
                Words(f"Still there after {years} years", f"{years} 年存续率"),
                float(share[at]),
                low=float(low[at]),
                high=float(high[at]),
                type="share",
            ),
        ),
    )


def kaplan_meier(age: Array, gone: NDArray[np.bool_], grid: Array) -> tuple[Array, Array, Array, Array]:
    """Estimate survival at each point of a grid.

    Parameters
    ----------
    age
        Age at closing, or at the end of observation.
    gone
        Whether it closed.
    grid
        Ages to report, ascending.

    Returns
    -------
    share, low, high, risk
        Survival, its 95 % log-log interval (Greenwood), and the number still observed just before.

    Examples
    --------
    Of three, one closes at 1 and one at 3; the third is seen until 2.

    >>> share, _, _, risk = kaplan_meier(np.array([1.0, 2, 3]), np.array([True, False, True]), np.array([0.0, 1, 3]))
    >>> share.round(3).tolist(), risk.tolist()
    ([1.0, 0.667, 0.0], [3.0, 3.0, 1.0])
    """
    times = np.unique(age[gone])
    ordered = np.sort(age)
    at_risk = len(age) - np.searchsorted(ordered, times, side="left")
    deaths = np.array([(age[gone] == t).sum() for t in times], dtype=np.float64)
    curve = np.r_[1.0, np.cumprod(1 - deaths / at_risk)]
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.r_[0.0, np.cumsum(deaths / (at_risk * (at_risk - deaths)))]
        position = np.searchsorted(times, grid, side="right")
        share = curve[position]
        wide = 1.959963984540054 * np.sqrt(greenwood[position]) / np.abs(np.log(share))
        low, high = share ** np.exp(wide), share ** np.exp(-wide)
    settled = (share == 1) | (share == 0)
    low, high = np.where(settled, share, low), np.where(settled, share, high)
    return share, low, high, (len(age) - np.searchsorted(ordered, grid, side="left")).astype(np.float64)
