"""How unequal the firms are: the Lorenz curve and the share of the largest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Cluster, Reference, Words
from jiqun.report.bands import REPLICATES, quantiles, weights
from jiqun.report.drawing import SEED, Drawing, KeyFigure, Missing, column, figure
from jiqun.report.numbers import count, number, percent, span
from jiqun.report.shapes import Text
from jiqun.report.vocabulary import vocabulary
from jiqun.space import actors, exchanges, sides

__all__ = ["firm_size_distribution", "lorenz"]

Array = NDArray[np.float64]

_GRID = np.linspace(0.0, 1.0, 101)
_GROUPS = 5_000
"""Firms are resampled in so many groups of neighbours in size where there are more of them."""


@figure(
    "firm_size_distribution",
    title=Words("How unequal the firms are", "企业规模分布"),
    kind="lorenz",
    x="firms",
    y="value",
    low="low",
    high="high",
    needs=(),
    order=30,
    space="both",
    seeded=True,
    sentence=Words(
        "Firms are ordered from the smallest to the largest; the curve gives the share of the total that the smallest "
        "hold together. The band is a 95 % interval from a Poisson bootstrap over firms.",
        "企业按规模由小到大排列，曲线表示最小的若干企业合计所占份额。带状区间为对企业泊松自助法的 95% 区间。",
    ),
    formula=r"L(p) = \sum_{i \le pn} x_{(i)} \big/ \sum_i x_i,\quad G = 1 - 2\int_0^1 L(p)\,dp",
    reference=Reference("Lorenz (1905), Methods of measuring the concentration of wealth", "10.2307/2276207"),
)
def firm_size_distribution(c: Cluster) -> Drawing | Missing:
    """Lorenz curve of the firms by value of interactions, else by size."""
    sizes, what = _sizes(c)
    sizes = np.sort(sizes[np.isfinite(sizes) & (sizes >= 0)])
    if len(sizes) < 10 or sizes.sum() <= 0:
        return Missing(
            Words(
                "Not computable: needs ten firms with a size, or with interactions.",
                "无法计算：需要至少十家有规模或互动记录的企业。",
            )
        )
    means, members = _grouped(sizes)
    curve = lorenz(means, members[None, :])[0]
    drawn = lorenz(means, _redrawn(members))
    low, high = quantiles(drawn)
    gini, ginis = _gini(curve), _gini(drawn)
    top, tops = 1 - np.interp(0.9, _GRID, curve), 1 - drawn[:, 90]
    gini_edges, top_edges = _edges(ginis), _edges(tops)
    top_one = float(1 - curve[99])
    edges = span(*(percent(e) for e in top_edges))
    note = Words(f"by {what.en}", f"按{what.zh}计")
    return Drawing(
        columns=(
            column("firms", "Share of firms, smallest first", "企业累计占比（由小到大）", "share"),
            column("value", f"Share of {what.en}", f"{what.zh}累计占比", "share"),
            column("low", "Low (2.5 %)", "下限 (2.5%)", "share"),
            column("high", "High (97.5 %)", "上限 (97.5%)", "share"),
        ),
        rows={"firms": _GRID.tolist(), "value": curve.tolist(), "low": low.tolist(), "high": high.tolist()},
        takeaway=Text(
            en=f"The largest tenth of {count(len(sizes)).en} firms holds {percent(float(top)).en} of the {what.en} "
            f"({edges.en}), the largest hundredth {percent(top_one).en}; "
            f"the Gini coefficient is {number(float(gini)).en}.",
            zh=f"{count(len(sizes)).zh} 家企业中，最大的 10% 占{what.zh}的 {percent(float(top)).zh}({edges.zh}),"
            f"最大的 1% 占 {percent(top_one).zh}；基尼系数为 {number(float(gini)).zh}。",
        ),
        key=(
            KeyFigure(
                "top_tenth",
                Words("Share of the largest tenth", "最大 10% 企业占比"),
                float(top),
                low=top_edges[0],
                high=top_edges[1],
                type="share",
                note=note,
            ),
            KeyFigure(
                "gini",
                Words("Gini coefficient of firms", "企业规模基尼系数"),
                float(gini),
                low=gini_edges[0],
                high=gini_edges[1],
                note=note,
            ),
        ),
        parameters={"replicates": REPLICATES, "resampled": "firm"},
    )


def lorenz(sizes: Array, times: Array) -> Array:
    """Give Lorenz curves at 0, 0.01 … 1.

    Parameters
    ----------
    sizes
        Sizes in ascending order, shape (firms,).
    times
        How often each firm counts, shape (curves, firms).

    Examples
    --------
    >>> lorenz(np.array([1.0, 3.0]), np.ones((1, 2)))[0, [0, 50, 100]].tolist()
    [0.0, 0.25, 1.0]
    """
    people, value = np.cumsum(times, axis=1), np.cumsum(times * sizes, axis=1)
    curves = np.empty((len(times), len(_GRID)))
    for k, (p, v) in enumerate(zip(people, value, strict=True)):
        curves[k] = np.interp(_GRID, np.r_[0.0, p / p[-1]], np.r_[0.0, v / v[-1] if v[-1] > 0 else v])
    return curves


def _edges(draws: Array) -> tuple[float, float]:
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def _gini(curve: Array) -> Array:
    return np.asarray(1 - 2 * np.trapezoid(curve, _GRID, axis=-1))


def _grouped(sizes: Array) -> tuple[Array, Array]:
    """Group very many firms, neighbours in size together; a group counts as often as its members do."""
    if len(sizes) <= _GROUPS:
        return sizes, np.ones(len(sizes))
    edges = np.linspace(0, len(sizes), _GROUPS + 1).astype(np.int64)
    members = np.diff(edges).astype(np.float64)
    return np.add.reduceat(sizes, edges[:-1]) / members, members


def _redrawn(members: Array) -> Array:
    if (members == 1).all():
        return weights(len(members))
    # A sum of m independent Poisson(1) numbers is a Poisson(m) number.
    return np.random.default_rng(SEED).poisson(members, size=(REPLICATES, len(members))).astype(np.float64)


def _sizes(c: Cluster) -> tuple[Array, Words]:
    traded, two, names = exchanges(c), sides(c), vocabulary(c)
    if traded is not None and two is not None and traded.table == "interactions":
        sums = np.bincount(two.firm, traded.value[two.row], len(two.firms)).astype(np.float64)
        if traded.has_amount:
            return sums, Words(f"value of {names.events.en}", f"{names.events.zh}金额")
        return sums, Words(f"number of {names.events.en}", f"{names.events.zh}次数")
    roster = actors(c)
    firms = roster.filter((roster["kind"] == "firm").fill_null(value=True))
    return firms["size"].drop_nulls().to_numpy(), Words("size", "规模")
