"""The tables of an evaluation as papers print them."""

from __future__ import annotations

from dataclasses import replace

from jiqun.cluster import Language
from jiqun.report.evaluations import EvaluationReport
from jiqun.report.papers.dynamics import DYNAMICS
from jiqun.report.papers.levels import LEVELS
from jiqun.report.papers.paper import Paper, chosen
from jiqun.report.papers.printed import Printed

__all__ = ["basis_of", "printed_tables"]


def printed_tables(made: EvaluationReport, lang: Language) -> list[Printed]:
    """Give every table that the evaluation can fill, in the order of a paper.

    Parameters
    ----------
    made
        With all rows of all tables.
    lang
        Language of the paper.
    """
    paper = Paper(made, lang)
    made_tables = [table for maker in (*LEVELS, *DYNAMICS) if (table := maker(paper)) is not None and table.rows]
    basis = basis_of(made, lang)
    return [
        table if table.name in ("system", "ranking") else replace(table, notes=(*table.notes, basis))
        for table in made_tables
    ]


def basis_of(made: EvaluationReport, lang: Language) -> str:
    """Say the choices that every figure rests on."""
    return chosen(Paper(made, lang), "standardisation", "over", "weights", "score", "missing")
