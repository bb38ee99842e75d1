"""Resilience: what is left of the network, and of the value it carries, as actors drop out."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numba import njit

from jiqun.cluster import UnknownName
from jiqun.measure.network.centrality import betweenness
from jiqun.measure.network.graph import Array, Codes, Graph
from jiqun.measure.resample import generators

__all__ = ["STRATEGIES", "Removal", "Strategy", "removal_curve", "resilience"]

Strategy = Literal["random", "degree", "flow", "betweenness"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
GRID = 101
"""Points of a curve."""


@dataclass(frozen=True, slots=True)
class Removal:
    """How the network shrinks under one order of removal, over seeds. Curves have shape (points,)."""

    strategy: Strategy
    removed: Array
    """Share of the actors removed."""
    giant: Array
    """Actors of the largest component over all actors, mean over seeds."""
    giant_low: Array
    giant_high: Array
    served: Array
    """Weight of the ties in the largest component over that of all ties, mean over seeds."""
    served_low: Array
    served_high: Array
    robustness: float
    """R: mean of the relative size of the largest component over all removals, at most 0.5."""
    robustness_low: float
    robustness_high: float
    half: float
    """Share of actors whose removal first halves the largest component of the whole."""
    seeds: int


def removal_curve(network: Graph, order: Codes) -> tuple[Array, Array]:
    """Give the largest component, and the weight of its ties, after 0, 1, 2 … removals in an order.

    Actors are put back from the last to the first and components joined, so that all removals together cost one
    pass over the ties.

    Parameters
    ----------
    network
        Ties of actors; direction does not count.
    order
        The actors, first removed first, shape (nodes,).

    Returns
    -------
    tuple of numpy.ndarray
        Actors of the largest component and weight of its ties, shapes (nodes + 1,). Of equal components the
        heavier counts.

    Examples
    --------
    A chain of three loses its middle:

    >>> from jiqun.measure.network.graph import graph
    >>> giant, served = removal_curve(graph([0, 1], [1, 2]), np.array([1, 0, 2]))
    >>> giant.tolist(), served.tolist()
    ([3.0, 1.0, 1.0, 0.0], [2.0, 0.0, 0.0, 0.0])
    """
    a = network.adjacency
    weight = network.merged.weight[a.tie]
    giant, served = np.zeros(network.nodes + 1), np.zeros(network.nodes + 1)
    _put_back(a.start, a.neighbour, weight, np.asarray(order, dtype=np.int64), giant, served)
    return giant, served


@njit(cache=True, nogil=True)
def _put_back(start, neighbour, weight, order, giant, served):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    nodes = len(order)
    root = np.arange(nodes)
    size, held = np.ones(nodes), np.zeros(nodes)
    there = np.zeros(nodes, dtype=np.bool_)
    best, value = 0.0, 0.0
    for k in range(nodes - 1, -1, -1):
        u = order[k]
        there[u] = True
        p = u
        for e in range(start[u], start[u + 1]):
            v = neighbour[e]
            if not there[v]:
                continue
            q = v
            while root[q] != q:
                root[q] = root[root[q]]
                q = root[q]
            if p != q:
                if size[p] < size[q]:
                    p, q = q, p
                root[q] = p
                size[p] += size[q]
                held[p] += held[q]
            held[p] += weight[e]
        if size[p] > best or (size[p] == best and held[p] > value):
            best, value = size[p], held[p]
        giant[k], served[k] = best, value


def resilience(
    network: Graph,
    *,
    strategies: Sequence[Strategy] = STRATEGIES,
    seeds: int = 20,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
    threads: int = 2,
) -> list[Removal]:
    r"""Remove actors at random, or the most important first, and follow the largest component.

    .. math:: R = \frac{1}{n} \sum_{q=1}^{n} S(q)

    with :math:`S(q)` the share of all n actors that the largest component has after q removals: near 0 where a few
    hold the network together, 0.5 where it shrinks only by those removed.

    ``"degree"`` removes whoever has most partners left (recalculated, as in the paper), ``"flow"`` whose ties weigh
    most, ``"betweenness"`` who lies on most shortest paths (both of the whole network). Ties in rank go by lot.

    Parameters
    ----------
    network
        Ties of actors; direction does not count.
    strategies
        Orders of removal.
    seeds
        Random orders, and random breaks of equal ranks.
    level
        Coverage of the intervals, which are quantiles over seeds.
    rng
        Generator, seed or None.
    threads
        Threads; they change no result.

    Returns
    -------
    list of Removal
        One for each strategy.

    Raises
    ------
    UnknownName
        If there is no such strategy.

    References
    ----------
    Albert, R., Jeong, H. & Barabási, A.-L. (2000), Error and attack tolerance of complex networks. doi:10.1038/35019019
    Schneider, C., Moreira, A., Andrade, J., Havlin, S. & Herrmann, H. (2011), Mitigation of malicious attacks on
    networks. doi:10.1073/pnas.1009440108

    Examples
    --------
    A star falls apart with its middle:

    >>> from jiqun.measure.network.graph import graph
    >>> star = graph([0, 0, 0, 0], [1, 2, 3, 4])
    >>> [(r.strategy, round(r.robustness, 3)) for r in resilience(star, strategies=["degree"], seeds=3)]
    [('degree', 0.16)]
    """
    for each in strategies:
        if each not in STRATEGIES:
            raise UnknownName("strategy", str(each), STRATEGIES)
    return [_removal(network, each, max(seeds, 1), level, rng, threads) for each in strategies]


def _removal(  # noqa: PLR0917
    network: Graph, strategy: Strategy, seeds: int, level: float, rng: np.random.Generator | int | None, threads: int
) -> Removal:
    n = network.nodes
    rank = np.zeros(n)
    if strategy == "flow":
        rank = network.strength
    elif strategy == "betweenness":
        rank = betweenness(network, rng=0, threads=threads).value

    def one(child: np.random.Generator) -> tuple[Array, Array]:
        lot = child.permutation(n).astype(np.int64)
        if strategy == "degree":
            a = network.adjacency
            order = _busiest(a.start, a.neighbour, lot)
        else:
            order = lot[np.argsort(-rank[lot], kind="stable")]
        return removal_curve(network, order)

    with ThreadPoolExecutor(threads) as pool:
        made = list(
            pool.map(one, generators(rng if not isinstance(rng, np.random.Generator) else rng.spawn(1)[0], seeds))
        )
    giant = np.array([g for g, _ in made]) / max(n, 1)
    served = np.array([s for _, s in made]) / max(float(network.weight.sum()), 1e-300)
    r = giant[:, 1:].mean(axis=1) if n else np.zeros(seeds)
    tails = [(1 - level) / 2, (1 + level) / 2]
    low, high = np.quantile(r, tails) if seeds > 1 else (np.nan, np.nan)
    at = np.unique(np.round(np.linspace(0, n, min(GRID, n + 1))).astype(np.int64))
    (giant_low, giant_high), (served_low, served_high) = (np.quantile(x[:, at], tails, axis=0) for x in (giant, served))
    fallen = (giant <= giant[:, :1] / 2).argmax(axis=1) / max(n, 1)
    return Removal(
        strategy,
        at / max(n, 1),
        giant[:, at].mean(axis=0),
        giant_low,
        giant_high,
        served[:, at].mean(axis=0),
        served_low,
        served_high,
        float(r.mean()),
        float(low),
        float(high),
        float(fallen.mean()),
        seeds,
    )


@njit(cache=True, nogil=True)
def _busiest(start, neighbour, lot):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Order by partners left at the time, the most first; equal ones as they come into a stack, first by lot."""
    nodes = len(start) - 1
    left = start[1:] - start[:-1]
    most = left.max() if nodes else 0
    head = np.full(most + 1, -1, dtype=np.int64)
    after, before = np.full(nodes, -1, dtype=np.int64), np.full(nodes, -1, dtype=np.int64)
    for u in lot:
        after[u], before[u] = head[left[u]], -1
        if head[left[u]] >= 0:
            before[head[left[u]]] = u
        head[left[u]] = u
    order, gone = np.empty(nodes, dtype=np.int64), np.zeros(nodes, dtype=np.bool_)
    for k in range(nodes):
        while head[most] < 0:
            most -= 1
        u = head[most]
        head[most] = after[u]
        if after[u] >= 0:
            before[after[u]] = -1
        order[k], gone[u] = u, True
        for e in range(start[u], start[u + 1]):
            v = neighbour[e]
            if gone[v]:
                continue
            if before[v] >= 0:
                after[before[v]] = after[v]
            else:
                head[left[v]] = after[v]
            if after[v] >= 0:
                before[after[v]] = before[v]
            left[v] -= 1
            after[v], before[v] = head[left[v]], -1
            if head[left[v]] >= 0:
                before[head[left[v]]] = v
            head[left[v]] = v
    return order
