"""The shapes of page *Compare & rank*."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jiqun.report.shapes import ClusterCard, How, Option, Shape, Text

__all__ = [
    "Choices",
    "ClusterComparison",
    "Comparable",
    "ComparedIndex",
    "ComparedUnit",
    "Comparison",
    "Headline",
    "HeadlineCell",
    "Similar",
    "SimilarUnits",
]

Of = Literal["place", "industry"]


class Comparable(Shape):
    """An index by which units can be compared."""

    index: str
    title: Text
    reading: Text
    needs_other: bool = Field(description="It is of a place and an industry: the other one must be named, `index:id`.")


class Choices(Shape):
    """What can be compared, and by what."""

    of: Of
    units: list[Option] = Field(description="The largest first; count is the number of firms.")
    others: list[Option] = Field(description="For indices of a place and an industry: the other ones.")
    indices: list[Comparable]
    default: list[str] = Field(description="Indices that are compared where none is chosen.")


class ComparedUnit(Shape):
    """A place or an industry."""

    id: str
    title: Text
    rows: int = Field(description="Its firms.")


class ComparedIndex(Shape):
    """An index for each of the compared units; every list is in the order of the units."""

    id: str = Field(description="As it was asked for: `index` or `index:other`.")
    index: str
    title: Text
    reading: Text
    neutral: float | None = None
    of_known: int = Field(description="Units of the cluster that have a value; ranks and percentiles are among them.")
    value: list[float | None] = Field(default_factory=list)
    low: list[float | None] = Field(default_factory=list)
    high: list[float | None] = Field(default_factory=list)
    rank: list[int | None] = Field(default_factory=list, description="1 is the largest value.")
    rank_best: list[int | None] = Field(default_factory=list, description="As far up as the intervals leave open.")
    rank_worst: list[int | None] = Field(default_factory=list)
    percentile: list[float | None] = Field(default_factory=list)
    how: How | None = None
    missing: Text | None = Field(None, description="Why it is not computable; then the lists are empty.")


class Comparison(Shape):
    """Several units by several indices, side by side."""

    of: Of
    of_all: int = Field(description="Units of the cluster.")
    units: list[ComparedUnit]
    indices: list[ComparedIndex]


class Similar(Shape):
    """A unit whose profile is like another's."""

    id: str
    title: Text
    value: float = Field(description="Cosine of the shares: 1 the same structure, 0 nothing in common.")
    low: float | None = None
    high: float | None = None
    distance: float = Field(description="Krugman distance of the shares: 0 the same, 2 nothing in common.")
    rows: int


class SimilarUnits(Shape):
    """The units most like one of them."""

    of: Of
    to: str
    title: Text
    of_all: int = Field(description="Other units of the cluster.")
    found: list[Similar]
    how: How


class HeadlineCell(Shape):
    """One number of one cluster."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    note: Text = Text(en="", zh="")


class Headline(Shape):
    """One number of every compared cluster."""

    id: str
    title: Text
    says: Text = Field(description="What the number and its range are.")
    type: Literal["integer", "number", "share"] = "number"
    range: Literal["none", "interval", "middle_half"] = "none"
    cells: list[HeadlineCell] = Field(description="In the order of the clusters.")


class ClusterComparison(Shape):
    """Whole clusters, side by side."""

    clusters: list[ClusterCard]
    headlines: list[Headline]
    note: Text = Field(Text(en="", zh=""), description="What the ranges beside the numbers are.")
