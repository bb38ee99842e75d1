"""The indices of a platform and the driver profile, said in both languages."""

from __future__ import annotations

import math
import shlex
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import polars as pl

from jiqun.cluster import Cluster, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.engine import trace
from jiqun.measure.driver import LABELS, DriverProfile, driver_profile
from jiqun.measure.driver.unit_cost import COSTS
from jiqun.measure.platform import INDICATORS, Platform, platform_indices
from jiqun.report import platform_words as w
from jiqun.report.names import industry_title, place_title
from jiqun.report.platform_shapes import (
    DriverElement,
    DriverPosition,
    DriverReport,
    Interval,
    PlatformIndicator,
    PlatformReport,
)
from jiqun.report.shapes import Columnar, DataColumn, Figure, Finding, How, Text, TraceShape

__all__ = ["MOST", "driver", "platform"]

MOST = 20_000
"""Rows of the table that are given; a longer one is split by too much to be read."""
_TITLES = {
    "survival": Words("How long participants stay", "参与者存续多久"),
    "retention": Words("How many entrants are still active", "进入者的留存"),
    "subsidies": Words("Subsidies as a share of gross value", "补贴占总交易额的比例"),
}
_COUNTED = Words(
    "Counted from the dated interactions of the cluster; views and favourites are activity, everything else is a "
    "dealing. Intervals of means, shares and Gini are bootstrap by participant; counts have none.",
    "由集群中带日期的互动统计；浏览与收藏计为活动，其余计为交易。均值、比例与基尼系数的区间按参与者自助抽样；"
    "计数没有区间。",
)
_STAYS = Words(
    "Kaplan–Meier with Greenwood intervals. A participant counts as gone after {n} {unit} without a dealing, so the "
    "last {n} {unit} tell of no exit, and those who appear in the first {n} may have been there before and are left "
    "out.",
    "Kaplan–Meier 估计，Greenwood 区间。连续 {n} {unit}没有交易视为退出，因此末尾 {n} {unit}无法判定退出；"
    "最初 {n} {unit}内出现者可能早已存在，未计入。",
)
_DRIVEN = Words(
    "Matches are pairs of buyer and supplier in cells of place, category and {unit}. Suppliers count where they sold "
    "in the preceding {n}, buyers where they were present for anything. Poisson regression with fixed effects; errors "
    "are clustered by place.",
    "匹配为地点、类别与时期单元中的买卖双方对数（周期：{unit}）。供方按此前 {n} 期在该单元有销售计，"
    "买方按当期在该地点出现计。含固定效应的泊松回归，标准误按地点聚类。",
)


def platform(
    cluster: Cluster, *, by: Collection[str] = ("side", "period"), replicates: int = 199, **chosen: Any
) -> PlatformReport:
    """Give the indices of a platform as a table, with figures of survival, retention and subsidies.

    Parameters
    ----------
    cluster
        The data.
    by
        Any of ``side, place, category, period``.
    replicates
        Bootstrap replicates of the intervals.
    **chosen
        Further parameters of :func:`jiqun.measure.platform.platform_indices`.
    """
    made = platform_indices(cluster, by=by, replicates=replicates, **chosen)  # type: ignore[arg-type]
    shown = made.indices.filter(~pl.col("indicator").is_in(list(made.missing)))
    asked = [c for c in shown.columns if c not in ("indicator", "value", "low", "high", "note")]
    options = f"--by {','.join(asked).replace('place_id', 'place')} --grain {made.grain} --inactive {made.inactive}"
    traced = _trace(cluster, f"jiqun platform DIR {options}", replicates)
    how = How(sentence=w.text(_COUNTED), tables=["interactions"], trace=traced)
    return PlatformReport(
        by=list(asked),
        grain=made.grain,
        periods=list(made.periods),
        inactive=made.inactive,
        indicators=[_indicator(name, made) for name in INDICATORS],
        columns=_columns(cluster, shown),
        rows=_rows(shown.head(MOST)),
        total=shown.height,
        figures=_figures(cluster, made, traced, how),
        findings=[_finding(f) for f in made.findings],
        how=how,
    )


