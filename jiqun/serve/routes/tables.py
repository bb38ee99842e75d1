"""The canonical tables: page by page as JSON, whole as CSV or Parquet."""

from __future__ import annotations

import tempfile
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

import narwhals as nw
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from jiqun.cluster import TABLES
from jiqun.engine import relation
from jiqun.report.shapes import Text
from jiqun.serve.errors import short
from jiqun.serve.examples import answers
from jiqun.serve.services import ClusterId, ServicesOf, file_headers
from jiqun.serve.shapes import TableColumn, TablePage
from jiqun.serve.tabular import plain_rows, write_table
from jiqun.serve.workspace import Entry

__all__ = ["page", "router"]

router = APIRouter(prefix="/api/clusters/{id}/tables", tags=["tables"])

KINDS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


@router.get(
    "/{table}",
    response_model=TablePage,
    summary="A canonical table",
    responses=answers("table", also=tuple(kind.partition(";")[0] for kind in KINDS.values())),
)
async def table(
    id_: ClusterId,
    table: Annotated[str, Path(max_length=100, description="Name of a canonical table.", examples=["actors"])],
    request: Request,
    services: ServicesOf,
    *,
    limit: Annotated[int, Query(ge=0, le=10_000, description="Rows of the page.", examples=[100])] = 100,
    offset: Annotated[int, Query(ge=0, le=2**62, description="Rows before the page.", examples=[0])] = 0,
    kind: Annotated[
        Literal["json", "csv", "parquet"],
        Query(alias="format", description="`csv` and `parquet` give the whole table as a file.", examples=["json"]),
    ] = "json",
    bom: Annotated[bool, Query(description="Start the CSV with a byte order mark, for Excel.")] = False,
) -> Response:
    """Rows in the order of the source, with the title, type and unit of every column.

    In CSV, a text cell that a spreadsheet would run as a formula starts with an apostrophe; outlines are
    hexadecimal WKB.
    """
    entry = await services.entry(id_)
    entry.cluster.require("tables", short(table, 80))
    if kind == "json":
        return await services.answer(
            request, entry, f"table {table}", lambda: page(entry, table, limit, offset), limit=limit, offset=offset
        )
    file = await services.work.run(
        ("file", entry.folder, entry.stamp, table, kind, bom, id(request)),
        lambda: _written(entry, table, kind, bom=bom),
    )
    return FileResponse(
        file,
        media_type=KINDS[kind],
        headers=file_headers(f"{entry.id}-{table}.{kind}"),
        background=BackgroundTask(file.unlink, missing_ok=True),
    )


def page(entry: Entry, table: str, limit: int, offset: int) -> TablePage:
    """Give some rows of a table of a cluster."""
    cluster, facts = entry.cluster, TABLES[table]
    names = cluster.columns(table)
    columns, omitted = [], []
    for name in names:
        known = facts.by_name.get(name)
        if known is not None and known.type == "geometry":
            omitted.append(name)
            continue
        title = Text(en=known.title, zh=known.title_zh) if known else Text(en=name, zh=name)
        columns.append(
            TableColumn(
                name=name,
                title=title,
                type=known.type if known else _type(cluster.scan(table).collect_schema()[name]),
                unit=known.unit if known else "",
                references=known.references if known else "",
            )
        )
    shown = cluster.scan(table).select(*(c.name for c in columns))
    some = relation(shown).limit(limit, offset).to_arrow_table()
    return TablePage(
        table=table,
        title=Text(en=facts.title, zh=facts.title_zh),
        total=cluster.rows(table),
        offset=offset,
        limit=limit,
        columns=columns,
        rows=plain_rows(some),
        omitted=omitted,
    )


def _type(dtype: nw.dtypes.DType) -> Any:
    if dtype.is_integer():
        return "integer"
    if dtype.is_numeric():
        return "number"
    kinds = {nw.Boolean: "boolean", nw.Date: "date", nw.Datetime: "time", nw.Binary: "geometry", nw.List: "strings"}
    return next((kind for base, kind in kinds.items() if isinstance(dtype, base)), "string")


def _written(entry: Entry, table: str, kind: str, *, bom: bool) -> FilePath:
    with tempfile.NamedTemporaryFile(prefix="jiqun-", suffix=f".{kind}", delete=False) as made:
        path = FilePath(made.name)
    try:
        write_table(entry.cluster.scan(table), path, kind=kind, bom=bom)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
