"""To whom: the HTTP API, the command line and the jobs. They translate, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jiqun.serve.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    # The command line must start fast; the web framework is imported where an app is made.
    if name == "create_app":
        from jiqun.serve.app import create_app

        return create_app
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
