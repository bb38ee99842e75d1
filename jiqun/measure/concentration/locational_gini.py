"""Locational Gini: inequality of the places' shares of an industry against their shares of everything."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.resample import Level, Replicates, Seed
from jiqun.measure.shares import Array, Of, Spread, each_unit

Definition = Literal["lorenz", "half", "quotients", "plain", "corrected"]


@index(
    title=Words("Locational Gini", "区位基尼系数"),
    question=Words(
        "How unequally is an industry spread over places, given how everything is spread?",
        "相对于整体分布，一个行业在各地的分布有多不均衡？",
    ),
    reading=Words("0: spread as the whole; towards 1: concentrated.", "0 表示与整体分布一致；越接近 1 越集中。"),
    formula=r"G_i = 1 - \sum_r x_{(r)} \left(S_{(r)} + S_{(r-1)}\right),\ r\ \text{sorted by}\ s_{ri}/x_r",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id",),
    bounds=Bounds(0.0, 1.0),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Krugman (1991), Geography and Trade", ""),
        Reference("Kim, Barkham & Henry (2000), Industrial characteristics linked to establishment concentrations", ""),
        Reference(
            "Audretsch & Feldman (1996), R&D spillovers and the geography of innovation and production",
            "10.2307/2118216",
        ),
    ),
)
def locational_gini(
    frame: IntoFrame,
    *,
    of: Of = "industry",
    definition: Annotated[
        Definition,
        Field(
            description="lorenz: Gini of s against x, in [0, 1). half: half of it (EconGeo). "
            "quotients: plain Gini of the location quotients (REAT gini.conc). plain: Gini of the weights themselves. "
            "corrected: plain times n/(n − 1), which reaches 1."
        ),
    ] = "lorenz",
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the locational Gini coefficient of every industry, or of every place.

    Packages call five different numbers by this name; all are here, named.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    of
        ``"industry"`` (over places) or ``"place"`` (over industries).
    definition
        ``"lorenz"``: one minus twice the area under the Lorenz curve of the unit's shares against those
        of the whole. ``"half"``: half of that, at most ½, as EconGeo and economiccomplexity return.
        ``"quotients"``: the plain Gini of the location quotients, each part counting the same, as
        REAT's ``gini.conc``. ``"plain"``: the plain Gini of the weights, whatever the whole is; at most
        1 − 1/n with n parts. ``"corrected"``: that times n/(n − 1) (REAT's ``gini`` with ``coefnorm``).
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
        ``industry_id`` (or ``place_id``), ``value, low, high, rows, weight, note``.

    References
    ----------
    Audretsch, D. & Feldman, M. (1996). doi:10.2307/2118216

    Examples
    --------
    All of ``a`` is in ``p``, which holds half of everything: the Lorenz curve is flat, then steep.

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "a", "b", "b"]})
    >>> locational_gini(firms, replicates=0)["value"].to_list()
    [0.5, 0.5]
    """
    groups = cells(frame, "locational_gini", place=place, industry=industry, weight=weight, unknown=unknown)
    statistic = {"lorenz": _lorenz, "half": _half, "quotients": _quotients, "plain": _plain, "corrected": _corrected}[
        definition
    ]
    return each_unit(groups, of, statistic, replicates, level, rng, low=0.0, high=1.0)


def _lorenz(given: Spread) -> Array:
    base = given.base
    there = base > 0
    share, base = given.share[:, there], base[there]
    order = np.argsort(share / base, axis=1, kind="stable")
    rising = np.cumsum(np.take_along_axis(share, order, axis=1), axis=1)
    width = base[order]
    before = np.concatenate([np.zeros((len(share), 1)), rising[:, :-1]], axis=1)
    gini: Array = 1.0 - (width * (rising + before)).sum(axis=1)
    return gini


def _half(given: Spread) -> Array:
    return 0.5 * _lorenz(given)


def _quotients(given: Spread) -> Array:
    there = given.base > 0
    return gini_of_rows(given.share[:, there] / given.base[there])


def _plain(given: Spread) -> Array:
    return gini_of_rows(given.weight)


def _corrected(given: Spread) -> Array:
    n = given.weight.shape[1]
    return gini_of_rows(given.weight) * n / (n - 1.0) if n > 1 else np.full(len(given.weight), np.nan)


def gini_of_rows(values: Array) -> Array:
    """Plain Gini coefficient of each row, shape (rows,): Σ(2k − n − 1) v_(k) / (n Σv); NaN where Σv is 0.

    Examples
    --------
    >>> gini_of_rows(np.array([[0.0, 1.0], [2.0, 2.0]])).tolist()
    [0.5, 0.0]
    """
    n = values.shape[1]
    rank = 2.0 * np.arange(1, n + 1) - n - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        gini: Array = (np.sort(values, axis=1) * rank).sum(axis=1) / (n * values.sum(axis=1))
    return gini
