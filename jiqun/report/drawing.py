"""The shape of a figure: one function of a cluster and the facts about it.

A figure is one file in ``report/drawings``. From its facts come, with no other edit, its place on the
profile page, the HTTP endpoint, the message that says what is missing, and the contract tests.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal

from jiqun.cluster import Cluster, JiqunError, Reference, UnknownName, Words
from jiqun.engine import trace
from jiqun.report.again import command
from jiqun.report.numbers import fitted
from jiqun.report.shapes import Columnar, DataColumn, Figure, How, Kpi, Text, TraceShape

__all__ = [
    "Drawing",
    "Facts",
    "KeyFigure",
    "Missing",
    "Need",
    "absent",
    "coded",
    "column",
    "draw",
    "figure",
    "figures",
    "how_of",
    "key_figures",
    "text",
]

Kind = Literal["line", "area", "bar", "column", "interval", "heat", "scatter", "lorenz", "stacked"]
Type = Literal["string", "integer", "number", "share", "date", "money"]

SEED = 20170101
"""Seed of every interval on the page; it is part of each trace."""


@dataclass(frozen=True, slots=True)
class Need:
    """A table and columns that a figure cannot do without."""

    table: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number of a drawing that deserves a place at the top of the page."""

    id: str
    title: Words
    value: float
    low: float | None = None
    high: float | None = None
    type: Literal["integer", "number", "share", "money"] = "number"
    unit: Text = Text(en="", zh="")
    note: Words = Words("", "")


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a figure's function gives: the table behind it and what it says."""

    columns: tuple[DataColumn, ...]
    rows: Columnar
    takeaway: Text
    title: Words | None = None
    prose: Text | None = None
    """A sentence for the profile; the takeaway where there is none."""
    key: tuple[KeyFigure, ...] = ()
    caveats: tuple[Words, ...] = ()
    parameters: Mapping[str, Any] | None = None
    roles: Mapping[str, Any] | None = None
    """Fields of the figure that depend on the data: y, low, high, series, log, kind."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a figure cannot be drawn from this data."""

    why: Words


