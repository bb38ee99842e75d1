"""The whole workflow in one call."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from jiqun.cluster import Cluster, Finding, Findings, JiqunError, UnknownName, Words, __version__
from jiqun.cluster.progress import Progress, silent
from jiqun.measure.evaluation.choices import Choices, choices
from jiqun.measure.evaluation.dynamics import ALL_STEPS
from jiqun.measure.evaluation.geography import geography, names_of
from jiqun.measure.evaluation.naming import named_places, place_of, units_of
from jiqun.measure.evaluation.panel import Panel, read_panel
from jiqun.measure.evaluation.prepare import prepare
from jiqun.measure.evaluation.ranks import ranks
from jiqun.measure.evaluation.remarks import REMARKS, remark
from jiqun.measure.evaluation.scored import Scored, long, node_scores, table
from jiqun.measure.evaluation.scores import Missing, dynamic_topsis
from jiqun.measure.evaluation.system import System, load_system

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Evaluation", "evaluate"]

_READING = Words("Reading the panel", "读取面板")
_SCORING = Words("Standardising, weighing, scoring", "标准化、赋权、计算得分")
_DONE = Words("Evaluated", "评价完成")


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What an evaluation found, on which choices it rests, and what it did to the data."""

    system: System
    choices: Choices
    panel: Panel
    """The indicators of the panel as read."""
    tables: Mapping[str, pl.DataFrame]
    """Tidy tables by name, such as ``scores``, ``weights``, ``coupling``, ``transitions``."""
    findings: Findings
    """All that was odd, and what was done about it."""
    trace: Mapping[str, Any]
    """Hashes of data and system, version and seed."""

    def __getitem__(self, name: str) -> pl.DataFrame:
        if name not in self.tables:
            raise UnknownName("table", name, self.tables)
        return self.tables[name]

    def ranking(self, period: str | None = None) -> pl.DataFrame:
        """Places of a period by rank, the last period by default.

        Raises
        ------
        UnknownName
            If there is no such period.
        """
        import polars as pl

        scores = self["scores"].filter(pl.col("node") == "", pl.col("score").is_not_null())
        chosen = period or scores["period"].max()
        if chosen not in self.panel.periods:
            raise UnknownName("period", str(chosen), self.panel.periods)
        found = scores.filter(pl.col("period") == chosen).drop("node")
        if "ranks" in self.tables:
            bands = self["ranks"].select("place_id", "period", "low", "high", "share_in_top")
            found = found.join(bands, on=["place_id", "period"], how="left")
        return found.sort("rank", "place_id")


