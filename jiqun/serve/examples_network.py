"""Examples of the answers about a network, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from jiqun.report import network_shapes as n
from jiqun.report import shapes as r

__all__ = ["network_examples"]


def network_examples(how: r.How, figure: r.Figure) -> dict[str, Any]:
    """Give the examples by name."""
    node = r.DataColumn(name="id", title=r.Text(en="Identifier", zh="编号"), type="string")
    ends = [
        r.DataColumn(name="source", title=r.Text(en="Supplier", zh="供应方"), type="integer"),
        r.DataColumn(name="target", title=r.Text(en="Customer", zh="需求方"), type="integer"),
    ]
    title = r.Text(en="Chain or network", zh="链式还是网络")
    return {
        "network_choices": n.NetworkChoices(
            layers=[r.Option(id="all", title=r.Text(en="Both layers", zh="全部"), count=120)],
            parts=[r.Option(id="paths", title=title, count=1)],
        ),
        "network_part": n.NetworkPart(
            part="paths",
            title=title,
            question=r.Text(en="How many ways lead from suppliers to customers?", zh="从供应方到需求方有多少条路径？"),
            layer="all",
            period="2017",
            built_from=r.Text(
                en="interactions; 2017: 2 tied pairs among 3 actors", zh="interactions；2017：3 个主体之间的 2 对联系"
            ),
            numbers=[
                n.NetworkNumber(
                    id="paths",
                    title=r.Text(en="Disjoint paths, mean", zh="平均不相交路径数"),
                    value=1.0,
                    reading=r.Text(en="1: a chain; more: a network.", zh="1 表示链式；大于 1 表示网络。"),
                    note=r.Text(en="All 4 pairs counted.", zh="全部 4 对均已计算。"),
                    how=how,
                )
            ],
            figures=[figure],
            graph=n.NetworkGraph(
                title=title,
                directed=True,
                node_columns=[node],
                nodes={"id": ["f1", "f2", "f3"]},
                edge_columns=ends,
                edges={"source": [0, 1], "target": [1, 2]},
                total_nodes=3,
                total_edges=2,
            ),
        ),
    }
