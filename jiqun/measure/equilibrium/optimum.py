"""The best mix of agglomeration and technology for a budget, the cheapest for a net effect, and how both move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from jiqun.cluster import JiqunError
from jiqun.measure.equilibrium.net_effect import NetEffect

__all__ = ["Optimum", "Statics", "best", "best_agglomeration", "cheapest", "statics", "technology_for"]

_GRID = 801


@dataclass(frozen=True, slots=True)
class Optimum:
    """A mix with its net effect and cost."""

    agglomeration: float
    technology: float
    value: float
    budget: float
    multiplier: float
    """Net effect of one more unit of budget; NaN at a corner."""


@dataclass(frozen=True, slots=True)
class Statics:
    """Derivatives of the best mix by the costs and the budget: rows agglomeration and technology."""

    by_agglomeration_cost: tuple[float, float]
    by_technology_cost: tuple[float, float]
    by_budget: tuple[float, float]


def _costs(agglomeration_cost: float, technology_cost: float, who: str) -> None:
    if not (agglomeration_cost > 0 and technology_cost > 0):
        raise JiqunError(
            f"{who} needs positive unit costs, not C_A={agglomeration_cost:g} and C_T={technology_cost:g}: what costs "
            f"nothing has no best amount.",
            f"{who} 要求单位成本为正，而不是 C_A={agglomeration_cost:g}、C_T={technology_cost:g}：无成本则无最优量。",
        )


def best(net: NetEffect, *, budget: float, agglomeration_cost: float = 1.0, technology_cost: float = 1.0) -> Optimum:
    r"""The mix with the largest net effect that the budget :math:`C=C_AA+C_TT` pays for.

    More technology never harms, so the whole budget is spent; the best point of the line is found on a grid
    and refined where the derivative along the line is zero.

    Parameters
    ----------
    net
        The function.
    budget
        C, positive.
    agglomeration_cost, technology_cost
        Unit costs C_A and C_T, positive.

    Returns
    -------
    Optimum
        The mix.

    Raises
    ------
    JiqunError
        If a cost or the budget is not positive.

    Examples
    --------
    >>> net = NetEffect(substitution=0.0, returns=1.0, weight=0.25, congestion=0.0)
    >>> mix = best(net, budget=8.0, agglomeration_cost=1.0, technology_cost=2.0)
    >>> round(mix.agglomeration, 9), round(mix.technology, 9)
    (2.0, 3.0)
    """
    _costs(agglomeration_cost, technology_cost, "best")
    if not budget > 0:
        raise JiqunError(f"best needs a positive budget, not {budget:g}.", f"best 要求预算为正，而不是 {budget:g}。")
    most = budget / agglomeration_cost

    def technology(a: float) -> float:
        return (budget - agglomeration_cost * a) / technology_cost

    def slope(a: float) -> float:
        by_a, by_t = net.gradient(a, technology(a))
        return float(by_a - by_t * agglomeration_cost / technology_cost)

    # Denser towards both ends, where a CES benefit is steep.
    grid = most * (1 - np.cos(np.linspace(0, np.pi, _GRID))) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        values = net.value(grid, np.maximum(technology(grid), 0.0))  # type: ignore[arg-type]
    at = int(np.nanargmax(values))
    low, high = float(grid[max(at - 1, 0)]), float(grid[min(at + 1, _GRID - 1)])
    inner_low, inner_high = max(low, most * 1e-12), min(high, most * (1 - 1e-12))
    a = float(grid[at])
    if slope(inner_low) > 0 > slope(inner_high):
        a = float(brentq(slope, inner_low, inner_high, xtol=1e-15 * max(most, 1.0), rtol=1e-14))
    t = max(technology(a), 0.0)
    inside = 0 < a < most
    multiplier = float(net.gradient(a, t)[1]) / technology_cost if inside else float("nan")
    return Optimum(a, t, float(net.value(a, t)), budget, multiplier)


def cheapest(net: NetEffect, *, value: float, agglomeration_cost: float = 1.0, technology_cost: float = 1.0) -> Optimum:
    """The mix that reaches a net effect at the lowest cost: the smallest budget whose best mix reaches it.

    Parameters
    ----------
    net
        The function.
    value
        Net effect, above that of nothing at all.
    agglomeration_cost, technology_cost
        Unit costs, positive.

    Returns
    -------
    Optimum
        The mix.

    Raises
    ------
    JiqunError
        If no budget reaches the net effect, or any does.

    Examples
    --------
    >>> net = NetEffect(substitution=0.0, returns=1.0, congestion=0.0)
    >>> mix = cheapest(net, value=3.0)
    >>> round(mix.agglomeration, 9), round(mix.budget, 9)
    (3.0, 6.0)
    """
    _costs(agglomeration_cost, technology_cost, "cheapest")

    def short(log_budget: float) -> float:
        mix = best(
            net,
            budget=float(np.exp(log_budget)),
            agglomeration_cost=agglomeration_cost,
            technology_cost=technology_cost,
        )
        return mix.value - value

    # Doubled from 1 until the net effect lies between: a far larger budget would be searched too coarsely.
    low = high = 0.0
    while high < 25 and short(high) < 0:
        high += 0.7
    while low > -25 and short(low) >= 0:
        low -= 0.7
    if not short(low) < 0 <= short(high):
        raise JiqunError(
            f"cheapest finds no budget with a net effect of {value:g}: it must lie above {float(net.value(0, 0)):g} "
            f"and below what the largest budget reaches.",
            f"cheapest 找不到净效应为 {value:g} 的预算：须高于 {float(net.value(0, 0)):g} 且可由有限预算达到。",
        )
    budget = float(np.exp(brentq(short, low, high, xtol=1e-14, rtol=1e-14)))
    return best(net, budget=budget, agglomeration_cost=agglomeration_cost, technology_cost=technology_cost)


def best_agglomeration(net: NetEffect, technology: float, *, most: float = 1e6) -> float:
    """The agglomeration with the largest net effect at a given technology.

    Parameters
    ----------
    net
        The function.
    technology
        T, not negative.
    most
        Agglomeration that is not exceeded: without congestion more is always better.

    Returns
    -------
    float
        A.

    Examples
    --------
    >>> net = NetEffect(weight=0.5, substitution=0.5, returns=0.5, congestion=0.125, crowding=2.0, relief=0.0)
    >>> round(best_agglomeration(net, 0.0), 6)
    1.0
    """

    def loss(log_a: float) -> float:
        return -float(net.value(np.exp(log_a), technology))

    grid = np.linspace(np.log(1e-9), np.log(most), 600)
    at = int(np.argmin([loss(x) for x in grid]))
    bounds = (grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)])
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-13})
    return float(np.exp(found.x))


def technology_for(net: NetEffect, agglomeration: float, value: float) -> float:
    """The technology at which an agglomeration has a given net effect: a point of an indifference curve.

    Parameters
    ----------
    net
        The function.
    agglomeration
        A.
    value
        Net effect.

    Returns
    -------
    float
        T; 0 where less than none is needed, NaN where none suffices.

    Examples
    --------
    >>> technology_for(NetEffect(substitution=0.0, returns=1.0, congestion=0.0), 4.0, 6.0)
    9.0
    """

    def short(t: float) -> float:
        return float(net.value(agglomeration, t)) - value

    if short(0.0) >= 0:
        return 0.0
    high = 1.0
    while short(high) < 0:
        high *= 2
        if high > 1e15:
            return float("nan")
    found = float(brentq(short, 0.0, high, xtol=1e-14, rtol=1e-14))
    return round(found, 12)


def statics(
    net: NetEffect, *, budget: float, agglomeration_cost: float = 1.0, technology_cost: float = 1.0
) -> Statics | None:
    r"""How the best mix moves with the costs and the budget, by the implicit function theorem.

    The conditions :math:`RE_A=\lambda C_A`, :math:`RE_T=\lambda C_T`, :math:`C_AA+C_TT=C` are differentiated; the
    bordered Hessian is solved for each change.

    Parameters
    ----------
    net
        The function.
    budget, agglomeration_cost, technology_cost
        As in :func:`best`.

    Returns
    -------
    Statics or None
        None at a corner, where the derivatives do not exist.

    Examples
    --------
    >>> net = NetEffect(substitution=0.0, returns=1.0, weight=0.25, congestion=0.0)
    >>> moved = statics(net, budget=8.0, technology_cost=2.0)
    >>> [round(x, 6) + 0.0 for x in moved.by_technology_cost]
    [0.0, -1.5]
    """
    mix = best(net, budget=budget, agglomeration_cost=agglomeration_cost, technology_cost=technology_cost)
    if np.isnan(mix.multiplier):
        return None
    a, t, price = mix.agglomeration, mix.technology, mix.multiplier
    bordered = np.zeros((3, 3))
    bordered[:2, :2] = net.hessian(a, t)
    bordered[:2, 2] = bordered[2, :2] = -agglomeration_cost, -technology_cost
    changes = np.array([[price, 0, a], [0, price, t], [0, 0, -1.0]]).T
    moved = np.linalg.solve(bordered, changes)[:2]
    rows = [(float(moved[0, k]), float(moved[1, k])) for k in range(3)]
    return Statics(*rows)
