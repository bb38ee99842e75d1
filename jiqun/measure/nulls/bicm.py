"""The bipartite configuration model: places keep their diversity and industries their ubiquity, on average."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import Cells
from jiqun.measure.configuration import configuration
from jiqun.measure.nulls.null import Codes, Null
from jiqun.measure.presence import presence

__all__ = ["BICM"]


def _cells(groups: Cells, _: Codes, parameters: Mapping[str, Any]) -> Callable[[np.random.Generator], Cells]:
    probability = configuration(presence(groups, parameters["cut"])).full()

    def draw(rng: np.random.Generator) -> Cells:
        place, industry = (rng.random(probability.shape) < probability).nonzero()
        ones = np.ones(len(place))
        return replace(groups, place=place, industry=industry, weight=ones, rows=ones.astype(np.int64))

    return draw


BICM = Null(
    name="bicm",
    title=Words("Bipartite configuration model", "二部图配置模型"),
    says=Words(
        "Which industries a place has is random, but for the expected number of industries of each place and of "
        "places of each industry, which are those observed.",
        "各地拥有哪些行业是随机的，但每个地方的行业数与每个行业的地方数的期望等于观测值。",
    ),
    references=(
        Reference(
            "Saracco, Di Clemente, Gabrielli & Squartini (2015), Randomizing bipartite networks: "
            "the case of the World Trade Web",
            "10.1038/srep10595",
        ),
    ),
    cells=_cells,
    rows=None,
    parameters=MappingProxyType({"cut": 0.0}),
)
