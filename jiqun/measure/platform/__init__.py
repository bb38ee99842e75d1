"""Indices of a platform: participants, interactions, activity, and subsidies, from its dated interactions.

The whole is one call, :func:`platform_indices`; the statistics are functions of arrays in modules of their own.
"""

from jiqun.measure.platform.indicators import INDICATORS, Indicator
from jiqun.measure.platform.measure import DIMENSIONS, Platform, platform_indices
from jiqun.measure.platform.sizes import gini, hill, top_share, zipf
from jiqun.measure.platform.survival import KaplanMeier, Lives, kaplan_meier, lives

__all__ = [
    "DIMENSIONS",
    "INDICATORS",
    "Indicator",
    "KaplanMeier",
    "Lives",
    "Platform",
    "gini",
    "hill",
    "kaplan_meier",
    "lives",
    "platform_indices",
    "top_share",
    "zipf",
]
