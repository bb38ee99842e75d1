"""Accept, reject, deal: a log that is only added to, so that no decision is lost and none is rewritten."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import polars as pl

from jiqun.cluster import JiqunError, UnknownName
from jiqun.match.desk.stated import amount as number_of
from jiqun.match.desk.stated import name
from jiqun.match.desk.store import Absent, Conflict, Desk, reading, stamp, writing

__all__ = ["DECISIONS", "MATCHED_BY", "Decision", "deadline_of", "decide", "decisions", "seeker_of"]

DECISIONS = ("accept", "reject", "deal")
MATCHED_BY = ("market", "ai", "planner")
_COLUMNS = {
    "seq": pl.Int64, "time": pl.String, "by": pl.String, "need_id": pl.String, "seeker": pl.String,
    "category": pl.String, "actor_id": pl.String, "offer_id": pl.String, "decision": pl.String,
    "matched_by": pl.String, "amount": pl.Float64, "quantity": pl.Float64, "chance": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision as it was written."""

    seq: int
    """Its place in the log, from 1 without gaps."""
    time: str
    need_id: str
    actor_id: str
    decision: str


def decide(
    desk: Desk,
    need_id: str,
    actor_id: str,
    decision: Literal["accept", "reject", "deal"],
    *,
    matched_by: Literal["market", "ai", "planner"] | None = None,
    offer_id: str | None = None,
    amount: float | None = None,
    quantity: float | None = None,
    chance: float | None = None,
    by: str = "",
    token: str | None = None,
) -> Decision:
    """Write what somebody decided about a supplier for a need.

    Parameters
    ----------
    desk
        Where it is written.
    need_id
        A need of the desk that is not removed, or of the cluster.
    actor_id
        The supplier decided on.
    decision
        ``"accept"`` or ``"reject"`` a proposal, or conclude a ``"deal"``. A later decision does not erase one before.
    matched_by
        Who brought them together.
    offer_id
        The offer decided on.
    amount, quantity
        What the deal is worth, and how much of it.
    chance
        Probability with which the supplier was shown, where a chance had part in it: what
        :mod:`jiqun.match.outcome` needs to say what another way of showing would have achieved.
    by
        Who decided.
    token
        Name of the request: sent again with it, it gives what was written the first time.

    Raises
    ------
    Absent
        If there is no such need.
    UnknownName
        If the decision or the way of matching is none that is known.
    Conflict
        If the token was used for another decision.
    JiqunError
        If a value is wrong, or an amount is given with what is not a deal.
    """
    if decision not in DECISIONS:
        raise UnknownName("choice", decision, DECISIONS)
    if matched_by is not None and matched_by not in MATCHED_BY:
        raise UnknownName("choice", matched_by, MATCHED_BY)
    if decision != "deal" and (amount is not None or quantity is not None):
        raise JiqunError(
            f"amount and quantity are of a deal; the decision is {decision!r}.",
            f"amount 与 quantity 仅用于 deal；当前决定为 {decision!r}。",
        )
    if chance is not None and not 0.0 < chance <= 1.0:
        raise JiqunError(
            f"chance needs to be above 0 and at most 1; got {chance}.", f"chance 应大于 0 且不超过 1；收到 {chance}。"
        )
    said = (
        name("actor_id", actor_id),
        name("offer_id", offer_id) if offer_id is not None else None,
        decision,
        matched_by,
        number_of("amount", amount) if amount is not None else None,
        number_of("quantity", quantity) if quantity is not None else None,
        chance,
    )
    if not said[0]:
        raise JiqunError("decide needs actor_id: the supplier decided on.", "decide 需要 actor_id：所决定的供给方。")
    author = name("by", by)
    with writing(desk) as db:
        if token is not None and (done := _sent_before(db, token)) is not None:
            if (done.need_id, done.actor_id, done.decision) == (need_id, said[0], decision):
                return done
            raise Conflict("The token was used for another decision.", "该 token 已用于另一项决定。")
        seeker, category = seeker_of(desk, db, need_id)
        time = stamp(desk)
        made = db.execute(
            "INSERT INTO decisions (time, author, need_id, seeker, category, actor_id, offer_id, decision, matched_by, "
            "amount, quantity, chance, token) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (time, author, need_id, seeker, category, *said, token),
        )
        return Decision(int(made.lastrowid or 0), time, need_id, str(said[0]), decision)


def decisions(desk: Desk, *, need_id: str | None = None) -> pl.DataFrame:
    """Give the log, the earliest first.

    Parameters
    ----------
    desk
        Where it is written.
    need_id
        Only those about a need.

    Returns
    -------
    frame
        ``seq, time, by, need_id, seeker, category, actor_id, offer_id, decision, matched_by, amount, quantity,
        chance``.
    """
    with reading(desk) as db:
        rows = db.execute(
            "SELECT seq, time, author, need_id, seeker, category, actor_id, offer_id, decision, matched_by, amount, "
            "quantity, chance FROM decisions WHERE ?1 IS NULL OR need_id = ?1 ORDER BY seq",
            (need_id,),
        ).fetchall()
    return pl.DataFrame([tuple(row) for row in rows], schema=_COLUMNS, orient="row")


def seeker_of(desk: Desk, db: Any, need_id: str) -> tuple[str, str | None]:
    """Give whose need it is and its category; see :func:`deadline_of`."""
    found = _need(desk, db, need_id)
    return str(found["actor_id"]), found.get("category")


def deadline_of(desk: Desk, db: Any, need_id: str) -> str | None:
    """Give the deadline of a need, from the desk or the cluster, as year-month-day.

    Raises
    ------
    Absent
        If neither has such a need, or it was removed.
    """
    deadline = _need(desk, db, need_id).get("deadline")
    return None if deadline is None else str(deadline)[:10]


def _need(desk: Desk, db: Any, need_id: str) -> dict[str, Any]:
    row = db.execute("SELECT body FROM present WHERE kind = 'needs' AND id = ?", (need_id,)).fetchone()
    if row is not None and row["body"] is not None:
        return dict(json.loads(row["body"]))
    if row is None and desk.cluster is not None and desk.cluster.has("needs"):
        same = desk.cluster.scan("needs").filter(nw.col("need_id") == need_id).head(1)
        found = same.collect("polars").to_polars().to_dicts()
        if found:
            return dict(found[0])
    raise Absent("need_id", need_id)


def _sent_before(db: Any, token: str) -> Decision | None:
    row = db.execute(
        "SELECT seq, time, need_id, actor_id, decision FROM decisions WHERE token = ?", (token,)
    ).fetchone()
    return Decision(*row) if row else None
