"""Curves over distance as a tidy table: value, intervals, bands of the null and their probabilities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, UnknownName
from jiqun.measure.bands import global_band, local_band, p_global, p_pointwise
from jiqun.measure.cells import tidy
from jiqun.measure.points import Points
from jiqun.measure.resample import interval

__all__ = [
    "Curves",
    "Distances",
    "Only",
    "Other",
    "Simulations",
    "bootstrap",
    "checked_distances",
    "curve_table",
    "default_distances",
    "pairs_of",
    "positions",
    "round_distances",
    "streams",
    "threads",
]

Array = NDArray[np.float64]
Count = NDArray[np.int64]

Distances = Annotated[
    list[float] | None,
    Field(description="Distances in km; empty: twenty round ones up to the typical distance from the centre."),
]
Only = Annotated[list[str] | None, Field(description="These industries only; empty: all.")]
Other = Annotated[
    list[str] | str | None,
    Field(description="Count the neighbours of these industries instead of the industry's own."),
]
Simulations = Annotated[
    int, Field(ge=0, le=20_000, description="Draws of the null for the bands and p; 0 leaves them out.")
]
STEPS = np.array([1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0])


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves of q questions at k distances, and what is known of their null."""

    value: Array
    """Shape (q, k); NaN where undefined."""
    low: Array
    high: Array
    expected: Array
    """Mean under the null, or its theoretical value, shape (q, k)."""
    null: Array | None = None
    """Simulated curves, shape (draws, q, k)."""
    method: Literal["calibrated", "levels", "strip"] = "calibrated"
    """How the global band is made."""


def round_distances(longest: float, count: int = 20) -> Array:
    """Give evenly spaced round distances up to about a length in km, not beyond it.

    Examples
    --------
    >>> round_distances(59.0, count=4).tolist()
    [12.5, 25.0, 37.5, 50.0]
    """
    if not longest > 1e-9:
        return np.arange(1.0, count + 1.0)
    wanted = longest / count
    unit = 10.0 ** np.floor(np.log10(wanted))
    step = STEPS[wanted / unit * (1.0 + 1e-12) >= STEPS][-1] * unit
    return np.asarray(np.round(step * np.arange(1, count + 1), 12), dtype=np.float64)


def default_distances(found: Points) -> Array:
    """Give round distances up to about the root of the mean squared distance of the points from their centre."""
    return round_distances(float(np.sqrt(((found.at - found.at.mean(axis=0)) ** 2).sum(axis=1).mean())))


def checked_distances(distances: Sequence[float] | None, found: Points, who: str) -> Array:
    """Give the distances asked for in ascending order, each once, or the default ones.

    Raises
    ------
    JiqunError
        If there are none, or one is negative or not finite.
    """
    if distances is None:
        return default_distances(found)
    wanted = np.unique(np.asarray(distances, dtype=np.float64))
    if wanted.size == 0 or not np.isfinite(wanted).all() or wanted[0] < 0:
        raise JiqunError(
            f"{who} needs distances ≥ 0 in km; these are {list(distances)}. Leave distances empty for default ones.",
            f"{who} 要求 distances 为不小于 0 的千米数；给出的是 {list(distances)}。留空则用默认值。",
        )
    return wanted


def positions(names: Sequence[str], found: Points) -> list[int]:
    """Give the positions of industries by name, in their order of names.

    Raises
    ------
    UnknownName
        If there is no such industry.
    """
    known = found.industries.tolist()
    for name in names:
        if name not in known:
            raise UnknownName("industry", name, known)
    return sorted({known.index(name) for name in names})


def pairs_of(found: Points, only: list[str] | None, other: list[str] | str | None) -> list[tuple[int, int]]:
    """Give the pairs (case, counted) of positions of industries; the same twice where ``other`` is None."""
    case = range(len(found.industries)) if only is None else positions(only, found)
    if other is None:
        return [(i, i) for i in case]
    near = positions([other] if isinstance(other, str) else other, found)
    return [(i, j) for i in case for j in near]


def streams(rng: np.random.Generator | int | None) -> tuple[np.random.Generator, np.random.Generator]:
    """Give independent generators for the bootstrap and for the null."""
    root = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(np.random.SeedSequence(rng))
    first, second = root.spawn(2)
    return first, second


