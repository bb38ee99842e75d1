"""Home bias: what share of its interactions an actor has with its own place, against chance."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.cluster import Cluster, JiqunError
from jiqun.measure.gravity.flows import At, deals, placed
from jiqun.measure.resample import generators
from jiqun.space.actors import actors as roster

__all__ = ["home_bias"]

Array = NDArray[np.float64]
Codes = NDArray[np.int64]


def home_bias(
    cluster: Cluster,
    *,
    actors: Sequence[str] | None = None,
    side: Literal["source", "target"] = "source",
    interactions: str | list[str] | None = None,
    period: str | None = None,
    at: At = "place",
    most: int = 20,
    n: int = 999,
    replicates: int = 199,
    level: float = 0.95,
    rng: np.random.Generator | int | None = 0,
) -> pl.DataFrame:
    """Give the share of each actor's interactions that stay in its own place, and what chance would make it.

    The null keeps how many counterparts each actor has and how often each pair meets, and deals the counterparts anew
    among all pairs: a place with many firms is met often by everybody. Where an actor has no place it is taken to be
    at home where most of its interactions are; under the null, too, so that what this alone makes is not taken for a
    bias.

    Parameters
    ----------
    cluster
        The data.
    actors
        Identifiers or names; None takes those with most interactions.
    side
        Whether actors are those who act (``"source"``) or are acted on.
    interactions, period
        Which interactions, see :func:`jiqun.space.links.chosen`, and when.
    at
        Place of the actors, or its ``"parent"``.
    most
        Actors at most, where none are named.
    n
        Draws under the null; 0 leaves expectation and p out.
    replicates
        Poisson bootstrap over the counterparts of the actor; 0 leaves the interval out.
    level
        Coverage of the interval, and of the band under the null.
    rng
        Seed or generator.

    Returns
    -------
    polars.DataFrame
        ``actor_id, name, place_id, inferred, value, low, high, expected, expected_low, expected_high, p, ratio,
        interactions, counterparts, note, note_zh``, most interactions first. ``value`` is the share of all
        interactions with counterparts whose place is known, ``ratio`` is value to expectation, ``p`` two-sided.
        ``inferred`` says that the home is where most of the interactions are. Null, with a note, for an actor
        without such interactions.

    Raises
    ------
    JiqunError
        If an actor is not known, or no counterpart has a place.

    Examples
    --------
    >>> c = Cluster.from_tables(
    ...     actors=pl.DataFrame({"actor_id": ["v", "w", "f", "g"], "place_id": ["p", "q", "p", "q"]}),
    ...     interactions=pl.DataFrame({"source": ["v", "v", "v", "w"], "target": ["f", "f", "g", "g"]}))
    >>> home_bias(c, n=0, replicates=0).select("actor_id", "place_id", "value").rows()[0]
    ('v', 'p', 0.6666666666666666)
    """
    if not 0.0 < level < 1.0 or n < 0 or replicates < 0 or most < 1:
        raise JiqunError(
            "home_bias needs 0 < level < 1, n and replicates ≥ 0, most ≥ 1. Correct them.",
            "home_bias 要求 0 < level < 1，n 与 replicates 不小于 0，most 不小于 1。请更正。",
        )
    pairs = _pairs(cluster, side=side, interactions=interactions, period=period, at=at)
    chosen = _chosen(cluster, pairs, actors, most)
    places, code = np.unique(pairs["there"].to_numpy().astype(str), return_inverse=True)
    times = pairs["n"].to_numpy()
    owner = pairs["actor"].to_numpy().astype(str)
    seeds = generators(rng, 2 * len(chosen))
    home_of = dict(pairs.select("actor", "home").unique("actor").iter_rows())

    def one(position: int) -> dict[str, Any]:
        name = chosen[position]
        rows = np.flatnonzero(owner == name)
        given = home_of.get(name)
        home = -1
        if given is not None:
            where = int(np.searchsorted(places, given))
            home = where if where < len(places) and places[where] == given else len(places)
        made = _actor(
            code[rows], times[rows], home, len(places) + 1, replicates=replicates, level=level, rng=seeds[2 * position]
        )
        drawn = _null(code, times, len(rows), home, len(places) + 1, n=n, rng=seeds[2 * position + 1])
        at_home = given if given is not None else (str(places[made["home"]]) if len(rows) else None)
        return {"actor_id": name, "place_id": at_home, "inferred": given is None} | _told(made, drawn, level)

    with ThreadPoolExecutor(min(cpu_count() or 1, 8)) as pool:
        found = list(pool.map(one, range(len(chosen))))
    names = roster(cluster).select("actor_id", "name")
    made = pl.DataFrame(found, schema=_SCHEMA, orient="row").join(
        names, on="actor_id", how="left", maintain_order="left"
    )
    return made.select("actor_id", "name", *[c for c in _SCHEMA if c != "actor_id"])


_SCHEMA = {
    "actor_id": pl.String,
    "place_id": pl.String,
    "inferred": pl.Boolean,
    **dict.fromkeys(("value", "low", "high", "expected", "expected_low", "expected_high", "p", "ratio"), pl.Float64),
    "interactions": pl.Int64,
    "counterparts": pl.Int64,
    "note": pl.String,
    "note_zh": pl.String,
}


def _pairs(
    cluster: Cluster, *, side: str, interactions: str | list[str] | None, period: str | None, at: At
) -> pl.DataFrame:
    """Give ``actor, other, home, there, n``: pairs whose counterpart has a place, in the order of both."""
    if side not in {"source", "target"}:
        raise JiqunError(
            f"home_bias: side is 'source' or 'target', not {side!r}.",
            f"home_bias：side 为 'source' 或 'target'，不能为 {side!r}。",
        )
    own, other = ("origin", "destination") if side == "source" else ("destination", "origin")
    rows = deals(cluster, interactions=interactions, period=period, by=None)
    found = placed(cluster, rows, at=at, places="given")
    actor, partner = ("source", "target") if side == "source" else ("target", "source")
    known = found.filter(pl.col(other).is_not_null())
    if not known.height:
        raise JiqunError(
            "home_bias needs counterparts with a place; there are none. Give actors a place_id in the recipe.",
            "home_bias 需要对手方有地点，当前没有。请在配方中为主体填写 place_id。",
        )
    return (
        known.group_by(actor=pl.col(actor), other=pl.col(partner), home=pl.col(own), there=pl.col(other))
        .agg(pl.col("n").sum())
        .sort("actor", "other")
    )


def _chosen(cluster: Cluster, pairs: pl.DataFrame, actors: Sequence[str] | None, most: int) -> list[str]:
    """Identifiers of the actors asked for, most interactions first."""
    busy = pairs.group_by("actor").agg(pl.col("n").sum()).sort(["n", "actor"], descending=[True, False])
    if actors is None:
        return busy["actor"].head(most).to_list()
    known = roster(cluster).select("actor_id", "name")
    by_id = set(known["actor_id"].to_list())
    by_name = {name: actor for actor, name in known.drop_nulls("name").sort("actor_id", descending=True).iter_rows()}
    lacking = [a for a in actors if a not in by_id and a not in by_name]
    if lacking:
        raise JiqunError(
            f"home_bias: there is no actor {', '.join(map(repr, lacking[:5]))}. Give identifiers or names of actors.",
            f"home_bias：没有主体 {'、'.join(map(repr, lacking[:5]))}。请给出主体表中的编号或名称。",
        )
    asked = [a if a in by_id else by_name[a] for a in actors]
    order = {name: position for position, name in enumerate(busy["actor"].to_list())}
    return sorted(dict.fromkeys(asked), key=lambda a: (order.get(a, len(order)), a))


def _actor(
    code: Codes,
    times: Array,
    home: int,
    places: int,
    *,
    replicates: int,
    level: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Share at home, and its bootstrap interval over counterparts."""
    total = np.bincount(code, times, places)
    at = home if home >= 0 else int(total.argmax())
    value = float(total[at] / total.sum()) if total.sum() else np.nan
    low = high = np.nan
    if replicates and len(code) > 1:
        weight = rng.poisson(1.0, (replicates, len(code))) * times
        by_place = np.stack([np.bincount(code, row, places) for row in weight])
        sums = by_place.sum(axis=1)
        part = by_place[:, at] if home >= 0 else by_place.max(axis=1)
        share = part[sums > 0] / sums[sums > 0]
        low, high = (float(q) for q in np.quantile(share, [0.5 - level / 2, 0.5 + level / 2]))
    return {
        "home": at,
        "value": value,
        "low": low,
        "high": high,
        "interactions": total.sum(),
        "counterparts": len(code),
    }


