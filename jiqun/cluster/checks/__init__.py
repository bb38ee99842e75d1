"""Checks: rules that look at the data, the findings they make, and the grade that follows."""

from jiqun.cluster.checks.findings import SEVERITIES, Finding, Findings, Severity
from jiqun.cluster.checks.grade import LETTERS, WEIGHTS, Grade, Letter
from jiqun.cluster.checks.rule import Rule, rules
from jiqun.cluster.checks.run import check

__all__ = [
    "LETTERS",
    "SEVERITIES",
    "WEIGHTS",
    "Finding",
    "Findings",
    "Grade",
    "Letter",
    "Rule",
    "Severity",
    "check",
    "rules",
]
