"""Economic complexity index of Hidalgo and Hausmann."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.eigenvector import Complexity, Components, complexity, reflections, standardised
from jiqun.measure.index import Needs, index
from jiqun.measure.presence import Array, Cut, Matrix, of_units, presence
from jiqun.measure.resample import Level, Replicates, Seed

Method = Literal["eigenvector", "reflections"]
Solution = Annotated[
    Method,
    Field(description="eigenvector: the limit; reflections: a number of averages of averages, as of 2009."),
]
Parts = Annotated[
    Components,
    Field(
        description="Where the graph of places and industries falls apart: values in the largest component only, "
        "or in each, standardised by itself."
    ),
]


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
    method: Solution = "eigenvector",
    steps: Annotated[
        int, Field(ge=0, le=1000, description="Reflections, an even number; for method reflections only.")
    ] = 20,
    scale: Annotated[
        Literal["deviations", "range"],
        Field(description="deviations: standard deviations from the mean; range: 0 for the least, 100 for the most."),
    ] = "deviations",
    components: Parts = "largest",
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
    method, steps
        ``"eigenvector"``, or ``"reflections"``: the method of reflections stopped after an even number of
        steps (20: ``morc`` of EconGeo; 18: ``complexity_measures(method="reflections")`` of economiccomplexity
        with its 20 columns). After odd numbers of steps a place has averages of ubiquity, which fall with
        complexity. The reflections are of the whole matrix, whether connected or not.
    scale
        ``"deviations"``, or ``"range"``: from 0 to 100, as EconGeo gives reflections.
    components
        ``"largest"`` or ``"each"`` connected component, standardised within itself.
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
        ``place_id, value, low, high, with_diversity, component, components, note``. ``with_diversity`` is the
        correlation of the places' complexity with their diversity: below 0.2 the sign is close to arbitrary,
        and the note says so. ``components`` counts the connected parts of the graph of places and industries,
        ``component`` is that of the place (1: the largest, 0: no industry). Null outside the largest component,
        where a component has fewer than two places or industries, and where the second eigenvalue is multiple.

    Raises
    ------
    JiqunError
        If the number of reflections is odd.

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
    if method == "reflections" and steps % 2:
        raise JiqunError(
            f"eci needs an even number of steps; {steps} gives averages of ubiquity, which fall with complexity.",
            f"eci 的 steps 须为偶数；{steps} 步得到的是遍在性的平均值，随复杂度升高而下降。",
        )

    def value(present: Matrix, solved: Complexity) -> Array:
        raw = reflections(present, "place", steps) if method == "reflections" else solved.scaled("place", "place", ddof)
        if method == "reflections" and scale == "deviations":
            return standardised(raw, raw, ddof)
        return to_range(raw) if scale == "range" else raw

    def statistic(times: NDArray[np.int64] | None) -> Array:
        present = presence(groups, cut, times)
        return value(present, complexity(present, components))

    present = presence(groups, cut)
    solved = complexity(present, components)
    found = value(present, solved)
    extra = {
        "with_diversity": solved.with_diversity[solved.place_part],
        "component": solved.place_part,
        "components": np.full(len(groups.places), solved.components),
    }
    notes = solved.notes("place", found) if method == "eigenvector" else reflected(found, solved.components)
    return of_units(groups, "place", statistic, (replicates, level, rng), value=found, extra=extra, notes=notes)


def to_range(values: Array) -> Array:
    """Move the least value to 0 and the greatest to 100; NaN where they are the same."""
    known = values[np.isfinite(values)]
    if len(known) == 0 or known.max() - known.min() < 1e-12:
        return np.full(values.shape, np.nan)
    ranged: Array = (values - known.min()) / (known.max() - known.min()) * 100.0
    return ranged


def reflected(values: Array, components: int) -> list[str | None]:
    """What is said of values by reflections: why there is none, or that the graph falls apart."""
    apart = f"the graph falls into {components} components: comparable within one only" if components > 1 else None
    return [apart if np.isfinite(v) else "nothing present, or nothing to tell apart" for v in values]
