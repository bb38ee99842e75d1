"""The shapes of what is said of two spaces: what they can be made of, quadrants, drift, agreement."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jiqun.report.network_shapes import NetworkNumber
from jiqun.report.shapes import Figure, How, Shape, Text

__all__ = [
    "AgreementFound",
    "BuiltSpace",
    "CoupledIndustries",
    "Drift",
    "GravityReport",
    "InteractionChoice",
    "Quadrants",
    "SpaceAgreement",
    "SpaceChoices",
]


class InteractionChoice(Shape):
    """One way to say which interactions or ties make the digital space."""

    id: str = Field(description="As it is asked for: `kind=order`, `channel=platform`, `ties`.")
    title: Text
    group: Text = Field(description="What it is a choice of, such as the kind of interaction.")
    count: int = Field(description="Rows of the table it takes.")


class SpaceChoices(Shape):
    """What the spaces of a cluster can be made of."""

    physical: Text | None = Field(None, description="Why there is no physical space for indices; null where there is.")
    digital: Text | None = Field(None, description="Why there is no digital space; null where there is.")
    interactions: list[InteractionChoice] = Field(description="Only those the cluster has.")
    periods: list[str] = Field(
        description="Periods in order, in the grain of the cluster; empty where nothing is dated."
    )
    years: list[str] = Field(description="Years, where periods are shorter.")
    grain: Literal["year", "quarter", "month", "week"] | None = None


class BuiltSpace(Shape):
    """What a digital space was made of, and how firm its communities are."""

    interactions: Text
    period: str = Field("", description="Empty: all time.")
    actors: int = Field(description="Actors with a link; only they have a place there.")
    counterparts: int
    communities: int | None = Field(None, description="Null where the result does not use communities.")
    seeds: int | None = None
    stability: float | None = Field(
        None, description="Mean adjusted Rand index between the partitions of several seeds: 1 the same, 0 chance."
    )
    says: Text


class Quadrants(Shape):
    """The quadrant of each industry: concentrated or dispersed, on the ground and in the network."""

    figure: Figure = Field(description="One row for each industry and period.")
    periods: list[str] = Field(description="Periods looked at; empty for all time.")
    counts: dict[str, int] = Field(description="Industries in each quadrant, in the last period.")
    names: dict[str, Text] = Field(description="What each quadrant is called.")
    built: BuiltSpace | None = None
    missing: Text | None = Field(None, description="Why one of the spaces, or both, cannot be measured.")


class Drift(Shape):
    """How far each industry moved from one period to the next."""

    figure: Figure
    periods: list[str]
    missing: Text | None = None


class AgreementFound(Shape):
    """One statistic of the agreement of the two spaces."""

    id: str
    title: Text
    reading: Text
    value: float | None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    members: int = Field(description="Actors, or industries, it is computed from.")


class CoupledIndustries(Shape):
    """Whether the same pairs of industries are near on the ground and in the network."""

    found: AgreementFound
    figure: Figure


class SpaceAgreement(Shape):
    """Whether who is near on the ground is near in the network."""

    actors: list[AgreementFound]
    industries: CoupledIndustries | None = None
    built: BuiltSpace | None = None
    how: How
    missing: list[Text] = Field(default_factory=list, description="What could not be computed, and why.")


class GravityReport(Shape):
    """How interactions between places fall with distance, and how much stays at home."""

    numbers: list[NetworkNumber] = Field(description="Elasticity, home and border effect, change per year.")
    figures: list[Figure] = Field(description="By period, by channel, the curve over distance, home bias of actors.")
    takeaway: Text = Text(en="", zh="")
    built: BuiltSpace | None = None
    how: How
    missing: Text | None = Field(None, description="Why it is not computable; then the lists are empty.")
    notes: list[Text] = Field(default_factory=list, description="What of it could not be computed, and why.")
