"""Shift–share analysis: growth that comes from the nation, from the mix of industries, and from the place."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.measure.cells import Cells, ColumnName, Unknown, Weight, labels, tidy
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.periods import cells_by_period, generators
from jiqun.measure.resample import Level, Replicates, Seed, poisson_weights
from jiqun.measure.shares import Array

NOTES = ("an industry begins here: competitive and allocation effects are undefined",)


@index(
    title=Words("Shift–share", "偏离—份额分析"),
    question=Words(
        "How much did a place gain or lose beyond what the nation and its mix of industries would give?",
        "扣除全国增长与产业结构的影响后，一个地方还多得或少得了多少？",
    ),
    reading=Words(
        "The value is the regional shift, in the unit of the weight: above 0 the industries of the place grew faster "
        "than the same industries elsewhere; national, mix and regional add up to the change.",
        "数值为区域竞争力份额（单位与权重相同）：大于 0 表示当地各行业增长快于全国同行业；"
        "全国份额、结构份额与竞争力份额之和等于总变化。",
    ),
    formula=r"\Delta e_{ri} = \underbrace{e_{ri}\,g}_{\text{national}} + \underbrace{e_{ri}(g_i-g)}_{\text{mix}} + "
    r"\underbrace{e_{ri}(g_{ri}-g_i)}_{\text{regional}}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id",),
    bounds=Bounds(None, None),
    neutral=0.0,
    laws=("row_order", "labels", "split"),
    references=(
        Reference(
            "Dunn (1960), A statistical and analytical technique for regional analysis",
            "10.1111/j.1435-5597.1960.tb01705.x",
        ),
        Reference(
            "Esteban-Marquillas (1972), A reinterpretation of shift-share analysis", "10.1016/0034-3331(72)90033-4"
        ),
        Reference("Barff & Knight (1988), Dynamic shift-share analysis, Growth and Change 19(2), 1–10", ""),
    ),
)
def shift_share(
    frame: IntoFrame,
    *,
    period: Annotated[ColumnName, Field(description="Column of the period: two or more, in an order that sorts.")] = (
        "period"
    ),
    of: Annotated[
        Literal["place", "cell"],
        Field(description="place: sums over industries; cell: each industry of each place."),
    ] = "place",
    dynamic: Annotated[
        bool,
        Field(
            description="true: the sum of the steps from period to period (Barff & Knight); "
            "false: the first period against the last."
        ),
    ] = True,
    nation: Annotated[
        str | None,
        Field(description="Place whose rows are the nation; empty: the nation is the sum of all rows."),
    ] = None,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Split the growth of every place into a national, an industrial and a regional part.

    ``national = e g``, ``mix = e (g_i − g)``, ``regional = e (g_ri − g_i)`` with ``e`` the weight at the start and
    ``g`` the growth of the nation, of the industry in it, and of the industry in the place; they sum to the
    change exactly. Esteban-Marquillas splits the regional part: with ``h = e_r· e_·i / e_··``, the weight the place
    would have with the nation's mix, ``competitive = h (g_ri − g_i)`` and ``allocation = (e − h)(g_ri − g_i)``.

    Parameters
    ----------
    frame
        One row for each plant (or cell) and period.
    period
        Column of the period.
    of
        ``"place"`` or ``"cell"``, which adds ``industry_id`` to the keys.
    dynamic
        Whether, with more than two periods, the steps are taken one by one and summed, so that the weights
        follow the changing mix; else only the first and the last period are compared.
    nation
        Identifier of the place whose rows are the national totals; it is then left out of the result.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown place or industry are part of the nation.
    replicates, level, rng
        Poisson bootstrap over rows, each period drawn by itself. It says how much the shift hangs on single
        plants drawn anew in each period; for plants followed over time it is wider than need be.

    Returns
    -------
    frame
        ``place_id`` (, ``industry_id``), ``value`` (the regional shift), ``low, high, start, end, change, national,
        mix, competitive, allocation, note``. An industry that begins in a place counts as regional; its ``competitive``
        and ``allocation`` are undefined and left out of the place's, with a note.

    Raises
    ------
    MissingColumn
        If there is no column ``period``.
    JiqunError
        If there are fewer than two periods, a row has none, or ``nation`` is not among the places.

    References
    ----------
    Dunn, E. S. (1960). doi:10.1111/j.1435-5597.1960.tb01705.x

    Esteban-Marquillas, J. M. (1972). doi:10.1016/0034-3331(72)90033-4

    Examples
    --------
    The nation doubles. ``p`` triples from 10, of which 20 is the nation's doubling and the mix is neutral:

    >>> import polars as pl
    >>> jobs = pl.DataFrame({"place_id": ["p", "q", "p", "q"], "industry_id": ["a"] * 4, "size": [10, 30, 30, 50],
    ...                      "period": [1, 1, 2, 2]})
    >>> shift_share(jobs, replicates=0).select("place_id", "value", "change", "national", "mix").rows()
    [('p', 10.0, 20.0, 10.0, 0.0), ('q', -10.0, 20.0, 30.0, 0.0)]
    """
    who = "shift_share"
    periods, each = cells_by_period(frame, who, period, place=place, industry=industry, weight=weight, unknown=unknown)
    if not dynamic:
        periods, each = [periods[0], periods[-1]], [each[0], each[-1]]
    kept, nation_row = _nation(each[0], nation)
    found = _shifts([c.total() for c in each], kept, nation_row)
    value = _of(found.regional, of)
    low = high = np.full(value.shape, np.nan)
    if replicates:
        streams = [
            poisson_weights(c.rows, replicates, g) for c, g in zip(each, generators(rng, len(each)), strict=True)
        ]
        draws = np.array(
            [
                _of(_shifts([c.total(1, w) for c, w in zip(each, ws, strict=True)], kept, nation_row).regional, of)
                for ws in zip(*streams, strict=True)
            ]
        )
        tail = (1.0 - level) / 2.0
        low, high = np.quantile(draws, [tail, 1.0 - tail], axis=0)
    return _table(each[0], kept, found, of, (value, low, high))


