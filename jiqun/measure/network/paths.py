"""Chain or network: how many ways lead from a supplier to a customer that share no tie."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import scipy.sparse.csgraph
from numpy.typing import NDArray
from scipy.special import ndtri

from jiqun.cluster import JiqunError
from jiqun.measure.network.cores import core_numbers
from jiqun.measure.network.graph import Array, Codes, Graph, graph
from jiqun.measure.network.path_kernels import between, cut_tree

__all__ = ["Paths", "PathsAdded", "added_paths", "components", "cyclomatic", "disjoint_paths", "paths_between"]

EXACT = 10_000
"""Actors of the network without its hanging trees, up to which all pairs are counted."""
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Paths:
    """Edge-disjoint paths of pairs of suppliers and customers. Intervals are NaN where all pairs were counted."""

    mean: float
    mean_low: float
    mean_high: float
    connected: float
    """Share of pairs with a path at all."""
    connected_low: float
    connected_high: float
    several: float
    """Share of pairs with two or more."""
    several_low: float
    several_high: float
    pairs: int
    """Pairs looked at."""
    of: int
    """Pairs there are."""
    histogram: Array
    """Share of the pairs with 0, 1, 2 … paths, shape (most + 1,)."""

    @property
    def exact(self) -> bool:
        """Whether all pairs were counted."""
        return bool(np.isnan(self.mean_low))


@dataclass(frozen=True, slots=True)
class PathsAdded:
    """The same pairs without and with further ties, and the difference."""

    without: Paths
    with_: Paths
    mean: float
    mean_low: float
    mean_high: float
    several: float
    several_low: float
    several_high: float


def components(network: Graph) -> Codes:
    """Give the component of each actor, shape (nodes,), without regard to direction."""
    shape = (network.nodes, network.nodes)
    matrix = sp.csr_array((np.ones(len(network.source)), (network.source, network.target)), shape=shape)
    return scipy.sparse.csgraph.connected_components(matrix, directed=False)[1].astype(np.int64)


def cyclomatic(network: Graph) -> int:
    """Give the number of independent cycles, ties − actors + components: 0 for a chain or tree.

    Every tie beyond those that a tree needs closes one cycle. Direction does not count; a pair has one tie.

    Parameters
    ----------
    network
        Ties of actors.

    References
    ----------
    Berge, C. (1962), The Theory of Graphs and its Applications. Wiley.

    Examples
    --------
    >>> from jiqun.measure.network.graph import graph
    >>> cyclomatic(graph([0, 1, 2], [1, 2, 3])), cyclomatic(graph([0, 1, 2], [1, 2, 0]))
    (0, 1)
    """
    parts = int(components(network).max(initial=-1)) + 1
    return len(network.merged.source) - network.nodes + parts


def paths_between(network: Graph, source: Codes, target: Codes, *, threads: int = 2) -> Codes:
    """Count the edge-disjoint paths of pairs of actors: the fewest ties whose loss parts them (Menger).

    Paths run either way along a tie, and each pair of actors has one tie. Maximum flow in a network of unit
    capacities, by augmenting paths that are searched from both ends.

    Parameters
    ----------
    network
        Ties of actors.
    source, target
        The pairs, shape (pairs,); the two of a pair differ.
    threads
        Threads; they change no result.

    Returns
    -------
    numpy.ndarray
        Shape (pairs,).

    References
    ----------
    Menger, K. (1927), Zur allgemeinen Kurventheorie. doi:10.4064/fm-10-1-96-115

    Examples
    --------
    In a ring there are two ways:

    >>> from jiqun.measure.network.graph import graph
    >>> paths_between(graph([0, 1, 2, 3], [1, 2, 3, 0]), np.array([0]), np.array([2])).tolist()
    [2]
    """
    if (source == target).any():
        raise JiqunError(
            "paths_between needs pairs of two different actors.",
            "paths_between 要求每一对由两个不同的主体组成。",
        )
    a = network.adjacency
    found = np.empty(len(source), dtype=np.int64)
    size = max(_BLOCK, -(-len(source) // (4 * threads)))

    def work(first: int) -> None:
        part = slice(first, first + size)
        between(a.start, a.neighbour, a.tie, source[part], target[part], found[part])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(0, len(source), size)))
    return found


def disjoint_paths(
    network: Graph,
    *,
    suppliers: NDArray[np.bool_] | None = None,
    customers: NDArray[np.bool_] | None = None,
    pairs: int = 1_000,
    exact: int = EXACT,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
    threads: int = 2,
) -> Paths:
    r"""Mean number of edge-disjoint paths of supplier and customer pairs, and the share of pairs with two or more.

    In a chain or tree every pair has one path; a loss of any tie on it parts the two. The mean is

    .. math:: \bar\lambda = \frac{1}{|P|} \sum_{(s,c) \in P} \lambda(s, c)

    with :math:`\lambda` the maximum flow at unit capacities and :math:`P` all pairs of a supplier and another actor
    that is a customer; a pair in different components has 0. This is ours, after two figures of 李天健、李伟 (2025).

    Parameters
    ----------
    network
        Ties from supplier to customer; paths run either way along them.
    suppliers, customers
        Which actors are, shape (nodes,); None: those that a tie leaves, and those that one reaches.
    pairs
        Pairs drawn where not all are counted.
    exact
        Count all pairs where at most so many actors lie in cycles or between them: by a cut tree (Gusfield 1990).
    level
        Coverage of the intervals, which are those of drawing pairs: for the shares Wilson's, for the mean normal.
    rng
        Generator, seed or None.
    threads
        Threads; they change no result.

    Returns
    -------
    Paths
        Mean and shares with their intervals, and the share of pairs by number of paths.

    Raises
    ------
    JiqunError
        If there is no pair of a supplier and another actor that is a customer.

    References
    ----------
    李天健、李伟 (2025). Gusfield, D. (1990), Very simple methods for all pairs network flow analysis.
    doi:10.1137/0219009

    Examples
    --------
    A chain of four, and the same closed to a ring:

    >>> from jiqun.measure.network.graph import graph
    >>> chain, ring = graph([0, 1, 2], [1, 2, 3]), graph([0, 1, 2, 3], [1, 2, 3, 0])
    >>> disjoint_paths(chain).mean, disjoint_paths(chain).several
    (1.0, 0.0)
    >>> disjoint_paths(ring).mean, disjoint_paths(ring).several
    (2.0, 1.0)
    """
    s, c = _sides(network, suppliers, customers)
    if int((core_numbers(network) >= 2).sum()) <= exact:
        return _counted(_histogram(network, s, c))
    source, target = _drawn(s, c, pairs, rng)
    return _estimated(paths_between(network, source, target, threads=threads), _pairs(s, c), level)


def added_paths(
    network: Graph,
    further: Graph,
    *,
    suppliers: NDArray[np.bool_] | None = None,
    customers: NDArray[np.bool_] | None = None,
    pairs: int = 1_000,
    exact: int = EXACT,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
    threads: int = 2,
) -> PathsAdded:
    """Compare the paths of the same pairs without and with further ties, such as those of the digital layer.

    Parameters
    ----------
    network
        Ties without; its suppliers and customers make the pairs.
    further
        Further ties between the same numbers of actors (and more actors after them).
    suppliers, customers, pairs, exact, level, rng, threads
        As in :func:`disjoint_paths`. The same pairs are drawn for both, so that the interval of the difference is
        that of a paired comparison.

    Returns
    -------
    PathsAdded
        The two, and what the further ties add.

    Examples
    --------
    >>> from jiqun.measure.network.graph import graph
    >>> found = added_paths(graph([0, 1, 2], [1, 2, 3]), graph([3], [0], nodes=4))
    >>> found.without.mean, found.with_.mean, found.mean, found.several
    (1.0, 2.0, 1.0, 1.0)
    """
    nodes = max(network.nodes, further.nodes)
    base = Graph(nodes, network.source, network.target, network.weight)
    whole = graph(
        np.concatenate([base.source, further.source]), np.concatenate([base.target, further.target]), nodes=nodes
    )
    s, c = (_wide(side, nodes) for side in _sides(network, suppliers, customers))
    if max(int((core_numbers(each) >= 2).sum()) for each in (base, whole)) <= exact:
        without, with_ = (_counted(_histogram(each, s, c)) for each in (base, whole))
        gain, share = with_.mean - without.mean, with_.several - without.several
        return PathsAdded(without, with_, gain, np.nan, np.nan, share, np.nan, np.nan)
    source, target = _drawn(s, c, pairs, rng)
    few, many = (paths_between(each, source, target, threads=threads) for each in (base, whole))
    return PathsAdded(
        _estimated(few, _pairs(s, c), level),
        _estimated(many, _pairs(s, c), level),
        *_normal((many - few).astype(np.float64), level),
        *_normal((many >= 2).astype(np.float64) - (few >= 2), level),
    )


def _sides(
    network: Graph, suppliers: NDArray[np.bool_] | None, customers: NDArray[np.bool_] | None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    s = np.bincount(network.source, minlength=network.nodes) > 0 if suppliers is None else suppliers
    c = np.bincount(network.target, minlength=network.nodes) > 0 if customers is None else customers
    if _pairs(s, c) < 1:
        raise JiqunError(
            "disjoint_paths is not computable: needs a supplier and another actor that is a customer.",
            "disjoint_paths 无法计算：至少需要一个供应方和另一个需求方。",
        )
    return s, c


def _pairs(s: NDArray[np.bool_], c: NDArray[np.bool_]) -> int:
    return int(s.sum()) * int(c.sum()) - int((s & c).sum())


def _wide(side: NDArray[np.bool_], nodes: int) -> NDArray[np.bool_]:
    return np.concatenate([side, np.zeros(nodes - len(side), dtype=bool)])


def _drawn(
    s: NDArray[np.bool_], c: NDArray[np.bool_], pairs: int, rng: np.random.Generator | int | None
) -> tuple[Codes, Codes]:
    """Draw pairs with replacement, each as likely as any other."""
    seeded, from_, to = np.random.default_rng(rng), np.flatnonzero(s), np.flatnonzero(c)
    made: list[tuple[Codes, Codes]] = []
    while sum(len(a) for a, _ in made) < pairs:
        a, b = seeded.choice(from_, pairs), seeded.choice(to, pairs)
        made.append((a[a != b], b[a != b]))
    source, target = (np.concatenate(side)[:pairs] for side in zip(*made, strict=True))
    return source, target


def _histogram(network: Graph, s: NDArray[np.bool_], c: NDArray[np.bool_]) -> Array:
    """How many pairs have 0, 1, 2 … paths: joined by the values of a cut tree, from the largest down."""
    deep = core_numbers(network) >= 2
    place = np.cumsum(deep) - 1
    whole = network.merged
    inside = deep[whole.source] & deep[whole.target]
    core = graph(place[whole.source[inside]], place[whole.target[inside]], nodes=int(deep.sum()))
    parent, value = np.zeros(core.nodes, dtype=np.int64), np.zeros(core.nodes, dtype=np.int64)
    a = core.adjacency
    cut_tree(a.start, a.neighbour, a.tie, parent, value)
    order = np.argsort(-value[1:], kind="stable") + 1
    order = order[value[order] > 0]
    origin = np.flatnonzero(deep)
    # outside the cores all ties are bridges: one path, and only one
    first = np.concatenate([origin[order], whole.source])
    second = np.concatenate([origin[parent[order]], whole.target])
    height = np.concatenate([value[order], np.ones(len(whole.source), dtype=np.int64)])
    counts = np.zeros(int(height.max(initial=0)) + 1)
    root = np.arange(network.nodes)
    many_s, many_c = s.astype(np.float64), c.astype(np.float64)
    for u, v, h in zip(first.tolist(), second.tolist(), height.tolist(), strict=True):
        p, q = _root(root, u), _root(root, v)
        if p != q:
            counts[h] += many_s[p] * many_c[q] + many_s[q] * many_c[p]
            root[q] = p
            many_s[p] += many_s[q]
            many_c[p] += many_c[q]
    counts[0] = _pairs(s, c) - counts[1:].sum()
    return counts


def _root(root: Codes, u: int) -> int:
    while root[u] != u:
        root[u] = root[root[u]]
        u = int(root[u])
    return u


def _counted(counts: Array) -> Paths:
    total = counts.sum()
    share = counts / total
    nan = np.nan
    mean = float(share @ np.arange(len(share)))
    return Paths(
        mean, nan, nan, float(1 - share[0]), nan, nan, float(share[2:].sum()), nan, nan, int(total), int(total), share
    )


def _estimated(found: Codes, of: int, level: float) -> Paths:
    share = np.bincount(found) / len(found)
    return Paths(
        *_normal(found.astype(np.float64), level),
        *_wilson(float((found >= 1).mean()), len(found), level),
        *_wilson(float((found >= 2).mean()), len(found), level),
        pairs=len(found),
        of=of,
        histogram=share,
    )


def _normal(values: Array, level: float) -> tuple[float, float, float]:
    mean = float(values.mean())
    wide = float(ndtri((1 + level) / 2) * values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.nan
    return mean, mean - wide, mean + wide


def _wilson(share: float, n: int, level: float) -> tuple[float, float, float]:
    """Score interval of a share (Wilson 1927)."""
    z = float(ndtri((1 + level) / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    wide = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return share, float(min(middle - wide, share)), float(max(middle + wide, share))