def evaluate(
    data: Any,
    system: System | str | Path,
    *,
    places: Any = None,
    steps: Collection[str] | None = None,
    progress: Progress = silent,
    **chosen: Any,
) -> Evaluation:
    """Evaluate places by an indicator system: the whole workflow of the measurement literature.

    Indicators are transformed, standardised and weighed; every node of the tree is scored; then follow the firmness
    of ranks, coupling coordination, lead and lag, differences between regions, obstacles, spatial association,
    densities, Markov chains, convergence and clubs. A step that the data cannot support is left out and said.

    Parameters
    ----------
    data
        A cluster with a panel, or a frame with ``place_id, period, indicator, value``.
    system
        An indicator system, the name of a shipped one, or a file.
    places
        Frame of places (``place_id, name, parent, lon, lat``), where ``data`` is not a cluster that has them.
    steps
        Names of the steps after the scores; None: all.
    progress
        Told before each step.
    **chosen
        Choices by name; see :class:`~jiqun.measure.evaluation.choices.Choices`.

    Returns
    -------
    Evaluation
        Tables, findings, choices and trace. The same seed gives the same tables.

    Raises
    ------
    MissingTable, MissingColumn, UnknownName
        If the panel, the system or a step does not exist.
    JiqunError
        If a choice is not possible, or no indicator can be used.

    Examples
    --------
    >>> import polars as pl
    >>> from jiqun.measure.evaluation.system import parse_system
    >>> system = parse_system('''
    ... [system]
    ... id = "two"
    ... title = "Two indicators"
    ... [nodes.all]
    ... title = "All"
    ... [indicators.firms]
    ... title = "Firms"
    ... node = "all"
    ... sign = "+"
    ... [indicators.closures]
    ... title = "Closures"
    ... node = "all"
    ... sign = "-"
    ... ''')
    >>> panel = pl.DataFrame({"place_id": ["a", "b", "c"] * 2, "period": ["2020"] * 6,
    ...                       "indicator": ["firms"] * 3 + ["closures"] * 3, "value": [1.0, 2, 3, 9, 5, 1]})
    >>> found = evaluate(panel, system, steps=[], weights="equal")
    >>> found.ranking()["score"].to_list(), found["weights"]["weight"].to_list()
    ([1.0, 0.5, 0.0], [0.5, 0.5])
    """
    tree = system if isinstance(system, System) else load_system(system)
    settings = choices(**chosen)
    wanted = _wanted(steps)
    findings: list[Finding] = []
    asked = tuple(dict.fromkeys((*tree.columns, *settings.controls)))
    progress(_READING, 0, len(wanted) + 2)
    panel, odd = read_panel(data, indicators=asked)
    source = places if places is not None else (data if isinstance(data, Cluster) else None)
    units = units_of(data, panel.indicators) if settings.changes == "today" else {}
    panel = named_places(panel, names_of(source), units, findings, merge=settings.changes == "today")
    if "without" in chosen:
        left_out = tuple(dict.fromkeys(place_of(p, panel.places) for p in settings.without))
        settings = settings.model_copy(update={"without": left_out})
    else:
        named = tuple(p.place for p in tree.head.without if p.place in panel.places)
        settings = settings.model_copy(update={"without": named})
    panel = _without(panel, settings.without, tree, findings, by_system="without" not in chosen)
    panel = _within(panel, settings, findings)
    findings += odd
    progress(_SCORING, 1, len(wanted) + 2)
    for control in settings.controls:
        panel.of(control)
    prepared = prepare(panel, tree, settings, findings)
    where = geography(source, panel.places, settings.groups, findings)
    state = Scored(panel, tree, settings, prepared, where, node_scores(prepared, tree, settings))
    _remark_scores(state, findings)
    tables = _basic(state)
    for n, name in enumerate(wanted):
        title, step = ALL_STEPS[name]
        progress(title, n + 2, len(wanted) + 2)
        try:
            tables |= step(state)
        except JiqunError as error:
            findings.append(_not_computable(title, error))
    progress(_DONE, len(wanted) + 2, len(wanted) + 2)
    return Evaluation(
        tree, settings, panel, MappingProxyType(tables), Findings.of(findings), _trace(data, panel, tree, settings)
    )


def _without(
    panel: Panel, left_out: Collection[str], system: System, findings: list[Finding], *, by_system: bool
) -> Panel:
    for place in left_out:
        if place not in panel.places:
            raise UnknownName("place", place, panel.places[:20])
    kept = [i for i, place in enumerate(panel.places) if place not in left_out]
    if not kept:
        raise JiqunError("evaluate: every place is left out.", "evaluate：所有地点都被剔除。")
    if left_out:
        rule = "left_out_by_system" if by_system else "left_out"
        why = [p.why for p in system.head.without if p.place in left_out and p.why.en]
        said = REMARKS[rule][2]
        done = Words(" ".join([*(w.en for w in why), said.en]), "".join([*(w.zh for w in why), said.zh]))
        findings.append(remark(rule, "place_id", len(left_out), len(panel.places), tuple(left_out), done=done))
    return Panel(panel.periods, tuple(panel.places[i] for i in kept), panel.indicators, panel.values[:, kept])


def _within(panel: Panel, chosen: Choices, findings: list[Finding]) -> Panel:
    """Keep the periods asked for; growth and differences then have no period before the first of them."""
    ends = [chosen.first or panel.periods[0], chosen.last or panel.periods[-1]]
    for period in ends:
        if period not in panel.periods:
            raise UnknownName("period", period, panel.periods)
    first, last = (panel.periods.index(p) for p in ends)
    if first > last:
        raise JiqunError(
            f"evaluate: the first period {ends[0]} comes after the last, {ends[1]}.",
            f"evaluate：起始时期 {ends[0]} 晚于截止时期 {ends[1]}。",
        )
    cut = [p for t, p in enumerate(panel.periods) if not first <= t <= last]
    if not cut:
        return panel
    findings.append(remark("period_cut", "period", len(cut), len(panel.periods), cut))
    kept = slice(first, last + 1)
    return Panel(panel.periods[kept], panel.places, panel.indicators, panel.values[kept])


