"""Uploads and jobs: files in, a recipe drafted and perhaps edited, a cluster out."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from jiqun.cluster import Words
from jiqun.serve.examples import answers
from jiqun.serve.refusals import Refusal
from jiqun.serve.services import ServicesOf
from jiqun.serve.shapes import Job, RecipeText
from jiqun.serve.uploads import receive

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["jobs"])

JobId = Annotated[str, Path(alias="id", max_length=64, description="Id of a job.", examples=["5f3c2a9d81e07b46"])]
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["files"],
                    "properties": {
                        "files": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                            "description": "CSV, Parquet, XLSX, GeoJSON or GeoPackage; a file called recipe.toml "
                            "is taken as the recipe.",
                        }
                    },
                },
                "example": {"files": ["firms.csv"]},
            }
        },
    }
}


@router.post(
    "/uploads",
    response_model=Job,
    status_code=202,
    summary="Upload files",
    responses=answers("job", status=202),
    openapi_extra=BODY,
)
async def upload(
    request: Request,
    services: ServicesOf,
    run: Annotated[
        bool, Query(description="Run the drafted recipe at once instead of waiting for it to be looked at.")
    ] = False,
) -> Job:
    """Keep the files in a private folder and draft a recipe for them. The answer is a job.

    When its status is `draft`, the recipe can be read, edited and run.
    """
    _allowed(services)
    id_, folder = await asyncio.to_thread(services.jobs.reserve)
    try:
        files = await receive(
            request, folder, most_bytes=services.limits.upload_bytes, most_files=services.limits.files
        )
        return await asyncio.to_thread(services.jobs.draft, id_, files, run=run)
    except BaseException:
        services.jobs.discard(id_)
        raise


@router.get("/jobs", response_model=list[Job], summary="List the jobs", responses=answers("jobs"))
async def list_jobs(services: ServicesOf) -> list[Job]:
    """All jobs, newest first; those of before a restart too."""
    return services.jobs.all()


@router.get("/jobs/{id}", response_model=Job, summary="One job", responses=answers("job"))
async def one_job(id_: JobId, services: ServicesOf) -> Job:
    """How far a job is."""
    return services.jobs.job(id_)


@router.delete("/jobs/{id}", response_model=Job, summary="Cancel or forget a job", responses=answers("job"))
async def cancel(id_: JobId, services: ServicesOf) -> Job:
    """End a job that is not over, and remove its files: nothing half-written is left. Forget one that is over."""
    _allowed(services)
    return await asyncio.to_thread(services.jobs.cancel, id_)


@router.get("/jobs/{id}/recipe", response_model=RecipeText, summary="Recipe of a job", responses=answers("recipe"))
async def read_recipe(id_: JobId, services: ServicesOf) -> RecipeText:
    """The recipe as TOML: drafted, or as it was last saved."""
    return RecipeText(text=await asyncio.to_thread(services.jobs.recipe, id_))


@router.put(
    "/jobs/{id}/recipe",
    response_model=Job,
    summary="Save the recipe of a job",
    responses=answers("job"),
    max_body_size=1 << 20,
)
async def write_recipe(id_: JobId, recipe: RecipeText, services: ServicesOf) -> Job:
    """Replace the recipe. It may name uploaded files only: no other file, no database, no variable."""
    _allowed(services)
    await services.work.run(("parse", id_, recipe.text), lambda: _parse(services, id_, recipe.text))
    return await asyncio.to_thread(services.jobs.write_recipe, id_, recipe.text)


@router.post(
    "/jobs/{id}/run", response_model=Job, status_code=202, summary="Run a job", responses=answers("job", status=202)
)
async def run_job(id_: JobId, services: ServicesOf) -> Job:
    """Read the files by the recipe, check them, and compute the profile of the new cluster."""
    _allowed(services)
    return await asyncio.to_thread(services.jobs.run, id_)


def _parse(services: ServicesOf, id_: str, text: str) -> None:
    from jiqun.ingest import parse_recipe

    parse_recipe(text, folder=services.jobs.files(id_), confined=True)


def _allowed(services: ServicesOf) -> None:
    if not services.limits.uploads:
        raise Refusal(
            Words("This server is read-only: nothing can be uploaded here.", "此服务为只读，不能上传。"), status=403
        )
