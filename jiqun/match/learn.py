"""Learn from the past what speaks for a supplier, for needs of known partners and of none apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from jiqun.match.alternatives import choice_sets, draw_chances
from jiqun.match.book import Book
from jiqun.match.features import Feature, Known, Pairs, feature_names, features_of
from jiqun.match.latent import latent
from jiqun.match.logit import fit_logit
from jiqun.match.memory import HALF_LIFE_DAYS, partners_of, remember
from jiqun.match.objects import Floats, Ints
from jiqun.match.semantic import Vectors
from jiqun.match.wording import Wording, say, wording

__all__ = ["Ranker", "know", "learn", "plain_ranker"]

SEGMENTS = ("warm", "cold", "new")
"""Needs whose seeker has past partners, those of all others, and the search for partners that a seeker has not met."""
LEAST_NEEDS = 150
"""Needs of a segment below which its weights are those that are set by hand."""
PLAIN: Mapping[str, float] = MappingProxyType(
    {
        "words": 4.0, "meaning_use": 4.0, "meaning_e5": 8.0, "offered": 3.0, "category_share": 0.5, "place_share": 0.3,
        "latent": 0.5, "activity": 0.3, "nearness": 0.2, "partner": 1.5, "alike_mean": 0.3, "price_gap": 0.3,
    }
)  # fmt: skip
"""Weights where there is too little past to learn from: a convention of ours, and said so where it is used."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Weights of the features by segment, see :data:`SEGMENTS`."""

    features: tuple[Feature, ...]
    weights: NDArray[np.float64]
    """Segments × features."""
    learned: tuple[int, int, int]
    """Needs each segment was learned from; 0 where its weights are set by hand."""
    l2: float
    until: float
    """Nothing of this day or after was read."""

    def score(self, features: NDArray[np.float32], warm: NDArray[np.bool_], *, new_only: bool = False) -> Floats:
        """Give the score of pairs.

        Parameters
        ----------
        features
            Pairs × features.
        warm
            Of each pair whether its need's seeker has past partners.
        new_only
            Whether only partners that the seeker has not met are looked for.
        """
        each = features.astype(np.float64) @ self.weights.T
        return np.where(warm, each[:, 2 if new_only else 0], each[:, 1])


def plain_ranker(features: Sequence[Feature], until: float = -np.inf) -> Ranker:
    """Give the ranker whose weights are set by hand (:data:`PLAIN`), for a market without a past."""
    weights = np.array([PLAIN.get(feature.name, 0.0) for feature in features])
    return Ranker(tuple(features), np.stack([weights] * len(SEGMENTS)), (0, 0, 0), 0.0, until)


def know(
    book: Book, at: float, *, half_life_days: float = HALF_LIFE_DAYS, wording_before: Wording | None = None
) -> Known:
    """Sum up everything a book says strictly before a day.

    Parameters
    ----------
    book
        The market.
    at
        The day.
    half_life_days
        After how many days a deal counts half.
    wording_before
        An index of the same documents, used again where the same ones are known.
    """
    memory = remember(book.deals, at, half_life_days=half_life_days)
    same = wording_before is not None and np.array_equal(wording_before.rows, np.flatnonzero(book.documents.day < at))
    index = wording_before if same and wording_before else wording(book.documents, at, book.deals.suppliers)
    levels = book.deals.levels[0] if book.deals.levels else 0
    some = index.category >= 0
    offered = sparse.csr_array(
        (np.ones(int(some.sum())), (index.category[some], index.supplier[some])), shape=(levels, book.deals.suppliers)
    )
    offered.sum_duplicates()
    offered.data[:] = 1.0
    offered.sort_indices()
    position = np.full((book.deals.suppliers, 2), np.nan) if book.position is None else book.position
    return Known(book.traits, memory, latent(memory), index, offered, position)


@dataclass(frozen=True, slots=True)
class _Lesson:
    features: NDArray[np.float32]
    start: Ints
    chosen: NDArray[np.bool_]
    log_chance: Floats
    warm: NDArray[np.bool_]
    """Of each set."""


