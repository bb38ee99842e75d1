"""Columns of sizes: numbers, not below 0, and within what can be raised to the fourth power."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError

__all__ = ["check_range", "numeric"]

_LARGEST = 1e70
"""Sums of fourth powers of weights from 1/this to this neither overflow nor vanish."""


def numeric(table: nw.LazyFrame[Any], who: str, column: str) -> nw.Expr:
    """Give a column as numbers; text and dates are refused rather than read as numbers.

    Raises
    ------
    JiqunError
        If the column is not of numbers.
    """
    kind = table.collect_schema()[column]
    if isinstance(
        kind, nw.String | nw.Categorical | nw.Enum | nw.Date | nw.Datetime | nw.Duration | nw.List | nw.Struct
    ):
        raise JiqunError(
            f"{who} needs numbers in column {column}; it holds {kind}. Make it numeric, "
            f"or pass weight='count' to let each row count one.",
            f"{who} 要求列 {column} 为数字；其类型为 {kind}。请转换为数值，或用 weight='count' 让每行计 1。",
        )
    return nw.col(column).cast(nw.Float64)


def check_range(who: str, column: str, weights: NDArray[np.float64]) -> None:
    """Refuse weights whose powers cannot be held in floating point, which would be wrong without a word.

    Parameters
    ----------
    who, column
        Who asks, and for what, in the error message.
    weights
        Finite weights, not below 0.

    Raises
    ------
    JiqunError
        If a weight is above 1e70, or positive and below 1e-70.
    """
    positive = weights[weights > 0]
    least, most = (positive.min(), positive.max()) if positive.size else (1.0, 1.0)
    if most > _LARGEST or least < 1.0 / _LARGEST:
        raise JiqunError(
            f"{who} needs {column} between 1e-70 and 1e70; it goes from {least:.3g} to {most:.3g}. Take another unit.",
            f"{who} 要求 {column} 介于 1e-70 与 1e70 之间；实际为 {least:.3g} 至 {most:.3g}。请改换单位。",
        )
