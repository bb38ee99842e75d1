"""Printed tables of levels: indicator system, scores and ranks, coupling, obstacles."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from jiqun.report.papers.paper import FIRST, Paper, chosen, heads_of, rows_of
from jiqun.report.papers.printed import Cell, Printed

__all__ = ["LEVELS"]


def _system(paper: Paper) -> Printed | None:
    table, system = paper.table("weights"), paper.made.system
    if table is None:
        return None
    by_indicator: dict[str, list[float]] = {}
    for row in rows_of(table):
        by_indicator.setdefault(row["indicator"], []).append(row["weight"])
    nodes = {n.id: n for n in system.nodes}
    rows: list[tuple[Cell, ...]] = []
    rules: set[int] = set()
    order = {n.id: k for k, n in enumerate(system.nodes)}

    def path(node: str) -> list[str]:
        way = [node]
        while nodes[way[0]].parent:
            way.insert(0, nodes[way[0]].parent)
        return way

    last = ""
    for one in sorted(system.indicators, key=lambda i: [order[n] for n in path(i.node)]):
        top = path(one.node)[0]
        if last and top != last:
            rules.add(len(rows) - 1)
        first = paper.t(nodes[top].title) if top != last else ""
        last = top
        below = paper.t(nodes[one.node].title) if one.node != top else ""
        weights = by_indicator.get(one.id)
        sign = {"+": "+", "-": "−", "target": f"→ {one.target:g}" if one.target is not None else "→"}[one.sign]
        weight = sum(weights) / len(weights) if weights else None
        rows.append((first, below, paper.t(one.title), paper.t(one.unit) or "–", sign, weight))
    notes = [chosen(paper, "standardisation", "over", "weights", "weigh", "zeros")]
    if any(len(w) > 1 for w in by_indicator.values()):
        notes.append(paper.say("Weights are means over periods.", "权重为各期平均。"))
    if any(i.id not in by_indicator for i in system.indicators):
        notes.append(paper.say("– : left out, see the findings.", "“–”表示未参与评价，见数据说明。"))
    heads = paper.say("Dimension|Sub-dimension|Indicator|Unit|Sign|Weight", "维度|子维度|指标|单位|方向|权重").split(
        "|"
    )
    title = paper.say("Indicator system and weights", "指标体系与权重")
    return Printed("system", title, tuple(heads), tuple(rows), (3, 3, 3, 3, 3, 4), tuple(notes), frozenset(rules))


def _ranking(paper: Paper) -> Printed | None:
    table = paper.table("ranking")
    if table is None:
        return None
    rows = [r for r in rows_of(table) if r["score"] is not None]
    if not rows:
        return None
    last = max(r["period"] for r in rows)
    first = min(r["period"] for r in rows)
    before = {r["place_id"]: r for r in rows if r["period"] == first}
    now = sorted((r for r in rows if r["period"] == last), key=lambda r: (r["rank"], r["place_id"]))
    places = paper.places()
    region = {i: paper.t(r) if r else "–" for i, r in zip(paper.made.places.id, paper.made.places.region, strict=True)}
    ranged = "low" in table.rows
    made: list[tuple[Cell, ...]] = []
    for r in now[:FIRST]:
        old = before.get(r["place_id"]) if first != last else None
        between = f"{_rank(r['low'])}–{_rank(r['high'])}" if ranged and r["low"] is not None else "–"
        made.append(
            (
                _rank(r["rank"]), places.get(r["place_id"], r["place_id"]), region.get(r["place_id"], "–"), r["score"],
                between, old["score"] if old else None, _rank(old["rank"]) if old else "–",
            )
        )  # fmt: skip
    heads = paper.say(
        f"Rank|Place|Region|Score {last}|Range of ranks|Score {first}|Rank {first}",
        f"名次|地点|区域|{last} 得分|名次区间|{first} 得分|{first} 名次",
    ).split("|")
    notes = [chosen(paper, "score", "weights", "standardisation", "over"), paper.t(table.note)]
    if len(now) > FIRST:
        notes.append(
            paper.say(
                f"The first {FIRST} of {len(now)}; all are in the workbook.",
                f"前 {FIRST} 名，共 {len(now)} 个；全部见工作簿。",
            )
        )
    title = paper.say(f"Scores and ranks, {last}", f"综合得分与名次（{last}）")
    return Printed("ranking", title, tuple(heads), tuple(made), (0, 0, 0, 4, 0, 4, 0), tuple(notes))


def _rank(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _shifts(paper: Paper) -> Printed | None:
    table = paper.table("rank_shifts")
    if table is None:
        return None
    rows = tuple(
        (paper.named(table, "choice", r["choice"]), r["spearman"], r["mean_shift"], r["largest_shift"])
        for r in rows_of(table)
    )
    return Printed(
        "rank_shifts", paper.t(table.title), heads_of(paper, table), rows, (0, 3, 2, 0), (paper.t(table.note),)
    )


def _coupling(paper: Paper) -> Printed | None:
    table = paper.table("coupling")
    if table is None:
        return None
    shown = paper.some_periods()
    value = {(r["place_id"], r["period"]): r for r in rows_of(table)}
    places = paper.places()
    scored = [p for p in paper.made.places.id if value.get((p, shown[-1]), {}).get("coordination") is not None]
    scored.sort(key=lambda p: (-value[p, shown[-1]]["coordination"], p))
    rows: list[tuple[Cell, ...]] = []
    for place in scored[:FIRST]:
        end = value[place, shown[-1]]
        grade = paper.named(table, "grade", int(end["grade"])) if end["grade"] is not None else "–"
        held = [value.get((place, p), {}).get("coordination") for p in shown]
        rows.append((places[place], *held, grade, paper.named(table, "behind", end["behind"])))
    rules = frozenset({len(rows) - 1})
    for en, zh, pick in (("Mean", "均值", _mean), ("Standard deviation", "标准差", _deviation)):
        columns = [[r["coordination"] for r in value.values() if r["period"] == p] for p in shown]
        rows.append((paper.say(en, zh), *(pick(c) for c in columns), "", ""))
    heads = (
        paper.say("Place", "地点"),
        *shown,
        paper.say(f"Grade {shown[-1]}", f"{shown[-1]} 等级"),
        paper.say("Behind", "滞后子系统"),
    )
    notes = [chosen(paper, "coupling"), paper.t(table.note)]
    if len(scored) > FIRST:
        notes.append(
            paper.say(
                f"The first {FIRST} of {len(scored)}; mean and standard deviation are of all.",
                f"前 {FIRST} 名，共 {len(scored)} 个；均值与标准差按全部计算。",
            )
        )
    digits = (0, *([3] * len(shown)), 0, 0)
    return Printed("coupling", paper.t(table.title), heads, tuple(rows), digits, tuple(notes), rules)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def _deviation(values: Sequence[float | None]) -> float | None:
    known, mean = [v for v in values if v is not None], _mean(values)
    if mean is None or len(known) < 2:
        return None
    return float((sum((v - mean) ** 2 for v in known) / (len(known) - 1)) ** 0.5)


def _grades(paper: Paper) -> Printed | None:
    table = paper.table("coupling_grades")
    if table is None:
        return None
    shown = paper.some_periods()
    count = {(r["grade"], r["period"]): r["places"] for r in rows_of(table)}
    grades = sorted({g for g, _ in count})
    rows = tuple((g, paper.named(table, "grade", g), *(count.get((g, p), 0) for p in shown)) for g in grades)
    heads = (*paper.say("Grade|Name", "等级|名称").split("|"), *shown)
    return Printed("coupling_grades", paper.t(table.title), heads, rows, (0,), (paper.t(table.note),))


def _obstacles(paper: Paper) -> Printed | None:
    table = paper.table("obstacles")
    if table is None:
        return None
    found = [r for r in rows_of(table) if r["degree"] is not None]
    most = min(5, len({r["indicator"] for r in found}))
    rows: list[tuple[Cell, ...]] = []
    for period in paper.some_periods():
        own = sorted((r for r in found if r["period"] == period), key=lambda r: -r["degree"])[:most]
        if own:
            rows.append(
                (
                    period,
                    *(f"{paper.named(table, 'indicator', r['indicator'])} ({100 * r['degree']:.1f}%)" for r in own),
                )
            )
    heads = (paper.say("Period", "时期"), *(paper.say(f"No. {k + 1}", f"第 {k + 1} 位") for k in range(most)))
    return Printed("obstacles", paper.t(table.title), heads, tuple(rows), (), (paper.t(table.note),))


LEVELS: tuple[Callable[[Paper], Printed | None], ...] = (_system, _ranking, _shifts, _coupling, _grades, _obstacles)
"""Makers of tables, in the order of a paper."""
