"""Compare and rank over HTTP and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
from click.testing import CliRunner

from jiqun.report.comparisons import Choices, ClusterComparison, Comparison, SimilarUnits
from jiqun.report.shapes import MapLayer
from jiqun.serve.cli import main


def test_every_part_answers_in_its_shape_and_costs_nothing_the_second_time(client: httpx.Client) -> None:
    for path, shape in {
        "clusters/tiny/compare/choices?of=industry": Choices,
        "clusters/tiny/compare?unit=p1&unit=p2&index=krugman&replicates=9": Comparison,
        "clusters/tiny/similar?to=p1&replicates=9": SimilarUnits,
        "clusters/tiny/places": MapLayer,
    }.items():
        answer = client.get(f"/api/{path}")
        assert answer.status_code == 200, answer.text
        shape.model_validate_json(answer.content)
        again = client.get(f"/api/{path}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304, path


def test_the_units_stand_in_the_order_asked_for(client: httpx.Client) -> None:
    made = client.get("/api/clusters/tiny/compare?unit=p2&unit=p1&index=location_quotient:C17&replicates=0").json()
    assert [unit["id"] for unit in made["units"]] == ["p2", "p1"]
    turned = client.get("/api/clusters/tiny/compare?unit=p1&unit=p2&index=location_quotient:C17&replicates=0").json()
    assert made["indices"][0]["value"] == turned["indices"][0]["value"][::-1]


def test_what_is_missing_is_said_in_both_languages(client: httpx.Client) -> None:
    answer = client.get("/api/clusters/places-only/compare")
    assert answer.status_code == 422
    assert "actors" in answer.json()["error"]["message"]
    assert answer.json()["error"]["message_zh"]
    assert client.get("/api/clusters/tiny/compare?unit=nowhere").status_code == 404


def test_clusters_are_compared_by_their_addresses(client: httpx.Client) -> None:
    made = ClusterComparison.model_validate_json(client.get("/api/compare?cluster=tiny&cluster=places-only").content)
    assert [card.id for card in made.clusters] == ["tiny", "places-only"]
    assert client.get("/api/compare?cluster=tiny&cluster=nope").status_code == 404
    assert client.get("/api/compare").status_code == 422


def test_the_command_says_the_same_as_the_server(client: httpx.Client, shown: Path, tmp_path: Path) -> None:
    folder = str(shown / "tiny")
    asked = ["compare", folder, "--places", "p1,p2", "--index", "krugman", "--replicates", "9", "--json"]
    printed = CliRunner().invoke(main, asked)
    assert printed.exit_code == 0, printed.output
    served = client.get("/api/clusters/tiny/compare?unit=p1&unit=p2&index=krugman&replicates=9").json()
    assert json.loads(printed.stdout)["indices"] == served["indices"]
    assert served["indices"][0]["how"]["trace"]["command"].endswith("--index krugman --space physical --replicates 9")
    table = CliRunner().invoke(main, [*asked[:-1], "--lang", "zh"])
    assert "名次范围" in table.stdout
    several = CliRunner().invoke(main, ["compare", folder, str(shown / "places-only"), "--lang", "en"])
    assert "Krugman index, median place" in several.stdout
    alike = CliRunner().invoke(main, ["compare", folder, "--similar", "p1", "--out", str(tmp_path / "a.json")])
    assert alike.exit_code == 0
    assert json.loads((tmp_path / "a.json").read_text())["to"] == "p1"
    both = CliRunner().invoke(main, ["compare", folder, "--places", "p1", "--industries", "C17"])
    assert both.exit_code == 2
