"""``jiqun demo``: the example clusters in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from jiqun.cluster.errors import JiqunError
from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Command, Option, common
from jiqun.serve.cli.language import language, said

__all__ = ["command"]


@click.command(
    "demo",
    cls=Command,
    words=Words("Open the example clusters in the browser.", "在浏览器中打开示例集群。"),
    more=Words(
        "A retail platform and its suppliers (2017), 300 Chinese cities (2000–2024), and a generated two-space cluster "
        "with a known truth. The first start prepares them; later ones open at once.",
        "零售平台及其供应商（2017）、中国 300 个城市（2000–2024），以及带已知真值的双空间生成集群。"
        "首次启动会准备数据，之后立即打开。",
    ),
    examples=[
        ("jiqun demo", Words("Prepare, serve, open the browser", "准备数据、启动服务并打开浏览器")),
        ("jiqun demo --no-browser --port 9000", Words("On a machine without a screen", "在无屏幕的机器上")),
        ("jiqun demo --rebuild", Words("Prepare everything again", "重新准备全部数据")),
    ],
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    cls=Option,
    words=Words(
        "Folder to keep the examples in; the user's data folder where not given.",
        "示例数据文件夹；默认为用户数据目录。",
    ),
)
@click.option("--no-browser", is_flag=True, cls=Option, words=Words("Do not open the browser.", "不打开浏览器。"))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    cls=Option,
    words=Words("Port; 8321 or the next that is free where not given.", "端口；默认 8321 或其后的空闲端口。"),
)
@click.option("--rebuild", is_flag=True, cls=Option, words=Words("Prepare the examples again.", "重新准备示例。"))
@click.option(
    "--prepare-only", is_flag=True, cls=Option, words=Words("Prepare the examples and end.", "只准备示例，然后退出。")
)
@common
def command(  # noqa: D103
    *, folder: Path | None, no_browser: bool, port: int | None, rebuild: bool, prepare_only: bool, as_json: bool
) -> None:
    from jiqun.serve.demo import default_folder, is_ready

    home = (folder or default_folder()).expanduser()
    if rebuild or not is_ready(home):
        _prepare(home, as_json=as_json, rebuild=rebuild)
    if prepare_only:
        return
    from jiqun.serve.app import create_app
    from jiqun.serve.cli.serve import tell
    from jiqun.serve.run import listen, run

    opened = listen("127.0.0.1", port)
    run(create_app(home), opened, ready=lambda url: tell(url, as_json=as_json, browser=not no_browser))


def _prepare(home: Path, *, as_json: bool, rebuild: bool) -> None:
    from jiqun.ingest import examples
    from jiqun.serve.cli.progress import board
    from jiqun.serve.demo import Builder, lacking, mark_ready

    home.mkdir(parents=True, exist_ok=True)
    known = examples()
    if rebuild:
        for id_ in known:
            _forget(home / id_)
    builder = Builder(home)
    # A program is told ids, a person titles.
    names = {id_: id_ if as_json else example.title[language()] for id_, example in known.items()}
    with board(as_json=as_json) as shown:
        built = builder.build(known, lambda id_: shown.listener(names[id_]), lambda id_: shown.finish(names[id_]))
    for id_, reason in builder.failures.items():
        click.echo(f"{click.style('!', fg='yellow')} {known[id_].title[language()]}: {reason}", err=True)
    if not built:
        raise JiqunError(said("No example could be built; the reasons are above.", "没有示例构建成功，原因见上。"))
    packages = sorted({package for example in known.values() for package in example.packages})
    # An example whose package is missing is tried again once it is installed; any other failure at every start.
    if all(lacking(known[id_].packages) for id_ in builder.failures):
        mark_ready(home, built, packages)


def _forget(folder: Path) -> None:
    """Drop what was computed from an example and the parts it is made of; the example is then read anew."""
    import shutil

    if (folder / "manifest.json").is_file():
        shutil.rmtree(folder)
