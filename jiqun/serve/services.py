"""What every endpoint may use: the workspace, the threads that compute, the jobs, the limits."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Path, Request, Response
from pydantic import BaseModel

from jiqun.cluster import code_version
from jiqun.serve.results import Results
from jiqun.serve.workspace import Entry, Workspace

if TYPE_CHECKING:
    from jiqun.serve.exports import Exports
    from jiqun.serve.jobs import Jobs
    from jiqun.serve.work import Work

__all__ = ["ClusterId", "Limits", "Services", "ServicesOf", "file_headers", "known", "tag_of"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may ask for."""

    uploads: bool = True
    upload_bytes: int = 1 << 30
    files: int = 50
    rows: int = 10_000
    result_rows: int = 100_000


@dataclass(frozen=True, slots=True)
class Services:
    """Shared by all requests of one app."""

    workspace: Workspace
    work: Work
    jobs: Jobs
    limits: Limits
    exports: Exports
    results: Results = field(default_factory=Results)

    async def entry(self, id_: str) -> Entry:
        """Give a cluster by id, off the event loop because it looks at the disk."""
        return await asyncio.to_thread(self.workspace.entry, id_)

    async def answer(
        self, request: Request, entry: Entry, what: str, compute: Callable[[], BaseModel | str], **parameters: Any
    ) -> Response:
        """Answer with JSON that depends on nothing but the data, the version and the parameters.

        The tag is known before anything is computed, so a browser that has the answer costs nothing.
        """
        tag = tag_of(entry, what, parameters)
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if known(request, tag):
            return Response(status_code=304, headers=headers)

        def text() -> str:
            made = compute()
            return made if isinstance(made, str) else made.model_dump_json()

        return Response(
            await self.work.run(tag, text, gone=request.is_disconnected), media_type="application/json", headers=headers
        )


def known(request: Request, tag: str) -> bool:
    """Whether the caller has the answer of this tag (RFC 9110, weak comparison)."""
    held = {part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "").split(",")}
    return tag.removeprefix("W/") in held


def tag_of(entry: Entry, what: str, parameters: dict[str, Any]) -> str:
    """Name an answer: same name, same bytes."""
    cluster = (entry.id, entry.folder, entry.stamp, entry.removable)
    said = repr((cluster, code_version(), what, sorted(parameters.items())))
    return f'W/"{hashlib.sha256(said.encode()).hexdigest()[:24]}"'


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesOf = Annotated[Services, Depends(_services)]
ClusterId = Annotated[
    str, Path(alias="id", description="Id of a cluster, as in the list of clusters.", examples=["example"])
]


def file_headers(name: str) -> dict[str, str]:
    """Make the headers by which a browser saves an answer under a name, in any script (RFC 6266)."""
    clean = "".join(c if c.isalnum() or c in "-_." else "_" for c in name)[:150]
    plain = "".join(c if c.isascii() else "_" for c in clean)
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean)}"}
