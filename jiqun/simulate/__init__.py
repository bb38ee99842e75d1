"""What if: a fast, exact simulator of platform clusters, and the models whose closed forms it meets.

``run`` runs a model once, ``ensemble`` runs arms many times with common random numbers, ``models`` lists what
there is. A world is a set of checked parameters; see each model's world for its form.
"""

from jiqun.simulate import models as _models  # noqa: F401 - importing them makes them known by name
from jiqun.simulate.engine import (
    Ensemble,
    Model,
    Run,
    World,
    ensemble,
    model_named,
    models,
    run,
)

__all__ = ["Ensemble", "Model", "Run", "World", "ensemble", "model_named", "models", "run"]
