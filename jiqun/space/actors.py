"""Who is there: every actor once, with its industry, its place on the map and the time it lived."""

from __future__ import annotations

from collections.abc import Mapping

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError
from jiqun.space.exchanges import Exchanges, exchanges
from jiqun.space.frames import typed, usable
from jiqun.space.kept import kept
from jiqun.space.periods import Window

__all__ = ["actors", "industry_names", "place_names", "selected", "within_industry"]

_SCHEMA = {
    "actor_id": pl.String,
    "name": pl.String,
    "kind": pl.String,
    "industry": pl.String,
    "place": pl.String,
    "lon": pl.Float64,
    "lat": pl.Float64,
    "located": pl.String,
    "founded": pl.Date,
    "closed": pl.Date,
    "size": pl.Float64,
}


def actors(cluster: Cluster) -> pl.DataFrame:
    """Give one row for each actor, in the order of identifiers.

    Returns
    -------
    polars.DataFrame
        ``actor_id, name, kind, industry, place, lon, lat, located, founded, closed, size``. An actor
        without coordinates of its own takes those of its place (``located`` is then ``"place"``, else
        ``"own"``). Where no actor has an industry it is the category most traded. A cluster without
        actors has those that its interactions name.

    Examples
    --------
    >>> c = Cluster.from_tables(
    ...     actors=pl.DataFrame({"actor_id": ["b", "a"], "place_id": ["p", None]}),
    ...     places=pl.DataFrame({"place_id": ["p"], "lon": [120.0], "lat": [30.0]}),
    ... )
    >>> actors(c).select("actor_id", "lon", "located").rows()
    [('a', None, None), ('b', 120.0, 'place')]
    """
    return kept(cluster, "actors", lambda: _actors(cluster))


def _actors(cluster: Cluster) -> pl.DataFrame:
    if cluster.has("actors"):
        own = ("actor_id", "name", "kind", "industry_id", "place_id", "lon", "lat", "founded", "closed", "size")
        frame = (
            typed(cluster, "actors", *own)
            .collect("polars")
            .to_native()
            .rename({"industry_id": "industry", "place_id": "place"})
            .filter(pl.col("actor_id").is_not_null())
            .unique("actor_id", keep="first", maintain_order=True)
        )
    else:
        traded = exchanges(cluster)
        ids = np.union1d(traded.sources, traded.targets) if traded is not None else np.array([], dtype=str)
        frame = pl.DataFrame({"actor_id": ids.tolist()}, schema={"actor_id": pl.String})
        frame = frame.with_columns(pl.lit(None, dtype=t).alias(n) for n, t in _SCHEMA.items() if n not in frame.columns)
    frame = _locate(frame, cluster).with_columns(pl.col("founded", "closed").cast(pl.Date))
    if frame["industry"].null_count() == frame.height:
        frame = _by_trade(frame, cluster)
    return frame.select(pl.col(n).cast(t) for n, t in _SCHEMA.items()).sort("actor_id")


def _locate(frame: pl.DataFrame, cluster: Cluster) -> pl.DataFrame:
    plausible = pl.col("lon").is_between(-180, 180) & pl.col("lat").is_between(-90, 90)
    frame = frame.with_columns(pl.when(plausible).then(pl.lit("own")).alias("located"))
    frame = frame.with_columns(pl.when(plausible).then(pl.col("lon", "lat")))
    if not (usable(cluster, "places", "lon") and usable(cluster, "places", "lat")):
        return frame
    places = typed(cluster, "places", "place_id", "lon", "lat").collect("polars").to_native()
    places = places.filter(plausible).unique("place_id", keep="first").rename({"lon": "_lon", "lat": "_lat"})
    joined = frame.join(places, left_on="place", right_on="place_id", how="left", maintain_order="left")
    borrowed = pl.col("located").is_null() & pl.col("_lon").is_not_null()
    return joined.with_columns(
        pl.when(borrowed).then(pl.lit("place")).otherwise("located").alias("located"),
        pl.coalesce("lon", "_lon").alias("lon"),
        pl.coalesce("lat", "_lat").alias("lat"),
    ).drop("_lon", "_lat")


