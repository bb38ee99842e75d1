"""What the table of places, or of industries, says of a plant's place or industry, joined to the plants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw

from jiqun.cluster import Cluster
from jiqun.measure.cells import tidy
from jiqun.measure.index import Index
from jiqun.measure.points import OF_PLACE

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
        association ``lon`` and ``lat``, and ``geometry`` for contiguity, in the same way; for indices by distance
        ``lon`` and ``lat`` where actors have no coordinates of their own, which their notes say.
    """
    fields = chosen.parameters.model_fields
    asked = (given.get(name, fields[name].default) for name in BY_PARAMETER if name in fields)
    wanted = {name for name in asked if isinstance(name, str)}
    if chosen.family == "association":
        # of places, which have a position of their own where their actors have none
        wanted |= {"lon", "lat"} | ({"geometry"} if given.get("neighbours") == "contiguity" else set())
    present = table.collect_schema().names()
    if chosen.family == "distance" and "place_id" in present and not _positioned(present):
        wanted |= {"lon", "lat"}
    for other, key, columns in (("places", "place_id", OF_PLACES), ("industries", "industry_id", OF_INDUSTRIES)):
        add = {name: of for name, of in columns.items() if name in wanted and name not in present}
        add = {name: of for name, of in add.items() if cluster.has(other, key, of)}
        if add and key in present:
            table = _join(table, cluster.scan(other), key, add)
            if chosen.family == "distance" and "lon" in add:
                table = table.with_columns(nw.lit(True).alias(OF_PLACE))
    return table


def _positioned(present: Sequence[str]) -> bool:
    """Say whether actors have coordinates of their own."""
    return any(set(pair) <= set(present) for pair in (("lon", "lat"), ("x", "y"), ("d1", "d2", "d3")))


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