def learn(
    book: Book,
    at: float,
    *,
    window_days: float = 365.0,
    lessons: Sequence[float] = (0.5, 1.0, 1.5, 2.0),
    needs: int = 4_000,
    draws: int = 80,
    l2: float = 50.0,
    corrected: bool = True,
    rng: np.random.Generator | int | None = 0,
) -> Ranker:
    """Learn weights from the deals strictly before a day.

    Several times in the past, what was known then is held against what was concluded in the window that
    followed: a lesson. So the weights are learned as they will be used – from a memory that is older than the need.

    Parameters
    ----------
    book
        The market.
    at
        The day; nothing of it or after is read.
    window_days
        How old a memory may be when it is used.
    lessons
        When the memories were, in windows before the day.
    needs
        Needs of a lesson, drawn where there are more.
    draws
        Alternatives drawn for each need.
    l2
        Penalty on squared departures of the weights, of standardised features, from those set by hand.
    corrected
        Whether the chance of each draw is added back; False only to show what is lost without.
    rng
        Source of randomness.
    """
    names = feature_names(book.traits, [name for name, _ in book.documents.vectors])
    streams = np.random.default_rng(rng).bit_generator.seed_seq.spawn(len(lessons))  # type: ignore[attr-defined]
    first = book.deals.day[0] if len(book.deals) else at
    taught: list[_Lesson] = []
    index: Wording | None = None
    for back, stream in zip(lessons, streams, strict=True):
        begin = at - back * window_days
        if begin > first:
            known = know(book, begin, wording_before=index)
            index = known.wording
            lesson = _lesson(book, known, min(begin + window_days, at), (needs, draws), np.random.default_rng(stream))
            taught += [] if lesson is None else [lesson]
    weights = plain_ranker(names).weights.copy()
    learned = [0, 0, 0]
    # The search for new partners is learned from warm needs; without enough of them it is that of warm needs.
    for k in range(len(SEGMENTS)):
        features, start, chosen, log_chance = _segment(taught, k, names)
        if len(start) - 1 < LEAST_NEEDS:
            weights[k] = weights[0] if k == 2 else weights[k]
            continue
        scale = features.std(axis=0)
        # What never varied in the past – texts, where past needs have none – cannot be learned from it.
        varied = scale > 1e-6
        # Penalised are departures from the weights set by hand, so that a short past does not undo them.
        offset = features.astype(np.float64) @ weights[k] - (log_chance if corrected else 0.0)
        fit = fit_logit(features[:, varied] / scale[varied], start, chosen, offset, l2=l2)
        weights[k, varied] += fit.weights / scale[varied]
        learned[k] = len(start) - 1
    return Ranker(names, weights, (learned[0], learned[1], learned[2]), l2, at)


def _lesson(book: Book, known: Known, end: float, sizes: tuple[int, int], rng: np.random.Generator) -> _Lesson | None:
    begin, (needs, draws) = known.memory.at, sizes
    asked, need, supplier = book.deals.before(end).since(begin).needs()
    there = known.memory.activity[supplier] > 0
    need, supplier = need[there], supplier[there]
    rows = np.unique(need)
    if len(rows) == 0:
        return None
    if len(rows) > needs:
        rows = np.sort(rng.permutation(rows)[:needs])
        kept = np.isin(need, rows)
        need, supplier = need[kept], supplier[kept]
    codes = book.deals.before(end).since(begin)
    asked = asked.take(rows)
    need = np.searchsorted(rows, need)
    met = partners_of(known.memory, asked)
    certain = (np.repeat(np.arange(len(asked)), np.diff(met.indptr)), met.indices.astype(np.int64))
    sets = choice_sets(need, supplier, draw_chances(known.memory.activity), certain=certain, draws=draws, rng=rng)
    said = say(known.wording, *texts_of(book, codes.needs_codes()[rows]))
    features = features_of(known, asked, said, Pairs(sets.need, sets.supplier))
    return _Lesson(features, sets.start, sets.chosen, sets.log_chance, np.diff(met.indptr) > 0)


def texts_of(book: Book, codes: Ints) -> tuple[list[str], dict[str, Vectors]]:
    """Give the texts of past needs by their codes, and their vectors by each encoder."""
    texts = [book.need_texts.get(int(code), "") for code in codes]
    return texts, {name: book.need_vectors(name, codes) for name, _ in book.documents.vectors}


def _segment(
    lessons: Sequence[_Lesson], segment: int, names: Sequence[Feature]
) -> tuple[NDArray[np.float32], Ints, NDArray[np.bool_], Floats]:
    """Gather the choice sets of a segment; of the search for new partners without the partners that were met."""
    met = [feature.name for feature in names].index("partner")
    parts: list[tuple[NDArray[np.float32], NDArray[np.bool_], Floats]] = []
    lengths: list[Ints] = []
    for lesson in lessons:
        owner = np.repeat(np.arange(len(lesson.warm)), np.diff(lesson.start))
        rows = (lesson.warm == (segment != 1))[owner]
        if segment == 2:
            rows &= lesson.features[:, met] == 0
        some = np.bincount(owner[rows], lesson.chosen[rows], len(lesson.warm)) > 0
        rows &= some[owner]
        parts.append((lesson.features[rows], lesson.chosen[rows], lesson.log_chance[rows]))
        length = np.bincount(owner[rows], minlength=len(lesson.warm))
        lengths.append(length[length > 0])
    if not parts:
        return np.empty((0, len(names)), np.float32), np.zeros(1, np.int64), np.empty(0, bool), np.empty(0)
    features, chosen, chance = (np.concatenate([part[k] for part in parts]) for k in range(3))
    return features, np.r_[0, np.cumsum(np.concatenate(lengths))], chosen, chance
