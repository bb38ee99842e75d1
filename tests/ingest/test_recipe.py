"""A recipe is refused with the key that is wrong, what was expected, and what was perhaps meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiqun.ingest import RecipeError, load_recipe, parse_recipe

GOOD = """
[cluster]
id = "tiny"
title = { en = "Tiny", zh = "小" }
as_of = 2013-12-31
notes = ["one note", { zh = "另一条" }]
[files.firms]
path = "firms.csv"
[queries.lines]
sql = "select * from firms"
[[actors]]
from = "firms"
[actors.columns]
actor_id = "id"
size = { column = "staff", unit = "thousand" }
[[actors]]
from = "lines"
distinct = true
[actors.columns]
actor_id = { columns = ["a", "b"], join = "-" }
kind = { value = "firm" }
"""
SIZE = 'size = { column = "staff", unit = "thousand" }'


def test_a_good_recipe_is_read_whole(tmp_path: Path) -> None:
    recipe = parse_recipe(GOOD, folder=tmp_path)
    assert recipe.about.title.zh == "小"
    assert recipe.about.as_of == "2013-12-31"
    assert [(note.en, note.zh) for note in recipe.about.notes] == [("one note", "one note"), ("另一条", "另一条")]
    first, second = recipe.tables["actors"]
    assert first.columns["size"].unit == "thousand"
    assert (second.source, second.distinct, second.columns["actor_id"].sources) == ("lines", True, ("a", "b"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('path = "firms.csv"', 'pth = "firms.csv"'), "[files.firms] pth is not known. Did you mean path?"),
        (("[queries.lines]", "[query.lines]"), "[query] is not known. Did you mean queries?"),
        (('from = "firms"', 'from = "frims"'), "reads from 'frims', which is not defined. Did you mean firms?"),
        (('actor_id = "id"', 'actorid = "id"'), "lacks column actor_id, which actors must have. Did you mean actorid?"),
        (('unit = "thousand"', 'untis = "thousand"'), "block 1, columns.size.untis is not known. Did you mean unit?"),
        (('actor_id = "id"', 'actor_id = "id"\nnaem = "n"'), "actors has no column naem. Did you mean name?"),
        (('actor_id = "id"', "actor_id = 3"), "write the name of a source column in quotes"),
        (('id = "tiny"', 'id = "Tiny One"'), "write lower-case letters, digits and hyphens"),
        (("as_of = 2013-12-31", 'as_of = "yesterday"'), 'write a date such as "2013-12-31"'),
        (('unit = "thousand"', 'value = 3'), "needs exactly one of column"),
        ((SIZE, 'founded = { column = "d", format = "DD/MM" }'), "is no date format"),
        ((SIZE, 'founded = { column = "d", format = "%Q" }'), "%Q in '%Q' is not known"),
        (('sql = "select', 'sqll = "select'), "[queries.lines] sql is missing"),
        (("[queries.lines]", "[queries.Firms]"), "used twice"),
        (("[files.firms]", "[files.\"a b\"]"), "letters, digits and _ only"),
        (('unit = "thousand" }', 'thousands = ",", decimal = "," }'), "a number cannot use one sign for both"),
        (('from = "firms"', 'from = "firms"\ncrs = "BD-09"'), "maps neither lon and lat nor geometry"),
        (('from = "firms"', 'from = "firms"\ncrs = "UTM"'), "'WGS84', 'GCJ-02' or 'BD-09'"),
        (("[files.firms]", "[files.firms"), "is not valid TOML"),
        (('path = "firms.csv"', 'path = "firms.csv"\nquery = "select 1"'), "query belongs to a database"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    assert change[0] in GOOD
    with pytest.raises(RecipeError) as caught:
        parse_recipe(GOOD.replace(change[0], change[1], 1), folder=tmp_path, name="my.toml")
    assert str(caught.value).startswith("my.toml")
    assert said in str(caught.value)


def test_every_fault_is_listed_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('path = "firms.csv"', 'path = "firms.csv"\nsheat = "x"').replace("unit =", "untis =")
    with pytest.raises(RecipeError, match="has 2 faults") as caught:
        parse_recipe(text, folder=tmp_path)
    assert "sheat" in str(caught.value)
    assert "untis" in str(caught.value)


def test_a_near_miss_is_kept_as_an_extra_column_where_its_type_is_said(tmp_path: Path) -> None:
    text = GOOD.replace('actor_id = "id"', 'actor_id = "id"\nnames = { column = "n", type = "string" }')
    assert "names" in parse_recipe(text, folder=tmp_path).tables["actors"][0].columns


def test_a_recipe_without_a_table_says_how_to_add_one(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="feeds no table"):
        parse_recipe('[cluster]\nid = "a"\n', folder=tmp_path)


def test_a_recipe_file_may_have_a_byte_order_mark_and_its_folder_is_enough(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load_recipe(tmp_path).folder == tmp_path.resolve()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read"),
        ("店".encode("gb18030"), "is not UTF-8"),
        (b"#" * (5 << 20), "a recipe is a text of a few kilobytes"),
    ],
)
def test_what_is_no_recipe_file_is_refused(tmp_path: Path, content: bytes | None, said: str) -> None:
    file = tmp_path / "r.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(RecipeError, match=said):
        load_recipe(file)


def test_a_password_is_not_kept_with_the_recipe(tmp_path: Path) -> None:
    database = '[files.erp]\ndatabase = "postgresql://ann:s3cr3t@db/x"\nquery = "select 1"\n'
    recipe = parse_recipe(GOOD.replace("[queries.lines]", database + "[queries.lines]"), folder=tmp_path)
    assert "s3cr3t" not in recipe.text
    assert "postgresql://ann:***@db/x" in recipe.text


def test_an_uploaded_recipe_may_not_read_a_database(tmp_path: Path) -> None:
    database = '[files.erp]\ndatabase = "postgresql://db/x"\nquery = "select 1"\n'
    with pytest.raises(RecipeError, match="an uploaded recipe may not"):
        parse_recipe(GOOD.replace("[queries.lines]", database + "[queries.lines]"), folder=tmp_path, confined=True)
