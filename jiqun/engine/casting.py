"""From what a source says to what the schema means: one column of a canonical table as SQL.

A value is read as its type or it is null; it is never guessed. What counts as readable is written here
and nowhere else: numbers in one notation, dates year first, unless the recipe says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from jiqun.cluster import JiqunError
from jiqun.cluster.schema import Type
from jiqun.engine.reading import UNREADABLE, identifier, literal

__all__ = ["EXCEL", "UNIX", "UNIX_MS", "Cast", "select"]

EXCEL = "excel"
"""Date format: days since 1899-12-30, as spreadsheets store them."""
UNIX = "unix"
"""Time format: seconds since 1970-01-01 UTC."""
UNIX_MS = "unix_ms"
"""Time format: milliseconds since 1970-01-01 UTC."""

_DUCKDB: Mapping[str, str] = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "time": "TIMESTAMP",
    "strings": "VARCHAR[]",
    "geometry": "BLOB",
}
_TRUE = ("true", "t", "yes", "y", "1", "是", "真")
_FALSE = ("false", "f", "no", "n", "0", "否", "假")
_DATE_FORMATS = ("%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d")
_TIME_FORMATS = ("%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y%m%d%H%M%S")
_FULL_WIDTH = ("０１２３４５６７８９．，－＋％", "0123456789.,-+%")


@dataclass(frozen=True, slots=True)
class Cast:
    """How one column of a canonical table is made from columns of a source."""

    name: str
    type: Type
    columns: tuple[str, ...] = ()
    """One source column, or several that are joined; empty where ``value`` is the same for all rows."""
    join: str = ""
    value: str | None = None
    formats: tuple[str, ...] = ()
    factor: float = 1.0
    """Multiplies a number: canonical units per unit of the source."""
    replace: Mapping[str, str] = field(default_factory=dict)
    nulls: tuple[str, ...] = ()
    thousands: str = ""
    decimal: str = "."
    strip: str = ""
    """Characters removed before a number is read, such as currency signs."""
    separator: str = ";"

    @property
    def label(self) -> str:
        """The source in words, for messages."""
        return " + ".join(self.columns) if self.columns else f"value {self.value!r}"

    def raw(self, types: Mapping[str, str]) -> str:
        """SQL of the value as the source has it; null where the source has none."""
        if self.value is not None:
            return f"CAST({literal(self.value)} AS VARCHAR)"
        parts = [_missing(identifier(c), types[c], self) for c in self.columns]
        if len(parts) > 1:
            texts = (_text(part, types[c]) for part, c in zip(parts, self.columns, strict=True))
            parts = [f" || {literal(self.join)} || ".join(texts)]
        raw = parts[0]
        if self.replace:
            text = _text(raw, self._source_type(types))
            cases = " ".join(f"WHEN {literal(a)} THEN {literal(b)}" for a, b in self.replace.items())
            raw = f"NULLIF(CASE {text} {cases} ELSE {text} END, '')"
        return raw

    def read(self, types: Mapping[str, str]) -> str:
        """SQL of the value read as its type; null where it cannot be."""
        raw, source = self.raw(types), self._source_type(types)
        if self.replace:
            source = "VARCHAR"
        return {
            "string": _string,
            "integer": _integer,
            "number": _number,
            "boolean": _boolean,
            "date": _date,
            "time": _time,
            "strings": _strings,
            "geometry": _geometry,
        }[self.type](raw, source, self)

    def _source_type(self, types: Mapping[str, str]) -> str:
        return types[self.columns[0]] if len(self.columns) == 1 else "VARCHAR"


def select(casts: Sequence[Cast], types: Mapping[str, str], *, strict: bool) -> str:
    """SQL of the select list that makes a canonical table.

    Parameters
    ----------
    casts
        The columns to make.
    types
        DuckDB type of each source column.
    strict
        Whether an unreadable value stops the query, so that clean data is read once and needs no counting;
        otherwise it becomes null.

    Examples
    --------
    >>> print(select([Cast("actor_id", "string", ("id",))], {"id": "VARCHAR"}, strict=False))
    "id" AS "actor_id"
    """
    items = []
    for cast in casts:
        read = cast.read(types)
        if strict and cast.type != "string":
            stop = f"CAST(error({literal(UNREADABLE)}) AS {_DUCKDB[cast.type]})"
            read = f"COALESCE({read}, CASE WHEN {cast.raw(types)} IS NOT NULL THEN {stop} END)"
        items.append(f"{read} AS {identifier(cast.name)}")
    return ", ".join(items)


def _missing(column: str, source: str, cast: Cast) -> str:
    """Null where the source's way of saying “nothing” is met."""
    if source in ("FLOAT", "DOUBLE"):
        return f"CASE WHEN NOT isnan({column}) THEN {column} END"  # frames write missing numbers as NaN
    if source != "VARCHAR":
        return column
    nulls = [n for n in cast.nulls if n]
    value = f"CASE WHEN {column} NOT IN ({', '.join(map(literal, nulls))}) THEN {column} END" if nulls else column
    if cast.type == "string" and "" not in cast.nulls:
        return value
    # A blank where a number or a date should be is a missing value, not a bad one.
    return value if cast.type == "string" else f"NULLIF(trim({value}, {_BLANKS}), '')"


_BLANKS = literal(" \t\r\n\u00a0\u3000")


