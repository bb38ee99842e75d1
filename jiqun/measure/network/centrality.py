"""Who is central: on the shortest ways between others, and where what flows through the network ends up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtri

from jiqun.cluster.facts import Words
from jiqun.cluster.progress import Progress, silent
from jiqun.measure.network.graph import Array, Codes, Graph

__all__ = ["Betweenness", "betweenness", "pagerank"]

EXACT = 500_000_000
"""Actors × ties up to which every actor is a start of shortest paths."""
_BLOCK = 8
_STEP = Words("Counting shortest paths", "正在统计最短路径")


@dataclass(frozen=True, slots=True)
class Betweenness:
    """Betweenness of each actor, and how sure it is. Shapes (nodes,)."""

    value: Array
    """Share of the pairs of others whose shortest ways lead over the actor; ways of equal length count in parts."""
    low: Array
    high: Array
    """Interval of the sampling of starts; NaN where all were taken."""
    starts: int
    exact: bool


def betweenness(
    network: Graph,
    *,
    starts: int | None = None,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
    threads: int = 2,
    progress: Progress = silent,
) -> Betweenness:
    r"""Give the betweenness of every actor: exact, or from a sample of starts with its error.

    .. math:: b_v = \frac{1}{(n-1)(n-2)} \sum_{s \neq v \neq t} \frac{\sigma_{st}(v)}{\sigma_{st}}

    over ordered pairs, where :math:`\sigma_{st}` counts the shortest paths and :math:`\sigma_{st}(v)` those over v.
    Ties have no direction and length 1.

    Parameters
    ----------
    network
        Ties of actors.
    starts
        Actors from which shortest paths are followed, drawn without replacement; None takes all where that is quick,
        else 256.
    level
        Coverage of the interval, which is that of drawing starts (normal, with the correction for a finite population).
    rng
        Generator, seed or None.
    threads
        Threads; they change no result.
    progress
        Told after each block of starts.

    Returns
    -------
    Betweenness
        Values, their interval, and how many starts were taken.

    References
    ----------
    Freeman, L. (1977), A set of measures of centrality based on betweenness. doi:10.2307/3033543
    Brandes, U. (2001), A faster algorithm for betweenness centrality. doi:10.1080/0022250X.2001.9990249
    Brandes, U. & Pich, C. (2007), Centrality estimation in large networks. doi:10.1142/S0218127407018403

    Examples
    --------
    In a chain of three all ways between the ends lead over the middle:

    >>> from jiqun.measure.network.graph import graph
    >>> betweenness(graph([0, 1], [1, 2])).value.tolist()
    [0.0, 1.0, 0.0]
    """
    a, n = network.adjacency, network.nodes
    if starts is None:
        starts = n if n * max(len(a.neighbour), 1) <= EXACT else min(256, n)
    starts = min(max(starts, 1), n)
    chosen = np.arange(n) if starts == n else np.sort(np.random.default_rng(rng).choice(n, starts, replace=False))
    size = max(_BLOCK, -(-starts // 64))
    blocks = [chosen[k : k + size].astype(np.int64) for k in range(0, starts, size)]
    total, squares = np.zeros(n), np.zeros(n)

    def work(block: Codes) -> tuple[Array, Array]:
        one, two = np.zeros(n), np.zeros(n)
        _dependencies(a.start, a.neighbour, block, one, two)
        return one, two

    with ThreadPoolExecutor(threads) as pool:
        # in order and a few at a time: the sum does not depend on threads, and memory stays small
        for first in range(0, len(blocks), 2 * threads):
            for one, two in pool.map(work, blocks[first : first + 2 * threads]):
                total += one
                squares += two
            progress(_STEP, min(first + 2 * threads, len(blocks)), len(blocks))
    scale = n / starts / max((n - 1) * (n - 2), 1)
    value = total * scale
    if starts == n or starts < 2:
        unknown = np.full(n, np.nan)
        return Betweenness(value, unknown, unknown, starts, exact=starts == n)
    variance = np.maximum(squares - total**2 / starts, 0.0) / (starts - 1) * starts * (1 - starts / n)
    wide = float(ndtri((1 + level) / 2)) * np.sqrt(variance) * scale
    return Betweenness(value, np.maximum(value - wide, 0.0), value + wide, starts, exact=False)


@njit(cache=True, nogil=True)
def _dependencies(start, neighbour, sources, total, squares):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Add what each source depends on every actor for, and its square (Brandes 2001)."""
    nodes = len(start) - 1
    far = np.full(nodes, -1, dtype=np.int32)
    ways, owed = np.zeros(nodes), np.zeros(nodes)
    queue = np.empty(nodes, dtype=np.int64)
    for s in sources:
        queue[0], far[s], ways[s] = s, 0, 1.0
        head, tail = 0, 1
        while head < tail:
            u = queue[head]
            head += 1
            for e in range(start[u], start[u + 1]):
                v = neighbour[e]
                if far[v] < 0:
                    far[v] = far[u] + 1
                    queue[tail] = v
                    tail += 1
                if far[v] == far[u] + 1:
                    ways[v] += ways[u]
        for k in range(tail - 1, 0, -1):
            u = queue[k]
            each = (1.0 + owed[u]) / ways[u]
            for e in range(start[u], start[u + 1]):
                v = neighbour[e]
                if far[v] == far[u] - 1:
                    owed[v] += ways[v] * each
            total[u] += owed[u]
            squares[u] += owed[u] * owed[u]
        for k in range(tail):
            u = queue[k]
            far[u], ways[u], owed[u] = -1, 0.0, 0.0


def pagerank(network: Graph, *, damping: float = 0.85, tolerance: float = 1e-12, rounds: int = 500) -> Array:
    r"""Give the share of time that a walk along the ties, from supplier to customer, spends at each actor.

    .. math:: x_j = \frac{1-d}{n} + d \Bigl(\sum_i x_i \frac{w_{ij}}{\sum_k w_{ik}} + \frac{1}{n} \sum_{z} x_z\Bigr)

    with z the actors that supply nobody, from whom the walk goes on anywhere.

    Parameters
    ----------
    network
        Ties with direction and weight.
    damping
        d: the chance that the walk goes on rather than starts anywhere.
    tolerance
        The sum of absolute changes at which it stops.
    rounds
        Steps at most.

    Returns
    -------
    numpy.ndarray
        Shape (nodes,); sums to 1.

    References
    ----------
    Brin, S. & Page, L. (1998), The anatomy of a large-scale hypertextual Web search engine.
    doi:10.1016/S0169-7552(98)00110-X

    Examples
    --------
    >>> from jiqun.measure.network.graph import graph
    >>> pagerank(graph([0, 1, 2], [1, 2, 0])).round(6).tolist()
    [0.333333, 0.333333, 0.333333]
    """
    n = network.nodes
    if not n:
        return np.zeros(0)
    out = np.bincount(network.source, network.weight, n)
    share = network.weight / np.where(out > 0, out, 1.0)[network.source]
    step = sp.csr_array((share, (network.target, network.source)), shape=(n, n))
    idle: NDArray[np.bool_] = out <= 0
    x = np.full(n, 1.0 / n)
    for _ in range(rounds):
        after = damping * (step @ x + x[idle].sum() / n) + (1 - damping) / n
        if float(np.abs(after - x).sum()) < tolerance:
            return np.asarray(after / after.sum(), dtype=np.float64)
        x = after
    return np.asarray(x / x.sum(), dtype=np.float64)
