"""``jiqun completion``: completion for the shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from jiqun.cluster.facts import Words
from jiqun.serve.cli.frame import Argument, Command, Option, common

__all__ = ["command"]


@click.command(
    "completion",
    cls=Command,
    words=Words("Print the completion script of a shell.", "输出 shell 自动补全脚本。"),
    examples=[
        ('eval "$(jiqun completion bash)"', Words("In ~/.bashrc", "写入 ~/.bashrc")),
        ('eval "$(jiqun completion zsh)"', Words("In ~/.zshrc", "写入 ~/.zshrc")),
        ("jiqun completion fish | source", Words("In config.fish", "写入 config.fish")),
    ],
)
@click.argument(
    "shell", type=click.Choice(["bash", "zsh", "fish"]), cls=Argument, words=Words("Your shell.", "所用的 shell。")
)
@click.option(
    "--out",
    type=click.Path(),
    cls=Option,
    words=Words("File to write; stdout where not given.", "写入的文件；默认标准输出。"),
)
@common
def command(shell: str, *, out: str | None, as_json: bool) -> None:  # noqa: D103
    from jiqun.serve.cli import main
    from jiqun.serve.cli.output import emit, write_json

    found = get_completion_class(shell)
    assert found is not None
    source = found(main, {}, "jiqun", "_JIQUN_COMPLETE").source()
    if as_json:
        write_json({"shell": shell, "script": source}, out)
    else:
        emit(source, out)
