"""What was sold, read from a cluster: the lines whose value is attributed to modes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, MissingColumn, MissingTable, Words
from jiqun.diagnose.mode_shares import Codes, Lines
from jiqun.space.exchanges import coded
from jiqun.space.frames import usable
from jiqun.space.kept import kept
from jiqun.space.links import chosen, rows_of
from jiqun.space.periods import Grain, label

__all__ = ["ATTENTION", "Sold", "sold"]

ATTENTION = ("view", "favourite", "review")
"""Kinds of interactions in which nothing is exchanged."""
GRAINS = ("year", "quarter", "month")


@dataclass(frozen=True, slots=True)
class Sold:
    """Lines with the names of their codes."""

    lines: Lines
    needs: NDArray[np.str_]
    place: Codes
    """Code of the place of each line, −1 where unknown, shape (rows,)."""
    places: NDArray[np.str_]
    period: Codes
    """Code of the period of each line, 0 where nothing is dated, shape (rows,)."""
    periods: tuple[str, ...]
    notes: tuple[Words, ...]
    """What was left out, or counted otherwise."""
    joint: bool
    """Whether orders are known."""
    ties: bool
    """Whether ties are known."""


def sold(cluster: Cluster, *, grain: Grain = "quarter", period: str | None = None) -> Sold:
    """Read orders with category as lines: one for each order, need and supplier.

    Parameters
    ----------
    cluster
        With interactions that have a category; ``group`` makes orders, ``amount`` their value.
    grain
        Length of the periods in which suppliers are rivals: ``"year"``, ``"quarter"`` or ``"month"``.
    period
        A period, or two with a slash; None takes all.

    Returns
    -------
    Sold
        Views, favourites and reviews are left out, and lines without category or with a value that is not positive;
        notes say how many.

    Raises
    ------
    MissingTable, MissingColumn, JiqunError
        If there are no interactions with a category, or none is left.

    Examples
    --------
    >>> sales = pl.DataFrame({"source": ["b", "b"], "target": ["f", "g"], "category": ["x", "y"], "group": ["1", "1"]})
    >>> made = sold(Cluster.from_tables(interactions=sales))
    >>> made.lines.need.tolist(), made.joint, made.ties
    ([0, 1], True, False)
    """
    if not cluster.has("interactions"):
        raise MissingTable("diagnose mode", "interactions", cluster.tables)
    if not usable(cluster, "interactions", "category"):
        present = cluster.scan("interactions").collect_schema().names()
        raise MissingColumn("diagnose mode", "interactions", "category", present)
    if grain not in GRAINS:
        raise JiqunError(
            f"diagnose mode: no grain {grain[:20]!r}. Choose one of: {', '.join(GRAINS)}.",
            f"诊断模式：没有周期长度 {grain[:20]!r}，可用：{'、'.join(GRAINS)}。",
        )
    return kept(cluster, f"diagnose:sold:{grain}:{period}", lambda: _sold(cluster, grain, period))


def _sold(cluster: Cluster, grain: Grain, period: str | None) -> Sold:
    held = {name: usable(cluster, "interactions", name) for name in ("group", "amount", "kind", "time", "place_id")}
    frame = rows_of(
        cluster, chosen(cluster, ["interactions"]), "source", "target", "category", *held, period=period
    ).collect("polars").to_native()  # fmt: skip
    frame, notes = _kept(frame, held)
    frame = _dated(frame, grain) if held["time"] else frame.with_columns(period=pl.lit(0))
    if held["group"]:
        # Lines without an order are orders of their own.
        alone = pl.concat_str(pl.lit("\x1f"), pl.int_range(pl.len()).cast(pl.String))
        frame = frame.with_columns(group=pl.coalesce("group", alone))
    else:
        frame = frame.with_columns(group=pl.int_range(pl.len()).cast(pl.String))
    rows = (
        frame.group_by("group", "category", "target")
        .agg(pl.col("source").min(), pl.col("place_id").min(), pl.col("period").min(), v=pl.col("v").sum(), n=pl.len())
        .sort("group", "category", "target")
    )
    needs, need = coded(rows["category"])
    codes, period_ = np.unique(rows["period"].to_numpy(), return_inverse=True)
    ids = pl.concat([rows["source"], rows["target"]])
    who = coded(ids)[1].astype(np.int64)
    place = rows["place_id"].rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
    lines = Lines(
        rows["group"].rank("dense").to_numpy().astype(np.int64) - 1, need.astype(np.int64), who[rows.height :],
        who[: rows.height], period_.astype(np.int64), rows["v"].to_numpy().astype(np.float64),
        rows["n"].to_numpy().astype(np.float64), _tied(cluster, rows),
    )  # fmt: skip
    names = tuple(label(int(c), grain) for c in codes) if held["time"] else ("",)
    places = np.array(rows["place_id"].drop_nulls().unique().sort().to_list(), dtype=np.str_)
    has_ties = cluster.has("ties") and bool(cluster.rows("ties"))
    return Sold(
        lines, needs, place.astype(np.int64), places, period_.astype(np.int64), names, tuple(notes),
        held["group"], has_ties,
    )  # fmt: skip


def _kept(frame: pl.DataFrame, held: dict[str, bool]) -> tuple[pl.DataFrame, list[Words]]:
    """Leave out what is not sold, and say so."""
    notes: list[Words] = []
    if held["kind"]:
        frame = frame.filter(~pl.col("kind").is_in(list(ATTENTION)) | pl.col("kind").is_null())
    before = frame.height
    frame = frame.filter(*(pl.col(c).is_not_null() for c in ("source", "target", "category")))
    if held["time"]:
        frame = frame.filter(pl.col("time").is_not_null())
    money = held["amount"] and bool(frame["amount"].is_not_null().any())
    if money:
        frame = frame.filter(pl.col("amount").is_finite() & (pl.col("amount") > 0))
        frame = frame.with_columns(v=pl.col("amount").cast(pl.Float64))
    else:
        frame = frame.with_columns(v=pl.lit(1.0))
        notes.append(
            Words(
                "There are no amounts: each interaction counts as 1.",
                "没有金额：每笔互动按 1 计。",
            )
        )
    if frame.height < before:
        notes.append(
            Words(
                f"{before - frame.height:,} of {before:,} interactions are left out: without actor, category or date, "
                "or with a value that is not positive.",
                f"{before:,} 笔互动中有 {before - frame.height:,} 笔未计入：缺少主体、类别或日期，或金额不为正。",
            )
        )
    if not frame.height:
        raise JiqunError(
            "diagnose mode: no interaction has two actors, a category and a positive value. Map them in the recipe.",
            "诊断模式：没有任何互动同时具备双方主体、类别与正金额。请在配方中映射这些列。",
        )
    return frame, notes


def _dated(frame: pl.DataFrame, grain: Grain) -> pl.DataFrame:
    """Add the code of the period, as :func:`jiqun.space.periods.code` has it."""
    year, month = (part.cast(pl.Int64) for part in (pl.col("time").dt.year(), pl.col("time").dt.month()))
    codes = {"year": year, "quarter": year * 10 + (month + 2) // 3, "month": year * 100 + month}
    return frame.with_columns(period=codes[grain])


def _tied(cluster: Cluster, rows: pl.DataFrame) -> NDArray[np.bool_]:
    """Say which lines have a supplier tied to the customer, or to another supplier of the order."""
    none = np.zeros(rows.height, dtype=bool)
    if not cluster.has("ties") or not cluster.rows("ties"):
        return none
    ties = cluster.scan("ties").select("source", "target").collect("polars").to_native().drop_nulls()
    both = pl.concat([ties.select("source", "target"), ties.select(source="target", target="source")]).unique()
    both = both.filter(pl.col("source") != pl.col("target")).select(a="source", b="target")
    at = rows.with_row_index("row").select("row", "group", "source", "target")
    straight = at.join(both, left_on=["source", "target"], right_on=["a", "b"], how="semi")["row"]
    known = at.join(both.select("a").unique(), left_on="target", right_on="a", how="semi")
    partner = known.join(both, left_on="target", right_on="a").select("row", "group", "b")
    others = partner.join(at, left_on=["group", "b"], right_on=["group", "target"], how="semi")["row"]
    none[straight.to_numpy()] = True
    none[others.to_numpy()] = True
    return none
