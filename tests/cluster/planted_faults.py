"""A sound cluster, and for each rule a way to spoil it: what is spoiled, and what must be found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl

from jiqun.cluster import About, Cluster

Tables = dict[str, pl.DataFrame]

INDUSTRIES = ["111", "311", "334", "511", "541"]
N_ACTORS, N_EVENTS = 120, 1500


def clean() -> Tables:
    """Give all nine tables without a fault: every rule must stay silent."""
    rng = np.random.default_rng(20130101)
    places = [f"p{i:02d}" for i in range(12)]
    at = np.arange(N_ACTORS) % 12
    place_lon, place_lat = 116.0 + 0.21371 * np.arange(12), 39.0 + 0.17919 * np.arange(12)
    actors = pl.DataFrame(
        {
            "actor_id": [f"a{i:03d}" for i in range(N_ACTORS)],
            "name": [f"Firm {i}" for i in range(N_ACTORS)],
            "kind": ["firm"] * N_ACTORS,
            "industry_id": [INDUSTRIES[i % 5] for i in range(N_ACTORS)],
            "place_id": [places[i] for i in at],
            "lon": place_lon[at] + rng.normal(0, 0.031234567, N_ACTORS),
            "lat": place_lat[at] + rng.normal(0, 0.021234567, N_ACTORS),
            "founded": [date(1990, 1, 1) + timedelta(days=37 * i) for i in range(N_ACTORS)],
            "closed": [date(2016, 3, 1) if i % 17 == 0 else None for i in range(N_ACTORS)],
            "size": rng.lognormal(3, 1, N_ACTORS),
            "revenue": rng.lognormal(8, 1.5, N_ACTORS),
            "digital_native": [i % 3 == 0 for i in range(N_ACTORS)],
        }
    )
    open_ids = np.array([f"a{i:03d}" for i in range(N_ACTORS) if i % 17])
    source = rng.integers(0, len(open_ids), N_EVENTS)
    target = (source + rng.integers(1, len(open_ids), N_EVENTS)) % len(open_ids)
    interactions = pl.DataFrame(
        {
            "time": [datetime(2015, 1, 1) + timedelta(minutes=int(m)) for m in np.linspace(0, 1_040_000, N_EVENTS)],
            "source": open_ids[source],
            "target": open_ids[target],
            "kind": ["order"] * N_EVENTS,
            "amount": rng.lognormal(5, 1, N_EVENTS),
            "quantity": rng.integers(1, 9, N_EVENTS).astype(float),
            "category": [INDUSTRIES[i % 5] for i in range(N_EVENTS)],
            "matched_by": ["market" if i % 2 else "ai" for i in range(N_EVENTS)],
            "group": [f"g{i // 2}" for i in range(N_EVENTS)],
            "place_id": [places[i % 12] for i in range(N_EVENTS)],
            "subsidy_platform": [0.0] * N_EVENTS,
        }
    )
    years = [str(y) for y in range(2005, 2017)]
    cells = [(p, y, k) for k in ("gdp", "exports") for p in places for y in years]
    panel = pl.DataFrame(
        {
            "place_id": [p for p, _, _ in cells],
            "period": [y for _, y, _ in cells],
            "indicator": [k for _, _, k in cells],
            "value": 100.0 * np.exp(rng.normal(0, 0.05, len(cells)) + np.repeat(np.arange(24), 12) / 7.0),
        }
    )
    return {
        "actors": actors,
        "places": pl.DataFrame(
            {
                "place_id": [*places, "top"],
                "name": [f"District {p}" for p in places] + ["City"],
                "parent": ["top"] * 12 + [None],
                "lon": [*place_lon, 117.13571],
                "lat": [*place_lat, 40.11357],
                "area": rng.lognormal(4, 0.5, 13),
                "population": rng.lognormal(12, 0.5, 13),
            }
        ),
        "industries": pl.DataFrame(
            {"industry_id": INDUSTRIES, "name": ["Crops", "Food", "Chips", "Media", "Services"], "parent": [None] * 5},
            schema_overrides={"parent": pl.String},
        ).with_columns(scheme=pl.lit("NAICS 2017")),
        "flows": pl.DataFrame(
            {"source": ["111", "311"], "target": ["311", "541"], "coefficient": [0.4, 0.1], "period": ["2015", "2015"]}
        ),
        "offers": pl.DataFrame(
            {
                "offer_id": [f"o{i}" for i in range(40)],
                "actor_id": [f"a{i:03d}" for i in range(40)],
                "text": ["parts"] * 40,
                "category": ["parts"] * 40,
                "price": rng.lognormal(3, 1, 40),
                "valid_from": [date(2016, 1, 1)] * 40,
                "valid_to": [date(2016, 12, 31)] * 40,
            }
        ),
        "needs": pl.DataFrame(
            {
                "need_id": [f"n{i}" for i in range(40)],
                "actor_id": [f"a{i:03d}" for i in range(40)],
                "category": ["parts"] * 40,
                "quantity": rng.lognormal(3, 1, 40),
                "deadline": [date(2030, 1, 1)] * 40,
            }
        ),
        "interactions": interactions,
        "ties": pl.DataFrame(
            {
                "source": [f"a{i:03d}" for i in range(30)],
                "target": [f"a{i + 1:03d}" for i in range(30)],
                "layer": ["physical", "digital"] * 15,
                "from": [date(2010, 1, 1)] * 30,
                "to": [None] * 30,
                "weight": [1.0] * 30,
            },
            schema_overrides={"to": pl.Date},
        ),
        "panel": panel,
    }


BEIJING = [f"1101{i:02d}" for i in (1, 2, 5, 6, 7, 8, 9, 11, 12, 13, 14)] + ["110000"]
ABOUT = About("planted", as_of="2016-12-31")


def cluster(tables: Tables, lib: Callable[[pl.DataFrame], object] = lambda f: f) -> Cluster:
    """Make a cluster of the tables, each handed over in a library."""
    return Cluster.from_tables(about=ABOUT, **{name: lib(frame) for name, frame in tables.items()})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Planted:
    """A fault: how it is made, and the findings of its rule: (table, column) → rows concerned."""

    spoil: Callable[[Tables], Tables]
    found: dict[tuple[str, str], int]
    codes: dict[str, str] = field(default_factory=dict)
    severity: str = ""


def put(table: str, column: str, rows: list[int], value: object) -> Callable[[Tables], Tables]:
    """Write a value into some rows of a column."""
    return lambda t: {
        **t,
        table: t[table].with_columns(
            pl.when(pl.int_range(pl.len()).is_in(rows))
            .then(pl.lit(value, dtype=t[table].schema[column]))
            .otherwise(column)
            .alias(column)
        ),
    }


def chain(*steps: Callable[[Tables], Tables]) -> Callable[[Tables], Tables]:
    """Make several faults one after the other."""

    def spoil(tables: Tables) -> Tables:
        for step in steps:
            tables = step(tables)
        return tables

    return spoil


def change(table: str, how: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[Tables], Tables]:
    """Change a whole table."""
    return lambda t: {**t, table: how(t[table])}


def drop(*tables: str) -> Callable[[Tables], Tables]:
    """Leave tables out."""
    return lambda t: {name: frame for name, frame in t.items() if name not in tables}


def twice(rows: int) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Repeat the first rows."""
    return lambda f: pl.concat([f, f.head(rows)])


