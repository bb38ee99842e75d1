"""What this server is, and the outlines it can draw under a map."""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from jiqun.cluster import SCHEMA_VERSION, UnknownName, __version__
from jiqun.report.shapes import Text
from jiqun.serve.examples import answers
from jiqun.serve.refusals import short
from jiqun.serve.services import ServicesOf, known
from jiqun.serve.shapes import BoundaryList, ServerInfo

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["server"])

GEOJSON = "application/geo+json"


@router.get("/version", response_model=ServerInfo, summary="Version and limits", responses=answers("version"))
async def version(services: ServicesOf) -> ServerInfo:
    """The version, what may be uploaded, and the folders of the workspace that cannot be opened."""
    await asyncio.to_thread(services.workspace.entries)
    return ServerInfo(
        version=__version__,
        schema_version=SCHEMA_VERSION,
        uploads=services.limits.uploads,
        max_upload_bytes=services.limits.upload_bytes,
        max_rows=services.limits.rows,
        problems=[Text(en=said, zh=said) for said in services.workspace.problems()],
    )


@router.get("/boundaries", response_model=BoundaryList, summary="List the outlines", responses=answers("boundaries"))
async def list_boundaries(services: ServicesOf) -> BoundaryList:
    """Names of the outlines that can be drawn; which there are depends on the packages installed."""
    return await services.work.run("boundaries", lambda: BoundaryList(names=list(_names())))


@router.get(
    "/boundaries/{name}",
    summary="Outlines",
    response_class=Response,
    responses=answers("boundary")
    | {200: {"content": {GEOJSON: {"example": {"type": "FeatureCollection", "features": []}}}}},
)
async def boundary(
    name: Annotated[str, Path(max_length=100, description="As in a map layer.", examples=["china-provinces"])],
    request: Request,
    services: ServicesOf,
) -> Response:
    """A GeoJSON FeatureCollection in WGS84; each feature has the id of its place."""
    names = await services.work.run("boundary names", _names)
    if name not in names:
        raise UnknownName("boundary", short(name, 80), names)
    tag = f'W/"{__version__}-{name}"'
    headers = {"ETag": tag, "Cache-Control": "max-age=86400"}
    if known(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(
        await services.work.run(("boundary", name), lambda: _geojson(name)), media_type=GEOJSON, headers=headers
    )


def _names() -> tuple[str, ...]:
    from jiqun.space import boundary_names

    return tuple(boundary_names())


@lru_cache(maxsize=8)
def _geojson(name: str) -> bytes:
    from jiqun.space import boundaries

    return json.dumps(boundaries(name), ensure_ascii=False, separators=(",", ":")).encode()
