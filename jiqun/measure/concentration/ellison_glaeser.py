"""Ellison–Glaeser index: concentration beyond that of plants thrown at a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from scipy.special import ndtr

from jiqun.cluster import Reference, Words
from jiqun.measure.cells import Cells, ColumnName, Plants, Unknown, Weight, cells, tidy
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.resample import Level, Replicates, Seed, interval, poisson_weights

Array = NDArray[np.float64]


@index(
    title=Words("Ellison–Glaeser index", "EG 集聚指数"),
    question=Words(
        "Is an industry more concentrated in space than chance and the size of its plants would make it?",
        "剔除企业规模与随机性之后，一个行业在空间上是否仍然集聚？",
    ),
    reading=Words(
        "0 means as by chance; above 0.05 is strongly, below 0.02 weakly concentrated (Ellison & Glaeser 1997); "
        "below 0 is dispersed.",
        "0 表示与随机分布无异；高于 0.05 为高度集聚，低于 0.02 为弱集聚（Ellison & Glaeser 1997）；小于 0 为分散。",
    ),
    formula=r"\gamma_i = \frac{G_i - (1-\sum_r x_r^2) H_i}{(1-\sum_r x_r^2)(1-H_i)},\quad "
    r"G_i = \sum_r (s_{ri}-x_r)^2,\quad H_i = \sum_k z_k^2",
    needs=Needs("actors", ("place_id", "industry_id"), ("size",)),
    grain=("industry_id",),
    bounds=Bounds(None, 1.0),
    neutral=0.0,
    laws=("row_order", "labels", "scale"),
    references=(
        Reference(
            "Ellison & Glaeser (1997), Geographic concentration in U.S. manufacturing industries: a dartboard approach",
            "10.1086/262098",
        ),
    ),
)
def ellison_glaeser(
    frame: IntoFrame,
    *,
    place: ColumnName = "place_id",
    industry: ColumnName = "industry_id",
    weight: Weight = None,
    plants: Plants = None,
    unknown: Unknown = "count",
    replicates: Replicates = 199,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the Ellison–Glaeser index of every industry.

    ``G = Σ_r (s_r − x_r)²`` compares where the industry is (``s``) with where everything is (``x``);
    ``H = Σ_k z_k²`` is how lumpy its plants make it in any case; ``γ`` is what is left:
    ``γ = [G − (1−Σx²) H] / [(1−Σx²)(1−H)]``, an unbiased estimate of the location spill-over.

    Parameters
    ----------
    frame
        One row for each plant (not for each cell: H needs plants), with ``place``, ``industry`` and a
        weight. ``x`` is the distribution of all rows given. Rows without a place are left out.
    place, industry
        Columns of the keys.
    weight
        Column of plant sizes ≥ 0; ``"count"`` makes all plants equal; None takes ``size`` where the
        table has it, else equal plants.
    plants
        Column with the number of plants of a row, where rows are cells or size classes. They share the row's
        weight equally, which makes H as small as it can be, and the index as large.
    unknown
        Whether rows whose industry is unknown are part of the distribution ``x`` (``"count"``) or not.
    replicates, level, rng
        Poisson bootstrap over plants. Drawing plants twice raises G by chance, so the replicates
        lie around ``G/(1−Σx²)`` and not around γ; the interval is γ plus the deviations of the
        replicates from their mean.

    Returns
    -------
    frame
        ``industry_id, value, low, high, p, g, h, z, rows, weight, note`` in the caller's library, sorted
        by industry. ``value`` is γ; ``g`` and ``h`` as above; ``z = (G − E G)/√var G`` under the
        dartboard null and ``p`` its two-sided normal probability. γ is null, with a note, where the
        industry is one plant (H = 1), has no weight, or where there is only one place.

    Raises
    ------
    MissingColumn
        If a column is not in the table.
    JiqunError
        If a weight is negative or missing.

    Notes
    -----
    ``var G = 2{H²[Σx² − 2Σx³ + (Σx²)²] − Σz⁴[Σx² − 4Σx³ + 3(Σx²)²]}`` (Ellison & Glaeser 1997, p. 907).

    References
    ----------
    Ellison, G. & Glaeser, E. (1997). doi:10.1086/262098

    Examples
    --------
    Two places of equal size; the two equal plants of ``a`` share one of them: G = ½, H = ½, γ = 1.

    >>> import polars as pl
    >>> plants = pl.DataFrame({"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "a", "b", "b"]})
    >>> ellison_glaeser(plants, replicates=0).select("industry_id", "value", "g", "h").rows()
    [('a', 1.0, 0.5, 0.5), ('b', 1.0, 0.5, 0.5)]
    """
    groups = cells(
        frame, "ellison_glaeser", place=place, industry=industry, weight=weight, unknown=unknown, plants=plants
    )
    found = _dartboard(groups)
    low = high = np.full(found.gamma.shape, np.nan)
    if replicates:
        draws = poisson_weights(groups.rows, replicates, rng)
        below, above, centre = interval(lambda w: _dartboard(groups, w).gamma, draws, level)
        low, high = found.gamma + below - centre, found.gamma + above - centre
    rows = groups.by_industry(0)[:-1]
    return tidy(
        {
            "industry_id": groups.industries.tolist(),
            "value": found.gamma,
            "low": low,
            "high": high,
            "p": 2.0 * ndtr(-np.abs(found.z)),
            "g": found.g,
            "h": found.h,
            "z": found.z,
            "rows": rows.astype(np.int64),
            "weight": groups.by_industry()[:-1],
            "note": _notes(groups, found),
        },
        groups.native,
    )


@dataclass(frozen=True, slots=True)
class _Dartboard:
    """G, H, γ and z of each industry, shape (industries,); NaN where undefined."""

    gamma: Array
    g: Array
    h: Array
    z: Array


def _dartboard(groups: Cells, times: NDArray[np.int64] | None = None) -> _Dartboard:
    located = groups.total(1, times)[:-1]
    x_ri = located[:, :-1]
    size = x_ri.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = x_ri / size
        x = located.sum(axis=1) / located.sum()
        h = groups.by_industry(2, times)[:-1] / size**2
        z4 = groups.by_industry(4, times)[:-1] / size**4
        g = ((s - x[:, None]) ** 2).sum(axis=0)
        x2, x3 = (x**2).sum(), (x**3).sum()
        free = 1.0 - x2
        defined = (h < 1.0 - 1e-12) & (free > 1e-12)
        gamma = np.where(defined, (g - free * h) / (free * (1.0 - h)), np.nan)
        variance = 2.0 * (h**2 * (x2 - 2.0 * x3 + x2**2) - z4 * (x2 - 4.0 * x3 + 3.0 * x2**2))
        z = np.where(defined & (variance > 1e-30), (g - free * h) / np.sqrt(variance), np.nan)
    return _Dartboard(gamma, g, h, z)


def _notes(groups: Cells, found: _Dartboard) -> list[str | None]:
    single = "only one place" if groups.shape[0] == 1 else "all weight in one plant (H = 1)"
    empty = groups.by_industry()[:-1] == 0
    return [
        None if np.isfinite(gamma) else ("no weight" if none else single)
        for gamma, none in zip(found.gamma, empty, strict=True)
    ]
