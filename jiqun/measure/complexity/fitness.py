"""Fitness of places: complexity by the non-linear map of Tacchella and others."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.presence import Array, Cut, Matrix, of_units, presence
from jiqun.measure.resample import Level, Replicates, Seed


@index(
    title=Words("Fitness", "适合度"),
    question=Words(
        "Which places have many industries, and ones that weak places cannot have?",
        "哪些地方拥有的行业既多，又是弱势地方难以拥有的？",
    ),
    reading=Words(
        "1 is the mean place; towards 0 few and common industries.", "1 为各地平均；接近 0 表示行业少且普通。"
    ),
    formula=r"F_r \propto \sum_i b_{ri} Q_i,\quad Q_i \propto \Big(\sum_r b_{ri} / F_r\Big)^{-1}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id",),
    bounds=Bounds(0.0, None),
    neutral=1.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "Tacchella, Cristelli, Caldarelli, Gabrielli & Pietronero (2012), A new metrics for countries' fitness "
            "and products' complexity",
            "10.1038/srep00723",
        ),
        Reference(
            "Pugliese, Zaccaria & Pietronero (2016), On the convergence of the fitness–complexity algorithm",
            "10.1140/epjst/e2015-50118-1",
        ),
    ),
)
def fitness(
    frame: IntoFrame,
    *,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    cut: Cut = 1.0,
    tolerance: Annotated[
        float, Field(gt=0.0, lt=1.0, description="Largest relative change of a fitness at which the iteration ends.")
    ] = 1e-9,
    iterations: Annotated[int, Field(ge=1, le=100_000, description="Most iterations.")] = 1000,
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the fitness of every place.

    The map is iterated from 1, both sides at once, each divided by its mean. In matrices that are not
    filled enough some fitnesses go to 0 for ever, and a fixed number of steps such as 20 means nothing:
    the iteration runs on the logarithms until none changes by more than the tolerance, and the
    number of steps is in the result.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown place or industry are part of the totals of the quotient.
    cut
        Location quotient from which on an industry is present in a place; 0 for any weight.
    tolerance, iterations
        When to stop.
    replicates, level, rng
        Poisson bootstrap over rows. Off by default.

    Returns
    -------
    frame
        ``place_id, value, low, high, log, steps, note``. ``log`` is ln F, which tells small fitnesses apart.
        Null for a place without any industry present.

    References
    ----------
    Tacchella, A. et al. (2012). doi:10.1038/srep00723

    Examples
    --------
    Every place has every industry: all are the mean.

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "b", "a", "b"]})
    >>> fitness(firms)["value"].to_list()
    [1.0, 1.0]
    """
    groups = cells(frame, "fitness", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(times: NDArray[np.int64] | None) -> Array:
        return np.exp(log_fitness(presence(groups, cut, times), tolerance, iterations)[0])

    logs, steps = log_fitness(presence(groups, cut), tolerance, iterations)
    extra = {"log": logs, "steps": np.full(len(logs), steps)}
    return of_units(groups, "place", statistic, (replicates, level, rng), extra=extra, note="no industry present")


def log_fitness(present: Matrix, tolerance: float, iterations: int) -> tuple[Array, int]:
    """Iterate the map on logarithms.

    Parameters
    ----------
    present
        Which industries each place has, shape (places, industries).
    tolerance, iterations
        When to stop.

    Returns
    -------
    log, steps
        ln F of each place, mean of F being 1 over places with an industry; NaN without. Steps taken.
    """
    result = np.full(len(present), np.nan)
    some = present.any(axis=1)
    b = present[some][:, present.any(axis=0)]
    if b.size == 0:
        return result, 0
    fit, quality = np.zeros(len(b)), np.zeros(b.shape[1])
    absent = np.where(b, 0.0, -np.inf)
    step = 0
    for step in range(1, iterations + 1):
        raised = _log_sum(absent + quality)
        lowered = -_log_sum((absent - fit[:, None]).T)
        after = raised - _log_mean(raised)
        quality = lowered - _log_mean(lowered)
        change = np.abs(after - fit).max()
        fit = after
        if change < tolerance and step > 1:
            break
    result[some] = fit
    return result, step


def _log_sum(logs: Array) -> Array:
    """Logarithm of the sum of exponentials of each row; every row has a finite entry."""
    top = logs.max(axis=1)
    summed: Array = top + np.log(np.exp(logs - top[:, None]).sum(axis=1))
    return summed


def _log_mean(logs: Array) -> float:
    return float(_log_sum(logs[None, :])[0] - np.log(len(logs)))
