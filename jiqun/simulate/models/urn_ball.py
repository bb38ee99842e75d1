"""Matching without coordination: buyers call on sellers at random, and collide (urn-ball matching)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import uniform

__all__ = ["MODEL", "UrnBallWorld", "expected_matches", "mean_field"]

_CALL = 0


class UrnBallWorld(World):
    """Parameters of urn-ball matching; every period is a new round."""

    buyers: int = Field(default=1_000, ge=0, le=10**9, description="U: buyers, each of whom calls on one seller.")
    sellers: int = Field(default=1_000, ge=1, le=10**8, description="V: sellers.")
    capacity: int = Field(default=1, ge=1, le=10**6, description="Buyers that a seller can serve.")


def expected_matches(buyers: int, sellers: int, capacity: int = 1) -> float:
    r"""Matches expected, :math:`V(1-(1-1/V)^U)` where a seller serves one.

    In general :math:`V\,E[\min(N,c)]` with :math:`N` binomial of :math:`U` trials and chance :math:`1/V`.

    Parameters
    ----------
    buyers, sellers
        How many call, and how many can be called on.
    capacity
        Buyers that a seller can serve.

    Returns
    -------
    float
        Number of matches.

    Examples
    --------
    >>> round(expected_matches(1000, 1000), 4)
    632.3046
    """
    from scipy.stats import binom

    if sellers == 1:
        return float(min(buyers, capacity))
    if capacity == 1:
        return -sellers * math.expm1(buyers * math.log1p(-1 / sellers))
    # E[min(N, c)] is the sum of P(N ≥ k) over k from 1 to c.
    return sellers * float(binom.sf(np.arange(min(capacity, buyers)), buyers, 1 / sellers).sum())


def mean_field(world: UrnBallWorld) -> float:
    r"""Share of buyers served in the limit of many agents: for capacity 1, :math:`(1-e^{-\theta})/\theta`.

    :math:`\theta=U/V`; in general :math:`E[\min(N,c)]/\theta` with :math:`N` Poisson.

    Examples
    --------
    >>> round(mean_field(UrnBallWorld()), 4)
    0.6321
    """
    from scipy.stats import poisson

    theta = world.buyers / world.sellers
    if theta == 0:
        return 1.0
    return float(poisson.sf(np.arange(min(world.capacity, world.buyers)), theta).sum()) / theta


@njit(cache=True, nogil=True)
def _call(low: Any, high: Any, chunk: Any, called: Any, sellers: Any, k0: Any, k1: Any, period: Any) -> None:  # noqa: ARG001, PLR0917
    for buyer in range(low, high):
        called[buyer] = min(np.int64(uniform(k0, k1, buyer, period, _CALL, 0) * sellers), sellers - 1)


def _start(world: UrnBallWorld, _: Context) -> State:
    return {"called": np.zeros(world.buyers, dtype=np.int64), "served": np.zeros(1, dtype=np.int64)}


def _step(state: State, world: UrnBallWorld, at: Context) -> None:
    at.chunks.each(_call, world.buyers, state["called"], world.sellers, at.key[0], at.key[1], at.period)
    calls = np.bincount(state["called"], minlength=world.sellers)
    state["served"][0] = np.minimum(calls, world.capacity).sum()


def _observe(state: State, world: UrnBallWorld) -> dict[str, float]:
    served = int(state["served"][0])
    return {"matches": served, "success": served / world.buyers if world.buyers else 0.0}


MODEL = register(
    Model(
        name="urn_ball",
        title=Words("Uncoordinated calls (urn-ball)", "无协调匹配（urn-ball）"),
        question=Words("How many needs go unserved because they collide?", "多少需求因相互碰撞而未被满足？"),
        world=UrnBallWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: 8 * int(world.buyers) + 16 * int(world.sellers),
        purposes={"call": _CALL},
        references=(
            Reference(
                "Petrongolo & Pissarides 2001, Looking into the black box, Journal of Economic Literature 39(2)",
                doi="10.1257/jel.39.2.390",
            ),
        ),
    )
)
