"""Shared factors – equipment, laboratories, warehouses, channels – booked by time slot, and never twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from jiqun.cluster import JiqunError, UnknownName
from jiqun.match.desk.decisions import deadline_of
from jiqun.match.desk.stated import amount, moment, name
from jiqun.match.desk.store import Absent, Conflict, Desk, reading, stamp, writing

__all__ = ["FACTOR_KINDS", "Booking", "add_factor", "add_slots", "book", "bookings", "cancel", "factors", "slots"]

FACTOR_KINDS = ("equipment", "lab", "warehouse", "channel")
MOST_SLOTS = 10_000
"""Slots that are added, or booked, at once."""
PARTS = 1_000
"""Amounts are kept in whole thousandths, so that what is left is exact."""
MOST = 1e12


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as it was written."""

    seq: int
    factor_id: str
    starts: str
    ends: str
    actor_id: str
    quantity: float


def add_factor(
    desk: Desk,
    factor_id: str,
    *,
    actor_id: str,
    kind: Literal["equipment", "lab", "warehouse", "channel"],
    called: str = "",
    unit: str = "",
    by: str = "",
) -> None:
    """Put a shared factor on the desk; its capacity comes with :func:`add_slots`.

    Parameters
    ----------
    desk
        Where it is written.
    factor_id
        Its identifier.
    actor_id
        Who shares it.
    kind
        What it is.
    called, unit
        Its name, and the unit of its capacity.
    by
        Who writes it.

    Raises
    ------
    Conflict
        If there is one of this identifier.
    UnknownName
        If the kind is none that is known.
    """
    if kind not in FACTOR_KINDS:
        raise UnknownName("choice", kind, FACTOR_KINDS)
    said = [name(*one) for one in (("factor_id", factor_id), ("actor_id", actor_id), ("called", called),
                                   ("unit", unit), ("by", by))]  # fmt: skip
    if not said[0] or not said[1]:
        raise JiqunError(
            "A factor needs factor_id and actor_id: what it is, and whose.", "共享要素需要 factor_id 与 actor_id。"
        )
    with writing(desk) as db:
        if _factor(db, said[0]):
            raise Conflict(f"There is a factor {said[0]!r} already.", f"共享要素 {said[0]!r} 已存在。")
        db.execute(
            "INSERT INTO factors (factor_id, actor_id, name, unit, author, kind, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*said, kind, stamp(desk)),
        )


def add_slots(desk: Desk, factor_id: str, times: Iterable[tuple[Any, Any, Any]]) -> int:
    """Open slots of a factor, all of them or none.

    Parameters
    ----------
    desk, factor_id
        Which factor.
    times
        ``(starts, ends, capacity)`` of each; a capacity of 0 keeps the factor closed. Moments without a zone are UTC.

    Returns
    -------
    int
        How many were opened.

    Raises
    ------
    Absent
        If there is no such factor.
    Conflict
        If a slot overlaps another of the factor.
    JiqunError
        If a slot ends before it starts, a value cannot be read, or there are too many.
    """
    wanted = []
    for starts, ends, capacity in times:
        wanted.append((moment("starts", starts), moment("ends", ends), _parts("capacity", capacity)))
        if wanted[-1][1] <= wanted[-1][0] or len(wanted) > MOST_SLOTS:
            raise JiqunError(
                f"add_slots needs at most {MOST_SLOTS:,} slots that end after they start; got {wanted[-1][0]} to "
                f"{wanted[-1][1]} as number {len(wanted):,}.",
                f"add_slots 需要至多 {MOST_SLOTS:,} 个时段，且结束晚于开始；第 {len(wanted):,} 个为 {wanted[-1][0]} 至 "
                f"{wanted[-1][1]}。",
            )
    with writing(desk) as db:
        if not _factor(db, factor_id):
            raise Absent("factor", factor_id)
        for starts, ends, capacity in wanted:
            other = db.execute(
                "SELECT starts, ends FROM slots WHERE factor_id = ? AND starts < ? AND ends > ? LIMIT 1",
                (factor_id, ends, starts),
            ).fetchone()
            if other is not None:
                raise Conflict(
                    f"The slot {starts} to {ends} overlaps {other['starts']} to {other['ends']}. No slot was added.",
                    f"时段 {starts} 至 {ends} 与 {other['starts']} 至 {other['ends']} 重叠。未新增任何时段。",
                )
            db.execute(
                "INSERT INTO slots (factor_id, starts, ends, capacity) VALUES (?, ?, ?, ?)",
                (factor_id, starts, ends, capacity),
            )
    return len(wanted)


