"""The cluster on disk: open one, or write the next version of one without ever harming the last."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import narwhals as nw

from jiqun.cluster import TABLES, About, Cluster, JiqunError, UnknownName
from jiqun.cluster.version import __version__
from jiqun.engine.database import database
from jiqun.engine.manifest import MANIFEST, Manifest, Part, SourceFile, read_manifest, write_manifest

__all__ = ["FolderStore", "Writer", "open_cluster", "own_folder", "writing"]

DATA = "data"
DERIVED = "derived"
SCRATCH = ".scratch"
_REFUSED = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)


class FolderStore:
    """Tables in Parquet parts, scanned lazily by DuckDB. Files never change under an open store."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.data_hash = manifest.data_hash

    def names(self) -> tuple[str, ...]:
        """Names of the tables held."""
        return tuple(name for name in TABLES if name in self.manifest.tables)

    def files(self, name: str) -> list[str]:
        """Paths of the parts of a table; a manifest cannot name a file outside the folder."""
        return [str(_inside(self.folder, part.file)) for part in self.manifest.tables[name]]

    def columns(self, name: str) -> tuple[str, ...]:
        """Names of the columns of a table."""
        import pyarrow.parquet as pq

        seen: dict[str, None] = {}
        for file in self.files(name):
            seen |= dict.fromkeys(pq.read_schema(file).names)
        return tuple(seen)

    def rows(self, name: str) -> int:
        """Number of rows of a table, from the manifest."""
        return self.manifest.rows(name)

    def scan(self, name: str) -> nw.LazyFrame[Any]:
        """Give a lazy frame over all parts of a table."""
        parts = database().cursor().read_parquet(self.files(name), union_by_name=True)
        return nw.from_native(parts)

    def findings(self) -> list[dict[str, Any]]:
        """Give what was found while reading the sources, as ``jiqun.cluster.Finding.to_dict`` wrote it.

        Raises
        ------
        JiqunError
            If the file of findings is missing or damaged.
        """
        if not self.manifest.findings:
            return []
        file = _inside(self.folder, self.manifest.findings)
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
            found = [json.loads(line) for line in lines if line.strip()]
        except (OSError, ValueError) as error:
            raise JiqunError(
                f"{self.folder} is damaged: its findings {self.manifest.findings} cannot be read ({error}). "
                "Ingest the recipe again.",
                f"{self.folder} 已损坏：无法读取检查记录 {self.manifest.findings}（{error}）。请重新导入配方。",
            ) from error
        return found

    def codes(self) -> dict[str, str]:
        """Give the code schemes that the recipe names, by what they classify."""
        named = self.manifest.extra.get("codes", {})
        return {str(what): str(scheme) for what, scheme in named.items()} if isinstance(named, Mapping) else {}


def open_cluster(path: str | os.PathLike[str]) -> Cluster:
    """Open a cluster folder that ``jiqun ingest`` wrote.

    Parameters
    ----------
    path
        The folder.

    Returns
    -------
    Cluster
        Lazy: tables are read when they are asked for.

    Raises
    ------
    JiqunError
        If the folder is not a cluster, is damaged, or was written by a newer Jiqun.
    """
    folder = Path(path).expanduser().resolve()
    manifest = read_manifest(folder)
    for name, parts in manifest.tables.items():
        if name not in TABLES:
            raise UnknownName("canonical table", name, TABLES)
        for part in parts:
            file = _inside(folder, part.file)
            what = "is missing" if not file.is_file() else "is cut short" if file.stat().st_size != part.bytes else ""
            if what:
                what_zh = "不见了" if not file.is_file() else "被截断了"
                raise JiqunError(
                    f"{folder} is damaged: {part.file} of table {name} {what}. Ingest the recipe again.",
                    f"{folder} 已损坏：表 {name} 的 {part.file} {what_zh}。请重新导入配方。",
                )
    return Cluster(FolderStore(folder, manifest), manifest.about, str(folder))