def threads() -> int:
    """Give the number of threads to use."""
    return min(cpu_count() or 1, 16)


def bootstrap(
    curve: Callable[[Array], Array],
    value: Array,
    count: int,
    choices: tuple[int, float, np.random.Generator],
    *,
    lowest: float = -np.inf,
) -> tuple[Array, Array]:
    """Give the Poisson-bootstrap interval of curves, centred on their value.

    Parameters
    ----------
    curve
        Function of how often each point counts (count,) that gives (q, k).
    value
        The curves themselves, shape (q, k).
    count
        Number of points.
    choices
        Replicates, level, random numbers.
    lowest
        Lower bound of the index.
    """
    replicates, level, rng = choices
    if replicates == 0:
        return np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    weights = (child.poisson(1.0, count) for child in rng.spawn(replicates))
    with ThreadPoolExecutor(threads()) as pool:
        drawn = iter(list(pool.map(lambda w: curve(w.astype(np.float64)).ravel(), weights)))
    low, high, centre = (
        a.reshape(value.shape)
        for a in interval(lambda _: next(drawn), iter([np.empty(0, np.int64)] * replicates), level)
    )
    return np.maximum(value + low - centre, lowest), np.maximum(value + high - centre, lowest)


def curve_table(
    found: Points,
    pairs: list[tuple[int, int]],
    distances: Array,
    curves: Curves,
    *,
    level: float,
    inter: bool,
    why: Callable[[int, int], str],
    extra: dict[str, Array] | None = None,
    said: str | None = None,
) -> Any:
    """Make the tidy table of curves.

    Parameters
    ----------
    found
        The points.
    pairs
        Positions of the industry and of the one counted around it, for each curve.
    distances
        Shape (k,).
    curves
        Values and null.
    level
        Coverage of the bands.
    inter
        Whether the second industry is a key.
    why
        Reason of a missing value, of the position of the curve and of the distance.
    extra
        Further columns, each (q, k).
    said
        What must be said in each row.
    """
    q, k = curves.value.shape
    names = np.array([*found.industries.tolist(), ""])
    case = np.array([p[0] for p in pairs], dtype=np.int64)
    near = np.array([p[1] for p in pairs], dtype=np.int64)
    bands, everywhere = _bands(curves, level)
    rows = np.bincount(found.industry, minlength=len(found.industries) + 1)[case]
    flat = curves.value.ravel()
    always = "; ".join(part for part in (found.remark, said) if part) or None
    reasons = [None if np.isfinite(v) else why(n // k, n % k) for n, v in enumerate(flat)]
    return tidy(
        {
            "industry_id": np.repeat(names[case], k).tolist(),
            **({"industry_id_2": np.repeat(names[near], k).tolist()} if inter else {}),
            "distance_km": np.tile(distances, q),
            "value": flat,
            "low": curves.low.ravel(),
            "high": curves.high.ravel(),
            "expected": curves.expected.ravel(),
            **{name: column.ravel() for name, column in bands.items()},
            "p_global": np.repeat(everywhere, k),
            **{name: np.broadcast_to(column, (q, k)).ravel() for name, column in (extra or {}).items()},
            "rows": np.repeat(rows, k).astype(np.int64),
            "note": ["; ".join(part for part in (reason, always) if part) or None for reason in reasons],
        },
        found.native,
    )


def _bands(curves: Curves, level: float) -> tuple[dict[str, Array], Array]:
    """Local and global bands and p of each curve, each (q, k), and the global p, (q,)."""
    shape = curves.value.shape
    names = ("band_low", "band_high", "global_low", "global_high", "p")
    bands = {name: np.full(shape, np.nan) for name in names}
    everywhere = np.full(shape[0], np.nan)
    if curves.null is None or len(curves.null) == 0:
        return bands, everywhere
    for row in range(shape[0]):
        drawn, here = curves.null[:, row], curves.value[row]
        bands["band_low"][row], bands["band_high"][row] = local_band(drawn, level)
        bands["global_low"][row], bands["global_high"][row] = global_band(drawn, level, method=curves.method)
        bands["p"][row] = p_pointwise(here, drawn)
        everywhere[row] = p_global(here, drawn)
    return bands, everywhere
