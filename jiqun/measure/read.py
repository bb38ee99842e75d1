"""The table an index reads from a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import narwhals as nw

from jiqun.cluster import Cluster, JiqunError
from jiqun.measure.index import Index, Space
from jiqun.measure.joined import joined

__all__ = ["table_of"]


def table_of(
    cluster: Cluster,
    chosen: Index,
    *,
    space: Space = "physical",
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
        ``"physical"`` or ``"digital"``.
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
    if space not in chosen.spaces:
        raise JiqunError(
            f"{chosen.name} is not computable in {space} space; it is in: {', '.join(chosen.spaces)}.",
            f"{chosen.name} 无法在 {space} 空间计算；可用：{'、'.join(chosen.spaces)}。",
        )
    cluster.require(chosen.name, chosen.needs.table, *chosen.needs.columns)
    table = cluster.scan(chosen.needs.table)
    if kind is not None and chosen.needs.table == "actors" and cluster.has("actors", "kind"):
        table = table.filter((nw.col("kind") == kind) | nw.col("kind").is_null())
    return joined(cluster, chosen, table, parameters).to_native()
