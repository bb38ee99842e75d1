"""Who comes into question: the best of several searches together, those excluded left out before anything is cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from jiqun.cluster import Words
from jiqun.match.features import Known
from jiqun.match.memory import partners_of
from jiqun.match.objects import Asked, Floats, Ints
from jiqun.match.wording import Said

__all__ = ["SOURCES", "Candidates", "candidates", "top_of_rows"]

Mask = NDArray[np.bool_]
SOURCES: Mapping[str, Words] = MappingProxyType(
    {
        "words": Words("words in common", "用词检索"),
        "meaning": Words("meaning", "语义检索"),
        "profile": Words("deals in the same category, place or stage", "同类、同地或同阶段成交"),
        "popular": Words("most active of all", "总体最活跃"),
        "partner": Words("past partner", "既往合作"),
        "network": Words("partner of partners", "伙伴的伙伴"),
        "offered": Words("offers in the category", "提供该类别"),
    }
)
"""The searches, in the order of their bits."""
MOST: Mapping[str, int] = MappingProxyType(
    {"words": 200, "meaning": 200, "profile": 100, "popular": 50, "partner": 200, "network": 200, "offered": 100}
)
"""How many each search gives; of profiles, for each trait and pair of traits."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of need and supplier that come into question, by need and supplier, and which searches found them."""

    need: Ints
    supplier: Ints
    found: Ints
    """Bit k is set where search k of :data:`SOURCES` found the pair."""

    def __len__(self) -> int:
        return len(self.need)

    def sources(self, row: int) -> tuple[str, ...]:
        """Name the searches that found a pair."""
        return tuple(name for k, name in enumerate(SOURCES) if self.found[row] >> k & 1)


def top_of_rows(scores: sparse.csr_array, most: int, allowed: Mask | None = None) -> tuple[Ints, Ints, Floats]:
    """Give the columns of the largest entries of each row, among those allowed; ties by the lower column.

    Parameters
    ----------
    scores
        Rows × columns; only stored entries above 0 count.
    most
        Entries of a row that are kept.
    allowed
        Which may be, shape (columns,) or (rows, columns); None: all. What is not allowed takes nobody's place.

    Returns
    -------
    row, column, score
        By row, the largest first.
    """
    row = np.repeat(np.arange(scores.shape[0]), np.diff(scores.indptr))
    column, value = scores.indices.astype(np.int64), scores.data
    good = value > 0
    if allowed is not None:
        good &= allowed[column] if allowed.ndim == 1 else allowed[row, column]
    row, column, value = row[good], column[good], value[good]
    start = np.searchsorted(row, np.arange(scores.shape[0] + 1))
    kept = [_best(value[a:b], most) + a for a, b in pairwise(start) if b > a]
    at = np.concatenate(kept) if kept else np.empty(0, dtype=np.int64)
    return row[at], column[at], value[at]


def _best(value: Floats, most: int) -> Ints:
    """Give the positions of the largest values, the largest first, ties by the lower position."""
    if len(value) > most:
        edge = np.partition(value, len(value) - most)[len(value) - most]
        above = np.flatnonzero(value > edge)
        kept = np.concatenate([above, np.flatnonzero(value == edge)[: most - len(above)]])
    else:
        kept = np.arange(len(value))
    return kept[np.argsort(-value[kept], kind="stable")]


