"""``jiqun gravity``: how interactions between places fall with distance, and how much stays at home."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Command, Option, common, folder_argument
from jiqun.serve.cli.language import said
from jiqun.serve.cli.spaces import interactions_option, period_option

if TYPE_CHECKING:
    from jiqun.report.two_space import GravityReport

__all__ = ["command"]


@click.command(
    "gravity",
    cls=Command,
    words=Words(
        "Say how interactions between places fall with distance, by period and channel, and how much stays at home.",
        "估计地点间互动随距离下降的弹性（按时期与渠道），以及本地偏好。",
    ),
    examples=[
        ("jiqun gravity my-cluster", Words("All time, all interactions", "全部时间与互动")),
        (
            "jiqun gravity my-cluster --interactions channel=platform --period 2021/2023",
            Words("Trade on the platform in three years", "三年间的平台交易"),
        ),
    ],
)
@folder_argument
@period_option
@interactions_option
@click.option(
    "--places",
    type=click.Choice(["given", "modal", "earlier"]),
    default="given",
    show_default=True,
    cls=Option,
    words=Words(
        "Actors without a place: left out, where most counterparts are, or where those of earlier periods were.",
        "没有地点的主体：排除、置于多数对手方所在地，或置于此前时期对手方所在地。",
    ),
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write all of it to, as JSON.", "将全部内容写入 JSON 文件。"),
)
@common
def command(folder: str, *, out: str | None, as_json: bool, **asked: Any) -> None:  # noqa: D103
    from jiqun.engine import open_cluster
    from jiqun.report import gravity
    from jiqun.serve.cli.output import write_json
    from jiqun.serve.cli.progress import board

    with board(as_json=as_json) as shown:
        shown.listener()(Words("Estimating the gravity equation", "正在估计引力方程"), 0, None)
        made = gravity(open_cluster(folder), **asked)
    if as_json or out is not None:
        write_json(made, out)
        return
    _show(made)


def _show(made: GravityReport) -> None:
    from jiqun.serve.cli.output import number, print_table, t
    from jiqun.serve.cli.quadrants import show_rows

    if made.missing is not None:
        click.echo(said("Not computable: ", "无法计算：") + t(made.missing))
        return
    heads = (
        (said("Number", "指标"), "left"),
        (said("Value", "数值"), "right"),
        (said("Interval", "区间"), "right"),
        ("p", "right"),
        (said("How to read it", "如何解读"), "left"),
    )
    rows = [
        (
            t(one.title),
            number(one.value),
            "" if one.low is None or one.high is None else f"{number(one.low)} … {number(one.high)}",
            number(one.p),
            t(one.reading),
        )
        for one in made.numbers
    ]
    print_table(heads, rows)
    for figure in made.figures:
        show_rows(figure)
    for line in (made.takeaway, made.built.says if made.built else None, *made.notes):
        if line is not None and t(line):
            click.echo(t(line))
