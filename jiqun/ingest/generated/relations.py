"""Lasting relations and texts: input coefficients, supply and platform ties, offers and needs."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from jiqun.ingest.generated.firms import OPEN, Side
from jiqun.ingest.generated.ground import Ground
from jiqun.ingest.generated.plan import Plan
from jiqun.ingest.generated.texts import need_texts, offer_texts

__all__ = ["industry_ids", "make_flows", "make_needs", "make_offers", "make_ties"]

Ints = NDArray[np.int64]
DAY = pl.Date


def industry_ids(plan: Plan) -> pl.Series:
    """Give the identifiers of the industries: I01, I02 and so on."""
    return pl.Series("industry_id", [f"I{i + 1:02d}" for i in range(len(plan.planted))], dtype=pl.String)


def make_flows(plan: Plan, rng: np.random.Generator) -> pl.DataFrame:
    """Draw input coefficients; the inputs of an industry sum to less than 0.7 of its output."""
    n = len(plan.planted)
    coefficient = rng.gamma(0.5, 1.0, (n, n))
    np.fill_diagonal(coefficient, coefficient.diagonal() * 1.5)
    coefficient *= rng.uniform(0.35, 0.65, n) / coefficient.sum(axis=0)
    source, target = np.indices((n, n)).reshape(2, -1)
    ids = industry_ids(plan)
    return _table(
        {
            "source": ids.gather(pl.Series(source)),
            "target": ids.gather(pl.Series(target)),
            "coefficient": np.round(coefficient.ravel(), 5),
            "period": str(plan.first_year),
        }
    )


def make_ties(
    plan: Plan, ground: Ground, firms: Side, flows: pl.DataFrame, *, platforms: pl.Series, rng: np.random.Generator
) -> pl.DataFrame:
    """Draw supply ties on the ground (by input coefficient and distance) and digital ties (by community)."""
    n = len(firms)
    supply = _supply(plan, ground, firms, flows, rng)
    a, b = rng.integers(n, size=(2, n))
    b = _within(firms.community, a, b, 0.8, rng)
    online = _pairs(plan, firms, (a, b), ("joint listing", "digital"), rng)
    member = rng.random(n) < np.where(firms.native, 0.97, 0.62)
    who = np.flatnonzero(member)
    since = _since(plan, firms, who, rng)
    joined = _table(
        {
            "source": firms.ids.gather(pl.Series(who)),
            "target": platforms.gather(pl.Series(rng.choice(len(platforms), len(who), p=[0.7, 0.3]))),
            "kind": "platform membership",
            "layer": "digital",
            "from": pl.Series(since).cast(pl.Int32).cast(DAY),
            "to": _ends(firms.closed[who]),
            "weight": 1.0,
        }
    ).filter(
        (pl.col("to").is_null() | (pl.col("to") > pl.col("from")))
        & (pl.col("from") <= _dates(np.array([_last_day(plan)]))[0])
    )
    return pl.concat([supply, online, joined])


def make_offers(plan: Plan, firms: Side, rng: np.random.Generator) -> pl.DataFrame:
    """Draw what about half of the firms offer, one or two things each."""
    who = np.flatnonzero(rng.random(len(firms)) < 0.45)
    who = np.sort(np.concatenate([who, who[rng.random(len(who)) < 0.3]]))
    end = _last_day(plan)
    start = np.maximum(firms.founded[who], end - 720) + 1
    start = np.minimum(start, np.minimum(firms.closed[who], end) - 1)
    capacity = np.maximum(np.round(firms.size[who] * rng.lognormal(2.0, 0.8, len(who)), -1), 10.0)
    stop = np.minimum(start + rng.choice([180, 365, 730], len(who)), firms.closed[who])
    return _table(
        {
            "offer_id": pl.select(pl.format("O{}", pl.int_range(1, len(who) + 1))).to_series(),
            "actor_id": firms.ids.gather(pl.Series(who)),
            "text": offer_texts(plan.planted, firms.industry[who], capacity, rng),
            "category": industry_ids(plan).gather(pl.Series(firms.industry[who])),
            "capacity": capacity,
            "unit": "piece",
            "price": firms.price[who],
            "valid_from": _dates(start),
            "valid_to": _dates(stop),
        }
    )


def make_needs(plan: Plan, buyers: Side, rng: np.random.Generator) -> pl.DataFrame:
    """Draw open needs of about a tenth of the buyers; a quarter of them ask for several things at once."""
    who = np.flatnonzero(rng.random(len(buyers)) < 0.12)
    n = len(who)
    industries = len(plan.planted)
    wanted = rng.integers(industries, size=n)
    quantity = np.maximum(np.round(rng.lognormal(4.0, 1.0, n), 0), 1.0)
    parts = np.where(rng.random(n) < 0.25, rng.integers(2, 4, n), 1)
    ids = industry_ids(plan).to_list()
    components = [
        sorted({ids[(int(first) + step) % industries] for step in range(int(count))}) if count > 1 else []
        for first, count in zip(wanted, parts, strict=True)
    ]
    deadline = np.maximum(_last_day(plan), buyers.founded[who]) + rng.integers(7, 120, n)
    return _table(
        {
            "need_id": pl.select(pl.format("N{}", pl.int_range(1, n + 1))).to_series(),
            "actor_id": buyers.ids.gather(pl.Series(who)),
            "text": need_texts(plan.planted, wanted, quantity, rng),
            "category": industry_ids(plan).gather(pl.Series(wanted)),
            "quantity": quantity,
            "unit": "piece",
            "components": pl.Series(components, dtype=pl.List(pl.String)),
            "deadline": _dates(deadline),
        }
    )


def _supply(plan: Plan, ground: Ground, firms: Side, flows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Join suppliers to users: propose pairs at random, accept by coefficient and nearness."""
    n, industries = len(firms), len(plan.planted)
    coefficient = flows["coefficient"].to_numpy().reshape(industries, industries)
    a, b = rng.integers(n, size=(2, 12 * n))
    near = 1 / (1 + ground.distance_km[firms.place[a], firms.place[b]] / 15.0)
    chance = near * coefficient[firms.industry[a], firms.industry[b]]
    taken = rng.random(len(a)) < chance / max(np.quantile(chance, 0.95), 1e-12)
    return _pairs(plan, firms, (a[taken][: 3 * n], b[taken][: 3 * n]), ("supply", "physical"), rng)


