"""What is on a desk as canonical tables, alone or together with the cluster's own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import narwhals as nw
import polars as pl

from jiqun.cluster import TABLES, Cluster, FrameStore, JiqunError
from jiqun.match.desk.decisions import decisions
from jiqun.match.desk.entries import Kind, entries
from jiqun.match.desk.stated import KEYS
from jiqun.match.desk.store import Desk, reading

__all__ = ["tables", "with_desk"]

_TYPES: Mapping[str, Any] = {
    "string": pl.String, "number": pl.Float64, "date": pl.Date, "time": pl.Datetime("us"),
    "strings": pl.List(pl.String),
}  # fmt: skip


def tables(desk: Desk) -> dict[str, pl.DataFrame]:
    """Give the needs, the offers and the deals as canonical tables.

    A deal is an interaction of kind ``order``: the source is who has the need, the target the supplier, ``group`` the
    need, and ``matched_by`` says who brought them together.

    Parameters
    ----------
    desk
        Where they are written.

    Returns
    -------
    dict
        ``needs``, ``offers`` and ``interactions``, with all their canonical columns.
    """
    return {"needs": _entries(desk, "needs"), "offers": _entries(desk, "offers"), "interactions": _deals(desk)}


def with_desk(desk: Desk) -> Cluster:
    """Give the cluster with what is on its desk: needs and offers written since, and deals concluded.

    Returns
    -------
    Cluster
        Reads what was on the desk at this moment; later writing needs another one. Indices and matching run on it as
        on any.

    Raises
    ------
    JiqunError
        If the desk was opened on a folder, without a cluster.
    """
    base = desk.cluster
    if base is None:
        raise JiqunError(
            "with_desk needs a desk that was opened on a cluster, not on a folder.",
            "with_desk 需要由集群打开的需求台，而非文件夹。",
        )
    made = tables(desk)
    frames: dict[str, nw.LazyFrame[Any]] = {}
    for table in TABLES:
        own = made.get(table)
        if own is None or own.is_empty():
            if base.has(table):
                frames[table] = base.scan(table)
            continue
        if base.has(table):
            own = own.select(c for c in own.columns if c in base.columns(table) or own[c].null_count() < own.height)
            own = pl.concat([base.polars(table), own], how="diagonal_relaxed")
        frames[table] = nw.from_native(own.lazy())
    name = hashlib.sha256(f"{base.store.data_hash}{_state(desk)}".encode()).hexdigest()[:20]
    return Cluster(FrameStore(MappingProxyType(frames), name), base.about, base.path)


def _state(desk: Desk) -> tuple[int, int]:
    """Give the lengths of both histories, which say all there is: they are only added to."""
    with reading(desk) as db:
        versions, decided = db.execute(
            "SELECT (SELECT coalesce(max(seq), 0) FROM versions), (SELECT coalesce(max(seq), 0) FROM decisions)"
        ).fetchone()
    return versions, decided


def _entries(desk: Desk, kind: Kind) -> pl.DataFrame:
    columns = {c.name: _TYPES[c.type] for c in TABLES[kind].columns}
    rows = [{KEYS[kind]: entry.key, **(entry.values or {})} for entry in entries(desk, kind)]
    raw = {name: pl.String if of == pl.Date else of for name, of in columns.items()}
    frame = pl.DataFrame(rows, schema=raw)
    return frame.with_columns(pl.col(name).str.to_date() for name, of in columns.items() if of == pl.Date)


def _deals(desk: Desk) -> pl.DataFrame:
    columns = {c.name: _TYPES[c.type] for c in TABLES["interactions"].columns}
    deals = decisions(desk).filter(decision="deal")
    made = deals.select(
        pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us"),
        source="seeker", target="actor_id", kind=pl.lit("order"), amount="amount", quantity="quantity",
        category="category", matched_by="matched_by", group="need_id",
    )  # fmt: skip
    return made.select(
        pl.col(name) if name in made.columns else pl.lit(None).cast(of).alias(name) for name, of in columns.items()
    ).cast(columns)  # type: ignore[arg-type]