class Writer:
    """Collects the parts of the next version of a cluster; nothing counts until :meth:`commit`."""

    def __init__(self, folder: Path, previous: Manifest | None) -> None:
        self.folder = folder
        self.previous = previous
        self.scratch = folder / SCRATCH
        """Folder for what is needed only while writing; gone when the writing ends."""
        self._parts: dict[str, list[Part]] = {}
        self._made: list[str] = []
        self._known = {p.key: p for parts in previous.tables.values() for p in parts} if previous else {}

    def part(self, table: str, key: str, write: Callable[[Path], None], *, source: str = "") -> tuple[Part, bool]:
        """Add a part of a table, reusing the one on disk where the same inputs made it.

        Parameters
        ----------
        table
            Canonical table.
        key
            Hash of everything that determines the content.
        write
            Writes Parquet to the path it is given; called only where the part is not there yet.
        source
            Where the rows came from, for the manifest.

        Returns
        -------
        part, made
            The part, and whether it had to be made.
        """
        if table not in TABLES:
            raise UnknownName("canonical table", table, TABLES)
        import pyarrow.parquet as pq

        known = self._known.get(key)
        name = f"{DATA}/{table}-{key[:20]}.parquet"
        target = self.folder / name
        if known is not None and known.file == name and target.is_file():
            self._parts.setdefault(table, []).append(known)
            return known, False
        temporary = self.scratch / target.name
        self.scratch.mkdir(exist_ok=True)
        write(temporary)
        rows = pq.read_metadata(temporary).num_rows
        _settle(temporary, target)
        self._made.append(name)
        part = Part(name, rows, target.stat().st_size, key, source)
        self._parts.setdefault(table, []).append(part)
        return part, True

    def parts(self, table: str) -> tuple[Part, ...]:
        """Give the parts of a table collected so far, in order."""
        return tuple(self._parts.get(table, ()))

    def earlier_findings(self) -> list[dict[str, Any]]:
        """Give what was found while reading the version before."""
        return FolderStore(self.folder, self.previous).findings() if self.previous is not None else []

    def findings(self, lines: Iterable[Mapping[str, Any]]) -> str:
        """Keep what was found while reading, one JSON object a line, and give the name for :meth:`commit`."""
        # Escaped to ASCII: a line separator inside a value must not end the line.
        text = "".join(json.dumps(line) + "\n" for line in lines)
        if not text:
            return ""
        name = f"{DATA}/findings-{hashlib.sha256(text.encode()).hexdigest()[:20]}.jsonl"
        target = self.folder / name
        if not target.is_file():
            self.scratch.mkdir(exist_ok=True)
            temporary = self.scratch / target.name
            temporary.write_text(text, encoding="ascii")
            _settle(temporary, target)
        return name

    def commit(
        self,
        about: About,
        *,
        sources: tuple[SourceFile, ...] = (),
        recipe: str = "",
        findings: str = "",
        extra: dict[str, Any] | None = None,
    ) -> Manifest:
        """Make the collected parts the cluster, in one atomic step, then sweep what is no longer named."""
        ordered = {name: tuple(self._parts[name]) for name in TABLES if name in self._parts}
        manifest = Manifest(
            about=about,
            tables=ordered,
            sources=sources,
            recipe=recipe,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            jiqun=__version__,
            findings=findings,
            extra=extra or {},
        )
        if self.previous is not None and replace(manifest, created=self.previous.created) == self.previous:
            self._sweep_interrupted(self.previous)
            return self.previous
        write_manifest(self.folder, manifest)
        self._made.clear()
        self._sweep(manifest)
        return manifest

    def discard(self) -> None:
        """Remove the parts made by a run that failed; what the manifest names stays."""
        for name in self._made:
            (self.folder / name).unlink(missing_ok=True)

    def _sweep(self, manifest: Manifest) -> None:
        # The parts of the version before stay until the next commit, for readers that have it open.
        keep = {part.file for parts in manifest.tables.values() for part in parts} | {manifest.findings}
        if self.previous is not None:
            keep |= {part.file for parts in self.previous.tables.values() for part in parts}
            keep.add(self.previous.findings)
        for file in (self.folder / DATA).iterdir():
            if f"{DATA}/{file.name}" not in keep:
                file.unlink(missing_ok=True)
        kept = (self.folder / DERIVED).glob("*.json") if own_folder(self.folder, DERIVED) else ()
        for file in kept:
            file.unlink(missing_ok=True)

    def _sweep_interrupted(self, manifest: Manifest) -> None:
        # What is younger than the manifest and not named by it was made by a run that never committed;
        # what is older belongs to the version before, which a reader may have open.
        named = {part.file for parts in manifest.tables.values() for part in parts} | {manifest.findings}
        committed = (self.folder / MANIFEST).stat().st_mtime_ns
        for file in (self.folder / DATA).iterdir():
            if f"{DATA}/{file.name}" not in named and file.stat().st_mtime_ns > committed:
                file.unlink(missing_ok=True)


