"""What to say: the profile, its figures, the map and the network, in both languages from the same facts."""

from jiqun.report.cards import card, filters, findings
from jiqun.report.drawing import figures
from jiqun.report.maps import map_layer
from jiqun.report.networks import network
from jiqun.report.profiles import figure, profile

__all__ = ["card", "figure", "figures", "filters", "findings", "map_layer", "network", "profile"]
