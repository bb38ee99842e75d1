"""Shapes that belong to the server alone: jobs, pages of tables, indices, errors.

What is shown of a cluster comes from :mod:`jiqun.report.shapes`.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from jiqun.report.shapes import Columnar, Origin, Text, TraceShape
from jiqun.report.two_space import BuiltSpace

__all__ = [
    "BoundaryList",
    "ErrorBody",
    "ErrorShape",
    "FileNote",
    "IndexCard",
    "IndexNeeds",
    "IndexReference",
    "Job",
    "JobStatus",
    "Measurement",
    "PeerChoice",
    "PresetCard",
    "RecipeText",
    "Removed",
    "ServerInfo",
    "TableColumn",
    "TablePage",
]

JobStatus = Literal["drafting", "draft", "queued", "running", "done", "failed", "cancelled"]


class Shape(BaseModel):
    """Base of the server's shapes: unknown fields are an error, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ErrorBody(Shape):
    """What went wrong and what to do, for people."""

    message: str
    message_zh: str | None = None
    status: int


class ErrorShape(Shape):
    """The one shape of every error of this API."""

    error: ErrorBody


class ServerInfo(Shape):
    """What this server is and allows."""

    version: str
    schema_version: int
    uploads: bool = Field(description="Whether files may be uploaded here.")
    max_upload_bytes: int
    max_rows: int = Field(description="Most rows of one page of a table.")
    problems: list[Text] = Field(default_factory=list, description="Folders of the workspace that cannot be opened.")


class BoundaryList(Shape):
    """Names of the outlines that may be drawn under a map."""

    names: list[str]


class TableColumn(Shape):
    """One column of a canonical table."""

    name: str
    title: Text
    type: Literal["string", "integer", "number", "boolean", "date", "time", "strings", "geometry"]
    unit: str = ""
    references: str = Field("", description="table.column that every value must exist in.")


class TablePage(Shape):
    """Some rows of a canonical table, column by column."""

    table: str
    title: Text
    total: int = Field(description="Rows of the whole table.")
    offset: int
    limit: int
    columns: list[TableColumn]
    rows: Columnar
    omitted: list[str] = Field(default_factory=list, description="Columns not in a page, such as outlines.")


class IndexReference(Shape):
    """Where the definition of an index comes from."""

    text: str
    doi: str = ""
    url: str = ""


class IndexNeeds(Shape):
    """The table an index reads, the columns it cannot do without, and those it uses where present."""

    table: str
    columns: list[str]
    optional: list[str] = []


class PresetCard(Shape):
    """The conventions of another package, as far as an index is concerned."""

    name: str
    title: Text
    version: str = Field(description="The version whose results were compared.")
    parameters: dict[str, Any] = Field(description="With these its numbers come out.")
    known: list[Text] = Field(description="Where the package rounds, approximates or errs.")


class IndexCard(Shape):
    """An index: what it asks, needs and gives, and the JSON schema of its parameters."""

    name: str
    title: Text
    question: Text
    reading: Text = Field(description="How to read a value.")
    documentation: str = Field("", description="The whole of its documentation, numpydoc; empty in the list.")
    family: str
    formula: str = Field(description="TeX.")
    needs: IndexNeeds
    grain: list[str] = Field(description="Columns that identify a row of the result.")
    bounds: tuple[float | None, float | None]
    neutral: float | None = Field(None, description="The value that says “as expected by chance”.")
    spaces: list[str]
    references: list[IndexReference]
    parameters: dict[str, Any] = Field(description="JSON schema of the parameters; a form can be made from it.")
    presets: list[PresetCard] = Field(default_factory=list, description="Packages that have the index.")


class PeerChoice(Shape):
    """A group of rows among which a percentile can be given."""

    id: str
    title: Text
    says: Text = Field(description="Who the peers are.")


class Measurement(Shape):
    """The result of an index: the keys of its grain, then value, low, high, p and note where it has them."""

    index: str
    title: Text
    space: str
    origin: Origin
    grain: list[str]
    total: int = Field(description="Rows of the whole result.")
    offset: int
    limit: int
    peers: str = Field("", description="Group among which `percentile` is; empty where none was asked for.")
    peer_choices: list[PeerChoice] = Field(
        default_factory=list, description="Groups that make sense for this result; empty where none was asked for."
    )
    columns: list[str]
    rows: Columnar
    period: str = Field("", description="The period it is of; empty for all time.")
    built: BuiltSpace | None = Field(None, description="In digital space: what it was made of, how stable it is.")
    chance: Text = Field(Text(en="", zh=""), description="What p and the band are against; empty where nothing is.")
    trace: TraceShape


class FileNote(Shape):
    """A file that was uploaded."""

    name: str
    bytes: int


class Job(Shape):
    """Long work: uploaded files on their way to a cluster."""

    id: str
    kind: Literal["upload", "example"] = "upload"
    status: JobStatus
    title: str = Field(description="What it works on, such as the names of the files.")
    files: list[FileNote] = Field(default_factory=list)
    step: Text = Field(Text(en="", zh=""), description="What it is doing now.")
    done: float = 0.0
    total: float | None = Field(None, description="Units of the present step; null where unknown.")
    cluster: str = Field("", description="Id of the cluster it made.")
    error: ErrorBody | None = None
    created: str
    finished: str = ""


class RecipeText(Shape):
    """A recipe as text (TOML), as it may be edited."""

    text: str = Field(max_length=200_000)


class Removed(Shape):
    """A cluster that was moved to the trash, from which it can be restored."""

    cluster: str
    kept_days: int
