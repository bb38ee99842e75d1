"""Metrics by hand."""

from __future__ import annotations

import numpy as np
import pytest

from jiqun.match.metrics import Lists, bootstrap_mean, coverage, exposure_gini, hit, ndcg, recall, reciprocal_rank


def lists() -> Lists:
    """Need 0 was served by 2 and 5, of which 5 is listed second; need 1 by 1, listed first; need 2 by nobody."""
    need = np.array([0, 0, 0, 1, 1, 2])
    supplier = np.array([7, 5, 1, 1, 2, 3])
    score = np.array([3.0, 2.0, 1.0, 9.0, 8.0, 1.0])
    return Lists.of(need, supplier, score, (np.array([0, 0, 1]), np.array([2, 5, 1])), 3, 3)


def test_gain_is_that_of_the_places() -> None:
    second, best = 1 / np.log2(3), 1 + 1 / np.log2(3)
    assert ndcg(lists()) == pytest.approx([second / best, 1.0, np.nan], nan_ok=True)


def test_recall_hit_and_reciprocal_rank() -> None:
    assert recall(lists()) == pytest.approx([0.5, 1.0, np.nan], nan_ok=True)
    assert hit(lists(), 1) == pytest.approx([0.0, 1.0, np.nan], nan_ok=True)
    assert reciprocal_rank(lists()) == pytest.approx([0.5, 1.0, np.nan], nan_ok=True)


def test_coverage_counts_each_supplier_once() -> None:
    assert coverage(lists(), 10) == 5 / 10


def test_exposure_is_even_where_all_are_shown_alike_and_uneven_where_one_is() -> None:
    even = Lists(np.array([[0, 1, 2, 3]]), np.zeros((1, 4), bool), np.array([1]))
    one = Lists(np.array([[2]] * 5), np.zeros((5, 1), bool), np.ones(5, dtype=int))
    assert exposure_gini(even, 4) == pytest.approx(0.0)
    assert exposure_gini(one, 4) == pytest.approx(0.75)


def test_equal_scores_are_listed_by_code_whatever_the_order_of_pairs() -> None:
    a = Lists.of(np.zeros(3, int), np.array([2, 0, 1]), np.zeros(3), (np.array([0]), np.array([1])), 1, 3)
    assert a.supplier.tolist() == [[0, 1, 2]]


def test_the_interval_widens_where_needs_of_a_seeker_go_together() -> None:
    rng = np.random.default_rng(0)
    seeker = np.repeat(np.arange(40), 25)
    values = np.repeat(rng.random(40), 25)
    apart = bootstrap_mean(values, np.arange(1_000), replicates=300)
    together = bootstrap_mean(values, seeker, replicates=300)
    assert apart[0] == pytest.approx(together[0])
    assert (together[2] - together[1]) > 3.0 * (apart[2] - apart[1])
