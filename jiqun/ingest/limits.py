"""What an ingest may use of the machine, for servers that read what others upload."""

from __future__ import annotations

import os
from dataclasses import dataclass

from jiqun.cluster import JiqunError

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one ingest; memory is bounded by the engine (``JIQUN_MEMORY``).

    >>> Limits(max_bytes=1_000_000).query_seconds
    3600.0
    """

    max_bytes: int | None = None
    """Largest source file, before and after unpacking."""
    query_seconds: float = 3600.0
    """Longest time of one query of the recipe."""

    @classmethod
    def from_environment(cls) -> Limits:
        """Take the limits from ``JIQUN_MAX_BYTES`` and ``JIQUN_QUERY_SECONDS``.

        Raises
        ------
        JiqunError
            If one of them is not a positive number.
        """
        size, seconds = _positive("JIQUN_MAX_BYTES"), _positive("JIQUN_QUERY_SECONDS")
        return cls(None if size is None else int(size), cls().query_seconds if seconds is None else seconds)


def _positive(name: str) -> float | None:
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not value > 0:
        raise JiqunError(
            f"{name} is {text!r}; it must be a positive number. Correct or unset it.",
            f"{name} 是 {text!r}；它必须是正数。请更正或取消设置。",
        )
    return value
