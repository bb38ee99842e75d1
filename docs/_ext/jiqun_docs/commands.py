"""The command line, from the help of its commands in both languages."""

from __future__ import annotations

import sys

import click
from click.testing import CliRunner

from jiqun.serve.cli import main
from jiqun_docs.pages import Pages

__all__ = ["write"]

COLUMNS = "100"


def write(pages: Pages) -> None:
    """Write the page in each language."""
    with click.Context(main) as context:
        names = main.list_commands(context)
    head = {
        "en": ("commands", "# Command line", "Every command speaks English and Chinese: `--lang`, or the locale."),
        "zh": ("commands-zh", "# 命令行", "每条命令都有中英文两种语言:`--lang` 指定,默认随系统区域设置。"),
    }
    for language, (page, title, sentence) in head.items():
        lines = [title, "", sentence, "", *_help(language)]
        for name in names:
            lines += [f"## {name}", "", *_help(language, name)]
        pages.write(page, lines)


def _help(language: str, *command: str) -> list[str]:
    # The language is chosen from the arguments of the process, before anything is parsed.
    arguments = ["--lang", language, *command, "--help"]
    given, sys.argv = sys.argv, ["jiqun", *arguments]
    try:
        done = CliRunner(env={"COLUMNS": COLUMNS}).invoke(main, arguments, prog_name="jiqun")
    finally:
        sys.argv = given
    if done.exit_code:
        raise RuntimeError(f"jiqun {' '.join(arguments)} failed: {done.output}")
    return ["```text", *done.output.rstrip().splitlines(), "```", ""]
