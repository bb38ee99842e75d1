"""The example clusters: built side by side the first time, found ready every time after."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import Any

from jiqun.cluster import JiqunError, Words, code_version
from jiqun.serve.process import Process
from jiqun.serve.refusals import Refusal

__all__ = ["Builder", "default_folder", "is_ready", "lacking", "mark_ready"]

STAMP = Path(".jiqun") / "demo.json"
AT_ONCE = 2
"""Examples built at a time: each reads its data with all cores by itself."""

Heard = Callable[[Words, float, float | None], None]


def default_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Give the folder in which the examples are kept for this user.

    >>> str(default_folder({"JIQUN_HOME": "/srv/jiqun"}))
    '/srv/jiqun/demo'
    """
    if environment.get("JIQUN_HOME"):
        return Path(environment["JIQUN_HOME"]) / "demo"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "jiqun" / "demo"
    base = environment.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "jiqun" / "demo"


def is_ready(folder: Path) -> bool:
    """Whether everything the first pages need was computed by this version, and is still there.

    Nothing is imported and no table is opened for it: this is on the way of every start.
    """
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        current = stamp["made_by"] == _made_by(stamp["packages"]) and bool(stamp["examples"])
        return current and all((folder / name / "manifest.json").is_file() for name in stamp["examples"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def mark_ready(folder: Path, examples: Iterable[str], packages: Iterable[str]) -> None:
    """Note that the examples are built, from which versions of what."""
    file = folder / STAMP
    file.parent.mkdir(parents=True, exist_ok=True)
    named = sorted(packages)
    temporary = file.with_suffix(".tmp")
    temporary.write_text(
        json.dumps({"examples": sorted(examples), "packages": named, "made_by": _made_by(named)}), encoding="utf-8"
    )
    temporary.replace(file)


def lacking(packages: Iterable[str]) -> list[str]:
    """Name those of some packages that are not installed.

    >>> lacking(["click", "no-such-package-here"])
    ['no-such-package-here']
    """
    return [name for name, found in _made_by(packages).items() if not found]


def _made_by(packages: Iterable[str]) -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {"jiqun": code_version()}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found


@dataclass
class Builder:
    """Builds examples in processes of their own, so that they run side by side and can be ended."""

    folder: Path
    failures: dict[str, str] = field(default_factory=dict)
    _processes: list[Process] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _ended: Event = field(default_factory=Event)

    def build(self, ids: Iterable[str], listen: Callable[[str], Heard], finish: Callable[[str], None]) -> list[str]:
        """Build them and give those that were; what became of the others is in ``failures``."""
        built: list[str] = []
        with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
            running = {pool.submit(self._one, id_, listen(id_)): id_ for id_ in ids}
            try:
                for future in as_completed(running):
                    id_ = running[future]
                    try:
                        future.result()
                    except JiqunError as error:
                        self.failures[id_] = str(error)
                    else:
                        built.append(id_)
                        finish(id_)
            except BaseException:
                self.end()
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return built

    def end(self) -> None:
        """End what is being built; what was there before is whole."""
        self._ended.set()
        with self._lock:
            for process in self._processes:
                process.end()

    def _one(self, id_: str, heard: Heard) -> dict[str, Any]:
        with self._lock:
            if self._ended.is_set():
                raise Refusal(Words("Interrupted.", "已中断。"), status=503)
            process = Process.start("example", id_, self.folder / id_, private=False)
            self._processes.append(process)

        def told(said: dict[str, Any]) -> None:
            heard(Words(said["step"]["en"], said["step"]["zh"]), said["done"], said["total"])

        return process.wait(told)
