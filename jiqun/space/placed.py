"""Where each actor is in digital space: its community, its coordinates, how active it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.cluster.progress import Progress, silent
from jiqun.space.communities import Communities, communities_of
from jiqun.space.kept import kept
from jiqun.space.links import Links, links
from jiqun.space.spectral import Spectral, aligned, spectral

__all__ = ["TABLE_DIMENSIONS", "DigitalSpace", "coordinates", "digital_space"]

TABLE_DIMENSIONS = 3
"""Coordinates that indices by distance read: as many as their kernels take."""

SEEDS = (5, 3)
"""Seeds of the communities where none are asked for: of a network, and of one of many links."""
_MANY = 5_000_000
_STEP = Words("Reading who deals with whom", "正在读取交易关系")


@dataclass(frozen=True, slots=True)
class DigitalSpace:
    """The actors that have links, and where they are; rows are in the order of ``links.actors``."""

    links: Links
    communities: Communities
    spectral: Spectral | None
    """None where the network is too small for coordinates."""

    def table(self) -> pl.DataFrame:
        """Give ``actor_id, community, d1, d2, d3, degree, strength``, one row for each actor with links.

        Communities are written D1, D2, … from the largest, with as many digits as the last needs; coordinates are
        null for actors off the largest component.
        """
        wide = len(str(self.communities.count))
        names = np.array([f"D{n + 1:0{wide}d}" for n in range(int(self.communities.actor.max()) + 1)])
        columns: dict[str, object] = {
            "actor_id": self.links.actors.tolist(),
            "community": names[self.communities.actor].tolist(),
        }
        at = np.full((len(self.links.actors), TABLE_DIMENSIONS), np.nan)
        if self.spectral is not None:
            known = np.isfinite(self.spectral.at[:, 0])
            at[known] = 0.0
            at[known, : self.spectral.at.shape[1]] = self.spectral.at[known]
        columns |= {f"d{n + 1}": at[:, n] for n in range(TABLE_DIMENSIONS)}
        columns |= {"degree": self.links.degree, "strength": self.links.strength}
        return pl.DataFrame(columns).with_columns(pl.col("^d\\d$").fill_nan(None))


def digital_space(
    cluster: Cluster,
    *,
    interactions: str | list[str] | None = None,
    period: str | None = None,
    resolution: float = 1.0,
    seeds: int | None = None,
    rng: int = 0,
    progress: Progress = silent,
) -> DigitalSpace:
    """Give the digital space of a cluster, as some of its interactions make it.

    Parameters
    ----------
    cluster
        The data.
    interactions, period
        Which interactions or ties, see :func:`~jiqun.space.links.links`.
    resolution
        Of the communities: more of them the larger it is.
    seeds
        Partitions made and compared, see :func:`~jiqun.space.communities.communities_of`. None: five, and three from
        five million links on, to save time; how many it were, and how far they agree, is in the result.
    rng
        First seed of the communities, and that of the coordinates.
    progress
        Told as it goes.

    Returns
    -------
    DigitalSpace
        Kept in memory while the cluster is open.

    Raises
    ------
    JiqunError
        If there are no such interactions.

    Examples
    --------
    >>> sales = pl.DataFrame({"source": list("xyxyzwzw"), "target": list("ffgghhkk")})
    >>> made = digital_space(Cluster.from_tables(interactions=sales))
    >>> made.table().select("actor_id", "community", "degree").rows()
    [('f', 'D1', 2), ('g', 'D1', 2), ('h', 'D2', 2), ('k', 'D2', 2)]
    """
    progress(_STEP, 0, 1)
    made = links(cluster, interactions=interactions, period=period)
    progress(_STEP, 1, 1)
    seeds = seeds or (SEEDS[0] if made.matrix.nnz < _MANY else SEEDS[1])

    def compute() -> DigitalSpace:
        found = communities_of(
            made.matrix, one_mode=made.one_mode, resolution=resolution, seeds=seeds, rng=rng, progress=progress
        )
        try:
            at = spectral(made.matrix, dimensions=TABLE_DIMENSIONS, rng=rng, progress=progress)
        except JiqunError:
            at = None
        return DigitalSpace(made, found, at)

    return kept(cluster, f"digital:{made.choice}:{period}:{resolution}:{seeds}:{rng}", compute)


def coordinates(
    cluster: Cluster,
    periods: list[str],
    *,
    interactions: str | list[str] | None = None,
    dimensions: int = 2,
    rng: int = 0,
) -> pl.DataFrame:
    """Give the spectral coordinates of actors period by period, each turned to the one before.

    Parameters
    ----------
    cluster
        The data.
    periods
        Periods in order, see :func:`~jiqun.space.links.links`.
    interactions
        Which interactions.
    dimensions
        Coordinates.
    rng
        Seed.

    Returns
    -------
    polars.DataFrame
        ``period, actor_id, d1, d2, …``: by orthogonal Procrustes on the common actors, so that an arrow from one
        period to the next is a move of the actor and not of the axes. Actors off the largest component are left out.

    Raises
    ------
    JiqunError
        If a period has too few links, or two periods that follow have no actor in common.
    """
    parts: list[pl.DataFrame] = []
    before: tuple[Spectral, NDArray[np.str_]] | None = None
    for period in periods:
        made = links(cluster, interactions=interactions, period=period)
        at = spectral(made.matrix, dimensions=dimensions, rng=rng)
        if before is not None:
            at = aligned(at, made.actors, *before)
        before = (at, made.actors)
        known = np.isfinite(at.at[:, 0])
        columns = {f"d{n + 1}": at.at[known, n] for n in range(at.at.shape[1])}
        parts.append(pl.DataFrame({"period": period, "actor_id": made.actors[known].tolist(), **columns}))
    return pl.concat(parts, how="diagonal")
