"""Answers of *Evaluate* that the OpenAPI document shows: instances of the shapes, so that they cannot drift."""

from __future__ import annotations

from typing import Any

from jiqun.report import evaluations as e
from jiqun.report.shapes import DataColumn, Finding, Text, TraceShape

__all__ = ["evaluation_examples"]


def evaluation_examples(trace: TraceShape, finding: Finding) -> dict[str, Any]:
    """Give an example of every answer by name.

    Parameters
    ----------
    trace, finding
        Those of the other examples.
    """
    system = _system()
    choice = e.ChoiceCard(
        id="weights",
        title=Text(en="Weights", zh="权重"),
        says=Text(en="How much each indicator counts.", zh="各指标的重要程度如何确定。"),
        group="weigh",
        type="one",
        allowed=[
            e.Allowed(id="entropy", title=Text(en="entropy", zh="熵权法")),
            e.Allowed(id="equal", title=Text(en="equal", zh="等权")),
        ],
        default="entropy",
    )
    table = _table()
    return {
        "evaluation_choices": e.EvaluationChoices(
            systems=[system],
            default="towns",
            steps=[
                e.StepCard(id="coupling", title=Text(en="Coupling coordination", zh="耦合协调"), tables=["coupling"])
            ],
            choices=[choice],
            periods=["2023", "2024"],
            places=2,
        ),
        "evaluation": e.EvaluationReport(
            cluster=Text(en="Example", zh="示例"),
            origin="generated",
            system=system,
            choices=[
                e.ChosenValue(
                    id="weights",
                    title=choice.title,
                    value="equal",
                    said=Text(en="equal", zh="等权"),
                    default=False,
                )
            ],
            sentences=[Text(en="In 2024, 2 places have a score.", zh="2024 年共有 2 个地点有得分。")],
            findings=[finding],
            periods=["2023", "2024"],
            places=e.PlaceRows(
                id=["330782", "330781"],
                name=[Text(en="Yiwu", zh="义乌"), Text(en="Lanxi", zh="兰溪")],
                region=[Text(en="East", zh="东部"), Text(en="East", zh="东部")],
                lon=[120.07, 119.46],
                lat=[29.31, 29.21],
            ),
            boundaries="china-districts",
            tables={"ranking": table},
            trace=trace,
        ),
        "evaluation_table": table,
        "identification": e.Identification(
            industry="C17",
            title=Text(en="Textiles", zh="纺织业"),
            places=table,
            agreement=table,
            missing={"by_network": Text(en="There are no interactions.", zh="没有互动记录。")},
            trace=trace,
        ),
        "evaluation_progress": e.EvaluationProgress(
            running=True, step=Text(en="Coupling coordination", zh="耦合协调"), done=3, total=12
        ),
    }


def _system() -> e.SystemCard:
    return e.SystemCard(
        id="towns",
        title=Text(en="Two sides of a town", zh="城镇两面"),
        usable=True,
        nodes=[e.SystemNode(id="digital", title=Text(en="Digital", zh="数字"))],
        indicators=[
            e.SystemIndicator(
                id="online",
                title=Text(en="Sales online", zh="线上销售"),
                node="digital",
                sign="+",
                columns=["online"],
            )
        ],
        subsystems=["digital"],
    )


def _table() -> e.EvaluationTable:
    return e.EvaluationTable(
        name="ranking",
        title=Text(en="Scores and ranks", zh="综合得分与名次"),
        columns=[
            DataColumn(name="place_id", title=Text(en="Place", zh="地点"), type="string"),
            DataColumn(name="period", title=Text(en="Period", zh="时期"), type="string"),
            DataColumn(name="score", title=Text(en="Score", zh="得分"), type="number"),
            DataColumn(name="rank", title=Text(en="Rank", zh="名次"), type="number"),
        ],
        total=2,
        rows={"place_id": ["330782", "330781"], "period": ["2024", "2024"], "score": [0.8, 0.2], "rank": [1.0, 2.0]},
        whole=True,
    )
