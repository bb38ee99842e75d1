"""The desk of a cluster: what people write – needs, offers, decisions, bookings of shared factors – safely together.

Everything is in one SQLite file inside the cluster's folder. Whatever is written is one transaction: it is there
whole or not at all, whoever else writes at the same time, from any thread or process.

>>> import tempfile, polars as pl
>>> from jiqun.cluster import Cluster
>>> desk = open_desk(tempfile.mkdtemp())
>>> need = add(desk, "needs", {"actor_id": "b1", "text": "求购纸箱 📦 for export", "quantity": 500}, by="Li")
>>> change(desk, "needs", need.key, {"quantity": 800}, version=need.version).values["quantity"]
800.0
>>> undo(desk, "needs", need.key).values["quantity"]
500.0
>>> decide(desk, need.key, "f7", "deal", matched_by="ai").seq
1
>>> tables(desk)["interactions"].select("source", "target", "matched_by").row(0)
('b1', 'f7', 'ai')
"""

from __future__ import annotations

from jiqun.match.desk.booking import (
    FACTOR_KINDS,
    Booking,
    add_factor,
    add_slots,
    book,
    bookings,
    cancel,
    factors,
    slots,
)
from jiqun.match.desk.decisions import DECISIONS, MATCHED_BY, Decision, decide, decisions
from jiqun.match.desk.entries import Entry, add, change, current, entries, history, remove, undo
from jiqun.match.desk.store import Absent, Conflict, Desk, open_desk
from jiqun.match.desk.written import tables, with_desk

__all__ = [
    "DECISIONS",
    "FACTOR_KINDS",
    "MATCHED_BY",
    "Absent",
    "Booking",
    "Conflict",
    "Decision",
    "Desk",
    "Entry",
    "add",
    "add_factor",
    "add_slots",
    "book",
    "bookings",
    "cancel",
    "change",
    "current",
    "decide",
    "decisions",
    "entries",
    "factors",
    "history",
    "open_desk",
    "remove",
    "slots",
    "tables",
    "undo",
    "with_desk",
]
