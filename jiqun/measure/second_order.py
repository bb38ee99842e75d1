"""Second-order summaries of points in a window: K, and what is made of it.

    K(r) = |W| / (n (n − 1)) Σ_i Σ_{j≠i} e_ij 1(d_ij ≤ r)

counts the neighbours up to r of a typical point, in units of the density. With bootstrap weights t the pair counts
t_i t_j and n(n − 1) becomes (Σt)² − Σt².
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jiqun.measure.curves import (
    Curves,
    bootstrap,
    checked_distances,
    curve_table,
    pairs_of,
    round_distances,
    streams,
    threads,
)
from jiqun.measure.kernels.disc_edge import ISOTROPIC, NONE, TRANSLATION, edge_sums
from jiqun.measure.kernels.disc_tree import tree
from jiqun.measure.points import Points
from jiqun.measure.ratio_table import mean_of
from jiqun.measure.window import Plane, plane

__all__ = [
    "Choice",
    "Correction",
    "Group",
    "Members",
    "Normalise",
    "PointNull",
    "Statistic",
    "k_function",
    "second_order",
]

Array = NDArray[np.float64]

Correction = Annotated[
    Literal["isotropic", "translation", "border", "none"],
    Field(
        description="Edge correction. isotropic: share of the circle in the window (Ripley); translation: overlap of "
        "the moved window (Ohser); border: only points farther than r from the border; none."
    ),
]
Normalise = Annotated[
    Literal["pairs", "squared"],
    Field(
        description="pairs: by n(n − 1), unbiased under complete randomness (Kest of spatstat); "
        "squared: by n² (pcf of spatstat 3.0 and its border correction)."
    ),
]
PointNull = Annotated[
    Literal["complete_spatial_randomness", "random_labels"],
    Field(
        description="complete_spatial_randomness: as many points anywhere in the window; "
        "random_labels: as many of the occupied sites."
    ),
]
MODES = {"isotropic": ISOTROPIC, "translation": TRANSLATION, "border": NONE, "none": NONE}


@dataclass(frozen=True, slots=True)
class Choice:
    """What was asked for, of any summary."""

    who: str
    only: list[str] | None
    other: list[str] | str | None
    distances: list[float] | None
    window: list[float] | None
    correction: Literal["isotropic", "translation", "border", "none"]
    normalise: Literal["pairs", "squared"]
    null: str
    global_method: Literal["calibrated", "levels", "strip"]
    simulations: int
    replicates: int
    level: float
    rng: np.random.Generator | int | None
    workers: int = field(default_factory=threads)


@dataclass(frozen=True, slots=True)
class Group:
    """Points with how often each counts."""

    at: Array
    times: Array
    site: NDArray[np.int64]
    """Which site of the plane each is; -1 for one that was drawn anew."""

    @classmethod
    def once(cls, at: Array, site: NDArray[np.int64] | None = None) -> Group:
        """Give points that count once each."""
        return cls(at, np.ones(len(at)), np.full(len(at), -1, dtype=np.int64) if site is None else site)


Statistic = Callable[[Plane, Array, Choice, Group, Group | None], Array]
"""Curve (k,) of cases, and of the points counted around them where these are others."""

Members = Callable[[Plane, tuple[int, int], Array], tuple[Group, Group | None]]
"""Cases, and others, of a pair of positions of industries, when each site counts so many times."""


def k_function(flat: Plane, radii: Array, choice: Choice, case: Group, near: Group | None) -> Array:
    """Compute K at each distance, shape (k,); NaN where it is not defined.

    Parameters
    ----------
    flat
        The window.
    radii
        Ascending distances in km.
    choice
        Edge correction and normalisation.
    case, near
        The points, and those counted around them where these are others.
    """
    around = case if near is None else near
    itself = np.arange(len(case.at), dtype=np.int64) if near is None else np.full(len(case.at), -1, dtype=np.int64)
    edge = (MODES[choice.correction], flat.window)
    sums = edge_sums(tree(around.at), around.times, case.at, itself, radii, edge, choice.workers)
    n, m = case.times.sum(), around.times.sum()
    if choice.correction == "border":
        counted = case.times[:, None] * (flat.border(case.at)[:, None] >= radii)
        # Of the n points, the others of a point are n − 1.
        others = m - (1.0 if near is None and choice.normalise == "pairs" else 0.0)
        above, pairs = (counted * sums).sum(axis=0), counted.sum(axis=0) * others
    else:
        above, pairs = case.times @ sums, np.full(len(radii), pair_count(case, near, choice.normalise))
    if n == 0 or flat.area <= 0:
        return np.full(len(radii), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        value: Array = np.where(pairs > 0, flat.area * above / pairs, np.nan)
    return value


def pair_count(case: Group, near: Group | None, normalise: str) -> float:
    """Give the number of ordered pairs of different points, or n²."""
    n = float(case.times.sum())
    if near is not None:
        return n * float(near.times.sum())
    return n * n - float((case.times**2).sum()) if normalise == "pairs" else n * n


def second_order(
    found: Points,
    choice: Choice,
    statistic: Statistic,
    theory: Callable[[Array], Array],
    *,
    lowest: float = 0.0,
    members: Members | None = None,
    draw: Callable[[Plane, tuple[Group, Group | None], np.random.Generator], tuple[Group, Group | None]] | None = None,
    otherwise: str = "not defined at this distance",
) -> Any:
    """Make the table of a second-order summary of each industry, or pair of industries.

    Parameters
    ----------
    found
        The points.
    choice
        What was asked for.
    statistic
        The summary of one industry.
    theory
        Its value under complete randomness, at distances.
    lowest
        Its lower bound.
    members
        The cases of a pair and the others that the summary reads; the points of the two industries where None.
    draw
        A draw of the null for a pair, where it is not one that depends on numbers of points alone.
    otherwise
        Reason of a missing value that is not for want of points or of area.
    """
    flat = plane(found, choice.window, choice.who)
    inter = choice.other is not None
    pairs = pairs_of(found, choice.only, choice.other)
    grouped = members or _groups
    radii = (
        round_distances(flat.shorter / 4.0)
        if choice.distances is None
        else checked_distances(choice.distances, found, choice.who)
    )
    groups = [grouped(flat, pair, np.ones(len(flat.at))) for pair in pairs]
    shape = (len(pairs), len(radii))
    value = np.array([statistic(flat, radii, choice, *pair) for pair in groups]).reshape(shape)

    single = replace(choice, workers=1)

    def resampled(times: Array) -> Array:
        return np.array([statistic(flat, radii, single, *grouped(flat, pair, times)) for pair in pairs]).reshape(shape)

    for_bootstrap, for_null = streams(choice.rng)
    choices = (choice.replicates, choice.level, for_bootstrap)
    low, high = bootstrap(resampled, value, len(flat.at), choices, lowest=lowest)
    drawn = None
    if choice.simulations and flat.area > 0:
        children = for_null.spawn(choice.simulations)

        def one(child: np.random.Generator) -> Array:
            if draw is not None:
                each = zip(groups, child.spawn(len(groups)), strict=True)
                return np.array([statistic(flat, radii, single, *draw(flat, group, own)) for group, own in each])
            return _shared(flat, groups, choice.null, child, lambda *of: statistic(flat, radii, single, *of))

        with ThreadPoolExecutor(threads()) as pool:
            drawn = np.array(list(pool.map(one, children)))
    by_theory = choice.null in ("complete_spatial_randomness", "inhomogeneous_poisson") or drawn is None
    expected = np.broadcast_to(theory(radii), shape) if by_theory else mean_of(drawn)  # type: ignore[arg-type]
    outside = f"{flat.outside} points outside the window were left out" if flat.outside else None
    return curve_table(
        found,
        pairs,
        radii,
        Curves(value, low, high, np.where(np.isfinite(value), expected, np.nan), drawn, choice.global_method),
        level=choice.level,
        inter=inter,
        why=lambda question, _: _reason(flat, groups[question], otherwise),
        extra={"distortion": np.array([[flat.distortion]])},
        said=outside,
    )


def _groups(flat: Plane, pair: tuple[int, int], times: Array) -> tuple[Group, Group | None]:
    first = np.flatnonzero(flat.code == pair[0])
    case = Group(flat.at[first], times[first], first)
    if pair[0] == pair[1]:
        return case, None
    second = np.flatnonzero(flat.code == pair[1])
    return case, Group(flat.at[second], times[second], second)


def _shared(
    flat: Plane,
    groups: list[tuple[Group, Group | None]],
    null: str,
    child: np.random.Generator,
    curve: Callable[[Group, Group | None], Array],
) -> Array:
    """One draw for all: the first n points of one sequence serve every industry of n points."""
    sizes = [(len(case.at), 0 if near is None else len(near.at)) for case, near in groups]
    longest = max(n + m for n, m in sizes)
    if null == "random_labels":
        site = child.permutation(len(flat.at))[:longest]
        at = flat.at[site]
    else:
        x0, y0, x1, y1 = flat.window
        at = child.random((longest, 2)) * [x1 - x0, y1 - y0] + [x0, y0]
    known: dict[tuple[int, int], Array] = {}
    for n, m in sizes:
        if (n, m) not in known:
            near = Group.once(at[n : n + m]) if m else None
            known[n, m] = curve(Group.once(at[:n]), near)
    return np.array([known[size] for size in sizes])


def _reason(flat: Plane, group: tuple[Group, Group | None], otherwise: str) -> str:
    if flat.area <= 0:
        return "the window has no area: all points lie on one line"
    if len(group[0].at) < (2 if group[1] is None else 1):
        return "too few plants in the window"
    return otherwise
