"""A query that someone else wrote can read the files it was given, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jiqun import JiqunError
from jiqun.engine.reading import CsvLayout
from jiqun.engine.sandbox import Bounds, QueryError, Readable, run_select

LAYOUT = CsvLayout(("id", "n"))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Readable]:
    (tmp_path / "t.csv").write_text("id,n\na,1\nb,2\n")
    (tmp_path / "secret.csv").write_text("id,n\nsecret,1\n")
    return {"t": Readable((tmp_path / "t.csv",), LAYOUT)}


def run(sql: str, files: dict[str, Readable], folder: Path, **bounds: float) -> list[dict[str, object]]:
    target = folder / "out.parquet"
    run_select(sql, files, target, bounds=Bounds(folder / "scratch", "500MB", bounds.get("seconds", 30.0)))
    return pq.read_table(target).to_pylist()


@pytest.mark.parametrize(
    "sql",
    [
        "select id, n::int as n from t order by 1",
        "select id, n::int as n from t order by 1; ",
        "select id, n::int as n from t order by 1 -- a remark",
        "with x as (from t) select id, n::int as n from x order by all",
    ],
)
def test_a_select_over_the_named_files_runs(files: dict[str, Readable], tmp_path: Path, sql: str) -> None:
    assert run(sql, files, tmp_path) == [{"id": "a", "n": 1}, {"id": "b", "n": 2}]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('{dir}/secret.csv')",
        "select * from read_text('/etc/passwd')",
        "select * from read_blob('/etc/passwd')",
        "select * from read_json('/etc/passwd')",
        "select * from read_parquet('/etc/passwd')",
        "select * from read_text('{dir}/scratch/../secret.csv')",
        "select * from '{dir}/secret.csv'",
        "select * from '/etc/passwd'",
        "select * from glob('/etc/*')",
        "select * from sniff_csv('/etc/passwd')",
        "select * from parquet_metadata('/etc/passwd')",
        "select * from 'https://example.com/a.csv'",
        "select * from t union all select * from read_csv('{dir}/secret.csv')",
        "select (select content from read_text('/etc/passwd'))",
        "select * from query('copy t to ''{dir}/x.csv''')",
        "select * from query_table('/etc/passwd')",
        "select getenv('HOME')",
        "select * from a_python_variable",
        "copy t to '{dir}/x.csv'",
        "copy (select 1) to '{dir}/x.csv'",
        "attach '{dir}/x.db'",
        "pragma version",
        "set memory_limit = '100GB'",
        "reset lock_configuration",
        "install spatial",
        "load spatial",
        "create table x as select 1",
        "insert into t values ('c', 3)",
        "drop view t",
        "export database '{dir}/x'",
        "call query('select 1')",
        "select 1; select 2",
        "select 1; copy t to '{dir}/x.csv'",
        "select 1) to '{dir}/x.csv' (format csv); --",
        "select ?",
        "select $name",
        "",
        "-- only a remark",
        "selct 1",
    ],
)
def test_nothing_else_can_be_read_written_or_changed(files: dict[str, Readable], tmp_path: Path, sql: str) -> None:
    a_python_variable = pa.table({"x": [1]})
    before = sorted(p.name for p in tmp_path.iterdir())
    with pytest.raises(QueryError):
        run(sql.replace("{dir}", str(tmp_path)), files, tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir() if p.name != "scratch") == before
    assert a_python_variable.num_rows == 1


def test_a_query_that_takes_too_long_is_stopped(files: dict[str, Readable], tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(JiqunError, match=r"longer than 0\.5 seconds"):
        run(
            "select sum(hash(a.i + b.i)) as s from range(1000000) a(i), range(1000000) b(i)",
            files,
            tmp_path,
            seconds=0.5,
        )
    assert time.monotonic() - began < 10
    assert not (tmp_path / "out.parquet").exists()


def test_a_query_that_needs_too_much_memory_is_refused(files: dict[str, Readable], tmp_path: Path) -> None:
    with pytest.raises(JiqunError, match="memory"):
        run("select list(i) as l from range(300000000) t(i)", files, tmp_path)


def test_a_misspelled_column_is_explained_in_the_users_own_lines(files: dict[str, Readable], tmp_path: Path) -> None:
    with pytest.raises(QueryError, match='"idd" not found') as caught:
        run("select\n  idd\nfrom t", files, tmp_path)
    assert "COPY" not in str(caught.value)
