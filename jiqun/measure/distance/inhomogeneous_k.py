"""Inhomogeneous K: clustering beyond an uneven density."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
from narwhals.typing import IntoFrame
from numpy.typing import NDArray
from pydantic import Field
from scipy.special import ndtr, ndtri

from jiqun.cluster import JiqunError, Reference, Words
from jiqun.measure.bands import GlobalMethod
from jiqun.measure.cells import ColumnName
from jiqun.measure.curves import Distances, Only, Simulations
from jiqun.measure.index import Bounds, Needs, index
from jiqun.measure.kernels.disc_edge import edge_sums
from jiqun.measure.kernels.disc_ring import ring_sums
from jiqun.measure.kernels.disc_tree import tree
from jiqun.measure.points import Coordinates, points
from jiqun.measure.resample import Level, Replicates, Seed
from jiqun.measure.second_order import MODES, Choice, Correction, Group, second_order
from jiqun.measure.window import Plane, Window

Array = NDArray[np.float64]
Intensity = Annotated[
    Literal["kernel", "others"],
    Field(
        description="kernel: density of the industry itself, smoothed, each plant left out of its own; "
        "others: that of all other plants, scaled to the number of the industry's."
    ),
]
Smoothing = Annotated[
    float | Literal["scott"],
    Field(
        description="Standard deviation in km of the Gaussian that smooths the density; scott: n^(−1/6) times the "
        "root of the mean variance of the two coordinates."
    ),
]
Renormalise = Annotated[
    bool, Field(description="Divide by the sum of inverse densities over the area, which steadies the estimate.")
]
PoissonNull = Annotated[
    Literal["inhomogeneous_poisson", "random_labels"],
    Field(
        description="inhomogeneous_poisson: as many points drawn from the fitted density; "
        "random_labels: as many of the occupied sites. The density is fitted anew in each draw."
    ),
]


@index(
    title=Words("Inhomogeneous K", "非均匀 K 函数"),
    question=Words(
        "Are plants nearer to one another than an uneven density alone would make them?",
        "在密度不均匀的背景下，企业之间是否仍比预期更近？",
    ),
    reading=Words(
        "πr²: no more than the density explains; more: clustered beyond it; less: dispersed. What counts as density "
        "and what as clustering is decided by the bandwidth.",
        "πr² 表示密度即可解释；更大为超出密度的集聚，更小为分散。何为密度、何为集聚，取决于带宽。",
    ),
    formula=r"K_{inhom}(r) = \frac{1}{|W|} \sum_i \sum_{j \ne i}"
    r" \frac{e_{ij} 1(d_{ij} \le r)}{\lambda(x_i) \lambda(x_j)}",
    needs=Needs("actors", ("industry_id",), ("lon", "lat", "x", "y")),
    spaces=("physical",),  # its window is a rectangle on the ground
    grain=("industry_id", "distance_km"),
    bounds=Bounds(0.0, None),
    references=(
        Reference(
            "Baddeley, Møller & Waagepetersen (2000), Non- and semi-parametric estimation of interaction in "
            "inhomogeneous point patterns",
            "10.1111/1467-9574.00144",
        ),
    ),
)
def inhomogeneous_k(
    frame: IntoFrame,
    *,
    industry: ColumnName = "industry_id",
    only: Only = None,
    distances: Distances = None,
    coordinates: Coordinates = "auto",
    window: Window = None,
    correction: Correction = "isotropic",
    intensity: Intensity = "others",
    bandwidth: Smoothing = "scott",
    renormalise: Renormalise = True,
    simulations: Simulations = 0,
    null: PoissonNull = "inhomogeneous_poisson",
    global_method: GlobalMethod = "calibrated",
    replicates: Replicates = 0,
    level: Level = 0.95,
    rng: Seed = 0,
) -> Any:
    """Compute the inhomogeneous K of every industry at every distance.

    Each pair counts the inverse of the densities at its two plants, so that a Poisson process of any density has
    ``K = πr²``.

    Parameters
    ----------
    frame
        One row for each plant, with ``industry`` and coordinates. Rows without coordinates are left out.
    industry
        Column of the industry.
    only
        Industries to compute; all where None.
    distances
        Distances ``r`` in km; None: twenty round ones up to a quarter of the window's shorter side.
    coordinates
        Which coordinates to take. Longitudes and latitudes are projected around their centre so that areas are
        kept; ``distortion`` is the largest relative error of a distance, and beyond 1 % they are refused.
    window
        The rectangle that was looked at; None: the smallest one around all points of the table, of whatever
        industry. Points outside are left out; the note says so.
    correction
        Edge correction: ``"isotropic"`` (Ripley), ``"translation"`` (Ohser), ``"border"`` or ``"none"``.
        Weights are cut at 100, as in spatstat.
    intensity
        ``"kernel"``: the industry's own density, each plant left out of its own; ``"others"``: that of all other
        plants, scaled to the industry's number. Where both live in cities, the second asks what industries ask.
    bandwidth
        Standard deviation of the Gaussian in km, or Scott's rule over the plants that are smoothed. The density is
        divided by the share of the kernel within the window.
    renormalise
        Divide by ``Σ 1/λ / area``, as spatstat does. The border correction is a ratio by itself.
    simulations
        Draws of the null hypothesis for the bands and p.
    null
        ``"inhomogeneous_poisson"``: as many points drawn from the fitted density; ``"random_labels"``: as many of the
        sites of all plants. In each draw the density is fitted anew, as it was to the plants.
    global_method
        How the global band is made of the draws, see :func:`jiqun.measure.bands.global_band`; dbmss: ``"strip"``.
    replicates, level, rng
        Poisson bootstrap over plants; copies of one plant are not neighbours. It takes plants for independent,
        which clustered ones are not: intervals are then too narrow.

    Returns
    -------
    frame
        ``industry_id, distance_km, value, low, high, expected, band_low, band_high, global_low,
        global_high, p, p_global, distortion, rows, note``. The value is null, with a note, for fewer than two plants,
        where the window has no area, and where the density is 0 at a plant.

    Raises
    ------
    MissingColumn
        If a column is not in the table.
    UnknownName
        If an industry is not in the table.
    JiqunError
        If the bandwidth is not above 0, the window is not a rectangle, or the points are too far apart for a plane.

    Notes
    -----
    With a very wide bandwidth the density is even and the value is Ripley's K.

    References
    ----------
    Baddeley, A., Møller, J. & Waagepetersen, R. (2000). doi:10.1111/1467-9574.00144

    Examples
    --------
    >>> import polars as pl
    >>> plants = pl.DataFrame({"industry_id": ["a", "a", "b"], "x": [4.5, 5.5, 1.0], "y": [5.0, 5.0, 1.0]})
    >>> options = {"only": ["a"], "distances": [1.0], "window": [0, 0, 10, 10], "bandwidth": 1e6}
    >>> inhomogeneous_k(plants, intensity="kernel", **options)["value"].round(6).to_list()
    [100.0]
    """
    who = "inhomogeneous_k"
    found = points(frame, who, industry=industry, weight="count", coordinates=coordinates)
    choice = Choice(
        who=who,
        only=only,
        other=None,
        distances=distances,
        window=window,
        correction=correction,
        normalise="pairs",
        null=null,
        global_method=global_method,
        simulations=simulations,
        replicates=replicates,
        level=level,
        rng=rng,
    )
    if not isinstance(bandwidth, str) and not 0 < bandwidth < np.inf:
        raise JiqunError(
            f"{who} needs a bandwidth above 0 km; it is {bandwidth}. Take a number such as 10.0, or 'scott'.",
            f"{who} 要求 bandwidth 大于 0 千米；给出的是 {bandwidth}。请取如 10.0 的数，或 'scott'。",
        )
    own = intensity == "kernel"

    def members(flat: Plane, pair: tuple[int, int], times: Array) -> tuple[Group, Group | None]:
        case = np.flatnonzero(flat.code == pair[0])
        rest = np.flatnonzero(flat.code != pair[0])
        return Group(flat.at[case], times[case], case), Group(flat.at[rest], times[rest], rest)

    def weighted(flat: Plane, radii: Array, choice: Choice, case: Group, near: Group | None) -> Array:
        smoothed = case if own or near is None else near
        if flat.area <= 0 or len(case.at) < 2 or len(smoothed.at) < 1:
            return np.full(len(radii), np.nan)
        density = _density(flat, case, smoothed, _sigma(smoothed, bandwidth))
        counted = case.times > 0
        if not counted.any() or not (density[counted] > 0).all():
            return np.full(len(radii), np.nan)
        each = np.where(counted, case.times / np.where(counted, density, 1.0), 0.0)
        value = _inverse_weighted(flat, radii, choice, case, each)
        return value * flat.area / each.sum() if renormalise and correction != "border" else value

    def draw(flat: Plane, group: tuple[Group, Group | None], rng: np.random.Generator) -> tuple[Group, Group | None]:
        case, rest = group
        if null == "random_labels" or rest is None:
            dealt = rng.permutation(len(flat.at))
            first, second = dealt[: len(case.at)], dealt[len(case.at) :]
            return Group.once(flat.at[first], first), Group.once(flat.at[second], second)
        smoothed = case if own else rest
        if len(smoothed.at) == 0:
            return group
        return Group.once(_from_density(flat, smoothed, _sigma(smoothed, bandwidth), len(case.at), rng)), rest

    return second_order(
        found,
        choice,
        weighted,
        lambda r: np.pi * r**2,
        members=members,
        draw=draw,
        otherwise="too few plants, or the density is 0 at one of them: take a wider bandwidth",
    )


def _sigma(smoothed: Group, bandwidth: float | str) -> float:
    if not isinstance(bandwidth, str):
        return float(bandwidth)
    spread = float(np.sqrt(smoothed.at.var(axis=0).mean()))
    return float(max(spread, 1e-9) * len(smoothed.at) ** (-1.0 / 6.0))


def _within(flat: Plane, at: Array, sigma: float) -> Array:
    """Share of a Gaussian around each point that lies in the window."""
    x0, y0, x1, y1 = flat.window
    x, y = at[:, 0], at[:, 1]
    share: Array = (ndtr((x1 - x) / sigma) - ndtr((x0 - x) / sigma)) * (ndtr((y1 - y) / sigma) - ndtr((y0 - y) / sigma))
    return share


def _density(flat: Plane, case: Group, smoothed: Group, sigma: float) -> Array:
    """Density at each case, per km², each left out of its own, shape (n,)."""
    same = smoothed is case
    own = np.arange(len(case.at), dtype=np.int64) if same else np.full(len(case.at), -1, dtype=np.int64)
    ring = (np.zeros(1), sigma, False)
    height = ring_sums(tree(smoothed.at), smoothed.times, case.at, own, ring)[:, 0] / (2.0 * np.pi * sigma**2)
    scale = 1.0 if same else case.times.sum() / max(smoothed.times.sum(), 1.0)
    density: Array = height / _within(flat, case.at, sigma) * scale
    return density


def _inverse_weighted(flat: Plane, radii: Array, choice: Choice, case: Group, each: Array) -> Array:
    """Sum over pairs of the product of the cases' weights, over the area."""
    itself = np.arange(len(case.at), dtype=np.int64)
    edge = (MODES[choice.correction], flat.window)
    sums = edge_sums(tree(case.at), each, case.at, itself, radii, edge, choice.workers)
    if choice.correction == "border":
        kept = each[:, None] * (flat.border(case.at)[:, None] >= radii)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray((kept * sums).sum(axis=0) / kept.sum(axis=0), dtype=np.float64)
    return np.asarray(each @ sums / flat.area, dtype=np.float64)


def _from_density(flat: Plane, smoothed: Group, sigma: float, count: int, rng: np.random.Generator) -> Array:
    """Draw points from the smoothed density, within the window."""
    x0, y0, x1, y1 = flat.window
    corner = float(_within(flat, np.array([[x0, y0]]), sigma)[0])
    share = _within(flat, smoothed.at, sigma)
    chance = np.cumsum(share * smoothed.times)
    drawn: list[Array] = []
    missing = count
    while missing:
        picked = np.searchsorted(chance, rng.random(4 * missing + 16) * chance[-1], side="right")
        centre = smoothed.at[np.minimum(picked, len(chance) - 1)]
        low, high = ndtr(([x0, y0] - centre) / sigma), ndtr(([x1, y1] - centre) / sigma)
        at = np.clip(centre + sigma * ndtri(low + rng.random(centre.shape) * (high - low)), [x0, y0], [x1, y1])
        # Near the border the density is raised by what the kernel loses there.
        at = at[rng.random(len(at)) * _within(flat, at, sigma) <= corner][:missing]
        drawn.append(at)
        missing -= len(at)
    return np.concatenate(drawn)
