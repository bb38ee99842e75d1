"""Run every rule over a cluster and collect what it finds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from jiqun.cluster.checks.data import Data, count_where, present, show_rows
from jiqun.cluster.checks.findings import Finding, Findings
from jiqun.cluster.checks.rule import Fault, Rule, Suspect, rules
from jiqun.cluster.errors import UnknownName
from jiqun.cluster.facts import Words
from jiqun.cluster.model import Cluster
from jiqun.cluster.progress import Progress, silent
from jiqun.cluster.schema import TABLES

__all__ = ["check"]

STEP = Words("Checking the data", "检查数据")


def check(
    cluster: Cluster,
    *,
    progress: Progress = silent,
    today: date | None = None,
    codes: Mapping[str, str] | None = None,
    only: Collection[str] | None = None,
) -> Findings:
    """Look at every table with every rule, and give the findings and the grade.

    Nothing is changed and nothing is dropped. A cluster on disk is checked inside the database, so
    that its tables need not fit in memory; tables handed in are checked in the caller's library.

    Parameters
    ----------
    cluster
        What to check. What was found while reading it from its sources is part of the result.
    progress
        Told of each rule and each pass; it may raise to cancel.
    today
        Day beyond which dates are in the future, where the cluster does not say ``as_of``.
    codes
        Code schemes by what they classify, ``{"industry": "NAICS 2017", "place": "CN-division"}``;
        default: those of the recipe.
    only
        Names of the rules to run; default: all. The grade is then that of these rules alone.

    Returns
    -------
    Findings
        Worst first; ``findings.grade`` is the quality of the data.

    Raises
    ------
    UnknownName
        If ``only`` names a rule that does not exist.

    Examples
    --------
    >>> import polars as pl
    >>> c = Cluster.from_tables(
    ...     actors=pl.DataFrame({"actor_id": ["a", None], "place_id": ["p", "q"]}),
    ...     places=pl.DataFrame({"place_id": ["p"]}),
    ... )
    >>> [(f.rule, f.table, f.column, f.rows, f.of) for f in check(c) if f.severity == "error"]
    [('missing_key', 'actors', 'actor_id', 1, 2), ('broken_reference', 'actors', 'place_id', 1, 2)]
    """
    store: Any = cluster.store  # any store serves; one that was read from sources also tells what it met there
    schemes = codes if codes is not None else getattr(store, "codes", dict)()
    data = Data(cluster, today=today, codes=schemes)
    items = [Finding.from_dict(raw) for raw in getattr(store, "findings", list)()]
    suspects: list[tuple[Rule, Suspect]] = []
    registered = rules() if only is None else {name: _known(name) for name in only}
    total = float(len(registered) + len(TABLES))
    for done, rule in enumerate(registered.values()):
        progress(STEP, float(done), total)
        for found in rule.look(data):
            if isinstance(found, Fault):
                items.append(_finding(rule, found, found.rows, found.of, found.examples))
            else:
                suspects.append((rule, found))
    for done, table in enumerate(TABLES):
        progress(STEP, float(len(registered) + done), total)
        items.extend(_count(data, table, [(r, s) for r, s in suspects if s.table == table]))
    progress(STEP, total, total)
    return Findings.of(item for item in items if item.rows or not item.of)


def _known(name: str) -> Rule:
    if name not in rules():
        raise UnknownName("rule", name, rules())
    return rules()[name]


def _count(data: Data, table: str, suspects: list[tuple[Rule, Suspect]]) -> Iterable[Finding]:
    """Count all conditions on a table in one pass, then fetch examples for those that hold somewhere."""
    if not suspects:
        return
    frame = data.scan(table, *(name for name in data.schema(table) if data.readable(table, name)))
    sums = []
    for number, (_, suspect) in enumerate(suspects):
        sums.append(count_where(suspect.where).alias(f"rows{number}"))
        if not isinstance(suspect.of, str):
            of = present(suspect.column) if suspect.of is None else suspect.of
            sums.append(count_where(of).alias(f"of{number}"))
    counted = frame.select(sums).collect("pyarrow").rows(named=True)[0]
    for number, (rule, suspect) in enumerate(suspects):
        rows = int(counted[f"rows{number}"] or 0)
        if rows:
            shown = (*TABLES[table].key, *(suspect.show or (suspect.column,)))
            named = tuple(name for name in shown if name in data.schema(table))
            of_rows = data.rows(table) if isinstance(suspect.of, str) else int(counted[f"of{number}"] or 0)
            yield _finding(rule, suspect, rows, max(rows, of_rows), show_rows(frame.filter(suspect.where), named))


def _finding(rule: Rule, found: Suspect | Fault, rows: int, of: int, examples: tuple[str, ...]) -> Finding:
    return Finding(
        rule=rule.id,
        severity=found.severity or rule.severity,
        title=found.title or rule.title,
        advice=found.advice or rule.advice,
        table=found.table,
        column=found.column,
        rows=rows,
        of=of,
        examples=examples,
    )
