"""Evaluate over HTTP, on the command line and on paper: one answer, every choice named, nothing odd in silence."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner, Result

from jiqun.report.evaluations import (
    EvaluationChoices,
    EvaluationProgress,
    EvaluationReport,
    EvaluationTable,
    Identification,
)
from jiqun.serve.cli import main
from tests.serve.conftest import serving

SYSTEM = """
[system]
id = "own"
title = { en = "Own system", zh = "自有体系" }
couple = ["digital", "cluster"]
[nodes.digital]
title = { en = "Digital", zh = "数字" }
[nodes.cluster]
title = { en = "Cluster", zh = "集群" }
[indicators.online]
title = { en = "Sales online", zh = "线上销售" }
node = "digital"
sign = "+"
[indicators.phones]
title = { en = "Phones", zh = "电话" }
node = "digital"
sign = "+"
[indicators.firms]
title = { en = "Firms", zh = "企业" }
node = "cluster"
sign = "+"
"""
CITIES = "110000 120000 310000 320100 320500 330100 330200 340100 420100 440100 440300 510100".split()  # noqa: SIM905
YEARS = range(2015, 2023)


def long(change: Callable[[dict[tuple[str, int, str], float]], None] = lambda _: None) -> pl.DataFrame:
    """A panel of twelve cities over eight years, changed as a test wants."""
    rng = np.random.default_rng(5)
    level = {c: float(v) for c, v in zip(CITIES, rng.uniform(1, 9, len(CITIES)), strict=True)}
    cells = {
        (city, year, name): level[city] * (1 + 0.05 * (year - 2015)) + float(rng.uniform(0, 1)) + offset
        for city in CITIES
        for year in YEARS
        for offset, name in enumerate(("online", "phones", "firms"))
    }
    change(cells)
    keys = list(cells)
    return pl.DataFrame(
        {
            "place_id": [k[0] for k in keys],
            "period": [str(k[1]) for k in keys],
            "indicator": [k[2] for k in keys],
            "value": list(cells.values()),
        }
    )


def places() -> pl.DataFrame:
    """The cities with names and made-up positions."""
    rng = np.random.default_rng(6)
    return pl.DataFrame(
        {
            "place_id": CITIES,
            "name": [f"城{n}" for n in range(len(CITIES))],
            "lon": rng.uniform(104, 121, len(CITIES)),
            "lat": rng.uniform(22, 40, len(CITIES)),
        }
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a panel that has its own indicator system."""
    from tests.serve.conftest import write_cluster

    home = tmp_path_factory.mktemp("evaluated")
    write_cluster(home / "cities", "cities", {"panel": long(), "places": places()})
    (home / "cities" / "indicators").mkdir()
    (home / "cities" / "indicators" / "own.toml").write_text(SYSTEM, encoding="utf-8")
    (home / "cities" / "indicators" / "broken.toml").write_text("[system", encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def web(written: Path) -> Iterator[httpx.Client]:
    """A client of a server on it."""
    with serving(written) as made:
        yield made


def run(*arguments: str | Path) -> Result:
    """Run the command in English."""
    return CliRunner().invoke(main, [str(a) for a in arguments], env={"LC_ALL": "en_US.UTF-8", "COLUMNS": "200"})


QUICK = "draws=20&simulations=9"
FAST = ("--draws", "20", "--simulations", "9")
BASE = "/api/clusters/cities/evaluate"


def test_every_part_answers_in_its_shape_and_costs_nothing_the_second_time(web: httpx.Client) -> None:
    for path, shape in {
        f"{BASE}/choices": EvaluationChoices,
        f"{BASE}?{QUICK}": EvaluationReport,
        f"{BASE}/table?name=scores&node=digital&period=2020&{QUICK}": EvaluationTable,
    }.items():
        answer = web.get(path)
        assert answer.status_code == 200, answer.text
        shape.model_validate_json(answer.content)
        again = web.get(path, headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304, path
    idle = EvaluationProgress.model_validate_json(web.get(f"{BASE}/progress?{QUICK}").content)
    assert not idle.running


def test_a_system_of_the_cluster_comes_first_and_a_broken_file_is_said(web: httpx.Client) -> None:
    offered = EvaluationChoices.model_validate_json(web.get(f"{BASE}/choices").content)
    assert offered.default == "file:own.toml"
    assert offered.systems[0].usable
    assert not offered.systems[-1].usable
    assert "china-cities" in [s.id for s in offered.systems]
    assert offered.places == 12
    assert offered.periods == [str(y) for y in YEARS]
    assert len(offered.unreadable) == 1
    assert "broken.toml" in offered.unreadable[0].zh
    named = {c.id: c for c in offered.choices}
    assert [a.id for a in named["score"].allowed] == ["linear", "topsis", "dynamic_topsis", "grey"]
    assert named["level"].open_low
    assert named["level"].high == 1.0


def test_every_choice_reaches_the_library_and_is_named_in_the_answer(web: httpx.Client) -> None:
    asked = "weights=equal&score=topsis&first=2016&last=2020&steps=coupling&without=110000,120000"
    made = EvaluationReport.model_validate_json(web.get(f"{BASE}?{asked}").content)
    said = {c.id: c for c in made.choices}
    assert said["weights"].said.zh == "等权"
    assert not said["weights"].default
    assert said["without"].value == ["110000", "120000"]
    assert made.periods == [str(y) for y in range(2016, 2021)]
    assert len(made.places.id) == 10
    assert "coupling" in made.tables
    assert "beta" not in made.tables
    assert set(made.tables["weights"].rows["weight"]) == {1 / 3}
    for part in ("--weights=equal", "--score=topsis", "--first=2016", "--without=110000,120000", "--steps=coupling"):
        assert part in made.trace.command
    assert {f.rule for f in made.findings} >= {"left_out", "period_cut"}


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("weights=heavy", 422, "weights = 'heavy'"),
        ("colour=red", 422, "no choice 'colour'"),
        ("steps=dance", 404, "dance"),
        ("system=/etc/passwd", 404, "indicator system"),
        ("system=../own.toml", 404, "indicator system"),
        ("system=file:../../own.toml", 404, "indicator system"),
        ("standardisation=z", 422, "entropy weights need values"),
        ("first=1999", 404, "1999"),
        ("without=999999", 404, "999999"),
        ("level=nan", 422, "level"),
        ("draws=1e9", 422, "draws"),
        ("draws=100000", 422, "10,000"),
    ],
)
def test_what_cannot_be_is_refused_in_both_languages(web: httpx.Client, asked: str, status: int, said: str) -> None:
    answer = web.get(f"{BASE}?{asked}")
    assert answer.status_code == status, answer.text
    assert said in answer.json()["error"]["message"]
    assert answer.json()["error"]["message_zh"]


