"""One number for each industry over places, or for each place over industries.

Most indices of concentration and of specialisation are the same function of two distributions: how a
unit spreads its weight over parts, and how the whole does. Here the table becomes these two, and the
values and their bootstrap become a tidy table again; the index itself is a few lines of algebra.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from jiqun.measure.cells import Cells, tidy
from jiqun.measure.resample import interval, poisson_weights

__all__ = ["Of", "Spread", "each_unit", "spread"]

Array = NDArray[np.float64]

Of = Annotated[
    Literal["industry", "place"],
    Field(
        description="industry: concentration, how each industry is spread over places; "
        "place: specialisation, how each place is spread over industries."
    ),
]


@dataclass(frozen=True, slots=True)
class Spread:
    """How units spread their weight over parts, and how the whole does."""

    weight: Array
    """Weight of each unit in each part, shape (units, parts)."""
    whole: Array
    """Weight of everything in each part, of unknown units too, shape (parts,)."""

    @property
    def share(self) -> Array:
        """Share of a unit that lies in a part, shape (units, parts); NaN for a unit without weight."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share: Array = self.weight / self.weight.sum(axis=1, keepdims=True)
        return share

    @property
    def base(self) -> Array:
        """Share of everything that lies in a part, shape (parts,); NaN where nothing has weight."""
        with np.errstate(invalid="ignore"):
            base: Array = self.whole / self.whole.sum()
        return base


def spread(groups: Cells, of: Literal["industry", "place"], times: NDArray[np.int64] | None = None) -> Spread:
    """Give the distributions of units over known parts.

    Parameters
    ----------
    groups
        Cells of a table.
    of
        What the units are.
    times
        Bootstrap weight of each group, in place of its number of rows.
    """
    matrix = groups.total(times=times)
    over = matrix.T[:, :-1] if of == "industry" else matrix[:, :-1]
    return Spread(over[:-1], over.sum(axis=0))


def each_unit(  # noqa: PLR0917
    groups: Cells,
    of: Literal["industry", "place"],
    statistic: Callable[[Spread], Array],
    replicates: int,
    level: float,
    rng: np.random.Generator | int | None,
    *,
    low: float = -np.inf,
    high: float = np.inf,
    extra: dict[str, Array] | None = None,
    undefined: str = "no weight, or nothing to compare with",
) -> Any:
    """Make the tidy table of a statistic of each unit, with its bootstrap interval.

    Indices of inequality are larger in a resample than in the sample, since drawing rows twice adds
    unevenness. The interval is therefore the value plus the deviations of the replicates from their
    mean, cut at the bounds of the index.

    Parameters
    ----------
    groups
        Cells of a table.
    of
        What the units are: the key of the result is ``industry_id`` or ``place_id``.
    statistic
        Function of a :class:`Spread` giving (units,); NaN where undefined.
    replicates, level, rng
        Poisson bootstrap over rows; none where ``replicates`` is 0.
    low, high
        Bounds of the index.
    extra
        Further columns, each (units,).
    undefined
        What is said where the value is null although the unit has weight.
    """
    value = statistic(spread(groups, of))
    below = above = np.full(value.shape, np.nan)
    if replicates:
        draws = poisson_weights(groups.rows, replicates, rng)
        lower, upper, centre = interval(lambda w: statistic(spread(groups, of, w)), draws, level)
        below, above = np.clip(value + lower - centre, low, high), np.clip(value + upper - centre, low, high)
    axis = 0 if of == "industry" else 1
    rows, weight = groups.total(power=0).sum(axis=axis)[:-1], groups.total().sum(axis=axis)[:-1]
    names = groups.industries if of == "industry" else groups.places
    return tidy(
        {
            f"{of}_id": names.tolist(),
            "value": value,
            "low": below,
            "high": above,
            **(extra or {}),
            "rows": rows.astype(np.int64),
            "weight": weight,
            "note": [
                None if np.isfinite(v) else undefined if w > 0 else "no weight, or nothing to compare with"
                for v, w in zip(value, weight, strict=True)
            ],
        },
        groups.native,
    )
