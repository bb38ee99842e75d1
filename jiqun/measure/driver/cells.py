"""Matches in cells of place, category and period, and who was there to match: sides counted from availability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["Cells", "cells", "shuffled"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """One row for each place × category that ever had a match, and each period after the lookback.

    All arrays have shape (rows,). ``matches`` are pairs of buyer and supplier that dealt; ``suppliers`` those that
    sold in the cell in the preceding periods; ``buyers`` those present at the place for anything in the period;
    ``promoted`` suppliers promoted in the cell in the period, where that is known. ``selling`` and ``buying`` are the
    sides counted from the matches themselves.
    """

    place: Codes
    category: Codes
    period: Codes
    matches: Array
    suppliers: Array
    buyers: Array
    selling: Array
    buying: Array
    promoted: Array | None
    lookback: int

    @property
    def unit(self) -> Codes:
        """Code of place × category."""
        return self.place * (int(self.category.max(initial=0)) + 1) + self.category

    @property
    def season(self) -> Codes:
        """Code of category × period."""
        return self.category * (int(self.period.max(initial=0)) + 1) + self.period


def cells(
    dealings: pl.DataFrame,
    *,
    lookback: int,
    places: Sequence[int] | None = None,
    categories: Sequence[int] | None = None,
    promoted: pl.DataFrame | None = None,
) -> Cells:
    """Count matches and the sides available, in every cell.

    To count the sides from the matches themselves makes the elasticities mechanical: a match needs one of each. So a
    supplier counts as available where it sold in the preceding ``lookback`` periods, and a buyer where it was present
    for anything.

    Parameters
    ----------
    dealings
        ``place, category, period, source, target`` as integers, a row for each dealing.
    lookback
        Periods that a supplier counts as available after a sale; the first so many are not in the cells.
    places, categories
        Those that make cells; None: all. Buyers at a place are counted over all categories.
    promoted
        ``place, category, period, target``: suppliers promoted there; they count in ``promoted`` apart.

    Returns
    -------
    Cells
        Sorted by place, category and period.

    Examples
    --------
    >>> sales = pl.DataFrame({"place": [0, 0, 0], "category": [0, 0, 1], "period": [0, 1, 1], "source": [5, 6, 7],
    ...                       "target": [1, 2, 3]})
    >>> made = cells(sales, lookback=1)
    >>> made.category.tolist(), made.matches.tolist(), made.suppliers.tolist(), made.buyers.tolist()
    ([0, 1], [1.0, 1.0], [1.0, 0.0], [2.0, 2.0])
    """
    columns = ["place", "category", "period", "source", "target"]
    used = dealings.select(pl.col(columns).cast(pl.Int64))
    last = int(used["period"].max() or 0)  # type: ignore[arg-type]
    if places is not None:
        used = used.filter(pl.col("place").is_in(list(places)))
    present = used.group_by("place", "period").agg(buyers=pl.col("source").n_unique())
    if categories is not None:
        used = used.filter(pl.col("category").is_in(list(categories)))
    key = ["place", "category", "period"]
    pairs = used.unique().group_by(key)
    met = pairs.agg(matches=pl.len(), selling=pl.col("target").n_unique(), buying=pl.col("source").n_unique())
    units = used.select("place", "category").unique()
    grid = units.join(pl.DataFrame({"period": np.arange(lookback, last + 1, dtype=np.int64)}), how="cross")
    whole = grid.join(met, on=key, how="left").join(_available(used, lookback), on=key, how="left")
    whole = whole.join(present, on=["place", "period"], how="left")
    if promoted is not None:
        count = promoted.select(pl.col(*key, "target").cast(pl.Int64)).unique().group_by(key).agg(promoted=pl.len())
        whole = whole.join(count, on=key, how="left")
    whole = whole.sort(key).fill_null(0)

    def number(name: str) -> Array:
        return whole[name].cast(pl.Float64).to_numpy()

    place, category, period = (whole[k].to_numpy() for k in key)
    return Cells(
        place=place,
        category=category,
        period=period,
        matches=number("matches"),
        suppliers=number("suppliers"),
        buyers=number("buyers"),
        selling=number("selling"),
        buying=number("buying"),
        promoted=number("promoted") if promoted is not None else None,
        lookback=lookback,
    )


def _available(used: pl.DataFrame, lookback: int) -> pl.DataFrame:
    """Count suppliers that sold in the cell in one of the preceding periods.

    A sale makes its supplier available from the next period on, for ``lookback`` periods or until it sells again,
    which begins anew: so every sale opens one interval and closes it, and a running sum counts those open.
    """
    who = ["place", "category", "target"]
    sold = used.select(*who, "period").unique().sort(*who, "period")
    opened = pl.col("period") + 1
    closed = pl.min_horizontal(pl.col("period") + lookback, pl.col("period").shift(-1).over(who)) + 1
    spans = sold.with_columns(opened=opened, closed=closed)
    key = ["place", "category", "period"]
    steps = pl.concat(
        [
            spans.select("place", "category", period=pl.col("opened"), step=pl.lit(1)),
            spans.select("place", "category", period=pl.col("closed"), step=pl.lit(-1)),
        ]
    )
    changes = steps.group_by(key).agg(pl.col("step").sum())
    last = int(used["period"].max() or 0)  # type: ignore[arg-type]
    every = used.select("place", "category").unique().join(pl.DataFrame({"period": np.arange(last + 1)}), how="cross")
    whole = every.join(changes, on=key, how="left").sort(key).with_columns(pl.col("step").fill_null(0))
    return whole.select(*key, suppliers=pl.col("step").cum_sum().over("place", "category"))


def shuffled(dealings: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Shuffle categories over dealings: who dealt with whom, where and when stays, what it was about does not.

    Parameters
    ----------
    dealings
        As for :func:`cells`; the result does not depend on the order of its rows.
    rng
        Generator.
    """
    columns = ["place", "period", "source", "target", "category"]
    ordered = dealings.select(columns).sort(columns)
    return ordered.with_columns(category=pl.Series(rng.permutation(ordered["category"].to_numpy())))
