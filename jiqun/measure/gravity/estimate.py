"""Gravity: how interactions between places fall with distance, by period and by channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import polars as pl
from narwhals.typing import IntoFrame
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.measure.gravity.clustered import ERRORS, Clustered, Errors, covariance
from jiqun.measure.gravity.distances import INTERNAL, Distances, Internal, effective, given, on_the_ground, regions
from jiqun.measure.gravity.flows import INFERRED, UNPLACED, At, By, Flows, Homes, Weighing, flows
from jiqun.measure.regression import Ppml, equality, ppml, two_sided
from jiqun.space.periods import Grain, parse

__all__ = ["TERMS", "Design", "design", "gravity"]

Array = NDArray[np.float64]

TERMS: Mapping[str, Words] = MappingProxyType(
    {
        "distance": Words("elasticity to distance (−β)", "距离弹性（−β）"),
        "effective_distance": Words("fall with effective distance", "有效距离衰减"),
        "home": Words("same place (logarithm of the factor)", "同一地点（倍数的对数）"),
        "border": Words(
            "another place of the same region (logarithm of the factor)", "同一区域的其他地点（倍数的对数）"
        ),
        "distance_trend": Words("change of the elasticity per year", "距离弹性的年变化"),
        "home_trend": Words("change of the home effect per year", "同地效应的年变化"),
        "border_trend": Words("change of the effect of the region per year", "同区效应的年变化"),
        "effective_distance_trend": Words(
            "change of the fall with effective distance per year", "有效距离衰减的年变化"
        ),
        "distance_equal": Words("are the elasticities all the same? (F)", "各组距离弹性是否相同（F 检验）"),
        "effective_distance_equal": Words("is the fall everywhere the same? (F)", "各组有效距离衰减是否相同（F 检验）"),
    }
)
"""What each row of a result is."""

STEP = Words("Fitting gravity", "正在估计引力方程")


@dataclass(frozen=True, slots=True)
class Design:
    """What a gravity equation is fitted to."""

    flows: Flows
    distances: Distances
    names: tuple[str, ...]
    regressors: Array
    """Shape (regressors, groups or 1, origins, destinations); NaN where a cell is not to be used."""
    zeros: bool

    @property
    def codes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Code of the place of each origin and each destination."""
        names = np.union1d(self.flows.origins, self.flows.destinations)
        return np.searchsorted(names, self.flows.origins), np.searchsorted(names, self.flows.destinations)

    def fit(self, groups: list[int], *, trend: bool = False) -> Ppml:
        """Fit one equation to some groups; with a trend, coefficients change by the year."""
        x = self.regressors if self.regressors.shape[1] == 1 else self.regressors[:, groups]
        if trend:
            years = self.years(groups)[None, :, None, None]
            x = np.concatenate([np.broadcast_to(x, (len(x), len(groups), *x.shape[2:])), x * years])
        flow = self.flows.of(groups)
        return ppml(flow, x, used=None if self.zeros else flow > 0)

    def years(self, groups: list[int]) -> Array:
        """Middle of the period of each group in years, 0 on average."""
        middle = []
        for group in groups:
            start, end = parse(str(self.flows.periods[group]))
            middle.append((start + (end - start) / 2 - start.replace(year=1970, month=1, day=1)) / timedelta(365.25))
        found = np.array(middle)
        return np.asarray(found - found.mean())

    @property
    def note(self) -> Words:
        """What must be known to read the result."""
        said = [INTERNAL[self.distances.rule]]
        f, d = self.flows, self.distances
        if f.unplaced:
            said.append(Words(UNPLACED.en.format(n=f"{f.unplaced:,}"), UNPLACED.zh.format(n=f"{f.unplaced:,}")))
        if f.inferred:
            said.append(INFERRED)
        if d.lacking:
            said.append(
                Words(f"{d.lacking} places without coordinates left out", f"{d.lacking} 个地点因无坐标而未计入")
            )
        if not self.zeros:
            said.append(Words("pairs without interactions left out", "未计入没有互动的地点对"))
        return Words("; ".join(w.en for w in said), "；".join(w.zh for w in said))


