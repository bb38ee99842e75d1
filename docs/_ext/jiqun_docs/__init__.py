"""Sphinx extension: the reference pages are what the code says of itself.

Nothing in ``docs/reference`` is written by hand. A new index, rule, command, endpoint, table or recipe
key has its page at the next build, with no edit here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from jiqun_docs import commands, folders, http, indices, recipe_format, rules, tables
from jiqun_docs.mathml import add_renderer
from jiqun_docs.pages import Pages

__all__ = ["setup"]

WRITERS = (tables, indices, rules, recipe_format, http, commands, folders)


def write_reference(app: Sphinx) -> None:
    """Write every reference page; those that did not change keep their time, so that builds stay quick."""
    pages = Pages(Path(app.srcdir))
    for writer in WRITERS:
        writer.write(pages)
    pages.sweep()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("builder-inited", write_reference)
    add_renderer(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
