"""What the table of places, or of industries, says of a plant's place or industry, joined to the plants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw

from jiqun.cluster import Cluster
from jiqun.measure.cells import tidy
from jiqun.measure.index import Index

__all__ = ["joined"]

BY_PARAMETER = ("area", "population", "group")
"""Parameters that name a column which belongs to a place or to an industry."""
OF_PLACES = {name: name for name in ("area", "population", "level", "parent", "lon", "lat", "geometry")}
OF_INDUSTRIES = {"industry_parent": "parent"}


def joined(cluster: Cluster, chosen: Index, table: nw.LazyFrame[Any], given: Mapping[str, Any]) -> nw.LazyFrame[Any]:
    """Add to a table of actors the columns of their place or industry that the parameters of an index name.

    Parameters
    ----------
    cluster
        The cluster.
    chosen
        The index.
    table
        Its table.
    given
        Parameters; for those not given the default counts.

    Returns
    -------
    narwhals.LazyFrame
        The table with ``area``, ``population``, ``level`` or ``parent`` of the place, or ``industry_parent``, where a
        parameter names it, the table has it not, and the cluster's places (or industries) do. For spatial
        association ``lon`` and ``lat``, and ``geometry`` for contiguity, in the same way.
    """
    fields = chosen.parameters.model_fields
    asked = (given.get(name, fields[name].default) for name in BY_PARAMETER if name in fields)
    wanted = {name for name in asked if isinstance(name, str)}
    if chosen.family == "association":
        # of places, which have a position of their own where their actors have none
        wanted |= {"lon", "lat"} | ({"geometry"} if given.get("neighbours") == "contiguity" else set())
    present = table.collect_schema().names()
    for other, key, columns in (("places", "place_id", OF_PLACES), ("industries", "industry_id", OF_INDUSTRIES)):
        add = {name: of for name, of in columns.items() if name in wanted and name not in present}
        add = {name: of for name, of in add.items() if cluster.has(other, key, of)}
        if add and key in present:
            table = _join(table, cluster.scan(other), key, add)
    return table


def _join(table: nw.LazyFrame[Any], other: nw.LazyFrame[Any], key: str, add: Mapping[str, str]) -> nw.LazyFrame[Any]:
    kind = table.collect_schema()[key]
    few = other.select(nw.col(key).cast(kind), **{name: nw.col(of) for name, of in add.items()}).unique(
        subset=[key], keep="any"
    )
    if few.implementation != table.implementation:
        read = few.collect("pyarrow")
        few = nw.from_native(tidy({name: read[name].to_arrow() for name in read.columns}, table.to_native())).lazy()
        if few.implementation != table.implementation:
            table = table.collect(few.implementation.value if few.implementation.is_polars() else "pyarrow").lazy()
    return table.join(few, on=key, how="left")
