"""``jiqun tables``: the canonical tables of a cluster."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jiqun.cluster.errors import JiqunError
from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Argument, Command, Option, common, folder_argument
from jiqun.serve.cli.language import said

if TYPE_CHECKING:
    from jiqun.cluster import Cluster

__all__ = ["command"]

SHOWN = 20


@click.command(
    "tables",
    cls=Command,
    words=Words("List the tables of a cluster, look into one, or take one out.", "列出集群的表、查看或导出某个表。"),
    examples=[
        ("jiqun tables my-cluster", Words("What there is", "有哪些表")),
        ("jiqun tables my-cluster actors", Words("The first rows", "查看前若干行")),
        ("jiqun tables my-cluster actors --format csv --out actors.csv", Words("The whole of it", "导出整个表")),
    ],
)
@folder_argument
@click.argument(
    "table",
    required=False,
    cls=Argument,
    words=Words("A canonical table, such as actors or interactions.", "规范表，如 actors 或 interactions。"),
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["csv", "parquet", "json"]),
    cls=Option,
    words=Words("Give the whole table in this format.", "以此格式给出整个表。"),
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    cls=Option,
    words=Words("Rows to show; 0 for all. 20 where not given.", "显示的行数；0 为全部，默认 20。"),
)
@click.option(
    "--offset", type=click.IntRange(min=0), default=0, cls=Option, words=Words("Rows to skip.", "跳过的行数。")
)
@click.option(
    "--bom",
    is_flag=True,
    cls=Option,
    words=Words("Start a CSV so that Excel knows it is UTF-8.", "CSV 带 BOM，便于 Excel 识别。"),
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write; stdout where not given.", "写入的文件；默认标准输出。"),
)
@common
def command(  # noqa: D103
    folder: str,
    table: str | None,
    *,
    kind: str | None,
    limit: int | None,
    offset: int,
    bom: bool,
    out: str | None,
    as_json: bool,
) -> None:
    from jiqun.engine import open_cluster
    from jiqun.serve.cli.output import print_rows, t, write_json
    from jiqun.serve.paging import page

    cluster = open_cluster(folder)
    if table is None:
        _list(cluster, out, as_json=as_json)
        return
    cluster.require("jiqun tables", table)
    kind = kind or (Path(out).suffix.lower().removeprefix(".") if out else None) or ("json" if as_json else None)
    if kind in {"csv", "parquet"}:
        _whole(cluster, table, kind, out, bom=bom)
        return
    if kind not in {None, "json"}:
        raise JiqunError(
            said(
                f"--out ends in .{kind}; it can be .csv, .parquet or .json.",
                f"--out 的后缀 .{kind} 不支持，可用 .csv、.parquet 或 .json。",
            )
        )
    every = cluster.rows(table)
    rows = (every if kind == "json" else SHOWN) if limit is None else limit or every
    shown = page(cluster, table, limit=rows, offset=offset)
    if kind == "json":
        write_json(shown, out)
        return
    hint = said("All: --limit 0; as a file: --out FILE.csv", "全部：--limit 0；存为文件：--out 文件.csv")
    print_rows(shown.rows, total=shown.total, title=f"{t(shown.title)} ({table})", hint=hint)


def _list(cluster: Cluster, out: str | None, *, as_json: bool) -> None:
    from jiqun.cluster import TABLES
    from jiqun.serve.cli.output import print_table, write_json

    if as_json or out is not None:
        write_json(
            [{"table": n, "rows": cluster.rows(n), "columns": list(cluster.columns(n))} for n in cluster.tables], out
        )
        return
    print_table(
        [
            (said("Table", "表"), "left"),
            (said("What", "内容"), "left"),
            (said("Rows", "行数"), "right"),
            (said("Columns", "列"), "left"),
        ],
        [
            (
                name,
                said(TABLES[name].title, TABLES[name].title_zh),
                f"{cluster.rows(name):,}",
                ", ".join(cluster.columns(name)),
            )
            for name in cluster.tables
        ],
    )


def _whole(cluster: Cluster, table: str, kind: str, out: str | None, *, bom: bool) -> None:
    from jiqun.serve.tabular import write_table

    if out is None and kind == "parquet" and sys.stdout.isatty():
        raise JiqunError(
            said(
                "Parquet is not for a terminal. Give a file: --out FILE.parquet",
                "Parquet 不能显示在终端，请用 --out 文件.parquet",
            )
        )
    target = Path(out) if out and out != "-" else None
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent if target else None, prefix=".jiqun-") as made:
        file = Path(made) / f"{table}.{kind}"
        write_table(cluster.scan(table), file, kind=kind, bom=bom)
        if target is not None:
            file.replace(target)
            return
        with file.open("rb") as whole:
            stream = sys.stdout.buffer
            while block := whole.read(1 << 20):
                stream.write(block)
