"""``jiqun ingest``: files in, a cluster out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster.errors import JiqunError
from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Argument, Command, Option, common
from jiqun.serve.cli.language import said

if TYPE_CHECKING:
    from jiqun.ingest import Recipe

__all__ = ["command"]

_SIZE = re.compile(r"\d+(\.\d+)?\s*([KMGT]i?B|B)", re.IGNORECASE)


@click.command(
    "ingest",
    cls=Command,
    words=Words("Read files by a recipe into a cluster, or refresh one.", "按配方把文件导入为集群，或刷新已有集群。"),
    more=Words(
        "What has not changed is not read again. Ended at any moment, the old cluster is whole.",
        "未变化的部分不会重读；任何时刻中断，旧集群都保持完整。",
    ),
    examples=[
        ("jiqun ingest recipe.toml --out my-cluster", Words("Your own recipe", "自己的配方")),
        (
            "jiqun ingest olist --files ~/Downloads/olist --out olist",
            Words("A recipe that comes with Jiqun", "使用自带配方"),
        ),
    ],
)
@click.argument(
    "recipe",
    cls=Argument,
    words=Words(
        "A recipe (TOML), or the name of one that comes with Jiqun: jiqun ingest --list",
        "配方文件 (TOML)，或自带配方的名称（jiqun ingest --list 查看）。",
    ),
    required=False,
)
@click.option(
    "--files",
    type=click.Path(),
    cls=Option,
    words=Words(
        "Folder of the files that the recipe names; the recipe's own where not given.",
        "配方所列文件所在的文件夹；默认是配方所在的文件夹。",
    ),
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("Folder of the cluster; the id of the recipe where not given.", "集群文件夹；默认取配方中的 id。"),
)
@click.option(
    "--memory",
    metavar="SIZE",
    cls=Option,
    words=Words("Most memory to use, such as 4GB; more goes to disk.", "内存上限，如 4GB；超出部分使用磁盘。"),
)
@click.option(
    "--list",
    "listing",
    is_flag=True,
    cls=Option,
    words=Words("List the recipes that come with Jiqun.", "列出自带的配方。"),
)
@common
def command(  # noqa: D103
    recipe: str | None, *, files: str | None, out: str | None, memory: str | None, listing: bool, as_json: bool
) -> None:
    if listing:
        _list(as_json=as_json)
        return
    if recipe is None:
        raise click.UsageError(
            said(
                "Which recipe? Give a file, or a name: jiqun ingest --list", "请给出配方文件或名称：jiqun ingest --list"
            )
        )
    if memory is not None and not _SIZE.fullmatch(memory.strip()):
        raise click.BadParameter(
            said(f"{memory!r} is not a size. Write it like 4GB.", f"{memory!r} 不是容量，请写成 4GB。")
        )
    from jiqun.ingest import ingest
    from jiqun.serve.cli.progress import board

    read = _recipe(recipe, files)
    target = Path(out) if out else Path(read.about.id)
    with board(as_json=as_json) as shown:
        made = ingest(read, target, progress=shown.listener(), memory_limit=memory)
    _tell(made, as_json=as_json)


def _recipe(name: str, files: str | None) -> Recipe:
    from jiqun.ingest import load_recipe, parse_recipe, shipped_recipes

    path = Path(name)
    if not path.exists():
        shipped = shipped_recipes()
        if name not in shipped:
            raise JiqunError(
                said(
                    f"There is no file {name!r}, and no recipe of that name comes with Jiqun. "
                    f"Those that do: {', '.join(sorted(shipped))}.",
                    f"没有文件 {name!r}，也没有同名的自带配方。自带配方：{'、'.join(sorted(shipped))}。",
                )
            )
        return parse_recipe(Path(str(shipped[name])).read_text(encoding="utf-8"), folder=files or Path.cwd(), name=name)
    if files is None:
        return load_recipe(path)
    return parse_recipe(path.read_text(encoding="utf-8-sig"), folder=files, name=path.name)


def _tell(made: Any, *, as_json: bool) -> None:
    from jiqun.serve.cli.output import print_table, write_json

    rows = {name: made.manifest.rows(name) for name in made.manifest.tables}
    if as_json:
        write_json(
            {
                "path": str(made.path),
                "cluster": made.manifest.about.id,
                "data_hash": made.manifest.data_hash,
                "rows": rows,
                "parts_made": _count(made.made),
                "parts_reused": _count(made.reused),
            }
        )
        return
    from jiqun.cluster import TABLES

    title = made.manifest.about.title[_lang()]
    cells = [(said(TABLES[name].title, TABLES[name].title_zh), name, f"{count:,}") for name, count in rows.items()]
    print_table(
        [(said("What", "内容"), "left"), (said("Table", "表"), "left"), (said("Rows", "行数"), "right")], cells, title
    )
    click.echo(
        said(
            f"{made.path}: {_count(made.made)} parts read, {_count(made.reused)} unchanged.",
            f"{made.path}：读入 {_count(made.made)} 个部分，{_count(made.reused)} 个未变。",
        )
    )
    click.echo(
        said(
            f"Next: jiqun check {made.path} · jiqun serve {made.path}",
            f"下一步：jiqun check {made.path} · jiqun serve {made.path}",
        )
    )


def _count(parts: Any) -> int:
    return parts if isinstance(parts, int) else len(parts)


def _lang() -> Any:
    from jiqun.serve.cli.language import language

    return language()


def _list(*, as_json: bool) -> None:
    from jiqun.ingest import load_recipe, shipped_recipes
    from jiqun.serve.cli.output import print_table, write_json

    about = {name: load_recipe(str(path)).about for name, path in shipped_recipes().items()}
    if as_json:
        write_json([{"name": n, "title": {"en": a.title.en, "zh": a.title.zh}} for n, a in about.items()])
        return
    print_table(
        [(said("Recipe", "配方"), "left"), (said("Reads", "读取"), "left")],
        [(name, a.title[_lang()]) for name, a in about.items()],
    )
