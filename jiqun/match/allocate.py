r"""Allocation: who serves whom when everyone may not go to the same supplier.

Each need has a few candidates with a value, each supplier a capacity. The auction of Bertsekas lets needs bid; it ends
with an allocation whose total value is within ε for each unit of the largest possible, and with a price for each
supplier – how sought after it is – that proves it: by duality no allocation is worth more than
:math:`\sum_j c_jp_j+\sum_i\max(o_i,\max_j(v_{ij}-p_j))`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.match.auction import run_auction
from jiqun.match.objects import Floats, Ints

__all__ = ["Allocation", "Candidates", "allocate"]

_BIDS_PER_UNIT = 100_000


@dataclass(frozen=True, slots=True)
class Candidates:
    """Who could serve each need, and what that would be worth.

    Sorted by need; the order of the rows within a need does not matter, except between candidates of exactly
    the same net value, of which the first is taken.
    """

    need: Ints
    """Code of the need of each candidate, not falling, shape (candidates,)."""
    supplier: Ints
    """Code of the supplier, shape (candidates,). A supplier with slots in time is one code for each slot."""
    value: Floats
    """What a unit served is worth, shape (candidates,)."""
    needs: int
    suppliers: int

    def begins(self) -> Ints:
        """Where the candidates of each need begin, shape (needs + 1,)."""
        return np.searchsorted(self.need, np.arange(self.needs + 1)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Which supplier serves each unit, what capacity is worth, and how far from the best it can be."""

    need: Ints
    """Need of each unit, shape (units,)."""
    supplier: Ints
    """Supplier that serves it, -1 where none does, shape (units,)."""
    price: Floats
    """Price of a place at each supplier, in units of value: 0 where places are left, infinite where there are none,
    shape (suppliers,)."""
    value: float
    """Total value, outside options of the unserved included."""
    bound: float
    """What no allocation can exceed, by the prices."""
    epsilon: float
    """Least raise of a bid: the gap is at most this for each unit."""
    bids: int

    @property
    def gap(self) -> float:
        """How far the value can be below the best, at most; proved by the prices."""
        return max(self.bound - self.value, 0.0)


def allocate(
    candidates: Candidates,
    capacity: Ints,
    *,
    quantity: Ints | None = None,
    outside: Floats | float = 0.0,
    least: Ints | None = None,
    epsilon: float | None = None,
) -> Allocation:
    """Allocate units of needs to suppliers with capacities, for the largest total value.

    Parameters
    ----------
    candidates
        Who could serve each need.
    capacity
        Units that each supplier can serve, shape (suppliers,), not negative.
    quantity
        Units of each need, shape (needs,); one each where not given. Units of one need may be served by
        several suppliers, or several by one.
    outside
        Value of a unit that is not served: no candidate worth less is taken.
    least
        Units that each supplier is to serve at least where anyone can be found who accepts it, shape
        (suppliers,), at most its capacity: minimum exposure. It comes before value.
    epsilon
        Least raise of a bid, in units of value; one thousandth of the range of values where not given.

    Returns
    -------
    Allocation
        Never over capacity; ``gap`` is at most ε for each unit (with ``least`` it counts the exposure as well).

    Raises
    ------
    JiqunError
        If arrays do not fit together, capacities or quantities are negative, values are not finite, or ε is
        so small beside the values that the auction would not end in reasonable time.

    References
    ----------
    Bertsekas & Castañon 1989, The auction algorithm for the transportation problem, Annals of Operations Research 20,
    doi 10.1007/BF02216923.

    Examples
    --------
    Two needs prefer supplier 0, which has one place; the second loses less by going elsewhere.

    >>> both = Candidates(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.array([9.0, 2.0, 8.0, 6.0]), 2, 2)
    >>> done = allocate(both, np.array([1, 1]), epsilon=0.01)
    >>> done.supplier, done.value
    (array([0, 1]), 15.0)
    """
    places = np.asarray(capacity, dtype=np.int64)
    units = np.ones(candidates.needs, dtype=np.int64) if quantity is None else np.asarray(quantity, dtype=np.int64)
    beside = np.broadcast_to(np.asarray(outside, dtype=np.float64), candidates.needs)
    _refuse(candidates, places, units, beside)
    value, supplier, room = candidates.value, candidates.supplier, places
    spread = float(np.ptp(np.concatenate([value, beside]))) if value.size else 0.0
    raised = spread / 1000 if epsilon is None else float(epsilon)
    raised = raised if raised > 0 else 1.0
    order = np.arange(value.size)
    if least is not None:
        promised = np.minimum(np.asarray(least, dtype=np.int64), places)
        value, supplier, room, order = _promise(candidates, places, promised, spread)
    whose = np.repeat(np.arange(candidates.needs), units)
    held, price, bids = run_auction(
        np.searchsorted(candidates.need[order], np.arange(candidates.needs + 1)),
        supplier,
        value,
        beside,
        whose,
        np.concatenate([[0], np.cumsum(room)]),
        raised,
        max(_BIDS_PER_UNIT * max(int(units.sum()), 1), 10_000_000),
    )
    if bids < 0:
        raise JiqunError(
            f"allocate made too many bids: epsilon = {raised:g} is too small for values that range over {spread:g}.",
            f"allocate 出价次数过多：epsilon = {raised:g} 相对于价值范围 {spread:g} 过小。",
        )
    # A supplier without any place cannot be had at any price.
    price = np.where(room == 0, np.inf, price)
    paid = float(price[room > 0] @ room[room > 0])
    bound = paid + float(units @ _best(candidates.need[order], value - price[supplier], beside))
    taken = np.where(held >= 0, value[held] if value.size else 0.0, beside[whose])
    served = np.full(held.size, -1, dtype=np.int64)
    served[held >= 0] = candidates.supplier[order[held[held >= 0]]]
    if least is not None:
        # What was promised is counted in the bound; the price of a supplier is that of its free places.
        price = price[: candidates.suppliers]
    return Allocation(whose, served, price, float(taken.sum()), bound, raised, int(bids))


