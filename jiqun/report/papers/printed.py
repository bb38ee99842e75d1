"""A table as it is printed: heads, rows, where rules go, notes below; numbers are written the same everywhere."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

__all__ = ["Cell", "Printed", "clean", "number_text", "stars"]

Cell = str | float | int | None
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed table in one language.

    ``digits`` has the decimals of each column; a whole number is written without. ``rules`` are the rows after
    which a thin rule goes, as between blocks of a table. A row as long as one cell is a heading across.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    digits: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    rules: frozenset[int] = field(default_factory=frozenset)

    def text(self, row: int, column: int) -> str:
        """Give a cell as it is printed."""
        cell = self.rows[row][column] if column < len(self.rows[row]) else None
        digits = self.digits[column] if column < len(self.digits) else 3
        return number_text(cell, digits)


def number_text(cell: Cell, digits: int = 3) -> str:
    """Write a cell: a true minus, a dash for what is not there, no decimals where a number is whole and ``digits`` 0.

    >>> number_text(-0.01794, 4), number_text(None), number_text(12), number_text("a"), number_text(0.00001, 3)
    ('−0.0179', '–', '12', 'a', '0.000')
    """
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return "–"
    if isinstance(cell, str):
        return clean(cell)
    text = str(cell) if isinstance(cell, int) else f"{cell:.{digits}f}"
    if text.startswith("-"):
        # what is zero as printed has no sign
        text = text[1:] if not text.strip("-0.") else f"−{text[1:]}"
    return text


def stars(p: float | None) -> str:
    """Give the stars of a p-value: one below 0.1, two below 0.05, three below 0.01.

    >>> [stars(p) for p in (0.2, 0.09, 0.04, 0.001, None)]
    ['', '*', '**', '***', '']
    """
    if p is None or not math.isfinite(p):
        return ""
    return "*" * ((p < 0.1) + (p < 0.05) + (p < 0.01))


def clean(text: str) -> str:
    r"""Take out what no XML may hold.

    >>> clean("a\x00b")
    'ab'
    """
    return _CONTROL.sub("", text)
