"""The gravity curve: interactions by distance, against what the size of the places alone would make them."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtri

from jiqun.cluster import Cluster, JiqunError
from jiqun.measure.gravity.estimate import design
from jiqun.measure.regression import ppml

__all__ = ["gravity_curve"]

Array = NDArray[np.float64]


def gravity_curve(cluster: Cluster, *, bins: int = 12, level: float = 0.95, **parameters: Any) -> pl.DataFrame:
    """Give interactions by distance relative to what the sizes of origins and destinations make them.

    Without distance, ``m_ij = O_i D_j / Σ`` in each period and channel. The curve is the sum of interactions over
    that of m in each class of distance, as many expected in each; beside it what the gravity equation fits.

    Parameters
    ----------
    cluster
        The data.
    bins
        Classes of distance; pairs inside a place are one more, the first.
    level
        Coverage of the interval, of independent pairs of places (both directions together).
    **parameters
        Of :func:`~jiqun.measure.gravity.design`, such as ``interactions``, ``period``, ``by``, ``at``, ``places``.

    Returns
    -------
    polars.DataFrame
        ``period, channel, class, from_km, to_km, distance_km, value, low, high, fitted, interactions, expected,
        pairs``: ``value`` is the ratio, 1 as sizes make it, ``fitted`` the same of the fitted equation,
        ``distance_km`` the mean weighted by m. ``class`` is ``"home"`` or ``"between"``.

    Raises
    ------
    JiqunError
        As :func:`~jiqun.measure.gravity.gravity`.

    Examples
    --------
    >>> at = {"a": 0, "b": 1, "c": 3, "d": 7}
    >>> towns = pl.DataFrame({"place_id": list(at), "lon": list(at.values()), "lat": [0] * 4})
    >>> firms = pl.DataFrame({"actor_id": list(at), "place_id": list(at)})
    >>> met = [(i, j) for i in at for j in at if i != j for _ in range(84 // abs(at[i] - at[j]))]
    >>> c = Cluster.from_tables(places=towns, actors=firms,
    ...     interactions=pl.DataFrame(met, schema=["source", "target"], orient="row"))
    >>> gravity_curve(c, bins=2)["class"].to_list()
    ['home', 'between', 'between']
    """
    if not 1 <= bins <= 200 or not 0.0 < level < 1.0:
        raise JiqunError(
            "gravity_curve needs 1 to 200 bins and a level between 0 and 1. Correct them.",
            "gravity_curve 要求 bins 为 1 至 200，level 在 0 与 1 之间。请更正。",
        )
    plan = design(cluster, **parameters)
    made, far = plan.flows, plan.distances
    same = made.origins[:, None] == made.destinations[None]
    code = plan.codes
    one, other = np.meshgrid(*code, indexing="ij")
    pair = np.minimum(one, other) * (int(max(one.max(), other.max())) + 1) + np.maximum(one, other)
    rows: list[dict[str, Any]] = []
    for group, flow in enumerate(made.flow):
        km = far.km[group if len(far.km) > 1 else 0]
        known = np.isfinite(km)
        if not (flow[known] > 0).any():
            continue
        fit = plan.fit([group])
        size = ppml(flow[None], np.zeros((1, 1, *flow.shape)), used=known[None]).fitted[0]
        usable = known & np.isfinite(size) & (size > 0)
        edges = _edges(km[usable & ~same], size[usable & ~same], bins)
        klass = np.where(same, 0, 1 + np.clip(np.searchsorted(edges, km, side="right") - 1, 0, len(edges) - 2))
        for position in range(len(edges)):
            inside = usable & (klass == position)
            if inside.any():
                head = {"period": made.periods[group], "channel": made.channels[group]}
                rows.append(head | _class(position, inside, (flow, size, fit.fitted[0], km, pair), level))
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


_SCHEMA = {
    "period": pl.String,
    "channel": pl.String,
    "class": pl.String,
    **dict.fromkeys(
        ("from_km", "to_km", "distance_km", "value", "low", "high", "fitted", "interactions", "expected"), pl.Float64
    ),
    "pairs": pl.Int64,
}


def _edges(km: Array, size: Array, bins: int) -> Array:
    """Distances between which as much is expected, from the shortest to the longest."""
    if not len(km):
        return np.array([0.0, np.inf])
    order = np.argsort(km, kind="stable")
    upto = np.cumsum(size[order]) / size.sum()
    cuts = km[order][np.minimum(np.searchsorted(upto, np.arange(1, bins) / bins), len(km) - 1)]
    return np.unique(np.r_[km.min(), cuts, np.nextafter(km.max(), np.inf)])


def _class(
    position: int, inside: NDArray[np.bool_], cells: tuple[Array, Array, Array, Array, NDArray[np.int64]], level: float
) -> dict[str, Any]:
    flow, size, fitted, km, pair = (part[inside] for part in cells)
    expected = float(size.sum())
    value = float(flow.sum()) / expected
    by_pair = np.bincount(np.unique(pair, return_inverse=True)[1], flow - value * size)
    error = float(np.sqrt((by_pair**2).sum())) / expected
    reach = float(ndtri(0.5 + level / 2.0)) * error
    model = float(np.nansum(fitted)) / expected
    return {
        "class": "between" if position else "home",
        "from_km": float(km.min()),
        "to_km": float(km.max()),
        "distance_km": float((km * size).sum() / expected),
        "value": value,
        "low": max(value - reach, 0.0) if len(by_pair) > 1 else None,
        "high": value + reach if len(by_pair) > 1 else None,
        "fitted": model if np.isfinite(fitted).any() else None,
        "interactions": float(flow.sum()),
        "expected": expected,
        "pairs": len(by_pair),
    }