def candidates(
    known: Known,
    asked: Asked,
    said: Said,
    *,
    allowed: Mask | None = None,
    most: Mapping[str, int] = MOST,
    block: int = 256,
) -> Candidates:
    """Search for who comes into question for each need.

    Parameters
    ----------
    known
        What the past says.
    asked, said
        The needs, as arrays and in words.
    allowed
        Who may serve whom: shape (suppliers,) or (needs, suppliers); None: all. It is applied **before** the best
        are taken, so that those excluded take nobody's place.
    most
        How many each search gives.
    block
        Needs taken at once.

    Returns
    -------
    Candidates
        Every pair once.
    """
    size = known.memory.suppliers
    keys: list[Ints] = []
    bits: list[Ints] = []
    for low in range(0, len(asked), block):
        rows = np.arange(low, min(low + block, len(asked)))
        mask = allowed if allowed is None or allowed.ndim == 1 else allowed[rows]
        found = _searches(known, asked.take(rows), said, rows, mask, most)
        key = np.concatenate([(low + row) * size + column for _, row, column in found])
        bit = np.concatenate([np.full(len(row), 1 << source) for source, row, _ in found])
        order = np.argsort(key, kind="stable")
        key, bit = key[order], bit[order]
        if len(key) == 0:
            continue
        first = np.r_[0, np.flatnonzero(np.diff(key)) + 1]
        keys.append(key[first])
        bits.append(np.bitwise_or.reduceat(bit, first))
    if not keys:
        nothing = np.empty(0, dtype=np.int64)
        return Candidates(nothing, nothing, nothing)
    pair = np.concatenate(keys)
    return Candidates(pair // size, pair % size, np.concatenate(bits))


def _searches(  # noqa: PLR0917
    known: Known, asked: Asked, said: Said, rows: Ints, mask: Mask | None, most: Mapping[str, int]
) -> list[tuple[int, Ints, Ints]]:
    bit = {name: k for k, name in enumerate(SOURCES)}
    memory, size = known.memory, known.memory.suppliers
    found: list[tuple[int, Ints, Ints]] = []

    def add(source: str, scores: sparse.csr_array) -> None:
        row, column, _ = top_of_rows(scores, most[source], mask)
        found.append((bit[source], row, column))

    if len(known.wording):
        row, text, _ = _texts(known, known.wording.lexicon.scores(said.asked[rows]), most["words"], mask)
        found.append((bit["words"], row, known.wording.supplier[text]))
        for name, vectors in known.wording.vectors.items():
            row, text = _by_meaning(known, said.vectors[name][rows] @ vectors.T, most["meaning"], mask)
            found.append((bit["meaning"], row, known.wording.supplier[text]))
    for profile in memory.profiles:
        add("profile", _rows(profile.counts, profile.rows(asked.traits, memory.levels), size))
    everyone = sparse.csr_array(np.maximum(memory.activity, 0.0)[None, :])
    if mask is None or mask.ndim == 1:
        _, column, _ = top_of_rows(everyone, most["popular"], mask)
        found.append((bit["popular"], np.repeat(np.arange(len(rows)), len(column)), np.tile(column, len(rows))))
    else:
        add("popular", sparse.csr_array(np.where(mask, memory.activity[None, :], 0.0)))
    met = partners_of(memory, asked)
    add("partner", met)
    flat = met.copy()
    flat.data = np.ones_like(flat.data)
    add("network", sparse.csr_array(flat @ (memory.together + memory.alike + memory.after)))
    if known.offered.nnz and asked.traits.shape[1]:
        row_of = np.where(asked.traits[:, 0] < known.offered.shape[0], asked.traits[:, 0], -1)
        offered = _rows(known.offered, row_of, size)
        # The busier first, and those never busy by their code.
        offered.data = 1.0 + memory.activity[offered.indices]
        add("offered", offered)
    return found


def _rows(matrix: sparse.csr_array, rows: Ints, width: int) -> sparse.csr_array:
    """Give rows of a matrix, empty where the row is -1."""
    if matrix.shape[0] == 0:
        return sparse.csr_array((len(rows), width))
    picked = sparse.csr_array(matrix[np.maximum(rows, 0)])
    picked.data = np.where(np.repeat(rows >= 0, np.diff(picked.indptr)), picked.data, 0.0)
    return picked


def _texts(known: Known, scores: sparse.csr_array, most: int, mask: Mask | None) -> tuple[Ints, Ints, Floats]:
    """Give the best texts of each row whose supplier may be."""
    by_text = None if mask is None else mask[..., known.wording.supplier]
    return top_of_rows(scores, most, by_text)


def _by_meaning(known: Known, cosine: NDArray[np.float32], most: int, mask: Mask | None) -> tuple[Ints, Ints]:
    supplier = known.wording.supplier
    value = cosine.astype(np.float64)
    if mask is not None:
        value[~np.broadcast_to(mask[..., supplier], value.shape)] = -np.inf
    # A text of nothing has the vector 0 and is found by nothing.
    value[~(np.abs(cosine) > 0)] = -np.inf
    row: list[Ints] = []
    text: list[Ints] = []
    for k in range(len(value)):
        some = np.flatnonzero(np.isfinite(value[k]))
        best = some[_best(value[k][some], most)]
        row.append(np.full(len(best), k))
        text.append(best)
    return np.concatenate(row), np.concatenate(text)