def _within(group: Ints, a: Ints, b: Ints, share: float, rng: np.random.Generator) -> Ints:
    """Replace most partners by one of the same group."""
    order = np.argsort(group, kind="stable")
    counts = np.bincount(group)
    start = np.cumsum(counts) - counts
    same = order[start[group[a]] + np.floor(rng.random(len(a)) * counts[group[a]]).astype(np.int64)]
    return np.asarray(np.where(rng.random(len(a)) < share, same, b))


def _pairs(
    plan: Plan, firms: Side, pair: tuple[Ints, Ints], what: tuple[str, str], rng: np.random.Generator
) -> pl.DataFrame:
    """Make ties (of a kind, in a layer) of firms that were open at the same time; each pair once."""
    a, b = pair
    begin = np.maximum(firms.founded[a], firms.founded[b])
    if what[1] == "digital":
        begin = np.maximum(begin, _platform_start(plan))
    begin = begin + rng.integers(30, 400, len(a))
    end = np.minimum(firms.closed[a], firms.closed[b])
    good = (a != b) & (begin < np.minimum(end, _last_day(plan)))
    _, once = np.unique(a[good].astype(np.int64) * len(firms) + b[good], return_index=True)
    a, b, begin, end = (v[good][once] for v in (a, b, begin, end))
    return _table(
        {
            "source": firms.ids.gather(pl.Series(a)),
            "target": firms.ids.gather(pl.Series(b)),
            "kind": what[0],
            "layer": what[1],
            "from": _dates(begin),
            "to": _ends(end),
            "weight": np.round(rng.lognormal(0.0, 0.8, len(a)), 3),
        }
    )


def _since(plan: Plan, firms: Side, who: Ints, rng: np.random.Generator) -> Ints:
    return np.asarray(np.maximum(firms.founded[who], _platform_start(plan)) + rng.integers(10, 900, len(who)))


def _platform_start(plan: Plan) -> int:
    """Give the day on which the platform opened: four years before the data begin."""
    return int((np.datetime64(f"{plan.first_year - 4}-01-01") - np.datetime64("1970-01-01")).astype(int))


def _last_day(plan: Plan) -> int:
    return int((np.datetime64(f"{plan.first_year + plan.years}-01-01") - np.datetime64("1970-01-02")).astype(int))


def _dates(days: Ints) -> pl.Series:
    return pl.Series(np.asarray(days)).cast(pl.Int32).cast(DAY)


def _ends(days: Ints) -> pl.Series:
    """Give dates, null where it has not ended."""
    return pl.select(
        pl.when(pl.Series(days) == OPEN).then(None).otherwise(pl.Series(days)).cast(pl.Int32).cast(DAY)
    ).to_series()


def _table(columns: dict[str, Any]) -> pl.DataFrame:
    """Make a frame of series, arrays and constants; one without rows keeps its types, unlike ``pl.DataFrame``."""
    return pl.select(
        (pl.lit(value) if isinstance(value, str | float) else pl.Series(value)).alias(name)
        for name, value in columns.items()
    )
