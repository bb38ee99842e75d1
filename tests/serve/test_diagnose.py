"""Diagnosis on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from jiqun.diagnose import RULES, as_record, diagnose
from jiqun.engine import open_cluster
from jiqun.serve.cli import main


def test_the_command_says_what_the_library_says(shown: Path) -> None:
    folder = str(shown / "tiny")
    printed = CliRunner().invoke(main, ["diagnose", folder, "mode", "--json"])
    assert printed.exit_code == 0, printed.output
    assert json.loads(printed.stdout) == as_record(diagnose(open_cluster(folder), "mode"))


def test_every_rule_answers_in_both_languages(shown: Path) -> None:
    for lang, word in (("en", "not computable"), ("zh", "无法计算")):
        told = CliRunner().invoke(main, ["--lang", lang, "diagnose", str(shown / "tiny")])
        assert told.exit_code == 0, told.output
        assert word in told.stdout.lower()
    printed = CliRunner().invoke(main, ["diagnose", str(shown / "tiny"), "--json"])
    assert [each["what"] for each in json.loads(printed.stdout)] == list(RULES)


def test_a_cluster_without_interactions_is_told_what_it_lacks(shown: Path) -> None:
    told = CliRunner().invoke(main, ["--lang", "zh", "diagnose", str(shown / "places-only"), "mode"])
    assert told.exit_code == 0, told.output
    assert "interactions" in told.stdout
    assert "无法计算" in told.stdout
