"""Statements about both spaces: the quadrant of each industry, its drift, and how far the two spaces agree."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.measure.distance_association import Agreement, distance_correlation, mantel
from jiqun.measure.placed import Placed
from jiqun.measure.points import great_circle, on_sphere
from jiqun.space import actors
from jiqun.space.effective import effective_distance
from jiqun.space.links import actor_graph, links
from jiqun.space.spectral import spectral

__all__ = ["QUADRANTS", "agreement", "coagglomeration_coupling", "drift", "quadrants"]

Array = NDArray[np.float64]

QUADRANTS: Mapping[str, Words] = MappingProxyType(
    {
        "concentrated-concentrated": Words("concentrated in both spaces", "实集中、虚集中"),
        "concentrated-dispersed": Words("concentrated on the ground only", "实集中、虚分散"),
        "dispersed-concentrated": Words("concentrated on the platform only", "实分散、虚集中"),
        "dispersed-dispersed": Words("dispersed in both spaces", "实分散、虚分散"),
    }
)
"""Physical state first, digital state second. “Dispersed” is: not more concentrated than by chance."""

STEP = Words("Testing industries in both spaces", "正在两个空间中检验各行业")


def quadrants(
    cluster: Cluster,
    *,
    periods: list[str] | None = None,
    interactions: str | list[str] | None = None,
    physical: str = "shared_counterparts",
    digital: str = "shared_counterparts",
    weight: str | None = "count",
    size: float = 0.05,
    n: int = 999,
    compare: bool = True,
    replicates: int = 199,
    level: float = 0.95,
    rng: int = 0,
    kind: str | None = "firm",
    progress: Progress = silent,
) -> pl.DataFrame:
    """Say of each industry whether it is concentrated on the ground and in the network, each against its own null.

    An industry is concentrated in a space where its value is above that expected under the null and its two-sided
    probability at most ``size``. To be above by chance is one side of it, so that an industry that is dispersed is
    called concentrated with a probability of at most ``size / 2`` in each space and ``size`` in any (Bonferroni).

    On the ground labels are swapped among all firms, in the network among those about as popular. With the default
    index they are swapped with those of the industries that are not themselves found concentrated in that space,
    since where a few are, the whole is not what the others follow (``against="others"`` of
    :func:`~jiqun.measure.digital.shared_counterparts.shared_counterparts`).

    Parameters
    ----------
    cluster
        The data.
    periods
        Periods to look at one by one; None looks at all time.
    interactions
        Which interactions make the digital space, see :func:`jiqun.space.links.chosen`.
    physical, digital
        Indices with one value for each industry, larger for more concentrated. The default asks the same of both
        spaces: do pairs of its firms share a place, or a counterpart, more often than by chance? Indices of the
        distance from the whole, such as ``"ellison_glaeser"``, find any difference: where some industries are
        concentrated the whole is not what the others follow, and with enough firms these, too, are called concentrated.
    weight
        Weight of a firm, for indices that have one: where firms are is seen best where each counts one; None takes
        their size, and the largest decide.
    size
        Size of the test of an industry: the chance that one that is dispersed in both spaces is called anything else.
    n
        Draws under each null.
    compare
        Whether to give, beside the digital value, the one that leaves the industry's own trade out, where the index
        has it (columns ``elsewhere``); takes most of the time.
    replicates, level
        Bootstrap of the values.
    rng
        Seed.
    kind
        Kind of actors that are measured.
    progress
        Told as it goes.

    Returns
    -------
    polars.DataFrame
        ``period, industry_id, quadrant, quadrant_en, quadrant_zh``; then for each space ``physical, physical_low,
        physical_high, physical_expected, physical_p`` and ``digital…``; ``elsewhere, elsewhere_p`` (null where not
        computed); ``interactions`` and ``note``. The quadrant is null, with a note, where a value is.

    Raises
    ------
    JiqunError
        If an index has not one value for each industry, or the cluster lacks what it needs.

    Examples
    --------
    >>> from jiqun.ingest.generated import generate
    >>> c = Cluster.from_tables(**generate(actors=160, interactions=4000, places=8, industries=4, seed=5).tables)
    >>> found = quadrants(c, interactions="channel=platform", n=99, replicates=0)
    >>> found.columns[:3], found.height
    (['period', 'industry_id', 'quadrant'], 4)
    """
    parts: list[pl.DataFrame] = []
    seen: list[str | None] = [None] if periods is None else list(periods)
    for number, period in enumerate(seen):
        progress(STEP, number, len(seen))
        sides = []
        for space, name in (("physical", physical), ("digital", digital)):
            placed = Placed(space, period, interactions)  # type: ignore[arg-type]
            left_out = compare and space == "digital"
            found = _tested(cluster, name, placed, n, left_out, weight, replicates, level, rng, kind)
            sides.append(found.rename(_of(space)))
        both = (
            sides[0]
            .drop("elsewhere", "elsewhere_p")
            .join(sides[1], on="industry_id", how="full", coalesce=True)
            .sort("industry_id")
        )
        said = links(cluster, interactions=interactions, period=period).words.en
        parts.append(
            _judged(both, size).with_columns(pl.lit(period).alias("period"), pl.lit(said).alias("interactions"))
        )
    progress(STEP, len(seen), len(seen))
    spaces = [f"{s}{c}" for s in ("physical", "digital") for c in ("", "_low", "_high", "_expected", "_p")]
    names = [f"quadrant{c}" for c in ("", "_en", "_zh")]
    beside = ("elsewhere", "elsewhere_p")
    return pl.concat(parts).select("period", "industry_id", *names, *spaces, *beside, "interactions", "note")


def _of(space: str) -> dict[str, str]:
    return {"value": space, **{c: f"{space}_{c}" for c in ("low", "high", "expected", "p", "note")}}


def _tested(  # noqa: PLR0917
    cluster: Cluster,
    name: str,
    placed: Placed,
    n: int,
    compare: bool,
    weight: str | None,
    replicates: int,
    level: float,
    rng: int,
    kind: str | None,
) -> pl.DataFrame:
    """Value, interval, expectation and probability of each industry: by the index's own null where it has one."""
    from jiqun.measure import indices, measure
    from jiqun.measure.enveloping import envelope
    from jiqun.measure.index import find

    index = find(name, indices())
    if index.grain != ("industry_id",):
        raise JiqunError(
            f"quadrants needs indices with one value for each industry; {name} has {', '.join(index.grain)}.",
            f"quadrants 需要每个行业一个值的指数；{name} 的粒度为 {'、'.join(index.grain)}。",
        )
    shared: dict[str, Any] = {"replicates": replicates, "level": level, "rng": rng, "kind": kind}
    shared |= {"weight": weight} if "weight" in index.parameters.model_fields else {}
    if "simulations" in index.parameters.model_fields:
        own: dict[str, Any] = {"simulations": n} | (
            {"compare": compare} if "compare" in index.parameters.model_fields else {}
        )
        own |= {"against": "others"} if "against" in index.parameters.model_fields else {}
        found = measure(cluster, name, space=placed, **shared, **own)
    else:
        found = envelope(name, cluster, space=placed, n=n, **shared)
    frame: pl.DataFrame = nw.from_native(found, eager_only=True).to_polars()
    columns = ("value", "low", "high", "expected", "p")
    beside = {"elsewhere": "elsewhere", "elsewhere_p": "p_elsewhere"}
    return frame.select(
        "industry_id",
        *(pl.col(c).cast(pl.Float64) for c in columns),
        *(
            (pl.col(c) if compare and c in frame.columns else pl.lit(None)).cast(pl.Float64).alias(to)
            for to, c in beside.items()
        ),
        pl.col("note").cast(pl.String),
    )