def book(
    desk: Desk,
    factor_id: str,
    starts: Any,
    ends: Any,
    quantity: float,
    *,
    actor_id: str,
    need_id: str | None = None,
    by: str = "",
    token: str | None = None,
) -> Booking:
    """Book an amount of a factor from one moment to another: in every slot between, or not at all.

    Parameters
    ----------
    desk, factor_id
        Which factor.
    starts, ends
        Where a slot begins, and where that or a later one ends; the slots between must follow without a gap.
    quantity
        How much of the capacity, in each of the slots; at most three decimals.
    actor_id
        Who books.
    need_id
        The need it is for; the booking must end by its deadline.
    by
        Who writes it.
    token
        Name of the request: sent again with it, it gives the booking written the first time.

    Raises
    ------
    Absent
        If there is no such factor or need.
    Conflict
        If less is left than asked for in one of the slots, or the token was used for another booking.
    JiqunError
        If there are no such slots, they have passed, the need's deadline lies before the end, or a value is wrong.
    """
    begin, end, parts = moment("starts", starts), moment("ends", ends), _parts("quantity", quantity)
    who, author = name("actor_id", actor_id), name("by", by)
    if parts == 0 or not who:
        raise JiqunError("book needs a quantity above 0 and actor_id.", "book 需要大于 0 的数量和 actor_id。")
    if end <= stamp(desk):
        raise JiqunError(
            f"The slots until {end} have passed. Choose later ones.", f"截至 {end} 的时段已过。请选择更晚的时段。"
        )
    with writing(desk) as db:
        if token is not None and (done := _sent_before(db, token)) is not None:
            if (done.factor_id, done.starts, done.ends, done.actor_id) == (factor_id, begin, end, who):
                return done
            raise Conflict("The token was used for another booking.", "该 token 已用于另一项预订。")
        if not _factor(db, factor_id):
            raise Absent("factor", factor_id)
        if need_id is not None:
            _in_time(desk, db, need_id, end)
        _take(db, factor_id, begin, end, parts)
        made = db.execute(
            "INSERT INTO bookings (time, author, factor_id, starts, ends, actor_id, need_id, quantity, token) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (stamp(desk), author, factor_id, begin, end, who, need_id, parts, token),
        )
        return Booking(int(made.lastrowid or 0), factor_id, begin, end, who, parts / PARTS)


def cancel(desk: Desk, seq: int) -> None:
    """Cancel a booking and give its capacity back; the booking stays in the table, with the moment.

    Parameters
    ----------
    desk
        Where it is written.
    seq
        Number of the booking.

    Raises
    ------
    Absent
        If there is no such booking.
    Conflict
        If it was cancelled before.
    """
    with writing(desk) as db:
        row = db.execute("SELECT * FROM bookings WHERE seq = ?", (seq,)).fetchone()
        if row is None:
            raise Absent("booking", seq)
        if row["cancelled"] is not None:
            raise Conflict(f"Booking {seq} was cancelled before.", f"预订 {seq} 此前已取消。")
        db.execute("UPDATE bookings SET cancelled = ? WHERE seq = ?", (stamp(desk), seq))
        db.execute(
            "UPDATE slots SET booked = booked - ? WHERE factor_id = ? AND starts >= ? AND ends <= ?",
            (row["quantity"], row["factor_id"], row["starts"], row["ends"]),
        )


def factors(desk: Desk) -> pl.DataFrame:
    """Give the shared factors: ``factor_id, actor_id, kind, name, unit``, by identifier."""
    with reading(desk) as db:
        rows = db.execute("SELECT factor_id, actor_id, kind, name, unit FROM factors ORDER BY factor_id").fetchall()
    columns = ("factor_id", "actor_id", "kind", "name", "unit")
    return pl.DataFrame([tuple(row) for row in rows], schema=dict.fromkeys(columns, pl.String), orient="row")


def slots(desk: Desk, factor_id: str | None = None) -> pl.DataFrame:
    """Give the slots: ``factor_id, starts, ends, capacity, booked, left``, by factor and time.

    Parameters
    ----------
    desk
        Where they are written.
    factor_id
        Only those of a factor.
    """
    with reading(desk) as db:
        rows = db.execute(
            "SELECT factor_id, starts, ends, capacity, booked FROM slots WHERE ?1 IS NULL OR factor_id = ?1 "
            "ORDER BY factor_id, starts",
            (factor_id,),
        ).fetchall()
    schema = {"factor_id": pl.String, "starts": pl.String, "ends": pl.String, "capacity": pl.Int64, "booked": pl.Int64}
    made = pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
    return made.with_columns(left=pl.col("capacity") - pl.col("booked")).with_columns(
        pl.col("capacity", "booked", "left") / PARTS
    )


