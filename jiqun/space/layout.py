"""Where the nodes of a network are drawn: the same picture each time, on any number of cores.

Communities are placed first, as discs by how strongly they are linked; then attraction along links
and sampled repulsion (the forces of McInnes et al. 2018, UMAP) arrange the nodes. All sums run in a
fixed order and all random numbers come from one seed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["layout"]

Array = NDArray[np.float64]
Ids = NDArray[np.int64]

_A, _B = 1.577, 0.895
"""Curve of attraction for a minimal distance of 0.1 (McInnes et al. 2018)."""
_CLIP = 4.0
_ACROSS = 0.12
"""Pull of a link between communities beside one within: links across would draw everything into one heap."""
_PUSH, _OTHERS = 32.0, 24
"""Strength of repulsion, and how many others push a node in each round."""


def layout(
    source: Ids,
    target: Ids,
    weight: Array,
    *,
    community: Ids,
    rounds: int = 250,
    rng: np.random.Generator | int = 0,
) -> Array:
    """Lay out an undirected network in the plane, communities apart.

    Parameters
    ----------
    source, target
        Ends of each edge, each edge once, shape (edges,).
    weight
        Weight of each edge > 0, shape (edges,).
    community
        Community of each node, numbered from 0; −1 for nodes without an edge, shape (nodes,).
    rounds
        Rounds of attraction and repulsion.
    rng
        Seed or generator.

    Returns
    -------
    ndarray
        Coordinates, shape (nodes, 2): nodes with an edge within radius 1, the others on a ring outside.

    References
    ----------
    McInnes, L., Healy, J. & Melville, J. (2018). doi:10.21105/joss.00861

    Examples
    --------
    >>> ends = np.array([0, 1]), np.array([1, 2]), np.ones(2)
    >>> at = layout(*ends, community=np.array([0, 0, 0, -1]))
    >>> at.shape, bool((at == layout(*ends, community=np.array([0, 0, 0, -1]))).all())
    ((4, 2), True)
    """
    random = np.random.default_rng(rng)
    joined = community >= 0
    at = np.zeros((len(community), 2))
    if joined.any():
        position = np.cumsum(joined) - 1
        ends = position[source], position[target]
        inner = community[joined]
        start = _start(*ends, weight, community=inner, random=random)
        pull = np.clip(weight / np.quantile(weight, 0.9), 0.05, 1.0)
        pull *= np.where(inner[ends[0]] == inner[ends[1]], 1.0, _ACROSS)
        at[joined] = _framed(_relaxed(start, *ends, pull, rounds=rounds, random=random))
    alone = np.flatnonzero(~joined)
    turn = 2 * np.pi * np.arange(len(alone)) / max(len(alone), 1)
    at[alone] = 1.08 * np.column_stack([np.cos(turn), np.sin(turn)])
    return at


def _start(source: Ids, target: Ids, weight: Array, *, community: Ids, random: np.random.Generator) -> Array:
    """Scatter the nodes of each community over its disc."""
    size = np.bincount(community).astype(np.float64)
    radius = 0.35 * np.sqrt(size / np.pi)
    centre = _discs(_linked(source, target, weight, community), radius)
    scatter = random.normal(size=(len(community), 2)) * (0.5 * radius)[community][:, None]
    return np.asarray(np.round(centre[community] + scatter, 6))


def _linked(source: Ids, target: Ids, weight: Array, community: Ids) -> Array:
    """Weight of the links between each two communities, relative to the geometric mean of their sizes."""
    kinds = int(community.max()) + 1
    size = np.bincount(community, minlength=kinds).astype(np.float64)
    flat = np.bincount(community[source] * kinds + community[target], weight, kinds * kinds).reshape(kinds, kinds)
    both = flat + flat.T
    np.fill_diagonal(both, 0.0)
    return np.asarray(both / np.sqrt(np.outer(size, size)))


def _discs(linked: Array, radius: Array) -> Array:
    """Place discs by classical scaling of how little they are linked, then push them off each other."""
    kinds = len(radius)
    if kinds == 1 or not linked.any():
        turn = 2.39996 * np.arange(kinds)
        centre = np.sqrt(np.arange(kinds))[:, None] * np.column_stack([np.cos(turn), np.sin(turn)]) * radius.max()
    else:
        apart = 1 / (linked / linked[linked > 0].mean() + 0.15)
        np.fill_diagonal(apart, 0.0)
        middle = np.eye(kinds) - 1 / kinds
        values, vectors = np.linalg.eigh(-0.5 * middle @ apart**2 @ middle)
        plane = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0.0))
        plane *= np.where(plane[np.argmax(np.abs(plane), axis=0), np.arange(plane.shape[1])] < 0, -1.0, 1.0)
        # Rounded, so that the last bits of a linear algebra library do not decide where a firm is drawn.
        plane = np.round(plane, 6)
        centre = plane / max(np.abs(plane).max(), 1e-9) * radius.sum() * 0.35
    for _ in range(500):
        gap = centre[:, None] - centre[None]
        distance = np.sqrt((gap**2).sum(axis=2)) + 1e-9
        overlap = np.maximum(1.1 * (radius[:, None] + radius[None]) - distance, 0.0)
        np.fill_diagonal(overlap, 0.0)
        centre = 0.995 * (centre + 0.2 * (gap / distance[:, :, None] * overlap[:, :, None]).sum(axis=1))
    return np.asarray(centre)


def _relaxed(at: Array, source: Ids, target: Ids, pull: Array, *, rounds: int, random: np.random.Generator) -> Array:
    nodes = len(at)
    for turn in range(rounds):
        gap = at[source] - at[target]
        square = (gap**2).sum(axis=1) + 1e-9
        force = -2 * _A * _B * square ** (_B - 1) / (1 + _A * square**_B) * pull
        move = np.clip(force[:, None] * gap, -_CLIP, _CLIP)
        moved = _added(source, move, nodes) - _added(target, move, nodes)
        # Each node is pushed by a fixed number of others, drawn anew each round.
        drawn = random.integers(0, nodes, size=(_OTHERS, nodes))
        away = at[None, :, :] - at[drawn]
        square = (away**2).sum(axis=2)
        push = 2 * _B / ((0.01 + square) * (1 + _A * square**_B))
        moved += np.clip(push[:, :, None] * away, -_CLIP, _CLIP).sum(axis=0) * (_PUSH / _OTHERS)
        at = at + 0.5 * (1 - turn / rounds) * np.clip(moved, -_CLIP, _CLIP)
    return at


def _added(index: Ids, move: Array, nodes: int) -> Array:
    return np.column_stack([np.bincount(index, move[:, axis], nodes) for axis in range(2)])


def _framed(at: Array) -> Array:
    """Centre and scale to radius 1; the few that lie far out are drawn in to the edge."""
    inside = at - np.median(at, axis=0)
    radius = np.sqrt((inside**2).sum(axis=1))
    edge = np.quantile(radius, 0.99)
    if edge <= 0:
        return np.asarray(inside)
    return np.asarray(inside / np.maximum(radius, edge)[:, None])
