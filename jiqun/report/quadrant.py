"""Which industries are concentrated on the ground, on the platform, in both, in neither – and how they move."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import polars as pl

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.engine import trace
from jiqun.engine.derived import derived
from jiqun.measure import measure
from jiqun.measure.placed import Placed
from jiqun.measure.two_spaces import drift as drift_of
from jiqun.measure.two_spaces import quadrants as quadrants_of
from jiqun.report.choosing import built, checked_period, said_period, space_choices, why_not
from jiqun.report.names import industry_title
from jiqun.report.shapes import DataColumn, Figure, How, Text, TraceShape
from jiqun.report.two_space import Drift, Quadrants
from jiqun.space import kept
from jiqun.space.links import chosen

__all__ = ["NAMES", "drift", "quadrants"]

NAMES: dict[str, Words] = {
    "concentrated-concentrated": Words("concentrated in both", "实聚虚聚"),
    "dispersed-concentrated": Words("concentrated on the platform only", "实散虚聚"),
    "concentrated-dispersed": Words("concentrated on the ground only", "实聚虚散"),
    "dispersed-dispersed": Words("concentrated in neither", "实散虚散"),
}
"""What the quadrants are called on screen, physical state first."""
DRAWS = 999
REPLICATES = 199
MOST_PERIODS = 24
_FORMULA = (
    r"R_c = \frac{\sum_{i<j\in c} S_{ij}}{\mathrm{E}\left[\sum_{i<j\in c} S_{ij}\right]},\quad "
    r"S_{ij} = \text{places, or counterparts, that firms } i \text{ and } j \text{ share}"
)
_SENTENCE = Words(
    "Across: how many times more often two firms of an industry share a place than by chance. Up: how many times more "
    "often they share a counterpart. 1 is chance. An industry is called concentrated in a space where it is above "
    "chance and Holm's method over the two spaces leaves at most 5%; on the ground labels are swapped among all "
    "firms, in the network among those about as popular. “Dispersed” is: not shown to be concentrated.",
    "横轴：同行业两家企业同处一地的频率为随机情形的多少倍；纵轴：共享对手方的频率为随机情形的多少倍。1 即随机。"
    "若某行业在一个空间中高于随机，且两个空间合并按 Holm 法校正后的 p 值不超过 5%，则称其在该空间集聚；"
    "实体空间在全部企业之间交换行业标签，数字空间只在受欢迎程度相近的企业之间交换。“分散”指尚未显示集聚。",
)
_CIRCLE = Words(
    "Customers choose by what they need, so firms of one trade share customers almost by construction. Compare "
    "industries, periods and channels, and read “without own trade”: do the counterparts of the industry meet in the "
    "trade of others, too? There 1 is chance, and its band is that of equally active firms.",
    "客户按需求选择，同行企业几乎必然共享客户。应在行业、时期与渠道之间比较，并参看“排除本行业交易”："
    "该行业的对手方在其他行业的交易中是否也相遇？其中 1 为随机，随机带来自活跃度相同的企业。",
)
_INTERVAL = Words(
    "Intervals are of the value (bootstrap over firms); the verdict is that of the test, not of the interval.",
    "区间为数值的自助法区间（按企业抽样）；结论由检验得出，而非由区间得出。",
)


def quadrants(
    cluster: Cluster,
    *,
    periods: Sequence[str] = (),
    interactions: Sequence[str] = (),
    draws: int = DRAWS,
    progress: Progress = silent,
) -> Quadrants:
    """Give the quadrant of each industry, for all time or period by period.

    Where only one of the spaces can be measured, its values are given and ``missing`` says what the other lacks.

    Parameters
    ----------
    cluster
        The data.
    periods
        Periods to look at one by one; none for all time.
    interactions
        What makes the digital space; none for everything.
    draws
        Draws under each null.
    progress
        Told as it goes.

    Raises
    ------
    JiqunError
        If a period cannot be read or lies outside the data, or there are no such interactions.
    """
    seen = _periods(cluster, periods)
    asked = list(interactions)
    can = space_choices(cluster)
    if can.digital is not None:
        return _nothing(cluster, can.digital, seen, asked, draws)
    said = chosen(cluster, asked or None)
    if can.physical is not None:
        name, compute = "quadrants-digital", lambda: _one_space(cluster, seen, asked, draws)
    else:
        name, compute = "quadrants", lambda: _both(cluster, seen, asked, draws, progress)
    try:
        found = _table(cluster, name, compute, str(said), seen, draws)
    except JiqunError as error:
        return _nothing(cluster, why_not(error), seen, asked, draws)
    last = found.filter(pl.col("period") == (seen[-1] if seen else ""))
    counts = dict(last.group_by("quadrant").len().drop_nulls("quadrant").sort("quadrant").iter_rows())
    return Quadrants(
        figure=_figure(cluster, found, seen, asked, draws, takeaway=_takeaway(last, can.physical is None, seen)),
        periods=seen,
        counts=counts,
        names={key: _text(words) for key, words in NAMES.items()},
        built=built(cluster, interactions=asked or None, period=seen[-1] if seen else None, communities=False),
        missing=can.physical,
    )


def drift(cluster: Cluster, *, periods: Sequence[str], interactions: Sequence[str] = (), draws: int = DRAWS) -> Drift:
    """Give how far each industry moved between periods, with intervals.

    Parameters
    ----------
    cluster
        The data.
    periods
        Two periods or more, in order.
    interactions, draws
        As of :func:`quadrants`.

    Raises
    ------
    JiqunError
        If fewer than two periods are given.
    """
    seen = _periods(cluster, periods)
    if len(seen) < 2:
        raise JiqunError(
            "drift needs two periods or more, in order, such as 2019 and 2021. Name them.",
            "drift 需要按顺序给出两个或更多时期，例如 2019 与 2021。请指定。",
        )
    made = quadrants(cluster, periods=seen, interactions=interactions, draws=draws)
    if made.missing is not None:
        return Drift(figure=_drift_figure(cluster, None, made.figure.how), periods=seen, missing=made.missing)
    moved = drift_of(_frame(made.figure))
    return Drift(figure=_drift_figure(cluster, moved, made.figure.how), periods=seen)


def _periods(cluster: Cluster, periods: Sequence[str]) -> list[str]:
    seen = list(dict.fromkeys(p for text in periods for p in text.split(",") if p.strip()))
    if len(seen) > MOST_PERIODS:
        raise JiqunError(
            f"quadrants looks at {MOST_PERIODS} periods at most; {len(seen)} were given. Leave some out.",
            f"quadrants 最多比较 {MOST_PERIODS} 个时期，现有 {len(seen)} 个。请减少数量。",
        )
    return [p for text in seen if (p := checked_period(cluster, "quadrants", text)) is not None]


COLUMNS = (
    *("period", "industry_id", "quadrant"),
    *(f"{space}{part}" for space in ("physical", "digital") for part in ("", "_low", "_high", "_expected", "_p")),
    *(f"elsewhere{part}" for part in ("", "_low", "_high", "_p")),
    *("interactions", "note"),
)


def _both(cluster: Cluster, seen: list[str], asked: list[str], draws: int, progress: Progress) -> pl.DataFrame:
    found = quadrants_of(
        cluster,
        periods=seen or None,
        interactions=asked or None,
        n=draws,
        replicates=REPLICATES,
        compare=False,
        progress=progress,
    )
    # The band of chance of “without own trade” comes with the index itself.
    keyed = found.drop("elsewhere", "elsewhere_p").with_columns(pl.col("period").cast(pl.String))
    without = _elsewhere(cluster, seen, asked, draws)
    keys = ["period", "industry_id"]
    return _shaped(keyed.join(without, on=keys, how="left", nulls_equal=True, maintain_order="left"))


def _shaped(found: pl.DataFrame) -> pl.DataFrame:
    named = found.rename({"p_elsewhere": "elsewhere_p"}) if "p_elsewhere" in found.columns else found
    absent = [pl.lit(None, dtype=pl.Float64).alias(name) for name in COLUMNS if name not in named.columns]
    return named.with_columns(*absent, pl.col("period").cast(pl.String).fill_null("")).select(COLUMNS)


def _elsewhere(cluster: Cluster, seen: list[str], asked: list[str], draws: int) -> pl.DataFrame:
    """Leave the industry's own trade out, and measure again."""
    parts = []
    for period in _each(seen):
        placed = Placed("digital", period, asked or None)
        made = measure(
            cluster, "shared_counterparts", space=placed, simulations=min(draws, REPLICATES), replicates=0, rng=0
        )
        parts.append(
            pl.DataFrame(made)
            .select("industry_id", *(pl.col(c) for c in _ELSEWHERE))
            .with_columns(pl.lit(period, dtype=pl.String).alias("period"))
        )
    return pl.concat(parts)


