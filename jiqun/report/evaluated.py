"""The evaluation of a cluster as it was asked for: which system, which panel, which choices; computed once."""

from __future__ import annotations

import hashlib
import shlex
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from jiqun.cluster import Cluster, Finding, JiqunError, UnknownName, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.measure.evaluation import Evaluation, System, evaluate, load_system, systems
from jiqun.measure.evaluation.choices import Choices, choices
from jiqun.measure.evaluation.dynamics import ALL_STEPS
from jiqun.measure.evaluation.platform import platform_panel
from jiqun.space import kept, typed
from jiqun.space.periods import Grain, calendar

__all__ = ["Asked", "Done", "asked", "evaluated", "from_interactions", "known_systems", "own_systems", "progress_of"]

FILE = "file:"
MOST_FILES = 50
HELD = 4
"""Evaluations held at once; 300 places over 25 years take some 20 MB."""
PLATFORM = frozenset(
    {"suppliers", "buyers", "new_buyers", "pairs", "returning_pairs", "interactions", "interaction_value"}
    | {"supplier_days", "visits", "favourites"}
)
"""Indicators that :func:`~jiqun.measure.evaluation.platform.platform_panel` counts."""
LISTS = ("without", "controls")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: everything that its answer depends on, besides the data."""

    name: str
    """As it was asked for: a shipped system, a file of the cluster, or the path of a file."""
    system: System = field(compare=False)
    system_hash: str
    steps: tuple[str, ...] | None
    given: tuple[tuple[str, Any], ...]
    grain: Literal["auto", "year", "quarter", "month", "week"]

    def command(self, folder: str) -> str:
        """Write the shell command that answers it again."""
        said = ["jiqun", "evaluate", self.name.removeprefix(FILE), folder]
        if self.steps is not None:
            said.append(f"--steps={','.join(self.steps)}")
        if self.grain != "auto":
            said.append(f"--grain={self.grain}")
        for name, value in self.given:
            text = ",".join(value) or "none" if isinstance(value, tuple) else str(value).lower()
            said.append(f"--{name.replace('_', '-')}={text}")
        return shlex.join(said)


@dataclass(frozen=True, slots=True)
class Done:
    """An evaluation, and where its panel came from."""

    asked: Asked
    found: Evaluation
    findings: tuple[Finding, ...]
    panel: Literal["panel", "interactions"]
    grain: str = ""


@dataclass
class _Held:
    done: OrderedDict[Any, Done] = field(default_factory=OrderedDict)
    making: dict[Any, threading.Lock] = field(default_factory=dict)
    at: dict[Any, tuple[Words, float, float | None]] = field(default_factory=dict)
    guard: threading.Lock = field(default_factory=threading.Lock)


_held = _Held()


def asked(
    cluster: Cluster,
    system: str,
    *,
    steps: Collection[str] | None = None,
    given: Mapping[str, Any] | None = None,
    files: bool = False,
) -> Asked:
    """Check a question before anything is computed.

    Parameters
    ----------
    cluster
        The data.
    system
        A shipped system, ``file:NAME.toml`` of the cluster's folder ``indicators``, or the path of a file.
    steps
        Steps after the scores; None: all.
    given
        Choices by name as text or value; lists with commas between, ``none`` for an empty one. What is empty is left
        at its default.
    files
        Whether a path may be given; over HTTP it may not.

    Raises
    ------
    UnknownName
        If there is no such system or step.
    JiqunError
        If there is no such choice or it cannot be so.
    """
    name, tree = _system(cluster, system, files=files)
    for step in steps or ():
        if step not in ALL_STEPS:
            raise UnknownName("step", step[:60], ALL_STEPS)
    rest = {k.replace("-", "_"): v for k, v in (given or {}).items() if v not in ("", None)}
    grain = rest.pop("grain", "auto")
    if grain not in ("auto", "year", "quarter", "month", "week"):
        raise UnknownName("grain", str(grain)[:60], ("auto", "year", "quarter", "month", "week"))
    for key in LISTS:
        if key in rest:
            rest[key] = _several(rest[key])
    checked = choices(**rest)
    values = {k: getattr(checked, k) for k in rest}
    plain = {k: v for k, v in values.items() if k == "without" or v != Choices.model_fields[k].default}
    return Asked(
        name=name,
        system=tree,
        system_hash=hashlib.sha256(tree.model_dump_json(by_alias=True).encode()).hexdigest()[:16],
        steps=None if steps is None else tuple(s for s in ALL_STEPS if s in steps),
        given=tuple(sorted(plain.items())),
        grain=grain,
    )


def evaluated(cluster: Cluster, question: Asked, *, progress: Progress = silent) -> Done:
    """Give the evaluation, computed once however often and by however many it is asked for.

    Parameters
    ----------
    cluster
        The data.
    question
        From :func:`asked`.
    progress
        Told before each step.
    """
    key = _key(cluster, question)
    with _held.guard:
        lock = _held.making.setdefault(key, threading.Lock())
    with lock:
        with _held.guard:
            if key in _held.done:
                _held.done.move_to_end(key)
                return _held.done[key]

        def heard(step: Words, done: float, total: float | None) -> None:
            _held.at[key] = (step, done, total)
            progress(step, done, total)

        try:
            made = _evaluate(cluster, question, heard)
            with _held.guard:
                _held.done[key] = made
                while len(_held.done) > HELD:
                    _held.done.popitem(last=False)
        finally:
            _held.at.pop(key, None)
            with _held.guard:
                _held.making.pop(key, None)
    return made


def progress_of(cluster: Cluster, question: Asked) -> tuple[Words, float, float | None] | None:
    """Say how far an evaluation is that is being computed; None where it is not."""
    return _held.at.get(_key(cluster, question))


def known_systems(cluster: Cluster) -> tuple[dict[str, System], list[Words]]:
    """Give the shipped systems and those of the cluster's folder ``indicators``, and why a file there is none."""
    own, wrong = own_systems(cluster)
    return {**systems(), **own}, wrong


