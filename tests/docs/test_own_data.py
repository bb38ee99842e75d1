"""The page that takes a newcomer from two files to a cluster is true, word for word."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parents[2] / "docs"
FILE = re.compile(r"```\{code-block\} \w+\n:caption: (\S+)\n\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^```sh\n(.*?)```", re.DOTALL | re.MULTILINE)


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of the page as a newcomer's shell would, in English."""
    program, *arguments = shlex.split(command)
    assert program == "jiqun"
    return subprocess.run(
        [sys.executable, "-c", "from jiqun.serve.cli import main; main()", *arguments],
        cwd=folder,
        env={**os.environ, "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def doctests(page: str) -> None:
    failures, tried = doctest.testfile(
        str(DOCS / page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE, encoding="utf-8"
    )
    assert tried > 0
    assert failures == 0


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the page shows."""
    shown = dict(FILE.findall((DOCS / "own-data.md").read_text(encoding="utf-8")))
    assert set(shown) == {"firms.csv", "orders.csv", "recipe.toml"}
    for name, text in shown.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_command_and_example_of_own_data_works(folder: Path) -> None:
    commands = COMMAND.findall((DOCS / "own-data.md").read_text(encoding="utf-8"))
    assert [shlex.split(command)[1] for command in commands] == ["ingest", "check", "measure"]
    for command in commands:
        done = run(command, folder)
        assert done.returncode == 0, f"{command}: {done.stderr}"
    doctests("own-data.md")


def test_the_drafted_recipe_of_those_files_makes_a_cluster(folder: Path) -> None:
    drafted = run("jiqun recipe firms.csv orders.csv --out drafted.toml", folder)
    assert drafted.returncode == 0, drafted.stderr
    done = run("jiqun ingest drafted.toml --out drafted", folder)
    assert done.returncode == 0, done.stderr
    import jiqun

    cluster = jiqun.open(folder / "drafted")
    assert cluster.rows("actors") == 6
    assert cluster.rows("interactions") == 6


@pytest.mark.parametrize("page", ["start.md", "zh/start.md"])
def test_the_examples_of_the_start_pages_give_what_they_show(page: str) -> None:
    doctests(page)
