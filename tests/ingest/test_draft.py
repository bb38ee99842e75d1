"""Drafting: the plain case without edits, what is recognised by name and by content, and what is refused."""

# ruff: noqa: E501
# Rows of files are as long as they are.

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
import sys
import tempfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiqun
from jiqun.cluster import Cluster, JiqunError, check
from jiqun.ingest import Recipe, ingest, parse_recipe
from jiqun.ingest.drafting import draft

CITIES = ("杭州", "宁波", "温州")


def firms_zh(rows: int = 60) -> str:
    head = "企业编号,企业名称,行业代码,所在城市,经度,纬度,成立日期,从业人数(人),注册资本(万元),法定代表人,营业收入（万元）\n"
    return head + "".join(
        f"Q{i:03d},集群{i}号有限公司,C39{10 + i % 5},{CITIES[i % 3]},{120.1 + i / 1000:.4f},{30.2 + i / 1000:.4f},"
        f'20{10 + i % 10}/1/{1 + i % 28},{i * 3},{i * 10},张三,"{1000 + i:,}"\n'
        for i in range(rows)
    )


def deals_zh(rows: int = 300, firms: int = 60) -> str:
    head = "订单编号,交易日期,买方,卖方,产品类别,数量,金额(万元),交易类型\n"
    return head + "".join(
        f"D{i},2023年{1 + i % 12}月{1 + i % 28}日,{f'Q{i % firms:03d}' if i % 5 else f'外{i % 7}'},Q{i * 7 % firms:03d},"
        f"传感器,{i},{i * 1.5},{'采购' if i % 3 else '询价'}\n"
        for i in range(rows)
    )


def made(folder: Path, **files: str | bytes) -> list[Path]:
    """Write files; a double underscore in a name stands for the dot before its ending."""
    folder.mkdir(exist_ok=True)
    paths = []
    for name, content in files.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    return paths


def drafted(paths: list[Path]) -> Recipe:
    return parse_recipe(draft(paths), folder=paths[0].parent)


def built(paths: list[Path], out: Path) -> Cluster:
    ingest(drafted(paths), out)
    return jiqun.open(out)


# ---- the plain case


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ","), ("gb18030", ","), ("utf-16", ","), ("utf-8", ";")]
)
def test_chinese_firms_and_transactions_ingest_without_edits(tmp_path: Path, encoding: str, delimiter: str) -> None:
    firms, deals = firms_zh(), deals_zh()
    if delimiter != ",":
        deals = deals.replace(",", delimiter)
    paths = made(tmp_path / "in", 企业名录__csv=firms.encode(encoding), 交易__csv=deals.encode(encoding))
    c = built(paths, tmp_path / "out")
    first = c.polars("actors").filter(actor_id="Q001").row(0, named=True)
    assert first["name"] == "集群1号有限公司"
    assert (first["industry_id"], first["place_id"], first["size"]) == ("C3911", "宁波", 3.0)
    assert first["founded"] == date(2011, 1, 2)
    assert first["revenue"] == 10_010_000.0, "万元 and the thousands separator are read"
    deals_read = c.polars("interactions")
    assert deals_read.height == 300
    assert set(deals_read["kind"]) == {"order", "enquiry"}
    assert deals_read.filter(group="D2")["amount"].item() == 30_000.0
    assert not [f for f in check(c) if f.severity == "error"]


def test_counterparts_that_no_file_lists_become_actors(tmp_path: Path) -> None:
    c = built(made(tmp_path / "in", firms__csv=firms_zh(), deals__csv=deals_zh()), tmp_path / "out")
    others = c.polars("actors").filter(pl.col("actor_id").str.starts_with("外"))
    assert set(others["kind"]) == {"buyer"}
    assert others.height == len({f"外{i % 7}" for i in range(0, 300, 5)})


def test_what_looks_personal_is_not_offered_and_other_columns_are_listed(tmp_path: Path) -> None:
    text = draft(made(tmp_path / "in", firms__csv=firms_zh()))
    assert '# (may be personal: leave out) "法定代表人"' in text
    assert '# registered_capital = { column = "注册资本(万元)", type = "integer" }' in text
    # Every such line becomes valid when its # is removed.
    opened = text.replace("# registered_capital", "registered_capital")
    assert "registered_capital" in parse_recipe(opened, folder=tmp_path / "in").tables["actors"][0].columns


