"""The shared vocabulary is complete, and in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import jiqun
from jiqun.cluster import TABLES, Words, words
from jiqun.cluster.checks.findings import SEVERITIES
from jiqun.cluster.checks.grade import LETTERS, WEIGHTS

VOCABULARIES = {name: value for name in words.__all__ if isinstance(value := getattr(words, name), Mapping)}


@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_word_has_both_languages(name: str) -> None:
    for key, word in VOCABULARIES[name].items():
        if (name, key) != ("SPACES", "none"):
            assert re.search("[A-Za-z]", word.en), (name, key)
            assert re.search("[\u4e00-\u9fff]", word.zh), (name, key)


def test_what_the_library_says_has_a_word() -> None:
    assert set(words.SEVERITIES) == set(SEVERITIES) == set(WEIGHTS)
    assert list(words.GRADES) == [letter for letter, _ in LETTERS]
    choices = {c for t in TABLES.values() for column in t.columns for c in column.choices}
    assert choices <= set(words.KINDS) | set(words.SPACES)


def test_the_advice_on_grades_says_the_numbers_of_the_formula() -> None:
    for lang in ("en", "zh"):
        said = words.GRADE_ADVICE[lang]  # type: ignore[index]
        numbers = {int(n) for n in re.findall(r"\d+", said)}
        assert {round(100 * WEIGHTS["error"]), round(100 * WEIGHTS["warning"])} <= numbers
        assert {int(least) for _, least in LETTERS[:-1]} <= numbers


def test_tables_and_columns_have_titles_that_differ_by_language() -> None:
    for name, table in TABLES.items():
        assert words.table_title(name).en != words.table_title(name).zh
        for column in table.columns:
            assert words.column_title(name, column.name) == Words(column.title, column.title_zh)


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (0, "0", "0"),
        (823, "823", "823"),
        (999, "999", "999"),
        (1234.5, "1.2 thousand", "1,234.5"),
        (12_345, "12.3 thousand", "1.2万"),
        (999_990, "1.0 million", "100.0万"),
        (1_469_307, "1.5 million", "146.9万"),
        (-2_500_000, "-2.5 million", "-250.0万"),
        (123_456_789, "123.5 million", "1.2亿"),
        (3.2e12, "3,200.0 billion", "3.2万亿"),
    ],
)
def test_numbers_are_said_as_people_say_them(value: float, en: str, zh: str) -> None:
    assert words.number(value, "en") == en
    assert words.number(value, "zh") == zh


@given(st.floats(-1e15, 1e15), st.sampled_from(["en", "zh"]))
def test_a_number_in_words_is_within_half_a_unit_of_its_last_digit(value: float, lang: str) -> None:
    said = words.number(value, lang)  # type: ignore[arg-type]
    units = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "万": 1e4, "亿": 1e8, "万亿": 1e12, "": 1.0}
    digits, unit = re.fullmatch(r"(-?[\d,.]+) ?(\D*)", said).groups()  # type: ignore[union-attr]
    assert abs(float(digits.replace(",", "")) * units[unit] - value) <= 0.0500001 * units[unit]


def test_chinese_words_are_punctuated_as_chinese() -> None:
    narrow = re.compile("[\u4e00-\u9fff][,;?!][\u4e00-\u9fff]")
    found = [
        f"{path.name}:{node.lineno}: {node.value}"
        for path in Path(jiqun.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and narrow.search(node.value)
    ]
    assert found == []
