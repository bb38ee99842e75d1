"""Needs and offers: add, change, remove, undo – and what each said at any time before."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from jiqun.cluster import UnknownName
from jiqun.match.desk.stated import KEYS, checked, name
from jiqun.match.desk.store import Absent, Conflict, Desk, reading, stamp, writing

__all__ = ["Entry", "Kind", "add", "change", "current", "entries", "history", "remove", "undo"]

Kind = Literal["needs", "offers"]
MOST_VERSIONS = 1_000
"""Versions that one entry may have."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A need or an offer as it is now."""

    kind: Kind
    key: str
    version: int
    """Grows with every change; hand it to :func:`change` so that nobody's change is overwritten unseen."""
    values: Mapping[str, Any] | None
    """By column of the canonical table, without the identifier; None where it was removed."""


def add(
    desk: Desk,
    kind: Kind,
    values: Mapping[str, Any],
    *,
    key: str | None = None,
    by: str = "",
    repeat: bool = False,
    token: str | None = None,
) -> Entry:
    """Add a need or an offer.

    Parameters
    ----------
    desk
        Where it is written.
    kind
        ``"needs"`` or ``"offers"``.
    values
        By column of the canonical table.
    key
        Identifier; given by the desk where None.
    by
        Who writes it.
    repeat
        Allow an entry that says the same as one of the same actor.
    token
        Name of the request: a request that is sent again with it gives the entry written the first time.

    Raises
    ------
    Conflict
        If the identifier is taken, or the actor has an entry that says the same.
    JiqunError
        If a value is wrong; see :func:`jiqun.match.desk.stated.checked`.
    """
    _known_kind(kind)
    made = checked(kind, values, desk.clock().date())
    wanted = name(KEYS[kind], key) if key is not None else ""
    author, digest = name("by", by), _digest(made)
    with writing(desk) as db:
        if token is not None and (done := _sent_before(db, kind, token)):
            return done
        taken = wanted and (_row(db, kind, wanted) or _in_cluster(desk, kind, wanted))
        if taken:
            raise Conflict(
                f"{KEYS[kind]} {wanted!r} is taken. Choose another, or change that one.",
                f"{KEYS[kind]} {wanted!r} 已被使用。请换一个，或修改该条目。",
            )
        if not repeat:
            _refuse_same(db, kind, digest)
        key = wanted or _free(db, desk, kind)
        return _keep(db, desk, kind, key, made, action="add", author=author, token=token)


def change(
    desk: Desk, kind: Kind, key: str, values: Mapping[str, Any], *, version: int | None = None, by: str = ""
) -> Entry:
    """Change some values of an entry; a value of None takes it away.

    Parameters
    ----------
    desk, kind, key
        Which entry.
    values
        What changes.
    version
        The version that was seen: if somebody changed the entry since, nothing is written. None: whatever it is now.
    by
        Who writes it.

    Raises
    ------
    Absent
        If there is no such entry.
    Conflict
        If the entry has another version now.
    JiqunError
        If a value is wrong.
    """
    author = name("by", by)
    with writing(desk) as db:
        now = _present(db, desk, kind, key, version)
        made = checked(kind, {**(now.values or {}), **values}, desk.clock().date())
        return _keep(db, desk, kind, key, made, action="change", author=author)


def remove(desk: Desk, kind: Kind, key: str, *, version: int | None = None, by: str = "") -> Entry:
    """Remove an entry; its history stays, and :func:`undo` brings it back.

    Parameters
    ----------
    desk, kind, key
        Which entry.
    version
        The version that was seen; see :func:`change`.
    by
        Who writes it.
    """
    author = name("by", by)
    with writing(desk) as db:
        _present(db, desk, kind, key, version)
        return _keep(db, desk, kind, key, None, action="remove", author=author)


def undo(desk: Desk, kind: Kind, key: str, *, version: int | None = None, by: str = "") -> Entry:
    """Take the last change back that was not taken back yet; what is undone stays in the history.

    Parameters
    ----------
    desk, kind, key
        Which entry.
    version
        The version that was seen; see :func:`change`.
    by
        Who writes it.

    Returns
    -------
    Entry
        As before the change; ``values`` is None where adding the entry is what was undone.

    Raises
    ------
    Conflict
        If there is nothing left to undo, or the entry has another version now.
    """
    author = name("by", by)
    with writing(desk) as db:
        _seen(db, desk, kind, key, version)
        before: list[str | None] = []
        for row in db.execute("SELECT action, body FROM versions WHERE kind = ? AND id = ? ORDER BY seq", (kind, key)):
            if row["action"] == "undo":
                before.pop()
            else:
                before.append(row["body"])
        if not before:
            raise Conflict(f"Nothing of {key!r} is left to undo.", f"{key!r} 没有可撤销的更改。")
        body = before[-2] if len(before) > 1 else None
        return _keep(db, desk, kind, key, json.loads(body) if body else None, action="undo", author=author)


def current(desk: Desk, kind: Kind, key: str) -> Entry:
    """Give an entry as it is now.

    Raises
    ------
    Absent
        If there is none, or it was removed.
    """
    with reading(desk) as db:
        return _present(db, desk, kind, key, None)


