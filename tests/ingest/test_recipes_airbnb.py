"""The documented recipe of Inside Airbnb: both layouts of listings, persons, and the known facts."""

# ruff: noqa: E501
# Rows of files are as long as they are.

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

import jiqun
from jiqun.cluster import Cluster, check
from jiqun.ingest import ingest, parse_recipe
from jiqun.ingest.drafting import draft
from jiqun.ingest.shipped import shipped_recipe

DETAILED = """\
id,listing_url,name,description,host_id,host_name,host_since,host_is_superhost,neighbourhood,neighbourhood_cleansed,latitude,longitude,property_type,room_type,accommodates,price,review_scores_rating
901,https://www.airbnb.com/rooms/901,Kenneth's place,"Quiet, clean.
Two beds.",4621559,Kenneth,2013-01-07,f,Neighborhood highlights,THIRD WARD,42.65,-73.75,Entire rental unit,Entire home/apt,4,"$1,070.00",4.5
902,https://www.airbnb.com/rooms/902,Attic,,4621559,Kenneth,2013-01-07,f,,SIXTH WARD,42.67,-73.77,Private room in home,Private room,2,$70.00,
903,https://www.airbnb.com/rooms/903,Loft,,77,Terra,2014-08-07,t,,SIXTH WARD,42.60,-73.70,Entire loft,Entire home/apt,2,,
"""
SHORT = """\
id,name,host_id,host_name,neighbourhood_group,neighbourhood,latitude,longitude,room_type,price,minimum_nights
901,Kenneth's place,4621559,Kenneth,,THIRD WARD,42.65,-73.75,Entire home/apt,1070,2
902,Attic,4621559,Kenneth,,SIXTH WARD,42.67,-73.77,Private room,70,2
903,Loft,77,Terra,,SIXTH WARD,42.60,-73.70,Entire home/apt,,2
"""
REVIEWS = '''\
listing_id,id,date,reviewer_id,reviewer_name,comments
901,1,2014-07-01,16827297,Kristen,"Kenneth left drinks, so nice.<br/>
""Lovely"""
902,2,2014-08-01,16827297,Kristen,Good
903,3,2015-01-01,555,Christopher,
'''


def written(folder: Path, listings: str) -> Path:
    folder.mkdir()
    (folder / "listings.csv.gz").write_bytes(gzip.compress(listings.encode()))
    (folder / "reviews.csv.gz").write_bytes(gzip.compress(REVIEWS.encode()))
    return folder


def read(folder: Path, out: Path) -> Cluster:
    ingest(parse_recipe(shipped_recipe("inside_airbnb"), folder=folder), out)
    return jiqun.open(out)


@pytest.mark.parametrize("layout", [DETAILED, SHORT], ids=["detailed", "short"])
def test_both_layouts_give_hosts_guests_listings_and_stays(tmp_path: Path, layout: str) -> None:
    c = read(written(tmp_path / "files", layout), tmp_path / "out")
    actors = c.polars("actors")
    assert dict(actors.group_by("kind").len().iter_rows()) == {"firm": 2, "buyer": 2}
    assert sorted(actors.filter(kind="firm")["size"].to_list()) == [1.0, 2.0]
    assert c.polars("offers")["price"].sort(nulls_last=True).to_list() == [70.0, 1070.0, None]
    stays = c.polars("interactions").sort("time")
    assert stays["time"].to_list() == [datetime(2014, 7, 1), datetime(2014, 8, 1), datetime(2015, 1, 1)]
    assert stays["source"].n_unique() == 2
    assert stays["target"][0] == stays["target"][1] != stays["target"][2]
    assert stays["place_id"].to_list() == ["THIRD WARD", "SIXTH WARD", "SIXTH WARD"]
    assert not [f for f in check(c) if f.severity == "error"]


@pytest.mark.parametrize("layout", [DETAILED, SHORT], ids=["detailed", "short"])
def test_no_name_text_or_number_of_a_person_is_kept(tmp_path: Path, layout: str) -> None:
    c = read(written(tmp_path / "files", layout), tmp_path / "out")
    everything = "".join(c.polars(table).write_csv() for table in c.tables)
    for trace in ("Kenneth", "Terra", "Kristen", "Christopher", "4621559", "16827297", "901", "drinks", "Quiet"):
        assert trace not in everything


def test_property_types_lie_under_room_types(tmp_path: Path) -> None:
    c = read(written(tmp_path / "files", DETAILED), tmp_path / "out")
    parents = dict(c.polars("industries").select("industry_id", "parent").iter_rows())
    assert parents == {
        "Entire rental unit": "Entire home/apt", "Private room in home": "Private room", "Entire loft": "Entire home/apt",
        "Entire home/apt": None, "Private room": None,
    }  # fmt: skip


def test_the_draft_knows_the_packed_files(tmp_path: Path) -> None:
    folder = written(tmp_path / "files", DETAILED)
    text = draft([folder / "listings.csv.gz", folder / "reviews.csv.gz"])
    assert text.startswith("# The documented recipe inside_airbnb")
    assert parse_recipe(text, folder=folder).files["reviews"].path == "reviews.csv.gz"


def test_known_counts_of_albany(shared_data: Path, tmp_path: Path) -> None:
    folder, source = tmp_path / "files", shared_data / "airbnb_albany"
    folder.mkdir()
    listings = pl.read_parquet(source / "listings.parquet").rename({
        "listing": "id", "host": "host_id", "lat": "latitude", "lon": "longitude", "nb": "neighbourhood_cleansed",
    })  # fmt: skip
    listings.with_columns(pl.col("host_since").dt.date()).write_csv(folder / "listings.csv")
    reviews = pl.read_parquet(source / "reviews.parquet").rename({"listing": "listing_id", "guest": "reviewer_id"})
    reviews.with_columns(pl.col("date").dt.date()).write_csv(folder / "reviews.csv")
    c = read(folder, tmp_path / "out")
    assert dict(c.polars("actors").group_by("kind").len().iter_rows()) == {"firm": 189, "buyer": 21_382}
    assert c.rows("offers") == 421
    assert c.rows("interactions") == 25_313
    assert c.polars("interactions").select("time", "source", "target").null_count().row(0) == (0, 0, 0)
    assert not [f for f in check(c) if f.severity == "error"]
