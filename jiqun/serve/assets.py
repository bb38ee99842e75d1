"""The web client: built files with hashed names, one page for every address, a plain page where it is not built."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["STATIC", "serve_assets"]

STATIC = Path(__file__).parent / "static"
PLAIN = Path(__file__).parent / "plain.html"
HASHED = "assets/"
"""The build puts what has a hash in its name here; such a file never changes."""
FOREVER = "public, max-age=31536000, immutable"
_PACKED = {".js", ".mjs", ".css", ".html", ".svg", ".json", ".geojson", ".webmanifest", ".txt", ".map", ".wasm"}
_SMALL = 1_000
_KINDS = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".woff2": "font/woff2"}


def serve_assets(app: FastAPI, folder: Path = STATIC) -> None:
    """Answer every address outside ``/api`` from the built client."""

    @app.get("/{path:path}", include_in_schema=False)
    def asset(path: str, request: Request) -> Response:
        if path == "api" or path.startswith("api/"):
            raise HTTPException(404)
        file = _find(folder, path)
        if file is not None:
            return _send(file, request, FOREVER if path.startswith(HASHED) else "no-cache")
        if path.startswith(HASHED) or "." in path.rpartition("/")[2]:
            # A file that is missing is missing: a page in its place would be read as a broken script.
            raise HTTPException(404)
        if path:
            # The client keeps its own addresses behind the #; whoever types one without it is sent there.
            root = request.scope.get("root_path", "")
            return RedirectResponse(f"{root}/#/{quote(path)}", 307)
        index = folder / "index.html"
        if index.is_file():
            return _send(index, request, "no-cache")
        return HTMLResponse(PLAIN.read_text(encoding="utf-8"), headers={"Cache-Control": "no-cache"})


def _find(folder: Path, path: str) -> Path | None:
    if not path or "\0" in path:
        return None
    try:
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
    except OSError:  # a name too long for the system
        return None


def _send(file: Path, request: Request, cache: str) -> Response:
    stat = file.stat()
    kind = _KINDS.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    headers = {"Cache-Control": cache, "ETag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"', "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    accepts = "gzip" in request.headers.get("accept-encoding", "")
    if accepts and file.suffix in _PACKED and stat.st_size > _SMALL:
        packed = _packed(file, stat.st_mtime_ns)
        return Response(packed, media_type=kind, headers=headers | {"Content-Encoding": "gzip"})
    return FileResponse(file, media_type=kind, headers=headers)


@lru_cache(maxsize=256)
def _packed(file: Path, changed: int) -> bytes:  # noqa: ARG001
    return gzip.compress(file.read_bytes(), 6, mtime=0)
