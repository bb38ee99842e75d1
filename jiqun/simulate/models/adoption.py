"""Two-sided adoption: buyers join for sellers, sellers for buyers, and a platform tips or does not start.

The share of each side that is on the platform answers the share of the other,
:math:`x=s(a_1+b_1y)`, :math:`y=s(a_2+b_2x)`, with the logistic function s.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from pydantic import Field
from scipy.optimize import brentq

from jiqun.cluster import Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import CROWD, crowd, crowd_limit

__all__ = ["MODEL", "AdoptionWorld", "Equilibrium", "equilibria", "folds", "logistic", "mean_field"]

_REVISE, _CHOOSE = 0, 2
"""For buyers; one more for sellers."""


class AdoptionWorld(World):
    """Parameters of two-sided adoption; side 1 are buyers, side 2 sellers."""

    buyers: int = Field(default=2_000, ge=1, le=10**9, description="Agents of side 1.")
    sellers: int = Field(default=2_000, ge=1, le=10**9, description="Agents of side 2.")
    buyers_alone: float = Field(default=-3.0, description="a1: what the platform is worth to a buyer without sellers.")
    sellers_alone: float = Field(default=-3.0, description="a2: what it is worth to a seller without buyers.")
    buyers_from_sellers: float = Field(default=6.0, description="b1: what all sellers add to a buyer's utility.")
    sellers_from_buyers: float = Field(default=6.0, description="b2: what all buyers add to a seller's utility.")
    revision: float = Field(default=1.0, gt=0, le=1, description="Share of agents that reconsider in a period.")
    start_buyers: float = Field(default=0.5, ge=0, le=1, description="Share of buyers on the platform at first.")
    start_sellers: float = Field(default=0.5, ge=0, le=1, description="Share of sellers on the platform at first.")


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """A pair of shares that answer each other."""

    buyers: float
    sellers: float
    stable: bool
    """Whether :math:`b_1b_2\\,x(1-x)\\,y(1-y)<1`. An unstable one between two stable ones is the critical mass."""


def logistic(utility: float) -> float:
    """The logistic function, without overflow.

    Examples
    --------
    >>> logistic(0.0), logistic(-1000.0)
    (0.5, 0.0)
    """
    if utility >= 0:
        return 1 / (1 + math.exp(-utility))
    grown = math.exp(utility) if utility > -745 else 0.0
    return grown / (1 + grown)


def equilibria(a1: float, b1: float, a2: float, b2: float, *, grid: int = 20_001) -> list[Equilibrium]:
    """All pairs of shares that answer each other, by share of buyers.

    Parameters
    ----------
    a1, b1
        Utility of a buyer alone, and what all sellers add.
    a2, b2
        Utility of a seller alone, and what all buyers add.
    grid
        Points between which a change of sign is looked for; two equilibria nearer to each other than
        their distance are not told apart.

    Returns
    -------
    list of Equilibrium
        One or three, and two exactly at a fold.

    Examples
    --------
    >>> [(round(e.buyers, 6), e.stable) for e in equilibria(-3, 6, -3, 6)]
    [(0.07072, True), (0.5, False), (0.92928, True)]
    """

    def excess(x: float) -> float:
        return logistic(a1 + b1 * logistic(a2 + b2 * x)) - x

    points = np.linspace(0, 1, grid)
    values = [excess(float(x)) for x in points]
    found: list[float] = []
    for left, right, before, after in zip(points[:-1], points[1:], values[:-1], values[1:], strict=True):
        if before == 0:
            found.append(float(left))
        elif before * after < 0:
            found.append(float(brentq(excess, left, right, xtol=1e-15)))
    if values[-1] == 0:
        found.append(1.0)
    pairs = [(x, logistic(a2 + b2 * x)) for x in found]
    return [Equilibrium(x, y, b1 * b2 * x * (1 - x) * y * (1 - y) < 1) for x, y in pairs]


def folds(b: float) -> tuple[float, float] | None:
    r"""The values of ``a`` between which symmetric sides have two stable equilibria; None for b ≤ 4.

    At a fold :math:`b\,x(1-x)=1`, so :math:`x_\pm=(1\pm\sqrt{1-4/b})/2` and
    :math:`a=\operatorname{logit}(x)-bx`.

    Examples
    --------
    >>> [round(a, 6) for a in folds(6)]
    [-3.415093, -2.584907]
    """
    if b <= 4:
        return None
    roots = [(1 + sign * math.sqrt(1 - 4 / b)) / 2 for sign in (1, -1)]
    low, high = (math.log(x / (1 - x)) - b * x for x in roots)
    return low, high


def mean_field(world: AdoptionWorld, periods: int) -> np.ndarray:
    """Shares of both sides period by period with agents without number: the twin of the simulation.

    Parameters
    ----------
    world
        Parameters.
    periods
        Steps.

    Returns
    -------
    numpy.ndarray
        Shape (periods + 1, 2).
    """
    shares = np.empty((periods + 1, 2))
    shares[0] = world.start_buyers, world.start_sellers
    for t in range(periods):
        joining = np.array(_probabilities(world, *shares[t]))
        shares[t + 1] = (1 - world.revision) * shares[t] + world.revision * joining
    return shares


def _probabilities(world: AdoptionWorld, buyers: float, sellers: float) -> tuple[float, float]:
    return (
        logistic(world.buyers_alone + world.buyers_from_sellers * sellers),
        logistic(world.sellers_alone + world.sellers_from_buyers * buyers),
    )


@njit(cache=True, nogil=True)
def _choose(  # noqa: PLR0917
    low: Any,
    high: Any,
    chunk: Any,
    on: Any,
    reconsidering: Any,
    joining: Any,
    side: Any,
    k0: Any,
    k1: Any,
    period: Any,
    partial: Any,
) -> None:
    """Every agent that reconsiders joins with the chance of its side; chances come as numbers of words of 2³²."""
    choose, revise = np.empty(CROWD, dtype=np.uint32), np.empty(CROWD, dtype=np.uint32)
    everyone = reconsidering > 0xFFFFFFFF
    last = np.uint32(max(joining, 1) - 1)
    for first in range(low, high, CROWD):
        here = on[first : min(first + CROWD, high)]
        crowd(choose, first // CROWD, k0, k1, period, _CHOOSE + side)
        if not everyone:
            crowd(revise, first // CROWD, k0, k1, period, _REVISE + side)
        count = np.int32(0)
        for i in range(here.size):
            new = joining > 0 and choose[i] <= last
            here[i] = new if everyone or revise[i] < reconsidering else here[i]
            count += np.int32(here[i])
        partial[chunk, 0] += count


def _start(world: AdoptionWorld, _: Context) -> State:
    """Exactly the given shares are on the platform, to the nearest agent: those with the lowest ids."""
    counts = [round(world.start_buyers * world.buyers), round(world.start_sellers * world.sellers)]
    return {
        "buyer_on": np.arange(world.buyers) < counts[0],
        "seller_on": np.arange(world.sellers) < counts[1],
        "on": np.array(counts, dtype=np.int64),
    }


def _step(state: State, world: AdoptionWorld, at: Context) -> None:
    shares = state["on"] / np.array([world.buyers, world.sellers])
    to_buyers, to_sellers = _probabilities(world, float(shares[0]), float(shares[1]))
    reconsidering = crowd_limit(world.revision)
    for side, (name, chance) in enumerate((("buyer_on", to_buyers), ("seller_on", to_sellers))):
        agents = state[name].size
        state["on"][side] = at.chunks.total(
            _choose, agents, 1, state[name], reconsidering, crowd_limit(chance), side, *at.key, at.period
        )[0]


def _observe(state: State, world: AdoptionWorld) -> dict[str, float]:
    buyers, sellers = (int(count) for count in state["on"])
    return {
        "buyers": buyers,
        "sellers": sellers,
        "buyer_share": buyers / world.buyers,
        "seller_share": sellers / world.sellers,
    }


MODEL = register(
    Model(
        name="adoption",
        title=Words("Two-sided adoption", "双边采纳"),
        question=Words("Does the platform reach its critical mass?", "平台能否达到临界规模？"),
        world=AdoptionWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: int(world.buyers) + int(world.sellers),
        purposes={
            "buyers revise": _REVISE,
            "sellers revise": _REVISE + 1,
            "buyers choose": _CHOOSE,
            "sellers choose": _CHOOSE + 1,
        },
        references=(
            Reference(
                "Evans & Schmalensee 2010, Failure to launch: critical mass in platform businesses, "
                "Review of Network Economics 9(4)",
                doi="10.2202/1446-9022.1256",
            ),
        ),
    )
)