def _each(seen: list[str]) -> list[str | None]:
    return [*seen] if seen else [None]


_ELSEWHERE = ("elsewhere", "elsewhere_low", "elsewhere_high", "p_elsewhere")


def _one_space(cluster: Cluster, seen: list[str], asked: list[str], draws: int) -> pl.DataFrame:
    """Only the network: firms without places have no quadrant, but they may be near each other there."""
    parts = []
    for period in _each(seen):
        placed = Placed("digital", period, asked or None)
        made = pl.DataFrame(
            measure(
                cluster, "shared_counterparts", space=placed, simulations=min(draws, REPLICATES),
                replicates=REPLICATES, rng=0,
            )
        )  # fmt: skip
        renamed = {"value": "digital", "low": "digital_low", "high": "digital_high", "p": "digital_p"}
        parts.append(
            made.rename(renamed | {"expected": "digital_expected"}).with_columns(
                pl.lit(period, dtype=pl.String).alias("period"),
                pl.lit(None, dtype=pl.String).alias("quadrant"),
                pl.col("note").cast(pl.String),
            )
        )
    return _shaped(pl.concat(parts, how="diagonal"))


def _table(  # noqa: PLR0917
    cluster: Cluster, name: str, compute: Callable[[], pl.DataFrame], said: str, seen: list[str], draws: int
) -> pl.DataFrame:
    """Give the table from memory, from disk, or anew."""

    def read() -> pl.DataFrame:
        text = derived(cluster, name, lambda: compute().write_json(), said=said, periods=seen, draws=draws)
        schema = {c: pl.String if c in _TEXTS else pl.Float64 for c in COLUMNS}
        return pl.read_json(text.encode(), schema=schema)

    return kept(cluster, f"{name}:{said}:{seen}:{draws}", read)


