"""Platforms whose figures are known: the Olist sample and Airbnb in Albany, where the data are at hand."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from jiqun.cluster import Cluster
from jiqun.measure.driver import driver_profile
from jiqun.measure.platform import Platform, platform_indices


@pytest.fixture(scope="module")
def olist(shared_data: Path) -> Cluster:
    folder = shared_data / "olist_sample_NC"
    read = {
        name: pl.read_parquet(folder / f"{name}.parquet")
        for name in ("order_items", "orders", "customers", "products", "sellers")
    }
    lines = (
        read["order_items"]
        .join(read["orders"], on="order_id")
        .join(read["customers"], on="customer_id")
        .join(read["products"].select("product_id", "product_category_name"), on="product_id")
        .join(read["sellers"], on="seller_id")
    )
    return Cluster.from_tables(
        interactions=lines.select(
            source="customer_unique_id",
            target="seller_id",
            time=pl.col("order_purchase_timestamp").str.to_datetime(),
            place_id="seller_state",
            category="product_category_name",
            amount=pl.col("price").cast(pl.Float64),
            quantity=pl.lit(1.0),
            freight=pl.col("freight_value").cast(pl.Float64),
        )
    )


@pytest.fixture(scope="module")
def albany(shared_data: Path) -> Cluster:
    folder = shared_data / "airbnb_albany"
    homes = pl.read_parquet(folder / "listings.parquet").select("listing", "host", "nb")
    stays = pl.read_parquet(folder / "reviews.parquet").join(homes, on="listing")
    return Cluster.from_tables(
        interactions=stays.select(
            source=pl.format("guest-{}", "guest"),
            target=pl.format("host-{}", "host"),
            time=pl.col("date").cast(pl.Datetime("us")),
            kind=pl.lit("stay"),
            place_id=pl.col("nb").cast(pl.String),
        )
    )


def value(made: Platform, name: str, side: str) -> float:
    found: float = made.indices.filter(indicator=name, side=side)["value"].item()
    return found


def test_the_olist_sample_has_its_sellers_and_buyers_who_do_not_come_back(olist: Cluster) -> None:
    made = platform_indices(olist, by=("side",), replicates=19)
    assert value(made, "interactions", "source") == 8_365
    assert (value(made, "participants", "source"), value(made, "participants", "target")) == (7_263, 1_610)
    assert value(made, "repeat_rate", "source") < 0.01
    months = made.survival.filter(pl.col("age") == 3)
    kept = dict(months.select("side", "value").rows())
    assert kept["source"] < 0.01 < 0.4 < kept["target"] < 0.6
    assert made.subsidies.height == 0


def test_the_driver_of_the_olist_sample_is_not_decided_because_buyers_are_counted_by_their_matches(
    olist: Cluster,
) -> None:
    made = driver_profile(olist, placebos=1, replicates=0)
    assert made.cost == "freight"
    assert made.position.label == "undetermined"
    assert made.position.reason is not None
    assert "1.0 matches" in made.position.reason.en
    freight = made.elements.filter(element="unit_cost", reading="within", term="freight")
    assert freight["low"].item() < freight["value"].item() < freight["high"].item()


def test_albany_has_stays_and_no_money(albany: Cluster) -> None:
    made = platform_indices(albany, by=("side",), replicates=0)
    assert (value(made, "participants", "source"), value(made, "participants", "target")) == (21_382, 170)
    assert value(made, "interactions", "target") == 25_313
    assert {"value", "visits", "reciprocity", "multi_homing"} <= set(made.missing)
    assert made.indices.filter(indicator="value")["note"].item().startswith("Not computable: needs column amount")
