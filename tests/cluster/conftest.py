"""The libraries in which a caller may hold tables."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # planted_faults and real_clusters are read by several tests


def _pandas(frame: pl.DataFrame) -> Any:
    return frame.to_pandas()


def _duckdb(frame: pl.DataFrame) -> Any:
    from jiqun.engine import database

    return database().cursor().from_arrow(frame.to_arrow())


LIBRARIES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda frame: frame,
    "polars-lazy": lambda frame: frame.lazy(),
    "pandas": _pandas,
    "arrow": lambda frame: frame.to_arrow(),
    "duckdb": _duckdb,
}


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> Callable[[pl.DataFrame], Any]:
    """Hand a Polars frame over as a frame of another library."""
    return LIBRARIES[request.param]


@pytest.fixture(scope="session")
def libraries() -> list[Callable[[pl.DataFrame], Any]]:
    """Give all libraries at once."""
    return list(LIBRARIES.values())
