"""The HTTP API, from the OpenAPI document of the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from jiqun.serve.openapi import document
from jiqun_docs.indices import kind
from jiqun_docs.pages import Pages, code, table, text

__all__ = ["write"]

LONGEST_EXAMPLE = 2500
"""Characters; longer examples are in the OpenAPI document itself."""


def write(pages: Pages) -> None:
    """Write the page."""
    api = json.loads(document())
    lines = [
        "# HTTP API",
        "",
        *api["info"]["description"].splitlines(),
        "",
        "The document behind this page: `jiqun openapi`, or `/api/openapi.json` of a running server.",
        "",
    ]
    operations = [(path, method, facts) for path, methods in api["paths"].items() for method, facts in methods.items()]
    lines += table(
        ["Request", ""],
        [[code(f"{method.upper()} {path}"), text(facts["summary"])] for path, method, facts in operations],
    )
    for path, method, facts in operations:
        lines += [f"## {text(facts['summary'])}", "", "```text", f"{method.upper()} {path}", "```", ""]
        lines += [*facts.get("description", "").splitlines(), ""]
        if parameters := list(_parameters(facts, api)):
            lines += table(["Parameter", "Values", "Default", "Meaning"], parameters)
        lines += _example(facts)
    pages.write("http", lines)


def _parameters(facts: dict[str, Any], api: dict[str, Any]) -> Iterator[list[str]]:
    for one in facts.get("parameters", ()):
        schema = one.get("schema", {})
        values = text(kind(_resolved(schema, api), {"$defs": api["components"]["schemas"]}))
        default = code(schema.get("default", "")) if not one.get("required") else "**required**"
        yield [code(one["name"]), values, default, text(one.get("description", ""))]


def _resolved(schema: dict[str, Any], api: dict[str, Any]) -> dict[str, Any]:
    name = str(schema.get("$ref", "")).rsplit("/", 1)[-1]
    found: dict[str, Any] = api["components"]["schemas"][name] if name else schema
    return found


def _example(facts: dict[str, Any]) -> Iterator[str]:
    for status, answer in facts["responses"].items():
        example = answer.get("content", {}).get("application/json", {}).get("example")
        if example is None or not status.startswith("2"):
            continue
        shown = json.dumps(example, ensure_ascii=False, indent=1)
        if len(shown) <= LONGEST_EXAMPLE:
            yield from ["Answers:", "", "```json", *shown.splitlines(), "```", ""]
