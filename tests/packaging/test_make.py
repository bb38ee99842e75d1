"""The two commands: they find a Python, say what is missing, and offer what they claim."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SH = shutil.which("sh") or "/bin/sh"


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!{SH}\n{script}\n")
    file.chmod(0o755)


def recent(folder: Path, name: str) -> None:
    """A Python that is recent enough; what it makes is a marker, since a whole environment takes seconds."""
    made = f'for last; do :; done; mkdir -p "$last/bin"; echo {name} > "$last/made-by"'
    program(folder, name, f'case "$*" in "-m venv "*) {made};; *) exec "{sys.executable}" "$@";; esac')


def make_venv(path: Path, target: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    # The tools that the script itself uses, and no Python but those of the test.
    for tool in ("cat", "mkdir", "rm", "sh"):
        found = shutil.which(tool)
        if found and not (path / tool).exists():
            (path / tool).symlink_to(found)
    return subprocess.run(
        [SH, str(ROOT / "scripts" / "make-venv"), str(target)],
        env={"PATH": str(path), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_old_python_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    program(tmp_path / "bin", "python3", 'case $1 in --version) echo "Python 3.9.2";; *) exit 1;; esac')
    done = make_venv(tmp_path / "bin", tmp_path / "venv")
    assert done.returncode == 1
    assert "needs Python 3.11 or later" in done.stderr
    assert "found python3: Python 3.9.2" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_a_name_that_only_prints_an_error_is_passed_over(tmp_path: Path) -> None:
    # Version managers put such a python3.14 on the path.
    program(tmp_path / "bin", "python3.14", "echo 'pyenv: python3.14: command not found' >&2; exit 127")
    recent(tmp_path / "bin", "python3.12")
    done = make_venv(tmp_path / "bin", tmp_path / "venv")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "venv" / "made-by").read_text() == "python3.12\n"


def test_a_python_that_cannot_make_environments_says_which_package_is_missing(tmp_path: Path) -> None:
    # As Debian's without python3-venv: recent, but ensurepip, virtualenv and pip cannot be imported.
    script = f'case "$*" in *import\\ venv*|*import\\ virtualenv*) exit 1;; *) exec "{sys.executable}" "$@";; esac'
    program(tmp_path / "bin", "python3", script)
    done = make_venv(tmp_path / "bin", tmp_path / "venv")
    assert done.returncode == 1
    assert "sudo apt install python3-venv" in done.stderr
    assert not (tmp_path / "venv").exists()


def test_another_python_may_be_named(tmp_path: Path) -> None:
    recent(tmp_path / "bin", "mine")
    recent(tmp_path / "bin", "python3.12")
    done = make_venv(tmp_path / "bin", tmp_path / "venv", PYTHON="mine")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "venv" / "made-by").read_text() == "mine\n"


def test_an_environment_that_works_is_left_alone(tmp_path: Path) -> None:
    program(tmp_path / "bin", "python3", f'exec "{sys.executable}" "$@"')
    assert make_venv(tmp_path / "bin", tmp_path / "venv").returncode == 0
    kept = tmp_path / "venv" / "kept"
    kept.touch()
    assert make_venv(tmp_path / "bin", tmp_path / "venv").returncode == 0
    assert kept.exists()


def test_a_step_says_how_long_it_took_and_passes_the_failure_on() -> None:
    step = str(ROOT / "scripts" / "step")
    good = subprocess.run([SH, step, "Something", "true"], capture_output=True, text=True, check=True)
    assert re.fullmatch(r"── Something\n   \d+ s\n", good.stdout)
    bad = subprocess.run([SH, step, "Something", SH, "-c", "exit 7"], capture_output=True, text=True, check=False)
    assert bad.returncode == 7
    assert "failed after 0 s: Something" in bad.stderr


@pytest.fixture(scope="module")
def makefile() -> str:
    return (ROOT / "Makefile").read_text(encoding="utf-8")


def test_help_names_only_targets_there_are(makefile: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    offered = set(re.findall(r"make ([a-z-]+)", makefile.split("help:\n", 1)[1].split("\n\n", 1)[0]))
    assert {"demo", "test", "docs", "wheel"} <= offered <= targets


def test_make_reads_the_file_and_plans_the_tests_last() -> None:
    if shutil.which("make") is None:
        pytest.skip("needs make")
    # these tests are themselves run by make, which would have its child announce every folder
    env = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    plan = subprocess.run(
        ["make", "-n", "test", "MAKE=:"], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout
    assert " -m pytest " in plan.splitlines()[-1]


def test_the_makefile_keeps_to_what_gnu_make_3_81_knows(makefile: str) -> None:
    for newer in (r"^\.ONESHELL", r"^\.SHELLFLAGS", r"&:", r"^\w+\s*!=", r"\$\(file ", r"^\w+\s*::?:="):
        assert not re.search(newer, makefile, re.MULTILINE)


def test_continuous_integration_runs_the_same_command() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert script.rstrip().endswith("exec make test")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)


def test_no_path_of_one_machine_is_in_the_project() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    homes = re.compile(r"/(?:home|Users)/[a-z]\w+/|/root/|file:///")
    bad = []
    for name in listed.stdout.split():
        file = ROOT / name
        if file.is_file() and file != Path(__file__) and file.suffix not in {".png", ".ttf", ".woff2", ".xlsx", ".ico"}:
            bad += [name] if homes.search(file.read_text(encoding="utf-8", errors="ignore")) else []
    assert bad == []