def test_the_coordinate_system_is_asked_and_not_assumed(tmp_path: Path) -> None:
    text = draft(made(tmp_path / "in", firms__csv=firms_zh()))
    assert '\n# crs = "GCJ-02"' in text
    assert "Ask where they come from" in text
    assert parse_recipe(text, folder=tmp_path).cluster.crs == "WGS84"
    said = draft(made(tmp_path / "in", firms__csv=firms_zh().replace("经度,纬度", "gcj_lng,gcj_lat")))
    assert parse_recipe(said, folder=tmp_path).cluster.crs == "GCJ-02"


def test_english_headings_units_and_dollar_amounts(tmp_path: Path) -> None:
    firms = (
        "Company ID,Company Name,NAICS Code,City,Employees (thousand),Annual Revenue (USD million),Founded\n"
        + "".join(f"{i},Firm {i},3344{i % 9},Town {i % 4},{i / 10},{i},{1980 + i}\n" for i in range(40))
    )
    sales = "Order Date;Buyer ID;Seller ID;Amount;Order No\n" + "".join(
        f"{1 + i % 28:02d}/{1 + i % 12:02d}/2022;{i % 40};{(i * 3) % 40};$1,{i % 1000:03d}.50;{i // 2}\n"
        for i in range(200)
    )
    c = built(made(tmp_path / "in", companies__csv=firms, sales__csv=sales), tmp_path / "out")
    firm = c.polars("actors").filter(actor_id="20").row(0, named=True)
    assert (firm["size"], firm["revenue"], firm["founded"]) == (2_000.0, 20_000_000.0, date(2000, 1, 1))
    deals = c.polars("interactions")
    assert deals["amount"].min() == 1000.5
    assert deals["time"].dt.day().max() == 28
    assert set(c.polars("actors")["kind"]) == {"firm"}, "every buyer is in the list of firms"


def test_day_and_month_that_cannot_be_told_apart_are_said_to_be_uncertain(tmp_path: Path) -> None:
    sales = "date,buyer,seller,amount\n" + "".join(
        f"0{1 + i % 9}/0{1 + i % 7}/2022,a{i % 5},b{i % 6},{i}\n" for i in range(60)
    )
    text = draft(made(tmp_path / "in", sales__csv=sales))
    assert 'time = { column = "date", format = "%d/%m/%Y" }' in text
    assert "every value also fits %m/%d/%Y" in text


# ---- by content


def test_columns_without_telling_names_are_recognised_by_whose_identifiers_they_hold(tmp_path: Path) -> None:
    firms = "firm_id,city\n" + "".join(f"K{i},T{i % 3}\n" for i in range(30))
    pairs = "x1,x2,y,w\n" + "".join(f"K{i % 30},K{i * 7 % 30},2021-0{1 + i % 9}-01,{i}\n" for i in range(90))
    paths = made(tmp_path / "in", firms__csv=firms, stuff__csv=pairs)
    feed = drafted(paths).tables["interactions"][0]
    assert (feed.columns["source"].column, feed.columns["target"].column) == ("x1", "x2")
    assert feed.columns["time"].column == "y"
    assert "which of them acts is a guess" in draft(paths)


def test_a_key_without_a_telling_name_is_the_first_column_that_identifies_every_row(tmp_path: Path) -> None:
    text = "wert,kennung,name,employees,founded,city\n" + "".join(
        f"{i % 4},Z{i},Firm {i % 9},{i},2001-01-0{1 + i % 9},T\n" for i in range(40)
    )
    assert drafted(made(tmp_path / "in", firms__csv=text)).tables["actors"][0].columns["actor_id"].column == "kennung"


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["C3921", "C3922", "I6510", "A0111"], {"industry": "GB/T 4754-2017"}),
        (["web", "mobile", "games", "health"], {}),
    ],
)
def test_code_systems_are_recognised_by_the_form_of_the_codes(
    tmp_path: Path, codes: list[str], expected: object
) -> None:
    text = "firm_id,industry_code,employees\n" + "".join(f"f{i},{codes[i % 4]},{i}\n" for i in range(20))
    assert drafted(made(tmp_path / "in", firms__csv=text)).cluster.codes == expected


def test_division_codes_are_recognised(tmp_path: Path) -> None:
    text = "企业编号,行政区划代码,从业人数\n" + "".join(f"f{i},{330100 + i % 5},{i}\n" for i in range(20))
    assert drafted(made(tmp_path / "in", firms__csv=text)).cluster.codes == {"place": "CN-division"}


