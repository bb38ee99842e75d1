"""Codes: written as the code system named in the recipe says, and in force."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from jiqun.cluster.checks.data import EXAMPLES, Data, present
from jiqun.cluster.checks.rule import Fault, rule
from jiqun.cluster.codes import Scheme, scheme, schemes
from jiqun.cluster.errors import UnknownName
from jiqun.cluster.facts import Words

HOMES = {
    "industry": (("industries", "industry_id"), ("actors", "industry_id"), ("interactions", "category")),
    "place": (("places", "place_id"), ("actors", "place_id"), ("panel", "place_id")),
    "country": (("places", "place_id"), ("actors", "place_id"), ("panel", "place_id")),
}
"""Where the codes of a scheme are: the first of these that is there; the others refer to it."""


@rule(
    severity="warning",
    title=Words("Codes do not belong to the code system named", "代码不属于所声明的分类体系"),
    advice=Words(
        "Check leading zeros lost in a spreadsheet, the revision of the system, and codes of one's own for “other”.",
        "请检查电子表格丢失的前导零、分类体系版本，以及自定义的“其他”代码。",
    ),
)
def unknown_code(data: Data) -> Iterator[Fault]:
    """Codes that the system named in the recipe, or in the column ``scheme`` of industries, does not have."""
    for table, column, system, counts in _coded(data):
        bad = {code: n for code, n in counts.items() if not system.valid(code)}
        if bad:
            yield _fault(table, column, system, bad, counts)


@rule(
    severity="info",
    title=Words("Codes are not on today's list", "代码不在现行清单中"),
    advice=Words(
        "Divisions are merged, split and renumbered: map old codes to those of the year of your boundaries.",
        "行政区划会合并、拆分和变更代码：请将旧代码对应到所用边界年份的代码。",
    ),
)
def code_not_in_force(data: Data) -> Iterator[Fault]:
    """Well-formed codes that the list in force does not have, where an optional package brings the list."""
    for table, column, system, counts in _coded(data):
        listed = system.listed()
        if listed is not None:
            old = {code: n for code, n in counts.items() if system.valid(code) and _ask(system, code) not in listed}
            old = {code: n for code, n in old.items() if len(code) <= 6}
            if old:
                yield _fault(table, column, system, old, counts)


@rule(
    severity="warning",
    title=Words("The code system named is not known", "所声明的分类体系未知"),
    advice=Words(
        f"Codes are kept but not checked. Known: {', '.join(schemes())}.",
        f"代码会保留但不核对。已知：{'、'.join(schemes())}。",
    ),
)
def unknown_scheme(data: Data) -> Iterator[Fault]:
    """Code systems named in the recipe that have no rules here."""
    for what, name in data.codes.items():
        if _scheme(name) is None and what in HOMES:
            for table, column in HOMES[what]:
                if data.has(table, column):
                    rows = data.rows(table)
                    yield Fault(table, column, rows, rows, (name[:80],))
                    break


def _coded(data: Data) -> Iterator[tuple[str, str, Scheme, dict[str, int]]]:
    """Give each coded column with its system and how often each code occurs."""
    for what, name in data.codes.items():
        system = _scheme(name)
        if system is not None:
            for table, column in HOMES.get(what, ()):
                if data.has(table, column):
                    yield table, column, system, _counts(data, table, column)
                    break
    if "industry" not in data.codes and data.has("industries", "industry_id", "scheme"):
        frame = data.scan("industries", "industry_id", "scheme").filter(present("scheme")).collect("pyarrow")
        by_scheme: dict[str, dict[str, int]] = {}
        for row in frame.rows(named=True):
            if row["industry_id"] is not None:
                counts = by_scheme.setdefault(str(row["scheme"]), {})
                counts[str(row["industry_id"])] = counts.get(str(row["industry_id"]), 0) + 1
        for name, counts in sorted(by_scheme.items()):
            system = _scheme(name)
            if system is not None:
                yield "industries", "industry_id", system, counts


def _counts(data: Data, table: str, column: str) -> dict[str, int]:
    counted = data.scan(table, column).filter(present(column)).group_by(column).agg(nw.len().alias("n"))
    return {str(row[column]): int(row["n"]) for row in counted.collect("pyarrow").rows(named=True)}


def _ask(system: Scheme, code: str) -> str:
    return code.ljust(6, "0") if system.id == "CN-division" else code


def _fault(table: str, column: str, system: Scheme, found: dict[str, int], counts: dict[str, int]) -> Fault:
    worst = sorted(found, key=lambda code: (-found[code], code))[:EXAMPLES]
    shown = (system.id, *(f"{code[:60]} ×{found[code]}" for code in worst))
    return Fault(table, column, sum(found.values()), sum(counts.values()), shown)


def _scheme(name: str) -> Scheme | None:
    try:
        return scheme(name)
    except UnknownName:
        return None
