"""The auction of places among needs, compiled: arrays in, arrays out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["run_auction"]


@njit(cache=True, nogil=True)
def _settle(price: Any, holder: Any, first: Any, last: Any) -> None:
    """Let the root of a heap of places sink to where it belongs; the cheapest place is the root."""
    at = first
    while True:
        child = first + 2 * (at - first) + 1
        if child >= last:
            return
        if child + 1 < last and price[child + 1] < price[child]:
            child += 1
        if price[at] <= price[child]:
            return
        price[at], price[child] = price[child], price[at]
        holder[at], holder[child] = holder[child], holder[at]
        at = child


@njit(cache=True, nogil=True)
def run_auction(  # noqa: PLR0917
    begins: Any, supplier: Any, value: Any, outside: Any, need: Any, places: Any, epsilon: Any, most: Any
) -> Any:
    """Let units of needs bid for places of suppliers until no one is left who wants to.

    Parameters
    ----------
    begins
        Where the candidates of each need begin, shape (needs + 1,).
    supplier, value
        Of each candidate, shape (candidates,).
    outside
        Value of not being served, shape (needs,).
    need
        Need of each unit, shape (units,).
    places
        Where the places of each supplier begin, shape (suppliers + 1,).
    epsilon
        Least raise of a bid.
    most
        Bids after which it gives up.

    Returns
    -------
    tuple
        Candidate that each unit holds, -1 for none, shape (units,); price of the cheapest place of each
        supplier, shape (suppliers,); bids made, -1 where it gave up.
    """
    units = need.size
    price = np.zeros(places[-1])
    holder = np.full(places[-1], -1, dtype=np.int64)
    held = np.full(units, -1, dtype=np.int64)
    queue = np.arange(units)
    head, waiting, bids = 0, units, 0
    while waiting > 0:
        unit = queue[head]
        head = head + 1 if head + 1 < units else 0
        waiting -= 1
        one = need[unit]
        first, second, chosen = outside[one], outside[one], -1
        for c in range(begins[one], begins[one + 1]):
            root = places[supplier[c]]
            if root == places[supplier[c] + 1]:
                continue
            net = value[c] - price[root]
            if net > first:
                second = first
                first, chosen = net, c
            elif net > second:
                second = net
        if chosen < 0:
            continue
        bids += 1
        if bids > most:
            return held, np.zeros(places.size - 1), -1
        root, last = places[supplier[chosen]], places[supplier[chosen] + 1]
        displaced = holder[root]
        price[root] += first - second + epsilon
        holder[root] = unit
        held[unit] = chosen
        _settle(price, holder, root, last)
        if displaced >= 0:
            held[displaced] = -1
            tail = head + waiting
            queue[tail if tail < units else tail - units] = displaced
            waiting += 1
    cheapest = np.zeros(places.size - 1)
    for s in range(places.size - 1):
        if places[s] < places[s + 1]:
            cheapest[s] = price[places[s]]
    return held, cheapest, bids