def _judged(both: pl.DataFrame, size: float) -> pl.DataFrame:
    states = []
    for space in ("physical", "digital"):
        value, expected, p = (both[f"{space}{c}"].to_numpy().astype(np.float64) for c in ("", "_expected", "_p"))
        # one side of a two-sided p: half of the size for each space, the whole for both together
        above = (value > expected) & (p <= size)
        known = np.isfinite(value) & np.isfinite(p)
        states.append(np.where(known, np.where(above, "concentrated", "dispersed"), ""))
    named = [f"{a}-{b}" if a and b else None for a, b in zip(*states, strict=True)]
    notes = [
        "; ".join(
            f"{s}: {t or 'no such industry'}"
            for s, t, k in zip(("physical", "digital"), row, state, strict=True)
            if not k
        )
        or None
        for row, state in zip(
            both.select("physical_note", "digital_note").rows(), zip(*states, strict=True), strict=True
        )
    ]
    words = [QUADRANTS[q] if q else None for q in named]
    return both.with_columns(
        pl.Series("quadrant", named, dtype=pl.String),
        pl.Series("quadrant_en", [w.en if w else None for w in words], dtype=pl.String),
        pl.Series("quadrant_zh", [w.zh if w else None for w in words], dtype=pl.String),
        pl.Series("note", notes, dtype=pl.String),
    ).drop("physical_note", "digital_note")


