"""Fitness of places: complexity by the non-linear map of Tacchella and others."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import scipy.sparse as sp
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.presence import Array, Cut, Matrix, of_units, presence
from jiqun.measure.resample import Level, Replicates, Seed
from jiqun.measure.shares import Of

Update = Literal["synchronous", "sequential"]


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
    of: Of = "place",
    update: Annotated[
        Update,
        Field(
            description="synchronous: both sides from the step before (2012); sequential: industries from the places "
            "of the same step (econcomplex). The limit is the same."
        ),
    ] = "synchronous",
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
    """Compute the fitness of every place, or the complexity of every industry by the same map.

    The map is iterated from 1, both sides at once, each divided by its mean. In matrices that are not
    filled enough some fitnesses go to 0 for ever, and a fixed number of steps such as 20 means nothing:
    the iteration runs on the logarithms until none changes by more than the tolerance, the
    number of steps is in the result, and the note tells where it ended before that.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    of
        ``"place"``: fitness F. ``"industry"``: complexity Q.
    update
        ``"synchronous"`` or ``"sequential"``. With a fixed number of steps the two differ: 20 iterations of the R
        package economiccomplexity are 19 synchronous steps here, 20 of econcomplex are 20 sequential ones.
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
        ``place_id`` (or ``industry_id``), ``value, low, high, log, steps, note``. ``log`` is ln F, which tells small
        fitnesses apart. Null for a place without any industry present, and an industry present nowhere.

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
    side: Literal[0, 1] = 0 if of == "place" else 1

    def statistic(times: NDArray[np.int64] | None) -> Array:
        return np.exp(log_fitness(presence(groups, cut, times), tolerance, iterations, update)[side])

    solved = log_fitness(presence(groups, cut), tolerance, iterations, update)
    logs: Array = solved[side]
    steps, change = solved[2], solved[3]
    ended = None if change < tolerance else f"still changing by {change:.1e} after {steps} steps: read log"
    notes = [ended if np.isfinite(v) else "nothing present" for v in logs]
    extra = {"log": logs, "steps": np.full(len(logs), steps)}
    return of_units(groups, of, statistic, (replicates, level, rng), value=np.exp(logs), extra=extra, notes=notes)


def log_fitness(
    present: Matrix, tolerance: float, iterations: int, update: Update = "synchronous"
) -> tuple[Array, Array, int, float]:
    """Iterate the map on logarithms.

    Parameters
    ----------
    present
        Which industries each place has, shape (places, industries).
    tolerance, iterations
        When to stop.
    update
        Whether industries see the places of the step before or of the same step.

    Returns
    -------
    fitness, complexity, steps, change
        ln F of each place and ln Q of each industry, the mean of F and of Q being 1; NaN where nothing is
        present. Steps taken, and the largest change of ln F in the last.

    Examples
    --------
    >>> log_fitness(np.ones((2, 3), dtype=bool), 1e-9, 100)[2:]
    (2, 0.0)
    """
    fitness_of, quality_of = np.full(present.shape[0], np.nan), np.full(present.shape[1], np.nan)
    some, known = present.any(axis=1), present.any(axis=0)
    b = sp.csr_array(present[np.ix_(some, known)].astype(np.float64))
    if b.nnz == 0:
        return fitness_of, quality_of, 0, 0.0
    across = sp.csr_array(b.T)
    fit, quality = np.zeros(b.shape[0]), np.zeros(b.shape[1])
    step, change = 0, np.inf
    for step in range(1, iterations + 1):
        after = _over_mean(_log_sum(b, quality))
        quality = _over_mean(-_log_sum(across, -(after if update == "sequential" else fit)))
        change = float(np.abs(after - fit).max())
        fit = after
        if change < tolerance and step > 1:
            break
    fitness_of[some], quality_of[known] = fit, quality
    return fitness_of, quality_of, step, change


def _log_sum(b: sp.csr_array, logs: Array) -> Array:
    """Logarithm of the sum of exponentials over the entries of each row; every row has one."""
    top = logs.max()
    if top - logs.min() < 600.0:
        summed: Array = np.log(b @ np.exp(logs - top)) + top
        return summed
    entries, start = logs[b.indices], b.indptr[:-1]
    high = np.maximum.reduceat(entries, start)
    within = np.add.reduceat(np.exp(entries - np.repeat(high, np.diff(b.indptr))), start)
    return np.asarray(high + np.log(within))


def _over_mean(logs: Array) -> Array:
    top = logs.max()
    return np.asarray(logs - top - np.log(np.exp(logs - top).mean()))
