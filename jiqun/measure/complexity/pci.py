"""Product complexity index of Hidalgo and Hausmann."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.measure.cells import ColumnName, Unknown, Weight, cells
from jiqun.measure.complexity.eci import Parts, Solution, reflected, to_range
from jiqun.measure.eigenvector import Complexity, complexity, reflections, standardised
from jiqun.measure.index import Needs, index
from jiqun.measure.presence import Array, Cut, Matrix, of_units, presence
from jiqun.measure.resample import Level, Replicates, Seed


@index(
    title=Words("Product complexity index", "产品复杂度指数"),
    question=Words(
        "Which industries are found only in places that can do many things?", "哪些行业只出现在产业能力广泛的地方？"
    ),
    reading=Words(
        "Standard deviations above the mean; high: rare, and found in complex places.",
        "高于平均水平的标准差数；越高表示越稀有且集中于复杂的地方。",
    ),
    formula=r"PCI_i = (q_i - \bar q)/\operatorname{sd}(q),\quad q = U^{-1/2} v_2",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id",),
    neutral=0.0,
    laws=("row_order", "labels", "scale", "split"),
    references=(
        Reference("Hidalgo & Hausmann (2009), The building blocks of economic complexity", "10.1073/pnas.0900943106"),
        Reference("Mealy, Farmer & Teytelboym (2019), Interpreting economic complexity", "10.1126/sciadv.aau1705"),
    ),
)
def pci(
    frame: IntoFrame,
    *,
    method: Solution = "eigenvector",
    steps: Annotated[
        int, Field(ge=0, le=1000, description="Reflections, an odd number; for method reflections only.")
    ] = 19,
    scale: Annotated[
        Literal["own", "eci", "range"],
        Field(
            description="own: by the industries' mean and deviation; eci: by the places', so that ECI is a mean of "
            "PCI; range: 0 for the least, 100 for the most."
        ),
    ] = "own",
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
    """Compute the product complexity index of every industry.

    From the second eigenvector of the matrix that takes the average of averages between places and
    industries. Its sign is chosen so that complexity rises with the diversity of places.

    Parameters
    ----------
    frame
        One row for each actor or cell.
    method, steps
        ``"eigenvector"``, or ``"reflections"``: the method of reflections stopped after an odd number of steps
        (19: ``mort`` of EconGeo, and economiccomplexity with its 20 columns).
    scale
        ``"own"``: mean and deviation over industries (R, econcomplex). ``"eci"``: those of the places, so
        that the index of a place is the mean over its industries (py-ecomplexity); not of reflections.
        ``"range"``: from 0 to 100, as EconGeo gives reflections.
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
        ``industry_id, value, low, high, with_diversity, component, components, note``. ``with_diversity`` is the
        correlation of the places' complexity with their diversity: below 0.2 the sign is close to arbitrary,
        and the note says so. ``components`` counts the connected parts of the graph of places and industries,
        ``component`` is that of the industry (1: the largest, 0: present nowhere). Null outside the largest
        component, where a component has fewer than two places or industries, and where the second eigenvalue
        is multiple.

    Raises
    ------
    JiqunError
        If the number of reflections is even, or they are to be scaled by the places.

    References
    ----------
    Hidalgo, C. & Hausmann, R. (2009). doi:10.1073/pnas.0900943106

    Examples
    --------
    Nested: ``p`` has all three industries, ``q`` two, ``r`` the one that everyone has.

    >>> import polars as pl
    >>> firms = pl.DataFrame({"place_id": list("pppqqr"), "industry_id": list("abcbcc")})
    >>> pci(firms, cut=0, replicates=0).sort("value", descending=True)["industry_id"].to_list()
    ['a', 'b', 'c']
    """
    groups = cells(frame, "pci", place=place, industry=industry, weight=weight, unknown=unknown)
    if method == "reflections" and (steps % 2 == 0 or scale == "eci"):
        raise JiqunError(
            f"pci by reflections needs an odd number of steps and scale own or range; it has {steps} and {scale}.",
            f"pci 用 reflections 时，steps 须为奇数，scale 须为 own 或 range；现为 {steps} 和 {scale}。",
        )

    def value(present: Matrix, solved: Complexity) -> Array:
        if method == "reflections":
            raw = reflections(present, "industry", steps)
            return to_range(raw) if scale == "range" else standardised(raw, raw, ddof)
        scaled = solved.scaled("industry", "place" if scale == "eci" else "industry", ddof)
        return to_range(scaled) if scale == "range" else scaled

    def statistic(times: NDArray[np.int64] | None) -> Array:
        present = presence(groups, cut, times)
        return value(present, complexity(present, components))

    present = presence(groups, cut)
    solved = complexity(present, components)
    found = value(present, solved)
    extra = {
        "with_diversity": solved.with_diversity[solved.industry_part],
        "component": solved.industry_part,
        "components": np.full(len(groups.industries), solved.components),
    }
    notes = solved.notes("industry", found) if method == "eigenvector" else reflected(found, solved.components)
    return of_units(groups, "industry", statistic, (replicates, level, rng), value=found, extra=extra, notes=notes)