def test_a_table_comes_as_a_file_and_a_large_one_without_its_rows(web: httpx.Client) -> None:
    made = EvaluationReport.model_validate_json(web.get(f"{BASE}?{QUICK}&rows=100").content)
    assert made.tables["scores"].total == 288
    assert not made.tables["scores"].whole
    assert made.tables["scores"].rows["score"] == []
    assert made.tables["ranking"].whole
    answer = web.get(f"{BASE}/table?name=scores&format=csv&node=&{QUICK}")
    assert len(list(csv.reader(answer.text.splitlines()))) == 97
    assert web.get(f"{BASE}/table?name=none&{QUICK}").status_code == 404


def test_interactions_are_counted_into_a_panel_where_there_is_none(client: httpx.Client) -> None:
    made = EvaluationReport.model_validate_json(client.get(f"/api/clusters/tiny/evaluate?{QUICK}").content)
    assert made.system.id == "platform"
    assert made.system.panel == "interactions"
    assert made.periods == ["2017-01", "2017-02", "2017-03"]
    assert {c.id: c.value for c in made.choices}["grain"] == "month"
    bare = client.get("/api/clusters/places-only/evaluate")
    assert bare.status_code == 422
    assert "panel" in bare.json()["error"]["message"]


def test_clusters_are_identified_by_three_methods_side_by_side(client: httpx.Client, shown: Path) -> None:
    answer = client.get("/api/clusters/tiny/evaluate/identify?industry=C17&least=1")
    made = Identification.model_validate_json(answer.content)
    assert made.places.rows["place_id"]
    # three of every four firms are of C17 in both places: the quotient is 1
    assert made.places.rows["location_quotient"] == [1.0, 1.0]
    assert made.places.rows["by_quotient"] == [False, False]
    printed = run("identify", "C17", shown / "tiny", "--least", "1", "--json")
    assert json.loads(printed.stdout)["places"] == answer.json()["places"]
    table = run("identify", "C17", shown / "tiny", "--lang", "zh")
    assert "区位商法" in table.stdout
    assert "方法之间的一致性" in table.stdout
    assert client.get("/api/clusters/tiny/evaluate/identify?industry=Z9").status_code == 404


