"""From what a source says to what the schema means: one column of a canonical table as SQL.

A value is read as its type or it is null; it is never guessed. What counts as readable is written here
and nowhere else: numbers in one notation, dates year first, unless the recipe says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from jiqun.cluster import JiqunError
from jiqun.cluster.schema import Type
from jiqun.engine.reading import UNREADABLE, identifier, literal

__all__ = ["EXCEL", "UNIX", "UNIX_MS", "Cast", "Layers"]

EXCEL = "excel"
"""Date format: days since 1899-12-30, as spreadsheets store them."""
UNIX = "unix"
"""Time format: seconds since 1970-01-01 UTC."""
UNIX_MS = "unix_ms"
"""Time format: milliseconds since 1970-01-01 UTC."""

_BLANKS = literal(" \t\r\n\u00a0\u3000")
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
class Layers:
    """One column as three layers of SQL, so that nothing is computed twice.

    The database does not share work between the branches of a ``CASE``; it does between nested queries.
    """

    raw: str
    """Over the columns of the source: the value as it is there, null where there is none."""
    value: str
    """Over ``raw``: the usual reading, unchecked; empty where ``raw`` is all that is needed."""
    good: str
    """Over ``raw`` and ``value``: whether the usual reading holds."""
    usual: str
    """Over ``value``: the usual reading in the canonical unit."""
    careful: str
    """Over ``raw``: the reading of what the usual one does not know; costly, and null where there is none."""
    bad: str
    """Over ``raw``: whether there is something to read; empty where everything can be read."""
    type: str

    @property
    def read(self) -> str:
        """SQL of the value as its type, null where it cannot be read."""
        if not self.bad:
            return self.usual
        # In a CASE, and only there, the database leaves the costly branch to the rows that need it.
        return f"CASE WHEN {self.good} THEN {self.usual} WHEN {self.bad} THEN {self.careful} END"

    @property
    def strict(self) -> str:
        """SQL of ``read`` that stops the query where there is something that cannot be read."""
        if not self.bad:
            return self.usual
        stop = f"CAST(error({literal(UNREADABLE)}) AS {self.type})"
        return f"CASE WHEN {self.good} THEN {self.usual} WHEN {self.bad} THEN COALESCE({self.careful}, {stop}) END"


@dataclass(frozen=True, slots=True)
class Readings:
    """How one type is read from one kind of source: the fields of :class:`Layers` above the raw value."""

    value: str
    good: str
    usual: str
    careful: str = "NULL"


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

    def layers(self, types: Mapping[str, str], *, raw: str, value: str) -> Layers:
        """Give the column as SQL.

        Parameters
        ----------
        types
            DuckDB type of each source column.
        raw, value
            Names that the first and the second layer will have, quoted.

        Examples
        --------
        >>> cast = Cast("size", "integer", ("n",))
        >>> cast.layers({"n": "BIGINT"}, raw="r", value="v").read
        'CASE WHEN v IS NOT NULL THEN v WHEN r IS NOT NULL THEN NULL END'
        """
        first = self._raw(types)
        source = "VARCHAR" if self.replace or len(self.columns) != 1 else types[self.columns[0]]
        if self.type == "string":
            return Layers(_text(first, source), "", "", raw, "", "", "VARCHAR")
        made = _READERS[self.type](raw, value, source, self)
        bad = f"trim({raw}, {_BLANKS}) <> ''" if source == "VARCHAR" else f"{raw} IS NOT NULL"
        return Layers(first, made.value, made.good, made.usual, made.careful, bad, _DUCKDB[self.type])

    def _raw(self, types: Mapping[str, str]) -> str:
        if self.value is not None:
            return f"CAST({literal(self.value)} AS VARCHAR)"
        parts = [_present(identifier(column), types[column], self.nulls) for column in self.columns]
        raw, source = parts[0], types[self.columns[0]]
        if len(parts) > 1:
            texts = (_text(part, types[column]) for part, column in zip(parts, self.columns, strict=True))
            raw, source = f" || {literal(self.join)} || ".join(texts), "VARCHAR"
        if self.replace:
            text = _text(raw, source)
            cases = " ".join(f"WHEN {literal(a)} THEN {literal(b)}" for a, b in self.replace.items())
            raw = f"NULLIF(CASE {text} {cases} ELSE {text} END, '')"
        return raw


def _present(column: str, source: str, nulls: tuple[str, ...]) -> str:
    """Null where the source's way of saying “nothing” is met."""
    if source in ("FLOAT", "DOUBLE"):
        return f"CASE WHEN NOT isnan({column}) THEN {column} END"  # frames write missing numbers as NaN
    if source != "VARCHAR" or not nulls:
        return column
    return f"CASE WHEN {column} NOT IN ({', '.join(map(literal, nulls))}) THEN {column} END"


