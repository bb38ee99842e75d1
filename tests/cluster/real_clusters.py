"""The team's real data as clusters, columns renamed and nothing else: what a recipe would give."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from jiqun.cluster import About, Cluster


def crunchbase(data: Path) -> Cluster:
    """US start-ups, their investors and the dated investments, 2013."""
    folder = data / "crunchbase_2013"
    firms = pl.read_parquet(folder / "companies.parquet")
    place = pl.concat_str("state_code", "city", separator="/")
    start_ups = firms.select(
        actor_id="permalink",
        name="name",
        kind=pl.lit("firm"),
        industry_id="category_code",
        place_id=place,
        lon="lon",
        lat="lat",
        founded=pl.col("founded_at").str.to_date(strict=False),
        status="status",
    )
    deals = pl.read_parquet(folder / "investments.parquet").filter(pl.col("company_permalink").is_not_null())
    interactions = deals.select(
        time=pl.col("funded_when").str.to_datetime(strict=False),
        source=pl.lit("investor:") + pl.col("investor_name"),
        target="company_permalink",
        kind=pl.lit("investment"),
        amount="amount_usd",
    )
    investors = interactions.select(actor_id="source").drop_nulls().unique().with_columns(kind=pl.lit("buyer"))
    return Cluster.from_tables(
        about=About("crunchbase", as_of="2013-12-31"),
        actors=pl.concat([start_ups, investors], how="diagonal"),
        places=start_ups.select("place_id").drop_nulls().unique(),
        interactions=interactions,
    )


def olist(data: Path) -> Cluster:
    """Sellers, buyers and orders of a goods platform, 2016–2018."""
    folder = data / "olist_sample_NC"
    read = {file.stem: pl.read_parquet(file) for file in folder.glob("*.parquet")}
    zips = read["geolocation"].unique("geolocation_zip_code_prefix", keep="first")
    zips = zips.select(zip="geolocation_zip_code_prefix", lon="lon", lat="lat")
    sellers = read["sellers_full_3095"].select(
        actor_id="seller_id", kind=pl.lit("firm"), place_id="seller_city", zip="seller_zip_code_prefix"
    )
    buyers = read["customers"].unique("customer_unique_id", keep="first")
    buyers = buyers.select(
        actor_id="customer_unique_id", kind=pl.lit("buyer"), place_id="customer_city", zip="customer_zip_code_prefix"
    )
    actors = pl.concat([sellers, buyers]).join(zips, on="zip", how="left").drop("zip")
    lines = read["order_items"].join(read["orders"], on="order_id").join(read["customers"], on="customer_id")
    lines = lines.join(read["products_full_32951"], on="product_id", how="left")
    interactions = lines.select(
        time=pl.col("order_purchase_timestamp").str.to_datetime(),
        source="customer_unique_id",
        target="seller_id",
        kind=pl.lit("order"),
        amount=pl.col("price").cast(pl.Float64),
        category="product_category_name",
        group="order_id",
    )
    return Cluster.from_tables(
        about=About("olist", as_of="2018-10-31"),
        actors=actors,
        places=actors.select("place_id").drop_nulls().unique(),
        industries=read["products_full_32951"].select(industry_id="product_category_name").drop_nulls().unique(),
        interactions=interactions,
    )


def airbnb(data: Path) -> Cluster:
    """Hosts, listings and dated stays of one city, 2014–2024."""
    folder = data / "airbnb_albany"
    listings, reviews = pl.read_parquet(folder / "listings.parquet"), pl.read_parquet(folder / "reviews.parquet")
    firms = listings.select(
        actor_id=pl.lit("l") + pl.col("listing").cast(pl.String),
        kind=pl.lit("firm"),
        industry_id="room_type",
        place_id="nb",
        lon="lon",
        lat="lat",
        founded=pl.col("first_review").cast(pl.Date),
    )
    stays = reviews.select(
        time="date",
        source=pl.lit("g") + pl.col("guest").cast(pl.String),
        target=pl.lit("l") + pl.col("listing").cast(pl.String),
        kind=pl.lit("stay"),
    )
    guests = stays.select(actor_id="source").unique().with_columns(kind=pl.lit("buyer"))
    return Cluster.from_tables(
        about=About("airbnb", as_of="2024-12-31"),
        actors=pl.concat([firms, guests], how="diagonal"),
        interactions=stays,
    )


def cities(data: Path) -> Cluster:
    """300 Chinese cities, 2000–2024, as one value for each city, year and indicator."""
    folder = data / "china_city"
    wide = pl.read_parquet(folder / "city_macro_2000_2024.parquet")
    keys = ["year", "city", "province", "province_code", "city_code"]
    panel = wide.unpivot(index=["city_code", "year"], on=[c for c in wide.columns if c not in keys])
    points = pl.read_parquet(folder / "admin_points.parquet").filter(pl.col("level") == "city")
    named = wide.select(place_id=pl.col("city_code").cast(pl.String), name="city").unique("place_id")
    places = named.join(points.select(place_id="code", lon="lon", lat="lat"), on="place_id", how="left")
    return Cluster.from_tables(
        about=About("cities", as_of="2024-12-31"),
        places=places.with_columns(level=pl.lit("city")),
        panel=panel.select(
            place_id=pl.col("city_code").cast(pl.String),
            period=pl.col("year").cast(pl.String),
            indicator="variable",
            value=pl.col("value").cast(pl.Float64),
        ),
    )
