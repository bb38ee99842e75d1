"""How ``Cluster`` reaches a later room without importing it.

The tree is one-way: a room imports only the rooms before it. ``cluster.measure(…)`` is a convenience
that looks the later room up by its published name at the moment of the call.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from jiqun.cluster.errors import UnknownName

__all__ = ["ROOMS", "room"]

ROOMS = ("cluster", "engine", "ingest", "space", "measure", "diagnose", "match", "report", "serve")
"""The rooms in the order in which data flows; the import contract in ``pyproject.toml`` is the same."""


def room(name: str) -> Any:
    """Give the public module of a room, importing it at first use."""
    if name not in ROOMS:
        raise UnknownName("room", name, ROOMS)
    return import_module(f"jiqun.{name}")
