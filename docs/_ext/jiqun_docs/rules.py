"""The page of findings: every rule, and the grade that follows from them."""

from __future__ import annotations

from jiqun.cluster import rules
from jiqun.cluster.checks import LETTERS, SEVERITIES, WEIGHTS
from jiqun_docs.pages import Pages, code, table, text

__all__ = ["write"]

MEANING = {
    "error": "results become wrong",
    "warning": "results may be wrong",
    "info": "worth knowing; costs nothing",
}


def write(pages: Pages) -> None:
    """Write the page."""
    known = rules()
    lines = [
        "# Findings and the grade 检查与评级",
        "",
        "`jiqun check FOLDER` looks at the data and reports; it never repairs. Bad data is a row of the findings:",
        "rule, severity, table, column, how many rows of how many, examples, and what to do.",
        "",
        *table(
            ["Severity", "Means", "Costs when every row is concerned"],
            [[s, MEANING[s], f"{WEIGHTS[s]:.0%}"] for s in SEVERITIES],
        ),
        "## The grade",
        "",
        "```{eval-rst}",
        ".. autofunction:: jiqun.cluster.checks.grade.score",
        "```",
        "",
        *table(["Grade", "From score"], [[letter, f"{least:g}"] for letter, least in LETTERS]),
        f"## The {len(known)} rules",
        "",
    ]
    for severity in SEVERITIES:
        of_it = [r for r in known.values() if r.severity == severity]
        if of_it:
            lines += [f"### {severity.capitalize()}", ""]
            rows = [
                [code(r.id), f"{text(r.title.en)}<br>{text(r.title.zh)}", _about(r.about), text(r.advice.en)]
                for r in of_it
            ]
            lines += table(["Rule", "Finding", "Looks for", "What to do"], rows)
    pages.write("findings", lines)


def _about(docstring: str) -> str:
    return text(docstring.split("\n\n", 1)[0])
