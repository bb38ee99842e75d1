"""Economic complexity index of Hidalgo and Hausmann."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.eigenvector import complexity, standardised
from jiqun.measure.index import Needs, index
from jiqun.measure.presence import Array, Cut, of_units, presence
from jiqun.measure.resample import Level, Replicates, Seed


@index(
    title=Words("Economic complexity index", "经济复杂度指数"),
    question=Words(
        "Which places have the industries that few others can have?", "哪些地方拥有其他地方难以拥有的行业？"
    ),
    reading=Words("Standard deviations above the mean place.", "高于各地平均水平的标准差数。"),
    formula=r"ECI_r = (k_r - \bar k)/\operatorname{sd}(k),\quad k = D^{-1} B\, U^{-1/2} v_2",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("place_id",),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Hidalgo & Hausmann (2009), The building blocks of economic complexity", "10.1073/pnas.0900943106"),
        Reference("Mealy, Farmer & Teytelboym (2019), Interpreting economic complexity", "10.1126/sciadv.aau1705"),
    ),
)
def eci(
    frame: IntoFrame,
    *,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    unknown: Unknown = "count",
    cut: Cut = 1.0,
    ddof: Annotated[int, Field(ge=0, le=1, description="Delta degrees of freedom of the standard deviation.")] = 0,
    replicates: Replicates = 99,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the economic complexity index of every place.

    From the second eigenvector of the matrix that takes the average of averages between places and
    industries. Its sign is chosen so that complexity rises with the diversity of places.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    place, industry
        Columns of the keys.
    weight
        Column of weights ≥ 0; ``"count"``; None takes ``size`` where present, else counts rows.
    unknown
        Whether rows of unknown place or industry are part of the totals of the quotient.
    cut
        Location quotient from which on an industry is present in a place; 0 for any weight.
    ddof
        Delta degrees of freedom of the standard deviation: 0 (py-ecomplexity, econcomplex) or 1 (R).
    replicates, level, rng
        Poisson bootstrap over rows; presence and eigenvector are computed anew in each replicate, the
        sign by the same rule.

    Returns
    -------
    frame
        ``place_id, value, low, high, with_diversity, components, note``. ``with_diversity`` is the correlation
        of the places' complexity with their diversity: below 0.2 the sign is close to arbitrary.
        ``components`` counts the connected parts of the graph of places and industries; only the
        largest has values.

    References
    ----------
    Hidalgo, C. & Hausmann, R. (2009). doi:10.1073/pnas.0900943106

    Examples
    --------
    Nested: ``p`` has all three industries, ``q`` two, ``r`` the one that everyone has.

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": list("pppqqr"), "industry_id": list("abcbcc")})
    >>> eci(firms, cut=0, replicates=0).sort("value", descending=True)["place_id"].to_list()
    ['p', 'q', 'r']
    """
    groups = cells(frame, "eci", place=place, industry=industry, weight=weight, unknown=unknown)

    def statistic(times: NDArray[np.int64] | None) -> Array:
        solved = complexity(presence(groups, cut, times))
        return standardised(solved.places, solved.places, ddof)

    solved = complexity(presence(groups, cut))
    count = len(groups.places)
    return of_units(
        groups,
        "place",
        statistic,
        (replicates, level, rng),
        extra={
            "with_diversity": np.full(count, solved.with_diversity),
            "components": np.full(count, solved.components),
        },
        note="outside the largest connected component" if solved.components > 1 else "nothing to tell apart",
    )
