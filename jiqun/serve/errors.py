"""One shape for every error, in both languages, without a trace of the inside."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from jiqun.cluster import JiqunError, Words
from jiqun.serve.refusals import short

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

__all__ = ["answer_errors", "body"]

LOG = logging.getLogger("jiqun.serve")
_KNOWN = {
    404: Words("There is nothing at this address.", "此地址没有内容。"),
    405: Words("This address does not accept that method.", "此地址不支持该请求方法。"),
    500: Words(
        "Something went wrong inside Jiqun. The log of the server says more.",
        "Jiqun 内部出错，详情见服务器日志。",
    ),
}


def body(status: int, message: str, message_zh: str | None = None) -> dict[str, Any]:
    """Make the JSON of an error."""
    error: dict[str, Any] = {"message": short(message), "status": status}
    if message_zh:
        error["message_zh"] = short(message_zh)
    return {"error": error}


def answer_errors(app: FastAPI) -> None:
    """Teach the app to answer every failure in the one shape."""

    @app.exception_handler(JiqunError)
    async def spoken(request: Request, error: JiqunError) -> JSONResponse:  # noqa: ARG001
        words = getattr(error, "words", None)
        return JSONResponse(body(error.status, str(error), words.zh if words else None), error.status)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:  # noqa: ARG001
        said = "; ".join(_say(e) for e in error.errors()[:5])
        return JSONResponse(body(422, f"The request is not valid: {said}.", f"请求无效：{said}。"), 422)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:  # noqa: ARG001
        status = error.status_code
        words = _KNOWN.get(status) or Words(str(error.detail), HTTPStatus(status).phrase)
        return JSONResponse(body(status, words.en, words.zh), status, headers=error.headers)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        LOG.error("%s %s failed", request.method, short(request.url.path, 200), exc_info=error)
        return JSONResponse(body(500, _KNOWN[500].en, _KNOWN[500].zh), 500)


def _say(error: dict[str, Any]) -> str:
    where = " ".join(str(part) for part in error.get("loc", ()))
    return short(f"{where}: {error.get('msg', '')}", 300)