def drift(found: pl.DataFrame) -> pl.DataFrame:
    """Give how far each industry moved from one period to the next, with intervals.

    Parameters
    ----------
    found
        Quadrants of two periods or more, as :func:`quadrants` gives them, with intervals.

    Returns
    -------
    polars.DataFrame
        ``industry_id, period_before, period, quadrant_before, quadrant``, and for each space the change with its
        interval, ``physical_change, physical_change_low, physical_change_high`` and ``digital_change…``. The limits
        combine those of both periods as ``d ∓ √((v₂ − l₂)² + (u₁ − v₁)²)`` (Zou & Donner 2008), as if the two were
        independent; the same firms make both, so the interval is rather too wide.

    References
    ----------
    Zou, G. & Donner, A. (2008), Construction of confidence limits about effect measures: a general approach.
    Statistics in Medicine 27, 1693–1702.

    Examples
    --------
    >>> two = pl.DataFrame({"period": ["1", "2"], "industry_id": ["a", "a"], "quadrant": ["x", "y"],
    ...     "physical": [1.0, 2.0], "physical_low": [0.0, 1.0], "physical_high": [4.0, 6.0],
    ...     "digital": [1.0, 1.0], "digital_low": [1.0, 1.0], "digital_high": [1.0, 1.0]})
    >>> drift(two).select("physical_change", "physical_change_low", "physical_change_high").row(0)
    (1.0, -2.1622776601683795, 5.123105625617661)
    """
    order = {period: place for place, period in enumerate(found["period"].unique(maintain_order=True))}
    ranked = found.with_columns(pl.col("period").replace_strict(order, return_dtype=pl.Int64).alias("_at"))
    before = ranked.with_columns(pl.col("_at") + 1).rename(
        {c: f"{c}_before" for c in found.columns if c != "industry_id"}
    )
    joined = ranked.join(before, on=["industry_id", "_at"], how="inner").sort("industry_id", "_at")
    made: list[pl.Expr] = []
    for s in ("physical", "digital"):
        now, then = pl.col(s), pl.col(f"{s}_before")
        down = ((now - pl.col(f"{s}_low")) ** 2 + (pl.col(f"{s}_high_before") - then) ** 2).sqrt()
        up = ((pl.col(f"{s}_high") - now) ** 2 + (then - pl.col(f"{s}_low_before")) ** 2).sqrt()
        change = now - then
        made += [
            change.alias(f"{s}_change"),
            (change - down).alias(f"{s}_change_low"),
            (change + up).alias(f"{s}_change_high"),
        ]
    return joined.select("industry_id", "period_before", "period", "quadrant_before", "quadrant", *made)


def agreement(
    cluster: Cluster,
    *,
    interactions: str | list[str] | None = None,
    period: str | None = None,
    distance: Literal["spectral", "effective"] = "spectral",
    dimensions: int = 8,
    most: int = 1000,
    n: int = 999,
    rng: int = 0,
) -> pl.DataFrame:
    """Say whether actors that are near on the ground are near in the network: Mantel and distance correlation.

    Parameters
    ----------
    cluster
        The data.
    interactions, period
        What makes the digital space.
    distance
        In the digital space: ``"spectral"`` between coordinates, or ``"effective"`` along the network (the mean of
        both directions; pairs that no path joins are at the longest distance that occurs).
    dimensions
        Of the spectral coordinates.
    most
        Actors at most: of more, so many are drawn.
    n
        Permutations.
    rng
        Seed of the draw and of the permutations.

    Returns
    -------
    polars.DataFrame
        ``statistic`` (mantel, mantel of ranks, distance correlation), ``value, p, actors, distance, interactions``.

    Raises
    ------
    JiqunError
        If fewer than three actors have both positions.
    """
    made = links(cluster, interactions=interactions, period=period)
    at = spectral(made.matrix, dimensions=dimensions, rng=rng).at
    roster = actors(cluster).select("actor_id", "lon", "lat")
    place = pl.DataFrame({"actor_id": made.actors.tolist()}).join(
        roster, on="actor_id", how="left", maintain_order="left"
    )
    lon, lat = (place[c].to_numpy().astype(np.float64) for c in ("lon", "lat"))
    both = np.flatnonzero(np.isfinite(lon + lat + at[:, 0]))
    if len(both) > most:
        both = np.sort(np.random.default_rng(rng).choice(both, most, replace=False))
    ground = _apart(on_sphere(lon[both], lat[both]))
    if distance == "spectral":
        network = _apart(at[both])
    else:
        walked = effective_distance(actor_graph(made), sources=both)[:, both]
        walked[~np.isfinite(walked)] = walked[np.isfinite(walked)].max()
        network = (walked + walked.T) / 2.0
    ground = great_circle(ground)
    found: dict[str, Agreement] = {
        "mantel": mantel(ground, network, n=n, rng=rng),
        "mantel of ranks": mantel(ground, network, method="spearman", n=n, rng=rng),
        "distance correlation": distance_correlation(ground, network, n=n, rng=rng),
    }
    return pl.DataFrame(
        {
            "statistic": list(found),
            "value": [a.value for a in found.values()],
            "p": [a.p for a in found.values()],
            "actors": [a.members for a in found.values()],
            "distance": distance,
            "interactions": made.words.en,
        }
    )


