"""One bootstrap for every index: by plant, by place, or by block."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from jiqun.cluster import JiqunError, UnknownName, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.measure.cells import Cells, tidy
from jiqun.measure.index import Index, Space
from jiqun.measure.measured import Provenance, measured
from jiqun.measure.placed import Placed, space_name
from jiqun.measure.subject import (
    Subject,
    by_conventions,
    chosen_index,
    draws_its_own_null,
    plain,
    prepared,
    repeat,
    subject,
)

__all__ = ["bootstrap"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Interval = Literal["percentile", "basic", "centred", "bca"]

STEP = Words("Resampling", "重抽样")
_COPY = "\x1fcopy "
_JACKKNIFE = 5_000


@dataclass(frozen=True, slots=True)
class _Units:
    """What is drawn with replacement: how many units, and the values of the index for given ones."""

    rows: Codes
    """Rows that each distinct unit stands for, shape (units,): identical plants are one unit of many rows."""
    values: Callable[[Codes], Array]
    """From how often each unit is drawn to the values of the index, in the order of the observed keys."""


def bootstrap(
    index: Index | str | Callable[..., Any],
    of: Any,
    *,
    by: str = "plant",
    interval: Interval = "percentile",
    n: int = 999,
    rng: np.random.Generator | int | None = 0,
    level: float = 0.95,
    threads: int | None = None,
    space: Space | Placed = "physical",
    kind: str | None = "firm",
    preset: str | None = None,
    progress: Progress = silent,
    **parameters: Any,
) -> Any:
    """Give every value of an index an interval, by resampling what the data are a sample of.

    Parameters
    ----------
    index
        An index, its name or its function.
    of
        A cluster, or the table of the index in any library.
    by
        ``"plant"``: rows are drawn with replacement. ``"place"``: places are, each with all its rows; one drawn
        twice counts as two places, not as one of twice the size. Else a column, whose values are blocks (a
        province, a firm with several plants) that are drawn whole: where each place lies in one block, its places
        are copied with it; where places have plants of many blocks, the rows are. Rows of unknown place are not
        drawn but stay, with ``"place"`` and blocks.
    interval
        From the quantiles q of the replicates: ``"percentile"``: [q_low, q_high]. ``"basic"``: [2v − q_high,
        2v − q_low]. ``"centred"``: v plus the deviations of the replicates from their mean, for indices that a
        resample makes larger, as all of inequality. ``"bca"``: percentiles corrected for bias and acceleration
        (Efron 1987), with one further evaluation for each unit.
    n
        Replicates.
    rng
        Generator, seed or None. Each replicate has a child seed: the bytes are the same for any number of threads.
    level
        Coverage.
    threads
        Threads; None takes the processors there are, at most eight.
    space, kind
        What is read from a cluster, as in :func:`jiqun.measure.measure`.
    preset
        Name of a package whose conventions are followed; see :func:`jiqun.measure.conventions.presets`.
    progress
        Told after each replicate; it may raise to cancel.
    **parameters
        Parameters of the index.

    Returns
    -------
    frame
        In the caller's library: the keys of the index, ``value, low, high``, ``error`` (standard deviation of the
        replicates), ``bias`` (their mean less the value), ``draws`` in which the value was defined, and ``note``.
        The interval is null where the value is, or where it is undefined in half of the replicates or more.

    Raises
    ------
    UnknownName
        If there is no such index.
    JiqunError
        If there are fewer than two units, a parameter is not right, or the replicates exceed memory.

    Notes
    -----
    Which unit is right follows from what would come out otherwise in another world: other plants in the same
    places (``"plant"``), other places (``"place"``), or neighbours that share a shock (a block). An interval by
    plant is too narrow where plants of a place are alike.

    An index by distance has its bootstrap inside, by plant. For it and for indices of association other units are
    refused, since a place drawn twice would be at distance 0 of itself.

    References
    ----------
    Efron, B. (1987), Better bootstrap confidence intervals. doi:10.1080/01621459.1987.10478410
    Davison, A. & Hinkley, D. (1997), Bootstrap Methods and their Application, ch. 5. Cambridge University Press.

    Examples
    --------
    Four places, all alike: whichever are drawn, nothing is concentrated.

    >>> import polars as pl
    >>> plants = pl.DataFrame({"place_id": list("ppqqrrss"), "industry_id": list("abababab")})
    >>> bootstrap("hoover", plants, by="place", n=99).select("industry_id", "value", "low", "high").rows()
    [('a', 0.0, 0.0, 0.0), ('b', 0.0, 0.0, 0.0)]
    """
    _check(n, level, interval)
    parameters.pop("replicates", None)
    whole = chosen_index(index)
    parameters = by_conventions(whole, preset, parameters)
    _by_plant_only(whole, by)
    if draws_its_own_null(whole):
        _, frame, _ = prepared(whole, of, parameters, space=space, kind=kind)
        return whole.function(frame, **{**parameters, "replicates": n, "rng": rng, "level": level})
    chosen = subject(whole, of, parameters, space=space, kind=kind)
    made = Provenance(chosen.index.name, {**chosen.used, "rng": rng, "level": level}, space_name(space))
    units = _units(chosen, by)
    if len(units.rows) < 2 and by != "plant":
        raise JiqunError(
            f"bootstrap by {by} needs at least two of them; the table has {len(units.rows)}.",
            f"按 {by} 重抽样至少需要两个单位；该表只有 {len(units.rows)} 个。",
        )
    share = units.rows / units.rows.sum()
    total = int(units.rows.sum())

    def one(child: np.random.Generator) -> Array:
        return units.values(child.multinomial(total, share))

    size = n, chosen.observed.num_rows
    drawn = repeat(one, rng, size, threads=threads, progress=progress, step=STEP)
    acceleration = _acceleration(units, threads) if interval == "bca" else np.zeros(size[1])
    return measured(tidy(_columns(chosen, drawn, level, interval, acceleration), chosen.frame), made)


def _check(n: int, level: float, interval: str) -> None:
    if interval not in get_args(Interval):
        raise UnknownName("interval", interval, get_args(Interval))
    if n < 2 or not 0.0 < level < 1.0:
        raise JiqunError(
            f"bootstrap needs n ≥ 2 replicates and a level between 0 and 1; got n = {n}, level = {level}.",
            f"bootstrap 需要 n ≥ 2 且 level 在 0 与 1 之间；得到 n = {n}，level = {level}。",
        )


def _units(chosen: Subject, by: str) -> _Units:
    if not chosen.counted:
        return _of_rows(chosen, by)
    if by == "plant":
        groups, _ = chosen.cells()
        return _Units(groups.rows, lambda times: chosen.of(replace(groups, rows=times)))
    groups, code = chosen.cells(split=None if by == "place" else by)
    located = groups.place < len(groups.places)
    block = groups.place if by == "place" else code
    pairs = np.unique(np.stack([groups.place[located], block[located]]), axis=1)
    count = int(block[located].max()) + 1
    ones = np.ones(count, dtype=np.int64)
    if len(np.unique(pairs[0])) == pairs.shape[1]:
        return _Units(ones, _copied(chosen, groups, block, located, pairs))

    def reweighted(times: Codes) -> Array:
        return chosen.of(replace(groups, rows=np.where(located, groups.rows * times[block], groups.rows)))

    return _Units(ones, reweighted)


def _copied(
    chosen: Subject, groups: Cells, block: Codes, located: NDArray[np.bool_], pairs: Codes
) -> Callable[[Codes], Array]:
    """Draw whole blocks of places: each copy has places of its own."""
    rows = np.flatnonzero(located)
    of_block = [rows[block[rows] == b] for b in range(int(pairs[1].max()) + 1)]
    here = [pairs[0][pairs[1] == b] for b in range(len(of_block))]
    rest = np.flatnonzero(~located)

    def values(times: Codes) -> Array:
        taken, code, names, first = [], [], [], 0
        for b, copies in enumerate(times):
            position = np.searchsorted(here[b], groups.place[of_block[b]])
            for copy in range(copies):
                taken.append(of_block[b])
                code.append(first + position)
                names += [f"{name}{_COPY}{copy}" for name in groups.places[here[b]]]
                first += len(here[b])
        every = np.concatenate([*taken, rest])
        place = np.concatenate([*code, np.full(len(rest), first)]).astype(np.int64)
        drawn = replace(
            groups,
            places=np.array(names),
            place=place,
            industry=groups.industry[every],
            weight=groups.weight[every],
            rows=groups.rows[every],
        )
        return chosen.aligned(_originals(plain(chosen.index.function(drawn, **{**chosen.given, "replicates": 0}))))

    return values


def _originals(result: pa.Table) -> pa.Table:
    """Name copies of places as the place they are copies of, and keep the first of each."""
    names = [name for name in result.column_names if name.startswith("place_id")]
    if not names:
        return result
    for name in names:
        text = [str(each).split(_COPY, 1)[0] for each in result[name].to_pylist()]
        result = result.set_column(result.column_names.index(name), name, pa.array(text))
    # a later key overwrites an earlier one: backwards, so that the first copy stays
    return result.take(pa.array(np.arange(result.num_rows)[::-1]))


def _of_rows(chosen: Subject, by: str) -> _Units:
    """Draw rows of the table itself, first brought into an order that is not the caller's."""
    place = chosen.column("place")
    table = chosen.table((place, *(() if by in ("plant", "place") else (by,))))
    if by == "plant":
        every = np.arange(table.num_rows)
        ones = np.ones(len(every), dtype=np.int64)
        return _Units(ones, lambda times: chosen.of(table.take(pa.array(np.repeat(every, times)))))
    column = place if by == "place" else by
    if column not in table.column_names or table[column].null_count:
        raise JiqunError(
            f"bootstrap by {by} needs column {column} in every row of the table of {chosen.who}.",
            f"按 {by} 重抽样要求 {chosen.who} 的表中每行都有列 {column}。",
        )
    coded = table[column].combine_chunks().dictionary_encode()
    code = np.asarray(coded.indices)
    of_block = [np.flatnonzero(code == b) for b in range(len(coded.dictionary))]
    named = place in table.column_names
    names = np.array([str(v) for v in table[place].to_pylist()]) if named else np.zeros(table.num_rows, dtype=str)
    nested = named and len({(p, c) for p, c in zip(names, code, strict=True)}) == len(set(names))

    def values(times: Codes) -> Array:
        copies = [(of_block[b], copy) for b, many in enumerate(times) for copy in range(many)]
        drawn = table.take(pa.array(np.concatenate([rows for rows, _ in copies])))
        if not nested:
            return chosen.of(drawn)
        text = [f"{name}{_COPY}{copy}" for rows, copy in copies for name in names[rows]]
        drawn = drawn.set_column(drawn.column_names.index(place), place, pa.array(text))
        return chosen.aligned(_originals(plain(chosen.index.function(drawn, **{**chosen.given, "replicates": 0}))))

    return _Units(np.ones(len(of_block), dtype=np.int64), values)


