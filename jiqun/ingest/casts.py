"""From the columns of a recipe block to the casts that the engine runs."""

from __future__ import annotations

from collections.abc import Mapping

from jiqun.cluster import TABLES, JiqunError
from jiqun.cluster.schema import Type
from jiqun.engine.casting import Cast
from jiqun.ingest.recipe import ColumnSection, Feed
from jiqun.ingest.recipe_errors import RecipeError, closest, closest_zh, place_zh, zh_of
from jiqun.ingest.sources import Staged
from jiqun.ingest.units import factor

__all__ = ["casts_of"]

_SHARE_SIGNS = "%％‰"
_SHARE_UNITS = frozenset({"percent", "per cent", "%", "％", "permille", "‰"})

_NATIVE: Mapping[str, Type] = {
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMP": "time",
    "DOUBLE": "number",
    "FLOAT": "number",
    "VARCHAR[]": "strings",
    "BLOB": "geometry",
}


def casts_of(
    where: str, table: str, feed: Feed, staged: Staged, types: Mapping[str, str], *, label: str, nulls: tuple[str, ...]
) -> list[Cast]:
    """Turn the columns of a block into casts over the columns that a source has.

    Parameters
    ----------
    where
        The block, for messages.
    table
        Canonical table that it feeds.
    feed
        The block.
    staged
        The source.
    types
        DuckDB type of each column of the source.
    label
        What messages call the source.
    nulls
        Entries that stand for a missing value.

    Raises
    ------
    RecipeError
        If a source column does not exist, or a unit cannot be converted.
    """
    schema = TABLES[table].by_name
    casts = []
    for name, section in feed.columns.items():
        at = f"{where}: {name}"
        sources = tuple(_source_column(at, column, staged, label) for column in section.sources)
        canonical = schema.get(name)
        kind = canonical.type if canonical else section.type or _type_of(sources, types)
        if section.format and kind not in ("date", "time"):
            raise RecipeError(
                f"{at} is a {kind}; format is for dates and times. Remove it.",
                f"{place_zh(at)} 的类型是 {kind}；format 只用于日期和时间。请去掉它。",
            )
        multiplier, strip = _measure(at, kind, section, canonical.unit if canonical else "")
        casts.append(
            Cast(
                name,
                kind,
                columns=sources,
                join=section.join,
                value=_constant(section.value),
                formats=section.format,
                factor=multiplier,
                replace=section.map,
                nulls=nulls,
                thousands=section.thousands or "",
                decimal=section.decimal,
                strip=strip,
                separator=section.separator,
            )
        )
    return casts


def _source_column(at: str, column: str, staged: Staged, label: str) -> str:
    if column in staged.twice:
        raise RecipeError(
            f"{at} is mapped to column {column!r} of {label}, a name that several columns there have. "
            "Rename one of them in the file.",
            f"{place_zh(at)} 对应 {label} 的列 {column!r}，而那里有多列叫这个名称。请在文件中给其中一列改名。",
        )
    inner = staged.columns.get(column)
    if inner is None:
        raise RecipeError(
            f"{at} is mapped to column {column!r}, which {label} does not have.{closest(column, staged.columns)}",
            f"{place_zh(at)} 对应列 {column!r}，而 {label} 没有这一列。{closest_zh(column, staged.columns)}",
        )
    return inner


def _measure(at: str, kind: Type, section: ColumnSection, unit: str) -> tuple[float, str]:
    """Give the factor to the canonical unit, and the characters to remove before reading."""
    if not section.unit:
        return 1.0, section.strip
    if kind not in ("number", "integer"):
        raise RecipeError(
            f"{at} is a {kind} and has no unit; remove unit = {section.unit!r}.",
            f"{place_zh(at)} 的类型是 {kind}，没有单位；请去掉 unit = {section.unit!r}。",
        )
    try:
        multiplier = factor(section.unit, unit)
    except JiqunError as error:
        raise RecipeError(f"{at}: {error}", f"{place_zh(at)}：{zh_of(error)}") from error
    signs = _SHARE_SIGNS if section.unit.strip().lower() in _SHARE_UNITS else ""
    return multiplier, section.strip + signs


def _constant(value: str | float | bool | None) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type_of(sources: tuple[str, ...], types: Mapping[str, str]) -> Type:
    """Type of an extra column that the recipe does not say: the source's own, or text."""
    if len(sources) != 1:
        return "string"
    native = types[sources[0]]
    if native.endswith("INT") or native == "INTEGER":
        return "integer"
    if native.startswith("DECIMAL"):
        return "number"
    return _NATIVE.get(native.split(" WITH")[0].split("_")[0], "string")
