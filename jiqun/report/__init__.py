"""What to say: the profile, its figures, the map and the network, in both languages from the same facts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jiqun.report.cards import card, filters, findings
    from jiqun.report.comparing import choices, compare, similar
    from jiqun.report.drawing import figures
    from jiqun.report.headlines import compare_clusters
    from jiqun.report.maps import map_layer, places_layer
    from jiqun.report.networks import network
    from jiqun.report.profiles import figure, profile

__all__ = [
    "card",
    "choices",
    "compare",
    "compare_clusters",
    "figure",
    "figures",
    "filters",
    "findings",
    "map_layer",
    "network",
    "places_layer",
    "profile",
    "similar",
]

_WHERE = {
    "card": "cards",
    "choices": "comparing",
    "compare": "comparing",
    "compare_clusters": "headlines",
    "figure": "profiles",
    "figures": "drawing",
    "filters": "cards",
    "findings": "cards",
    "map_layer": "maps",
    "network": "networks",
    "places_layer": "maps",
    "profile": "profiles",
    "similar": "comparing",
}


def __getattr__(name: str) -> Any:
    # The server needs the shapes to start and the rest only when it is asked: what computes is imported then.
    if name in _WHERE:
        return getattr(import_module(f"jiqun.report.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
