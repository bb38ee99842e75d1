"""Evaluate: what can be evaluated and how, and an evaluation as tables with titles, choices, findings and trace."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from jiqun.cluster import Cluster, JiqunError, UnknownName, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.engine import trace
from jiqun.measure.evaluation.dynamics import ALL_STEPS
from jiqun.measure.evaluation.geography import geography
from jiqun.measure.evaluation.panel import Array
from jiqun.measure.evaluation.system import Indicator, System
from jiqun.measure.evaluation.transformation import PerCapita, Plain, Ratio
from jiqun.report.evaluated import (
    PLATFORM,
    Asked,
    Done,
    asked,
    evaluated,
    from_interactions,
    known_systems,
    panel_indicators,
    progress_of,
)
from jiqun.report.evaluating_choices import choice_cards, chosen_values
from jiqun.report.evaluating_columns import columns_of, frames
from jiqun.report.evaluating_methods import METHODS
from jiqun.report.evaluating_sentences import sentences
from jiqun.report.evaluating_tables import TABLES
from jiqun.report.evaluations import (
    EvaluationChoices,
    EvaluationProgress,
    EvaluationReport,
    EvaluationTable,
    MethodNote,
    PlaceRows,
    StepCard,
    SystemCard,
    SystemIndicator,
    SystemNode,
)
from jiqun.report.names import place_title
from jiqun.report.shapes import Finding, Text, TraceShape
from jiqun.space import boundary_with, kept
from jiqun.space.periods import calendar

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ROWS", "evaluation", "evaluation_choices", "evaluation_progress", "evaluation_table", "report_of"]

ROWS = 10_000
"""Tables with more rows are given without rows, unless asked for by name."""


def evaluation_choices(cluster: Cluster) -> EvaluationChoices:
    """Give the systems by which a cluster can be evaluated, and every choice.

    Examples
    --------
    >>> import polars as pl
    >>> panel = pl.DataFrame({"place_id": ["a"] * 2, "period": ["2020"] * 2, "indicator": ["gdp", "area"],
    ...                       "value": [1.0, 2.0]})
    >>> offered = evaluation_choices(Cluster.from_tables(panel=panel))
    >>> offered.systems[0].id, offered.places, offered.periods
    ('china-cities', 1, ['2020'])
    """
    known, wrong = known_systems(cluster)
    cards = [_card(cluster, name, system) for name, system in known.items()]
    share = {c.id: sum(i.present for i in c.indicators) / len(c.indicators) for c in cards}
    cards.sort(key=lambda c: (not c.usable, not c.id.startswith("file:"), -share[c.id], c.id))
    default = cards[0].id if cards and cards[0].usable else ""
    periods, places = _extent(cluster, known[default]) if default else ([], 0)
    reason = None
    if not default:
        reason = Text(
            en="The cluster has neither a panel with indicators of a known system, nor dated interactions with a "
            "place. Put an indicator system for its panel into the folder indicators of the cluster.",
            zh="集群既没有含已知体系指标的面板，也没有带日期和地点的互动记录。"
            "请将适用于其面板的指标体系文件放入集群文件夹的 indicators 中。",
        )
    return EvaluationChoices(
        systems=cards,
        default=default,
        reason=reason,
        steps=[
            StepCard(id=name, title=_text(title), tables=[t for t, w in TABLES.items() if w.step == name])
            for name, (title, _) in ALL_STEPS.items()
        ],
        choices=choice_cards(),
        periods=periods,
        places=places,
        unreadable=[_text(w) for w in wrong],
    )


def evaluation(
    cluster: Cluster,
    system: str = "",
    *,
    steps: Collection[str] | None = None,
    given: Mapping[str, Any] | None = None,
    rows: int = ROWS,
    files: bool = False,
    progress: Progress = silent,
) -> EvaluationReport:
    """Evaluate a cluster by a system and give everything that a page or a paper prints.

    Parameters
    ----------
    cluster
        The data.
    system
        As :func:`~jiqun.report.evaluated.asked` takes it; empty: the one that fits best.
    steps
        Steps after the scores; None: all.
    given
        Choices by name, as text or value.
    rows
        Tables with more rows are given without rows.
    files
        Whether ``system`` may be the path of a file.
    progress
        Told before each step.

    Raises
    ------
    JiqunError
        If there is nothing to evaluate, or a choice is not possible.
    """
    question = asked(cluster, system or _default(cluster), steps=steps, given=given, files=files)
    return report_of(cluster, evaluated(cluster, question, progress=progress), rows=rows)


def evaluation_table(
    cluster: Cluster,
    name: str,
    system: str = "",
    *,
    steps: Collection[str] | None = None,
    given: Mapping[str, Any] | None = None,
    keys: Mapping[str, str] | None = None,
) -> EvaluationTable:
    """Give one table of an evaluation whole, or its rows of some keys.

    Parameters
    ----------
    cluster
        The data.
    name
        Of the table.
    system, steps, given
        As for :func:`evaluation`.
    keys
        Values of columns, such as ``{"period": "2020"}``; a column that the table does not have is passed over.

    Raises
    ------
    UnknownName
        If the evaluation has no such table.
    """
    question = asked(cluster, system or _default(cluster), steps=steps, given=given)
    done = evaluated(cluster, question)
    made = frames(done.found)
    if name not in made:
        raise UnknownName("table", name[:60], made)
    return _table(name, _selected(made[name], keys or {}), done, rows=None)


def evaluation_progress(
    cluster: Cluster, system: str = "", *, steps: Collection[str] | None = None, given: Mapping[str, Any] | None = None
) -> EvaluationProgress:
    """Say how far an evaluation is that somebody asked for; not running: done, or not begun."""
    question = asked(cluster, system or _default(cluster), steps=steps, given=given)
    at = progress_of(cluster, question)
    if at is None:
        return EvaluationProgress(running=False)
    return EvaluationProgress(running=True, step=_text(at[0]), done=at[1], total=at[2])


def report_of(cluster: Cluster, done: Done, *, rows: int = ROWS) -> EvaluationReport:
    """Make the report of an evaluation."""
    found = done.found
    taken = {**found.choices.model_dump(), **({"grain": done.grain} if done.grain else {})}
    made = frames(found)
    about = cluster.about
    return EvaluationReport(
        cluster=_text(about.title),
        as_of=about.as_of,
        origin=about.origin,
        system=_card(cluster, done.asked.name, found.system),
        choices=chosen_values(taken),
        sentences=sentences(cluster, found),
        findings=[_finding(f) for f in done.findings],
        periods=list(found.panel.periods),
        places=_places(cluster, done),
        boundaries=boundary_with(found.panel.places) or "",
        tables={name: _table(name, made[name], done, rows=rows) for name in TABLES if name in made},
        trace=_trace(cluster, done, taken),
    )


def _default(cluster: Cluster) -> str:
    offered = kept(cluster, "evaluation-default", lambda: evaluation_choices(cluster))
    if not offered.default:
        words = offered.reason or Text(en="", zh="")
        raise JiqunError(f"evaluate: {words.en}", f"evaluate：{words.zh}")
    return offered.default


def _card(cluster: Cluster, name: str, system: System) -> SystemCard:
    counted = from_interactions(cluster, system)
    has = PLATFORM if counted else panel_indicators(cluster)
    head = system.head
    indicators = [_indicator(k, i, has) for k, i in system.indicators.items()]
    return SystemCard(
        id=name,
        title=_text(head.title),
        summary=_text(head.summary),
        source=_text(head.source),
        usable=any(i.present for i in indicators),
        missing=[c for c in system.columns if c not in has],
        panel="interactions" if counted else "panel",
        nodes=[SystemNode(id=k, title=_text(n.title), parent=n.parent) for k, n in system.nodes.items()],
        indicators=indicators,
        subsystems=list(system.subsystems),
        without=[p.place for p in head.without],
        judged=bool(system.comparisons),
    )


def _indicator(name: str, indicator: Indicator, has: Collection[str]) -> SystemIndicator:
    return SystemIndicator(
        id=name,
        title=_text(indicator.title),
        node=indicator.node,
        sign=indicator.sign,
        target=indicator.target,
        unit=_text(indicator.unit),
        columns=list(indicator.columns),
        transformation=_steps(indicator),
        source=_text(indicator.source),
        weight=indicator.weight,
        present=all(c in has for c in indicator.columns),
    )


_PLAIN = {
    "none": Words("", ""),
    "log": Words("logarithm", "取对数"),
    "log1p": Words("logarithm of one plus the value", "加 1 取对数"),
    "share": Words("share of all places", "占全部地点的份额"),
    "growth": Words("growth", "增长率"),
    "difference": Words("change", "差分"),
}


def _steps(indicator: Indicator) -> Text:
    said: list[Words] = []
    for step in indicator.transformation:
        if isinstance(step, Plain):
            said.append(_PLAIN[step.do])
        elif isinstance(step, Ratio | PerCapita):
            times = "" if step.times == 1.0 else f" × {step.times:g}"
            said.append(Words(f"over {step.to}{times}", f"除以 {step.to}{times}"))
        else:
            said.append(
                Words(
                    f"winsorised at the {step.low:g} and {step.high:g} quantiles",
                    f"在 {step.low:g} 与 {step.high:g} 分位数处缩尾",
                )
            )
    kept_words = [w for w in said if w.en]
    return Text(en=", then ".join(w.en for w in kept_words), zh="，再".join(w.zh for w in kept_words))


def _extent(cluster: Cluster, system: System) -> tuple[list[str], int]:
    """Give the periods and the number of places of the panel of a system, without reading its values."""
    from jiqun.space import typed

    if from_interactions(cluster, system):
        time = calendar(cluster)
        table = "interactions" if cluster.has("interactions", "place_id") else "actors"
        rows = typed(cluster, table, "place_id").unique().collect("polars").to_native()
        return list(time.periods) if time else [], rows.drop_nulls().height
    frame = typed(cluster, "panel", "place_id", "period").unique().collect("polars").to_native().drop_nulls()
    return sorted(frame["period"].unique().to_list()), frame["place_id"].n_unique()


def _table(name: str, frame: pl.DataFrame, done: Done, *, rows: int | None) -> EvaluationTable:
    words = TABLES[name]
    frame = _finite(frame)
    whole = rows is None or frame.height <= rows
    return EvaluationTable(
        name=name,
        title=_text(words.title),
        note=_text(words.note),
        step=words.step,
        columns=columns_of(name, frame, done.found),
        total=frame.height,
        rows={c: frame[c].to_list() if whole else [] for c in frame.columns},
        whole=whole,
        methods=_methods(words.methods or _own_methods(name, done.found.choices.model_dump())),
    )


def _finite(frame: pl.DataFrame) -> pl.DataFrame:
    """Make null of what JSON and workbooks have no number for: a class that is never reached, or not defined."""
    import polars as pl
    import polars.selectors as cs

    return frame.with_columns(pl.when(cs.float().is_finite()).then(cs.float()).name.keep())


def _own_methods(table: str, chosen: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the formulas of the tables that depend on the choices."""
    weights = {"entropy_by_period": ("entropy",), "combined": ("entropy", "critic")}
    weighed = weights.get(chosen["weights"], (chosen["weights"],))
    score = "topsis" if chosen["score"] == "dynamic_topsis" else chosen["score"]
    if table in ("coupling", "coupling_grades"):
        return ("coupling_modified",) if chosen["coupling"] == "modified" else ("coupling",)
    found = {"weights": weighed, "scores": (score,), "indicators": (chosen["standardisation"],)}.get(table, ())
    return tuple(m for m in found if m in METHODS)


