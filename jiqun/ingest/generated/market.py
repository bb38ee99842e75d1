"""What happens between the two sides, month by month: orders in baskets, views, favourites, enquiries.

Each line has a *channel*. Offline (``offline``) a buyer meets firms by distance, whatever the firm's
community; online (``platform``) by community, whatever the distance, and the more closely so where the
match was made by ``ai``. So places shape one channel and communities the other: what is planted in one
space does not leak into the other except through the buyers themselves. The share of the platform grows
over the years, and with it the share of matches made by AI; the pull of distance falls.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.ingest.generated.firms import Side
from jiqun.ingest.generated.ground import Ground
from jiqun.ingest.generated.plan import Plan

__all__ = ["OWN_COMMUNITY", "Market", "lines_by_month"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

KINDS = np.array(["order", "view", "favourite", "enquiry"])
KIND_SHARES = np.array([0.64, 0.24, 0.05, 0.07])
OWN_COMMUNITY = {"browse": 0.72, "ai": 0.92}
"""Probability that a match on the platform stays in the buyer's community."""
LOYAL = 0.30
"""Share of orders that return to a firm the buyer knows, where it is still open."""
# Trade by month of the year: the Spring Festival dip, June, and the November peak.
SEASON = np.array([0.96, 0.72, 0.98, 0.98, 1.00, 1.10, 0.95, 0.95, 1.02, 1.03, 1.28, 1.08])
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Market:
    """Everything the months have in common."""

    plan: Plan
    ground: Ground
    firms: Side
    buyers: Side
    known: Ints
    """Firms that each buyer returns to: buyers × 3."""


def lines_by_month(market: Market, seed: np.random.SeedSequence) -> Iterator[pl.DataFrame]:
    """Give the interactions of one month after another, in order of time.

    The number of lines over all months is exactly that of the plan. Each month has its own random
    stream, so it does not matter how many are taken at once.

    Parameters
    ----------
    market
        The two sides and the ground.
    seed
        Parent of the streams of the months.
    """
    counts = _lines_in_months(market)
    for month, (lines, child) in enumerate(zip(counts, seed.spawn(len(counts)), strict=True)):
        if lines:
            yield _month(market, month, int(lines), np.random.Generator(np.random.Philox(child)))


def _lines_in_months(market: Market) -> Ints:
    """Share the lines over the months by active buyers and season, by largest remainder."""
    plan = market.plan
    starts = np.array([_first_day(plan, m) for m in range(plan.months)])
    crowd = np.array([market.buyers.activity[market.buyers.founded <= day].sum() for day in starts])
    weight = crowd * np.tile(SEASON, plan.years) * np.linspace(1.0, 1.35, plan.months)
    # With very few buyers no one may have entered in the first months; then nothing happens in them.
    weight = np.where(crowd > 0, weight, 0.0)
    if weight.sum() == 0:
        weight[-1] = 1.0
    exact = plan.interactions * weight / weight.sum()
    counts = np.floor(exact).astype(np.int64)
    short = plan.interactions - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:short]] += 1
    return np.asarray(counts)


@dataclass(frozen=True, slots=True)
class _Baskets:
    """What happens in a month, one row for each basket, and the basket of each line in order of time."""

    month: int
    line: Ints
    buyer: Ints
    kind: Ints
    moment: Ints
    platform: Flags
    ai: Flags
    planner: Flags


def _month(market: Market, month: int, lines: int, rng: np.random.Generator) -> pl.DataFrame:
    baskets = _happenings(market, month, lines, rng)
    return _frame(market, baskets, _targets(market, baskets, rng), rng)


def _happenings(market: Market, month: int, lines: int, rng: np.random.Generator) -> _Baskets:
    first, after = _first_day(market.plan, month), _first_day(market.plan, month + 1)
    progress = _progress(market.plan, month)
    basket, kind = _cut(lines, rng)
    many = len(kind)
    present = np.flatnonzero(market.buyers.founded <= first)
    if len(present) == 0:
        present = np.array([int(np.argmin(market.buyers.founded))])
    upto = np.cumsum(market.buyers.activity[present])
    at = np.searchsorted(upto, rng.random(many) * upto[-1], side="right")
    # Views, favourites and enquiries happen on the platform.
    platform = (rng.random(many) < 0.28 + 0.50 / (1 + np.exp(-9 * (progress - 0.45)))) | (kind > 0)
    ai = platform & (rng.random(many) < 0.02 + 0.43 * progress**2)
    planner = ~platform & (rng.random(many) < 0.02)
    moment = first * DAY_US + _moments(many, after - first, rng)
    line = basket[np.argsort(moment[basket], kind="stable")]
    return _Baskets(month, line, present[np.minimum(at, len(present) - 1)], kind, moment, platform, ai, planner)


