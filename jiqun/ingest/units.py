"""Units of the columns of a recipe, and the factor that brings them to the canonical unit.

A unit is written as people write it: ``thousand``, ``万``, ``万人``, ``million USD``, ``亿元``, ``公顷``, ``%``.
It is read as *scale* × *base*: the base says what is measured (a count, money, a length, an area …), the
scale how many of it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from jiqun.cluster import JiqunError

__all__ = ["SCALES", "UNITS", "factor"]

SCALES: Mapping[str, float] = MappingProxyType({
    "": 1.0,
    "hundred": 1e2, "百": 1e2,
    "thousand": 1e3, "thousands": 1e3, "千": 1e3, "k": 1e3,
    "万": 1e4, "萬": 1e4, "ten thousand": 1e4, "10 thousand": 1e4, "wan": 1e4,
    "lakh": 1e5, "十万": 1e5,
    "million": 1e6, "millions": 1e6, "mn": 1e6, "mln": 1e6, "百万": 1e6,
    "crore": 1e7, "千万": 1e7,
    "亿": 1e8, "億": 1e8, "100 million": 1e8, "hundred million": 1e8, "yi": 1e8,
    "billion": 1e9, "billions": 1e9, "bn": 1e9, "十亿": 1e9,
    "万亿": 1e12, "trillion": 1e12,
})  # fmt: skip
"""Scale words, usable alone (a count, or money in the source's currency) or before a base."""

UNITS: Mapping[str, tuple[str, float]] = MappingProxyType({
    # length, in kilometres
    "km": ("length", 1.0), "kilometre": ("length", 1.0), "kilometer": ("length", 1.0),
    "公里": ("length", 1.0), "千米": ("length", 1.0),
    "m": ("length", 1e-3), "metre": ("length", 1e-3), "meter": ("length", 1e-3), "米": ("length", 1e-3),
    "cm": ("length", 1e-5), "厘米": ("length", 1e-5),
    "mile": ("length", 1.609344), "mi": ("length", 1.609344), "英里": ("length", 1.609344),
    "ft": ("length", 0.0003048), "foot": ("length", 0.0003048), "feet": ("length", 0.0003048),
    "nautical mile": ("length", 1.852), "海里": ("length", 1.852),
    "里": ("length", 0.5), "市里": ("length", 0.5),
    # area, in square kilometres
    "km²": ("area", 1.0), "sq km": ("area", 1.0), "square kilometre": ("area", 1.0),
    "square kilometer": ("area", 1.0), "平方公里": ("area", 1.0), "平方千米": ("area", 1.0),
    "m²": ("area", 1e-6), "sq m": ("area", 1e-6), "square metre": ("area", 1e-6),
    "square meter": ("area", 1e-6), "平方米": ("area", 1e-6), "平米": ("area", 1e-6), "㎡": ("area", 1e-6),
    "hectare": ("area", 1e-2), "ha": ("area", 1e-2), "公顷": ("area", 1e-2),
    "亩": ("area", 1.0 / 1500.0), "市亩": ("area", 1.0 / 1500.0), "mu": ("area", 1.0 / 1500.0),
    "acre": ("area", 0.0040468564224), "英亩": ("area", 0.0040468564224),
    "mi²": ("area", 2.589988110336), "sq mi": ("area", 2.589988110336), "square mile": ("area", 2.589988110336),
    "ft²": ("area", 9.290304e-8), "sq ft": ("area", 9.290304e-8), "square foot": ("area", 9.290304e-8),
    "square feet": ("area", 9.290304e-8),
    # counts
    "person": ("count", 1.0), "people": ("count", 1.0), "employee": ("count", 1.0), "inhabitant": ("count", 1.0),
    "人": ("count", 1.0), "人次": ("count", 1.0), "户": ("count", 1.0), "家": ("count", 1.0),
    "个": ("count", 1.0), "件": ("count", 1.0), "笔": ("count", 1.0), "次": ("count", 1.0), "台": ("count", 1.0),
    "unit": ("count", 1.0), "piece": ("count", 1.0), "item": ("count", 1.0), "count": ("count", 1.0),
    "dozen": ("count", 12.0), "打": ("count", 12.0),
    # shares: the canonical form of a share is a fraction of one
    "percent": ("share", 1e-2), "per cent": ("share", 1e-2), "%": ("share", 1e-2), "％": ("share", 1e-2),
    "permille": ("share", 1e-3), "‰": ("share", 1e-3), "basis point": ("share", 1e-4), "成": ("share", 1e-1),
    # money, in the currency of the source: a recipe never exchanges one currency for another
    "元": ("money", 1.0), "人民币": ("money", 1.0), "yuan": ("money", 1.0), "rmb": ("money", 1.0),
    "cny": ("money", 1.0), "美元": ("money", 1.0), "usd": ("money", 1.0), "dollar": ("money", 1.0),
    "$": ("money", 1.0), "欧元": ("money", 1.0), "eur": ("money", 1.0), "euro": ("money", 1.0), "€": ("money", 1.0),
    "港元": ("money", 1.0), "港币": ("money", 1.0), "hkd": ("money", 1.0), "日元": ("money", 1.0),
    "jpy": ("money", 1.0), "yen": ("money", 1.0), "gbp": ("money", 1.0), "pound": ("money", 1.0), "£": ("money", 1.0),
    "¥": ("money", 1.0), "￥": ("money", 1.0), "brl": ("money", 1.0), "real": ("money", 1.0), "cad": ("money", 1.0),
    "角": ("money", 1e-1), "分": ("money", 1e-2), "cent": ("money", 1e-2),
    # angles, in degrees
    "degree": ("angle", 1.0), "°": ("angle", 1.0), "度": ("angle", 1.0),
    "microdegree": ("angle", 1e-6), "radian": ("angle", 57.29577951308232), "rad": ("angle", 57.29577951308232),
})  # fmt: skip
"""Base units: what each measures, and how many canonical units it is."""

_DIMENSIONS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "km": ("length",),
    "km²": ("area",),
    "person": ("count",),
    "degree": ("angle",),
    "currency of the source": ("money",),
    # A column without a unit (size, weight, value) takes any count, amount of money or share.
    "": ("count", "money", "share"),
    "as in unit": ("count", "money", "share"),
})  # fmt: skip


