"""``jiqun evaluate``: places by an indicator system, from the panel to the tables of a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.errors import JiqunError
from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Argument, Command, Option, common
from jiqun.serve.cli.language import language, said

if TYPE_CHECKING:
    from jiqun.cluster import Cluster
    from jiqun.report.evaluations import EvaluationChoices, EvaluationReport, EvaluationTable

__all__ = ["command"]

SHOWN = 10
EVERY = 1 << 60
_OWN = ("system", "folder", "steps", "periods", "out", "as_json", "limit")
_SPELT = {"standardisation": ("--standardisation", "--standardise")}
"""Choices with a second name on the command line."""


class _Evaluate(Command):
    """The command with an option for each choice; they are made when they are asked for, not when it is listed."""

    _own: list[click.Parameter]
    _complete = False

    @property
    def params(self) -> list[click.Parameter]:
        """Parameters: the own ones, then those of the choices."""
        if not self._complete:
            self._complete = True
            self._own.extend(_options())
        return self._own

    @params.setter
    def params(self, own: list[click.Parameter]) -> None:
        self._own = own


def _options() -> list[click.Parameter]:
    from jiqun.report.evaluating_choices import choice_cards

    made: list[click.Parameter] = []
    for card in choice_cards():
        text = {lang: getattr(card.title, lang) for lang in ("en", "zh")}
        says = {lang: getattr(card.says, lang) for lang in ("en", "zh")}
        default = ",".join(card.default) if isinstance(card.default, list) else card.default
        shown = "" if default in ("", None) else f" [{default}]"
        made.append(
            Option(
                [*_SPELT.get(card.id, (f"--{card.id.replace('_', '-')}",)), card.id],
                # The values stay text: the library checks them, so that the command line and HTTP say the same.
                type=click.Choice([a.id for a in card.allowed]) if card.allowed else str,
                metavar=None if card.allowed else {"list": "A,B,…", "text": "TEXT"}.get(card.type, card.type.upper()),
                words=Words(
                    f"{text['en']}. {says['en']}{shown}",
                    f"{text['zh']}。{says['zh']}{shown}",
                ),
            )
        )
    return made


@click.command(
    "evaluate",
    cls=_Evaluate,
    words=Words(
        "Evaluate places by an indicator system: weights, scores, ranks, coupling, differences, convergence.",
        "按指标体系评价各地点：权重、得分、名次、耦合协调、区域差异、收敛等。",
    ),
    more=Words(
        "SYSTEM is a shipped system, a file in the folder indicators of the cluster, or the path of a TOML file. With "
        "--out FOLDER everything is written: workbook, Word file, every table as CSV, all of it as JSON.",
        "SYSTEM 为内置体系、集群文件夹 indicators 中的文件，或 TOML 文件的路径。用 --out 文件夹 可写出全部结果："
        "工作簿、Word 文件、各表 CSV 与完整 JSON。",
    ),
    examples=[
        ("jiqun evaluate my-cluster", Words("By which systems it can be evaluated", "可用的指标体系")),
        ("jiqun evaluate china-cities my-cluster --out report", Words("Everything, as files", "全部计算并写出文件")),
        (
            "jiqun evaluate indicators.toml my-cluster --periods 2010:2020 --weights critic --score topsis",
            Words("Own indicators, other choices", "自定指标与其他选择"),
        ),
        (
            "jiqun evaluate china-cities my-cluster --steps coupling --out tables.docx",
            Words("The tables of one step, in Word", "只做一步，输出 Word 表格"),
        ),
    ],
)
@click.argument(
    "system",
    metavar="[SYSTEM]",
    type=click.Path(),
    cls=Argument,
    words=Words(
        "Indicator system; without one, those that the cluster can fill are listed.",
        "指标体系；不给出则列出该集群可用的体系。",
    ),
)
@click.argument(
    "folder",
    metavar="DIR",
    required=False,
    type=click.Path(),
    cls=Argument,
    words=Words("Folder of a cluster, as written by jiqun ingest.", "集群文件夹，由 jiqun ingest 生成。"),
)
@click.option(
    "--steps",
    cls=Option,
    words=Words(
        "Steps after the scores, with commas between; none: scores alone. [all]",
        "得分之后的步骤，以逗号分隔；none 表示只计得分。[全部]",
    ),
)
@click.option(
    "--periods", metavar="FIRST:LAST", cls=Option, words=Words("Periods, such as 2010:2020.", "时期，例如 2010:2020。")
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=SHOWN,
    show_default=True,
    cls=Option,
    words=Words("Places to show on screen.", "屏幕显示的地点数。"),
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words(
        "Folder for everything, or one file: .xlsx, .docx or .json.",
        "写出全部结果的文件夹，或单个文件：.xlsx、.docx、.json。",
    ),
)
@common
def command(  # noqa: D103
    system: str,
    folder: str | None,
    *,
    steps: str | None,
    periods: str | None,
    limit: int,
    out: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    from jiqun.engine import open_cluster
    from jiqun.report import evaluation
    from jiqun.serve.cli.output import write_json
    from jiqun.serve.cli.progress import board

    if folder is None:
        _list(open_cluster(system), as_json=as_json)
        return
    kind = _kind(out)
    cluster = open_cluster(folder)
    chosen = {**{k: v for k, v in given.items() if v is not None}, **_ends(periods)}
    with board(as_json=as_json) as shown:
        heard = shown.listener()
        made = evaluation(cluster, system, steps=_steps(steps), given=chosen, rows=EVERY, files=True, progress=heard)
        written = _write(made, out, kind, heard)
    if as_json:
        write_json(made)
        return
    _show(made, limit)
    for path in written:
        click.echo(f"{said('Written', '已写出')}: {path}")


def _kind(out: str | None) -> str:
    """Say what ``--out`` asks for: a folder, or a file by its ending."""
    if out is None:
        return ""
    ending = Path(out).suffix.lower().removeprefix(".")
    if ending in ("xlsx", "docx", "json"):
        return ending
    if ending in ("csv", "pdf", "html", "xls", "doc", "md", "parquet", "txt"):
        raise JiqunError(
            f"--out ends in .{ending}; a file is .xlsx, .docx or .json, and a folder gets everything.",
            f"--out 的后缀 .{ending} 不支持；文件可用 .xlsx、.docx、.json，文件夹则写出全部结果。",
        )
    return "folder"


def _ends(periods: str | None) -> Mapping[str, str]:
    if periods is None:
        return {}
    first, colon, last = periods.partition(":")
    return {"first": first.strip(), "last": last.strip() if colon else first.strip()}


def _steps(steps: str | None) -> Sequence[str] | None:
    if steps is None or steps == "all":
        return None
    return () if steps == "none" else tuple(s.strip().replace("-", "_") for s in steps.split(",") if s.strip())


def _write(made: EvaluationReport, out: str | None, kind: str, heard: Any) -> list[Path]:
    from jiqun.report.papers import write_evaluation, write_folder
    from jiqun.serve.cli.output import write_json

    if out is None:
        return []
    path = Path(out)
    if kind == "folder":
        if path.is_file():
            raise JiqunError(f"{out} is a file; --out needs a folder here.", f"{out} 是文件；此处 --out 应为文件夹。")
        write_folder(made, path, lang=language(), progress=heard)
        return [path]
    if kind == "json":
        write_json(made, out)
        return [path]
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}")
    try:
        write_evaluation(made, temporary, kind=kind, lang=language())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return [path]


def _list(cluster: Cluster, *, as_json: bool) -> None:
    from jiqun.report import evaluation_choices
    from jiqun.serve.cli.output import print_table, t, write_json

    offered: EvaluationChoices = evaluation_choices(cluster)
    if as_json:
        write_json(offered)
        return
    yes, no = said("yes", "是"), said("no", "否")
    rows = [
        (c.id, t(c.title), yes if c.usable else no, f"{sum(i.present for i in c.indicators)}/{len(c.indicators)}")
        for c in offered.systems
    ]
    heads = [
        (said("System", "体系"), "left"),
        (said("Title", "名称"), "left"),
        (said("Usable", "可用"), "left"),
        (said("Indicators", "指标"), "right"),
    ]
    print_table(heads, rows, said("Indicator systems", "指标体系"))
    for words in offered.unreadable:
        click.echo(f"! {t(words)}")
    if offered.reason is not None:
        click.echo(t(offered.reason))
        return
    folder = cluster.path or "DIR"
    click.echo(
        said(f"Evaluate: jiqun evaluate {offered.default} {folder}", f"评价：jiqun evaluate {offered.default} {folder}")
    )


def _show(made: EvaluationReport, limit: int) -> None:
    from jiqun.serve.cli.output import print_table, t

    click.secho(f"{t(made.cluster)} – {t(made.system.title)}", bold=True)
    if made.origin != "real":
        click.echo(
            said("[generated data]", "[生成数据]")
            if made.origin == "generated"
            else said("[for evaluation only]", "[仅供评估]")
        )
    for sentence in made.sentences:
        click.echo(f"  {t(sentence)}")
    _ranking(made, made.tables["ranking"], limit)
    always = ("standardisation", "over", "weights", "score", "missing")
    taken = [c for c in made.choices if c.id in always or not c.default]
    click.echo(said("Choices: ", "选择：") + "; ".join(f"{t(c.title)} = {t(c.said)}" for c in taken))
    _findings(made)
    rows = [(t.name, _in(t.title), str(t.total)) for t in made.tables.values()]
    heads = [(said("Table", "表"), "left"), (said("Title", "标题"), "left"), (said("Rows", "行数"), "right")]
    print_table(heads, rows)
    click.echo(f"{said('Again', '复现')}: {made.trace.command}")


def _in(text: Any) -> str:
    from jiqun.serve.cli.output import t

    return t(text)


def _ranking(made: EvaluationReport, table: EvaluationTable, limit: int) -> None:
    from jiqun.serve.cli.output import number, print_table, t

    names = dict(zip(made.places.id, made.places.name, strict=True))
    columns = list(table.rows)
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*table.rows.values(), strict=True)]
    scored = [r for r in rows if r["score"] is not None]
    if not scored:
        click.echo(said("No place has a score; the findings say why.", "没有地点得到分数，原因见下方说明。"))
        return
    last = max(r["period"] for r in scored)
    shown = sorted((r for r in scored if r["period"] == last), key=lambda r: (r["rank"], r["place_id"]))
    heads = [
        (said("Rank", "名次"), "right"),
        (said("Place", "地点"), "left"),
        (said("Score", "得分"), "right"),
        (said("Range of ranks", "名次区间"), "right"),
    ]
    cells = [
        (
            f"{r['rank']:g}",
            f"{t(names[r['place_id']])} ({r['place_id']})",
            number(r["score"]),
            f"{r['low']:g}–{r['high']:g}" if r.get("low") is not None else "",
        )
        for r in shown[:limit]
    ]
    of = said(f" ({min(limit, len(shown))} of {len(shown)})", f"（{len(shown)} 个中的前 {min(limit, len(shown))} 个）")
    print_table(heads, cells, f"{t(table.title)} {last}{of}")


def _findings(made: EvaluationReport) -> None:
    from jiqun.serve.cli.output import print_table, t

    if not made.findings:
        click.echo(said("Findings: none.", "数据说明：未发现异常。"))
        return
    marks = {"error": "✗", "warning": "!", "info": "·"}
    rows = [
        (
            marks[f.severity],
            t(f.title),
            f.column,
            f"{f.rows}/{f.of}" if f.of else "",
            t(f.advice) + (f" [{', '.join(f.examples)}]" if f.examples else ""),
        )
        for f in made.findings
    ]
    heads = [
        ("", "left"),
        (said("Finding", "情况"), "left"),
        (said("Where", "位置"), "left"),
        (said("Cells", "数量"), "right"),
        (said("What was done", "处理"), "left"),
    ]
    print_table(heads, rows, said("Findings", "数据说明"))
