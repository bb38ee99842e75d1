"""What every printed table of an evaluation is made with: language, names, choices, stars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jiqun.cluster import Language, Words
from jiqun.report.evaluations import EvaluationReport, EvaluationTable
from jiqun.report.papers.printed import number_text, stars
from jiqun.report.shapes import Text

__all__ = ["FIRST", "STARS", "Paper", "bracketed", "chosen", "errors", "heads_of", "rows_of", "starred"]

YEARS = 6
"""Periods printed side by side; the rest is in the workbook."""
FIRST = 50
"""Places that are printed; the rest is in the workbook."""
STARS = Words("* p < 0.1, ** p < 0.05, *** p < 0.01.", "*、**、*** 分别表示在 10%、5%、1% 水平上显著。")


@dataclass(frozen=True, slots=True)
class Paper:
    """What every table is made from."""

    made: EvaluationReport
    lang: Language

    def t(self, text: Text | Words) -> str:
        """Give a text in the language of the paper."""
        return text.zh if self.lang == "zh" else text.en

    def say(self, en: str, zh: str) -> str:
        """Choose by language."""
        return zh if self.lang == "zh" else en

    def table(self, name: str) -> EvaluationTable | None:
        """Give a table of the evaluation that has rows."""
        found = self.made.tables.get(name)
        return found if found is not None and found.total else None

    def named(self, table: EvaluationTable, column: str, value: Any) -> str:
        """Give what a code is called."""
        if value is None:
            return "–"
        names = next((c.values for c in table.columns if c.name == column), {})
        return self.t(names[str(value)]) if str(value) in names else str(value)

    def places(self) -> Mapping[str, str]:
        """Give the names of places."""
        return {i: self.t(n) for i, n in zip(self.made.places.id, self.made.places.name, strict=True)}

    def some_periods(self) -> list[str]:
        """Choose periods evenly, the first and the last among them."""
        every = self.made.periods
        if len(every) <= YEARS:
            return list(every)
        return [every[round(k * (len(every) - 1) / (YEARS - 1))] for k in range(YEARS)]


def rows_of(table: EvaluationTable) -> list[dict[str, Any]]:
    """Give the rows of a table."""
    names = list(table.rows)
    return [dict(zip(names, row, strict=True)) for row in zip(*table.rows.values(), strict=True)]


def heads_of(paper: Paper, table: EvaluationTable) -> tuple[str, ...]:
    """Give the titles of columns with their units."""
    left, right = ("（", "）") if paper.lang == "zh" else (" (", ")")
    return tuple(
        f"{paper.t(c.title)}{left}{paper.t(c.unit)}{right}" if paper.t(c.unit) else paper.t(c.title)
        for c in table.columns
    )


def starred(value: float | None, p: float | None, digits: int = 4) -> str:
    """Write a number with the stars of its p-value."""
    return f"{number_text(value, digits)}{stars(p)}"


def bracketed(value: float | None, digits: int = 4) -> str:
    """Write a standard error."""
    return f"({number_text(value, digits)})"


def errors(paper: Paper) -> str:
    """Give the note on standard errors."""
    return paper.say("Standard errors in brackets.", "括号内为标准误。")


def chosen(paper: Paper, *names: str) -> str:
    """Say the choices on which a table rests."""
    said = {c.id: c for c in paper.made.choices}
    colon, comma, stop = ("：", "；", "。") if paper.lang == "zh" else (": ", "; ", ".")
    return comma.join(f"{paper.t(said[n].title)}{colon}{paper.t(said[n].said)}" for n in names if n in said) + stop
