"""What the page on the two spaces says of the indices is so."""

from __future__ import annotations

from pathlib import Path

from jiqun.measure import indices

PAGE = Path(__file__).resolve().parents[2] / "docs" / "concepts.md"


def test_the_page_says_which_spaces_have_indices() -> None:
    only_physical = all(one.spaces == ("physical",) for one in indices().values())
    assert ("Those so far are of physical space" in PAGE.read_text(encoding="utf-8")) == only_physical
