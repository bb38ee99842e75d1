"""The tables of an evaluation as they are shown: ranks beside scores, grades counted, codes with their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jiqun.cluster import Words
from jiqun.measure.evaluation import Evaluation
from jiqun.measure.evaluation.coupling import COORDINATION
from jiqun.report.evaluating_choices import CHOICES
from jiqun.report.evaluating_tables import COLUMNS, TABLES, ColumnWords
from jiqun.report.shapes import DataColumn, Text

if TYPE_CHECKING:
    import polars as pl

__all__ = ["columns_of", "frames"]

_QUADRANTS = {
    "1": Words("high among high", "高–高"),
    "2": Words("low among high", "低–高"),
    "3": Words("low among low", "低–低"),
    "4": Words("high among low", "高–低"),
}
_PLAIN = {
    "kind": {"absolute": Words("absolute", "绝对收敛"), "conditional": Words("conditional", "条件收敛")},
    "regression": {
        "cross-section": Words("cross-section", "截面"),
        "panel, effects of periods": Words("panel, effects of periods", "面板，时间固定效应"),
        "panel, effects of places and periods": Words(
            "panel, effects of places and periods", "面板，个体与时间固定效应"
        ),
        "panel, effects of places and periods, controls": Words(
            "panel, effects of places and periods, controls", "面板，个体与时间固定效应，含控制变量"
        ),
    },
    "of": {
        "time": Words("the same over time", "随时间不变"),
        "neighbours": Words("the same whatever the neighbours", "不随邻居类型变化"),
    },
    "quadrant": _QUADRANTS,
    "grade": {str(k): w for k, w in COORDINATION.items()},
}
_NODES = ("node", "leads", "follows", "one", "two", "behind")
_INDICATORS = ("indicator", "obstacle_1", "obstacle_2", "obstacle_3")
_WHOLE = Words("Whole", "总体")


def frames(found: Evaluation) -> dict[str, pl.DataFrame]:
    """Give every table that is shown, by name, in the order of :data:`~jiqun.report.evaluating_tables.TABLES`."""
    made = dict(found.tables)
    made["ranking"] = _ranking(found)
    if "coupling" in made:
        made["coupling_grades"] = _grades(made["coupling"])
    return {name: made[name] for name in TABLES if name in made}


def columns_of(table: str, frame: pl.DataFrame, found: Evaluation) -> list[DataColumn]:
    """Describe the columns of a table."""
    return [_column(table, name, frame, found) for name in frame.columns]


def _ranking(found: Evaluation) -> pl.DataFrame:
    import polars as pl

    made = found.tables["scores"].filter(pl.col("node") == "").drop("node")
    if "ranks" in found.tables:
        made = made.join(found.tables["ranks"].drop("rank"), on=["place_id", "period"], how="left")
    return made.sort("period", "rank", "place_id", nulls_last=True)


def _grades(coupling: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return (
        coupling.drop_nulls("grade")
        .group_by("period", pl.col("grade").cast(pl.Int64))
        .agg(places=pl.len(), coordination=pl.col("coordination").mean())
        .sort("period", "grade")
    )


def _column(table: str, name: str, frame: pl.DataFrame, found: Evaluation) -> DataColumn:
    words = _special(table, name) or COLUMNS.get(name) or ColumnWords(Words(name, name))
    return DataColumn(
        name=name,
        title=_text(words.title),
        type=words.type,
        unit=_text(words.unit),
        values={k: _text(w) for k, w in _values(table, name, frame, found).items()},
    )


def _special(table: str, name: str) -> ColumnWords | None:
    """Give the words of a column that means something else in this table."""
    special = {
        ("local_projections", "value"): ColumnWords(Words("Response", "响应")),
        ("moran", "value"): ColumnWords(Words("Moran's I", "莫兰指数")),
        ("local_moran", "value"): ColumnWords(Words("Local I", "局部莫兰指数")),
        ("ranking", "low"): ColumnWords(Words("Rank from", "名次下限")),
        ("ranking", "high"): ColumnWords(Words("to", "名次上限")),
        ("coupling_grades", "coordination"): ColumnWords(Words("Mean D", "平均协调度 D")),
        ("club_tests", "b"): ColumnWords(Words("b of log t", "log t 系数 b")),
    }
    return special.get((table, name))


def _values(table: str, name: str, frame: pl.DataFrame, found: Evaluation) -> dict[str, Words]:
    system = found.system
    if name in _NODES:
        named = {k: n.title for k, n in system.nodes.items()}
        return {**named, "": _WHOLE} if table == "scores" else named
    if name in _INDICATORS:
        return {k: i.title for k, i in system.indicators.items()}
    if name == "choice":
        return {c: _choice(c) for c in frame[name].to_list()}
    if name == "club" and table == "club_tests":
        return {"": Words("All", "全部")}
    return dict(_PLAIN.get(name, {}))


def _choice(said: str) -> Words:
    """Say in words which choice was changed: ``weights: critic``, ``standardisation: z over panel``."""
    what, _, value = said.partition(": ")
    words = CHOICES.get(what)
    if words is None:
        return Words(said, said)
    method, _, over = value.partition(" over ")
    named = words.values.get(method, Words(method, method))
    if over:
        extent = CHOICES["over"].values.get(over, Words(over, over))
        named = Words(f"{named.en} over {extent.en}", f"{named.zh}（{extent.zh}）")
    return Words(f"{words.title.en}: {named.en}", f"{words.title.zh}：{named.zh}")


def _text(words: Any) -> Text:
    return Text(en=words.en, zh=words.zh)
