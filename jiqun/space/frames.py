"""Canonical columns as expected: absent ones null, identifiers text, numbers numbers.

Frames that a user hands in may lack optional columns or hold them in another type. Everything in
this room reads through :func:`typed`, so that the question “is the column there?” is answered once.
"""

from __future__ import annotations

from typing import Any

import narwhals as nw

from jiqun.cluster import TABLES, Cluster

__all__ = ["typed", "usable"]


def usable(cluster: Cluster, table: str, column: str) -> bool:
    """Whether a column is there and of a type that can be read as what the schema says.

    Examples
    --------
    >>> import polars as pl
    >>> c = Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"], "size": ["many"]}))
    >>> usable(c, "actors", "actor_id"), usable(c, "actors", "size"), usable(c, "actors", "lon")
    (True, False, False)
    """
    if not cluster.has(table, column):
        return False
    return _readable(cluster.scan(table).collect_schema()[column], TABLES[table].by_name[column].type)


def typed(cluster: Cluster, table: str, *columns: str) -> nw.LazyFrame[Any]:
    """Give the named columns of a table lazily, null where the cluster does not have them.

    Parameters
    ----------
    cluster
        The data; it must have the table.
    table
        A canonical table.
    *columns
        Canonical columns of it.

    Returns
    -------
    narwhals.LazyFrame
        Exactly these columns: text for identifiers and names, floats for numbers and integers.

    Examples
    --------
    >>> import polars as pl
    >>> c = Cluster.from_tables(actors=pl.DataFrame({"actor_id": [7], "size": [3]}))
    >>> typed(c, "actors", "actor_id", "size", "name").collect("polars").to_native().rows()
    [('7', 3.0, None)]
    """
    frame = cluster.scan(table)
    schema = frame.collect_schema()
    picked = []
    for column in columns:
        kind = TABLES[table].by_name[column].type
        if column in schema and _readable(schema[column], kind):
            picked.append(_cast(nw.col(column), schema[column], kind).alias(column))
        else:
            picked.append(nw.lit(None, dtype=_target(kind)).alias(column))
    return frame.select(*picked)


def _readable(dtype: nw.dtypes.DType, kind: str) -> bool:
    if kind == "string":
        return not isinstance(dtype, (nw.List, nw.Struct, nw.Binary))
    if kind in ("number", "integer"):
        return dtype.is_numeric() or dtype == nw.Boolean
    if kind in ("date", "time"):
        return isinstance(dtype, nw.Datetime) or dtype == nw.Date
    if kind == "boolean":
        return dtype == nw.Boolean
    return True


def _target(kind: str) -> Any:
    kinds: dict[str, Any] = {
        "string": nw.String,
        "number": nw.Float64,
        "integer": nw.Float64,
        "boolean": nw.Boolean,
        "date": nw.Datetime,
        "time": nw.Datetime,
    }
    return kinds.get(kind, nw.String)


def _cast(column: nw.Expr, dtype: nw.dtypes.DType, kind: str) -> nw.Expr:
    target = _target(kind)
    if kind in ("date", "time", "boolean", "geometry", "strings") or dtype == target:
        return column
    return column.cast(target)
