"""What is shown of a cluster over HTTP."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import polars as pl
import pytest

from jiqun.report import shapes


def test_the_list_names_every_cluster_with_its_rows(client: httpx.Client) -> None:
    cards = {card["id"]: shapes.ClusterCard.model_validate(card) for card in client.get("/api/clusters").json()}
    assert set(cards) == {"tiny", "places-only"}
    assert cards["tiny"].counts == {"actors": 42, "places": 2, "industries": 2, "interactions": 240}
    assert cards["tiny"].origin == "generated"
    assert cards["tiny"].period is not None
    assert (cards["tiny"].period.first[:4], cards["tiny"].period.last[:4]) == ("2017", "2017")
    assert not cards["tiny"].removable


@pytest.mark.parametrize("part", ["", "/profile", "/findings", "/filters", "/map", "/network"])
@pytest.mark.parametrize("id_", ["tiny", "places-only"])
def test_every_part_answers_in_its_shape_and_costs_nothing_the_second_time(
    client: httpx.Client, id_: str, part: str
) -> None:
    shape = {
        "": shapes.ClusterCard,
        "/profile": shapes.Profile,
        "/findings": shapes.FindingsReport,
        "/filters": shapes.Filters,
        "/map": shapes.MapLayer,
        "/network": shapes.Network,
    }[part]
    answer = client.get(f"/api/clusters/{id_}{part}")
    assert answer.status_code == 200, answer.text
    shape.model_validate_json(answer.content)
    again = client.get(f"/api/clusters/{id_}{part}", headers={"If-None-Match": f'"other", {answer.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")


def test_a_filter_changes_the_answer_and_its_tag(client: httpx.Client) -> None:
    whole, part = client.get("/api/clusters/tiny/map"), client.get("/api/clusters/tiny/map?industry=I65")
    assert whole.json()["total"] > part.json()["total"] == 3
    assert whole.headers["etag"] != part.headers["etag"]


def test_every_figure_of_the_profile_is_there_by_itself_and_as_csv(client: httpx.Client) -> None:
    figures = client.get("/api/clusters/tiny/profile").json()["figures"]
    assert figures
    for shown in figures:
        alone = client.get(f"/api/clusters/tiny/figures/{shown['id']}")
        assert alone.json()["rows"] == shown["rows"]
        table = client.get(f"/api/clusters/tiny/figures/{shown['id']}?format=csv&lang=zh")
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        rows = list(csv.reader(io.StringIO(table.text)))
        assert len(rows[0]) == len(shown["columns"])
        assert rows[0][0].startswith(shown["columns"][0]["title"]["zh"])
        assert len(rows) - 1 == len(next(iter(shown["rows"].values()), []))


def test_an_unknown_figure_is_answered_with_those_there_are(client: httpx.Client) -> None:
    answer = client.get("/api/clusters/tiny/figures/nope")
    known = client.get("/api/clusters/tiny/profile").json()["figures"][0]["id"]
    assert answer.status_code == 404
    assert known in answer.json()["error"]["message"]


def test_findings_come_as_csv_with_a_mark_for_excel_where_asked(client: httpx.Client) -> None:
    shown = client.get("/api/clusters/tiny/findings").json()
    text = client.get("/api/clusters/tiny/findings?format=csv&bom=true").content.decode()
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert text.startswith("\ufeff")
    assert [(row["rule"], row["rows"]) for row in rows] == [(i["rule"], str(i["rows"])) for i in shown["items"]]


def test_a_page_of_a_table_is_in_the_order_of_the_source(client: httpx.Client) -> None:
    page = client.get("/api/clusters/tiny/tables/actors?limit=3&offset=11").json()
    assert page["rows"]["actor_id"] == ["f11", "b0", "b1"]
    assert page["rows"]["lon"] == [120.11, None, None]
    assert (page["total"], page["offset"], page["limit"]) == (42, 11, 3)
    assert {c["name"]: c["type"] for c in page["columns"]}["lon"] == "number"


def test_a_page_beyond_the_end_is_empty(client: httpx.Client) -> None:
    page = client.get(f"/api/clusters/tiny/tables/actors?offset={2**62}").json()
    assert page["rows"]["actor_id"] == []
    assert page["total"] == 42


def test_parquet_gives_the_table_unchanged(client: httpx.Client) -> None:
    answer = client.get("/api/clusters/tiny/tables/actors?format=parquet")
    frame = pl.read_parquet(io.BytesIO(answer.content))
    assert frame["name"][0].startswith("=HYPERLINK")
    assert frame.height == 42
    assert 'filename="tiny-actors.parquet"' in answer.headers["content-disposition"]


def test_no_cell_of_a_csv_is_a_formula_to_a_spreadsheet(client: httpx.Client) -> None:
    text = client.get("/api/clusters/tiny/tables/actors?format=csv").text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["name"] for row in rows[:4]] == ['\'=HYPERLINK("http://evil.example")', "'-2", "'@home", "义乌甲, 乙"]
    assert all(not cell or cell[0] not in "=+@" for row in rows for cell in row.values())
    assert rows[0]["lon"] == "120.0"


def test_numbers_below_zero_stay_numbers_in_csv(
    home: Path, serve: Callable[..., httpx.Client], cluster_writer: Callable[..., Path]
) -> None:
    panel = pl.DataFrame({"place_id": ["+p"], "period": ["2017"], "indicator": ["-x"], "value": [-1.5]})
    cluster_writer(home / "panel", "panel", {"panel": panel})
    text = serve().get("/api/clusters/panel/tables/panel?format=csv").text
    assert text.splitlines()[1] == "'+p,2017,'-x,-1.5"


def test_lists_times_and_outlines_have_a_plain_form(
    home: Path, serve: Callable[..., httpx.Client], cluster_writer: Callable[..., Path]
) -> None:
    needs = pl.DataFrame({"need_id": ["n"], "actor_id": ["a"], "components": [["bolt", "nut"]], "odd": [float("nan")]})
    places = pl.DataFrame({"place_id": ["p"], "geometry": [b"\x01\x02"]})
    cluster_writer(home / "odd", "odd", {"needs": needs, "places": places})
    client = serve()
    page = client.get("/api/clusters/odd/tables/needs").json()
    assert page["rows"]["components"] == [["bolt", "nut"]]
    assert page["rows"]["odd"] == [None]
    outlines = client.get("/api/clusters/odd/tables/places").json()
    assert outlines["omitted"] == ["geometry"]
    assert client.get("/api/clusters/odd/tables/places?format=csv").status_code == 200


def test_a_cluster_that_is_ingested_again_is_shown_anew(
    home: Path, serve: Callable[..., httpx.Client], cluster_writer: Callable[..., Path]
) -> None:
    cluster_writer(home / "c", "c", {"places": pl.DataFrame({"place_id": ["p"]})})
    client = serve()
    before = client.get("/api/clusters/c")
    cluster_writer(home / "c", "c2", {"places": pl.DataFrame({"place_id": ["p", "q"]})})
    assert client.get("/api/clusters/c").status_code == 404
    after = client.get("/api/clusters/c2")
    assert (before.json()["counts"], after.json()["counts"]) == ({"places": 1}, {"places": 2})


def test_a_damaged_folder_is_told_and_hides_no_other(
    home: Path, serve: Callable[..., httpx.Client], cluster_writer: Callable[..., Path]
) -> None:
    cluster_writer(home / "good", "good", {"places": pl.DataFrame({"place_id": ["p"]})})
    (home / "bad").mkdir()
    (home / "bad" / "manifest.json").write_text("{")
    client = serve()
    assert [card["id"] for card in client.get("/api/clusters").json()] == ["good"]
    assert "bad" in client.get("/api/version").json()["problems"][0]["en"]


def test_two_folders_of_one_id_are_both_shown(
    home: Path, serve: Callable[..., httpx.Client], cluster_writer: Callable[..., Path]
) -> None:
    for folder in ("a", "b"):
        cluster_writer(home / folder, "same", {"places": pl.DataFrame({"place_id": ["p"]})})
    assert {card["id"] for card in serve().get("/api/clusters").json()} == {"same", "b"}


def test_two_clients_at_once_get_right_answers(client: httpx.Client) -> None:
    def ask(number: int) -> bool:
        offset = number % 40
        page = client.get(f"/api/clusters/tiny/tables/actors?limit=2&offset={offset}").json()
        every = [f"f{n}" for n in range(12)] + [f"b{n}" for n in range(30)]
        index = client.get(f"/api/clusters/tiny/measures/location_quotient?replicates=0&offset={number % 4}&limit=1")
        csv_rows = client.get("/api/clusters/tiny/tables/interactions?format=csv").text.count("\n")
        return (
            page["rows"]["actor_id"] == every[offset : offset + 2]
            and index.json()["offset"] == number % 4
            and csv_rows == 241
        )

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(64)))
