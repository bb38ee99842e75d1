"""Numbers as people write them, case by case."""

from __future__ import annotations

import pytest

from jiqun.report.numbers import count, money, number, percent, span


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (0, "0", "0"),
        (9, "9", "9"),
        (9_999, "9,999", "9,999"),
        (10_000, "10,000", "1 万"),
        (12_345, "12,345", "1.23 万"),
        (1_469_307, "1,469,307", "146.9 万"),
        (99_996_000, "99,996,000", "1 亿"),
        (123_456_789, "123,456,789", "1.23 亿"),
    ],
)
def test_counts_are_exact_in_english_and_in_wan_and_yi_in_chinese(value, en, zh):
    assert count(value).en == en
    assert count(value).zh == zh


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (0.0, "0", "0"),
        (0.000123456, "0.000123", "0.000123"),
        (0.5, "0.5", "0.5"),
        (-0.0123, "-0.0123", "-0.0123"),
        (4.3567, "4.36", "4.36"),
        (43.567, "43.6", "43.6"),
        (435.67, "435.7", "435.7"),
        (4356.7, "4,357", "4,357"),
        (999_999.0, "1 million", "100 万"),
        (5_123_101_054.71, "5.12 billion", "51.2 亿"),
        (-2_500_000.0, "-2.5 million", "-250 万"),
        (3.2e12, "3.2 trillion", "3.2 万亿"),
        (float("nan"), "–", "–"),
        (float("inf"), "–", "–"),
    ],
)
def test_numbers_keep_about_three_figures(value, en, zh):
    assert number(value).en == en
    assert number(value).zh == zh


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (1, "100%"), (0.1234, "12.3%"), (0.00123, "0.12%"), (-0.25, "-25%"), (0.9999, "100%")],
)
def test_shares_are_per_cent(share, text):
    assert percent(share).en == percent(share).zh == text


def test_money_names_its_currency_in_each_language():
    assert money(4_596_039.58, "USD").en == "USD 4.6 million"
    assert money(4_596_039.58, "USD").zh == "459.6 万美元"
    assert money(12.5, "CNY").zh == "12.5 元"
    assert money(12.5, "CNY").en == "CNY 12.5"
    assert money(12.5, "XAU").zh == "12.5 XAU"


def test_an_interval_says_what_it_is():
    assert span(number(1.0), number(2.0)).en == "95% interval 1 to 2"
    assert span(number(1.0), number(2.0)).zh == "95% 区间 1 至 2"
