"""Location quotient: how many times its share of the whole an industry has in a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.measure.attributes import number_of_each
from jiqun.measure.cells import Cells, ColumnName, Unknown, Weight, cells, labels, tidy
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.resample import Level, Replicates, Seed, interval, poisson_weights
from jiqun.measure.shrinkage import gamma_poisson

Array = NDArray[np.float64]
Form = Literal["ratio", "symmetric", "log", "standardised"]


@index(
    title=Words("Location quotient", "区位商"),
    question=Words(
        "In which places is an industry over-represented, and by how much?",
        "一个行业在哪些地方的占比高于整体水平，高出多少？",
    ),
    reading=Words(
        "1 means the same share as in the whole; 2 means twice that share; 0 means absent.",
        "1 表示与整体占比相同；2 表示占比为整体的两倍；0 表示没有该行业。",
    ),
    formula=r"LQ_{ri} = \frac{x_{ri}/x_{r\cdot}}{x_{\cdot i}/x_{\cdot\cdot}}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id", "industry_id"),
    bounds=Bounds(None, None),
    neutral=1.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "Balassa (1965), Trade liberalisation and “revealed” comparative advantage",
            "10.1111/j.1467-9957.1965.tb00050.x",
        ),
        Reference(
            "Dalum, Laursen & Villumsen (1998), Structural change in OECD export patterns (symmetric form)",
            "10.1080/02692179800000017",
        ),
        Reference(
            "O'Donoghue & Gleave (2004), A note on methods for measuring industrial agglomeration (standardised form)",
            "10.1080/03434002000213932",
        ),
        Reference(
            "Clayton & Kaldor (1987), Empirical Bayes estimates of age-standardized relative risks (shrinkage)",
            "10.2307/2532003",
        ),
    ),
)
def location_quotient(
    frame: IntoFrame,
    *,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    form: Annotated[
        Form,
        Field(
            description="ratio: LQ, from 0. symmetric: (LQ−1)/(LQ+1), in [−1, 1]. log: natural logarithm. "
            "standardised: z-score of ln LQ within the industry, over the places that have it."
        ),
    ] = "ratio",
    reference: Annotated[
        Mapping[str, float] | None,
        Field(description="Weight of each industry in a reference economy; empty: the table itself is the whole."),
    ] = None,
    population: Annotated[
        ColumnName | None,
        Field(
            description="Column with the residents of the row's place: the weight per resident is compared, in place "
            "of the share (RPOP). Empty: the share."
        ),
    ] = None,
    shrinkage: Annotated[
        Literal["none", "gamma_poisson"],
        Field(
            description="gamma_poisson: quotients of few plants are drawn towards 1 as far as chance may have moved "
            "them (empirical Bayes). none: as they are."
        ),
    ] = "none",
    undefined: Annotated[
        Literal["null", "zero", "one"],
        Field(description="Value of 0/0, where a place or an industry has no weight at all."),
    ] = "null",
    minimum_rows: Annotated[
        int, Field(ge=0, description="Cells of present industries with fewer rows (plants) than this are null.")
    ] = 0,
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the location quotient of every industry in every place.

    The share of an industry in a place, divided by its share in the whole:
    ``LQ = (x_ri / x_r.) / (x_.i / x_..)``. The whole is the table itself, or a named ``reference``
    economy. Every pair of a place and an industry that occur is in the result; a pair without any
    row has x = 0 and the quotient 0.

    Parameters
    ----------
    frame
        One row for each actor (or already one for each cell), with columns ``place`` and ``industry``
        and a weight.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0, such as employment; ``"count"`` lets each row count one; None takes
        ``size`` where the table has it, else each row counts one.
    unknown
        Whether rows whose place or industry is unknown stay in the totals (``"count"``: the share is of
        all firms of the place) or are left out (``"exclude"``: of those whose industry is known).
    form
        ``"ratio"``, ``"symmetric"`` (−1 … 1), ``"log"`` (null at 0), or ``"standardised"`` (z-score
        of ln LQ among the places that have the industry; null where fewer than two have it).
    reference
        Weight of each industry in the reference economy, on any scale. Their sum is its total, so it
        must hold every industry of that economy; an industry it lacks is null.
    population
        Column of residents: the quotient is then ``(x_ri / pop_r) / (x_.i / pop)``, which does not fall in places
        where everything is plentiful. A cluster's is taken from its table of places.
    shrinkage
        ``"gamma_poisson"``: the posterior mean where plants come as Poisson counts and quotients are gamma
        distributed over the places of an industry, both estimated from the table. Weights other than counts
        are measured in plants of the industry's typical size ``Σe²/Σe``. Rows must be plants.
    undefined
        What 0/0 is – a place or an industry without any weight: ``"null"``, ``"zero"`` (as the R
        package EconGeo) or ``"one"`` (as the R package economiccomplexity).
    minimum_rows
        Cells of fewer rows than this (but more than none) are null, with a note.
    replicates, level, rng
        Poisson bootstrap over rows. It says how much the quotient depends on single plants; where
        rows are totals of cells it has no meaning: pass ``replicates=0``.

    Returns
    -------
    frame
        ``place_id, industry_id, value, low, high, rows, weight, note`` in the caller's library,
        sorted by the keys. ``note`` says why a value or an interval is null.

    Raises
    ------
    MissingColumn
        If a column is not in the table.
    JiqunError
        If a weight is negative or missing, or the reference is not positive.

    References
    ----------
    Balassa, B. (1965). doi:10.1111/j.1467-9957.1965.tb00050.x

    Examples
    --------
    Two of the three firms of ``p`` are in ``games``, as are two of all four:

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "p", "q"], "industry_id": ["games", "games", "cars", "cars"]})
    >>> location_quotient(firms, replicates=0).select("place_id", "industry_id", "value").rows()
    [('p', 'cars', 0.6666666666666666), ('p', 'games', 1.3333333333333333), ('q', 'cars', 2.0), ('q', 'games', 0.0)]
    """
    groups = cells(frame, "location_quotient", place=place, industry=industry, weight=weight, unknown=unknown)
    if population is not None and reference is not None:
        raise JiqunError(
            "location_quotient: reference and population are two different bases. Give one of them.",
            "location_quotient：reference 与 population 是两种不同的基准，请只给其中一个。",
        )
    shares = _reference_shares(groups, reference)
    people = None
    if population is not None:
        people = number_of_each(groups.native, "location_quotient", key=place, column=population, names=groups.places)
    filled = {"null": np.nan, "zero": 0.0, "one": 1.0}[undefined]

    def quotient(times: NDArray[np.int64] | None = None) -> Array:
        x = groups.total(times=times)
        expected = _expected(x, shares, people)
        if shrinkage == "none":
            return _form(_ratio(x, expected, filled), form)
        return _form(_shrunk(x, groups.total(2, times), expected, filled), form)

    n_places, n_industries = groups.shape

    value = quotient()
    rows = groups.total(power=0)[:-1, :-1]
    low = high = np.full(value.shape, np.nan)
    if replicates:
        draws = poisson_weights(groups.rows, replicates, rng)
        occupied = rows > 0
        low, high = low.copy(), high.copy()
        low[occupied], high[occupied], _ = interval(lambda w: quotient(w)[occupied], draws, level)
    value = np.where((rows > 0) & (rows < minimum_rows), np.nan, value)
    missing = "place, industry or reference has no weight" if form == "ratio" else f"{form} undefined"
    why = np.full(value.shape, -1, dtype=np.int32)
    why[np.isnan(value)] = 0
    why[(rows > 0) & (rows < minimum_rows)] = 1
    if replicates:
        why[(rows == 0) & ~np.isnan(value)] = 2
    no_interval = np.isnan(value) | (rows == 0)
    return tidy(
        {
            "place_id": labels(groups.places, np.repeat(np.arange(n_places), n_industries)),
            "industry_id": labels(groups.industries, np.tile(np.arange(n_industries), n_places)),
            "value": value.ravel(),
            "low": np.where(no_interval, np.nan, low).ravel(),
            "high": np.where(no_interval, np.nan, high).ravel(),
            "rows": rows.ravel().astype(np.int64),
            "weight": groups.total()[:-1, :-1].ravel(),
            "note": labels(
                (missing, f"fewer than {minimum_rows} rows", "no row in the cell: no interval"), why.ravel()
            ),
        },
        groups.native,
    )