def _apart(at: Array) -> Array:
    """Straight distances of all pairs, exactly symmetric and 0 for a point and itself."""
    squared = (at**2).sum(axis=1)
    found = np.sqrt(np.maximum(squared[:, None] + squared - 2.0 * (at @ at.T), 0.0))
    np.fill_diagonal(found, 0.0)
    return np.asarray((found + found.T) / 2.0)


def coagglomeration_coupling(
    cluster: Cluster,
    *,
    index: str = "coagglomeration",
    interactions: str | list[str] | None = None,
    period: str | None = None,
    n: int = 999,
    rng: int = 0,
    kind: str | None = "firm",
) -> tuple[pl.DataFrame, Agreement]:
    """Compare which industries are near each other on the ground and in the network.

    Parameters
    ----------
    cluster
        The data.
    index
        An index of pairs of industries that is computed in both spaces.
    interactions, period
        What makes the digital space.
    n
        Permutations of the industries.
    rng
        Seed.
    kind
        Kind of actors that are measured.

    Returns
    -------
    pairs, coupling
        ``industry_id, industry_id_2, physical, digital``; and the correlation over pairs of both, with a probability
        by permuting industries (Mantel's test on the two matrices; also known as QAP). Industries without a value in
        any pair of either space take no part.

    Raises
    ------
    JiqunError
        If fewer than three industries have all their values.

    References
    ----------
    Ellison, G., Glaeser, E. & Kerr, W. (2010), What causes industry agglomeration? doi:10.1257/aer.100.3.1195
    """
    from jiqun.measure import measure

    frames = []
    for space in ("physical", "digital"):
        placed = Placed(space, period, interactions)
        found = measure(cluster, index, space=placed, kind=kind, replicates=0)
        frame = nw.from_native(found, eager_only=True).to_polars()
        frames.append(frame.select("industry_id", "industry_id_2", pl.col("value").cast(pl.Float64).alias(space)))
    pairs = frames[0].join(frames[1], on=["industry_id", "industry_id_2"], how="full", coalesce=True)
    pairs = pairs.sort("industry_id", "industry_id_2")
    names = np.unique(np.r_[pairs["industry_id"].to_numpy().astype(str), pairs["industry_id_2"].to_numpy().astype(str)])
    first, second = (np.searchsorted(names, pairs[c].to_numpy().astype(str)) for c in ("industry_id", "industry_id_2"))
    matrices = []
    for space in ("physical", "digital"):
        matrix = np.full((len(names), len(names)), np.nan)
        matrix[first, second] = matrix[second, first] = pairs[space].to_numpy().astype(np.float64)
        np.fill_diagonal(matrix, 0.0)
        matrices.append(matrix)
    kept = _complete(np.isfinite(matrices[0] + matrices[1]))
    one, other = (m[np.ix_(kept, kept)] for m in matrices)
    return pairs, mantel(one, other, n=n, rng=rng)


def _complete(known: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Members left when the one that lacks most is dropped until nothing is lacking."""
    kept = np.arange(len(known))
    while len(kept) and not known[np.ix_(kept, kept)].all():
        lacking = (~known[np.ix_(kept, kept)]).sum(axis=1)
        kept = np.delete(kept, int(lacking.argmax()))
    return kept
