"""From the columns of a recipe block to the casts that the engine runs."""

from __future__ import annotations

from collections.abc import Mapping

from jiqun.cluster import TABLES
from jiqun.cluster.schema import Type
from jiqun.engine.casting import Cast
from jiqun.ingest.recipe import ColumnSection, Feed
from jiqun.ingest.recipe_errors import RecipeError, closest
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
    schema = TABLES[table]
    casts = []
    for name, section in feed.columns.items():
        sources = tuple(_source_column(where, name, column, staged, label) for column in section.sources)
        canonical = schema.by_name.get(name)
        kind = canonical.type if canonical else section.type or _type_of(sources, types)
        casts.append(_cast(where, name, kind, section, sources, canonical.unit if canonical else "", nulls))
    return casts


def _source_column(where: str, name: str, column: str, staged: Staged, label: str) -> str:
    if column in staged.twice:
        raise RecipeError(
            f"{where}: {name} is mapped to column {column!r} of {label}, a name that several columns there have. "
            "Rename one of them in the file."
        )
    inner = staged.columns.get(column)
    if inner is None:
        raise RecipeError(
            f"{where}: {name} is mapped to column {column!r}, which {label} does not have."
            f"{closest(column, staged.columns)}"
        )
    return inner


def _cast(
    where: str,
    name: str,
    kind: Type,
    section: ColumnSection,
    sources: tuple[str, ...],
    unit: str,
    nulls: tuple[str, ...],
) -> Cast:
    multiplier, strip = 1.0, section.strip
    if section.unit:
        if kind not in ("number", "integer"):
            raise RecipeError(f"{where}: {name} is a {kind} and has no unit; remove unit = {section.unit!r}.")
        multiplier = factor(section.unit, unit)
        if section.unit.strip().lower() in _SHARE_UNITS:
            strip += _SHARE_SIGNS
    if section.format and kind not in ("date", "time"):
        raise RecipeError(f"{where}: {name} is a {kind}; format is for dates and times. Remove it.")
    value = section.value
    if isinstance(value, bool):
        value = "true" if value else "false"
    return Cast(
        name,
        kind,
        columns=sources,
        join=section.join,
        value=None if value is None else str(value),
        formats=section.format,
        factor=multiplier,
        replace=section.map,
        nulls=nulls,
        thousands=section.thousands or "",
        decimal=section.decimal,
        strip=strip,
        separator=section.separator,
    )


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
