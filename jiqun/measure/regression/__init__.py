"""Regressions with many fixed effects: Poisson and least squares, errors clustered. Arrays in, arrays out.

Effects are taken out exactly where cells form tables of origins and destinations (:mod:`.bipartite`, which also gives
leverages and finds separated cells), and by turns where rows carry any number of effects (:mod:`.absorbing`).
"""

from jiqun.measure.regression.absorbing import Fit, absorb, combined, regress
from jiqun.measure.regression.bipartite import Effects, effects_of, leverage, without_effects
from jiqun.measure.regression.inference import by_cluster, covariance_of, equality, two_sided
from jiqun.measure.regression.ppml import Ppml, ppml
from jiqun.measure.regression.separation import separated

__all__ = [
    "Effects",
    "Fit",
    "Ppml",
    "absorb",
    "by_cluster",
    "combined",
    "covariance_of",
    "effects_of",
    "equality",
    "leverage",
    "ppml",
    "regress",
    "separated",
    "two_sided",
    "without_effects",
]
