"""Run again, an ingest reads what has changed and nothing else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import jiqun
from jiqun.ingest import Ingested, inputs

Take = Callable[..., Ingested]

RECIPE = """
[files.firms]
path = "firms.csv"
[files.orders]
path = "orders-*.csv"
[[actors]]
from = "firms"
[actors.columns]
actor_id = "id"
size = "n"
[[interactions]]
from = "orders"
[interactions.columns]
source = "a"
target = "b"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "firms.csv").write_text("id,n\n1,5\n2,bad\n")
    for month in (1, 2):
        (tmp_path / f"orders-{month}.csv").write_text(f"a,b\n{month},2\n")
    return tmp_path


def counts(done: Ingested) -> tuple[list[str], list[str]]:
    return [p.source for p in done.made], [p.source for p in done.reused]


def test_nothing_changed_nothing_is_read_and_nothing_is_written(folder: Path, take: Take) -> None:
    first = take(RECIPE)
    files = {p: p.stat().st_mtime_ns for p in (folder / "out").rglob("*") if p.is_file() and p.name != ".lock"}
    second = take(RECIPE)
    assert counts(first) == (["firms.csv", "orders-1.csv", "orders-2.csv"], [])
    assert counts(second) == ([], ["firms.csv", "orders-1.csv", "orders-2.csv"])
    assert second.manifest == first.manifest
    assert second.findings == first.findings
    assert len(second.findings) == 1
    assert {p: p.stat().st_mtime_ns for p in files} == files


def test_a_new_file_is_read_and_the_others_are_kept(folder: Path, take: Take) -> None:
    take(RECIPE)
    (folder / "orders-3.csv").write_text("a,b\n3,2\n")
    done = take(RECIPE)
    assert counts(done)[0] == ["orders-3.csv"]
    assert jiqun.open(folder / "out").polars("interactions")["source"].to_list() == ["1", "2", "3"]
    (folder / "orders-1.csv").unlink()
    assert counts(take(RECIPE)) == ([], ["firms.csv", "orders-2.csv", "orders-3.csv"])
    assert jiqun.open(folder / "out").polars("interactions")["source"].to_list() == ["2", "3"]


def test_a_changed_file_is_read_again_even_where_its_size_is_the_same(folder: Path, take: Take) -> None:
    take(RECIPE)
    (folder / "firms.csv").write_text("id,n\n1,7\n2,bad\n")
    done = take(RECIPE)
    assert counts(done)[0] == ["firms.csv"]
    assert jiqun.open(folder / "out").polars("actors")["size"].to_list() == [7.0, None]
    assert len(done.findings) == 1


def test_a_touched_file_with_the_same_content_is_kept(folder: Path, take: Take) -> None:
    take(RECIPE)
    (folder / "firms.csv").touch()
    os.utime(folder / "firms.csv", (1e9, 1e9))
    assert counts(take(RECIPE))[0] == []


def test_a_changed_block_is_read_again_and_other_tables_are_kept(folder: Path, take: Take) -> None:
    first = take(RECIPE)
    done = take(RECIPE.replace('size = "n"', 'revenue = { column = "n", unit = "万" }'))
    assert counts(done)[0] == ["firms.csv"]
    assert jiqun.open(folder / "out").columns("actors") == ("actor_id", "revenue")
    assert done.manifest.data_hash != first.manifest.data_hash


def test_a_changed_title_reads_nothing_and_is_shown(folder: Path, take: Take) -> None:
    take(RECIPE)
    done = take('title = "New"\n' + RECIPE)
    assert counts(done)[0] == []
    assert jiqun.open(folder / "out").about.title.en == "New"


def test_hashes_are_kept_by_size_and_time_once_the_time_can_tell(
    folder: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(RECIPE)
    looked: list[str] = []
    real = inputs._sha256
    monkeypatch.setattr(inputs, "_sha256", lambda path, label, *rest: looked.append(label) or real(path, label, *rest))
    take(RECIPE)
    assert len(looked) == 3, "a file changed a moment before it was read may have changed again"
    looked.clear()
    for file in folder.glob("*.csv"):
        os.utime(file, (time.time() - 100, time.time() - 100))
    take('title = "Now"\n' + RECIPE)
    assert len(looked) == 3
    looked.clear()
    assert counts(take('title = "Then"\n' + RECIPE))[0] == []
    assert looked == []


def test_a_reader_that_has_the_version_before_open_can_go_on(folder: Path, take: Take) -> None:
    take(RECIPE)
    held = jiqun.open(folder / "out")
    (folder / "firms.csv").write_text("id,n\n9,9\n")
    take(RECIPE)
    assert held.polars("actors")["actor_id"].to_list() == ["1", "2"]
    assert jiqun.open(folder / "out").polars("actors")["actor_id"].to_list() == ["9"]
