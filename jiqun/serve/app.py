"""The HTTP server: translates between the library and the web, and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from jiqun.cluster import __version__
from jiqun.serve.assets import STATIC, serve_assets
from jiqun.serve.errors import answer_errors
from jiqun.serve.exports import Exports
from jiqun.serve.jobs import Jobs
from jiqun.serve.routes import (
    clusters,
    comparisons,
    evaluations,
    jobs,
    measures,
    network,
    platforms,
    server,
    spaces,
    tables,
)
from jiqun.serve.security import SameSite
from jiqun.serve.services import Limits, Services
from jiqun.serve.work import Work
from jiqun.serve.workspace import Workspace

__all__ = ["create_app"]

DESCRIPTION = """Clusters of industry in two spaces: what is in them, where, and who deals with whom.

Everything a page of Jiqun shows comes from here. Texts come in English and Chinese. Every error has one shape,
`{"error": {"message", "message_zh"?, "status"}}`. Answers depend on nothing but the data and the parameters and carry
an `ETag`; long ones that are not ready in time answer 504 and are there a little later."""

TAGS = [
    {"name": "server", "description": "Version, limits, outlines."},
    {"name": "clusters", "description": "What is shown of a cluster."},
    {"name": "tables", "description": "The canonical tables."},
    {"name": "measures", "description": "Indices and their results."},
    {"name": "spaces", "description": "Industries on the ground and in the network."},
    {"name": "network", "description": "Core actors, chain or network, mixing, complements, resilience."},
    {"name": "platform", "description": "Participants, interactions, activity; what drives the cluster."},
    {"name": "compare", "description": "Units and clusters side by side."},
    {"name": "evaluate", "description": "Places by an indicator system."},
    {"name": "jobs", "description": "Uploads on their way to a cluster."},
]


def create_app(
    workspace: Path | None,
    *,
    clusters_too: Sequence[Path] = (),
    uploads: bool = True,
    max_upload_bytes: int = 1 << 30,
    patience: float = 60.0,
    allowed_hosts: Collection[str] = (),
    root_path: str = "",
    static: Path = STATIC,
) -> FastAPI:
    """Make the web application of a workspace.

    Parameters
    ----------
    workspace
        Folder whose sub-folders are clusters. Uploads, jobs and the trash are kept in its ``.jiqun``. None for a
        server of single clusters.
    clusters_too
        Further clusters, or folders of clusters, to show; they are never written to.
    uploads
        Whether files may be uploaded and uploaded clusters removed.
    max_upload_bytes
        Largest upload, all files together.
    patience
        Seconds after which a request for an expensive answer is told to come back.
    allowed_hosts
        Host names to answer to besides ``localhost`` and addresses.
    root_path
        Prefix under which a proxy shows the app.
    static
        Folder of the built web client.

    Returns
    -------
    FastAPI
        An ASGI application.

    Examples
    --------
    >>> import tempfile
    >>> app = create_app(Path(tempfile.mkdtemp()))
    >>> "/api/clusters/{id}/profile" in app.openapi()["paths"]
    True
    """
    space = Workspace(workspace.resolve() if workspace else None, tuple(clusters_too))
    services = Services(
        workspace=space,
        work=Work(patience=patience),
        jobs=Jobs(space),
        exports=Exports(),
        limits=Limits(uploads=uploads and workspace is not None, upload_bytes=max_upload_bytes),
    )
    app = FastAPI(
        title="Jiqun 集群",
        version=__version__,
        description=DESCRIPTION,
        openapi_tags=TAGS,
        openapi_url="/api/openapi.json",
        # The interactive pages load scripts from another host, which nothing here does.
        docs_url=None,
        redoc_url=None,
        root_path=root_path,
        # The envelope of a form counts; what it carries is counted again as it arrives.
        max_body_size=max_upload_bytes + (1 << 20),
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=_lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services = services
    answer_errors(app)
    for part in (server, clusters, tables, measures, spaces, network, platforms, comparisons, evaluations, jobs):
        app.include_router(part.router)
    serve_assets(app, static)
    app.add_middleware(GZipMiddleware, minimum_size=1000, compresslevel=4)
    app.add_middleware(SameSite, hosts=allowed_hosts)
    return app


@contextlib.asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    services.jobs.load()
    services.workspace.sweep()
    try:
        yield
    finally:
        services.jobs.close()
        services.work.close()
        services.exports.close()
