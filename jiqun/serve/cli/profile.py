"""``jiqun profile``: the cluster in sentences and key figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Command, Option, common, folder_argument
from jiqun.serve.cli.language import said

if TYPE_CHECKING:
    from jiqun.report.shapes import Kpi, Profile

__all__ = ["command"]

_BADGES = {"generated": Words("generated data", "生成数据"), "evaluation": Words("for evaluation only", "仅供评估")}


@click.command(
    "profile",
    cls=Command,
    words=Words(
        "Describe a cluster: sentences, key figures with intervals, figures.",
        "描述集群：文字、带区间的关键指标与图表。",
    ),
    examples=[
        ("jiqun profile my-cluster", Words("Read it here", "在终端阅读")),
        (
            "jiqun profile my-cluster --json --out profile.json",
            Words("All figures with their tables", "导出全部图表及数据"),
        ),
        ("jiqun profile my-cluster --map --first 2017-01", Words("What the map shows", "地图所示的数据")),
    ],
)
@folder_argument
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write the whole profile to, as JSON.", "将完整画像写入 JSON 文件。"),
)
@click.option("--figure", cls=Option, words=Words("One figure alone, as JSON.", "只输出一张图（JSON）。"))
@click.option("--map", "as_map", is_flag=True, cls=Option, words=Words("The map, as JSON.", "输出地图（JSON）。"))
@click.option(
    "--network", "as_network", is_flag=True, cls=Option, words=Words("The network, as JSON.", "输出网络（JSON）。")
)
@click.option("--industry", cls=Option, words=Words("Map and network: this industry.", "地图与网络：只看该行业。"))
@click.option("--first", cls=Option, words=Words("Map and network: from this period.", "地图与网络：起始时期。"))
@click.option("--last", cls=Option, words=Words("Map and network: to this period.", "地图与网络：截止时期。"))
@click.option("--indicator", cls=Option, words=Words("Map: this indicator.", "地图：该指标。"))
@common
def command(  # noqa: D103
    folder: str,
    *,
    out: str | None,
    figure: str | None,
    as_map: bool,
    as_network: bool,
    as_json: bool,
    **filters: str | None,
) -> None:
    from jiqun.engine import open_cluster
    from jiqun.report import figure as one_figure
    from jiqun.report import map_layer, network, profile
    from jiqun.serve.cli.output import write_json
    from jiqun.serve.cli.progress import board

    cluster = open_cluster(folder)
    if figure is not None:
        write_json(one_figure(cluster, figure), out)
        return
    if as_map:
        write_json(map_layer(cluster, **filters), out)
        return
    if as_network:
        filters.pop("indicator", None)
        write_json(network(cluster, **filters), out)
        return
    with board(as_json=as_json) as shown:
        made = profile(cluster, progress=shown.listener())
    if as_json or out is not None:
        write_json(made, out)
    if not as_json:
        _show(made)


def _show(made: Profile) -> None:
    from jiqun.serve.cli.language import language
    from jiqun.serve.cli.output import console, print_table, t

    card = made.cluster
    badge = _BADGES.get(card.origin)
    click.secho(t(card.title), bold=True, nl=badge is None)
    if badge is not None:
        click.echo(f"  [{badge[language()]}]")
    for sentence in made.sentences:
        console().print(t(sentence.text), markup=False)
    print_table(
        [
            (said("Key figure", "指标"), "left"),
            (said("Value", "数值"), "right"),
            (said("Interval", "区间"), "right"),
            (said("Unit", "单位"), "left"),
            (said("Note", "说明"), "left"),
        ],
        [(t(k.title), _value(k, k.value), _interval(k), t(k.unit), t(k.note)) for k in made.kpis],
    )
    print_table(
        [(said("Figure", "图"), "left"), (said("Title", "标题"), "left"), (said("What to see", "要点"), "left")],
        [(f.id, t(f.title), t(f.missing) if f.missing else t(f.takeaway)) for f in made.figures],
    )
    click.echo(said(f"Data quality: grade {card.grade.letter}", f"数据质量：{card.grade.letter} 级"))


def _value(kpi: Kpi, value: float | None) -> str:
    """Write a value as the pages do; the exact ones are in the JSON."""
    from jiqun.report.numbers import count, number, percent
    from jiqun.serve.cli.output import t

    if value is None:
        return "–"
    if kpi.type == "share":
        return t(percent(value))
    return t(count(value) if kpi.type == "integer" else number(value))


def _interval(kpi: Kpi) -> str:
    if kpi.low is None or kpi.high is None:
        return ""
    return f"{_value(kpi, kpi.low)} … {_value(kpi, kpi.high)}"
