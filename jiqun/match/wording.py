"""The texts of a market at one moment, indexed by words and by meaning, and how well they answer needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from jiqun.match.book import Documents
from jiqun.match.kernels.pairs import best_cosine, best_words
from jiqun.match.lexical import Lexicon, ask, index_texts
from jiqun.match.objects import Floats, Ints
from jiqun.match.semantic import Vectors

__all__ = ["Said", "Wording", "say", "wording"]

SAMPLE = 2_048
"""Texts from which the mean cosine of a need is taken, evenly spaced; all of them where there are fewer."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts known at one moment; row k of the index is row ``rows[k]`` of the documents."""

    lexicon: Lexicon
    vectors: Mapping[str, Vectors]
    supplier: Ints
    start: Ints
    order: Ints
    rows: Ints
    category: Ints

    def __len__(self) -> int:
        return len(self.supplier)


@dataclass(frozen=True, slots=True)
class Said:
    """Needs in words: their terms, their vectors, and what a good answer scores for each of them."""

    texts: tuple[str, ...]
    asked: sparse.csr_array
    vectors: Mapping[str, Vectors]
    best_words: Floats
    """BM25 of the best text of all, 0 where none shares a term; shape (needs,)."""
    scale: Mapping[str, tuple[Floats, Floats]]
    """Of each encoder the mean cosine over texts, and that of the best, each (needs,)."""


def wording(documents: Documents, at: float, suppliers: int) -> Wording:
    """Index the documents known strictly before a day.

    Parameters
    ----------
    documents
        All documents.
    at
        The day.
    suppliers
        How many suppliers there are.
    """
    known, rows = documents.before(at)
    order = np.argsort(known.supplier, kind="stable")
    start = np.r_[0, np.cumsum(np.bincount(known.supplier, minlength=suppliers))]
    lexicon = index_texts(known.texts)
    return Wording(lexicon, dict(known.vectors), known.supplier, start, order, rows, known.category)


def say(index: Wording, texts: Sequence[str | None], vectors: Mapping[str, Vectors], *, block: int = 256) -> Said:
    """Put needs into the terms and vectors of an index, and find what the best answer to each would score.

    Parameters
    ----------
    index
        The texts of the suppliers.
    texts
        Those of the needs.
    vectors
        Those of the needs, by each encoder of the index.
    block
        Needs taken at once.
    """
    asked = ask(index.lexicon, texts)
    top = np.zeros(len(texts))
    scale: dict[str, tuple[Floats, Floats]] = {}
    for low in range(0, len(texts), block):
        found = index.lexicon.scores(asked[low : low + block])
        top[low : low + block] = _row_max(found)
    every = np.unique(np.linspace(0, max(len(index) - 1, 0), min(SAMPLE, len(index))).astype(np.int64))
    for name, held in index.vectors.items():
        mine = vectors[name]
        mean, best = np.zeros(len(texts)), np.zeros(len(texts))
        for low in range(0, len(texts), block):
            if len(index):
                mean[low : low + block] = (mine[low : low + block] @ held[every].T).mean(axis=1)
                best[low : low + block] = (mine[low : low + block] @ held.T).max(axis=1)
        scale[name] = (mean, best)
    return Said(tuple(text or "" for text in texts), asked, dict(vectors), top, scale)


def _row_max(matrix: sparse.csr_array) -> Floats:
    out = np.zeros(matrix.shape[0])
    filled = np.diff(matrix.indptr) > 0
    if filled.any():
        out[filled] = np.maximum.reduceat(matrix.data, matrix.indptr[:-1][filled])
    return out


def word_scores(index: Wording, said: Said, need: Ints, supplier: Ints) -> tuple[Floats, Ints, Floats]:
    """Give BM25 of pairs as a share of the best text of all, the text, and the sum over the supplier's texts likewise.

    0, -1 and 0 where no term is shared.
    """
    score, text, total = best_words(said.asked, index.lexicon.weights, index.start, index.order, need, supplier)
    best = said.best_words[need]
    shares = [np.divide(part, best, out=np.zeros_like(part), where=best > 0) for part in (score, total)]
    return shares[0], text, shares[1]


def meaning_scores(index: Wording, said: Said, encoder: str, need: Ints, supplier: Ints) -> tuple[Floats, Ints]:
    """Give cosines of pairs, 1 for the best text of all and 0 for a mean one, and the text.

    A supplier without a text, and a need without one, is held to be at the mean: nothing is known of it.
    """
    score, text = best_cosine(said.vectors[encoder], index.vectors[encoder], index.start, index.order, need, supplier)
    mean, best = (part[need] for part in said.scale[encoder])
    spread = best - mean
    good = (text >= 0) & (spread > 1e-6)
    return np.divide(score - mean, spread, out=np.zeros_like(score), where=good), text