def _text(value: str, source: str) -> str:
    if source == "VARCHAR":
        return value
    if source in ("FLOAT", "DOUBLE"):
        # An identifier that passed through a float column comes back as the whole number it was.
        whole = f"CAST(CAST({value} AS BIGINT) AS VARCHAR)"
        safe = f"{value} = trunc({value}) AND abs({value}) < 1e15"
        return f"CASE WHEN {safe} THEN {whole} ELSE CAST({value} AS VARCHAR) END"
    return f"CAST({value} AS VARCHAR)"


def _number(raw: str, value: str, source: str, cast: Cast) -> Readings:
    times = "" if cast.factor == 1.0 else f" * {cast.factor!r}::DOUBLE"
    if source == "VARCHAR":
        # Digits of full width mean the same number in any notation, so they need no declaration.
        wide = f"translate(trim({raw}, {_BLANKS}), {literal(_FULL_WIDTH[0])}, {literal(_FULL_WIDTH[1])})"
        tidy = f"TRY_CAST({_tidy(wide, cast)} AS DOUBLE)"
        careful = f"CASE WHEN isfinite({tidy}) AND NOT contains({raw}, '_') THEN {tidy}{times} END"
        # With another decimal sign, what usually is a number may be a different one.
        good = f"isfinite({value}) AND NOT contains({raw}, '_')" if cast.decimal == "." else "false"
        return Readings(f"TRY_CAST({raw} AS DOUBLE)", good, f"{value}{times}", careful)
    if source in ("BOOLEAN", "DATE", "BLOB") or source.startswith(("TIME", "STRUCT", "MAP")) or source.endswith("]"):
        return Readings("CAST(NULL AS DOUBLE)", "false", value)
    return Readings(f"TRY_CAST({raw} AS DOUBLE)", f"isfinite({value})", f"{value}{times}")


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


def _integer(raw: str, value: str, source: str, cast: Cast) -> Readings:
    if (source.endswith("INT") or source == "INTEGER") and cast.factor == 1.0:
        return Readings(f"TRY_CAST({raw} AS BIGINT)", f"{value} IS NOT NULL", value)
    number = _number(raw, value, source, cast)
    return Readings(
        number.value,
        f"{number.good} AND {_whole(number.usual)}",
        f"CAST({number.usual} AS BIGINT)",
        f"CASE WHEN {_whole(number.careful)} THEN TRY_CAST({number.careful} AS BIGINT) END",
    )


def _whole(number: str) -> str:
    # Beyond 2^53 a floating number no longer tells one whole number from the next.
    return f"({number}) = trunc({number}) AND abs({number}) <= 9007199254740992"


def _boolean(raw: str, value: str, source: str, _: Cast) -> Readings:
    if source == "BOOLEAN":
        return Readings(raw, f"{value} IS NOT NULL", value)
    text = f"lower(trim({_text(raw, source)}, {_BLANKS}))"
    yes, no = (", ".join(map(literal, words)) for words in (_TRUE, _FALSE))
    read = f"CASE WHEN {text} IN ({yes}) THEN true WHEN {text} IN ({no}) THEN false END"
    return Readings(read, f"{value} IS NOT NULL", value)