@contextlib.contextmanager
def writing(path: str | os.PathLike[str]) -> Iterator[Writer]:
    """Hold a cluster folder for writing: one writer at a time, and the old version stays whole.

    Raises
    ------
    JiqunError
        If another process is writing to the folder, or it holds something that is not a cluster.
    """
    folder = Path(path).expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise JiqunError(
            f"{folder} is a file; a cluster is a folder. Choose another --out.",
            f"{folder} 是文件；集群是文件夹。请另选 --out。",
        )
    if folder.is_dir() and not (folder / MANIFEST).exists() and any(_foreign(folder)):
        raise JiqunError(
            f"{folder} holds files that are not a cluster's. Choose an empty or new folder for --out.",
            f"{folder} 中有不属于集群的文件。请为 --out 选一个空的或新的文件夹。",
        )
    if not own_folder(folder, DATA):
        raise JiqunError(
            f"{folder / DATA} is a link or a file, where a cluster has a folder. Remove it, or choose another --out.",
            f"{folder / DATA} 是链接或文件，而集群在那里应是文件夹。请移走它，或另选 --out。",
        )
    ours = not folder.exists()
    try:
        (folder / DATA).mkdir(parents=True, exist_ok=True)
        with _locked(folder):
            previous = read_manifest(folder) if (folder / MANIFEST).exists() else None
            shutil.rmtree(folder / SCRATCH, ignore_errors=True)  # of a run that was killed
            writer = Writer(folder, previous)
            try:
                yield writer
            except BaseException:
                writer.discard()
                raise
            finally:
                shutil.rmtree(folder / SCRATCH, ignore_errors=True)
                if ours and not (folder / MANIFEST).exists():
                    shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        if error.errno in _REFUSED:
            raise _cannot_write(folder, error) from error
        raise


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise JiqunError(
                f"{folder} is being written by another process. Wait, or choose another --out.",
                f"另一个进程正在写入 {folder}。请等待，或另选 --out。",
            ) from error
        yield


def _settle(temporary: Path, target: Path) -> None:
    """Bring a finished file to its final name only once its bytes are on disk."""
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(temporary, target)


def _cannot_write(folder: Path, error: OSError) -> JiqunError:
    what = error.strerror or str(error)
    at = f" ({error.filename})" if error.filename else ""
    return JiqunError(
        f"{folder} cannot be written: {what}{at}. The cluster that was there is unchanged. "
        "Free some space, correct the permission, or choose another --out.",
        f"无法写入 {folder}：{what}{at}。原有的集群没有改动。请腾出空间、更正权限，或另选 --out。",
    )


def _foreign(folder: Path) -> Iterator[Path]:
    own = {DATA, SCRATCH, ".lock", DERIVED}
    return (p for p in folder.iterdir() if p.name not in own and not p.name.startswith(f".{MANIFEST}"))


def own_folder(cluster: Path, name: str) -> bool:
    """Whether a folder of a cluster is, or can be made, in it: a link could lead what is written or swept elsewhere."""
    path = cluster / name
    return not path.is_symlink() and (path.is_dir() or not path.exists())


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise JiqunError(
            f"{folder} is damaged: its manifest names {name}, outside the folder.",
            f"{folder} 已损坏：它的清单写有 {name}，在文件夹之外。",
        )
    return path
