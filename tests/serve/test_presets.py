"""Conventions of other packages over HTTP and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
from click.testing import CliRunner

from jiqun.serve.cli import main

GINI = "/api/clusters/tiny/measures/locational_gini?weight=count&replicates=0"


def test_a_preset_over_http_is_the_convention_of_the_package(client: httpx.Client) -> None:
    plain = client.get(GINI).json()["rows"]["value"]
    half = client.get(f"{GINI}&preset=econgeo").json()
    assert half["rows"]["value"] == [v / 2 for v in plain]
    assert "--definition=half" in half["trace"]["command"]
    assert client.get(f"{GINI}&preset=econgeo&definition=lorenz").json()["rows"]["value"] == plain


def test_a_preset_that_is_none_is_answered_with_those_there_are(client: httpx.Client) -> None:
    answer = client.get(f"{GINI}&preset=stata")
    assert answer.status_code == 404
    assert "econgeo" in answer.text
    lacks = client.get("/api/clusters/tiny/measures/hoover?preset=dbmss")
    assert lacks.status_code in (400, 422)
    assert "marcon_puech_m" in lacks.text


def test_a_preset_on_the_command_line(shown: Path) -> None:
    def values(*options: str) -> list[float]:
        told = CliRunner().invoke(
            main,
            [
                "measure",
                "locational_gini",
                str(shown / "tiny"),
                "--weight",
                "count",
                "--replicates",
                "0",
                "--json",
                *options,
            ],
        )
        found: list[float] = json.loads(told.stdout)["rows"]["value"]
        return found

    assert values("--preset", "econgeo") == [v / 2 for v in values()]
