"""Tables of ratios of neighbours: by industry with bands, or by plant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError
from jiqun.measure.cells import tidy
from jiqun.measure.curves import Curves, bootstrap, curve_table, positions, streams, threads
from jiqun.measure.local_ratio import Around, Population, Question, draws, ratio, terms
from jiqun.measure.points import Points

__all__ = ["Controls", "Individual", "Inquiry", "controls_of", "mean_of", "of_actors", "of_industries"]

Array = NDArray[np.float64]

Controls = Annotated[
    list[str] | None,
    Field(description="Industries that are the reference in place of all plants (case–control); empty: all plants."),
]
Individual = Annotated[bool, Field(description="Give one value for each plant in place of one for the industry.")]


def controls_of(
    found: Points, pairs: list[tuple[int, int]], controls: list[str] | None, who: str
) -> list[tuple[int, ...] | None]:
    """Give the positions of the controls of each question; an industry is not its own control."""
    if controls is None:
        return [None] * len(pairs)
    all_of_them = positions(controls, found)
    reference = [tuple(c for c in all_of_them if c not in pair) for pair in pairs]
    if not all(reference):
        raise JiqunError(
            f"{who}: an industry cannot be its own control; controls = {controls}. "
            f"Name the cases by only=[…] and other industries by controls.",
            f"{who}：行业不能作为自身的对照；controls = {controls}。"
            "请用 only=[…] 指定研究行业，用 controls 指定其他行业。",
        )
    return list(reference)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked of which plants."""

    found: Points
    """The points as read."""
    people: Population
    """The same in the order of the tree."""
    questions: list[Question]
    arounds: list[Around]
    """Sums around queries for each question; one object where they are the same."""
    distances: Array
    inter: bool
    """Whether the second industry is a key of the result."""
    who: str
    """Name of the index, for errors."""


def of_industries(
    asked: Inquiry,
    null: tuple[str, Literal["calibrated", "levels", "strip"]],
    choices: tuple[int, int, float, np.random.Generator | int | None],
    extra: dict[str, Array] | None = None,
) -> Any:
    """Make the table of the ratio of each question at each distance.

    Parameters
    ----------
    asked
        Plants and questions.
    null
        The null hypothesis, and how the global band is made of its draws.
    choices
        Simulations, replicates, level, random numbers.
    extra
        Further columns, each broadcastable to (q, k).
    """
    simulations, replicates, level, rng = choices
    people, both = asked.people, list(zip(asked.questions, asked.arounds, strict=True))
    if null[0] == "population_independence" and simulations and any(q.case == q.near for q in asked.questions):
        raise JiqunError(
            f"{asked.who}: population_independence keeps the cases in place, so it says nothing of an industry by "
            f"itself. Name an other industry, or take null='random_labels'.",
            f"{asked.who}：population_independence 使研究行业保持原位，无法检验行业自身。"
            "请指定 other，或用 null='random_labels'。",
        )
    for_bootstrap, for_null = streams(rng)
    shape = (len(both), len(asked.distances))
    value = np.array([ratio(terms(people, q, a, workers=threads())) for q, a in both]).reshape(shape)

    def resampled(times: Array) -> Array:
        drawn = people.dealt(people.code, people.weight * times)
        each = [terms(drawn, q, a) for q, a in both]
        return np.array([ratio(t, times[t.case]) for t in each]).reshape(shape)

    low, high = bootstrap(resampled, value, len(people.code), (replicates, level, for_bootstrap), lowest=0.0)
    null_curves = None
    expected = np.where(np.isfinite(value), 1.0, np.nan)
    if simulations:
        null_curves = draws(people, both, null[0], for_null.spawn(simulations), threads())
        expected = mean_of(null_curves)
    return curve_table(
        asked.found,
        [(q.case, q.near) for q in asked.questions],
        asked.distances,
        Curves(value, low, high, expected, null_curves, null[1]),
        level=level,
        inter=asked.inter,
        why=lambda question, _: _reason(people, asked.questions[question]),
        extra=extra,
    )


def of_actors(asked: Inquiry, simulations: int) -> Any:
    """Make the table of the ratio of each plant: its neighbourhood's share over the share of the whole.

    Parameters
    ----------
    asked
        Plants and questions.
    simulations
        Must be 0: bands are for curves of industries.
    """
    if simulations:
        raise JiqunError(
            f"{asked.who}: bands are for industries, not for single plants. Take simulations=0 with individual=True.",
            f"{asked.who}：置信带针对行业，不针对单个企业。individual=True 时请取 simulations=0。",
        )
    names, people, k = asked.found.industries, asked.people, len(asked.distances)
    actors = people.actors if people.actors is not None else np.full(len(people.code), "")
    who, case, near, value, local = [], [], [], [], []
    for question, around in zip(asked.questions, asked.arounds, strict=True):
        own = terms(people, question, around, workers=threads())
        who.append(actors[own.case])
        case.append(np.full(len(own.case), names[question.case]))
        near.append(np.full(len(own.case), names[question.near]))
        local.append(own.local)
        with np.errstate(divide="ignore", invalid="ignore"):
            value.append(own.local / own.share[:, None])
    keys = [np.concatenate(who), np.concatenate(case), *([np.concatenate(near)] if asked.inter else [])]
    order = np.lexsort(keys[::-1])
    values = np.concatenate(value)[order].ravel()
    values = np.where(np.isfinite(values), values, np.nan)
    columns = dict(zip(("actor_id", "industry_id", "industry_id_2"), keys, strict=False))
    return tidy(
        {
            **{name: np.repeat(column[order], k).tolist() for name, column in columns.items()},
            "distance_km": np.tile(asked.distances, len(order)),
            "value": values,
            "low": np.full(len(values), np.nan),
            "high": np.full(len(values), np.nan),
            "share": np.concatenate(local)[order].ravel(),
            "note": [None if np.isfinite(v) else "no neighbour with weight within this distance" for v in values],
        },
        asked.found.native,
    )


def mean_of(drawn: Array) -> Array:
    """Mean over the draws in which a curve is defined."""
    defined = np.isfinite(drawn)
    count = defined.sum(axis=0)
    total = np.where(defined, drawn, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _reason(people: Population, question: Question) -> str:
    if question.case == question.near and (people.code == question.case).sum() < 2:
        return "only one plant"
    if not people.weight[people.code == question.near].any():
        return "no weight"
    return "no plant has a neighbour with weight within this distance"