def test_a_table_of_places_and_one_of_industries_are_told_from_firms(tmp_path: Path) -> None:
    places = "区划代码,名称,面积(平方公里),常住人口(万人)\n" + "".join(
        f"3301{i:02d},区{i},{i + 1},{i + 2}\n" for i in range(12)
    )
    sectors = "行业代码,行业名称,上级代码\n" + "".join(f"C39{i},行业{i},C39\n" for i in range(10))
    paths = made(tmp_path / "in", 地区__csv=places, 行业__csv=sectors)
    recipe = drafted(paths)
    assert set(recipe.tables) == {"places", "industries"}
    ingest(recipe, tmp_path / "out")
    assert jiqun.open(tmp_path / "out").polars("places").sort("place_id")["population"][0] == 20_000.0


# ---- formats


def test_parquet_and_a_workbook_with_a_title_above_the_header(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    folder = tmp_path / "in"
    folder.mkdir()
    book = openpyxl.Workbook()
    page = book.active
    page.title = "名录"
    page.append(["2024年企业名录"])
    page.append(["企业编号", "企业名称", "城市", "员工人数", "成立日期"])
    for i in range(30):
        page.append([f"E{i}", f"企业{i}", CITIES[i % 3], i, date(2001, 1, 1 + i % 28)])
    book.create_sheet("空白")
    book.save(folder / "名录.xlsx")
    deals = pl.DataFrame({"buyer": [f"E{i % 30}" for i in range(50)], "seller": [f"E{i * 3 % 30}" for i in range(50)],
                          "date": [date(2022, 1 + i % 12, 1) for i in range(50)], "amount": [float(i) for i in range(50)]})  # fmt: skip
    deals.write_parquet(folder / "deals.parquet")
    c = built([folder / "名录.xlsx", folder / "deals.parquet"], tmp_path / "out")
    assert c.polars("actors").height == 30
    assert c.polars("interactions")["amount"].sum() == sum(range(50))
    assert not [f for f in check(c) if f.severity == "error"]


def test_geojson_and_geopackage_are_looked_at(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [120 + i / 100, 30.0]},
         "properties": {"firm_id": f"g{i}", "employees": i, "founded": "2001-02-03"}}
        for i in range(20)
    ]  # fmt: skip
    paths = made(folder, firms__geojson=json.dumps({"type": "FeatureCollection", "features": features}))
    assert drafted(paths).tables["actors"][0].columns["size"].column == "employees"
    package = folder / "firms.gpkg"
    with sqlite3.connect(package) as base:
        base.executescript(
            "create table gpkg_contents (table_name text, data_type text);"
            "create table gpkg_geometry_columns (table_name text, column_name text);"
            "create table firms (fid integer primary key, geom blob, firm_id text, employees integer);"
            "insert into gpkg_contents values ('firms', 'features');"
            "insert into gpkg_geometry_columns values ('firms', 'geom');"
            "insert into firms values (1, x'00', 'a', 3), (2, x'00', 'b', 4);"
        )
    base.close()
    assert drafted([package]).tables["actors"][0].columns["actor_id"].column == "firm_id"


def test_only_the_start_of_a_large_file_is_read(tmp_path: Path) -> None:
    row = "K{i},T{c},{i},2001-01-01,some remark that takes its room in the file and says nothing\n"
    text = "firm_id,city,employees,founded,remark\n" + "".join(row.format(i=i, c=i % 9) for i in range(200_000))
    paths = made(tmp_path / "in", firms__csv=text, packed__csv__gz=gzip.compress(text.encode()))
    assert paths[0].stat().st_size > 8 << 20
    with paths[0].open("ab") as file:
        file.write(b"\xff\xfe broken far beyond what is looked at")
    assert "the first 20,000 rows" in draft([paths[0]])
    assert "the first 20,000 rows" in draft([paths[1]])


def test_a_path_outside_the_folder_of_the_recipe_is_absolute(tmp_path: Path) -> None:
    paths = made(tmp_path / "in", firms__csv=firms_zh())
    (tmp_path / "recipes").mkdir()
    text = draft(paths, folder=tmp_path / "recipes")
    assert parse_recipe(text, folder=tmp_path / "recipes").files["firms"].path == str(paths[0].resolve())
    assert parse_recipe(draft(paths), folder=paths[0].parent).files["firms"].path == "firms.csv"


# ---- hostile and damaged input


