"""What the indices of spatial association have in common: values, weights, permutations and intervals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, Literal

import narwhals as nw
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import ndtr

from jiqun.cluster import JiqunError
from jiqun.measure.bands import p_pointwise
from jiqun.measure.cells import tidy
from jiqun.measure.kernels.spatial_lag import draw_others, extremes
from jiqun.measure.multiple import Adjustment, adjust
from jiqun.measure.neighbours import Kind, Sites, neighbours, sites, standardised_rows
from jiqun.measure.place_values import Asked, PlaceValues, place_values
from jiqun.measure.resample import generators

__all__ = ["Draws", "Inference", "Near", "Simulations", "Unit", "as_w", "draws_of", "esda", "of_places", "of_whole"]

Array = NDArray[np.float64]
Weights = sp.csr_array
Simulations = Annotated[
    int, Field(ge=0, le=99_999, description="Permutations under the null of no association; 0: no permutation.")
]
FEWEST = 4
"""Moments under randomisation divide by n − 3."""


@dataclass(frozen=True, slots=True)
class Near:
    """How neighbours are weighed; see :func:`jiqun.measure.neighbours.neighbours`."""

    how: Kind
    k: int
    distance_km: float | None
    power: float
    standardise: Literal["rows", "none"]

    def weights(self, places: Sites, who: str) -> Weights:
        """Weights between places."""
        raw = neighbours(places, who, how=self.how, k=self.k, distance_km=self.distance_km, power=self.power)
        return standardised_rows(raw) if self.standardise == "rows" else raw


@dataclass(frozen=True, slots=True)
class Inference:
    """Permutations of the null, and the bootstrap."""

    simulations: int
    adjustment: Adjustment
    replicates: int
    level: float
    rng: np.random.Generator | int | None


@dataclass(frozen=True, slots=True)
class Unit:
    """One set of values over places: those with a value and a position, and their weights."""

    here: NDArray[np.bool_]
    """Which places take part, shape (places,)."""
    y: Array
    """Their values, shape (n,)."""
    weights: Weights
    why: str | None
    """Why there is nothing to compute."""

    @property
    def islands(self) -> NDArray[np.bool_]:
        """Places without a neighbour, shape (n,)."""
        return np.asarray(np.diff(self.weights.indptr) == 0)


@dataclass(frozen=True, slots=True)
class Draws:
    """All units of a table, and how to make their values anew."""

    who: str
    places: Sites
    values: PlaceValues
    near: Near
    asked: Asked
    table: Any
    """Rows in canonical order, for the bootstrap; None without."""
    single: bool
    """Whether each place has one row, so that a resample of rows says nothing of its value."""
    cache: dict[bytes, Weights] = field(default_factory=dict)

    @property
    def units(self) -> list[Unit]:
        """One for each industry, or one."""
        return self.of(self.values)

    def of(self, values: PlaceValues) -> list[Unit]:
        """Units of given values, in the order of the industries observed."""
        placed = values.at(self.places.names, self.values.industries)
        return [self._unit(column) for column in placed.T]

    def _unit(self, column: Array) -> Unit:
        here = np.isfinite(column) & self.places.placed
        key = here.tobytes()
        if key not in self.cache:
            self.cache[key] = self.near.weights(self.places.only(here), self.who)
        y, weights = column[here], self.cache[key]
        why = None
        if len(y) < FEWEST:
            why = f"fewer than {FEWEST} places with a value and a position"
        elif y.std() <= 1e-12 * np.abs(y).max():
            why = "all places have the same value"
        elif weights.nnz == 0:
            why = "no place has a neighbour"
        return Unit(here, y, weights, why)

    @property
    def said(self) -> str | None:
        """What is said of a value that has no interval."""
        return "one row for each place: no interval" if self.single else None

    def resampled(self, inference: Inference, one: Callable[[list[Unit]], Array]) -> tuple[Array, Array]:
        """Percentile interval over Poisson resamples of the rows; positions and neighbours stay."""
        children = generators(inference.rng, 2)[0].spawn(inference.replicates)
        rows = self.table.num_rows
        drawn = np.array(
            [
                one(self.of(place_values(self.table.take(np.repeat(np.arange(rows), counts)), self.who, self.asked)))
                for counts in (child.poisson(1.0, rows) for child in children)
            ]
        )
        low, high = np.full(drawn.shape[1], np.nan), np.full(drawn.shape[1], np.nan)
        enough = np.isfinite(drawn).mean(axis=0) > 0.5
        tail = (1.0 - inference.level) / 2.0
        if enough.any():
            low[enough], high[enough] = np.nanquantile(drawn[:, enough], [tail, 1.0 - tail], axis=0)
        return low, high


def draws_of(frame: Any, who: str, asked: Asked, near: Near, inference: Inference) -> Draws:
    """Read the places and compute the values that are analysed.

    Parameters
    ----------
    frame
        The table.
    who
        Name of the index, for error messages.
    asked, near, inference
        What is analysed, between which neighbours, and with which draws.
    """
    places = sites(frame, who, asked.place)
    values = place_values(frame, who, asked)
    if not inference.replicates:
        return Draws(who, places, values, near, asked, None, single=False)
    table = _rows(frame)
    single = len(set(table[asked.place].to_pylist())) == table.num_rows
    return Draws(who, places, values, near, asked, table, single=single)


def of_whole(
    draws: Draws,
    frame: Any,
    inference: Inference,
    *,
    statistic: Callable[[Weights, Array], Array],
    moments: Callable[[Unit], tuple[float, float]],
    refuse: Callable[[Unit], str | None] = lambda _: None,
) -> Any:
    """Make the tidy table of a statistic of all places together, one row for each industry.

    Parameters
    ----------
    draws
        The values.
    frame
        The caller's table.
    inference
        How permutations are drawn.
    statistic
        Function of weights and of values (n, draws), giving (draws,).
    moments
        Expectation and standard deviation under randomisation in closed form; NaN for a deviation that has none.
    refuse
        Why a unit has no value, beyond what any has.
    """
    units = [replace(u, why=u.why or refuse(u)) for u in draws.units]

    def values(some: list[Unit]) -> Array:
        # looked at in order, so that the replicates refuse what the values refuse
        return np.array([np.nan if u.why or refuse(u) else statistic(u.weights, u.y[:, None])[0] for u in some])

    value = values(units)
    columns = {name: np.full(len(units), np.nan) for name in ("expected", "deviation", "z", "p")}
    children = generators(inference.rng, 2)[1].spawn(len(units))
    for k, (unit, child) in enumerate(zip(units, children, strict=True)):
        if unit.why is None:
            found = _test(unit, value[k], inference.simulations, child, statistic, moments)
            for name, number in zip(columns, found, strict=True):
                columns[name][k] = number
    low = high = np.full(len(units), np.nan)
    if inference.replicates and not draws.single:
        low, high = draws.resampled(inference, values)
    names = {} if draws.values.industries is None else {"industry_id": draws.values.industries.tolist()}
    undefined = np.isnan(value)
    return tidy(
        {
            **names,
            "value": value,
            "low": np.where(undefined, np.nan, low),
            "high": np.where(undefined, np.nan, high),
            **columns,
            "p_adjusted": adjust(columns["p"], inference.adjustment),
            "places": np.array([len(u.y) for u in units]),
            "islands": np.array([int(u.islands.sum()) for u in units]),
            "left_out": np.array([int((~u.here).sum()) for u in units]),
            "note": [u.why or draws.said for u in units],
        },
        frame,
    )


def of_places(
    draws: Draws,
    frame: Any,
    inference: Inference,
    statistic: Callable[[Unit], Array],
    describe: Callable[[Unit, Array, Array], dict[str, Any]],
) -> Any:
    """Make the tidy table of a statistic of each place, with its conditional permutation test.

    Parameters
    ----------
    draws
        The values.
    frame
        The caller's table.
    inference
        How permutations are drawn.
    statistic
        Function of a unit giving (n,); NaN for an island.
    describe
        Further columns of a unit, from its statistic and the adjusted p, each (n,).
    """
    units = draws.units
    many = len(draws.places.names)

    def values(some: list[Unit]) -> Array:
        return np.concatenate(
            [_spread(u, many, statistic(u)) if u.why is None else np.full(many, np.nan) for u in some]
        )

    children = generators(inference.rng, 2)[1].spawn(len(units))
    parts = [_local(draws, u, c, inference, statistic, describe) for u, c in zip(units, children, strict=True)]
    columns: dict[str, Any] = {name: [x for part in parts for x in part[name]] for name in parts[0]}
    low = high = np.full(many * len(units), np.nan)
    if inference.replicates and not draws.single:
        low, high = draws.resampled(inference, values)
    value = np.array(columns.pop("value"))
    notes = columns.pop("note")
    names = draws.values.industries
    return tidy(
        {
            **({} if names is None else {"industry_id": np.repeat(names, many).tolist()}),
            "place_id": np.tile(draws.places.names, len(units)).tolist(),
            "value": value,
            "low": np.where(np.isnan(value), np.nan, low),
            "high": np.where(np.isnan(value), np.nan, high),
            **columns,
            "note": notes,
        },
        frame,
    )


def esda(who: str) -> Any:
    """Give the module esda, or say which extra has it."""
    try:
        import esda as found
        import libpysal  # noqa: F401
    except ImportError as error:
        raise JiqunError(
            f"{who} needs the packages esda and libpysal. Install them: pip install 'jiqun[association]'.",
            f"{who} 需要 esda 和 libpysal 软件包。请安装：pip install 'jiqun[association]'。",
        ) from error
    return found


def as_w(weights: Weights) -> Any:
    """Give weights as an object of libpysal, islands with an empty list of neighbours."""
    from libpysal.weights import W

    start, column = weights.indptr, weights.indices
    part = [slice(start[k], start[k + 1]) for k in range(weights.shape[0])]
    return W(
        {k: column[here].tolist() for k, here in enumerate(part)},
        {k: weights.data[here].tolist() for k, here in enumerate(part)},
        id_order=list(range(weights.shape[0])),
        silence_warnings=True,
    )


def _test(  # noqa: PLR0917
    unit: Unit,
    value: float,
    simulations: int,
    rng: np.random.Generator,
    statistic: Callable[[Weights, Array], Array],
    moments: Callable[[Unit], tuple[float, float]],
) -> tuple[float, float, float, float]:
    """Expectation, deviation, z and two-sided p of a statistic of all places."""
    expected, deviation = moments(unit)
    drawn = _permuted(unit, simulations, rng, statistic)
    if np.isnan(deviation) and simulations > 1:
        deviation = float(drawn.std(ddof=1))
    z = (value - expected) / deviation if deviation > 0 else np.nan
    if not simulations:
        return expected, deviation, z, float(2.0 * ndtr(-abs(z)))
    # permutations that give the observed value back must count as ties, whatever the order of summing
    same = np.abs(drawn - value) <= 1e-10 * max(abs(value), deviation)
    p = p_pointwise(np.array([value]), np.where(same, value, drawn)[:, None])
    return expected, deviation, z, float(p[0])


def _permuted(
    unit: Unit, simulations: int, rng: np.random.Generator, statistic: Callable[[Weights, Array], Array]
) -> Array:
    at_once = max(1, (1 << 22) // len(unit.y))
    drawn = [
        statistic(unit.weights, rng.permuted(np.tile(unit.y[:, None], (1, min(at_once, simulations - s))), axis=0))
        for s in range(0, simulations, at_once)
    ]
    return np.concatenate(drawn) if drawn else np.empty(0)


def _local(  # noqa: PLR0917
    draws: Draws,
    unit: Unit,
    rng: np.random.Generator,
    inference: Inference,
    statistic: Callable[[Unit], Array],
    describe: Callable[[Unit, Array, Array], dict[str, Any]],
) -> dict[str, Any]:
    """Columns of one unit, over all places."""
    many, nothing = len(unit.here), np.full(len(unit.y), np.nan)
    computed = unit if unit.why is None else replace(unit, weights=sp.csr_array((len(unit.y), len(unit.y))))
    value = nothing if unit.why else statistic(computed)
    p = nothing if unit.why else _conditional(computed, inference.simulations, rng)
    p = np.where(np.isnan(value), np.nan, p)
    adjusted = adjust(p, inference.adjustment)
    own: dict[str, Any] = {"p": p, "p_adjusted": adjusted} | describe(computed, value, adjusted)
    islands = computed.islands
    said = np.where(draws.places.placed, "the place has no value", "the place has no position").astype(object)
    said[unit.here] = [
        unit.why or ("no neighbour" if alone else "nothing to compare with" if np.isnan(v) else draws.said)
        for alone, v in zip(islands.tolist(), value.tolist(), strict=True)
    ]
    return {
        "value": _spread(unit, many, value),
        **{name: _all(unit, many, column) for name, column in own.items()},
        "note": said.tolist(),
    }


def _conditional(unit: Unit, simulations: int, rng: np.random.Generator) -> Array:
    """Two-sided p of each place: its own value stays, the others are dealt to its neighbours."""
    if not simulations:
        return np.full(len(unit.y), np.nan)
    most = int(np.diff(unit.weights.indptr).max())
    others = draw_others(len(unit.y), most, simulations, rng)
    tolerance = 1e-10 * float(np.abs(unit.y).max() * unit.weights.sum(axis=1).max())
    below, above = extremes(unit.weights, unit.y, others, tolerance)
    p: Array = np.minimum(1.0, 2.0 * (1.0 + np.minimum(below, above)) / (simulations + 1.0))
    return p


def _spread(unit: Unit, many: int, column: Array) -> Array:
    result = np.full(many, np.nan)
    result[unit.here] = column
    return result


def _all(unit: Unit, many: int, column: Any) -> list[Any]:
    if isinstance(column, np.ndarray) and column.dtype.kind == "f":
        return list(_spread(unit, many, column).tolist())
    result = np.full(many, None, dtype=object)
    result[unit.here] = list(column)
    return list(result.tolist())


def _rows(frame: Any) -> Any:
    """Plain columns of a table in an order that is not the caller's."""
    table = nw.from_native(frame)
    lazy = table.lazy() if isinstance(table, nw.DataFrame) else table
    schema = lazy.collect_schema()
    plain = [n for n, kind in schema.items() if kind.is_numeric() or kind in (nw.String, nw.Boolean, nw.Categorical)]
    return lazy.select(plain).sort(*plain).collect("pyarrow").to_native()
