"""How the weight of agriculture, industry and services shifts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Words
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, coded, column, figure
from jiqun.report.numbers import percent
from jiqun.report.panel import matrix, sectors
from jiqun.report.shapes import Text

__all__ = ["sector_structure"]

_SECTORS = (Words("primary", "第一产业"), Words("secondary", "第二产业"), Words("tertiary", "第三产业"))


@figure(
    "sector_structure",
    title=Words("Structure of the three sectors", "三次产业结构"),
    kind="stacked",
    x="period",
    y="share",
    series="sector",
    needs=(Need("panel", ("value",)),),
    order=35,
    space="none",
    sentence=Words(
        "Value added of each sector summed over the places that have all three, divided by the sum of the three. "
        "Every place with data is counted, so there is no sampling error.",
        "三次产业增加值在三者齐全的地点间加总后的占比。凡有数据的地点全部计入，没有抽样误差。",
    ),
)
def sector_structure(c: Cluster) -> Drawing | Missing:
    """Shares of the three sectors in each period."""
    names = sectors(c)
    if names is None:
        return Missing(
            Words("Not computable: needs the value added of three sectors.", "无法计算：需要三次产业增加值指标。")
        )
    held = [matrix(c, name) for name in names]
    places = sorted(set.intersection(*(set(m.places) for m in held)))
    periods = sorted(set.intersection(*(set(m.periods) for m in held)))
    if not places or len(periods) < 2:
        return Missing(Words("Not computable: needs two periods.", "无法计算：需要至少两个时期。"))
    cube = np.stack(
        [m.value[np.ix_([m.places.index(p) for p in places], [m.periods.index(t) for t in periods])] for m in held]
    )
    whole: NDArray[np.bool_] = np.asarray(np.isfinite(cube).all(axis=0))
    total = np.where(whole[None], cube, 0.0).sum(axis=1)
    some: NDArray[np.bool_] = np.asarray(total.sum(axis=0) > 0)
    share = total[:, some] / total[:, some].sum(axis=0)
    shown = [t for t, kept in zip(periods, some.tolist(), strict=True) if kept]
    if len(shown) < 2:
        return Missing(Words("Not computable: needs two periods.", "无法计算：需要至少两个时期。"))
    counted = whole[:, some].sum(axis=0)
    return Drawing(
        columns=(
            column("period", "Period", "时期", "date"),
            coded("sector", "Sector", "产业", {word.en: word for word in _SECTORS}),
            column("share", "Share of value added", "增加值占比", "share"),
            column("places", "Places with all three", "三者齐全的地点数", "integer"),
        ),
        rows={
            "period": shown * 3,
            "sector": [word.en for word in _SECTORS for _ in shown],
            "share": share.ravel().tolist(),
            "places": counted.tolist() * 3,
        },
        takeaway=Text(
            en=f"The tertiary sector went from {percent(float(share[2, 0])).en} of value added in {shown[0]} to "
            f"{percent(float(share[2, -1])).en} in {shown[-1]}, the primary from {percent(float(share[0, 0])).en} to "
            f"{percent(float(share[0, -1])).en}.",
            zh=f"第三产业增加值占比由 {shown[0]} 年的 {percent(float(share[2, 0])).zh} 变为 {shown[-1]} 年的 "
            f"{percent(float(share[2, -1])).zh}，第一产业由 {percent(float(share[0, 0])).zh} 变为 "
            f"{percent(float(share[0, -1])).zh}。",
        ),
        key=(
            KeyFigure(
                "tertiary_share",
                Words(f"Tertiary sector, {shown[-1]}", f"第三产业占比（{shown[-1]}）"),
                float(share[2, -1]),
                type="share",
                note=Words("full count, no sampling", "全数统计，无抽样误差"),
            ),
        ),
        parameters={"indicators": list(names)},
    )
