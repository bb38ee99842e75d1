"""``jiqun serve``: clusters in the browser and over HTTP."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Argument, Command, Option, common
from jiqun.serve.cli.language import said

__all__ = ["command"]


@click.command(
    "serve",
    cls=Command,
    words=Words("Show clusters in the browser and answer over HTTP.", "在浏览器中展示集群并提供 HTTP 接口。"),
    more=Words(
        "The server listens on this machine only. There is no sign-in: with another --host, everyone who can reach it "
        "can read everything and, unless --read-only, upload.",
        "服务默认只监听本机。没有登录：若使用其他 --host，凡能访问者都可读取全部内容；未加 --read-only 时还可上传。",
    ),
    examples=[
        ("jiqun serve my-cluster", Words("One cluster", "单个集群")),
        ("jiqun serve clusters/ --port 9000", Words("A folder of clusters, with uploads", "集群文件夹，可上传")),
        (
            "jiqun serve clusters/ --root-path /jiqun --allow-host data.example.org",
            Words("Behind a proxy", "在反向代理之后"),
        ),
    ],
)
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    metavar="DIR…",
    type=click.Path(path_type=Path),
    cls=Argument,
    words=Words("Clusters, or folders of clusters.", "集群文件夹，或包含集群的文件夹。"),
)
@click.option(
    "--host", default="127.0.0.1", show_default=True, cls=Option, words=Words("Address to listen on.", "监听地址。")
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    cls=Option,
    words=Words("Port; 8321 or the next that is free where not given.", "端口；默认 8321 或其后的空闲端口。"),
)
@click.option(
    "--root-path",
    default="",
    metavar="PREFIX",
    cls=Option,
    words=Words("Prefix under which a proxy shows it.", "反向代理使用的路径前缀。"),
)
@click.option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    cls=Option,
    words=Words("Host name to answer to, besides localhost and addresses.", "除 localhost 与 IP 外允许的主机名。"),
)
@click.option(
    "--read-only",
    is_flag=True,
    cls=Option,
    words=Words("No uploads, nothing can be changed.", "只读：不能上传或更改。"),
)
@click.option("--browser", is_flag=True, cls=Option, words=Words("Open the browser.", "打开浏览器。"))
@common
def command(  # noqa: D103
    folders: tuple[Path, ...],
    *,
    host: str,
    port: int | None,
    root_path: str,
    hosts: tuple[str, ...],
    read_only: bool,
    browser: bool,
    as_json: bool,
) -> None:
    from jiqun.serve.app import create_app
    from jiqun.serve.run import listen, run, workspaces

    home, rest = workspaces(list(folders))
    prefix = "/" + root_path.strip("/") if root_path.strip("/") else ""
    names = {*hosts, *([host] if host not in {"0.0.0.0", "::"} else [])}  # noqa: S104
    app = create_app(home, clusters_too=rest, uploads=not read_only, allowed_hosts=names, root_path=prefix)
    run(app, listen(host, port), ready=lambda url: tell(url, as_json=as_json, browser=browser), root_path=prefix)


def tell(url: str, *, as_json: bool, browser: bool) -> None:
    """Say where the page is, and open it where asked to."""
    if as_json:
        click.echo(json.dumps({"url": url}))
    else:
        mark, where = click.style("●", fg="cyan"), click.style(url, bold=True, underline=True)
        click.echo(f"{mark} Jiqun 集群  {where}   {said('Ctrl-C ends it', 'Ctrl-C 结束')}")
    sys.stdout.flush()
    if browser:
        import webbrowser

        webbrowser.open(url)
