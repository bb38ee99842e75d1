"""The models, each alone: a mechanism with a closed form that its simulation has to meet."""

from jiqun.simulate.models import (
    adoption,
    armstrong,
    bass,
    capacity,
    churn,
    core_periphery,
    footloose,
    money,
    production,
    recommender,
    rnd_network,
    rochet_tirole,
    search,
    urn_ball,
)

__all__ = [
    "adoption",
    "armstrong",
    "bass",
    "capacity",
    "churn",
    "core_periphery",
    "footloose",
    "money",
    "production",
    "recommender",
    "rnd_network",
    "rochet_tirole",
    "search",
    "urn_ball",
]
