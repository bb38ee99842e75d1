"""Which places hold a cluster of an industry: three methods side by side, and how far they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import narwhals as nw
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, UnknownName, Words
from jiqun.measure.cells import cells
from jiqun.measure.evaluation.panel import Array
from jiqun.measure.evaluation.scored import table
from jiqun.measure.neighbours import neighbours, sites

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Agreement", "Identified", "agreement", "contiguous_groups", "core_places", "identify_clusters"]

Flags = NDArray[np.bool_]
WHO = "identify_clusters"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far several ways of choosing places agree."""

    pairs: tuple[tuple[str, str, float, float], ...]
    """Two methods, the share of places chosen by either that both choose (Jaccard), and Cohen's κ."""
    fleiss: float
    """Fleiss' κ over all methods: 1 full agreement, 0 as by chance; NaN where all choose all or none."""


@dataclass(frozen=True, slots=True)
class Identified:
    """Places by method; a method that the data cannot support has null throughout."""

    table: pl.DataFrame
    """``place_id, location_quotient, rows, by_quotient, by_network, by_contiguity, group, methods``."""
    agreement: Agreement
    missing: Mapping[str, Words]
    """Why a method could not be used."""


def identify_clusters(
    cluster: Cluster,
    industry: str,
    *,
    threshold: float = 1.25,
    least: int = 3,
    nearest: int = 4,
    weight: str | None = None,
    kind: str | None = "firm",
) -> Identified:
    r"""Identify the places that hold a cluster of an industry.

    *By quotient*: the location quotient is at least ``threshold`` and there are at least ``least`` actors. *By
    network*: the place is in the core of the network of places (:func:`core_places`) made of the interactions and
    ties whose target or source belongs to the industry. *By contiguity*: the place is one of at least two
    neighbouring places whose quotient is at least 1 (:func:`contiguous_groups`); neighbours are places each among
    the ``nearest`` of the other.

    Parameters
    ----------
    cluster
        With actors that have a place and an industry; interactions or ties, and coordinates, as far as there are.
    industry
        The industry.
    threshold, least, nearest
        As above.
    weight
        Column of weights of the quotient; None: size where the table has it, else each actor counts one.
    kind
        Kind of actors that are counted, where the table says it; None: all.

    Returns
    -------
    Identified
        One row for each place with actors.

    Raises
    ------
    MissingTable, MissingColumn
        If there are no actors, or they have no place or industry.
    UnknownName
        If no actor belongs to the industry.

    Examples
    --------
    >>> import polars as pl
    >>> actors = pl.DataFrame({"actor_id": list("abcdefgh"), "place_id": list("ppppqqqq"),
    ...                        "industry_id": ["i", "i", "i", "j", "j", "j", "j", "i"]})
    >>> found = identify_clusters(Cluster.from_tables(actors=actors), "i")
    >>> found.table.select("place_id", "location_quotient", "by_quotient").rows()
    [('p', 1.5, True), ('q', 0.5, False)]
    >>> sorted(found.missing)
    ['by_contiguity', 'by_network']
    """
    cluster.require(WHO, "actors", "actor_id", "place_id", "industry_id")
    if not threshold > 0 or least < 1 or nearest < 1:
        raise JiqunError(
            f"{WHO} needs a threshold above 0, and least and nearest of at least 1.",
            f"{WHO} 要求阈值大于 0，least 与 nearest 不小于 1。",
        )
    actors = cluster.scan("actors")
    if kind is not None and cluster.has("actors", "kind"):
        actors = actors.filter((nw.col("kind") == kind) | nw.col("kind").is_null())
    places, quotient, rows = _quotients(actors.to_native(), industry, weight)
    missing: dict[str, Words] = {}
    flags: dict[str, Flags | None] = {
        # a quotient that is the threshold but for rounding is at least the threshold
        "by_quotient": (np.nan_to_num(quotient) >= threshold * (1.0 - 1e-12)) & (rows >= least),
        "by_network": _network(cluster, industry, places, missing),
        "by_contiguity": None,
    }
    group = np.full(len(places), -1)
    near = _adjacency(cluster, places, nearest, missing)
    if near is not None:
        group = contiguous_groups(np.nan_to_num(quotient) >= 1.0 - 1e-12, near)
        flags["by_contiguity"] = group >= 0
    known = {name: f for name, f in flags.items() if f is not None}
    columns: dict[str, Any] = {
        "place_id": places,
        "location_quotient": quotient,
        "rows": rows,
        **{n: [None] * len(places) if f is None else f.tolist() for n, f in flags.items()},
        "group": [int(g) + 1 if g >= 0 else None for g in group],
        "methods": np.sum(list(known.values()), axis=0).tolist(),
    }
    return Identified(table(columns), agreement(known), missing)


