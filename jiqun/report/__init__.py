"""What to say: the profile, its figures, the map and the network, in both languages from the same facts."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jiqun.report.agreeing import agreement
    from jiqun.report.cards import card, filters, findings
    from jiqun.report.choosing import space_choices
    from jiqun.report.comparing import choices, compare, similar
    from jiqun.report.distances import gravity
    from jiqun.report.drawing import figures
    from jiqun.report.evaluating import evaluation, evaluation_choices, evaluation_progress, evaluation_table
    from jiqun.report.headlines import compare_clusters
    from jiqun.report.identifying import identification
    from jiqun.report.maps import map_layer, places_layer
    from jiqun.report.network_asking import network_choices, network_part
    from jiqun.report.networks import network
    from jiqun.report.platforms import driver, platform
    from jiqun.report.profiles import figure, profile
    from jiqun.report.quadrant import drift, quadrants

__all__ = [
    "agreement",
    "card",
    "choices",
    "compare",
    "compare_clusters",
    "drift",
    "driver",
    "evaluation",
    "evaluation_choices",
    "evaluation_progress",
    "evaluation_table",
    "figure",
    "figures",
    "filters",
    "findings",
    "gravity",
    "identification",
    "map_layer",
    "network",
    "network_choices",
    "network_part",
    "places_layer",
    "platform",
    "profile",
    "quadrants",
    "similar",
    "space_choices",
]

_WHERE = {
    "agreement": "agreeing",
    "card": "cards",
    "choices": "comparing",
    "compare": "comparing",
    "compare_clusters": "headlines",
    "drift": "quadrant",
    "driver": "platforms",
    "evaluation": "evaluating",
    "evaluation_choices": "evaluating",
    "evaluation_progress": "evaluating",
    "evaluation_table": "evaluating",
    "figure": "profiles",
    "figures": "drawing",
    "filters": "cards",
    "findings": "cards",
    "identification": "identifying",
    "gravity": "distances",
    "map_layer": "maps",
    "network": "networks",
    "network_choices": "network_asking",
    "network_part": "network_asking",
    "places_layer": "maps",
    "platform": "platforms",
    "profile": "profiles",
    "quadrants": "quadrant",
    "similar": "comparing",
    "space_choices": "choosing",
}


def __getattr__(name: str) -> Any:
    # The server needs the shapes to start and the rest only when it is asked: what computes is imported then.
    if name in _WHERE:
        return getattr(import_module(f"jiqun.report.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
