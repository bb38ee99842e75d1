"""Do two kinds of distance agree: Mantel's test and distance correlation, with permutation probabilities.

Arrays in, numbers out. Rows and columns of one matrix are permuted together, which keeps both matrices as they are and
breaks only how they belong to each other.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from jiqun.cluster import JiqunError
from jiqun.measure.resample import generators

__all__ = ["Agreement", "distance_correlation", "mantel"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Agreement:
    """A statistic of two distance matrices and its permutation probability; NaN where it is not defined."""

    value: float
    p: float
    members: int


def mantel(
    one: Array,
    other: Array,
    *,
    method: Literal["pearson", "spearman"] = "pearson",
    n: int = 999,
    rng: np.random.Generator | int | None = 0,
) -> Agreement:
    """Correlate the distances of pairs in two matrices.

    Parameters
    ----------
    one, other
        Symmetric distances of the same members, shape (members, members); the diagonal is ignored.
    method
        Of the distances, or of their ranks.
    n
        Permutations; 0 leaves p out.
    rng
        Generator, seed or None.

    Returns
    -------
    Agreement
        Correlation over pairs and two-sided probability ``(1 + #{|r*| ≥ |r|})/(n + 1)``.

    Raises
    ------
    JiqunError
        If the matrices are not square, of one shape, symmetric and finite, or of fewer than three members.

    References
    ----------
    Mantel, N. (1967), The detection of disease clustering and a generalized regression approach. Cancer Research
    27, 209–220.

    Examples
    --------
    >>> line = np.abs(np.subtract.outer([0.0, 1.0, 3.0, 7.0], [0.0, 1.0, 3.0, 7.0]))
    >>> round(mantel(line, 2 * line, n=0).value, 12)
    1.0
    """
    _check(one, other)
    upper = np.triu_indices(len(one), 1)
    first, second = one[upper], other[upper]
    if method == "spearman":
        first, second = rankdata(first), rankdata(second)
    left, right = _standard(first), _standard(second)
    if left is None or right is None:
        return Agreement(np.nan, np.nan, len(one))
    square = np.zeros(one.shape)
    square[upper] = left
    square += square.T
    value = float(left @ right)

    def drawn(order: NDArray[np.int64]) -> float:
        return float(square[order[upper[0]], order[upper[1]]] @ right)

    return Agreement(value, _p(abs(value), lambda o: abs(drawn(o)), len(one), n, rng), len(one))


def distance_correlation(
    one: Array, other: Array, *, n: int = 999, rng: np.random.Generator | int | None = 0
) -> Agreement:
    """Give the distance correlation of two matrices: 0 only without any dependence, 1 where one gives the other.

    ``dCor² = Σ A_ij B_ij / √(Σ A_ij² Σ B_ij²)`` with A and B the matrices less their row and column means, plus their
    mean. Unlike Mantel's, it also sees dependence that is not monotone.

    Parameters
    ----------
    one, other
        Symmetric distances of the same members, shape (members, members), 0 on the diagonal.
    n
        Permutations; 0 leaves p out.
    rng
        Generator, seed or None.

    Returns
    -------
    Agreement
        dCor and the one-sided probability ``(1 + #{dCor* ≥ dCor})/(n + 1)``.

    Raises
    ------
    JiqunError
        As :func:`mantel`.

    References
    ----------
    Székely, G., Rizzo, M. & Bakirov, N. (2007), Measuring and testing dependence by correlation of distances.
    doi:10.1214/009053607000000505

    Examples
    --------
    >>> line = np.abs(np.subtract.outer([0.0, 1.0, 3.0, 7.0], [0.0, 1.0, 3.0, 7.0]))
    >>> round(distance_correlation(line, 2 * line, n=0).value, 12)
    1.0
    """
    _check(one, other)
    a, b = _centred(one), _centred(other)
    scale = np.sqrt(float((a**2).sum()) * float((b**2).sum()))
    if scale <= 1e-300:
        return Agreement(np.nan, np.nan, len(one))
    both = float((a * b).sum())

    def drawn(order: NDArray[np.int64]) -> float:
        return float((a[np.ix_(order, order)] * b).sum())

    return Agreement(float(np.sqrt(max(both / scale, 0.0))), _p(both, drawn, len(one), n, rng), len(one))


def _check(one: Array, other: Array) -> None:
    square = one.ndim == 2 and one.shape[0] == one.shape[1] and one.shape == other.shape
    good = square and len(one) > 2 and all(np.isfinite(m).all() and np.allclose(m, m.T) for m in (one, other))
    if not good:
        raise JiqunError(
            f"Two symmetric, finite matrices of the same three members or more are needed; got {one.shape} and "
            f"{other.shape}. Leave out members without a position.",
            f"需要两个对称、有限、成员相同且不少于三个的矩阵；得到 {one.shape} 与 {other.shape}。"
            "请剔除没有位置的成员。",
        )


def _standard(values: Array) -> Array | None:
    deviation = values - values.mean()
    length = float(np.sqrt(deviation @ deviation))
    return deviation / length if length > 1e-12 * max(1.0, float(np.abs(values).max())) else None


def _centred(matrix: Array) -> Array:
    zeroed = matrix.copy()
    np.fill_diagonal(zeroed, 0.0)
    rows = zeroed.mean(axis=1)
    return np.asarray(zeroed - rows[:, None] - rows + rows.mean())


def _p(
    value: float,
    drawn: Callable[[NDArray[np.int64]], float],
    members: int,
    n: int,
    rng: np.random.Generator | int | None,
) -> float:
    if not n:
        return np.nan
    with ThreadPoolExecutor(min(cpu_count() or 1, 8)) as pool:
        found = np.array(list(pool.map(lambda g: drawn(g.permutation(members)), generators(rng, n))))
    # a draw equal by algebra may differ in the last bit
    return float((1 + (found >= value - 1e-12 * max(1.0, abs(value))).sum()) / (n + 1))
