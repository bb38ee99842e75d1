r"""Consumer search: sequential with a reservation value, or the best of a fixed sample.

Match values are uniform on [0, 1], a visit costs s, and n sellers ask the same price. Sequential searchers stop
at the first value above :math:`\hat a=1-\sqrt{2s}`, and go back to the best seen when all are seen.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
from numba import njit
from pydantic import Field

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import uniform

__all__ = ["MODEL", "SearchWorld", "best_of", "deviation_demand", "expected_searches", "margin", "reservation"]

_VALUE = 0


class SearchWorld(World):
    """Parameters of consumer search; every period is a new cohort of buyers."""

    buyers: int = Field(default=10_000, ge=1, le=10**9, description="Buyers, each of whom searches once a period.")
    sellers: int = Field(default=5, ge=1, le=10_000, description="n: sellers that can be visited.")
    cost: float = Field(default=0.02, gt=0, le=0.5, description="s: cost of a visit, in units of the match value.")
    rule: Literal["sequential", "fixed"] = Field(default="sequential", description="How buyers search.")
    sample: int = Field(default=5, ge=1, le=10_000, description="Visits of a buyer who takes the best of a sample.")


def reservation(cost: float) -> float:
    r"""The value at which search stops, :math:`\hat a=1-\sqrt{2s}`: there a further visit is worth its cost.

    Raises
    ------
    JiqunError
        If the cost is not between 0 and 1/2.

    Examples
    --------
    >>> round(reservation(0.02), 12)
    0.8
    """
    if not 0 <= cost <= 0.5:
        raise JiqunError(
            f"search needs a cost of a visit between 0 and 0.5, not {cost}: above it no one searches.",
            f"搜寻模型的单次成本须在 0 与 0.5 之间，而不是 {cost}：更高则无人搜寻。",
        )
    return 1 - math.sqrt(2 * cost)


def margin(cost: float, sellers: int) -> float:
    r"""Price above cost in equilibrium, :math:`p-c=(1-\hat a)/(1-\hat a^n)`.

    Examples
    --------
    >>> round(margin(0.02, 5), 6)
    0.297477
    """
    a = reservation(cost)
    return (1 - a) / (1 - a**sellers)


def expected_searches(cost: float, sellers: int) -> float:
    r"""Visits expected of a sequential searcher, :math:`(1-\hat a^n)/(1-\hat a)`.

    Examples
    --------
    >>> expected_searches(0.02, 5)
    3.3616
    """
    a = reservation(cost)
    return round((1 - a**sellers) / (1 - a), 15)


def best_of(sample: int) -> float:
    r"""Expected value of the best of a sample, :math:`m/(m+1)`.

    Examples
    --------
    >>> best_of(4)
    0.8
    """
    return sample / (sample + 1)


def deviation_demand(excess: float, cost: float, sellers: int) -> float:
    r"""Demand of a seller who asks ``excess`` more than the others, a share of buyers.

    Those who come by chance and stop, :math:`\frac1n\frac{1-\hat a^n}{1-\hat a}(1-\hat a-\Delta)`, and those
    who come back having seen all, :math:`\int v^{n-1}dv` over the values v left after the excess.

    Parameters
    ----------
    excess
        Δ: own price less that of the others; small enough that some buy.
    cost, sellers
        Of a visit; how many sellers.

    Returns
    -------
    float
        1/n without excess.

    Examples
    --------
    >>> round(deviation_demand(0.0, 0.02, 5), 12)
    0.2
    """
    a = reservation(cost)
    fresh = (1 - a**sellers) / (1 - a) / sellers * max(1 - a - excess, 0.0)
    back = (a**sellers - max(-excess, 0.0) ** sellers) / sellers
    return fresh + back


@njit(cache=True, nogil=True)
def _search(  # noqa: PLR0917
    low: Any,
    high: Any,
    chunk: Any,
    visits: Any,
    value: Any,
    most: Any,
    stop: Any,
    k0: Any,
    k1: Any,
    period: Any,
    partial: Any,
) -> None:
    for buyer in range(low, high):
        best = 0.0
        seen = 0
        while seen < most and best < stop:
            drawn = uniform(k0, k1, buyer, period, _VALUE, seen)
            seen += 1
            best = max(best, drawn)
        visits[buyer] = seen
        value[buyer] = best
        partial[chunk, 0] += seen


def _start(world: SearchWorld, _: Context) -> State:
    return {
        "visits": np.zeros(world.buyers, dtype=np.int32),
        "value": np.zeros(world.buyers),
        "total": np.zeros(1, dtype=np.int64),
    }


def _step(state: State, world: SearchWorld, at: Context) -> None:
    sequential = world.rule == "sequential"
    most = world.sellers if sequential else min(world.sample, world.sellers)
    # Values are below 1: whoever takes the best of a sample never stops early.
    stop = reservation(world.cost) if sequential else 2.0
    state["total"] = at.chunks.total(
        _search, world.buyers, 1, state["visits"], state["value"], most, stop, at.key[0], at.key[1], at.period
    )


def _observe(state: State, world: SearchWorld) -> dict[str, float]:
    visits = float(state["total"][0]) / world.buyers
    value = float(state["value"].mean())
    return {"visits": visits, "value": value, "utility": value - world.cost * visits}


MODEL = register(
    Model(
        name="search",
        title=Words("Search with cost", "有成本的搜寻"),
        question=Words("How many offers does a buyer inspect, and what does it bring?", "买方查看多少供给，收益几何？"),
        world=SearchWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: 12 * int(world.buyers),
        purposes={"value": _VALUE},
        references=(
            Reference(
                "Wolinsky 1986, True monopolistic competition as a result of imperfect information, "
                "Quarterly Journal of Economics 101(3)",
                doi="10.2307/1885694",
            ),
            Reference(
                "Anderson & Renault 1999, Pricing, product diversity, and search costs: a Bertrand–Chamberlin–Diamond "
                "model, RAND Journal of Economics 30(4)",
                doi="10.2307/2556072",
            ),
        ),
    )
)
