"""Null models: what stays and what is left to chance, one file for each.

>>> [null.name for null in nulls().values()]
['random_labels', 'random_location', 'bicm']
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from jiqun.measure.nulls.bicm import BICM
from jiqun.measure.nulls.null import CellNull, Null, RowNull
from jiqun.measure.nulls.random_labels import RANDOM_LABELS
from jiqun.measure.nulls.random_location import RANDOM_LOCATION

__all__ = ["CellNull", "Null", "RowNull", "nulls"]

_NULLS: Mapping[str, Null] = MappingProxyType(
    {null.name: null for null in (RANDOM_LABELS, RANDOM_LOCATION, BICM)},
)


def nulls() -> Mapping[str, Null]:
    """Give every null model by name."""
    return _NULLS
