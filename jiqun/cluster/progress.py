"""Progress of long work, told to whoever listens: a bar on the terminal, a job on the server, or no one."""

from __future__ import annotations

from typing import Protocol

from jiqun.cluster.facts import Words

__all__ = ["Progress", "silent"]


class Progress(Protocol):
    """Called by long work as it goes; it may raise to cancel the work, which then leaves nothing behind."""

    def __call__(self, step: Words, done: float, total: float | None) -> None:
        """Say that ``done`` of ``total`` units of a step are done; ``total`` is None where unknown."""
        ...


def silent(step: Words, done: float, total: float | None) -> None:
    """Listen to progress and say nothing."""
