"""What a ranker is held against: what a platform shows without it, and item-based neighbours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from scipy import sparse

from jiqun.cluster import Words
from jiqun.match.features import Known, distance_km
from jiqun.match.memory import partners_of
from jiqun.match.objects import Asked, Floats
from jiqun.match.wording import Said

__all__ = ["ARMS", "TITLES", "Arm"]

Arm = Callable[[Known, Asked, Said], Floats]
"""Scores of all suppliers for a few needs: needs × suppliers, any real number, the larger the better."""


def chance(known: Known, asked: Asked, said: Said) -> Floats:  # noqa: ARG001
    """Browse at random: every active supplier alike, by a fixed draw for each place of need and supplier."""
    drawn = np.random.default_rng([len(asked), int(abs(asked.day.sum()))]).random((len(asked), known.memory.suppliers))
    return np.where(known.memory.activity > 0, drawn, -1.0)


def popular(known: Known, asked: Asked, said: Said) -> Floats:  # noqa: ARG001
    """Sort by popularity: decayed deals."""
    return np.tile(known.memory.activity, (len(asked), 1))


def recent(known: Known, asked: Asked, said: Said) -> Floats:  # noqa: ARG001
    """Sort by the last deal."""
    return np.tile(np.where(np.isfinite(known.memory.last), known.memory.last, -1e9), (len(asked), 1))


def popular_in_kind(known: Known, asked: Asked, said: Said) -> Floats:  # noqa: ARG001
    """Filter by category, sort by popularity there; then by popularity over all."""
    memory = known.memory
    whole = memory.activity / max(memory.activity.max(initial=0.0), 1e-12) * 1e-6
    if not memory.profiles:
        return np.tile(whole, (len(asked), 1))
    rows = memory.profiles[0].rows(asked.traits, memory.levels)
    out = np.tile(whole, (len(asked), 1))
    if (rows >= 0).any():
        out[rows >= 0] += memory.profiles[0].counts[rows[rows >= 0]].toarray()
    return out


def nearest(known: Known, asked: Asked, said: Said) -> Floats:  # noqa: ARG001
    """Show the nearest first: by distance where positions are known, else by deals in the same place."""
    memory = known.memory
    tie = memory.activity / max(memory.activity.max(initial=0.0), 1e-12) * 1e-6
    if np.isfinite(known.position).any():
        here = np.repeat(asked.position, memory.suppliers, axis=0)
        far = distance_km(here, np.tile(known.position, (len(asked), 1))).reshape(len(asked), -1)
        return np.asarray(-np.where(np.isfinite(far), far, 1e6) + tie)
    places = [k for k, trait in enumerate(known.traits) if trait.group == "place"]
    out = np.tile(tie, (len(asked), 1))
    for profile in memory.profiles:
        if places and profile.of == (places[0],):
            rows = profile.rows(asked.traits, memory.levels)
            out[rows >= 0] += profile.counts[rows[rows >= 0]].toarray()
    return out


def words_alone(known: Known, asked: Asked, said: Said) -> Floats:
    """Search by words: BM25 of the best text of each supplier."""
    found = known.wording.lexicon.scores(said.asked) if len(known.wording) else sparse.csr_array((len(asked), 0))
    out = np.zeros((len(asked), known.memory.suppliers))
    row = np.repeat(np.arange(len(asked)), np.diff(found.indptr))
    if found.nnz:
        np.maximum.at(out, (row, known.wording.supplier[found.indices]), found.data)
    return out


def history(known: Known, asked: Asked, said: Said) -> Floats:  # noqa: ARG001
    """Go back to past partners, the more frequent first; then by popularity."""
    memory = known.memory
    tie = memory.activity / max(memory.activity.max(initial=0.0), 1e-12) * 1e-6
    return np.asarray(partners_of(memory, asked).toarray() + tie)


def item_neighbours(known: Known, asked: Asked, said: Said) -> Floats:  # noqa: ARG001
    """Item-kNN: cosine of having the same partners, summed over the seeker's past partners; then by popularity."""
    memory = known.memory
    tie = memory.activity / max(memory.activity.max(initial=0.0), 1e-12) * 1e-6
    met = partners_of(memory, asked)
    alike = sparse.csr_array(memory.alike + sparse.eye_array(memory.suppliers))
    return np.asarray((met @ alike).toarray() + tie)


ARMS: Mapping[str, Arm] = MappingProxyType(
    {
        "random": chance,
        "popular": popular,
        "recent": recent,
        "popular_in_category": popular_in_kind,
        "nearest": nearest,
        "words": words_alone,
        "own_history": history,
        "item_knn": item_neighbours,
    }
)
"""Baselines by name."""

TITLES: Mapping[str, Words] = MappingProxyType(
    {
        "random": Words("Browsing at random", "随机浏览"),
        "popular": Words("Sorted by popularity", "按热度排序"),
        "recent": Words("Sorted by last deal", "按最近成交排序"),
        "popular_in_category": Words("Category, then popularity", "类别内按热度排序"),
        "nearest": Words("Nearest first", "就近优先"),
        "words": Words("Keyword search (BM25)", "关键词检索（BM25）"),
        "own_history": Words("Own past partners", "既往伙伴"),
        "item_knn": Words("Item-based neighbours", "物品近邻"),
        "model": Words("AI ranking", "智能排序"),
    }
)
