"""Effective distance: how many likely steps away one actor is from another along the network."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
import scipy.sparse.csgraph
from numpy.typing import NDArray

from jiqun.cluster import JiqunError

__all__ = ["effective_distance"]


def effective_distance(flows: sp.csr_array, *, sources: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
    """Give the shortest path from each source, where a step from i to j is ``1 − ln P_ij`` long.

    ``P_ij = F_ij / Σ_j F_ij`` is the share of what leaves i that goes to j: a step that is always taken has
    length 1, an unlikely one is long, and two steps are longer than one of the same probability. Not symmetric.

    Parameters
    ----------
    flows
        ``F`` ≥ 0, shape (actors, actors), such as :func:`~jiqun.space.links.actor_graph` gives; the diagonal
        is ignored.
    sources
        Positions of the actors to start from; None for all, which takes memory for actors² numbers.

    Returns
    -------
    ndarray
        Shape (sources, actors); infinite where no path leads, 0 from an actor to itself.

    Raises
    ------
    JiqunError
        If the matrix is not square or a flow is negative or not finite.

    References
    ----------
    Brockmann, D. & Helbing, D. (2013), The hidden geometry of complex, network-driven contagion phenomena.
    doi:10.1126/science.1245200

    Examples
    --------
    All that leaves the first goes to the second, of what leaves the second a half goes on to the third:

    >>> steps = sp.csr_array(np.array([[0, 2, 0], [1, 0, 1], [0, 1, 0]], dtype=float))
    >>> effective_distance(steps).round(4)[0].tolist()
    [0.0, 1.0, 2.6931]
    """
    if flows.shape[0] != flows.shape[1]:
        raise JiqunError(
            f"effective_distance needs a square matrix of flows; it is {flows.shape[0]} × {flows.shape[1]}. "
            "Give flows between the same actors.",
            f"effective_distance 需要方阵，给出的是 {flows.shape[0]} × {flows.shape[1]}。请给出同一组主体之间的流量。",
        )
    if not np.isfinite(flows.data).all() or (flows.data < 0).any():
        raise JiqunError(
            "effective_distance needs flows ≥ 0; some are negative or not a number. Mend them.",
            "effective_distance 要求流量不小于 0，部分为负或不是数字，请更正。",
        )
    steps = sp.csr_array(flows.astype(np.float64, copy=True))
    steps.setdiag(0)
    steps.eliminate_zeros()
    leaving = np.asarray(steps.sum(axis=1)).ravel()
    share = steps.data / np.repeat(leaving, np.diff(steps.indptr))
    steps.data = 1.0 - np.log(share)
    found = scipy.sparse.csgraph.dijkstra(steps, directed=True, indices=sources)
    return np.atleast_2d(np.asarray(found, dtype=np.float64))
