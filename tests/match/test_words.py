"""Texts are found by words of any script; scores are those of BM25, and their parts sum to them."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiqun.match.lexical import K1, B, ask, index_texts, shared_terms
from jiqun.match.text import MOST_CHARACTERS, terms

TEXTS = [
    "铝合金压铸件加工",
    "纸箱 cartons 印刷",
    "Die-casting of aluminium, 压铸",
    "",
    "🙂🙂",
    "五轴CNC加工中心",
    "cartons cartons",
]


def plain_bm25(documents: list[str], query: str) -> list[float]:
    """BM25 by its formula, one number after another."""
    bags = [Counter(terms(d)) for d in documents]
    lengths = [sum(bag.values()) for bag in bags]
    filled = [n for n in lengths if n]
    mean = sum(filled) / len(filled) if filled else 1.0
    scores = []
    for bag, length in zip(bags, lengths, strict=True):
        score = 0.0
        for term in set(terms(query)):
            if bag[term]:
                holding = sum(1 for other in bags if other[term])
                rarity = math.log(1.0 + (len(bags) - holding + 0.5) / (holding + 0.5))
                score += rarity * bag[term] * (K1 + 1) / (bag[term] + K1 * (1 - B + B * length / mean))
        scores.append(score)
    return scores


@pytest.mark.parametrize("query", ["压铸 cartons", "CNC", "aluminium casting", "🙂", "", "没有的词汇zzz"])
def test_scores_are_those_of_the_formula(query: str) -> None:
    index = index_texts(TEXTS)
    got = index.scores(ask(index, [query])).toarray()[0]
    assert got == pytest.approx(plain_bm25(TEXTS, query), abs=1e-12)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=6), st.text(max_size=30))
def test_any_text_of_any_script_scores_as_the_formula_says(documents: list[str], query: str) -> None:
    index = index_texts(documents)
    got = index.scores(ask(index, [query])).toarray()[0]
    assert got == pytest.approx(plain_bm25(documents, query), abs=1e-9)


def test_the_parts_of_a_score_sum_to_it() -> None:
    index = index_texts(TEXTS)
    query = "铝合金压铸 aluminium die casting"
    scores = index.scores(ask(index, [query])).toarray()[0]
    for document in (0, 2):
        parts = shared_terms(index, query, document, most=100)
        assert sum(part for _, part in parts) == pytest.approx(scores[document])


def test_a_two_character_word_is_found_inside_a_sentence_without_a_dictionary() -> None:
    index = index_texts(["本公司提供阳极氧化服务", "纸箱印刷"])
    found = index.scores(ask(index, ["阳极"])).toarray()[0]
    assert found[0] > 0
    assert found[1] == 0


def test_full_width_and_case_do_not_matter() -> None:
    assert terms("ＣＮＣ加工") == terms("cnc加工")


def test_of_a_very_long_text_only_the_beginning_is_read() -> None:
    assert len(terms("字" * 100_000)) == 2 * MOST_CHARACTERS - 1


def test_no_text_at_all_is_no_error() -> None:
    index = index_texts([])
    assert index.scores(ask(index, ["压铸"])).shape == (1, 0)
    assert np.isfinite(index.weights.data).all()
