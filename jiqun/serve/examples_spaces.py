"""Examples of the answers about two spaces, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from jiqun.report import shapes as r
from jiqun.report import two_space as two
from jiqun.report.network_shapes import NetworkNumber

__all__ = ["space_examples"]


def space_examples(how: r.How) -> dict[str, Any]:
    """Give the examples by name."""
    textiles = r.Text(en="Textiles", zh="纺织业")
    industry = r.DataColumn(
        name="industry_id", title=r.Text(en="Industry", zh="行业"), type="string", values={"C17": textiles}
    )
    built = two.BuiltSpace(
        interactions=r.Text(en="kind of interaction: purchases", zh="互动类型为采购"),
        actors=19,
        counterparts=240,
        says=r.Text(
            en="Made of kind of interaction: purchases: 19 actors and 240 counterparts.",
            zh="由互动类型为采购构成：19 个主体、240 个对手方。",
        ),
    )
    found = two.AgreementFound(
        id="mantel",
        title=r.Text(en="Mantel correlation", zh="Mantel 相关"),
        reading=r.Text(en="0 none.", zh="0 为无关。"),
        value=0.12,
        p=0.03,
        members=19,
    )
    return {
        "spaces": two.SpaceChoices(
            interactions=[
                two.InteractionChoice(
                    id="kind=order",
                    title=r.Text(en="purchases", zh="采购"),
                    group=r.Text(en="kind of interaction", zh="互动类型"),
                    count=240,
                )
            ],
            periods=["2017-01", "2017-02"],
            years=["2017"],
            grain="month",
        ),
        "quadrants": two.Quadrants(
            figure=_figure("quadrants", "physical", "digital", [industry], how),
            periods=[],
            counts={"dispersed-concentrated": 1},
            names={"dispersed-concentrated": r.Text(en="concentrated on the platform only", zh="实散虚聚")},
            built=built,
        ),
        "drift": two.Drift(
            figure=_figure("drift", "physical_change", "digital_change", [industry], how), periods=["2019", "2021"]
        ),
        "gravity": two.GravityReport(
            numbers=[
                NetworkNumber(
                    id="distance",
                    title=r.Text(en="Distance elasticity", zh="距离弹性"),
                    value=-0.6,
                    low=-0.7,
                    high=-0.5,
                    p=0.001,
                    reading=r.Text(en="0: distance does not matter.", zh="0：距离无影响。"),
                    how=how,
                )
            ],
            figures=[_figure("gravity-curve", "distance_km", "value", [industry], how)],
            how=how,
        ),
        "agreement": two.SpaceAgreement(
            actors=[found],
            industries=two.CoupledIndustries(
                found=found, figure=_figure("coupling", "physical", "digital", [industry], how)
            ),
            built=built,
            how=how,
        ),
    }


def _figure(id_: str, x: str, y: str, keys: list[r.DataColumn], how: r.How) -> r.Figure:
    numbers = [
        r.DataColumn(name=x, title=r.Text(en="On the ground", zh="实体空间"), type="number"),
        r.DataColumn(name=y, title=r.Text(en="In the network", zh="数字空间"), type="number"),
    ]
    return r.Figure(
        id=id_,
        title=r.Text(en="Industries in two spaces", zh="行业在两个空间中的位置"),
        kind="scatter",
        x=x,
        y=y,
        space="both",
        columns=[*keys, *numbers],
        rows={"industry_id": ["C17"], x: [0.9], y: [1.7]},
        how=how,
    )
