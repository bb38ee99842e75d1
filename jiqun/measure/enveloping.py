"""One test for every index: its values beside those under a null model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, UnknownName, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.measure.bands import local_band, p_pointwise
from jiqun.measure.cells import tidy
from jiqun.measure.index import Index, Space
from jiqun.measure.measured import Provenance, measured
from jiqun.measure.multiple import Adjustment
from jiqun.measure.multiple import adjust as adjusted_for_many
from jiqun.measure.nulls import Null, nulls
from jiqun.measure.placed import STRATUM, Placed, space_name
from jiqun.measure.rank_band import rank_band
from jiqun.measure.subject import (
    Subject,
    by_conventions,
    chosen_index,
    draws_its_own_null,
    numbers,
    plain,
    prepared,
    repeat,
    subject,
)

__all__ = ["envelope"]

Array = NDArray[np.float64]
Draw = Callable[[np.random.Generator], Array]

STEP = Words("Drawing under the null", "在零假设下抽样")


def envelope(
    index: Index | str | Callable[..., Any],
    of: Any,
    *,
    null: str | None = None,
    strata: str | None = None,
    n: int = 999,
    rng: np.random.Generator | int | None = 0,
    level: float = 0.95,
    global_: bool = True,
    adjust: Adjustment = "fdr",
    threads: int | None = None,
    space: Space | Placed = "physical",
    kind: str | None = "firm",
    preset: str | None = None,
    progress: Progress = silent,
    **parameters: Any,
) -> Any:
    """Set every value of an index beside what it would be under a null model.

    The null is drawn ``n`` times and the index evaluated anew on each draw: no formula is needed, so this is one
    and the same for every index there is, and for those to come.

    Parameters
    ----------
    index
        An index, its name or its function.
    of
        A cluster, or the table of the index in any library.
    null
        ``"random_labels"`` (what None means): sites and sizes stay, industries are permuted. ``"random_location"``:
        plants keep industry and size and are dealt to the occupied sites. ``"bicm"``: which industries a place has
        is drawn from the bipartite configuration model; for indices that have a ``cut``. See
        :func:`jiqun.measure.nulls.nulls`. An index by distance has nulls of its own, and None is its default.
    strata
        Column within whose values the permutation stays, such as quantiles of activity: popular actors then
        swap labels with popular ones, and popularity is not read as concentration. None is no strata on the ground,
        and quantiles of the number of counterparts in the digital space of a cluster.
    n
        Draws. A probability cannot be below 2/(n + 1).
    rng
        Generator, seed or None. Each draw has a child seed: the bytes are the same for any number of threads.
    level
        Coverage of both bands.
    global_
        Whether to compute the global band, which a table under the null leaves at *any* row with probability
        ``1 − level``; the table leaves it exactly when ``p_global`` ≤ ``1 − level``.
    adjust
        How ``p_adjusted`` accounts for the number of rows; see :func:`jiqun.measure.adjust`.
    threads
        Threads; None takes the processors there are, at most eight.
    space, kind
        What is read from a cluster, as in :func:`jiqun.measure.measure`.
    preset
        Name of a package whose conventions are followed; see :func:`jiqun.measure.conventions.presets`.
    progress
        Told after each draw; it may raise to cancel.
    **parameters
        Parameters of the index. ``replicates`` is 0 unless given, since the bootstrap answers another question.

    Returns
    -------
    frame
        In the caller's library: the keys of the index, ``value, low, high`` (bootstrap, null without
        ``replicates``), ``expected`` (mean under the null), ``band_low, band_high`` (of each row by itself),
        ``global_low, global_high``, ``z`` (deviation from the mean in standard deviations of the draws), ``p``
        (two-sided Monte-Carlo, ``2 (1 + min(#below, #above)) / (n + 1)``, ties counted on both sides),
        ``p_adjusted``, ``p_global`` (of the whole table, by extreme rank length), ``draws`` in which the value was
        defined, and ``note``. All are null where the value is; the band is null where it is undefined in more
        than half of the draws.

        An index by distance, or of shared counterparts, has its null inside: it is called with ``simulations=n``,
        and ``p_adjusted`` is of its ``p_global``, one for each curve, or of its ``p``.

    Raises
    ------
    UnknownName
        If there is no such index or null.
    JiqunError
        If the index cannot be drawn under the null, a parameter is not right, or the draws exceed memory.

    References
    ----------
    Davison, A. & Hinkley, D. (1997), Bootstrap Methods and their Application, ch. 4. Cambridge University Press.
    Myllymäki, M. et al. (2017), Global envelope tests for spatial processes. doi:10.1111/rssb.12172

    Examples
    --------
    All twelve plants of ``a`` are in ``p``, all twelve of ``b`` in ``q``.

    >>> import polars as pl
    >>> plants = pl.DataFrame({"place_id": ["p"] * 12 + ["q"] * 12, "industry_id": ["a"] * 12 + ["b"] * 12})
    >>> found = envelope("ellison_glaeser", plants, n=99)
    >>> found.select("industry_id", "value", "p").rows()
    [('a', 1.0, 0.02), ('b', 1.0, 0.02)]
    """
    _check(n, level)
    replicates = int(parameters.pop("replicates", 0))
    whole = chosen_index(index)
    parameters = by_conventions(whole, preset, parameters)
    if draws_its_own_null(whole):
        if strata is not None:
            raise JiqunError(
                "envelope: an index that draws its null itself has no strata.",
                "envelope：自带零假设抽样的指数不支持分层（strata）。",
            )
        own: dict[str, Any] = {"simulations": n, "level": level, "rng": rng, "replicates": replicates}
        own |= {} if null is None else {"null": null}
        return _its_own(whole, of, {**parameters, **own}, adjust, space, kind)
    model = _null(null or "random_labels")
    chosen = subject(whole, of, parameters, replicates=replicates, space=space, kind=kind)
    if strata is None and model.rows is not None and space_name(space) == "digital" and STRATUM in chosen.columns:
        strata = STRATUM
    draw = _draw(chosen, model, strata)
    size = n, chosen.observed.num_rows
    drawn = repeat(draw, rng, size, threads=threads, progress=progress, step=STEP)
    columns = _columns(chosen, drawn, level, adjust, global_=global_)
    used = {**chosen.used, "replicates": replicates, "level": level, "rng": rng}
    made = Provenance(chosen.index.name, used, space_name(space), model.name)
    return measured(tidy(columns, chosen.frame), made)


def _check(n: int, level: float) -> None:
    if n < 1 or not 0.0 < level < 1.0:
        raise JiqunError(
            f"envelope needs n ≥ 1 draws and a level between 0 and 1; got n = {n}, level = {level}.",
            f"envelope 需要 n ≥ 1 且 level 在 0 与 1 之间；得到 n = {n}，level = {level}。",
        )


def _null(name: str) -> Null:
    if name not in nulls():
        raise UnknownName("null model", name, nulls())
    return nulls()[name]


def _draw(chosen: Subject, model: Null, strata: str | None) -> Draw:
    """Values of the index on a draw of its cells where these are all it needs, else of its rows."""
    if model.rows is None:
        _only_presence(chosen, model, strata)
    if model.rows is None or chosen.counted:
        groups, stratum = chosen.cells(split=strata)
        deal = model.cells(groups, stratum, chosen.used)
        return lambda rng: chosen.of(deal(rng), **model.parameters)
    return _rows(chosen, model, strata)


def _only_presence(chosen: Subject, model: Null, strata: str | None) -> None:
    fields = chosen.index.parameters.model_fields
    if not (chosen.counted and set(model.parameters) <= set(fields)):
        raise JiqunError(
            f"null {model.name} is for indices of which industries a place has (with a parameter cut); "
            f"{chosen.who} is none. Take random_labels or random_location.",
            f"零模型 {model.name} 只适用于基于“地方拥有哪些行业”的指数（带参数 cut）；{chosen.who} 不属此类。"
            "请改用 random_labels 或 random_location。",
        )
    if strata is not None:
        raise JiqunError(f"null {model.name} has no strata.", f"零模型 {model.name} 不支持分层（strata）。")


def _rows(chosen: Subject, model: Null, strata: str | None) -> Draw:
    """Permute columns of the table itself, its rows first brought into an order that is not the caller's."""
    place, industry = chosen.column("place"), chosen.column("industry")
    assert model.rows is not None
    table = chosen.table((place, industry, *([strata] if strata else [])))
    for needed in (place, industry):
        if needed not in table.column_names:
            raise JiqunError(
                f"null {model.name} needs a column {needed} in the table of {chosen.who}, which has none.",
                f"零模型 {model.name} 需要 {chosen.who} 的表中有列 {needed}，但该列不存在。",
            )
    moved = model.rows(industry, chosen.sizes)
    known = ~(np.asarray(table[place].is_null()) | np.asarray(table[industry].is_null()))
    parts = _parts(chosen.who, table, strata, known)

    def draw(rng: np.random.Generator) -> Array:
        order = np.arange(table.num_rows)
        for part in parts:
            order[part] = part[rng.permutation(len(part))]
        drawn = table
        for name in moved:
            drawn = drawn.set_column(drawn.column_names.index(name), name, table[name].take(pa.array(order)))
        return chosen.of(drawn, **model.parameters)

    return draw


def _parts(who: str, table: pa.Table, strata: str | None, known: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    rows = np.flatnonzero(known)
    if strata is None:
        return [rows]
    if strata not in table.column_names:
        raise JiqunError(
            f"{who}: there is no column {strata} for strata; the table has {', '.join(table.column_names)}.",
            f"{who}：没有用于分层的列 {strata}；该表有：{'、'.join(table.column_names)}。",
        )
    values = table[strata].filter(pa.array(known))
    if values.null_count:
        raise JiqunError(
            f"{who}: column {strata} is empty in {values.null_count} rows. Fill it, or filter these rows.",
            f"{who}：列 {strata} 有 {values.null_count} 行为空。请补全，或先筛除这些记录。",
        )
    coded = values.combine_chunks().dictionary_encode()
    codes = np.asarray(coded.indices)
    return [rows[codes == code] for code in range(len(coded.dictionary))]


def _columns(chosen: Subject, drawn: Array, level: float, how: Adjustment, *, global_: bool) -> dict[str, Any]:
    value = chosen.value
    count = np.isfinite(drawn).sum(axis=0)
    defined = np.isfinite(value) & (count * 2 > len(drawn))
    shown = np.where(defined, drawn, np.nan)
    sums = np.where(np.isfinite(shown), shown, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(defined, sums.sum(axis=0) / count, np.nan)
        squared = np.where(np.isfinite(shown), (shown - expected) ** 2, 0.0).sum(axis=0)
        deviation = np.sqrt(squared / np.maximum(count - 1, 1))
        spread = defined & (count > 1) & (deviation > 1e-12 * np.maximum(1.0, np.abs(expected)))
        z = np.where(spread, (value - expected) / deviation, np.nan)
    band = local_band(shown, level)
    p = p_pointwise(np.where(defined, value, np.nan), shown)
    columns: dict[str, Any] = {name: chosen.observed[name].to_pylist() for name in chosen.keys}
    columns |= {
        "value": value,
        **{n: np.array(chosen.observed[n].to_pylist(), dtype=np.float64) for n in ("low", "high")},
        "expected": expected,
        "band_low": band[0],
        "band_high": band[1],
    }
    if global_:
        low, high, whole = rank_band(np.where(defined, value, np.nan), shown, level)
        columns |= {"global_low": low, "global_high": high}
    columns |= {"z": z, "p": p, "p_adjusted": adjusted_for_many(p, how)}
    if global_:
        columns["p_global"] = np.full(len(value), whole)
    return columns | {"draws": count, "note": _notes(chosen, defined, count, len(drawn))}


def _notes(chosen: Subject, defined: NDArray[np.bool_], count: NDArray[np.int64], n: int) -> list[str | None]:
    told = chosen.observed["note"].to_pylist()
    said: list[str | None] = []
    for note, known, value, here in zip(told, defined, chosen.value, count, strict=True):
        own = None
        if np.isfinite(value) and not known:
            own = f"undefined in {n - here} of {n} draws: no band"
        elif known and here < n:
            own = f"undefined in {n - here} of {n} draws"
        said.append("; ".join(part for part in (note, own) if part) or None)
    return said


def _its_own(  # noqa: PLR0917
    index: Index,
    of: Any,
    parameters: Mapping[str, Any],
    how: Adjustment,
    space: Space | Placed,
    kind: str | None,
) -> Any:
    chosen, frame, used = prepared(index, of, parameters, space=space, kind=kind)
    table = plain(chosen.function(frame, **parameters))
    keys = table.column_names[: table.column_names.index("value")]
    curves = [name for name in keys if name != "distance_km"]
    p = numbers(table, "p_global" if "p_global" in table.column_names else "p")
    names = list(zip(*(table[name].to_pylist() for name in curves), strict=True))
    first = {name: place for place, name in reversed(list(enumerate(names)))}
    adjusted = dict(zip(first, adjusted_for_many(p[list(first.values())], how), strict=True))
    columns: dict[str, Any] = {
        name: numbers(table, name) if pa.types.is_floating(kind_of.type) else table[name].to_pylist()
        for name, kind_of in zip(table.column_names, table.schema, strict=True)
        if name != "note"
    }
    columns |= {"p_adjusted": np.array([adjusted[name] for name in names]), "note": table["note"].to_pylist()}
    made = Provenance(chosen.name, used, space_name(space), str(used.get("null", "")))
    return measured(tidy(columns, frame), made)