def driver(cluster: Cluster, *, progress: Progress = silent, **chosen: Any) -> DriverReport:
    """Give the driver profile: position, readings and assumptions.

    Parameters
    ----------
    cluster
        The data.
    progress
        Who is told.
    **chosen
        Parameters of :func:`jiqun.measure.driver.driver_profile`.
    """
    made = driver_profile(cluster, progress=progress, **chosen)
    unit = w.GRAINS[made.grain]
    sentence = Text(
        en=_DRIVEN.en.format(unit=unit.en.removesuffix("s"), n=made.lookback),
        zh=_DRIVEN.zh.format(unit=unit.zh, n=made.lookback),
    )
    traced = _trace(cluster, f"jiqun driver DIR --grain {made.grain} --lookback {made.lookback}", 199)
    how = How(
        sentence=sentence,
        formula=r"\mathrm{E}\,M = \exp(\alpha \ln S + \beta \ln B + \mu + \tau)",
        reference="Petrongolo & Pissarides (2001)",
        url="https://doi.org/10.1257/jel.39.2.390",
        tables=["interactions"],
        caveats=[w.text(a) for a in made.assumptions],
        trace=traced,
    )
    elements = [_element(row) for row in made.elements.iter_rows(named=True)]
    return DriverReport(
        position=_position(made),
        elements=elements,
        figure=_readings(elements, how),
        assumptions=[w.text(a) for a in made.assumptions],
        missing=[w.text(m) for m in made.missing.values()],
        grain=made.grain,
        lookback=made.lookback,
        places=made.places,
        categories=made.categories,
        how=how,
    )


def _indicator(name: str, made: Platform) -> PlatformIndicator:
    fact = INDICATORS[name]
    lacks = made.missing.get(name)
    return PlatformIndicator(
        id=name,
        family=fact.family,
        title=w.text(fact.title),
        about=w.text(fact.about),
        type=fact.type,
        missing=w.text(lacks) if lacks else None,
    )


def _columns(cluster: Cluster, table: pl.DataFrame) -> list[DataColumn]:
    """Describe the columns of a table and say what their codes are called."""
    words: dict[str, dict[str, Text]] = {
        "side": w.named(w.SIDES),
        "bearer": w.named(w.BEARERS),
        "indicator": {name: w.text(i.title) for name, i in INDICATORS.items()},
        "note": {en: Text(en=en, zh=zh) for en, zh in w.NOTES.items()},
    }
    for column, title_of in (("place_id", place_title), ("category", industry_title)):
        if column in table.columns:
            used = table[column].drop_nulls().unique().sort().to_list()
            words[column] = {code: title_of(cluster, code) for code in used}
    shares = {"incidence", "incidence_low", "incidence_high"}
    made = []
    for name, dtype in table.schema.items():
        kind = "string" if dtype == pl.String else "share" if name in shares else "number"
        kind = "integer" if dtype.is_integer() else kind
        title = w.text(w.COLUMNS.get(name, Words(name, name)))
        made.append(DataColumn(name=name, title=title, type=kind, values=words.get(name, {})))
    return made


def _rows(table: pl.DataFrame) -> Columnar:
    finite = table.with_columns(pl.when(pl.col(pl.Float64).is_finite()).then(pl.col(pl.Float64)).name.keep())
    return finite.to_dict(as_series=False)


def _figures(cluster: Cluster, made: Platform, traced: TraceShape, how: How) -> list[Figure]:
    unit = w.GRAINS[made.grain]
    said = Text(en=_STAYS.en.format(n=made.inactive, unit=unit.en), zh=_STAYS.zh.format(n=made.inactive, unit=unit.zh))
    stays = How(sentence=said, reference="Kaplan & Meier (1958)", tables=["interactions"], trace=traced)
    keys = [c for c in ("place_id", "category") if c in made.survival.columns]
    figures = []
    if not keys:
        figures.append(_figure(cluster, "survival", made.survival, stays))
        figures.append(_figure(cluster, "retention", _pooled(made.retention), stays))
    if made.subsidies.height and not keys:
        given = made.subsidies.filter(pl.col("bearer").is_in(["platform", "supplier"]))
        kind = "line" if "period" in given.columns else "bar"
        figures.append(_figure(cluster, "subsidies", given, how, kind=kind))
    return figures


