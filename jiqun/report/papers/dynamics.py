"""Printed tables of what follows from the scores: lead and lag, regions, space, chains, convergence, clubs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jiqun.report.evaluations import EvaluationTable
from jiqun.report.papers.paper import STARS, Paper, bracketed, chosen, errors, heads_of, rows_of, starred
from jiqun.report.papers.printed import Cell, Printed, number_text, stars

__all__ = ["DYNAMICS"]


def _granger(paper: Paper) -> Printed | None:
    table = paper.table("granger")
    if table is None:
        return None
    rows = tuple(
        (
            f"{paper.named(table, 'leads', r['leads'])} → {paper.named(table, 'follows', r['follows'])}",
            r["mean_wald"],
            starred(r["z"], r["z_p"]),
            starred(r["z_tilde"], r["z_tilde_p"]),
            r["places"],
        )
        for r in rows_of(table)
    )
    heads = paper.say("Leads → follows|Mean Wald|Z̄|Z̃|Places", "领先 → 跟随|平均 Wald|Z̄|Z̃|地点数").split("|")
    notes = (paper.t(table.note), chosen(paper, "lags"), paper.t(STARS))
    return Printed("granger", paper.t(table.title), tuple(heads), rows, (0, 3, 3, 3, 0), notes)


def _projections(paper: Paper) -> Printed | None:
    table = paper.table("local_projections")
    if table is None:
        return None
    found = rows_of(table)
    pairs = list(dict.fromkeys((r["leads"], r["follows"]) for r in found))
    cell = {(r["leads"], r["follows"], r["horizon"]): r for r in found}
    rows: list[tuple[Cell, ...]] = []
    for h in sorted({r["horizon"] for r in found}):
        rows.append((str(h), *(starred(cell[*p, h]["value"], cell[*p, h]["p"]) for p in pairs)))
        rows.append(("", *(bracketed(cell[*p, h]["error"]) for p in pairs)))
    heads = (
        paper.say("Periods after", "期数"),
        *(f"{paper.named(table, 'leads', a)} → {paper.named(table, 'follows', b)}" for a, b in pairs),
    )
    notes = (chosen(paper, "lags"), errors(paper), paper.t(STARS))
    return Printed("local_projections", paper.t(table.title), heads, tuple(rows), (), notes)


def _differences(paper: Paper) -> Printed | None:
    table = paper.table("differences")
    if table is None:
        return None
    rows: list[tuple[Cell, ...]] = []
    for r in rows_of(table):
        total = r["gini"]
        parts = [r["gini_within"], r["gini_between"], r["transvariation"]]
        shares = [100 * p / total if total and p is not None else None for p in parts]
        rows.append((r["period"], total, *parts, *shares, r["theil"], r["theil_within"], r["theil_between"]))
    heads = paper.say(
        "Period|Gini|Within|Between|Transvariation|Within %|Between %|Transv. %|Theil|Within|Between",
        "时期|基尼系数|区域内|区域间|超变密度|区域内 %|区域间 %|超变 %|泰尔指数|区域内|区域间",
    ).split("|")
    digits = (0, 4, 4, 4, 4, 2, 2, 2, 4, 4, 4)
    notes = (paper.t(table.note), chosen(paper, "groups"))
    return Printed("differences", paper.t(table.title), tuple(heads), tuple(rows), digits, notes)


def _regions(paper: Paper) -> Printed | None:
    table = paper.table("differences_within")
    if table is None:
        return None
    return _crossed(paper, table, lambda r: r["group_zh"] if paper.lang == "zh" else r["group"])


def _pairs(paper: Paper) -> Printed | None:
    table = paper.table("differences_between")
    if table is None:
        return None
    if paper.lang == "zh":
        return _crossed(paper, table, lambda r: f"{r['group_zh']}–{r['other_zh']}")
    return _crossed(paper, table, lambda r: f"{r['group']}–{r['other']}")


def _crossed(paper: Paper, table: EvaluationTable, key: Callable[[dict[str, Any]], str]) -> Printed:
    """Put periods in rows and regions in columns."""
    found = rows_of(table)
    columns = list(dict.fromkeys(key(r) for r in found))
    cell = {(r["period"], key(r)): r["gini"] for r in found}
    rows = tuple((p, *(cell.get((p, c)) for c in columns)) for p in dict.fromkeys(r["period"] for r in found))
    heads = (paper.say("Period", "时期"), *columns)
    note = paper.say("Gini coefficients.", "表中为基尼系数。")
    return Printed(table.name, paper.t(table.title), heads, rows, (0, *([4] * len(columns))), (note,))


def _moran(paper: Paper) -> Printed | None:
    table = paper.table("moran")
    if table is None:
        return None
    rows = tuple((r["period"], starred(r["value"], r["p"]), r["expected"], r["p"]) for r in rows_of(table))
    heads = paper.say("Period|Moran's I|Expected|p", "时期|莫兰指数|期望值|p 值").split("|")
    notes = (chosen(paper, "neighbours", "simulations"), paper.t(STARS))
    return Printed("moran", paper.t(table.title), tuple(heads), rows, (0, 4, 4, 4), notes)


def _ellipses(paper: Paper) -> Printed | None:
    table = paper.table("ellipses")
    if table is None:
        return None
    rows = tuple(tuple(r.values()) for r in rows_of(table) if r["lon"] is not None)
    return Printed("ellipses", paper.t(table.title), heads_of(paper, table), rows, (0, 3, 3, 1, 1, 1, 0, 2, 1))


def _shape(paper: Paper) -> Printed | None:
    table = paper.table("density_shape")
    if table is None:
        return None
    rows = tuple((r["period"], r["bandwidth"], _whole(r["peaks"])) for r in rows_of(table))
    return Printed("density_shape", paper.t(table.title), heads_of(paper, table), rows, (0, 4, 0))


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def _transitions(paper: Paper) -> Printed | None:
    table, long_run = paper.table("transitions"), paper.table("long_run")
    if table is None:
        return None
    found = rows_of(table)
    k = max(r["from"] for r in found)
    share = {(r["neighbours"], r["class"]): r["share"] for r in rows_of(long_run)} if long_run else {}
    rows: list[tuple[Cell, ...]] = []
    rules: set[int] = set()
    for near in dict.fromkeys(r["neighbours"] for r in found):
        if rows:
            rules.add(len(rows) - 1)
        own = {(r["from"], r["to"]): r for r in found if r["neighbours"] == near}
        said = paper.say("All", "全部") if near is None else paper.say(f"Neighbours {near}", f"邻居类型 {near}")
        for i in range(1, k + 1):
            n = sum(own[i, j]["count"] for j in range(1, k + 1))
            chance = [_with_error(own[i, j]["probability"], own[i, j]["error"]) for j in range(1, k + 1)]
            rows.append((said if i == 1 else "", i, *chance, n))
        rows.append(("", paper.say("long run", "稳态"), *(share.get((near, j)) for j in range(1, k + 1)), ""))
    heads = (
        paper.say("Neighbours", "邻居"), paper.say("From", "初始状态"), *(str(j) for j in range(1, k + 1)),
        paper.say("n", "n"),
    )  # fmt: skip
    notes = (
        paper.t(table.note),
        paper.say("Standard errors in brackets.", "括号内为标准误。"),
        chosen(paper, "classes", "class_cut"),
    )
    return Printed(
        "transitions", paper.t(table.title), heads, tuple(rows), (0, 0, *([3] * k), 0), notes, frozenset(rules)
    )


def _chain_tests(paper: Paper) -> Printed | None:
    table = paper.table("chain_tests")
    if table is None:
        return None
    rows = tuple(
        (
            paper.named(table, "of", r["of"]),
            starred(r["likelihood_ratio"], r["likelihood_ratio_p"]),
            starred(r["chi_squared"], r["chi_squared_p"]),
            r["freedom"],
        )
        for r in rows_of(table)
    )
    heads = paper.say("Null hypothesis|Likelihood ratio|χ²|Degrees of freedom", "原假设|似然比|χ²|自由度").split("|")
    return Printed("chain_tests", paper.t(table.title), tuple(heads), rows, (), (paper.t(table.note), paper.t(STARS)))


def _sigma(paper: Paper) -> Printed | None:
    table, trend = paper.table("sigma"), paper.table("sigma_trend")
    if table is None:
        return None
    rows = tuple((r["period"], r["variation"], r["log_deviation"]) for r in rows_of(table))
    notes: tuple[str, ...] = ()
    if trend is not None:
        r = rows_of(trend)[0]
        if r["slope"] is not None:
            said = f"{number_text(r['slope'], 5)}{stars(r['p'])} ({number_text(r['error'], 5)})"
            notes = (
                paper.say(f"Slope of the coefficient of variation: {said}.", f"变异系数的每期斜率：{said}。"),
                paper.t(STARS),
            )
    return Printed("sigma", paper.t(table.title), heads_of(paper, table), rows, (0, 4, 4), notes)


def _beta(paper: Paper) -> Printed | None:
    """Regressions in columns: coefficient with stars, standard error in brackets below."""
    table = paper.table("beta")
    if table is None:
        return None
    found = rows_of(table)
    kinds = [paper.named(table, "kind", r["kind"]) for r in found]
    named = [paper.named(table, "regression", r["regression"]) for r in found]
    rows: list[tuple[Cell, ...]] = [
        (paper.say("Kind", "类型"), *kinds),
        (paper.say("Regression", "回归"), *named),
        ("β", *(starred(r["beta"], r["p"]) for r in found)),
        ("", *(bracketed(r["error"]) for r in found)),
        (paper.say("Speed per period", "收敛速度（每期）"), *(number_text(r["speed"], 4) for r in found)),
        (paper.say("Half-life", "半衰期"), *(number_text(r["half_life"], 1) for r in found)),
        (paper.say("Observations", "观测数"), *(r["rows"] for r in found)),
        ("R²", *(number_text(r["r_squared"], 3) for r in found)),
    ]
    heads = (paper.say("Change of the log score", "得分对数的变化"), *(f"({k + 1})" for k in range(len(found))))
    notes = [errors(paper), paper.t(STARS), paper.t(table.note)]
    if paper.made.trace.parameters.get("controls"):
        notes.append(chosen(paper, "controls"))
    return Printed("beta", paper.t(table.title), heads, tuple(rows), (), tuple(notes), frozenset({1, 3}))


def _clubs(paper: Paper) -> Printed | None:
    table = paper.table("club_tests")
    if table is None:
        return None
    rows = tuple(
        (
            paper.named(table, "club", r["club"])
            if not r["club"]
            else paper.say(f"Club {r['club']}", f"俱乐部 {r['club']}"),
            r["places"],
            number_text(r["b"], 3),
            bracketed(r["error"]),
            r["t"],
        )
        for r in rows_of(table)
    )
    heads = paper.say("Club|Places|b|(standard error)|t", "俱乐部|地点数|b|（标准误）|t 值").split("|")
    return Printed("club_tests", paper.t(table.title), tuple(heads), rows, (0, 0, 3, 3, 2), (paper.t(table.note),))


def _with_error(value: float | None, error: float | None) -> str:
    return "–" if value is None else f"{value:.3f} ({number_text(error, 3)})"


DYNAMICS: tuple[Callable[[Paper], Printed | None], ...] = (
    _granger, _projections, _differences, _regions, _pairs, _moran, _ellipses, _shape, _transitions, _chain_tests,
    _sigma, _beta, _clubs,
)  # fmt: skip
"""Makers of tables, in the order of a paper."""