def _acceleration(units: _Units, threads: int | None) -> Array:
    """Skewness of the influence of each unit, from leaving each out once."""
    count = len(units.rows)
    if count > _JACKKNIFE:
        raise JiqunError(
            f"interval='bca' leaves each of {count} units out once, which is too many. Take 'percentile' or 'centred'.",
            f"interval='bca' 需对 {count} 个单位逐一剔除，数量过多。请改用 'percentile' 或 'centred'。",
        )

    def leave(position: Any) -> Array:
        times = units.rows.copy()
        times[int(position)] -= 1
        return units.values(times)

    with ThreadPoolExecutor(threads or 2) as pool:
        left = np.array(list(pool.map(leave, range(count))))
    weight = units.rows[:, None] * np.isfinite(left)
    filled = np.where(np.isfinite(left), left, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        away = (weight * filled).sum(axis=0) / weight.sum(axis=0) - filled
        found = (weight * away**3).sum(axis=0) / (6.0 * (weight * away**2).sum(axis=0) ** 1.5)
    return np.asarray(np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0), dtype=np.float64)


def _columns(chosen: Subject, drawn: Array, level: float, interval: Interval, acceleration: Array) -> dict[str, Any]:
    value = chosen.value
    count = np.isfinite(drawn).sum(axis=0)
    defined = np.isfinite(value) & (count * 2 > len(drawn))
    shown = np.where(defined, drawn, np.nan)
    mean = deviation = low = high = np.full(value.shape, np.nan)
    if defined.any():
        mean, deviation, low, high = (np.full(value.shape, np.nan) for _ in range(4))
        here = shown[:, defined]
        mean[defined], deviation[defined] = np.nanmean(here, axis=0), np.nanstd(here, axis=0, ddof=1)
        low[defined], high[defined] = _bounds(here, value[defined], level, interval, acceleration[defined])
    if interval in ("basic", "centred"):
        bounds = chosen.index.bounds
        least, most = -np.inf if bounds.low is None else bounds.low, np.inf if bounds.high is None else bounds.high
        low, high = np.clip(low, least, most), np.clip(high, least, most)
    told = chosen.observed["note"].to_pylist()
    note = [
        f"undefined in {len(drawn) - k} of {len(drawn)} replicates: no interval" if np.isfinite(v) and not ok else said
        for said, v, ok, k in zip(told, value, defined, count, strict=True)
    ]
    return {
        **{name: chosen.observed[name].to_pylist() for name in chosen.keys},
        "value": value,
        "low": low,
        "high": high,
        "error": deviation,
        "bias": mean - value,
        "draws": count,
        "note": note,
    }


