"""What the values of a column say: type, notation, range, and whether they identify rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from jiqun.ingest.drafting.look import Look

__all__ = ["Facts", "Kind", "facts"]

Kind = Literal["empty", "integer", "number", "date", "time", "text"]

_LOOKED_AT = 2_000
_SIGNS = "$¥￥€£%％ "
_PLAIN = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$")
_POINT = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?$")
_COMMA = re.compile(r"[-+]?(\d{1,3}(\.\d{3})+|\d+),\d+$")

# Format to write in the recipe (empty where the reader needs none), shape, formats that must then parse.
_DATES: tuple[tuple[str, str, str, Kind], ...] = (
    ("", r"\d{4}-\d{1,2}-\d{1,2}", "%Y-%m-%d", "date"),
    ("", r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", "iso", "time"),
    ("", r"\d{4}年\d{1,2}月\d{1,2}日", "%Y年%m月%d日", "date"),
    ("", r"\d{4}\.\d{1,2}\.\d{1,2}", "%Y.%m.%d", "date"),
    ("", r"(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])", "%Y%m%d", "date"),
    ("%Y/%m/%d", r"\d{4}/\d{1,2}/\d{1,2}", "%Y/%m/%d", "date"),
    ("%Y/%m/%d %H:%M:%S", r"\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d\d:\d\d", "%Y/%m/%d %H:%M:%S", "time"),
    ("%Y/%m/%d %H:%M", r"\d{4}/\d{1,2}/\d{1,2} \d{1,2}:\d\d", "%Y/%m/%d %H:%M", "time"),
    ("%Y-%m-%d %H:%M", r"\d{4}-\d{1,2}-\d{1,2} \d{1,2}:\d\d", "%Y-%m-%d %H:%M", "time"),
    ("%d/%m/%Y", r"\d{1,2}/\d{1,2}/\d{4}", "%d/%m/%Y", "date"),
    ("%m/%d/%Y", r"\d{1,2}/\d{1,2}/\d{4}", "%m/%d/%Y", "date"),
    ("%d/%m/%Y %H:%M", r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d", "%d/%m/%Y %H:%M", "time"),
    ("%m/%d/%Y %H:%M", r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d", "%m/%d/%Y %H:%M", "time"),
    ("%d/%m/%Y %H:%M:%S", r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d", "%d/%m/%Y %H:%M:%S", "time"),
    ("%m/%d/%Y %H:%M:%S", r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d", "%m/%d/%Y %H:%M:%S", "time"),
    ("%d.%m.%Y", r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y", "date"),
    ("%d-%m-%Y", r"\d{1,2}-\d{1,2}-\d{4}", "%d-%m-%Y", "date"),
    ("%Y-%m", r"(19|20)\d\d-\d\d", "%Y-%m", "date"),
    ("%Y年%m月", r"\d{4}年\d{1,2}月", "%Y年%m月", "date"),
    ("%Y年", r"\d{4}年", "%Y年", "date"),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one column after looking at its values."""

    kind: Kind
    count: int
    """Values that are not empty."""
    distinct: int
    unique: bool
    """Whether every row has a value and no two are the same."""
    low: float = 0.0
    high: float = 0.0
    year: bool = False
    """Whether the whole numbers can be years."""
    form: str = ""
    """Date format that the recipe must say."""
    other_form: str = ""
    """The other format that every value fits as well: day and month cannot be told apart."""
    strip: str = ""
    thousands: str = ""
    decimal: str = ""
    values: frozenset[str] = frozenset()

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.kind in ("integer", "number")

    @property
    def dated(self) -> bool:
        """Whether it holds dates or times."""
        return self.kind in ("date", "time")


def facts(look: Look, name: str) -> Facts:
    """Look at the values of a column."""
    values = look.column(name)
    distinct = frozenset(values)
    unique = len(distinct) == len(look.rows) > 0
    if not values:
        return Facts("empty", 0, 0, False)
    some = values[:_LOOKED_AT]
    found = _dated(some) or _numeric(some) or {"kind": "text"}
    return Facts(count=len(values), distinct=len(distinct), unique=unique, values=distinct, **found)  # type: ignore[arg-type]


def _dated(values: Sequence[str]) -> dict[str, object] | None:
    fitting = [entry for entry in _DATES if _all(values, re.compile(entry[1] + "$").match)]
    fitting = [entry for entry in fitting if _all(values, lambda v, f=entry[2]: _parses(v, f))]  # type: ignore[misc]
    if not fitting:
        return None
    form, _, _, kind = fitting[0]
    found: dict[str, object] = {"kind": kind, "form": form}
    if len(fitting) > 1 and form:
        found["other_form"] = fitting[1][0]
    return found


def _parses(value: str, form: str) -> bool:
    try:
        if form == "iso":
            datetime.fromisoformat(value)
        else:
            datetime.strptime(value, form)
    except ValueError:
        return False
    return True


def _numeric(values: Sequence[str]) -> dict[str, object] | None:
    signs = "".join(sorted({c for v in values for c in (*v[:2], *v[-2:]) if c in _SIGNS}))
    bare = ["".join(c for c in v if c not in signs) for v in values] if signs else list(values)
    for shape, thousands, decimal in ((_PLAIN, "", ""), (_POINT, ",", ""), (_COMMA, ".", ",")):
        mixed = _all(bare, lambda v, s=shape: bool(s.match(v) or (s is not _COMMA and _PLAIN.match(v))))  # type: ignore[misc]
        if not mixed:
            continue
        numbers = [n for v in bare if (n := _float(v, thousands, decimal)) is not None]
        whole = all(n.is_integer() for n in numbers) and not any("." in v for v in bare) and not decimal
        return {
            "kind": "integer" if whole else "number",
            "low": min(numbers),
            "high": max(numbers),
            "year": whole and min(numbers) >= 1500 and max(numbers) <= 2100,
            "strip": signs,
            "thousands": thousands if any(thousands in v for v in bare) else "",
            "decimal": decimal,
        }
    return None


def _float(value: str, thousands: str, decimal: str) -> float | None:
    plain = value.replace(thousands, "") if thousands else value
    try:
        return float(plain.replace(decimal, ".") if decimal else plain)
    except ValueError:
        return None  # one of the few broken values that a numeric column may have


def _all(values: Sequence[str], fits: Callable[[str], object]) -> bool:
    """Whether nearly all values fit: one in fifty may be broken, as it is in real files."""
    misses = sum(not fits(value) for value in values)
    return misses * 50 <= len(values) and misses < len(values)