def _moment(raw: str, value: str, source: str, cast: Cast) -> Readings:
    target, span, usual = _SPANS[cast.type]
    within = f"{value} BETWEEN {span}"
    if source == "DATE" or source.startswith("TIMESTAMP"):
        return Readings(f"TRY_CAST({raw} AS {target})", within, value)
    counted = [f for f in cast.formats if f in (EXCEL, UNIX, UNIX_MS)]
    formats = [f for f in cast.formats if f not in counted]
    text = f"trim({_text(raw, source)}, {_BLANKS})"
    if cast.formats:
        tries = [_counted(text, unit) for unit in counted] + ([_parsed(text, formats)] if formats else [])
        return Readings(f"TRY_CAST(COALESCE({', '.join([*tries, 'NULL'])}) AS {target})", within, value)
    # Year first is unambiguous. A word such as “epoch” or “infinity” is not a date to anyone else.
    plain = _text(raw, source)
    good = f"{within} AND {plain} >= '0' AND {plain} < ':'"
    other = f"COALESCE(TRY_CAST({text} AS {target}), TRY_CAST({_parsed(text, usual)} AS {target}))"
    careful = f"CASE WHEN {text} >= '0' AND {text} < ':' AND {other} BETWEEN {span} THEN {other} END"
    return Readings(f"TRY_CAST({plain} AS {target})", good, value, careful)


def _parsed(text: str, formats: Iterable[str]) -> str:
    # The parser takes these words for dates, whatever the format.
    words = "'epoch', 'infinity', '-infinity'"
    parsed = f"try_strptime({text}, [{', '.join(map(literal, formats))}])"
    return f"CASE WHEN lower({text}) NOT IN ({words}) THEN {parsed} END"


def _counted(text: str, unit: str) -> str:
    number = f"TRY_CAST({text} AS DOUBLE)"
    micros = {EXCEL: 86_400_000_000, UNIX: 1_000_000, UNIX_MS: 1_000}[unit]
    count = f"({number} - 25569)" if unit == EXCEL else number
    return f"make_timestamp(TRY_CAST(round({count} * {micros}) AS BIGINT))"


def _strings(raw: str, value: str, source: str, cast: Cast) -> Readings:
    if source.endswith("[]"):
        return Readings(f"TRY_CAST({raw} AS VARCHAR[])", f"{value} IS NOT NULL", value)
    split = f"string_split({_text(raw, source)}, {literal(cast.separator)})"
    trimmed = f"list_transform({split}, lambda part: trim(part, {_BLANKS}))"
    return Readings(f"list_filter({trimmed}, lambda part: part <> '')", f"{raw} IS NOT NULL", value)


def _geometry(raw: str, value: str, source: str, cast: Cast) -> Readings:
    if source != "BLOB":
        raise JiqunError(
            f"Column {cast.name} is a geometry, but {cast.label} holds {source}. "
            "Take the column geometry of a GeoPackage or GeoJSON file.",
            f"列 {cast.name} 是几何图形，而 {cast.label} 中是 {source}。请取 GeoPackage 或 GeoJSON 文件的 "
            "geometry 列。",
        )
    return Readings(raw, f"{value} IS NOT NULL", value)


_SPANS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "date": ("DATE", "DATE '0001-01-01' AND DATE '9999-12-31'", _DATE_FORMATS),
    "time": (
        "TIMESTAMP",
        "TIMESTAMP '0001-01-01' AND TIMESTAMP '9999-12-31 23:59:59.999999'",
        _TIME_FORMATS,
    ),
}
_READERS: Mapping[str, Callable[[str, str, str, Cast], Readings]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "date": _moment,
    "time": _moment,
    "strings": _strings,
    "geometry": _geometry,
}
