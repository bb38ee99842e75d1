"""Distance: how interactions between places fall with it, by period and channel, and how much stays at home."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import polars as pl

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.engine import trace
from jiqun.engine.derived import derived
from jiqun.measure.gravity import gravity as gravity_of
from jiqun.measure.gravity import gravity_curve, home_bias
from jiqun.report.choosing import built, checked_period, space_choices, value_title, why_not
from jiqun.report.network_shapes import NetworkNumber
from jiqun.report.numbers import fitted, number, percent
from jiqun.report.shapes import DataColumn, Figure, How, Text, TraceShape
from jiqun.report.two_space import GravityReport
from jiqun.space import kept

__all__ = ["gravity"]

By = Literal["period", "channel"]
Homes = Literal["given", "modal", "earlier"]
DRAWS = 199
ACTORS = 12
_FORMULA = r"\mathrm{E}(y_{ij}) = \exp\left(a_i + b_j - \beta \ln d_{ij} + \eta\,[i = j]\right)"
_SENTENCE = Words(
    "Interactions between places are regressed on the logarithm of their distance, with an effect of each place on "
    "either side (Poisson pseudo-maximum likelihood); pairs of places without an interaction count. An elasticity of "
    "−1 means that twice the distance halves the interactions, 0 that distance does not matter. Errors are clustered "
    "by pair of places.",
    "以泊松伪极大似然估计地点之间的互动数对距离对数的弹性，两侧各有地点固定效应，没有互动的地点配对也计入。"
    "弹性为 −1 表示距离加倍互动减半，0 表示距离无影响。标准误按地点配对聚类。",
)
_HOME = Words(
    "Share of an actor's interactions with counterparts in its own place; “by chance” deals the counterparts anew "
    "while every actor keeps how many it has and every pair how often it meets.",
    "主体的互动中对手方与其同处一地的比例；“随机情形”重新分配对手方，保持各主体的对手方数与各配对的互动次数。",
)
_READS: dict[str, tuple[Words, Words]] = {
    "distance": (
        Words("Distance elasticity", "距离弹性"),
        Words(
            "0: distance does not matter; −1: twice the distance halves the interactions.",
            "0：距离无影响；−1：距离加倍互动减半。",
        ),
    ),
    "home": (
        Words("Home effect (factor)", "同地效应（倍数）"),
        Words(
            "How many times more interactions there are inside a place than its distance explains; 1 is none.",
            "同一地点内的互动为距离所能解释的多少倍；1 为没有效应。",
        ),
    ),
    "border": (
        Words("Effect of the same region (factor)", "同区域效应（倍数）"),
        Words(
            "How many times more between places of the same region; 1 is none.",
            "同一区域内地点之间互动的倍数；1 为没有。",
        ),
    ),
    "distance_trend": (
        Words("Change of the elasticity per year", "弹性的年变化"),
        Words("Above 0: distance matters less and less.", "大于 0：距离的影响逐渐减弱。"),
    ),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    cluster: Cluster
    period: str | None
    interactions: list[str]
    places: Homes = "given"

    @property
    def said(self) -> dict[str, Any]:
        """Which interactions, and when."""
        return {"period": self.period, "interactions": self.interactions or None}

    @property
    def own(self) -> dict[str, Any]:
        """The parameters of the gravity equation as the library takes them."""
        return self.said | {"places": self.places}


def gravity(
    cluster: Cluster, *, period: str | None = None, interactions: Sequence[str] = (), places: Homes = "given"
) -> GravityReport:
    """Give the elasticity of distance, its course, its curve, and the home bias of the largest actors.

    Parameters
    ----------
    cluster
        The data.
    period
        A period, or two with a slash; None takes all.
    interactions
        Which interactions; none for all.
    places
        Where an actor without a place is: left out (``"given"``), where most of its counterparts are (``"modal"``), or
        where those of earlier periods were (``"earlier"``).

    Raises
    ------
    JiqunError
        If a period cannot be read or lies outside the data.
    """
    asked = _Asked(cluster, checked_period(cluster, "gravity", period), list(interactions), places)
    how = _how(asked, _SENTENCE)
    can = space_choices(cluster)
    if can.digital is not None:
        return GravityReport(numbers=[], figures=[], how=how, missing=can.digital)
    try:
        whole = _table(asked, "gravity", lambda: gravity_of(cluster, **asked.own))
    except JiqunError as error:
        return GravityReport(numbers=[], figures=[], how=how, missing=why_not(error))
    notes: list[Text] = []
    years = None if can.grain == "year" or not can.years else "year"
    parts: list[tuple[str, Callable[[], pl.DataFrame]]] = [
        ("gravity-period", lambda: gravity_of(cluster, by="period", grain=years, **asked.own)),  # type: ignore[arg-type]
        ("gravity-channel", lambda: gravity_of(cluster, by="channel", **asked.own)),
        ("gravity-curve", lambda: gravity_curve(cluster, **asked.own)),
        ("home-bias", lambda: home_bias(cluster, most=ACTORS, n=DRAWS, replicates=DRAWS, **asked.said)),
    ]
    wanted = {
        "gravity-period": len(can.periods) > 1 and asked.period is None,
        "gravity-channel": sum(each.id.startswith("channel=") for each in can.interactions) > 1,
    }
    found: dict[str, pl.DataFrame] = {}
    for name, compute in parts:
        if not wanted.get(name, True):
            continue
        try:
            found[name] = _table(asked, name, compute)
        except JiqunError as error:
            notes.append(why_not(error))
    return GravityReport(
        numbers=_numbers(whole, found.get("gravity-period"), how),
        figures=[f for name, table in found.items() if (f := _FIGURES[name](asked, table)) is not None],
        takeaway=_takeaway(whole, found.get("gravity-period")),
        built=built(cluster, interactions=asked.interactions or None, period=asked.period, communities=False),
        how=how,
        notes=notes,
    )


def _table(asked: _Asked, name: str, compute: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """Give a table from memory, from disk, or anew; the types survive being written down."""

    def read() -> pl.DataFrame:
        said = {"period": asked.period, "interactions": asked.interactions, "places": asked.places}
        text = derived(asked.cluster, name, lambda: compute().write_json(), **said)
        return pl.read_json(text.encode(), infer_schema_length=None)

    return kept(asked.cluster, f"{name}:{asked.period}:{asked.interactions}:{asked.places}", read)


def _rows(table: pl.DataFrame, term: str, *, each: str | None = None) -> list[dict[str, Any]]:
    rows = [row for row in table.iter_rows(named=True) if row["term"] == term]
    return [
        row for row in rows if (row[each] is not None if each else row["period"] is None and row["channel"] is None)
    ]


def _factor(value: float | None) -> float | None:
    return None if value is None else math.exp(value)


def _numbers(whole: pl.DataFrame, periods: pl.DataFrame | None, how: How) -> list[NetworkNumber]:
    made = []
    for term, (title, reading) in _READS.items():
        table = periods if term == "distance_trend" else whole
        for row in [] if table is None else _rows(table, term):
            turned = _factor if term in ("home", "border") else _as_it_is
            made.append(
                NetworkNumber(
                    id=term,
                    title=_text(title),
                    value=turned(row["value"]),
                    low=turned(row["low"]),
                    high=turned(row["high"]),
                    p=row["p"],
                    reading=_text(reading),
                    note=Text(en=row["note"] or "", zh=row["note_zh"] or ""),
                    how=how,
                )
            )
    return made


def _as_it_is(value: float | None) -> float | None:
    """Give a value as it is."""
    return value


def _takeaway(whole: pl.DataFrame, periods: pl.DataFrame | None) -> Text:
    row = next(iter(_rows(whole, "distance")), None)
    if row is None or row["value"] is None:
        return Text(en="", zh="")
    kept_share = percent(1 - 2 ** row["value"])
    en = f"Twice the distance means {kept_share.en} fewer interactions (elasticity {number(row['value']).en})."
    zh = f"距离加倍，互动减少 {kept_share.zh}（弹性 {number(row['value']).zh}）。"
    trend = next(iter(_rows(periods, "distance_trend")), None) if periods is not None else None
    if trend is not None and trend["low"] is not None and (trend["low"] > 0 or trend["high"] < 0):
        less = trend["low"] > 0
        en += f" It matters {'less' if less else 'more'} from year to year."
        zh += f"其影响逐年{'减弱' if less else '增强'}。"
    return fitted(Text(en=en, zh=zh))


def _column(name: str, en: str, zh: str, type_: Any = "number", **more: Any) -> DataColumn:
    return DataColumn(name=name, title=Text(en=en, zh=zh), type=type_, **more)


_ESTIMATE = (
    _column("value", "Distance elasticity", "距离弹性"),
    _column("low", "Low", "下限"),
    _column("high", "High", "上限"),
    _column("p", "p", "p 值"),
    _column("interactions", "Interactions", "互动数", "integer"),
)


def _estimates(asked: _Asked, table: pl.DataFrame, by: By) -> Figure | None:
    rows = _rows(table, "distance", each=by)
    if len(rows) < 2:
        return None
    titles = {} if by == "period" else {row[by]: value_title(asked.cluster, "channel", row[by]) for row in rows}
    equal = next(iter(_rows(table, "distance_equal")), None)
    p = equal["p"] if equal else None
    same = "" if p is None else f" Wald test that all are equal: {_p(p)}."
    gleich = "" if p is None else f"各值相等的 Wald 检验：{_p(p)}。"
    period = by == "period"
    return Figure(
        id=f"gravity-{by}",
        title=Text(en=f"Elasticity by {by}", zh=f"各{'时期' if period else '渠道'}的距离弹性"),
        takeaway=Text(en=f"0: distance does not matter.{same}", zh=f"0：距离无影响。{gleich}"),
        kind="line" if period else "interval",
        x=by,
        y="value",
        low="low",
        high="high",
        space="both",
        columns=[
            _column(by, by.capitalize(), "时期" if period else "渠道", "date" if period else "string", values=titles),
            *_ESTIMATE,
        ],
        rows={name: [row[name] for row in rows] for name in (by, *(c.name for c in _ESTIMATE))},
        how=_how(asked, _SENTENCE),
    )


def _p(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _curve(asked: _Asked, table: pl.DataFrame) -> Figure | None:
    between = table.filter(pl.col("class") == "between").sort("distance_km")
    if between.height < 2:
        return None
    columns = [
        _column("distance_km", "Distance", "距离", unit=Text(en="km", zh="km")),
        _column("value", "Interactions, relative to what sizes make them", "互动相对规模预期的倍数"),
        _column("low", "Low", "下限"),
        _column("high", "High", "上限"),
        _column("fitted", "Fitted equation", "拟合方程"),
        _column("interactions", "Interactions", "互动数", "integer"),
        _column("pairs", "Pairs of places", "地点配对数", "integer"),
    ]
    return Figure(
        id="gravity-curve",
        title=Text(en="Interactions against distance", zh="互动随距离的变化"),
        takeaway=Text(
            en="1: as many as the sizes of both places make. Classes of distance with as many expected in each.",
            zh="1：与两地规模所预期的相同。各距离组的预期互动数相等。",
        ),
        kind="line",
        x="distance_km",
        y="value",
        low="low",
        high="high",
        space="both",
        columns=columns,
        rows=between.select(c.name for c in columns).to_dict(as_series=False),
        how=_how(asked, _SENTENCE),
    )


def _homes(asked: _Asked, table: pl.DataFrame) -> Figure | None:
    known = table.drop_nulls("value").with_columns(pl.col("name").cast(pl.String).fill_null(pl.col("actor_id")))
    if not known.height:
        return None
    columns = [
        _column("name", "Actor", "主体", "string"),
        _column("value", "At home", "同地比例", "share"),
        _column("low", "Low", "下限", "share"),
        _column("high", "High", "上限", "share"),
        _column("expected", "By chance", "随机情形", "share"),
        _column("p", "p", "p 值"),
        _column("interactions", "Interactions", "互动数", "integer"),
    ]
    return Figure(
        id="home-bias",
        title=Text(en="Home bias of the most active", zh="最活跃主体的本地偏好"),
        takeaway=_text(_HOME),
        kind="interval",
        x="name",
        y="value",
        low="low",
        high="high",
        space="physical",
        columns=columns,
        rows=known.select(c.name for c in columns).to_dict(as_series=False),
        how=_how(asked, _HOME),
    )


_FIGURES: dict[str, Callable[[_Asked, pl.DataFrame], Figure | None]] = {
    "gravity-period": lambda asked, table: _estimates(asked, table, "period"),
    "gravity-channel": lambda asked, table: _estimates(asked, table, "channel"),
    "gravity-curve": _curve,
    "home-bias": _homes,
}


def _how(asked: _Asked, sentence: Words) -> How:
    cluster = asked.cluster
    folder = shlex.quote(cluster.path) if cluster.path else "DIR"
    options = [f"--period={asked.period}"] if asked.period else []
    options += [f"--interactions={each}" for each in asked.interactions]
    options += [f"--places={asked.places}"] if asked.places != "given" else []
    made = trace(
        cluster,
        " ".join(["jiqun gravity", folder, *(shlex.quote(o) for o in options)]),
        period=asked.period,
        interactions=asked.interactions,
        places=asked.places,
    )
    return How(
        sentence=_text(sentence),
        formula=_FORMULA if sentence is _SENTENCE else "",
        reference="Santos Silva & Tenreyro (2006), The log of gravity" if sentence is _SENTENCE else "",
        url="https://doi.org/10.1162/rest.88.4.641" if sentence is _SENTENCE else "",
        tables=[t for t in ("actors", "places", "interactions", "ties") if cluster.has(t)],
        trace=TraceShape(**asdict(made)),
    )


def _text(words: Words) -> Text:
    return Text(en=words.en, zh=words.zh)
