"""The two spaces as they first appear, kept on disk, so that a page opens at once after every start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jiqun.engine.derived import derived

if TYPE_CHECKING:
    from jiqun.cluster import Cluster

__all__ = ["map_text", "network_text"]

Chosen = str | None


def map_text(cluster: Cluster, *, indicator: Chosen = None, **chosen: Chosen) -> str:
    """Give the map layer as JSON; unfiltered, from disk where it was made before."""
    from jiqun.report import map_layer

    if indicator is None and not any(chosen.values()):
        return derived(cluster, "opening-map", lambda: map_layer(cluster).model_dump_json())
    return map_layer(cluster, indicator=indicator, **chosen).model_dump_json()


def network_text(cluster: Cluster, **chosen: Chosen) -> str:
    """Give the network as JSON; unfiltered, from disk where it was made before."""
    from jiqun.report import network

    if not any(chosen.values()):
        return derived(cluster, "opening-network", lambda: network(cluster).model_dump_json())
    return network(cluster, **chosen).model_dump_json()