def _by_trade(frame: pl.DataFrame, cluster: Cluster) -> pl.DataFrame:
    """Give an actor the category it sells most; ties go to the first category in order."""
    if not usable(cluster, "interactions", "category"):
        return frame
    sold = (
        typed(cluster, "interactions", "target", "category")
        .filter(~nw.col("category").is_null())
        .group_by("target", "category")
        .agg(n=nw.len())
        .collect("polars")
        .to_native()
        .sort(["n", "category"], descending=[True, False])
        .unique("target", keep="first", maintain_order=True)
    )
    joined = frame.drop("industry").join(sold, left_on="actor_id", right_on="target", how="left", maintain_order="left")
    return joined.rename({"category": "industry"}).drop("n")


def industry_names(cluster: Cluster) -> Mapping[str, str]:
    """Give the names of industries by code; a code without a name is its own name."""
    return kept(cluster, "industry-names", lambda: _names(cluster, "industries", "industry_id"))


def place_names(cluster: Cluster) -> Mapping[str, str]:
    """Give the names of places by identifier."""
    return kept(cluster, "place-names", lambda: _names(cluster, "places", "place_id"))


def _names(cluster: Cluster, table: str, key: str) -> dict[str, str]:
    if not cluster.has(table):
        return {}
    rows = typed(cluster, table, key, "name").collect("polars").to_native().rows()
    return {k: name or k for k, name in rows if k is not None}


def within_industry(cluster: Cluster, industry: str) -> frozenset[str]:
    """Give an industry with all industries below it; a code system that loops is followed once.

    Raises
    ------
    JiqunError
        If neither the table of industries nor any actor knows the industry.
    """
    below: dict[str, list[str]] = {}
    known: set[str] = set()
    if cluster.has("industries"):
        for child, parent in typed(cluster, "industries", "industry_id", "parent").collect("polars").to_native().rows():
            known.add(child)
            below.setdefault(parent, []).append(child)
    if industry not in known and industry not in set(actors(cluster)["industry"].drop_nulls().to_list()):
        shown = repr(industry)[:60]
        raise JiqunError(
            f"No industry {shown} in {cluster.about.id}. Choose one that the filters list.",
            f"{cluster.about.id} 中没有行业 {shown}，请从筛选列表中选择。",
        )
    found: set[str] = set()
    waiting = [industry]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting += below.get(current, [])
    return frozenset(found)


def selected(cluster: Cluster, *, industry: str | None = None, within: Window | None = None) -> NDArray[np.bool_]:
    """Say which actors are under the filters, as a mask over :func:`actors`.

    An actor is there in a period if it was founded before the end of it and not closed before its
    start, or if it took part in an interaction in it. An actor about which no date is known at all –
    none of its own, none of an interaction – is there in every period.

    Parameters
    ----------
    cluster
        The data.
    industry
        Keep the actors of this industry and those below it.
    within
        Keep the actors of this time.
    """
    frame = actors(cluster)
    chosen = np.ones(frame.height, dtype=bool)
    if industry is not None:
        codes = list(within_industry(cluster, industry))
        chosen &= frame["industry"].is_in(codes).fill_null(value=False).to_numpy()
    if within is not None:
        chosen &= _alive(cluster, frame, within)
    return chosen


def _alive(cluster: Cluster, frame: pl.DataFrame, within: Window) -> NDArray[np.bool_]:
    founded, closed = pl.col("founded"), pl.col("closed")
    lives = (founded < within.end) & (closed.is_null() | (closed >= within.start))
    own = frame.select(lives.fill_null(value=False).alias("lives"))["lives"].to_numpy()
    undated = frame.select((founded.is_null() & closed.is_null()).alias("undated"))["undated"].to_numpy()
    # A founding date that is missing beside a known closing date: there until closed.
    still = (founded.is_null() & (closed >= within.start)).fill_null(value=False)
    ended = frame.select(still.alias("ended"))["ended"].to_numpy()
    traded = exchanges(cluster)
    if traded is None or not traded.dated:
        return np.asarray(own | undated | ended)
    ids = frame["actor_id"].to_numpy().astype(str)
    seen = _members(ids, traded, traded.dated_rows)
    now = _members(ids, traded, traded.within(within))
    return np.asarray(own | ended | now | (undated & ~seen))


def _members(ids: NDArray[np.str_], traded: Exchanges, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    named = [traded.sources[np.unique(traded.source[rows])], traded.targets[np.unique(traded.target[rows])]]
    return np.isin(ids, np.concatenate(named))
