"""A database is asked once, read-only, and its secrets stay where they are."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import jiqun
from jiqun import JiqunError
from jiqun.ingest import Ingested
from jiqun.ingest.database import filled, public_address

Take = Callable[..., Ingested]
ACTORS = '[[actors]]\nfrom = "f"\n[actors.columns]\nactor_id = "id"\n'


def actors(folder: Path) -> list[tuple[Any, ...]]:
    return jiqun.open(folder / "out").polars("actors").rows()


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """Start a real PostgreSQL with one small table; give its address."""
    if shutil.which("initdb") is None or shutil.which("postgres") is None:
        pytest.skip("needs PostgreSQL (initdb, postgres)")
    pytest.importorskip("connectorx")
    folder = Path("/tmp") / f"jiqun-test-{os.getpid()}"
    folder.mkdir()
    folder.chmod(0o777)
    options: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    if os.geteuid() == 0:
        options["user"] = "postgres"  # it refuses to run as root
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "password").write_text("s3cr3t")
    make = ["initdb", "-D", "data", "-U", "ann", "--pwfile", "password", "-A", "md5", "-E", "UTF8", "--no-sync"]
    subprocess.run(make, check=True, **options)
    server = subprocess.Popen(
        ["postgres", "-D", "data", "-p", str(port), "-k", str(folder), "-h", "127.0.0.1", "-c", "fsync=off"], **options
    )
    setup = """create table firms (id text, n numeric, since date, seen timestamptz, web boolean);
        insert into firms values ('a', 1.5, '2001-02-03', '2020-01-01 08:00+08', true), ('中', null, null, null, false);
        create sequence counter;"""
    command = ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "ann", "-d", "postgres", "-c", setup]
    for _ in range(100):
        done = subprocess.run(
            command, env={**os.environ, "PGPASSWORD": "s3cr3t"}, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            break
        time.sleep(0.1)
    yield f"postgresql://ann:${{DB_PASSWORD}}@127.0.0.1:{port}/postgres"
    server.terminate()
    server.wait(20)
    shutil.rmtree(folder, ignore_errors=True)


def section(address: str, query: str = "select * from firms order by id") -> str:
    return f'[files.f]\ndatabase = "{address}"\nquery = "{query}"\n'


@pytest.fixture(autouse=True)
def _password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "s3cr3t")


def test_a_query_to_postgresql_feeds_a_table(tmp_path: Path, take: Take, postgres: str) -> None:
    recipe = section(postgres) + ACTORS + 'size = "n"\nfounded = "since"\ndigital_native = "web"\nseen = "seen"\n'
    done = take(recipe)
    assert actors(tmp_path) == [
        ("a", 1.5, date(2001, 2, 3), True, datetime(2020, 1, 1)),
        ("中", None, None, False, None),
    ]
    assert "s3cr3t" not in (tmp_path / "out" / "manifest.json").read_text()
    assert "@" not in done.manifest.sources[0].path
    assert (len(take(recipe).made), len(take(recipe).reused)) == (0, 1)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select nextval('counter') as id", "read-only transaction"),
        ("with x as (delete from firms returning id) select id from x", "refuses"),
        ("select id from nowhere", 'relation "nowhere" does not exist'),
        ("select id from firms where false", "gives 0 rows"),
    ],
)
def test_a_query_that_writes_or_fails_is_refused(
    tmp_path: Path, take: Take, postgres: str, query: str, said: str
) -> None:
    with pytest.raises(JiqunError, match=said):
        take(section(postgres, query) + ACTORS)
    assert not (tmp_path / "out").exists()
    take(section(postgres) + ACTORS)
    assert len(actors(tmp_path)) == 2


def test_a_server_that_is_not_there_is_said_at_once(take: Take) -> None:
    began = time.monotonic()
    with pytest.raises(JiqunError, match="cannot be reached on port 1"):
        take(section("postgresql://ann:${DB_PASSWORD}@127.0.0.1:1/x") + ACTORS)
    assert time.monotonic() - began < 5


@pytest.fixture
def door() -> Iterator[str]:
    """Give the address of a port at which someone listens, for a driver that is only played."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"postgresql://ann:${{DB_PASSWORD}}@127.0.0.1:{listening.getsockname()[1]}/sales"


class Driver:
    """Stands for the driver: gives what it is told, and notes how it was asked."""

    def __init__(self, answer: pa.Table | BaseException) -> None:
        self.answer = answer
        self.asked: dict[str, Any] = {}

    def read_sql(self, address: str, query: str, **options: Any) -> Iterator[pa.RecordBatch]:
        self.asked = {"address": address, "query": query, **options}
        if isinstance(self.answer, BaseException):
            raise self.answer
        return iter(self.answer.to_batches(max_chunksize=2))


def test_the_driver_is_asked_for_a_read_only_stream_each_time(
    tmp_path: Path, take: Take, monkeypatch: pytest.MonkeyPatch, door: str
) -> None:
    driver = Driver(pa.table({"id": ["a", "b", "c"], "n": [1, 2, 3]}))
    monkeypatch.setitem(sys.modules, "connectorx", driver)
    recipe = section(door.replace("postgresql:", "mysql:")) + ACTORS + 'size = "n"\n'
    take(recipe)
    assert driver.asked["address"].startswith("mysql://ann:s3cr3t@127.0.0.1")
    assert driver.asked["pre_execution_query"] == "SET SESSION TRANSACTION READ ONLY"
    assert driver.asked["return_type"] == "arrow_stream"
    assert actors(tmp_path) == [("a", 1.0), ("b", 2.0), ("c", 3.0)]
    driver.answer = pa.table({"id": ["a"], "n": [9]})
    assert len(take(recipe).made) == 1
    assert actors(tmp_path) == [("a", 9.0)]


def test_no_message_shows_a_password(take: Take, monkeypatch: pytest.MonkeyPatch, door: str) -> None:
    complaint = RuntimeError("cannot connect to postgresql://ann:s3cr3t@db.invalid:5432/sales as ann:s3cr3t")
    monkeypatch.setitem(sys.modules, "connectorx", Driver(complaint))
    with pytest.raises(JiqunError, match=r"postgresql://127\.0\.0\.1:\d+/sales refuses") as caught:
        take(section(door) + ACTORS)
    error: BaseException | None = caught.value
    while error is not None:
        assert "s3cr3t" not in str(error)
        error = error.__cause__


@pytest.mark.parametrize(
    ("address", "query", "said"),
    [
        ("postgresql://ann:${NO_SUCH_THING}@h/d", "select 1", "the environment variable NO_SUCH_THING is not set"),
        ("oracle://h/d", "select 1", "expected postgresql://… or mysql://"),
        ("mysql://h/d", "delete from firms", "query must be a SELECT"),
    ],
)
def test_a_section_that_cannot_work_is_refused(tmp_path: Path, take: Take, address: str, query: str, said: str) -> None:
    with pytest.raises(JiqunError, match=said):
        take(section(address, query) + ACTORS)
    assert not (tmp_path / "out").exists()


def test_variables_are_put_in_only_where_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_B", "x$y")
    assert filled("here", "p://${A_B}@$A_B") == "p://x$y@$A_B"
    assert public_address("mysql://u:p%40w@h/db?x=1") == "mysql://h/db"
