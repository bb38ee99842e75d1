"""A browser on a real server: a generated cluster, a nearly empty one, and the example cities where they can be had."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import uvicorn

from jiqun.cluster import About, Words
from jiqun.engine import writing
from jiqun.ingest.generated.build import generate
from jiqun.serve import create_app
from jiqun.serve.assets import STATIC
from jiqun.serve.run import address, listen

pytest.importorskip("playwright.sync_api", reason="needs playwright (pip install playwright)")
from playwright.sync_api import Browser, Page, Request, expect, sync_playwright

# Headless machines have no graphics card; the software renderer draws the same, slowly.
ARGUMENTS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)


def _chromium() -> str | None:
    for name in (os.environ.get("JIQUN_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None


@dataclass(frozen=True, slots=True)
class Served:
    """The address of the server and its workspace."""

    address: str
    workspace: Path

    def ask(self, path: str) -> Any:
        """Give the answer of the API, to hold what is on screen against it."""
        with urllib.request.urlopen(f"{self.address}api/{path}") as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve a workspace with a generated cluster of both spaces and one with nothing but names."""
    if not (STATIC / "index.html").is_file():
        pytest.skip("needs the built web client (make web)")
    workspace = tmp_path_factory.mktemp("workspace")
    _write(
        workspace / "both",
        generate(actors=260, interactions=9000, places=8, communities=4, seed=4).tables,
        About(
            id="both", title=Words("Both spaces", "两个空间"), origin="generated", currency="CNY", as_of="2023-12-31"
        ),
    )
    _write(
        workspace / "names",
        {"actors": pl.DataFrame({"actor_id": ["a", "b"], "name": ["甲", "Beta"]})},
        About(id="names", title=Words("Only names", "只有名称"), origin="evaluation"),
    )
    opened = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        create_app(workspace), log_level="critical", access_log=False, http="h11", ws="none", lifespan="on"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.01)
    try:
        yield Served(address(opened), workspace)
    finally:
        server.should_exit = True
        thread.join(15)
        opened.close()


def _write(folder: Path, tables: Any, about: About) -> None:
    with writing(folder) as writer:
        for name, frame in tables.items():
            writer.part(name, f"{about.id}-{name}".ljust(40, "0"), frame.write_parquet)
        writer.commit(about)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the Chromium of this machine; skip, visibly, where there is none."""
    executable = _chromium()
    if executable is None:
        pytest.skip("needs Chromium (or JIQUN_CHROMIUM)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        yield started
        started.close()


@dataclass(slots=True)
class Tab:
    """A page that remembers what it should never see: console errors and requests to other machines."""

    page: Page
    served: Served
    errors: list[str]
    foreign: list[str]

    def open(self, route: str, *, lang: str = "en", theme: str = "light") -> Page:
        """Open a route of the client and wait until it has asked for everything."""
        self.page.goto(f"{self.served.address}?lang={lang}&theme={theme}#{route}")
        self.page.locator("#main").wait_for(timeout=PATIENCE_MS)
        self.page.locator(".state-loading").first.wait_for(state="detached", timeout=PATIENCE_MS)
        return self.page


def _new_tab(browser: Browser, served: Served, width: int, height: int) -> Tab:
    context = browser.new_context(viewport={"width": width, "height": height}, accept_downloads=True)
    made = Tab(context.new_page(), served, [], [])
    made.page.set_default_timeout(PATIENCE_MS)
    made.page.on("console", lambda message: made.errors.append(message.text) if message.type == "error" else None)
    made.page.on("pageerror", lambda error: made.errors.append(str(error)))
    made.page.on("request", lambda request: made.foreign.append(request.url) if _foreign(request, served) else None)
    return made


def _close(tab: Tab) -> None:
    tab.page.context.close()
    assert tab.errors == []
    assert tab.foreign == []


@pytest.fixture
def tab(browser: Browser, served: Served) -> Iterator[Callable[..., Tab]]:
    """Open tabs of a size; at the end no tab may have logged an error or asked another machine for anything."""
    opened: list[Tab] = []

    def make(width: int = 1440, height: int = 900) -> Tab:
        opened.append(_new_tab(browser, served, width, height))
        return opened[-1]

    yield make
    for each in opened:
        _close(each)


@pytest.fixture(scope="module")
def spaces(browser: Browser, served: Served) -> Iterator[Callable[..., Page]]:
    """Show the two-space map with some state; one tab for all tests, for drawing without a graphics card is slow."""
    shared = _new_tab(browser, served, 1240, 700)
    shared.open("/clusters/both/map")
    shared.page.locator("[data-testid=map][data-ready=true]").wait_for()

    def show(state: str = "") -> Page:
        if (playing := shared.page.get_by_role("button", name="Pause", exact=True)).count():
            playing.click()
        shared.page.evaluate("(route) => { location.hash = route; }", f"/clusters/both/map{state}")
        shared.page.get_by_test_id("graph").wait_for()
        # The state of the test before must be gone, and that of this one there.
        shared.page.get_by_test_id("selection").wait_for(state="visible" if "pick=" in state else "detached")
        shared.page.locator(".pane-busy").first.wait_for(state="detached")
        return shared.page

    yield show
    _close(shared)


def _foreign(request: Request, served: Served) -> bool:
    return not request.url.startswith((served.address, "data:", "blob:"))


@pytest.fixture(scope="session")
def axe() -> str:
    """Give the source of axe-core."""
    source = Path(__file__).resolve().parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
    if not source.is_file():
        pytest.skip("needs axe-core (npm ci in web/)")
    return source.read_text(encoding="utf-8")
