"""Diffusion of one innovation (Bass 1969): some adopt by themselves, the others imitate."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import uniform

__all__ = ["MODEL", "BassWorld", "adopted", "mean_field", "peak"]

_ADOPT = 0


class BassWorld(World):
    """Parameters of the Bass model."""

    agents: int = Field(default=10_000, ge=1, le=10**9, description="Potential adopters.")
    innovation: float = Field(default=0.03, ge=0, description="p: rate per unit of time of adopting by oneself.")
    imitation: float = Field(default=0.38, ge=0, description="q: rate per unit of time of imitating all adopters.")
    step: float = Field(default=0.1, gt=0, le=1, description="Length of a period in units of time.")


def peak(p: float, q: float) -> float:
    r"""Time of the most adoptions, :math:`t^*=\ln(q/p)/(p+q)`; 0 where q ≤ p.

    Examples
    --------
    >>> round(peak(0.03, 0.38), 4)
    6.1926
    """
    return math.log(q / p) / (p + q) if q > p > 0 else 0.0


def adopted(time: float, p: float, q: float) -> float:
    r"""Share that has adopted, :math:`F(t)=(1-e^{-(p+q)t})/(1+\tfrac qp e^{-(p+q)t})`.

    Examples
    --------
    >>> round(adopted(peak(0.03, 0.38), 0.03, 0.38), 5)
    0.46053
    """
    fading = math.exp(-(p + q) * time)
    return (1 - fading) / (1 + q / p * fading)


def mean_field(world: BassWorld, periods: int) -> np.ndarray:
    """Share of adopters expected period by period with agents without number.

    Parameters
    ----------
    world
        Parameters.
    periods
        Steps.

    Returns
    -------
    numpy.ndarray
        Shape (periods + 1,).
    """
    share = np.zeros(periods + 1)
    for t in range(periods):
        share[t + 1] = share[t] + (1 - share[t]) * _probability(world, share[t])
    return share


def _probability(world: BassWorld, share: float) -> float:
    return -math.expm1(-(world.innovation + world.imitation * share) * world.step)


@njit(cache=True, nogil=True)
def _adopt(  # noqa: PLR0917
    low: Any, high: Any, chunk: Any, adopter: Any, probability: Any, k0: Any, k1: Any, period: Any, partial: Any
) -> None:
    count = 0
    for agent in range(low, high):
        if not adopter[agent] and uniform(k0, k1, agent, period, _ADOPT, 0) < probability:
            adopter[agent] = True
        count += adopter[agent]
    partial[chunk, 0] += count


def _start(world: BassWorld, _: Context) -> State:
    return {"adopter": np.zeros(world.agents, dtype=np.bool_), "adopters": np.zeros(1, dtype=np.int64)}


def _step(state: State, world: BassWorld, at: Context) -> None:
    probability = _probability(world, float(state["adopters"][0]) / world.agents)
    state["adopters"] = at.chunks.total(
        _adopt, world.agents, 1, state["adopter"], probability, at.key[0], at.key[1], at.period
    )


def _observe(state: State, world: BassWorld) -> dict[str, float]:
    adopters = int(state["adopters"][0])
    return {"adopters": adopters, "share": adopters / world.agents}


MODEL = register(
    Model(
        name="bass",
        title=Words("Diffusion (Bass)", "扩散（Bass）"),
        question=Words("How fast does an innovation spread?", "一项创新扩散得有多快？"),
        world=BassWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: int(world.agents),
        purposes={"adopt": _ADOPT},
        references=(
            Reference(
                "Bass 1969, A new product growth for model consumer durables, Management Science 15(5)",
                doi="10.1287/mnsc.15.5.215",
            ),
        ),
    )
)
