"""How to ask again: the filters of an answer, and the command that gives it a second time."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from typing import Any

from jiqun.cluster import Cluster
from jiqun.space.periods import Window, calendar, label

__all__ = ["asked", "command"]


def asked(cluster: Cluster, within: Window | None, **filters: str | None) -> dict[str, Any]:
    """Give the filters of an answer by the names they have on the command line and over HTTP."""
    time = calendar(cluster)
    if within is not None and time is not None:
        filters |= {"first": label(within.first, time.grain), "last": label(within.last, time.grain)}
    return {name: value for name, value in filters.items() if value is not None}


def command(cluster: Cluster, what: str, filters: Mapping[str, str]) -> str:
    """Write the shell command that gives an answer again.

    >>> command(Cluster.from_tables(), "--map", {"industry": "a b"})
    "jiqun profile DIR --map --industry 'a b' --json"
    """
    folder = shlex.quote(cluster.path) if cluster.path else "DIR"
    options = [f"--{name} {shlex.quote(value)}" for name, value in filters.items()]
    return " ".join(["jiqun profile", folder, what, *options, "--json"])
