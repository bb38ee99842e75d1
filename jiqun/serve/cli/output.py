"""What a command says: tables for people that hide nothing, JSON for programs, files where asked to."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster import JiqunError
from jiqun.serve.cli.language import language, said

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console
    from rich.table import Table

    from jiqun.report.shapes import Text

__all__ = ["console", "emit", "number", "print_rows", "print_table", "t", "write_json"]

WIDEST = 10_000
"""Columns of a page that nobody looks at: where the output is a file or a pipe, no row is wrapped."""


def t(text: Text) -> str:
    """Give a text in the language of this run."""
    return text.zh if language() == "zh" else text.en


def console(*, err: bool = False) -> Console:
    """Give the terminal."""
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else WIDEST, soft_wrap=False, highlight=False)


def emit(text: str, out: str | None) -> None:
    """Write a text to the file that was asked for, whole or not at all, else to stdout."""
    if out is None or out == "-":
        click.echo(text, nl=not text.endswith("\n"))
        return
    path = Path(out)
    if path.is_dir():
        raise JiqunError(f"{out} is a folder; --out must be a file here.")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(value: BaseModel | Any, out: str | None = None) -> None:
    """Write a shape, or plain values, as JSON."""
    text = (
        value.model_dump_json(indent=1)
        if hasattr(value, "model_dump_json")
        else json.dumps(value, ensure_ascii=False, indent=1)
    )
    emit(text + "\n", out)


def print_table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], title: str = "") -> None:
    """Print a table; a cell that is too wide goes on in the next line, it is never cut.

    Parameters
    ----------
    columns
        Title and ``"left"`` or ``"right"`` of each column.
    rows
        Cells as text.
    title
        Line above it.
    """
    terminal = console()
    if terminal.is_terminal:
        terminal.print(_table(columns, rows, title))
        return
    with terminal.capture() as captured:
        terminal.print(_table(columns, rows, title))
    for line in captured.get().strip("\n").splitlines():
        click.echo(line.rstrip())


def _table(columns: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]], title: str) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text as Cell

    table = Table(
        box=box.SIMPLE_HEAD, title=title or None, title_justify="left", title_style="bold", header_style="bold",
        pad_edge=False,
    )  # fmt: skip
    for name, side in columns:
        table.add_column(name, justify="right" if side == "right" else "left", overflow="fold")
    for row in rows:
        # Text, not markup: what is in the data must not be read as a style.
        table.add_row(*(Cell(cell) for cell in row))
    return table


def print_rows(rows: Mapping[str, Sequence[Any]], *, total: int, title: str = "", hint: str = "") -> None:
    """Print columns of equal length and say how many rows are not shown."""
    numeric = {
        name: all(isinstance(v, int | float) and not isinstance(v, bool) for v in column if v is not None)
        for name, column in rows.items()
    }
    shown = len(next(iter(rows.values()), ()))
    cells = [[number(v) for v in row] for row in zip(*rows.values(), strict=True)]
    print_table([(name, "right" if numeric[name] else "left") for name in rows], cells, title)
    if shown < total:
        more = said(f"{shown:,} of {total:,} rows are shown.", f"共 {total:,} 行，显示 {shown:,} 行。")
        click.echo(f"{more} {hint}".rstrip())


def number(value: Any) -> str:
    """Write a value for people: six significant digits, a dash where there is none.

    >>> number(1234567.891), number(None), number(3), number(0.000123456789)
    ('1,234,568', '–', '3', '0.000123457')
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return said("yes", "是") if value else said("no", "否")
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e5 else f"{value:,.6g}"
    if isinstance(value, list | tuple):
        return "; ".join(str(v) for v in value)
    return str(value)
