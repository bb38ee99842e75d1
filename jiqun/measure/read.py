"""The table an index reads from a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import narwhals as nw

from jiqun.cluster import Cluster, JiqunError
from jiqun.measure.index import Index, Space
from jiqun.measure.joined import joined
from jiqun.measure.placed import LOCATION, Placed, placed_table

__all__ = ["table_of"]


def table_of(
    cluster: Cluster,
    chosen: Index,
    *,
    space: Space | Placed = "physical",
    kind: str | None = "firm",
    parameters: Mapping[str, Any] = MappingProxyType({}),
) -> Any:
    """Give the table that an index reads from a cluster, lazily where the cluster is on disk.

    Parameters
    ----------
    cluster
        The cluster.
    chosen
        The index, which names the table and columns it needs.
    space
        ``"physical"``, ``"digital"``, or a :class:`~jiqun.measure.placed.Placed` that also says the period and the
        interactions.
    kind
        Kind of actors that are measured, where the table says it; None measures all.
    parameters
        Parameters of the index. A column they name that belongs to a place or an industry, such as its area,
        is joined from the cluster's table of these.

    Raises
    ------
    MissingTable, MissingColumn
        If the cluster lacks what the index needs.
    JiqunError
        If the index is not defined in that space.
    """
    placed = space if isinstance(space, Placed) else Placed(space)
    if placed.space == "digital" and _needs_land(chosen, parameters):
        raise JiqunError(
            f"{chosen.name} is not computable in digital space: it needs the area of each place, and a community of "
            f"actors has none. Measure on the ground"
            + (", or compare with against='whole'." if "against" in chosen.parameters.model_fields else "."),
            f"{chosen.name} 无法在数字空间计算：它需要每个地方的面积，而主体社群没有面积。请在物理空间计算"
            + ("，或取 against='whole'。" if "against" in chosen.parameters.model_fields else "。"),
        )
    if placed.space not in chosen.spaces:
        raise JiqunError(
            f"{chosen.name} is not computable in {placed.space} space; it is in: {', '.join(chosen.spaces)}.",
            f"{chosen.name} 无法在 {placed.space} 空间计算；可用：{'、'.join(chosen.spaces)}。",
        )
    if placed.space == "digital":
        needed = tuple(c for c in chosen.needs.columns if c not in LOCATION)
        cluster.require(chosen.name, chosen.needs.table, "actor_id", *needed)
    else:
        cluster.require(chosen.name, chosen.needs.table, *chosen.needs.columns)
    table = cluster.scan(chosen.needs.table)
    if kind is not None and chosen.needs.table == "actors" and cluster.has("actors", "kind"):
        table = table.filter((nw.col("kind") == kind) | nw.col("kind").is_null())
    if chosen.needs.table == "actors":
        table = placed_table(cluster, chosen, table, placed)
    return joined(cluster, chosen, table, parameters).to_native()


def _needs_land(chosen: Index, parameters: Mapping[str, Any]) -> bool:
    """Whether an index divides by the area of places, as it is asked for."""
    fields = chosen.parameters.model_fields
    if "area" not in fields:
        return False
    return "against" not in fields or parameters.get("against", fields["against"].default) == "area"
