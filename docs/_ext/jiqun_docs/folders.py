"""Lists of the pages that lie in the folders of recipes and examples, each a page of its own."""

from __future__ import annotations

from jiqun_docs.pages import Pages

__all__ = ["write"]

FOLDERS = {
    "recipes": (
        "# Documented recipes 现成配方",
        "For data that people have. Each ships with Jiqun and reads the files in their original layout.",
    ),
    "examples": (
        "# Example clusters 示例集群",
        "What `make demo` shows: where the data come from, and what they cannot say.",
    ),
}


def write(pages: Pages) -> None:
    """Write a list for each folder."""
    for folder, (title, sentence) in FOLDERS.items():
        found = sorted(path.stem for path in (pages.docs / folder).glob("*.md"))
        lines = [title, "", sentence, ""]
        if found:
            lines += ["```{toctree}", ":maxdepth: 1", "", *[f"/{folder}/{name}" for name in found], "```"]
        pages.write(folder, lines)