def test_names_made_to_break_out_of_toml_or_sql_stay_names(tmp_path: Path) -> None:
    evil = "x'''\"\n[cluster]\nid=\"no\"; drop table firms --"
    quoted = '"' + evil.replace('"', '""') + '"'
    text = f"firm_id,city,employees,{quoted}\n" + "".join(f"f{i},T{i % 2},{i},{i}\n" for i in range(20))
    deals = f"date,buyer,seller,amount,{quoted}\n" + "".join(
        f"2020-01-0{1 + i % 9},a{i},f{i},{i},1\n" for i in range(20)
    )
    c = built(made(tmp_path / "in", firms__csv=text, deals__csv=deals), tmp_path / "out")
    assert c.rows("interactions") == 20
    sides = deals.replace("buyer", '"buy""er \'\'\' "', 1)
    recipe = drafted(made(tmp_path / "in2", firms__csv=text, deals__csv=sides))
    assert recipe.cluster.id == "in2"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", r"a\.csv is empty \(0 bytes\)"),
        ("a.csv", b"\n\n\n", "only blank lines"),
        ("a.csv", b"firm_id,city\n", "header but 0 rows"),
        ("a.csv", b"firm_id,city\n1,a\n2,b,c\n", r"a\.csv, line 3: 3 fields where the header has 2"),
        ("a.csv", b'firm_id,city\n1,"a\n2,b\n', r"a\.csv, line 2: a quote is opened and not closed"),
        ("a.csv", b"1,2.5,2020-01-01\n2,3.5,2020-01-02\n", r"a\.csv, line 1: there is no header"),
        ("a.csv", b"id,city,id\n1,a,2\n", r"a\.csv, line 1: columns 1 and 3 are both called 'id'"),
        ("a.csv", b"PAR1xxxx", "named as csv, but its content is parquet"),
        ("a.csv", b"a,b\n\x00\x01\x02,\x00", "zero bytes"),
        ("a.parquet", b"PAR1 but then nothing of use", "damaged Parquet"),
        ("a.parquet", b"id,name\n1,a\n", "named as parquet, but its content is something else"),
        ("a.xlsx", b"PK\x03\x04 but then nothing", "damaged workbook"),
        ("a.geojson", b'{"type": "Topology"}', "not a GeoJSON FeatureCollection"),
        ("a.geojson", b'{"features": [{"properties": {"a": 1}},\n {"prop', r"line 2: feature 2 is not JSON"),
        ("a.gpkg", b"SQLite format 3\x00 and no more", "damaged GeoPackage"),
        ("a.docx", b"x", r"files named \*\.docx cannot be read"),
        ("a.csv", b"blue,green\nx,y\nz,w\n", "No column of these files was recognised"),
    ],
)
def test_damaged_input_is_refused_with_its_place(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(JiqunError, match=message):
        draft([path])


def test_a_missing_file_and_no_file_are_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(JiqunError, match=r"nothing\.csv is not a file"):
        draft([tmp_path / "nothing.csv"])
    with pytest.raises(JiqunError, match="needs files to look at"):
        draft([])


def test_latin_text_is_not_taken_for_chinese(tmp_path: Path) -> None:
    text = "firm_id,name,city,employees\n" + "".join(f"{i},Café Zürich {i},Genève,{i}\n" for i in range(30))
    paths = made(tmp_path / "in", firms__csv=text.encode("cp1252"))
    assert drafted(paths).files["firms"].encoding == "cp1252"
    assert "is a guess" in draft(paths)


def test_a_pipeline_disguised_as_geojson_reads_nothing_of_this_machine(tmp_path: Path) -> None:
    pytest.importorskip("pyogrio")
    point = {
        "type": "Feature",
        "properties": {"firm_id": "secret"},
        "geometry": {"type": "Point", "coordinates": [1, 2]},
    }
    (tmp_path / "private.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [point]}))
    command = f"gdal vector pipeline ! read {tmp_path}/private.geojson ! write --format stream streamed_dataset"
    upload = made(tmp_path / "in", a__geojson=json.dumps({"type": "gdal_streamed_alg", "command_line": command}))
    with pytest.raises(JiqunError, match="not a GeoJSON FeatureCollection"):
        draft(upload)
    recipe = '[cluster]\nid = "a"\n[files.a]\npath = "a.geojson"\n[[actors]]\nfrom = "a"\n[actors.columns]\nactor_id = "firm_id"\n'
    with pytest.raises(JiqunError, match=r"a\.geojson cannot be read as a map"):
        ingest(parse_recipe(recipe, folder=tmp_path / "in", confined=True), tmp_path / "out")


def test_a_geopackage_whose_view_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["jiqun.ingest.drafting.look"], "PATIENCE", 0.2)
    path = tmp_path / "a.gpkg"
    with sqlite3.connect(path) as base:
        base.executescript(
            "create table gpkg_contents (table_name text, data_type text);"
            "create table gpkg_geometry_columns (table_name text, column_name text);"
            "create view firms as with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n;"
            "insert into gpkg_contents values ('firms', 'features');"
        )
    base.close()
    with pytest.raises(JiqunError, match="takes too long"):
        draft([path])


def test_firms_that_transactions_call_by_name_are_found_by_name(tmp_path: Path) -> None:
    firms = "企业编号,企业名称,城市,从业人数\n" + "".join(f"Q{i},甲{i}公司,{CITIES[i % 3]},{i}\n" for i in range(30))
    deals = "交易日期,买方名称,卖方名称,金额\n" + "".join(
        f"2023-01-0{1 + i % 9},{'新客户' if i == 4 else f'甲{i % 30}公司'},甲{i * 7 % 30}公司,{i}\n" for i in range(60)
    )
    c = built(made(tmp_path / "in", firms__csv=firms, deals__csv=deals), tmp_path / "out")
    deals_read = c.polars("interactions").sort("amount")
    assert deals_read.head(5).select("source", "target").rows() == [
        ("Q0", "Q0"), ("Q1", "Q7"), ("Q2", "Q14"), ("Q3", "Q21"), ("新客户", "Q28"),
    ]  # fmt: skip
    assert deals_read.height == 60
    assert sorted(set(c.polars("actors")["actor_id"]) - {f"Q{i}" for i in range(30)}) == ["新客户"]
    assert not [f for f in check(c) if f.rule == "broken_reference"]


def test_the_points_and_outlines_of_a_map_file_are_used(tmp_path: Path) -> None:
    pytest.importorskip("pyogrio")
    points = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [120 + i / 100, 30.0]},
         "properties": {"firm_id": f"g{i}", "employees": i, "founded": "2001-02-03"}}
        for i in range(20)
    ]  # fmt: skip
    ring = [[120, 30], [121, 30], [121, 31], [120, 31], [120, 30]]
    areas = [{"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]},
              "properties": {"adcode": "330100", "name": "杭州", "population": 7}}]  # fmt: skip
    files = {
        name: json.dumps({"type": "FeatureCollection", "features": features})
        for name, features in (("firms__geojson", points), ("areas__geojson", areas))
    }
    c = built(made(tmp_path / "in", **files), tmp_path / "out")
    assert c.polars("actors").sort("size")["lon"].to_list()[:2] == [120.0, 120.01]
    place = c.polars("places").row(0, named=True)
    assert (place["lon"], place["lat"]) == (120.5, 30.5)
    assert place["geometry"] is not None


