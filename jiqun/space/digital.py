"""Digital space: firms joined by the counterparts they share beyond chance.

The picture is laid out once, over all periods and industries; filters change which firms and links
are shown, never where a firm is, so that a moving slider can be followed by eye.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp
import scipy.sparse.csgraph
from numpy.typing import NDArray

from jiqun.cluster import Cluster
from jiqun.engine.derived import derived
from jiqun.space.actors import actors, within_industry
from jiqun.space.communities import ALONE
from jiqun.space.exchanges import Exchanges, exchanges
from jiqun.space.expectation import chance, shared
from jiqun.space.kept import kept
from jiqun.space.layout import layout
from jiqun.space.periods import Window

__all__ = [
    "LIMIT",
    "NEIGHBOURS",
    "SEED",
    "Shared",
    "Sides",
    "Z",
    "communities",
    "of_industry",
    "shared_counterparts",
    "sides",
    "which_side",
]

Array = NDArray[np.float64]

LIMIT = 2_000
"""Firms shown at most: the ones with the most counterparts under the filters."""
NEIGHBOURS = 6
"""Strongest links kept for each firm."""
Z = 3.0
"""Links are drawn where the excess is above this many standard deviations of chance."""
SEED = 20170101


@dataclass(frozen=True, slots=True)
class Sides:
    """Which side of the exchanges are the firms, by pairs: ``firm`` and ``counterpart`` are positions in the ids."""

    firms: NDArray[np.str_]
    counterparts: NDArray[np.str_]
    firm: NDArray[np.int32]
    counterpart: NDArray[np.int32]
    row: NDArray[np.int64]
    """Position of each pair in the exchanges."""
    one_mode: bool
    """Whether firms deal with firms, so that both ends of a pair are on both sides."""
    sold: bool
    """Whether the firms are the targets of the exchanges."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A network of firms; edges are positions in the nodes, each pair once."""

    firm: NDArray[np.str_]
    x: Array
    y: Array
    size: Array
    """Value of the exchanges of the firm under the filters: amount, or number."""
    counterparts: NDArray[np.int64]
    community: NDArray[np.int64]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: Array
    total: int
    """Firms with a counterpart under the filters, shown or not."""


def sides(cluster: Cluster) -> Sides | None:
    """Tell firms from their counterparts; None where nobody deals with anybody.

    Targets are the firms (what is bought from, invested in), unless the actors of kind *firm* are
    the ones that act. Where a fifth of the smaller side also stands on the other side, firms deal
    with firms and each pair counts from both ends.
    """
    return kept(cluster, "sides", lambda: _sides(cluster))


def _sides(cluster: Cluster) -> Sides | None:
    traded = exchanges(cluster)
    if traded is None:
        return None
    rows = np.arange(traded.period.size)
    side = which_side(cluster, traded.sources, traded.targets)
    if side == "both":
        ids = np.union1d(traded.sources, traded.targets)
        source = np.searchsorted(ids, traded.sources)[traded.source].astype(np.int32)
        target = np.searchsorted(ids, traded.targets)[traded.target].astype(np.int32)
        return Sides(ids, ids, np.r_[target, source], np.r_[source, target], np.r_[rows, rows], True, True)
    if side == "source":
        return Sides(traded.sources, traded.targets, traded.source, traded.target, rows, False, False)
    return Sides(traded.targets, traded.sources, traded.target, traded.source, rows, False, True)


def which_side(
    cluster: Cluster, sources: NDArray[np.str_], targets: NDArray[np.str_]
) -> Literal["source", "target", "both"]:
    """Say on which side of pairs the firms are, see :func:`sides`.

    Parameters
    ----------
    cluster
        The data.
    sources, targets
        Distinct identifiers on each side.
    """
    both = np.intersect1d(sources, targets)
    if len(both) > 0.2 * min(len(sources), len(targets)):
        return "both"
    roster = actors(cluster)
    firms = roster.filter(roster["kind"] == "firm")["actor_id"].to_numpy().astype(str)
    acting = np.isin(sources, firms).mean() if len(firms) else 0.0
    acted_on = np.isin(targets, firms).mean() if len(firms) else 1.0
    return "source" if acting > acted_on + 0.5 else "target"


