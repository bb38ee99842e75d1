"""What to say: the profile, its figures, the map and the network, in both languages from the same facts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jiqun.report.cards import card, filters, findings
    from jiqun.report.drawing import figures
    from jiqun.report.maps import map_layer
    from jiqun.report.networks import network
    from jiqun.report.profiles import figure, profile

__all__ = ["card", "figure", "figures", "filters", "findings", "map_layer", "network", "profile"]

_WHERE = {
    "card": "cards",
    "figure": "profiles",
    "figures": "drawing",
    "filters": "cards",
    "findings": "cards",
    "map_layer": "maps",
    "network": "networks",
    "profile": "profiles",
}


def __getattr__(name: str) -> Any:
    # The server needs the shapes to start and the rest only when it is asked: what computes is imported then.
    if name in _WHERE:
        return getattr(import_module(f"jiqun.report.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
