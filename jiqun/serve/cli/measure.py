"""``jiqun measure``: every index is a command, its options made from its parameters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Command, Group, Option, common, folder_argument
from jiqun.serve.cli.language import language, said
from jiqun.serve.cli.spaces import interactions_option, period_option

if TYPE_CHECKING:
    from jiqun.measure import Index
    from jiqun.serve.shapes import Measurement

__all__ = ["command"]

SHOWN = 30
_OWN = ("folder", "space", "period", "interactions", "chance", "limit", "out", "kind", "as_json")


_IN_NETWORK = "jiqun measure {name} my-cluster --space digital --period 2012 --interactions investment"
_IN_NETWORK_WORDS = Words("In the network of the investments of 2012", "在 2012 年投资构成的网络中")


class _Measures(Group):
    """Commands that are there because an index is."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Give the names of the indices."""
        from jiqun.measure import indices

        return list(indices())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Make the command of an index; a name that is none is answered with those that are."""
        from jiqun.serve.parameters import index_of

        return _command(index_of(cmd_name))


@click.group(
    "measure",
    cls=_Measures,
    invoke_without_command=True,
    subcommand_metavar="NAME DIR [--PARAMETER VALUE]…",
    words=Words("Compute an index of a cluster; alone, list the indices.", "计算集群指标；不带参数时列出全部指标。"),
    examples=[
        ("jiqun measure", Words("What can be computed", "可计算的指标")),
        ("jiqun measure location_quotient --help", Words("What it means and takes", "含义与参数")),
        ("jiqun measure location_quotient my-cluster --replicates 0", Words("Compute it", "计算")),
    ],
)
@common
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:  # noqa: D103
    if ctx.invoked_subcommand is not None:
        return
    from jiqun.measure import indices
    from jiqun.serve.cli.output import print_table, write_json
    from jiqun.serve.measuring import index_cards

    if as_json:
        write_json([card.model_dump(mode="json") for card in index_cards()])
        return
    rows = [
        (i.name, i.title[language()], i.question[language()], f"{i.needs.table}: {', '.join(i.needs.columns)}")
        for i in indices().values()
    ]
    heads = (said("Name", "名称"), said("Title", "标题"), said("Question", "回答的问题"), said("Needs", "所需数据"))
    print_table([(head, "left") for head in heads], rows)


def _command(index: Index) -> click.Command:
    from jiqun.measure import presets

    schema = index.parameters.model_json_schema().get("properties", {})
    parameters: list[click.Parameter] = []

    @folder_argument
    @click.option("--space", type=click.Choice(list(index.spaces)), cls=Option, words=Words("Space.", "空间。"))
    @period_option
    @interactions_option
    @click.option(
        "--chance",
        type=click.IntRange(0, 9_999),
        cls=Option,
        words=Words(
            "Draws under the null, for a band and a p by chance; 199 in digital space where not given, else 0.",
            "零假设下的抽取次数，用于随机带与 p 值；未给出时数字空间为 199，否则为 0。",
        ),
    )
    @click.option(
        "--limit",
        type=click.IntRange(min=0),
        default=SHOWN,
        cls=Option,
        show_default=True,
        words=Words("Rows to show; 0 for all.", "显示的行数；0 为全部。"),
    )
    @click.option(
        "--format",
        "kind",
        type=click.Choice(["csv", "json"]),
        cls=Option,
        words=Words("Give the whole result in this format.", "以此格式给出全部结果。"),
    )
    @click.option(
        "--out",
        type=click.Path(),
        cls=Option,
        words=Words("File to write the whole result to: .csv or .json.", "写入全部结果的文件：.csv 或 .json。"),
    )
    @click.option(
        "--preset",
        type=click.Choice(list(presets())),
        cls=Option,
        words=Words(
            "Conventions of another package; parameters given beside win.", "其他软件包的约定；同时给出的参数优先。"
        ),
    )
    @common
    def run(**given: Any) -> None:
        _run(index, {name: value for name, value in given.items() if name not in _OWN}, {n: given[n] for n in _OWN})

    parameters = [_option(name, facts) for name, facts in schema.items() if name not in _OWN]
    return Command(
        index.name,
        params=[*getattr(run, "__click_params__", [])[::-1], *parameters],
        callback=run,
        words=Words(f"{index.title.en}: {index.question.en}", f"{index.title.zh}:{index.question.zh}"),
        more=index.reading,
        examples=[
            (f"jiqun measure {index.name} my-cluster --out {index.name}.csv", Words("The whole result", "全部结果")),
            *([(_IN_NETWORK.format(name=index.name), _IN_NETWORK_WORDS)] if "digital" in index.spaces else []),
        ],
    )


def _option(name: str, facts: Mapping[str, Any]) -> click.Parameter:
    from jiqun.serve.parameters import kinds

    shown = json.dumps(facts.get("default"), ensure_ascii=False)
    description = facts.get("description") or name.replace("_", " ")
    choices = facts.get("enum")
    several = "array" in kinds(facts)
    return Option(
        [f"--{name.replace('_', '-')}", name],
        # The values stay text: the index checks them, so that the command line and HTTP say the same.
        type=click.Choice([str(c) for c in choices]) if choices else str,
        multiple=several,
        metavar=None if choices else "|".join(sorted(kinds(facts) - {"null"})).upper() or "TEXT",
        words=Words(f"{description} [{shown}]", f"{description} [{shown}]"),
    )


def _run(index: Index, parameters: Mapping[str, Any], own: Mapping[str, Any]) -> None:
    from jiqun.engine import open_cluster
    from jiqun.serve.cli.output import emit, write_json
    from jiqun.serve.cli.progress import board
    from jiqun.serve.measuring import Place, compute
    from jiqun.serve.tabular import columnar_csv

    given: list[tuple[str, str]] = []
    for name, value in parameters.items():
        given += [(name, text) for text in (value if isinstance(value, tuple) else (value,)) if text is not None]
    cluster = open_cluster(own["folder"])
    with board(as_json=own["as_json"]) as shown:
        shown.listener()(index.title, 0, None)
        place = Place(own["space"], own["period"], own["interactions"], own["chance"])
        made = compute(cluster, index.name, given, place=place)
    out = own["out"]
    kind = own["kind"] or (Path(out).suffix.lower().removeprefix(".") if out else None)
    if kind == "csv":
        emit(columnar_csv(made.rows, bom=bool(out)), out)
    elif kind is not None or own["as_json"]:
        write_json(made, out)
    else:
        _show(index, made, own["limit"])


def _show(index: Index, made: Measurement, limit: int) -> None:
    from jiqun.serve.cli.output import print_rows, t

    rows = {name: column[: limit or None] for name, column in made.rows.items()}
    print_rows(
        rows,
        total=made.total,
        title=index.title[language()],
        hint=said("All: --limit 0; as a file: --out FILE.csv", "全部：--limit 0；存为文件：--out 文件.csv"),
    )
    click.echo(index.reading[language()])
    for said_too in (made.built.says if made.built else None, made.chance):
        if said_too is not None and t(said_too):
            click.echo(t(said_too))