def design(
    cluster: Cluster,
    *,
    interactions: str | list[str] | None = None,
    period: str | None = None,
    by: By | None = None,
    grain: Grain | None = None,
    weight: Weighing = "count",
    at: At = "place",
    places: Homes = "given",
    distance: Literal["ground", "effective"] | IntoFrame = "ground",
    internal: Internal = "auto",
    home: bool = True,
    border: Literal["parent"] | Mapping[str, str] | None = None,
    zeros: bool = True,
) -> Design:
    """Read what a gravity equation is fitted to; parameters as in :func:`gravity`."""
    made = flows(
        cluster, interactions=interactions, period=period, by=by, grain=grain, weight=weight, at=at, places=places
    )
    if isinstance(distance, str):
        if distance not in {"ground", "effective"}:
            raise JiqunError(
                f"gravity knows distance 'ground', 'effective' or a table of distances, not {distance!r}.",
                f"gravity 的 distance 可为 'ground'、'effective' 或距离表，不能为 {distance!r}。",
            )
        if distance == "effective" and (by is None or "period" not in by):
            raise JiqunError(
                "gravity with effective distance needs by='period': the distance is along flows of the period before.",
                "gravity 使用有效距离时需要 by='period'：距离沿上一时期的流量计算。",
            )
        far = on_the_ground(cluster, made, internal=internal) if distance == "ground" else effective(made)
    else:
        far = given(distance, made)
    same = made.origins[:, None] == made.destinations[None]
    if far.logarithm:
        first = np.log(far.km)
    else:
        inside = np.isfinite(far.km).any(axis=(1, 2), keepdims=True) & (internal != "exclude")
        first = np.where(same, np.where(inside, 0.0, np.nan), far.km)
    names, columns = ["distance" if far.logarithm else "effective_distance"], [first]
    if home and internal != "exclude" and same.any():
        names, columns = [*names, "home"], [*columns, np.broadcast_to(same.astype(np.float64), first.shape)]
    if border is not None:
        region = regions(cluster, made, None if isinstance(border, str) else border)
        names, columns = [*names, "border"], [*columns, np.broadcast_to(region.astype(np.float64), first.shape)]
    return Design(made, far, tuple(names), np.stack(columns), zeros)


