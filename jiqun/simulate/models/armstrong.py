r"""Two platforms compete for two sides that each choose one of them (Armstrong 2006).

Agents of side k are spread evenly between the platforms, pay :math:`t_k` per distance, and gain
:math:`\alpha_k` times the share of the other side that is with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from pydantic import Field, model_validator

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import uniforms

__all__ = ["MODEL", "ArmstrongWorld", "Prices", "best_response", "prices", "shares"]

_PLACE = 0


class ArmstrongWorld(World):
    """Parameters of competition for two sides; in every period both platforms and all agents answer the last."""

    buyers: int = Field(default=10_000, ge=1, le=10**8, description="Agents of side 1.")
    sellers: int = Field(default=10_000, ge=1, le=10**8, description="Agents of side 2.")
    benefit: tuple[float, float] = Field(default=(0.5, 0.3), description="α: worth of the whole other side, by side.")
    transport: tuple[float, float] = Field(default=(1.0, 1.0), description="t: cost of distance, by side.")
    cost: tuple[float, float] = Field(default=(0.0, 0.0), description="f: cost of serving an agent, by side.")
    start: tuple[float, float] = Field(default=(0.0, 0.0), description="Prices at first, by side.")

    @model_validator(mode="after")
    def _shares_the_market(self) -> ArmstrongWorld:
        (t1, t2), (a1, a2) = self.transport, self.benefit
        if min(t1, t2) <= 0 or 4 * t1 * t2 <= (a1 + a2) ** 2:
            raise ValueError(
                "transport costs must be positive with 4·t1·t2 > (α1+α2)²; otherwise one platform takes all"
            )
        return self


@dataclass(frozen=True, slots=True)
class Prices:
    """The symmetric equilibrium."""

    buyers: float
    sellers: float
    profit: float
    """Of each platform, per agent of a side of mass 1."""


def prices(
    benefit: tuple[float, float], transport: tuple[float, float], cost: tuple[float, float] = (0.0, 0.0)
) -> Prices:
    r"""Equilibrium prices :math:`p_1=f_1+t_1-\alpha_2,\ p_2=f_2+t_2-\alpha_1`.

    Each platform earns :math:`(t_1+t_2-\alpha_1-\alpha_2)/2`.

    Parameters
    ----------
    benefit, transport, cost
        α, t and f, by side.

    Returns
    -------
    Prices
        And profit.

    Raises
    ------
    JiqunError
        Unless :math:`4t_1t_2>(\alpha_1+\alpha_2)^2`.

    Examples
    --------
    >>> equilibrium = prices((0.5, 0.3), (1.0, 1.0))
    >>> equilibrium.buyers, equilibrium.sellers, round(equilibrium.profit, 12)
    (0.7, 0.5, 0.6)
    """
    (a1, a2), (t1, t2), (f1, f2) = benefit, transport, cost
    if 4 * t1 * t2 <= (a1 + a2) ** 2:
        raise JiqunError(
            f"Armstrong's prices need 4·t1·t2 > (α1+α2)²; here {4 * t1 * t2:g} ≤ {(a1 + a2) ** 2:g}: "
            f"one platform would take all.",
            f"Armstrong 定价须满足 4·t1·t2 >（α1+α2）²；此处 {4 * t1 * t2:g} ≤ {(a1 + a2) ** 2:g}，一家平台将独占。",
        )
    return Prices(f1 + t1 - a2, f2 + t2 - a1, (t1 + t2 - a1 - a2) / 2)


def shares(own: np.ndarray, rival: np.ndarray, world: ArmstrongWorld) -> np.ndarray:
    """Shares of both sides that a platform has when everyone foresees them.

    Parameters
    ----------
    own, rival
        Prices by side, shape (2,).
    world
        Parameters.

    Returns
    -------
    numpy.ndarray
        Shape (2,), between 0 and 1.
    """
    (a1, a2), (t1, t2) = world.benefit, world.transport
    u1, u2 = (rival[0] - own[0]) / (2 * t1), (rival[1] - own[1]) / (2 * t2)
    slack = 1 - a1 * a2 / (t1 * t2)
    return np.clip(0.5 + np.array([u1 + a1 / t1 * u2, u2 + a2 / t2 * u1]) / slack, 0, 1)


def best_response(rival: np.ndarray, world: ArmstrongWorld) -> np.ndarray:
    """Prices that earn most against those of the other platform, while no side is wholly with one.

    Parameters
    ----------
    rival
        Prices by side, shape (2,).
    world
        Parameters.

    Returns
    -------
    numpy.ndarray
        Shape (2,): the solution of two linear first-order conditions.
    """
    # n = c - B p is linear in own prices, profit (p - f)·n: the conditions are c - B p - Bᵀ(p - f) = 0.
    (a1, a2), (t1, t2) = world.benefit, world.transport
    slack = 1 - a1 * a2 / (t1 * t2)
    matrix = np.array([[1 / (2 * t1), a1 / (2 * t1 * t2)], [a2 / (2 * t1 * t2), 1 / (2 * t2)]]) / slack
    constant = 0.5 + matrix @ rival
    return np.asarray(np.linalg.solve(matrix + matrix.T, constant + matrix.T @ np.array(world.cost)))


@njit(cache=True, nogil=True)
def _join(low: Any, high: Any, chunk: Any, place: Any, first: Any, border: Any, partial: Any) -> None:  # noqa: PLR0917
    count = 0
    for agent in range(low, high):
        here = place[agent] < border
        first[agent] = here
        count += here
    partial[chunk, 0] += count


def _start(world: ArmstrongWorld, at: Context) -> State:
    ids = np.arange(world.buyers + world.sellers)
    place = uniforms(at.key, ids, step=0, purpose=_PLACE)
    return {
        "buyer_place": place[: world.buyers].copy(),
        "seller_place": place[world.buyers :].copy(),
        "buyer_first": np.zeros(world.buyers, dtype=np.bool_),
        "seller_first": np.zeros(world.sellers, dtype=np.bool_),
        "price": np.array([world.start, world.start], dtype=np.float64),
        "share": np.array([0.5, 0.5]),
        "profit": np.zeros(2),
    }


def _step(state: State, world: ArmstrongWorld, at: Context) -> None:
    price, share = state["price"], state["share"].copy()
    answered = np.array([best_response(price[1], world), best_response(price[0], world)])
    state["price"] = answered
    sizes, names = (world.buyers, world.sellers), ("buyer", "seller")
    for side in range(2):
        # Whoever is nearer than the border joins the first platform; the other side is taken to be as it was.
        gain = world.benefit[side] * (2 * share[1 - side] - 1) - (answered[0, side] - answered[1, side])
        border = 0.5 + gain / (2 * world.transport[side])
        joined = at.chunks.total(
            _join, sizes[side], 1, state[f"{names[side]}_place"], state[f"{names[side]}_first"], border
        )
        state["share"][side] = joined[0] / sizes[side]
    margins = answered - np.array(world.cost)
    both = np.array([state["share"], 1 - state["share"]])
    state["profit"] = (margins * both).sum(axis=1)


def _observe(state: State, _: ArmstrongWorld) -> dict[str, float]:
    return {
        "buyer_price": float(state["price"][0, 0]),
        "seller_price": float(state["price"][0, 1]),
        "buyer_share": float(state["share"][0]),
        "seller_share": float(state["share"][1]),
        "profit": float(state["profit"].mean()),
    }


MODEL = register(
    Model(
        name="armstrong",
        title=Words("Platforms that compete for two sides (Armstrong)", "双边竞争平台（Armstrong）"),
        question=Words("Which side pays, and which is subsidised?", "哪一边付费，哪一边受补贴？"),
        world=ArmstrongWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: 9 * (int(world.buyers) + int(world.sellers)),
        purposes={"place": _PLACE},
        references=(
            Reference(
                "Armstrong 2006, Competition in two-sided markets, RAND Journal of Economics 37(3)",
                doi="10.1111/j.1756-2171.2006.tb00037.x",
            ),
        ),
    )
)
