"""Parameters of an index that arrive as text: from an address or from a command line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from jiqun.cluster import JiqunError, UnknownName

if TYPE_CHECKING:
    from jiqun.measure import Index

__all__ = ["from_text", "index_of", "kinds"]


def index_of(name: str) -> Index:
    """Give an index by name; hyphens are as good as underscores."""
    from jiqun.measure import indices

    known = indices()
    if name.replace("-", "_") not in known:
        raise UnknownName("index", name, known)
    return known[name.replace("-", "_")]


def from_text(index: Index, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Turn named texts into the parameters of an index; the index itself checks their values.

    A text that is empty is left at its default. A parameter that is a table or a list is JSON, or, for
    a list, the same name several times.

    Raises
    ------
    JiqunError
        If a parameter that must be JSON is not, or one is given twice.
    """
    properties: Mapping[str, Any] = index.parameters.model_json_schema().get("properties", {})
    parameters: dict[str, Any] = {}
    for raw, text in given:
        name = raw.replace("-", "_")
        if text == "":
            continue
        allowed = kinds(properties.get(name, {}))
        if "array" in allowed and not text.startswith("["):
            parameters[name] = [*parameters.get(name, []), text]
            continue
        if name in parameters:
            raise JiqunError(f"{index.name}: parameter {name} is given twice. Give it once.")
        structured = "array" in allowed or ("object" in allowed and "string" not in allowed)
        parameters[name] = _json(index.name, name, text) if structured else text
    return parameters


def kinds(schema: Mapping[str, Any]) -> set[str]:
    """Give the JSON types that a schema allows.

    >>> sorted(kinds({"anyOf": [{"type": "string"}, {"type": ["integer", "null"]}]}))
    ['integer', 'null', 'string']
    """
    found: set[str] = set()
    for part in (schema, *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        kind = part.get("type", ())
        found |= {kind} if isinstance(kind, str) else set(kind)
    return found


def _json(who: str, name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise JiqunError(f'{who}: parameter {name} must be JSON, such as {{"A": 1.5}}; it is {text[:80]!r}.') from error
