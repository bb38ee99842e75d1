"""Damaged input is refused with file, line and column, and the cluster that was there stays as it was."""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import jiqun
from jiqun import JiqunError
from jiqun.ingest import Ingested, Limits, ingest, parse_recipe

Take = Callable[..., Ingested]


def firms(path: str, extra: str = "", columns: str = 'actor_id = "id"\nname = "name"') -> str:
    return f'[files.firms]\npath = "{path}"\n{extra}\n[[actors]]\nfrom = "firms"\n[actors.columns]\n{columns}\n'


GOOD = "id,name,n\n1,甲,5\n2,乙,6\n"


def said(take: Take, recipe: str, **options: object) -> str:
    with pytest.raises(JiqunError) as caught:
        take(recipe, **options)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (GOOD.encode("gb18030"), ["firms.csv, line 2 (byte 12)", 'encoding = "gb18030"']),
        ("id,name\n1,Müller\n".encode("cp1252"), ["line 2", 'encoding = "cp1252"']),
        (b"id,name,n\n1,a,5\n2,b\n", ["firms.csv, line 3", "2 fields where the header has 3", "column 'n'"]),
        (b"id,name,n\n1,a,5\n2,b,c,d\n", ["line 3", "4 fields where the header has 3", "after the last column 'n'"]),
        (b'id,name,n\n1,"x\ny",5\n2,b\n', ["line 4", "2 fields"]),
        (b'id,name,n\n1,a,5\n2,"b,6\n3,c,7\n', ["line 3", "never closed"]),
        (b'id,name,n\n1,a,5\n2,"b"x,6\n', ["line 3", "a quote inside a quoted field must be doubled"]),
        (b"id,name,n\n1,a,5\n2,b\x00,6\n", ["line 3", "byte 19", "NUL"]),
        (b"", ["firms.csv is empty (0 bytes)"]),
        (b"\xef\xbb\xbf", ["has no header"]),
        (b"\n\n\n", ["has no header"]),
        (b"id,name,n\n", ["has a header (id, name, n) but 0 rows"]),
        (b"id,name,n\n\n\n", ["but 0 rows"]),
        (b"id,name,name\n1,a,b\n", ["column 'name'", "a name that several columns there have"]),
        (b"id,nom\n1,a\n", ["column 'name', which firms.csv does not have", "There is: id, nom"]),
        (b"id,Name\n1,a\n", ["Did you mean Name?"]),
        (b'id,name\n1,"' + b"x" * (17 << 20) + b'"\n', ["line 2", "a field longer than"]),
    ],
)
def test_damaged_text_is_refused_with_its_place(
    tmp_path: Path, take: Take, content: bytes, expected: list[str]
) -> None:
    (tmp_path / "firms.csv").write_text(GOOD, encoding="utf-8")
    before = take(firms("firms.csv"))
    (tmp_path / "firms.csv").write_bytes(content)
    message = said(take, firms("firms.csv"))
    for part in expected:
        assert part in message
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [".lock", "data", "manifest.json"]
    assert [f.name for f in (tmp_path / "out/data").iterdir()] == [Path(before.made[0].file).name]
    assert jiqun.open(tmp_path / "out").polars("actors")["name"].to_list() == ["甲", "乙"]


