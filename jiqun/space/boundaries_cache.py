"""Texts that take a second to make, kept in the user's cache folder between processes."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

__all__ = ["cache_folder", "kept_text"]


def cache_folder() -> Path:
    """Give the folder for what can be made again: ``JIQUN_CACHE``, else the user's cache folder."""
    chosen = os.environ.get("JIQUN_CACHE")
    if chosen:
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jiqun"


def kept_text(name: str, depends_on: str, make: Callable[[], str]) -> str:
    """Give a text from the cache folder where it was made from the same inputs, else make and keep it.

    A folder that cannot be read or written is no error: the text is then made each time.

    Parameters
    ----------
    name
        File name, such as ``"china-cities.json"``.
    depends_on
        Everything the text depends on; a change of it makes the text anew.
    make
        Makes the text.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     os.environ["JIQUN_CACHE"] = folder
    ...     first = kept_text("a.json", "inputs 1", lambda: "made")
    ...     again = kept_text("a.json", "inputs 1", lambda: "made once more")
    ...     del os.environ["JIQUN_CACHE"]
    >>> first, again
    ('made', 'made')
    """
    key = hashlib.sha256(depends_on.encode()).hexdigest()[:16]
    try:
        file = cache_folder() / "boundaries" / f"{Path(name).stem}-{key}{Path(name).suffix}"
        return file.read_text(encoding="utf-8")
    except (OSError, RuntimeError, UnicodeDecodeError):
        pass  # RuntimeError: a user without a home folder.
    text = make()
    try:
        file = cache_folder() / "boundaries" / f"{Path(name).stem}-{key}{Path(name).suffix}"
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, file)
    except (OSError, RuntimeError):
        pass
    return text
