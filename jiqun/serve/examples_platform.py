"""Examples of the answers about a platform, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from jiqun.report import platform_shapes as p
from jiqun.report import shapes as r

__all__ = ["platform_examples"]


def platform_examples(how: r.How, figure: r.Figure) -> dict[str, Any]:
    """Give the examples by name."""
    participants = p.PlatformIndicator(
        id="participants",
        family="participants",
        title=r.Text(en="Participants", zh="参与者数"),
        about=r.Text(en="Actors of the side with at least one dealing.", zh="该侧至少有一次交易的主体数。"),
        type="integer",
    )
    names = {
        "side": "string",
        "indicator": "string",
        "value": "number",
        "low": "number",
        "high": "number",
        "note": "string",
    }
    columns = [r.DataColumn(name=n, title=r.Text(en=n, zh=n), type=t) for n, t in names.items()]
    returns = p.DriverElement(
        element="matching",
        reading="within",
        term="returns",
        title=r.Text(en="Returns to scale (α+β), within cells", zh="规模报酬（α+β），单元内"),
        value=0.77,
        low=0.71,
        high=0.84,
        p=1e-9,
        error=0.03,
        rows=195_916,
        clusters=60,
    )
    position = p.DriverPosition(
        label="undetermined",
        title=r.Text(en="undetermined", zh="尚不能确定"),
        says=r.Text(en="The data do not decide between the two.", zh="数据尚不足以判断。"),
        position=p.Interval(value=-0.04, low=-0.11, high=0.03),
        demand=p.Interval(value=-0.04, low=-0.11, high=0.04),
        supply=p.Interval(value=0.004, low=0.003, high=0.006),
        cost=r.Text(en="price per unit", zh="单价"),
    )
    return {
        "platform": p.PlatformReport(
            by=["side"],
            grain="month",
            periods=["2017-01", "2017-02"],
            inactive=3,
            indicators=[participants],
            columns=columns,
            rows={
                "side": ["source"], "indicator": ["participants"], "value": [2469.0], "low": [None], "high": [None],
                "note": [None],
            },
            total=1,
            figures=[figure],
            how=how,
        ),
        "driver": p.DriverReport(
            position=position,
            elements=[returns],
            figure=figure,
            assumptions=[r.Text(en="The index is ours.", zh="该指数为本系统提出。")],
            grain="week",
            lookback=12,
            places=60,
            categories=80,
            how=how,
        ),
    }  # fmt: skip
