"""What is refused while reading speaks Chinese, too, with the facts of the English."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import jiqun
from jiqun import JiqunError
from jiqun.engine.folder import writing
from jiqun.engine.reading import _speaking
from jiqun.ingest import Ingested, parse_recipe
from jiqun.ingest.drafting import draft

Take = Callable[..., Ingested]

RECIPE = (
    '[files.firms]\npath = "firms.csv"\n[[actors]]\nfrom = "firms"\n[actors.columns]\nactor_id = "id"\nname = "name"\n'
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENGLISH = re.compile(r"(?i)\b(the|is|are|has|have|where|export|correct|line|add|rename|there|did you)\b")


def chinese(error: JiqunError, *facts: str) -> str:
    """Check the Chinese of an error, and that each fact is in both languages."""
    words = error.words
    assert words is not None
    assert words.en == str(error)
    assert _CHINESE.search(words.zh)
    assert not _ENGLISH.search(words.zh), words.zh
    for fact in facts:
        assert fact in words.en
        assert fact in words.zh
    return words.zh


@pytest.mark.parametrize(
    ("content", "facts", "line"),
    [
        ("id,name\n1,甲\n".encode("gb18030"), ["firms.csv", 'encoding = "gb18030"'], 2),
        (b"id,name\n1,a\n2\n", ["firms.csv", "'name'"], 3),
        (b"id,name\n1,a\n2,b,c\n", ["firms.csv", "'name'", "'c'"], 3),
        (b'id,name\n1,"a\n2,b\n', ["firms.csv"], 2),
        (b"id,name\n1,a\n2,\x00\n", ["firms.csv", "NUL", "utf-16"], 3),
        (b"", ["firms.csv", "0"], 0),
        (b"id,name\n", ["firms.csv", "id", "name", "0"], 0),
        (b"id,name,name\n1,a,b\n", ["firms.csv", "[[actors]]", "'name'"], 0),
        (b"id,nom\n1,a\n", ["firms.csv", "[[actors]]", "'name'", "nom"], 0),
    ],
)
def test_damaged_text(tmp_path: Path, take: Take, content: bytes, facts: list[str], line: int) -> None:
    (tmp_path / "firms.csv").write_bytes(content)
    with pytest.raises(JiqunError) as caught:
        take(RECIPE)
    zh = chinese(caught.value, *facts)
    if line:
        assert f"line {line}" in str(caught.value)
        assert f"第 {line} 行" in zh


def test_missing_file_and_no_match(take: Take, tmp_path: Path) -> None:
    with pytest.raises(JiqunError) as caught:
        take(RECIPE)
    chinese(caught.value, "[files.firms]", "firms.csv", str(tmp_path))
    with pytest.raises(JiqunError) as caught:
        take(RECIPE.replace("firms.csv", "*.csv"))
    chinese(caught.value, "'*.csv'", str(tmp_path))


def test_not_the_format_it_claims(take: Take, tmp_path: Path) -> None:
    for name in ("firms.parquet", "firms.gpkg", "firms.geojson"):
        (tmp_path / name).write_bytes(b"no such thing, but long enough to be looked at")
        with pytest.raises(JiqunError) as caught:
            take(RECIPE.replace("firms.csv", name))
        assert caught.value.words is not None
        assert name in caught.value.words.zh
        assert _CHINESE.search(caught.value.words.zh)


def test_misspelt_recipe() -> None:
    with pytest.raises(JiqunError) as caught:
        parse_recipe('[cluster]\nid = "A b"\n' + RECIPE.replace("path", "pth"), folder=".")
    zh = chinese(caught.value, "recipe.toml", "[files.firms]", "pth", "[cluster] id", '"my-cluster"', "'A b'")
    assert "您要写的是不是 path？" in zh
    assert len(zh.splitlines()) == len(str(caught.value).splitlines())


def test_refused_query(take: Take, tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    query = '[queries.q]\nsql = "drop table firms"\n[[actors]]\nfrom = "q"\n[actors.columns]\nactor_id = "id"\n'
    with pytest.raises(JiqunError) as caught:
        take('[files.firms]\npath = "firms.csv"\n' + query)
    chinese(caught.value, "[queries.q]", "SELECT", "DROP")


def test_not_a_cluster_newer_and_locked(tmp_path: Path) -> None:
    with pytest.raises(JiqunError) as caught:
        jiqun.open(tmp_path)
    chinese(caught.value, str(tmp_path), "jiqun ingest RECIPE --out")
    (tmp_path / "manifest.json").write_text('{"schema_version": 999}', encoding="utf-8")
    with pytest.raises(JiqunError) as caught:
        jiqun.open(tmp_path)
    chinese(caught.value, str(tmp_path), "999")
    out = tmp_path / "out"
    with writing(out), pytest.raises(JiqunError) as caught, writing(out):
        pass
    chinese(caught.value, str(out), "--out")


def test_full_disk() -> None:
    said = os.strerror(errno.ENOSPC)
    with pytest.raises(JiqunError) as caught, _speaking():
        raise duckdb.IOException(f"Could not write: {said}")
    assert "磁盘已满" in chinese(caught.value, said, "--out")


def test_draft(tmp_path: Path) -> None:
    file = tmp_path / "firms.csv"
    file.write_text("id,name\n1,a\n2,b,c\n", encoding="utf-8")
    with pytest.raises(JiqunError) as caught:
        draft([file])
    assert "第 3 行" in chinese(caught.value, str(file), "'c'")
