"""Files made for download: the last few are kept, so that an answer that took too long is there the next time."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

__all__ = ["Exports"]


@dataclass
class Exports:
    """A temporary folder with at most ``keep`` files, made on demand and gone with the server."""

    keep: int = 8
    _folder: Path | None = field(default=None, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def file(self, name: str, ending: str, make: Callable[[Path], None]) -> Path:
        """Give the file of this name, made where it is not there.

        Parameters
        ----------
        name
            Says everything that the content depends on.
        ending
            Such as ``"csv"``.
        make
            Writes to the path it is given.
        """
        with self._lock:
            if self._folder is None or not self._folder.is_dir():
                self._folder = Path(tempfile.mkdtemp(prefix="jiqun-exports-"))
            folder = self._folder
        path = folder / f"{sha256(name.encode()).hexdigest()[:24]}.{ending}"
        if not path.is_file():
            temporary = path.with_suffix(f".{threading.get_ident()}.tmp")
            try:
                make(temporary)
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
            self._sweep(folder, path)
        path.touch()
        return path

    def close(self) -> None:
        """Remove the folder."""
        with self._lock:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._folder = None

    def _sweep(self, folder: Path, newest: Path) -> None:
        with self._lock:
            ready = [p for p in folder.iterdir() if p.suffix != ".tmp" and p != newest]
            for old in sorted(ready, key=lambda p: p.stat().st_mtime)[: -(self.keep - 1) or None]:
                # One that is being sent is open: it goes when its reader is done.
                old.unlink(missing_ok=True)
