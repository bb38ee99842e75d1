"""A recommender that shows what is popular: each choice makes the same choice likelier (Pólya's urn)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.simulate.engine.model import Context, Model, State, World, register
from jiqun.simulate.engine.philox import uniform

__all__ = ["MODEL", "RecommenderWorld", "expected_herfindahl", "limit_herfindahl"]

_CHOICE = 0


class RecommenderWorld(World):
    """Parameters of a recommender by popularity."""

    items: int = Field(default=100, ge=1, le=10**7, description="K: offers.")
    alone: float = Field(default=1.0, gt=0, description="a: weight of an offer that no one has chosen yet.")
    choices: int = Field(default=1_000, ge=1, le=10**8, description="Choices in a period, one after the other.")


def limit_herfindahl(items: int, alone: float) -> float:
    r"""Expected Herfindahl index of the shares after ever so many choices, :math:`(1+a)/(1+Ka)`.

    Examples
    --------
    >>> round(limit_herfindahl(100, 1.0), 6)
    0.019802
    """
    return (1 + alone) / (1 + items * alone)


def expected_herfindahl(items: int, alone: float, choices: int) -> float:
    r"""Expected Herfindahl index after T choices: the shares are Dirichlet-multinomial.

    :math:`E[HHI]=\frac1T+\frac{T-1}T\,\frac{1+a}{1+Ka}`.

    Parameters
    ----------
    items, alone
        K and a.
    choices
        T.

    Returns
    -------
    float
        Between 1/K and 1.

    Examples
    --------
    >>> f"{expected_herfindahl(100, 1.0, 10_000):.6f}"
    '0.019900'
    """
    return 1 / choices + (choices - 1) / choices * limit_herfindahl(items, alone)


@njit(cache=True, nogil=True)
def _choose(chosen: Any, counts: Any, first: Any, last: Any, alone: Any, k0: Any, k1: Any, period: Any) -> None:  # noqa: PLR0917
    """Take each choice in turn: an earlier choice copied, or an offer from the shelf by its own weight."""
    items = counts.size
    shelf = alone * items
    for t in range(first, last):
        drawn = uniform(k0, k1, t, period, _CHOICE, 0) * (shelf + t)
        copied = drawn >= shelf
        item = chosen[min(np.int64(drawn - shelf), t - 1)] if copied else min(np.int64(drawn / alone), items - 1)
        chosen[t] = item
        counts[item] += 1


def _start(world: RecommenderWorld, _: Context) -> State:
    return {
        "chosen": np.zeros(0, dtype=np.int32),
        "counts": np.zeros(world.items, dtype=np.int64),
    }


def _step(state: State, world: RecommenderWorld, at: Context) -> None:
    first = state["chosen"].size
    state["chosen"] = np.concatenate([state["chosen"], np.zeros(world.choices, dtype=np.int32)])
    _choose(
        state["chosen"], state["counts"], first, first + world.choices, world.alone, at.key[0], at.key[1], at.period
    )


def _observe(state: State, world: RecommenderWorld) -> dict[str, float]:
    total = int(state["counts"].sum())
    if total == 0:
        return {"choices": 0, "herfindahl": 1 / world.items, "largest": 1 / world.items}
    shares = state["counts"] / total
    return {"choices": total, "herfindahl": float((shares**2).sum()), "largest": float(shares.max())}


MODEL = register(
    Model(
        name="recommender",
        title=Words("Recommending what is popular", "按热度推荐"),
        question=Words("How concentrated do choices become by themselves?", "选择会自发集中到什么程度？"),
        world=RecommenderWorld,
        start=_start,
        step=_step,
        observe=_observe,
        memory=lambda world: 8 * int(world.items) + 8 * int(world.choices),
        purposes={"choice": _CHOICE},
        references=(
            Reference(
                "Salganik, Dodds & Watts 2006, Experimental study of inequality and unpredictability in an artificial "
                "cultural market, Science 311(5762)",
                doi="10.1126/science.1121066",
            ),
        ),
    )
)
