"""``jiqun diagnose``: what state a cluster is in, with evidence, confidence and what would change the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Argument, Command, Option, common, folder_argument
from jiqun.serve.cli.language import said

if TYPE_CHECKING:
    from jiqun.diagnose import Diagnosis, Evidence

__all__ = ["command"]

_RULES = ("mode", "kind")


@click.command(
    "diagnose",
    cls=Command,
    words=Words(
        "Diagnose the cluster, with evidence and confidence.",
        "诊断集群，并给出证据与置信度。",
    ),
    more=Words(
        "Says undetermined where the data do not decide, and what is missing where they do not suffice.",
        "数据不足以区分时给出“无法判定”，数据缺失时说明所缺内容。",
    ),
    examples=[
        ("jiqun diagnose my-cluster", Words("Every diagnosis", "全部诊断")),
        (
            "jiqun diagnose my-cluster mode --json",
            Words("The mode of agglomeration, with all figures", "集聚模式及全部数值"),
        ),
    ],
)
@folder_argument
@click.argument(
    "what",
    type=click.Choice([*_RULES, "all"]),
    default="all",
    cls=Argument,
    words=Words("What to diagnose.", "诊断的内容。"),
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write all of it to, as JSON.", "将全部内容写入 JSON 文件。"),
)
@common
def command(folder: str, *, what: str, out: str | None, as_json: bool) -> None:  # noqa: D103
    from jiqun.diagnose import TITLES, as_record, diagnose
    from jiqun.engine import open_cluster
    from jiqun.serve.cli.output import write_json
    from jiqun.serve.cli.progress import board

    cluster = open_cluster(folder)
    wanted = _RULES if what == "all" else (what,)
    made: list[Diagnosis] = []
    with board(as_json=as_json) as shown:
        tell = shown.listener()
        for number, name in enumerate(wanted):
            tell(TITLES[name], number, len(wanted))
            made.append(diagnose(cluster, name))
    if as_json or out is not None:
        whole = [as_record(each) for each in made]
        write_json(whole[0] if what != "all" else whole, out)
        return
    for each in made:
        _show(each, TITLES[each.what])


def _show(made: Diagnosis, title: Words) -> None:
    from jiqun.serve.cli.language import language
    from jiqun.serve.cli.output import number, print_table

    lang = language()
    sure = (
        ""
        if made.confidence is None
        else said(f" (confidence {made.confidence:.0%})", f"（置信度 {made.confidence:.0%}）")
    )
    click.secho(f"{title[lang]}{said(': ', '：')}{made.title[lang]}{sure}", bold=True)
    click.echo(made.says[lang])
    if made.evidence:
        heads = [
            (said("Evidence", "证据"), "left"),
            (said("Value", "数值"), "right"),
            (said("Interval", "区间"), "right"),
            (said("Note", "说明"), "left"),
        ]
        rows = [
            (e.title[lang], number(_short(e.value)), _between(e), e.note[lang] if e.note else "") for e in made.evidence
        ]
        print_table(heads, rows)
    for heading, text in (
        (said("What would change it", "结论何时改变"), made.change[lang]),
        (said("What the paper recommends", "论文建议"), made.advice[lang]),
        (said("Source", "出处"), made.reference.text),
    ):
        if text:
            click.echo(f"{heading}{said(': ', '：')}{text}")
    for why in made.missing:
        if made.evidence:
            click.echo(f"– {why[lang]}")


def _between(made: Evidence) -> str:
    from jiqun.serve.cli.output import number

    known = made.low is not None and made.high is not None and made.low == made.low
    return f"{number(_short(made.low))} … {number(_short(made.high))}" if known else ""


def _short(value: float | None) -> float | None:
    return None if value is None or value != value else float(f"{value:.4g}")  # noqa: PLR0124