def gravity(
    cluster: Cluster,
    *,
    interactions: str | list[str] | None = None,
    period: str | None = None,
    by: By | None = None,
    grain: Grain | None = None,
    weight: Weighing = "count",
    at: At = "place",
    places: Homes = "given",
    distance: Literal["ground", "effective"] | IntoFrame = "ground",
    internal: Internal = "auto",
    home: bool = True,
    border: Literal["parent"] | Mapping[str, str] | None = None,
    zeros: bool = True,
    errors: Errors = "pair",
    level: float = 0.95,
    progress: Progress = silent,
) -> pl.DataFrame:
    r"""Estimate how interactions between places fall with distance, and how much more there are within a place.

    :math:`E(y_{ijt}) = \exp(a_{it} + b_{jt} - \beta \ln d_{ij} + \eta\,[i=j] + \theta\,[\text{same region}])`, with
    an effect of each origin (place of the source) and each destination (place of the target) in each period and
    channel, by Poisson pseudo-maximum likelihood (Santos Silva & Tenreyro 2006). Pairs of places without an
    interaction are part of it.

    Parameters
    ----------
    cluster
        The data.
    interactions
        Which interactions, see :func:`jiqun.space.links.chosen`.
    period
        A period, or first and last with a slash; None takes all.
    by
        ``"period"``, ``"channel"`` or ``"period+channel"``: estimates of each, and whether they are all the same;
        with periods also by how much they change in a year. None estimates one.
    grain
        Length of a period, such as ``"year"``; None takes that of the cluster.
    weight
        ``"count"`` interactions or sum their ``"amount"``; of ties it is their weight.
    at
        ``"place"`` of the actors, or the ``"parent"`` it lies in.
    places
        Actors without a place are left out (``"given"``), are put where most of their counterparts are
        (``"modal"``; this alone makes a home effect), or where most of those of earlier periods were (``"earlier"``).
    distance
        ``"ground"``: great circles. ``"effective"``: along the flows of the period before. Or a table ``origin,
        destination, distance_km``; pairs that are not in it are left out.
    internal
        Distance of a place from itself: ``"area"`` 2/3 √(area/π), ``"nearest"`` a quarter of that to the nearest other
        place, ``"exclude"`` leaves flows inside places out, ``"auto"`` is area where known of all, else nearest.
    home
        Whether flows inside a place have an effect of their own. It is the factor beyond what the internal distance
        explains, and depends on that rule.
    border
        ``"parent"``: whether other places of the same parent have an effect of their own; or a mapping of places
        to regions.
    zeros
        Whether pairs without interactions count, which they should; without them the elasticity is too small.
    errors
        ``"pair"``: standard errors clustered by pair of places, both directions and all periods together;
        ``"origin+destination"``: two ways.
    level
        Coverage of intervals.
    progress
        Told as it goes.

    Returns
    -------
    polars.DataFrame
        ``period, channel, term, value, low, high, p, error``, one row for each period, channel and term, then for
        all periods of a channel, or all channels, together (``period``, ``channel`` null): one estimate for all, the
        change per year (``distance_trend``: above 0 where distance matters less and less), and ``distance_equal``,
        Wald's test that all are the same (``value`` is F). ``distance`` is the elasticity −β: −1 means that twice
        the distance halves the interactions; ``home`` and ``border`` are logarithms of factors. Then
        ``interactions`` (or amount) in the cells that are used, ``cells, zeros, separated, origins, destinations,
        clusters, errors, note, note_zh``. A value that the data do not identify is null, with a note.
        ``separated`` counts pairs without interactions that are predicted perfectly and left out: of places without
        any in a period, and as Correia, Guimarães & Zylkin (2019) find them.

    Raises
    ------
    JiqunError
        If interactions have no places, places no positions, or there are too many of them.

    References
    ----------
    Santos Silva, J. & Tenreyro, S. (2006), The log of gravity. Review of Economics and Statistics 88, 641–658.
    doi:10.1162/rest.88.4.641

    Anderson, J. & van Wincoop, E. (2003), Gravity with gravitas: a solution to the border puzzle. American Economic
    Review 93, 170–192. doi:10.1257/000282803321455214

    Examples
    --------
    Four towns on the equator; interactions halve where the distance doubles:

    >>> at = {"a": 0, "b": 1, "c": 3, "d": 7}
    >>> towns = pl.DataFrame({"place_id": list(at), "lon": list(at.values()), "lat": [0] * 4})
    >>> firms = pl.DataFrame({"actor_id": list(at), "place_id": list(at)})
    >>> met = [(i, j) for i in at for j in at if i != j for _ in range(84 // abs(at[i] - at[j]))]
    >>> c = Cluster.from_tables(places=towns, actors=firms,
    ...     interactions=pl.DataFrame(met, schema=["source", "target"], orient="row"))
    >>> round(gravity(c)["value"][0], 6)
    -1.0
    """
    plan = design(
        cluster,
        interactions=interactions,
        period=period,
        by=by,
        grain=grain,
        weight=weight,
        at=at,
        places=places,
        distance=distance,
        internal=internal,
        home=home,
        border=border,
        zeros=zeros,
    )
    if not 0.0 < level < 1.0:
        raise JiqunError(
            f"gravity: level must lie between 0 and 1; it is {level}.",
            f"gravity：level 须在 0 与 1 之间，当前为 {level}。",
        )
    if errors not in ERRORS:
        raise JiqunError(
            f"gravity knows errors {', '.join(ERRORS)}, not {errors!r}.",
            f"gravity 的 errors 可为 {'、'.join(ERRORS)}，不能为 {errors!r}。",
        )
    told = _Told(plan, errors, level)
    rows: list[dict[str, Any]] = []
    scopes = _scopes(plan.flows, by)
    total = len(plan.flows.periods) + len(scopes)
    for channel, groups in scopes:
        fits = []
        for group in groups if by else []:
            progress(STEP, len(rows), total * len(plan.names))
            fits.append(plan.fit([group]))
            rows += told.terms(fits[-1], [group], plan.flows.periods[group], plan.flows.channels[group])
        rows += told.together(fits, groups, channel, periods=bool(by) and "period" in str(by))
    progress(STEP, 1, 1)
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _scopes(made: Flows, by: By | None) -> list[tuple[str | None, list[int]]]:
    """Groups whose estimates are compared: the periods of each channel, or the channels."""
    everything = list(range(len(made.periods)))
    if by != "period+channel":
        return [(None, everything)]
    names = sorted({c for c in made.channels if c is not None})
    some: list[str | None] = [*names, *([None] if None in made.channels else [])]
    return [(name, [g for g in everything if made.channels[g] == name]) for name in some]


