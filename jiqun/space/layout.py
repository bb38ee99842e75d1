"""Where the nodes of a network are drawn: the same picture each time, on any number of cores.

Spectral coordinates give the plan, then attraction along edges and sampled repulsion (the scheme of
McInnes et al. 2018, UMAP) make neighbourhoods legible. All sums run in a fixed order and all random
numbers come from one seed.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

__all__ = ["layout"]

Array = NDArray[np.float64]

_A, _B = 1.577, 0.895
"""Curve of attraction for a minimal distance of 0.1 (McInnes et al. 2018)."""
_CLIP = 4.0


def layout(
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    weight: Array,
    *,
    nodes: int,
    rounds: int = 300,
    rng: np.random.Generator | int = 0,
) -> Array:
    """Lay out an undirected network in the plane.

    Parameters
    ----------
    source, target
        Ends of each edge, each edge once, shape (edges,).
    weight
        Weight of each edge > 0, shape (edges,).
    nodes
        Number of nodes; isolated ones are set on a ring around the rest.
    rounds
        Rounds of attraction and repulsion.
    rng
        Seed or generator.

    Returns
    -------
    ndarray
        Coordinates, shape (nodes, 2), centred, with the farthest connected node at distance 1.

    References
    ----------
    McInnes, L., Healy, J. & Melville, J. (2018). doi:10.21105/joss.00861

    Examples
    --------
    >>> at = layout(np.array([0, 1]), np.array([1, 2]), np.ones(2), nodes=3)
    >>> at.shape, bool((at == layout(np.array([0, 1]), np.array([1, 2]), np.ones(2), nodes=3)).all())
    ((3, 2), True)
    """
    random = np.random.default_rng(rng)
    if nodes == 0:
        return np.zeros((0, 2))
    joined = np.zeros(nodes, dtype=bool)
    joined[source] = joined[target] = True
    at = _spectral(source, target, weight, nodes, random)
    if len(source):
        at = _relax(at, source, target, weight, rounds, random)
    return _frame(at, joined)


def _spectral(
    source: NDArray[np.int64], target: NDArray[np.int64], weight: Array, nodes: int, random: np.random.Generator
) -> Array:
    """Second and third eigenvectors of the normalised adjacency, slightly shaken; chance where there are none."""
    shake = random.normal(scale=0.05, size=(nodes, 2))
    start = random.uniform(0.5, 1.0, nodes)
    if nodes < 10 or len(source) < 3:
        return random.normal(size=(nodes, 2))
    both = sp.coo_array(
        (np.r_[weight, weight], (np.r_[source, target], np.r_[target, source])), shape=(nodes, nodes)
    ).tocsr()
    scale = 1 / np.sqrt(np.maximum(np.asarray(both.sum(axis=1)).ravel(), 1e-12))
    scale[scale > 1e5] = 0.0
    # A small link of everything to everything keeps separate components apart yet in one picture.
    normal = sp.diags_array(scale) @ both @ sp.diags_array(scale) + sp.diags_array(np.full(nodes, 1e-6))
    try:
        values, vectors = sp.linalg.eigsh(normal, k=3, which="LA", v0=start, maxiter=2000, tol=1e-6)
    except (sp.linalg.ArpackNoConvergence, sp.linalg.ArpackError):
        return random.normal(size=(nodes, 2))
    plan = vectors[:, np.argsort(-values)[1:3]]
    plan = plan * np.sign(plan[np.argmax(np.abs(plan), axis=0), np.arange(2)])
    # Ranks, not values: eigenvectors of clustered networks put almost all nodes in one spot.
    ranks = np.argsort(np.argsort(np.round(plan, 6), axis=0, kind="stable"), axis=0, kind="stable") / nodes
    return np.asarray(np.round(10 * (ranks - 0.5) + shake, 6))


def _relax(
    at: Array,
    source: NDArray[np.int64],
    target: NDArray[np.int64],
    weight: Array,
    rounds: int,
    random: np.random.Generator,
) -> Array:
    nodes = len(at)
    pull = np.clip(weight / np.quantile(weight, 0.9), 0.05, 1.0)
    others = min(nodes - 1, 24)
    for turn in range(rounds):
        step = 1.0 - turn / rounds
        gap = at[source] - at[target]
        square = (gap**2).sum(axis=1)
        force = -2 * _A * _B * square ** max(_B - 1, 0) / (1 + _A * square**_B) * pull
        move = np.clip(force[:, None] * gap, -_CLIP, _CLIP)
        moved = _added(source, move, nodes) - _added(target, move, nodes)
        # Each node is pushed by a fixed number of others, drawn anew each round.
        drawn = random.integers(0, nodes, size=(others, nodes))
        away = at[None, :, :] - at[drawn]
        square = (away**2).sum(axis=2)
        push = 2 * _B / ((0.01 + square) * (1 + _A * square**_B))
        moved += np.clip(push[:, :, None] * away, -_CLIP, _CLIP).sum(axis=0) * (4.0 / others)
        at = at + step * np.clip(moved, -_CLIP, _CLIP) * 0.5
    return at


def _added(index: NDArray[np.int64], move: Array, nodes: int) -> Array:
    return np.column_stack([np.bincount(index, move[:, axis], nodes) for axis in range(2)])


def _frame(at: Array, joined: NDArray[np.bool_]) -> Array:
    """Centre, scale to radius 1, and set isolated nodes on a ring outside."""
    framed = np.zeros_like(at)
    if joined.any():
        inside = at[joined] - np.median(at[joined], axis=0)
        radius = np.sqrt((inside**2).sum(axis=1)).max()
        framed[joined] = inside / radius if radius > 0 else inside
    alone = np.flatnonzero(~joined)
    turn = 2 * np.pi * np.arange(len(alone)) / max(len(alone), 1)
    framed[alone] = 1.08 * np.column_stack([np.cos(turn), np.sin(turn)])
    return framed
