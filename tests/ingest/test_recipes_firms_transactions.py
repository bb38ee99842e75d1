"""The documented recipe of the plain workbook, with English and with Chinese headings, and the shipped list."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

import jiqun
from jiqun.cluster import UnknownName, check
from jiqun.ingest import ingest, parse_recipe
from jiqun.ingest.drafting import draft
from jiqun.ingest.shipped import shipped_recipe, shipped_recipes

FIRMS = [
    ["F1", "Alpha", "C3921", "Hangzhou", 120.16, 30.27, date(2010, 5, 1), 120, 5000.5],
    ["F2", "Beta", "C3922", "Hangzhou", 120.20, 30.25, date(2015, 1, 31), 12, None],
    ["F3", "Gamma", None, "Ningbo", None, None, None, None, None],
]
DEALS = [
    [datetime(2023, 1, 5), "D1", "F2", "F1", "chips", 10, 1000.0, "online"],
    [datetime(2023, 2, 6), "D2", "X9", "F1", "chips", 5, 500.0, "fair"],
    [datetime(2023, 3, 7), "D3", "F3", "Y7", "boards", None, None, None],
]
HEADINGS = {
    "firms_transactions": (
        ("firms", "firm_id,name,industry,city,lon,lat,founded,employees,revenue"),
        ("transactions", "date,order_id,buyer,seller,product,quantity,amount,channel"),
    ),
    "firms_transactions_zh": (
        ("企业", "企业编号,企业名称,行业,城市,经度,纬度,成立日期,从业人数,营业收入"),
        ("交易", "交易日期,订单号,买方,卖方,产品类别,数量,金额,渠道"),
    ),
}


def workbook(path: Path, name: str) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for (sheet, heading), rows in zip(HEADINGS[name], (FIRMS, DEALS), strict=True):
        page = book.create_sheet(sheet)
        page.append(heading.split(","))
        for row in rows:
            page.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("name", HEADINGS)
def test_the_workbook_becomes_a_cluster_without_broken_references(tmp_path: Path, name: str) -> None:
    workbook(tmp_path / "firms_transactions.xlsx", name)
    ingest(parse_recipe(shipped_recipe(name), folder=tmp_path), tmp_path / "out")
    c = jiqun.open(tmp_path / "out")
    actors = c.polars("actors").sort("actor_id")
    assert actors.select("actor_id", "kind", "place_id", "size").rows() == [
        ("F1", "firm", "Hangzhou", 120.0),
        ("F2", "firm", "Hangzhou", 12.0),
        ("F3", "firm", "Ningbo", None),
        ("X9", "buyer", None, None),
        ("Y7", "firm", None, None),
    ]
    assert actors["founded"].to_list()[:2] == [date(2010, 5, 1), date(2015, 1, 31)]
    deals = c.polars("interactions").sort("time")
    assert deals.select("source", "target", "amount", "category", "group").rows() == [
        ("F2", "F1", 1000.0, "chips", "D1"),
        ("X9", "F1", 500.0, "chips", "D2"),
        ("F3", "Y7", None, "boards", "D3"),
    ]
    places = c.polars("places").sort("place_id")
    assert places["lon"].to_list() == [pytest.approx(120.18), None]
    assert not [f for f in check(c) if f.severity == "error"]


@pytest.mark.parametrize("name", HEADINGS)
def test_the_draft_of_the_workbook_is_its_documented_recipe(tmp_path: Path, name: str) -> None:
    path = workbook(tmp_path / "my data.xlsx", name)
    text = draft([path])
    assert text.startswith(f"# The documented recipe {name}")
    recipe = parse_recipe(text, folder=tmp_path)
    assert {file.path for file in recipe.files.values()} == {"my data.xlsx"}
    ingest(recipe, tmp_path / "out")
    assert jiqun.open(tmp_path / "out").rows("interactions") == 3


def test_every_shipped_recipe_is_a_valid_recipe_and_explains_itself() -> None:
    assert len(shipped_recipes()) == 6
    for name, path in shipped_recipes().items():
        text = shipped_recipe(name)
        assert text == path.read_text(encoding="utf-8")
        assert text.startswith("# ")
        recipe = parse_recipe(text, folder=path.parent, confined=True)
        assert recipe.about.title.en != recipe.about.title.zh
        assert {"actors", "places"} <= set(recipe.tables)
        # Economies that work together have ties and no industries; the others have both tables of a market.
        assert {"industries", "interactions"} <= set(recipe.tables) or "ties" in recipe.tables


def test_an_unknown_recipe_names_the_known_ones() -> None:
    with pytest.raises(UnknownName, match=r"'olst'.*olist"):
        shipped_recipe("olst")
