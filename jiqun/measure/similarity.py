"""Which units have an industrial profile like that of one of them."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, UnknownName
from jiqun.measure.cells import cells, tidy
from jiqun.measure.resample import interval, poisson_weights
from jiqun.measure.shares import spread

__all__ = ["cosine", "similar"]

Array = NDArray[np.float64]


def similar(
    frame: IntoFrame,
    *,
    to: str,
    of: Literal["place", "industry"] = "place",
    weight: str | None = None,
    replicates: int = 99,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
) -> Any:
    """Compare the profile of one place (or industry) with that of every other.

    The profile of a place is its shares over industries, that of an industry its shares over places.
    ``value`` is the cosine of two profiles; beside it stands their Krugman distance ``Σ |s − s'|``, the
    same sum as in :func:`jiqun.measure.concentration.krugman.krugman`, with the other unit in place of the whole.
    The cosine is ruled by the large industries; the distance counts every point of share alike.

    Parameters
    ----------
    frame
        One row for each actor or cell, with ``place_id`` and ``industry_id``.
    to
        The unit the others are compared with.
    of
        What the units are.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    replicates, level, rng
        Poisson bootstrap over rows, of the cosine; none where ``replicates`` is 0.

    Returns
    -------
    frame
        ``place_id`` (or ``industry_id``), ``value, low, high`` (cosine, in [0, 1]), ``distance`` (in [0, 2]),
        ``rows``, ``weight``, ``note``; the nearest first, without the unit itself. Null where a unit has no weight.

    Raises
    ------
    UnknownName
        If there is no such unit.
    JiqunError
        If the unit has no weight, so that it has no profile.

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q", "q", "r"], "industry_id": ["a", "b", "a", "b", "c"]})
    >>> similar(firms, to="p", replicates=0).select("place_id", pl.col("value").round(9), "distance").rows()
    [('q', 1.0, 0.0), ('r', 0.0, 2.0)]
    """
    groups = cells(frame, "similar", place="place_id", industry="industry_id", weight=weight, unknown="exclude")
    names = groups.places if of == "place" else groups.industries
    if to not in names:
        raise UnknownName(of, to[:60], names.tolist())
    at = int(np.searchsorted(names, to))
    share = spread(groups, of).share
    if not np.isfinite(share[at]).all():
        raise JiqunError(
            f"{of} {to} has no weight, so it has no profile that another could be like. Choose another one.",
            f"{to} 的权重为零，没有可比较的结构。请另选一个。",
        )
    value = cosine(share, at)
    low = high = np.full(value.shape, np.nan)
    if replicates:
        draws = poisson_weights(groups.rows, replicates, rng)
        low, high, _ = interval(lambda times: cosine(spread(groups, of, times).share, at), draws, level)
        # Resampling moves two profiles apart more often than together: the interval holds the value.
        low, high = np.fmin(low, value), np.fmax(high, value)
    order = np.lexsort((names, -np.nan_to_num(value, nan=-1.0)))
    order = order[order != at]
    axis = 1 if of == "place" else 0
    rows = groups.total(power=0)[:-1, :-1].sum(axis=axis)
    return tidy(
        {
            f"{of}_id": names[order].tolist(),
            "value": value[order],
            "low": low[order],
            "high": high[order],
            "distance": np.abs(share - share[at]).sum(axis=1)[order],
            "rows": rows[order].astype(np.int64),
            "weight": groups.total()[:-1, :-1].sum(axis=axis)[order],
            "note": [None if np.isfinite(v) else "no weight" for v in value[order]],
        },
        groups.native,
    )


def cosine(share: Array, at: int) -> Array:
    """Cosine of one row with every row, shape (rows,); NaN for a row without weight.

    Examples
    --------
    >>> cosine(np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]), 0).round(4).tolist()
    [1.0, 0.7071, 0.0]
    """
    length = np.sqrt((share**2).sum(axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Array = share @ share[at] / (length * length[at])
    return np.clip(found, 0.0, 1.0)
