"""The grade of a cluster's data: one formula, documented, monotone, and blind to the size of tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

__all__ = ["LETTERS", "WEIGHTS", "Grade", "Letter", "grade_of", "score"]

Letter = Literal["A", "B", "C", "D", "E"]

WEIGHTS: Mapping[str, float] = MappingProxyType({"error": 0.6, "warning": 0.2, "info": 0.0})
"""What a finding costs when it concerns every row it looked at."""

LETTERS: tuple[tuple[Letter, float], ...] = (("A", 90.0), ("B", 75.0), ("C", 60.0), ("D", 40.0), ("E", 0.0))
"""Lowest score of each letter."""


@dataclass(frozen=True, slots=True)
class Grade:
    """Quality of the data: A best, E worst."""

    letter: Letter
    score: float
    """0–100."""
    errors: int
    warnings: int
    infos: int


def score(shares: Iterable[tuple[str, float]]) -> float:
    r"""Give the score of findings, each a severity and the share of rows concerned.

    .. math:: 100 \prod_i \left(1 - w_{s(i)} \sqrt{r_i / n_i}\right)

    over the findings *i*, where :math:`r_i` of the :math:`n_i` rows (or values) looked at are concerned
    and *w* is 0.6 for errors, 0.2 for warnings and 0 for information.

    * *Monotone*: another finding, or another bad row in one, never raises the score.
    * *Not gamed by size*: shares are of the column the finding is about, so that a large clean table
      beside a small broken one hides nothing; and for the square root it takes four times as many good
      rows to halve what the same bad rows cost.
    * *Not gamed by splitting*: one finding cut in two costs at least as much as before.

    Examples
    --------
    >>> score([])
    100.0
    >>> round(score([("error", 0.01), ("warning", 0.25), ("info", 1.0)]), 6)
    84.6
    """
    return 100.0 * math.prod(1.0 - WEIGHTS[severity] * math.sqrt(share) for severity, share in shares)


def grade_of(shares: Iterable[tuple[str, float]], counts: Mapping[str, int]) -> Grade:
    """Give the grade of findings: their score, its letter, and how many there are of each severity."""
    points = score(shares)
    letter = next(letter for letter, least in LETTERS if points >= least)
    return Grade(letter, points, counts.get("error", 0), counts.get("warning", 0), counts.get("info", 0))
