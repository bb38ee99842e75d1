"""Least squares with the covariances that panels need; two-way effects are taken out exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array

__all__ = ["Fit", "Robust", "demean", "least_squares"]

Robust = Literal["plain", "HC1", "cluster"]


@dataclass(frozen=True, slots=True)
class Fit:
    """A regression: estimates, errors, and what they rest on."""

    coefficient: Array
    """Shape (regressors,)."""
    error: Array
    p: Array
    """Two-sided, from Student's t."""
    residual: Array
    """Shape (rows,)."""
    freedom: int
    """Degrees of freedom of t: rows less parameters, or clusters less one."""
    rows: int
    r_squared: float
    """Of the regression as given; after effects are taken out, the within R²."""


def least_squares(
    y: Array,
    x: Array,
    *,
    robust: Robust = "plain",
    cluster: NDArray[np.int64] | None = None,
    absorbed: int = 0,
) -> Fit:
    r"""Ordinary least squares with plain, HC1 or cluster-robust errors.

    :math:`\hat\beta=(X'X)^{-1}X'y`. With :math:`k` the number of parameters (those absorbed as effects counted):
    plain :math:`s^2(X'X)^{-1}`, :math:`s^2=e'e/(n-k)`; HC1
    :math:`\frac{n}{n-k}(X'X)^{-1}X'\mathrm{diag}(e^2)X(X'X)^{-1}`;
    cluster :math:`\frac{C}{C-1}\frac{n-1}{n-k}(X'X)^{-1}\bigl[\sum_c X_c'e_ce_c'X_c\bigr](X'X)^{-1}`,
    t with :math:`C-1` degrees of freedom.

    Parameters
    ----------
    y
        Shape (rows,).
    x
        Shape (rows, regressors), with a column of ones where a constant is wanted.
    robust
        Which covariance.
    cluster
        Cluster of each row, for ``robust="cluster"``.
    absorbed
        Effects taken out of ``y`` and ``x`` before.

    Raises
    ------
    JiqunError
        If there are not more rows than parameters, a regressor depends on the others, or there are fewer than two
        clusters.

    References
    ----------
    Liang & Zeger (1986), Longitudinal data analysis using generalized linear models. doi:10.1093/biomet/73.1.13

    Examples
    --------
    >>> fit = least_squares(np.array([1.0, 3.0, 5.0, 8.0]), np.column_stack([np.ones(4), np.arange(4.0)]))
    >>> fit.coefficient.round(6).tolist(), fit.error.round(6).tolist()
    ([0.8, 2.3], [0.324037, 0.173205])
    """
    n, k = x.shape
    parameters = k + absorbed
    scale = np.sqrt((x**2).sum(axis=0))
    if n <= parameters or (scale == 0).any() or np.linalg.matrix_rank(x / np.where(scale > 0, scale, 1.0)) < k:
        raise JiqunError(
            f"A regression of {n} rows on {parameters} parameters cannot be estimated: "
            "too few rows, or a regressor depends on the others.",
            f"{n} 行数据无法估计含 {parameters} 个参数的回归：行数不足，或解释变量线性相关。",
        )
    q, r = np.linalg.qr(x)
    coefficient = np.linalg.solve(r, q.T @ y)
    residual = y - x @ coefficient
    inverse = np.linalg.inv(r)
    bread = inverse @ inverse.T
    freedom = n - parameters
    if robust == "plain":
        covariance = bread * (residual @ residual) / freedom
    elif robust == "HC1":
        covariance = bread @ ((x * (residual**2)[:, None]).T @ x) @ bread * (n / freedom)
    else:
        codes = np.unique(cluster, return_inverse=True)[1] if cluster is not None else np.zeros(n, dtype=np.int64)
        clusters = int(codes.max()) + 1
        if clusters < 2:
            raise JiqunError("Errors by cluster need at least two clusters.", "聚类稳健标准误至少需要两个聚类。")
        summed = np.zeros((clusters, k))
        np.add.at(summed, codes, x * residual[:, None])
        covariance = bread @ (summed.T @ summed) @ bread * (clusters / (clusters - 1) * (n - 1) / freedom)
        freedom = clusters - 1
    error = np.sqrt(np.diag(covariance))
    spread = ((y - y.mean()) ** 2).sum() if absorbed == 0 else (y**2).sum()
    explained = 1.0 - float(residual @ residual) / float(spread) if spread > 0 else float("nan")
    return Fit(coefficient, error, _two_sided(coefficient, error, freedom), residual, freedom, n, explained)


def demean(columns: Array, *effects: NDArray[np.int64]) -> tuple[Array, int]:
    """Take fixed effects out of columns, and count the parameters this costs.

    One effect is taken out by its means; two by solving for the smaller one exactly, so that unbalanced panels
    are right to rounding.

    Parameters
    ----------
    columns
        Shape (rows, columns).
    *effects
        One or two codes of each row.

    Returns
    -------
    residuals, absorbed
        Shape (rows, columns), and the number of parameters of the effects.

    Examples
    --------
    >>> made, absorbed = demean(np.array([[1.0], [2.0], [4.0], [5.0]]), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    >>> bool(np.allclose(made, 0.0)), absorbed
    (True, 3)
    """
    codes = [np.unique(e, return_inverse=True)[1] for e in effects]
    codes.sort(key=lambda c: int(c.max()))
    large = codes[-1]
    made = _within(columns, large)
    absorbed = int(large.max()) + 1
    if len(codes) == 2:
        dummies: Array = np.eye(int(codes[0].max()) + 1)[codes[0]]
        inner = _within(dummies, large)
        rank = int(np.linalg.matrix_rank(inner))
        made = np.asarray(made - inner @ np.linalg.lstsq(inner, made, rcond=None)[0], dtype=np.float64)
        absorbed += rank
    return made, absorbed


def _within(columns: Array, codes: NDArray[np.int64]) -> Array:
    size = np.bincount(codes).astype(np.float64)
    summed = np.stack([np.bincount(codes, column, len(size)) for column in columns.T], axis=1)
    found: Array = columns - (summed / size[:, None])[codes]
    return found


def _two_sided(coefficient: Array, error: Array, freedom: int) -> Array:
    from scipy.special import stdtr

    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.asarray(np.abs(coefficient / error), dtype=np.float64)
    return np.asarray(2.0 * stdtr(float(freedom), -ratio), dtype=np.float64)