def _expected(x: Array, shares: Array | None, people: Array | None) -> tuple[Array, Array]:
    """Size of each place and share of each industry, whose product is the weight that a quotient of 1 has."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if people is not None:
            size = np.where(people > 0, people, np.nan)
            return size, x[:-1, :-1][people > 0].sum(axis=0) / np.nansum(size)
        return x.sum(axis=1)[:-1], x.sum(axis=0)[:-1] / x.sum() if shares is None else shares


def _ratio(x: Array, expected: tuple[Array, Array], filled: float) -> Array:
    """Location quotients of known cells of a weight matrix with margins of the unknown; ``filled`` where 0/0."""
    size, share = expected
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: Array = x[:-1, :-1] / size[:, None] / share
    ratio[np.isnan(ratio)] = filled
    ratio[np.isinf(ratio)] = np.nan
    ratio[np.isnan(size)] = np.nan
    return ratio


def _shrunk(x: Array, squares: Array, expected: tuple[Array, Array], filled: float) -> Array:
    """Quotients shrunk by industry, with weights counted in plants of the industry's typical size Σe²/Σe."""
    size, share = expected
    raw = _ratio(x, expected, filled)
    with np.errstate(divide="ignore", invalid="ignore"):
        plant = squares[:-1, :-1].sum(axis=0) / x[:-1, :-1].sum(axis=0)
        found = gamma_poisson(x[:-1, :-1] / plant, size[:, None] * share / plant)
    return np.where(np.isfinite(found), found, raw)


def _form(ratio: Array, form: Form) -> Array:
    if form == "ratio":
        return ratio
    if form == "symmetric":
        symmetric: Array = (ratio - 1.0) / (ratio + 1.0)
        return symmetric
    logs = np.log(ratio, where=ratio > 0, out=np.full(ratio.shape, np.nan))
    if form == "log":
        return logs
    known = np.isfinite(logs)
    count = known.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, logs, 0.0).sum(axis=0) / count
        spread = np.sqrt(np.where(known, (logs - mean) ** 2, 0.0).sum(axis=0) / (count - 1))
        standardised: Array = np.where(spread > 0, (logs - mean) / spread, np.nan)
    return standardised


def _reference_shares(groups: Cells, reference: Mapping[str, float] | None) -> Array | None:
    if reference is None:
        return None
    weights = np.array(list(reference.values()), dtype=np.float64)
    if len(weights) == 0 or not np.isfinite(weights).all() or (weights < 0).any() or weights.sum() <= 0:
        raise JiqunError(
            "location_quotient: reference needs weights ≥ 0 of which one at least is positive.",
            "location_quotient：reference 的权重须不小于 0，且至少有一个大于 0。",
        )
    total = float(weights.sum())
    return np.array([reference.get(str(name), np.nan) / total for name in groups.industries])
