"""Closure and degree: do partners deal with each other, do ties run both ways, do the busy meet the busy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit

from jiqun.cluster import JiqunError
from jiqun.measure.network.graph import Array, Graph
from jiqun.measure.network.mixing import Share
from jiqun.measure.network.rewiring import SWAPS, rewired
from jiqun.measure.resample import generators

__all__ = ["Against", "against_rewired", "clustering", "degree_assortativity", "reciprocity", "two_mode_clustering"]

WORK = 2_000_000_000
"""Steps of two ties up to which four-cycles are counted."""
DRAWS = 15_000_000
"""Swaps of ties spent on the null at most."""


@dataclass(frozen=True, slots=True)
class Against:
    """A number beside what networks with the same degrees have."""

    value: float
    chance: float
    """Mean over the random networks."""
    chance_low: float
    chance_high: float
    p: float
    """Two-sided; NaN without draws."""
    draws: int


def clustering(network: Graph) -> float:
    """Give the transitivity: the share of ways of two ties that are closed by a third, 3 triangles / ways.

    Parameters
    ----------
    network
        Ties; direction and weight do not count.

    Returns
    -------
    float
        NaN where there is no way of two ties.

    References
    ----------
    Newman, M., Strogatz, S. & Watts, D. (2001), Random graphs with arbitrary degree distributions and their
    applications. doi:10.1103/PhysRevE.64.026118

    Examples
    --------
    A triangle with one actor hanging on it: 3 of 5 ways are closed.

    >>> from jiqun.measure.network.graph import graph
    >>> clustering(graph([0, 0, 1, 2], [1, 2, 2, 3]))
    0.6
    """
    degree = network.degree.astype(np.float64)
    ways = float((degree * (degree - 1)).sum() / 2)
    if ways == 0:
        return float("nan")
    whole = network.merged
    # each tie from the end of fewer partners: no actor then has many
    rank = np.lexsort((np.arange(network.nodes), network.degree))
    place = np.empty(network.nodes, dtype=np.int64)
    place[rank] = np.arange(network.nodes)
    low = np.minimum(place[whole.source], place[whole.target])
    high = np.maximum(place[whole.source], place[whole.target])
    order = np.lexsort((high, low))
    start = np.zeros(network.nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(low, minlength=network.nodes), out=start[1:])
    return 3.0 * float(_triangles(start, high[order])) / ways


@njit(cache=True, nogil=True)
def _triangles(start, higher):  # type: ignore[no-untyped-def]  # pragma: no cover
    nodes = len(start) - 1
    mark = np.full(nodes, -1, dtype=np.int64)
    found = 0
    for u in range(nodes):
        for e in range(start[u], start[u + 1]):
            mark[higher[e]] = u
        for e in range(start[u], start[u + 1]):
            v = higher[e]
            for f in range(start[v], start[v + 1]):
                found += mark[higher[f]] == u
    return found


def two_mode_clustering(network: Graph) -> float:
    """Give the clustering of a network of two sides: the share of ways of three ties that close to four, 4 C₄ / L₃.

    Parameters
    ----------
    network
        Ties that all lead from one side to the other.

    Returns
    -------
    float
        NaN where there is no way of three ties.

    Raises
    ------
    JiqunError
        If an actor is on both sides, or there are too many ways to count.

    References
    ----------
    Robins, G. & Alexander, M. (2004), Small worlds among interlocking directors.
    doi:10.1023/B:CMOT.0000032580.12184.c0

    Examples
    --------
    Two sellers with the same two buyers, and one seller more of one of them: 4 · 1 of 6 ways.

    >>> from jiqun.measure.network.graph import graph
    >>> two_mode_clustering(graph([0, 0, 1, 1, 2], [3, 4, 3, 4, 3])).__round__(6)
    0.666667
    """
    if not network.one_way:
        raise JiqunError(
            "two_mode_clustering needs two sides: here some actors are supplied and supply.",
            "two_mode_clustering 要求网络分为两侧；这里有主体既被供给又供给他人。",
        )
    degree = network.degree.astype(np.float64)
    length_three = float(((degree[network.source] - 1) * (degree[network.target] - 1)).sum())
    if length_three == 0:
        return float("nan")
    into = np.bincount(network.target, minlength=network.nodes)
    out = np.bincount(network.source, minlength=network.nodes)
    from_, other = (network.outgoing, network.incoming)
    if float((into.astype(np.float64) ** 2).sum()) > float((out.astype(np.float64) ** 2).sum()):
        from_, other = other, from_
    steps = float((np.diff(other.start).astype(np.float64) ** 2).sum())
    if steps > WORK:
        raise JiqunError(
            f"two_mode_clustering: {steps:.3g} pairs with a partner in common are too many. Choose a kind or a period.",
            f"two_mode_clustering：有共同伙伴的配对达 {steps:.3g}，数量过多。请选择互动类型或时期。",
        )
    fours = _squares(from_.start, from_.neighbour, other.start, other.neighbour)
    return 4.0 * float(fours) / length_three


@njit(cache=True, nogil=True)
def _squares(start, neighbour, back_start, back):  # type: ignore[no-untyped-def]  # pragma: no cover
    nodes = len(start) - 1
    shared = np.zeros(nodes, dtype=np.int64)
    found = 0
    for u in range(nodes):
        for e in range(start[u], start[u + 1]):
            a = neighbour[e]
            for f in range(back_start[a], back_start[a + 1]):
                v = back[f]
                if v < u:
                    found += shared[v]
                    shared[v] += 1
        for e in range(start[u], start[u + 1]):
            a = neighbour[e]
            for f in range(back_start[a], back_start[a + 1]):
                shared[back[f]] = 0
    return found


def reciprocity(network: Graph) -> Share:
    r"""Give the share of ties that are returned, with the error over pairs of actors.

    Parameters
    ----------
    network
        Ties with direction; weight does not count.

    Returns
    -------
    Share
        The interval takes pairs of actors for independent (dyads), normal on the logit scale.

    References
    ----------
    Wasserman, S. & Faust, K. (1994), Social Network Analysis, ch. 13. doi:10.1017/CBO9780511815478

    Examples
    --------
    >>> from jiqun.measure.network.graph import graph
    >>> reciprocity(graph([0, 1, 1], [1, 0, 2])).value.__round__(6)
    0.666667
    """
    ties, pairs = len(network.source), len(network.merged.source)
    mutual = ties - pairs
    share = 2 * mutual / ties if ties else np.nan
    if not 0 < share < 1:
        return Share(share, np.nan, np.nan, np.nan, float(ties))
    # each pair holds one tie or two: the ratio 2 m / (pairs + m), linearised over pairs
    rate = mutual / pairs
    error = float(2 / (1 + rate) ** 2 * np.sqrt(rate * (1 - rate) / pairs))
    wide, logit = 1.959963984540054 * error / (share * (1 - share)), np.log(share / (1 - share))
    low, high = (float(1 / (1 + np.exp(-(logit + side * wide)))) for side in (-1, 1))
    return Share(share, low, high, error, float(ties))


def degree_assortativity(network: Graph, *, across: bool = False) -> float:
    """Give the correlation of the degrees at the two ends of a tie: above 0 where the busy meet the busy.

    Parameters
    ----------
    network
        Ties; direction and weight do not count.
    across
        For a network of two sides: correlate the one end with the other, not the pooled ends, which would only tell
        the sides apart.

    Returns
    -------
    float
        NaN where all degrees at ends are equal.

    References
    ----------
    Newman, M. (2002), Assortative mixing in networks. doi:10.1103/PhysRevLett.89.208701

    Examples
    --------
    In a star the busy one meets only the others:

    >>> from jiqun.measure.network.graph import graph
    >>> degree_assortativity(graph([0, 0, 0], [1, 2, 3])).__round__(6)
    -1.0
    """
    whole, degree = network.merged, network.degree.astype(np.float64)
    one, other = degree[whole.source], degree[whole.target]
    if not len(one):
        return float("nan")
    if across:
        one, other = degree[network.source], degree[network.target]
    else:
        one, other = np.concatenate([one, other]), np.concatenate([other, one])
    spread = float(one.std() * other.std())
    if spread <= 1e-12 * max(float(one.mean() * other.mean()), 1.0):
        return float("nan")
    return float(((one - one.mean()) * (other - other.mean())).mean() / spread)


def against_rewired(
    network: Graph,
    statistics: Mapping[str, Callable[[Graph], float]],
    *,
    draws: int = 199,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
) -> dict[str, Against]:
    """Compare numbers of a network with those of random networks of the same degrees.

    Parameters
    ----------
    network
        Ties; a network of two sides keeps them.
    statistics
        Functions of a network, by name; all are computed on the same random networks.
    draws
        Random networks; fewer where ties are many, and none where that would be less than 19: see ``Against.draws``.
    level
        Of the interval of chance.
    rng
        Generator, seed or None.

    Returns
    -------
    dict of Against
        By name.

    Examples
    --------
    >>> from jiqun.measure.network.graph import graph
    >>> ring = graph(range(12), [*range(1, 12), 0])
    >>> against_rewired(ring, {"clustering": clustering}, draws=19)["clustering"].value
    0.0
    """
    value = {name: statistic(network) for name, statistic in statistics.items()}
    many = min(draws, DRAWS // max(SWAPS * len(network.source), 1))
    found: dict[str, list[float]] = {name: [] for name in statistics}
    for child in generators(rng, many if many >= 19 else 0):
        drawn = rewired(network, rng=child)
        for name, statistic in statistics.items():
            found[name].append(statistic(drawn))
    return {name: _against(value[name], np.array(found[name]), level) for name in statistics}


def _against(value: float, drawn: Array, level: float) -> Against:
    known = drawn[np.isfinite(drawn)]
    if not len(known) or np.isnan(value):
        return Against(value, np.nan, np.nan, np.nan, np.nan, 0)
    mean = float(known.mean())
    beyond = int((np.abs(known - mean) >= abs(value - mean) * (1 - 1e-12)).sum())
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return Against(value, mean, float(low), float(high), (beyond + 1) / (len(known) + 1), len(known))
