"""Relatedness: how often two industries meet, against how often they would by their frequency."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.presence import Array, Cut, Matrix, of_pairs, presence
from jiqun.measure.resample import Level, Replicates, Seed

Method = Literal["cooccurrence", "association", "cosine", "jaccard", "probability"]
Margin = Literal["events", "presence"]


@index(
    title=Words("Relatedness", "产业关联度"),
    question=Words(
        "Which industries occur together more often than their frequency explains?",
        "哪些行业的共现频率高于其各自频率所能解释的水平？",
    ),
    reading=Words(
        "association and probability: 1 is as expected, above it related. cosine and jaccard: from 0.",
        "association 与 probability:1 表示与预期一致，高于 1 表示相关；cosine 与 jaccard 从 0 起。",
    ),
    formula=r"\varphi_{ij} = \frac{C_{ij}}{S_i S_j / T}",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id", "industry_id_2"),
    bounds=Bounds(0.0, None),
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference(
            "van Eck & Waltman (2009), How to normalize cooccurrence data? An analysis of similarity measures",
            "10.1002/asi.21075",
        ),
        Reference("Steijn (2021), Improvement on the association strength (probability)", "10.1162/qss_a_00122"),
    ),
)
def relatedness(
    frame: IntoFrame,
    *,
    method: Annotated[Method, Field(description="How co-occurrence is set against frequency.")] = "association",
    margin: Annotated[
        Margin,
        Field(description="events: frequency is the sum of co-occurrences (EconGeo); presence: the number of places."),
    ] = "events",
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    cut: Cut = 1.0,
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the relatedness of every pair of industries from their co-occurrence in places.

    ``C_ij`` is the number of places with both. Packages differ in what the frequency of an industry is, and
    so in the number: ``S_i = Σ_j C_ij`` and ``T = Σ S`` without the diagonal (co-occurrence *events*), or
    ``S_i`` the number of places with it and T the number of places (*presence*).

    Parameters
    ----------
    frame
        One row for each actor or cell.
    method
        ``"cooccurrence"``: C. ``"association"``: C T/(S_i S_j). ``"cosine"``: C/√(S_i S_j). ``"jaccard"``:
        C/(S_i + S_j − C). ``"probability"``: Steijn's, which rules out an industry meeting itself.
    margin
        ``"events"`` or ``"presence"``; ``"probability"`` is of events.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown place or industry are part of the totals of the quotient.
    cut
        Location quotient from which on an industry is present in a place; 0 for any weight.
    replicates, level, rng
        Poisson bootstrap over rows; the matrix of presence is formed anew in each replicate.
        Off by default, since pairs are many.

    Returns
    -------
    frame
        ``industry_id, industry_id_2, value, low, high, note``: each unordered pair once, the smaller code
        first. Null where an industry meets no other.

    References
    ----------
    van Eck, N. J. & Waltman, L. (2009). doi:10.1002/asi.21075

    Examples
    --------
    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "b", "b", "c"]})
    >>> relatedness(firms, method="jaccard", margin="presence", cut=0)["value"].to_list()
    [0.5, 0.0, 0.5]
    """
    groups = cells(frame, "relatedness", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(times: NDArray[np.int64] | None) -> Array:
        return related(presence(groups, cut, times), method, margin)

    return of_pairs(groups, statistic, (replicates, level, rng))


def related(present: Matrix, method: Method, margin: Margin) -> Array:
    """Relatedness of all pairs, 0 on the diagonal, shape (industries, industries); NaN where 0/0."""
    b = present.astype(np.float64)
    c: Array = b.T @ b
    places = c.diagonal().copy()
    np.fill_diagonal(c, 0.0)
    if method == "cooccurrence":
        return c
    s, t = (c.sum(axis=1), c.sum()) if margin == "events" or method == "probability" else (places, float(len(b)))
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "association":
            found = c * t / np.outer(s, s)
        elif method == "cosine":
            found = c / np.sqrt(np.outer(s, s))
        elif method == "jaccard":
            found = c / (s[:, None] + s - c)
        else:
            first = s / t
            then = s / (t - s)[:, None]
            meet = first[:, None] * then
            found = c / ((meet + meet.T) * t / 2.0)
    found[~np.isfinite(found)] = np.nan
    np.fill_diagonal(found, 0.0)
    return np.asarray(found, dtype=np.float64)
