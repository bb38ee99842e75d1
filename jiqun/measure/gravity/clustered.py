"""Covariances of gravity estimates that let the errors of a pair, of an origin or of a destination hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Words
from jiqun.measure.regression import Ppml, by_cluster, covariance_of

__all__ = ["ERRORS", "Clustered", "Errors", "covariance"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

Errors = Literal["pair", "origin+destination"]

LEAST = 0.01
"""One less leverage at least: a cell that has its effects to itself has no score either."""

ERRORS: Mapping[Errors, Words] = MappingProxyType(
    {
        "pair": Words(
            "clustered by pair of places, both directions and all periods together",
            "按地点对聚类（两个方向与各期合并）",
        ),
        "origin+destination": Words("clustered two ways, by origin and by destination", "按起点与终点双向聚类"),
    }
)
"""What errors may hang together."""


@dataclass(frozen=True, slots=True)
class Clustered:
    """Covariance of the coefficients of one fit or several, one after the other."""

    covariance: Array
    clusters: int
    """Clusters with cells in use; of two ways the fewer."""

    @property
    def freedom(self) -> int:
        """Degrees of freedom of t: clusters less one."""
        return self.clusters - 1


def covariance(
    fits: Sequence[Ppml], origins: Codes, destinations: Codes, errors: Errors, *, corrected: bool = True
) -> Clustered:
    r"""Give the covariance of the coefficients of fits to the same places, as the sum over clusters of squared scores.

    :math:`V = \frac{C}{C-1} \sum_c u_c u_c'` with :math:`u_c = B \sum_{ij \in c} s_{ij}/(1-h_{ij})`, the bread times
    the scores of the cluster. A large flow pulls the effects of its places, and so its own fitted value, towards
    itself; dividing by one less its leverage h undoes that to first order, as HC3 does in least squares (MacKinnon &
    White 1985). Two ways add those of origins and of destinations and take off those of ordered pairs (Cameron,
    Gelbach & Miller 2011).

    Parameters
    ----------
    fits
        Fits whose arrays have the same origins and destinations.
    origins, destinations
        Code of the place of each origin and destination, so that a place on both sides is known to be one.
    errors
        Clusters.
    corrected
        False leaves h out and multiplies by :math:`\frac{n-1}{n-k}` instead, where k counts the effects: what other
        packages give. Their intervals are too short; docs/gravity.md has figures.

    References
    ----------
    MacKinnon, J. & White, H. (1985), Some heteroskedasticity-consistent covariance matrix estimators with improved
    finite sample properties. Journal of Econometrics 29, 305–325. doi:10.1016/0304-4076(85)90158-7

    Cameron, A. C., Gelbach, J. & Miller, D. (2011), Robust inference with multiway clustering. Journal of Business
    & Economic Statistics 29, 238–249. doi:10.1198/jbes.2010.07136
    """
    first, second = np.meshgrid(origins, destinations, indexing="ij")
    size = int(max(origins.max(initial=0), destinations.max(initial=0))) + 1
    influence, seen = [], np.zeros(first.shape, dtype=bool)
    for fit in fits:
        cells = int(fit.used.sum())
        free = max(cells - fit.absorbed - int(np.isfinite(fit.coefficient).sum()), 1)
        score = fit.score / np.maximum(1.0 - fit.leverage, LEAST) if corrected else fit.score
        summed = np.einsum("kl,lij->kij", np.nan_to_num(fit.bread), score.sum(axis=1))
        influence.append(summed if corrected else summed * np.sqrt(max(cells - 1, 1) / free))
        seen |= fit.used.any(axis=0)
    stacked = np.concatenate(influence)
    if errors == "pair":
        made, clusters = _summed(stacked, np.minimum(first, second) * size + np.maximum(first, second), seen)
    else:
        by_origin, some = _summed(stacked, first, seen)
        by_destination, others = _summed(stacked, second, seen)
        by_both, _ = _summed(stacked, first * size + second, seen)
        made, clusters = _positive(by_origin + by_destination - by_both), min(some, others)
    return Clustered(made, clusters)


def _summed(influence: Array, code: Codes, seen: NDArray[np.bool_]) -> tuple[Array, int]:
    names, at = np.unique(code[seen], return_inverse=True)
    return covariance_of(by_cluster(influence[:, seen], at, len(names))), len(names)


def _positive(matrix: Array) -> Array:
    """Set negative eigenvalues, which a difference may have, to nought."""
    if not np.isfinite(matrix).all():
        return matrix
    value, vector = np.linalg.eigh(matrix)
    return np.asarray((vector * np.maximum(value, 0.0)) @ vector.T)
