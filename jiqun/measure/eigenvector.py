"""The eigenvector under economic complexity, with what can go wrong in it said out loud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.linalg
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from jiqun.measure.presence import Array, Matrix

__all__ = ["Complexity", "Components", "Side", "complexity", "reflections", "standardised"]

Components = Literal["largest", "each"]
Side = Literal["place", "industry"]

DENSE = 200
"""Up to so many rows the smaller Gram matrix is solved whole; beyond, by Lanczos on the sparse matrix."""
PATIENCE = 30
"""Restarts of Lanczos before the whole matrix is solved after all: eigenvalues of noise lie close together."""
GAP = 1e-9
"""Eigenvalues nearer to each other than this are one eigenvalue: their vectors are not determined."""
WEAK = 0.2
"""Below this correlation with diversity the sign of complexity is close to arbitrary."""


@dataclass(frozen=True, slots=True)
class Complexity:
    """Complexity of places and industries before standardisation; NaN where it is not determined."""

    places: Array
    """Mean of the industries' values over those a place has, shape (places,)."""
    industries: Array
    """Shape (industries,)."""
    place_part: NDArray[np.int64]
    """Connected component of each place: 1 is the largest, 0 a place without any industry."""
    industry_part: NDArray[np.int64]
    """The same of each industry."""
    with_diversity: Array
    """Correlation of the places' values with their diversity in each component, shape (components + 1,)."""
    why: tuple[str | None, ...]
    """Why a component has no values, shape (components + 1,)."""

    @property
    def components(self) -> int:
        """Connected components of the bipartite graph of places and industries."""
        return len(self.why) - 1

    def part(self, of: Side) -> NDArray[np.int64]:
        """Component of each place or of each industry."""
        return self.place_part if of == "place" else self.industry_part

    def scaled(self, of: Side, like: Side, ddof: int) -> Array:
        """Values of one side, standardised within each component by the mean and deviation of a side."""
        values = self.places if of == "place" else self.industries
        by = self.places if like == "place" else self.industries
        result = np.full(values.shape, np.nan)
        for k in range(1, self.components + 1):
            here = self.part(of) == k
            result[here] = standardised(values[here], by[self.part(like) == k], ddof)
        return result

    def notes(self, of: Side, values: Array) -> list[str | None]:
        """Say of each unit why it has no value, or that the sign of its value is doubtful."""
        absent = "no industry is present in the place" if of == "place" else "the industry is present nowhere"
        said: list[str | None] = []
        for part, value in zip(self.part(of).tolist(), values.tolist(), strict=True):
            if not np.isfinite(value):
                said.append(absent if part == 0 else self.why[part] or "nothing to tell apart")
                continue
            r = self.with_diversity[part]
            doubtful = not np.isfinite(r) or abs(r) < WEAK
            said.append(f"the sign is close to arbitrary: correlation with diversity {r:.2f}" if doubtful else None)
        return said


def complexity(present: Matrix, components: Components = "largest") -> Complexity:
    """Solve for the complexity of places and industries.

    The second eigenvector of ``D⁻¹ B U⁻¹ Bᵀ`` is got from the singular vectors of ``S = D^-½ B U^-½``, which
    treats places and industries alike and is accurate: ``ECI = D^-½ u₂``, ``PCI = U^-½ v₂``. Where the graph
    of places and industries falls apart the eigenvalue 1 is multiple and the vector meaningless: only the
    largest component is used, or each by itself.

    Parameters
    ----------
    present
        Which industries each place has, shape (places, industries).
    components
        ``"largest"`` or ``"each"``. The largest has the most places and industries.

    Notes
    -----
    An eigenvector has no sign. It is chosen such that complexity rises with diversity; where the two do not
    correlate at all, such that the complexity of industries falls with ubiquity, then such that its
    distribution over places is skewed to the right. Where the correlation is weak the sign is close to
    arbitrary, and :meth:`Complexity.notes` says so.

    Examples
    --------
    Two places with both industries, one with the second alone:

    >>> solved = complexity(np.array([[True, True], [True, True], [False, True]]))
    >>> bool(solved.places[0] > solved.places[2]), solved.components
    (True, 1)
    """
    place_part, industry_part, count = _parts(present)
    places, industries = np.full(present.shape[0], np.nan), np.full(present.shape[1], np.nan)
    correlation = np.full(count + 1, np.nan)
    why: list[str | None] = [None] * (count + 1)
    for k in range(1, count + 1):
        if k > 1 and components == "largest":
            why[k] = "outside the largest connected component"
            continue
        r, i = np.flatnonzero(place_part == k), np.flatnonzero(industry_part == k)
        whole = len(r) == present.shape[0] and len(i) == present.shape[1]
        solved = _solve((present if whole else present[np.ix_(r, i)]).astype(np.float64))
        if isinstance(solved, str):
            why[k] = solved
        else:
            places[r], industries[i], correlation[k] = solved
    return Complexity(places, industries, place_part, industry_part, correlation, tuple(why))


