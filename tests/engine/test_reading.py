"""The reader quotes what it is given, keeps the order of rows, and stops when it is told to."""

from __future__ import annotations

import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun import JiqunError
from jiqun.engine.reading import CsvLayout, Damaged, identifier, literal, reading


@given(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1))
def test_any_text_quoted_is_that_text(text: str) -> None:
    import duckdb

    ((value,),) = duckdb.execute(f"SELECT {literal(text)} AS {identifier(text)}").fetchall()
    assert value == text


def test_rows_keep_their_order_over_many_row_groups(tmp_path: Path) -> None:
    rows = 600_000
    (tmp_path / "a.csv").write_text("n\n" + "\n".join(map(str, range(rows))))
    with reading(scratch=tmp_path / "scratch") as reader:
        reader.csv("v", [tmp_path / "a.csv"], CsvLayout(("n",)))
        reader.copy("SELECT CAST(n AS BIGINT) AS n FROM v", tmp_path / "a.parquet")
    assert pq.read_table(tmp_path / "a.parquet").column("n").to_pylist() == list(range(rows))
    assert pq.read_metadata(tmp_path / "a.parquet").num_row_groups > 1


def test_a_damaged_file_is_the_files_fault_and_leaves_no_target(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n3\n")
    with reading(scratch=tmp_path / "scratch") as reader:
        reader.csv("v", [tmp_path / "a.csv"], CsvLayout(("a", "b")))
        with pytest.raises(Damaged, match="Line: 3"):
            reader.copy("SELECT * FROM v", tmp_path / "a.parquet")
    assert not (tmp_path / "a.parquet").exists()


def test_progress_rises_and_may_stop_the_work(tmp_path: Path) -> None:
    seen: list[float] = []

    class Enough(Exception):
        pass

    def tick(share: float) -> None:
        seen.append(share)
        if len(seen) == 3:
            raise Enough

    began = time.monotonic()
    with reading(scratch=tmp_path / "scratch") as reader:
        with pytest.raises(Enough):
            reader.copy("SELECT sum(hash(i)) AS s FROM range(20000000000) t(i)", tmp_path / "x.parquet", tick=tick)
        assert reader.rows("SELECT 1") == [(1,)]  # the reader is still of use
    assert seen == sorted(seen)
    assert time.monotonic() - began < 10


def test_an_unusable_memory_limit_is_said(tmp_path: Path) -> None:
    with pytest.raises(JiqunError, match="memory"), reading(scratch=tmp_path, memory_limit="much") as reader:
        reader.rows("SELECT 1")
