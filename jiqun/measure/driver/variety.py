"""What buyers gain from more suppliers to choose from: the variety term of an exact price index."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from jiqun.measure.resample import generators

__all__ = ["lambda_gain", "variety_gain"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


def lambda_gain(before: Array, after: Array) -> float:
    """Fall of the λ ratio between two periods, in logs: positive where variety grew.

    ``ln(λ_before / λ_after)`` with ``λ`` the part of the expenditure of a period that goes to varieties bought in both.
    New varieties lower ``λ_after``, vanished ones lower ``λ_before``; each counts as much as is spent on it. Divided
    by ``σ − 1`` it is the fall of the cost of living, in logs, that is due to variety.

    Parameters
    ----------
    before, after
        Expenditure on each variety in the two periods, ≥ 0, shape (varieties,).

    Returns
    -------
    float
        NaN where no variety is common.

    References
    ----------
    Broda, C. & Weinstein, D. (2006), Globalization and the gains from variety. doi:10.1162/qjec.2006.121.2.541
    Feenstra, R. (1994), New product varieties and the measurement of international prices. American Economic Review
    84, 157–177.

    Examples
    --------
    A second variety takes a quarter of the expenditure: λ falls from 1 to ¾.

    >>> round(lambda_gain(np.array([10.0, 0.0]), np.array([9.0, 3.0])), 4)
    0.2877
    """
    common = (before > 0) & (after > 0)
    if not common.any():
        return float("nan")
    return float(np.log(before[common].sum() / before.sum()) - np.log(after[common].sum() / after.sum()))


def variety_gain(
    expenditure: Array,
    variety: Codes,
    category: Codes,
    period: Codes,
    cluster: Codes,
    *,
    replicates: int = 199,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
) -> tuple[float, float, float]:
    """Chain the fall of the λ ratio over consecutive periods, over all categories by what is spent on them.

    Parameters
    ----------
    expenditure
        Amounts, shape (rows,).
    variety, category, period
        Codes, shape (rows,); a variety is a supplier within its category. Periods are whole numbers in order.
    cluster
        Codes of what is resampled, shape (rows,): places, or buyers.
    replicates, level, rng
        Poisson bootstrap over clusters.

    Returns
    -------
    value, low, high
        Sum over periods of the mean over categories, weighted by the expenditure of both periods. A category without a
        common variety in two periods adds nothing there. NaN with fewer than two periods.

    Examples
    --------
    >>> rows = [np.array([10.0, 9.0, 3.0]), np.array([0, 0, 1]), np.zeros(3, int), np.array([0, 1, 1]), np.arange(3)]
    >>> round(variety_gain(*rows, replicates=0)[0], 4)
    0.2877
    """
    whole = np.stack([category, variety, period])
    kept, at = np.unique(whole, axis=1, return_inverse=True)
    at = at.ravel()
    pairs, row = np.unique(kept[:2], axis=1, return_inverse=True)
    row, column = row.ravel(), kept[2] - kept[2].min(initial=0)
    width = int(column.max(initial=-1)) + 1
    if width < 2:
        return (float("nan"),) * 3
    clusters, who = np.unique(cluster, return_inverse=True)

    def one(weight: Array | None) -> float:
        spent = np.bincount(at, expenditure if weight is None else expenditure * weight[who], len(row))
        table = np.zeros((pairs.shape[1], width))
        table[row, column] = np.maximum(spent, 0.0)
        return _chained(table, pairs[0])

    value = one(None)
    draws = np.array([one(g.poisson(1.0, len(clusters)).astype(np.float64)) for g in generators(rng, replicates)])
    if np.isfinite(draws).sum() <= replicates / 2 or not replicates:
        return value, float("nan"), float("nan")
    # to draw clusters twice leaves others out: varieties vanish by chance, so the draws are taken about their mean
    low, high = np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2]) - np.nanmean(draws)
    return value, value + float(low), value + float(high)


def _chained(table: Array, category: Codes) -> float:
    code = np.unique(category, return_inverse=True)[1]
    size = int(code.max(initial=-1)) + 1
    total = 0.0
    for t in range(1, table.shape[1]):
        before, after = table[:, t - 1], table[:, t]
        common = (before > 0) & (after > 0)
        sums = [np.bincount(code, x, size) for x in (before * common, before, after * common, after)]
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = np.log(sums[0] / sums[1]) - np.log(sums[2] / sums[3])
        weight = np.where(np.isfinite(gain), sums[1] + sums[3], 0.0)
        if weight.sum() > 0:
            total += float((np.where(weight > 0, gain, 0.0) * weight).sum() / weight.sum())
    return total
