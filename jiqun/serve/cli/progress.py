"""Progress on the terminal: bars where someone looks, lines where no one does, JSON lines for programs."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from jiqun.cluster import Words
from jiqun.cluster.progress import Progress
from jiqun.serve.cli.language import language

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

__all__ = ["Board", "board"]

OFTEN = 0.2


class Board:
    """Shows several pieces of work at once, each with its present step."""

    def listener(self, name: str = "") -> Progress:
        """Give the progress of a piece of work; its name goes before every step."""
        raise NotImplementedError

    def finish(self, name: str = "") -> None:
        """Say that a piece of work is done."""


class _JsonBoard(Board):
    def __init__(self) -> None:
        self._at: dict[tuple[str, Words], float] = {}

    def listener(self, name: str = "") -> Progress:
        def heard(step: Words, done: float, total: float | None) -> None:
            now = time.monotonic()
            if now - self._at.get((name, step), -1.0) < OFTEN and done != total:
                return
            self._at[name, step] = now
            line: dict[str, Any] = {"step": {"en": step.en, "zh": step.zh}, "done": done, "total": total}
            click.echo(json.dumps({"work": name, **line} if name else line, ensure_ascii=False), err=True)

        return heard


class _LineBoard(Board):
    """One line for each step, for logs."""

    def __init__(self) -> None:
        self._last: dict[str, Words] = {}

    def listener(self, name: str = "") -> Progress:
        def heard(step: Words, done: float, total: float | None) -> None:  # noqa: ARG001
            if self._last.get(name) != step:
                self._last[name] = step
                click.echo(f"{name}: {step[language()]}" if name else step[language()], err=True)

        return heard


class _BarBoard(Board):
    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, Any] = {}

    def listener(self, name: str = "") -> Progress:
        def heard(step: Words, done: float, total: float | None) -> None:
            label = f"{name}  {step[language()]}" if name else step[language()]
            if name not in self._tasks:
                self._tasks[name] = self._bars.add_task(label, total=total, completed=int(done))
            self._bars.update(self._tasks[name], completed=done, total=total, description=label)

        return heard

    def finish(self, name: str = "") -> None:
        if name in self._tasks:
            label = f"{name}  ✓" if name else "✓"
            self._bars.update(self._tasks[name], completed=1, total=1, description=label)


@contextlib.contextmanager
def board(*, as_json: bool) -> Iterator[Board]:
    """Show progress on stderr for as long as the work lasts."""
    if as_json:
        yield _JsonBoard()
    elif not sys.stderr.isatty():
        yield _LineBoard()
    else:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        from jiqun.serve.cli.output import console

        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(bar_width=28))
        with Progress(*columns, MofNCompleteColumn(), TimeElapsedColumn(), console=console(err=True)) as bars:
            yield _BarBoard(bars)
