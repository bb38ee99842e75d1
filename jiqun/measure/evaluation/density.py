"""How the distribution moves: Gaussian kernel densities, one for each period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.panel import Array

__all__ = ["Densities", "kernel_densities", "silverman"]


@dataclass(frozen=True, slots=True)
class Densities:
    """Densities over one grid."""

    grid: Array
    """Shape (points,)."""
    density: Array
    """Shape (periods, points); NaN in a period with fewer than two different values."""
    bandwidth: Array
    """Shape (periods,)."""
    peaks: Array
    """Number of local maxima that are at least a twentieth of the highest, shape (periods,): two or more are a sign of
    polarisation."""


def silverman(values: Array) -> float:
    r"""Bandwidth :math:`0.9\,\min(s,\mathrm{IQR}/1.34)\,n^{-1/5}`.

    Where the interquartile range is 0 the deviation alone is used; NaN with fewer than two different values.

    References
    ----------
    Silverman (1986), Density Estimation for Statistics and Data Analysis. doi:10.1201/9781315140919

    Examples
    --------
    >>> round(silverman(np.array([1.0, 2.0, 3.0, 4.0])), 6)
    0.763514
    """
    if len(values) < 2 or values.max() <= values.min():
        return float("nan")
    spread = float(values.std(ddof=1))
    quarter = float(np.subtract(*np.quantile(values, [0.75, 0.25]))) / 1.34
    return 0.9 * (min(spread, quarter) if quarter > 0 else spread) / float(len(values) ** 0.2)


def kernel_densities(
    values: Array, *, points: int = 200, bandwidth: float | None = None, reflect: bool = False
) -> Densities:
    r"""Kernel density of each period, :math:`f(x)=\frac{1}{nh}\sum_i\varphi\bigl((x-y_i)/h\bigr)`.

    Parameters
    ----------
    values
        Shape (periods, places).
    points
        Size of the common grid, which reaches three bandwidths beyond the values.
    bandwidth
        One for all periods; None: :func:`silverman` in each.
    reflect
        Reflect the mass below 0 back, for scores that cannot be negative; the grid then begins at 0.

    Raises
    ------
    JiqunError
        If the bandwidth is not above 0 or there are fewer than two points.

    References
    ----------
    Silverman (1986), Density Estimation for Statistics and Data Analysis. doi:10.1201/9781315140919

    Examples
    --------
    >>> d = kernel_densities(np.array([[0.0, 1.0, 2.0, 5.0]]))
    >>> round(float(np.trapezoid(d.density[0], d.grid)), 3)
    0.999
    """
    if points < 2 or (bandwidth is not None and not bandwidth > 0):
        raise JiqunError(
            "kernel_densities needs at least two points and a bandwidth above 0.",
            "kernel_densities 要求至少两个网格点，且带宽大于 0。",
        )
    rows = [row[np.isfinite(row)] for row in values]
    widths = np.array([silverman(row) for row in rows])
    if bandwidth is not None:
        widths = np.where(np.isfinite(widths), bandwidth, np.nan)
    density, peaks = np.full((len(values), points), np.nan), np.full(len(values), np.nan)
    if not np.isfinite(widths).any():
        return Densities(np.full(points, np.nan), density, widths, peaks)
    margin = 3.0 * np.nanmax(widths)
    low, high = np.nanmin(values) - margin, np.nanmax(values) + margin
    grid = np.linspace(0.0 if reflect else low, high, points)
    for t, (row, h) in enumerate(zip(rows, widths, strict=True)):
        if not np.isfinite(h):
            continue
        density[t] = _gauss(grid, row, h) + (_gauss(grid, -row, h) if reflect else 0.0)
        rises = np.diff(density[t]) > 0
        tops = np.r_[reflect and not rises[0], rises[:-1] & ~rises[1:], False]
        peaks[t] = float((tops & (density[t] >= 0.05 * density[t].max())).sum())
    return Densities(grid, density, widths, peaks)


def _gauss(grid: Array, values: Array, h: float) -> Array:
    z = (grid[:, None] - values) / h
    found: Array = np.exp(-0.5 * z**2).sum(axis=1) / (len(values) * h * np.sqrt(2.0 * np.pi))
    return found
