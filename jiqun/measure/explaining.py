"""What an index is and how to read a result of it, in words, from the facts of the index and the result itself."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from jiqun.cluster import Language, Words
from jiqun.measure.nulls import nulls
from jiqun.measure.reading import Reading, number, read

__all__ = ["explain"]


def explain(result: Any, *, index: str | None = None, lang: Language = "en") -> str:
    r"""Say what an index is and how to read a result of it.

    Parameters
    ----------
    result
        What an index gave, of any library; an Arrow table, or one read from a file, needs ``index``.
    index
        Name of the index, where the result does not know it.
    lang
        ``"en"`` or ``"zh"``.

    Returns
    -------
    str
        Title and question, formula in TeX, how to read a value, what this result holds (extremes, how it stands to
        the neutral point, intervals, what is null and why), parameters, sources.

    Raises
    ------
    UnknownName, JiqunError
        If there is no such index, or the table is not a result of it.

    Examples
    --------
    >>> import polars as pl
    >>> from jiqun.measure import hoover
    >>> found = hoover(pl.DataFrame({"place_id": list("ppqq"), "industry_id": list("abab")}), replicates=0)
    >>> print(found.explain().splitlines()[0])
    Hoover index (hoover)
    """
    one = read("explain", result, index)
    facts = one.index
    colon = "：" if lang == "zh" else ": "
    parts = [f"{facts.title[lang]}（{facts.name}）" if lang == "zh" else f"{facts.title.en} ({facts.name})"]
    sections = (
        (Words("Question", "问题"), facts.question[lang]),
        (Words("Definition", "定义"), f"${facts.formula}$"),
        (Words("How to read it", "读法"), facts.reading[lang]),
        (Words("This result", "本结果"), _this(one, lang)),
        (Words("Parameters", "参数"), _parameters(one, lang)),
        (Words("Sources", "文献"), _sources(one)),
    )
    parts += [f"{head[lang]}{colon}{text}" for head, text in sections if text]
    return "\n".join(parts)


def _this(one: Reading, lang: Language) -> str:
    value = one.value
    known = np.flatnonzero(np.isfinite(value))
    said = [_said(lang, f"{len(value)} values.", f"共 {len(value)} 个数值。")]
    if known.size:
        names = one.labels(None)
        least, most = known[np.argmin(value[known])], known[np.argmax(value[known])]
        said.append(
            _said(
                lang,
                f"Largest {number(value[most])} ({names[most]}), smallest {number(value[least])} ({names[least]}), "
                f"median {number(float(np.median(value[known])))}.",
                f"最大为 {number(value[most])}（{names[most]}），最小为 {number(value[least])}（{names[least]}），"
                f"中位数为 {number(float(np.median(value[known])))}。",
            )
        )
        said += [_neutral(one, lang), _interval(one, lang), _null(one, lang)]
    said.append(_missing(one, lang))
    return ("" if lang == "zh" else " ").join(part for part in said if part)


def _neutral(one: Reading, lang: Language) -> str:
    neutral = one.index.neutral
    if neutral is None:
        return ""
    above, below = int((one.value > neutral).sum()), int((one.value < neutral).sum())
    return _said(
        lang,
        f"{above} lie above the neutral point {neutral:g} and {below} below.",
        f"高于中性点 {neutral:g} 的有 {above} 个，低于的有 {below} 个。",
    )


def _interval(one: Reading, lang: Language) -> str:
    low, high = one.numbers("low"), one.numbers("high")
    if low is None or high is None:
        return ""
    known = int((np.isfinite(low) & np.isfinite(high)).sum())
    level = f"{100 * one.level:g} % " if one.level else ""
    text = Words(f"{known} have a {level}bootstrap interval", f"{known} 个带有 {level}自助法区间")[lang]
    neutral = one.index.neutral
    if neutral is None:
        return _said(lang, f"{text}.", f"{text}。")
    clear = int(((low > neutral) | (high < neutral)).sum())
    return _said(lang, f"{text}, of which {clear} exclude {neutral:g}.", f"{text}，其中 {clear} 个不含 {neutral:g}。")


def _null(one: Reading, lang: Language) -> str:
    """How many values, or curves, are not as under the null, and where the curves leave its global band."""
    curves = one.curves
    names = ("p_adjusted", "p_global") if curves else ("p_adjusted", "p")
    name = next((each for each in names if one.numbers(each) is not None), None)
    if name is None:
        return ""
    p = one.numbers(name)
    assert p is not None
    each = p[[rows[0] for rows in curves.values()]] if curves else p
    count = int((each <= 0.05).sum())
    how = Words(" after adjustment for their number", "（已作多重检验校正）")[lang] if name == "p_adjusted" else ""
    what = Words(" curves", "条曲线")[lang] if curves else Words("", "个")[lang]
    rest = Words(f"{count}{what} differ at 5 %{how}.", f"{count} {what}在 5 % 水平上显著{how}。")[lang]
    whole = one.numbers("p_global")
    if whole is not None and not curves:
        text = number(float(whole[0]), 3)
        rest += Words(f" For the table as a whole p = {text}.", f"就全表而言 p = {text}。")[lang]
    return _against(one, lang) + rest + _departures(one, lang)


def _against(one: Reading, lang: Language) -> str:
    """Name the null of the result."""
    name = str(one.provenance.null or one.provenance.parameters.get("null", "")) if one.provenance else ""
    model = nulls().get(name)
    if model is None:
        named = f" ({name})" if name else ""
        return Words(f"By the p given with it{named}, ", f"按所给 p 值{f'（{name}）' if name else ''}，")[lang]
    return Words(
        f"Against the null “{model.title.en}” ({model.says.en.rstrip('.')}) ",
        f"与零模型“{model.title.zh}”相比（{model.says.zh.rstrip('。')}），",
    )[lang]


def _departures(one: Reading, lang: Language) -> str:
    """Where the first five curves that leave the global band do so."""
    low, high = one.numbers("global_low"), one.numbers("global_high")
    if low is None or high is None:
        return ""
    distance = np.array(one.columns.get("distance_km", []), dtype=np.float64)
    said: list[str] = []
    for name, rows in one.curves.items():
        for out, way in (
            (one.value > high, Words("above", "高于")),
            (one.value < low, Words("below", "低于")),
        ):
            at = distance[rows[out[rows]]]
            if at.size:
                span = f"{number(at.min(), 3)}–{number(at.max(), 3)} km"
                zh = f"{name} 在 {span} 内（{at.size} 处）{way.zh}全局带"
                said.append(_said(lang, f"{name} {way.en} the global band at {at.size} distances in {span}", zh))
    if not said:
        return ""
    return _said(lang, " " + "; ".join(said[:5]) + ".", "；".join(said[:5]) + "。")


def _missing(one: Reading, lang: Language) -> str:
    empty = [str(n) for v, n in zip(one.value, one.columns.get("note", []), strict=False) if not np.isfinite(v)]
    if not empty:
        return ""
    why = Counter(empty).most_common(3)
    listed = (_said(lang, "; ", "；")).join(_said(lang, f"{n} × {w}", f"{w}：{n} 个") for w, n in why)
    return _said(lang, f"{len(empty)} are null: {listed}.", f"{len(empty)} 个为空（{listed}）。")


def _parameters(one: Reading, lang: Language) -> str:
    if one.provenance is None:
        return ""
    shown = [f"{name} = {value!r}" for name, value in one.provenance.parameters.items()]
    return _said(lang, ", ".join(shown), "，".join(shown))


def _sources(one: Reading) -> str:
    return "; ".join(f"{r.text} {r.url}".strip() for r in one.index.references)


def _said(lang: Language, en: str, zh: str) -> str:
    return zh if lang == "zh" else en
