"""A network as arrays: each ordered pair of actors once, and its neighbours on demand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jiqun.cluster import JiqunError

__all__ = ["Adjacency", "Array", "Codes", "Graph", "graph"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Neighbours of each node: those of ``i`` are ``neighbour[start[i]:start[i + 1]]``, in order.

    ``tie`` says which tie of the graph an entry is, so that the two entries of an undirected tie agree.
    """

    start: Codes
    """Shape (nodes + 1,)."""
    neighbour: NDArray[np.int32]
    tie: Codes


@dataclass(frozen=True)
class Graph:
    """Ties between ``nodes`` actors, numbered from 0. A tie of an actor with itself is left out.

    ``source``, ``target`` and ``weight`` have shape (ties,), each ordered pair once, in order of both.
    """

    nodes: int
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    weight: Array

    @cached_property
    def merged(self) -> Graph:
        """The network without direction: each pair once, from the lower number to the higher, weights added."""
        low, high = np.minimum(self.source, self.target), np.maximum(self.source, self.target)
        return graph(low, high, self.weight, nodes=self.nodes)

    @cached_property
    def adjacency(self) -> Adjacency:
        """Neighbours whichever way a tie runs, each once."""
        whole = self.merged
        ends = np.concatenate([whole.source, whole.target])
        others = np.concatenate([whole.target, whole.source])
        tie = np.tile(np.arange(len(whole.source), dtype=np.int64), 2)
        return _listed(ends, others, tie, self.nodes)

    @cached_property
    def outgoing(self) -> Adjacency:
        """Whom each actor supplies."""
        return _listed(self.source, self.target, np.arange(len(self.source), dtype=np.int64), self.nodes)

    @cached_property
    def incoming(self) -> Adjacency:
        """By whom each actor is supplied."""
        return _listed(self.target, self.source, np.arange(len(self.source), dtype=np.int64), self.nodes)

    @cached_property
    def degree(self) -> Codes:
        """Partners of each actor, shape (nodes,)."""
        return np.diff(self.adjacency.start)

    @cached_property
    def strength(self) -> Array:
        """Weight of all ties of each actor, shape (nodes,)."""
        both = np.bincount(self.source, self.weight, self.nodes) + np.bincount(self.target, self.weight, self.nodes)
        return both.astype(np.float64)

    @cached_property
    def one_way(self) -> bool:
        """Whether every actor either only supplies or only is supplied, as where buyers meet sellers."""
        out, into = np.zeros(self.nodes, dtype=bool), np.zeros(self.nodes, dtype=bool)
        out[self.source] = into[self.target] = True
        return not bool((out & into).any())


def _listed(ends: NDArray[np.int32], others: NDArray[np.int32], tie: Codes, nodes: int) -> Adjacency:
    order = np.lexsort((others, ends))
    start = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends, minlength=nodes), out=start[1:])
    return Adjacency(start, np.ascontiguousarray(others[order], dtype=np.int32), tie[order])


def graph(source: ArrayLike, target: ArrayLike, weight: ArrayLike | None = None, *, nodes: int | None = None) -> Graph:
    """Make a network of pairs of actors.

    Parameters
    ----------
    source, target
        Numbers of the actors from 0, shape (ties,). Pairs that occur twice are added up.
    weight
        Weight ≥ 0 of each, shape (ties,); None counts them.
    nodes
        How many actors there are; None takes the highest number.

    Raises
    ------
    JiqunError
        If numbers or weights are out of range.

    Examples
    --------
    >>> made = graph([0, 0, 1, 2, 2], [1, 1, 0, 2, 0])
    >>> made.source.tolist(), made.target.tolist(), made.weight.tolist(), made.merged.weight.tolist()
    ([0, 1, 2], [1, 0, 0], [2.0, 1.0, 1.0], [3.0, 1.0])
    """
    s, t = np.asarray(source, dtype=np.int64).ravel(), np.asarray(target, dtype=np.int64).ravel()
    w = np.ones(len(s)) if weight is None else np.asarray(weight, dtype=np.float64).ravel()
    many = int(max(s.max(initial=-1), t.max(initial=-1)) + 1) if nodes is None else nodes
    outside = len(s) and (min(s.min(), t.min()) < 0 or max(s.max(), t.max()) >= many)
    if len(s) != len(t) or len(s) != len(w) or outside or not np.isfinite(w).all() or (w < 0).any():
        raise JiqunError(
            f"graph needs as many sources, targets and weights, numbers from 0 to {many - 1} and weights ≥ 0.",
            f"graph 要求起点、终点与权重数量相同，编号在 0 到 {many - 1} 之间，且权重不小于 0。",
        )
    apart = s != t
    s, t, w = s[apart], t[apart], w[apart]
    key = s * max(many, 1) + t
    if len(key) and (np.diff(key) <= 0).any():
        order = np.argsort(key, kind="stable")
        key, w = key[order], w[order]
        first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
        key, w = key[first], np.add.reduceat(w, first)
    return Graph(many, (key // max(many, 1)).astype(np.int32), (key % max(many, 1)).astype(np.int32), w)