def bookings(desk: Desk, factor_id: str | None = None) -> pl.DataFrame:
    """Give the bookings in the order in which they were made, cancelled ones with the moment.

    Parameters
    ----------
    desk
        Where they are written.
    factor_id
        Only those of a factor.

    Returns
    -------
    frame
        ``seq, time, by, factor_id, starts, ends, actor_id, need_id, quantity, cancelled``.
    """
    with reading(desk) as db:
        rows = db.execute(
            "SELECT seq, time, author, factor_id, starts, ends, actor_id, need_id, quantity, cancelled FROM bookings "
            "WHERE ?1 IS NULL OR factor_id = ?1 ORDER BY seq",
            (factor_id,),
        ).fetchall()
    schema: dict[str, Any] = {"seq": pl.Int64, "time": pl.String, "by": pl.String}
    schema |= dict.fromkeys(("factor_id", "starts", "ends", "actor_id", "need_id"), pl.String)
    schema |= {"quantity": pl.Int64, "cancelled": pl.String}
    made = pl.DataFrame([tuple(row) for row in rows], schema=schema, orient="row")
    return made.with_columns(pl.col("quantity") / PARTS)


def _parts(what: str, value: Any) -> int:
    """Give an amount in whole thousandths."""
    made = amount(what, value)
    parts = round(made * PARTS) if made <= MOST else -1
    if parts < 0 or abs(parts / PARTS - made) > 1e-9 * max(made, 1.0):
        raise JiqunError(
            f"{what} needs at most three decimals, and at most {MOST:.0e}; got {str(value)[:40]}.",
            f"{what} 至多三位小数，且不超过 {MOST:.0e}；收到 {str(value)[:40]}。",
        )
    return parts


def _factor(db: sqlite3.Connection, factor_id: str) -> bool:
    return db.execute("SELECT 1 FROM factors WHERE factor_id = ?", (factor_id,)).fetchone() is not None


def _take(db: sqlite3.Connection, factor_id: str, begin: str, end: str, parts: int) -> None:
    """Take an amount out of every slot between two moments; what is refused leaves nothing taken."""
    found = db.execute(
        "SELECT starts, ends, capacity, booked FROM slots WHERE factor_id = ? AND starts < ? AND ends > ? "
        "ORDER BY starts LIMIT ?",
        (factor_id, end, begin, MOST_SLOTS + 1),
    ).fetchall()
    edges = [begin, *(row["ends"] for row in found)]
    whole = found and edges[-1] == end and all(row["starts"] == at for row, at in zip(found, edges, strict=False))
    if not whole or len(found) > MOST_SLOTS:
        raise JiqunError(
            f"{factor_id!r} has no slots that follow each other from {begin} to {end}. Look at its slots and book "
            f"whole ones, at most {MOST_SLOTS:,}.",
            f"{factor_id!r} 在 {begin} 至 {end} 没有首尾相接的时段。请查看其时段并整段预订，至多 {MOST_SLOTS:,} 个。",
        )
    for row in found:
        left = row["capacity"] - row["booked"]
        if left < parts:
            closed = row["capacity"] == 0
            raise Conflict(
                f"{factor_id!r} "
                + ("is closed (capacity 0)" if closed else f"has {left / PARTS:g} of {row['capacity'] / PARTS:g} left")
                + f" from {row['starts']} to {row['ends']}; asked for: {parts / PARTS:g}. Nothing was booked.",
                f"{factor_id!r} 在 {row['starts']} 至 {row['ends']} "
                + ("不开放（容量为 0）" if closed else f"剩余 {left / PARTS:g}（共 {row['capacity'] / PARTS:g}）")
                + f"；申请 {parts / PARTS:g}。未预订。",
            )
    db.execute(
        "UPDATE slots SET booked = booked + ? WHERE factor_id = ? AND starts >= ? AND ends <= ?",
        (parts, factor_id, begin, end),
    )


def _in_time(desk: Desk, db: sqlite3.Connection, need_id: str, end: str) -> None:
    deadline = deadline_of(desk, db, need_id)
    # The day of the deadline is still in time, to its last moment.
    if deadline is not None and end > f"{deadline}T24:00:00Z":
        raise JiqunError(
            f"The booking ends at {end}, after the deadline {deadline} of need {need_id!r}. Choose earlier "
            "slots, or move the deadline.",
            f"预订于 {end} 结束，晚于需求 {need_id!r} 的截止日期 {deadline}。请选择更早的时段，或调整截止日期。",
        )


def _sent_before(db: sqlite3.Connection, token: str) -> Booking | None:
    row = db.execute(
        "SELECT seq, factor_id, starts, ends, actor_id, quantity FROM bookings WHERE token = ?", (token,)
    ).fetchone()
    if row is None:
        return None
    return Booking(row["seq"], row["factor_id"], row["starts"], row["ends"], row["actor_id"], row["quantity"] / PARTS)
