"""``jiqun quadrants``: industries on the ground and in the network, how they move, whether the spaces agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Command, Option, common, folder_argument
from jiqun.serve.cli.language import said
from jiqun.serve.cli.spaces import interactions_option
from jiqun.serve.refusals import Refusal

if TYPE_CHECKING:
    from jiqun.report.shapes import Figure
    from jiqun.report.two_space import AgreementFound, Drift, Quadrants, SpaceAgreement

__all__ = ["command", "show_rows"]


@click.command(
    "quadrants",
    cls=Command,
    words=Words(
        "Say which industries are concentrated on the ground, on the platform, in both, in neither.",
        "判断各行业在实体空间与数字空间中是否集聚（实聚虚聚、实散虚聚等）。",
    ),
    more=Words(
        "Each space has its own null; the one of the network keeps how popular firms are. “Dispersed” means: not shown "
        "to be concentrated.",
        "两个空间各有零假设，数字空间的零假设保持企业活跃度。“散”指尚未显示集聚。",
    ),
    examples=[
        ("jiqun quadrants my-cluster", Words("All time, all interactions", "全部时间与互动")),
        (
            "jiqun quadrants my-cluster --period 2019 --period 2021 --interactions channel=platform",
            Words("Two periods, trade on the platform", "两个时期的平台交易"),
        ),
        (
            "jiqun quadrants my-cluster --period 2019 --period 2021 --drift",
            Words("How far each industry moved", "各行业的漂移"),
        ),
        ("jiqun quadrants my-cluster --agreement", Words("Whether the two spaces agree", "两个空间是否一致")),
    ],
)
@folder_argument
@click.option(
    "--period",
    "periods",
    multiple=True,
    cls=Option,
    words=Words("A period, such as 2019 or 2019-Q1; repeat for more.", "时期，如 2019 或 2019-Q1；可重复。"),
)
@interactions_option
@click.option(
    "--drift",
    "moved",
    is_flag=True,
    cls=Option,
    words=Words("How far each industry moved between the periods.", "各行业在时期之间的漂移。"),
)
@click.option(
    "--agreement",
    "agreed",
    is_flag=True,
    cls=Option,
    words=Words(
        "Whether who is near on the ground is near in the network.", "地理上接近的主体或行业在网络中是否也接近。"
    ),
)
@click.option(
    "--draws",
    type=click.IntRange(19, 9_999),
    default=999,
    show_default=True,
    cls=Option,
    words=Words("Draws under each null.", "每个零假设下的抽取次数。"),
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write all of it to: .json, or .csv.", "将全部内容写入文件：.json 或 .csv。"),
)
@common
def command(folder: str, *, out: str | None, as_json: bool, **asked: Any) -> None:  # noqa: D103
    from jiqun.serve.cli.output import emit, write_json
    from jiqun.serve.cli.progress import board
    from jiqun.serve.tabular import columnar_csv

    if asked["moved"] and asked["agreed"]:
        raise Refusal(
            Words("Ask for --drift or for --agreement, not for both.", "请只使用 --drift 或 --agreement 之一。"),
            status=422,
        )
    with board(as_json=as_json) as shown:
        made = _made(folder, asked, shown.listener())
    figure = _figure(made)
    if out is not None and out.lower().endswith(".csv"):
        emit(columnar_csv(figure.rows, bom=True), out)
        return
    if as_json or out is not None:
        write_json(made, out)
        return
    _show(made, figure)


def _made(folder: str, asked: dict[str, Any], progress: Any) -> Quadrants | Drift | SpaceAgreement:
    from jiqun.engine import open_cluster
    from jiqun.report import agreement, drift, quadrants

    cluster = open_cluster(folder)
    own: dict[str, Any] = {"interactions": asked["interactions"], "draws": asked["draws"]}
    progress(Words("Testing industries in both spaces", "正在两个空间中检验各行业"), 0, None)
    if asked["moved"]:
        return drift(cluster, periods=asked["periods"], **own)
    if asked["agreed"]:
        if len(asked["periods"]) > 1:
            raise Refusal(
                Words(
                    "--agreement is of one period; write two with a slash (2019/2021).",
                    "--agreement 只针对一个时期；起止用斜杠连接（2019/2021）。",
                ),
                status=422,
            )
        return agreement(cluster, period=next(iter(asked["periods"]), None), **own)
    return quadrants(cluster, periods=asked["periods"], progress=progress, **own)


def _figure(made: Quadrants | Drift | SpaceAgreement) -> Figure:
    from jiqun.report.shapes import Figure, Text
    from jiqun.report.two_space import SpaceAgreement

    if not isinstance(made, SpaceAgreement):
        return made.figure
    if made.industries is not None:
        return made.industries.figure
    return Figure(
        id="coupling", title=Text(en="", zh=""), kind="scatter", x="", y="", columns=[], rows={}, how=made.how
    )


def _show(made: Quadrants | Drift | SpaceAgreement, figure: Figure) -> None:
    from jiqun.report.two_space import SpaceAgreement
    from jiqun.serve.cli.output import t

    lacking = made.missing if isinstance(made.missing, list) else [made.missing]
    if isinstance(made, SpaceAgreement):
        _show_agreement([*made.actors, *([made.industries.found] if made.industries else [])])
    elif figure.rows:
        show_rows(figure)
        click.echo(t(figure.takeaway))
    for why in lacking:
        if why is not None:
            click.echo(said("Not computable: ", "无法计算：") + t(why))
    built = getattr(made, "built", None)
    if built is not None:
        click.echo(t(built.says))
    if figure.rows or isinstance(made, SpaceAgreement):
        click.echo(t(figure.how.sentence))


def show_rows(figure: Figure) -> None:
    """Print a value and its interval as one cell: a line then fits a terminal."""
    from jiqun.serve.cli.output import number, print_table, t

    names = {column.name: column for column in figure.columns}
    shown = [c for c in figure.columns if not c.name.endswith(("_low", "_high"))]
    rows = []
    for k in range(len(figure.rows[shown[0].name])):
        cells = []
        for column in shown:
            value = figure.rows[column.name][k]
            text = t(column.values[value]) if value in column.values else number(value)
            low, high = (figure.rows[f"{column.name}_{side}"][k] if f"{column.name}_{side}" in names else None
                         for side in ("low", "high"))  # fmt: skip
            between = (
                f" [{number(_short(low))}, {number(_short(high))}]" if low is not None and high is not None else ""
            )
            cells.append(f"{number(_short(value)) if isinstance(value, float) else text}{between}")
        rows.append(cells)
    print_table(
        [(t(c.title), "left" if c.type in ("string", "date") else "right") for c in shown], rows, t(figure.title)
    )


def _short(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def _show_agreement(found: list[AgreementFound]) -> None:
    from jiqun.serve.cli.output import number, print_table, t

    heads = (
        (said("Statistic", "统计量"), "left"),
        (said("Value", "数值"), "right"),
        (said("Interval", "区间"), "right"),
        ("p", "right"),
        (said("Of", "个数"), "right"),
        (said("How to read it", "如何解读"), "left"),
    )
    rows = [
        (
            t(one.title),
            number(one.value),
            "" if one.low is None or one.high is None else f"{number(one.low)} … {number(one.high)}",
            number(one.p),
            str(one.members),
            t(one.reading),
        )
        for one in found
    ]
    if rows:
        print_table(heads, rows)
