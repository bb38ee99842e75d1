"""Which table an index sees in which space: the same columns, so that no index needs to know.

On the ground a place is a region and a point is longitude and latitude. In digital space the place is the community
of the actor, the point its spectral coordinates; every index that reads places or points is computed in both.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from jiqun.cluster import Cluster, JiqunError
from jiqun.measure.index import Index, Space
from jiqun.measure.measured import measured, provenance_of
from jiqun.measure.points import STRATUM
from jiqun.space import actors, selected, window
from jiqun.space.links import links
from jiqun.space.placed import DigitalSpace, digital_space
from jiqun.space.strata import activity_strata, own_activity

__all__ = ["LOCATION", "STRATUM", "Placed", "annotated", "placed_table", "space_name"]

LOCATION = ("place_id", "lon", "lat", "x", "y", "d1", "d2", "d3")


@dataclass(frozen=True, slots=True)
class Placed:
    """A space as an index sees it; goes wherever ``"physical"`` or ``"digital"`` does."""

    space: Space = "digital"
    period: str | None = None
    """A period, or first and last with a slash; None for all time."""
    interactions: str | list[str] | None = None
    """Which interactions make the digital space; see :func:`jiqun.space.links.chosen`."""
    resolution: float = 1.0
    seeds: int | None = None
    rng: int = 0
    quantiles: int | None = None
    """Strata of activity, for the null in digital space, see :func:`jiqun.space.strata.activity_strata`."""

    def digital(self, cluster: Cluster) -> DigitalSpace:
        """Give the digital space of a cluster."""
        return digital_space(
            cluster,
            interactions=self.interactions,
            period=self.period,
            resolution=self.resolution,
            seeds=self.seeds,
            rng=self.rng,
        )


def space_name(space: Space | Placed) -> Space:
    """Give the name of a space, however it was said.

    >>> space_name("physical"), space_name(Placed(period="2020"))
    ('physical', 'digital')
    """
    return space.space if isinstance(space, Placed) else space


def placed_table(cluster: Cluster, chosen: Index, table: nw.LazyFrame[Any], placed: Placed) -> nw.LazyFrame[Any]:
    """Put the actors of a table where they are in a space.

    Parameters
    ----------
    cluster
        The cluster.
    chosen
        The index: one of the family ``digital`` reads links, one row each, the others actors.
    table
        Actors.
    placed
        The space.

    Returns
    -------
    narwhals.LazyFrame
        Physical: the actors there in the period. Digital: ``place_id`` is the community, ``d1, d2, d3`` are the
        coordinates, all empty for actors without links, and :data:`STRATUM` is the quantile of the number of
        counterparts, net of what the community gives to all who are in it (−1 without links).
    """
    if placed.space == "physical":
        return _alive(cluster, table, placed.period) if placed.period else table
    if placed.space != "digital":
        raise JiqunError(
            f"There is no space {placed.space!r}. There are: physical, digital.",
            f"没有空间 {placed.space!r}，可用：physical、digital。",
        )
    columns = [c for c in table.collect_schema().names() if c not in LOCATION]
    kept = table.select(columns).collect("polars").to_native().with_columns(pl.col("actor_id").cast(pl.String))
    made = _links(cluster, kept, placed) if chosen.family == "digital" else _actors(cluster, kept, placed)
    return _as(made, table)


def _alive(cluster: Cluster, table: nw.LazyFrame[Any], period: str) -> nw.LazyFrame[Any]:
    first, _, last = period.partition("/")
    within = window(cluster, first, last or first)
    there = actors(cluster).filter(pl.Series(selected(cluster, within=within))).select("actor_id")
    kept = table.collect("polars").to_native().with_columns(pl.col("actor_id").cast(pl.String))
    return _as(kept.join(there, on="actor_id", how="semi", maintain_order="left"), table)


def _actors(cluster: Cluster, kept: pl.DataFrame, placed: Placed) -> pl.DataFrame:
    where = placed.digital(cluster).table().rename({"community": "place_id"})
    joined = kept.join(where, on="actor_id", how="left", maintain_order="left")
    linked = joined["degree"].fill_null(0).to_numpy() > 0
    here = joined.filter(pl.Series(linked))
    industry = here["industry_id"] if "industry_id" in here.columns else pl.repeat(None, here.height, eager=True)
    coded = industry.cast(pl.String).rank("dense").fill_null(0).to_numpy()
    own = own_activity(here["degree"].to_numpy(), coded, here["place_id"].rank("dense").to_numpy())
    stratum = np.full(len(linked), -1, dtype=np.int64)
    stratum[linked] = activity_strata(own, placed.quantiles)
    return joined.with_columns(pl.Series(STRATUM, stratum)).drop("degree", "strength")


def _links(cluster: Cluster, kept: pl.DataFrame, placed: Placed) -> pl.DataFrame:
    made = links(cluster, interactions=placed.interactions, period=placed.period)
    pairs = made.matrix.tocoo()
    rows = pl.DataFrame(
        {
            "actor_id": pl.Series(made.actors.tolist(), dtype=pl.String).gather(pl.Series(pairs.row)),
            "place_id": pl.Series(made.counterparts.tolist(), dtype=pl.String).gather(pl.Series(pairs.col)),
            "weight": pairs.data,
        }
    )
    few = kept.select("actor_id", "industry_id").unique(maintain_order=True)
    return few.join(rows, on="actor_id", how="left", maintain_order="left")


def _as(made: pl.DataFrame, like: nw.LazyFrame[Any]) -> nw.LazyFrame[Any]:
    """Give a frame in the library of another, lazily."""
    frame: nw.DataFrame[Any] = nw.from_native(made, eager_only=True)
    if like.implementation.is_pandas():
        frame = nw.from_native(frame.to_pandas(), eager_only=True)
    elif like.implementation.is_pyarrow():
        frame = nw.from_native(frame.to_arrow(), eager_only=True)
    return frame.lazy()


def annotated(result: Any, cluster: Cluster, chosen: Index, placed: Placed) -> Any:
    """Say in a result which space it is of: which interactions, how many communities, how stable.

    Parameters
    ----------
    result
        What an index gave.
    cluster, chosen, placed
        What it was given.

    Returns
    -------
    frame
        With columns ``space`` and ``interactions``, for indices of places also ``communities`` and ``stability`` (mean
        adjusted Rand index over seeds), before the note. Results on the ground stay as they are.
    """
    if placed.space == "physical":
        return result
    frame = nw.from_native(result, eager_only=True)
    said: dict[str, Any] = {"space": "digital"}
    if chosen.family == "digital":
        said["interactions"] = links(cluster, interactions=placed.interactions, period=placed.period).words.en
    else:
        made = placed.digital(cluster)
        said["interactions"] = made.links.words.en
        if "place_id" in chosen.needs.columns:
            said |= {"communities": made.communities.count, "stability": made.communities.stability}
    names = [name for name in frame.columns if name != "note"]
    told = (
        frame.with_columns(**{name: nw.lit(value) for name, value in said.items()})
        .select(*names, *said, *(("note",) if "note" in frame.columns else ()))
        .to_native()
    )
    provenance = provenance_of(result)
    return told if provenance is None else measured(told, replace(provenance, space="digital"))