Function = Callable[[Cluster], "Drawing | Missing"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a figure says of itself before it is drawn."""

    id: str
    title: Words
    kind: Kind
    x: str
    y: str
    needs: tuple[Need, ...]
    order: int
    """Place on the page: the six of lowest order that can be drawn are shown."""
    sentence: Words
    """What was counted or computed: the first answer to “how do you know?”."""
    function: Function
    series: str = ""
    low: str = ""
    high: str = ""
    log: bool = False
    space: Literal["physical", "digital", "both", "none"] = "none"
    formula: str = ""
    reference: Reference | None = None
    seeded: bool = False
    """Whether random numbers make its intervals."""


_FIGURES: dict[str, Facts] = {}


def figure(name: str, **facts: Any) -> Callable[[Function], Function]:
    """Declare a function of a cluster to be a figure; the facts are the fields of :class:`Facts`."""

    def declare(function: Function) -> Function:
        if name in _FIGURES and _FIGURES[name].function.__module__ != function.__module__:
            raise JiqunError(f"There are two figures called {name!r}. Rename one.")
        _FIGURES[name] = Facts(id=name, function=function, **facts)
        return function

    return declare


def figures() -> Mapping[str, Facts]:
    """Give all figures by id, in the order of the page; each file in ``report/drawings`` is one.

    >>> "activity_over_time" in figures()
    True
    """
    package = import_module("jiqun.report.drawings")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)
    ordered = sorted(_FIGURES.values(), key=lambda facts: (facts.order, facts.id))
    return MappingProxyType({facts.id: facts for facts in ordered})


def absent(cluster: Cluster, needs: tuple[Need, ...]) -> Words | None:
    """Say what a cluster lacks for a figure; None where it has everything.

    Examples
    --------
    >>> import polars as pl
    >>> c = Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]}))
    >>> absent(c, (Need("actors", ("founded",)),)).en
    'Not computable: needs column founded of table actors.'
    """
    for need in needs:
        if not cluster.has(need.table):
            return Words(f"Not computable: needs table {need.table}.", f"无法计算：缺少表 {need.table}。")
        lacking = [name for name in need.columns if not cluster.has(need.table, name)]
        if lacking:
            names, plural = ", ".join(lacking), "s" if len(lacking) > 1 else ""
            return Words(
                f"Not computable: needs column{plural} {names} of table {need.table}.",
                f"无法计算：表 {need.table} 缺少列 {names}。",
            )
        if cluster.rows(need.table) == 0:
            return Words(f"Not computable: table {need.table} has no rows.", f"无法计算：表 {need.table} 没有数据行。")
    return None


def draw(cluster: Cluster, name: str) -> tuple[Figure, Drawing | None]:
    """Draw a figure: its shape, and the drawing with its prose and key figures where it could be drawn.

    Raises
    ------
    UnknownName
        If there is no such figure.
    """
    known = figures()
    if name not in known:
        raise UnknownName("figure", name[:60], known)
    facts = known[name]
    lacking = absent(cluster, facts.needs)
    made = Missing(lacking) if lacking else facts.function(cluster)
    if isinstance(made, Missing):
        return _empty(cluster, facts, made.why), None
    shape = Figure(
        id=facts.id,
        title=text(made.title or facts.title),
        takeaway=fitted(made.takeaway),
        columns=list(made.columns),
        rows=made.rows,
        how=how_of(cluster, facts, made),
        **{**_roles(facts), **(made.roles or {})},
    )
    return shape, made


def how_of(cluster: Cluster, facts: Facts, made: Drawing | None = None) -> How:
    """Answer “how do you know?” for a figure."""
    traced = trace(
        cluster,
        command(cluster, f"--figure {facts.id}", {}),
        seed=SEED if facts.seeded else None,
        **(dict(made.parameters) if made and made.parameters else {}),
    )
    return How(
        sentence=text(facts.sentence),
        formula=facts.formula,
        reference=facts.reference.text if facts.reference else "",
        url=facts.reference.url if facts.reference else "",
        tables=list(dict.fromkeys(need.table for need in facts.needs)),
        caveats=[text(c) for c in (made.caveats if made else ())],
        trace=TraceShape(**asdict(traced)),
    )


def key_figures(cluster: Cluster, facts: Facts, made: Drawing) -> list[Kpi]:
    """Give the key figures of a drawing in the shape of the page."""
    return [
        Kpi(
            id=k.id,
            title=text(k.title),
            value=k.value,
            low=k.low,
            high=k.high,
            type=k.type,
            unit=k.unit,
            note=fitted(text(k.note)),
            figure=facts.id,
            how=how_of(cluster, facts, made),
        )
        for k in made.key
    ]


def column(name: str, en: str, zh: str, kind: Type = "number", unit: Text | None = None) -> DataColumn:
    """Describe a column of the table behind a figure."""
    return DataColumn(name=name, title=Text(en=en, zh=zh), type=kind, unit=unit or Text(en="", zh=""))


def coded(name: str, en: str, zh: str, values: Mapping[str, Words]) -> DataColumn:
    """Describe a column of codes with what each is called, so that no face shows a code."""
    return DataColumn(
        name=name, title=Text(en=en, zh=zh), type="string", values={code: text(word) for code, word in values.items()}
    )


def text(words: Words) -> Text:
    """Give words in the shape the faces read."""
    return Text(en=words.en, zh=words.zh)


def _roles(facts: Facts) -> dict[str, Any]:
    names = ("kind", "x", "y", "series", "low", "high", "log", "space")
    return {name: getattr(facts, name) for name in names}


def _empty(cluster: Cluster, facts: Facts, why: Words) -> Figure:
    return Figure(
        id=facts.id,
        title=text(facts.title),
        columns=[],
        rows={},
        how=how_of(cluster, facts),
        missing=text(why),
        **_roles(facts),
    )
