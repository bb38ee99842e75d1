"""From ranked lists to an allocation: who serves whom when the firms at the top cannot serve everyone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from jiqun.cluster import JiqunError, Words
from jiqun.match.allocate import Candidates, allocate

__all__ = ["Assigned", "assign"]

MOST_UNITS = 2_000_000


@dataclass(frozen=True, slots=True)
class Assigned:
    """An allocation of the needs of a table of matches."""

    table: pl.DataFrame
    """``need_id, actor_id, quantity, price``: ``actor_id`` is null for what nobody can serve, ``price`` how sought
    after the firm is, in units of the score (0 where it has room left)."""
    asked: int
    """Units asked for."""
    served: int
    value: float
    gap: float
    """How far the sum of scores can be below the best, at most; proved by the prices."""
    notes: tuple[Words, ...]


def assign(
    matches: pl.DataFrame, *, quantity: Mapping[str, float] | None = None, unknown_capacity: int | None = None
) -> Assigned:
    """Allocate needs to the firms matched with them, never over their capacity, for the largest sum of scores.

    A unit that is not served counts as less than the worst pair listed, by one more than the range of the scores: it
    goes unserved where its list has no room, or none that others do not need much more.

    Parameters
    ----------
    matches
        ``need_id, actor_id, score, capacity`` as of :func:`jiqun.match.match`; the longer its lists, the more can be
        served.
    quantity
        Units of each need, in the unit of the capacities; rounded up, 1 where not given.
    unknown_capacity
        Capacity of firms of which none is known; None does not limit them.

    Raises
    ------
    JiqunError
        If quantities are not finite and above 0, or too many.

    Examples
    --------
    >>> table = pl.DataFrame({"need_id": ["a", "a", "b"], "actor_id": ["f", "g", "f"], "score": [2.0, 1.9, 1.0],
    ...                       "capacity": [1.0, 1.0, 1.0]})
    >>> assign(table).table.select("need_id", "actor_id").rows()
    [('a', 'g'), ('b', 'f')]
    """
    needs = matches["need_id"].unique(maintain_order=True).sort().to_list()
    units = _units(needs, quantity or {})
    notes = []
    by_firm = matches.group_by("actor_id").agg(pl.col("capacity").max()).sort("actor_id")
    firms = by_firm["actor_id"].to_list()
    open_ended = by_firm["capacity"].null_count()
    free = int(units.sum()) if unknown_capacity is None else unknown_capacity
    if open_ended:
        many = f"{open_ended:,} of {len(firms):,}"
        limit, zh = (
            ("not limited", "不设上限") if unknown_capacity is None else (f"taken as {free:,}", f"按 {free:,} 计")
        )
        notes.append(
            Words(
                f"Nothing says the capacity of {many} firms; it is {limit}.",
                f"{len(firms):,} 家企业中有 {open_ended:,} 家未注明产能，{zh}。",
            )
        )
    capacity = by_firm["capacity"].fill_null(float(free)).floor().clip(0, float(units.sum())).cast(pl.Int64).to_numpy()
    rows = matches.select(
        need=pl.col("need_id").replace_strict(needs, list(range(len(needs))), return_dtype=pl.Int64),
        supplier=pl.col("actor_id").replace_strict(firms, list(range(len(firms))), return_dtype=pl.Int64),
        score=pl.col("score"),
    ).sort("need", "supplier")
    if rows.is_empty():
        return Assigned(_table([], [], [], []), 0, 0, 0.0, 0.0, tuple(notes))
    score = rows["score"].to_numpy()
    nobody = float(score.min() - np.ptp(score) - 1.0)
    listed = Candidates(rows["need"].to_numpy(), rows["supplier"].to_numpy(), score, len(needs), len(firms))
    done = allocate(listed, capacity, quantity=units, outside=nobody)
    pairs, many_of = np.unique(np.stack([done.need, done.supplier], axis=1), axis=0, return_counts=True)
    price = [float(done.price[who]) if who >= 0 else None for _, who in pairs]
    table = _table(
        [needs[n] for n, _ in pairs], [firms[who] if who >= 0 else None for _, who in pairs], many_of.tolist(), price
    )
    served = int((done.supplier >= 0).sum())
    value = done.value - nobody * (int(units.sum()) - served)
    return Assigned(table, int(units.sum()), served, value, done.gap, tuple(notes))


def _units(needs: list[str], quantity: Mapping[str, float]) -> np.ndarray:
    stated = [quantity.get(need) for need in needs]
    wrong = [one for one in stated if one is not None and not (math.isfinite(one) and one > 0)]
    total = sum(math.ceil(one) for one in stated if one is not None and one not in wrong)
    if wrong or total > MOST_UNITS:
        raise JiqunError(
            f"assign needs quantities above 0, at most {MOST_UNITS:,} units together; got "
            f"{wrong[0] if wrong else f'{total:,} units'}. Give quantities in a larger unit.",
            f"assign 要求数量大于 0，合计不超过 {MOST_UNITS:,} 单位；收到 {wrong[0] if wrong else f'{total:,} 单位'}。"
            "请改用更大的单位。",
        )
    return np.array([1 if one is None else math.ceil(one) for one in stated], dtype=np.int64)


def _table(need: list[str], firm: list[str | None], quantity: list[int], price: list[float | None]) -> pl.DataFrame:
    schema = {"need_id": pl.String, "actor_id": pl.String, "quantity": pl.Int64, "price": pl.Float64}
    return pl.DataFrame({"need_id": need, "actor_id": firm, "quantity": quantity, "price": price}, schema=schema)
