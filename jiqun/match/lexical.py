"""Found by words: BM25 as a sparse matrix, whose products are scores and whose entries are their reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jiqun.match.text import terms

__all__ = ["K1", "B", "Lexicon", "ask", "index_texts", "shared_terms"]

K1 = 1.2
"""How soon a repeated term stops counting."""
B = 0.75
"""How much a long text is held to be long-winded."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """An index of texts by their terms."""

    terms: Mapping[str, int]
    """Column of each term."""
    weights: sparse.csr_array
    """Texts × terms: what each term adds to the score of the text for a need that holds it."""

    def scores(self, asked: sparse.csr_array) -> sparse.csr_array:
        """Give the BM25 of needs (rows of :func:`ask`) with every text: needs × texts, 0 where no term is shared."""
        found = sparse.csr_array(asked @ self.weights.T)
        found.sort_indices()
        return found


def index_texts(texts: Sequence[str | None]) -> Lexicon:
    r"""Index texts for BM25.

    Parameters
    ----------
    texts
        One for each document; an empty one, or None, is found by nothing.

    Returns
    -------
    Lexicon
        With entries
        :math:`\ln\left(1 + \frac{N - n_t + 1/2}{n_t + 1/2}\right)
        \frac{f_{dt}(k_1 + 1)}{f_{dt} + k_1(1 - b + b\,l_d / \bar l)}` (Robertson and Zaragoza 2009,
        doi:10.1561/1500000019, with the logarithm of Lucene, which is never negative).

    Examples
    --------
    >>> index = index_texts(["铝合金压铸", "纸箱包装", ""])
    >>> index.scores(ask(index, ["压铸件"])).toarray().round(2).tolist()
    [[2.8, 0.0, 0.0]]
    """
    columns: dict[str, int] = {}
    rows: list[int] = []
    at: list[int] = []
    often: list[int] = []
    length = np.zeros(len(texts))
    for row, text in enumerate(texts):
        found = terms(text or "")
        length[row] = len(found)
        for term, count in Counter(found).items():
            rows.append(row)
            at.append(columns.setdefault(term, len(columns)))
            often.append(count)
    shape = (len(texts), len(columns))
    counts = sparse.csr_array((np.array(often, dtype=float), (rows, at)), shape=shape)
    counts.sort_indices()
    holding = np.bincount(counts.indices, minlength=len(columns))
    rarity = np.log1p((len(texts) - holding + 0.5) / (holding + 0.5))
    mean = length[length > 0].mean() if (length > 0).any() else 1.0
    wordy = np.repeat(K1 * (1.0 - B + B * length / mean), np.diff(counts.indptr))
    counts.data = rarity[counts.indices] * counts.data * (K1 + 1.0) / (counts.data + wordy)
    return Lexicon(columns, counts)


def ask(index: Lexicon, texts: Sequence[str | None]) -> sparse.csr_array:
    """Code needs by the terms of an index: needs × terms, 1 where a need holds a term."""
    rows: list[int] = []
    at: list[int] = []
    for row, text in enumerate(texts):
        known = {index.terms[term] for term in terms(text or "") if term in index.terms}
        rows.extend([row] * len(known))
        at.extend(sorted(known))
    return sparse.csr_array((np.ones(len(rows)), (rows, at)), shape=(len(texts), len(index.terms)))


def shared_terms(index: Lexicon, text: str, document: int, most: int = 5) -> list[tuple[str, float]]:
    """Say by which terms a text was found, and what each adds to its score, the greatest first.

    A character or word inside a longer term that was found as well is not named again: its part is added to that
    term, so that the parts still sum to the score where ``most`` allows.

    >>> index = index_texts(["aluminium casting", "cartons"])
    >>> [(term, round(part, 2)) for term, part in shared_terms(index, "casting of cartons", 0)]
    [('casting', 0.61)]
    """
    low, high = index.weights.indptr[document], index.weights.indptr[document + 1]
    weight = dict(zip(index.weights.indices[low:high].tolist(), index.weights.data[low:high].tolist(), strict=True))
    held = {term: weight[index.terms[term]] for term in set(terms(text)) if index.terms.get(term, -1) in weight}
    parts = dict(held)
    for term in sorted(held):
        wider = sorted(other for other in held if len(other) == 2 and len(term) == 1 and term in other)
        for other in wider:
            parts[other] += held[term] / len(wider)
        if wider:
            del parts[term]
    return sorted(parts.items(), key=lambda part: (-part[1], part[0]))[:most]
