"""``jiqun match``: a file of needs in, firms with reasons out."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from jiqun.cluster import About
from jiqun.engine.folder import writing
from jiqun.serve.cli import main


@pytest.fixture(scope="module")
def needs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("needs") / "needs.csv"
    # As a Chinese Excel saves it; one need says nothing, one repeats.
    rows = ["need_id,actor_id,text,quantity", "A,b1,纸箱 boxes,2", "B,b2,=1+1 纸箱,1", "C,,,", "A,b1,again,1"]
    file.write_bytes("\r\n".join(rows).encode("gb18030"))
    return file


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("market") / "m"
    tables = {
        "actors": pl.DataFrame({"actor_id": ["f1", "f2"], "name": ["一厂", "二厂"]}),
        "offers": pl.DataFrame(
            {
                "offer_id": ["o1", "o2"],
                "actor_id": ["f1", "f2"],
                "text": ["纸箱 boxes", "纸箱"],
                "category": ["C22", "C22"],
                "capacity": [2.0, 5.0],
            }
        ),
    }
    with writing(folder) as writer:
        for name, frame in tables.items():
            writer.part(name, f"{name}-of-the-market", frame.write_parquet)
        writer.commit(About(id="market"))
    return folder


def match(*arguments: object, lang: str = "en") -> Result:
    return CliRunner().invoke(main, ["--lang", lang, "match", *map(str, arguments), "--meaning", "none"])


def test_needs_of_a_file_are_matched_allocated_and_what_is_wrong_is_said(needs: Path, market: Path) -> None:
    told = match(needs, market, "--allocate", "--top", 1, "--json")
    assert told.exit_code == 0, told.output
    made = json.loads(told.stdout)
    assert [(row["need_id"], row["rank"]) for row in made["matches"]] == [("A", 1), ("B", 1)]
    assert {finding["rule"] for finding in made["findings"]} >= {"duplicate_need"}
    # A wants two and B one: the firm that is best for A has no more.
    given = {(row["need_id"], row["actor_id"]): row["quantity"] for row in made["allocation"]["table"]}
    assert sum(given.values()) == made["allocation"]["served"] == 3
    assert sum(many for (_, firm), many in given.items() if firm == "f1") <= 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_files_hold_what_the_screen_says(needs: Path, market: Path, tmp_path: Path, lang: str) -> None:
    pytest.importorskip("xlsxwriter")
    openpyxl = pytest.importorskip("openpyxl")
    out = tmp_path / "m.xlsx"
    told = match(needs, market, "--allocate", "--out", out, lang=lang)
    assert told.exit_code == 0, told.output
    assert ("已写出" if lang == "zh" else "Written") in told.stdout
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == (
        ["匹配结果", "分配方案", "浏览基线"] if lang == "zh" else ["Matches", "Allocation", "By browsing"]
    )
    cells = {str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row}
    assert {"一厂", "二厂", "need_id"} <= cells


def test_other_formats_and_what_is_no_format(needs: Path, market: Path, tmp_path: Path) -> None:
    for name in ("m.csv", "m.parquet", "m.json"):
        told = match(needs, market, "--out", tmp_path / name)
        assert told.exit_code == 0, told.output
    assert pl.read_parquet(tmp_path / "m.parquet").height == pl.read_csv(tmp_path / "m.csv").height > 0
    told = match(needs, market, "--out", tmp_path / "m.pdf", lang="zh")
    assert told.exit_code == 2
    assert "不支持" in told.stderr
    told = match(tmp_path / "none.csv", market)
    assert told.exit_code == 2
    assert "is not a file" in told.stderr
    told = match(market)
    assert told.exit_code == 2
    assert "needs" in told.stderr