def _pooled(retention: pl.DataFrame) -> pl.DataFrame:
    """Take cohorts together: which part of all entrants old enough is active at each age."""
    made = retention.group_by("side", "age").agg(pl.col("participants", "active").sum()).sort("side", "age")
    return made.with_columns(value=pl.col("active") / pl.col("participants"))


def _figure(cluster: Cluster, id_: str, table: pl.DataFrame, how: How, *, kind: str = "line") -> Figure:
    x = next(c for c in ("age", "period", "bearer") if c in table.columns)
    series = next((c for c in ("side", "bearer") if c in table.columns and c != x), "")
    bounds = {"low": "low", "high": "high"} if "low" in table.columns else {}
    return Figure(
        id=id_,
        title=w.text(_TITLES[id_]),
        kind=kind,
        x=x,
        y="value",
        series=series,
        space="digital",
        columns=_columns(cluster, table),
        rows=_rows(table),
        how=how,
        **bounds,
    )


def _finding(found: Any) -> Finding:
    return Finding(
        rule=found.rule,
        severity=found.severity,
        title=w.text(found.title),
        advice=w.text(found.advice),
        table=found.table,
        column=found.column,
        rows=found.rows,
        of=found.of,
        examples=list(found.examples),
    )


def _position(made: DriverProfile) -> DriverPosition:
    label = LABELS[made.position.label]
    cost = COSTS.get(made.cost, Words("none known", "尚无"))
    says = {
        "demand": Words(
            "More participants make each of them find more matches, by more than scale saves the supply side.",
            "参与者越多，每个参与者匹配越多，且超过规模给供给侧带来的节约。",
        ),
        "supply": Words(
            "Scale saves the supply side more than it helps participants find each other.",
            "规模给供给侧带来的节约，超过其对匹配的促进。",
        ),
        "undetermined": made.position.reason or LABELS["undetermined"],
    }[made.position.label]
    spot = made.position
    return DriverPosition(
        label=spot.label,
        title=w.text(label),
        says=w.text(says),
        position=_interval((spot.value, spot.low, spot.high)),
        demand=_interval(spot.demand),
        supply=_interval(spot.supply),
        cost=w.text(cost),
    )


def _interval(three: tuple[float, float, float]) -> Interval:
    value, low, high = (v if math.isfinite(v) else None for v in three)
    return Interval(value=value, low=low, high=high)


def _element(row: dict[str, Any]) -> DriverElement:
    term, reading = w.TERMS[row["term"]], w.READINGS[row["reading"]]
    title = Text(en=f"{term.en}, {reading.en}", zh=f"{term.zh}，{reading.zh}")
    values = {name: row[name] for name in ("element", "reading", "term", "value", "low", "high", "p", "error")}
    return DriverElement(**values, title=title, rows=row["rows"], clusters=row["clusters"], note=w.note(row["note"]))


def _readings(elements: list[DriverElement], how: How) -> Figure:
    """Draw each reading with its interval; those that are only a warning are in the table."""
    shown = [e for e in elements if e.reading != "naive" and e.value is not None]
    titles = {f"{e.element}.{e.reading}.{e.term}": e.title for e in shown}
    return Figure(
        id="driver",
        title=Text(en="Readings of what drives the cluster", zh="驱动力各项读数"),
        kind="interval",
        x="reading",
        y="value",
        low="low",
        high="high",
        space="digital",
        columns=[
            DataColumn(name="reading", title=w.text(w.COLUMNS["reading"]), type="string", values=titles),
            *(DataColumn(name=n, title=w.text(w.COLUMNS[n]), type="number") for n in ("value", "low", "high")),
        ],
        rows={
            "reading": list(titles),
            "value": [e.value for e in shown],
            "low": [e.low for e in shown],
            "high": [e.high for e in shown],
        },
        how=how,
    )


def _trace(cluster: Cluster, command: str, replicates: int) -> TraceShape:
    folder = shlex.quote(cluster.path) if cluster.path else "DIR"
    said = f"{command.replace('DIR', folder)} --replicates {replicates}"
    return TraceShape(**asdict(trace(cluster, said, seed=0, replicates=replicates)))
