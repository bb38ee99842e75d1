"""Composing the recipe: its files, its tables, and the rows that references need so that none is broken."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from jiqun.cluster import TABLES
from jiqun.ingest.drafting.codes import scheme_of
from jiqun.ingest.drafting.decide import Choice
from jiqun.ingest.drafting.relate import link, names_of
from jiqun.ingest.drafting.words import bare, unit_in
from jiqun.ingest.drafting.write import column_lines, comment, quoted, sql_name, unused_lines

__all__ = ["compose"]

_HEAD = """\
# A draft by `jiqun recipe`: what the files look like, not what they mean. Read it, then:
#   jiqun ingest THIS_FILE --out FOLDER      jiqun check FOLDER
# 由 `jiqun recipe` 起草：请核对每一处映射，再执行导入。# 之后为说明或其他可能。
"""
_CURRENCIES = (
    ("usd", "USD"), ("美元", "USD"), ("eur", "EUR"), ("€", "EUR"), ("cny", "CNY"), ("rmb", "CNY"), ("brl", "BRL"),
    ("gbp", "GBP"), ("£", "GBP"),
)  # fmt: skip
_ROLES = {"source": "buyer", "target": "firm"}


@dataclass(frozen=True, slots=True)
class _Reference:
    """A column of a source whose values must exist in another table."""

    source: str
    canonical: str
    column: str
    role: str
    complete: bool
    """Whether every value is known to be there already."""
    by_name: bool = False


def compose(choices: Sequence[Choice], folder: Path) -> str:
    """Write the whole recipe.

    Parameters
    ----------
    choices
        What each source feeds.
    folder
        Folder in which the recipe will lie.
    """
    names = dict(names_of(choices))
    sections = [_HEAD, _cluster(choices, folder)]
    sections += [_file(choice, names[i], folder) for i, choice in enumerate(choices)]
    feeds: dict[str, list[str]] = {table: [] for table in TABLES}
    translated, queries = _translated(choices, names)
    for i, choice in enumerate(translated):
        if choice.table:
            feeds[choice.table].append(_feed(choice, choice.fed_from or names[i]))
    for table in ("actors", "places", "industries"):
        completion = _complete(choices, names, table)
        if completion:
            queries.append(completion[0])
            feeds[table].append(completion[1])
    sections += queries
    sections += [text for table in TABLES for text in feeds[table]]
    return "\n".join(sections)


def _cluster(choices: Sequence[Choice], folder: Path) -> str:
    first = choices[0].seen.look.path
    stem = first.name.split(".")[0] if len({c.seen.look.path for c in choices}) == 1 else folder.name
    slug = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:60] or "my-cluster"
    lines = [
        "[cluster]",
        f"id = {quoted(slug)}",
        f"title = {{ en = {quoted(stem)}, zh = {quoted(stem)} }}",
        'origin = "real"',
        f"currency = {quoted(_currency(choices))}  # ISO code such as CNY, USD; shown with every amount",
        '# as_of = "2024-12-31"     # the day the data are of',
        '# licence = "…"',
    ]
    located = [c for c in choices if "lon" in c.mapped]
    if located:
        lines.append(_crs(located))
    schemes = {what: scheme for what in ("industry", "place") if (scheme := scheme_of(choices, what))}
    if schemes:
        pairs = ", ".join(f"{key} = {quoted(scheme)}" for key, scheme in schemes.items())
        lines.append(f"codes = {{ {pairs} }}  # recognised by the form of the codes")
    return "\n".join(lines) + "\n"


def _crs(located: Sequence[Choice]) -> str:
    hints = " ".join(bare(c.mapped["lon"]) for c in located)
    if "gcj" in hints or "bd" in hints.split("_") or "bd_" in hints:
        guess = "GCJ-02" if "gcj" in hints else "BD-09"
        return f'crs = "{guess}"  # the heading says so: {hints}'
    inside = all(
        73 <= c.seen.facts[c.mapped["lon"]].low <= c.seen.facts[c.mapped["lon"]].high <= 136
        and 3 <= c.seen.facts[c.mapped["lat"]].low <= c.seen.facts[c.mapped["lat"]].high <= 54
        for c in located
        if "lat" in c.mapped
    )
    if not inside:
        return '# crs = "WGS84"'
    return (
        "# The coordinates lie in China. Ask where they come from: GPS and official maps are WGS84 (as read now);\n"
        "# 高德 and 腾讯 give GCJ-02, 百度 gives BD-09. Read wrongly, they are 300 m to 1.5 km off.\n"
        '# crs = "GCJ-02"'
    )


def _currency(choices: Sequence[Choice]) -> str:
    for choice in choices:
        for column in ("amount", "revenue", "price"):
            source = choice.mapped.get(column, "")
            text = f"{bare(source)} {unit_in(source)} {choice.seen.facts[source].strip if source else ''}".lower()
            if "元" in text and "美元" not in text:
                return "CNY"
            for sign, code in _CURRENCIES:
                if sign in text:
                    return code
    return ""


def _file(choice: Choice, name: str, folder: Path) -> str:
    look = choice.seen.look
    path = look.path.resolve()
    inside = path.is_relative_to(folder)
    shown = path.relative_to(folder).as_posix() if inside else os.fspath(path)
    rows = f"{len(look.rows):,} rows" if look.whole else f"the first {len(look.rows):,} rows"
    lines = [comment(f"{look.title}: {rows} and {len(look.columns)} columns looked at.")]
    lines += [comment(f"{look.path.name} {note}.") for note in look.notes]
    lines += [f"[files.{name}]", f"path = {quoted(shown)}"]
    lines += [f"{key} = {value if isinstance(value, int) else quoted(value)}" for key, value in look.options.items()]
    if not choice.table:
        lines.append(
            comment("It feeds no table: no columns were recognised. They are: " + ", ".join(look.columns)[:800])
        )
    return "\n".join(lines) + "\n"


def _feed(choice: Choice, name: str) -> str:
    mapped = ", ".join(f"{source} → {column}" for column, source in choice.mapped.items())
    lines = [comment(f"{choice.seen.title} feeds {choice.table}: {mapped}.")]
    if choice.second:
        lines.append(comment(f"It might feed {choice.second} instead."))
    lines += [comment(f"Uncertain: {note}.") for note in choice.notes]
    lines += [f"[[{choice.table}]]", f"from = {quoted(name)}"]
    key = TABLES[choice.table].key
    if len(key) == 1 and not choice.seen.facts[choice.mapped[key[0]]].unique:
        lines.append(f"distinct = true  # {comment(choice.mapped[key[0]])[2:]} repeats: the first row of each is kept")
    lines.append(f"[{choice.table}.columns]")
    return "\n".join([*lines, *column_lines(choice), *unused_lines(choice)]) + "\n"


def _references(choices: Sequence[Choice], names: Mapping[int, str], table: str) -> Iterator[_Reference]:
    for i, choice in enumerate(choices):
        if not choice.table or choice.table == table:
            continue
        for column in TABLES[choice.table].columns:
            if not column.references.startswith(table + ".") or column.name not in choice.mapped:
                continue
            found = link(choice, column.name, choices)
            by_name = found is not None and found.named
            share = 0.0 if found is None else found.either if by_name else found.share
            complete = share == 1.0 and choice.seen.look.whole
            role = _ROLES.get(column.name, "firm")
            yield _Reference(names[i], column.name, choice.mapped[column.name], role, complete, by_name)


def _complete(choices: Sequence[Choice], names: Mapping[int, str], table: str) -> tuple[str, str] | None:
    """Write the query and the block that add the rows that references point at and no file holds."""
    lacking = [r for r in _references(choices, names, table) if not r.complete]
    if not lacking:
        return None
    key = TABLES[table].key[0]
    parts = []
    for r in lacking:
        test = f"{sql_name(r.column)} is not null"
        for column in (key, "name") if r.by_name else (key,):
            for holder, held in _held(choices, names, table, column):
                test += f"\n  and {_as_text(r.column)} not in ({_known(holder, held)})"
        role = f", '{r.role}' as role" if table == "actors" else ""
        parts.append(f"select distinct {_as_text(r.column)} as id{role} from {r.source} where {test}")  # noqa: S608 - quoted
    used_by = ", ".join(f"{r.source} ({r.column})" for r in lacking)
    why = comment(f"{table.capitalize()} that are named by {used_by} and that no file lists.")
    text = f"{why}\n[queries.more_{table}]\nsql = {_multiline(chr(10).join(_between(parts, 'union')))}\n"
    lines = [why, f"[[{table}]]", f'from = "more_{table}"']
    if table == "actors":
        lines.append("distinct = true  # one that buys and sells is listed once, as what comes first")
    lines += [f"[{table}.columns]", f'{key} = "id"', 'name = "id"']
    if table == "actors":
        lines.append('kind = "role"')
    return text, "\n".join(lines) + "\n"


def _translated(choices: Sequence[Choice], names: dict[int, str]) -> tuple[list[Choice], list[str]]:
    """Put queries before the sources that call actors by name, so that they give identifiers."""
    named = [r for r in _references(choices, names, "actors") if r.by_name]
    after, queries = list(choices), []
    for i, choice in enumerate(choices):
        mine = [r for r in named if r.source == names[i]]
        if not mine:
            continue
        known = f"select name, min(id) as id from ({_directory(choices, names)}) group by name"  # noqa: S608 - quoted
        columns, joins = [], []
        for r in mine:
            alias, value = f"known_{r.canonical}", _as_text(r.column, "t")
            columns.append(f"coalesce({alias}.id, {value}) as {alias}_id")
            joins.append(f"left join ({known}) {alias} on {alias}.name = {value}")
        sql = "\n".join([f"select t.*, {', '.join(columns)}", f"from {names[i]} t", *joins])
        why = comment(
            f"{names[i]} calls actors by name ({', '.join(r.column for r in mine)}): the names become identifiers."
        )
        queries.append(f"{why}\n[queries.{names[i]}_by_id]\nsql = {_multiline(sql)}\n")
        aliases = {r.canonical: f"known_{r.canonical}_id" for r in mine}
        after[i] = replace(choice, fed_from=f"{names[i]}_by_id", renamed=aliases)
    return after, queries


def _directory(choices: Sequence[Choice], names: Mapping[int, str]) -> str:
    parts = [
        f"select {_as_text(c.mapped['actor_id'])} as id, {_as_text(c.mapped['name'])} as name from {names[i]}"  # noqa: S608 - quoted
        for i, c in enumerate(choices)
        if c.table == "actors" and {"actor_id", "name"} <= set(c.mapped)
    ]
    return " union all ".join(parts)


def _held(choices: Sequence[Choice], names: Mapping[int, str], table: str, column: str) -> list[tuple[str, str]]:
    return [(names[i], c.mapped[column]) for i, c in enumerate(choices) if c.table == table and column in c.mapped]


def _known(source: str, column: str) -> str:
    return f"select {_as_text(column)} from {source} where {sql_name(column)} is not null"  # noqa: S608 - quoted


def _as_text(column: str, table: str = "") -> str:
    return f"cast({table + '.' if table else ''}{sql_name(column)} as varchar)"


def _between(parts: Sequence[str], word: str) -> list[str]:
    return [line for i, part in enumerate(parts) for line in ((word, part) if i else (part,))]


def _multiline(sql: str) -> str:
    """Write SQL as a TOML text over several lines where that is safe, else on one."""
    if "'''" in sql or any(not (c.isprintable() or c == "\n") for c in sql):
        return quoted(sql)
    return f"'''\n{sql}\n'''"
