"""A folder with a recipe in it, and the shortest way from there to a cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jiqun.ingest import Ingested, ingest, parse_recipe

HEAD = '[cluster]\nid = "tiny"\n'


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Ingested]:
    """Ingest a recipe whose files lie in ``tmp_path`` into ``tmp_path/out``."""

    def run(recipe: str, **options: object) -> Ingested:
        return ingest(parse_recipe(HEAD + recipe, folder=tmp_path), tmp_path / "out", **options)

    return run
