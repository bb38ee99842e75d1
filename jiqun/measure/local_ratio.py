"""Ratios of neighbours: what share of those around a case is of its kind, against the share of the whole.

The Marcon–Puech functions M and m are both a ratio of two sums over the cases,

    Σ_i [Σ_j∈near w_j κ(r, d_ij) / Σ_j∈all w_j κ(r, d_ij)] / Σ_i [(W_near − w_i) / (W − w_i)],

and differ in κ: a disc, or a Gaussian ring. Under random labels no position moves, so the sum below the
fraction line is the same in each draw and is computed once for all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jiqun.measure.kernels.disc_tree import Tree, tree
from jiqun.measure.points import Points

__all__ = ["Around", "LabelNull", "Population", "Question", "Terms", "draws", "population", "ratio", "terms"]

Array = NDArray[np.float64]
Positions = NDArray[np.int64]

LabelNull = Annotated[
    Literal["random_labels", "random_location", "population_independence"],
    Field(
        description="random_labels: industries are dealt anew to the plants, which keep place and weight; "
        "random_location: plants with industry and weight are dealt anew to the occupied sites; "
        "population_independence: the cases stay and all others are dealt anew (with other only)."
    ),
]

Around = Callable[[Tree, Array, Array, Positions, int], Array]
"""Sums around queries: tree of sources, their weights, queries (m, d), own source or -1 (m,), threads → (m, k)."""


@dataclass(frozen=True, slots=True)
class Population:
    """All plants, in an order in which neighbours are near one another, and the tree over them."""

    at: Array
    code: Positions
    weight: Array
    tree: Tree
    actors: NDArray[np.str_] | None = None
    stratum: Positions | None = None
    """Within what labels are dealt; None: among all."""

    def dealt(self, code: Positions, weight: Array) -> Population:
        """Give the same positions with other labels and weights."""
        return replace(self, code=code, weight=weight)


@dataclass(frozen=True, slots=True)
class Question:
    """Whose neighbours are counted (``case``), which of them (``near``), and among whom (None: all plants)."""

    case: int
    near: int
    controls: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What each case adds to the two sums."""

    case: Positions
    """Position of each case in the population, shape (m,)."""
    local: Array
    """Share of the neighbours that is near, shape (m, k); NaN where there are no neighbours."""
    share: Array
    """Share of the whole that is near, without the case itself, shape (m,)."""


def population(found: Points) -> Population:
    """Put points in the order of a tree over them."""
    over = tree(found.at)
    order = over.order
    return Population(
        at=np.ascontiguousarray(found.at[order]),
        code=found.industry[order],
        weight=found.weight[order],
        tree=replace(over, order=np.arange(len(order), dtype=np.int64)),
        actors=None if found.actors is None else found.actors[order],
        stratum=None if found.stratum is None else found.stratum[order],
    )


def terms(
    people: Population, question: Question, around: Around, whole: Array | None = None, workers: int = 1
) -> Terms:
    """Compute what each case adds to the two sums.

    Parameters
    ----------
    people
        The plants.
    question
        Cases, what is counted around them, and among whom.
    around
        Sums of weights around queries.
    whole
        Sums of the weights of all plants around each plant, shape (n, k), where they are known already.
    workers
        Threads.
    """
    case = np.flatnonzero(people.code == question.case)
    same = question.near == question.case
    near = case if same else np.flatnonzero(people.code == question.near)
    at, own = people.at[case], people.weight[case]
    none = np.full(len(case), -1, dtype=np.int64)
    itself = np.arange(len(case), dtype=np.int64) if same else none
    part = around(tree(people.at[near]), people.weight[near], at, itself, workers)
    if question.controls is not None:
        control = np.flatnonzero(np.isin(people.code, question.controls))
        everyone = around(tree(people.at[control]), people.weight[control], at, none, workers)
        total = np.full(len(case), people.weight[control].sum())
    else:
        everyone = whole[case] if whole is not None else around(people.tree, people.weight, at, case, workers)
        total = people.weight.sum() - own
    with np.errstate(divide="ignore", invalid="ignore"):
        local = np.where(everyone > 0, part / everyone, np.nan)
        share = (people.weight[near].sum() - (own if same else 0.0)) / total
    return Terms(case, local, share)


def ratio(found: Terms, times: Array | None = None) -> Array:
    """Give the ratio of the two sums at each distance, shape (k,); NaN where it is not defined.

    Parameters
    ----------
    found
        What each case adds.
    times
        How often each case counts, shape (m,); once where None.
    """
    defined = np.isfinite(found.local)
    counted = np.ones(len(found.case)) if times is None else times
    above = np.einsum("i,ik->k", counted, np.where(defined, found.local, 0.0))
    below = np.einsum("i,ik->k", counted * np.where(np.isfinite(found.share), found.share, 0.0), defined)
    with np.errstate(divide="ignore", invalid="ignore"):
        value: Array = np.where(below > 0, above / below, np.nan)
    return value


def draws(
    people: Population,
    questions: list[tuple[Question, Around]],
    null: str,
    children: list[np.random.Generator],
    workers: int,
) -> Array:
    """Simulate the null, shape (draws, questions, k); one deal of the labels serves all industries where it can.

    Parameters
    ----------
    people
        The plants.
    questions
        What is asked, each with its sums around queries.
    null
        See :data:`LabelNull`.
    children
        A generator for each draw.
    workers
        Threads; they do not change the answer.
    """
    shared = null != "population_independence" and all(q.controls is None for q, _ in questions)
    whole = (
        _whole(people, [a for _, a in questions], len(children), workers)
        if shared and null == "random_labels"
        else None
    )

    def draw(child: np.random.Generator) -> Array:
        if shared:
            everyone = _deal(people, np.arange(len(people.code)), null, child)
            return np.array([ratio(terms(everyone, q, a, whole)) for q, a in questions])
        each = child.spawn(len(questions))
        return np.array(
            [
                ratio(terms(_deal(people, _movable(people, q, null), null, own), q, a))
                for (q, a), own in zip(questions, each, strict=True)
            ]
        )

    with ThreadPoolExecutor(workers) as pool:
        return np.array(list(pool.map(draw, children)))


def _whole(people: Population, arounds: list[Around], count: int, workers: int) -> Array | None:
    """Sums of all plants around each, where one kind of sum serves all questions and it pays."""
    if any(a is not arounds[0] for a in arounds) or count < 2:
        return None
    return arounds[0](people.tree, people.weight, people.at, np.arange(len(people.code)), workers)


def _movable(people: Population, question: Question, null: str) -> Positions:
    """Plants whose labels are dealt anew."""
    if null == "population_independence":
        return np.flatnonzero(people.code != question.case)
    if question.controls is None:
        return np.arange(len(people.code))
    return np.flatnonzero(np.isin(people.code, (question.case, question.near, *question.controls)))


def _deal(people: Population, movable: Positions, null: str, rng: np.random.Generator) -> Population:
    if people.stratum is None:
        dealt = rng.permutation(movable)
    else:
        movable = movable[np.argsort(people.stratum[movable], kind="stable")]
        dealt = movable[np.lexsort((rng.random(len(movable)), people.stratum[movable]))]
    code = people.code.copy()
    code[movable] = people.code[dealt]
    if null == "random_labels":
        return people.dealt(code, people.weight)
    weight = people.weight.copy()
    weight[movable] = people.weight[dealt]
    return people.dealt(code, weight)
