"""Pieces: the files and query results that feed tables, opened only when something has to be read from them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from jiqun.cluster import JiqunError, Words
from jiqun.cluster.progress import Progress
from jiqun.engine import Manifest, SourceFile
from jiqun.engine.reading import Damaged, Reader
from jiqun.engine.sandbox import Bounds, QueryError, Readable, run_select
from jiqun.ingest.database import fetch
from jiqun.ingest.inputs import Input, fingerprint
from jiqun.ingest.limits import Limits
from jiqun.ingest.recipe import Recipe
from jiqun.ingest.recipe_errors import zh_of
from jiqun.ingest.sources import Given, SourceError, SourceKind, Staged, kind_of

__all__ = ["Piece", "Pieces", "View", "digest"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One file, or the result of one query."""

    label: str
    key: str
    """Hash of its content and of all that decides how it is read."""
    source: SourceFile
    nulls: tuple[str, ...]
    stage: Callable[[], Staged]


@dataclass(slots=True)
class View:
    """A piece that is open: a view of the reader."""

    name: str
    staged: Staged


@dataclass(slots=True)
class Pieces:
    """All pieces of a recipe, found once and opened at most once."""

    recipe: Recipe
    reader: Reader
    scratch: Path
    previous: Manifest | None
    progress: Progress
    limits: Limits
    memory_limit: str | None = None
    _found: dict[str, list[Piece]] = field(default_factory=dict)
    _views: dict[str, View] = field(default_factory=dict)
    _staged: dict[str, Staged] = field(default_factory=dict)

    def of(self, name: str) -> list[Piece]:
        """Give the pieces of a file section or a query."""
        if name not in self._found:
            self._found[name] = [self._query(name)] if name in self.recipe.queries else self._files(name)
        return self._found[name]

    def sources(self) -> tuple[SourceFile, ...]:
        """Give what the manifest keeps of the pieces found, in the order of the recipe."""
        order = [*self.recipe.files, *self.recipe.queries]
        return tuple(piece.source for name in order for piece in self._found.get(name, []))

    def view(self, piece: Piece) -> View:
        """Open a piece as a view of the reader."""
        if piece.key not in self._views:
            view = View(f"in_{len(self._views)}", self._stage(piece))
            self._register(view)
            self._views[piece.key] = view
        return self._views[piece.key]

    def mend(self, piece: Piece, complaint: Damaged) -> None:
        """Raise the precise error of a piece that could not be read, or open a tidied copy in its place."""
        view = self._views[piece.key]
        if view.staged.retry is None:
            raise SourceError(
                f"{piece.label} cannot be read: {complaint}", f"无法读取 {piece.label}：{zh_of(complaint)}"
            ) from complaint
        view.staged = self._staged[piece.key] = view.staged.retry(str(complaint))
        self._register(view)

    def _register(self, view: View) -> None:
        if view.staged.layout is None:
            self.reader.parquet(view.name, [view.staged.path])
        else:
            self.reader.csv(view.name, [view.staged.path], view.staged.layout)

    def _stage(self, piece: Piece) -> Staged:
        if piece.key not in self._staged:
            self.scratch.mkdir(exist_ok=True)
            self._staged[piece.key] = piece.stage()
        return self._staged[piece.key]

    def _files(self, name: str) -> list[Piece]:
        section = self.recipe.files[name]
        if section.database is not None:
            return [self._database(name)]
        inputs = fingerprint(self.recipe, name, self.previous, progress=self.progress, max_bytes=self.limits.max_bytes)
        return [self._file(found) for found in inputs]

    def _file(self, found: Input) -> Piece:
        kind = kind_of(found.path, found.section, found.label)
        given = Given(found.path, found.label, found.section, self.scratch, self.limits.max_bytes, self.progress)
        usual = ("",) if kind.text else ()
        return Piece(
            found.label,
            digest("file", kind.name, found.section.model_dump_json(exclude={"path", "package"}), found.sha256),
            found.source_file(kind.name),
            found.section.nulls if found.section.nulls is not None else usual,
            partial(_staged, kind, given),
        )

    def _database(self, name: str) -> Piece:
        section = self.recipe.files[name]
        self.scratch.mkdir(exist_ok=True)
        target = self.scratch / f"database-{name}.parquet"
        address = fetch(self.recipe, name, target, progress=self.progress)
        with target.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        size = target.stat().st_size
        return Piece(
            f"{name} ({address})",
            digest("database", content),
            SourceFile(name, address, "database", content, size),
            section.nulls or (),
            partial(_parquet, target),
        )

    def _query(self, name: str) -> Piece:
        sql = self.recipe.queries[name].sql
        names = [used for used in self._named_before(name) if re.search(rf"(?i)\b{re.escape(used)}\b", sql)]
        inputs = {used: self.of(used) for used in names}
        key = digest("query", sql, *(f"{used}:{piece.key}" for used in names for piece in inputs[used]))
        return Piece(
            f"query {name}", key, SourceFile(name, "", "query", digest(sql)), (), partial(self._run, name, inputs)
        )

    def _named_before(self, name: str) -> list[str]:
        queries = list(self.recipe.queries)
        return [*self.recipe.files, *queries[: queries.index(name)]]

    def _run(self, name: str, inputs: dict[str, list[Piece]]) -> Staged:
        target = self.scratch / f"query-{name}.parquet"
        where = f"{self.recipe.name}: [queries.{name}]"
        step = Words(f"Running query {name}", f"执行查询 {name}")
        bounds = Bounds(self.scratch, self.memory_limit, self.limits.query_seconds)
        for attempt in (1, 2):
            tables = {used: self._readable(where, used, pieces) for used, pieces in inputs.items()}
            try:
                run_select(
                    self.recipe.queries[name].sql,
                    tables,
                    target,
                    bounds=bounds,
                    tick=lambda share: self.progress(step, share, 1.0),
                )
                break
            except Damaged as error:
                if attempt == 2:
                    raise QueryError(f"{where}: {error}", f"{where}：{zh_of(error)}") from error
                for pieces in inputs.values():
                    for piece in pieces:
                        retry = self._stage(piece).retry
                        if retry is not None:
                            self._staged[piece.key] = retry(str(error))
            except JiqunError as error:
                if type(error) not in (JiqunError, QueryError):
                    raise  # what the listener to progress raised to cancel
                raise QueryError(f"{where}: {error}", f"{where}：{zh_of(error)}") from error
        if pq.read_metadata(target).num_rows == 0:
            raise QueryError(
                f"{where} gives 0 rows. Check its joins and conditions.",
                f"{where} 的结果为 0 行。请检查其中的连接和条件。",
            )
        return _parquet(target)

    def _readable(self, where: str, name: str, pieces: list[Piece]) -> Readable:
        staged = [self._stage(piece) for piece in pieces]
        layouts = {s.layout for s in staged}
        if len(layouts) > 1:
            raise QueryError(
                f"{where}: the files of {name} differ in their columns; give each its own section.",
                f"{where}：{name} 的各个文件列不一致；请给每个文件各写一个小节。",
            )
        return Readable(tuple(s.path for s in staged), staged[0].layout)


def digest(*parts: object) -> str:
    """Hash anything that prints the same each time.

    >>> digest("a", 1) == digest("a", 1), digest("a", 1) == digest("a1")
    (True, False)
    """
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _staged(kind: SourceKind, given: Given) -> Staged:
    try:
        return kind.stage(given)
    except OSError as error:
        raise SourceError(
            f"{given.label} cannot be read: {error.strerror or error}.",
            f"无法读取 {given.label}：{error.strerror or error}。",
        ) from error


def _parquet(path: Path) -> Staged:
    return Staged(path, {name: name for name in pq.read_schema(path).names})
