"""Printed tables as a Word file: three rules, the title above, the notes below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jiqun.cluster import JiqunError, Language
from jiqun.report.papers.printed import Printed, clean

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table, _Cell

__all__ = ["write_document"]

THICK, THIN = 12, 6
"""Rules in eighths of a point: 1.5 pt above and below, 0.75 pt under the heads."""
WIDE = 8
"""Columns above which a table stands on a page of its own, turned."""
_LATIN, _HAN = "Times New Roman", "宋体"


def write_document(
    path: Path, title: str, opening: Sequence[str], sections: Sequence[tuple[str, Sequence[Printed]]], lang: Language
) -> None:
    """Write a Word file.

    Parameters
    ----------
    path
        File to write.
    title
        Of the document.
    opening
        Paragraphs before the tables.
    sections
        Headings, each with its tables; tables are numbered through.
    lang
        Says how tables are numbered: 表 1, Table 1.

    Raises
    ------
    JiqunError
        If python-docx is not installed.
    """
    made = _blank()
    made.add_heading(clean(title), level=1)
    for paragraph in opening:
        made.add_paragraph(clean(paragraph))
    number = 0
    turned = False
    for heading, tables in sections:
        if turned:
            turned = _turn(made, wide=False)
        made.add_heading(clean(heading), level=2)
        for table in tables:
            wide = len(table.heads) > WIDE
            if wide != turned:
                turned = _turn(made, wide=wide)
            number += 1
            _table(made, table, f"表 {number}　" if lang == "zh" else f"Table {number}. ", lang)
    made.core_properties.title = clean(title)[:250]
    made.core_properties.author = "Jiqun"
    made.save(str(path))


def _blank() -> Document:
    try:
        import docx
    except ModuleNotFoundError as error:
        raise JiqunError(
            "A Word file needs the package python-docx, which is not installed: pip install 'jiqun[report]'.",
            "导出 Word 需要 python-docx，当前未安装：pip install 'jiqun[report]'。",
        ) from error
    from docx.oxml.ns import qn
    from docx.shared import Pt

    made = docx.Document()
    for name in ("Normal", "Heading 1", "Heading 2"):
        style: Any = made.styles[name]
        style.font.name = _LATIN
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _HAN)
        if name == "Normal":
            style.font.size = Pt(10.5)
    return made


def _turn(made: Document, *, wide: bool) -> bool:
    from docx.enum.section import WD_ORIENT, WD_SECTION

    section = made.add_section(WD_SECTION.NEW_PAGE)
    lying = section.orientation == WD_ORIENT.LANDSCAPE
    if lying != wide:
        section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = section.page_height, section.page_width
    return wide


def _table(made: Document, table: Printed, number: str, lang: Language) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    caption = made.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = True
    caption.paragraph_format.space_before = Pt(10)
    run = caption.add_run(f"{number}{clean(table.title)}")
    run.bold = True
    grid = made.add_table(rows=1 + len(table.rows), cols=len(table.heads))
    grid.autofit = True
    for column, head in enumerate(table.heads):
        _put(grid.cell(0, column), clean(head), left=column == 0, bold=True)
    cells = [row.cells for row in grid.rows]
    for r in range(len(table.rows)):
        for c in range(len(table.heads)):
            text = table.text(r, c) if c < len(table.rows[r]) else ""
            _put(cells[r + 1][c], text, left=c == 0 or _worded(table, c))
    _rules(grid, table)
    for k, note in enumerate(table.notes):
        _note(made, note, lang, first=k == 0)


def _worded(table: Printed, column: int) -> bool:
    """Whether a column holds long text, which is set to the left."""
    return any(len(str(row[column])) > 14 for row in table.rows if column < len(row) and isinstance(row[column], str))


def _put(cell: _Cell, text: str, *, left: bool, bold: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(text)
    run.font.size = Pt(9)
    run.bold = bold


def _note(made: Document, note: str, lang: Language, *, first: bool) -> None:
    from docx.shared import Pt

    paragraph = made.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(0)
    opening = ("注：" if lang == "zh" else "Notes: ") if first else ""
    run = paragraph.add_run(f"{opening}{clean(note)}")
    run.font.size = Pt(8)


def _rules(grid: Table, table: Printed) -> None:
    """Draw the rules: above and below the table, under the heads, between blocks; nothing else."""
    last = len(table.rows)
    for r, row in enumerate(grid.rows):
        top = THICK if r == 0 else None
        bottom = THICK if r == last else THIN if r == 0 or r - 1 in table.rules else None
        for cell in row.cells:
            _border(cell, top, bottom)


def _border(cell: _Cell, top: int | None, bottom: int | None) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    if top is None and bottom is None:
        return
    borders = OxmlElement("w:tcBorders")
    for side, size in (("top", top), ("bottom", bottom)):
        if size is not None:
            edge = OxmlElement(f"w:{side}")
            for name, value in (("val", "single"), ("sz", str(size)), ("space", "0"), ("color", "000000")):
                edge.set(qn(f"w:{name}"), value)
            borders.append(edge)
    cell._tc.get_or_add_tcPr().append(borders)