def test_a_first_ingest_that_fails_leaves_no_folder(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_bytes(b"id,name\n1\n")
    said(take, firms("firms.csv"))
    assert not (tmp_path / "out").exists()


def test_a_far_line_is_named_as_exactly_as_a_near_one(tmp_path: Path, take: Take) -> None:
    lines = [f'{n},"name {n}",5' for n in range(200_000)]
    lines[150_000] = '150000,"a ""quoted"" one"'
    (tmp_path / "firms.csv").write_text("id,name,n\n" + "\n".join(lines) + "\n")
    assert "line 150002: 2 fields" in said(take, firms("firms.csv"))


def test_undecodable_bytes_far_into_a_file_are_placed(tmp_path: Path, take: Take) -> None:
    head = "id,name\n" + "".join(f"{n},甲乙丙\n" for n in range(200_000))
    (tmp_path / "firms.csv").write_bytes(head.encode() + "x,丁\n".encode("gb18030"))
    message = said(take, firms("firms.csv"))
    assert "line 200002" in message
    assert f"byte {len(head.encode()) + 2:,}" in message


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "gb2312", "utf-16", "utf-16-le", "utf-8-sig", "big5"])
def test_text_in_a_declared_encoding_is_read(tmp_path: Path, take: Take, encoding: str) -> None:
    text = "id,name\n1,市\n2,中文\n"
    (tmp_path / "firms.csv").write_bytes(text.encode(encoding))
    take(firms("firms.csv", f'encoding = "{encoding}"'))
    assert jiqun.open(tmp_path / "out").polars("actors")["name"].to_list() == ["市", "中文"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_declares_the_encoding(tmp_path: Path, take: Take, encoding: str) -> None:
    (tmp_path / "firms.csv").write_bytes(GOOD.encode(encoding))
    take(firms("firms.csv"))
    assert jiqun.open(tmp_path / "out").polars("actors")["actor_id"].to_list() == ["1", "2"]


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [("klingon", "is not known"), ("hex", "is not known"), ("unicode_escape", "not an encoding of data")],
)
def test_a_wrong_encoding_name_is_refused(tmp_path: Path, take: Take, encoding: str, expected: str) -> None:
    (tmp_path / "firms.csv").write_text(GOOD)
    assert expected in said(take, firms("firms.csv", f'encoding = "{encoding}"'))


