"""The documented recipe of Olist's nine files: layout, joins, and the known facts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

import jiqun
from jiqun.cluster import Cluster, check
from jiqun.ingest import ingest, parse_recipe
from jiqun.ingest.drafting import draft
from jiqun.ingest.shipped import shipped_recipe

SMALL: Mapping[str, str] = {
    "olist_customers_dataset.csv": """\
"customer_id","customer_unique_id","customer_zip_code_prefix","customer_city","customer_state"
"c1","u1","01001","sao paulo","SP"
"c2","u1","20040","rio de janeiro","RJ"
"c3","u2","20040","rio de janeiro","RJ"
""",
    "olist_geolocation_dataset.csv": """\
"geolocation_zip_code_prefix","geolocation_lat","geolocation_lng","geolocation_city","geolocation_state"
"01001",-23.55,-46.63,"sao paulo","SP"
"01001",-23.57,-46.65,"são paulo","SP"
"01001",42.1,9.0,"sao paulo","SP"
"20040",-22.90,-43.17,"rio de janeiro","RJ"
""",
    "olist_order_items_dataset.csv": """\
"order_id","order_item_id","product_id","seller_id","shipping_limit_date","price","freight_value"
"o1",1,"p1","s1","2017-01-05 10:00:00",10.50,2.00
"o1",2,"p2","s2","2017-01-05 10:00:00",30.00,3.00
"o2",1,"p1","s1","2017-02-05 10:00:00",12.50,2.00
"o3",1,"p3","s1","2017-03-05 10:00:00",99.00,9.00
""",
    "olist_order_payments_dataset.csv": """\
"order_id","payment_sequential","payment_type","payment_installments","payment_value"
"o1",1,"voucher",1,5.00
"o1",2,"credit_card",3,40.50
"o2",1,"boleto",1,14.50
""",
    "olist_order_reviews_dataset.csv": '''\
"review_id","order_id","review_score","review_comment_title","review_comment_message","review_creation_date","review_answer_timestamp"
"r1","o1",2,,"Chegou
tarde","2017-01-10 00:00:00","2017-01-11 00:00:00"
"r2","o1",5,,"Resolvido, ""obrigada""","2017-01-20 00:00:00","2017-01-21 00:00:00"
''',
    "olist_orders_dataset.csv": """\
"order_id","customer_id","order_status","order_purchase_timestamp","order_approved_at","order_delivered_carrier_date","order_delivered_customer_date","order_estimated_delivery_date"
"o1","c1","delivered","2017-01-01 12:00:00",,,,
"o2","c2","delivered","2017-02-01 12:00:00",,,,
"o3","c3","canceled","2017-03-01 12:00:00",,,,
""",
    "olist_products_dataset.csv": """\
"product_id","product_category_name","product_name_lenght","product_description_lenght","product_photos_qty","product_weight_g","product_length_cm","product_height_cm","product_width_cm"
"p1","bebes",1,1,1,100,1,1,1
"p2","perfumaria",1,1,1,100,1,1,1
"p3",,1,1,1,100,1,1,1
""",
    "olist_sellers_dataset.csv": """\
"seller_id","seller_zip_code_prefix","seller_city","seller_state"
"s1","01001","sao paulo","SP"
"s2","20040","rio de janeiro","RJ"
"s3","99999","nowhere","RJ"
""",
    "product_category_name_translation.csv": """\
\ufeffproduct_category_name,product_category_name_english
bebes,baby
""",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in SMALL.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def read(folder: Path, out: Path) -> Cluster:
    ingest(parse_recipe(shipped_recipe("olist"), folder=folder), out)
    return jiqun.open(out)


def test_an_order_line_joins_buyer_seller_category_review_and_payment(small: Path, tmp_path: Path) -> None:
    lines = read(small, tmp_path / "out").polars("interactions").sort("time", "target")
    assert lines.select("source", "target", "amount", "category", "group").rows() == [
        ("u1", "s1", 10.5, "bebes", "o1"),
        ("u1", "s2", 30.0, "perfumaria", "o1"),
        ("u1", "s1", 12.5, "bebes", "o2"),
        ("u2", "s1", 99.0, None, "o3"),
    ]
    assert lines["review_score"].to_list() == [5.0, 5.0, None, None], "the last review of an order counts"
    assert lines["payment_type"].to_list() == ["credit_card", "credit_card", "boleto", None]


def test_sellers_and_buyers_have_state_position_and_main_category(small: Path, tmp_path: Path) -> None:
    actors = read(small, tmp_path / "out").polars("actors")
    sellers = actors.filter(kind="firm").sort("actor_id")
    assert sellers.select("actor_id", "industry_id", "place_id").rows() == [
        ("s1", "bebes", "SP"), ("s2", "perfumaria", "RJ"), ("s3", None, "RJ"),
    ]  # fmt: skip
    assert sellers["lat"].to_list() == [-23.55, -22.9, None], "the median ignores the point in Corsica"
    buyers = actors.filter(kind="buyer").sort("actor_id")
    assert buyers.select("actor_id", "place_id").rows() == [("u1", "RJ"), ("u2", "RJ")], "where the last order went"


def test_categories_have_their_english_name_where_there_is_one(small: Path, tmp_path: Path) -> None:
    industries = read(small, tmp_path / "out").polars("industries").sort("industry_id")
    assert industries.select("industry_id", "name").rows() == [("bebes", "baby"), ("perfumaria", "perfumaria")]


def test_the_small_files_have_no_error_and_the_draft_knows_them(small: Path, tmp_path: Path) -> None:
    assert not [f for f in check(read(small, tmp_path / "out")) if f.severity == "error"]
    assert draft(sorted(small.glob("*.csv"))).startswith("# The documented recipe olist")


@pytest.fixture(scope="module")
def whole(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """The sample in the layout of Kaggle, with the complete lists of sellers and products."""
    folder, source = tmp_path_factory.mktemp("olist"), shared_data / "olist_sample_NC"
    files = {
        "customers": "olist_customers_dataset", "geolocation": "olist_geolocation_dataset",
        "order_items": "olist_order_items_dataset", "order_payments": "olist_order_payments_dataset",
        "order_reviews": "olist_order_reviews_dataset", "orders": "olist_orders_dataset",
        "products_full_32951": "olist_products_dataset", "sellers_full_3095": "olist_sellers_dataset",
    }  # fmt: skip
    renamed = {
        "lat": "geolocation_lat",
        "lon": "geolocation_lng",
        "city": "geolocation_city",
        "state": "geolocation_state",
    }
    for name, kaggle in files.items():
        pl.read_parquet(source / f"{name}.parquet").rename(renamed, strict=False).write_csv(folder / f"{kaggle}.csv")
    name = "product_category_name_translation.csv"
    (folder / name).write_text(SMALL[name], encoding="utf-8")
    return read(folder, tmp_path_factory.mktemp("out") / "olist")


def test_known_share_of_sellers_in_sao_paulo(whole: Cluster) -> None:
    sellers = whole.polars("actors").filter(kind="firm")
    assert sellers.height == 3_095
    assert round(100 * sellers.filter(place_id="SP").height / sellers.height, 1) == 59.7


def test_known_counts_of_the_sample_and_every_join_is_complete(whole: Cluster) -> None:
    lines = whole.polars("interactions")
    assert lines.height == 8_365
    assert lines["group"].n_unique() <= 8_135
    assert lines["target"].n_unique() == 1_610
    assert lines["product_id"].n_unique() == 5_460
    assert lines.select("time", "source", "target", "amount").null_count().row(0) == (0, 0, 0, 0)
    assert not [f for f in check(whole) if f.severity == "error"]
