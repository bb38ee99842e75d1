"""What is kept beside the data is that of this data and of this code, and is never in the way."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import jiqun
from jiqun.cluster import About, Cluster
from jiqun.engine import writing
from jiqun.engine.derived import derived


def make(folder: Path, rows: int) -> Cluster:
    frame = pl.DataFrame({"actor_id": [str(n) for n in range(rows)]})
    with writing(folder) as writer:
        writer.part("actors", f"key{rows:040d}", frame.write_parquet)
        writer.commit(About(id="c"))
    return jiqun.open(folder)


def test_is_computed_once_and_again_for_other_parameters_data_or_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []

    def compute() -> str:
        calls.append(1)
        return f"answer {len(calls)}"

    cluster = make(tmp_path / "c", 2)
    assert derived(cluster, "a", compute, x=1) == derived(cluster, "a", compute, x=1) == "answer 1"
    assert derived(cluster, "a", compute, x=2) == "answer 2"
    monkeypatch.setattr("jiqun.engine.derived.code_version", lambda: "other code")
    assert derived(cluster, "a", compute, x=1) == "answer 3"
    assert derived(make(tmp_path / "c", 3), "a", compute, x=1) == "answer 4"


def test_what_the_data_before_gave_is_swept_when_new_data_come(tmp_path: Path) -> None:
    cluster = make(tmp_path / "c", 2)
    derived(cluster, "a", lambda: "old")
    assert list((tmp_path / "c" / "derived").glob("a-*.json"))
    make(tmp_path / "c", 3)
    assert not list((tmp_path / "c" / "derived").glob("a-*.json"))


def test_a_cluster_in_memory_is_computed_each_time() -> None:
    cluster = Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]}))
    assert [derived(cluster, "a", lambda: "1"), derived(cluster, "a", lambda: "2")] == ["1", "2"]


def test_a_link_out_of_the_cluster_is_neither_written_to_nor_swept(tmp_path: Path) -> None:
    cluster = make(tmp_path / "c", 2)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine.json").write_text("{}")
    (tmp_path / "c" / "derived").symlink_to(elsewhere)
    assert derived(cluster, "a", lambda: "answer") == "answer"
    make(tmp_path / "c", 3)
    assert [file.name for file in elsewhere.iterdir()] == ["mine.json"]
