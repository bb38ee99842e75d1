"""Starting the server: an address that is free, a word when the page answers, a clean end."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from jiqun.cluster import Words
from jiqun.serve.refusals import Refusal

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["DEFAULT_PORT", "address", "listen", "run", "workspaces"]

DEFAULT_PORT = 8321
_TRIED = 50


def listen(host: str, port: int | None) -> socket.socket:
    """Open the socket of the server: the port that was asked for, else the usual one or the next that is free.

    Raises
    ------
    Refusal
        If the port that was asked for is taken, or the host is not this machine.
    """
    wanted = [port] if port is not None else [*range(DEFAULT_PORT, DEFAULT_PORT + _TRIED), 0]
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in wanted:
        opened = socket.socket(family, socket.SOCK_STREAM)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((host, candidate))
        except OSError as error:
            opened.close()
            if port is not None or not _taken(error):
                raise Refusal(
                    Words(
                        f"Cannot listen on {host}:{candidate} ({error.strerror}). Choose another --port or --host.",
                        f"无法监听 {host}:{candidate}({error.strerror})。请换用其他 --port 或 --host。",
                    ),
                    status=422,
                ) from error
        else:
            opened.listen(128)
            return opened
    raise AssertionError("port 0 is always free")


def run(app: FastAPI, opened: socket.socket, *, ready: Callable[[str], None], root_path: str = "") -> None:
    """Serve until interrupted, and say the address once the first page answers.

    Parameters
    ----------
    app
        The application.
    opened
        Socket that listens.
    ready
        Called with the address when a page can be had.
    root_path
        Prefix under which a proxy shows the app.
    """
    import uvicorn

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # No proxy headers: nothing in front is known, and Host decides who may speak to us.
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        root_path=root_path,
        proxy_headers=False,
        server_header=False,
        http="h11",
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=3,
        h11_max_incomplete_event_size=64 * 1024,
        limit_concurrency=200,
    )
    server = uvicorn.Server(config)
    threading.Thread(target=_announce, args=(server, opened, ready), daemon=True).start()
    try:
        server.run(sockets=[opened])
    except KeyboardInterrupt:
        pass
    finally:
        opened.close()


def address(opened: socket.socket) -> str:
    """Give the address at which the socket can be reached from this machine."""
    host, port = opened.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104
        host = "127.0.0.1"
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _announce(server: object, opened: socket.socket, ready: Callable[[str], None]) -> None:
    while not getattr(server, "started", False):
        if getattr(server, "should_exit", False):
            return
        time.sleep(0.01)
    ready(address(opened))
    _warm()


def _warm() -> None:
    """Import what computes while the browser is still reading the page, so that its first question finds it there."""
    import_module("jiqun.report.cards")
    import_module("jiqun.report.profiles")


def _taken(error: OSError) -> bool:
    import errno

    return error.errno in {errno.EADDRINUSE, errno.EACCES}


def workspaces(folders: list[Path]) -> tuple[Path | None, list[Path]]:
    """Tell the folder of clusters that uploads go to from clusters and folders that are only shown.

    Raises
    ------
    Refusal
        If a folder does not exist.
    """
    home: Path | None = None
    rest: list[Path] = []
    for folder in folders:
        if not folder.is_dir():
            raise Refusal(
                Words(
                    f"There is no folder {folder}. Make a cluster first: jiqun ingest RECIPE --out {folder}",
                    f"没有文件夹 {folder}。请先生成集群：jiqun ingest RECIPE --out {folder}",
                ),
                status=404,
            )
        if home is None and not (folder / "manifest.json").is_file():
            home = folder
        else:
            rest.append(folder)
    return home, rest
