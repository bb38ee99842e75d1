"""Numbers as people write them: thousands separators in English, 万 and 亿 in Chinese."""

from __future__ import annotations

import math
import re

from jiqun.report.shapes import Text

__all__ = ["count", "fitted", "money", "number", "percent", "quantity", "span", "times", "unit_of"]

_CURRENCIES = {
    "CNY": "元",
    "USD": "美元",
    "EUR": "欧元",
    "GBP": "英镑",
    "JPY": "日元",
    "HKD": "港元",
    "CAD": "加元",
    "BRL": "雷亚尔",
}
_FULL = {",": "，", ";": "；", ":": "："}
_ENGLISH = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_CHINESE = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))


def count(value: float) -> Text:
    """Write a whole number: exact in English, in 万 and 亿 from ten thousand on in Chinese.

    Examples
    --------
    >>> count(1469307).en, count(1469307).zh, count(457).zh
    ('1,469,307', '146.9 万', '457')
    """
    whole = f"{round(value):,}"
    return Text(en=whole, zh=whole if abs(value) < 1e4 else _scaled(value, _CHINESE))


def fitted(text: Text) -> Text:
    """Set Chinese as Chinese is set: no gap between 万, 亿 or 元 and the word after it, full-width punctuation.

    Punctuation inside numbers (1,234) and inside Latin names stays as it is.

    >>> fitted(Text(en="", zh="共 146.9 万 次采购,3.2 亿 元(95% 区间 3 至 4);共 1,234 家")).zh
    '共 146.9 万次采购，3.2 亿元（95% 区间 3 至 4）；共 1,234 家'
    """
    zh = re.sub(r"(?<=[万亿元]) (?=[\u3400-\u9fff])", "", text.zh)
    zh = re.sub(r" ?\(([^()]*[\u3400-\u9fff][^()]*)\)", r"（\1）", zh)
    zh = re.sub(r"(?<=[\u3400-\u9fff])\(([^()]*)\)", r"（\1）", zh)
    zh = re.sub(r"(?<=[\u3400-\u9fff）”%])[,;:](?!//)|(?<=\d)[,;:](?=[\u3400-\u9fff“])", lambda m: _FULL[m[0]], zh)
    return Text(en=text.en, zh=zh)


def number(value: float) -> Text:
    """Write a number with about three figures that count.

    Examples
    --------
    >>> number(4.3567).en, number(0.01234).en, number(23456789).en, number(23456789).zh
    ('4.36', '0.0123', '23.5 million', '2,346 万')
    """
    return Text(en=_scaled(value, _ENGLISH), zh=_scaled(value, _CHINESE))


def percent(share: float) -> Text:
    """Write a share as per cent.

    Examples
    --------
    >>> percent(0.1234).en, percent(0.5).zh, percent(0.00123).en, percent(1).en
    ('12.3%', '50%', '0.12%', '100%')
    """
    scaled = 100 * share
    digits = 2 if 0 < abs(scaled) < 1 else 1
    text = f"{_trimmed(f'{scaled:.{digits}f}')}%"
    return Text(en=text, zh=text)


def money(value: float, currency: str) -> Text:
    """Write an amount of money; without a currency it is a bare number.

    Examples
    --------
    >>> money(4593000, "USD").en, money(4593000, "USD").zh, money(123456789, "CNY").zh, money(12, "").en
    ('USD 4.59 million', '459.3 万美元', '1.23 亿元', '12')
    """
    bare = number(value)
    unit = _CURRENCIES.get(currency, currency)
    glue = "" if unit in _CURRENCIES.values() else " "
    spaced = "" if any(bare.zh.endswith(word) for _, word in _CHINESE) else " "
    return Text(
        en=f"{currency} {bare.en}".strip(),
        zh=f"{bare.zh}{spaced or glue}{unit}".strip() if unit else bare.zh,
    )


def quantity(value: float, unit: Text) -> Text:
    """Write a number with its unit; a currency is written as money.

    >>> quantity(5.0, Text(en="km²", zh="km²")).en, quantity(2.4e11, Text(en="CNY", zh="元")).zh
    ('5 km²', '2,400 亿元')
    """
    if unit.en in _CURRENCIES:
        return money(value, unit.en)
    bare = number(value)
    return Text(en=f"{bare.en} {unit.en}".strip(), zh=f"{bare.zh} {unit.zh}".strip())


def times(value: float) -> Text:
    """Write a multiple.

    >>> times(2.5).en, times(2.5).zh
    ('2.5 times', '2.5 倍')
    """
    bare = number(value)
    return Text(en=f"{bare.en} times", zh=f"{bare.zh} 倍")


def span(low: Text, high: Text) -> Text:
    """Write an interval between two numbers already written.

    >>> span(percent(0.1), percent(0.2)).en, span(percent(0.1), percent(0.2)).zh
    ('95% interval 10% to 20%', '95% 区间 10% 至 20%')
    """
    return Text(en=f"95% interval {low.en} to {high.en}", zh=f"95% 区间 {low.zh} 至 {high.zh}")


def unit_of(currency: str) -> Text:
    """Give a currency as the unit of an axis.

    >>> unit_of("USD").zh, unit_of("").en
    ('美元', '')
    """
    return Text(en=currency, zh=_CURRENCIES.get(currency, currency))


def _scaled(value: float, words: tuple[tuple[float, str], ...]) -> str:
    if not math.isfinite(value):
        return "–"
    for size, word in words:
        # 999,999 is a million once rounded to three figures: choose the word after rounding.
        if abs(value) >= size * (1 - 5e-4):
            return f"{_plain(value / size)} {word}"
    return _plain(value)


def _plain(value: float) -> str:
    size = abs(value)
    if size >= 999.5:
        return f"{value:,.0f}"
    if size >= 99.95:
        return _trimmed(f"{value:.1f}" if size < 1000 and not float(value).is_integer() else f"{value:.0f}")
    if size >= 9.995:
        return _trimmed(f"{value:.1f}")
    if size >= 0.9995:
        return _trimmed(f"{value:.2f}")
    if size == 0:
        return "0"
    digits = 2 - math.floor(math.log10(size))
    return _trimmed(f"{value:.{min(digits, 8)}f}")


def _trimmed(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
