"""The file of a desk: where it is, what it holds, and how it is written – one transaction at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jiqun.cluster import Cluster, JiqunError
from jiqun.engine.folder import own_folder

__all__ = ["Absent", "Conflict", "Desk", "open_desk", "reading", "stamp", "writing"]

FOLDER = "desk"
FILE = "desk.sqlite"
VERSION = 1
WAIT = 30.0
"""Seconds that a writer waits for those before it."""

_SCHEMA = """
CREATE TABLE versions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, author TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('needs', 'offers')), id TEXT NOT NULL,
  action TEXT NOT NULL CHECK (action IN ('add', 'change', 'remove', 'undo')),
  body TEXT, token TEXT UNIQUE);
CREATE INDEX versions_of ON versions (kind, id, seq);
CREATE TABLE present (
  kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, body TEXT, digest TEXT,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX present_digest ON present (kind, digest);
CREATE TABLE decisions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, author TEXT NOT NULL,
  need_id TEXT NOT NULL, seeker TEXT, category TEXT, actor_id TEXT NOT NULL, offer_id TEXT,
  decision TEXT NOT NULL CHECK (decision IN ('accept', 'reject', 'deal')),
  matched_by TEXT CHECK (matched_by IN ('market', 'ai', 'planner')),
  amount REAL, quantity REAL, chance REAL CHECK (chance > 0 AND chance <= 1), token TEXT UNIQUE);
CREATE INDEX decisions_of ON decisions (need_id, seq);
CREATE TABLE factors (
  factor_id TEXT PRIMARY KEY, time TEXT NOT NULL, author TEXT NOT NULL, actor_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('equipment', 'lab', 'warehouse', 'channel')),
  name TEXT NOT NULL, unit TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE slots (
  factor_id TEXT NOT NULL REFERENCES factors, starts TEXT NOT NULL, ends TEXT NOT NULL CHECK (ends > starts),
  capacity INTEGER NOT NULL CHECK (capacity >= 0),
  booked INTEGER NOT NULL DEFAULT 0 CHECK (booked >= 0 AND booked <= capacity),
  PRIMARY KEY (factor_id, starts)) WITHOUT ROWID;
CREATE TABLE bookings (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, time TEXT NOT NULL, author TEXT NOT NULL,
  factor_id TEXT NOT NULL REFERENCES factors, starts TEXT NOT NULL, ends TEXT NOT NULL,
  actor_id TEXT NOT NULL, need_id TEXT, quantity INTEGER NOT NULL CHECK (quantity > 0),
  cancelled TEXT, token TEXT UNIQUE);
CREATE INDEX bookings_of ON bookings (factor_id, starts);
CREATE TRIGGER versions_stay BEFORE UPDATE ON versions BEGIN SELECT RAISE(ABORT, 'versions are only added'); END;
CREATE TRIGGER versions_kept BEFORE DELETE ON versions BEGIN SELECT RAISE(ABORT, 'versions are only added'); END;
CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are only added'); END;
CREATE TRIGGER decisions_kept BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are only added'); END;
CREATE TRIGGER bookings_kept BEFORE DELETE ON bookings BEGIN SELECT RAISE(ABORT, 'bookings are cancelled'); END;
"""
"""Histories are only added to and a slot cannot hold more than its capacity: the database itself sees to it."""


class Conflict(JiqunError):
    """Somebody else was first: the entry changed, the name is taken, the capacity is gone."""

    status = 409


class Absent(JiqunError):
    """What is asked for is not on the desk, or was removed."""

    status = 404

    def __init__(self, what: str, key: object) -> None:
        shown = str(key)[:80]
        super().__init__(
            f"The desk has no {what} {shown!r}, or it was removed.", f"需求台没有 {what} {shown!r}，或已被移除。"
        )


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a cluster's desk is; holds no connection, so that threads and processes may share it."""

    file: Path
    cluster: Cluster | None = None
    """The cluster whose needs and offers may be decided on as well."""
    clock: Callable[[], datetime] = field(default=_now, repr=False)
    """Says when something is written, and which deadlines have passed."""


