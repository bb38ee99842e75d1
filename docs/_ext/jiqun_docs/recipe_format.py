"""The keys of a recipe, from the model that reads it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from jiqun.ingest import recipe_sections as sections
from jiqun.ingest.shipped import shipped_recipes
from jiqun_docs.indices import kind
from jiqun_docs.pages import Pages, code, table, text

__all__ = ["write"]

PARTS: tuple[tuple[str, type[BaseModel]], ...] = (
    ("[cluster]", sections.ClusterSection),
    ("[files.NAME]", sections.FileSection),
    ("[queries.NAME]", sections.QuerySection),
    ("[[TABLE]]", sections.Feed),
    ("[TABLE.columns] entry", sections.ColumnSection),
)

MEANING = {
    "id": "name of the cluster, in lower case with hyphens; also the default folder",
    "title": "shown everywhere",
    "summary": "one or two sentences under the title",
    "origin": "generated data carries a badge on every screen; evaluation says it must not be shown further",
    "currency": "ISO code of every amount",
    "as_of": "last day the data speak for",
    "licence": "licence of the data",
    "attribution": "whom to name where figures are shown",
    "notes": "what a reader must know before using a figure; each a text in one or both languages",
    "crs": "coordinate system of every lon and lat that follows; converted to WGS84",
    "codes": "code systems of columns, such as industry or place; `jiqun check` tests the codes",
    "path": "file beside the recipe; `*` matches several of the same layout",
    "format": "csv, tsv, parquet, xlsx, geojson or gpkg; from the ending where not given",
    "encoding": "of text files, such as gb18030; UTF-8 with or without BOM where not given",
    "delimiter": "of text files; found by looking where not given",
    "quote": "quote character of text files",
    "header_row": "row that holds the headings, from 1; 0 where there are none",
    "sheet": "sheet of a workbook; the first where not given",
    "layer": "layer of a GeoPackage",
    "package": "installed Python package that holds the file, instead of the recipe's folder",
    "nulls": "values that mean “nothing”",
    "database": "address of a PostgreSQL or MySQL database; ${NAME} comes from the environment",
    "query": "the SELECT that the database answers",
    "sql": "a SELECT over the named files, run shut off from everything else",
    "from": "the file or query the rows come from",
    "distinct": "keep the first row of each key and report how many were dropped",
    "columns": "which column of the table is filled by what; or the source columns that are joined",
    "column": "the source column",
    "join": "what stands between joined columns",
    "value": "the same for all rows, instead of a column",
    "type": "type of a column of your own; canonical columns have theirs",
    "unit": "unit of the source, converted: thousand, 万, million, 亿, percent, m², hectare, 亩, m, mile …",
    "map": "source value = canonical value; others stay as they are",
    "thousands": "separator of thousands in the source",
    "decimal": "decimal sign of the source",
    "strip": "characters removed at both ends, such as a currency sign",
    "separator": "what stands between the values of a list",
}
COLUMN_FORMAT = "how dates are written, such as %d/%m/%Y; several are tried in turn"


def write(pages: Pages) -> None:
    """Write the page."""
    lines = [
        "# Recipe format 配方格式",
        "",
        "A recipe is a TOML file: where the files are, and which of their columns fills which column of the",
        "[canonical tables](tables.md). It is declarative: it names files and columns, and runs nothing",
        "but read-only queries over those files. An unknown key is an error that names the closest known one.",
        "`jiqun recipe FILES` drafts one.",
        "",
    ]
    for heading, model in PARTS:
        lines += [f"## `{heading}`", "", *_about(model), *table(["Key", "Values", "Default", "Meaning"], _rows(model))]
    lines += ["## A complete recipe", "", *_example()]
    pages.write("recipe-format", lines)


def _about(model: type[BaseModel]) -> list[str]:
    said = inspect.getdoc(model) or ""
    return [text(said.split("\n\n", 1)[0].replace("``", "")), ""]


def _rows(model: type[BaseModel]) -> Iterator[list[str]]:
    schema = model.model_json_schema()
    required = set(schema.get("required", ()))
    for name, facts in schema.get("properties", {}).items():
        default: Any = facts.get("default", "")
        shown = "**required**" if name in required else code(default if isinstance(default, (str, int)) else "")
        # A key without a meaning stops the build: the page is never silently behind the reader.
        meaning = COLUMN_FORMAT if (model, name) == (sections.ColumnSection, "format") else MEANING[name]
        yield [code(name), text(_values(facts, schema)), shown, text(meaning)]


def _values(facts: dict[str, Any], schema: dict[str, Any]) -> str:
    if str(facts.get("$ref", "")).endswith("/Both"):
        return "text, or { en = …, zh = … }"
    return kind(facts, schema).removesuffix(" or nothing")


def _example() -> list[str]:
    path = shipped_recipes()["firms_transactions"]
    return [
        "The shipped recipe for a plain spreadsheet of firms and transactions:",
        "",
        "```toml",
        path.read_text(encoding="utf-8").rstrip(),
        "```",
    ]
