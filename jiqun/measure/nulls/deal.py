"""Dealing labels to slots: tables with fixed margins, drawn as a random permutation would give them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["deal"]

Codes = NDArray[np.int64]
Dealt = tuple[Codes, Codes, Codes]

_ROW, _CELL = 1.0, 8.0
"""Relative cost of shuffling a row and of drawing a cell of a table (measured: 12 ns and 100 ns)."""


def deal(slot: Codes, label: Codes, stratum: Codes, rows: Codes) -> Callable[[np.random.Generator], Dealt]:
    """Prepare to deal labels to slots at random, within strata.

    Each slot keeps its number of rows and each label its own, in every stratum. With few slots and labels and
    many rows a table is drawn cell by cell from hypergeometric distributions, else the labels are shuffled row
    by row; both have the distribution of a uniform permutation.

    Parameters
    ----------
    slot, label, stratum
        What stays, what moves, and within what it moves, for each group of identical rows, shape (groups,).
    rows
        Rows of each group.

    Returns
    -------
    callable
        From a generator to slot, label and number of rows of each group of a draw.

    Examples
    --------
    >>> one = np.array([1, 1, 1, 1])
    >>> draw = deal(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2]), 0 * one, one)
    >>> slot, label, rows = draw(np.random.default_rng(0))
    >>> np.bincount(slot, rows).tolist(), np.bincount(label, rows).tolist()
    ([2.0, 2.0], [1.0, 1.0, 2.0])
    """
    parts = [_part(slot[here], label[here], rows[here]) for here in _where(stratum)]

    def draw(rng: np.random.Generator) -> Dealt:
        dealt = [part(rng) for part in parts]
        if not dealt:
            empty = np.zeros(0, dtype=np.int64)
            return empty, empty, empty
        slots, labels, counts = (np.concatenate(one) for one in zip(*dealt, strict=True))
        return slots, labels, counts

    return draw


def _where(stratum: Codes) -> list[Codes]:
    order = np.argsort(stratum, kind="stable")
    _, first = np.unique(stratum[order], return_index=True)
    return np.split(order, first[1:]) if order.size else []


def _part(slot: Codes, label: Codes, rows: Codes) -> Callable[[np.random.Generator], Dealt]:
    slots, in_slot = _margin(slot, rows)
    labels, of_label = _margin(label, rows)
    if _CELL * len(slots) * len(labels) < _ROW * rows.sum():
        return lambda rng: _table(rng, slots, in_slot, labels, of_label)
    place = np.repeat(slots, in_slot)
    ones = np.ones(len(place), dtype=np.int64)
    # shuffled as small numbers: a third of the time of 64-bit codes
    kind = np.uint16 if len(labels) < 1 << 16 else np.uint32
    cards = np.repeat(np.arange(len(labels), dtype=kind), of_label)
    return lambda rng: (place, labels[rng.permutation(cards)], ones)


def _margin(code: Codes, rows: Codes) -> tuple[Codes, Codes]:
    known, inverse = np.unique(code, return_inverse=True)
    return known, np.bincount(inverse, rows, len(known)).astype(np.int64)


def _table(rng: np.random.Generator, slots: Codes, in_slot: Codes, labels: Codes, of_label: Codes) -> Dealt:
    turned = len(slots) > len(labels)
    hands, cards = (of_label, in_slot) if turned else (in_slot, of_label)
    left = cards.copy()
    table = np.empty((len(hands), len(cards)), dtype=np.int64)
    for hand, size in enumerate(hands):
        table[hand] = rng.multivariate_hypergeometric(left, size, method="marginals")
        left -= table[hand]
    found = (table.T if turned else table).nonzero()
    return slots[found[0]], labels[found[1]], (table.T if turned else table)[found]
