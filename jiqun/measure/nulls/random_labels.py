"""Random labels: the plants stay where and as large as they are, and swap their industries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import Cells
from jiqun.measure.nulls.deal import deal
from jiqun.measure.nulls.null import Codes, Null

__all__ = ["RANDOM_LABELS"]


def _cells(groups: Cells, stratum: Codes, _: Mapping[str, Any]) -> Callable[[np.random.Generator], Cells]:
    known = (groups.place < len(groups.places)) & (groups.industry < len(groups.industries))
    sites, slot = np.unique(
        np.stack([groups.place[known].astype(np.float64), groups.weight[known]]), axis=1, return_inverse=True
    )
    place, weight = sites[0].astype(np.int64), sites[1]
    dealt = deal(slot.astype(np.int64).reshape(-1), groups.industry[known], stratum[known], groups.rows[known])

    def draw(rng: np.random.Generator) -> Cells:
        slots, industry, rows = dealt(rng)
        return replace(
            groups,
            place=np.concatenate([place[slots], groups.place[~known]]),
            industry=np.concatenate([industry, groups.industry[~known]]),
            weight=np.concatenate([weight[slots], groups.weight[~known]]),
            rows=np.concatenate([rows, groups.rows[~known]]),
        )

    return draw


def _rows(industry: str, _: tuple[str, ...]) -> tuple[str, ...]:
    return (industry,)


RANDOM_LABELS = Null(
    name="random_labels",
    title=Words("Random labels", "随机标签"),
    says=Words(
        "Sites and sizes stay as they are; industries are permuted among all rows of known place and industry, "
        "or among those of the same stratum.",
        "地点与规模保持不变；行业在全部地点与行业已知的记录间（或同一层内）随机置换。",
    ),
    references=(
        Reference(
            "Duranton & Overman (2005), Testing for localization using micro-geographic data",
            "10.1111/0034-6527.00362",
        ),
    ),
    cells=_cells,
    rows=_rows,
    parameters=MappingProxyType({}),
)
