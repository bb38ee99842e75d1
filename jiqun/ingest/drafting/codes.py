"""Recognising code systems by the form of their codes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from jiqun.ingest.drafting.decide import Choice

__all__ = ["scheme_of"]

_GBT = re.compile(r"[A-T](\d{2}|\d{3}|\d{4})?$")
_GBT_DIGITS = re.compile(r"(0[1-5]|0[6-9]|[1-8]\d|9[0-8])(\d{1,2})$")
# The first two digits of a division code are one of the 34 provincial units.
_DIVISION = re.compile(r"(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12])\d{4}$")
_ENOUGH = 0.98


def scheme_of(choices: Sequence[Choice], what: str) -> str:
    """Give the code system of the industries or the places of a draft, empty where none is recognised.

    Four digits alone are taken for GB/T 4754 only under a Chinese heading: elsewhere they may be SIC or NACE.
    """
    # What interactions are about points at the industries too, so it must be of the same system.
    columns = ("industry_id", "category") if what == "industry" else ("place_id",)
    values: set[str] = set()
    headings: list[str] = []
    for choice in choices:
        for column in columns:
            if column in choice.mapped and (column != "category" or choice.table == "interactions"):
                values |= choice.seen.facts[choice.mapped[column]].values
                headings.append(choice.mapped[column])
    if not values:
        return ""
    if what == "place":
        return "CN-division" if _share(values, _DIVISION) >= _ENOUGH else ""
    chinese = any("行业" in heading or "国民经济" in heading for heading in headings)
    letters = _share(values, _GBT)
    digits = _share(values, _GBT_DIGITS) if chinese else 0.0
    return "GB/T 4754-2017" if max(letters, digits) >= _ENOUGH and len(values) > 1 else ""


def _share(values: set[str], form: re.Pattern[str]) -> float:
    return sum(bool(form.match(value)) for value in values) / len(values)
