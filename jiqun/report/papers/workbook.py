"""Printed tables and whole tables as a workbook: a sheet for each, a method sheet before them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from jiqun.cluster import JiqunError
from jiqun.report.papers.printed import Printed, clean

__all__ = ["write_workbook"]

ROWS = 1_000_000
"""Rows of a sheet; Excel holds 1,048,576."""
WIDEST = 48


def write_workbook(path: Path, sheets: Sequence[tuple[str, Sequence[Printed]]], *, title: str = "") -> None:
    """Write a workbook.

    Numbers are numbers, shown with the decimals of the printed table; text is never a formula.

    Parameters
    ----------
    path
        File to write.
    sheets
        Names of sheets, each with the tables on it, one below the other.
    title
        Of the file.

    Raises
    ------
    JiqunError
        If xlsxwriter is not installed.
    """
    try:
        xlsxwriter = import_module("xlsxwriter")
    except ModuleNotFoundError as error:
        raise JiqunError(
            "A workbook needs the package xlsxwriter, which is not installed: pip install 'jiqun[report]'.",
            "导出工作簿需要 xlsxwriter，当前未安装：pip install 'jiqun[report]'。",
        ) from error
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": clean(title)[:250], "author": "Jiqun"})
        styles = _Styles(book)
        taken: set[str] = set()
        for name, tables in sheets:
            sheet = book.add_worksheet(_free(name, taken))
            sheet.hide_gridlines(2)
            _sheet(sheet, tables, styles)


class _Styles:
    """Formats of cells, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[Any, ...], Any] = {}

    def of(self, *, digits: int | None = None, rule: str = "", **more: Any) -> Any:
        """Give the format of a cell; ``rule`` is ``top``, ``head``, ``bottom``, ``thin`` or nothing."""
        key = (digits, rule, *sorted(more.items()))
        if key not in self.made:
            lines = {"head": {"top": 2, "bottom": 1}, "bottom": {"bottom": 2}, "thin": {"bottom": 1}}.get(rule, {})
            number = {} if digits is None else {"num_format": "0" if digits == 0 else f"0.{'0' * digits}"}
            self.made[key] = self.book.add_format({**lines, **number, **more})
        return self.made[key]


def _free(name: str, taken: set[str]) -> str:
    """Give a name that a sheet can have: 31 characters, none of those Excel forbids, not taken."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", clean(name)).strip("' ")[:31] or "Sheet"
    made, n = plain, 2
    while made.lower() in taken:
        made = f"{plain[: 31 - len(str(n)) - 1]} {n}"
        n += 1
    taken.add(made.lower())
    return made


def _sheet(sheet: Any, tables: Sequence[Printed], styles: _Styles) -> None:
    widths: dict[int, int] = {}
    at = 0
    for table in tables:
        at = _table(sheet, table, at, styles, widths) + 2
    for column, width in widths.items():
        sheet.set_column(column, column, min(WIDEST, width + 2))
    if len(tables) == 1:
        sheet.freeze_panes(2, 1)


def _table(sheet: Any, table: Printed, at: int, styles: _Styles, widths: dict[int, int]) -> int:
    sheet.write_string(at, 0, clean(table.title), styles.of(bold=True, font_size=12))
    for column, head in enumerate(table.heads):
        sheet.write_string(at + 1, column, clean(head), styles.of(rule="head", bold=True))
        widths[column] = max(widths.get(column, 0), _wide(head))
    rows = table.rows[:ROWS]
    digits = [*table.digits, *([3] * len(table.heads))][: len(table.heads)]
    for r, row in enumerate(rows):
        rule = "bottom" if r == len(rows) - 1 else "thin" if r in table.rules else ""
        # formats are looked up once a row of a rule, not once a cell
        text, whole = styles.of(rule=rule), styles.of(digits=0, rule=rule)
        numbers = {d: styles.of(digits=d, rule=rule) for d in set(digits)}
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at + 2 + r, column, clean(cell)[:32_767], text)
                if r < 200:
                    widths[column] = max(widths.get(column, 0), _wide(cell))
            elif cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
                if rule:
                    sheet.write_blank(at + 2 + r, column, None, text)
            elif isinstance(cell, float):
                sheet.write_number(at + 2 + r, column, cell, numbers[digits[column]])
            else:
                sheet.write_number(at + 2 + r, column, int(cell), whole)
    end = at + 2 + len(rows)
    notes = [*table.notes]
    if len(table.rows) > ROWS:
        notes.append(f"{len(table.rows) - ROWS} rows do not fit into a sheet and are not here.")
    for k, note in enumerate(notes):
        sheet.write_string(end + k, 0, clean(note), styles.of(font_size=9, font_color="#555555"))
    return end + len(notes)


def _wide(text: str) -> int:
    """Give the width of a text in characters of the Latin script."""
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)