def test_mixed_line_ends_are_read(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_bytes(b'id,name\r\n1,a\r\n2,b\n3,"c\nd"\r\n4,e\r5,f')
    take(firms("firms.csv"))
    assert jiqun.open(tmp_path / "out").polars("actors")["name"].to_list() == ["a", "b", "c\nd", "e", "f"]


def test_a_bad_value_keeps_its_line_where_the_file_had_to_be_tidied(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_bytes(b"id,size\r\n1,10\r\n2,many\r\n3,30\n4,few\n")
    take(firms("firms.csv", columns='actor_id = "id"\nsize = "size"'))
    (found,) = [f for f in jiqun.open(tmp_path / "out").check() if f.rule == "unreadable_value"]
    assert found.line == 3
    assert found.examples == ("3: many", "5: few")


def test_gzip_is_unpacked_and_a_cut_one_is_refused(tmp_path: Path, take: Take) -> None:
    packed = gzip.compress(GOOD.encode())
    (tmp_path / "firms.csv.gz").write_bytes(packed)
    take(firms("firms.csv.gz"))
    assert jiqun.open(tmp_path / "out").rows("actors") == 2
    (tmp_path / "firms.csv.gz").write_bytes(packed[:-12])
    assert "not a whole gzip file" in said(take, firms("firms.csv.gz"))


def test_a_gzip_bomb_stops_at_the_limit(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv.gz").write_bytes(gzip.compress(b"id,name\n" + b"1,aaaaaaaa\n" * 3_000_000))
    message = said(take, firms("firms.csv.gz"), limits=Limits(max_bytes=1_000_000))
    assert "unpacks to more than 1,000,000 bytes" in message


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(tmp_path: Path, take: Take) -> None:
    with (tmp_path / "firms.csv").open("wb") as file:
        file.write(GOOD.encode())
        file.truncate(10 << 30)  # sparse: 10 GB on paper
    message = said(take, firms("firms.csv"), limits=Limits(max_bytes=1 << 30))
    assert "has 10,737,418,240 bytes; the limit here is 1,073,741,824" in message


def test_the_limit_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIQUN_MAX_BYTES", "5000")
    monkeypatch.setenv("JIQUN_QUERY_SECONDS", "2.5")
    assert Limits.from_environment() == Limits(5000, 2.5)
    monkeypatch.setenv("JIQUN_MAX_BYTES", "lots")
    with pytest.raises(JiqunError, match="JIQUN_MAX_BYTES is 'lots'"):
        Limits.from_environment()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("../secret.csv", "leaves the folder of the recipe"),
        ("sub/../../secret.csv", "leaves the folder of the recipe"),
        ("link.csv", "is a link to"),
        ("missing.csv", "there is no such file"),
        ("*.nothing.csv", "matches no file"),
        ("sub", "is a folder"),
        ("pipe.csv", "not a plain file"),
        ("firms.xyz", "the name does not say what kind of file it is"),
    ],
)
def test_a_path_that_is_no_file_beside_the_recipe_is_refused(tmp_path: Path, path: str, expected: str) -> None:
    (tmp_path / "secret.csv").write_text(GOOD)
    folder = tmp_path / "recipe"
    (folder / "sub").mkdir(parents=True)
    (folder / "firms.xyz").write_text(GOOD)
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    os.mkfifo(folder / "pipe.csv")
    with pytest.raises(JiqunError, match=r"^(recipe\.toml|firms\.xyz)") as caught:
        ingest(parse_recipe('[cluster]\nid = "x"\n' + firms(path), folder=folder), tmp_path / "out")
    assert expected in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_an_absolute_path_is_the_local_users_right_and_not_an_uploads(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "firms.csv").write_text(GOOD, encoding="utf-8")
    text = '[cluster]\nid = "x"\n' + firms(str(tmp_path / "firms.csv"))
    assert ingest(parse_recipe(text, folder=tmp_path / "a"), tmp_path / "out").manifest.rows("actors") == 2
    with pytest.raises(JiqunError, match="an uploaded recipe reads only the files uploaded with it"):
        ingest(parse_recipe(text, folder=tmp_path / "a", confined=True), tmp_path / "out2")


def test_a_name_with_pattern_signs_is_that_file_and_no_pattern(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms [1]*.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "firms 1x.csv").write_text("id,name\n9,no\n")
    take(firms("firms [1]*.csv"))
    assert jiqun.open(tmp_path / "out").polars("actors")["actor_id"].to_list() == ["1", "2"]


def test_a_cut_parquet_file_is_refused(tmp_path: Path, take: Take) -> None:
    pl.DataFrame({"id": range(50_000), "name": [os.urandom(4).hex() for _ in range(50_000)]}).write_parquet(
        tmp_path / "firms.parquet"
    )
    whole = (tmp_path / "firms.parquet").read_bytes()
    (tmp_path / "firms.parquet").write_bytes(whole[: len(whole) // 2])
    assert "not a whole Parquet file" in said(take, firms("firms.parquet"))
    # The footer is whole and the pages are not.
    (tmp_path / "firms.parquet").write_bytes(whole[:4] + os.urandom(len(whole) // 2) + whole[4 + len(whole) // 2 :])
    assert "firms.parquet cannot be read" in said(take, firms("firms.parquet"))
    pl.DataFrame({"id": [], "name": []}).write_parquet(tmp_path / "firms.parquet")
    assert "has 0 rows" in said(take, firms("firms.parquet"))


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path, take: Take) -> None:
    for name, expected in (
        ("firms.xlsx", "not a whole .xlsx file"),
        ("firms.parquet", "not a whole Parquet file"),
        ("firms.geojson", "is not GeoJSON"),
        ("firms.gpkg", "is not a GeoPackage"),
    ):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
        assert expected in said(take, firms(name))


def test_an_option_of_another_kind_of_file_is_refused(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_text(GOOD, encoding="utf-8")
    assert "has no option sheet (it belongs to xlsx)" in said(take, firms("firms.csv", 'sheet = "a"'))


def test_a_workbook_bomb_is_not_unpacked(tmp_path: Path, take: Take) -> None:
    with zipfile.ZipFile(tmp_path / "firms.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (200 << 20))
    assert "unpacks from" in said(take, firms("firms.xlsx"))


def test_a_damaged_source_of_a_query_is_named_too(tmp_path: Path, take: Take) -> None:
    (tmp_path / "firms.csv").write_bytes(b"id,name\n1,a\n2\n")
    recipe = '[queries.q]\nsql = "select id, name from firms"\n' + firms("firms.csv").replace(
        'from = "firms"', 'from = "q"'
    )
    assert "firms.csv, line 3: 1 fields" in said(take, recipe)
