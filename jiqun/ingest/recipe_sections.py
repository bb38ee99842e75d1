"""The sections of a recipe: what may be written where, and of what kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from jiqun.cluster import About, Words
from jiqun.cluster.schema import Type

__all__ = ["Body", "Both", "ClusterSection", "ColumnSection", "Feed", "FileSection", "IndicatorSection", "QuerySection"]

Crs = Literal["WGS84", "GCJ-02", "BD-09"]
SPECIAL_FORMATS = ("excel", "unix", "unix_ms")
_DIRECTIVES = frozenset("YymdHMSfjbBpIzZaAT-n%")


class Section(BaseModel):
    """Base of all sections: an unknown key is an error, values are taken as written."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, strict=True)


class Both(Section):
    """A text in English and Chinese; one of them serves for both."""

    en: str = ""
    zh: str = ""

    def words(self) -> Words:
        """Give it as words."""
        return Words(self.en or self.zh, self.zh or self.en)


def _both(value: Any) -> Any:
    return {"en": value, "zh": value} if isinstance(value, str) else value


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


BothTexts = Annotated[Both, BeforeValidator(_both)]
Character = Annotated[str, Field(min_length=1, max_length=1)]


class ClusterSection(Section):
    """``[cluster]``: what the cluster says of itself."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)
    title: BothTexts = Both()
    summary: BothTexts = Both()
    origin: Literal["real", "generated", "evaluation"] = "real"
    currency: str = ""
    as_of: Annotated[str, BeforeValidator(_text), Field(pattern=r"^(\d{4}(-\d{2}(-\d{2})?)?)?$")] = ""
    licence: str = ""
    attribution: BothTexts = Both()
    notes: list[BothTexts] = []
    crs: Crs = "WGS84"
    codes: dict[str, str] = {}

    def about(self) -> About:
        """Give what the cluster will say of itself."""
        title = self.title.words()
        return About(
            id=self.id,
            title=title if title.en else Words(self.id, self.id),
            summary=self.summary.words(),
            origin=self.origin,
            currency=self.currency,
            as_of=self.as_of,
            licence=self.licence,
            attribution=self.attribution.words(),
            notes=tuple(note.words() for note in self.notes),
        )


class FileSection(Section):
    """``[files.NAME]``: one input, a file or a query to a database."""

    path: str | None = Field(None, min_length=1, max_length=4096)
    format: str | None = None
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=4)] | None = None
    quote: Annotated[str, Field(max_length=1)] | None = None
    header_row: int | None = Field(None, ge=0, le=1000)
    sheet: str | None = None
    layer: str | None = None
    package: str | None = Field(None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    nulls: tuple[str, ...] | None = Field(None, strict=False)
    database: str | None = Field(None, min_length=1)
    query: str | None = Field(None, min_length=1)

    @model_validator(mode="after")
    def _one_origin(self) -> FileSection:
        if self.database is not None:
            if self.path is not None or self.package is not None:
                raise ValueError("give either a path or a database, not both")
            if self.query is None:
                raise ValueError('a database needs query = "select …"')
        elif self.path is None:
            raise ValueError('needs path = "…" (a file) or database = "…" and query = "…"')
        elif self.query is not None:
            raise ValueError("query belongs to a database; to query files, write a [queries.NAME] section with sql")
        return self


class QuerySection(Section):
    """``[queries.NAME]``: one read-only ``SELECT`` over the named files."""

    sql: str = Field(min_length=1, max_length=100_000)


class ColumnSection(Section):
    """How one canonical column is made."""

    column: str | None = None
    columns: tuple[str, ...] | None = Field(None, strict=False, min_length=1)
    join: str = ""
    value: str | int | float | bool | None = None
    type: Type | None = None
    format: tuple[str, ...] = Field((), strict=False)
    unit: str = ""
    map: dict[str, str] = {}
    thousands: Character | None = None
    decimal: Literal[".", ",", "٫"] = "."
    strip: str = Field("", max_length=32)
    separator: str = Field(";", min_length=1, max_length=8)

    @field_validator("value", mode="before")
    @classmethod
    def _dated(cls, value: Any) -> Any:
        return _text(value)

    @field_validator("format", mode="before")
    @classmethod
    def _formats(cls, value: Any) -> Any:
        formats = (value,) if isinstance(value, str) else value
        for text in formats if isinstance(formats, list | tuple) else ():
            if isinstance(text, str):
                _check_format(text)
        return formats

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnSection:
        given = [key for key in ("column", "columns", "value") if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(
                'needs exactly one of column = "…", columns = ["…", "…"] and value = …, '
                f"and has {' and '.join(given) or 'none'}"
            )
        if self.thousands is not None and self.thousands == self.decimal:
            raise ValueError(f"thousands and decimal are both {self.decimal!r}; a number cannot use one sign for both")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the source columns it is made from."""
        if self.column is not None:
            return (self.column,)
        return self.columns or ()


def _check_format(text: str) -> None:
    if text in SPECIAL_FORMATS:
        return
    directives = re.findall(r"%-?(.?)", text)
    if not directives:
        raise ValueError(
            f'{text!r} is no date format: write %Y (year), %m (month), %d (day), %H:%M:%S as in "%d/%m/%Y", '
            f"or {', '.join(SPECIAL_FORMATS)}"
        )
    for directive in directives:
        if directive not in _DIRECTIVES:
            raise ValueError(f"%{directive} in {text!r} is not known; use %Y %m %d %H %M %S %f %b %B %j %p %y %z")


def _column(value: Any) -> Any:
    if isinstance(value, str):
        return {"column": value}
    if not isinstance(value, Mapping):
        raise ValueError('write the name of a source column in quotes, or a table such as { column = "…", unit = "…" }')
    return value


class Feed(Section):
    """``[[TABLE]]``: one source that feeds a canonical table."""

    source: str = Field(alias="from")
    crs: Crs | None = None
    distinct: bool = False
    columns: Mapping[str, Annotated[ColumnSection, BeforeValidator(_column)]] = Field(min_length=1)


class IndicatorSection(Section):
    """``[indicators.NAME]``: what an indicator of the panel is called, and its unit in words."""

    title: BothTexts
    unit: BothTexts = Both()


class Body(Section):
    """A whole recipe."""

    cluster: ClusterSection
    files: dict[str, FileSection] = {}
    queries: dict[str, QuerySection] = {}
    indicators: dict[str, IndicatorSection] = {}
    actors: list[Feed] = []
    places: list[Feed] = []
    industries: list[Feed] = []
    flows: list[Feed] = []
    offers: list[Feed] = []
    needs: list[Feed] = []
    interactions: list[Feed] = []
    ties: list[Feed] = []
    panel: list[Feed] = []

    def feeds(self, table: str) -> tuple[Feed, ...]:
        """Give the blocks that feed a table, in order."""
        return tuple(getattr(self, table))
