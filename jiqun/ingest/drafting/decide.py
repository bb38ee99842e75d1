"""Deciding which table a file feeds and which of its columns is which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from jiqun.cluster import TABLES
from jiqun.cluster.schema import Column
from jiqun.ingest.drafting.facts import Facts, facts
from jiqun.ingest.drafting.look import Look
from jiqun.ingest.drafting.words import FILE_WORDS, NAMES, fit

__all__ = ["Choice", "Seen", "decide", "see"]

_ENOUGH = 1.6
_WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "actors": {"actor_id": 1.0, "name": 0.7, "industry_id": 0.6, "place_id": 0.3, "lon": 0.3, "lat": 0.3,
               "founded": 1.0, "closed": 0.8, "size": 0.8, "revenue": 0.7, "status": 0.3, "digital_native": 1.0},
    "interactions": {"source": 1.2, "target": 1.2, "time": 0.9, "amount": 0.7, "quantity": 0.4, "group": 0.5,
                     "channel": 0.5, "kind": 0.2, "category": 0.3, "matched_by": 1.0, "subsidy_platform": 1.0,
                     "subsidy_supplier": 1.0},
    "places": {"place_id": 1.0, "name": 0.4, "area": 1.0, "population": 1.0, "parent": 0.5, "level": 0.6,
               "lon": 0.3, "lat": 0.3},
    "industries": {"industry_id": 1.0, "name": 0.5, "parent": 0.5, "scheme": 0.5},
    "flows": {"source": 0.8, "target": 0.8, "coefficient": 1.6, "period": 0.2},
    "offers": {"offer_id": 1.0, "actor_id": 0.7, "text": 0.6, "category": 0.2, "capacity": 1.0, "unit": 0.3,
               "price": 0.5, "valid_from": 0.5, "valid_to": 0.5},
    "needs": {"need_id": 1.2, "actor_id": 0.5, "text": 0.6, "quantity": 0.3, "unit": 0.2, "deadline": 1.0,
              "components": 0.8},
    "ties": {"source": 0.8, "target": 0.8, "kind": 0.3, "layer": 1.0, "from": 0.5, "to": 0.5, "weight": 0.5},
    "panel": {"place_id": 0.6, "period": 0.8, "indicator": 1.2, "value": 1.0, "unit": 0.2},
}  # fmt: skip
_RANGES: Mapping[str, tuple[float, float]] = {"lon": (-180.0, 180.0), "lat": (-90.0, 90.0)}


@dataclass(frozen=True, slots=True)
class Seen:
    """A table of a file with the facts of its columns."""

    look: Look
    facts: Mapping[str, Facts]

    @property
    def title(self) -> str:
        """What comments call it."""
        return self.look.title


@dataclass(frozen=True, slots=True)
class Choice:
    """The table that a source feeds, and its columns."""

    seen: Seen
    table: str
    mapped: Mapping[str, str] = field(default_factory=dict)
    """Canonical column → source column."""
    score: float = 0.0
    rivals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Canonical column → other source columns that fit it too."""
    notes: tuple[str, ...] = ()
    fed_from: str = ""
    """The query that feeds the table in place of the file, where one is needed."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Canonical column → column of that query."""
    second: str = ""
    """The table it would feed otherwise, where that was close."""


def see(look: Look) -> Seen:
    """Look at the values of every named column."""
    return Seen(look, {name: facts(look, name) for name in look.columns if name})


def decide(seen: Seen) -> Choice:
    """Choose the table that fits best; the table is empty where none fits well enough."""
    tried = sorted((_try(seen, table) for table in _WEIGHTS), key=lambda choice: -choice.score)
    best, next_best = tried[0], tried[1]
    if best.score < _ENOUGH:
        return Choice(seen, "")
    close = next_best.score > 0.85 * best.score and next_best.score >= _ENOUGH
    return replace(best, second=next_best.table if close else "")


def _try(seen: Seen, table: str) -> Choice:
    fits = sorted(_fits(seen, table), key=lambda item: -item[0])
    mapped: dict[str, str] = {}
    taken: set[str] = set()
    rivals: dict[str, list[str]] = {}
    score = 0.0
    for quality, column, source in fits:
        if column in mapped or source in taken:
            if column in mapped and source not in taken:
                rivals.setdefault(column, []).append(source)
            continue
        mapped[column] = source
        taken.add(source)
        score += quality * _WEIGHTS[table].get(column, 0.1)
    key = TABLES[table].key[0] if len(TABLES[table].key) == 1 else ""
    if key and key not in mapped:
        found = _key_by_content(seen, taken)
        if found:
            mapped[key] = found
            taken.add(found)
            score += 0.4
    score += _shape(seen, table, mapped)
    others = {c: tuple(s for s in sources if s not in taken) for c, sources in rivals.items()}
    return Choice(seen, table, mapped, score, {c: s for c, s in others.items() if s})


def _fits(seen: Seen, table: str) -> list[tuple[float, str, str]]:
    found = []
    for column, names in NAMES[table].items():
        schema = TABLES[table].by_name[column]
        for source, what in seen.facts.items():
            quality = fit(source, names)
            if quality and what.kind != "empty" and _holds(schema, what):
                # A key that identifies every row is a better key than one that repeats.
                bonus = 0.1 if column in TABLES[table].key and what.unique else 0.0
                found.append((quality + bonus, column, source))
    return found


def _holds(column: Column, what: Facts) -> bool:
    """Whether the values can be values of the column."""
    if column.name in _RANGES:
        low, high = _RANGES[column.name]
        return what.numeric and low <= what.low and what.high <= high
    match column.type:
        case "number" | "integer":
            return what.numeric
        case "date" | "time":
            return what.dated or what.year
        case "boolean":
            return what.distinct <= 2
        case _:
            return not what.dated or column.name == "period"


def _key_by_content(seen: Seen, taken: set[str]) -> str:
    """Find the first column that no name gave away but that identifies every row."""
    for name, what in seen.facts.items():
        if name not in taken and what.unique and what.kind in ("text", "integer") and not what.year:
            return name
    return ""


def _shape(seen: Seen, table: str, mapped: Mapping[str, str]) -> float:
    """What the whole says for or against a table: required columns, keys that repeat, the file's name."""
    schema = TABLES[table]
    score = 0.0
    if any(column not in mapped for column in schema.required):
        return -10.0
    if len(schema.key) == 1:
        unique = seen.facts[mapped[schema.key[0]]].unique
        score += 0.4 if unique else -0.9
    title = f"{seen.look.path.name} {seen.look.options.get('sheet', '')} {seen.look.options.get('layer', '')}".lower()
    if any(word in title for word in FILE_WORDS[table]):
        score += 0.8
    if table == "industries" and len(seen.facts) > 8:
        score -= 0.8  # a list of industries has few columns
    if table == "ties" and not {"layer", "weight", "from", "kind"} & set(mapped):
        score -= 0.5
    if table == "interactions" and not {"time", "amount", "quantity", "group"} & set(mapped):
        score -= 1.0
    if table == "panel" and not {"period", "value"} <= set(mapped):
        score -= 2.0
    if table == "places" and seen.look.geometry and not {"founded", "size"} & set(mapped):
        score += 0.3
    return score
