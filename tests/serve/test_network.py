"""The network over HTTP and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
from click.testing import CliRunner

from jiqun.report.network_shapes import NetworkChoices, NetworkPart
from jiqun.serve.cli import main


def test_every_part_answers_in_its_shape_and_costs_nothing_the_second_time(client: httpx.Client) -> None:
    choices = NetworkChoices.model_validate_json(client.get("/api/clusters/tiny/network/choices").content)
    assert [layer.id for layer in choices.layers] == ["all", "digital"]
    for part in choices.parts:
        answer = client.get(f"/api/clusters/tiny/network/{part.id}")
        assert answer.status_code == 200, answer.text
        made = NetworkPart.model_validate_json(answer.content)
        assert made.part == part.id
        assert (made.missing is not None) == (part.count == 0), part.id
        again = client.get(f"/api/clusters/tiny/network/{part.id}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 304


def test_filters_are_kept_and_wrong_ones_refused_in_both_languages(client: httpx.Client) -> None:
    made = client.get("/api/clusters/tiny/network/summary?layer=digital&period=2017-02&interactions=order").json()
    assert (made["layer"], made["period"], made["interactions"]) == ("digital", "2017-02", ["order"])
    assert made["built_from"]["en"].startswith("kind=order; 2017-02")
    wrong = client.get("/api/clusters/tiny/network/summary?interactions=kind=nothing")
    assert wrong.status_code == 422
    assert wrong.json()["error"]["message_zh"]
    assert client.get("/api/clusters/tiny/network/luck").status_code == 422
    assert client.get("/api/clusters/tiny/network/summary?layer=air").status_code == 422
    assert client.get("/api/clusters/places-only/network/summary").json()["missing"]["zh"]


def test_the_command_says_the_same_as_the_server(client: httpx.Client, shown: Path) -> None:
    folder = str(shown / "tiny")
    printed = CliRunner().invoke(main, ["network", folder, "--part", "paths", "--json"])
    assert printed.exit_code == 0, printed.output
    assert json.loads(printed.stdout)["numbers"] == client.get("/api/clusters/tiny/network/paths").json()["numbers"]
    table = CliRunner().invoke(main, ["--lang", "zh", "network", folder, "--part", "core", "--part", "paths"])
    assert table.exit_code == 0, table.output
    assert "链式还是网络" in table.stdout
    assert "核心主体" in table.stdout
