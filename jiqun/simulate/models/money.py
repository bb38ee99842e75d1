"""Agents who give a unit of money to one another at random: what a schedule alone does to a distribution."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import uniform
from jiqun.simulate.engine.schedules import Schedule, activations

__all__ = ["LONG_RUN_GINI", "MODEL", "POOR", "MoneyWorld", "gini"]

_ORDER, _GIVE = 0, 1
LONG_RUN_GINI = {"event": 2 / 3, "synchronous": 0.5799, "random_order": 0.630, "fixed_order": 0.642}
"""Gini coefficient in the long run, by schedule. ``event`` is exact (a geometric distribution)."""
POOR = math.sqrt(2) - 1
"""Share of agents without money in the long run when all give at once."""


class MoneyWorld(World):
    """Parameters of the money model."""

    agents: int = Field(default=1_000, ge=2, le=10**9, description="Agents.")
    money: int = Field(default=1, ge=0, le=10**6, description="Units that each has at first.")
    schedule: Schedule = Field(default="synchronous", description="Who gives when.")


def gini(wealth: np.ndarray) -> float:
    """Gini coefficient of whole amounts; 0 where no one has anything.

    Examples
    --------
    >>> gini(np.array([0, 0, 0, 4]))
    0.75
    """
    total = int(wealth.sum())
    if total == 0:
        return 0.0
    # Counted by amount, not sorted: amounts are small whole numbers.
    counts = np.bincount(wealth)
    rank_sum = np.cumsum(counts) - (counts - 1) / 2
    ordered = float((rank_sum * counts * np.arange(counts.size)).sum())
    return 2 * ordered / (wealth.size * total) - (wealth.size + 1) / wealth.size


@njit(cache=True, nogil=True, inline="always")
def _receiver(giver: Any, agents: Any, k0: Any, k1: Any, period: Any, turn: Any) -> Any:  # noqa: PLR0917
    other = min(np.int64(uniform(k0, k1, turn, period, _GIVE, 0) * (agents - 1)), agents - 2)
    return other if other < giver else other + 1


@njit(cache=True, nogil=True)
def _in_turn(wealth: Any, order: Any, k0: Any, k1: Any, period: Any) -> None:
    for turn in range(order.size):
        giver = order[turn]
        if wealth[giver] > 0:
            wealth[giver] -= 1
            wealth[_receiver(giver, wealth.size, k0, k1, period, turn)] += 1


@njit(cache=True, nogil=True)
def _at_once(wealth: Any, received: Any, k0: Any, k1: Any, period: Any) -> None:
    received[:] = 0
    for giver in range(wealth.size):
        if wealth[giver] > 0:
            received[_receiver(giver, wealth.size, k0, k1, period, giver)] += 1
    for agent in range(wealth.size):
        wealth[agent] += received[agent] - (1 if wealth[agent] > 0 else 0)


def _start(world: MoneyWorld, _: Context) -> State:
    return {"wealth": np.full(world.agents, world.money, dtype=np.int64)}


def _step(state: State, world: MoneyWorld, at: Context) -> None:
    wealth, (k0, k1) = state["wealth"], at.key
    if world.schedule == "synchronous":
        _at_once(wealth, np.zeros_like(wealth), k0, k1, at.period)
        return
    order = activations(world.schedule, world.agents, key=at.key, period=at.period, purpose=_ORDER)
    _in_turn(wealth, order, k0, k1, at.period)


def _observe(state: State, _: MoneyWorld) -> dict[str, float]:
    wealth = state["wealth"]
    return {"money": int(wealth.sum()), "gini": gini(wealth), "poor": float((wealth == 0).mean())}


MODEL = register(
    Model(
        name="money",
        title=Words("Giving at random", "随机转移"),
        question=Words("How much depends on who acts when?", "行动先后的影响有多大？"),
        world=MoneyWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: 32 * int(world.agents),
        purposes={"order": _ORDER, "give": _GIVE},
        references=(
            Reference(
                "Drăgulescu & Yakovenko 2000, Statistical mechanics of money, European Physical Journal B 17",
                doi="10.1007/s100510070114",
            ),
        ),
    )
)
