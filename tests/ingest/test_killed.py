"""Killed at any moment, an ingest leaves the old cluster or the new one, whole, and the next run cleans up."""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import jiqun
from jiqun import JiqunError
from jiqun.engine import read_manifest, writing
from jiqun.ingest import ingest, load_recipe

KILLS = 20
ROWS = 40_000
RUN = "import sys; from jiqun.ingest import ingest, load_recipe; ingest(load_recipe(sys.argv[1]), sys.argv[2])"
FORK = """
import os, sys
from jiqun.ingest import ingest, load_recipe
import jiqun.engine, pyarrow.parquet
for line in sys.stdin:
    recipe, out = line.rstrip().split("|")
    child = os.fork()
    if child == 0:
        try:
            ingest(load_recipe(recipe), out)
        except BaseException as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
RECIPE = """
[cluster]
id = "killed"
[files.firms]
path = "firms.csv"
[files.orders]
path = "orders-*.csv"
[queries.sellers]
sql = "select seller, version from orders"
[[actors]]
from = "firms"
[actors.columns]
actor_id = "id"
status = "version"
[[actors]]
from = "sellers"
distinct = true
[actors.columns]
actor_id = "seller"
status = "version"
[[interactions]]
from = "orders"
[interactions.columns]
source = "buyer"
target = "seller"
amount = "amount"
channel = "version"
[[industries]]
from = "firms"
distinct = true
[industries.columns]
industry_id = "industry"
scheme = "version"
"""


def write_sources(folder: Path, version: str) -> None:
    """Write sources in which every row carries the version, so that a mixture shows."""
    folder.mkdir(exist_ok=True)
    (folder / "recipe.toml").write_text(RECIPE)
    n = range(ROWS)
    pl.DataFrame({"id": [f"f{k}" for k in n], "industry": [f"i{k % 50}" for k in n], "version": version}).write_csv(
        folder / "firms.csv"
    )
    for part in range(2):
        orders = {
            "buyer": [f"f{(k * 7) % ROWS}" for k in n],
            "seller": [f"s{k % 900}" for k in n],
            "amount": ["?" if k % 9999 == 5 else str(k / 4) for k in n],
            "version": version,
        }
        pl.DataFrame(orders).write_csv(folder / f"orders-{part}.csv")


def version_of(out: Path) -> str:
    """Give the one version that every row of every table carries."""
    c = jiqun.open(out)
    seen = set(c.polars("actors")["status"]) | set(c.polars("interactions")["channel"])
    seen |= set(c.polars("industries")["scheme"])
    assert len(seen) == 1, f"a mixture of {seen}"
    assert (c.rows("actors"), c.rows("interactions")) == (ROWS + 900, 2 * ROWS)
    assert c.polars("interactions").height == 2 * ROWS
    (version,) = seen
    return str(version)


class Runner:
    """Runs ingests in processes of their own, forked from one that has done the imports, so that kills hit the work."""

    def __init__(self) -> None:
        self.parent = subprocess.Popen(
            [sys.executable, "-c", FORK],
            env={**os.environ, "JIQUN_THREADS": "2"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, folder: Path, out: Path, *, kill_after: float | None = None) -> tuple[int, float]:
        """Run an ingest, killed without warning if it takes longer; give its exit status and duration."""
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        self.parent.stdin.write(f"{folder / 'recipe.toml'}|{out}\n")
        self.parent.stdin.flush()
        child = int(self.parent.stdout.readline())
        began = time.monotonic()
        if kill_after is not None and not select.select([self.parent.stdout], [], [], kill_after)[0]:
            os.kill(child, signal.SIGKILL)
        status = int(self.parent.stdout.readline())
        return status, time.monotonic() - began


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    made = Runner()
    yield made
    assert made.parent.stdin is not None
    made.parent.stdin.close()
    made.parent.wait(10)
    assert made.parent.stdout is not None
    made.parent.stdout.close()


def leftovers(out: Path) -> set[str]:
    """Give what lies in the folder beside what belongs there."""
    return {p.name for p in out.iterdir()} - {"data", "manifest.json", ".lock"}


def named_parts(out: Path) -> set[str]:
    """Give the names of the files that make up the tables."""
    return {Path(part.file).name for parts in read_manifest(out).tables.values() for part in parts}


def test_killed_at_twenty_moments_the_old_cluster_is_whole(tmp_path: Path, runner: Runner) -> None:
    old, new, out = tmp_path / "old", tmp_path / "new", tmp_path / "out"
    write_sources(old, "old")
    write_sources(new, "new")
    ingest(load_recipe(old), out)
    status, duration = runner.run(new, tmp_path / "measured")
    assert status == 0
    killed = 0
    for moment in random.Random(2).sample(range(1000), KILLS):
        status, _ = runner.run(new, out, kill_after=duration * moment / 1000)
        assert status in (0, -signal.SIGKILL)
        killed += status == -signal.SIGKILL
        version = version_of(out)
        assert version == "new" if status == 0 else version in ("old", "new")
        if version == "new":  # it came through before it was killed: begin again
            ingest(load_recipe(old), out)
            assert version_of(out) == "old"
    assert killed >= KILLS // 2
    assert runner.run(new, out)[0] == 0
    assert version_of(out) == "new"
    assert leftovers(out) == set()
    named = named_parts(out)
    assert runner.run(new, out)[0] == 0  # nothing has changed, and what interrupted runs left is gone
    ingest(load_recipe(old), out)
    assert {p.name for p in (out / "data").iterdir() if p.suffix == ".parquet"} == named | named_parts(out)


def test_killed_in_the_first_ingest_there_is_no_cluster_and_the_next_run_makes_it(
    tmp_path: Path, runner: Runner
) -> None:
    folder, out = tmp_path / "new", tmp_path / "out"
    write_sources(folder, "new")
    status, duration = runner.run(folder, tmp_path / "measured")
    assert status == 0
    interrupted = 0
    for share in (0.1, 0.3, 0.5, 0.7, 0.9):
        runner.run(folder, out, kill_after=duration * share)
        if (out / "manifest.json").exists():
            break
        interrupted += 1
        with pytest.raises(JiqunError, match="is not a cluster"):
            jiqun.open(out)
    assert interrupted >= 2
    assert runner.run(folder, out)[0] == 0
    assert version_of(out) == "new"
    assert {p.name for p in (out / "data").iterdir() if p.suffix == ".parquet"} == named_parts(out)
    assert leftovers(out) == set()


def test_of_two_at_the_same_time_one_is_told_to_wait(tmp_path: Path) -> None:
    write_sources(tmp_path / "new", "new")
    with writing(tmp_path / "out"), pytest.raises(JiqunError, match="is being written by another process"):
        ingest(load_recipe(tmp_path / "new"), tmp_path / "out")


def test_two_processes_at_the_same_time_leave_one_whole_cluster(tmp_path: Path) -> None:
    folder, out = tmp_path / "new", tmp_path / "out"
    write_sources(folder, "new")
    command = [sys.executable, "-c", RUN, str(folder / "recipe.toml"), str(out)]
    both = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    complaints = [process.communicate(timeout=120)[1] for process in both]
    refused = [text for process, text in zip(both, complaints, strict=True) if process.returncode]
    assert len(refused) <= 1
    assert all("is being written by another process" in text for text in refused)
    assert version_of(out) == "new"


class Cancelled(Exception):
    """What a caller raises to cancel."""


@pytest.mark.parametrize("after", [1, 4, 9])
def test_cancelled_through_progress_nothing_is_left_behind(tmp_path: Path, after: int) -> None:
    write_sources(tmp_path / "new", "new")
    calls = []

    def progress(step: object, done: float, total: float | None) -> None:
        calls.append(done)
        if len(calls) == after:
            raise Cancelled

    threads = threading.active_count()
    with pytest.raises(Cancelled):
        ingest(load_recipe(tmp_path / "new"), tmp_path / "out", progress=progress)
    assert not (tmp_path / "out").exists()
    assert threading.active_count() == threads


def test_cancelled_over_an_old_cluster_the_old_one_is_unchanged(tmp_path: Path) -> None:
    write_sources(tmp_path / "old", "old")
    write_sources(tmp_path / "new", "new")
    ingest(load_recipe(tmp_path / "old"), tmp_path / "out")
    before = {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()}
    names: list[str] = []

    def progress(step: jiqun.cluster.Words, done: float, total: float | None) -> None:
        names.append(step.en)
        if step.en == "Reading orders-1.csv":  # parts have been made by now
            raise Cancelled

    with pytest.raises(Cancelled):
        ingest(load_recipe(tmp_path / "new"), tmp_path / "out", progress=progress)
    assert {p: p.read_bytes() for p in (tmp_path / "out").rglob("*") if p.is_file()} == before


def test_a_full_disk_is_said_and_does_no_harm(tmp_path: Path) -> None:
    write_sources(tmp_path / "old", "old")
    write_sources(tmp_path / "new", "new")
    ingest(load_recipe(tmp_path / "old"), tmp_path / "out")
    limited = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n{RUN}"
    process = subprocess.run(
        [sys.executable, "-c", limited, str(tmp_path / "new" / "recipe.toml"), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 1
    assert "does not let a file grow this large" in process.stderr or "cannot be written" in process.stderr
    assert version_of(tmp_path / "out") == "old"
    assert leftovers(tmp_path / "out") == set()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    write_sources(tmp_path / "new", "new")
    (tmp_path / "file").write_text("")
    with pytest.raises(JiqunError, match="cannot be written: Not a directory"):
        ingest(load_recipe(tmp_path / "new"), tmp_path / "file" / "out")
