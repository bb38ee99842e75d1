"""Writes pages of Markdown into ``docs/reference``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["Pages", "code", "table", "text"]


class Pages:
    """The folder of generated pages; a page that no longer has a source is removed."""

    def __init__(self, docs: Path) -> None:
        self.docs = docs
        self.folder = docs / "reference"
        self._written: set[Path] = set()

    def write(self, name: str, lines: Iterable[str]) -> None:
        """Write a page where its text changed."""
        path = self.folder / f"{name}.md"
        content = "\n".join(lines).rstrip() + "\n"
        self._written.add(path)
        if path.is_file() and path.read_text(encoding="utf-8") == content:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def sweep(self) -> None:
        """Remove pages that were not written this time."""
        for path in self.folder.rglob("*.md"):
            if path not in self._written:
                path.unlink()


def text(words: object) -> str:
    """Make text safe in Markdown: nothing in it is markup, and it stays on one line."""
    return re.sub(r"([\\`*_{}\[\]<>|#$~])", r"\\\1", " ".join(str(words).split()))


def code(words: object) -> str:
    """Show as code; empty stays empty."""
    plain = " ".join(str(words).split()).replace("|", "\\|")
    fence = "``" if "`" in plain else "`"
    return f"{fence}{plain}{fence}" if plain else ""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lay out a table; cells are Markdown already."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return [*lines, ""]
