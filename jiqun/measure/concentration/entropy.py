"""Entropy: how many parts a unit is spread over, in effect."""

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


@index(
    title=Words("Entropy", "熵指数"),
    question=Words("How diversified is a place over industries?", "一个地方的产业有多多样化？"),
    reading=Words(
        "0: one industry only; ln n: n industries of the same size.", "0 表示只有一个行业；ln n 表示 n 个行业规模相同。"
    ),
    formula=r"E_r = -\sum_i s_{ri} \ln s_{ri}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id",),
    bounds=Bounds(0.0, None),
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Shannon (1948), A mathematical theory of communication", "10.1002/j.1538-7305.1948.tb01338.x"),
    ),
)
def entropy(
    frame: IntoFrame,
    *,
    of: Of = "place",
    unit: Annotated[
        Literal["nats", "bits", "share"],
        Field(description="nats: natural logarithm; bits: base 2; share: of its maximum ln n, n the parts that occur."),
    ] = "nats",
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the entropy of every place over industries, or of every industry over places.

    ``E = −Σ s ln s`` with 0 ln 0 = 0; ``exp E`` is the number of equal parts with the same entropy.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    of
        ``"place"`` (diversity) or ``"industry"`` (dispersion).
    unit
        ``"nats"``, ``"bits"`` (as EconGeo) or ``"share"`` of the maximum; null there with one part only.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown units are part of the table.
    replicates, level, rng
        Poisson bootstrap over rows.

    Returns
    -------
    frame
        ``place_id`` (or ``industry_id``), ``value, low, high, rows, weight, note``.

    References
    ----------
    Shannon, C. (1948). doi:10.1002/j.1538-7305.1948.tb01338.x

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q"], "industry_id": ["a", "b", "b"]})
    >>> entropy(firms, unit="bits", replicates=0)["value"].to_list()
    [1.0, 0.0]
    """
    groups = cells(frame, "entropy", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(given: Spread) -> Array:
        share = given.share
        logs = np.log(share, where=share > 0, out=np.zeros(share.shape))
        nats: Array = np.abs((share * logs).sum(axis=1))
        if unit == "nats":
            return nats
        most = np.log(2.0) if unit == "bits" else np.log(share.shape[1])
        relative: Array = nats / most if most > 0 else np.full(len(share), np.nan)
        return relative

    return each_unit(groups, of, statistic, replicates, level, rng, low=0.0)