def outcome(path: Path) -> tuple[str, str]:
    """The draft of a file, or else the words in which it is refused."""
    try:
        return draft([path]), ""
    except JiqunError as refusal:
        return "", str(refusal)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(*[st.text(alphabet=st.characters(codec="utf-8"), max_size=8)] * 2), min_size=1, max_size=6),
    name=st.sampled_from(["firms.csv", "deals.tsv", "x.txt"]),
)
def test_whatever_a_text_file_holds_it_is_drafted_into_a_valid_recipe_or_refused(
    rows: list[tuple[str, str]], name: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        with path.open("w", encoding="utf-8", newline="") as file:
            delimiter = "\t" if name.endswith("tsv") else ","
            csv.writer(file, delimiter=delimiter).writerows([("firm_id", "城市"), *rows])
        text, refusal = outcome(path)
        assert parse_recipe(text, folder=folder).tables if text else name in refusal or "recognised" in refusal


@settings(max_examples=150, deadline=None)
@given(
    content=st.binary(max_size=300),
    name=st.sampled_from(["a.csv", "a.csv.gz", "a.parquet", "a.xlsx", "a.geojson", "a.gpkg"]),
)
def test_bytes_of_no_meaning_are_refused_in_words(content: bytes, name: str) -> None:
    magic = {
        "a.parquet": b"PAR1", "a.xlsx": b"PK\x03\x04", "a.gpkg": b"SQLite format 3\x00", "a.csv.gz": b"\x1f\x8b\x08",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(magic.get(name, b"") + content)
        text, refusal = outcome(path)
        assert parse_recipe(text, folder=folder).tables if text else len(refusal) > 20
