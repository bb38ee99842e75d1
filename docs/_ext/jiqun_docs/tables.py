"""The page of the canonical tables, from ``jiqun.cluster.schema``."""

from __future__ import annotations

from jiqun.cluster import SCHEMA_VERSION, TABLES, Column, Table
from jiqun_docs.pages import Pages, code, table, text

__all__ = ["write"]

TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "date": "date",
    "time": "date and time (microseconds)",
    "strings": "list of texts",
    "geometry": "outline as WKB, WGS84",
}


def write(pages: Pages) -> None:
    """Write the page."""
    lines = [
        "# Canonical tables 规范表",
        "",
        "Whatever the source, a cluster is these tables. Only what a question needs must be there: of a table that is",
        "present, the columns marked *required*; the rest is optional, and its absence is said where it matters.",
        "A recipe may carry further columns under names of its own; they are kept as they are.",
        "",
        f"Schema version {SCHEMA_VERSION}. Identifiers are text. Coordinates are WGS84. A period is written `2017`,",
        "`2017-Q1`, `2017-03` or `2017-W05`.",
        "",
    ]
    lines += table(
        ["Table", "表", "A row is", "Key"],
        [
            [f"[{t.name}](#table-{t.name})", t.title_zh, text(t.row), ", ".join(code(k) for k in t.key) or "none"]
            for t in TABLES.values()
        ],
    )
    for one in TABLES.values():
        lines += _table(one)
    pages.write("tables", lines)


def _table(one: Table) -> list[str]:
    rows = [
        [code(c.name), text(c.title), text(c.title_zh), TYPES[c.type], text(c.unit), _rules(c)] for c in one.columns
    ]
    return [
        f"(table-{one.name})=",
        f"## {one.name} · {one.title_zh}",
        "",
        f"A row is {text(one.row)}.",
        "",
        *table(["Column", "Meaning", "含义", "Type", "Unit", "Must be"], rows),
    ]


def _rules(column: Column) -> str:
    parts = []
    if column.required:
        parts.append("**required**")
    if column.references:
        target = column.references.split(".", maxsplit=1)[0]
        parts.append(f"in [{column.references}](#table-{target})")
    if column.choices:
        parts.append("one of " + ", ".join(code(c) for c in column.choices))
    if column.low is not None:
        parts.append(f"≥ {column.low:g}")
    if column.high is not None:
        parts.append(f"≤ {column.high:g}")
    return "; ".join(parts)
