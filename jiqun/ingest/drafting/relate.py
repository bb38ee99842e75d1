"""Relating tables by content: which column holds the identifiers, or the names, of another table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from jiqun.cluster import TABLES
from jiqun.ingest.drafting.decide import Choice

__all__ = ["Link", "link", "relate"]

_INSIDE = 0.95
_NAMED = 0.3
"""Share of names that are known from which a column is taken to hold names; the others are new parties."""


@dataclass(frozen=True, slots=True)
class Link:
    """How the values of a column relate to the table they should point at."""

    column: str
    share: float
    """Share of the distinct values that are keys there."""
    by_name: float = 0.0
    """Share that are names there."""
    either: float = 0.0
    """Share that are keys or names there."""

    @property
    def named(self) -> bool:
        """Whether the column holds names rather than keys."""
        return self.by_name > self.share and self.by_name >= _NAMED


def relate(choices: Sequence[Choice]) -> list[Choice]:
    """Let content correct names: find sources and targets among the columns that hold actors' identifiers.

    A table without a name for its two sides (``firm_a``, ``firm_b``) is recognised by two columns whose
    values are identifiers of actors.
    """
    keys = _keys(choices, "actors", "actor_id")
    return [_sides(choice, keys) if not choice.table else choice for choice in choices]


def _sides(choice: Choice, keys: frozenset[str]) -> Choice:
    if not keys:
        return choice
    holding = [
        name
        for name, what in choice.seen.facts.items()
        if what.distinct > 1 and what.kind in ("text", "integer") and _share(what.values, keys) >= _INSIDE
    ]
    if len(holding) < 2:
        return choice
    times = [name for name, what in choice.seen.facts.items() if what.dated]
    numbers = [name for name, what in choice.seen.facts.items() if what.numeric and name not in holding]
    mapped = {"source": holding[0], "target": holding[1]}
    note = f"{holding[0]} and {holding[1]} hold identifiers of actors; which of them acts is a guess"
    if times:
        mapped["time"] = times[0]
        return replace(choice, table="interactions", mapped=mapped, notes=(note,))
    if numbers:
        mapped["weight"] = numbers[0]
    return replace(choice, table="ties", mapped=mapped, notes=(note,))


def link(choice: Choice, column: str, choices: Sequence[Choice]) -> Link | None:
    """Compare the values of a reference with the table it points at; None where that table is not there."""
    schema = TABLES[choice.table].by_name[column]
    if not schema.references or column not in choice.mapped:
        return None
    table, key = schema.references.split(".")
    targets = [c for c in choices if c.table == table]
    if not targets:
        return None
    values = choice.seen.facts[choice.mapped[column]].values
    keys, names = _keys(choices, table, key), _keys(choices, table, "name")
    return Link(column, _share(values, keys), _share(values, names), _share(values, keys | names))


def _keys(choices: Sequence[Choice], table: str, column: str) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for choice in choices:
        if choice.table == table and column in choice.mapped:
            found |= choice.seen.facts[choice.mapped[column]].values
    return found


def _share(values: frozenset[str], keys: frozenset[str]) -> float:
    return len(values & keys) / len(values) if values else 0.0


def names_of(choices: Sequence[Choice]) -> Mapping[int, str]:
    """Give each source a short name for the recipe, from what it feeds."""
    counts: dict[str, int] = {}
    named: dict[int, str] = {}
    for position, choice in enumerate(choices):
        base = {"actors": "firms", "interactions": "transactions", "": "file"}.get(choice.table, choice.table)
        counts[base] = counts.get(base, 0) + 1
        named[position] = base if counts[base] == 1 else f"{base}_{counts[base]}"
    return named
