"""Who acts when: the results of a model depend on its schedule, so that it is a declared parameter."""

from __future__ import annotations

from typing import Literal

import numpy as np

from jiqun.simulate.engine.model import Key
from jiqun.simulate.engine.philox import uniforms

__all__ = ["Schedule", "activations"]

Schedule = Literal["synchronous", "random_order", "fixed_order", "event"]
"""``synchronous``: all act on what was true at the start of the period. ``random_order``: one after the other,
in an order drawn anew each period. ``fixed_order``: one after the other, by id. ``event``: as many acts as there
are agents, each by an agent drawn with replacement (independent clocks)."""


def activations(schedule: Schedule, agents: int, *, key: Key, period: int, purpose: int) -> np.ndarray:
    """The agents that act in a period, in the order in which they act.

    Parameters
    ----------
    schedule
        How.
    agents
        How many there are.
    key, period, purpose
        Of the draw.

    Returns
    -------
    numpy.ndarray
        Shape (agents,), int64 ids. For ``synchronous`` the order is of no consequence: by id.

    Examples
    --------
    >>> from jiqun.simulate.engine.philox import key_of
    >>> sorted(activations("random_order", 4, key=key_of(1), period=1, purpose=0).tolist())
    [0, 1, 2, 3]
    """
    ids = np.arange(agents, dtype=np.int64)
    if schedule in {"synchronous", "fixed_order"}:
        return ids
    drawn = uniforms(key, ids, step=period, purpose=purpose)
    if schedule == "random_order":
        return np.argsort(drawn, kind="stable")
    return np.minimum((drawn * agents).astype(np.int64), agents - 1)
