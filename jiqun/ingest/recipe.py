"""The recipe: which files there are, and which of their columns feed which canonical table.

A recipe is TOML, written by hand or drafted by ``jiqun recipe``. It declares and computes nothing, so
that it can be read, compared and trusted; the one exception is a ``SELECT`` under ``[queries]``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from jiqun.cluster import TABLES, About
from jiqun.ingest.recipe_errors import RecipeError, closest, closest_zh, explain, place_zh
from jiqun.ingest.recipe_sections import (
    Body,
    ClusterSection,
    ColumnSection,
    Feed,
    FileSection,
    IndicatorSection,
    QuerySection,
)

__all__ = [
    "ColumnSection",
    "Feed",
    "FileSection",
    "QuerySection",
    "Recipe",
    "RecipeError",
    "load_recipe",
    "parse_recipe",
]

MAX_RECIPE = 4 * 1024 * 1024
"""Longest recipe in bytes; beyond, the file is data and not a recipe."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
_COLUMN = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SECRET = re.compile(r"(?P<head>[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@\"']*:)(?P<secret>[^\s@\"']+)(?=@)")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A recipe that has been read and found consistent in itself; no data has been looked at."""

    name: str
    """Name of the recipe's file, for messages."""
    folder: Path
    """Folder that relative paths start from, and must not leave."""
    text: str
    """The recipe as written, passwords blotted out."""
    cluster: ClusterSection
    files: Mapping[str, FileSection]
    queries: Mapping[str, QuerySection]
    tables: Mapping[str, tuple[Feed, ...]]
    confined: bool = False
    """Whether it came from someone else: then no absolute path, no database."""
    indicators: Mapping[str, IndicatorSection] = field(default_factory=dict)
    """What the indicators of the panel are called."""

    @property
    def about(self) -> About:
        """What the cluster will say of itself."""
        return self.cluster.about()


def load_recipe(path: str | Path) -> Recipe:
    """Read a recipe from a file.

    Parameters
    ----------
    path
        The recipe, or a folder that holds one as ``recipe.toml``. Files it names are beside it.

    Raises
    ------
    RecipeError
        If it is not a valid recipe; the message names the file, the key and what was expected.
    """
    file = Path(path).expanduser()
    if file.is_dir() and (file / "recipe.toml").is_file():
        file = file / "recipe.toml"
    try:
        size = file.stat().st_size
        if size > MAX_RECIPE:
            raise RecipeError(
                f"{file} has {size:,} bytes; a recipe is a text of a few kilobytes. "
                f"To draft a recipe for this file: jiqun recipe {file}",
                f"{file} 有 {size:,} 字节；配方是几千字节的文本。要为这个文件起草配方：jiqun recipe {file}",
            )
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RecipeError(
            f"{file} is not UTF-8 (byte {error.start}); a recipe is a TOML text in UTF-8. Save it as UTF-8.",
            f"{file} 不是 UTF-8（第 {error.start} 字节）；配方是 UTF-8 编码的 TOML 文本。请存为 UTF-8。",
        ) from error
    except OSError as error:
        raise RecipeError(
            f"{file} cannot be read: {error.strerror or error}. Give the path of a recipe.",
            f"无法读取 {file}：{error.strerror or error}。请给出配方的路径。",
        ) from error
    return parse_recipe(text, folder=file.resolve().parent, name=file.name)


def parse_recipe(text: str, *, folder: str | Path, name: str = "recipe.toml", confined: bool = False) -> Recipe:
    """Read a recipe from its text.

    Parameters
    ----------
    text
        TOML.
    folder
        Folder that the paths of the recipe start from.
    name
        What messages call the recipe.
    confined
        Whether the recipe may only read files below ``folder``: no absolute path, no database. For recipes
        that came over the network.

    Raises
    ------
    RecipeError
        If it is not a valid recipe.

    Examples
    --------
    >>> recipe = parse_recipe('''
    ... [cluster]
    ... id = "tiny"
    ... title = "Tiny"
    ... [files.firms]
    ... path = "firms.csv"
    ... [[actors]]
    ... from = "firms"
    ... [actors.columns]
    ... actor_id = "id"
    ... ''', folder=".")
    >>> recipe.about.title.zh, list(recipe.tables)
    ('Tiny', ['actors'])
    """
    try:
        raw = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise RecipeError(f"{name} is not valid TOML: {error}.", f"{name} 不是有效的 TOML：{error}。") from error
    try:
        body = Body.model_validate(raw)
    except ValidationError as error:
        said = explain(name, error)
        raise RecipeError(said.en, said.zh) from error
    recipe = Recipe(
        name=name,
        folder=Path(folder).expanduser().resolve(),
        text=_SECRET.sub(r"\g<head>***", text),
        cluster=body.cluster,
        files=body.files,
        queries=body.queries,
        tables={table: feeds for table in TABLES if (feeds := body.feeds(table))},
        confined=confined,
        indicators=body.indicators,
    )
    _check_inputs(recipe)
    for table, feeds in recipe.tables.items():
        for number, feed in enumerate(feeds, 1):
            _check_feed(recipe, table, number, feed)
    return recipe


