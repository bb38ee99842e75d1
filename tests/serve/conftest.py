"""A small cluster with known numbers, and servers on real sockets that show it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
import uvicorn

from jiqun.cluster import About, Words
from jiqun.engine import writing
from jiqun.serve import create_app
from jiqun.serve.run import listen

FORMULA = '=HYPERLINK("http://evil.example")'
FIRMS = 12
BUYERS = 30


def tables() -> dict[str, pl.DataFrame]:
    """Twelve firms of two industries in two places, thirty buyers, and orders over three months."""
    firms = pl.DataFrame(
        {
            "actor_id": [f"f{n}" for n in range(FIRMS)],
            "name": [FORMULA, "-2", "@home", "义乌甲, 乙"] + [f"Firm {n}" for n in range(4, FIRMS)],
            "kind": ["firm"] * FIRMS,
            "industry_id": ["C17", "C17", "C17", "I65"] * 3,
            "place_id": ["p1"] * 8 + ["p2"] * 4,
            "lon": [120.0 + n / 100 for n in range(FIRMS)],
            "lat": [29.0 + n / 100 for n in range(FIRMS)],
        }
    )
    buyers = pl.DataFrame({"actor_id": [f"b{n}" for n in range(BUYERS)], "kind": ["buyer"] * BUYERS})
    orders = [
        (datetime(2017, 1 + n % 3, 2 + n % 26, 9), f"b{n % BUYERS}", f"f{(n * 5 + n // 7) % FIRMS}", "order", 10.0 + n)
        for n in range(240)
    ]
    return {
        "actors": pl.concat([firms, buyers], how="diagonal"),
        "places": pl.DataFrame(
            {"place_id": ["p1", "p2"], "name": ["East", "West"], "lon": [120.0, 120.1], "lat": [29.0, 29.1]}
        ),
        "industries": pl.DataFrame({"industry_id": ["C17", "I65"], "name": ["Textiles", "Software"]}),
        "interactions": pl.DataFrame(orders, schema=["time", "source", "target", "kind", "amount"], orient="row"),
    }


def write_cluster(folder: Path, id_: str, frames: dict[str, pl.DataFrame] | None = None) -> Path:
    """Write a cluster folder as ingest would."""
    about = About(id=id_, title=Words(f"Cluster {id_}", f"集群 {id_}"), origin="generated", currency="CNY")
    with writing(folder) as writer:
        for name, frame in (frames or tables()).items():
            writer.part(name, f"{id_}-{name}".ljust(40, "0"), frame.write_parquet)
        writer.commit(about)
    return folder


@contextlib.contextmanager
def serving(home: Path | None, **settings: Any) -> Iterator[httpx.Client]:
    """Run a server on a free port and give a client of it."""
    app = create_app(home, **settings)
    opened = listen("127.0.0.1", 0)
    config = uvicorn.Config(app, log_level="critical", access_log=False, http="h11", ws="none", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.005)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{opened.getsockname()[1]}", timeout=60) as client:
            client.app = app  # type: ignore[attr-defined]
            yield client
    finally:
        server.should_exit = True
        thread.join(20)
        opened.close()


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that tests read from and never change."""
    home = tmp_path_factory.mktemp("shown")
    write_cluster(home / "tiny", "tiny")
    write_cluster(home / "places-only", "places-only", {"places": tables()["places"]})
    return home


@pytest.fixture(scope="session")
def client(shown: Path) -> Iterator[httpx.Client]:
    """A client of a server on the workspace that is only read."""
    with serving(shown) as made:
        yield made


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty workspace that a test may change."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def serve(home: Path) -> Iterator[Callable[..., httpx.Client]]:
    """Start servers, with the settings a test needs, on a workspace that it may change."""
    with contextlib.ExitStack() as stack:
        yield lambda **settings: stack.enter_context(serving(home, **settings))


@pytest.fixture(scope="session")
def cluster_writer() -> Callable[..., Path]:
    """Write the small cluster, or one of other tables, into a folder under an id."""
    return write_cluster