def open_desk(cluster: Cluster | str | os.PathLike[str], *, clock: Callable[[], datetime] = _now) -> Desk:
    """Open the desk of a cluster, making it at first use.

    Parameters
    ----------
    cluster
        A cluster on disk, or the folder of a desk that stands alone.
    clock
        Gives the moment, with its zone.

    Returns
    -------
    Desk
        To be handed to the functions of this package.

    Raises
    ------
    JiqunError
        If the cluster is in memory, or the file cannot be made, is damaged, or was written by a newer Jiqun.
    """
    path = cluster.path if isinstance(cluster, Cluster) else cluster
    if path is None:
        raise JiqunError(
            "open_desk needs a cluster on disk, to keep what people write; this one is in memory. "
            "Ingest it into a folder, or name a folder.",
            "open_desk 需要磁盘上的集群以保存所写内容；该集群仅在内存中。请先导入到文件夹，或直接指定一个文件夹。",
        )
    folder = Path(path).expanduser().resolve()
    if not own_folder(folder, FOLDER) or (folder / FOLDER / FILE).is_symlink():
        raise JiqunError(
            f"{folder / FOLDER} is a link or a file, where the desk is a folder. Remove it.",
            f"{folder / FOLDER} 是链接或文件，而此处应为文件夹。请移走它。",
        )
    desk = Desk(folder / FOLDER / FILE, cluster if isinstance(cluster, Cluster) else None, clock)
    try:
        desk.file.parent.mkdir(exist_ok=True)
        _prepare(desk)
    except OSError as error:
        raise _unusable(desk.file, error) from error
    return desk


def _prepare(desk: Desk) -> None:
    # The change to write-ahead logging is not covered by SQLite's own waiting: whoever comes first makes the file.
    with (desk.file.parent / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with _connection(desk) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                connection.execute("PRAGMA journal_mode = WAL")
                # The script is one transaction: a run that is killed leaves nothing half made.
                connection.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}PRAGMA user_version = {VERSION};COMMIT;")
            elif version != VERSION:
                raise JiqunError(
                    f"{desk.file} has version {version}; this Jiqun reads {VERSION}. Update Jiqun.",
                    f"{desk.file} 的版本为 {version}；当前 Jiqun 支持 {VERSION}。请升级 Jiqun。",
                )


@contextlib.contextmanager
def _connection(desk: Desk) -> Iterator[sqlite3.Connection]:
    try:
        with contextlib.closing(sqlite3.connect(desk.file, timeout=WAIT, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise Conflict(
                f"The desk was busy for {WAIT:.0f} seconds; nothing was written. Try again.",
                f"需求台已连续占用 {WAIT:.0f} 秒，未写入任何内容。请重试。",
            ) from error
        raise _unusable(desk.file, error) from error
    except sqlite3.DatabaseError as error:
        raise _unusable(desk.file, error) from error


@contextlib.contextmanager
def writing(desk: Desk) -> Iterator[sqlite3.Connection]:
    """Hold the desk for writing: what is read inside stays true until it ends; an error undoes all of it."""
    with _connection(desk) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextlib.contextmanager
def reading(desk: Desk) -> Iterator[sqlite3.Connection]:
    """Read the desk as it is at one moment."""
    with _connection(desk) as connection:
        connection.execute("BEGIN")
        yield connection
        connection.execute("COMMIT")


def stamp(desk: Desk) -> str:
    """Give the moment as it is written: UTC, microseconds, sorted as text as in time."""
    return desk.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _unusable(file: Path, error: Any) -> JiqunError:
    return JiqunError(
        f"The desk {file} cannot be used: {error}. Check the permission and the space left, or restore the file; "
        "the cluster's tables are not concerned.",
        f"需求台文件 {file} 无法使用：{error}。请检查权限与剩余空间，或恢复该文件；集群的表不受影响。",
    )
