"""``jiqun compare``: places or industries by several indices, the ones alike, and whole clusters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Argument, Command, Option, common
from jiqun.serve.cli.language import said
from jiqun.serve.refusals import Refusal

if TYPE_CHECKING:
    from jiqun.report.comparisons import ClusterComparison, ComparedIndex, Comparison, Headline, Of, SimilarUnits

__all__ = ["command"]


@click.command(
    "compare",
    cls=Command,
    words=Words(
        "Compare and rank places or industries by several indices, or whole clusters.",
        "按多个指标比较地点或行业并排名，或比较多个集群。",
    ),
    more=Words(
        "Ranks are among all units of the cluster, with the range that the intervals leave open.",
        "名次在集群的全部单位中计算，并给出区间所允许的名次范围。",
    ),
    examples=[
        ("jiqun compare my-cluster", Words("The largest places", "最大的几个地点")),
        (
            "jiqun compare my-cluster --places 330782,330781 --index krugman --index location_quotient:C17",
            Words("These places by these indices", "用这些指标比较这些地点"),
        ),
        ("jiqun compare my-cluster --similar 330782", Words("Places with a like structure", "结构相似的地点")),
        ("jiqun compare cluster-a cluster-b", Words("Whole clusters", "比较多个集群")),
    ],
)
@click.argument(
    "folders",
    metavar="DIR…",
    nargs=-1,
    required=True,
    type=click.Path(),
    cls=Argument,
    words=Words("Folder of a cluster; with several, they are compared.", "集群文件夹；给出多个时相互比较。"),
)
@click.option(
    "--places",
    cls=Option,
    words=Words("Places to compare, by identifier, with commas between.", "要比较的地点编号，以逗号分隔。"),
)
@click.option(
    "--industries",
    cls=Option,
    words=Words("Industries to compare, by identifier, with commas between.", "要比较的行业代码，以逗号分隔。"),
)
@click.option(
    "--of",
    type=click.Choice(["place", "industry"]),
    cls=Option,
    words=Words("What is compared, where none are named.", "未指明单位时比较什么。"),
)
@click.option(
    "--index",
    "by",
    multiple=True,
    cls=Option,
    words=Words(
        "Index to compare by: NAME or NAME:OTHER; repeat for more.", "比较所用指标：名称或 名称:另一编号；可重复。"
    ),
)
@click.option(
    "--space",
    type=click.Choice(["physical", "digital"]),
    default="physical",
    show_default=True,
    cls=Option,
    words=Words("Space; in the digital one only industries are compared.", "空间；数字空间中只比较行业。"),
)
@click.option("--similar", cls=Option, words=Words("The units most like this one.", "与该单位最相似的单位。"))
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
def command(folders: tuple[str, ...], *, out: str | None, as_json: bool, **asked: Any) -> None:  # noqa: D103
    from jiqun.serve.cli.output import write_json

    made = _clusters(folders) if len(folders) > 1 else _units(folders[0], asked)
    if as_json or out is not None:
        write_json(made, out)
    if as_json:
        return
    from jiqun.report.comparisons import ClusterComparison, Comparison

    if isinstance(made, ClusterComparison):
        _show_clusters(made)
    elif isinstance(made, Comparison):
        _show(made)
    else:
        _show_similar(made)


def _clusters(folders: tuple[str, ...]) -> ClusterComparison:
    from jiqun.engine import open_cluster
    from jiqun.report import compare_clusters

    return compare_clusters({Path(folder).name: open_cluster(folder) for folder in folders})


def _units(folder: str, asked: dict[str, Any]) -> Comparison | SimilarUnits:
    from jiqun.engine import open_cluster
    from jiqun.report import compare, similar

    of: Of = "industry" if asked["industries"] or asked["of"] == "industry" else "place"
    if asked["places"] and of == "industry":
        raise Refusal(
            Words("Compare either places or industries, not both.", "请只比较地点或只比较行业，不能同时比较。"),
            status=422,
        )
    cluster = open_cluster(folder)
    if asked["similar"]:
        return similar(cluster, asked["similar"], of=of, replicates=asked["replicates"])
    units = [part.strip() for part in (asked["places"] or asked["industries"] or "").split(",") if part.strip()]
    return compare(cluster, of=of, units=units, by=asked["by"], space=asked["space"], replicates=asked["replicates"])


def _show(made: Comparison) -> None:
    from jiqun.serve.cli.output import print_table, t

    for index in made.indices:
        if index.missing is not None:
            click.echo(f"{t(index.title)}: {t(index.missing)}")
            continue
        rows = [(t(unit.title), *_cells(index, k)) for k, unit in enumerate(made.units)]
        heads = (
            (said("Place", "地点") if made.of == "place" else said("Industry", "行业"), "left"),
            (said("Value", "数值"), "right"),
            (said("Interval", "区间"), "right"),
            (said("Rank", "名次"), "right"),
            (said("Range of ranks", "名次范围"), "right"),
            (said("Percentile", "百分位"), "right"),
        )
        of = said(f" (among {index.of_known})", f"（共 {index.of_known} 个）")
        print_table(heads, rows, t(index.title) + of)


def _cells(index: ComparedIndex, k: int) -> tuple[str, ...]:
    from jiqun.serve.cli.output import number

    ranged = index.rank_best[k] is not None and index.rank_worst[k] is not None
    percentile = index.percentile[k]
    return (
        number(index.value[k]),
        _between(index.low[k], index.high[k]),
        number(index.rank[k]),
        f"{index.rank_best[k]}–{index.rank_worst[k]}" if ranged else "",
        "–" if percentile is None else f"{percentile:.0f}",
    )


def _between(low: float | None, high: float | None) -> str:
    from jiqun.serve.cli.output import number

    return "" if low is None or high is None else f"{number(low)} … {number(high)}"


def _show_similar(made: SimilarUnits) -> None:
    from jiqun.serve.cli.output import number, print_table, t

    heads = (
        (said("Place", "地点") if made.of == "place" else said("Industry", "行业"), "left"),
        (said("Likeness (cosine)", "相似度（余弦）"), "right"),
        (said("Interval", "区间"), "right"),
        (said("Krugman distance", "克鲁格曼距离"), "right"),
        (said("Firms", "企业数"), "right"),
    )
    rows = [
        (t(one.title), number(one.value), _between(one.low, one.high), number(one.distance), number(one.rows))
        for one in made.found
    ]
    print_table(heads, rows, said(f"Most like {t(made.title)}", f"与{t(made.title)}最相似"))
    click.echo(t(made.how.sentence))


def _show_clusters(made: ClusterComparison) -> None:
    from jiqun.serve.cli.output import print_table, t

    heads = [(said("Number", "指标"), "left"), *((t(card.title), "right") for card in made.clusters)]
    print_table(heads, [(t(line.title), *_headline(line)) for line in made.headlines])
    for line in made.headlines:
        if line.range != "none":
            click.echo(f"{t(line.title)}: {t(line.says)}")
    click.echo(t(made.note))


def _headline(line: Headline) -> list[str]:
    from jiqun.serve.cli.output import number

    return [
        f"{number(cell.value)} ({_between(cell.low, cell.high)})" if cell.low is not None else number(cell.value)
        for cell in line.cells
    ]