def test_the_command_says_the_same_as_the_server_and_can_be_repeated(web: httpx.Client, written: Path) -> None:
    served = web.get(f"{BASE}?{QUICK}&weights=critic").json()
    printed = run("evaluate", "own.toml", written / "cities", *FAST, "--weights", "critic", "--json")
    assert printed.exit_code == 0, printed.output
    made = json.loads(printed.stdout)
    assert made["tables"] == served["tables"]
    assert made["trace"]["parameters"] == served["trace"]["parameters"]
    again = run(*made["trace"]["command"].split()[1:], "--json")
    assert json.loads(again.stdout)["tables"] == made["tables"]


def test_the_screen_shows_ranks_choices_findings_and_what_to_type_again(written: Path) -> None:
    shown = run("evaluate", "own.toml", written / "cities", *FAST, "--periods", "2016:2021", "--limit", "3")
    assert shown.exit_code == 0, shown.output
    for part in ("Scores and ranks 2021 (3 of 12)", "Weights = entropy", "Findings", "Again: jiqun evaluate own.toml"):
        assert part in shown.stdout
    listed = run("evaluate", written / "cities", "--lang", "zh")
    assert "自有体系" in listed.stdout
    assert "broken.toml" in listed.stdout


def test_a_folder_gets_everything_and_a_file_what_its_ending_says(written: Path, tmp_path: Path) -> None:
    done = run("evaluate", "own.toml", written / "cities", *FAST, "--out", tmp_path / "report")
    assert done.exit_code == 0, done.output
    names = {p.relative_to(tmp_path / "report").as_posix() for p in (tmp_path / "report").rglob("*") if p.is_file()}
    assert {"evaluation.xlsx", "evaluation.docx", "evaluation.json", "tables/ranking.csv"} <= names
    assert not [n for n in names if n.split("/")[-1].startswith(".")]
    whole = EvaluationReport.model_validate_json((tmp_path / "report" / "evaluation.json").read_bytes())
    assert all(t.whole for t in whole.tables.values())
    refused = run("evaluate", "own.toml", written / "cities", "--out", tmp_path / "report.pdf")
    assert refused.exit_code == 2
    assert ".docx" in refused.output


FINDINGS: dict[str, Any] = {
    "constant_indicator": (lambda c: c.update({k: 7.0 for k in c if k[2] == "phones"}), ()),
    "missing_period": (lambda c: [c.pop(k) for k in list(c) if k[1] == 2018], ()),
    "missing_value": (lambda c: c.pop(("110000", 2016, "firms")), ()),
    "without_score": (lambda c: c.pop(("110000", 2016, "firms")), ()),
    "unknown_place": (lambda c: c.update({("海市蜃楼", *k[1:]): 2.0 + k[1] for k in c if k[0] == "110000"}), ()),
    "place_not_found": (lambda c: c.update({("海市蜃楼", *k[1:]): 2.0 + k[1] for k in c if k[0] == "110000"}), ()),
    "place_read": (lambda c: c.update({("西宁", *k[1:]): 2.0 + k[1] for k in c if k[0] == "110000"}), ()),
    "not_finite": (lambda c: c.update({("110000", 2016, "firms"): float("inf")}), ()),
    "zero_in_entropy": (lambda _: None, ()),
    "not_computable": (lambda c: [c.pop(k) for k in list(c) if k[0] != "110000"], ("--weights", "equal")),
}  # fmt: skip


@pytest.mark.parametrize("rule", FINDINGS)
def test_what_is_odd_is_told_on_the_command_line_with_what_was_done(
    rule: str, tmp_path: Path, cluster_writer: Callable[..., Path]
) -> None:
    change, options = FINDINGS[rule]
    folder = cluster_writer(tmp_path / "odd", "odd", {"panel": long(change), "places": places()})
    (tmp_path / "own.toml").write_text(SYSTEM, encoding="utf-8")
    done = run("evaluate", tmp_path / "own.toml", folder, *FAST, *options, "--json")
    assert done.exit_code == 0, done.output
    found = [f for f in json.loads(done.stdout)["findings"] if f["rule"] == rule]
    assert found, done.stdout
    assert found[0]["advice"]["en"]
    assert found[0]["advice"]["zh"]


