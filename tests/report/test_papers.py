"""Files of an evaluation, read back: three rules, numbers that are numbers, text that is never a formula."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import About, Cluster, JiqunError, Words
from jiqun.report.evaluating import evaluation
from jiqun.report.evaluating_methods import METHODS
from jiqun.report.evaluating_tables import COLUMNS, TABLES
from jiqun.report.evaluations import EvaluationReport
from jiqun.report.papers import number_text, stars, write_evaluation, write_folder
from jiqun.report.papers.evaluation import printed_tables

SYSTEM = """
[system]
id = "own"
title = { en = "Own system", zh = "自有体系" }
couple = ["one", "two"]
[nodes.one]
title = { en = "One", zh = "甲" }
[nodes.two]
title = { en = "Two", zh = "乙" }
[indicators.a]
title = { en = "=A()", zh = "=A()" }
node = "one"
sign = "+"
[indicators.b]
title = { en = "B", zh = "乙项" }
node = "two"
sign = "-"
"""
EVIL = '=HYPERLINK("http://evil.example")'


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> EvaluationReport:
    """Sixteen places over ten years, one of them called like a formula."""
    file = tmp_path_factory.mktemp("system") / "own.toml"
    file.write_text(SYSTEM, encoding="utf-8")
    rng = np.random.default_rng(2)
    ids = [f"p{i:02}" for i in range(16)]
    level = rng.uniform(1, 5, 16)
    rows = [
        (place, str(2010 + t), name, float(level[i] * (1 + 0.03 * t) + rng.uniform(0, 0.5)))
        for i, place in enumerate(ids)
        for t in range(10)
        for name in ("a", "b")
    ]
    panel = pl.DataFrame(rows, schema=["place_id", "period", "indicator", "value"], orient="row")
    places = pl.DataFrame(
        {
            "place_id": ids, "name": [EVIL, "bad\x0bname", *[f"地{i}" for i in range(14)]],
            "parent": ["north", "south"] * 8, "lon": rng.uniform(100, 110, 16), "lat": rng.uniform(25, 35, 16),
        }
    )  # fmt: skip
    about = About(id="own", title=Words("Own", "自有"), as_of="2019-12-31")
    cluster = Cluster.from_tables(panel=panel, places=places, about=about)
    return evaluation(cluster, str(file), given={"draws": 20, "simulations": 9}, rows=10**9, files=True)


def test_every_table_and_column_is_named_in_both_languages(made: EvaluationReport) -> None:
    assert set(made.tables) <= set(TABLES)
    for table in made.tables.values():
        assert table.title.en
        assert table.title.zh
        for column in table.columns:
            assert column.name in COLUMNS, f"{table.name}.{column.name}"
        assert len({len(c) for c in table.rows.values()}) == 1
    for words in TABLES.values():
        assert all(m in METHODS for m in words.methods)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_word_file_has_three_line_tables_with_their_notes(
    made: EvaluationReport, lang: Any, tmp_path: Path
) -> None:
    docx = pytest.importorskip("docx")
    from docx.oxml.ns import qn

    write_evaluation(made, tmp_path / "a.docx", kind="docx", lang=lang)
    document = docx.Document(str(tmp_path / "a.docx"))
    text = "\n".join(p.text for p in document.paragraphs)
    printed = printed_tables(made, lang)
    assert len(document.tables) == len(printed) + 4
    number = "表 1　" if lang == "zh" else "Table 1. "
    assert f"{number}{printed[0].title}" in text
    assert ("注：" if lang == "zh" else "Notes: ") in text
    for table in document.tables:
        edges = [
            {side: cell._tc.tcPr.find(qn("w:tcBorders")).find(qn(f"w:{side}")) for side in ("top", "bottom")}
            if cell._tc.tcPr is not None and cell._tc.tcPr.find(qn("w:tcBorders")) is not None
            else {"top": None, "bottom": None}
            for cell in (row.cells[0] for row in table.rows)
        ]
        # thick above the heads and below the last row, thin under the heads, no rule at the sides
        assert edges[0]["top"].get(qn("w:sz")) == "12"
        assert edges[0]["bottom"].get(qn("w:sz")) == ("12" if len(edges) == 1 else "6")
        assert edges[-1]["bottom"].get(qn("w:sz")) == "12"
        assert b"w:left " not in table._tbl.xml.encode()
    said = "\n".join(cell.text for table in document.tables[-4:] for row in table.rows for cell in row.cells)
    assert made.trace.data_hash in said
    assert "2019-12-31" in said
    assert made.trace.command in said
    assert "10.1002/j.1538-7305.1948.tb01338.x" in said
    assert all((c.title.zh if lang == "zh" else c.title.en) in said for c in made.choices)


def test_the_word_file_prints_the_numbers_of_the_tables(made: EvaluationReport, tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    write_evaluation(made, tmp_path / "a.docx", kind="docx", lang="en")
    document = docx.Document(str(tmp_path / "a.docx"))
    beta = made.tables["beta"].rows
    titles = [p.name for p in printed_tables(made, "en")]
    table = document.tables[titles.index("beta")]
    cells = [[cell.text for cell in row.cells] for row in table.rows]
    assert cells[3][1:] == [f"{number_text(b, 4)}{stars(p)}" for b, p in zip(beta["beta"], beta["p"], strict=True)]
    assert cells[4][1:] == [f"({number_text(e, 4)})" for e in beta["error"]]
    moves = document.tables[titles.index("transitions")]
    first = [cell.text for cell in moves.rows[1].cells]
    counted = [
        c
        for c, near, start in zip(
            *(made.tables["transitions"].rows[k] for k in ("count", "neighbours", "from")), strict=True
        )
        if near is None and start == 1
    ]
    assert first[-1] == str(sum(counted))


def test_the_workbook_holds_numbers_and_no_formula(made: EvaluationReport, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("xlsxwriter")
    write_evaluation(made, tmp_path / "a.xlsx", kind="xlsx", lang="zh")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames[:2] == ["方法", "数据说明"]
    assert {f"数据 {name}"[:31] for name in made.tables} <= set(book.sheetnames)
    sheet = book["数据 ranking"]
    heads = [cell.value for cell in sheet[2]]
    scores = [
        row[heads.index("得分")].value for row in sheet.iter_rows(min_row=3, max_row=2 + made.tables["ranking"].total)
    ]
    assert scores == pytest.approx(made.tables["ranking"].rows["score"])
    method = [cell.value for row in book["方法"].iter_rows() for cell in row if cell.value]
    assert made.trace.command in method
    assert "熵权法（全面板一套权重）" in method
    every = [cell for s in book for row in s.iter_rows() for cell in row]
    assert not [cell for cell in every if cell.data_type == "f"]
    assert any(cell.value == EVIL for cell in every)


def test_a_long_table_has_its_periods_side_by_side(made: EvaluationReport, tmp_path: Path, monkeypatch: Any) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    monkeypatch.setattr("jiqun.report.papers.write.LONG", 100)
    write_evaluation(made, tmp_path / "a.xlsx", kind="xlsx", lang="en")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["Data scores"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert rows[0] == ["Node", "Place", *(str(y) for y in range(2010, 2020))]
    scores = made.tables["scores"].rows
    at = next(
        k
        for k, v in enumerate(zip(scores["node"], scores["place_id"], scores["period"], strict=True))
        if v == ("one", "p03", "2015")
    )
    line = next(r for r in rows if r[:2] == ["one", "p03"])
    assert line[7] == pytest.approx(scores["score"][at])


def test_a_folder_can_be_read_back(made: EvaluationReport, tmp_path: Path) -> None:
    pytest.importorskip("docx")
    written = write_folder(made, tmp_path / "out", lang="en")
    assert all(path.is_file() for path in written)
    assert EvaluationReport.model_validate_json((tmp_path / "out" / "evaluation.json").read_bytes()) == made
    with (tmp_path / "out" / "tables" / "weights.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(r["weight"]) for r in rows] == made.tables["weights"].rows["weight"]
    assert json.loads((tmp_path / "out" / "evaluation.json").read_text(encoding="utf-8"))["as_of"] == "2019-12-31"


def test_a_kind_of_file_that_is_none_is_refused(made: EvaluationReport, tmp_path: Path) -> None:
    with pytest.raises(JiqunError, match="xlsx or docx"):
        write_evaluation(made, tmp_path / "a.pdf", kind="pdf")


def test_a_missing_package_names_the_extra(made: EvaluationReport, tmp_path: Path, monkeypatch: Any) -> None:
    import sys

    for module, kind in (("docx", "docx"), ("xlsxwriter", "xlsx")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(JiqunError, match=r"jiqun\[report\]"):
            write_evaluation(made, tmp_path / f"a.{kind}", kind=kind)


def test_the_tables_that_are_shown_are_those_of_the_library_with_ranks_beside_scores(made: EvaluationReport) -> None:
    ranking = made.tables["ranking"].rows
    assert sorted(ranking) == sorted(["place_id", "period", "score", "rank", "low", "high", "mean", "share_in_top"])
    assert ranking["rank"][:3] == [1.0, 2.0, 3.0]
    grades = made.tables["coupling_grades"].rows
    assert sum(grades["places"]) == made.tables["coupling"].total
