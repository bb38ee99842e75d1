"""Which industries a place has: the binary matrix under relatedness and complexity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import Field

from jiqun.measure.cells import Cells, tidy
from jiqun.measure.resample import interval, poisson_weights

__all__ = ["Array", "Cut", "Matrix", "from_weights", "of_cells", "of_pairs", "of_units", "presence", "said"]

Array = NDArray[np.float64]
Matrix = NDArray[np.bool_]

Cut = Annotated[
    float,
    Field(
        ge=0.0,
        description="An industry is present where its location quotient is at least this; "
        "0: wherever it has any weight.",
    ),
]
ALMOST = 1e-12
"""A quotient that is 1 by algebra may be one unit in the last place below it in floating point."""


def presence(groups: Cells, cut: float, times: NDArray[np.int64] | None = None) -> Matrix:
    """Tell which industries each place has, shape (places, industries).

    Parameters
    ----------
    groups
        Cells of a table.
    cut
        Location quotient from which on an industry counts as present; 0 for any weight at all.
    times
        Bootstrap weight of each group, in place of its number of rows.
    """
    return from_weights(groups.total(times=times), cut)


def from_weights(whole: Array, cut: float) -> Matrix:
    """Tell which industries each place has from the weights of cells.

    Parameters
    ----------
    whole
        Weights, shape (places + 1, industries + 1): the last row and column are those whose place or
        industry is unknown.
    cut
        Location quotient from which on an industry counts as present; 0 for any weight at all.

    Examples
    --------
    >>> from_weights(np.array([[2.0, 1.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 0.0]]), 1.0).tolist()
    [[True, False], [False, True]]
    """
    weight = whole[:-1, :-1]
    if cut == 0.0:
        there: Matrix = weight > 0
        return there
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = weight / whole.sum(axis=1)[:-1, None] / whole.sum(axis=0)[:-1] * whole.sum()
    present: Matrix = (weight > 0) & (quotient >= cut * (1.0 - ALMOST))
    return present


def of_units(
    groups: Cells,
    of: Literal["industry", "place"],
    statistic: Callable[[NDArray[np.int64] | None], Array],
    bootstrap: tuple[int, float, np.random.Generator | int | None],
    *,
    value: Array | None = None,
    extra: dict[str, Any] | None = None,
    notes: Sequence[str | None] | None = None,
) -> Any:
    """Make the tidy table of a number for each unit, with a percentile interval.

    Parameters
    ----------
    groups
        Cells of a table.
    of
        What the units are.
    statistic
        Function of bootstrap weights (None: the table itself) giving (units,).
    bootstrap
        Replicates, level and random numbers.
    value
        ``statistic(None)``, where it is known already.
    extra
        Further columns.
    notes
        What is said of each unit; None says “nothing present” where the value is null.
    """
    value = statistic(None) if value is None else value
    low, high = _interval(groups, statistic, bootstrap, value)
    names = groups.industries if of == "industry" else groups.places
    texts = said(value, "nothing present") if notes is None else list(notes)
    return tidy(
        {f"{of}_id": names.tolist(), "value": value, "low": low, "high": high, **(extra or {}), "note": texts},
        groups.native,
    )


def of_cells(
    groups: Cells,
    statistic: Callable[[NDArray[np.int64] | None], Array],
    bootstrap: tuple[int, float, np.random.Generator | int | None],
    *,
    extra: dict[str, Array | Matrix],
    notes: Callable[[Array], Sequence[str | None]],
) -> Any:
    """Make the tidy table of a number for each place and industry, with a percentile interval.

    Parameters
    ----------
    groups
        Cells of a table.
    statistic
        Function of bootstrap weights (None: the table itself) giving (places, industries).
    bootstrap
        Replicates, level and random numbers.
    extra
        Further columns, each (places, industries).
    notes
        Function of the values (places × industries,) that gives what is said of each.
    """
    value = statistic(None).ravel()
    low, high = _interval(groups, lambda times: statistic(times).ravel(), bootstrap, value)
    n_places, n_industries = groups.shape
    return tidy(
        {
            # millions of names: taken from the few there are, not made anew
            "place_id": pa.array(groups.places.tolist()).take(np.repeat(np.arange(n_places), n_industries)),
            "industry_id": pa.array(groups.industries.tolist()).take(np.tile(np.arange(n_industries), n_places)),
            "value": value,
            "low": low,
            "high": high,
            **{name: column.ravel() for name, column in extra.items()},
            "note": list(notes(value)),
        },
        groups.native,
    )


def of_pairs(
    groups: Cells,
    statistic: Callable[[NDArray[np.int64] | None], Array],
    bootstrap: tuple[int, float, np.random.Generator | int | None],
    *,
    extra: dict[str, Array | NDArray[np.bool_] | NDArray[np.int64]] | None = None,
) -> Any:
    """Make the tidy table of a symmetric matrix over industries, each unordered pair once.

    Parameters
    ----------
    groups
        Cells of a table.
    statistic
        Function of bootstrap weights (None: the table itself) giving (industries, industries).
    bootstrap
        Replicates, level and random numbers.
    extra
        Further columns, each of the pairs in the order of ``np.triu_indices``.
    """
    first, second = np.triu_indices(len(groups.industries), k=1)

    def pairs(times: NDArray[np.int64] | None) -> Array:
        return statistic(times)[first, second]

    value = pairs(None)
    low, high = _interval(groups, pairs, bootstrap, value)
    return tidy(
        {
            "industry_id": pa.array(groups.industries.tolist()).take(first),
            "industry_id_2": pa.array(groups.industries.tolist()).take(second),
            "value": value,
            "low": low,
            "high": high,
            **(extra or {}),
            "note": said(value, "an industry is present nowhere"),
        },
        groups.native,
    )


def said(value: Array, why: str | NDArray[np.str_]) -> list[str | None]:
    """Say why each value is null, nothing where it is not.

    Examples
    --------
    >>> said(np.array([1.0, np.nan]), "absent")
    [None, 'absent']
    """
    notes = np.full(value.shape, None, dtype=object)
    undefined = ~np.isfinite(value)
    notes[undefined] = why if isinstance(why, str) else why[undefined]
    return list(notes.tolist())


def _interval(
    groups: Cells,
    statistic: Callable[[NDArray[np.int64] | None], Array],
    bootstrap: tuple[int, float, np.random.Generator | int | None],
    value: Array,
) -> tuple[Array, Array]:
    replicates, level, rng = bootstrap
    if not replicates or not len(value):
        return np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    low, high, _ = interval(statistic, poisson_weights(groups.rows, replicates, rng), level)
    undefined = ~np.isfinite(value)
    return np.where(undefined, np.nan, low), np.where(undefined, np.nan, high)