def entries(desk: Desk, kind: Kind) -> list[Entry]:
    """Give all entries that are not removed, by identifier."""
    _known_kind(kind)
    with reading(desk) as db:
        rows = db.execute(
            "SELECT id, version, body FROM present WHERE kind = ? AND body IS NOT NULL ORDER BY id", (kind,)
        ).fetchall()
    return [Entry(kind, row["id"], row["version"], json.loads(row["body"])) for row in rows]


def history(desk: Desk, kind: Kind, key: str) -> pl.DataFrame:
    """Give everything that happened to an entry, the earliest first.

    Returns
    -------
    frame
        ``version, time, by, action, values``: ``values`` as JSON, null where it was removed.

    Raises
    ------
    Absent
        If there never was such an entry.
    """
    with reading(desk) as db:
        _seen(db, desk, kind, key, None)
        rows = db.execute(
            "SELECT seq, time, author, action, body FROM versions WHERE kind = ? AND id = ? ORDER BY seq", (kind, key)
        ).fetchall()
    schema = {"version": pl.Int64, "time": pl.String, "by": pl.String, "action": pl.String, "values": pl.String}
    return pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")


def _known_kind(kind: str) -> None:
    if kind not in KEYS:
        raise UnknownName("table", kind, KEYS)


def _row(db: sqlite3.Connection, kind: str, key: str) -> Any:
    return db.execute("SELECT version, body FROM present WHERE kind = ? AND id = ?", (kind, key)).fetchone()


def _seen(db: sqlite3.Connection, desk: Desk, kind: Kind, key: str, version: int | None) -> Entry:
    _known_kind(kind)
    row = _row(db, kind, key)
    if row is None and _in_cluster(desk, kind, key):
        raise Conflict(
            f"{key!r} came with the data of the cluster, not from the desk. Correct it in its source and ingest again.",
            f"{key!r} 来自集群数据，而非需求台。请在数据源中更正后重新导入。",
        )
    if row is None:
        raise Absent(KEYS[kind], key)
    if version is not None and row["version"] != version:
        raise Conflict(
            f"{key!r} was changed by somebody else: you saw version {version}, it is {row['version']}. "
            "Look at it again, then change it.",
            f"{key!r} 已被他人修改：您看到的是版本 {version}，现在是 {row['version']}。请重新查看后再修改。",
        )
    return Entry(kind, key, row["version"], json.loads(row["body"]) if row["body"] else None)


def _present(db: sqlite3.Connection, desk: Desk, kind: Kind, key: str, version: int | None) -> Entry:
    found = _seen(db, desk, kind, key, version)
    if found.values is None:
        raise Absent(KEYS[kind], key)
    return found


def _sent_before(db: sqlite3.Connection, kind: Kind, token: str) -> Entry | None:
    row = db.execute("SELECT id, seq, body FROM versions WHERE token = ? AND kind = ?", (token, kind)).fetchone()
    return Entry(kind, row["id"], row["seq"], json.loads(row["body"])) if row else None


def _refuse_same(db: sqlite3.Connection, kind: str, digest: str) -> None:
    same = db.execute("SELECT id FROM present WHERE kind = ? AND digest = ?", (kind, digest)).fetchone()
    if same is not None:
        what, zh = ("need", "需求") if kind == "needs" else ("offer", "供给")
        raise Conflict(
            f"The same {what} of this actor is there already, as {same['id']!r}. Change that one, or say that it is "
            "meant twice (repeat).",
            f"该主体已有相同的{zh}：{same['id']!r}。请修改该条，或注明确需重复（repeat）。",
        )


def _free(db: sqlite3.Connection, desk: Desk, kind: Kind) -> str:
    (number,) = db.execute("SELECT coalesce(max(seq), 0) + 1 FROM versions").fetchone()
    while _row(db, kind, f"desk-{number}") or _in_cluster(desk, kind, f"desk-{number}"):
        number += 1
    return f"desk-{number}"


def _in_cluster(desk: Desk, kind: Kind, key: str) -> bool:
    import narwhals as nw

    if desk.cluster is None or not desk.cluster.has(kind):
        return False
    same = desk.cluster.scan(kind).filter(nw.col(KEYS[kind]) == key).head(1)
    return len(same.select(KEYS[kind]).collect("polars")) > 0


def _keep(
    db: sqlite3.Connection,
    desk: Desk,
    kind: Kind,
    key: str,
    values: dict[str, Any] | None,
    *,
    action: str,
    author: str,
    token: str | None = None,
) -> Entry:
    (many,) = db.execute("SELECT count(*) FROM versions WHERE kind = ? AND id = ?", (kind, key)).fetchone()
    if many >= MOST_VERSIONS:
        raise Conflict(
            f"{key!r} was changed {many:,} times, which is the most. Add it anew.",
            f"{key!r} 已修改 {many:,} 次，达到上限。请新建条目。",
        )
    body = None if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)
    made = db.execute(
        "INSERT INTO versions (time, author, kind, id, action, body, token) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (stamp(desk), author, kind, key, action, body, token),
    )
    version = int(made.lastrowid or 0)
    db.execute(
        "INSERT INTO present (kind, id, version, body, digest) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, id) "
        "DO UPDATE SET version = excluded.version, body = excluded.body, digest = excluded.digest",
        (kind, key, version, body, None if values is None else _digest(values)),
    )
    return Entry(kind, key, version, values)


def _digest(values: Mapping[str, Any]) -> str:
    """Name what an entry says; spaces and case of the text make no difference."""
    said = {**values, "text": " ".join(str(values.get("text", "")).casefold().split())}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
