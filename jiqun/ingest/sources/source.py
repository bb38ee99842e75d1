"""What a source is: one kind of file, and how it becomes something the reader can scan.

A new kind of file is one module in this folder: a function with the facts in a decorator. From the facts
follow the inference of the format from the file's name, the check of its options in the recipe, the
error that lists what is known, and the contract tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from jiqun.cluster import JiqunError, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.engine.reading import CsvLayout

if TYPE_CHECKING:
    from jiqun.ingest.recipe_sections import FileSection

__all__ = ["Given", "SourceError", "SourceKind", "Staged", "kind_of", "kinds", "mapping_of", "source"]

COMMON = frozenset({"path", "format", "package", "nulls"})
_MODULES = ("delimited", "parquet", "spreadsheet", "geographic")


class SourceError(JiqunError):
    """A source that cannot be read as it is; the message names the file, the place in it and what to do."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file that the recipe names, and what the recipe says of it."""

    path: Path
    label: str
    """What messages call it: its path as the recipe has it."""
    section: FileSection
    scratch: Path
    """Folder for converted copies."""
    max_bytes: int | None = None
    progress: Progress = silent


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that the reader can scan: UTF-8 text in a known layout, or Parquet."""

    path: Path
    columns: Mapping[str, str]
    """Name in the source → name for the reader, which does not tell upper from lower case."""
    layout: CsvLayout | None = None
    """Layout of a text file; None for Parquet."""
    twice: frozenset[str] = frozenset()
    """Names that more than one column has, which nothing can refer to."""
    lines: Callable[[Sequence[int]], list[int]] = field(default=list)
    """Give the line (row of a sheet, number of a feature) of rows counted from 1, in rising order."""
    letters: Mapping[str, str] = field(default_factory=dict)
    """Name in the source → column letter, for spreadsheets."""
    retry: Callable[[str], Staged] | None = None
    """Called with the reader's complaint where it fails: raises the precise error, or gives a copy to read."""


Stage = Callable[[Given], Staged]


@dataclass(frozen=True, slots=True)
class SourceKind:
    """The facts of one kind of file, and the function that stages it."""

    name: str
    title: Words
    extensions: tuple[str, ...]
    options: frozenset[str]
    """Keys of ``[files.NAME]`` it understands, beyond those of every file."""
    stage: Stage
    text: bool = False
    """Whether an empty entry stands for a missing value."""


_REGISTERED: dict[str, SourceKind] = {}


def source(
    name: str, *, title: Words, extensions: tuple[str, ...], options: tuple[str, ...] = (), text: bool = False
) -> Callable[[Stage], Stage]:
    """Register a function as the way to stage one kind of file.

    Parameters
    ----------
    name
        Value of ``format`` in a recipe.
    title
        What users call such a file.
    extensions
        Endings of file names, each with its dot.
    options
        Keys of ``[files.NAME]`` it understands.
    text
        Whether an empty entry stands for a missing value.
    """

    def register(stage: Stage) -> Stage:
        _REGISTERED[name] = SourceKind(name, title, extensions, COMMON | set(options), stage, text)
        return stage

    return register


def kinds() -> Mapping[str, SourceKind]:
    """Give all kinds of files by name.

    >>> sorted(kinds())
    ['csv', 'geojson', 'gpkg', 'parquet', 'tsv', 'xlsx']
    """
    for module in _MODULES:
        import_module(f"jiqun.ingest.sources.{module}")
    return MappingProxyType(_REGISTERED)


def kind_of(path: Path, section: FileSection, label: str) -> SourceKind:
    """Tell the kind of a file from the recipe or its name, and check its options.

    Raises
    ------
    SourceError
        If the kind is not known, or an option belongs to another kind.
    """
    known = kinds()
    if section.format is not None:
        if section.format not in known:
            raise SourceError(
                f"{label}: format = {section.format!r} is not known; known: {', '.join(sorted(known))}.",
                f"{label}：不认识 format = {section.format!r}；可用：{'、'.join(sorted(known))}。",
            )
        kind = known[section.format]
    else:
        name = path.name.lower().removesuffix(".gz")
        matches = [k for k in known.values() if name.endswith(k.extensions)]
        if not matches:
            raise SourceError(
                f"{label}: the name does not say what kind of file it is. "
                f'Add format = "…" under its section; known: {", ".join(sorted(known))}.',
                f'{label}：从文件名看不出是哪种文件。请在它的小节中加上 format = "…"；可用：'
                f"{'、'.join(sorted(known))}。",
            )
        kind = matches[0]
    for option in section.model_fields_set - kind.options:
        owners = sorted(k.name for k in known.values() if option in k.options)
        raise SourceError(
            f"{label} is {kind.name}, which has no option {option} (it belongs to {', '.join(owners) or 'databases'}). "
            f"Its options: {', '.join(sorted(kind.options))}.",
            f"{label} 是 {kind.name}，没有选项 {option}（它属于 {'、'.join(owners) or '数据库'}）。可用的"
            f"选项：{'、'.join(sorted(kind.options))}。",
        )
    return kind


def mapping_of(header: Sequence[str], label: str) -> tuple[dict[str, str], frozenset[str]]:
    """Give each column a name that the reader can tell from the others.

    Parameters
    ----------
    header
        Names as the source has them.
    label
        What messages call the file.

    Returns
    -------
    columns, twice
        Name in the source → name for the reader, and the names that several columns have.

    Examples
    --------
    >>> mapping_of(["id", "ID", ""], "a.csv")
    ({'id': 'id', 'ID': 'ID (2)', 'column3': 'column3'}, frozenset())
    """
    if len(header) > 16_384:
        raise SourceError(
            f"{label} has {len(header):,} columns; at most 16,384 can be read.",
            f"{label} 有 {len(header):,} 列；最多可读 16,384 列。",
        )
    columns: dict[str, str] = {}
    taken: set[str] = set()
    twice: set[str] = set()
    for position, given in enumerate(header, 1):
        name = given.strip() or f"column{position}"
        inner, copy = name, 1
        while inner.casefold() in taken:
            copy += 1
            inner = f"{name} ({copy})"
        taken.add(inner.casefold())
        if name in columns:
            twice.add(name)
            name = inner
        columns[name] = inner
    return columns, frozenset(twice)


def staged_copy(staged: Staged, path: Path) -> Staged:
    """Give the same staging over a tidied copy, which is not tidied again."""
    return replace(staged, path=path, retry=None)
