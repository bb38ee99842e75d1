"""One page for each index, from its facts and its docstring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jiqun.cluster import Reference
from jiqun.measure import Bounds, Index, indices
from jiqun_docs.pages import Pages, code, table, text

__all__ = ["kind", "write"]

LAWS = {
    "row_order": "the order of the rows",
    "labels": "the names of places and industries",
    "scale": "the unit of the weights",
    "split": "cutting a row into two that carry its weight together",
}


def write(pages: Pages) -> None:
    """Write a page for each index and one that lists them by family."""
    known = indices()
    families: dict[str, list[Index]] = {}
    for one in known.values():
        families.setdefault(one.family, []).append(one)
    lines = [
        "# Indices 指数",
        "",
        "Every index is one file of the library, and this page, the command line, the HTTP API and the form in the",
        "browser come from it. Compute one with `c.measure(name, …)`, `jiqun measure name FOLDER`, or",
        "`GET /api/clusters/{id}/measures/{name}`.",
        "",
    ]
    for family, members in families.items():
        lines += [f"## {family.capitalize()}", ""]
        lines += table(
            ["Index", "指数", "Question", "Spaces"],
            [
                [f"[{text(m.title.en)}]({m.name}.md)", m.title.zh, text(m.question.en), ", ".join(m.spaces)]
                for m in members
            ],
        )
    lines += ["```{toctree}", ":hidden:", "", *known, "```"]
    pages.write("indices/index", lines)
    for one in known.values():
        pages.write(f"indices/{one.name}", _page(one))


def _page(one: Index) -> list[str]:
    facts = [
        ["Question", f"{text(one.question.en)}<br>{text(one.question.zh)}"],
        ["Reading", f"{text(one.reading.en)}<br>{text(one.reading.zh)}"],
        ["Needs", _needs(one)],
        ["One value for each", ", ".join(code(k) for k in one.grain) or "the whole table"],
        ["Range", _range(one.bounds) + (f"; {one.neutral:g} is neutral" if one.neutral is not None else "")],
        ["Spaces", ", ".join(one.spaces)],
        ["Does not depend on", "; ".join(LAWS[law] for law in one.laws) + " (tested)"],
    ]
    return [
        f"# {text(one.title.en)} · {one.title.zh}",
        "",
        *table(["", ""], facts),
        "## Definition",
        "",
        "```{math}",
        one.formula,
        "```",
        "",
        "## Sources",
        "",
        *[f"* {_reference(r)}" for r in one.references],
        "",
        "## Parameters",
        "",
        *_parameters(one),
        "## The function",
        "",
        "```{eval-rst}",
        f".. autofunction:: {one.function.__module__}.{one.name}",
        "```",
    ]


def _needs(one: Index) -> str:
    columns = ", ".join(code(c) for c in one.needs.columns)
    optional = ", ".join(code(c) for c in one.needs.optional)
    link = f"[{one.needs.table}](../tables.md#table-{one.needs.table})"
    return f"table {link} with {columns}" + (f"; uses {optional} where present" if optional else "")


def _range(bounds: Bounds) -> str:
    low = "−∞" if bounds.low is None else f"{bounds.low:g}"
    high = "∞" if bounds.high is None else f"{bounds.high:g}"
    return f"{low} to {high}" if bounds != Bounds() else "not bounded"


def _reference(reference: Reference) -> str:
    return (
        f"{text(reference.text)}, [doi:{text(reference.doi)}]({reference.url})"
        if reference.doi
        else text(reference.text)
    )


def _parameters(one: Index) -> list[str]:
    schema = one.parameters.model_json_schema()
    rows = [
        [code(name), text(kind(facts, schema)), code(facts.get("default", "")), text(facts.get("description", ""))]
        for name, facts in schema.get("properties", {}).items()
    ]
    return table(["Name", "Values", "Default", "Meaning"], rows) if rows else ["None.", ""]


def kind(facts: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """Say in words which values a JSON schema allows."""
    if "$ref" in facts:
        return kind(schema["$defs"][facts["$ref"].rsplit("/", 1)[1]], schema)
    if "anyOf" in facts:
        return " or ".join(kind(each, schema) for each in facts["anyOf"])
    if "enum" in facts:
        return ", ".join(map(str, facts["enum"]))
    if "const" in facts:
        return str(facts["const"])
    types = facts.get("type", "any")
    named = " or ".join(_TYPES.get(one, one) for one in ([types] if isinstance(types, str) else types))
    return " ".join([named, *(f"{sign} {facts[key]}" for key, sign in _LIMITS.items() if key in facts)])


_TYPES = {"null": "nothing", "object": "table of names and values", "array": "list", "string": "text"}
_LIMITS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
