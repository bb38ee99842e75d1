"""DuckDB: bounded, private, off the network, and one cursor for each thread."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import duckdb
import pytest

from jiqun.cluster import JiqunError
from jiqun.engine.database import Database, _spill_folder, connect


def setting(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    rows = connection.execute("select value from duckdb_settings() where name = ?", [name]).fetchall()
    return str(rows[0][0])


def test_memory_and_threads_are_those_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = connect(memory_limit="300MB", threads=1)
    assert setting(asked, "threads") == "1"
    assert setting(asked, "memory_limit").startswith("286")  # MiB
    monkeypatch.setenv("JIQUN_MEMORY", "1GB")
    monkeypatch.setenv("JIQUN_THREADS", "2")
    by_environment = connect()
    assert setting(by_environment, "threads") == "2"
    assert setting(by_environment, "memory_limit").startswith("953")


def test_work_beyond_memory_spills_and_still_gives_the_answer(tmp_path: Path) -> None:
    bounded = connect(memory_limit="200MB", threads=1, spill=tmp_path / "spill")
    seen = threading.Event()
    stop = threading.Event()

    def watch() -> None:
        while not stop.wait(0.01):
            if (tmp_path / "spill").is_dir() and any((tmp_path / "spill").iterdir()):
                seen.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        answer = bounded.execute(
            "select count(*), max(n) from (select i, row_number() over (order by hash(i)) n from range(8000000) t(i))"
        ).fetchall()
    finally:
        stop.set()
        watcher.join()
    assert answer == [(8_000_000, 8_000_000)]
    assert seen.is_set()
    bounded.close()
    assert not any((tmp_path / "spill").glob("*.tmp")) if (tmp_path / "spill").exists() else True


def test_the_limit_holds_where_nothing_may_spill(tmp_path: Path) -> None:
    bounded = connect(memory_limit="50MB", threads=1, spill=tmp_path)
    bounded.execute("set max_temp_directory_size = '1MB'")
    with pytest.raises(duckdb.OutOfMemoryException):
        bounded.execute("select max(n) from (select row_number() over (order by hash(i)) n from range(8000000) t(i))")


def test_nothing_is_installed_or_loaded_from_the_network() -> None:
    connection = connect()
    assert setting(connection, "autoinstall_known_extensions") == "false"
    assert setting(connection, "autoload_known_extensions") == "false"
    with pytest.raises(duckdb.Error):
        connection.execute("select * from read_csv('https://example.invalid/a.csv')")


@pytest.mark.parametrize(
    ("name", "value"), [("JIQUN_MEMORY", "lots"), ("JIQUN_THREADS", "many"), ("JIQUN_THREADS", "-1")]
)
def test_a_limit_that_cannot_be_read_says_how_to_write_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(JiqunError, match=name):
        connect()


def test_what_spills_can_be_read_by_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = _spill_folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert _spill_folder() == folder  # the same one every time, so that nothing piles up


@pytest.mark.parametrize("trap", ["link", "open", "file"])
def test_a_spill_folder_that_someone_else_prepared_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trap: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    name = tmp_path / f"jiqun-spill-{os.getuid()}"
    if trap == "link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        name.symlink_to(tmp_path / "elsewhere")
    elif trap == "open":
        name.mkdir()
        name.chmod(0o777)
    else:
        name.write_text("")
    folder = _spill_folder()
    assert folder != name
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_threads_have_cursors_of_their_own_and_do_not_disturb_each_other() -> None:
    shared = Database(connect(threads=2))
    cursors: dict[int, duckdb.DuckDBPyConnection] = {}
    answers: dict[int, int] = {}

    def work(number: int) -> None:
        cursor = shared.cursor()
        assert shared.cursor() is cursor
        cursors[number] = cursor  # held, so that none is given out twice
        total = 0
        for _ in range(20):
            total += int(cursor.execute("select sum(i) from range(?) t(i)", [number * 1000 + 1]).fetchall()[0][0])
        answers[number] = total

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(cursor) for cursor in cursors.values()}) == 8
    assert answers == {n: 20 * (n * 1000) * (n * 1000 + 1) // 2 for n in range(1, 9)}


def test_two_connections_never_spill_into_the_same_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one, two = connect(), connect()
    where = [c.execute("select current_setting('temp_directory')").fetchall()[0][0] for c in (one, two)]
    assert where[0] != where[1]


def test_what_a_killed_process_left_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = _spill_folder() / f"{ended.pid}-0"
    mine = _spill_folder() / f"{os.getpid()}-999999"
    for folder in (left, mine):
        folder.mkdir()
        (folder / "duckdb_temp_storage-0.tmp").write_text("data")
    connect()
    assert not left.exists()
    assert mine.exists()
