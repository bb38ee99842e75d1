"""``jiqun platform``: participants, interactions, activity, survival and subsidies of a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Command, Option, common, folder_argument
from jiqun.serve.cli.language import said

if TYPE_CHECKING:
    from jiqun.report.platform_shapes import PlatformReport
    from jiqun.report.shapes import Figure

__all__ = ["command"]

AGES = 12
"""Periods of survival shown here; all of them are in the JSON."""


@click.command(
    "platform",
    cls=Command,
    words=Words(
        "Measure a platform: participants, interactions, activity, survival, subsidies.",
        "测度平台：参与者、互动、活动、存续与补贴。",
    ),
    more=Words(
        "What the data do not record is said to be missing; it is never a zero.",
        "数据未记录的内容会标明缺失，绝不以零代替。",
    ),
    examples=[
        ("jiqun platform my-cluster --by side", Words("Each side over all time", "双侧总体情况")),
        ("jiqun platform my-cluster --by side,period --grain quarter", Words("By quarter", "按季度")),
        (
            "jiqun platform my-cluster --by side,category --out table.csv",
            Words("By category, as a table", "按类别导出"),
        ),
    ],
)
@folder_argument
@click.option(
    "--by",
    default="side",
    show_default=True,
    cls=Option,
    words=Words(
        "What to split by: any of side, place, category, period, with commas between.",
        "分组：side、place、category、period 中任意几项，以逗号分隔。",
    ),
)
@click.option(
    "--grain",
    type=click.Choice(["week", "month", "quarter", "year"]),
    cls=Option,
    words=Words("Length of a period; that of the cluster where not given.", "周期长度；默认随集群。"),
)
@click.option(
    "--inactive",
    type=click.IntRange(1, 1000),
    cls=Option,
    words=Words("Periods without a dealing after which a participant counts as gone.", "连续多少期没有交易视为退出。"),
)
@click.option(
    "--all-entries",
    is_flag=True,
    cls=Option,
    words=Words(
        "The data begin with the platform: keep those of the first periods in survival.",
        "数据始于平台创立：存续分析保留最初各期的进入者。",
    ),
)
@click.option(
    "--replicates",
    type=click.IntRange(0, 20_000),
    default=199,
    show_default=True,
    cls=Option,
    words=Words("Bootstrap replicates of the intervals.", "区间的自助抽样次数。"),
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write all of it to: .json, or .csv.", "将全部内容写入文件：.json 或 .csv。"),
)
@common
def command(folder: str, *, by: str, out: str | None, as_json: bool, **asked: Any) -> None:  # noqa: D103
    from jiqun.engine import open_cluster
    from jiqun.report import platform
    from jiqun.serve.cli.output import emit, write_json
    from jiqun.serve.cli.progress import board
    from jiqun.serve.tabular import columnar_csv

    wanted = [part.strip() for part in by.split(",") if part.strip()]
    with board(as_json=as_json) as shown:
        made = platform(open_cluster(folder), by=wanted, progress=shown.listener(), **asked)
    if out is not None and out.lower().endswith(".csv"):
        emit(columnar_csv(made.rows, bom=True), out)
    elif as_json or out is not None:
        write_json(made, out)
    else:
        _show(made)


def _show(made: PlatformReport) -> None:
    from jiqun.serve.cli.output import number, print_table, t

    columns = {column.name: column for column in made.columns}
    rows = []
    for k in range(len(made.rows["value"])):
        keys = [_called(columns[name].values, made.rows[name][k]) for name in [*made.by, "indicator"]]
        low, high = made.rows["low"][k], made.rows["high"][k]
        between = "" if low is None or high is None else f"{number(_short(low))} … {number(_short(high))}"
        note = _called(columns["note"].values, made.rows["note"][k]) if made.rows["note"][k] else ""
        rows.append([*keys, number(_short(made.rows["value"][k])), between, note])
    heads = [(t(columns[name].title), "left") for name in [*made.by, "indicator"]]
    heads += [(t(columns["value"].title), "right"), (said("Interval", "区间"), "right"), (said("Note", "说明"), "left")]
    print_table(heads, rows)
    if len(rows) < made.total:
        click.echo(said(f"{len(rows):,} of {made.total:,} rows.", f"共 {made.total:,} 行，显示 {len(rows):,} 行。"))
    for figure in made.figures:
        if "period" not in figure.rows and figure.id != "retention":
            _show_figure(figure)
    for indicator in made.indicators:
        if indicator.missing is not None:
            click.echo(f"{t(indicator.title)}{said(': ', '：')}{t(indicator.missing)}")
    for finding in made.findings:
        click.echo(f"{t(finding.title)} ({finding.rows:,}/{finding.of:,}). {t(finding.advice)}")
    click.echo(t(made.how.sentence))


def _show_figure(figure: Figure) -> None:
    from jiqun.serve.cli.output import number, print_table, t

    shown = [c for c in figure.columns if len(set(map(str, figure.rows[c.name]))) > 1 or c.type == "string"]
    rows = [
        [
            _called(c.values, figure.rows[c.name][k]) if c.values else number(_short(figure.rows[c.name][k]))
            for c in shown
        ]
        for k in range(len(figure.rows[figure.x]))
        if figure.id != "survival" or figure.rows["age"][k] <= AGES
    ]
    print_table([(t(c.title), "left" if c.type == "string" else "right") for c in shown], rows, t(figure.title))
    if figure.id == "survival":
        click.echo(t(figure.how.sentence))


def _called(values: Any, code: Any) -> str:
    from jiqun.serve.cli.output import t

    return t(values[code]) if code in values else str(code)


def _short(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) and abs(value) < 1e4 else value
