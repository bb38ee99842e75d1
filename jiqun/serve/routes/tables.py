"""The canonical tables: page by page as JSON, whole as CSV or Parquet."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse

from jiqun.serve.examples import answers
from jiqun.serve.paging import page
from jiqun.serve.refusals import short
from jiqun.serve.services import ClusterId, ServicesOf, file_headers, known, tag_of
from jiqun.serve.shapes import TablePage
from jiqun.serve.tabular import write_table

__all__ = ["router"]

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
            request,
            entry,
            f"table {table}",
            lambda: page(entry.cluster, table, limit=limit, offset=offset),
            limit=limit,
            offset=offset,
        )
    tag = tag_of(entry, f"file {table}", {"kind": kind, "bom": bom})
    headers = file_headers(f"{entry.id}-{table}.{kind}") | {"ETag": tag, "Cache-Control": "no-cache"}
    if known(request, tag):
        return Response(status_code=304, headers=headers)

    def write(path: FilePath) -> None:
        # Scanned here, in the thread that computes: a cursor belongs to one thread.
        write_table(entry.cluster.scan(table), path, kind=kind, bom=bom)

    file = await services.work.run(tag, lambda: services.exports.file(tag, kind, write))
    return FileResponse(file, media_type=KINDS[kind], headers=headers)