def reflections(present: Matrix, of: Side, steps: int) -> Array:
    """Take averages of averages a number of times, in units of their own deviation.

    ``k_r(n) = Σ_i b_ri k_i(n−1) / d_r`` and ``k_i(n) = Σ_r b_ri k_r(n−1) / u_i`` from diversity and ubiquity.
    The differences shrink with each step until they drown in rounding; since an average keeps constants
    and factors, they are centred and scaled at each step, which changes no standardised result.

    Parameters
    ----------
    present
        Which industries each place has, shape (places, industries).
    of
        Side of the result.
    steps
        Reflections; 0 gives diversity or ubiquity.

    Examples
    --------
    >>> reflections(np.array([[True, True], [False, True]]), "place", 2).round(6).tolist()
    [1.0, -1.0]
    """
    some, known = np.asarray(present.any(axis=1)), np.asarray(present.any(axis=0))
    b = sp.csr_array(present[np.ix_(some, known)].astype(np.float64))
    across = sp.csr_array(b.T)
    diversity: Array = present[np.ix_(some, known)].sum(axis=1).astype(np.float64)
    ubiquity: Array = present[np.ix_(some, known)].sum(axis=0).astype(np.float64)
    of_places, of_industries = diversity, ubiquity
    for _ in range(steps):
        of_places, of_industries = (
            _centred(np.asarray(b @ of_industries) / diversity),
            _centred(np.asarray(across @ of_places) / ubiquity),
        )
    result = np.full(len(some) if of == "place" else len(known), np.nan)
    result[some if of == "place" else known] = of_places if of == "place" else of_industries
    return result


def standardised(values: Array, like: Array, ddof: int) -> Array:
    """Values less the mean of ``like``, over its standard deviation; NaN where that is 0."""
    known = like[np.isfinite(like)]
    if len(known) <= ddof or (spread := known.std(ddof=ddof)) < 1e-12:
        return np.full(values.shape, np.nan)
    scaled: Array = (values - known.mean()) / spread
    return scaled


def _centred(values: Array) -> Array:
    away: Array = values - values.mean()
    spread = np.sqrt((away**2).mean())
    return away / spread if spread > 1e-300 else away


