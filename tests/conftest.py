"""Fixtures that more than one room's tests use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A law is about values: how long an example takes on a busy machine says nothing about it.
settings.register_profile("jiqun", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("jiqun")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the team's real data; tests that need it skip visibly without it."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data")
    return folder


@pytest.fixture(scope="session")
def reference() -> Path:
    """Folder of reference values computed with other implementations."""
    folder = SHARED / "reference" / "measures"
    if not folder.is_dir():
        pytest.skip("needs ../shared/reference")
    return folder