def _cut(lines: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Cut so many lines into baskets: basket of each line, and kind of each basket."""
    # A basket of several lines is an order. Chances are per basket, the wanted shares per line.
    several, stop = 0.42, 0.45
    mean_size = 1 + several / stop
    others = KIND_SHARES[1:] * mean_size
    chance = np.concatenate([KIND_SHARES[:1], others]) / (KIND_SHARES[0] + others.sum())
    kind = rng.choice(len(KINDS), lines, p=chance)
    size = 1 + np.where((kind == 0) & (rng.random(lines) < several), rng.geometric(stop, lines), 0)
    upto = np.cumsum(size)
    many = int(np.searchsorted(upto, lines)) + 1
    size = size[:many].copy()
    size[-1] -= int(upto[many - 1]) - lines
    return np.repeat(np.arange(many), size), kind[:many]


def _moments(n: int, days: int, rng: np.random.Generator) -> Ints:
    """Draw moments within a month, in microseconds: days alike, hours by a double-peaked day."""
    hours = np.array(
        [1, 1, 1, 1, 1, 2, 4, 8, 14, 20, 22, 18, 13, 16, 20, 20, 17, 14, 12, 14, 16, 13, 8, 3], dtype=float
    )
    hour = rng.choice(24, n, p=hours / hours.sum())
    seconds = rng.integers(0, 3600, n)
    return np.asarray((rng.integers(0, days, n) * 86_400 + hour * 3600 + seconds) * 1_000_000)


def _targets(market: Market, baskets: _Baskets, rng: np.random.Generator) -> Ints:
    """Choose the firm of each line."""
    firms, buyers, line = market.firms, market.buyers, baskets.line
    first = _first_day(market.plan, baskets.month)
    # Only firms that are open all month can be chosen: no order before founding or after closing.
    standing = (firms.founded <= first) & (firms.closed > first + 31)
    weight = np.where(standing, firms.activity, 0.0)
    if weight.sum() == 0:
        weight = np.where(firms.founded == firms.founded.min(), 1.0, 0.0)
    who = baskets.buyer[line]
    by_community = _Chooser(firms.community, weight, market.plan.communities)
    by_place = _Chooser(firms.place, weight, len(market.ground.share))
    stay = np.where(baskets.ai[line], OWN_COMMUNITY["ai"], OWN_COMMUNITY["browse"])
    community = np.where(rng.random(len(line)) < stay, buyers.community[who], -1)
    target = by_community.choose(community, rng)
    offline = np.flatnonzero(~baskets.platform[line])
    pull = (1.5 - 0.6 * _progress(market.plan, baskets.month), by_place.mass)
    target[offline] = by_place.choose(_met_places(market.ground, pull, buyers.place[who[offline]], rng), rng)
    known = market.known[who, rng.integers(market.known.shape[1], size=len(line))]
    loyal = (rng.random(len(line)) < LOYAL) & standing[known]
    return np.asarray(np.where(loyal, known, target))


class _Chooser:
    """Draws firms by weight, within a group or (group −1, or an empty one) among all."""

    def __init__(self, group: Ints, weight: Floats, groups: int) -> None:
        self.order = np.argsort(group, kind="stable")
        self.upto = np.cumsum(weight[self.order])
        ends = np.searchsorted(group[self.order], np.arange(groups), side="right")
        self.ends = np.where(ends > 0, self.upto[ends - 1], 0.0)
        self.mass = np.diff(self.ends, prepend=0.0)

    def choose(self, group: Ints, rng: np.random.Generator) -> Ints:
        """Draw one firm for each group asked for."""
        within = (group >= 0) & (self.mass[group] > 1e-9)
        start = np.where(within, self.ends[group] - self.mass[group], 0.0)
        length = np.where(within, self.mass[group], self.upto[-1])
        at = np.searchsorted(self.upto, start + rng.random(len(group)) * length, side="right")
        return np.asarray(self.order[np.minimum(at, len(self.order) - 1)])


def _met_places(ground: Ground, pull: tuple[float, Floats], home: Ints, rng: np.random.Generator) -> Ints:
    """Draw the place in which a buyer meets a firm offline: gravity, with an exponent that falls over the years."""
    exponent, mass = pull
    upto = np.cumsum((1 + ground.distance_km / 12.0) ** -exponent * mass, axis=1)
    draw = rng.random(len(home)) * upto[home, -1]
    place = np.empty(len(home), dtype=np.int64)
    for p in range(len(ground.share)):
        of = np.flatnonzero(home == p)
        place[of] = np.searchsorted(upto[p], draw[of], side="right")
    return np.minimum(place, len(ground.share) - 1)


def _frame(market: Market, baskets: _Baskets, target: Ints, rng: np.random.Generator) -> pl.DataFrame:
    line, firms, buyers = baskets.line, market.firms, market.buyers
    online, buyer = baskets.platform[line], baskets.buyer[line]
    where = np.where(online, buyers.place[buyer], firms.place[target])
    matched = np.where(baskets.ai[line], 1, np.where(baskets.planner[line], 2, 0))
    industries = pl.Series([f"I{i + 1:02d}" for i in range(len(market.plan.planted))], dtype=pl.String)
    year, of_year = divmod(baskets.month, 12)
    stamp = f"G{market.plan.first_year + year}{of_year + 1:02d}"
    money = _money(market, baskets, target, rng)
    ordered = pl.Series(baskets.kind[line] == 0)
    return pl.select(
        pl.Series("time", baskets.moment[line]).cast(pl.Datetime("us")),
        buyers.ids.gather(pl.Series(buyer)).alias("source"),
        firms.ids.gather(pl.Series(target)).alias("target"),
        pl.Series(KINDS).gather(pl.Series(baskets.kind[line])).alias("kind"),
        *(_where(ordered, money[name]).alias(name) for name in ("amount", "quantity")),
        industries.gather(pl.Series(firms.industry[target])).alias("category"),
        pl.Series(["offline", "platform"]).gather(pl.Series(online.astype(np.int64))).alias("channel"),
        pl.Series(["market", "ai", "planner"]).gather(pl.Series(matched)).alias("matched_by"),
        pl.when(ordered).then(pl.format("{}-{}", pl.lit(stamp), pl.Series(line))).otherwise(None).alias("group"),
        market.ground.ids.gather(pl.Series(where)).alias("place_id"),
        *(_where(ordered, money[name]).alias(name) for name in ("subsidy_platform", "subsidy_supplier")),
    )


def _where(ordered: pl.Series, values: Floats) -> pl.Expr:
    return pl.when(ordered).then(pl.Series(values)).otherwise(None)


def _money(market: Market, baskets: _Baskets, target: Ints, rng: np.random.Generator) -> dict[str, Floats]:
    """Draw quantities, amounts and who bears which subsidy."""
    n = len(target)
    # Goods are ordered wholesale, by the dozens; services by the few.
    service = np.array([p.service for p in market.plan.planted])[market.firms.industry[target]]
    quantity = np.maximum(np.floor(rng.lognormal(np.where(service, 0.9, 3.2), 1.0)), 1.0)
    amount = np.round(market.firms.price[target] * quantity * rng.lognormal(0.0, 0.08, n), 2)
    helped = rng.random(n) < _helped(_progress(market.plan, baskets.month))
    helped &= baskets.platform[baskets.line]
    by_supplier = rng.random(n) < 0.10
    return {
        "quantity": quantity,
        "amount": amount,
        "subsidy_platform": np.round(np.where(helped, rng.uniform(0.04, 0.15, n) * amount, 0.0), 2),
        "subsidy_supplier": np.round(np.where(by_supplier, rng.uniform(0.03, 0.10, n) * amount, 0.0), 2),
    }


def _helped(progress: float) -> float:
    """Give the share of platform lines that it subsidises: a wave that seeds it and then ebbs."""
    return 0.24 * float(np.exp(-(((progress - 0.3) / 0.22) ** 2))) + 0.02


def _first_day(plan: Plan, month: int) -> int:
    start = np.datetime64(f"{plan.first_year}-01", "M") + month
    return int((start.astype("datetime64[D]") - np.datetime64("1970-01-01")).astype(int))


def _progress(plan: Plan, month: int) -> float:
    """Give how far the years have come, from 0 to 1."""
    return month / max(plan.months - 1, 1)