def _bounds(drawn: Array, value: Array, level: float, interval: Interval, acceleration: Array) -> tuple[Array, Array]:
    tail = (1.0 - level) / 2.0
    if interval == "bca":
        return _corrected(drawn, value, tail, acceleration)
    low, high = np.nanquantile(drawn, [tail, 1.0 - tail], axis=0)
    if interval == "basic":
        return 2.0 * value - high, 2.0 * value - low
    if interval == "centred":
        mean = np.nanmean(drawn, axis=0)
        return value + low - mean, value + high - mean
    return low, high


def _corrected(drawn: Array, value: Array, tail: float, acceleration: Array) -> tuple[Array, Array]:
    """Quantiles at levels corrected for bias and acceleration (Efron 1987, equation 2.3)."""
    count = np.isfinite(drawn).sum(axis=0)
    below = ((drawn < value).sum(axis=0) + 0.5 * (drawn == value).sum(axis=0)) / count
    bias = ndtri(np.clip(below, 0.5 / count, 1.0 - 0.5 / count))
    found = []
    for z in (ndtri(tail), ndtri(1.0 - tail)):
        moved = bias + z
        level = ndtr(bias + moved / (1.0 - acceleration * moved))
        found.append(np.array([np.nanquantile(column, q) for column, q in zip(drawn.T, level, strict=True)]))
    return found[0], found[1]


def _by_plant_only(chosen: Index, by: str) -> None:
    located = {"lon", "lat", "x", "y"} & {*chosen.needs.columns, *chosen.needs.optional}
    if by != "plant" and (located or draws_its_own_null(chosen)):
        raise JiqunError(
            f"bootstrap of {chosen.name} is by plant only: a place drawn twice would be at distance 0 of itself.",
            f"{chosen.name} 只能按企业（plant）重抽样：同一地方被抽中两次时与自身的距离为 0。",
        )