def _null(
    code: Codes,
    times: Array,
    counterparts: int,
    home: int,
    places: int,
    *,
    n: int,
    rng: np.random.Generator,
) -> Array:
    """Shares at home of an actor to whom as many of all pairs are dealt."""
    if not n or not counterparts:
        return np.zeros(0)
    found = np.empty(n)
    for draw in range(n):
        dealt = rng.choice(len(code), counterparts, replace=False, shuffle=False)
        total = np.bincount(code[dealt], times[dealt], places)
        found[draw] = (total[home] if home >= 0 else total.max()) / total.sum()
    return found


def _told(made: dict[str, Any], drawn: Array, level: float) -> dict[str, Any]:
    value = made["value"]
    row: dict[str, Any] = {c: _number(made[c]) for c in ("value", "low", "high")}
    if len(drawn) and np.isfinite(value):
        expected = float(drawn.mean())
        band = np.quantile(drawn, [0.5 - level / 2, 0.5 + level / 2])
        above, below = (drawn >= value - 1e-12).sum(), (drawn <= value + 1e-12).sum()
        row |= {
            "expected": expected,
            "expected_low": float(band[0]),
            "expected_high": float(band[1]),
            "p": min(1.0, 2.0 * (1 + int(min(above, below))) / (len(drawn) + 1)),
            "ratio": value / expected if expected > 0 else None,
        }
    lacks = not np.isfinite(value)
    return row | {
        "interactions": round(float(made["interactions"])),
        "counterparts": made["counterparts"],
        "note": "no interaction with a counterpart whose place is known" if lacks else None,
        "note_zh": "没有与地点已知的对手方的互动" if lacks else None,
    }


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None