_SCHEMA = {
    "period": pl.String,
    "channel": pl.String,
    "term": pl.String,
    **dict.fromkeys(("value", "low", "high", "p", "error", "interactions"), pl.Float64),
    **dict.fromkeys(("cells", "zeros", "separated", "origins", "destinations", "clusters"), pl.Int64),
    "errors": pl.String,
    "note": pl.String,
    "note_zh": pl.String,
}

NOT_IDENTIFIED = Words("not identified by these interactions", "这些互动无法识别该系数")


@dataclass(frozen=True, slots=True)
class _Told:
    """Rows of a result from fits."""

    plan: Design
    errors: Errors
    level: float

    def terms(
        self, fit: Ppml, groups: list[int], period: str | None, channel: str | None, names: Sequence[str] = ()
    ) -> list[dict[str, Any]]:
        """One row for each term of a fit."""
        spread = covariance([fit], *self.plan.codes, self.errors)
        head = {"period": period, "channel": channel} | self._counts(fit, groups, spread)
        return [
            self._row(head, name, float(fit.coefficient[k]), float(np.sqrt(max(spread.covariance[k, k], 0.0))), spread)
            for k, name in enumerate(names or self.plan.names)
            if name
        ]

    def together(
        self, fits: list[Ppml], groups: list[int], channel: str | None, *, periods: bool
    ) -> list[dict[str, Any]]:
        """What all groups say together: one estimate, its trend over periods, and whether theirs are the same."""
        rows = self.terms(self.plan.fit(groups), groups, None, channel)
        if len(fits) < 2:
            return rows if not fits else []
        k = len(self.plan.names)
        if periods:
            names = [*[""] * k, *(f"{name}_trend" for name in self.plan.names)]
            rows += self.terms(self.plan.fit(groups, trend=True), groups, None, channel, names)
        spread = covariance(fits, *self.plan.codes, self.errors)
        each = np.arange(0, k * len(fits), k)
        values = np.array([fit.coefficient[0] for fit in fits])
        statistic, p = equality(values, spread.covariance[np.ix_(each, each)], spread.freedom)
        head = {"period": None, "channel": channel} | {c: rows[0][c] for c in _SCHEMA if c in rows[0]}
        head |= {"low": None, "high": None, "error": None}
        missing = None if np.isfinite(statistic) else NOT_IDENTIFIED
        return [
            *rows,
            head
            | {"term": f"{self.plan.names[0]}_equal", "value": _number(statistic), "p": _number(p)}
            | self._note(missing),
        ]

    def _row(self, head: dict[str, Any], name: str, value: float, error: float, spread: Clustered) -> dict[str, Any]:
        low, high, p = (float(v) for v in two_sided(np.array(value), np.array(error), spread.freedom, self.level))
        numbers = {"value": value, "low": low, "high": high, "p": p, "error": error if np.isfinite(value) else np.nan}
        missing = None if np.isfinite(value) else NOT_IDENTIFIED
        return head | {"term": name} | {c: _number(v) for c, v in numbers.items()} | self._note(missing)

    def _note(self, more: Words | None) -> dict[str, str]:
        note = self.plan.note
        return {
            "note": f"{more.en}; {note.en}" if more else note.en,
            "note_zh": f"{more.zh}；{note.zh}" if more else note.zh,
        }

    def _counts(self, fit: Ppml, groups: list[int], spread: Clustered) -> dict[str, Any]:
        flow = self.plan.flows.of(groups)
        return {
            "interactions": float(flow[fit.used].sum()),
            "cells": int(fit.used.sum()),
            "zeros": int((fit.used & (flow <= 0)).sum()),
            "separated": int(fit.separated.sum()),
            "origins": int(fit.used.any(axis=(0, 2)).sum()),
            "destinations": int(fit.used.any(axis=(0, 1)).sum()),
            "clusters": spread.clusters,
            "errors": self.errors,
        }


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
