"""The engine: random numbers by counter, fixed chunks, declared schedules, checkpoints and ensembles."""

from jiqun.simulate.engine.chunks import CHUNK, Chunks, chunk_count
from jiqun.simulate.engine.ensembles import Ensemble, ensemble
from jiqun.simulate.engine.model import Context, Key, Model, State, World, model_named, models, register
from jiqun.simulate.engine.philox import (
    CROWD,
    crowd,
    crowd_limit,
    crowd_word,
    key_of,
    philox,
    uniform,
    uniforms,
    word,
)
from jiqun.simulate.engine.running import Run, manifest, refuse_absurd, run
from jiqun.simulate.engine.schedules import Schedule, activations

__all__ = [
    "CHUNK",
    "CROWD",
    "Chunks",
    "Context",
    "Ensemble",
    "Key",
    "Model",
    "Run",
    "Schedule",
    "State",
    "World",
    "activations",
    "chunk_count",
    "crowd",
    "crowd_limit",
    "crowd_word",
    "ensemble",
    "key_of",
    "manifest",
    "model_named",
    "models",
    "philox",
    "refuse_absurd",
    "register",
    "run",
    "uniform",
    "uniforms",
    "word",
]
