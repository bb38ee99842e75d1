"""A result as arrays, with the index it is of: what plotting, explaining and printing all start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import narwhals as nw
import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, Language, Words
from jiqun.measure.index import Index, find
from jiqun.measure.measured import Provenance, provenance_of

__all__ = ["TITLES", "Reading", "number", "read", "title_of"]

Array = NDArray[np.float64]

TITLES: Mapping[str, Words] = MappingProxyType(
    {
        "actor_id": Words("Actor", "主体"),
        "place_id": Words("Place", "地方"),
        "place_id_2": Words("Second place", "另一地方"),
        "industry_id": Words("Industry", "行业"),
        "industry_id_2": Words("Second industry", "另一行业"),
        "period": Words("Period", "时期"),
        "distance_km": Words("Distance (km)", "距离（公里）"),
        "value": Words("Value", "数值"),
        "low": Words("Lower bound", "下限"),
        "high": Words("Upper bound", "上限"),
        "expected": Words("Expected", "期望值"),
        "band_low": Words("Band, low", "零假设带下限"),
        "band_high": Words("Band, high", "零假设带上限"),
        "global_low": Words("Global band, low", "全局带下限"),
        "global_high": Words("Global band, high", "全局带上限"),
        "z": Words("z", "z 值"),
        "p": Words("p", "p 值"),
        "p_adjusted": Words("p, adjusted", "校正 p 值"),
        "p_global": Words("p, global", "全局 p 值"),
        "error": Words("Error", "误差"),
        "bias": Words("Bias", "偏差"),
        "draws": Words("Draws", "抽样次数"),
        "rows": Words("Rows", "记录数"),
        "weight": Words("Weight", "权重"),
        "note": Words("Note", "备注"),
    }
)
"""Headings of the columns of results; what is not here is headed by its name."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A result as arrays."""

    index: Index
    provenance: Provenance | None
    keys: tuple[str, ...]
    columns: Mapping[str, list[Any]]

    @property
    def space(self) -> str:
        """Space the index was computed in."""
        return self.provenance.space if self.provenance else "physical"

    @property
    def level(self) -> float | None:
        """Coverage of the intervals, where the result says it."""
        level = self.provenance.parameters.get("level") if self.provenance else None
        return float(level) if isinstance(level, int | float) else None

    def numbers(self, name: str) -> Array | None:
        """Give a column of numbers, NaN where null; None where there is no such column or it is all null."""
        if name not in self.columns:
            return None
        found = np.array([np.nan if v is None else v for v in self.columns[name]], dtype=np.float64)
        return found if np.isfinite(found).any() else None

    @property
    def value(self) -> Array:
        """The values."""
        found = self.numbers("value")
        return np.full(len(self.columns["value"]), np.nan) if found is None else found

    def labels(self, names: Mapping[str, str] | None, keys: tuple[str, ...] | None = None) -> list[str]:
        """Name each row by its keys."""
        names = names or {}

        def said(key: str, part: Any) -> str:
            text = number(part) if isinstance(part, float) else str(part)
            return f"{text} km" if key == "distance_km" else names.get(text, text)

        chosen = self.keys if keys is None else keys
        rows = zip(*(self.columns[key] for key in chosen), strict=True)
        return [" × ".join(said(key, part) for key, part in zip(chosen, row, strict=True)) for row in rows]

    @property
    def curves(self) -> dict[str, NDArray[np.int64]]:
        """Rows of each curve by distance, by name; empty where the index has none."""
        if "distance_km" not in self.keys:
            return {}
        keys = tuple(key for key in self.keys if key != "distance_km")
        labels = np.array(self.labels(None, keys))
        return {str(name): np.flatnonzero(labels == name) for name in dict.fromkeys(labels.tolist())}


def read(who: str, result: Any, index: str | None) -> Reading:
    """Read a result of an index.

    Parameters
    ----------
    who
        Name of what reads it, for error messages.
    result
        What an index gave, or such a table from elsewhere.
    index
        Name of the index, where the result does not know it.

    Raises
    ------
    UnknownName
        If there is no such index.
    JiqunError
        If it is not said which index the table is of, or it is not a result of it.
    """
    from jiqun.measure import indices

    provenance = provenance_of(result)
    name = index or (provenance.index if provenance else None)
    if name is None:
        raise JiqunError(
            f"{who} needs to know the index: a table of this kind does not carry it. Pass index='…'.",
            f"{who} 需要知道是哪个指数：这种表不携带该信息。请传入 index='…'。",
        )
    chosen = find(name, indices())
    frame = nw.from_native(result)
    table = (frame.collect() if isinstance(frame, nw.LazyFrame) else frame).to_arrow()
    names = table.column_names
    keys = tuple(names[: names.index("value")]) if "value" in names else ()
    keys = keys or tuple(key for key in chosen.grain if key in names)
    if "value" not in table.column_names or not keys:
        has = ", ".join(table.column_names)
        raise JiqunError(
            f"{who} needs a result of {name} with {', '.join(chosen.grain)} and value; this table has {has}.",
            f"{who} 需要 {name} 的结果（含 {'、'.join(chosen.grain)} 与 value）；该表的列为：{has}。",
        )
    columns = {column: table[column].to_pylist() for column in table.column_names}
    return Reading(chosen, provenance, keys, MappingProxyType(columns))


def title_of(column: str, lang: Language) -> str:
    """Head a column.

    >>> title_of("distance_km", "zh"), title_of("gamma", "en")
    ('距离（公里）', 'gamma')
    """
    return TITLES[column][lang] if column in TITLES else column


def number(value: float, digits: int = 4) -> str:
    """Write a number with so many significant digits, and a true minus.

    >>> number(-0.051234), number(1234567.0), number(2.0)
    ('−0.05123', '1234567', '2')
    """
    if value == 0 or not np.isfinite(value):
        return "0" if value == 0 else "–"
    decimals = max(0, digits - 1 - int(np.floor(np.log10(abs(value)))))
    text = f"{value:.{decimals}f}" if decimals <= 8 else f"{value:.{digits - 1}e}"
    text = text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
    return text.replace("-", "−")
