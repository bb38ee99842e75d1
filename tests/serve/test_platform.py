"""Platform indices and the driver profile over HTTP and in the shell: what the library measures, in two languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from jiqun.engine import open_cluster
from jiqun.ingest.generated import generate
from jiqun.measure.driver import driver_profile
from jiqun.measure.platform import INDICATORS, platform_indices
from jiqun.report import platform_words as words
from jiqun.serve.cli import main
from tests.serve.conftest import serving, write_cluster

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace: a generated platform, and one that has its firms and no interactions."""
    folder = tmp_path_factory.mktemp("platform")
    made = generate(actors=300, interactions=8_000, places=8, communities=4, industries=4, seed=3).tables
    write_cluster(folder / "planted", "planted", made)
    write_cluster(folder / "ground", "ground", {"actors": made["actors"], "places": made["places"]})
    return folder


@pytest.fixture(scope="module")
def asked(home: Path) -> Iterator[httpx.Client]:
    """A client of a server that shows them."""
    with serving(home) as client:
        yield client


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_the_table_over_http_is_the_one_of_the_library(asked: httpx.Client, home: Path) -> None:
    got = asked.get("/api/clusters/planted/platform?by=side&by=category&grain=year&replicates=9").json()
    own = platform_indices(open_cluster(home / "planted"), by=("side", "category"), grain="year", replicates=9)
    shown = own.indices.filter(~own.indices["indicator"].is_in(list(own.missing)))
    assert got["rows"]["indicator"] == shown["indicator"].to_list()
    for name in ("value", "low", "high"):
        pairs = zip(got["rows"][name], shown[name].to_list(), strict=True)
        assert all(a == b if b is None else a == pytest.approx(b, rel=1e-9) for a, b in pairs)
    assert got["total"] == shown.height
    assert [i["id"] for i in got["indicators"]] == list(INDICATORS)
    assert {i["id"] for i in got["indicators"] if i["missing"]} == set(own.missing)
    assert got["how"]["trace"]["command"].endswith("--by side,category --grain year --inactive 1 --replicates 9")


def test_survival_retention_and_subsidies_come_as_figures(asked: httpx.Client, home: Path) -> None:
    got = asked.get("/api/clusters/planted/platform?by=side&by=period&grain=year&replicates=0").json()
    assert [f["id"] for f in got["figures"]] == ["survival", "retention", "subsidies"]
    own = platform_indices(open_cluster(home / "planted"), grain="year", replicates=0)
    assert got["figures"][0]["rows"]["value"] == own.survival["value"].to_list()
    for figure in got["figures"]:
        names = [c["name"] for c in figure["columns"]]
        assert list(figure["rows"]) == names
        assert {figure["x"], figure["y"]} <= set(names)
        assert len({len(column) for column in figure["rows"].values()}) == 1


def test_the_driver_over_http_is_the_one_of_the_library(asked: httpx.Client, home: Path) -> None:
    got = asked.get("/api/clusters/planted/driver?replicates=9").json()
    own = driver_profile(open_cluster(home / "planted"), replicates=9)
    assert [e["value"] for e in got["elements"]] == pytest.approx(own.elements["value"].to_list(), rel=1e-9)
    assert got["position"]["label"] == own.position.label
    assert got["position"]["demand"]["value"] == pytest.approx(own.position.demand[0])
    assert len(got["assumptions"]) == len(own.assumptions)
    for text in [*got["assumptions"], got["position"]["says"], *(e["title"] for e in got["elements"])]:
        assert not CHINESE.search(text["en"])
        assert CHINESE.search(text["zh"])


def test_what_lacks_is_said_in_both_languages(asked: httpx.Client) -> None:
    for page in ("platform", "driver"):
        answer = asked.get(f"/api/clusters/ground/{page}")
        assert answer.status_code == 422
        assert "needs table interactions" in answer.json()["error"]["message"]
        assert "需要表 interactions" in answer.json()["error"]["message_zh"]
    assert asked.get("/api/clusters/planted/platform?by=colour").status_code == 422
    assert asked.get("/api/clusters/planted/driver?lookback=999").status_code == 422


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_shell_says_it_in_its_language(home: Path, lang: str) -> None:
    shown = run("platform", home / "planted", "--by", "side", "--grain", "year", "--replicates", 9, "--lang", lang)
    assert shown.exit_code == 0, shown.output
    assert ("Participants" if lang == "en" else "参与者数") in shown.stdout
    assert ("needs the length of visits" if lang == "en" else "需要浏览的停留时长") in shown.stdout
    driven = run("driver", home / "planted", "--replicates", 9, "--lang", lang)
    assert driven.exit_code == 0, driven.output
    assert ("Returns to scale" if lang == "en" else "规模报酬") in driven.stdout
    if lang == "en":
        assert not CHINESE.search(shown.stdout + driven.stdout)


def test_the_shell_writes_json_and_a_table(home: Path, tmp_path: Path) -> None:
    made = run("platform", home / "planted", "--by", "side", "--replicates", 0, "--json")
    assert json.loads(made.stdout)["by"] == ["side"]
    out = tmp_path / "table.csv"
    assert run("platform", home / "planted", "--by", "side", "--replicates", 0, "--out", out).exit_code == 0
    assert out.read_text("utf-8-sig").splitlines()[0] == "side,indicator,value,low,high,note"
    assert json.loads(run("driver", home / "planted", "--replicates", 0, "--json").stdout)["lookback"] == 12
    refused = run("driver", home / "planted", "--promoted", tmp_path / "table.csv", "--lang", "en")
    assert refused.exit_code == 2
    assert "cannot be read as Parquet" in refused.output
    wrong = run("platform", home / "planted", "--by", "colour", "--lang", "zh")
    assert "不能按" in wrong.output


def test_every_note_of_the_library_has_its_chinese(home: Path) -> None:
    cluster = open_cluster(home / "planted")
    notes = platform_indices(cluster, replicates=0).indices["note"].drop_nulls().unique().to_list()
    said = [n for n in notes if not n.startswith("Not computable")]
    said += driver_profile(cluster, replicates=0, placebos=1).elements["note"].drop_nulls().unique().to_list()
    for note in said:
        made = words.note(note)
        assert made is not None
        assert not re.search(r"[a-z]{3} [a-z]{3}", made.zh), note