_TEXTS = ("period", "industry_id", "quadrant", "interactions", "note")


def _takeaway(last: pl.DataFrame, both: bool, seen: list[str]) -> Text:
    known = last.drop_nulls("quadrant")
    when = said_period(seen[-1]) if seen else None
    if not both:
        n = last.filter((pl.col("digital") > pl.col("digital_expected")) & (pl.col("digital_p") <= 0.05)).height
        of = last.drop_nulls("digital").height
        return Text(
            en=f"{n} of {of} industries share more counterparts than by chance (p ≤ 5% each).",
            zh=f"{of} 个行业中，{n} 个行业的企业共享对手方多于随机情形（各自 p ≤ 5%）。",
        )
    digital_only = known.filter(pl.col("quadrant") == "dispersed-concentrated").height
    return Text(
        en=f"{digital_only} of {known.height} industries are concentrated on the platform and not on the ground"
        f"{f', {when.en}' if when else ''}.",
        zh=f"{f'{when.zh}，' if when else ''}{known.height} 个行业中，{digital_only} 个为实散虚聚。",
    )


def _column(name: str, en: str, zh: str, type_: Any = "number", **more: Any) -> DataColumn:
    return DataColumn(name=name, title=Text(en=en, zh=zh), type=type_, **more)


def _figure(
    cluster: Cluster, found: pl.DataFrame, seen: list[str], asked: list[str], draws: int, *, takeaway: Text
) -> Figure:
    titles = {code: industry_title(cluster, code) for code in found["industry_id"].unique().to_list()}
    columns = [
        *([_column("period", "Period", "时期", "date")] if seen else []),
        _column("industry_id", "Industry", "行业", "string", values=titles),
        _column("quadrant", "Quadrant", "象限", "string", values={k: _text(w) for k, w in NAMES.items()}),
    ]
    for space, en, zh in (
        ("physical", "on the ground", "实体空间"),
        ("digital", "in the network", "数字空间"),
        ("elsewhere", "without own trade", "排除本行业交易"),
    ):
        band = space == "elsewhere"
        columns += [
            _column(space, f"Concentration {en}" if not band else "Network, without own trade",
                    f"{zh}集聚" if not band else "数字空间（排除本行业交易）"),
            _column(f"{space}_low", f"{en}, band of chance, low" if band else f"{en}, low",
                    f"{zh}随机带下限" if band else f"{zh}下限"),
            _column(f"{space}_high", f"{en}, band of chance, high" if band else f"{en}, high",
                    f"{zh}随机带上限" if band else f"{zh}上限"),
            _column(f"{space}_p", f"p {en}", f"{zh} p 值"),
        ]  # fmt: skip
    columns.append(_column("note", "Note", "说明", "string"))
    if found["note"].null_count() == found.height:
        columns.pop()
    rows = found.select(c.name for c in columns).to_dict(as_series=False)
    return Figure(
        id="quadrants",
        title=Text(en="Industries in two spaces", zh="行业在两个空间中的位置"),
        takeaway=takeaway,
        kind="scatter",
        x="physical",
        y="digital",
        series="quadrant",
        low="digital_low",
        high="digital_high",
        space="both",
        columns=columns,
        rows=rows,
        how=_how(cluster, seen, asked, draws),
    )


