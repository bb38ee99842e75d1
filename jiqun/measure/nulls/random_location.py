"""Random location: plants keep industry and size, and are dealt to the sites that are occupied."""

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

__all__ = ["RANDOM_LOCATION"]


def _cells(groups: Cells, stratum: Codes, _: Mapping[str, Any]) -> Callable[[np.random.Generator], Cells]:
    known = (groups.place < len(groups.places)) & (groups.industry < len(groups.industries))
    plants, label = np.unique(
        np.stack([groups.industry[known].astype(np.float64), groups.weight[known]]), axis=1, return_inverse=True
    )
    industry, weight = plants[0].astype(np.int64), plants[1]
    dealt = deal(groups.place[known], label.astype(np.int64).reshape(-1), stratum[known], groups.rows[known])

    def draw(rng: np.random.Generator) -> Cells:
        place, labels, rows = dealt(rng)
        return replace(
            groups,
            place=np.concatenate([place, groups.place[~known]]),
            industry=np.concatenate([industry[labels], groups.industry[~known]]),
            weight=np.concatenate([weight[labels], groups.weight[~known]]),
            rows=np.concatenate([rows, groups.rows[~known]]),
        )

    return draw


def _rows(industry: str, sizes: tuple[str, ...]) -> tuple[str, ...]:
    # plants dealt to sites, or sites to plants: what is known of a site stays with it
    return (industry, *sizes)


RANDOM_LOCATION = Null(
    name="random_location",
    title=Words("Random location", "随机区位"),
    says=Words(
        "Plants keep industry and size and are dealt to the occupied sites: for each industry, its plants to as many "
        "sites drawn without replacement from all sites (of the same stratum).",
        "企业保留行业与规模，被随机分配到已有的地点：每个行业的企业分到从全部（或同一层）地点中"
        "不放回抽取的同样多的地点。",
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
