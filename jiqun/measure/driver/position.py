"""Where a cluster stands between supply-side and demand-side economies of scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Words
from jiqun.measure.regression import Fit, combined
from jiqun.measure.resample import generators

__all__ = ["ASSUMPTIONS", "LABELS", "Label", "Position", "position"]

Array = NDArray[np.float64]
Label = Literal["demand", "supply", "undetermined"]

LABELS = {
    "demand": Words("demand-side driven", "需求侧驱动"),
    "supply": Words("supply-side driven", "供给侧驱动"),
    "undetermined": Words("undetermined", "尚不能确定"),
}

ASSUMPTIONS = (
    Words(
        "The index is ours. It is the elasticity of matches per participant to the scale of both sides, less the "
        "elasticity by which a unit cost falls with the scale of the industry at the place.",
        "该指数为本系统提出：每个参与者的匹配数对双侧规模的弹性，减去单位成本随当地同业规模下降的弹性。",
    ),
    Words(
        "Both elasticities are read within cells, from changes over time. What moves demand and the sides of one cell "
        "at once – other than the season of its category – is taken for an effect of scale.",
        "两个弹性均为单元内随时间变化的读数。除类别的季节变动外，同时影响某单元需求与双侧规模的因素会被当作规模效应。",
    ),
    Words(
        "The elasticity to suppliers is taken beyond a placebo in which categories are shuffled; this assumes that the "
        "window over past sales biases both by the same amount.",
        "对供应方的弹性取其超出安慰剂（打乱类别）之部分，即假定回看窗口对两者造成同样的偏差。",
    ),
    Words(
        "A price also holds margins and quality; where it stands in for unit cost, the supply side is seen through it.",
        "价格还包含利润与质量；以价格代替单位成本时，供给侧只能经由价格观察。",
    ),
)
"""What the position rests on, for everyone who reads it."""


@dataclass(frozen=True, slots=True)
class Position:
    """The position, ``demand − supply``, with its interval, and the two elasticities; all NaN where not computable."""

    value: float
    low: float
    high: float
    demand: tuple[float, float, float]
    """Returns to scale in matching less one: value, low, high."""
    supply: tuple[float, float, float]
    """Elasticity by which unit cost falls with local scale: value, low, high."""
    label: Label
    reason: Words | None = None
    """Why it is undetermined; None where it is not."""


LEAST_PER_BUYER = 2.0
"""Matches that a present buyer must make on average for buyers to be counted apart from matches."""
LEAST_CLUSTERS = 20
"""Clusters below which errors are too small to decide by."""


def position(
    returns: Fit | None,
    cost: Fit | None,
    *,
    per_buyer: float = np.inf,
    replicates: int = 999,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
) -> Position:
    """Place a cluster on the axis from supply-side to demand-side economies of scale.

    ``position = (α + β − 1) − (−η)``: by how much more an additional per cent of scale yields in matches per
    participant than it saves in unit cost, both in per cent. Positive: scale pays on the demand side.

    Parameters
    ----------
    returns
        Returns to scale in matching, α + β.
    cost
        Elasticity of unit cost to local scale, η.
    per_buyer
        Matches that a buyer present at a place makes there in a period, on average. A buyer is known to be present by
        a match: where each makes about one, buyers and matches are the same count and β is 1 by counting.
    replicates, level, rng
        Score bootstrap: clusters (places) are drawn with Poisson weights, the same for both estimates, and each
        estimate moves by the sum of the influences of what was drawn.

    Returns
    -------
    Position
        The label is ``demand`` where the whole interval is above 0 and so is that of the demand side itself,
        ``supply`` the other way round, else ``undetermined``, with the reason – also where one of the two is not known,
        where a buyer makes fewer than two matches, or where there are fewer than twenty clusters.

    References
    ----------
    Kline, P. & Santos, A. (2012), A score based approach to wild bootstrap inference. Journal of
    Econometric Methods 1, 23–41.
    Cameron, A. C. & Miller, D. (2015), A practitioner's guide to cluster-robust inference. doi:10.3368/jhr.50.2.317

    Examples
    --------
    >>> position(None, None).label
    'undetermined'
    """
    seeds = (replicates, level, rng)
    demand = _drawn(returns, 1.0, -1.0, seeds)
    supply = _drawn(cost, -1.0, 0.0, seeds)
    if returns is None or cost is None or not (returns.known and cost.known):
        return Position(np.nan, np.nan, np.nan, demand, supply, "undetermined", _UNKNOWN)
    one = np.ones((1, 1))
    both = combined([returns, cost], [one, one], level=level)
    value, low, high = _drawn(both, 1.0, -1.0, seeds)
    reason = _doubt(per_buyer, min(len(returns.clusters), len(cost.clusters)))
    label: Label = "undetermined"
    if reason is None:
        label = "demand" if low > 0 and demand[1] > 0 else "supply" if high < 0 and supply[1] > 0 else "undetermined"
        reason = _BOTH if label == "undetermined" else None
    return Position(value, low, high, demand, supply, label, reason)


_UNKNOWN = Words("One of the two sides cannot be computed from these data.", "这些数据无法计算其中一侧。")
_BOTH = Words(
    "The interval leaves open which side gains more from scale, or the side that leads does not surely gain.",
    "区间无法确定哪一侧从规模中获益更多，或领先一侧是否确有获益。",
)


def _doubt(per_buyer: float, clusters: int) -> Words | None:
    """Say why the two elasticities do not decide, whatever their intervals."""
    if per_buyer < LEAST_PER_BUYER:
        return Words(
            f"A buyer who is present makes {per_buyer:.1f} matches on average: buyers are counted by the matches "
            "themselves, and their elasticity is one by counting.",
            f"每个在场买方平均只有 {per_buyer:.1f} 次匹配：买方数实由匹配本身计数，其弹性必然接近 1。",
        )
    if clusters < LEAST_CLUSTERS:
        return Words(
            f"There are {clusters} clusters; errors of fewer than {LEAST_CLUSTERS} are too small to decide by.",
            f"只有 {clusters} 个聚类；少于 {LEAST_CLUSTERS} 个时标准误偏小，不足以判断。",
        )
    return None


def _drawn(
    fit: Fit | None, factor: float, shift: float, seeds: tuple[int, float, np.random.Generator | int | None]
) -> tuple[float, float, float]:
    replicates, level, rng = seeds
    if fit is None or not (np.isfinite(fit.value).all() and np.isfinite(fit.influence).all()):
        return (float("nan"),) * 3
    value = factor * float(fit.value[0]) + shift
    pull = factor * fit.influence[:, 0]
    draws = np.array([(g.poisson(1.0, len(pull)) - 1.0) @ pull for g in generators(rng, replicates)])
    if not len(draws):
        return value, float("nan"), float("nan")
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return value, value + float(low), value + float(high)
