"""A result as a LaTeX table for a paper."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from jiqun.cluster import JiqunError, Language, Words
from jiqun.measure.reading import Reading, number, read, title_of

__all__ = ["to_latex"]

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "[": "{[}",
    "−": "$-$",
    "≥": r"$\ge$",
    "≤": r"$\le$",
    "×": r"$\times$",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}
_AFTER = ("expected", "band_low", "band_high", "z", "p", "p_adjusted", "rows")


def to_latex(
    result: Any,
    *,
    index: str | None = None,
    lang: Language = "en",
    top: int | None = 20,
    digits: int = 3,
    columns: Sequence[str] | None = None,
    names: Mapping[str, str] | None = None,
    caption: str | None = None,
    label: str | None = None,
) -> str:
    r"""Print a result as a LaTeX table in the style of ``booktabs``.

    Parameters
    ----------
    result
        What an index gave, of any library; an Arrow table, or one read from a file, needs ``index``.
    index
        Name of the index, where the result does not know it.
    lang
        ``"en"`` or ``"zh"``. Chinese needs XeLaTeX or LuaLaTeX with package ``ctex``.
    top
        So many rows with the largest values; None: all, in their order.
    digits
        Significant digits.
    columns
        Columns after the keys; None: value, interval where there is one, expected, band, z, p and rows.
        ``"interval"`` stands for ``low`` and ``high`` together.
    names
        Names to print for identifiers of places and industries.
    caption, label
        Caption, by default the title of the index with its source, and label ``tab:…``.

    Returns
    -------
    str
        A ``table`` environment. A comment in front names the packages it needs.

    Raises
    ------
    UnknownName, JiqunError
        If there is no such index or column, or the table is not a result of the index.

    Examples
    --------
    >>> import polars as pl
    >>> from jiqun.measure import hoover
    >>> found = hoover(pl.DataFrame({"place_id": list("ppqq"), "industry_id": list("aabb")}), replicates=0)
    >>> print(found.to_latex(columns=["value"]))  # doctest: +ELLIPSIS
    % \usepackage{booktabs}
    \begin{table}
    \centering
    \caption{Hoover index. Source: ...}
    \label{tab:hoover}
    \begin{tabular}{lr}
    \toprule
    Industry & Value \\
    \midrule
    a & 0.5 \\
    b & 0.5 \\
    \bottomrule
    \end{tabular}
    \end{table}
    """
    one = read("to_latex", result, index)
    shown = _columns(one, columns)
    order = _order(one, top)
    heads = [*(title_of(key, lang) for key in one.keys), *(_head(one, name, lang) for name in shown)]
    body = [
        " & ".join(
            [*(_key(one, key, row, names) for key in one.keys), *(_cell(one, name, row, digits) for name in shown)]
        )
        for row in order
    ]
    lines = [
        "% \\usepackage{booktabs}" + (", \\usepackage{ctex} (XeLaTeX)" if lang == "zh" else ""),
        r"\begin{table}",
        r"\centering",
        rf"\caption{{{_escaped(caption or _caption(one, lang))}}}",
        rf"\label{{{label or 'tab:' + one.index.name}}}",
        rf"\begin{{tabular}}{{{'l' * len(one.keys)}{''.join(_align(one, name) for name in shown)}}}",
        r"\toprule",
        " & ".join(_escaped(head) for head in heads) + r" \\",
        r"\midrule",
        *(f"{row} \\\\" for row in body),
        r"\bottomrule",
        r"\end{tabular}",
        *_left_out(one, order, lang),
        r"\end{table}",
    ]
    return "\n".join(lines)


def _columns(one: Reading, columns: Sequence[str] | None) -> list[str]:
    interval = one.numbers("low") is not None and one.numbers("high") is not None
    if columns is None:
        after = [name for name in _AFTER if one.numbers(name) is not None]
        return ["value", *(["interval"] if interval else []), *after]
    known = {*one.columns, "interval"}
    for name in columns:
        if name not in known:
            raise JiqunError(
                f"to_latex: there is no column {name!r}. Known: {', '.join(sorted(known))}.",
                f"to_latex：没有列 {name!r}。可用：{'、'.join(sorted(known))}。",
            )
    return list(columns)


def _order(one: Reading, top: int | None) -> list[int]:
    if top is None or "distance_km" in one.keys:
        return list(range(len(one.value)))[:top]
    ranked = np.argsort(-np.where(np.isfinite(one.value), one.value, -np.inf), kind="stable")
    return [int(row) for row in ranked[:top]]


def _head(one: Reading, name: str, lang: Language) -> str:
    if name != "interval":
        return title_of(name, lang)
    level = f"{100 * one.level:g} % " if one.level else ""
    return Words(f"{level}interval", f"{level}区间")[lang]


def _align(one: Reading, name: str) -> str:
    return "r" if name == "interval" or one.numbers(name) is not None else "l"


def _key(one: Reading, key: str, row: int, names: Mapping[str, str] | None) -> str:
    value = one.columns[key][row]
    if isinstance(value, float):
        return _escaped(number(value, 6))
    return _escaped((names or {}).get(str(value), str(value)))


def _cell(one: Reading, name: str, row: int, digits: int) -> str:
    if name == "interval":
        ends = [one.columns[end][row] for end in ("low", "high")]
        return "" if None in ends else f"[{_escaped(number(ends[0], digits))}, {_escaped(number(ends[1], digits))}]"
    value = one.columns[name][row]
    if value is None:
        return "--" if name == "value" else ""
    if isinstance(value, bool | str):
        return _escaped(str(value))
    if name in ("p", "p_adjusted", "p_global") and value < 0.001:
        return "$<$0.001"
    return str(value).replace("-", "$-$") if isinstance(value, int) else _escaped(number(float(value), digits))


def _caption(one: Reading, lang: Language) -> str:
    source = Words("; ", "；")[lang].join(
        r.text + (f" (doi:{r.doi})" if r.doi else "") for r in one.index.references[:1]
    )
    return Words(f"{one.index.title.en}. Source: {source}", f"{one.index.title.zh}。定义见 {source}")[lang]


def _left_out(one: Reading, order: list[int], lang: Language) -> list[str]:
    rest = len(one.value) - len(order)
    if not rest:
        return []
    shown, whole = len(order), len(one.value)
    said = Words(f"The {shown} largest of {whole}.", f"共 {whole} 项，列出最大的 {shown} 项。")
    return [rf"\par\smallskip{{\footnotesize {said[lang]}}}"]


def _escaped(text: str) -> str:
    return re.sub("|".join(map(re.escape, _SPECIAL)), lambda sign: _SPECIAL[sign[0]], text)
