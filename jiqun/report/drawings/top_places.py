"""Which places lead, and which of them are rising."""

from __future__ import annotations

import numpy as np

from jiqun.cluster import Cluster, Words
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.names import place_title
from jiqun.report.numbers import percent
from jiqun.report.panel import indicator_title, indicator_unit, main_indicator, matrix
from jiqun.report.shapes import Text

__all__ = ["top_places"]

SHOWN = 10


@figure(
    "top_places",
    title=Words("Leading places", "领先地点"),
    kind="bar",
    x="place",
    y="value",
    needs=(Need("panel", ("value",)),),
    order=46,
    space="physical",
    sentence=Words(
        "The ten places with the highest value in the last period that half the places have, with their rank in the "
        "first. Every place with data is counted, so there is no sampling error.",
        "在（半数地点有数据的）末个时期数值最高的十个地点，以及其在首个时期的位次。凡有数据的地点全部计入，没有抽样误差。",
    ),
)
def top_places(c: Cluster) -> Drawing | Missing:
    """Top ten places with change of rank and of share."""
    name = main_indicator(c)
    held = matrix(c, name) if name else None
    ends = held.covered() if held else None
    if name is None or held is None or ends is None:
        return Missing(Words("Not computable: needs two periods.", "无法计算：需要至少两个时期。"))
    first, last = held.value[:, ends[0]], held.value[:, ends[1]]
    known = np.flatnonzero(np.isfinite(last))
    order = known[np.lexsort((known, -last[known]))]
    before = np.argsort(np.argsort(np.where(np.isfinite(first), -first, np.inf), kind="stable"), kind="stable") + 1
    top = order[:SHOWN]
    share = float(last[top].sum() / np.nansum(last))
    share_before = float(np.nansum(np.sort(first[np.isfinite(first)])[::-1][:SHOWN]) / np.nansum(first))
    title, unit = indicator_title(name), indicator_unit(c, name)
    then, now = held.periods[ends[0]], held.periods[ends[1]]
    climbs = [int(before[k]) - rank for rank, k in enumerate(top.tolist(), start=1) if np.isfinite(first[k])]
    riser = int(np.argmax(climbs)) if climbs else 0
    leader = place_title(c, held.places[int(top[0])])
    en = f"The leading place is {leader.en}; the ten largest places hold {percent(share).en} of the total in {now}"
    en += f", against {percent(share_before).en} for the ten largest of {then}"
    zh = f"{leader.zh}居首；{now} 年前十地点合计占 {percent(share).zh},"
    zh += f"{then} 年的前十占 {percent(share_before).zh}"
    if climbs and climbs[riser] > 0:
        climber = place_title(c, held.places[int(top[riser])])
        en += f"; {climber.en} climbed most, by {climbs[riser]} rank{'s' if climbs[riser] > 1 else ''}"
        zh += f"；上升最多的是{climber.zh}，上升 {climbs[riser]} 位"
    return Drawing(
        title=Words(f"{title.en}: leading places, {now}", f"{title.zh}：领先地点（{now}）"),
        columns=(
            column("place", "Place", "地点", "string"),
            column("value", title.en, title.zh, "number", unit),
            column("first", f"{title.en}, {then}", f"{title.zh}({then})", "number", unit),
            column("rank", f"Rank {now}", f"{now} 位次", "integer"),
            column("rank_first", f"Rank {then}", f"{then} 位次", "integer"),
        ),
        rows={
            "place": [held.names[k] for k in top],
            "value": last[top].tolist(),
            "first": [float(v) if np.isfinite(v) else None for v in first[top]],
            "rank": list(range(1, len(top) + 1)),
            "rank_first": [int(before[k]) if np.isfinite(first[k]) else None for k in top],
        },
        takeaway=Text(en=f"{en}.", zh=f"{zh}。"),
        key=(
            KeyFigure(
                "top_ten_share",
                Words("Share of the ten largest places", "前十地点占比"),
                share,
                type="share",
                note=Words(f"{title.en}, {now}; full count", f"{title.zh},{now}；全数统计"),
            ),
        ),
        parameters={"indicator": name},
    )
