"""Brokers: whose partners are not each other's, and between which groups an actor passes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numba import njit

from jiqun.cluster import JiqunError, Words
from jiqun.measure.network.graph import Array, Codes, Graph
from jiqun.measure.resample import generators

__all__ = ["ROLES", "Brokerage", "Holes", "brokerage", "structural_holes"]

ROLES: Mapping[str, Words] = MappingProxyType(
    {
        "coordinator": Words("Coordinator", "协调者"),
        "itinerant": Words("Itinerant broker", "外来中介"),
        "gatekeeper": Words("Gatekeeper", "守门人"),
        "representative": Words("Representative", "代理人"),
        "liaison": Words("Liaison", "联络人"),
    }
)
"""A → B → C by group: all three in one; A and C in one, B not; B and C; A and B; all three apart."""
WORK = 300_000_000
"""Steps of two ties up to which roles are counted."""


@dataclass(frozen=True, slots=True)
class Holes:
    """Burt's measures of the actors asked for, shapes (actors,)."""

    constraint: Array
    """How far all partners hang together; low: a broker. NaN without ties."""
    effective_size: Array
    """Partners less the mean number of ties among them; NaN without ties."""


@dataclass(frozen=True, slots=True)
class Brokerage:
    """Gould–Fernandez roles: how often each actor is between two that are not tied themselves."""

    counts: Codes
    """Shape (nodes, 5), in the order of :data:`ROLES`."""
    total: Codes
    """Of all actors, shape (5,)."""
    expected: Array
    """Mean of the total where the labels are dealt at random, shape (5,)."""
    p: Array
    """Two-sided, shape (5,)."""
    permutations: int


def structural_holes(network: Graph, actors: Codes | None = None) -> Holes:
    r"""Give Burt's constraint and effective size.

    .. math:: c_i = \sum_{j \in N(i)} \Bigl(p_{ij} + \sum_{q \neq i, j} p_{iq} p_{qj}\Bigr)^2, \qquad
        s_i = k_i - \frac{2 t_i}{k_i}

    with :math:`p_{ij}` the share of j in the weight of i's ties (both directions added), :math:`k_i` its partners and
    :math:`t_i` the ties among them, each counted once.

    Parameters
    ----------
    network
        Ties of actors.
    actors
        Whom to look at, shape (actors,); None takes all.

    Returns
    -------
    Holes
        Constraint and effective size of each actor asked for.

    References
    ----------
    Burt, R. (1992), Structural Holes. Harvard University Press.
    Borgatti, S. (1997), Structural holes: unpacking Burt's redundancy measures. Connections 20(1).

    Examples
    --------
    The middle of a star of three is bound by none of them more than a third:

    >>> from jiqun.measure.network.graph import graph
    >>> found = structural_holes(graph([0, 0, 0], [1, 2, 3]), np.array([0]))
    >>> found.constraint.round(6).tolist(), found.effective_size.tolist()
    ([0.333333], [3.0])
    """
    wanted = np.arange(network.nodes) if actors is None else np.asarray(actors, dtype=np.int64)
    a = network.adjacency
    weight = network.merged.weight[a.tie]
    total = np.bincount(np.repeat(np.arange(network.nodes), np.diff(a.start)), weight, network.nodes)
    constraint, size = np.full(len(wanted), np.nan), np.full(len(wanted), np.nan)
    _holes(a.start, a.neighbour, weight, total, wanted, constraint, size)
    return Holes(constraint, size)


@njit(cache=True, nogil=True)
def _holes(start, neighbour, weight, total, wanted, constraint, size):  # type: ignore[no-untyped-def]  # noqa: PLR0917 # pragma: no cover
    nodes = len(start) - 1
    share, partner = np.zeros(nodes), np.zeros(nodes, dtype=np.bool_)
    for k in range(len(wanted)):
        i = wanted[k]
        degree = start[i + 1] - start[i]
        if degree == 0 or total[i] <= 0.0:
            continue
        for e in range(start[i], start[i + 1]):
            share[neighbour[e]] += weight[e] / total[i]
            partner[neighbour[e]] = True
        among = 0
        for e in range(start[i], start[i + 1]):
            q, through = neighbour[e], weight[e] / total[i]
            if total[q] <= 0.0:
                continue
            for f in range(start[q], start[q + 1]):
                j = neighbour[f]
                if partner[j]:
                    among += 1
                    share[j] += through * weight[f] / total[q]
        sum_ = 0.0
        for e in range(start[i], start[i + 1]):
            j = neighbour[e]
            sum_ += share[j] * share[j]
        for e in range(start[i], start[i + 1]):
            share[neighbour[e]], partner[neighbour[e]] = 0.0, False
        constraint[k], size[k] = sum_, degree - among / degree


