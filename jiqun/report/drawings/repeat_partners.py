"""How much of what happens in a period is between partners who have met before."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Words
from jiqun.report.bands import REPLICATES, ratio_band
from jiqun.report.drawing import Drawing, KeyFigure, Missing, Need, column, figure
from jiqun.report.numbers import percent, span
from jiqun.report.shapes import Text
from jiqun.report.time import complete
from jiqun.report.time import said as in_words
from jiqun.report.vocabulary import vocabulary
from jiqun.space import Exchanges, calendar, exchanges

__all__ = ["first_periods", "repeat_partners"]


@figure(
    "repeat_partners",
    title=Words("Repeat partners", "重复合作"),
    kind="line",
    x="period",
    y="share",
    low="low",
    high="high",
    needs=(Need("interactions", ("time",)),),
    order=60,
    space="digital",
    seeded=True,
    sentence=Words(
        "Share of the value (or of the number, where there is no value) that falls on pairs who have dealt with each "
        "other in an earlier period. The band is a 95 % interval from a Poisson bootstrap over those who act.",
        "在以前时期已有往来的双方之间发生的金额（无金额时为次数）占比；带状区间为对发起方泊松自助法的 95% 区间。",
    ),
)
def repeat_partners(c: Cluster) -> Drawing | Missing:
    """Share of value between pairs seen in an earlier period."""
    traded, covered = exchanges(c), calendar(c)
    if traded is None or covered is None or not traded.dated or len(covered.periods) < 3:
        return Missing(
            Words("Not computable: needs interactions in three periods.", "无法计算：需要至少三个时期的互动。")
        )
    codes = np.array(covered.codes)
    rows = traded.dated_rows & (traded.period >= codes[0]) & (traded.period <= codes[-1])
    at = np.searchsorted(codes, traded.period[rows])
    again = at > first_periods(traded, at, rows)
    value, source = traded.value[rows], traded.source[rows]
    shape = (len(traded.sources), len(codes))
    whole = sp.coo_array((value, (source, at)), shape=shape).tocsr()
    repeat = sp.coo_array((value * again, (source, at)), shape=shape).tocsr()
    low, high = ratio_band(repeat, whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.asarray(repeat.sum(axis=0)).ravel() / np.asarray(whole.sum(axis=0)).ravel()
    # In the first period nobody can have met before: that is the start of the data, not of the relations.
    kept = np.arange(1, len(codes))
    full = [p for p in kept if np.isfinite(share[p]) and complete(c, covered)[p]]
    if not full:
        return Missing(Words("Not computable: no period is covered in full.", "无法计算：没有完整的时期。"))
    last = full[-1]
    edges = span(percent(float(low[last])), percent(float(high[last])))

    def listed(values: NDArray[np.float64]) -> list[float | None]:
        return [float(values[p]) if np.isfinite(values[p]) else None for p in kept]

    return Drawing(
        columns=(
            column("period", "Period", "时期", "date"),
            column("share", "Share between repeat partners", "重复合作占比", "share"),
            column("low", "Low (2.5 %)", "下限 (2.5%)", "share"),
            column("high", "High (97.5 %)", "上限 (97.5%)", "share"),
        ),
        rows={
            "period": [covered.periods[p] for p in kept],
            "share": listed(share),
            "low": listed(low),
            "high": listed(high),
        },
        takeaway=_says(c, covered.periods[last], percent(float(share[last])), edges),
        key=(
            KeyFigure(
                "repeat_share",
                Words("Between repeat partners", "重复合作占比"),
                float(share[last]),
                low=float(low[last]),
                high=float(high[last]),
                type="share",
                note=Words(f"in {in_words(covered.periods[last]).en}", in_words(covered.periods[last]).zh),
            ),
        ),
        caveats=(
            Words(
                "Partners who met before the data begin count as new at first, so the share rises at the start.",
                "数据开始前已有往来的双方起初会被视为首次合作，因此占比在初期必然上升。",
            ),
        ),
        parameters={"replicates": REPLICATES, "resampled": "source"},
    )


def _says(c: Cluster, period: str, share: Text, edges: Text) -> Text:
    events, traded = vocabulary(c).events, exchanges(c)
    by_value = traded is not None and traded.has_amount
    en = f"In {in_words(period).en}, {share.en} of the {events.en}{' by value' if by_value else ''} "
    zh = f"{in_words(period).zh}的{events.zh}{'金额' if by_value else ''}中，{share.zh} "
    return Text(
        en=f"{en}went to partners met before ({edges.en}).",
        zh=f"{zh}发生在已有往来的双方之间（{edges.zh}）。",
    )


def first_periods(traded: Exchanges, at: NDArray[np.intp], rows: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Give, for each of these rows, the position of the first period in which its pair occurs."""
    pair = traded.source[rows].astype(np.int64) * len(traded.targets) + traded.target[rows]
    _, inverse = np.unique(pair, return_inverse=True)
    first = np.full(int(inverse.max(initial=-1)) + 1, np.iinfo(np.intp).max, dtype=np.intp)
    np.minimum.at(first, inverse, at)
    return np.asarray(first[inverse])