def shared_counterparts(
    cluster: Cluster, *, industry: str | None = None, within: Window | None = None
) -> Shared | None:
    """Give the network of firms by shared counterparts under the filters.

    The weight of a link is ``(S − E) / √(k_i k_j)``: counterparts shared beyond the bipartite
    configuration model, relative to the counterparts of both. Links below ``Z`` standard deviations
    of chance are left out, as are those that are not among the ``NEIGHBOURS`` strongest of either end.

    Parameters
    ----------
    cluster
        The data.
    industry
        Show the firms of this industry and those below it.
    within
        Build the links from the exchanges of this time only.

    Returns
    -------
    Shared or None
        None where there are no exchanges at all.
    """
    two = sides(cluster)
    traded = exchanges(cluster)
    if two is None or traded is None:
        return None
    rows = traded.within(within)[two.row]
    if industry is not None:
        rows &= of_industry(cluster, two, industry)[two.firm]
    links, size, total = _links(two, traded, rows)
    shown = links.firm
    source, target, weight = _edges(links.matrix)
    placed = _placed(cluster)
    at, community = _positions(placed, two, shown)
    return Shared(
        firm=two.firms[shown],
        x=at[:, 0],
        y=at[:, 1],
        size=size[shown],
        counterparts=links.degree,
        community=community,
        source=source,
        target=target,
        weight=weight,
        total=total,
    )


@dataclass(frozen=True, slots=True)
class _Links:
    firm: NDArray[np.int64]
    matrix: sp.csr_array
    degree: NDArray[np.int64]


def of_industry(cluster: Cluster, two: Sides, industry: str) -> NDArray[np.bool_]:
    """Say which firms belong to an industry or one below it."""
    codes = list(within_industry(cluster, industry))
    roster = actors(cluster)
    member = roster.filter(roster["industry"].is_in(codes))["actor_id"].to_numpy().astype(str)
    return np.isin(two.firms, member)


def _links(two: Sides, traded: Exchanges, rows: NDArray[np.bool_]) -> tuple[_Links, Array, int]:
    """Who deals with whom in these rows, for the firms with the most counterparts; size of every firm; how many."""
    firm, counterpart = two.firm[rows], two.counterpart[rows]
    size = np.bincount(firm, traded.value[two.row[rows]], len(two.firms)).astype(np.float64)
    everyone = sp.csr_array(
        (np.ones(len(firm), dtype=np.float32), (firm, counterpart)), shape=(len(two.firms), len(two.counterparts))
    )
    everyone.sum_duplicates()
    everyone.data[:] = 1.0
    degree = np.diff(everyone.indptr)
    active = np.flatnonzero(degree)
    # Most counterparts first, then most value, then the order of identifiers: no ties left to chance.
    order = np.lexsort((active, -size[active], -degree[active]))
    shown = np.sort(active[order[:LIMIT]])
    matrix = everyone[shown]
    used = np.unique(matrix.indices)
    return _Links(shown, matrix[:, used], degree[shown].astype(np.int64)), size, len(active)


def _edges(links: sp.csr_array) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    nodes = links.shape[0]
    none = np.array([], dtype=np.int64)
    if nodes < 2 or links.shape[1] < 2:
        return none, none, np.array([])
    degree = np.diff(links.indptr).astype(np.int64)
    met = np.bincount(links.indices, minlength=links.shape[1]).astype(np.int64)
    model = chance(degree, met)
    together = shared(links)
    excess = together - model.mean.astype(np.float32)[model.member][:, model.member]
    threshold = (Z * model.deviation).astype(np.float32)[model.member][:, model.member]
    scale = (1 / np.sqrt(degree)).astype(np.float32)
    weight = np.where((excess > threshold) & (together >= 2), excess * scale[:, None] * scale[None, :], 0)
    np.fill_diagonal(weight, 0)
    best = min(NEIGHBOURS, nodes - 1)
    near = np.argpartition(-weight, best - 1, axis=1)[:, :best]
    row = np.repeat(np.arange(nodes), best)
    column = near.ravel()
    strong = weight[row, column] > 0
    low, high = np.minimum(row, column)[strong], np.maximum(row, column)[strong]
    pair = np.unique(low * nodes + high)
    source, target = pair // nodes, pair % nodes
    return source, target, weight[source, target].astype(np.float64)


@dataclass(frozen=True, slots=True)
class _Placed:
    """The firms laid out over everything, and where."""

    firm: NDArray[np.int64]
    at: Array
    community: NDArray[np.int64]


def _placed(cluster: Cluster) -> _Placed:
    return kept(cluster, "placed", lambda: _read_placed(cluster))


def _read_placed(cluster: Cluster) -> _Placed:
    text = derived(
        cluster, "layout", lambda: json.dumps(_lay_out(cluster)), limit=LIMIT, neighbours=NEIGHBOURS, z=Z, seed=SEED
    )
    held = json.loads(text)
    two = sides(cluster)
    assert two is not None
    firm = np.searchsorted(two.firms, np.array(held["firm"], dtype=two.firms.dtype))
    at = np.array(held["at"], dtype=np.float64).reshape(-1, 2)
    return _Placed(firm, at, np.array(held["community"], dtype=np.int64))


