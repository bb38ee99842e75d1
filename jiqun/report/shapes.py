"""The shapes of what is shown: figures, profile, findings, map and network.

They are the contract between the library and its faces: the HTTP API answers with them, the web
client is generated from them, the command line prints them. Every text comes in both languages.
Tables that may be long are columnar: one list for each column, all of the same length.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "ClusterCard",
    "Columnar",
    "DataColumn",
    "Edges",
    "Figure",
    "Filters",
    "Finding",
    "FindingsReport",
    "Grade",
    "How",
    "Kpi",
    "MapLayer",
    "Network",
    "Option",
    "Period",
    "Profile",
    "Sentence",
    "Text",
    "TraceShape",
]

Columnar = dict[str, list[Any]]
Origin = Literal["real", "generated", "evaluation"]


class Shape(BaseModel):
    """Base of all shapes: unknown fields are an error, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Shape):
    """The same words in English and Chinese."""

    en: str
    zh: str


class TraceShape(Shape):
    """What anyone needs to obtain the same number again."""

    cluster: str
    data_hash: str
    jiqun: str
    command: str
    parameters: dict[str, Any] = {}
    seed: int | None = None
    versions: dict[str, str] = {}


class How(Shape):
    """The answer to “how do you know?”."""

    sentence: Text = Field(description="What was counted or computed, in one or two plain sentences.")
    formula: str = Field("", description="Formula as plain text or TeX, empty where it is a plain count.")
    reference: str = ""
    url: str = ""
    tables: list[str] = Field(default_factory=list, description="Canonical tables it was computed from.")
    caveats: list[Text] = Field(default_factory=list)
    trace: TraceShape


class DataColumn(Shape):
    """One column of the table behind a figure."""

    name: str
    title: Text
    type: Literal["string", "integer", "number", "share", "date", "money"]
    unit: Text = Text(en="", zh="")
    values: dict[str, Text] = Field(
        default_factory=dict, description="What codes in this column are called; a value that is not here is a name."
    )


class Figure(Shape):
    """A chart and the table behind it; the client draws it from ``kind`` and the roles of the columns."""

    id: str
    title: Text
    takeaway: Text = Field(Text(en="", zh=""), description="The one thing to see, in a sentence.")
    kind: Literal["line", "area", "bar", "column", "interval", "heat", "scatter", "lorenz", "stacked"]
    x: str = Field(description="Column on the horizontal axis (or the category axis of bars and intervals).")
    y: str = Field(description="Column on the vertical axis (or the value of bars, intervals and heat cells).")
    series: str = Field("", description="Column that splits lines, areas and stacks, or the second axis of a heat map.")
    low: str = ""
    high: str = ""
    log: bool = Field(False, description="Value axis is logarithmic.")
    space: Literal["physical", "digital", "both", "none"] = "none"
    columns: list[DataColumn]
    rows: Columnar
    how: How
    missing: Text | None = Field(None, description="Why it is not computable; then rows are empty.")


class Kpi(Shape):
    """One key figure with its interval and where it is shown in full."""

    id: str
    title: Text
    value: float | None
    low: float | None = None
    high: float | None = None
    type: Literal["integer", "number", "share", "money"] = "number"
    unit: Text = Text(en="", zh="")
    note: Text = Text(en="", zh="")
    figure: str = ""
    how: How


class Sentence(Shape):
    """A sentence of the generated prose and the figure its numbers come from."""

    text: Text
    figure: str = ""


class Grade(Shape):
    """Quality of the data: A best, E worst; how it follows from the findings is documented."""

    letter: Literal["A", "B", "C", "D", "E"]
    score: float = Field(description="0–100.")
    errors: int
    warnings: int
    infos: int


class Finding(Shape):
    """One thing wrong, or worth knowing, in the data."""

    rule: str
    severity: Literal["error", "warning", "info"]
    title: Text
    advice: Text
    table: str
    column: str = ""
    rows: int = Field(description="Rows concerned.")
    of: int = Field(description="Rows looked at.")
    examples: list[str] = Field(default_factory=list)
    file: str = ""
    line: int | None = None


class FindingsReport(Shape):
    """All findings of a cluster and the grade that follows."""

    grade: Grade
    items: list[Finding]


class Period(Shape):
    """The time a cluster covers, and the grain of its time slider."""

    first: str
    last: str
    grain: Literal["year", "quarter", "month", "week"]


class ClusterCard(Shape):
    """What a cluster says of itself."""

    id: str
    title: Text
    summary: Text
    origin: Origin
    currency: str = ""
    as_of: str = ""
    licence: str = ""
    attribution: Text = Text(en="", zh="")
    notes: list[Text] = []
    counts: dict[str, int] = Field(description="Rows of each canonical table present.")
    physical: bool = Field(description="Whether anything can be put on a map.")
    digital: bool = Field(description="Whether there are interactions or ties to build a network from.")
    period: Period | None = None
    grade: Grade
    removable: bool = Field(False, description="Whether the user uploaded it and may remove it.")


class Profile(Shape):
    """The profile page: prose, key figures, six figures and the grade."""

    cluster: ClusterCard
    sentences: list[Sentence]
    kpis: list[Kpi]
    figures: list[Figure]


class Option(Shape):
    """One choice of a filter."""

    id: str
    title: Text
    count: int


class Filters(Shape):
    """What the two-space map can be filtered by."""

    industries: list[Option] = Field(description="Industries, largest first.")
    periods: list[str] = Field(description="All periods in order, such as 2017-01; empty where nothing is dated.")
    grain: Literal["year", "quarter", "month", "week"] | None = None
    indicators: list[Option] = Field(default_factory=list, description="Indicators of the panel, for areas.")


class MapLayer(Shape):
    """The physical space under the current filters."""

    mode: Literal["points", "hexagons", "areas", "list", "none"]
    bounds: tuple[float, float, float, float] | None = Field(None, description="West, south, east, north.")
    total: int = Field(description="Actors or places under the filters.")
    located: int = Field(description="Of these, how many are on the map.")
    value_title: Text = Text(en="", zh="")
    value_unit: Text = Text(en="", zh="")
    points: Columnar = Field(
        default_factory=dict,
        description="Mode points: id, name, kind, industry, place, lon, lat, value. Mode list: id, name, value.",
    )
    hexagons: Columnar = Field(
        default_factory=dict, description="Mode hexagons: cell (H3 index), outline ([[lon, lat], …]), count, value."
    )
    areas: Columnar = Field(default_factory=dict, description="Mode areas: id, name, value (null where missing).")
    boundaries: list[str] = Field(
        default_factory=list, description="Names for /api/boundaries/{name}, drawn under the data, outermost first."
    )
    attribution: Text = Text(en="", zh="")
    how: How | None = None
    reason: Text | None = Field(None, description="Why there is no map, or no more than a list.")


class Edges(Shape):
    """Edges as positions in the node columns."""

    source: list[int]
    target: list[int]
    weight: list[float]


class Network(Shape):
    """The digital space under the current filters: firms joined by shared counterparts."""

    nodes: Columnar = Field(
        default_factory=dict,
        description="id, name, x, y, size (activity), degree, industry, place, community, lon, lat, cell (H3 or '').",
    )
    edges: Edges = Edges(source=[], target=[], weight=[])
    total: int = Field(description="Actors that have a counterpart under the filters.")
    shown: int
    built_from: Text = Text(en="", zh="")
    weight_title: Text = Text(en="", zh="")
    communities: int = 0
    how: How | None = None
    reason: Text | None = Field(None, description="Why there is no network.")
