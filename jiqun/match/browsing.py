"""The market left to itself: a buyer looks at one offer after another, each look costs, and some firms are full."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.match.objects import Floats, Ints

__all__ = ["Inspected", "fixed_sample", "inspect", "reservation_value", "sequential_search"]


@dataclass(frozen=True, slots=True)
class Inspected:
    """What came of browsing, one entry a need."""

    served: NDArray[np.bool_]
    supplier: Ints
    """Who serves it, -1 nobody."""
    inspected: Ints
    """Offers that were looked at."""
    utility: Floats
    """Value of what was found, 0 for nothing, less the cost of looking."""

    def summary(self) -> dict[str, float]:
        """Give the success rate, the mean and median of inspections, and the mean utility."""
        many = len(self.served)
        if many == 0:
            return dict.fromkeys(("success", "inspected_mean", "inspected_median", "utility"), float("nan"))
        return {
            "success": float(self.served.mean()),
            "inspected_mean": float(self.inspected.mean()),
            "inspected_median": float(np.median(self.inspected)),
            "utility": float(self.utility.mean()),
        }


def inspect(
    listed: Ints,
    accepted: NDArray[np.bool_],
    *,
    budget: int = 10,
    cost: float = 0.0,
    value: float = 1.0,
    capacity: Ints | None = None,
) -> Inspected:
    """Let each need go down its list until it accepts an offer that still has room, or its budget is spent.

    The same model for every list, so that lists are compared and not buyers: in a replay the true partner is accepted.

    Parameters
    ----------
    listed
        Needs × places: suppliers in the order shown, -1 past the end. Needs come in this order.
    accepted
        Needs × places: whether the need would accept the supplier.
    budget
        Offers it looks at, at most.
    cost, value
        Of a look, and of being served.
    capacity
        Needs that each supplier can serve; None: any number. A full one refuses, and the look is spent.

    Examples
    --------
    >>> listed, accepted = np.array([[2, 0], [2, 1]]), np.array([[True, False], [True, True]])
    >>> found = inspect(listed, accepted, capacity=np.array([1, 1, 1]))
    >>> found.supplier.tolist(), found.inspected.tolist()
    ([2, 1], [1, 2])
    """
    if budget < 1 or cost < 0:
        raise JiqunError(
            f"inspect needs a budget of at least 1 and a cost of 0 or more; got {budget} and {cost}.",
            f"inspect 要求预算至少为 1、成本不小于 0；收到 {budget} 和 {cost}。",
        )
    many = len(listed)
    room = None if capacity is None else capacity.copy()
    supplier, inspected = np.full(many, -1), np.zeros(many, dtype=np.int64)
    for need in range(many):
        for place in range(min(budget, listed.shape[1])):
            who = listed[need, place]
            if who < 0:
                break
            inspected[need] += 1
            if accepted[need, place] and (room is None or room[who] > 0):
                supplier[need] = who
                if room is not None:
                    room[who] -= 1
                break
    served = supplier >= 0
    return Inspected(served, supplier, inspected, value * served - cost * inspected)


def reservation_value(utilities: Floats, cost: float) -> float:
    r"""Give the value z at which one more look is worth its cost: :math:`E[\max(u - z, 0)] = c`.

    Parameters
    ----------
    utilities
        What offers may be worth, each as likely, shape (draws,).
    cost
        Of a look, above 0.

    Returns
    -------
    reservation
        A buyer who finds more than this stops (Weitzman 1979, doi:10.2307/1910412); with offers alike it is the
        stopping rule of Wolinsky (1986, doi:10.2307/1885694).

    Examples
    --------
    >>> reservation_value(np.array([0.0, 1.0]), 0.25)
    0.5
    """
    if not cost > 0 or len(utilities) == 0 or not np.isfinite(utilities).all():
        raise JiqunError(
            f"reservation_value needs a cost above 0 and finite utilities; got {cost} and {len(utilities)} utilities.",
            f"reservation_value 要求成本大于 0、效用为有限值；收到成本 {cost} 与 {len(utilities)} 个效用。",
        )
    ordered = np.sort(np.asarray(utilities, float))[::-1]
    above = np.cumsum(ordered)
    # Between the k-th and the next, E max(u - z, 0) = (sum of the k largest - k z) / n: linear, and falling in z.
    k = np.arange(1, len(ordered) + 1)
    z = (above - cost * len(ordered)) / k
    below = np.append(ordered[1:], -np.inf)
    good = (z <= ordered) & (z >= below)
    return float(z[good][0]) if good.any() else float(z[-1])


def fixed_sample(utilities: Floats, looks: int, *, cost: float = 0.0) -> Inspected:
    """Look at so many offers, then take the best (Stigler 1961, doi:10.1086/258464).

    Parameters
    ----------
    utilities
        Needs × offers in the order shown; an offer below 0 is worse than none.
    looks
        Offers each need looks at.
    cost
        Of a look.
    """
    return _taken(utilities, np.full(len(utilities), min(looks, utilities.shape[1])), cost)


def sequential_search(utilities: Floats, reservation: float, *, budget: int, cost: float = 0.0) -> Inspected:
    """Look until an offer is worth the reservation value, then take it; with nothing so good, the best one seen.

    Parameters
    ----------
    utilities
        Needs × offers in the order shown.
    reservation
        See :func:`reservation_value`.
    budget
        Looks at most.
    cost
        Of a look.
    """
    seen = utilities[:, :budget]
    good = seen >= reservation
    looks = np.where(good.any(axis=1), good.argmax(axis=1) + 1, seen.shape[1])
    return _taken(utilities, looks, cost)


def _taken(utilities: Floats, looks: Ints, cost: float) -> Inspected:
    seen = np.where(np.arange(utilities.shape[1])[None, :] < looks[:, None], utilities, -np.inf)
    best = seen.argmax(axis=1) if utilities.shape[1] else np.zeros(len(utilities), dtype=np.int64)
    worth = seen[np.arange(len(seen)), best] if utilities.shape[1] else np.full(len(seen), -np.inf)
    served = worth >= 0
    value = np.where(served, worth, 0.0) - cost * looks
    return Inspected(served, np.where(served, best, -1), looks.astype(np.int64), value)
