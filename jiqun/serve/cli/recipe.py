"""``jiqun recipe``: a recipe drafted by looking at the files."""

from __future__ import annotations

from pathlib import Path

import click

from jiqun.cluster.errors import JiqunError
from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Argument, Command, Option, common
from jiqun.serve.cli.language import said

__all__ = ["command"]


@click.command(
    "recipe",
    cls=Command,
    words=Words("Draft a recipe by looking at your files.", "查看文件并起草配方。"),
    more=Words(
        "The draft says in comments what was recognised and what was not. Look at it before you use it.",
        "草稿以注释说明哪些列已识别、哪些没有。请检查后再使用。",
    ),
    examples=[("jiqun recipe firms.csv orders.xlsx --out recipe.toml", Words("Look at two files", "查看两个文件"))],
)
@click.argument(
    "files",
    nargs=-1,
    required=True,
    metavar="FILES…",
    type=click.Path(),
    cls=Argument,
    words=Words("CSV, TSV, Parquet, XLSX, GeoJSON or GeoPackage.", "CSV、TSV、Parquet、XLSX、GeoJSON 或 GeoPackage。"),
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write the recipe to; stdout where not given.", "写入的配方文件；默认输出到标准输出。"),
)
@click.option("--force", is_flag=True, cls=Option, words=Words("Replace a recipe that is there.", "覆盖已有配方。"))
@common
def command(files: tuple[str, ...], *, out: str | None, force: bool, as_json: bool) -> None:  # noqa: D103
    from jiqun.ingest import draft
    from jiqun.serve.cli.output import emit, write_json

    if out is not None and out != "-" and Path(out).exists() and not force:
        # A recipe is edited by hand: the work of a person is not overwritten unasked.
        raise JiqunError(
            said(f"{out} exists. Choose another --out, or --force.", f"{out} 已存在。请另选 --out 或使用 --force。")
        )
    # The paths of a recipe start from the folder it is saved in.
    home = Path(out).parent if out is not None and out != "-" else Path.cwd()
    text = draft([Path(file) for file in files], folder=home)
    if as_json and out is None:
        write_json({"recipe": text})
        return
    emit(text, out)
    if out is None or out == "-":
        return
    if as_json:
        write_json({"recipe": text, "path": out})
    else:
        click.echo(
            said(
                f"{out} written. Look at it, then: jiqun ingest {out}", f"已写入 {out}。检查后运行：jiqun ingest {out}"
            ),
            err=True,
        )
