"""An evaluation as files: a workbook, a Word file, or a folder with both, every table as CSV, and all of it as JSON."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from jiqun.cluster import JiqunError, Language, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.report.evaluations import EvaluationReport, EvaluationTable
from jiqun.report.papers.document import write_document
from jiqun.report.papers.evaluation import basis_of, printed_tables
from jiqun.report.papers.method import findings_table, method_tables
from jiqun.report.papers.printed import Cell, Printed
from jiqun.report.papers.workbook import write_workbook

__all__ = ["KINDS", "write_evaluation", "write_folder"]

BOM = "\ufeff"
LONG = 20_000
"""Rows above which the workbook has the periods side by side."""


def write_evaluation(made: EvaluationReport, path: Path, *, kind: str, lang: Language = "zh") -> None:
    """Write an evaluation as one file.

    Parameters
    ----------
    made
        With all rows of all tables.
    path
        File to write.
    kind
        ``"xlsx"``: a method sheet, the findings, a sheet for each printed table, a sheet for each whole table.
        ``"docx"``: the printed tables, then method and findings.
    lang
        Language of the file.

    Raises
    ------
    JiqunError
        If the package that writes the file is not installed, or there is no such kind.
    """
    if kind not in KINDS:
        raise JiqunError(
            f"An evaluation is written as {' or '.join(KINDS)}, not as {kind[:20]!r}.",
            f"评价结果可导出为 {'、'.join(KINDS)}，不支持 {kind[:20]!r}。",
        )
    KINDS[kind](made, path, lang)


def write_folder(
    made: EvaluationReport, folder: Path, *, lang: Language = "zh", progress: Progress = silent
) -> list[Path]:
    """Write an evaluation as a folder: ``evaluation.xlsx``, ``.docx``, ``.json``, and each table as CSV.

    Parameters
    ----------
    made
        With all rows of all tables.
    folder
        Made where it is not there; files of the same names are replaced.
    lang
        Language of the workbook and the Word file.
    progress
        Told before each file.

    Returns
    -------
    list of Path
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    steps: list[tuple[Path, Callable[[Path], None]]] = [
        (folder / "evaluation.json", lambda p: _json(made, p)),
        (folder / "evaluation.docx", lambda p: _docx(made, p, lang)),
        (folder / "evaluation.xlsx", lambda p: _xlsx(made, p, lang)),
    ]
    tables = folder / "tables"
    tables.mkdir(exist_ok=True)
    steps += [(tables / f"{t.name}.csv", lambda p, t=t: _csv(t, p)) for t in made.tables.values()]  # type: ignore[misc]
    for n, (path, write) in enumerate(steps):
        progress(Words("Writing files", "写出文件"), n, len(steps))
        temporary = path.with_name(f".{path.name}")
        try:
            write(temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    progress(Words("Writing files", "写出文件"), len(steps), len(steps))
    return [path for path, _ in steps]


def _xlsx(made: EvaluationReport, path: Path, lang: Language) -> None:
    printed = printed_tables(made, lang)
    findings, basis = findings_table(made, lang), basis_of(made, lang)
    sheets: list[tuple[str, Sequence[Printed]]] = [
        ("方法" if lang == "zh" else "Method", method_tables(made, lang)),
        (findings.title, [findings]),
        *((table.title, [table]) for table in printed),
    ]
    data = "数据 " if lang == "zh" else "Data "
    for name, table in made.tables.items():
        title = f"{table.title.zh if lang == 'zh' else table.title.en} ({name})"
        whole = (_wide(table, title, lang) if table.total > LONG else None) or _whole(table, title, lang)
        sheets.append((f"{data}{name}", [replace(whole, notes=(*whole.notes, basis))]))
    write_workbook(path, sheets, title=_title(made, lang))


def _docx(made: EvaluationReport, path: Path, lang: Language) -> None:
    said = [s.zh if lang == "zh" else s.en for s in made.sentences]
    sections: list[tuple[str, Sequence[Printed]]] = [
        ("结果" if lang == "zh" else "Results", printed_tables(made, lang)),
        ("方法" if lang == "zh" else "Method", method_tables(made, lang)),
        ("数据说明" if lang == "zh" else "Findings", [findings_table(made, lang)]),
    ]
    write_document(path, _title(made, lang), said, sections, lang)


KINDS: Mapping[str, Callable[[EvaluationReport, Path, Language], None]] = MappingProxyType(
    {"xlsx": _xlsx, "docx": _docx}
)
"""Files that an evaluation can be written as."""


def _title(made: EvaluationReport, lang: Language) -> str:
    return (
        f"{made.cluster.zh}：{made.system.title.zh}" if lang == "zh" else f"{made.cluster.en}: {made.system.title.en}"
    )


def _whole(table: EvaluationTable, title: str, lang: Language) -> Printed:
    """Give a table as it is in the data, with the full precision of its numbers."""
    heads = tuple(c.title.zh if lang == "zh" else c.title.en for c in table.columns)
    rows: tuple[tuple[Cell, ...], ...] = tuple(zip(*table.rows.values(), strict=True))
    digits = tuple(0 if c.type == "integer" or c.name == "rank" else 6 for c in table.columns)
    return Printed(table.name, title, heads, rows, digits)


def _wide(table: EvaluationTable, title: str, lang: Language) -> Printed | None:
    """Put the periods of a long table side by side, one row for each place; None where it is not of places."""
    if not {"place_id", "period"} <= set(table.rows):
        return None
    first = next((c for c in ("node", "indicator") if c in table.rows), None)
    value = next(c for c in table.rows if c not in ("node", "indicator", "place_id", "period"))
    periods = sorted(set(table.rows["period"]))
    at = {p: k for k, p in enumerate(periods)}
    keys = table.rows[first] if first else [""] * table.total
    cells: dict[tuple[str, str], list[Cell]] = {}
    for key, place, period, cell in zip(
        keys, table.rows["place_id"], table.rows["period"], table.rows[value], strict=True
    ):
        cells.setdefault((str(key), str(place)), [None] * len(periods))[at[period]] = cell
    named = {c.name: c.title.zh if lang == "zh" else c.title.en for c in table.columns}
    note = (
        f"表中为{named[value]}；其余列见 CSV 与 JSON 文件。"
        if lang == "zh"
        else f"{named[value]}; the other columns are in the CSV and JSON files."
    )
    heads = (named[first] if first else "", named["place_id"], *periods)
    rows = tuple((key, place, *values) for (key, place), values in cells.items())
    return Printed(table.name, title, heads, rows, (0, 0, *([6] * len(periods))), (note,))


def _csv(table: EvaluationTable, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(BOM)
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.rows)
        for row in zip(*table.rows.values(), strict=True):
            writer.writerow([_safe(cell) for cell in row])


def _safe(cell: Cell) -> Cell:
    """Quote a text that a spreadsheet would run as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else cell


def _json(made: EvaluationReport, path: Path) -> None:
    path.write_text(made.model_dump_json() + "\n", encoding="utf-8")
