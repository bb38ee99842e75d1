"""What is declared, what is imported, what is explained and what it may be used for are one list."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
SPELLINGS = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
BSD = {"BSD License", "BSD-2-Clause", "BSD-3-Clause", "BSD 2-Clause License"}
# Its emacs mode, in the source archive only, is under the GPL; a test below looks that it is not installed.
FREE_AS_INSTALLED = {"docutils"}


def names(requirements: list[object]) -> set[str]:
    return {canonicalize_name(Requirement(one).name) for one in requirements if isinstance(one, str)}


def runtime() -> set[str]:
    return names(PROJECT["project"]["dependencies"])


def extras() -> set[str]:
    return set().union(*(names(group) for group in PROJECT["project"]["optional-dependencies"].values()))


def development() -> set[str]:
    return set().union(*(names(group) for group in PROJECT["dependency-groups"].values()))


def explained(heading: str) -> dict[str, str]:
    """Package → licence in one table of the page; every row has a reason."""
    section = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = re.findall(r"^\| (\S+) \| (\S+) \| (.+) \|$", section, re.MULTILINE)
    return {package: licence for package, licence, reason in rows if package not in {"Package", "---"} and reason}


MIT_TEXT = "Permission is hereby granted, free of charge, to any person obtaining a copy"


def licence_file(package: str) -> str:
    """Text of the licence that is installed with a package."""
    files = [f for f in metadata.files(package) or [] if f.name.upper().startswith(("LICENSE", "LICENCE", "COPYING"))]
    return "\n".join(Path(str(f.locate())).read_text(encoding="utf-8") for f in files)


def licence(package: str) -> str:
    """What a package says of its licence: an SPDX expression, its classifiers, the first line, or the text it ships."""
    about = metadata.metadata(package)
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    classifiers = [c.split(" :: ")[-1] for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
    said = "; ".join(classifiers) or next(iter(str(about.get("License") or "").strip().splitlines()), "")
    if not said and MIT_TEXT in licence_file(package):
        return "MIT"
    return SPELLINGS.get(said, said)


def pinned() -> list[str]:
    text = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    found = (Requirement(line.rstrip("\\ ")) for line in re.findall(r"^[a-z0-9].*", text, re.MULTILINE))
    return sorted({one.name for one in found if one.marker is None or one.marker.evaluate()})


@pytest.mark.parametrize(
    ("heading", "declared"),
    [
        ("Python, at run time", runtime()),
        ("Python, extras", extras()),
        ("Python, for development", development()),
    ],
)
def test_every_declared_package_is_explained_and_no_other(heading: str, declared: set[str]) -> None:
    assert set(explained(heading)) == declared


@pytest.mark.parametrize("package", sorted(runtime() | extras() | development()))
def test_the_licence_on_the_page_is_the_one_the_package_states(package: str) -> None:
    everything = explained("Python, at run time") | explained("Python, extras") | explained("Python, for development")
    shown, stated = everything[package], licence(package)
    same = shown == stated or (shown in BSD and stated in BSD)
    # NumPy states the licences of the small parts it contains, too.
    assert same or stated.startswith(f"{shown} AND "), stated


@pytest.mark.parametrize("package", pinned())
def test_nothing_that_is_installed_is_under_the_gpl_or_agpl(package: str) -> None:
    stated = licence(package)
    assert stated, f"{package} states no licence"
    if package not in FREE_AS_INSTALLED:
        words = stated.replace("LGPL", "").upper()
        assert "GPL" not in words, stated
        assert "AFFERO" not in words, stated
        assert "GENERAL PUBLIC" not in words, stated


def test_the_part_of_docutils_under_the_gpl_is_not_installed() -> None:
    files = metadata.files("docutils")
    assert files, "docutils is installed without a list of its files"
    assert not [file for file in files if file.suffix == ".el"]
    code = [file for file in files if file.suffix == ".py"]
    assert len(code) > 50
    assert not [f for f in code if "GNU General Public License" in Path(str(f.locate())).read_text(encoding="utf-8")]


def test_the_web_client_is_explained_and_free() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for heading, group in (
        ("Web client, in the browser", "dependencies"),
        ("Web client, for development", "devDependencies"),
    ):
        stated = {name: locked[f"node_modules/{name}"]["license"] for name in package[group]}
        assert explained(heading) == stated
    licences = {name: str(facts.get("license", "")) for name, facts in locked.items() if name}
    assert not {name for name, said in licences.items() if not said or "GPL" in said.upper()}


def imported() -> dict[str, set[str]]:
    """Top-level package → files of the library that import it, or read a file that it holds."""
    found: dict[str, set[str]] = {}
    for file in sorted((ROOT / "jiqun").rglob("*.py")):
        for module in _modules(ast.parse(file.read_text(encoding="utf-8"))):
            found.setdefault(module, set()).add(str(file.relative_to(ROOT)))
    for file in sorted((ROOT / "jiqun").rglob("*.toml")):
        for module in re.findall(r'^package = "(\w+)"', file.read_text(encoding="utf-8"), re.MULTILINE):
            found.setdefault(module, set()).add(str(file.relative_to(ROOT)))
    return {m: files for m, files in found.items() if m not in sys.stdlib_module_names and m != "jiqun"}


def _modules(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.split(".")[0]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in {"import_module", "find_spec", "files"} and isinstance(node.args[0].value, str):
                yield node.args[0].value.split(".")[0]


def test_every_import_is_declared_and_every_declared_package_is_used() -> None:
    owners = metadata.packages_distributions()
    used: dict[str, set[str]] = {}
    for module, files in imported().items():
        for owner in owners.get(module, [module]):
            used.setdefault(canonicalize_name(owner), set()).update(files)
    declared = runtime() | extras()
    assert {package: files for package, files in used.items() if package not in declared} == {}
    assert declared - set(used) == set()


def test_pinned_lists_name_no_place_to_download_from() -> None:
    for name in ("demo", "dev", "node"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|\s/\w|^[^#\n]* @ ", text, re.MULTILINE)


def test_every_pinned_package_has_hashes() -> None:
    for name in ("demo", "dev", "node"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        entries = re.findall(
            r"^([a-z0-9][\w.-]*)==[^\\]+\\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", text, re.MULTILINE
        )
        assert len(entries) == len(re.findall(r"^[a-z0-9][\w.-]*==", text, re.MULTILINE)) > 0


def test_the_demo_installs_versions_that_the_tests_ran_with() -> None:
    def versions(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
        return set(re.findall(r"^([a-z0-9][\w.-]*==[^\s;\\]+)", text, re.MULTILINE))

    assert versions("demo") < versions("dev")


def test_the_pinned_lists_satisfy_what_is_declared() -> None:
    text = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    held: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", text, re.MULTILINE):
        held.setdefault(package, set()).add(version)
    groups = [*PROJECT["project"]["optional-dependencies"].values(), *PROJECT["dependency-groups"].values()]
    for one in [*PROJECT["project"]["dependencies"], *(entry for group in groups for entry in group)]:
        if isinstance(one, str):
            wanted = Requirement(one)
            versions = held[canonicalize_name(wanted.name)]
            assert all(version in wanted.specifier for version in versions), f"{one}: run make requirements"
