"""The shape of a null model: its words, and how it draws cells or the rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import Cells

__all__ = ["CellNull", "Codes", "Null", "RowNull"]

Codes = NDArray[np.int64]

CellNull = Callable[[Cells, Codes, Mapping[str, Any]], Callable[[np.random.Generator], Cells]]
"""From cells, the stratum of each group and the parameters of the index to a draw of cells."""


RowNull = Callable[[str, tuple[str, ...]], tuple[str, ...]]
"""From the column of industries and those of sizes to the columns that are permuted together among rows; all others,
such as place, coordinates and what else is known of a place, stay."""


@dataclass(frozen=True, slots=True)
class Null:
    """A null model."""

    name: str
    title: Words
    says: Words
    """What stays and what is left to chance, in a sentence."""
    references: tuple[Reference, ...]
    cells: CellNull
    rows: RowNull | None
    """None: it is a model of places × industries, and of nothing else."""
    parameters: Mapping[str, Any]
    """What the index is called with on a draw, besides what the caller gave."""
