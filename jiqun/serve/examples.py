"""One answer for each endpoint, shown in the OpenAPI document: instances of the shapes, so that they cannot drift."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel

from jiqun.cluster import SCHEMA_VERSION, __version__
from jiqun.report import comparisons as c
from jiqun.report import shapes as r
from jiqun.serve import shapes as s
from jiqun.serve.evaluation_examples import evaluation_examples
from jiqun.serve.examples_network import network_examples
from jiqun.serve.examples_platform import platform_examples
from jiqun.serve.examples_spaces import space_examples

__all__ = ["EXAMPLE_ERROR", "EXAMPLE_RECIPE", "answers", "example"]

EXAMPLE_RECIPE = """[cluster]
id = "example"
title = { en = "Example", zh = "示例" }

[files.firms]
path = "firms.csv"

[[actors]]
from = "firms"
[actors.columns]
actor_id = "id"
name = "name"
"""
EXAMPLE_ERROR = s.ErrorShape(
    error=s.ErrorBody(message="There is no cluster called 'x'. Known: example.", message_zh=None, status=404)
)

_NONE = r.Text(en="", zh="")
_TRACE = r.TraceShape(
    cluster="example",
    data_hash="3f9c1a20b7d4e658",
    jiqun=__version__,
    command="jiqun profile example",
    versions={"duckdb": "2.0.0"},
)
_HOW = r.How(
    sentence=r.Text(en="Firms were counted.", zh="统计了企业数量。"), formula="n", tables=["actors"], trace=_TRACE
)
_GRADE = r.Grade(letter="A", score=96.0, errors=0, warnings=1, infos=2)
_FIGURE = r.Figure(
    id="industries",
    title=r.Text(en="Firms by industry", zh="各行业企业数"),
    kind="bar",
    x="industry",
    y="firms",
    columns=[
        r.DataColumn(name="industry", title=r.Text(en="Industry", zh="行业"), type="string"),
        r.DataColumn(name="firms", title=r.Text(en="Firms", zh="企业数"), type="integer"),
    ],
    rows={"industry": ["Textiles", "Software"], "firms": [12, 7]},
    how=_HOW,
)
_KPI = r.Kpi(id="firms", title=r.Text(en="Firms", zh="企业数"), value=19, type="integer", figure="industries", how=_HOW)
_SENTENCE = r.Sentence(text=r.Text(en="The cluster has 19 firms.", zh="集群共有 19 家企业。"), figure="industries")
_FINDING = r.Finding(
    rule="reference",
    severity="warning",
    title=r.Text(en="A place that is not in the table of places", zh="地点不在地点表中"),
    advice=r.Text(en="Add the place, or correct its code.", zh="补充该地点或更正代码。"),
    table="actors",
    column="place_id",
    rows=1,
    of=19,
    examples=["330799"],
)


@cache
def _made() -> dict[str, Any]:
    card = r.ClusterCard(
        id="example",
        title=r.Text(en="Example", zh="示例"),
        summary=_NONE,
        origin="generated",
        counts={"actors": 19},
        physical=True,
        digital=True,
        grade=_GRADE,
    )
    job = s.Job(
        id="5f3c2a9d81e07b46",
        status="running",
        title="firms.csv",
        files=[s.FileNote(name="firms.csv", bytes=20480)],
        step=r.Text(en="Reading firms.csv", zh="读取 firms.csv"),
        done=1,
        total=4,
        created="2026-01-05T08:00:00.000+00:00",
    )
    return (
        _shown(card)
        | _compared(card)
        | _server(job)
        | evaluation_examples(_TRACE, _FINDING)
        | space_examples(_HOW)
        | platform_examples(_HOW, _FIGURE)
        | network_examples(_HOW, _FIGURE)
    )


def _shown(card: r.ClusterCard) -> dict[str, Any]:
    return {
        "clusters": [card],
        "cluster": card,
        "profile": r.Profile(cluster=card, sentences=[_SENTENCE], kpis=[_KPI], figures=[_FIGURE]),
        "figure": _FIGURE,
        "findings": r.FindingsReport(grade=_GRADE, items=[_FINDING]),
        "filters": r.Filters(
            industries=[r.Option(id="C17", title=r.Text(en="Textiles", zh="纺织业"), count=12)],
            periods=["2017-01", "2017-02"],
            grain="month",
        ),
        "map": r.MapLayer(
            mode="points",
            bounds=(120.0, 29.0, 121.0, 30.0),
            total=19,
            located=1,
            points={
                "id": ["f1"], "name": ["Firm 1"], "kind": ["firm"], "industry": ["C17"], "place": ["330782"],
                "lon": [120.07], "lat": [29.31], "value": [1.0],
            },
        ),
        "network": r.Network(
            nodes={
                "id": ["f1", "f2"], "name": ["Firm 1", "Firm 2"], "x": [0.0, 1.0], "y": [0.0, 0.5], "size": [5.0, 3.0],
                "degree": [1, 1], "industry": ["C17", "C17"], "place": ["330782", "330782"], "community": [0, 0],
                "lon": [120.07, None], "lat": [29.31, None], "cell": ["", ""],
            },
            edges=r.Edges(source=[0], target=[1], weight=[2.0]),
            total=2,
            shown=2,
            communities=1,
            how=_HOW,
        ),
    }  # fmt: skip


def _compared(card: r.ClusterCard) -> dict[str, Any]:
    krugman = {
        "index": "krugman",
        "title": r.Text(en="Krugman index", zh="克鲁格曼专业化指数"),
        "reading": r.Text(
            en="0: the same structure; 2: nothing in common.", zh="0 表示结构完全相同；2 表示毫无共同之处。"
        ),
    }
    place = r.Text(en="Yiwu", zh="义乌")
    return {
        "choices": c.Choices(
            of="place",
            units=[r.Option(id="330782", title=place, count=12)],
            others=[r.Option(id="C17", title=r.Text(en="Textiles", zh="纺织业"), count=12)],
            indices=[c.Comparable(**krugman, needs_other=False)],
            default=["krugman"],
        ),
        "comparison": c.Comparison(
            of="place",
            of_all=2,
            units=[c.ComparedUnit(id="330782", title=place, rows=12)],
            indices=[
                c.ComparedIndex(
                    **krugman, id="krugman", neutral=0.0, of_known=2, value=[0.4], low=[0.3], high=[0.5],
                    rank=[1], rank_best=[1], rank_worst=[2], percentile=[75.0], how=_HOW,
                )
            ],
        ),
        "similar": c.SimilarUnits(
            of="place",
            to="330781",
            title=r.Text(en="Lanxi", zh="兰溪"),
            of_all=1,
            found=[c.Similar(id="330782", title=place, value=0.9, low=0.8, high=0.95, distance=0.3, rows=12)],
            how=_HOW,
        ),
        "cluster_comparison": c.ClusterComparison(
            clusters=[card],
            headlines=[
                c.Headline(
                    id="actors",
                    title=r.Text(en="Actors", zh="主体数"),
                    says=r.Text(en="Rows of the table.", zh="该表的记录数。"),
                    type="integer",
                    cells=[c.HeadlineCell(value=19.0)],
                )
            ],
        ),
    }  # fmt: skip


def _server(job: s.Job) -> dict[str, Any]:
    return {
        "version": s.ServerInfo(
            version=__version__, schema_version=SCHEMA_VERSION, uploads=True, max_upload_bytes=1 << 30, max_rows=10_000
        ),
        "boundaries": s.BoundaryList(names=["china-provinces"]),
        "boundary": {"type": "FeatureCollection", "features": []},
        "indices": [_index(documentation="")],
        "index": _index(documentation="The share of an industry in a place over its share in the whole."),
        "measure": s.Measurement(
            index="location_quotient",
            title=r.Text(en="Location quotient", zh="区位商"),
            space="physical",
            origin="generated",
            grain=["place_id", "industry_id"],
            total=1,
            offset=0,
            limit=1000,
            columns=["place_id", "industry_id", "value", "low", "high"],
            rows={"place_id": ["330782"], "industry_id": ["C17"], "value": [2.1], "low": [1.6], "high": [2.7]},
            trace=_TRACE,
        ),
        "table": s.TablePage(
            table="actors",
            title=r.Text(en="Actors", zh="主体"),
            total=19,
            offset=0,
            limit=1,
            columns=[s.TableColumn(name="actor_id", title=r.Text(en="identifier", zh="主体编号"), type="string")],
            rows={"actor_id": ["f1"]},
        ),
        "job": job,
        "jobs": [job],
        "recipe": s.RecipeText(text=EXAMPLE_RECIPE),
        "removed": s.Removed(cluster="example", kept_days=30),
    }


def _index(*, documentation: str) -> s.IndexCard:
    return s.IndexCard(
        name="location_quotient",
        title=r.Text(en="Location quotient", zh="区位商"),
        question=r.Text(en="In which places is an industry over-represented?", zh="一个行业在哪些地方占比偏高？"),
        reading=r.Text(en="1 means the same share as in the whole.", zh="1 表示与整体占比相同。"),
        documentation=documentation,
        family="concentration",
        formula=r"LQ_{ri} = \frac{x_{ri}/x_{r\cdot}}{x_{\cdot i}/x_{\cdot\cdot}}",
        needs=s.IndexNeeds(table="actors", columns=["place_id", "industry_id"], optional=["size"]),
        grain=["place_id", "industry_id"],
        bounds=(None, None),
        neutral=1.0,
        spaces=["physical"],
        references=[s.IndexReference(text="Balassa (1965)", doi="10.1111/j.1467-9957.1965.tb00050.x")],
        parameters={"type": "object", "properties": {"replicates": {"type": "integer", "default": 199}}},
    )


def example(name: str) -> Any:
    """Give the example of an endpoint as JSON values."""
    return _plain(_made()[name])


def answers(name: str, *, status: int = 200, also: tuple[str, ...] = ()) -> dict[int | str, dict[str, Any]]:
    """Give the ``responses`` of an endpoint: its example, the error shape, and other media types it can answer in."""
    content: dict[str, Any] = {"application/json": {"example": example(name)}}
    content |= {kind: {"schema": {"type": "string", "format": "binary"}} for kind in also}
    error = {"application/json": {"example": EXAMPLE_ERROR.model_dump()}}
    return {
        status: {"content": content},
        "4XX": {"model": s.ErrorShape, "description": "What was wrong with the request.", "content": error},
    }


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return [_plain(v) for v in value] if isinstance(value, list) else value
