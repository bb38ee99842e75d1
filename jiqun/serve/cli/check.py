"""``jiqun check``: the findings and the grade."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Command, Option, common, folder_argument
from jiqun.serve.cli.language import language, said

if TYPE_CHECKING:
    from jiqun.report.shapes import FindingsReport

__all__ = ["command"]

FINDINGS = 1
_SEVERITY = {"error": ("red", "错误"), "warning": ("yellow", "警告"), "info": ("cyan", "提示")}


@click.command(
    "check",
    cls=Command,
    words=Words(
        "Check a cluster: what is wrong, in how many rows, what to do.", "检查集群：哪里有问题、涉及多少行、如何处理。"
    ),
    examples=[
        ("jiqun check my-cluster", Words("Findings and grade", "问题与等级")),
        ("jiqun check my-cluster --strict", Words("Exit code 1 where there are errors", "有错误时退出码为 1")),
        ("jiqun check my-cluster --out findings.csv", Words("As a file for a spreadsheet", "导出为表格文件")),
    ],
)
@folder_argument
@click.option(
    "--strict",
    is_flag=True,
    cls=Option,
    words=Words("Exit with 1 where a finding is an error.", "发现错误时以 1 退出。"),
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write: .csv for a table, else JSON.", "写入的文件：.csv 为表格，其余为 JSON。"),
)
@common
def command(folder: str, *, strict: bool, out: str | None, as_json: bool) -> None:  # noqa: D103
    from jiqun.engine import open_cluster
    from jiqun.report import findings
    from jiqun.serve.cli.output import emit, write_json
    from jiqun.serve.cli.progress import board
    from jiqun.serve.tabular import findings_csv

    cluster = open_cluster(folder)
    with board(as_json=as_json) as shown:
        shown.listener()(Words("Checking the data", "检查数据"), 0, None)
        found = findings(cluster)
    if out is not None and Path(out).suffix.lower() == ".csv":
        emit(findings_csv(found, language(), bom=True), out)
    elif out is not None or as_json:
        write_json(found, out)
    if not as_json:
        _show(found)
    if strict and found.grade.errors:
        raise click.exceptions.Exit(FINDINGS)


def _show(found: FindingsReport) -> None:
    from jiqun.serve.cli.output import print_table, t

    rows = [
        (
            said(item.severity, _SEVERITY[item.severity][1]),
            t(item.title),
            f"{item.table}.{item.column}" if item.column else item.table,
            f"{item.rows:,} / {item.of:,}",
            "; ".join(item.examples[:3]),
            t(item.advice),
        )
        for item in found.items
    ]
    heads = (
        said("Severity", "程度"),
        said("Finding", "问题"),
        said("Where", "位置"),
        said("Rows", "行数"),
        said("Such as", "例如"),
        said("What to do", "处理建议"),
    )
    if rows:
        print_table([(head, "right" if n == 3 else "left") for n, head in enumerate(heads)], rows)
    grade = found.grade
    click.secho(said(f"Grade {grade.letter}", f"等级 {grade.letter}"), bold=True, nl=False)
    click.echo(
        said(
            f" ({grade.score:.0f} of 100): {grade.errors} errors, {grade.warnings} warnings, {grade.infos} notes.",
            f"({grade.score:.0f}/100)：错误 {grade.errors}，警告 {grade.warnings}，提示 {grade.infos}。",
        )
    )
