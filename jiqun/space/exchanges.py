"""Who dealt with whom and when: interactions summed by period and pair, once, in the engine.

Everything the digital space shows under any filter comes from this one small table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster
from jiqun.space.frames import typed, usable
from jiqun.space.kept import kept
from jiqun.space.periods import Grain, Window, calendar, period_code

__all__ = ["UNDATED", "Exchanges", "coded", "exchanges"]

UNDATED = -1
"""Code of the period of interactions without a time: they count only where no period is chosen."""


@dataclass(frozen=True, slots=True)
class Exchanges:
    """Interactions by period, source and target, sorted by all three.

    The arrays ``period, source, target, count, amount`` have one entry for each combination that
    occurs; ``source`` and ``target`` are positions in ``sources`` and ``targets`` (sorted identifiers).
    """

    table: Literal["interactions", "ties"]
    grain: Grain | None
    sources: NDArray[np.str_]
    targets: NDArray[np.str_]
    period: NDArray[np.int32]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    count: NDArray[np.float64]
    amount: NDArray[np.float64]
    has_amount: bool
    """Whether any interaction carries an amount; sums of amounts are 0 elsewhere."""

    @property
    def dated_rows(self) -> NDArray[np.bool_]:
        """Which rows have a period."""
        return np.asarray(self.period != UNDATED, dtype=np.bool_)

    @property
    def dated(self) -> bool:
        """Whether any row has a period."""
        return self.grain is not None and bool(self.dated_rows.any())

    @property
    def value(self) -> NDArray[np.float64]:
        """Amount where the source knows amounts, else the number of interactions."""
        return self.amount if self.has_amount else self.count

    def within(self, window: Window | None) -> NDArray[np.bool_]:
        """Say which rows lie in a window; all of them without one, or where nothing is dated."""
        if window is None or not self.dated:
            return np.ones(self.period.shape, dtype=bool)
        return np.asarray((self.period >= window.first) & (self.period <= window.last), dtype=np.bool_)


def exchanges(cluster: Cluster) -> Exchanges | None:
    """Give interactions by period and pair; ties where there are no interactions; else None.

    Examples
    --------
    >>> sales = pl.DataFrame({"source": ["x", "x", "y"], "target": ["f", "f", "f"], "amount": [1.0, 2.0, 5.0]})
    >>> made = exchanges(Cluster.from_tables(interactions=sales))
    >>> made.sources.tolist(), made.count.tolist(), made.amount.tolist()
    (['x', 'y'], [2.0, 1.0], [3.0, 5.0])
    """
    return kept(cluster, "exchanges", lambda: _exchanges(cluster))


def _exchanges(cluster: Cluster) -> Exchanges | None:
    tables: tuple[Literal["interactions", "ties"], ...] = ("interactions", "ties")
    for table in tables:
        if cluster.has(table) and cluster.rows(table):
            made = _collect(cluster, table)
            if made.count.size:
                return made
    return None


def _collect(cluster: Cluster, table: Literal["interactions", "ties"]) -> Exchanges:
    when = "time" if table == "interactions" else "from"
    covered = calendar(cluster)
    dated = covered is not None and usable(cluster, table, when)
    columns = ["source", "target", *([when] if dated else []), *(["amount"] if table == "interactions" else [])]
    frame = typed(cluster, table, *columns).filter(~nw.col("source").is_null(), ~nw.col("target").is_null())
    code = period_code(nw.col(when), covered.grain) if dated and covered else nw.lit(UNDATED, dtype=nw.Int32)
    amount = nw.col("amount") if table == "interactions" else nw.lit(None, dtype=nw.Float64)
    summed = (
        frame.select("source", "target", period=code, amount=amount)
        .group_by("period", "source", "target")
        .agg(nw.len().alias("n"), nw.col("amount").sum().alias("sum"), nw.col("amount").count().alias("known"))
        .collect("polars")
        .to_native()
    )
    sources, source = coded(summed["source"])
    targets, target = coded(summed["target"])
    period = summed["period"].fill_null(UNDATED).cast(pl.Int32).to_numpy()
    order = np.lexsort((target, source, period))
    return Exchanges(
        table=table,
        grain=covered.grain if dated and covered else None,
        sources=sources,
        targets=targets,
        period=period[order],
        source=source[order],
        target=target[order],
        count=summed["n"].cast(pl.Float64).to_numpy()[order],
        amount=summed["sum"].cast(pl.Float64).fill_null(0.0).to_numpy()[order],
        has_amount=bool(summed["known"].sum()),
    )


def coded(ids: pl.Series) -> tuple[NDArray[np.str_], NDArray[np.int32]]:
    """Give the distinct identifiers in order, and the position of each row's among them.

    >>> names, code = coded(pl.Series(["b", "a", "b"]))
    >>> names.tolist(), code.tolist()
    (['a', 'b'], [1, 0, 1])
    """
    # each name is hashed once; what follows are numbers
    found = ids.cast(pl.Categorical)
    held = found.unique()
    names = held.cast(pl.String)
    order = names.arg_sort()
    place = held.to_physical().gather(order).to_numpy()
    position = np.zeros(int(place.max()) + 1 if len(place) else 0, dtype=np.int32)
    position[place] = np.arange(len(place), dtype=np.int32)
    return names.gather(order).to_numpy().astype(str), position[found.to_physical().to_numpy()]
