"""Both spaces over HTTP and in the shell: which interactions, which period, against what chance; quadrants, drift."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from click.testing import CliRunner

from jiqun.engine import open_cluster
from jiqun.ingest.generated import generate
from jiqun.measure import measure
from jiqun.measure.enveloping import envelope
from jiqun.measure.gravity import gravity
from jiqun.measure.placed import Placed
from jiqun.measure.two_spaces import quadrants
from jiqun.serve.cli import main
from jiqun.space.links import links
from tests.serve.conftest import serving, write_cluster

EG = "/api/clusters/planted/measures/ellison_glaeser?replicates=0"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace: a generated cluster of four industries, and one that has its firms and no links."""
    folder = tmp_path_factory.mktemp("spaces")
    made = generate(actors=260, interactions=6_000, places=8, communities=4, industries=4, seed=3).tables
    write_cluster(folder / "planted", "planted", made)
    write_cluster(folder / "ground", "ground", {"actors": made["actors"], "places": made["places"]})
    return folder


@pytest.fixture(scope="module")
def asked(home: Path) -> Iterator[httpx.Client]:
    """A client of a server that shows them."""
    with serving(home) as client:
        yield client


def error(answer: httpx.Response) -> dict[str, Any]:
    """What is said of a refusal; it is said in both languages."""
    assert answer.status_code == 422, answer.text
    said: dict[str, Any] = answer.json()["error"]
    assert said["message"]
    assert said["message_zh"]
    return said


def test_the_network_of_a_kind_and_a_period_is_the_one_the_library_measures(asked: httpx.Client, home: Path) -> None:
    got = asked.get(f"{EG}&space=digital&period=2021&interactions=order&chance=0").json()
    cluster = open_cluster(home / "planted")
    own = measure(cluster, "ellison_glaeser", space="digital", period="2021", interactions="order", replicates=0)
    assert got["rows"]["value"] == own["value"].to_list()
    assert got["period"] == "2021"
    assert got["built"]["interactions"]["zh"] == "互动类型为采购"
    assert got["built"]["communities"] == own["communities"][0]
    assert got["built"]["stability"] == pytest.approx(own["stability"][0])
    whole = asked.get(f"{EG}&space=digital&chance=0").json()
    assert whole["rows"]["value"] != got["rows"]["value"]
    assert "popular industry may seem concentrated" in whole["chance"]["en"]


def test_in_the_network_chance_keeps_activity_unless_told_otherwise(asked: httpx.Client, home: Path) -> None:
    got = asked.get(f"{EG}&space=digital").json()
    drawn = envelope("ellison_glaeser", open_cluster(home / "planted"), n=199, space=Placed("digital"), global_=False)
    for column in ("expected", "band_low", "band_high", "p"):
        assert got["rows"][column] == drawn[column].to_list(), column
    assert "p_formula" in got["columns"]
    assert "about as popular" in got["chance"]["en"]
    assert "--chance=199" in got["trace"]["command"]
    ground = asked.get(EG).json()
    assert "band_low" not in ground["columns"]
    assert ground["built"] is None


