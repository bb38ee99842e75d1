"""The steps that follow a distribution through time: densities, chains, convergence, clubs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from jiqun.cluster import JiqunError, Words
from jiqun.measure.evaluation.clubs import find_clubs, hodrick_prescott
from jiqun.measure.evaluation.convergence import Beta, beta_cross_section, beta_panel, sigma_convergence
from jiqun.measure.evaluation.density import kernel_densities
from jiqun.measure.evaluation.markov import classify, homogeneity, lag_classes, markov_chain, transition_counts
from jiqun.measure.evaluation.panel import Array
from jiqun.measure.evaluation.scored import Scored, table
from jiqun.measure.evaluation.steps import STEPS, Step, Tables

__all__ = ["ALL_STEPS"]


def density(state: Scored) -> Tables:
    """Kernel density of the score in each period, reflected at 0 where scores cannot be negative."""
    known = state.total[np.isfinite(state.total)]
    found = kernel_densities(state.total, reflect=bool(known.size and known.min() >= 0))
    points = len(found.grid)
    periods = np.array(state.panel.periods)
    return {
        "densities": table(
            {
                "period": np.repeat(periods, points).tolist(),
                "score": np.tile(found.grid, len(periods)),
                "density": found.density.reshape(-1),
            }
        ),
        "density_shape": table({"period": periods.tolist(), "bandwidth": found.bandwidth, "peaks": found.peaks}),
    }


def chains(state: Scored) -> Tables:
    """Markov chain of classes, the same by the class of the neighbours, and the tests of both."""
    chosen, k = state.chosen, state.chosen.classes
    classes, edges = classify(state.total, k, cut=chosen.class_cut)
    counts = transition_counts(classes, k)
    chain = markov_chain(counts)
    rows = _transitions("", chain.counts, chain.probability, chain.error, chain.passage)
    long_run: dict[str, list[Any]] = {
        "neighbours": [None] * k,
        "class": list(range(1, k + 1)),
        "share": chain.ergodic.tolist(),
        "mobility": [chain.mobility] * k,
    }
    middle = len(state.panel.periods) // 2
    halves = np.array([transition_counts(part, k) for part in (classes[: middle + 1], classes[middle:])])
    tests = [("time", homogeneity(halves))]
    weights = state.geography.weights(chosen.neighbours)
    if weights.nnz:
        scaled = state.total
        if chosen.class_cut == "mean":
            scaled = state.total / np.nanmean(state.total, axis=1, keepdims=True)
        near = lag_classes(classes, scaled, weights.toarray(), edges)
        conditional = transition_counts(classes, k, within=near)
        for c in range(k):
            one = markov_chain(conditional[c])
            rows += _transitions(str(c + 1), one.counts, one.probability, one.error, one.passage)
            long_run["neighbours"] += [str(c + 1)] * k
            long_run["class"] += list(range(1, k + 1))
            long_run["share"] += one.ergodic.tolist()
            long_run["mobility"] += [one.mobility] * k
        tests.append(("neighbours", homogeneity(conditional)))
    names = ("neighbours", "from", "to", "count", "probability", "error", "passage")
    numbers = ("likelihood_ratio", "likelihood_ratio_p", "chi_squared", "chi_squared_p", "freedom")
    tested = {name: [getattr(t, name) for _, t in tests] for name in numbers}
    return {
        "transitions": table({n: [r[i] for r in rows] for i, n in enumerate(names)}),
        "long_run": table(long_run),
        "chain_tests": table({"of": [name for name, _ in tests], **tested}),
    }


def convergence(state: Scored) -> Tables:
    """σ convergence, and β convergence absolute and conditional, over the whole time and period by period."""
    if not np.isfinite(state.total).any():
        raise JiqunError("Convergence needs scores; there are none.", "收敛检验需要得分；目前没有任何得分。")
    sigma = sigma_convergence(state.total)
    periods = list(state.panel.periods)
    made = {
        "sigma": table({"period": periods, "variation": sigma.variation, "log_deviation": sigma.deviation}),
        "sigma_trend": table({"slope": sigma.slope, "error": sigma.error, "p": sigma.p}),
    }
    chosen = list(state.chosen.controls)
    controls = np.stack([state.panel.of(c) for c in chosen], axis=2) if chosen else None
    found: list[tuple[str, str, Beta]] = []
    # the first and the last period that have scores
    held = np.flatnonzero(np.isfinite(state.total).any(axis=1))
    span = state.total[held[0] : held[-1] + 1]
    found.append(("absolute", "cross-section", beta_cross_section(span)))
    found.append(("absolute", "panel, effects of periods", beta_panel(state.total, places=False)))
    found.append(("conditional", "panel, effects of places and periods", beta_panel(state.total)))
    if controls is not None:
        found.append(("conditional", "cross-section", beta_cross_section(span, controls[held[0]])))
        both = beta_panel(state.total, controls)
        found.append(("conditional", "panel, effects of places and periods, controls", both))
    made["beta"] = table(
        {
            "kind": [kind for kind, _, _ in found],
            "regression": [how for _, how, _ in found],
            "beta": [b.beta for _, _, b in found],
            "error": [b.error for _, _, b in found],
            "p": [b.p for _, _, b in found],
            "speed": [b.speed for _, _, b in found],
            "half_life": [b.half_life for _, _, b in found],
            "rows": [b.rows for _, _, b in found],
            "r_squared": [b.r_squared for _, _, b in found],
        }
    )
    return made


def clubs(state: Scored) -> Tables:
    """Convergence clubs of the trend of the score, of the places that have one in every period with scores."""
    held = np.isfinite(state.total).any(axis=1)
    whole = np.isfinite(state.total[held]).all(axis=0)
    position = np.flatnonzero(whole)
    if len(position) < 2:
        raise JiqunError(
            "Club convergence needs at least two places with a score in every period.",
            "俱乐部收敛至少需要两个各期均有得分的地点。",
        )
    found = find_clubs(hodrick_prescott(state.total[held][:, whole]))
    tests = [
        ("", len(position), found.whole),
        *((str(i), len(c.members), c.test) for i, c in enumerate(found.clubs, 1)),
    ]
    member = {int(position[m]): i for i, club in enumerate(found.clubs, 1) for m in club.members}
    return {
        "club_tests": table(
            {
                "club": [name for name, _, _ in tests],
                "places": [count for _, count, _ in tests],
                "b": [t.b for _, _, t in tests],
                "error": [t.error for _, _, t in tests],
                "t": [t.t for _, _, t in tests],
            }
        ),
        "clubs": table(
            {
                "place_id": [state.panel.places[i] for i in position],
                "club": [float(member.get(int(i), 0)) or np.nan for i in position],
            }
        ),
    }


def _transitions(near: str, counts: Any, probability: Array, error: Array, passage: Array) -> list[tuple[Any, ...]]:
    k = len(counts)
    return [
        (near or None, i + 1, j + 1, int(counts[i, j]), probability[i, j], error[i, j], passage[i, j])
        for i in range(k)
        for j in range(k)
    ]


ALL_STEPS: Mapping[str, tuple[Words, Step]] = MappingProxyType(
    {
        **STEPS,
        "density": (Words("Densities", "核密度"), density),
        "chains": (Words("Markov chains", "马尔可夫链"), chains),
        "convergence": (Words("Convergence", "收敛性"), convergence),
        "clubs": (Words("Convergence clubs", "俱乐部收敛"), clubs),
    }
)
"""All steps by name, in the order in which they run."""