def _text(value: str, source: str) -> str:
    if source == "VARCHAR":
        return value
    if source in ("FLOAT", "DOUBLE"):
        # An identifier that passed through a float column comes back as the whole number it was.
        whole = f"CAST(CAST({value} AS BIGINT) AS VARCHAR)"
        safe = f"{value} = trunc({value}) AND abs({value}) < 1e15"
        return f"CASE WHEN {safe} THEN {whole} ELSE CAST({value} AS VARCHAR) END"
    return f"CAST({value} AS VARCHAR)"


def _string(raw: str, source: str, _: Cast) -> str:
    return _text(raw, source)


def _number(raw: str, source: str, cast: Cast) -> str:
    if source == "VARCHAR":
        number = f"TRY_CAST({raw} AS DOUBLE)"
        tidy = _tidy(raw, cast)
        # Full-width digits mean the same number in any notation, so they need no declaration.
        wide = f"translate({raw}, {literal(_FULL_WIDTH[0])}, {literal(_FULL_WIDTH[1])})"
        number = f"TRY_CAST({tidy} AS DOUBLE)"
        fallback = f"TRY_CAST({_tidy(wide, cast)} AS DOUBLE)"
        value = f"CASE WHEN NOT contains({raw}, '_') THEN COALESCE({number}, {fallback}) END"
    elif source in ("BOOLEAN", "DATE", "BLOB") or source.startswith(("TIME", "STRUCT", "MAP")) or source.endswith("]"):
        return "CAST(NULL AS DOUBLE)"
    else:
        value = f"TRY_CAST({raw} AS DOUBLE)"
    finite = f"CASE WHEN isfinite({value}) THEN {value} END"
    return finite if cast.factor == 1.0 else f"{finite} * {cast.factor!r}::DOUBLE"


def _tidy(text: str, cast: Cast) -> str:
    for character in cast.strip:
        text = f"replace({text}, {literal(character)}, '')"
    if cast.thousands:
        text = f"replace({text}, {literal(cast.thousands)}, '')"
    if cast.decimal != ".":
        # A point is then no decimal point: with it, the number is in another notation than declared.
        comma = f"replace({text}, {literal(cast.decimal)}, '.')"
        text = f"CASE WHEN NOT contains({text}, '.') THEN {comma} END"
    return text


def _integer(raw: str, source: str, cast: Cast) -> str:
    if source.endswith("INT") or source == "INTEGER":
        return f"TRY_CAST({raw} AS BIGINT)"
    number = _number(raw, source, cast)
    whole = f"CASE WHEN {number} = trunc({number}) AND abs({number}) <= 9007199254740992 THEN {number} END"
    return f"TRY_CAST({whole} AS BIGINT)"


def _boolean(raw: str, source: str, _: Cast) -> str:
    if source == "BOOLEAN":
        return raw
    text = f"lower({_text(raw, source)})"
    yes, no = (", ".join(map(literal, words)) for words in (_TRUE, _FALSE))
    return f"CASE WHEN {text} IN ({yes}) THEN true WHEN {text} IN ({no}) THEN false END"


def _date(raw: str, source: str, cast: Cast) -> str:
    value = f"TRY_CAST({_moment(raw, source, cast, 'DATE', _DATE_FORMATS)} AS DATE)"
    return f"CASE WHEN {value} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN {value} END"


def _time(raw: str, source: str, cast: Cast) -> str:
    value = f"TRY_CAST({_moment(raw, source, cast, 'TIMESTAMP', _TIME_FORMATS)} AS TIMESTAMP)"
    span = "TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999'"
    return f"CASE WHEN {value} BETWEEN {span} THEN {value} END"


def _moment(raw: str, source: str, cast: Cast, target: str, usual: tuple[str, ...]) -> str:
    if source == "DATE" or source.startswith("TIMESTAMP"):
        return raw
    numeric = [f for f in cast.formats if f in (EXCEL, UNIX, UNIX_MS)]
    formats = [f for f in cast.formats if f not in numeric]
    text = _text(raw, source)
    tries = [_counted(_number(raw, source, Cast("", "number")), f) for f in numeric]
    if formats:
        tries.append(f"try_strptime({text}, [{', '.join(map(literal, formats))}])")
    elif not numeric:
        # Year first is unambiguous. A word such as “epoch” or “infinity” is not a date to anyone else.
        plain = f"CASE WHEN {text} >= '0' AND {text} < ':' THEN TRY_CAST({text} AS {target}) END"
        tries.append(f"COALESCE({plain}, try_strptime({text}, [{', '.join(map(literal, usual))}]))")
    return tries[0] if len(tries) == 1 else f"COALESCE({', '.join(tries)})"


def _counted(number: str, unit: str) -> str:
    micros = {EXCEL: 86_400_000_000, UNIX: 1_000_000, UNIX_MS: 1_000}[unit]
    origin = -25_569 if unit == EXCEL else 0
    count = f"({number} + {origin})" if origin else number
    return f"make_timestamp(TRY_CAST(round({count} * {micros}) AS BIGINT))"


def _strings(raw: str, source: str, cast: Cast) -> str:
    if source.endswith("[]"):
        return f"TRY_CAST({raw} AS VARCHAR[])"
    parts = f"list_transform(string_split({_text(raw, source)}, {literal(cast.separator)}), lambda part: trim(part))"
    return f"list_filter({parts}, lambda part: part <> '')"


def _geometry(raw: str, source: str, cast: Cast) -> str:
    if source != "BLOB":
        raise JiqunError(
            f"Column {cast.name} is a geometry, but {cast.label} holds {source}. "
            "Take the column geometry of a GeoPackage or GeoJSON file."
        )
    return raw
