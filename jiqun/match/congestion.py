r"""Congestion of live lists: prices that keep those who look from all going to the same supplier.

Whoever sees a list takes candidate j with chance :math:`\propto e^{\beta(v_{ij}-p_j)}`, or leaves. Prices are raised
until the demand expected at each supplier is within its capacity, and are 0 where it is anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.match.allocate import Candidates
from jiqun.match.objects import Floats, Ints

__all__ = ["Congestion", "congestion_prices", "expected_demand"]


@dataclass(frozen=True, slots=True)
class Congestion:
    """Prices and what they lead to."""

    price: Floats
    """In units of value, shape (suppliers,)."""
    demand: Floats
    """Units expected at each supplier at these prices, shape (suppliers,)."""
    before: Floats
    """The same without prices."""
    rounds: int


def expected_demand(candidates: Candidates, price: Floats, *, sharpness: float, outside: float) -> Floats:
    """Demand expected at each supplier when every need chooses once from its list.

    Parameters
    ----------
    candidates
        Lists with values.
    price
        Shape (suppliers,).
    sharpness
        β: at 0 everyone chooses blindly, at infinity the best.
    outside
        Value of leaving.

    Returns
    -------
    numpy.ndarray
        Shape (suppliers,).

    Examples
    --------
    >>> one = Candidates(np.array([0, 0]), np.array([0, 1]), np.array([1.0, 1.0]), 1, 2)
    >>> expected_demand(one, np.zeros(2), sharpness=1.0, outside=-100.0)
    array([0.5, 0.5])
    """
    net = sharpness * (candidates.value - price[candidates.supplier])
    top = np.full(candidates.needs, sharpness * outside)
    np.maximum.at(top, candidates.need, net)
    weight = np.exp(net - top[candidates.need])
    total = np.exp(sharpness * outside - top) + np.bincount(candidates.need, weight, minlength=candidates.needs)
    chance = weight / total[candidates.need]
    return np.asarray(np.bincount(candidates.supplier, chance, minlength=candidates.suppliers), dtype=np.float64)


def congestion_prices(
    candidates: Candidates,
    capacity: Ints | Floats,
    *,
    sharpness: float = 8.0,
    outside: float = 0.0,
    tolerance: float = 1e-3,
    rounds: int = 2_000,
) -> Congestion:
    r"""Prices at which no supplier expects more than it can serve.

    Each round changes every price by :math:`\tfrac1\beta\ln(\text{demand}/\text{capacity})` and cuts it at 0; with
    logit choices this is the dual of a concave problem and settles.

    Parameters
    ----------
    candidates
        Lists with values, on a scale on which 1 is a clear difference.
    capacity
        Shape (suppliers,), not negative; a supplier without any is priced out.
    sharpness
        β. Prices computed on blurred choices hardly bind: use a β at which nearly everyone takes the best.
    outside
        Value of leaving.
    tolerance
        Share by which demand may exceed capacity.
    rounds
        At most.

    Returns
    -------
    Congestion
        Prices, demand with and without them.

    Raises
    ------
    JiqunError
        If the prices do not settle, or arguments are not sensible.

    Examples
    --------
    >>> two = Candidates(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([1.0, 0.5, 1.0, 0.5]), 2, 2)
    >>> found = congestion_prices(two, np.array([1, 1]), outside=-9.0)
    >>> found.price.round(2), found.demand.round(2)
    (array([0.5, 0. ]), array([1., 1.]))
    """
    room = np.asarray(capacity, dtype=np.float64)
    if room.shape != (candidates.suppliers,) or (room < 0).any() or not sharpness > 0:
        raise JiqunError(
            f"congestion_prices needs a capacity that is not negative for each of {candidates.suppliers} suppliers "
            f"and a positive sharpness.",
            f"congestion_prices 需要 {candidates.suppliers} 个供给方各自的非负容量，以及正的 sharpness。",
        )
    closed = room == 0
    shut = (np.ptp(candidates.value) if candidates.value.size else 0.0) + abs(outside) + 60 / sharpness
    price = np.where(closed, shut + np.max(candidates.value, initial=0.0), 0.0)
    before = demand = expected_demand(candidates, np.zeros_like(price), sharpness=sharpness, outside=outside)
    for done in range(1, rounds + 1):
        demand = expected_demand(candidates, price, sharpness=sharpness, outside=outside)
        over = (demand > room * (1 + tolerance)) & ~closed
        slack = (price > 1e-9) & (demand < room * (1 - 10 * tolerance)) & ~closed
        if not over.any() and not slack.any():
            return Congestion(np.where(closed, np.inf, price), demand, before, done)
        with np.errstate(divide="ignore"):
            step = np.log(np.maximum(demand, 1e-12) / np.where(closed, 1.0, room)) / sharpness
        price = np.where(closed, price, np.maximum(price + step, 0.0))
    raise JiqunError(
        f"congestion_prices did not settle in {rounds} rounds: demand exceeds capacity by up to "
        f"{float((demand - room)[~closed].max()):.3g}. Allow more rounds or a larger tolerance.",
        f"congestion_prices 在 {rounds} 轮内未收敛：需求最多超出容量 {float((demand - room)[~closed].max()):.3g}。"
        f"请增加轮数或放宽容差。",
    )