def _methods(names: Collection[str]) -> list[MethodNote]:
    found = [METHODS[n] for n in names]
    return [
        MethodNote(
            title=_text(m.title),
            formula=m.formula,
            reference=m.reference,
            url=f"https://doi.org/{m.doi}" if m.doi else "",
        )
        for m in found
    ]


def _selected(frame: pl.DataFrame, keys: Mapping[str, str]) -> pl.DataFrame:
    import polars as pl

    for column, wanted in keys.items():
        if column in frame.columns:
            frame = frame.filter(pl.col(column).cast(pl.String) == wanted)
    return frame


def _places(cluster: Cluster, done: Done) -> PlaceRows:
    found = done.found
    geo = geography(cluster, found.panel.places, found.choices.groups, [])
    regions = [_text(g) for g in geo.groups]
    return PlaceRows(
        id=list(found.panel.places),
        name=[_place_name(cluster, p) for p in found.panel.places],
        region=[regions[g] if g >= 0 else None for g in geo.group.tolist()],
        lon=_known(geo.lon),
        lat=_known(geo.lat),
    )


def _place_name(cluster: Cluster, place: str) -> Text:
    """Give the name that the cluster has for a place, else that of today's map, else its identifier."""
    title = place_title(cluster, place)
    if title.zh != place or not (len(place) == 6 and place.isdecimal()):
        return title
    from jiqun.cluster.codes.china_places import resolve_place

    found = resolve_place(place)
    return Text(en=found.name, zh=found.name) if found.name else title


def _known(values: Array) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in values]


def _finding(item: Any) -> Finding:
    return Finding(
        rule=item.rule,
        severity=item.severity,
        title=_text(item.title),
        advice=_text(item.advice),
        table=item.table,
        column=item.column,
        rows=item.rows,
        of=item.of,
        examples=list(item.examples),
    )


def _trace(cluster: Cluster, done: Done, taken: Mapping[str, Any]) -> TraceShape:
    question: Asked = done.asked
    made = trace(cluster, question.command(cluster.path or "DIR"))
    return TraceShape(
        cluster=made.cluster,
        data_hash=made.data_hash,
        jiqun=made.jiqun,
        command=made.command,
        parameters={
            **{k: list(v) if isinstance(v, tuple) else v for k, v in taken.items()},
            "system": question.name,
            "system_hash": question.system_hash,
            "panel_hash": done.found.trace["panel_hash"],
            "steps": list(question.steps) if question.steps is not None else list(ALL_STEPS),
        },
        seed=done.found.choices.seed,
        versions={**made.versions},
    )


def _text(words: Words) -> Text:
    return Text(en=words.en, zh=words.zh)
