"""The points of J25's figure 1, solved: E1 to E4 at given technology, A1 to A2, B1 and B2 on budget lines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from jiqun.cluster import JiqunError
from jiqun.measure.equilibrium.net_effect import NetEffect
from jiqun.measure.equilibrium.optimum import best_agglomeration, cheapest, technology_for

__all__ = ["Point", "budget_moves", "indifference_curve", "technology_moves"]


_MOST = 1e6


@dataclass(frozen=True, slots=True)
class Point:
    """A named point of the figure."""

    name: str
    agglomeration: float
    technology: float
    value: float
    budget: float | None = None
    """What it costs, in figure 1b."""


def technology_moves(net: NetEffect, *, technology: float, dispersion: float = 0.3) -> list[Point]:
    """Figure 1a: better technology reaches with less agglomeration what more of it reached before.

    E1 is the best agglomeration :math:`A_2` at the first technology; E2 what is left after firms disperse; E3 has
    the agglomeration of E2 and the technology with which its net effect is that of E1; E4 has that technology
    and the agglomeration of E1.

    Parameters
    ----------
    net
        The function; needs congestion, or there is no best agglomeration.
    technology
        T1, not negative.
    dispersion
        Share of agglomeration that is lost, between 0 and 1.

    Returns
    -------
    list of Point
        E1, E2, E3, E4; the net effects satisfy E2 < E1 = E3 < E4 wherever E3 exists: technology never harms.

    Raises
    ------
    JiqunError
        If there is no congestion or the share is not between 0 and 1; or if no technology makes up for the
        agglomeration that is lost, which happens where the two are complements (ρ < 0).

    Examples
    --------
    >>> points = technology_moves(NetEffect(), technology=1.0)
    >>> [p.name for p in points], bool(points[1].value < points[0].value < points[3].value)
    (['E1', 'E2', 'E3', 'E4'], True)
    """
    if net.congestion == 0 or not 0 < dispersion < 1:
        raise JiqunError(
            "technology_moves needs congestion, without which no agglomeration is best, and a dispersion between "
            "0 and 1.",
            "technology_moves 要求存在拥挤（否则不存在最优集聚水平），且扩散比例介于 0 与 1 之间。",
        )
    more = best_agglomeration(net, technology, most=_MOST)
    if more > 0.99 * _MOST:
        raise JiqunError(
            "technology_moves finds no best agglomeration: congestion grows too slowly beside the benefit.",
            "technology_moves 找不到最优集聚水平：相对于收益，拥挤增长过慢。",
        )
    less = (1 - dispersion) * more
    level = float(net.value(more, technology))
    better = technology_for(net, less, level)
    if np.isnan(better):
        raise JiqunError(
            f"technology_moves: no technology makes up for the loss of {dispersion:.0%} of agglomeration; with an "
            f"elasticity of substitution of {net.elasticity:.2f} the two are complements. E3 and E4 do not exist.",
            f"technology_moves：没有技术水平能弥补 {dispersion:.0%} 的集聚损失；"
            f"替代弹性为 {net.elasticity:.2f}，二者互补，E3 与 E4 不存在。",
        )
    places = {"E1": (more, technology), "E2": (less, technology), "E3": (less, better), "E4": (more, better)}
    return [Point(name, a, t, float(net.value(a, t))) for name, (a, t) in places.items()]


def budget_moves(
    net: NetEffect,
    *,
    value: float,
    agglomeration_cost: float = 1.0,
    technology_cost: float = 1.0,
    technology_cost_after: float = 0.5,
    rise: float = 0.2,
) -> list[Point]:
    """Figure 1b: the cheapest mixes before and after technology becomes cheaper, at two net effects.

    A1 and A2 reach the same net effect at the old and at the new costs; B1 and B2 reach a higher one, B1 at the
    old costs (its line is parallel to A1's) and B2 at the new ones.

    Parameters
    ----------
    net
        The function.
    value
        Net effect of A1 and A2.
    agglomeration_cost, technology_cost
        C_A and C_T at first.
    technology_cost_after
        C_T later.
    rise
        Share by which the net effect of B1 and B2 is higher.

    Returns
    -------
    list of Point
        A1, A2, B1, B2 with their budgets.

    Notes
    -----
    The paper reaches B1 from A2 by “C_A rising and C_T falling”, which turns its line the other way; at B1 the line
    is parallel to that of A1, so that relative to A2 technology has become dearer again. We draw what the lines say.

    Examples
    --------
    >>> a1, a2, b1, b2 = budget_moves(NetEffect(), value=0.5)
    >>> a2.agglomeration < a1.agglomeration, a2.technology > a1.technology, a2.budget < a1.budget
    (True, True, True)
    """
    lines = {
        "A1": (value, technology_cost),
        "A2": (value, technology_cost_after),
        "B1": (value * (1 + rise), technology_cost),
        "B2": (value * (1 + rise), technology_cost_after),
    }
    points = []
    for name, (level, cost) in lines.items():
        mix = cheapest(net, value=level, agglomeration_cost=agglomeration_cost, technology_cost=cost)
        points.append(Point(name, mix.agglomeration, mix.technology, mix.value, mix.budget))
    return points


def indifference_curve(net: NetEffect, value: float, agglomeration: np.ndarray) -> pl.DataFrame:
    """Technology needed for a net effect at each agglomeration: a curve of the figure.

    Parameters
    ----------
    net
        The function.
    value
        Net effect.
    agglomeration
        Shape (points,).

    Returns
    -------
    polars.DataFrame
        ``agglomeration, technology``; null where no technology suffices.
    """
    needed = [technology_for(net, float(a), value) for a in agglomeration]
    return pl.DataFrame({"agglomeration": agglomeration, "technology": pl.Series(needed).fill_nan(None)})
