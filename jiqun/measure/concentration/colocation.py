"""Colocation of Howard, Newman and Tarp: how often plants of two industries are in the same place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from narwhals.typing import IntoFrame
from scipy.special import ndtr

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, cells, labels, tidy
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.resample import Level, Replicates, Seed, interval, poisson_weights
from jiqun.measure.shares import Array


@index(
    title=Words("Excess colocation", "超额共址指数"),
    question=Words(
        "Are plants of two industries in the same place more often than if they swapped places at random?",
        "两个行业的企业处于同一地方的频率，是否高于随机互换位置时的水平？",
    ),
    reading=Words(
        "0: as by chance; positive: more pairs share a place than under random labels; negative: fewer.",
        "0 表示与随机无异；为正表示同处一地的企业对多于随机；为负表示少于随机。",
    ),
    formula=r"XCL_{ij} = \sum_r \frac{n_{ri} n_{rj}}{n_i n_j} - \sum_r \frac{N_r (N_r-1)}{T(T-1)}",
    needs=Needs("actors", ("place_id", "industry_id")),
    grain=("industry_id", "industry_id_2"),
    bounds=Bounds(-1.0, 1.0),
    neutral=0.0,
    laws=("row_order", "labels", "scale"),
    references=(
        Reference(
            "Howard, Newman & Tarp (2016), Measuring industry coagglomeration and identifying the driving forces",
            "10.1093/jeg/lbv037",
        ),
        Reference("Cliff & Ord (1981), Spatial Processes (moments of join counts)", ""),
    ),
)
def colocation(
    frame: IntoFrame,
    *,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the excess colocation of every pair of industries, with its exact expectation and variance.

    ``CL = Σ_r n_ri n_rj/(n_i n_j)`` is the share of pairs of plants, one of each industry, that are in the
    same place. Under the null the two industries' plants swap their labels at random. Its expectation and
    variance are then those of a join count of unlike labels without replacement, in closed form:
    the simulation of the paper is not needed.

    Parameters
    ----------
    frame
        One row for each plant. Rows without a place are left out.
    place, industry
        Columns of the keys.
    replicates, level, rng
        Poisson bootstrap over plants for the interval. Off by default, since pairs are many.

    Returns
    -------
    frame
        ``industry_id, industry_id_2, value, low, high, p, cl, expected, z, note``. ``value`` is XCL = CL − E CL;
        ``z`` is XCL over the null's standard deviation and ``p`` its two-sided normal probability, null
        where every arrangement of the labels gives the same CL.

    References
    ----------
    Howard, E., Newman, C. & Tarp, F. (2016). doi:10.1093/jeg/lbv037

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "b", "a", "b"]})
    >>> colocation(firms).select("cl", "expected", "value").row(0)
    (0.5, 0.3333333333333333, 0.16666666666666669)
    """
    groups = cells(frame, "colocation", place=place, industry=industry, weight="count", unknown="exclude").plants()
    first, second = np.triu_indices(len(groups.industries), k=1)

    def count(times: Any = None) -> Array:
        counted: Array = groups.total(0, times)[:-1, :-1]
        return counted

    found = _colocation(count(), first, second)
    low = high = np.full(len(first), np.nan)
    if replicates:
        draws = poisson_weights(groups.rows, replicates, rng)
        below, above, centre = interval(lambda w: _colocation(count(w), first, second).excess, draws, level)
        low, high = found.excess + below - centre, found.excess + above - centre
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(found.variance > 1e-30, found.excess / np.sqrt(found.variance), np.nan)
    return tidy(
        {
            "industry_id": labels(groups.industries, first),
            "industry_id_2": labels(groups.industries, second),
            "value": found.excess,
            "low": low,
            "high": high,
            "p": 2.0 * ndtr(-np.abs(z)),
            "cl": found.cl,
            "expected": found.expected,
            "z": z,
            "note": [None if np.isfinite(v) else "an industry has no plant" for v in found.excess],
        },
        groups.native,
    )


@dataclass(frozen=True, slots=True)
class _Pairs:
    """CL of each pair, its expectation and variance under random labels, shape (pairs,)."""

    cl: Array
    expected: Array
    variance: Array

    @property
    def excess(self) -> Array:
        return self.cl - self.expected


def _colocation(n: Array, first: Any, second: Any) -> _Pairs:
    """Moments of the join count of unlike labels on cliques of the sizes N_r, drawn without replacement."""
    total = n.sum(axis=0)
    n_i, n_j = total[first], total[second]
    t = n_i + n_j
    # Sums over places of powers of N_r = n_ri + n_rj, by the binomial theorem from cross-products.
    cross = {(a, b): ((n**a).T @ (n**b))[first, second] for a in range(4) for b in range(4 - a) if a + b}
    n2 = cross[2, 0] + 2 * cross[1, 1] + cross[0, 2]
    n3 = cross[3, 0] + 3 * cross[2, 1] + 3 * cross[1, 2] + cross[0, 3]
    edges = (n2 - t) / 2.0
    # Ordered pairs of edges that share a plant: Σ N (N−1)(N−2).
    touching = n3 - 3.0 * n2 + 2.0 * t
    apart = edges * (edges - 1.0) - touching
    with np.errstate(divide="ignore", invalid="ignore"):
        cl = cross[1, 1] / (n_i * n_j)
        unlike = 2.0 * n_i * n_j / (t * (t - 1.0))
        both_touching = n_i * n_j / (t * (t - 1.0))
        fourth = t * (t - 1.0) * (t - 2.0) * (t - 3.0)
        both_apart = np.where(fourth > 0, 4.0 * n_i * (n_i - 1) * n_j * (n_j - 1) / fourth, 0.0)
        second_moment = edges * unlike + touching * both_touching + apart * both_apart
        variance = np.maximum(second_moment - (edges * unlike) ** 2, 0.0) / (n_i * n_j) ** 2
        return _Pairs(cl, edges * unlike / (n_i * n_j), variance)
