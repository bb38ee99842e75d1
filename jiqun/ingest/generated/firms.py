"""The two sides: firms placed by a dartboard of known γ in both spaces, and buyers in communities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.ingest.generated.ground import Ground
from jiqun.ingest.generated.plan import Plan
from jiqun.ingest.generated.texts import brand_names, buyer_names

__all__ = ["Side", "dartboard", "make_buyers", "make_firms"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
OPEN = np.iinfo(np.int64).max
"""Day of closing of what is still open."""


@dataclass(frozen=True, slots=True)
class Side:
    """Firms or buyers as columns of numbers; days are counted from 1970-01-01."""

    ids: pl.Series
    names: pl.Series
    industry: Ints
    place: Ints
    community: Ints
    lon: Floats
    lat: Floats
    founded: Ints
    closed: Ints
    size: Floats
    activity: Floats
    """Weight with which it takes part in interactions; heavy-tailed."""
    price: Floats
    native: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)


def dartboard(share: Floats, gamma: float, rng: np.random.Generator) -> Floats:
    """Draw the location probabilities of an industry so that Ellison–Glaeser's E[γ̂] is ``gamma``.

    Dirichlet with mean ``share`` and total (1 − γ)/γ; for γ = 0 the shares themselves.

    Examples
    --------
    >>> float(dartboard(np.array([0.25, 0.75]), 0.0, np.random.default_rng(1))[1])
    0.75
    """
    if gamma <= 0:
        return share
    drawn = rng.gamma(np.maximum(share * (1 - gamma) / gamma, 1e-9))
    total = drawn.sum()
    if total <= 0:  # γ so near 1 that every gamma variate underflows: all firms in one place
        drawn = np.zeros_like(share)
        drawn[rng.choice(len(share), p=share)] = total = 1.0
    return np.asarray(drawn / total)


def make_firms(plan: Plan, ground: Ground, rng: np.random.Generator) -> Side:
    """Draw firms: industry, place, community, dates, size, activity and price."""
    n, industries = plan.firms, len(plan.planted)
    weights = 0.6 * rng.dirichlet(np.full(industries, 6.0)) + 0.4 / industries
    industry = np.sort(np.concatenate([np.arange(industries), rng.choice(industries, n - industries, p=weights)]))
    place, community = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    crowd = np.full(plan.communities, 1 / plan.communities)
    for i, kind in enumerate(plan.planted):
        of = np.flatnonzero(industry == i)
        place[of] = rng.choice(len(ground.share), len(of), p=dartboard(ground.share, kind.gamma, rng))
        community[of] = rng.choice(plan.communities, len(of), p=dartboard(crowd, kind.gamma_digital, rng))
    founded, closed = _lives(plan, n, rng)
    size = np.maximum(np.round(rng.lognormal(np.log(28.0), 1.15, n)), 1.0)
    price = np.array([p.price for p in plan.planted])[industry] * rng.lognormal(0.0, 0.45, n)
    lon, lat = _scatter(ground, place, rng)
    # Large firms sell more, but only loosely: popularity on a platform is not employment.
    activity = rng.lognormal(0.0, 1.15, n) * size**0.4
    born = np.array([p.native for p in plan.planted])[industry]
    young = founded >= _day(plan.first_year - 6)
    native = rng.random(n) < np.where(young, np.minimum(1.5 * born, 0.97), 0.4 * born)
    ids = pl.select(pl.format("F{}", pl.int_range(1, n + 1).cast(pl.String).str.zfill(6))).to_series()
    names = brand_names(n, rng)
    return Side(
        ids, names, industry, place, community, lon, lat, founded, closed, size, activity, np.round(price, 2), native
    )


def make_buyers(plan: Plan, ground: Ground, rng: np.random.Generator) -> Side:
    """Draw buyers: place by population, community at random, and a date of entry."""
    n = plan.buyers
    place = rng.choice(len(ground.share), n, p=ground.share)
    community = rng.integers(plan.communities, size=n)
    lon, lat = _scatter(ground, place, rng)
    start, end = _day(plan.first_year), _day(plan.first_year + plan.years)
    early = rng.random(n) < 0.35
    founded = np.where(early, start - rng.integers(30, 6000, n), start + (end - start) * rng.beta(1.1, 1.4, n))
    size = np.maximum(np.round(rng.lognormal(np.log(6.0), 1.0, n)), 1.0)
    ids = pl.select(pl.format("B{}", pl.int_range(1, n + 1).cast(pl.String).str.zfill(7))).to_series()
    return Side(
        ids, buyer_names(ids), np.full(n, -1), place, community, lon, lat, founded.astype(np.int64),
        np.full(n, OPEN), size, rng.lognormal(0.0, 1.1, n), np.zeros(n), np.zeros(n, dtype=bool),
    )  # fmt: skip


def _lives(plan: Plan, n: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Draw dates of founding and closing: 55 % stand at the start, the rest enter, and some leave."""
    start, end = _day(plan.first_year), _day(plan.first_year + plan.years)
    stands = rng.random(n) < 0.55
    # Exponential ages cut at 25 years, by the inverse of the distribution, so that nothing heaps at the cut.
    age = 1 - 2600.0 * np.log1p(-rng.random(n) * -np.expm1(-9000.0 / 2600.0))
    entry = start + (end - start - 1) * rng.beta(1.2, 1.3, n)
    founded = np.floor(np.where(stands, start - age, entry)).astype(np.int64)
    # A hazard of 0.35 % a month, counted from entry into view, so that no firm closes before the first month.
    life = np.floor(rng.exponential(30.4 / 0.0035, n)).astype(np.int64) + 30
    closed = np.maximum(founded, start) + life
    return founded, np.where(closed < end, closed, OPEN)


def _scatter(ground: Ground, place: Ints, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Set actors around the centre of their place: most within about 2 km, some at the fringe."""
    spread = 0.016 * np.sqrt(rng.gamma(1.5, 1.0, len(place)))
    angle = rng.random(len(place)) * 2 * np.pi
    lon = ground.lon[place] + spread * np.cos(angle) / np.cos(np.radians(ground.lat[place]))
    return np.round(lon, 6), np.round(ground.lat[place] + spread * np.sin(angle), 6)


def _day(year: int) -> int:
    return int((np.datetime64(f"{year}-01-01") - np.datetime64("1970-01-01")).astype(int))
