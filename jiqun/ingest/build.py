"""From a recipe to a cluster on disk: what has changed is read, what has not is kept, all at once or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jiqun.cluster import SCHEMA_VERSION, TABLES, Finding
from jiqun.cluster.progress import Progress, silent
from jiqun.engine import Manifest, Part, Writer, writing
from jiqun.engine.reading import reading
from jiqun.ingest.limits import Limits
from jiqun.ingest.pieces import Piece, Pieces, digest
from jiqun.ingest.recipe import Recipe
from jiqun.ingest.recipe_errors import RecipeError
from jiqun.ingest.write import Block, write_part

__all__ = ["READER_VERSION", "Ingested", "ingest"]

READER_VERSION = 1
"""Version of how sources are read; a change makes every part be read again."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What an ingest did."""

    path: Path
    manifest: Manifest
    made: tuple[Part, ...]
    """Parts that were read anew."""
    reused: tuple[Part, ...]
    """Parts whose sources had not changed."""
    findings: tuple[Finding, ...] = ()
    """What was met while reading: values that could not be read, rows that were left out."""


def ingest(
    recipe: Recipe,
    out: str | os.PathLike[str],
    *,
    progress: Progress = silent,
    memory_limit: str | None = None,
    limits: Limits | None = None,
) -> Ingested:
    """Read the sources of a recipe into a cluster folder; an existing cluster there is refreshed.

    Only what has changed since the last time is read again. The new version replaces the old one in one
    step: whoever kills the process at any moment finds the old cluster, whole. Rows keep the order of
    their source, and blocks the order of the recipe.

    Parameters
    ----------
    recipe
        From :func:`load_recipe`.
    out
        Folder of the cluster; made where it does not exist.
    progress
        Told of each step; it may raise to cancel, and nothing is left behind.
    memory_limit
        Such as ``"4GB"``; default from ``JIQUN_MEMORY``.
    limits
        Default from the environment, see :class:`Limits`.

    Returns
    -------
    Ingested
        The folder, its manifest, the parts made and reused, and what was met while reading.

    Raises
    ------
    JiqunError
        If a source is damaged or missing, or the folder cannot be written; the old cluster is unchanged.
    """
    limits = limits or Limits.from_environment()
    with writing(out) as writer, reading(scratch=writer.scratch, memory_limit=memory_limit) as reader:
        pieces = Pieces(recipe, reader, writer.scratch, writer.previous, progress, limits, memory_limit)
        return _Build(recipe, writer, pieces, progress).run()


@dataclass(slots=True)
class _Build:
    recipe: Recipe
    writer: Writer
    pieces: Pieces
    progress: Progress
    made: list[Part] = field(default_factory=list)
    reused: list[Part] = field(default_factory=list)
    findings: dict[str, list[Finding]] = field(default_factory=dict)

    def run(self) -> Ingested:
        earlier = _earlier_findings(self.writer)
        for block in _blocks(self.recipe):
            for piece in self.pieces.of(block.feed.source):
                self._part(block, piece, earlier)
        _check_extra_columns(self.writer, self.recipe)
        return self._commit()

    def _part(self, block: Block, piece: Piece, earlier: Mapping[str, list[Finding]]) -> None:
        before = self.writer.parts(block.table) if block.feed.distinct else ()
        form = block.feed.model_dump_json(exclude={"source"})
        key = digest(
            READER_VERSION, SCHEMA_VERSION, block.table, form, block.crs, piece.key, [part.key for part in before]
        )
        files = tuple(self.writer.folder / part.file for part in before)
        found: list[Finding] = []

        def write(target: Path) -> None:
            found.extend(write_part(block, piece, self.pieces, target, before=files, progress=self.progress))

        part, made = self.writer.part(block.table, key, write, source=piece.label)
        (self.made if made else self.reused).append(part)
        kept = found if made else earlier.get(key, [])
        if kept:
            self.findings[key] = kept

    def _commit(self) -> Ingested:
        lines: list[dict[str, Any]] = []
        places: dict[str, list[int]] = {}
        for key, found in self.findings.items():
            places[key] = list(range(len(lines), len(lines) + len(found)))
            lines.extend(finding.to_dict() for finding in found)
        manifest = self.writer.commit(
            self.recipe.about,
            sources=self.pieces.sources(),
            recipe=self.recipe.text,
            findings=self.writer.findings(lines),
            extra={
                "codes": dict(self.recipe.cluster.codes),
                "indicators": {
                    name: {"title": asdict(section.title.words()), "unit": asdict(section.unit.words())}
                    for name, section in self.recipe.indicators.items()
                },
                "findings": places,
            },
        )
        everything = tuple(finding for found in self.findings.values() for finding in found)
        return Ingested(self.writer.folder, manifest, tuple(self.made), tuple(self.reused), everything)


def _blocks(recipe: Recipe) -> list[Block]:
    return [
        Block(
            table,
            feed,
            feed.crs or recipe.cluster.crs,
            f"{recipe.name}: [[{table}]] block {number}",
        )
        for table, feeds in recipe.tables.items()
        for number, feed in enumerate(feeds, 1)
    ]


def _earlier_findings(writer: Writer) -> dict[str, list[Finding]]:
    """Give the findings of the version before by the part they were made with."""
    if writer.previous is None:
        return {}
    lines = writer.earlier_findings()
    places = writer.previous.extra.get("findings", {})
    return {key: [Finding.from_dict(lines[n]) for n in numbers] for key, numbers in places.items()}


def _check_extra_columns(writer: Writer, recipe: Recipe) -> None:
    """Refuse an extra column that is of one type in one part and of another in the next."""
    for table in recipe.tables:
        seen: dict[str, tuple[str, str]] = {}
        for part in writer.parts(table):
            for column in pq.read_schema(writer.folder / part.file):
                if column.name in TABLES[table].by_name:
                    continue
                first = seen.setdefault(column.name, (str(column.type), part.source))
                if first[0] != str(column.type):
                    raise RecipeError(
                        f"{recipe.name}: extra column {column.name} of {table} is {first[0]} in {first[1]} and "
                        f"{column.type} in {part.source}. Say its type in each block: "
                        f'{column.name} = {{ column = "…", type = "string" }}.',
                        f"{recipe.name}：{table} 的附加列 {column.name} 在 {first[1]} 中是 {first[0]}，在 "
                        f'{part.source} 中是 {column.type}。请在每个块中写明类型：{column.name} = {{ column = "…", typ'
                        'e = "string" }。',
                    )
