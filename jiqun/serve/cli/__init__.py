"""The command line. ``jiqun --help`` says what there is; every command speaks English and Chinese."""

from __future__ import annotations

import click

from jiqun.cluster.facts import Words
from jiqun.cluster.version import __version__
from jiqun.serve.cli.frame import Group, Option

__all__ = ["main"]

COMMANDS = (
    "demo",
    "ingest",
    "recipe",
    "check",
    "profile",
    "measure",
    "compare",
    "evaluate",
    "identify",
    "quadrants",
    "gravity",
    "network",
    "platform",
    "driver",
    "match",
    "diagnose",
    "tables",
    "serve",
    "openapi",
    "completion",
)


@click.group(
    "jiqun",
    cls=Group,
    modules=COMMANDS,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    words=Words(
        "Jiqun 集群: the open industry brain for digital industrial clusters.",
        "Jiqun 集群：面向数字产业集群的开放产业大脑。",
    ),
    examples=[
        ("jiqun demo", Words("Open the example clusters in the browser", "在浏览器中打开示例集群")),
        (
            "jiqun recipe firms.csv --out recipe.toml",
            Words("Draft a recipe for your own files", "为自己的文件起草配方"),
        ),
        ("jiqun ingest recipe.toml --out my-cluster", Words("Make a cluster of them", "据此生成集群")),
        ("jiqun serve my-cluster", Words("Look at it", "查看集群")),
    ],
)
@click.version_option(
    __version__,
    "--version",
    cls=Option,
    message="jiqun %(version)s",
    words=Words("Show the version and exit.", "显示版本并退出。"),
)
@click.option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    expose_value=False,
    cls=Option,
    words=Words("Language; from the locale where not given.", "语言；默认随系统区域设置。"),
)
def main() -> None:
    """Run the command line."""
