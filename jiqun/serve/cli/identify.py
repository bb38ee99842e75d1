"""``jiqun identify``: which places hold a cluster of an industry, by three methods side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Argument, Command, Option, common, folder_argument

if TYPE_CHECKING:
    from jiqun.report.evaluations import EvaluationTable, Identification

__all__ = ["command"]


@click.command(
    "identify",
    cls=Command,
    words=Words(
        "Identify the places that hold a cluster of an industry: quotient, network, contiguity.",
        "识别某行业的集群所在地：区位商、网络分析、空间连片。",
    ),
    more=Words(
        "The three methods stand side by side, with how far they agree; one that the data cannot support is said.",
        "三种方法并列，并给出一致程度；数据不足以支持的方法会说明。",
    ),
    examples=[
        ("jiqun identify C17 my-cluster", Words("Textiles", "纺织业")),
        ("jiqun identify C17 my-cluster --threshold 1.5 --out c17.json", Words("A higher threshold", "更高的阈值")),
    ],
)
@click.argument(
    "industry", metavar="INDUSTRY", cls=Argument, words=Words("An industry of the cluster.", "集群中的行业代码。")
)
@folder_argument
@click.option(
    "--threshold",
    type=float,
    default=1.25,
    show_default=True,
    cls=Option,
    words=Words("Least location quotient.", "区位商阈值。"),
)
@click.option(
    "--least",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    cls=Option,
    words=Words("Least number of firms.", "企业数下限。"),
)
@click.option(
    "--nearest",
    type=click.IntRange(1, 100),
    default=4,
    show_default=True,
    cls=Option,
    words=Words("Nearest places that are neighbours.", "视为邻居的最近地点数。"),
)
@click.option("--out", type=click.Path(), cls=Option, words=Words("File for all of it, as JSON.", "写入 JSON 文件。"))
@common
def command(industry: str, folder: str, *, out: str | None, as_json: bool, **settings: Any) -> None:  # noqa: D103
    from jiqun.engine import open_cluster
    from jiqun.report import identification
    from jiqun.serve.cli.output import write_json

    made = identification(open_cluster(folder), industry, **settings)
    if as_json or out is not None:
        write_json(made, out)
    if not as_json:
        _show(made)


def _show(made: Identification) -> None:
    from jiqun.serve.cli.output import t

    click.secho(f"{t(made.title)} ({made.industry})", bold=True)
    for table in (made.places, made.agreement):
        _print(table)
    for name, why in made.missing.items():
        title = next(t(c.title) for c in made.places.columns if c.name == name)
        click.echo(f"{title}: {t(why)}")
    click.echo(t(made.places.note))


def _print(table: EvaluationTable) -> None:
    from jiqun.serve.cli.output import number, print_table, t

    def cell(column: Any, value: Any) -> str:
        return t(column.values[str(value)]) if str(value) in column.values else number(value)

    columns = [[cell(c, v) for v in table.rows[c.name]] for c in table.columns]
    heads = [(t(c.title), "left" if c.type == "string" else "right") for c in table.columns]
    print_table(heads, list(zip(*columns, strict=True)), t(table.title))