def _conflict(frame: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([frame, frame.head(2).with_columns(name=pl.lit("Another"))])


def _shift(tables: Tables) -> Tables:
    from jiqun.cluster.coordinates import from_wgs84

    actors = tables["actors"]
    # close to their places: with 10 firms a place, a scatter of kilometres would hide a shift of metres
    at = actors.join(tables["places"].select("place_id", at_lon="lon", at_lat="lat"), on="place_id", how="left")
    near = at.select(
        lon=0.99 * pl.col("at_lon") + 0.01 * pl.col("lon"), lat=0.99 * pl.col("at_lat") + 0.01 * pl.col("lat")
    )
    lon, lat = from_wgs84(near["lon"].to_numpy(), near["lat"].to_numpy(), "GCJ-02")
    return {**tables, "actors": actors.with_columns(lon=pl.Series(lon), lat=pl.Series(lat))}


def _gap(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.filter(~pl.col("time").is_between(datetime(2015, 6, 1), datetime(2015, 8, 31, 23, 59)))


PLANTED: dict[str, Planted] = {
    "empty_table": Planted(change("offers", lambda f: f.clear()), {("offers", ""): 0}),
    "column_type": Planted(
        change("actors", lambda f: f.with_columns(founded=pl.col("founded").cast(pl.String))),
        {("actors", "founded"): N_ACTORS},
    ),
    "missing_key": Planted(
        chain(put("actors", "actor_id", [3, 5], None), put("interactions", "target", [7], "  ")),
        {("actors", "actor_id"): 2, ("interactions", "target"): 1},
    ),
    "conflicting_key": Planted(change("actors", _conflict), {("actors", "actor_id"): 2}),
    "repeated_row": Planted(
        chain(change("actors", twice(3)), change("panel", twice(4))),
        {("actors", "actor_id"): 3, ("panel", "place_id, period, indicator"): 4},
    ),
    "padded_key": Planted(put("actors", "place_id", [1, 2], "p01 "), {("actors", "place_id"): 2}),
    "broken_reference": Planted(
        chain(
            put("actors", "industry_id", [0, 1, 2], "nil"),
            put("interactions", "source", [10], "nobody"),
            put("places", "parent", [4], "nowhere"),
            put("actors", "place_id", [9], None),
        ),
        {("actors", "industry_id"): 3, ("interactions", "source"): 1, ("places", "parent"): 1},
    ),
    "reference_table_absent": Planted(
        drop("industries", "flows"), {("actors", "industry_id"): N_ACTORS, ("interactions", "category"): N_EVENTS}
    ),
    "future_date": Planted(
        chain(
            put("actors", "founded", [2], date(2018, 1, 3)),
            put("interactions", "time", [5, 6], datetime(9999, 12, 31)),
            put("ties", "from", [0], date(2200, 1, 1)),
        ),
        {("actors", "founded"): 1, ("interactions", "time"): 2, ("ties", "from"): 1},
    ),
    "ancient_date": Planted(
        chain(
            put("actors", "founded", [2], date(1066, 1, 1)),
            put("actors", "kind", [3], "institution"),
            put("actors", "founded", [3], date(1088, 1, 1)),
            put("interactions", "time", [5], datetime(1900, 1, 1)),
        ),
        {("actors", "founded"): 1, ("interactions", "time"): 1},
    ),
    "dates_out_of_order": Planted(
        chain(put("actors", "closed", [0], date(1980, 1, 1)), put("offers", "valid_to", [1, 2], date(2015, 1, 1))),
        {("actors", "closed"): 1, ("offers", "valid_to"): 2},
    ),
    "outside_lifetime": Planted(
        chain(
            put("actors", "founded", [1], date(2016, 11, 30)),
            change(
                "interactions",
                lambda f: f.with_columns(
                    source=pl.when(pl.col("source") == "a001").then(pl.lit("a002")).otherwise("source"),
                    target=pl.when(pl.col("target") == "a001").then(pl.lit("a003")).otherwise("target"),
                ),
            ),
            put("interactions", "source", [0, 1, 2], "a001"),
        ),
        {("interactions", "source"): 3},
    ),
    "coordinates_off_the_globe": Planted(put("actors", "lon", [4], 412.0), {("actors", "lon"): 1}),
    "coordinates_swapped": Planted(
        chain(put("actors", "lon", [4, 5], 39.9), put("actors", "lat", [4, 5], 116.4)), {("actors", "lon"): 2}
    ),
    "coordinates_zero": Planted(
        chain(put("places", "lon", [4], 0.0), put("places", "lat", [4], 0.0)), {("places", "lon"): 1}
    ),
    "half_a_coordinate": Planted(put("actors", "lat", [8], None), {("actors", "lon"): 1}),
    "far_from_the_rest": Planted(
        chain(put("actors", "lon", [8], 2.35), put("actors", "lat", [8], 48.85)), {("actors", "lon"): 1}
    ),
    "piled_up_points": Planted(
        chain(put("actors", "lon", list(range(15)), 116.5), put("actors", "lat", list(range(15)), 39.75)),
        {("actors", "lon"): 15},
    ),
    "rounded_coordinates": Planted(
        change("actors", lambda f: f.with_columns(pl.col("lon", "lat").round(2))), {("actors", "lon"): N_ACTORS}
    ),
    "shifted_coordinates": Planted(_shift, {("actors", "lon"): N_ACTORS}),
    "hierarchy_cycle": Planted(
        chain(*(put("places", "parent", [i], parent) for i, parent in enumerate(("p01", "p00", "p02")))),
        {("places", "parent"): 3},
    ),
    "not_finite": Planted(put("actors", "revenue", [2, 3], float("inf")), {("actors", "revenue"): 2}),
    "negative": Planted(put("actors", "size", [2, 3], -999.0), {("actors", "size"): 2}),
    "negative_amount": Planted(put("interactions", "amount", [2], -5.0), {("interactions", "amount"): 1}),
    "outlier": Planted(
        chain(put("interactions", "amount", [2, 9], 1e9), put("actors", "size", [0], 1e-7)),
        {("interactions", "amount"): 2, ("actors", "size"): 1},
    ),
    "constant_number": Planted(
        change("places", lambda f: f.with_columns(population=pl.lit(1000.0))), {("places", "population"): 13}
    ),
    "repeated_event": Planted(change("interactions", twice(6)), {("interactions", ""): 6}, severity="info"),
    "with_oneself": Planted(
        chain(put("interactions", "source", [1, 2], "a004"), put("interactions", "target", [1, 2], "a004")),
        {("interactions", "target"): 2},
    ),
    "unknown_choice": Planted(
        chain(put("interactions", "kind", [1, 2, 3], "purchase"), put("ties", "layer", [0], "cloud")),
        {("interactions", "kind"): 3, ("ties", "layer"): 1},
    ),
    "empty_period": Planted(change("interactions", _gap), {("interactions", "time"): 3}),
    "thin_coverage": Planted(
        chain(
            put("actors", "industry_id", list(range(30)), None),
            put("actors", "founded", [7, 8], None),
            put("interactions", "kind", list(range(100)), "view"),
            put("interactions", "amount", list(range(150)), None),
        ),
        {("actors", "industry_id"): 30, ("actors", "founded"): 2, ("interactions", "amount"): 50},
    ),
    "column_not_given": Planted(
        chain(
            change("interactions", lambda f: f.drop("time")),
            change("actors", lambda f: f.drop("industry_id", "lon", "lat")),
            change("places", lambda f: f.drop("lon", "lat")),
        ),
        {("interactions", "time"): N_EVENTS, ("actors", "industry_id"): N_ACTORS, ("actors", "lon"): N_ACTORS},
    ),
    "few_actors": Planted(put("actors", "place_id", [0, 1, 2], "top"), {("actors", "place_id"): 3}),
    "unreadable_period": Planted(put("panel", "period", [1, 2], "2005/06"), {("panel", "period"): 2}),
    "mixed_periods": Planted(put("panel", "period", [0], "2005-Q1"), {("panel", "period"): 1}),
    "same_everywhere": Planted(
        change(
            "panel",
            lambda f: f.with_columns(
                value=pl.when(pl.col("indicator") == "gdp").then(pl.col("period").cast(pl.Float64)).otherwise("value")
            ),
        ),
        {("panel", "value"): 144},
    ),
    "panel_holes": Planted(
        chain(put("panel", "value", [3, 4, 5], None), change("panel", lambda f: pl.concat([f.head(20), f[21:]]))),
        {("panel", "value"): 4},
    ),
    "leap": Planted(put("panel", "value", [6], 1e8), {("panel", "value"): 3}),
    "garbled_text": Planted(
        chain(
            put("actors", "name", [1], "锟斤拷"),
            put("actors", "name", [2], "CafÃ©"),
            put("offers", "text", [0], "\ufffd"),
        ),
        {("actors", "name"): 2, ("offers", "text"): 1},
    ),
    "same_name": Planted(put("actors", "name", [0, 12, 24], "ACME "), {("actors", "name"): 2}),
    "unknown_code": Planted(
        chain(
            put("industries", "industry_id", [0], "000"),
            put("actors", "industry_id", list(range(0, N_ACTORS, 5)), "000"),
        ),
        {("industries", "industry_id"): 1},
    ),
    "code_not_in_force": Planted(
        change("places", lambda f: f.with_columns(place_id=pl.Series(["341400", *BEIJING]))),
        {("places", "place_id"): 1},
        codes={"place": "CN-division"},
    ),
    "unknown_scheme": Planted(
        lambda t: t, {("industries", "industry_id"): 5}, codes={"industry": "HS 2017"}
    ),
}  # fmt: skip
