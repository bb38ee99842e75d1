"""One part of a canonical table: read strictly, and where a value is unreadable, tolerantly and on record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow.parquet as pq

from jiqun.cluster import TABLES, Finding, Words
from jiqun.cluster.progress import Progress
from jiqun.engine.canonical import Reading, first_unreadable, row_count, rows_query, unreadable_counts
from jiqun.engine.reading import Damaged, Tick, Unreadable
from jiqun.ingest.casts import casts_of
from jiqun.ingest.met import repeated, unreadable
from jiqun.ingest.pieces import Piece, Pieces
from jiqun.ingest.positions import to_wgs84_file
from jiqun.ingest.recipe import Feed

__all__ = ["Block", "write_part"]

EXAMPLES = 10
"""Bad values shown of each column."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block ``[[TABLE]]`` of a recipe."""

    table: str
    feed: Feed
    crs: str
    where: str
    """What messages call it."""

    @property
    def key(self) -> tuple[str, ...]:
        """Columns of the key that the block fills; empty where rows may repeat."""
        if not self.feed.distinct:
            return ()
        return tuple(name for name in TABLES[self.table].key if name in self.feed.columns)


def write_part(
    block: Block,
    piece: Piece,
    pieces: Pieces,
    target: Path,
    *,
    before: tuple[Path, ...] = (),
    progress: Progress,
) -> list[Finding]:
    """Write the rows that a piece gives to a table, in their order.

    Parameters
    ----------
    block
        The block of the recipe.
    piece
        What to read.
    pieces
        All pieces, which open this one.
    target
        Parquet file to write.
    before
        Parts of the table written before, whose keys are not repeated where the block is distinct.
    progress
        Told of the bytes read.

    Returns
    -------
    list of Finding
        Values that became null, and rows left out as repetitions.
    """
    step = Words(f"Reading {piece.label}", f"读取 {piece.label}")
    total = float(piece.source.bytes) or 1.0

    def tick(share: float) -> None:
        progress(step, share * total, total)

    tick(0.0)
    try:
        findings = _write(block, piece, pieces, target, before=before, tick=tick)
    except Damaged as error:
        pieces.mend(piece, error)
        try:
            findings = _write(block, piece, pieces, target, before=before, tick=tick)
        except Damaged as again:
            pieces.mend(piece, again)
            raise
    if block.crs != "WGS84":
        to_wgs84_file(target, block.crs)
    tick(1.0)
    return findings


def _write(
    block: Block, piece: Piece, pieces: Pieces, target: Path, *, before: tuple[Path, ...], tick: Tick
) -> list[Finding]:
    view, reader = pieces.view(piece), pieces.reader
    types = reader.types(view.name)
    casts = casts_of(block.where, block.table, block.feed, view.staged, types, label=piece.label, nulls=piece.nulls)
    reading = Reading(view.name, types, casts, block.key)
    if before:
        reader.parquet("before", before)
        reading = replace(reading, before="before")
    findings: list[Finding] = []
    try:
        reader.copy(rows_query(reading, strict=True), target, tick=tick)
    except Unreadable:
        reader.copy(rows_query(reading, strict=False), target, tick=tick)
        by_name = {cast.name: cast for cast in casts}
        for name, counted in unreadable_counts(reader, reading, tick=tick).items():
            shown = first_unreadable(reader, reading, name, limit=EXAMPLES)
            findings.append(
                unreadable(
                    by_name[name], view.staged, table=block.table, file=piece.label, counted=counted, shown=shown
                )
            )
    if block.key:
        rows = row_count(reader, view.name)
        dropped = rows - pq.read_metadata(target).num_rows
        if dropped:
            findings.append(repeated(block.table, file=piece.label, rows=dropped, of=rows))
    return findings
