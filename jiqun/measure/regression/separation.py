"""Cells without a flow that a gravity equation predicts perfectly, so that its effects have no finite estimate."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse.csgraph import breadth_first_order, connected_components

from jiqun.measure.regression.bipartite import effects_of, without_effects

__all__ = ["separated"]

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

SMALL = 1e-7
"""What counts as nought of a direction whose largest entry is 1."""


def separated(flow: Array, regressors: Array, used: Mask) -> Mask:
    """Find the cells that are separated: what Correia, Guimarães & Zylkin (2019) show to be the condition, exactly.

    A cell without a flow is separated where a combination of effects and regressors is nought at every flow, nowhere
    negative, and positive in this cell. That a combination is nought at flows leaves few: an offset of each connected
    part of the places that have flows between them, and of the regressors those combinations that are effects
    wherever there is a flow. Among these few, linear programmes find all cells that can be positive.

    Parameters
    ----------
    flow
        Shape (groups, origins, destinations).
    regressors
        Shape (regressors, groups, origins, destinations), finite.
    used
        Cells in use.

    Returns
    -------
    ndarray
        Whether each cell is separated, shape of ``flow``.

    References
    ----------
    Correia, S., Guimarães, P. & Zylkin, T. (2019), Verifying the existence of maximum likelihood estimates for
    generalized linear models. arXiv:1903.01633

    Examples
    --------
    Nothing stays in its place, so that an effect of the same place would be minus infinity:

    >>> flows = np.array([[[0.0, 2.0, 1.0], [2.0, 0.0, 1.0], [1.0, 3.0, 0.0]]])
    >>> separated(flows, np.eye(3)[None, None], np.ones((1, 3, 3), dtype=bool))[0].tolist()
    [[True, False, False], [False, True, False], [False, False, True]]
    """
    empty, full = used & (flow <= 0), used & (flow > 0)
    found = np.zeros_like(used)
    if not empty.any():
        return found
    directions = _directions(regressors, empty, full)
    if directions.shape[1]:
        found[empty] = _positive(directions)
    return found


def _directions(regressors: Array, empty: Mask, full: Mask) -> sp.csr_array:
    """Give the combinations that are nought at every flow, shape (cells without a flow, combinations)."""
    turns = _unseen(regressors, full)
    made: list[sp.coo_array] = []
    offset = 0
    for group in range(len(full)):
        rows, columns = full[group].shape
        i, j = np.nonzero(full[group])
        graph = sp.csr_array((np.ones(len(i)), (i, rows + j)), shape=(rows + columns, rows + columns))
        parts, part = connected_components(graph, directed=False)
        at, to = np.nonzero(empty[group])
        one, other = part[at], part[rows + to]
        apart = np.flatnonzero(one != other)
        entry = np.r_[np.ones(len(apart)), -np.ones(len(apart))]
        place = (offset + np.r_[apart, apart], np.r_[one[apart], other[apart]])
        made.append(sp.coo_array((entry, place), shape=(int(empty.sum()), parts)))
        if turns.size:
            x = np.tensordot(turns, regressors[:, group], axes=1)
            effect = _potentials(graph, x, rows)
            z = x[:, at, to] - effect[:, at] - effect[:, rows + to]
            position = np.repeat(np.arange(len(turns)), len(at)), np.tile(offset + np.arange(len(at)), len(turns))
            made.append(sp.coo_array((z.ravel(), position[::-1]), shape=(int(empty.sum()), len(turns))))
        offset += len(at)
    if turns.size:
        shared = sp.csr_array(sum(made[1::2], start=sp.coo_array(made[1].shape)))
        made = [*made[0::2], shared.tocoo()]
    found = sp.csc_array(sp.hstack(made))
    largest = np.asarray(abs(found).max(axis=0).todense()).ravel()
    kept = np.flatnonzero(largest > SMALL)
    return sp.csr_array(found[:, kept] @ sp.diags_array(1.0 / largest[kept]))


def _unseen(regressors: Array, full: Mask) -> Array:
    """Give combinations of regressors that are effects of origins and destinations wherever there is a flow."""
    weight = full.astype(np.float64)
    inner = without_effects(weight, effects_of(full))(np.where(full, regressors, 0.0))
    flat = inner.reshape(len(inner), -1)
    scale = np.sqrt((np.where(full, regressors, 0.0) ** 2).reshape(len(inner), -1).sum(axis=1))
    scale = np.where(scale > 0, scale, 1.0)
    value, vector = np.linalg.eigh((flat / scale[:, None]) @ (flat / scale[:, None]).T)
    return np.asarray((vector[:, value < 1e-12] / scale[:, None]).T)


def _potentials(graph: sp.csr_array, x: Array, rows: int) -> Array:
    """Give effects of origins, then destinations, that sum to ``x`` at every flow; shape (combinations, places)."""
    nodes = graph.shape[0]
    effect, seen = np.zeros((len(x), nodes)), np.zeros(nodes, dtype=bool)
    both = sp.csr_array(graph + graph.T)
    for root in range(nodes):
        if seen[root]:
            continue
        order, before = breadth_first_order(both, root)
        for node in order[1:]:
            i, j = sorted((int(node), int(before[node])))
            effect[:, node] = x[:, i, j - rows] - effect[:, before[node]]
        seen[order] = True
    return effect


def _positive(directions: sp.csr_array) -> Mask:
    """Say which rows can be positive where none is negative."""
    some = np.flatnonzero(np.diff(directions.indptr))
    # rows that are the same have the same product with any vector, and others with none drawn by chance
    key = (directions[some] @ np.random.default_rng(0).normal(size=directions.shape[1])).round(9)
    _, first, at = np.unique(key, return_index=True, return_inverse=True)
    dense = directions[some[first]].toarray()
    found = np.zeros(len(dense), dtype=bool)
    side, bound = np.vstack([dense, -dense]), np.r_[np.ones(len(dense)), np.zeros(len(dense))]
    while not found.all():
        best = linprog(-dense[~found].sum(axis=0), A_ub=side, b_ub=bound, bounds=(None, None), method="highs")
        more = dense @ best.x > SMALL if best.x is not None else found
        if not (more & ~found).any():
            break
        found |= more
    result = np.zeros(directions.shape[0], dtype=bool)
    result[some] = found[at]
    return result
