"""``jiqun network``: core actors, chain or network, mixing, complements, decomposability, resilience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Command, Option, common, folder_argument
from jiqun.serve.cli.language import said
from jiqun.serve.cli.spaces import interactions_option, period_option

if TYPE_CHECKING:
    from jiqun.report.network_shapes import NetworkNumber, NetworkPart, PartName
    from jiqun.report.shapes import Figure

__all__ = ["command"]

_PARTS: tuple[PartName, ...] = (
    "summary",
    "core",
    "mixing",
    "paths",
    "complementarity",
    "decomposability",
    "resilience",
)
_ROWS = 15


@click.command(
    "network",
    cls=Command,
    words=Words(
        "Describe the network: core actors, chain or network, what crosses borders, complements, resilience.",
        "描述网络：核心主体、链式或网络、跨界联系、互补性与韧性。",
    ),
    more=Words(
        "Ties have the layer that their table says; interactions are the digital layer.",
        "关系（ties）的层由表给出；互动（interactions）属于数字层。",
    ),
    examples=[
        ("jiqun network my-cluster", Words("The network at a glance", "网络概览")),
        (
            "jiqun network my-cluster --part paths",
            Words("Chain or network, and what digital space adds", "链式还是网络，以及数字空间的增量"),
        ),
        (
            "jiqun network my-cluster --part core --layer digital --period 2017",
            Words("Core actors of one layer in one period", "某一层某一时期的核心主体"),
        ),
    ],
)
@folder_argument
@click.option(
    "--part",
    "parts",
    type=click.Choice([*_PARTS, "all"]),
    multiple=True,
    default=["summary"],
    show_default=True,
    cls=Option,
    words=Words("Part to show; repeat for more.", "要显示的部分；可重复。"),
)
@click.option(
    "--layer",
    type=click.Choice(["all", "physical", "digital"]),
    default="all",
    show_default=True,
    cls=Option,
    words=Words("Layer of the network.", "网络的层。"),
)
@period_option
@interactions_option
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write all of it to, as JSON.", "将全部内容写入 JSON 文件。"),
)
@common
def command(folder: str, *, parts: tuple[str, ...], out: str | None, as_json: bool, **asked: Any) -> None:  # noqa: D103
    from jiqun.engine import open_cluster
    from jiqun.report import network_part
    from jiqun.serve.cli.output import write_json
    from jiqun.serve.cli.progress import board

    cluster = open_cluster(folder)
    wanted = _PARTS if "all" in parts else tuple(part for part in _PARTS if part in parts)
    made: list[NetworkPart] = []
    with board(as_json=as_json) as shown:
        tell = shown.listener()
        for number, part in enumerate(wanted):
            tell(Words(f"Network: {part}", f"网络：{part}"), number, len(wanted))
            made.append(
                network_part(
                    cluster, part, layer=asked["layer"], period=asked["period"], interactions=asked["interactions"]
                )
            )
    if as_json or out is not None:
        whole = [each.model_dump(mode="json") for each in made]
        write_json(whole[0] if len(whole) == 1 else whole, out)
        return
    for each in made:
        _show(each)


def _show(made: NetworkPart) -> None:
    from jiqun.serve.cli.output import number, print_table, t

    click.secho(t(made.title), bold=True)
    if made.missing is not None:
        click.echo(t(made.missing))
        return
    click.echo(t(made.built_from))
    if t(made.takeaway):
        click.echo(t(made.takeaway))
    print_table(
        [
            (said("Number", "指标"), "left"),
            (said("Value", "数值"), "right"),
            (said("Interval", "区间"), "right"),
            (said("Chance", "随机值"), "right"),
            ("p", "right"),
            (said("Note", "说明"), "left"),
        ],
        [(t(n.title), number(n.value), _between(n), number(n.chance), number(n.p), t(n.note)) for n in made.numbers],
    )
    for figure in made.figures:
        if figure.kind in ("bar", "column", "interval"):
            _table(figure)


def _between(made: NetworkNumber) -> str:
    from jiqun.serve.cli.output import number

    return "" if made.low is None or made.high is None else f"{number(made.low)} … {number(made.high)}"


def _table(figure: Figure) -> None:
    from jiqun.serve.cli.output import number, print_table, t

    heads = [(t(c.title), "left" if c.type == "string" else "right") for c in figure.columns]
    size = min(_ROWS, max((len(values) for values in figure.rows.values()), default=0))
    rows = []
    for k in range(size):
        cells = []
        for column in figure.columns:
            value = figure.rows[column.name][k]
            named = column.values.get(value) if isinstance(value, str) else None
            text = t(named) if named else value
            cells.append(text or "" if isinstance(text, str) or text is None else number(text))
        rows.append(cells)
    print_table(heads, rows, t(figure.title))
