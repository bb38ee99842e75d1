"""A monopoly platform that charges both sides for each interaction (Rochet & Tirole 2003)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import uniforms

__all__ = ["MODEL", "RochetTiroleWorld", "price", "profit"]

_BENEFIT = 0


class RochetTiroleWorld(World):
    """Parameters of a monopoly platform; the two prices answer each other in turn."""

    buyers: int = Field(default=10_000, ge=1, le=10**8, description="Agents of side 1.")
    sellers: int = Field(default=10_000, ge=1, le=10**8, description="Agents of side 2.")
    cost: float = Field(default=0.2, ge=0, lt=2, description="c: cost of an interaction to the platform.")
    start: tuple[float, float] = Field(default=(0.0, 0.0), description="Prices at first, by side.")


def price(cost: float) -> float:
    r"""Price for each side with demands :math:`D_i=1-p_i`: :math:`(1+c)/3`.

    Examples
    --------
    >>> round(price(0.2), 12)
    0.4
    """
    return (1 + cost) / 3


def profit(buyers: float, sellers: float, cost: float) -> float:
    r"""Profit of two prices, :math:`(p_1+p_2-c)(1-p_1)(1-p_2)`.

    Examples
    --------
    >>> round(profit(0.4, 0.4, 0.2), 12)
    0.216
    """
    return (buyers + sellers - cost) * (1 - buyers) * (1 - sellers)


@njit(cache=True, nogil=True)
def _join(low: Any, high: Any, chunk: Any, benefit: Any, asked: Any, partial: Any) -> None:  # noqa: PLR0917
    count = 0
    for agent in range(low, high):
        count += benefit[agent] > asked
    partial[chunk, 0] += count


def _start(world: RochetTiroleWorld, at: Context) -> State:
    benefit = uniforms(at.key, np.arange(world.buyers + world.sellers), step=0, purpose=_BENEFIT)
    return {
        "buyer_benefit": benefit[: world.buyers].copy(),
        "seller_benefit": benefit[world.buyers :].copy(),
        "price": np.array(world.start, dtype=np.float64),
        "share": np.zeros(2),
    }


def _step(state: State, world: RochetTiroleWorld, at: Context) -> None:
    """Odd periods set the buyers' price, even ones the sellers', best against the other."""
    side = (at.period + 1) % 2
    state["price"][side] = (1 + world.cost - state["price"][1 - side]) / 2
    for k, (name, agents) in enumerate((("buyer_benefit", world.buyers), ("seller_benefit", world.sellers))):
        state["share"][k] = at.chunks.total(_join, agents, 1, state[name], state["price"][k])[0] / agents


def _observe(state: State, world: RochetTiroleWorld) -> dict[str, float]:
    margin = float(state["price"].sum()) - world.cost
    return {
        "buyer_price": float(state["price"][0]),
        "seller_price": float(state["price"][1]),
        "profit": margin * float(state["share"].prod()),
    }


MODEL = register(
    Model(
        name="rochet_tirole",
        title=Words("Monopoly platform (Rochet and Tirole)", "垄断平台（Rochet 与 Tirole）"),
        question=Words("How does a platform split its price between two sides?", "平台如何在两边之间分配价格？"),
        world=RochetTiroleWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: 8 * (int(world.buyers) + int(world.sellers)),
        purposes={"benefit": _BENEFIT},
        references=(
            Reference(
                "Rochet & Tirole 2003, Platform competition in two-sided markets, Journal of the European Economic "
                "Association 1(4)",
                doi="10.1162/154247603322493212",
            ),
        ),
    )
)