def _lay_out(cluster: Cluster) -> dict[str, object]:
    two, traded = sides(cluster), exchanges(cluster)
    assert two is not None
    assert traded is not None
    links, _, _ = _links(two, traded, np.ones(len(two.firm), dtype=bool))
    source, target, weight = _edges(links.matrix)
    community = communities(source, target, weight, nodes=len(links.firm))
    at = layout(source, target, weight, community=community, rng=SEED)
    return {
        "firm": two.firms[links.firm].tolist(),
        "at": np.round(at, 5).tolist(),
        "community": community.tolist(),
    }


def communities(
    source: NDArray[np.int64], target: NDArray[np.int64], weight: Array, *, nodes: int
) -> NDArray[np.int64]:
    """Group the nodes of a network by Leiden's method, numbered from the largest; isolated nodes are −1.

    NetworKit runs with one thread and a fixed seed: with more threads its answer varies. Where it is
    not installed (it has no build for every machine) the connected components stand in.

    References
    ----------
    Traag, V., Waltman, L. & van Eck, N. (2019). doi:10.1038/s41598-019-41695-z
    """
    found = np.full(nodes, -1, dtype=np.int64)
    if not len(source):
        return found
    label = _leiden(source, target, weight, nodes)
    joined = np.zeros(nodes, dtype=bool)
    joined[source] = joined[target] = True
    kinds, first, inverse, size = np.unique(label[joined], return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(kinds), dtype=np.int64)
    rank[np.lexsort((first, -size))] = np.arange(len(kinds))
    found[joined] = rank[inverse]
    return found


def _leiden(source: NDArray[np.int64], target: NDArray[np.int64], weight: Array, nodes: int) -> NDArray[np.int64]:
    try:
        import networkit as nk
    except ImportError:
        links = sp.coo_array((weight, (source, target)), shape=(nodes, nodes))
        return np.asarray(scipy.sparse.csgraph.connected_components(links, directed=False)[1], dtype=np.int64)
    with ALONE:
        threads = nk.getMaxNumberOfThreads()
        nk.setNumberOfThreads(1)
        nk.setSeed(SEED, False)
        try:
            graph = nk.Graph(nodes, weighted=True)
            for u, v, w in zip(source.tolist(), target.tolist(), weight.tolist(), strict=True):
                graph.addEdge(u, v, w)
            leiden = nk.community.ParallelLeiden(graph, randomize=False)
            leiden.run()
            return np.array(leiden.getPartition().getVector(), dtype=np.int64)
        finally:
            nk.setNumberOfThreads(threads)


def _positions(placed: _Placed, two: Sides, shown: NDArray[np.int64]) -> tuple[Array, NDArray[np.int64]]:
    """Place the firms shown; one that is not in the picture goes beside the three it shares most with."""
    where = np.full(len(two.firms), -1, dtype=np.int64)
    where[placed.firm] = np.arange(len(placed.firm))
    known = where[shown]
    at, community = np.zeros((len(shown), 2)), np.full(len(shown), -1, dtype=np.int64)
    at[known >= 0], community[known >= 0] = placed.at[known[known >= 0]], placed.community[known[known >= 0]]
    missing = np.flatnonzero(known < 0)
    if not len(missing) or not len(placed.firm):
        return at, community
    ones = np.ones(len(two.firm), dtype=np.float32)
    shape = (len(two.firms), len(two.counterparts))
    links = sp.csr_array((ones, (two.firm, two.counterpart)), shape=shape)
    links.sum_duplicates()
    links.data[:] = 1.0
    base = links[placed.firm]
    alike = (links[shown[missing]] @ base.T).toarray() / np.sqrt(np.diff(base.indptr))[None, :]
    best = np.argsort(-alike, axis=1, kind="stable")[:, :3]
    share = np.take_along_axis(alike, best, axis=1) + 1e-9
    share /= share.sum(axis=1, keepdims=True)
    at[missing] = (placed.at[best] * share[:, :, None]).sum(axis=1) + _jitter(two.firms[shown[missing]])
    community[missing] = placed.community[best[:, 0]]
    return at, community


def _jitter(ids: NDArray[np.str_]) -> Array:
    """A small shift that depends on the identifier alone, so that firms beside the same ones do not hide each other."""
    digests = [hashlib.blake2b(str(i).encode(), digest_size=8).digest() for i in ids]
    numbers = np.frombuffer(b"".join(digests), dtype=np.uint32).reshape(-1, 2) / 2**32
    return np.asarray(0.03 * (numbers - 0.5))
