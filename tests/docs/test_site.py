"""The documentation builds without a warning, needs no network, and leaves nothing out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from jiqun.cluster import TABLES, rules
from jiqun.measure import indices

DOCS = Path(__file__).resolve().parents[2] / "docs"
LOADED = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)=\"(?:https?:)?//[^\"]+\"[^>]*>")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, built with warnings as errors."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", str(DOCS), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return out


@pytest.mark.xdist_group("docs")
def test_every_index_has_a_page_with_its_formula_its_source_and_its_example(site: Path) -> None:
    for name, one in indices().items():
        page = (site / "reference" / "indices" / f"{name}.html").read_text(encoding="utf-8")
        assert one.title.zh in page
        assert "<math" in page
        assert all(reference.url in page for reference in one.references if reference.doi)
        assert "&gt;&gt;&gt;" in page
        assert all(f'"pre">{parameter}<' in page for parameter in one.parameters.model_fields)


@pytest.mark.xdist_group("docs")
def test_every_column_and_every_rule_is_on_its_page(site: Path) -> None:
    tables = (site / "reference" / "tables.html").read_text(encoding="utf-8")
    for table in TABLES.values():
        for column in table.columns:
            assert column.name in tables
            assert column.title_zh in tables
    findings = (site / "reference" / "findings.html").read_text(encoding="utf-8")
    assert all(name in findings for name in rules())


@pytest.mark.xdist_group("docs")
def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(indices())
    outside = {page.name: found for page in pages if (found := LOADED.findall(page.read_text(encoding="utf-8")))}
    assert outside == {}
    styles = "".join(file.read_text(encoding="utf-8") for file in (site / "_static").rglob("*.css"))
    assert not re.search(r"url\(['\"]?(?:https?:)?//|@import\s+['\"]?https?:", styles)


@pytest.mark.xdist_group("docs")
def test_both_languages_have_a_landing_page_that_leads_to_the_other(site: Path) -> None:
    assert 'href="zh/index.html"' in (site / "index.html").read_text(encoding="utf-8")
    assert 'href="../index.html"' in (site / "zh" / "index.html").read_text(encoding="utf-8")


def test_every_handwritten_page_of_recipes_and_examples_is_listed() -> None:
    sys.path.insert(0, str(DOCS / "_ext"))
    try:
        from jiqun_docs import folders
        from jiqun_docs.pages import Pages
    finally:
        sys.path.pop(0)
    pages = Pages(DOCS)
    folders.write(pages)
    for folder in ("recipes", "examples"):
        listed = (DOCS / "reference" / f"{folder}.md").read_text(encoding="utf-8")
        assert all(f"/{folder}/{page.stem}" in listed for page in (DOCS / folder).glob("*.md"))
