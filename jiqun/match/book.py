"""The book of a market: what was concluded, what is on offer in words, and the traits by which needs are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from jiqun.cluster import Words
from jiqun.match.objects import Deals, Floats, Ints
from jiqun.match.semantic import Vectors

__all__ = ["Book", "Documents", "Trait"]


@dataclass(frozen=True, slots=True)
class Trait:
    """One thing that is known of a need in categories."""

    name: str
    group: str
    """Under which heading it is explained: ``category``, ``place`` or ``stage``."""
    title: Words
    levels: tuple[str, ...] = ()
    """What each code stands for."""


@dataclass(frozen=True, slots=True)
class Documents:
    """What suppliers say, or have been given to do, in words: one text a row, of one supplier."""

    supplier: Ints
    day: Floats
    """Since when it is known; -inf where it always was. Only what lies strictly before a need is read."""
    texts: tuple[str, ...]
    category: Ints
    """Code of the first trait, -1 where unknown."""
    vectors: tuple[tuple[str, Vectors], ...] = ()
    """Vectors of the texts by each encoder in use."""

    @classmethod
    def of(
        cls,
        supplier: Ints,
        texts: Sequence[str | None],
        *,
        day: Floats | None = None,
        category: Ints | None = None,
        vectors: tuple[tuple[str, Vectors], ...] = (),
    ) -> Documents:
        """Make documents; they keep the order they are given in."""
        many = len(texts)
        return cls(
            np.asarray(supplier, dtype=np.int64),
            np.full(many, -np.inf) if day is None else np.asarray(day, float),
            tuple(text or "" for text in texts),
            np.full(many, -1) if category is None else np.asarray(category, dtype=np.int64),
            vectors,
        )

    def __len__(self) -> int:
        return len(self.texts)

    def before(self, day: float) -> tuple[Documents, Ints]:
        """Give what was known strictly before a day, and the rows it was in."""
        rows = np.flatnonzero(self.day < day)
        kept = tuple((name, vectors[rows]) for name, vectors in self.vectors)
        return (
            Documents(
                self.supplier[rows], self.day[rows], tuple(self.texts[k] for k in rows), self.category[rows], kept
            ),
            rows,
        )


@dataclass(frozen=True, slots=True)
class Book:
    """All a market knows, stamped with time, as arrays; what each code stands for is beside it."""

    traits: tuple[Trait, ...]
    deals: Deals
    documents: Documents
    suppliers: tuple[str, ...] = ()
    """Identifiers of suppliers by code."""
    seekers: tuple[str, ...] = ()
    need_texts: dict[int, str] = field(default_factory=dict)
    """Text of a past need, by its code in ``deals``."""
    text_vectors: tuple[tuple[str, Vectors], ...] = ()
    """Vectors of ``need_texts`` in their order, by each encoder in use."""
    position: Floats | None = None
    """Suppliers × 2: longitude and latitude, nan where unknown; None: of none."""

    def need_vectors(self, encoder: str, codes: Ints) -> Vectors:
        """Give the vectors of past needs; 0 where a need has no text."""
        width = dict(self.documents.vectors)[encoder].shape[1]
        held = dict(self.text_vectors)[encoder] if self.text_vectors else np.zeros((0, width), dtype=np.float32)
        at = {code: row for row, code in enumerate(self.need_texts)}
        out = np.zeros((len(codes), width), dtype=np.float32)
        for row, code in enumerate(codes.tolist()):
            if code in at:
                out[row] = held[at[code]]
        return out
