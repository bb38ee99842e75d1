"""The eigenvector under economic complexity, with what can go wrong in it said out loud."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from jiqun.measure.presence import Array, Matrix

__all__ = ["Complexity", "complexity", "standardised"]


@dataclass(frozen=True, slots=True)
class Complexity:
    """Complexity of places and industries before standardisation; NaN outside the largest component."""

    places: Array
    """Mean of the industries' values over those a place has, shape (places,)."""
    industries: Array
    """Shape (industries,)."""
    with_diversity: float
    """Correlation of the places' values with their diversity; the sign is chosen to make it positive."""
    components: int
    """Connected components of the bipartite graph of places and industries."""


def complexity(present: Matrix) -> Complexity:
    """Solve for the complexity of places and industries.

    The second eigenvector of ``D⁻¹ B U⁻¹ Bᵀ`` is got from the singular vectors of ``D^-½ B U^-½``, which
    is symmetric in places and industries and accurate. Where the graph of places and industries falls
    apart the eigenvalue 1 is multiple and the vector meaningless: only the largest component is used.

    Parameters
    ----------
    present
        Which industries each place has, shape (places, industries).

    Notes
    -----
    An eigenvector has no sign. It is chosen such that complexity rises with diversity; where that
    correlation is weak (below 0.2, say), the sign is close to arbitrary, and the caller should say so.
    """
    n_places, n_industries = present.shape
    rows, columns = np.nonzero(present)
    size = n_places + n_industries
    graph = csr_array((np.ones(len(rows)), (rows, columns + n_places)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    used = np.unique(label[np.concatenate([rows, columns + n_places])]) if len(rows) else np.array([], dtype=int)
    places, industries = np.full(n_places, np.nan), np.full(n_industries, np.nan)
    if len(used) == 0:
        return Complexity(places, industries, np.nan, 0)
    largest = used[np.argmax(np.bincount(label)[used])]
    r, i = label[:n_places] == largest, label[n_places:] == largest
    b = present[np.ix_(r, i)].astype(np.float64)
    if min(b.shape) < 2:
        return Complexity(places, industries, np.nan, len(used))
    diversity, ubiquity = b.sum(axis=1), b.sum(axis=0)
    scaled = b / np.sqrt(diversity)[:, None] / np.sqrt(ubiquity)
    second = _second_right_vector(scaled)
    of_industries = second / np.sqrt(ubiquity)
    of_places = b @ of_industries / diversity
    spread = of_places.std() > 1e-12 and diversity.std() > 0
    correlation = float(np.corrcoef(of_places, diversity)[0, 1]) if spread else np.nan
    sign = -1.0 if correlation < 0 else 1.0
    places[r], industries[i] = sign * of_places, sign * of_industries
    return Complexity(places, industries, abs(correlation), len(used))


def _second_right_vector(scaled: Array) -> Array:
    """Second right singular vector, from the smaller of the two Gram matrices."""
    if scaled.shape[0] >= scaled.shape[1]:
        vector: Array = np.linalg.eigh(scaled.T @ scaled)[1][:, -2]
        return vector
    left = np.linalg.eigh(scaled @ scaled.T)[1][:, -2]
    right: Array = scaled.T @ left
    norm = np.linalg.norm(right)
    return right / norm if norm > 0 else right


def standardised(values: Array, like: Array, ddof: int) -> Array:
    """Values less the mean of ``like``, over its standard deviation; NaN where that is 0."""
    known = like[np.isfinite(like)]
    if len(known) <= ddof or (spread := known.std(ddof=ddof)) < 1e-12:
        return np.full(values.shape, np.nan)
    scaled: Array = (values - known.mean()) / spread
    return scaled
