"""The shapes of page *Evaluate*."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from jiqun.report.shapes import Columnar, DataColumn, Finding, Shape, Text, TraceShape

__all__ = [
    "ChoiceCard",
    "ChosenValue",
    "EvaluationChoices",
    "EvaluationProgress",
    "EvaluationReport",
    "EvaluationTable",
    "Identification",
    "MethodNote",
    "PlaceRows",
    "StepCard",
    "SystemCard",
    "SystemIndicator",
    "SystemNode",
]

NONE = Text(en="", zh="")


class SystemNode(Shape):
    """A branch of an indicator system."""

    id: str
    title: Text
    parent: str = Field("", description="Empty: a branch of the root.")


class SystemIndicator(Shape):
    """A leaf of an indicator system."""

    id: str
    title: Text
    node: str
    sign: Literal["+", "-", "target"]
    target: float | None = None
    unit: Text = NONE
    columns: list[str] = Field(description="Indicators of the panel that it is made of.")
    transformation: Text = Field(NONE, description="What is done before it is standardised; empty: nothing.")
    source: Text = NONE
    weight: float | None = Field(None, description="Weight that the author of the system gives.")
    present: bool = Field(True, description="Whether the cluster has all that it is made of.")


class SystemCard(Shape):
    """An indicator system, and whether this cluster has what it needs."""

    id: str = Field(description="Give it as `system`; one of the cluster's folder `indicators` is `file:NAME.toml`.")
    title: Text
    summary: Text = NONE
    source: Text = NONE
    usable: bool = Field(description="Whether at least one indicator can be made.")
    missing: list[str] = Field(default_factory=list, description="Indicators of the panel that the cluster lacks.")
    panel: Literal["panel", "interactions"] = Field(
        "panel", description="Where the figures come from: the table panel, or counts of the interactions."
    )
    nodes: list[SystemNode]
    indicators: list[SystemIndicator]
    subsystems: list[str] = Field(description="Nodes whose coupling is measured.")
    without: list[str] = Field(default_factory=list, description="Places left out where `without` is not given.")
    judged: bool = Field(False, description="Whether it holds judgements for the analytic hierarchy process.")


class StepCard(Shape):
    """A step after the scores."""

    id: str
    title: Text
    tables: list[str]


class Allowed(Shape):
    """A value that a choice can take."""

    id: str
    title: Text


class ChoiceCard(Shape):
    """A choice of an evaluation: its name as a query parameter, what it means, what it can be."""

    id: str
    title: Text
    says: Text
    group: Literal["data", "standardise", "weigh", "score", "coupling", "dynamics", "space", "random"]
    type: Literal["one", "number", "integer", "flag", "text", "list"]
    allowed: list[Allowed] = Field(default_factory=list, description="Of type one: the values.")
    default: Any = None
    low: float | None = None
    high: float | None = None
    open_low: bool = Field(False, description="Whether `low` itself is not allowed.")
    open_high: bool = False


class EvaluationChoices(Shape):
    """What can be evaluated, by what, and how."""

    systems: list[SystemCard] = Field(description="Those that can be used first.")
    default: str = Field(description="System that is used where none is named; empty where none can be.")
    reason: Text | None = Field(None, description="Why no system can be used.")
    steps: list[StepCard]
    choices: list[ChoiceCard]
    periods: list[str] = Field(description="Of the panel of the default system.")
    places: int
    unreadable: list[Text] = Field(default_factory=list, description="Files in `indicators` that are no system.")


class ChosenValue(Shape):
    """A choice as it was taken."""

    id: str
    title: Text
    value: Any
    said: Text = Field(description="The value in words.")
    default: bool = Field(description="Whether it is what is taken when nothing is said.")


class MethodNote(Shape):
    """Formula and reference of something in the tables."""

    title: Text
    formula: str
    reference: str
    url: str = ""


class EvaluationTable(Shape):
    """One table: columnar rows, every column with a title and unit."""

    name: str
    title: Text
    note: Text = Field(NONE, description="How to read it.")
    step: str = Field("", description="The step that made it; empty: scores.")
    columns: list[DataColumn]
    total: int
    rows: Columnar = Field(description="Empty where the table has more rows than were asked for with `rows`.")
    whole: bool = Field(description="Whether `rows` has all rows.")
    methods: list[MethodNote] = Field(default_factory=list)


class PlaceRows(Shape):
    """The places that were evaluated; all lists in the same order."""

    id: list[str]
    name: list[Text]
    region: list[Text | None]
    lon: list[float | None]
    lat: list[float | None]


class EvaluationReport(Shape):
    """An evaluation: tables, the choices they rest on, and all that was odd."""

    cluster: Text = Field(description="Title of the cluster.")
    as_of: str = Field("", description="Date of the data.")
    origin: Literal["real", "generated", "evaluation"]
    system: SystemCard
    choices: list[ChosenValue]
    sentences: list[Text] = Field(description="What it found, in a few sentences.")
    findings: list[Finding] = Field(description="`title` says what was odd, `advice` what was done.")
    periods: list[str]
    places: PlaceRows
    boundaries: str = Field("", description="Name for /api/boundaries/{name} whose ids are the places; empty: none.")
    tables: dict[str, EvaluationTable]
    trace: TraceShape


class EvaluationProgress(Shape):
    """How far an evaluation is that is being computed."""

    running: bool
    step: Text = NONE
    done: float = 0.0
    total: float | None = None


class Identification(Shape):
    """Which places hold a cluster of an industry, by three methods side by side."""

    industry: str
    title: Text
    places: EvaluationTable
    agreement: EvaluationTable
    missing: dict[str, Text] = Field(default_factory=dict, description="Why a method could not be used.")
    trace: TraceShape
