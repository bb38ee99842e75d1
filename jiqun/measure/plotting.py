"""A result as a figure: bars with intervals, curves with bands, or a heat map, by the grain of the index."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, Language, Words
from jiqun.measure.reading import Reading, read, title_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["plot"]

Array = NDArray[np.float64]

INK, SOFT, LINE, BELOW = "#13191c", "#5c676d", "#c4cbcd", "#c2570c"
SPACE = {"physical": "#0f766e", "digital": "#6d4bc8"}
RAMPS = {
    "physical": ["#ffffff", "#e3f0ee", "#b7dcd7", "#80c2bb", "#47a49b", "#1b8077", "#0b5a54"],
    "digital": ["#ffffff", "#eeeaf8", "#d5caf0", "#b5a2e3", "#9377d4", "#6d4bc8", "#4a2c98"],
}
UNDER = ["#8a3d06", "#c2570c", "#e39a63", "#f4d6bd", "#ffffff"]
CHINESE = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN"),
    *("PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    *("Noto Serif CJK SC", "Noto Serif CJK JP", "Songti SC", "SimSun", "Arial Unicode MS"),
)
PANELS = 12


def plot(
    result: Any,
    *,
    index: str | None = None,
    lang: Language = "en",
    top: int | None = None,
    names: Mapping[str, str] | None = None,
    title: str | None = None,
) -> Figure:
    """Draw a result of an index, ready for a paper.

    One value for each place or industry: bars from the neutral point, the largest at the top, with their intervals
    and, after :func:`jiqun.measure.envelope`, the band of the null. Curves by distance: one panel for each
    industry, with the local and the global band and the interval. Pairs, or places × industries: a heat map whose
    dots mark the cells that chance does not explain.

    Parameters
    ----------
    result
        What an index gave, of any library; an Arrow table, or one read from a file, needs ``index``.
    index
        Name of the index, where the result does not know it.
    lang
        ``"en"`` or ``"zh"``.
    top
        How many bars (20), panels (12), or rows and columns of a heat map (25) to draw at most.
    names
        Names to write for identifiers of places and industries.
    title
        Title; None: that of the index.

    Returns
    -------
    matplotlib.figure.Figure
        Save it with ``figure.savefig("name.pdf")``.

    Raises
    ------
    UnknownName, JiqunError
        If there is no such index, the table is not a result of it or has no value, or matplotlib is missing.

    Warns
    -----
    UserWarning
        If there is Chinese to write and no font for it.

    Examples
    --------
    >>> import polars as pl
    >>> from jiqun.measure import hoover
    >>> found = hoover(pl.DataFrame({"place_id": list("ppqq"), "industry_id": list("aaab")}), replicates=9)
    >>> [round(float(size), 1) for size in found.plot().get_size_inches()]
    [6.4, 2.3]
    """
    one = read("plot", result, index)
    if not np.isfinite(one.value).any():
        raise JiqunError(
            f"plot: every value of this result of {one.index.name} is null; its column note says why.",
            f"plot：{one.index.name} 的结果全部为空，原因见 note 列。",
        )
    try:
        from matplotlib import rc_context
    except ImportError as error:
        raise JiqunError(
            "plot needs matplotlib: pip install 'jiqun[plot]'.", "plot 需要 matplotlib：pip install 'jiqun[plot]'。"
        ) from error
    heading = title or one.index.title[lang]
    texts = [heading, *one.labels(names), title_of("value", lang)]
    with rc_context(_style(" ".join(texts))):
        if "distance_km" in one.keys:
            figure = _curves(one, lang, top or PANELS, names)
        elif _is_matrix(one):
            figure = _heat_map(one, lang, top or 25, names)
        else:
            figure = _bars(one, lang, top or 20, names)
        figure.suptitle(heading, x=0.01, ha="left", fontsize=11, fontweight="bold")
        source = re.split(r"(?<=\d{4}\)),", one.index.references[0].text)[0] if one.index.references else ""
        below = " · ".join(part for part in (_legend(one, lang), source, f"jiqun {one.index.name}") if part)
        figure.supxlabel(below, x=0.01, ha="left", fontsize=7, color=SOFT)
    return figure


def _style(text: str) -> Any:
    return {
        "font.family": _fonts(text),
        **dict.fromkeys(("font.size", "axes.labelsize"), 9.0),
        **dict.fromkeys(("xtick.labelsize", "ytick.labelsize"), 8.0),
        **dict.fromkeys(("text.color", "axes.labelcolor"), INK),
        **dict.fromkeys(("xtick.color", "ytick.color"), SOFT),
        "axes.edgecolor": LINE,
        "pdf.fonttype": 42,
        "svg.fonttype": "none",
    }


def _fonts(text: str) -> list[str]:
    """Fonts in order; one with Chinese where there is Chinese to write."""
    if not re.search("[\u3000-\u9fff\uff00-\uffef]", text):
        return ["DejaVu Sans"]
    from matplotlib import font_manager

    known = {font.name for font in font_manager.fontManager.ttflist}
    found = next((name for name in CHINESE if name in known), None)
    if found is None:
        warnings.warn(
            "No font with Chinese characters was found: they will be boxes. Install one, such as Noto Sans CJK. "
            "未找到中文字体，汉字将显示为方框。请安装 Noto Sans CJK 等字体。",
            stacklevel=3,
        )
    return ["DejaVu Sans", *([found] if found else [])]


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", dpi=150)


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_facecolor("white")


def _is_matrix(one: Reading) -> bool:
    two = [key for key in one.keys if len(set(one.columns[key])) > 1]
    return len(one.keys) == 2 and len(two) == 2 and "distance_km" not in one.keys


def _legend(one: Reading, lang: Language) -> str:
    parts = []
    if one.numbers("low") is not None and not _is_matrix(one):
        level = f"{100 * one.level:g} % " if one.level else ""
        parts.append(Words(f"whiskers: {level}bootstrap interval", f"须线：{level}自助法区间")[lang])
        if "distance_km" in one.keys:
            parts[-1] = Words(f"thin lines: {level}bootstrap interval", f"细线：{level}自助法区间")[lang]
    if one.numbers("global_low") is not None and "distance_km" in one.keys:
        parts.append(Words("dark band: local, light band: global", "深色带：局部；浅色带：全局")[lang])
    elif one.numbers("band_low") is not None and not _is_matrix(one):
        parts.append(Words("grey: band of the null", "灰色：零假设带")[lang])
    clear = _clear(one)
    if _is_matrix(one) and clear is not None and clear.any():
        parts.append(Words("dots: not explained by chance", "圆点：不能由随机性解释")[lang])
    return Words("; ", "；")[lang].join(parts)


def _bars(one: Reading, lang: Language, top: int, names: Mapping[str, str] | None) -> Figure:
    value = one.value
    ranked = np.argsort(-np.where(np.isfinite(value), value, -np.inf), kind="stable")
    rows = ranked[: min(top, int(np.isfinite(value).sum()))]
    at = np.arange(len(rows))[::-1].astype(np.float64)
    figure = _figure(6.4, 1.5 + 0.26 * len(rows) + 0.28)
    axes = figure.add_subplot()
    _plain(axes)
    start = one.index.neutral if one.index.neutral is not None else 0.0
    colour = SPACE[one.space]
    band = one.numbers("band_low"), one.numbers("band_high")
    if band[0] is not None and band[1] is not None:
        axes.barh(at, (band[1] - band[0])[rows], left=band[0][rows], height=0.86, color="#dfe4e5", zorder=1)
    shades = [colour if value[row] >= start else BELOW for row in rows]
    axes.barh(at, value[rows] - start, left=start, height=0.5, color=shades, zorder=2)
    low, high = one.numbers("low"), one.numbers("high")
    if low is not None and high is not None:
        axes.hlines(at, low[rows], high[rows], color=INK, linewidth=1.0, zorder=3)
        for end in (low, high):
            axes.vlines(end[rows], at - 0.14, at + 0.14, color=INK, linewidth=1.0, zorder=3)
    expected = one.numbers("expected")
    if expected is not None and band[0] is not None:
        axes.vlines(expected[rows], at - 0.43, at + 0.43, color=SOFT, linewidth=1.0, zorder=3)
    if one.index.neutral is not None:
        axes.axvline(start, color=SOFT, linewidth=0.8, zorder=4)
    axes.set_yticks(at, [_short(one.labels(names)[row]) for row in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#edf0f0", zorder=0)
    axes.set_axisbelow(True)
    shown = Words(f" ({len(rows)} of {len(value)})", f"（{len(value)} 项中的 {len(rows)} 项）")
    axes.set_xlabel(title_of("value", lang) + (shown[lang] if len(rows) < len(value) else ""))
    return figure


def _curves(one: Reading, lang: Language, top: int, names: Mapping[str, str] | None) -> Figure:
    keys = tuple(key for key in one.keys if key != "distance_km")
    labels = np.array(one.labels(names, keys)) if keys else np.zeros(len(one.value), dtype="U1")
    drawn = [label for label in dict.fromkeys(labels.tolist()) if np.isfinite(one.value[labels == label]).any()]
    p = one.numbers("p_global")
    if p is not None and len(drawn) > top:
        drawn.sort(key=lambda label: (float(np.nanmin(np.append(p[labels == label], np.inf))), label))
    drawn = drawn[:top]
    wide = 1 if len(drawn) == 1 else 2 if len(drawn) <= 4 else 3
    tall = -(-len(drawn) // wide)
    figure = _figure(6.4 if wide < 3 else 8.2, 4.0 if len(drawn) == 1 else 0.9 + 2.1 * tall)
    panels = figure.subplots(tall, wide, squeeze=False, sharex=True).ravel()
    for axes, label in zip(panels, drawn, strict=False):
        _curve(axes, one, labels == label)
        if label:
            axes.set_title(_short(label, 32), fontsize=9, loc="left")
    for axes in panels[len(drawn) :]:
        axes.set_visible(False)
    for place, axes in enumerate(panels[: len(drawn)]):
        _plain(axes)
        if place + wide >= len(drawn):
            axes.set_xlabel(title_of("distance_km", lang))
            axes.tick_params(labelbottom=True)
    return figure


def _curve(axes: Axes, one: Reading, here: NDArray[np.bool_]) -> None:
    distance = np.array(one.columns["distance_km"], dtype=np.float64)[here]
    order = np.argsort(distance, kind="stable")
    x = distance[order]

    def line(name: str) -> Array | None:
        found = one.numbers(name)
        return None if found is None or not np.isfinite(found[here]).any() else found[here][order]

    for kind, shade in (("global", "#e9edee"), ("band", "#cdd5d7")):
        low, high = line(f"{kind}_low"), line(f"{kind}_high")
        if low is not None and high is not None:
            axes.fill_between(x, low, high, color=shade, linewidth=0, zorder=1)
    expected = line("expected")
    if expected is not None:
        axes.plot(x, expected, color=SOFT, linewidth=0.9, linestyle=(0, (4, 3)), zorder=2)
    elif one.index.neutral is not None:
        axes.axhline(one.index.neutral, color=SOFT, linewidth=0.8, zorder=2)
    colour = SPACE[one.space]
    for end in ("low", "high"):
        drawn = line(end)
        if drawn is not None:
            axes.plot(x, drawn, color=colour, linewidth=0.7, alpha=0.8, zorder=3)
    value = line("value")
    if value is not None:
        axes.plot(x, value, color=colour, linewidth=1.7, zorder=4)
    axes.margins(x=0.0)


def _clear(one: Reading) -> NDArray[np.bool_] | None:
    """Cells that chance does not explain: by the adjusted probability, else by the interval."""
    for name in ("p_adjusted", "p"):
        p = one.numbers(name)
        if p is not None:
            return np.asarray(p <= 0.05)
    low, high, neutral = one.numbers("low"), one.numbers("high"), one.index.neutral
    if low is None or high is None or neutral is None:
        return None
    return np.asarray((low > neutral) | (high < neutral))


def _heat_map(one: Reading, lang: Language, top: int, names: Mapping[str, str] | None) -> Figure:
    table, dots, rows, columns = _matrix(one, top)
    names = names or {}
    size = 0.24
    figure = _figure(max(4.2, 2.0 + size * len(columns)), max(3.2, 2.0 + size * len(rows)))
    axes = figure.add_subplot()
    low, high = float(np.nanmin(table)), float(np.nanmax(table))
    colours, norm = _shades(low, high, one.index.neutral, RAMPS[one.space])
    image = axes.imshow(np.ma.masked_invalid(table), cmap=colours, norm=norm, aspect="equal", interpolation="nearest")
    marked = np.argwhere(dots)
    if len(marked):
        axes.scatter(marked[:, 1], marked[:, 0], s=7, color=INK, edgecolors="white", linewidths=0.5)
    axes.set_xticks(range(len(columns)), [_short(names.get(c, c), 18) for c in columns], rotation=90)
    axes.set_yticks(range(len(rows)), [_short(names.get(r, r), 24) for r in rows])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, shrink=0.7, pad=0.02)
    bar.outline.set_visible(False)
    if high > low:
        bar.ax.set_ylim(low, high)
    bar.set_label(title_of("value", lang))
    return figure


def _shades(low: float, high: float, neutral: float | None, ramp: list[str]) -> tuple[Any, Any]:
    """Colours and their scale: about the neutral point where values lie on both sides, else from white upwards."""
    from matplotlib.colors import LinearSegmentedColormap, Normalize

    if neutral is not None and low < neutral:
        below = list(zip(np.linspace(0.0, 0.5, len(UNDER)), UNDER, strict=True))
        above = list(zip(np.linspace(0.5, 1.0, len(ramp)), ramp, strict=True))
        colours = LinearSegmentedColormap.from_list("about", [*below, *above])
        # the same shade for the same distance on either side, white at the neutral point
        far = max(high - neutral, neutral - low)
        norm = Normalize(neutral - far, neutral + far)
    else:
        colours = LinearSegmentedColormap.from_list("above", ramp)
        norm = Normalize(low if neutral is None else min(neutral, low), high if high > low else low + 1.0)
    return colours.with_extremes(bad="#f3f4f4"), norm


def _matrix(one: Reading, top: int) -> tuple[Array, NDArray[np.bool_], list[str], list[str]]:
    """Values of the rows and columns that depart most, as a matrix; symmetric for pairs."""
    first, second = ([str(v) for v in one.columns[key]] for key in one.keys)
    pairs = one.keys[1] == f"{one.keys[0]}_2"
    middle = one.index.neutral if one.index.neutral is not None else 0.0
    departure: tuple[dict[str, float], dict[str, float]] = ({}, {})
    for a, b, value in zip(first, second, one.value, strict=True):
        far = abs(value - middle) if np.isfinite(value) else 0.0
        for side, name in ((0, a), (0 if pairs else 1, b)):
            departure[side][name] = max(departure[side].get(name, 0.0), far)
    kept = [sorted(sorted(d, key=lambda n, d=d: (-d[n], n))[:top]) for d in departure]  # type: ignore[misc]
    rows, columns = kept[0], kept[0] if pairs else kept[1]
    row, column = ({name: place for place, name in enumerate(side)} for side in (rows, columns))
    table = np.full((len(rows), len(columns)), np.nan)
    dots = np.zeros(table.shape, dtype=bool)
    clear = _clear(one)
    for place, (a, b) in enumerate(zip(first, second, strict=True)):
        for here, there in ((a, b), (b, a)) if pairs else ((a, b),):
            if here in row and there in column:
                table[row[here], column[there]] = one.value[place]
                dots[row[here], column[there]] = clear is not None and bool(clear[place])
    return table, dots, rows, columns


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
