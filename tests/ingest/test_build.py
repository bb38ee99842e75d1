"""From sources to canonical tables: what stands in the recipe is what stands in the cluster."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import jiqun
from jiqun import JiqunError
from jiqun.ingest import Ingested, ingest, parse_recipe

Take = Callable[..., Ingested]

FIRMS = """firm id,名称,since,staff_k,digital,lng,lat,cat,region,no
f1,"甲, 公司",2001-02-03,1.5,是,120.1551,30.2741,旧,ZJ,7
f2,"B
two lines",03/02/2001,x,no,,,c2,ZJ,8
f3,C,2001年2月3日,２,maybe,116.3972,39.9085,,BJ,9
"""
RECIPE = """
[files.firms]
path = "firms.csv"
[[actors]]
from = "firms"
crs = "GCJ-02"
[actors.columns]
actor_id = "firm id"
name = "名称"
founded = "since"
size = { column = "staff_k", unit = "thousand" }
digital_native = "digital"
lon = "lng"
lat = "lat"
kind = { value = "firm" }
industry_id = { column = "cat", map = { "旧" = "新" } }
place_id = { columns = ["region", "no"], join = "-" }
licence_no = { column = "no", type = "integer" }
"""


def test_a_case_by_hand(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_text(FIRMS, encoding="utf-8")
    done = take(RECIPE)
    c = jiqun.open(tmp_path / "out")
    rows = c.polars("actors").to_dicts()
    first = rows[0]
    assert [row["actor_id"] for row in rows] == ["f1", "f2", "f3"]
    assert first["name"] == "甲, 公司"
    assert rows[1]["name"] == "B\ntwo lines"
    assert [row["founded"] for row in rows] == [date(2001, 2, 3), None, date(2001, 2, 3)]
    assert [row["size"] for row in rows] == [1500.0, None, 2000.0]
    assert [row["digital_native"] for row in rows] == [True, False, None]
    assert [row["industry_id"] for row in rows] == ["新", "c2", None]
    assert [row["place_id"] for row in rows] == ["ZJ-7", "ZJ-8", "BJ-9"]
    assert [row["licence_no"] for row in rows] == [7, 8, 9]
    assert {row["kind"] for row in rows} == {"firm"}
    # Hangzhou and Beijing: GCJ-02 lies some 500 metres off WGS84.
    assert first["lon"] == pytest.approx(120.1551 - 0.0047, abs=6e-4)
    assert first["lat"] == pytest.approx(30.2741 + 0.0024, abs=6e-4)
    assert rows[1]["lon"] is None
    found = {f.column: f for f in done.findings}
    assert {k: (f.rows, f.of, f.line, f.examples) for k, f in found.items()} == {
        "founded": (1, 3, 3, ("3: 03/02/2001",)),
        "size": (1, 3, 3, ("3: x",)),
        "digital_native": (1, 3, 5, ("5: maybe",)),
    }
    assert {f.rule for f in done.findings} == {"unreadable_value"}
    assert {f.file for f in done.findings} == {"firms.csv"}


def test_findings_of_reading_are_part_of_the_check(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_text(FIRMS, encoding="utf-8")
    take(RECIPE)
    checked = jiqun.open(tmp_path / "out").check()
    assert len(checked.where(rule="unreadable_value")) == 3


def test_columns_are_of_the_types_of_the_schema(tmp_path: Path, take: Take) -> None:
    (tmp_path / "e.csv").write_text("t,a,b,v\n2020-01-02 03:04:05,x,y,1\n2021-01-01,x,y,2\n")
    take(
        '[files.e]\npath = "e.csv"\n[[interactions]]\nfrom = "e"\n[interactions.columns]\n'
        'time = "t"\nsource = "a"\ntarget = "b"\namount = "v"\nextra_one = "v"\n'
    )
    frame = jiqun.open(tmp_path / "out").polars("interactions")
    assert dict(frame.schema) == {
        "time": pl.Datetime("us"),
        "source": pl.String(),
        "target": pl.String(),
        "amount": pl.Float64(),
        "extra_one": pl.String(),
    }
    assert frame["time"].to_list() == [datetime(2020, 1, 2, 3, 4, 5), datetime(2021, 1, 1)]


def test_the_manifest_tells_where_everything_came_from(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_text(FIRMS, encoding="utf-8")
    manifest = take(RECIPE).manifest
    (source,) = manifest.sources
    assert (source.name, source.path, source.format, source.bytes) == (
        "firms", "firms.csv", "csv", (tmp_path / "firms.csv").stat().st_size,
    )  # fmt: skip
    assert "licence_no" in manifest.recipe
    assert manifest.rows("actors") == 3


def test_blocks_stack_in_the_order_of_the_recipe(tmp_path: Path, take: Take) -> None:
    (tmp_path / "a.csv").write_text("id\nb\na\n")
    (tmp_path / "b.csv").write_text("id,n\nd,1\nc,2\n")
    block = '[files.{0}]\npath = "{0}.csv"\n'
    feeds = '[[actors]]\nfrom = "b"\n[actors.columns]\nactor_id = "id"\nsize = "n"\n'
    feeds += '[[actors]]\nfrom = "a"\n[actors.columns]\nactor_id = "id"\n'
    take(block.format("a") + block.format("b") + feeds)
    frame = jiqun.open(tmp_path / "out").polars("actors")
    assert frame.rows() == [("d", 1.0), ("c", 2.0), ("b", None), ("a", None)]


def test_distinct_keeps_the_first_row_of_each_key_over_all_blocks(tmp_path: Path, take: Take) -> None:
    (tmp_path / "e.csv").write_text("a,b,v\nx,y,1\ny,x,2\nx,z,3\nw,x,4\n")
    feed = '[[actors]]\nfrom = "e"\ndistinct = true\n[actors.columns]\nactor_id = "{}"\nsize = "v"\n'
    done = take('[files.e]\npath = "e.csv"\n' + feed.format("a") + feed.format("b"))
    assert jiqun.open(tmp_path / "out").polars("actors").rows() == [("x", 1.0), ("y", 2.0), ("w", 4.0), ("z", 3.0)]
    assert [(f.rule, f.severity, f.rows, f.of) for f in done.findings] == [
        ("repeated_key_dropped", "info", 1, 4),
        ("repeated_key_dropped", "info", 3, 4),
    ]


def test_a_query_joins_the_named_files(tmp_path: Path, take: Take) -> None:
    (tmp_path / "lines.csv").write_text("order,product,price\n1,p,2.5\n2,q,3\n2,p,2.5\n")
    pl.DataFrame({"product": ["p", "q"], "maker": ["m1", "m2"]}).write_parquet(tmp_path / "products.parquet")
    take(
        '[files.lines]\npath = "lines.csv"\n[files.products]\npath = "products.parquet"\n'
        '[queries.sales]\nsql = """select maker, sum(price::double) as sold\n'
        'from lines join products using (product) group by all order by maker"""\n'
        '[queries.best]\nsql = "select * from sales where sold > 4"\n'
        '[[actors]]\nfrom = "best"\n[actors.columns]\nactor_id = "maker"\nrevenue = "sold"\n'
    )
    assert jiqun.open(tmp_path / "out").polars("actors").rows() == [("m1", 5.0)]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select * from read_csv('/etc/passwd')", "file system operations are disabled"),
        ("copy firms to 'x.csv'", "is one SELECT statement, and this is COPY"),
        ("select nme from firms", '"nme" not found'),
        ("select id, name from firms where id = 'none'", "gives 0 rows"),
    ],
)
def test_a_query_that_is_refused_is_named(tmp_path: Path, take: Take, sql: str, said: str) -> None:
    (tmp_path / "firms.csv").write_text("id,name\n1,a\n")
    with pytest.raises(JiqunError) as caught:
        take(
            f'[files.firms]\npath = "firms.csv"\n[queries.mine]\nsql = "{sql}"\n'
            '[[actors]]\nfrom = "mine"\n[actors.columns]\nactor_id = "id"\n'
        )
    assert "recipe.toml: [queries.mine]" in str(caught.value)
    assert said in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_unit_that_does_not_fit_is_refused_with_the_block(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_text(FIRMS, encoding="utf-8")
    with pytest.raises(JiqunError, match=r"\[\[actors\]\] block 1: size: .*furlong"):
        take(RECIPE.replace('unit = "thousand"', 'unit = "furlong"'))
    with pytest.raises(JiqunError, match="name is a string and has no unit"):
        take(RECIPE.replace('name = "名称"', 'name = { column = "名称", unit = "thousand" }'))


def test_an_extra_column_has_one_type(tmp_path: Path, take: Take) -> None:
    (tmp_path / "a.csv").write_text("id,z\nb,1\n")
    pl.DataFrame({"id": ["c"], "z": [2]}).write_parquet(tmp_path / "b.parquet")
    files = '[files.a]\npath = "a.csv"\n[files.b]\npath = "b.parquet"\n'
    feed = '[[actors]]\nfrom = "{}"\n[actors.columns]\nactor_id = "id"\nzone = {}\n'
    with pytest.raises(JiqunError, match=r"extra column zone of actors is string in a\.csv and int64 in b\.parquet"):
        take(files + feed.format("a", '"z"') + feed.format("b", '"z"'))
    typed = '{ column = "z", type = "string" }'
    take(files + feed.format("a", typed) + feed.format("b", typed))
    assert jiqun.open(tmp_path / "out").polars("actors")["zone"].to_list() == ["1", "2"]


def test_progress_tells_each_step_in_both_languages_up_to_its_total(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_text(FIRMS, encoding="utf-8")
    told: list[tuple[str, str, float, float | None]] = []
    take(RECIPE, progress=lambda step, done, total: told.append((step.en, step.zh, done, total)))
    assert {(en, zh) for en, zh, _, _ in told} == {
        ("Looking at firms.csv", "查看 firms.csv"),
        ("Reading firms.csv", "读取 firms.csv"),
    }
    assert told[-1][2] == told[-1][3] == (tmp_path / "firms.csv").stat().st_size


text = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
rows = st.lists(st.tuples(text.filter(bool), text, text), min_size=1, max_size=12)
LAW = (
    '[cluster]\nid = "law"\n[files.f]\npath = "f*.csv"\ndelimiter = ","\n[[actors]]\nfrom = "f"\n'
    '[actors.columns]\nactor_id = "id"\nname = "name"\nstatus = "s"\n'
)


def write(path: Path, values: list[tuple[str, str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(("id", "name", "s"))
        writer.writerows(values)


def taken(folder: Path) -> list[tuple[str | None, ...]]:
    """Ingest the files of the law from a folder and give the rows."""
    ingest(parse_recipe(LAW, folder=folder), folder / "out")
    return jiqun.open(folder / "out").polars("actors").rows()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=rows)
def test_any_text_comes_back_as_it_was_written_and_empty_is_missing(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    write(folder / "f.csv", values)
    assert taken(folder) == [tuple(v or None for v in row) for row in values]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=rows, cuts=st.sets(st.integers(1, 11), max_size=3))
def test_the_same_rows_in_several_files_are_the_same_cluster(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[str, str, str]], cuts: set[int]
) -> None:
    whole, split = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("split")
    write(whole / "f.csv", values)
    bounds = [0, *sorted(c for c in cuts if c < len(values)), len(values)]
    for number, (first, last) in enumerate(itertools.pairwise(bounds)):
        write(split / f"f{number}.csv", values[first:last])
    assert taken(split) == taken(whole)


def test_a_line_separator_in_a_bad_value_does_not_break_the_findings(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_text('id,n\n1,"x\u2028y\u0085z"\n', encoding="utf-8")
    take('[files.f]\npath = "firms.csv"\n[[actors]]\nfrom = "f"\n[actors.columns]\nactor_id = "id"\nsize = "n"\n')
    (found,) = jiqun.open(tmp_path / "out").store.findings()
    assert found["examples"] == ["2: x\u2028y\u0085z"]
    assert json.loads(json.dumps(found)) == found
