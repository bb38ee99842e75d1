"""The driver profile of a cluster: every reading with its interval, its placebo, and the position they add up to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl
from narwhals.typing import IntoFrame

from jiqun.cluster import Cluster, Finding, JiqunError, MissingColumn, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.measure.driver.cells import Cells, cells, shuffled
from jiqun.measure.driver.cross_side import cross_side
from jiqun.measure.driver.matching import Matching, Reading, matching_function, naive
from jiqun.measure.driver.position import ASSUMPTIONS, Position, position
from jiqun.measure.driver.unit_cost import COSTS, cost_lines, local_scale, scale_elasticity
from jiqun.measure.driver.variety import variety_gain
from jiqun.measure.platform.events import Events, events
from jiqun.measure.regression import Fit, combined
from jiqun.measure.resample import generators
from jiqun.space.periods import Grain, calendar, parse

__all__ = ["COLUMNS", "DriverProfile", "driver_profile"]

COLUMNS = ("element", "reading", "term", "value", "low", "high", "p", "error", "rows", "clusters", "note")
_LOOKBACK: Mapping[Grain, int] = MappingProxyType({"week": 12, "month": 12, "quarter": 4, "year": 3})
MOST_CELLS = 10_000_000
_ALL = Words("The whole profile", "整个概况")


@dataclass(frozen=True, slots=True)
class DriverProfile:
    """What drives a cluster."""

    elements: pl.DataFrame
    """``element`` (``matching, cross_side, unit_cost, variety``), ``reading`` (``within, between, naive``, a
    ``placebo`` of each, the ``excess`` over it …), ``term``, ``value, low, high, p, error``, ``rows`` and ``clusters``
    used, ``note``."""
    position: Position
    cost: str
    """Which unit cost the position uses; empty where none is known."""
    assumptions: tuple[Words, ...]
    missing: Mapping[str, Words]
    """Elements that the data cannot support, and what they need."""
    grain: Grain
    lookback: int
    places: int
    categories: int
    periods: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    lookback: int
    placebos: int
    replicates: int
    level: float
    seed: np.random.Generator | int | None


def driver_profile(
    cluster: Cluster,
    *,
    grain: Grain | None = None,
    lookback: int | None = None,
    places: int = 60,
    categories: int = 80,
    promoted: IntoFrame | None = None,
    placebos: int = 3,
    replicates: int = 199,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
    progress: Progress = silent,
) -> DriverProfile:
    """Measure what drives a cluster: scale economies of the supply side, or of the demand side.

    *Matching*: how many pairs come of how many suppliers and buyers, on category × place × period cells, sides counted
    from availability, within and between cells, beside a placebo. *Cross-side*: whether each side grows where the
    other was large, with a lead as placebo. *Unit cost*: whether a unit costs less where more of the same industry is.
    *Variety*: what buyers gain from new suppliers.

    Parameters
    ----------
    cluster
        With dated interactions that have a category and a place, of their own or of their target.
    grain
        Length of a period; None: weeks up to three years of data, months up to twelve, else quarters.
    lookback
        Periods that a supplier counts as available after a sale; None: 12 weeks, 12 months, 4 quarters or 3 years.
    places, categories
        The largest so many make the cells.
    promoted
        Frame with ``place_id, category, target, period`` (``2017-W05``): suppliers promoted there, where that is known.
    placebos
        How many times categories are shuffled; their estimates are averaged.
    replicates, level, rng
        Bootstrap by place for the position and the variety gain; seed of the shuffles.
    progress
        Told after each element.

    Returns
    -------
    DriverProfile
        Tidy table of all readings, the position with its label, its assumptions, and what is missing.

    Raises
    ------
    MissingTable, MissingColumn
        If there are no dated interactions, or no categories or places of them.
    JiqunError
        If there are not enough periods for the lookback, or more than ten million cells.

    References
    ----------
    Petrongolo, B. & Pissarides, C. (2001). doi:10.1257/jel.39.2.390
    Broda, C. & Weinstein, D. (2006). doi:10.1162/qjec.2006.121.2.541
    """
    read = events(cluster, grain=grain or _grain(cluster), goods=True)
    _require(read, cluster)
    asked = _Asked(lookback or _LOOKBACK[read.grain], placebos, replicates, level, rng)
    if len(read.periods) < asked.lookback + 3:
        raise JiqunError(
            f"driver needs {asked.lookback + 3} periods: {asked.lookback} to look back on and three more; there are "
            f"{len(read.periods)}. Take a finer grain or a shorter lookback.",
            f"驱动力概况需要 {asked.lookback + 3} 期（回看 {asked.lookback} 期，另加三期），"
            f"现只有 {len(read.periods)} 期。请改用更短的周期或更短的回看期数。",
        )
    dealings = read.dealings.drop_nulls(["place", "category"])
    chosen = (_largest(dealings, "place", places), _largest(dealings, "category", categories))
    size = len(chosen[0]) * len(chosen[1]) * len(read.periods)
    if size > MOST_CELLS:
        raise JiqunError(
            f"driver: {size:,} cells of place, category and period are too many; up to {MOST_CELLS:,}. Take fewer "
            "places or categories, or a longer grain.",
            f"驱动力概况：地点、类别与时期单元共 {size:,} 个，最多 {MOST_CELLS:,} 个。"
            "请减少地点或类别，或改用更长的周期。",
        )
    used = dealings.filter(pl.col("place").is_in(chosen[0]))
    given = _promoted(promoted, read)
    panel = cells(used, lookback=asked.lookback, categories=chosen[1], promoted=given)
    progress(_ALL, 1, 6)
    shuffles = [
        cells(shuffled(used, g), lookback=asked.lookback, categories=chosen[1], promoted=given)
        for g in generators(rng, placebos)
    ]
    progress(_ALL, 2, 6)
    rows, within = _matching(panel, shuffles, used, asked)
    progress(_ALL, 3, 6)
    rows += _cross_sides(panel, shuffles, asked)
    progress(_ALL, 4, 6)
    chosen_dealings = used.filter(pl.col("category").is_in(chosen[1]))
    costs, cost, missing = _unit_costs(chosen_dealings, asked)
    progress(_ALL, 5, 6)
    rows += costs + _variety(chosen_dealings, asked, missing)
    made = position(
        within.corrected,
        cost[1] if cost else None,
        per_buyer=_per_buyer(used),
        replicates=max(replicates, 999) if replicates else 0,
        level=level,
        rng=rng,
    )
    progress(_ALL, 6, 6)
    return DriverProfile(
        elements=_table(rows),
        position=made,
        cost=cost[0] if cost else "",
        assumptions=ASSUMPTIONS,
        missing=MappingProxyType(missing),
        grain=read.grain,
        lookback=asked.lookback,
        places=len(chosen[0]),
        categories=len(chosen[1]),
        periods=read.periods,
        findings=read.findings,
    )


def _grain(cluster: Cluster) -> Grain:
    """Choose periods that are long enough to hold matches and many enough to compare."""
    covered = calendar(cluster)
    if covered is None:
        return "week"
    years = (parse(covered.periods[-1])[1] - parse(covered.periods[0])[0]).days / 365.25
    if years <= 3:
        return "week"
    return "month" if years <= 12 else "quarter"


def _require(read: Events, cluster: Cluster) -> None:
    if not read.has("category"):
        raise MissingColumn("driver", "interactions", "category", cluster.columns("interactions"))
    if not read.has("place"):
        raise MissingColumn("driver", "interactions", "place_id", cluster.columns("interactions"))


def _per_buyer(used: pl.DataFrame) -> float:
    """Matches of a buyer present at a place in a period, on average."""
    there = ["place", "period", "source"]
    return used.select(*there, "category", "target").n_unique() / max(used.select(there).n_unique(), 1)


def _largest(dealings: pl.DataFrame, column: str, count: int) -> list[int]:
    """Codes with the most dealings; ties go to the first by name."""
    counted = dealings.group_by(column).agg(n=pl.len()).sort(["n", column], descending=[True, False])
    return counted[column].head(count).to_list()


def _promoted(promoted: Any, read: Events) -> pl.DataFrame | None:
    """Code what was promoted; what the events do not know is of no cell."""
    if promoted is None:
        return None
    frame = nw.from_native(promoted)
    lazy = frame.lazy() if isinstance(frame, nw.DataFrame) else frame
    table: pl.DataFrame = lazy.collect("polars").to_native()
    for column in ("place_id", "category", "target", "period"):
        if column not in table.columns:
            raise MissingColumn("driver (promoted)", "offers", column, table.columns)
    for period in table["period"].unique().drop_nulls().to_list():
        parse(period)
    names = {"place_id": read.names["place"], "category": read.names["category"], "period": read.periods}
    names["target"] = tuple(read.actors.tolist())
    coded = table.select(
        pl.col(c).cast(pl.String).replace_strict(list(v), range(len(v)), default=None, return_dtype=pl.Int64)
        for c, v in names.items()
    )
    return coded.drop_nulls().rename({"place_id": "place"})


def _matching(panel: Cells, shuffles: list[Cells], used: pl.DataFrame, asked: _Asked) -> tuple[list[Any], Matching]:
    rows: list[Any] = []
    readings: tuple[Reading, ...] = ("within", "between")
    found: dict[str, Matching] = {}
    for reading in readings:
        made = found[reading] = matching_function(panel, reading=reading, placebos=shuffles, level=asked.level)
        terms = ["suppliers", "buyers", "promoted"][: len(made.fit.value)]
        rows += _of(made.fit, "matching", reading, terms)
        rows += _of(made.returns, "matching", reading, ["returns"])
        if made.placebo is not None:
            rows += _of(made.placebo, "matching", f"{reading} placebo", ["suppliers", "buyers"])
            rows += _of(made.excess, "matching", f"{reading} excess", ["suppliers"])
            rows += _of(made.corrected, "matching", f"{reading} corrected", ["returns"])
    counted = used.group_by("category", "period").agg(
        n=pl.len(), s=pl.col("target").n_unique(), b=pl.col("source").n_unique()
    )
    codes = [counted[c].cast(pl.Int64).to_numpy() for c in ("category", "period")]
    fit = naive(codes[0], codes[1], counted.select("n", "s", "b").to_numpy().astype(np.float64))
    note = "mechanical: sides counted in the matches themselves"
    rows += _of(fit, "matching", "naive", ["suppliers", "buyers"], note)
    return rows, found["within"]


def _cross_sides(panel: Cells, shuffles: list[Cells], asked: _Asked) -> list[Any]:
    rows: list[Any] = []
    for term in ("suppliers on buyers", "buyers on suppliers"):
        plain = _sides(panel, term, asked.level)
        drawn = [_sides(p, term, asked.level) for p in shuffles]
        lead = float(plain.lead.p[2])
        doubt = "no evidence: the lead placebo is beyond chance as well" if lead < 1 - asked.level else None
        rows += _of(_pick(plain.effect, 0), "cross_side", "effect", [term], doubt)
        rows += _of(_pick(plain.lead, 2), "cross_side", "lead placebo", [term])
        known = [d.effect for d in drawn if np.isfinite(d.effect.value[0])]
        if known and np.isfinite(plain.effect.value[0]):
            share = np.eye(1, 2) / len(known)
            shifted = combined(known, [share] * len(known), level=asked.level)
            rows += _of(shifted, "cross_side", "shuffle placebo", [term])
            rows += _of(combined([plain.effect, shifted], [np.eye(1, 2), -np.eye(1)]), "cross_side", "excess", [term])
    return rows


def _sides(panel: Cells, term: str, level: float) -> Any:
    sides = (panel.selling, panel.buying) if term == "suppliers on buyers" else (panel.buying, panel.selling)
    cluster = panel.place if np.unique(panel.place).size >= 10 else panel.unit
    return cross_side(*sides, panel.unit, panel.period, cluster, level=level)


def _unit_costs(used: pl.DataFrame, asked: _Asked) -> tuple[list[Any], tuple[str, Fit] | None, dict[str, Words]]:
    lines = cost_lines(used)
    held = [name for name in COSTS if name in lines.columns]
    missing = {
        f"unit_cost.{name}": Words(
            f"Not computable: needs {said.en} ({_COLUMN[name]} of interactions).",
            f"无法计算：需要{said.zh}（interactions 的 {_COLUMN[name]}）。",
        )
        for name, said in COSTS.items()
        if name not in held
    }
    if not held:
        return [], None, missing
    scale = local_scale(lines, lookback=asked.lookback)
    names = ("item", "place", "category", "period")
    codes = tuple(lines[c].cast(pl.Int64).to_numpy() for c in names)
    rows, first = [], None
    for name in held:
        cost = lines[name].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        for within in (True, False):
            fit = scale_elasticity(cost, scale, codes, within=within, level=asked.level)  # type: ignore[arg-type]
            note = f"item: {lines['width'][0]}"
            rows += _of(fit, "unit_cost", "within" if within else "between", [name], note)
            if within and first is None and fit.known:
                first = (name, fit)
    return rows, first, missing


_COLUMN = {"freight": "freight", "lead_days": "lead_days", "price": "amount, quantity"}


def _variety(used: pl.DataFrame, asked: _Asked, missing: dict[str, Words]) -> list[Any]:
    if "amount" not in used.columns:
        missing["variety"] = Words(
            "Not computable: needs column amount of interactions.", "无法计算：需要 interactions 的列 amount。"
        )
        return []
    # a quarter of the data at a time: what was not bought for a week has not vanished
    last = int(used["period"].max() or 0) + 1  # type: ignore[arg-type]
    spent = used.with_columns(part=(pl.col("period") * 4 // last)).group_by("place", "category", "target", "part")
    summed = spent.agg(pl.col("amount").sum()).sort("place", "category", "target", "part")
    codes = [summed[c].cast(pl.Int64).to_numpy() for c in ("target", "category", "part", "place")]
    made = variety_gain(
        summed["amount"].to_numpy(), *codes, replicates=asked.replicates, level=asked.level, rng=asked.seed
    )
    note = "fall of the lambda ratio over four quarters of the data, in logs; divide by sigma - 1"
    clusters = int(summed["place"].n_unique())
    none = None if np.isfinite(made[0]) else "no variety is common to two quarters of the data"
    row = ("variety", "chained", "lambda", *made, np.nan, np.nan, summed.height, clusters, none or note)
    return [row]


def _pick(fit: Fit, term: int) -> Fit:
    cut = slice(term, term + 1)
    return Fit(
        fit.value[cut],
        fit.error[cut],
        fit.low[cut],
        fit.high[cut],
        fit.p[cut],
        fit.influence[:, cut],
        fit.clusters,
        fit.rows,
    )


def _of(fit: Fit | None, element: str, reading: str, terms: list[str], note: str | None = None) -> list[Any]:
    if fit is None:
        return []
    few = "fewer than 20 clusters: errors are too small" if len(fit.clusters) < 20 else None
    return [
        (
            element,
            reading,
            term,
            float(fit.value[k]),
            float(fit.low[k]),
            float(fit.high[k]),
            float(fit.p[k]),
            float(fit.error[k]),
            fit.rows,
            len(fit.clusters),
            "not identified: too few rows, or the effects take up all of it"
            if not np.isfinite(fit.value[k])
            else "; ".join(x for x in (note, few) if x) or None,
        )
        for k, term in enumerate(terms)
    ]


def _table(rows: list[Any]) -> pl.DataFrame:
    types = [pl.String] * 3 + [pl.Float64] * 5 + [pl.Int64] * 2 + [pl.String]
    made = pl.DataFrame(rows, schema=dict(zip(COLUMNS, types, strict=True)), orient="row")
    return made.with_columns(pl.col(pl.Float64).fill_nan(None))
