"""The analytic hierarchy process: weights from pairwise judgements, and whether the judgements agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array

__all__ = ["RANDOM_INDEX", "Judged", "ahp_weights"]

RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
"""Mean consistency index of random reciprocal matrices of order 1 to 15 (Saaty 1980)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Weights from one matrix of judgements."""

    weights: Array
    """Shape (items,), summing to 1."""
    largest: float
    """Largest eigenvalue; the number of items where the judgements agree entirely."""
    index: float
    """Consistency index CI."""
    ratio: float
    """Consistency ratio CR = CI / RI; below 0.1 the judgements pass. 0 for one or two items."""

    @property
    def consistent(self) -> bool:
        """Whether the ratio is below 0.1."""
        return self.ratio < 0.1


def ahp_weights(matrix: Array, *, method: Literal["eigenvector", "geometric"] = "eigenvector") -> Judged:
    r"""Weights from pairwise judgements, with the consistency check.

    The weights are the principal right eigenvector of :math:`A`, or the geometric means of its rows;
    :math:`CI=(\lambda_{\max}-n)/(n-1)`, :math:`CR=CI/RI_n`. The eigenvalue for the geometric means is
    :math:`\frac1n\sum_i (Aw)_i/w_i`.

    Parameters
    ----------
    matrix
        Shape (items, items): how many times as important the row is as the column; reciprocal, ones on
        the diagonal.
    method
        How the weights are found.

    Returns
    -------
    Judged
        Weights and consistency. An inconsistent matrix is not refused here: see ``consistent``.

    Raises
    ------
    JiqunError
        If the matrix is not square, positive and reciprocal, or has more than 15 items.

    References
    ----------
    Saaty (1977), A scaling method for priorities in hierarchical structures. doi:10.1016/0022-2496(77)90033-5

    Examples
    --------
    >>> judged = ahp_weights(np.array([[1, 2, 6], [1/2, 1, 3], [1/6, 1/3, 1]]))
    >>> judged.weights.round(6).tolist(), round(abs(judged.ratio), 9)
    ([0.6, 0.3, 0.1], 0.0)
    """
    a = np.asarray(matrix, dtype=np.float64)
    n = len(a)
    if a.shape != (n, n) or not 1 <= n <= len(RANDOM_INDEX) or not np.isfinite(a).all() or (a <= 0).any():
        raise JiqunError(
            f"ahp_weights needs a square matrix of numbers above 0, of 1 to {len(RANDOM_INDEX)} items; "
            f"it was given shape {a.shape}.",
            f"ahp_weights 要求 1 到 {len(RANDOM_INDEX)} 阶、元素大于 0 的方阵；所给形状为 {a.shape}。",
        )
    off = np.abs(a * a.T - 1.0)
    if off.max() > 1e-2:
        i, j = np.unravel_index(int(off.argmax()), off.shape)
        raise JiqunError(
            f"ahp_weights needs a reciprocal matrix; [{i}][{j}] = {a[i, j]:g} but [{j}][{i}] = {a[j, i]:g}. "
            f"Write {1 / a[i, j]:.4g} there.",
            f"ahp_weights 要求互反矩阵；[{i}][{j}] = {a[i, j]:g}，而 [{j}][{i}] = {a[j, i]:g}。"
            f"应为 {1 / a[i, j]:.4g}。",
        )
    if method == "geometric":
        raw = np.exp(np.log(a).mean(axis=1))
        weights = raw / raw.sum()
        largest = float(np.mean(a @ weights / weights))
    else:
        values, vectors = np.linalg.eig(a)
        first = int(np.argmax(values.real))
        weights = np.abs(vectors[:, first].real)
        weights, largest = weights / weights.sum(), float(values[first].real)
    index = (largest - n) / (n - 1) if n > 2 else 0.0
    return Judged(weights, largest, index, index / RANDOM_INDEX[n - 1] if n > 2 else 0.0)