def _wanted(steps: Collection[str] | None) -> list[str]:
    for name in steps or ():
        if name not in ALL_STEPS:
            raise UnknownName("step", name, ALL_STEPS)
    return [name for name in ALL_STEPS if steps is None or name in steps]


def _remark_scores(state: Scored, findings: list[Finding]) -> None:
    total, chosen = state.total, state.chosen
    size = total.size
    bare = int(np.isnan(total).sum())
    if bare:
        shown = [
            f"{state.panel.places[i]} {state.panel.periods[t]}" for t, i in np.argwhere(np.isnan(total))[:5].tolist()
        ]
        findings.append(remark("without_score", "", bare, size, shown))
    if chosen.missing == "reweight":
        partial = np.isnan(state.prepared.standard).any(axis=2) & np.isfinite(total)
        if partial.any():
            findings.append(remark("reweighted", "", int(partial.sum()), size))
    for node in state.system.nodes:
        if node not in state.scores:
            done = Words("None of its indicators can be used.", "其下没有可用指标。")
            findings.append(remark("not_computable", node, done=done))


def _not_computable(title: Words, error: JiqunError) -> Finding:
    said = error.words or Words(str(error), str(error))
    done = Words(f"{title.en}: {said.en}", f"{title.zh}：{said.zh}")
    return remark("not_computable", done=done)


def _basic(state: Scored) -> dict[str, pl.DataFrame]:
    """Tables that every evaluation has: indicators, weights, scores."""
    import polars as pl

    prepared, system, chosen = state.prepared, state.system, state.chosen
    nodes = [system.indicators[n].node for n in prepared.names]
    by_period = chosen.weights == "entropy_by_period"
    periods = state.panel.periods if by_period else (None,)
    weights = [
        table({"period": p, "node": nodes, "indicator": list(prepared.names), "weight": prepared.weights[t]})
        for t, p in enumerate(periods)
    ]
    scores = [long(state, {"score": v, "rank": ranks(v)}, node=node) for node, v in state.scores.items()]
    made = {
        "weights": pl.concat([w.with_columns(pl.col("period").cast(pl.String)) for w in weights]),
        "scores": pl.concat(scores),
        "indicators": pl.concat(
            long(
                state,
                {"value": prepared.raw[:, :, k], "standardised": prepared.standard[:, :, k]},
                indicator=name,
            )
            for k, name in enumerate(prepared.names)
        ),
    }
    if prepared.judged:
        judged = [(node, j.largest, j.index, j.ratio) for node, j in prepared.judged]
        names = ("node", "largest_eigenvalue", "consistency_index", "consistency_ratio")
        made["judgements"] = table({n: [row[i] for row in judged] for i, n in enumerate(names)})
    if chosen.score == "dynamic_topsis":
        missing: Missing = "reweight" if chosen.missing == "reweight" else "null"
        _, overall, time = dynamic_topsis(
            prepared.standard, prepared.weights, degree=chosen.time_degree, missing=missing
        )
        made["dynamic_scores"] = table(
            {"place_id": list(state.panel.places), "score": overall, "rank": ranks(overall[None])[0]}
        )
        made["time_weights"] = table({"period": list(state.panel.periods), "weight": time})
    return made


def _trace(data: Any, panel: Panel, system: System, chosen: Choices) -> Mapping[str, Any]:
    content = hashlib.sha256("\n".join((*panel.periods, *panel.places, *panel.indicators)).encode())
    content.update(np.ascontiguousarray(panel.values).tobytes())
    return MappingProxyType(
        {
            "cluster": data.about.id if isinstance(data, Cluster) else "",
            "data_hash": data.store.data_hash if isinstance(data, Cluster) else "",
            "panel_hash": content.hexdigest()[:16],
            "system": system.head.id,
            "system_hash": hashlib.sha256(system.model_dump_json(by_alias=True).encode()).hexdigest()[:16],
            "jiqun": __version__,
            "numpy": np.__version__,
            "choices": chosen.model_dump(),
        }
    )
