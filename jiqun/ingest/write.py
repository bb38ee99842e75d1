"""One part of a canonical table: read strictly, and where a value is unreadable, tolerantly and on record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from jiqun.cluster import TABLES, Finding, Words
from jiqun.cluster.progress import Progress
from jiqun.engine import Part
from jiqun.engine.casting import Cast, select
from jiqun.engine.reading import Damaged, Reader, Tick, Unreadable, identifier, literal
from jiqun.ingest.casts import casts_of
from jiqun.ingest.pieces import Piece, Pieces, View
from jiqun.ingest.positions import to_wgs84_file
from jiqun.ingest.recipe import Feed

__all__ = ["Block", "write_part"]

EXAMPLES = 10
"""Bad values shown of each column."""
_ROW = "jiqun row"


@dataclass(frozen=True, slots=True)
class Block:
    """One block ``[[TABLE]]`` of a recipe."""

    table: str
    number: int
    feed: Feed
    crs: str
    where: str
    """What messages call it."""


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
        Values that became null, and rows dropped as repetitions.
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
    findings: list[Finding] = []
    if before:
        reader.parquet("before", before)
    try:
        reader.copy(_query(block, view, casts, types, strict=True, before=bool(before)), target, tick=tick)
    except Unreadable:
        reader.copy(_query(block, view, casts, types, strict=False, before=bool(before)), target, tick=tick)
        findings = _unreadable(block, piece, view, casts, reader, types)
    if block.feed.distinct:
        findings += _dropped(block, piece, view, reader, target)
    return findings


def _query(block: Block, view: View, casts: list[Cast], types: dict[str, str], *, strict: bool, before: bool) -> str:
    if not block.feed.distinct:
        return f"SELECT {select(casts, types, strict=strict)} FROM {identifier(view.name)}"
    row = identifier(_ROW)
    key = [identifier(name) for name in TABLES[block.table].key if name in block.feed.columns]
    numbered = f"SELECT *, row_number() OVER () AS {row} FROM {identifier(view.name)}"
    cast = f"SELECT {select(casts, types, strict=strict)}, {row} FROM ({numbered})"
    first = f"SELECT * FROM ({cast}) AS rows_read QUALIFY row_number() OVER (PARTITION BY {', '.join(key)} ORDER BY {row}) = 1"
    unseen = ""
    if before:
        same = " AND ".join(f"earlier.{name} IS NOT DISTINCT FROM firsts.{name}" for name in key)
        unseen = f" WHERE NOT EXISTS (SELECT 1 FROM {identifier('before')} AS earlier WHERE {same})"
    return f"SELECT * EXCLUDE ({row}) FROM ({first}) AS firsts{unseen} ORDER BY {row}"


def _unreadable(
    block: Block, piece: Piece, view: View, casts: list[Cast], reader: Reader, types: dict[str, str]
) -> list[Finding]:
    """Count the values of each column that became null, and fetch the first few with their place."""
    suspects = [cast for cast in casts if cast.type != "string"]
    bad = [f"({cast.raw(types)}) IS NOT NULL AND ({cast.read(types)}) IS NULL" for cast in suspects]
    counts = ", ".join(
        f"count(*) FILTER ({condition}), count({cast.raw(types)})"
        for condition, cast in zip(bad, suspects, strict=True)
    )
    (counted,) = reader.rows(f"SELECT {counts} FROM {identifier(view.name)}")
    findings = []
    for position, (cast, condition) in enumerate(zip(suspects, bad, strict=True)):
        rows, of = counted[2 * position], counted[2 * position + 1]
        if not rows:
            continue
        numbered = f"SELECT *, row_number() OVER () AS {identifier(_ROW)} FROM {identifier(view.name)}"
        shown = reader.rows(
            f"SELECT {identifier(_ROW)}, left(CAST({cast.raw(types)} AS VARCHAR), 80) "
            f"FROM ({numbered}) WHERE {condition} LIMIT {EXAMPLES}"
        )
        findings.append(_finding(block, piece, view, cast, (rows, of), sorted(shown)))
    return findings


def _finding(
    block: Block, piece: Piece, view: View, cast: Cast, counted: tuple[int, int], shown: list[tuple[int, str]]
) -> Finding:
    lines = view.staged.lines([row for row, _ in shown])
    outer = {inner: name for name, inner in view.staged.columns.items()}
    names = [outer.get(column, column) for column in cast.columns]
    letter = view.staged.letters.get(names[0], "") if len(names) == 1 else ""
    source = " + ".join(names) or cast.label
    advice, advice_zh = _ADVICE.get(cast.type, ("Correct the values.", "请更正这些值。"))
    return Finding(
        "unreadable_value",
        "warning",
        Words(
            f"Cannot be read as {_TYPES[cast.type].en}: column {source}", f"无法读作{_TYPES[cast.type].zh}:列 {source}"
        ),
        Words(advice, advice_zh),
        block.table,
        cast.name,
        rows=counted[0],
        of=counted[1],
        examples=tuple(f"{letter}{line}: {value}" for line, (_, value) in zip(lines, shown, strict=True)),
        file=piece.label,
        line=lines[0] if lines else None,
    )


def _dropped(block: Block, piece: Piece, view: View, reader: Reader, target: Path) -> list[Finding]:
    ((rows,),) = reader.rows(f"SELECT count(*) FROM {identifier(view.name)}")
    dropped = rows - pq.read_metadata(target).num_rows
    if not dropped:
        return []
    key = ", ".join(TABLES[block.table].key)
    return [
        Finding(
            "repeated_key_dropped",
            "info",
            Words(f"Rows that repeat a {key} were left out", f"重复的 {key} 行已略去"),
            Words(
                "The recipe says distinct = true: the first row of each key was kept. Nothing to do.",
                "方案设有 distinct = true:每个主键保留第一行。无需处理。",
            ),
            block.table,
            TABLES[block.table].key[0],
            rows=dropped,
            of=rows,
            file=piece.label,
        )
    ]


_TYPES = {
    "integer": Words("a whole number", "整数"),
    "number": Words("a number", "数字"),
    "boolean": Words("yes or no", "是/否"),
    "date": Words("a date", "日期"),
    "time": Words("a time", "时间"),
    "strings": Words("a list", "列表"),
    "geometry": Words("a geometry", "几何图形"),
}
_ADVICE = {
    "number": (
        'They became missing. Correct them, or say in the recipe how numbers are written: thousands = ",", decimal = ",", '
        'strip = "¥", unit = "percent"; entries that mean “missing” go into nulls of the file.',
        '这些值已作缺失处理。请更正,或在方案中说明数字写法:thousands = ",", decimal = ",", strip = "¥", unit = "percent";'
        "表示缺失的写法请列入该文件的 nulls。",
    ),
    "date": (
        'They became missing. Correct them, or say in the recipe how dates are written, such as format = "%d/%m/%Y".',
        '这些值已作缺失处理。请更正,或在方案中说明日期写法,如 format = "%Y年%m月%d日"。',
    ),
    "boolean": (
        'They became missing. Read are yes/no, true/false, 1/0, 是/否; translate others with map = { "…" = "yes" }.',
        '这些值已作缺失处理。可读写法为 是/否、yes/no、true/false、1/0;其他写法用 map = { "…" = "是" } 转换。',
    ),
}
_ADVICE["integer"] = _ADVICE["number"]
_ADVICE["time"] = _ADVICE["date"]