def own_systems(cluster: Cluster) -> tuple[dict[str, System], list[Words]]:
    """Read ``indicators/*.toml`` in the folder of a cluster."""
    if cluster.path is None:
        return {}, []
    found: dict[str, System] = {}
    wrong: list[Words] = []
    for path in sorted((Path(cluster.path) / "indicators").glob("*.toml"))[:MOST_FILES]:
        if path.is_symlink():
            continue
        try:
            found[FILE + path.name] = load_system(path)
        except JiqunError as error:
            wrong.append(error.words or Words(str(error), str(error)))
    return found, wrong


def from_interactions(cluster: Cluster, system: System) -> bool:
    """Whether the panel of a system is counted from interactions, because the cluster's own has nothing of it."""
    if not cluster.has("interactions", "source", "target", "time"):
        return False
    if not (cluster.has("interactions", "place_id") or cluster.has("actors", "place_id")):
        return False
    wanted = set(system.columns)
    return bool(wanted & PLATFORM) and not wanted & panel_indicators(cluster)


def panel_indicators(cluster: Cluster) -> frozenset[str]:
    """Give the indicators of the cluster's own panel."""
    if not cluster.has("panel", "indicator"):
        return frozenset()
    return kept(
        cluster,
        "panel-indicators",
        lambda: frozenset(
            str(i) for (i,) in typed(cluster, "panel", "indicator").unique().collect("polars").to_native().rows() if i
        ),
    )


def _system(cluster: Cluster, name: str, *, files: bool) -> tuple[str, System]:
    known, _ = known_systems(cluster)
    if name in known:
        return name, known[name]
    if FILE + name in known:
        return FILE + name, known[FILE + name]
    if not files or not name or not Path(name).expanduser().is_file():
        raise UnknownName("indicator system", name[:80], known)
    return name, load_system(name)


def _several(value: Any) -> tuple[str, ...]:
    parts = [p for each in ([value] if isinstance(value, str) else value) for p in str(each).split(",")]
    named = tuple(dict.fromkeys(p.strip() for p in parts if p.strip()))
    return () if named == ("none",) else named


def _key(cluster: Cluster, question: Asked) -> Any:
    where = id(cluster) if cluster.path is None else (cluster.path, cluster.store.data_hash)
    return where, question


def _evaluate(cluster: Cluster, question: Asked, progress: Progress) -> Done:
    given, system = dict(question.given), question.system
    if not from_interactions(cluster, system):
        found = evaluate(cluster, system, places=cluster, steps=question.steps, progress=progress, **given)
        return Done(question, found, tuple(found.findings), "panel")
    grain = _grain(cluster) if question.grain == "auto" else question.grain
    panel, odd = kept(cluster, f"platform-panel:{grain}", lambda: platform_panel(cluster, grain=grain))
    found = evaluate(panel, system, places=cluster, steps=question.steps, progress=progress, **given)
    return Done(question, found, (*odd, *found.findings), "interactions", grain)


def _grain(cluster: Cluster) -> Grain:
    """Choose the length of a period: months, or longer ones where there would be more than 120 of them."""
    time = calendar(cluster)
    if time is None or not time.periods:
        return "month"
    years = int(time.periods[-1][:4]) - int(time.periods[0][:4]) + 1
    return "month" if years <= 10 else "quarter" if years <= 30 else "year"
