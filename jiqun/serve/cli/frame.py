"""The frame of every command: help in both languages with examples, shared options, errors as one sentence."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NoReturn, TypeVar

import click

from jiqun.cluster.errors import JiqunError
from jiqun.cluster.facts import Words
from jiqun.serve.cli.language import choose, language, said, speak

__all__ = ["INTERNAL", "INTERRUPTED", "Argument", "Command", "Group", "Option", "common", "folder_argument"]

INTERRUPTED = 130
INTERNAL = 70
F = TypeVar("F", bound=Callable[..., Any])

EXITS = Words(
    "Exit codes: 0 done, 1 findings of severity error with check --strict, 2 something you can mend, "
    "70 a fault in Jiqun, 130 interrupted.",
    "退出码：0 完成；1 check --strict 发现错误；2 可由用户解决的问题；70 Jiqun 内部错误；130 被中断。",
)


class Option(click.Option):
    """An option whose help is in both languages."""

    def __init__(self, *arguments: Any, words: Words, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Give the line of the help."""
        self.help = self.words[language()]
        return super().get_help_record(ctx)


class Argument(click.Argument):
    """An argument that is explained, in both languages."""

    def __init__(self, *arguments: Any, words: Words, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str]:
        """Give the line of the help."""
        return self.make_metavar(ctx), self.words[language()]


class Command(click.Command):
    """A command: what it does in a sentence, more, and examples that run as they stand."""

    def __init__(
        self,
        *arguments: Any,
        words: Words,
        more: Words | None = None,
        examples: Sequence[tuple[str, Words]] = (),
        **settings: Any,
    ) -> None:
        super().__init__(*arguments, **settings)
        self.words, self.more, self.examples = words, more, examples

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002
        """Give the line of the list of commands; it is written to fit and never cut."""
        return self.words[language()]

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how it is called."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), said("Usage: ", "用法："))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what it does."""
        for words in (self.words, self.more):
            if words is not None:
                formatter.write_paragraph()
                with formatter.indentation():
                    formatter.write_text(words[language()])

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write arguments, options and, for a group, commands."""
        records: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is not None:
                records[isinstance(parameter, click.Argument)].append(record)
        for is_argument, title in ((True, said("Arguments", "参数")), (False, said("Options", "选项"))):
            if records[is_argument]:
                with formatter.section(title):
                    formatter.write_dl(records[is_argument])
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the examples and the exit codes."""
        if self.examples:
            with formatter.section(said("Examples", "示例")):
                formatter.write_dl([(f"$ {line}", words[language()]) for line, words in self.examples], col_max=60)
        formatter.write_paragraph()
        formatter.write_text(EXITS[language()])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Explain ``--help`` in the language of this run."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = said("Show this and exit.", "显示帮助并退出。")
        return option


class Group(Command, click.Group):
    """The whole command line; a command's module is imported when it is called."""

    def __init__(self, *arguments: Any, modules: Sequence[str] = (), **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.modules = tuple(modules)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Give the names of the commands in the order in which they are used."""
        return [*self.modules, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Give a command by name."""
        if cmd_name in self.modules:
            command: click.Command = import_module(f"jiqun.serve.cli.{cmd_name}").command
            return command
        return super().get_command(ctx, cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None:
                rows.append((name, command.get_short_help_str()))
        with formatter.section(said("Commands", "命令")):
            formatter.write_dl(rows)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = "jiqun",
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and tell a failure in one sentence."""
        given = list(sys.argv[1:] if args is None else args)
        speak(choose(given))
        try:
            code = super().main(given, prog_name, complete_var, standalone_mode=False, **extra)
        except BaseException as error:
            code = _explain(error, as_json="--json" in given)
        if standalone_mode:
            sys.exit(code if isinstance(code, int) else 0)
        return code


def common(function: F) -> F:
    """Add the options that every command has."""
    options = (
        click.option(
            "--json",
            "as_json",
            is_flag=True,
            cls=Option,
            words=Words(
                "Machine-readable: JSON on stdout, progress and errors as JSON lines on stderr.",
                "输出机器可读的 JSON；进度与错误以 JSON 行写到标准错误。",
            ),
        ),
        click.option(
            "--lang",
            type=click.Choice(["zh", "en"]),
            expose_value=False,
            cls=Option,
            words=Words("Language; from the locale where not given.", "语言；默认随系统区域设置。"),
        ),
    )
    for option in options:
        function = option(function)
    return function


def folder_argument(function: F) -> F:
    """Add the argument that names a cluster folder."""
    return click.argument(
        "folder",
        metavar="DIR",
        type=click.Path(),
        cls=Argument,
        words=Words("Folder of a cluster, as written by jiqun ingest.", "集群文件夹，由 jiqun ingest 生成。"),
    )(function)


def _explain(error: BaseException, *, as_json: bool) -> int:
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0 if error.code is None else 2
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort | EOFError):
        _complain(said("Interrupted. Nothing was left half-written.", "已中断，没有留下未写完的内容。"), as_json, "!")
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        # The reader of our output has had enough; that is no failure. Python would complain again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if os.environ.get("JIQUN_DEBUG"):
        _reraise(error)
    if isinstance(error, click.UsageError):
        hint = f" {said('Help', '帮助')}: {error.ctx.command_path} --help" if error.ctx else ""
        _complain(_usage(error) + hint, as_json)
        return 2
    if isinstance(error, click.ClickException):
        _complain(error.format_message(), as_json)
        return 2
    if isinstance(error, JiqunError):
        words = getattr(error, "words", None)
        _complain(words[language()] if words else str(error), as_json)
        return error.exit_code
    if isinstance(error, OSError):
        _complain(f"{error.strerror or error}: {error.filename}" if error.filename else str(error), as_json)
        return 2
    _complain(
        said(
            f"Jiqun itself failed: {type(error).__name__}: {error}. "
            "Run again with JIQUN_DEBUG=1 and report what it shows.",
            f"Jiqun 内部错误：{type(error).__name__}: {error}。请设置 JIQUN_DEBUG=1 重新运行，并反馈显示的内容。",
        ),
        as_json,
    )
    return INTERNAL


def _reraise(error: BaseException) -> NoReturn:
    raise error


def _complain(message: str, as_json: bool, mark: str = "✗") -> None:
    if as_json:
        click.echo(json.dumps({"error": {"message": message}}, ensure_ascii=False), err=True)
    else:
        click.echo(f"{click.style(mark, fg='red')} {message}", err=True)


def _usage(error: click.UsageError) -> str:
    """Say what is wrong with a command line; Click says it in English only."""
    if language() == "en":
        return error.format_message()
    if isinstance(error, click.MissingParameter):
        name = error.param.make_metavar(error.ctx) if error.param and error.ctx else error.param_hint
        return f"缺少参数 {name}。"
    if isinstance(error, click.NoSuchOption):
        close = f"您是否想用 {'、'.join(error.possibilities)}?" if error.possibilities else ""
        return f"没有选项 {error.option_name}。{close}"
    if isinstance(error, click.BadParameter):
        name = error.param.opts[0] if error.param else error.param_hint
        return f"{name} 的取值无效：{error.message}"
    return error.format_message()
