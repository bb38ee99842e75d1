"""The manifest: what a cluster folder holds, where it came from, and which files are current.

A cluster on disk is a folder ::

    manifest.json                 the only file that is ever replaced, atomically
    data/actors-3f9c….parquet     immutable parts, named by what made them

Every reader goes through the manifest; a part that no manifest names is left over from an interrupted
run and is swept by the next one. A folder is therefore always the old cluster or the new one.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from jiqun.cluster import SCHEMA_VERSION, About, JiqunError, Words

__all__ = ["MANIFEST", "MIGRATIONS", "Manifest", "Part", "SourceFile", "read_manifest", "write_manifest"]

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One immutable Parquet file of a table."""

    file: str
    rows: int
    bytes: int
    key: str
    """Hash of everything that determined its content: source bytes, recipe section, schema version."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file, query or package that data came from."""

    name: str
    path: str
    format: str
    sha256: str = ""
    bytes: int = 0
    modified: float = 0.0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a cluster folder says of itself."""

    about: About
    tables: Mapping[str, tuple[Part, ...]]
    sources: tuple[SourceFile, ...] = ()
    recipe: str = ""
    """The recipe as text, so that the folder can be rebuilt and every number traced."""
    created: str = ""
    jiqun: str = ""
    findings: str = ""
    """File of findings made while reading, empty where there were none."""
    schema_version: int = SCHEMA_VERSION
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def data_hash(self) -> str:
        """One short hash of all parts: two clusters with the same hash hold the same data."""
        text = json.dumps({t: [p.key for p in parts] for t, parts in sorted(self.tables.items())})
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def rows(self, table: str) -> int:
        """Rows of a table over all its parts."""
        return sum(p.rows for p in self.tables[table])


MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Schema version → function that turns such a manifest into one of the next version."""


def read_manifest(folder: Path) -> Manifest:
    """Read and, where needed, migrate the manifest of a cluster folder.

    Raises
    ------
    JiqunError
        If the folder is not a cluster, is damaged, or was written by a newer Jiqun.
    """
    path = folder / MANIFEST
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise JiqunError(
            f"{folder} is not a cluster: it has no {MANIFEST}. Make one with: jiqun ingest RECIPE --out {folder}",
            f"{folder} 不是集群：其中没有 {MANIFEST}。请用此命令生成：jiqun ingest RECIPE --out {folder}",
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise JiqunError(
            f"{path} is damaged ({error}). Ingest the recipe again.", f"{path} 已损坏（{error}）。请重新导入配方。"
        ) from error
    except OSError as error:
        raise JiqunError(
            f"{path} cannot be read: {error.strerror}. Check the permissions of the folder.",
            f"无法读取 {path}：{error.strerror}。请检查文件夹的权限。",
        ) from error
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if not isinstance(version, int):
        raise JiqunError(
            f"{path} has no schema_version: it was not written by Jiqun.",
            f"{path} 没有 schema_version：它不是 Jiqun 写出的。",
        )
    if version > SCHEMA_VERSION:
        raise JiqunError(
            f"{folder} has schema version {version}; this Jiqun reads up to {SCHEMA_VERSION}. Upgrade Jiqun.",
            f"{folder} 的格式版本是 {version}；这个 Jiqun 最高只能读到 {SCHEMA_VERSION}。请升级 Jiqun。",
        )
    while version < SCHEMA_VERSION:
        if version not in MIGRATIONS:
            raise JiqunError(
                f"{folder} has schema version {version}, which cannot be migrated. Ingest it again.",
                f"{folder} 的格式版本是 {version}，无法升级。请重新导入。",
            )
        raw = MIGRATIONS[version](raw)
        version += 1
        raw["schema_version"] = version
    return _parse(raw, path)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the manifest atomically: a reader sees the old one or the new one, never a part of either."""
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    temporary = folder / f".{MANIFEST}.{os.getpid()}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, folder / MANIFEST)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _parse(raw: dict[str, Any], path: Path) -> Manifest:
    try:
        about = dict(raw["about"])
        for name in ("title", "summary", "attribution"):
            about[name] = _words(about[name])
        about["notes"] = tuple(_words(note) for note in about.get("notes", ()))
        return Manifest(
            about=About(**about),
            tables={t: tuple(_part(p) for p in parts) for t, parts in raw["tables"].items()},
            sources=tuple(SourceFile(**s) for s in raw.get("sources", ())),
            recipe=raw.get("recipe", ""),
            created=raw.get("created", ""),
            jiqun=raw.get("jiqun", ""),
            findings=raw.get("findings", ""),
            extra=raw.get("extra", {}),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise JiqunError(
            f"{path} is damaged ({error!r}). Ingest the recipe again.", f"{path} 已损坏（{error!r}）。请重新导入配方。"
        ) from error


def _words(raw: Mapping[str, Any]) -> Words:
    if not all(isinstance(text, str) for text in raw.values()):
        raise ValueError(f"{raw!r:.80} is not a text in two languages")
    return Words(**raw)


def _part(raw: Mapping[str, Any]) -> Part:
    part = Part(**raw)
    if type(part.rows) is not int or type(part.bytes) is not int or part.rows < 0:
        raise ValueError(f"{part.rows!r:.40} rows in {part.bytes!r:.40} bytes")
    if not isinstance(part.file, str) or not isinstance(part.key, str):
        raise TypeError(f"{part.file!r:.80} is not the name of a file")
    return part
