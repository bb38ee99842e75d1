"""What a model is: a world with parameters, a state of arrays, a step, and what is recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel, ConfigDict

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.simulate.engine.chunks import Chunks

__all__ = ["Context", "Key", "Model", "State", "World", "model_named", "models", "register"]

State = dict[str, np.ndarray]
"""Arrays by name, changed in place by a step; all that a checkpoint has to keep."""
Key = tuple[np.uint64, np.uint64]


class World(BaseModel):
    """Parameters of a model. Unknown names are refused; a world never changes.

    A model's world is a subclass; its fields, their bounds and descriptions are the form, the TOML file and
    the documentation of the model.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Context:
    """What a step may use beside the state and the world."""

    key: Key
    """Seed and replicate; see :mod:`jiqun.simulate.engine.philox`."""
    period: int
    """1 for the first step."""
    chunks: Chunks = field(default_factory=Chunks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model and its facts.

    Parameters
    ----------
    name
        By which it is looked up.
    title, question
        For people.
    world
        The class of its parameters.
    start
        Makes the state of period 0.
    step
        Takes the state to the next period, in place.
    observe
        Gives the numbers recorded for a period: whole numbers or floats by name.
    memory
        Bytes that the state of a world takes, for refusing what does not fit.
    purposes
        What random numbers are drawn for, with the tag of each: the same tag in two arms gives the same draws.
    references
        Where the model is from.
    """

    name: str
    title: Words
    question: Words
    world: type[World]
    start: Callable[[Any, Context], State]
    step: Callable[[State, Any, Context], None]
    observe: Callable[[State, Any], Mapping[str, float]]
    memory: Callable[[Any], int]
    purposes: Mapping[str, int]
    references: tuple[Reference, ...] = ()


_MODELS: dict[str, Model] = {}


def register(model: Model) -> Model:
    """Make a model known by its name; a second one of the same name is a mistake in the code."""
    if model.name in _MODELS:
        raise ValueError(f"two models are called {model.name}")
    _MODELS[model.name] = model
    return model


def models() -> dict[str, Model]:
    """All models by name, in alphabetical order."""
    return dict(sorted(_MODELS.items()))


def model_named(name: str) -> Model:
    """The model of a name.

    Raises
    ------
    JiqunError
        If there is none; the message lists what there is.
    """
    if name not in _MODELS:
        known = sorted(_MODELS)
        raise JiqunError(
            f"There is no model called {name!r}. Known: {', '.join(known)}.",
            f"没有名为 {name!r} 的模型。可用：{'、'.join(known)}。",
        )
    return _MODELS[name]