def brokerage(
    network: Graph, label: Codes, *, permutations: int = 199, rng: np.random.Generator | int | None = 0
) -> Brokerage:
    """Count, for each actor B, the ways A → B → C without a tie A → C, by the groups of the three.

    Parameters
    ----------
    network
        Ties with direction.
    label
        Group of each actor, −1 where it is not known: it takes part in no role. Shape (nodes,).
    permutations
        Times the known labels are dealt to their actors at random.
    rng
        Generator, seed or None.

    Returns
    -------
    Brokerage
        Roles of each actor, their totals, and what chance gives.

    Raises
    ------
    JiqunError
        If nobody is both supplied and a supplier, or there are too many ways to count.

    References
    ----------
    Gould, R. & Fernandez, R. (1989), Structures of mediation. doi:10.2307/270949

    Examples
    --------
    One actor of group 0 supplies group 1 through another of group 1: a gatekeeper.

    >>> from jiqun.measure.network.graph import graph
    >>> brokerage(graph([0, 1], [1, 2]), np.array([0, 1, 1])).total.tolist()
    [0, 0, 1, 0, 0]
    """
    out, into = network.outgoing, network.incoming
    ways = float((np.diff(out.start) * np.diff(into.start)).sum())
    if ways == 0:
        raise JiqunError(
            "brokerage is not computable: needs actors that both are supplied and supply; here nobody is.",
            "无法计算中介角色：需要既被供给又供给他人的主体；这里每个主体只有其中一种角色。",
        )
    if ways > WORK:
        raise JiqunError(
            f"brokerage: {ways:.3g} ways of two ties are too many to count. Choose a layer, a kind or a period.",
            f"中介角色：两步路径共 {ways:.3g} 条，数量过多。请选择层、互动类型或时期。",
        )
    permutations = min(permutations, int(WORK / ways) - 1)
    arrays = out.start, out.neighbour
    counts = np.zeros((network.nodes, 5), dtype=np.int64)
    _roles(*arrays, label, counts)
    total = counts.sum(axis=0)
    known = np.flatnonzero(label >= 0)
    drawn = np.empty((max(permutations, 0), 5))
    for k, child in enumerate(generators(rng, len(drawn))):
        dealt, some = label.copy(), np.zeros((network.nodes, 5), dtype=np.int64)
        dealt[known] = child.permutation(label[known])
        _roles(*arrays, dealt, some)
        drawn[k] = some.sum(axis=0)
    if not len(drawn):
        return Brokerage(counts, total, np.full(5, np.nan), np.full(5, np.nan), 0)
    mean = drawn.mean(axis=0)
    beyond = (np.abs(drawn - mean) >= np.abs(total - mean) * (1 - 1e-12)).sum(axis=0)
    return Brokerage(counts, total, mean, (beyond + 1) / (len(drawn) + 1), len(drawn))


@njit(cache=True, nogil=True)
def _roles(out_start, out, label, counts):  # type: ignore[no-untyped-def]  # pragma: no cover
    nodes = len(out_start) - 1
    direct = np.full(nodes, -1, dtype=np.int64)
    for a in range(nodes):
        for e in range(out_start[a], out_start[a + 1]):
            direct[out[e]] = a
        if label[a] < 0:
            continue
        for e in range(out_start[a], out_start[a + 1]):
            b = out[e]
            if label[b] < 0:
                continue
            for f in range(out_start[b], out_start[b + 1]):
                c = out[f]
                if c == a or direct[c] == a or label[c] < 0:
                    continue
                if label[a] == label[b]:
                    role = 0 if label[b] == label[c] else 3
                elif label[b] == label[c]:
                    role = 2
                else:
                    role = 1 if label[a] == label[c] else 4
                counts[b, role] += 1
