"""Points from a table of distances, so that indices by distance can be computed where only distances are known."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from jiqun.cluster import JiqunError

__all__ = ["located"]

Array = NDArray[np.float64]
AXES = ("d1", "d2", "d3")


def located(frame: IntoFrame, distances: IntoFrame, *, tolerance: float = 1e-6) -> pl.DataFrame:
    """Give actors the coordinates that a table of their distances implies, for any index by distance.

    Classical scaling: the eigenvectors of ``−½ J D² J`` (``J`` centres). Straight distances of points in the plane or
    in space come back exactly. Others – travel times, effective distances – are not those of any points; where three
    coordinates miss a distance by more than the tolerance the table is refused, and none is bent to fit.

    Parameters
    ----------
    frame
        Actors, with ``actor_id``; coordinates it has are left out.
    distances
        ``actor_id, actor_id_2, distance``: each pair once or both ways alike.
    tolerance
        Largest error of a distance, relative to the longest.

    Returns
    -------
    polars.DataFrame
        The actors with ``d1, d2, d3``, null for those without distances.

    Raises
    ------
    JiqunError
        If a pair lacks its distance, has two, a distance is negative or not a number, or no points have such distances.

    References
    ----------
    Torgerson, W. (1952), Multidimensional scaling: I. Theory and method. doi:10.1007/BF02288916

    Examples
    --------
    >>> firms = pl.DataFrame({"actor_id": ["a", "b", "c"], "industry_id": ["i", "i", "j"]})
    >>> pairs = pl.DataFrame({"actor_id": ["a", "a", "b"], "actor_id_2": ["b", "c", "c"], "distance": [3.0, 5.0, 4.0]})
    >>> at = located(firms, pairs).select("d1", "d2", "d3").to_numpy()
    >>> round(float(np.linalg.norm(at[0] - at[2])), 9)
    5.0
    """
    names, apart = _square(distances)
    middle = np.eye(len(names)) - 1.0 / len(names)
    values, vectors = np.linalg.eigh(-0.5 * middle @ apart**2 @ middle)
    at = np.zeros((len(names), len(AXES)))
    few = min(len(AXES), len(names))
    at[:, :few] = (vectors * np.sqrt(np.maximum(values, 0.0)))[:, ::-1][:, :few]
    found = np.sqrt(((at[:, None] - at) ** 2).sum(axis=2))
    error = float(np.abs(found - apart).max() / max(apart.max(), 1e-300))
    if error > tolerance:
        raise JiqunError(
            f"No points in three dimensions have these distances: one is missed by {error:.2g} of the longest. "
            "Use coordinates, or an index that needs only neighbours.",
            f"三维空间中不存在满足这些距离的点：最大误差为最长距离的 {error:.2g}。"
            "请使用坐标，或改用只需邻接关系的指数。",
        )
    placed = pl.DataFrame({"actor_id": names.tolist(), **{axis: at[:, k] for k, axis in enumerate(AXES)}})
    table = _polars(frame)
    kept = table.drop([c for c in ("lon", "lat", "x", "y", *AXES) if c in table.columns])
    return kept.with_columns(pl.col("actor_id").cast(pl.String)).join(
        placed, on="actor_id", how="left", maintain_order="left"
    )


def _square(distances: IntoFrame) -> tuple[NDArray[np.str_], Array]:
    table = _polars(distances).select(
        pl.col("actor_id", "actor_id_2").cast(pl.String), pl.col("distance").cast(pl.Float64)
    )
    given = table["distance"].fill_null(float("nan")).to_numpy()
    first, second = (table[c].to_numpy().astype(str) for c in ("actor_id", "actor_id_2"))
    names = np.unique(np.r_[first, second])
    a, b = np.searchsorted(names, first), np.searchsorted(names, second)
    matrix = np.full((len(names), len(names)), np.nan)
    matrix[b, a] = given
    matrix[a, b] = given
    np.fill_diagonal(matrix, 0.0)
    doubled = ~np.isclose(matrix[a, b], given) & (a != b)
    if not np.isfinite(matrix).all() or (matrix < 0).any() or doubled.any():
        raise JiqunError(
            "A table of distances needs one distance ≥ 0 for each pair of its actors; some are missing, negative or "
            "differ between the two directions. Complete it.",
            "距离表要求每对主体有且只有一个不小于 0 的距离；部分缺失、为负或两个方向不一致。请补全。",
        )
    return names, matrix


def _polars(frame: Any) -> pl.DataFrame:
    table = nw.from_native(frame)
    made: pl.DataFrame = (table if isinstance(table, nw.LazyFrame) else table.lazy()).collect("polars").to_native()
    return made
