"""``jiqun driver``: whether supply-side or demand-side economies of scale drive a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Command, Option, common, folder_argument
from jiqun.serve.cli.language import said

if TYPE_CHECKING:
    from jiqun.report.platform_shapes import DriverReport, Interval

__all__ = ["command"]


@click.command(
    "driver",
    cls=Command,
    words=Words(
        "Say what drives a cluster: scale economies of supply, or of demand.",
        "判断集群的内生驱动力：供给侧还是需求侧规模经济。",
    ),
    more=Words(
        "Matching, cross-side effects, unit costs and variety, each with its interval and its placebo.",
        "匹配、跨侧效应、单位成本与品种，均附区间与安慰剂。",
    ),
    examples=[
        ("jiqun driver my-cluster", Words("The whole profile", "完整概况")),
        ("jiqun driver my-cluster --grain month --lookback 6", Words("Other periods", "改变周期")),
        (
            "jiqun driver my-cluster --promoted promoted.parquet --json",
            Words("With suppliers promoted by place and period", "加入按地点与时期促销的供方"),
        ),
    ],
)
@folder_argument
@click.option(
    "--grain",
    type=click.Choice(["week", "month", "quarter", "year"]),
    cls=Option,
    words=Words("Length of a period; chosen by the span of the data.", "周期长度；默认按数据跨度选择。"),
)
@click.option(
    "--lookback",
    type=click.IntRange(1, 1000),
    cls=Option,
    words=Words("Periods that a supplier counts as available after a sale.", "供方售出后视为可得的期数。"),
)
@click.option(
    "--places",
    type=click.IntRange(1, 10_000),
    default=60,
    show_default=True,
    cls=Option,
    words=Words("The largest so many places.", "取最大的若干地点。"),
)
@click.option(
    "--categories",
    type=click.IntRange(1, 10_000),
    default=80,
    show_default=True,
    cls=Option,
    words=Words("The largest so many categories.", "取最大的若干类别。"),
)
@click.option(
    "--promoted",
    type=click.Path(),
    cls=Option,
    words=Words(
        "Parquet file of suppliers promoted: place_id, category, target, period.",
        "促销供方的 Parquet 文件：place_id、category、target、period。",
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
    words=Words("File to write all of it to, as JSON.", "将全部内容写入 JSON 文件。"),
)
@common
def command(folder: str, *, promoted: str | None, out: str | None, as_json: bool, **asked: Any) -> None:  # noqa: D103
    from jiqun.engine import open_cluster
    from jiqun.report import driver
    from jiqun.serve.cli.output import write_json
    from jiqun.serve.cli.progress import board

    frame = _read(promoted) if promoted else None
    with board(as_json=as_json) as shown:
        made = driver(open_cluster(folder), promoted=frame, progress=shown.listener(), **asked)
    if as_json or out is not None:
        write_json(made, out)
    else:
        _show(made)


def _read(path: str) -> Any:
    import polars as pl

    from jiqun.cluster.errors import JiqunError

    try:
        return pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise JiqunError(
            f"--promoted: {path} cannot be read as Parquet. Give a Parquet file of place_id, category, target, period.",
            f"--promoted：无法将 {path} 读作 Parquet。请提供含 place_id、category、target、period 的 Parquet 文件。",
        ) from error


def _show(made: DriverReport) -> None:
    from jiqun.serve.cli.output import number, print_table, t

    spot = made.position
    click.secho(t(spot.title), bold=True)
    click.echo(t(spot.says))
    heads = [(said("Axis", "轴"), "left"), (said("Value", "数值"), "right"), (said("Interval", "区间"), "right")]
    rows = [
        (said("Position: demand less supply", "位置：需求侧减供给侧"), *_cells(spot.position)),
        (said("Demand side: returns to scale in matching, less 1", "需求侧：匹配的规模报酬减 1"), *_cells(spot.demand)),
        (
            said(f"Supply side: fall of {t(spot.cost)} with scale", f"供给侧：{t(spot.cost)}随规模下降"),
            *_cells(spot.supply),
        ),
    ]
    print_table(heads, rows)
    lines = []
    for one in made.elements:
        low_high = _cells(one)
        p = "" if one.p is None else f"{one.p:.3g}"
        lines.append(
            (t(one.title), *low_high, p, number(one.rows), number(one.clusters), t(one.note) if one.note else "")
        )
    heads = [
        (said("Reading", "读数"), "left"), *heads[1:], ("p", "right"), (said("Rows", "行数"), "right"),
        (said("Clusters", "聚类数"), "right"), (said("Note", "说明"), "left"),
    ]  # fmt: skip
    print_table(heads, lines)
    for why in made.missing:
        click.echo(t(why))
    click.echo(t(made.how.sentence))
    for assumption in made.assumptions:
        click.echo(f"– {t(assumption)}")


def _cells(one: Interval | Any) -> tuple[str, str]:
    from jiqun.serve.cli.output import number

    between = "" if one.low is None or one.high is None else f"{number(_short(one.low))} … {number(_short(one.high))}"
    return number(_short(one.value)), between


def _short(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value
