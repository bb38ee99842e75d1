"""Who may speak to a server on someone's own machine: not a page of another site, under any name.

A page on the web can make the browser send requests to 127.0.0.1, and a name it controls can be
made to point there (DNS rebinding). So the Host header must be an address or a name of this server,
requests that change something must come from its own pages, and other sites may not start
computations either. There are no CORS headers: no other page can read an answer.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders

from jiqun.cluster import Words
from jiqun.serve.errors import body

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["HEADERS", "SameSite", "host_name", "is_own_host"]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}
"""No host but this one: the client asks for nothing from elsewhere, and this keeps it so. Inline styles are
there because the component library writes its styles at run time."""

_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_HOST = Words(
    "This server does not answer to that host name. Use the address that it printed, or start it with --allow-host.",
    "服务器不接受该主机名。请使用启动时显示的地址，或以 --allow-host 启动。",
)
_ORIGIN = Words(
    "Requests from pages of other sites are refused.",
    "拒绝来自其他网站页面的请求。",
)


class SameSite:
    """ASGI middleware that checks Host and Origin and adds the security headers to every answer."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self.app = app
        self.hosts = frozenset(host.lower() for host in hosts) | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._refusal(scope["method"], Headers(scope=scope))
        if refused is None:
            await self.app(scope, receive, guarded)
        else:
            answer = JSONResponse(body(403, refused.en, refused.zh), 403)
            await answer(scope, receive, guarded)

    def _refusal(self, method: str, headers: Headers) -> Words | None:
        host = headers.get("host", "")
        if not is_own_host(host_name(host), self.hosts):
            return _HOST
        site = headers.get("sec-fetch-site", "none")
        if site == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            return _ORIGIN
        if method not in _CHANGING:
            return None
        origin = headers.get("origin")
        if origin is None:
            return None if site in {"none", "same-origin"} else _ORIGIN
        own = urlsplit(origin).netloc.lower() == host.lower() or host_name(urlsplit(origin).netloc) in self.hosts - {
            "localhost"
        }
        return None if own else _ORIGIN


def host_name(host: str) -> str:
    """Give the name in a Host header, without its port.

    >>> host_name("[::1]:8000"), host_name("localhost:80"), host_name("10.0.0.7")
    ('::1', 'localhost', '10.0.0.7')
    """
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    return host.partition(":")[0].lower()


def is_own_host(name: str, hosts: Collection[str]) -> bool:
    """Whether a host name can be trusted: one of ours, or an address, which no name server can redirect.

    >>> is_own_host("127.0.0.1", ()), is_own_host("evil.example", ("localhost",))
    (True, False)
    """
    if name in hosts:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
