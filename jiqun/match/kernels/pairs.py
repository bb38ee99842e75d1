"""How well the texts of one supplier answer one need, for many pairs."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

__all__ = ["best_cosine", "best_words"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def best_words(  # noqa: PLR0917
    asked: sparse.csr_array, weights: sparse.csr_array, start: Ints, order: Ints, need: Ints, supplier: Ints
) -> tuple[Floats, Ints, Floats]:
    """Give the best product of a need's terms with any text of a supplier, which it is, and the sum over its texts.

    Parameters
    ----------
    asked
        Needs × terms.
    weights
        Texts × terms.
    start, order
        ``order[start[s]:start[s + 1]]`` are the texts of supplier s.
    need, supplier
        The pairs, each (pairs,); those of one need must stand together to be fast.

    Returns
    -------
    score, text, total
        Each (pairs,); 0, -1 and 0 where no text shares a term.
    """
    score, text, total = np.zeros(len(need)), np.full(len(need), -1), np.zeros(len(need))
    if asked.nnz and weights.nnz:
        dense = np.zeros(weights.shape[1])
        a = (asked.indptr, asked.indices, asked.data.astype(np.float64, copy=False))
        w = (weights.indptr, weights.indices, weights.data)
        _words(*a, *w, start, order, need, supplier, dense, score, text, total)
    return score, text, total


@njit(cache=True, nogil=True)
def _words(  # type: ignore[no-untyped-def]  # noqa: PLR0917  # pragma: no cover
    ap, ai, ax, wp, wi, wx, start, order, need, supplier, dense, score, text, total
):
    now = -1
    for k in range(len(need)):
        if need[k] != now:
            if now >= 0:
                for j in range(ap[now], ap[now + 1]):
                    dense[ai[j]] = 0.0
            now = need[k]
            for j in range(ap[now], ap[now + 1]):
                dense[ai[j]] = ax[j]
        for d in range(start[supplier[k]], start[supplier[k] + 1]):
            mine = 0.0
            for j in range(wp[order[d]], wp[order[d] + 1]):
                mine += dense[wi[j]] * wx[j]
            total[k] += mine
            if mine > score[k]:
                score[k] = mine
                text[k] = order[d]


def best_cosine(  # noqa: PLR0917
    asked: NDArray[np.float32],
    vectors: NDArray[np.float32],
    start: Ints,
    order: Ints,
    need: Ints,
    supplier: Ints,
) -> tuple[Floats, Ints]:
    """Give the largest cosine of a need with any text of a supplier, and which text it is.

    Parameters
    ----------
    asked, vectors
        Needs × dimensions and texts × dimensions, each row of length 1 or 0.
    start, order
        ``order[start[s]:start[s + 1]]`` are the texts of supplier s.
    need, supplier
        The pairs, each (pairs,).

    Returns
    -------
    score, text
        Each (pairs,); -1 and -1 where the supplier has no text.
    """
    score, text = np.full(len(need), -1.0), np.full(len(need), -1)
    _cosines(asked, vectors, start, order, need, supplier, score, text)
    return score, text


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _cosines(  # type: ignore[no-untyped-def]  # noqa: PLR0917  # pragma: no cover
    asked, vectors, start, order, need, supplier, score, text
):
    width = asked.shape[1]
    for k in range(len(need)):
        for d in range(start[supplier[k]], start[supplier[k] + 1]):
            total = np.float32(0.0)
            for j in range(width):
                total += asked[need[k], j] * vectors[order[d], j]
            if total > score[k]:
                score[k] = total
                text[k] = order[d]
