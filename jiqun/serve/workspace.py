"""The workspace: a folder whose sub-folders are clusters, and what the server keeps of its own in it."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jiqun.cluster import Cluster, JiqunError, UnknownName, Words
from jiqun.engine import open_cluster
from jiqun.serve.refusals import Refusal, short

__all__ = ["KEPT_DAYS", "Entry", "Workspace"]

MANIFEST = "manifest.json"
PRIVATE = ".jiqun"
"""Folder of the workspace for uploads, jobs and the trash; never served, never listed."""
MARK = ".uploaded"
"""File that marks a cluster as uploaded through the server, hence removable through it."""
KEPT_DAYS = 30
DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One cluster of the workspace as it was when its manifest was last looked at."""

    id: str
    folder: Path
    stamp: tuple[int, int, int]
    cluster: Cluster
    removable: bool


@dataclass
class Workspace:
    """Clusters by id. Ids are looked up here and never joined into paths.

    Parameters
    ----------
    home
        Folder whose sub-folders are clusters and where uploads go; None for none.
    extra
        Further folders: clusters, or folders of clusters; these are only read.
    """

    home: Path | None
    extra: Sequence[Path] = ()
    _entries: dict[Path, Entry] = field(default_factory=dict, repr=False)
    _problems: dict[Path, str] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def private(self) -> Path:
        """Folder for what the server keeps of its own."""
        if self.home is None:
            raise Refusal(
                Words(
                    "This server shows single clusters and keeps nothing. Serve a folder of clusters to upload to it.",
                    "当前服务只展示单个集群，不保存内容。若要上传，请以包含集群的文件夹启动服务。",
                ),
                status=403,
            )
        return self.home / PRIVATE

    def entries(self) -> Mapping[str, Entry]:
        """List what is there now: a folder is opened again only where its manifest has changed."""
        with self._lock:
            folders = self._folders()
            found: dict[str, Entry] = {}
            self._problems.clear()
            for folder in folders:
                entry = self._look(folder)
                if entry is not None:
                    found[_free(entry, found)] = entry
            self._entries = {entry.folder: entry for entry in found.values()}
            return {
                id_: entry if entry.id == id_ else Entry(id_, entry.folder, entry.stamp, entry.cluster, entry.removable)
                for id_, entry in found.items()
            }

    def problems(self) -> list[str]:
        """Say which folders could not be opened at the last listing, and why."""
        with self._lock:
            return list(self._problems.values())

    def entry(self, id_: str) -> Entry:
        """Give the cluster of this id.

        Raises
        ------
        UnknownName
            If there is none; the message names those that there are.
        """
        entries = self.entries()
        if id_ not in entries:
            raise UnknownName("cluster", short(id_, 80), entries)
        return entries[id_]

    def remove(self, id_: str) -> None:
        """Move an uploaded cluster to the trash."""
        entry = self.entry(id_)
        if not entry.removable:
            raise Refusal(
                Words(
                    f"{id_} was not uploaded here, so it cannot be removed here. Remove its folder by hand.",
                    f"{id_} 不是在此上传的，不能在此移除；请手动删除其文件夹。",
                ),
                status=403,
            )
        trash = self.private / "trash"
        trash.mkdir(parents=True, exist_ok=True)
        with self._lock:
            entry.folder.rename(trash / f"{time.time_ns()}-{entry.folder.name}")

    def restore(self, id_: str) -> None:
        """Bring the cluster that was last removed under this id back."""
        if self.home is None:
            _ = self.private
            return
        with self._lock:
            found = sorted(f for f in _folders(self.private / "trash") if f.name.partition("-")[2] == id_)
            if not found:
                raise UnknownName("removed cluster", short(id_, 80), self.trashed())
            target = self.home / found[-1].name.partition("-")[2]
            if target.exists():
                raise Refusal(
                    Words(
                        f"There is a cluster called {id_} again. Remove it first, then restore the old one.",
                        f"已存在名为 {id_} 的集群，请先移除它，再恢复旧的集群。",
                    ),
                    status=409,
                )
            found[-1].rename(target)

    def trashed(self) -> list[str]:
        """Names of the clusters in the trash."""
        return sorted({f.name.partition("-")[2] for f in _folders(self.private / "trash")}) if self.home else []

    def sweep(self) -> None:
        """Delete what has been in the trash for longer than :data:`KEPT_DAYS` days."""
        if self.home is None:
            return
        for folder in _folders(self.private / "trash"):
            stamp = folder.name.partition("-")[0]
            if stamp.isdigit() and time.time() - int(stamp) / 1e9 > KEPT_DAYS * DAY:
                shutil.rmtree(folder, ignore_errors=True)

    def adopt(self, staged: Path, id_: str, job: str) -> None:
        """Make a finished folder a cluster of the workspace, in one step."""
        if self.home is None:
            _ = self.private
            return
        (staged / MARK).write_text(job, encoding="utf-8")
        target = self.home / id_
        with self._lock:
            if target.exists():
                raise Refusal(taken(id_), status=409)
            staged.rename(target)

    def _folders(self) -> list[Path]:
        folders: dict[Path, None] = {}
        for root in (*([self.home] if self.home else []), *self.extra):
            if (root / MANIFEST).is_file():
                folders[root.resolve()] = None
            else:
                folders |= dict.fromkeys(f.resolve() for f in _folders(root) if (f / MANIFEST).is_file())
        return list(folders)

    def _look(self, folder: Path) -> Entry | None:
        try:
            stat = (folder / MANIFEST).stat()
            stamp = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            known = self._entries.get(folder)
            if known is not None and known.stamp == stamp:
                return known
            cluster = open_cluster(folder)
        except (JiqunError, OSError) as error:
            self._problems[folder] = str(error)
            return None
        return Entry(cluster.about.id, folder, stamp, cluster, (folder / MARK).is_file())


def taken(id_: str) -> Words:
    """Say that an id is in use."""
    return Words(
        f"There is already a cluster called {id_}. Change id in the recipe, or remove that one first.",
        f"已存在名为 {id_} 的集群。请修改配方中的 id，或先移除该集群。",
    )


def _folders(root: Path) -> list[Path]:
    try:
        return sorted(f for f in root.iterdir() if f.is_dir() and not f.name.startswith("."))
    except OSError:
        return []


def _free(entry: Entry, taken_ids: Mapping[str, Entry]) -> str:
    """Give two folders that claim one id different ids: the folder's name, then a number."""
    for candidate in (entry.cluster.about.id, entry.folder.name):
        if candidate not in taken_ids:
            return candidate
    number = 2
    while f"{entry.folder.name}-{number}" in taken_ids:
        number += 1
    return f"{entry.folder.name}-{number}"