def test_a_period_on_the_ground_takes_the_firms_that_are_there(asked: httpx.Client, home: Path) -> None:
    got = asked.get(f"{EG}&period=2018").json()
    own = measure(open_cluster(home / "planted"), "ellison_glaeser", period="2018", replicates=0)
    assert got["rows"]["rows"] == own["rows"].to_list()
    assert sum(got["rows"]["rows"]) < sum(asked.get(EG).json()["rows"]["rows"])


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("&interactions=order", "space=digital"),
        ("&space=digital&interactions=nonsense", "nonsense"),
        ("&period=2031", "outside the time covered"),
        ("&period=soon", "A period is written".lower()),
        ("&period=2022/2020", "before the first"),
        ("&chance=-1", "between 0 and"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_both_languages(asked: httpx.Client, question: str, says: str) -> None:
    assert says in error(asked.get(EG + question))["message"]


def test_a_cluster_without_dates_or_links_says_which_it_lacks(asked: httpx.Client) -> None:
    choices = asked.get("/api/clusters/ground/spaces").json()
    assert choices["digital"]["zh"].startswith("没有互动或关系数据")
    assert choices["interactions"] == []
    assert choices["physical"] is None
    made = asked.get("/api/clusters/ground/quadrants").json()
    assert made["missing"]["en"] == choices["digital"]["en"]
    assert made["figure"]["rows"] == {}


def test_only_kinds_that_the_cluster_has_are_offered_and_each_of_them_can_be_asked_for(
    asked: httpx.Client, home: Path
) -> None:
    offered = asked.get("/api/clusters/planted/spaces").json()["interactions"]
    assert {"kind=order", "channel=platform", "ties"} <= {each["id"] for each in offered}
    cluster = open_cluster(home / "planted")
    for each in offered:
        assert links(cluster, interactions=each["id"]).matrix.sum() > 0, each["id"]
    counted = Counter(pl.DataFrame(cluster.scan("interactions").collect().to_native())["channel"])
    assert {each["id"]: each["count"] for each in offered if each["id"].startswith("channel")} == {
        f"channel={value}": n for value, n in counted.items()
    }


def test_quadrants_are_those_of_the_library(asked: httpx.Client, home: Path) -> None:
    made = asked.get("/api/clusters/planted/quadrants?interactions=channel=platform&draws=199").json()
    rows = made["figure"]["rows"]
    own = quadrants(open_cluster(home / "planted"), interactions="channel=platform", n=199)
    for column in ("industry_id", "quadrant", "physical", "digital", "physical_low", "digital_high", "digital_p"):
        assert rows[column] == own[column].to_list(), column
    assert made["counts"] == Counter(rows["quadrant"])
    assert made["names"]["dispersed-concentrated"]["zh"] == "实散虚聚"
    assert all(value is not None for value in rows["elsewhere"])


def test_drift_needs_two_periods_and_gives_the_change_between_them(asked: httpx.Client) -> None:
    assert "two periods" in error(asked.get("/api/clusters/planted/drift?period=2020"))["message"]
    moved = asked.get("/api/clusters/planted/drift?period=2019&period=2022&draws=99").json()["figure"]["rows"]
    both = asked.get("/api/clusters/planted/quadrants?period=2019&period=2022&draws=99").json()["figure"]["rows"]
    n = len(both["digital"]) // 2
    before, after = both["digital"][:n], both["digital"][n:]
    assert moved["digital_change"] == pytest.approx([b - a for a, b in zip(before, after, strict=True)])
    for k in range(n):
        assert moved["digital_change_low"][k] < moved["digital_change"][k] < moved["digital_change_high"][k]


def test_agreement_is_of_actors_and_of_industries(asked: httpx.Client) -> None:
    made = asked.get("/api/clusters/planted/agreement?draws=99").json()
    assert [one["id"] for one in made["actors"]] == ["mantel", "mantel_of_ranks", "distance_correlation"]
    assert made["industries"]["found"]["members"] == 4
    assert made["missing"] == []


def test_the_shell_says_the_same_as_the_server(asked: httpx.Client, home: Path) -> None:
    shell = CliRunner()
    folder = str(home / "planted")
    told = shell.invoke(main, ["quadrants", folder, "--interactions", "channel=platform", "--draws", "199", "--json"])
    served = asked.get("/api/clusters/planted/quadrants?interactions=channel=platform&draws=199").json()
    assert json.loads(told.stdout)["figure"]["rows"] == served["figure"]["rows"]
    words = shell.invoke(main, ["quadrants", folder, "--draws", "99", "--lang", "zh"]).stdout
    assert "实散虚聚" in words
    one = ["measure", "ellison_glaeser", folder, "--space", "digital", "--period", "2021", "--interactions", "order"]
    measured = json.loads(shell.invoke(main, [*one, "--replicates", "0", "--json"]).stdout)
    same = asked.get(f"{EG}&space=digital&period=2021&interactions=order").json()
    assert measured["rows"] == same["rows"]
    assert measured["built"] == same["built"]
    refused = shell.invoke(main, ["measure", "ellison_glaeser", folder, "--interactions", "order", "--lang", "zh"])
    assert refused.exit_code == 2
    assert "数字空间" in refused.stderr


def test_gravity_is_that_of_the_library_and_says_what_a_cluster_lacks(asked: httpx.Client, home: Path) -> None:
    made = asked.get("/api/clusters/planted/gravity?interactions=channel=offline").json()
    own = gravity(open_cluster(home / "planted"), interactions="channel=offline").row(0, named=True)
    first = made["numbers"][0]
    assert (first["value"], first["low"], first["high"]) == (own["value"], own["low"], own["high"])
    curve = next(figure for figure in made["figures"] if figure["id"] == "gravity-curve")["rows"]
    assert len(curve["value"]) == len(curve["fitted"]) > 5
    shell = CliRunner().invoke(main, ["gravity", str(home / "planted"), "--interactions", "channel=offline", "--json"])
    assert json.loads(shell.stdout)["numbers"][0]["value"] == own["value"]
    assert asked.get("/api/clusters/ground/gravity").json()["missing"]["zh"].startswith("没有互动")