def factor(unit: str, canonical: str) -> float:
    """Give the number by which a value in ``unit`` is multiplied to be in the canonical unit.

    Parameters
    ----------
    unit
        Unit of the source, as in ``unit = "万人"`` of a recipe.
    canonical
        Unit of the canonical column, as in :class:`jiqun.cluster.Column`; empty where it has none.

    Raises
    ------
    JiqunError
        If the unit is not known, or measures something else than the column does.

    Examples
    --------
    >>> factor("万人", "person"), factor("公顷", "km²"), factor("million USD", "currency of the source")
    (10000.0, 0.01, 1000000.0)
    """
    allowed = _DIMENSIONS.get(canonical)
    if allowed is None:
        canonical_key = _tidy(canonical)
        if canonical_key not in UNITS:
            raise JiqunError(
                f"No unit can be converted to {canonical!r}; leave out unit = {unit!r}.",
                f"没有单位可以换算成 {canonical!r}；请去掉 unit = {unit!r}。",
            )
        dimension, base = UNITS[canonical_key]
        allowed, divisor = (dimension,), base
    else:
        divisor = 1.0
    measures, value = _read(unit, canonical)
    if measures and measures not in allowed:
        raise JiqunError(
            f"unit = {unit!r} measures {measures}; the column is in {canonical or 'counts'} ({' or '.join(allowed)}). "
            "Correct the unit or the column in the recipe.",
            f"unit = {unit!r} 量的是 {measures}；该列以 {canonical or '个数'} 计（{' 或 '.join(allowed)}）"
            "。请更正配方中的单位或列。",
        )
    if not measures and not {"count", "money", "share"} & set(allowed):
        raise JiqunError(
            f"unit = {unit!r} is a scale; say of what, such as {unit} {canonical}, in the recipe.",
            f"unit = {unit!r} 只是数量级；请在配方中写明是什么的，例如 {unit} {canonical}。",
        )
    return value / divisor


def _read(unit: str, canonical: str) -> tuple[str, float]:
    """Split a unit into what it measures (empty for a bare scale) and its value."""
    text = _tidy(unit)
    for scale in sorted(SCALES, key=len, reverse=True):
        rest = _after(text, scale)
        if rest == "" and scale:
            return "", SCALES[scale]
        base = _base(rest) if rest else None
        if base is not None:
            return base[0], SCALES[scale] * base[1]
    reversed_order = text.split(" ", 1)  # "USD million", "元 万"
    if len(reversed_order) == 2 and reversed_order[1] in SCALES:
        base = _base(reversed_order[0])
        if base is not None:
            return base[0], SCALES[reversed_order[1]] * base[1]
    raise _unknown(unit, text, canonical)


def _after(text: str, scale: str) -> str | None:
    """Give what follows the scale: any base after a Chinese scale, a space or the end after another."""
    if not scale:
        return text
    if not text.startswith(scale):
        return None
    rest = text[len(scale) :]
    if rest and scale.isascii() and not rest.startswith(" "):
        return None
    return rest.strip()


def _base(text: str) -> tuple[str, float] | None:
    for candidate in (text, text.removesuffix("s")):
        if candidate in UNITS:
            return UNITS[candidate]
    return None


def _tidy(unit: str) -> str:
    text = unit.strip().lower()
    for old, new in (("^2", "²"), ("km2", "km²"), ("m2", "m²"), ("mi2", "mi²"), ("sq.", "sq"), ("_", " "), ("/", " ")):
        text = text.replace(old, new)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _unknown(unit: str, text: str, canonical: str) -> JiqunError:
    wanted = _DIMENSIONS.get(canonical)
    known = [name for name, (measures, _) in UNITS.items() if wanted is None or measures in wanted]
    if wanted is None or {"count", "money", "share"} & set(wanted):
        known += [scale for scale in SCALES if scale]
    near = get_close_matches(text, known, n=1, cutoff=0.5)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    hint_zh = f"您要写的是不是 {near[0]!r}？" if near else ""
    return JiqunError(
        f"unit = {unit!r} is not known.{hint} Known for {canonical or 'a count, money or share'}: {', '.join(known)}.",
        f"不认识 unit = {unit!r}。{hint_zh}{canonical or '个数、金额或比例'} 可用的单位：{'、'.join(known)}。",
    )
