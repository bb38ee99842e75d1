"""The steps after the scores: each makes tables of what the scores say, or says why it cannot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from jiqun.cluster import JiqunError, Words
from jiqun.measure.evaluation.centre import ellipses
from jiqun.measure.evaluation.coupling import coupling_coordination
from jiqun.measure.evaluation.differences import dagum_gini, theil
from jiqun.measure.evaluation.lead_lag import (
    concordance,
    cross_correlation,
    instantaneous_correlation,
    local_projections,
    panel_granger,
)
from jiqun.measure.evaluation.moran import moran_through_time
from jiqun.measure.evaluation.obstacles import obstacle_degrees
from jiqun.measure.evaluation.panel import Array
from jiqun.measure.evaluation.prepare import standard_of, weight_sets
from jiqun.measure.evaluation.ranks import Score, rank_intervals, rank_shifts, ranks, score_of
from jiqun.measure.evaluation.scored import Scored, long, table
from jiqun.measure.evaluation.standardise import Over, Standard

if TYPE_CHECKING:
    import polars as pl

__all__ = ["STEPS", "Step", "Tables"]

Tables = dict[str, "pl.DataFrame"]
Step = Callable[[Scored], Tables]


def sensitivity(state: Scored) -> Tables:
    """Intervals of ranks, and what each other choice does to them."""
    chosen, prepared = state.chosen, state.prepared
    sets = weight_sets(prepared, state.system, chosen)
    ways: tuple[tuple[Standard, Over], ...] = (("min_max", "panel"), ("min_max", "period"), ("z", "panel"))
    others = {
        f"{method} over {over}": standard_of(
            prepared.raw, prepared.names, state.system, chosen, state.panel.periods, method=method, over=over
        )
        for method, over in ways
    }
    score: Score = "topsis" if chosen.score == "dynamic_topsis" else chosen.score
    base, methods = prepared.weights, get_args(Score)
    alternatives = {f"standardisation: {name}": score_of(z, base, score) for name, z in others.items()}
    alternatives |= {f"weights: {n}": score_of(prepared.standard, w, score) for n, w in sets.items()}
    alternatives |= {f"score: {m}": score_of(prepared.standard, base, m) for m in methods if m != score}
    shifts = rank_shifts(state.total, alternatives)
    names = ("choice", "spearman", "mean_shift", "largest_shift")
    made = {"rank_shifts": table({n: [getattr(s, n) for s in shifts] for n in names})}
    if chosen.draws:
        found = rank_intervals(
            list(others.values()),
            np.array([base.mean(axis=0), *sets.values()]),
            score=score,
            draws=chosen.draws,
            concentration=chosen.concentration,
            level=chosen.level,
            top=chosen.top,
            rng=chosen.seed,
        )
        bands = {"low": found.low, "high": found.high, "mean": found.mean, "share_in_top": found.first}
        made["ranks"] = long(state, {"rank": ranks(state.total), **bands})
    return made


def coupling(state: Scored) -> Tables:
    """Coupling coordination of the subsystems, place by place and period by period."""
    found = coupling_coordination(np.array([state.scores[n] for n in state.coupled]), formula=state.chosen.coupling)
    behind = np.array([*state.coupled, None], dtype=object)[found.behind]
    columns = {
        "coupling": found.coupling,
        "development": found.development,
        "coordination": found.coordination,
        "grade": np.where(found.grade > 0, found.grade, np.nan),
    }
    made = long(state, columns)
    return {"coupling": made.with_columns(behind=table({"b": behind.reshape(-1).tolist()})["b"])}


def co_evolution(state: Scored) -> Tables:
    """Lead and lag between every pair of subsystems; tests are made on changes."""
    import polars as pl

    if len(state.panel.periods) < 3:
        raise JiqunError("lead and lag need at least three periods.", "领先与滞后至少需要三期数据。")
    change = {n: np.diff(state.scores[n], axis=0) for n in state.coupled}
    ordered = [(one, two) for one in state.coupled for two in state.coupled if one != two]
    pairs = [(one, two) for i, one in enumerate(state.coupled) for two in state.coupled[i + 1 :]]
    if not pairs:
        raise JiqunError(
            "lead and lag need at least two subsystems with a score.", "领先与滞后至少需要两个有得分的子系统。"
        )
    span = min(5, len(state.panel.periods) - 2)
    crossed = [
        table(
            {
                "one": one,
                "two": two,
                "lead": list(range(-span, span + 1)),
                "correlation": cross_correlation(change[one], change[two], lags=span),
            }
        )
        for one, two in pairs
    ]
    return {
        "granger": pl.concat(_granger(state, one, two, change[one], change[two]) for one, two in ordered),
        "local_projections": pl.concat(_projected(state, one, two) for one, two in ordered),
        "synchrony": pl.concat(_synchrony(state, one, two, change[one], change[two]) for one, two in pairs),
        "cross_correlation": pl.concat(crossed),
    }


def _granger(state: Scored, one: str, two: str, change: Array, other: Array) -> pl.DataFrame:
    g = panel_granger(other, change, lags=state.chosen.lags)
    test = {name: getattr(g, name) for name in ("mean_wald", "z", "z_p", "z_tilde", "z_tilde_p", "places")}
    return table({"leads": one, "follows": two, "lags": state.chosen.lags, **test})


def _projected(state: Scored, one: str, two: str) -> pl.DataFrame:
    chosen = state.chosen
    r = local_projections(
        state.scores[two], state.scores[one], horizons=chosen.horizons, lags=chosen.lags, level=chosen.level
    )
    response = {"value": r.response, "error": r.error, "low": r.low, "high": r.high, "p": r.p}
    rows = r.rows.astype(np.int64)
    return table({"leads": one, "follows": two, "horizon": list(range(chosen.horizons + 1)), **response, "rows": rows})


def _synchrony(state: Scored, one: str, two: str, change: Array, other: Array) -> pl.DataFrame:
    rho = instantaneous_correlation(change, other)
    known = np.isfinite(rho)
    count = known.sum(axis=0)
    mean = np.divide(np.where(known, rho, 0.0).sum(axis=0), count, out=np.full(len(count), np.nan), where=count > 0)
    same = concordance(state.scores[one], state.scores[two])
    return table(
        {"one": one, "two": two, "place_id": list(state.panel.places), "correlation": mean, "concordance": same}
    )


def regional_differences(state: Scored) -> Tables:
    """Dagum's Gini and Theil's index of each period, within and between regions."""
    geo = state.geography
    if not geo.groups:
        geo_code, titles = np.zeros(len(state.panel.places), dtype=np.int64), [Words("All", "全部")]
    else:
        geo_code, titles = geo.group, list(geo.groups)
    inside = geo_code >= 0
    rows, pairs, inner = [], [], []
    for period, values in zip(state.panel.periods, state.total, strict=True):
        if not np.isfinite(values[inside]).any():
            continue
        d = dagum_gini(values[inside], geo_code[inside])
        t = theil(values[inside], geo_code[inside])
        rows.append((period, d.total, d.within, d.between, d.transvariation, t.total, t.within, t.between))
        for i, g in enumerate(d.groups):
            title = titles[g]
            inner.append((period, title.en, title.zh, d.inner[i], t.inner[i], t.share[i]))
            for j, h in enumerate(d.groups[:i]):
                other = titles[h]
                pairs.append((period, other.en, other.zh, title.en, title.zh, d.pair[i, j], d.affluence[i, j]))
    names = ("period", "gini", "gini_within", "gini_between", "transvariation", "theil", "theil_within")
    made = {"differences": _rows((*names, "theil_between"), rows)}
    made["differences_within"] = _rows(("period", "group", "group_zh", "gini", "theil", "share"), inner)
    if pairs:
        keys = ("period", "group", "group_zh", "other", "other_zh", "gini", "affluence")
        made["differences_between"] = _rows(keys, pairs)
    return made


def obstacles(state: Scored) -> Tables:
    """Obstacle degrees of indicators: the mean over places of each period, and the worst three of each place."""
    if state.chosen.multiply != 1.0 or state.chosen.shift != 0.0:
        # obstacles are measured against 1, whatever the scale of the scores
        z = (state.prepared.standard - state.chosen.shift) / state.chosen.multiply
    else:
        z = state.prepared.standard
    degree = obstacle_degrees(z, state.prepared.weights)
    known = np.isfinite(degree).all(axis=2, keepdims=True)
    count = known.sum(axis=1)
    summed = np.where(known, degree, 0.0).sum(axis=1)
    mean = np.divide(summed, count, out=np.full(summed.shape, np.nan), where=count > 0)
    names = list(state.prepared.names)
    periods = np.repeat(np.array(state.panel.periods), len(names)).tolist()
    made = {"obstacles": table({"period": periods, "indicator": names * len(mean), "degree": mean.reshape(-1)})}
    order = np.argsort(np.where(known, -degree, np.inf), axis=2, kind="stable")[:, :, : min(3, len(names))]
    columns = {}
    for r in range(order.shape[2]):
        worst = np.take_along_axis(degree, order[:, :, [r]], axis=2)[:, :, 0]
        named = np.array([*names, None], dtype=object)[np.where(np.isfinite(worst), order[:, :, r], len(names))]
        columns[f"obstacle_{r + 1}"], columns[f"degree_{r + 1}"] = named, worst
    made["obstacles_by_place"] = long(state, columns)
    return made


def association(state: Scored) -> Tables:
    """Moran's I and its local parts, centre of gravity and ellipse of each period."""
    import polars as pl

    if not (np.isfinite(state.geography.lon) & np.isfinite(state.geography.lat)).any():
        raise JiqunError(
            "spatial association needs coordinates of places: columns lon and lat of the table places.",
            "空间关联需要地点坐标：places 表的 lon 与 lat 列。",
        )
    found = moran_through_time(
        state.total,
        state.geography.weights(state.chosen.neighbours),
        simulations=state.chosen.simulations,
        rng=state.chosen.seed,
    )
    periods = list(state.panel.periods)
    local = long(
        state,
        {
            "value": found.local,
            "p": found.local_p,
            "p_adjusted": found.local_p_adjusted,
            "quadrant": np.where(found.quadrant > 0, found.quadrant, np.nan),
        },
    ).with_columns(pl.col("quadrant").cast(pl.Int64))
    moran = table({"period": periods, "value": found.moran, "expected": found.expected, "p": found.p})
    e = ellipses(state.geography.lon, state.geography.lat, state.total)
    shape = {n: getattr(e, n) for n in ("lon", "lat", "major", "minor", "bearing", "area", "shift", "heading")}
    return {"moran": moran, "local_moran": local, "ellipses": table({"period": periods, **shape})}


def _rows(names: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    return table({name: [row[k] for row in rows] for k, name in enumerate(names)})


STEPS: Mapping[str, tuple[Words, Step]] = MappingProxyType(
    {
        "sensitivity": (Words("Firmness of ranks", "排名稳健性"), sensitivity),
        "coupling": (Words("Coupling coordination", "耦合协调"), coupling),
        "co_evolution": (Words("Lead and lag", "领先与滞后"), co_evolution),
        "regional_differences": (Words("Differences between regions", "区域差异"), regional_differences),
        "obstacles": (Words("Obstacles", "障碍因子"), obstacles),
        "association": (Words("Spatial association", "空间关联"), association),
    }
)
"""Steps by name, in the order in which they run."""