def core_places(weights: Array) -> tuple[Flags, float]:
    r"""Core of a network: the places that are tied to each other and to which the others are tied, if at all.

    Of all k, the k places of largest strength whose pattern fits best: ties within the core 1, between core and
    periphery one half, within the periphery 0; the fit is the correlation of the pattern with the ties over all pairs.
    Ties count by :math:`\ln(1+w)`, so that one very heavy pair is not a core by itself, and places of the same
    strength are in the core together or not at all.

    Parameters
    ----------
    weights
        Symmetric, shape (places, places), ≥ 0; the diagonal is not looked at.

    Returns
    -------
    core, correlation
        Shape (places,); all False and NaN where no tie tells places apart.

    References
    ----------
    Borgatti & Everett (2000), Models of core/periphery structures. doi:10.1016/S0378-8733(99)00019-2

    Examples
    --------
    Three places tied to each other, and a star.

    >>> w = np.zeros((5, 5))
    >>> w[:3, :3] = 1.0
    >>> core_places(w)[0].tolist()
    [True, True, True, False, False]
    >>> star = np.zeros((4, 4))
    >>> star[0, 1:] = star[1:, 0] = 1.0
    >>> core, fit = core_places(star)
    >>> core.tolist(), round(fit, 9)
    ([True, False, False, False], 1.0)
    """
    n = len(weights)
    tie = np.log1p(weights)
    np.fill_diagonal(tie, 0.0)
    strength = tie.sum(axis=1)
    order = np.argsort(-strength, kind="stable")
    upper = np.triu(tie[np.ix_(order, order)], 1)
    pairs = max(n * (n - 1) / 2.0, 1.0)
    spread = float(np.sqrt(max((upper**2).sum() / pairs - (upper.sum() / pairs) ** 2, 0.0)))
    k = np.arange(1, n)
    steps = strength[order][:-1] - strength[order][1:] > 1e-9 * strength.max(initial=0.0)
    if spread <= 1e-12 or not steps.any():
        return np.zeros(n, dtype=bool), float("nan")
    # the ties within the first k, and half of those from them to the others, for every k at once
    inner = np.cumsum(upper.sum(axis=0))[:-1]
    cross = np.cumsum(upper.sum(axis=1))[:-1] - inner
    expected = k * (k - 1) / 2.0 + 0.5 * k * (n - k)
    squares = k * (k - 1) / 2.0 + 0.25 * k * (n - k)
    covariance = (inner + 0.5 * cross) / pairs - expected / pairs * upper.sum() / pairs
    pattern = np.sqrt(np.maximum(squares / pairs - (expected / pairs) ** 2, 0.0))
    fit = np.divide(covariance, pattern * spread, out=np.full(n - 1, -np.inf), where=steps & (pattern > 1e-12))
    if not fit.max() > 0:
        return np.zeros(n, dtype=bool), float("nan")
    best = int(fit.argmax())
    core = np.zeros(n, dtype=bool)
    core[order[: best + 1]] = True
    return core, float(fit[best])


def contiguous_groups(flag: Flags, adjacency: sp.csr_array) -> NDArray[np.int64]:
    """Number the groups of at least two neighbouring places that are flagged.

    Parameters
    ----------
    flag
        Shape (places,).
    adjacency
        Neighbours, shape (places, places).

    Returns
    -------
    numpy.ndarray
        Shape (places,): number of the group, the largest first; -1 for a place in none.

    Examples
    --------
    >>> line = sp.csr_array(np.eye(5, k=1) + np.eye(5, k=-1))
    >>> contiguous_groups(np.array([True, True, False, True, False]), line).tolist()
    [0, 0, -1, -1, -1]
    """
    from scipy.sparse.csgraph import connected_components

    inside = np.flatnonzero(flag)
    made = np.full(len(flag), -1, dtype=np.int64)
    if not len(inside):
        return made
    _, label = connected_components(adjacency[inside][:, inside], directed=False)
    size = np.bincount(label)
    ordered = [g for g in np.argsort(-size, kind="stable") if size[g] >= 2]
    for number, g in enumerate(ordered):
        made[inside[label == g]] = number
    return made


