"""Thin coverage: what is missing from the columns that most questions need, and where groups are small."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from jiqun.cluster.checks.data import EXAMPLES, Data, count_where, present
from jiqun.cluster.checks.findings import Severity
from jiqun.cluster.checks.rule import Fault, rule
from jiqun.cluster.facts import Words
from jiqun.cluster.schema import TABLES

IMPORTANT = {
    "actors": ("industry_id", "place_id", "lon", "founded"),
    "places": ("lon",),
    "offers": ("category",),
    "needs": ("category",),
    "interactions": ("time", "category", "amount"),
}
ESSENTIAL = {"actors": ("industry_id", "place_id"), "interactions": ("time",), "ties": ("layer",)}
PAID = ("order", "payment", "investment", "acquisition", "stay", "award")
"""Kinds of interaction that have an amount; nobody pays for a look."""

NOBODY = Words("No row that should have a value has one", "应有取值的记录全部缺失")
LENIENT = ("founded", "category")
"""Columns that only few questions need: told, never a warning."""

TOLD, THIN = 0.01, 0.2
"""Share of missing values from which it is worth knowing, and from which results may be wrong."""

FEW = 5
"""Groups of fewer actors give shares and quotients that one more actor would change by a fifth or more."""


@rule(
    severity="info",
    title=Words("Values are missing", "部分取值缺失"),
    advice=Words(
        "Results are about the rows that have a value. Ask whether those without one differ: if they do, results are "
        "biased; if you can, complete them.",
        "结果只反映有取值的记录。请判断缺失记录是否有系统差异：若有，结果会有偏差；如有条件请补全。",
    ),
)
def thin_coverage(data: Data) -> Iterator[Fault]:
    """Missing industry, place, coordinates, time, category or amount, of 1 % of the rows or more.

    A warning from a fifth of the rows on, except for founding and category. Actors are asked only where
    they are firms or of no stated kind, amounts only of interactions that are paid for. A column that is
    missing for all of them costs nothing, as one that is not given.
    """
    for table, names in IMPORTANT.items():
        held = [name for name in names if data.has(table, name)]
        if not held:
            continue
        kinds = data.has(table, "kind") and table in ("actors", "interactions")
        columns = [*held, *TABLES[table].key, *(["kind"] if kinds else [])]
        frame = data.scan(table, *dict.fromkeys(columns))
        totals: dict[str, nw.Expr] = {}
        for number, name in enumerate(held):
            asked = _asked(table, name, kinds=kinds)
            totals[f"of{number}"] = nw.len() if asked is None else count_where(asked)
            missing = nw.col(name).is_null()
            totals[f"rows{number}"] = count_where(missing if asked is None else missing & asked)
        counted = data.one(frame, **totals)
        for number, name in enumerate(held):
            rows, of = int(counted[f"rows{number}"] or 0), int(counted[f"of{number}"] or 0)
            if of and rows >= TOLD * of:
                # where nobody has it, it is as if the column were not given: unknown, but not one-sided
                grave = THIN * of <= rows < of and name not in LENIENT
                severity: Severity = "warning" if grave else "info"
                title = NOBODY if rows == of else None
                yield Fault(table, name, rows, of, (f"{rows / of:.1%}",), severity=severity, title=title)


@rule(
    severity="info",
    title=Words("A column that many questions need is not given", "缺少许多分析所需的字段"),
    advice=Words(
        "Nothing is wrong; what needs it says so and is left out. Map it in the recipe if the source has it.",
        "数据本身没有错误；需要它的分析会说明并略过。若来源中有该字段，请在配方中映射。",
    ),
)
def column_not_given(data: Data) -> Iterator[Fault]:
    """Tables without industry, place, time or layer, and actors that nothing puts on a map."""
    for table, names in ESSENTIAL.items():
        if table in data.tables:
            for name in names:
                if name not in data.schema(table):
                    yield Fault(table, name, data.rows(table), data.rows(table))
    located = any(data.has(table, "lon", "lat") for table in ("actors", "places")) or data.has("actors", "x", "y")
    if "actors" in data.tables and not located and "place_id" in data.schema("actors"):
        yield Fault("actors", "lon", data.rows("actors"), data.rows("actors"))


@rule(
    severity="info",
    title=Words("Groups have fewer than five actors", "部分分组不足五个主体"),
    advice=Words(
        "Shares and quotients of such groups are not stable: read their intervals, or group more coarsely.",
        "这些分组的份额和区位商不稳定：请关注区间，或采用更粗的分组。",
    ),
)
def few_actors(data: Data) -> Iterator[Fault]:
    """Actors in industries or places that hold fewer than five of them, where there are 50 actors or more."""
    for name in ("industry_id", "place_id"):
        if data.has("actors", name):
            counts = data.scan("actors", name).filter(present(name)).group_by(name)
            sizes = counts.agg(nw.len().alias("n"))
            small = nw.col("n") < FEW
            totals = data.one(
                sizes,
                of=nw.col("n").sum(),
                rows=nw.when(small).then(nw.col("n")).otherwise(0).sum(),
                groups=count_where(small),
                all=nw.len(),
            )
            if int(totals["of"] or 0) >= 50 and totals["rows"]:
                top = sizes.filter(small).sort("n", name).head(EXAMPLES).collect("pyarrow").rows(named=True)
                shown = (f"{totals['groups']}/{totals['all']}", *(f"{row[name]} ×{row['n']}" for row in top))
                yield Fault("actors", name, int(totals["rows"]), int(totals["of"]), shown)


def _asked(table: str, name: str, *, kinds: bool) -> nw.Expr | None:
    """Rows that should have a value; None where all of them should."""
    if not kinds:
        return None
    if table == "actors":
        return nw.col("kind").is_null() | (nw.col("kind") == "firm")
    if name == "amount":
        return nw.col("kind").is_null() | nw.col("kind").is_in(PAID)
    return None
