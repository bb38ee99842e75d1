"""The version, in one place: read by the build, the manifest, the server and ``jiqun --version``."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

__all__ = ["__version__", "code_version"]

__version__ = "0.1.0"


@cache
def code_version() -> str:
    """Name the code that is running: the version, and a fingerprint of the sources as they lie on disk.

    What is kept between two starts is kept under this name. In a checkout the code changes more often
    than the version, and a result of yesterday's code must not be shown as today's.
    """
    package = Path(__file__).parents[1]
    stamps = sorted(
        f"{file.relative_to(package)}:{stat.st_size}:{stat.st_mtime_ns}"
        for file in package.rglob("*.py")
        if (stat := file.stat())
    )
    return f"{__version__}+{hashlib.sha256('|'.join(stamps).encode()).hexdigest()[:12]}"