def _parts(present: Matrix) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Number the connected components from the largest, 0 for what is connected to nothing."""
    n_places, n_industries = present.shape
    rows, columns = np.nonzero(present)
    size = n_places + n_industries
    graph = sp.csr_array((np.ones(len(rows), dtype=np.int8), (rows, columns + n_places)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    linked = np.concatenate([present.any(axis=1), present.any(axis=0)])
    nodes = np.bincount(label[linked], minlength=label.max(initial=0) + 1)
    links = np.bincount(label[rows], minlength=len(nodes))
    used = np.flatnonzero(nodes)
    order = used[np.lexsort((used, -links[used], -nodes[used]))]
    number = np.zeros(len(nodes), dtype=np.int64)
    number[order] = np.arange(1, len(order) + 1)
    part = np.where(linked, number[label], 0)
    return part[:n_places], part[n_places:], len(order)


def _solve(b: Array) -> tuple[Array, Array, float] | str:
    """Values of places and industries of a connected matrix and the correlation, or why there are none."""
    if min(b.shape) < 2:
        return "fewer than two places or two industries are connected"
    diversity, ubiquity = b.sum(axis=1), b.sum(axis=0)
    second, third, vector = _second(b, diversity, ubiquity)
    if second < 1e-12:
        return "nothing to tell apart: all places have the same industries"
    if second - third < GAP:
        return "the second eigenvalue is multiple: the vector is not determined"
    if b.shape[0] < b.shape[1]:
        vector = b.T @ (vector / np.sqrt(diversity)) / np.sqrt(ubiquity) / np.sqrt(second)
    industries = vector / np.sqrt(ubiquity)
    places = b @ industries / diversity
    sign = _sign(places, industries, diversity, ubiquity)
    return sign * places, sign * industries, sign * _correlation(places, diversity)


def _second(b: Array, diversity: Array, ubiquity: Array) -> tuple[float, float, Array]:
    """Second and third eigenvalue of the smaller Gram matrix of ``D^-½ B U^-½``, and the second vector."""
    if b.shape[0] < b.shape[1]:
        b, diversity, ubiquity = b.T, ubiquity, diversity
    n = b.shape[1]
    if n > DENSE:
        try:
            return _lanczos(b, diversity, ubiquity)
        except ArpackNoConvergence:
            pass
    scaled = b / np.sqrt(diversity)[:, None] / np.sqrt(ubiquity)
    values, vectors = scipy.linalg.eigh(scaled.T @ scaled, subset_by_index=(max(n - 3, 0), n - 1))
    return float(values[-2]), float(values[-3]) if n > 2 else 0.0, np.asarray(vectors[:, -2])


def _lanczos(b: Array, diversity: Array, ubiquity: Array) -> tuple[float, float, Array]:
    """The same without the Gram matrix, at right angles to the first vector, which is known."""
    tall = sp.csr_array(b)
    tall.data = tall.data / np.repeat(np.sqrt(diversity), np.diff(tall.indptr)) / np.sqrt(ubiquity)[tall.indices]
    wide = sp.csr_array(tall.T)
    first = np.sqrt(ubiquity / ubiquity.sum())

    def leading(apart: Array, start: Array, tolerance: float) -> tuple[float, Array]:
        """Largest eigenvalue on the space at right angles to the rows of ``apart``, and its vector."""

        def times(x: Array) -> Array:
            x = np.ravel(x)
            y = wide @ (tall @ (x - apart.T @ (apart @ x)))
            return np.asarray(y - apart.T @ (apart @ y))

        operator = LinearOperator((len(first), len(first)), matvec=times, dtype=np.float64)
        value, vector = eigsh(operator, k=1, which="LA", v0=start, tol=tolerance, ncv=24, maxiter=PATIENCE)
        return float(value[0]), np.asarray(vector[:, 0])

    # one start holds one vector of a multiple eigenvalue only, so the third is looked for from another start
    waves = np.cos(np.arange(len(first)) ** 1.5)
    second, vector = leading(first[None], ubiquity / np.linalg.norm(ubiquity) + 0.1 * waves, 0.0)
    third, _ = leading(np.stack([first, vector]), waves, 1e-6)
    if second - third < 1e-4 * second:
        third, _ = leading(np.stack([first, vector]), waves, 0.0)
    return second, third, vector


def _sign(places: Array, industries: Array, diversity: Array, ubiquity: Array) -> float:
    away = places - places.mean()
    skewness = float((away**3).mean() / max(float((away**2).mean()) ** 1.5, 1e-300))
    first = float(places[np.argmax(np.abs(places) > 0.5 * np.abs(places).max())])
    for hint in (_correlation(places, diversity), -_correlation(industries, ubiquity), skewness, first):
        if np.isfinite(hint) and abs(hint) > 1e-9:
            return -1.0 if hint < 0 else 1.0
    return 1.0


def _correlation(one: Array, other: Array) -> float:
    if one.std() < 1e-12 or other.std() < 1e-12:
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])