def _best(need: Ints, net: Floats, outside: Floats) -> Floats:
    """The largest net value of each need, or what it has outside."""
    found = outside.copy()
    np.maximum.at(found, need, net)
    return found


def _promise(candidates: Candidates, capacity: Ints, promised: Ints, spread: float) -> tuple[Floats, Ints, Ints, Ints]:
    """Split each supplier in two: free places, and promised ones that are worth more than all the values."""
    special = promised[candidates.supplier] > 0
    order = np.concatenate([np.arange(candidates.need.size), np.flatnonzero(special)])
    order = order[np.argsort(candidates.need[order], kind="stable")]
    again = np.zeros(order.size, dtype=np.bool_)
    again[1:] = (order[1:] <= order[:-1]) & (candidates.need[order[1:]] == candidates.need[order[:-1]])
    # Within a need the promised copies follow the free ones: from the first step back on.
    breaks = np.flatnonzero(np.r_[True, candidates.need[order[1:]] != candidates.need[order[:-1]]])
    group = np.cumsum(np.isin(np.arange(order.size), breaks)) - 1
    seen = np.cumsum(again) - np.cumsum(again)[breaks][group] + again[breaks][group]
    copy = seen > 0
    value = candidates.value[order] + np.where(copy, spread + 1.0, 0.0)
    supplier = candidates.supplier[order] + np.where(copy, candidates.suppliers, 0)
    return value, supplier, np.concatenate([capacity - promised, promised]), order


def _refuse(candidates: Candidates, capacity: Ints, quantity: Ints, outside: Floats) -> None:
    sizes = {candidates.need.size, candidates.supplier.size, candidates.value.size}
    if len(sizes) > 1 or capacity.shape != (candidates.suppliers,) or quantity.shape != (candidates.needs,):
        raise JiqunError(
            f"allocate needs a value for each candidate, a capacity for each of {candidates.suppliers} suppliers and a "
            f"quantity for each of {candidates.needs} needs.",
            f"allocate 需要每个候选的价值、{candidates.suppliers} 个供给方各自的容量、"
            f"{candidates.needs} 个需求各自的数量。",
        )
    if (capacity < 0).any() or (quantity < 0).any():
        raise JiqunError(
            "allocate needs capacities and quantities that are not negative.", "allocate 要求容量与数量非负。"
        )
    if not (np.isfinite(candidates.value).all() and np.isfinite(outside).all()):
        raise JiqunError(
            "allocate needs finite values; leave out candidates that cannot serve.",
            "allocate 要求价值有限；不能服务的候选应先剔除。",
        )
    if candidates.need.size and (
        (np.diff(candidates.need) < 0).any()
        or candidates.need[0] < 0
        or candidates.need[-1] >= candidates.needs
        or candidates.supplier.min() < 0
        or candidates.supplier.max() >= candidates.suppliers
    ):
        raise JiqunError(
            "allocate needs candidates sorted by need, with codes below the numbers of needs and suppliers.",
            "allocate 要求候选按需求排序，且编码小于需求数与供给方数。",
        )
