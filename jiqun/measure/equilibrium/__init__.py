"""The equilibrium of technology and agglomeration (J25): net effect, best mix, comparative statics, fit, split.

Transformation paths follow from the split of a change: optimising where agglomeration (physical factors) brings
most of it, deepening where technology (virtual factors) does, strengthening where both do.
"""

from jiqun.measure.equilibrium.figure import Point, budget_moves, indifference_curve, technology_moves
from jiqun.measure.equilibrium.fit import Contributions, Fitted, contributions, fit
from jiqun.measure.equilibrium.net_effect import NetEffect
from jiqun.measure.equilibrium.optimum import (
    Optimum,
    Statics,
    best,
    best_agglomeration,
    cheapest,
    statics,
    technology_for,
)

__all__ = [
    "Contributions",
    "Fitted",
    "NetEffect",
    "Optimum",
    "Point",
    "Statics",
    "best",
    "best_agglomeration",
    "budget_moves",
    "cheapest",
    "contributions",
    "fit",
    "indifference_curve",
    "statics",
    "technology_for",
    "technology_moves",
]