def _how(cluster: Cluster, seen: list[str], asked: list[str], draws: int) -> How:
    folder = shlex.quote(cluster.path) if cluster.path else "DIR"
    options = [*(f"--period={p}" for p in seen), *(f"--interactions={i}" for i in asked), f"--draws={draws}"]
    made = trace(
        cluster,
        " ".join(["jiqun quadrants", folder, *(shlex.quote(o) for o in options)]),
        seed=0,
        draws=draws,
        replicates=REPLICATES,
        periods=seen,
        interactions=asked,
    )
    return How(
        sentence=_text(_SENTENCE),
        formula=_FORMULA,
        reference="Saracco et al. (2017), Inferring monopartite projections of bipartite networks",
        url="https://doi.org/10.1088/1367-2630/aa6b38",
        tables=[t for t in ("actors", "interactions", "ties") if cluster.has(t)],
        caveats=[_text(_CIRCLE), _text(_INTERVAL)],
        trace=TraceShape(**asdict(made)),
    )


def _nothing(cluster: Cluster, why: Text, seen: list[str], asked: list[str], draws: int) -> Quadrants:
    empty = pl.DataFrame(schema={c: pl.String if c in _TEXTS else pl.Float64 for c in COLUMNS})
    figure = _figure(cluster, empty, seen, asked, draws, takeaway=Text(en="", zh=""))
    return Quadrants(
        figure=figure.model_copy(update={"missing": why, "rows": {}}),
        periods=seen,
        counts={},
        names={key: _text(words) for key, words in NAMES.items()},
        missing=why,
    )


def _frame(figure: Figure) -> pl.DataFrame:
    """Give the rows of a figure of quadrants as a table again."""
    return pl.DataFrame(figure.rows, schema={name: pl.String if name in _TEXTS else pl.Float64 for name in figure.rows})


_CHANGE = Words(
    "Change of each value from one period to the next. The limits combine those of both periods as if they were "
    "independent (Zou & Donner 2008); the same firms make both, so the interval is rather too wide. 0 is no change.",
    "各值从一个时期到下一时期的变化。区间由两个时期的区间合成，视两者相互独立（Zou & Donner 2008）；"
    "由于两期包含相同企业，区间偏宽。0 表示没有变化。",
)


def _drift_figure(cluster: Cluster, moved: pl.DataFrame | None, how: How) -> Figure:
    codes = [] if moved is None else moved["industry_id"].unique().to_list()
    states = {key: _text(words) for key, words in NAMES.items()}
    columns = [
        _column("industry_id", "Industry", "行业", "string", values={c: industry_title(cluster, c) for c in codes}),
        _column("period_before", "From", "起", "date"),
        _column("period", "To", "止", "date"),
        _column("quadrant_before", "Quadrant before", "此前象限", "string", values=states),
        _column("quadrant", "Quadrant after", "此后象限", "string", values=states),
    ]
    for space, en, zh in (("physical", "on the ground", "实体空间"), ("digital", "in the network", "数字空间")):
        columns += [
            _column(f"{space}_change", f"Change {en}", f"{zh}变化"),
            _column(f"{space}_change_low", f"Change {en}, low", f"{zh}变化下限"),
            _column(f"{space}_change_high", f"Change {en}, high", f"{zh}变化上限"),
        ]
    return Figure(
        id="drift",
        title=Text(en="How industries moved", zh="行业的漂移"),
        kind="interval",
        x="industry_id",
        y="digital_change",
        low="digital_change_low",
        high="digital_change_high",
        space="digital",
        columns=columns,
        rows={} if moved is None else moved.select(c.name for c in columns).to_dict(as_series=False),
        how=how.model_copy(
            update={
                "sentence": _text(_CHANGE),
                "trace": how.trace.model_copy(update={"command": f"{how.trace.command} --drift"}),
            }
        ),
    )


def _text(words: Words) -> Text:
    return Text(en=words.en, zh=words.zh)
