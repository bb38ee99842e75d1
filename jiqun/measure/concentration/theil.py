"""Theil's indices T and L: inequality that falls exactly into a part between groups and a part within them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.attributes import group_of_each
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.resample import Level, Replicates, Seed
from jiqun.measure.shares import Array, Of, Spread, each_unit, spread

Codes = NDArray[np.int64]
Grouping = Annotated[
    ColumnName | None,
    Field(
        description="Column that says to which group a part belongs (the country of a place, the sector of an "
        "industry): adds the parts between and within groups. Empty: none."
    ),
]


@index(
    title=Words("Theil index", "泰尔指数"),
    question=Words(
        "How unequally is an industry spread over places, between regions and within them?",
        "一个行业在各地的分布有多不均衡，其中区域之间与区域内部各占多少？",
    ),
    reading=Words(
        "0: spread as the reference; the larger, the more unequal. Between and within add up to the whole.",
        "0 表示与参照分布一致；越大越不均衡。组间与组内之和等于总体。",
    ),
    formula=r"T_i = \sum_r s_{ri} \ln\frac{s_{ri}}{x_r},\quad L_i = \sum_r x_r \ln\frac{x_r}{s_{ri}},\quad "
    r"T_i = \sum_g S_{gi}\ln\frac{S_{gi}}{X_g} + \sum_g S_{gi} T_{gi}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id",),
    bounds=Bounds(0.0, None),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Theil (1967), Economics and Information Theory", ""),
        Reference("Shorrocks (1980), The class of additively decomposable inequality measures", "10.2307/1913126"),
    ),
)
def theil(
    frame: IntoFrame,
    *,
    of: Of = "industry",
    form: Annotated[
        Literal["T", "L"],
        Field(description="T: Σ s ln(s/x). L: mean logarithmic deviation Σ x ln(x/s), null where a part has none."),
    ] = "T",
    compare: Annotated[
        Literal["whole", "uniform"],
        Field(description="whole: x is the distribution of everything; uniform: every part counts the same."),
    ] = "whole",
    group: Grouping = None,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute Theil's T or L of every industry over places, or of every place over industries.

    ``T = Σ s ln(s/x)`` weights the parts by the unit's own shares, ``L = Σ x ln(x/s)`` by the reference's.
    Packages call either “Theil”: REAT's ``theil`` is L against the uniform distribution.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    of
        ``"industry"`` (over places) or ``"place"`` (over industries).
    form
        ``"T"``, or ``"L"``, the mean logarithmic deviation.
    compare
        ``"whole"``: against the distribution of everything; ``"uniform"``: against equal parts, n being
        the parts that occur in the table. Then ``T = Σ s ln(n s)`` is ln n less the entropy.
    group
        Column with the group of each part, the same in all rows of the part. Parts without one are a
        group together.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown units are part of the whole.
    replicates, level, rng
        Poisson bootstrap over rows.

    Returns
    -------
    frame
        ``industry_id`` (or ``place_id``), ``value, low, high``, with ``group`` also ``between, within``, then
        ``rows, weight, note``. L is null where a part of the reference has none of the unit: it is infinite.

    Notes
    -----
    The components of T are weighted by the unit's share of each group, those of L by the reference's.
    REAT 3.0.3 has a weighted ``theil`` that can be negative (−0.011 on the reference vector): no Theil index
    is, so there is no option that reproduces it.

    References
    ----------
    Theil, H. (1967), Economics and Information Theory, ch. 4.

    Shorrocks, A. (1980). doi:10.2307/1913126

    Examples
    --------
    All of ``a`` is in ``p``, which holds half of everything: T = 1·ln(1/½).

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "a", "b", "b"]})
    >>> theil(firms, replicates=0)["value"].round(4).to_list()
    [0.6931, 0.6931]

    With each place a group of its own everything is between groups:

    >>> land = firms.with_columns(region=pl.col("place_id").str.to_uppercase())
    >>> theil(land, group="region", replicates=0).select("between", "within").row(0)
    (0.6931471805599453, 0.0)
    """
    groups = cells(frame, "theil", place=place, industry=industry, weight=weight, unknown=unknown)
    divergence = relative_entropy if form == "T" else reverse_entropy

    def statistic(given: Spread) -> Array:
        return divergence(given.share, _reference(given, compare))

    extra = None
    if group is not None:
        key, names = (place, groups.places) if of == "industry" else (industry, groups.industries)
        _, code = group_of_each(groups.native, "theil", key=key, column=group, names=names)
        given = spread(groups, of)
        between, within = components(given.share, _reference(given, compare), code, form)
        extra = {"between": between, "within": within}
    undefined = "absent from a part of the reference: L is infinite" if form == "L" else "nothing to compare with"
    return each_unit(groups, of, statistic, replicates, level, rng, low=0.0, extra=extra, undefined=undefined)


def _reference(given: Spread, compare: Literal["whole", "uniform"]) -> Array:
    if compare == "whole":
        return given.base
    return np.full(len(given.whole), 1.0 / len(given.whole))


def relative_entropy(share: Array, base: Array) -> Array:
    """Σ s ln(s/x) of each row of shares, shape (units,); NaN where x is 0 under a positive share.

    >>> relative_entropy(np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([0.5, 0.5])).round(3).tolist()
    [0.0, 0.693]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(share == 0, 0.0, share * np.log(share / base))
    total: Array = terms.sum(axis=-1)
    # s ln(s/x) sums to no less than 0, but for rounding
    return np.where(np.isfinite(total), np.maximum(total, 0.0), np.nan)


def reverse_entropy(share: Array, base: Array) -> Array:
    """Σ x ln(x/s) of each row of shares, shape (units,); NaN where a share is 0 under a positive x."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(base == 0, 0.0, base * np.log(base / share))
    total: Array = terms.sum(axis=-1)
    return np.where(np.isfinite(total), np.maximum(total, 0.0), np.nan)


def components(share: Array, base: Array, code: Codes, form: Literal["T", "L"] = "T") -> tuple[Array, Array]:
    """Parts of T or L between and within groups of parts.

    Parameters
    ----------
    share
        Share of each unit in each part, shape (units, parts).
    base
        Reference distribution, shape (parts,).
    code
        Group of each part, shape (parts,).
    form
        ``"T"`` or ``"L"``.

    Returns
    -------
    between, within
        Each (units,).
    """
    member = np.zeros((len(code), int(code.max(initial=0)) + 1))
    member[np.arange(len(code)), code] = 1.0
    of_group, base_of_group = share @ member, base @ member
    between = (relative_entropy if form == "T" else reverse_entropy)(of_group, base_of_group)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside, base_inside = share / of_group[:, code], base / base_of_group[code]
        if form == "T":
            terms = np.where(share == 0, 0.0, share * np.log(inside / base_inside))
        else:
            terms = np.where(base == 0, 0.0, base * np.log(base_inside / inside))
    within = terms.sum(axis=-1)
    return between, np.where(np.isfinite(within), np.maximum(within, 0.0), np.nan)