def _system(**changes: str) -> str:
    text = SYSTEM
    for name, line in changes.items():
        text = text.replace(f"[indicators.{name}]\n", f"[indicators.{name}]\n{line}\n")
    return text


@pytest.mark.parametrize(
    ("system", "change", "options", "said"),
    [
        (SYSTEM.replace('node = "cluster"\nsign = "+"', 'node = "cluster"\nsign = "?"'), lambda _: None, (), "sign"),
        (SYSTEM, lambda _: None, ("--over", "base", "--base", "2020"), "need values ≥ 0"),
        (SYSTEM, lambda c: [c.pop(k) for k in list(c) if k[0] != "110000" or k[1] != 2016], (), "any indicator"),
        (SYSTEM, lambda c: c.update({k: float("nan") for k in c}), (), "panel with values"),
    ],
)
def test_what_makes_no_sense_is_refused_on_the_command_line(
    system: str, change: Any, options: tuple[str, ...], said: str, tmp_path: Path, cluster_writer: Callable[..., Path]
) -> None:
    folder = cluster_writer(tmp_path / "odd", "odd", {"panel": long(change), "places": places()})
    (tmp_path / "own.toml").write_text(system, encoding="utf-8")
    done = run("evaluate", tmp_path / "own.toml", folder, *FAST, *options)
    assert done.exit_code == 2, done.output
    assert said in done.output


def test_zeros_under_a_logarithm_and_a_doubtful_sign_are_told(
    tmp_path: Path, cluster_writer: Callable[..., Path]
) -> None:
    folder = cluster_writer(
        tmp_path / "odd",
        "odd",
        {"panel": long(lambda c: c.update({("110000", 2016, "firms"): 0.0})), "places": places()},
    )
    third = '[indicators.again]\nfrom = "online"\ntitle = "Again"\nnode = "digital"\nsign = "-"\n'
    (tmp_path / "own.toml").write_text(_system(firms='transformation = "log"') + third, encoding="utf-8")
    done = run("evaluate", tmp_path / "own.toml", folder, *FAST, "--json")
    assert done.exit_code == 0, done.output
    assert {"nonpositive_logarithm", "sign_doubtful"} <= {f["rule"] for f in json.loads(done.stdout)["findings"]}


def test_rows_given_twice_are_counted_once_and_told_and_refused_where_they_differ(
    tmp_path: Path, cluster_writer: Callable[..., Path]
) -> None:
    (tmp_path / "own.toml").write_text(SYSTEM, encoding="utf-8")
    twice = pl.concat([long(), long().head(3)])
    folder = cluster_writer(tmp_path / "twice", "twice", {"panel": twice, "places": places()})
    done = run("evaluate", tmp_path / "own.toml", folder, "--steps", "none", "--json")
    assert [f["rows"] for f in json.loads(done.stdout)["findings"] if f["rule"] == "repeated_value"] == [3]
    torn = pl.concat([long(), long().head(3).with_columns(pl.col("value") + 1)])
    folder = cluster_writer(tmp_path / "torn", "torn", {"panel": torn, "places": places()})
    refused = run("evaluate", tmp_path / "own.toml", folder, "--steps", "none")
    assert refused.exit_code == 2
    assert "several that differ" in refused.output


def test_one_period_is_scored_and_what_needs_more_is_said(tmp_path: Path, cluster_writer: Callable[..., Path]) -> None:
    one = long().filter(pl.col("period") == "2016")
    folder = cluster_writer(tmp_path / "one", "one", {"panel": one, "places": places()})
    (tmp_path / "own.toml").write_text(SYSTEM, encoding="utf-8")
    done = run("evaluate", tmp_path / "own.toml", folder, *FAST, "--json")
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert made["tables"]["ranking"]["total"] == 12
    assert [f["advice"]["en"] for f in made["findings"] if f["rule"] == "not_computable"]
    assert "beta" not in made["tables"]
