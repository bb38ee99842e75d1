"""Mode shares: the value of interactions, attributed to the four modes of agglomeration."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise, permutations

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from jiqun.measure.network.complementarity import lifts_of

__all__ = [
    "CELLS",
    "CLAIMS",
    "MODES",
    "Lines",
    "ModeShares",
    "Split",
    "attributed",
    "claims",
    "contested",
    "mode_shares",
]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

CLAIMS = ("shared", "collaborative", "expanded")
"""Modes that claim value by themselves, in the order of the paper."""
MODES = (*CLAIMS, "symbiotic")
CELLS = (*MODES, "unrelated_homogeneous")
"""The parts that add up to 1: the four modes, and the blank cell of unrelated actors and homogeneous demand."""
PARTS = 10
BLOCK = 2_048
PRIOR = 20.0
"""Pairs of things at free choice that are added to those seen, so that few pairs prove nothing."""


@dataclass(frozen=True, slots=True)
class Lines:
    """What was sold: one row for each order, need and supplier. Codes from 0, shapes (rows,)."""

    order: Codes
    need: Codes
    supplier: Codes
    customer: Codes
    segment: Codes
    """Market in which suppliers are rivals: customers of one kind in one period."""
    value: Array
    """Positive."""
    count: Array
    """How many things, 1 or more."""
    tied: NDArray[np.bool_]
    """Whether the supplier has a tie with the customer, or with another supplier of the order."""

    def where(self, keep: NDArray[np.bool_]) -> Lines:
        """Give some of the rows; codes stay as they are."""
        return Lines(
            self.order[keep], self.need[keep], self.supplier[keep], self.customer[keep], self.segment[keep],
            self.value[keep], self.count[keep], self.tied[keep],
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Split:
    """Shares within groups, columns in the order of :data:`CELLS`: shapes (groups, cells)."""

    share: Array
    """NaN for a group without value."""
    low: Array
    high: Array
    value: Array
    """Value of each group, shape (groups,)."""


@dataclass(frozen=True, slots=True)
class ModeShares:
    """Shares of value by mode."""

    share: dict[str, float]
    """Of the four modes and ``unrelated_homogeneous``; they add up to 1."""
    low: dict[str, float]
    high: dict[str, float]
    """Interval by leaving out customers; NaN where there are too few of them."""
    least: dict[str, float]
    most: dict[str, float]
    """Lowest and highest share over all orders of attribution."""
    contested: float
    """Share of value that is contested, before any other mode claims it."""
    expanded: float
    """Share of value beyond chance in joint orders across needs, before any other mode claims it."""
    competing_diverse: float
    """Value claimed both as contested and as joint across needs: the other blank cell, counted beside the shares."""
    value: float
    orders: int
    customers: int
    left_out: Array
    """Shares with each part of the customers left out, shape (parts, cells); no parts where there are no intervals."""
    split: Split


def contested(lines: Lines) -> Array:
    r"""Give the chance that another customer of the same market takes the same need from a rival.

    For each need, segment and period

    .. math:: 1 - \frac{\sum_s \left(V_s^2 - \sum_u V_{us}^2\right)}{V^2 - \sum_u V_u^2}

    over suppliers s and customers u: 1 less the Herfindahl index without the pairs of a customer with himself. Its
    expectation does not depend on how many orders were seen. Where one customer alone is seen, the pairs of all markets
    of the need stand in, and of all needs where there are none.

    Parameters
    ----------
    lines
        What was sold.

    Returns
    -------
    numpy.ndarray
        In [0, 1], shape (rows,); NaN where no market has two customers.

    References
    ----------
    Simpson, E. (1949), Measurement of diversity. doi:10.1038/163688a0

    Examples
    --------
    Two customers of one need, at two suppliers:

    >>> one = np.zeros(2, dtype=np.int64)
    >>> two = np.arange(2)
    >>> contested(Lines(two, one, two, two, one, np.ones(2), np.ones(2), two > 5)).tolist()
    [1.0, 1.0]
    """
    segments = int(lines.segment.max(initial=0)) + 1
    cell_code, cell = np.unique(lines.need * segments + lines.segment, return_inverse=True)
    cells = len(cell_code)
    v = lines.value

    def squares(*keys: Codes) -> Array:
        """Sum of the squared values of groups within each cell."""
        code = cell.astype(np.int64)
        for key in keys:
            code = np.unique(code * (int(key.max(initial=0)) + 1) + key, return_inverse=True)[1]
        total = np.bincount(code, v)
        first = np.zeros(len(total), dtype=np.int64)
        first[code] = cell
        return np.asarray(np.bincount(first, total**2, cells), dtype=np.float64)

    everyone = np.bincount(cell, v, cells) ** 2
    pairs = everyone - squares(lines.customer)
    same = squares(lines.supplier) - squares(lines.supplier, lines.customer)
    pairs[pairs < 1e-12 * everyone] = 0.0
    same[pairs == 0] = 0.0
    need = cell_code // segments
    pooled = _ratio(np.bincount(need, same), np.bincount(need, pairs), _ratio(same.sum(), pairs.sum(), np.nan))
    return np.asarray(np.clip(1 - _ratio(same, pairs, pooled[need])[cell], 0.0, 1.0))


def _ratio(above: ArrayLike, under: ArrayLike, other: ArrayLike) -> Array:
    a, b = np.asarray(above, dtype=np.float64), np.asarray(under, dtype=np.float64)
    return np.asarray(np.where(b > 0, a / np.where(b > 0, b, 1.0), other))


@dataclass(frozen=True, slots=True)
class _Null:
    """What the null of joint orders expects of the whole, to be scaled to a part of the customers."""

    expected: Array
    total: Array
    spread: float


def _spread(size: Codes) -> float:
    return float((size * (size - 1.0)).sum()) / float(size.sum()) ** 2


def _joint(lines: Lines, needs: int, null: _Null | None) -> tuple[Array, NDArray[np.bool_], _Null | None]:
    """Share of each line that is joint demand beyond chance, and whether its order holds several needs.

    For a part of the customers the expectation of the whole is scaled by the totals of both needs and the spread of
    sizes of orders, as it is to first order: a null of its own for each part would take minutes.
    """
    order = np.unique(lines.order, return_inverse=True)[1].astype(np.int64)
    many = int(order.max(initial=-1)) + 1
    held = sp.csr_array((np.ones(len(order)), (order, lines.need)), shape=(many, needs))
    held.sum_duplicates()
    held.data[:] = 1.0
    size, total = np.diff(held.indptr), np.bincount(held.indices, minlength=needs).astype(np.float64)
    several = size[order] > 1
    if not several.any():
        return np.zeros(len(order)), several, null
    a, b = np.triu_indices(needs, 1)
    if null is None:
        _, expected, lift = lifts_of(held)
        null = _Null(expected, total, _spread(size))
    else:
        change = _ratio(total, null.total, 0.0)
        expected = null.expected * change[a] * change[b] * _spread(size) / null.spread
        lift = lifts_of(held, expected=expected)[2]
    beyond = np.zeros((needs, needs))
    beyond[a, b] = beyond[b, a] = np.where(lift > 1, 1 - 1 / np.where(lift > 1, lift, 1.0), 0.0)
    share = np.zeros(len(order))
    at = np.argsort(order, kind="stable")
    ends = np.searchsorted(order[at], np.arange(0, many + BLOCK, BLOCK))
    for k, (first, last) in enumerate(pairwise(ends)):
        rows = at[first:last]
        block = np.asarray(held[k * BLOCK : (k + 1) * BLOCK] @ beyond)
        share[rows] = block[order[rows] - k * BLOCK, lines.need[rows]]
    return np.where(several, share / np.maximum(size[order] - 1, 1), 0.0), several, null


def _together(lines: Lines, rivalry: Array) -> Array:
    """Share of each line that several suppliers serve within one need of an order, beyond what free choice brings.

    Two things of one order and need are of different suppliers as often as those of two customers are, where customers
    choose freely; the share by which they are so more often is joint supply.
    """
    needs = int(lines.need.max(initial=0)) + 1
    group = np.unique(lines.order * needs + lines.need, return_inverse=True)[1]
    suppliers, things = np.bincount(group), np.bincount(group, lines.count)
    need = np.zeros(len(things), dtype=np.int64)
    need[group] = lines.need
    pairs = np.bincount(need, things * (things - 1), needs)
    same = np.bincount(lines.need, lines.count * (lines.count - 1), needs)
    known = np.isfinite(rivalry)
    value = np.bincount(lines.need[known], lines.value[known], needs)
    free = _ratio(np.bincount(lines.need[known], (lines.value * rivalry)[known], needs), value, 1.0)
    differ = (pairs - same + PRIOR * free) / (pairs + PRIOR)
    excess = np.where(differ > free, 1 - free / np.where(differ > 0, differ, 1.0), 0.0)
    return np.asarray(np.where(suppliers[group] > 1, excess[lines.need], 0.0))


def claims(lines: Lines) -> tuple[Array, NDArray[np.bool_]]:
    """Give what each mode claims of each line by itself.

    Parameters
    ----------
    lines
        What was sold.

    Returns
    -------
    tuple of numpy.ndarray
        Shares of the value, shape (3, rows), in the order of :data:`CLAIMS`; and whether the order of the line holds
        several needs, shape (rows,).

    Examples
    --------
    >>> one = np.zeros(2, dtype=np.int64)
    >>> two = np.arange(2)
    >>> made, several = claims(Lines(two, one, two, two, one, np.ones(2), np.ones(2), two > 0))
    >>> made.tolist(), several.tolist()
    ([[1.0, 1.0], [0.0, 1.0], [0.0, 0.0]], [False, False])
    """
    claim, several, _ = _claims(lines, int(lines.need.max(initial=0)) + 1, None)
    return claim, several


def _claims(lines: Lines, needs: int, null: _Null | None) -> tuple[Array, NDArray[np.bool_], _Null | None]:
    rivalry = contested(lines)
    expanded, several, null = _joint(lines, needs, null)
    together = np.where(lines.tied, 1.0, _together(lines, rivalry))
    return np.vstack([np.nan_to_num(rivalry, nan=0.0), together, expanded]), several, null


def attributed(claim: ArrayLike) -> Array:
    r"""Attribute value that several modes claim, by Shapley value over all orders of attribution.

    A mode takes its share of what those before it left. Over all orders it takes its Shapley value of the game in which
    a set of modes covers :math:`1 - \prod (1 - f_m)`.

    Parameters
    ----------
    claim
        Shares :math:`f_m` in [0, 1], shape (modes, rows).

    Returns
    -------
    numpy.ndarray
        What each mode takes in each order of attribution, shape (orders, modes, rows); their mean over the orders is
        the Shapley value, and what is left over is the same in every order.

    References
    ----------
    Shapley, L. (1953), A value for n-person games. doi:10.1515/9781400881970-018

    Examples
    --------
    >>> attributed([[0.5], [0.5]]).mean(axis=0).tolist()
    [[0.375], [0.375]]
    """
    f = np.asarray(claim, dtype=np.float64)
    made = []
    for order in permutations(range(len(f))):
        left = np.ones(f.shape[1])
        taken = np.zeros_like(f)
        for m in order:
            taken[m] = left * f[m]
            left = left - taken[m]
        made.append(taken)
    return np.array(made)


@dataclass(frozen=True, slots=True)
class _Sums:
    """Value by cell: Shapley by group, shape (groups, cells); by order of attribution; before any other claims."""

    by_group: Array
    by_order: Array
    alone: Array
    null: _Null | None


def _sums(lines: Lines, group: Codes, groups: int, needs: int, null: _Null | None) -> _Sums:
    claim, several, null = _claims(lines, needs, null)
    taken = attributed(claim)
    left = np.prod(1 - claim, axis=0)
    rest = np.vstack([left * several, left * ~several])
    value = lines.value
    mean = np.vstack([taken.mean(axis=0), rest])
    by_group = np.column_stack([np.bincount(group, row * value, groups).astype(np.float64) for row in mean])
    by_order = np.column_stack([taken @ value, np.tile(rest @ value, (len(taken), 1))])
    alone = np.array([claim[0] @ value, claim[2] @ value, (claim[0] * claim[2]) @ value])
    return _Sums(by_group, by_order, alone, null)


def mode_shares(
    lines: Lines,
    group: ArrayLike | None = None,
    *,
    parts: int = PARTS,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
) -> ModeShares:
    """Attribute the value of interactions to the modes of agglomeration.

    Each line is claimed as *shared* by the chance that another customer takes the need from a rival
    (:func:`contested`), as *collaborative* where its supplier is tied to the customer or to another supplier of the
    order, or where suppliers serve one need together more often than free choice brings about, and as *expanded* by the
    attributable fraction of the joint orders of its need with the others of the order, with shrunk lifts. What no mode
    claims is *symbiotic* where the order holds several needs (only the counterpart and the place are shared), else it
    is of unrelated actors and homogeneous demand, a blank cell of the theory.

    Parameters
    ----------
    lines
        What was sold.
    group
        Parts into which the value is split, such as places or needs: codes from 0, shape (rows,).
    parts
        Customers are split at random into so many parts, and each is left out once; 0 for no intervals.
    level
        Coverage of the intervals, by Student's law with one degree less than parts.
    rng
        Generator, seed or None.

    Returns
    -------
    ModeShares
        Shapley shares over all orders of attribution, which add up to 1.

    Notes
    -----
    The estimators are chosen so that shares do not grow with the number of orders: rivalry is over pairs of customers
    without those of one with himself, and all pairs of needs count, not the significant ones alone.

    References
    ----------
    The paper cited as W25, section 4, table 4: relation of actors by kind of demand.

    Examples
    --------
    >>> one, many = np.zeros(60, dtype=np.int64), np.arange(60)
    >>> sold = Lines(many, one, many % 2, many, one, np.ones(60), np.ones(60), many < 0)
    >>> made = mode_shares(sold)
    >>> round(made.share["shared"], 2), round(made.share["unrelated_homogeneous"], 2)
    (0.51, 0.49)
    """
    of = np.zeros(len(lines.order), dtype=np.int64) if group is None else np.asarray(group, dtype=np.int64)
    groups, needs = int(of.max(initial=0)) + 1, int(lines.need.max(initial=0)) + 1
    whole = _sums(lines, of, groups, needs, None)
    total = float(lines.value.sum())
    share = _divided(whole.by_group)
    units = np.unique(lines.customer, return_inverse=True)[1]
    customers = int(units.max(initial=-1)) + 1
    part = (np.random.default_rng(rng).permutation(customers) % max(parts, 1))[units]

    def without(k: int) -> Array:
        keep = part != k
        return _divided(_sums(lines.where(keep), of[keep], groups, needs, whole.null).by_group)

    left = np.empty((0, groups + 1, len(CELLS)))
    wide = np.full(share.shape, np.nan)
    if parts > 1 and customers >= 2 * parts:
        with ThreadPoolExecutor(2) as pool:
            left = np.array(list(pool.map(without, range(parts))))
        error = np.sqrt((parts - 1) / parts * ((left - left.mean(axis=0)) ** 2).sum(axis=0))
        wide = float(student.ppf((1 + level) / 2, parts - 1)) * error
    low, high = np.clip(share - wide, 0.0, 1.0), np.clip(share + wide, 0.0, 1.0)
    by_order = whole.by_order / total
    least, most = by_order.min(axis=0), by_order.max(axis=0)
    shared, expanded, both = (float(each) / total for each in whole.alone)
    return ModeShares(
        share=_named(share[0]), low=_named(low[0]), high=_named(high[0]), least=_named(least), most=_named(most),
        contested=shared, expanded=expanded, competing_diverse=both, value=total,
        orders=len(np.unique(lines.order)), customers=customers, left_out=left[:, 0],
        split=Split(share[1:], low[1:], high[1:], whole.by_group.sum(axis=1)),
    )  # fmt: skip


def _named(values: Array) -> dict[str, float]:
    return dict(zip(CELLS, map(float, values), strict=True))


def _divided(by_group: Array) -> Array:
    """Shares of the whole, then of each group; NaN where a group has no value. Shape (1 + groups, cells)."""
    all_ = np.vstack([by_group.sum(axis=0), by_group])
    total = all_.sum(axis=1, keepdims=True)
    return np.asarray(np.where(total > 0, all_ / np.where(total > 0, total, 1.0), np.nan))