def _nation(groups: Cells, nation: str | None) -> tuple[Any, int | None]:
    if nation is None:
        return np.arange(len(groups.places)), None
    if nation not in groups.places:
        raise JiqunError(
            f"shift_share: nation {nation!r} is not a place of the table. Give the place_id whose rows are the "
            "national totals, or leave it empty.",
            f"shift_share：表中没有地点 {nation!r}。请给出代表全国合计的地点编号，或留空。",
        )
    row = int(np.flatnonzero(groups.places == nation)[0])
    return np.delete(np.arange(len(groups.places)), row), row


@dataclass(frozen=True, slots=True)
class _Shifts:
    """Parts of the change of each cell, shape (places, industries)."""

    start: Array
    end: Array
    national: Array
    mix: Array
    regional: Array
    competitive: Array
    allocation: Array
    begins: NDArray[np.bool_]
    """Where an industry begins in a place in some step: its two effects are undefined there and counted as 0."""


def _shifts(tables: list[Array], kept: Any, nation_row: int | None) -> _Shifts:
    national = mix = regional = competitive = allocation = np.zeros((len(kept), tables[0].shape[1] - 1))
    begins = np.zeros(national.shape, dtype=bool)
    for before, after in pairwise(tables):
        nation_0, nation_1 = (t.sum(axis=0) if nation_row is None else t[nation_row] for t in (before, after))
        e_0, e_1 = before[kept, :-1], after[kept, :-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            g = nation_1.sum() / nation_0.sum() - 1.0
            g_i = np.where(nation_0[:-1] > 0, nation_1[:-1] / nation_0[:-1] - 1.0, 0.0)
            shift = e_1 / e_0 - 1.0 - g_i
            mean_mix = before[kept].sum(axis=1, keepdims=True) * nation_0[:-1] / nation_0.sum()
        here = e_0 * (g if np.isfinite(g) else 0.0)
        national = national + here
        mix = mix + (e_0 * g_i - here)
        regional = regional + (e_1 - e_0 * (1.0 + g_i))
        # an industry that the place has not and does not get has no shift; one that begins has no rate of growth
        shift = np.where(e_0 > 0, shift, 0.0)
        begins |= (e_0 == 0) & (e_1 > 0)
        competitive = competitive + mean_mix * shift
        allocation = allocation + (e_0 - mean_mix) * shift
    return _Shifts(
        tables[0][kept, :-1], tables[-1][kept, :-1], national, mix, regional, competitive, allocation, begins
    )


def _of(parts: Array, of: Literal["place", "cell"]) -> Array:
    if of == "cell":
        return parts.ravel()
    total: Array = parts.sum(axis=1)
    return total


def _table(
    groups: Cells, kept: Any, found: _Shifts, of: Literal["place", "cell"], value: tuple[Array, Array, Array]
) -> Any:
    n_industries = len(groups.industries)
    noted = found.begins.any(axis=1) if of == "place" else found.begins.ravel()
    hidden = noted if of == "cell" else np.zeros(noted.shape, dtype=bool)
    keys: dict[str, Any] = {"place_id": labels(groups.places, kept)}
    if of == "cell":
        keys = {
            "place_id": labels(groups.places, np.repeat(kept, n_industries)),
            "industry_id": labels(groups.industries, np.tile(np.arange(n_industries), len(kept))),
        }
    return tidy(
        {
            **keys,
            "value": value[0],
            "low": value[1],
            "high": value[2],
            "start": _of(found.start, of),
            "end": _of(found.end, of),
            "change": _of(found.end - found.start, of),
            "national": _of(found.national, of),
            "mix": _of(found.mix, of),
            "competitive": np.where(hidden, np.nan, _of(found.competitive, of)),
            "allocation": np.where(hidden, np.nan, _of(found.allocation, of)),
            "note": labels(NOTES, np.where(noted, 0, -1)),
        },
        groups.native,
    )
