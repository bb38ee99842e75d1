"""The state of an evaluation once the scores are made: what every later step starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from jiqun.measure.evaluation.choices import Choices
from jiqun.measure.evaluation.geography import Geography
from jiqun.measure.evaluation.panel import Array, Panel
from jiqun.measure.evaluation.prepare import Prepared
from jiqun.measure.evaluation.scores import Missing, dynamic_topsis, grey_relational, linear_score, topsis
from jiqun.measure.evaluation.system import System

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Scored", "long", "node_scores", "table"]


@dataclass(frozen=True, slots=True)
class Scored:
    """Everything that the steps after the scores need."""

    panel: Panel
    system: System
    chosen: Choices
    prepared: Prepared
    geography: Geography
    scores: Mapping[str, Array]
    """Score of each node of the tree, the root under the empty name, each of shape (periods, places)."""

    @property
    def total(self) -> Array:
        """Score of the whole, shape (periods, places)."""
        return self.scores[""]

    @property
    def coupled(self) -> tuple[str, ...]:
        """Subsystems that have a score."""
        return tuple(n for n in self.system.subsystems if n in self.scores)


def node_scores(prepared: Prepared, system: System, chosen: Choices) -> dict[str, Array]:
    """Score every node of the tree: the weights below it are scaled to one.

    A node without an indicator left, or whose indicators all have weight 0, has no score and is not there.
    """
    made: dict[str, Array] = {}
    for node in ("", *system.nodes):
        below = prepared.below(system, node)
        weights = prepared.weights[:, below]
        total = weights.sum(axis=1, keepdims=True)
        if below and (total > 0).all():
            made[node] = _score(prepared.standard[:, :, below], weights / total, chosen)
    return made


def _score(standard: Array, weights: Array, chosen: Choices) -> Array:
    missing: Missing = "reweight" if chosen.missing == "reweight" else "null"
    if chosen.score == "topsis":
        return topsis(standard, weights, missing=missing)
    if chosen.score == "dynamic_topsis":
        return dynamic_topsis(standard, weights, degree=chosen.time_degree, missing=missing)[0]
    if chosen.score == "grey":
        return grey_relational(standard, weights, missing=missing)
    return linear_score(standard, weights, missing=missing)


def long(state: Scored, columns: Mapping[str, Array | Any], **first: Any) -> pl.DataFrame:
    """Make a tidy table of arrays of shape (periods, places): one row for each place and period.

    Parameters
    ----------
    state
        For the keys.
    columns
        Arrays of shape (periods, places); NaN becomes null.
    **first
        Constants that go before the keys.
    """
    periods, places = len(state.panel.periods), len(state.panel.places)
    keys = {
        "place_id": list(state.panel.places) * periods,
        "period": np.repeat(np.array(state.panel.periods), places).tolist(),
    }
    return table({**first, **keys, **{name: np.asarray(values).reshape(-1) for name, values in columns.items()}})


def table(columns: Mapping[str, Any]) -> pl.DataFrame:
    """Make a Polars frame in which NaN is null; single values are repeated."""
    import polars as pl
    import polars.selectors as cs

    size = max((len(v) for v in columns.values() if isinstance(v, (list, tuple, np.ndarray))), default=1)
    plain = {name: v if isinstance(v, (list, tuple, np.ndarray)) else [v] * size for name, v in columns.items()}
    return pl.DataFrame(plain, strict=False).with_columns(cs.float().fill_nan(None))
