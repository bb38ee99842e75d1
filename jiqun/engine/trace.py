"""The trace of a number: which data, which code, which seed, and the command that gives it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from jiqun.cluster import Cluster, __version__

__all__ = ["Trace", "trace"]


@dataclass(frozen=True, slots=True)
class Trace:
    """What anyone needs to obtain the same number again."""

    cluster: str
    data_hash: str
    jiqun: str
    command: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


def trace(cluster: Cluster, command: str, *, seed: int | None = None, **parameters: Any) -> Trace:
    """Record what a number was computed from.

    Parameters
    ----------
    cluster
        The data.
    command
        Shell command that reproduces the number.
    seed
        Seed of the random numbers used, if any.
    **parameters
        Values of the parameters.
    """
    return Trace(
        cluster=cluster.about.id,
        data_hash=cluster.store.data_hash,
        jiqun=__version__,
        command=command,
        parameters=parameters,
        seed=seed,
        versions={name: _version(name) for name in ("duckdb", "narwhals", "numpy")},
    )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
