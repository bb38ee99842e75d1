"""Compiled loops agree with plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from jiqun.match.kernels.lookup import entries
from jiqun.match.kernels.pairs import best_cosine, best_words


def test_entries_are_those_of_the_dense_matrix() -> None:
    rng = np.random.default_rng(0)
    dense = rng.random((30, 40)) * (rng.random((30, 40)) < 0.2)
    row, column = rng.integers(-1, 30, 500), rng.integers(0, 40, 500)
    matrix = sparse.csr_array(dense)
    matrix.sort_indices()
    assert np.array_equal(entries(matrix, row, column), np.where(row >= 0, dense[np.maximum(row, 0), column], 0.0))


def test_the_best_text_and_the_sum_are_those_of_plain_products() -> None:
    rng = np.random.default_rng(1)
    supplier = np.sort(rng.integers(0, 12, 40))
    start = np.searchsorted(supplier, np.arange(14))
    need, who = np.repeat(np.arange(6), 13), np.tile(np.arange(13), 6)
    asked = sparse.csr_array((rng.random((6, 25)) < 0.3).astype(float))
    weights = sparse.csr_array(rng.random((40, 25)) * (rng.random((40, 25)) < 0.3))
    product = (asked @ weights.T).toarray()
    score, text, total = best_words(asked, weights, start, np.arange(40), need, who)
    a, b = (rng.normal(size=(n, 8)).astype(np.float32) for n in (6, 40))
    a, b = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (a, b))
    cosine, near = best_cosine(a, b, start, np.arange(40), need, who)
    for k in range(len(need)):
        mine = np.flatnonzero(supplier == who[k])
        if len(mine) == 0:
            assert (score[k], text[k], near[k]) == (0.0, -1, -1)
            continue
        assert score[k] == pytest.approx(product[need[k], mine].max())
        assert total[k] == pytest.approx(product[need[k], mine].sum())
        assert text[k] == -1 or text[k] in mine
        assert cosine[k] == pytest.approx((b[mine] @ a[need[k]]).max(), abs=1e-6)
        assert near[k] == mine[(b[mine] @ a[need[k]]).argmax()]
