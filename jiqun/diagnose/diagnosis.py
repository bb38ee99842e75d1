"""What every diagnosis says: label, evidence, confidence, what would change it, and what the paper recommends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jiqun.cluster import Reference, Words

__all__ = ["NOT_COMPUTABLE", "UNDETERMINED", "Diagnosis", "Evidence", "as_record"]

UNDETERMINED = Words("Undetermined", "无法判定")
NOT_COMPUTABLE = Words("Not computable", "无法计算")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One figure on which a diagnosis stands, or why there is none."""

    id: str
    title: Words
    value: float | None = None
    """Null where it is not computable; then the note says what is needed."""
    low: float | None = None
    high: float | None = None
    note: Words | None = None
    command: str = ""
    """Command that gives the figure, or the data under it, again."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A label with its evidence."""

    what: str
    label: str
    """Identifier of the label; ``undetermined`` and ``not_computable`` are answers, too."""
    title: Words
    says: Words
    confidence: float | None
    """Chance that the label is right as far as the sampling error tells; null where it cannot be said."""
    evidence: tuple[Evidence, ...]
    missing: tuple[Words, ...] = ()
    """What is not computable, and what it needs."""
    change: Words = Words("", "")
    """What would change the label."""
    advice: Words = Words("", "")
    """What the paper recommends for this state."""
    reference: Reference = Reference("")
    table: dict[str, list[Any]] = field(default_factory=dict)
    """Figures by period, place or category: columns of one length."""


def as_record(value: Any) -> Any:
    """Give a diagnosis as plain values for JSON: texts as ``{"en", "zh"}``, tuples as lists.

    >>> as_record(Evidence("share", Words("Share", "份额"), 0.5))["title"]
    {'en': 'Share', 'zh': '份额'}
    """
    if isinstance(value, (list, tuple)):
        return [as_record(each) for each in value]
    if isinstance(value, dict):
        return {key: as_record(each) for key, each in value.items()}
    if isinstance(value, float):
        return value if abs(value) < float("inf") else None
    if hasattr(value, "__dataclass_fields__"):
        return {name: as_record(getattr(value, name)) for name in value.__dataclass_fields__}
    return value
