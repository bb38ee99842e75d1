"""The shapes of the indices of a platform and of the driver profile."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jiqun.report.shapes import Columnar, DataColumn, Figure, Finding, How, Shape, Text

__all__ = [
    "DriverElement",
    "DriverPosition",
    "DriverReport",
    "Interval",
    "PlatformIndicator",
    "PlatformReport",
]


class Interval(Shape):
    """A value with its interval."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


class PlatformIndicator(Shape):
    """One index of a platform: what it is, and why it is missing where it is."""

    id: str
    family: Literal["participants", "interactions", "activity"]
    title: Text
    about: Text
    type: Literal["integer", "number", "share", "money"]
    missing: Text | None = Field(None, description="Why it is not computable; then the table has no row of it.")


class PlatformReport(Shape):
    """Participants, interactions and activity of a platform."""

    by: list[str] = Field(description="What the table is split by: side, place, category, period.")
    grain: Literal["year", "quarter", "month", "week"]
    periods: list[str]
    inactive: int = Field(description="Periods without a dealing after which a participant counts as gone.")
    indicators: list[PlatformIndicator]
    columns: list[DataColumn]
    rows: Columnar = Field(description="The keys of `by`, then indicator, value, low, high, note.")
    total: int = Field(description="Rows of the whole table; where it is more than is shown, split by less.")
    figures: list[Figure] = Field(description="Survival, retention and, where recorded, subsidies.")
    findings: list[Finding] = Field(default_factory=list)
    how: How


class DriverElement(Shape):
    """One reading of the driver profile."""

    element: Literal["matching", "cross_side", "unit_cost", "variety"]
    reading: str
    term: str
    title: Text
    value: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    error: float | None = None
    rows: int
    clusters: int
    note: Text | None = None


class DriverPosition(Shape):
    """Where the cluster stands between supply-side and demand-side economies of scale."""

    label: Literal["demand", "supply", "undetermined"]
    title: Text
    says: Text = Field(description="What follows, in a sentence.")
    position: Interval = Field(description="Demand side less supply side; positive: scale pays on the demand side.")
    demand: Interval = Field(description="Returns to scale in matching, less one.")
    supply: Interval = Field(description="Elasticity by which a unit cost falls with local scale.")
    cost: Text = Field(description="Which unit cost stands for the supply side.")


class DriverReport(Shape):
    """What drives the cluster, every reading beside its placebo."""

    position: DriverPosition
    elements: list[DriverElement]
    figure: Figure
    assumptions: list[Text]
    missing: list[Text] = Field(default_factory=list)
    grain: Literal["year", "quarter", "month", "week"]
    lookback: int
    places: int
    categories: int
    how: How