def _check_inputs(recipe: Recipe) -> None:
    where = recipe.name
    if not recipe.tables:
        raise RecipeError(
            f"{where} feeds no table. Add a block such as [[actors]] with from = … and [actors.columns].",
            f"{where} 没有给任何表供数。请加上一个块，例如 [[actors]]，写明 from = … 和 [actors.columns]。",
        )
    seen: dict[str, str] = {}
    for kind, names in (("files", recipe.files), ("queries", recipe.queries)):
        for name in names:
            if not _NAME.fullmatch(name):
                raise RecipeError(
                    f"{where}: [{kind}.{name}] – a name has letters, digits and _ only, such as firms_2024.",
                    f"{where}：[{kind}.{name}]：名称只能有字母、数字和 _，例如 firms_2024。",
                )
            if name.casefold() in seen:
                raise RecipeError(
                    f"{where}: the name {name} is used twice, under {seen[name.casefold()]} and {kind}.",
                    f"{where}：名称 {name} 用了两次，分别在 {seen[name.casefold()]} 和 {kind} 下。",
                )
            seen[name.casefold()] = kind
    if recipe.confined:
        for name, section in recipe.files.items():
            if section.database:
                raise RecipeError(
                    f"{where}: [files.{name}] reads a database, which an uploaded recipe may not. "
                    "Export the query to a file and upload that.",
                    f"{where}：[files.{name}] 读取数据库，上传的配方不允许这样做。请把查询结果导出成文件再上传。",
                )
            if section.package:
                raise RecipeError(
                    f"{where}: [files.{name}] reads a file of the package {section.package}, which an uploaded recipe "
                    "may not. Upload the file itself.",
                    f"{where}：[files.{name}] 读取包 {section.package} 的文件，上传的配方不允许这样做。请上传文件"
                    "本身。",
                )


def _check_feed(recipe: Recipe, table: str, number: int, feed: Feed) -> None:
    where = f"{recipe.name}: [[{table}]] block {number}"
    known = [*recipe.files, *recipe.queries]
    if feed.source not in known:
        raise RecipeError(
            f"{where} reads from {feed.source!r}, which is not defined.{closest(feed.source, known)}",
            f"{place_zh(where)} 从 {feed.source!r} 读取，而它没有定义。{closest_zh(feed.source, known)}",
        )
    schema = TABLES[table]
    mapped = feed.columns
    for column in schema.required:
        if column not in mapped:
            loose = [name for name in mapped if name not in schema.by_name]
            hint = closest(column, loose)
            raise RecipeError(
                f"{where} lacks column {column}, which {table} must have.{hint}",
                f"{place_zh(where)} 缺少列 {column}，{table} 必须有这一列。{closest_zh(column, loose)}",
            )
    for column, section in mapped.items():
        if column in schema.by_name:
            if section.type is not None and section.type != schema.by_name[column].type:
                raise RecipeError(
                    f"{where}: {column} is of type {schema.by_name[column].type} in every cluster; remove type = "
                    f"{section.type!r}.",
                    f"{place_zh(where)}：{column} 在所有集群中的类型都是 {schema.by_name[column].type}；请去掉 typ"
                    f"e = {section.type!r}。",
                )
            continue
        if not _COLUMN.fullmatch(column):
            raise RecipeError(
                f"{where}: {column!r} – an extra column is named in snake_case, such as opened_by.",
                f"{place_zh(where)}：{column!r}：附加列用 snake_case 命名，例如 opened_by。",
            )
        free = [c for c in schema.by_name if c not in mapped]
        alike = closest(column, free, cutoff=0.75)
        if alike and section.type is None:
            raise RecipeError(
                f"{where}: {table} has no column {column}.{alike} "
                "To keep it as an extra column all the same, say its type: "
                f'{column} = {{ column = …, type = "string" }}.',
                f"{place_zh(where)}：{table} 没有列 {column}。{closest_zh(column, free, cutoff=0.75)}如果仍要"
                f'把它留作附加列，请写明类型：{column} = {{ column = …, type = "string" }}。',
            )
    if feed.crs is not None and not {"lon", "lat"} <= set(mapped) and "geometry" not in mapped:
        raise RecipeError(
            f"{where} has crs = {feed.crs!r} but maps neither lon and lat nor geometry. Remove crs.",
            f"{place_zh(where)} 写了 crs = {feed.crs!r}，却没有对应 lon 和 lat，也没有对应 geometry。请去掉 crs。",
        )