def agreement(flags: Mapping[str, Flags]) -> Agreement:
    r"""Agreement of methods: Jaccard and Cohen's κ of each pair, Fleiss' κ of all.

    Parameters
    ----------
    flags
        By method, each of shape (places,).

    References
    ----------
    Cohen (1960), A coefficient of agreement for nominal scales. doi:10.1177/001316446002000104

    Fleiss (1971), Measuring nominal scale agreement among many raters. doi:10.1037/h0031619

    Examples
    --------
    >>> a = agreement({"x": np.array([True, True, False, False]), "y": np.array([True, False, False, False])})
    >>> a.pairs, round(a.fleiss, 6)
    ((('x', 'y', 0.5, 0.5),), 0.466667)
    """
    names = list(flags)
    pairs = []
    for i, one in enumerate(names):
        for two in names[i + 1 :]:
            a, b = flags[one], flags[two]
            either = int((a | b).sum())
            same, p, q = float((a == b).mean()), float(a.mean()), float(b.mean())
            chance = p * q + (1 - p) * (1 - q)
            kappa = (same - chance) / (1 - chance) if chance < 1 else float("nan")
            pairs.append((one, two, (a & b).sum() / either if either else float("nan"), kappa))
    return Agreement(tuple((x, y, float(j), float(k)) for x, y, j, k in pairs), _fleiss([flags[n] for n in names]))


def _fleiss(flags: Sequence[Flags]) -> float:
    m = len(flags)
    if m < 2 or not len(flags[0]):
        return float("nan")
    yes = np.sum(flags, axis=0).astype(np.float64)
    same = float(((yes * (yes - 1) + (m - yes) * (m - yes - 1)) / (m * (m - 1))).mean())
    share = float(yes.mean()) / m
    chance = share**2 + (1 - share) ** 2
    return (same - chance) / (1 - chance) if chance < 1 else float("nan")


def _quotients(actors: Any, industry: str, weight: str | None) -> tuple[list[str], Array, NDArray[np.int64]]:
    held = cells(actors, WHO, place="place_id", industry="industry_id", weight=weight)
    if industry not in held.industries:
        raise UnknownName("industry", industry, held.industries[:50])
    at = int(np.flatnonzero(held.industries == industry)[0])
    total, rows = held.total(), held.total(power=0)
    own, place = total[:-1, at], total[:-1].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = (own / place) / (total[:, at].sum() / total.sum())
    return held.places.tolist(), np.asarray(quotient), rows[:-1, at].astype(np.int64)


def _network(cluster: Cluster, industry: str, places: list[str], missing: dict[str, Words]) -> Flags | None:
    import polars as pl

    known = cluster.scan("actors").select("actor_id", "place_id", "industry_id").collect("polars").to_polars()
    known = known.with_columns(pl.col("place_id").cast(pl.String), pl.col("industry_id").cast(pl.String))
    weights = np.zeros((len(places), len(places)))
    code = pl.DataFrame({"place_id": places, "code": np.arange(len(places))})
    ends = known.join(code, on="place_id", how="inner").select("actor_id", "industry_id", "code")
    for name in ("interactions", "ties"):
        if not cluster.has(name, "source", "target"):
            continue
        links = cluster.scan(name).group_by("source", "target").agg(n=nw.len()).collect("polars").to_polars()
        both = links.join(ends, left_on="source", right_on="actor_id").join(
            ends, left_on="target", right_on="actor_id", suffix="_target"
        )
        both = both.filter((pl.col("industry_id") == industry) | (pl.col("industry_id_target") == industry))
        np.add.at(weights, (both["code"].to_numpy(), both["code_target"].to_numpy()), both["n"].to_numpy())
    core, fit = core_places(weights + weights.T)
    if not np.isfinite(fit):
        missing["by_network"] = Words(
            "There are no interactions or ties of the industry between places that would tell places apart.",
            "没有足以区分各地的该行业跨地互动或关系。",
        )
        return None
    return core


def _adjacency(cluster: Cluster, places: list[str], nearest: int, missing: dict[str, Words]) -> sp.csr_array | None:
    for name in ("places", "actors"):
        if not (cluster.has(name, "lon", "lat") or cluster.has(name, "x", "y")):
            continue
        found = sites(cluster.scan(name).to_native(), WHO, "place_id")
        position = {p: i for i, p in enumerate(places)}
        held = [(row, position[p]) for row, p in enumerate(found.names.tolist()) if p in position]
        held = [(row, to) for row, to in held if np.isfinite(found.at[row]).all()]
        if len(held) < 2:
            continue
        rows, to = (np.array(v) for v in zip(*held, strict=True))
        kept = replace(found, names=found.names[rows], at=found.at[rows], outlines=None)
        near = neighbours(kept, WHO, how="nearest", k=nearest, distance_km=None, power=1.0)
        mutual = near.minimum(near.T).tocoo()
        return sp.csr_array((mutual.data, (to[mutual.row], to[mutual.col])), shape=(len(places),) * 2)
    missing["by_contiguity"] = Words("Neither places nor actors have coordinates.", "地点表和主体表都没有坐标。")
    return None
