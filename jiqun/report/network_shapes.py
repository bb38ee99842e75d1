"""The shapes of the network page: parts of one form, each with its numbers, its figures and its graph."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jiqun.report.shapes import Columnar, DataColumn, Figure, How, Option, Shape, Text

__all__ = ["NetworkChoices", "NetworkGraph", "NetworkNumber", "NetworkPart", "PartName"]

PartName = Literal["summary", "core", "mixing", "paths", "complementarity", "decomposability", "resilience"]


class NetworkNumber(Shape):
    """One number of a network: its interval, what chance gives, and how to read it."""

    id: str
    title: Text
    type: Literal["integer", "number", "share"] = "number"
    value: float | None
    low: float | None = None
    high: float | None = None
    chance: float | None = Field(None, description="What the null gives on average.")
    p: float | None = Field(None, description="Probability of a value as far from chance as this.")
    reading: Text = Field(description="What a high and a low value mean.")
    note: Text = Field(Text(en="", zh=""), description="What the interval and p are of, or why there is no value.")
    how: How


class NetworkGraph(Shape):
    """Nodes and edges to draw. Edges hold positions in the node columns as ``source`` and ``target``."""

    title: Text
    directed: bool = False
    node_columns: list[DataColumn]
    nodes: Columnar
    edge_columns: list[DataColumn]
    edges: Columnar
    total_nodes: int = Field(description="Nodes there are, shown or not.")
    total_edges: int = Field(description="Edges there are, shown or not.")


class NetworkPart(Shape):
    """One part of the network page."""

    part: PartName
    title: Text
    question: Text
    layer: Literal["all", "physical", "digital"]
    period: str | None = None
    interactions: list[str] = Field(default_factory=list)
    built_from: Text = Field(Text(en="", zh=""), description="What the ties were made of, and how many there are.")
    takeaway: Text = Field(Text(en="", zh=""), description="The one thing to see, in a sentence.")
    numbers: list[NetworkNumber] = Field(default_factory=list)
    figures: list[Figure] = Field(default_factory=list)
    graph: NetworkGraph | None = None
    missing: Text | None = Field(None, description="Why the part is not computable; then the lists are empty.")


class NetworkChoices(Shape):
    """Layers and parts of the network of a cluster; `/spaces` lists periods and kinds of interaction."""

    layers: list[Option] = Field(description="Layers there are; count is the number of ties and interactions.")
    parts: list[Option] = Field(description="Parts of the page, in order; count 0 where a table is missing for it.")
