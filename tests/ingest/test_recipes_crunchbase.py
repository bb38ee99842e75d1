"""The documented recipe of the Crunchbase 2013 files: layout, persons, and the known facts."""

# ruff: noqa: E501
# Rows of files are as long as they are.

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

import jiqun
from jiqun.cluster import Cluster, JiqunError, check
from jiqun.ingest import ingest, parse_recipe
from jiqun.ingest.drafting import draft
from jiqun.ingest.shipped import shipped_recipe

COMPANIES = (
    "permalink,name,category_code,funding_total_usd,status,country_code,state_code,region,city,funding_rounds,"
    "founded_at,founded_month,founded_quarter,founded_year,first_funding_at,last_funding_at,last_milestone_at"
)
ROUNDS = (
    "company_permalink,company_name,company_category_code,company_country_code,company_state_code,company_region,"
    "company_city,funding_round_type,funded_at,funded_month,funded_quarter,funded_year,raised_amount_usd"
)
ACQUISITIONS = (
    "company_permalink,company_name,company_category_code,company_country_code,company_state_code,company_region,"
    "company_city,acquirer_permalink,acquirer_name,acquirer_category_code,acquirer_country_code,acquirer_state_code,"
    "acquirer_region,acquirer_city,acquired_at,acquired_month,acquired_quarter,acquired_year,price_amount,"
    "price_currency_code"
)
INVESTMENTS = "company_name,investor_name,funded_when,amount_usd"


def original(folder: Path, name: str, lines: Sequence[str], encoding: str = "mac_roman") -> None:
    """Write a file as the repository has it: Mac Roman, lines that end in a carriage return alone."""
    (folder / name).write_bytes("\r".join(lines).encode(encoding, errors="replace"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A few rows of every kind in the original layout."""
    folder = tmp_path / "files"
    folder.mkdir()
    original(folder, "crunchbase-companies.csv", [
        COMPANIES,
        '/company/alpha,"Alpha, Inc.",web,1000000,operating,USA,NY,New York,New York,1,2010-01-01,2010-01,2010-Q1,2010,2011-01-01,2011-01-01,',
        "/company/beta,Béta,fashion,,acquired,USA,NY,New York,Brooklyn,1,2009-05-01,2009-05,2009-Q2,2009,2011-02-01,2011-02-01,",
        "/company/gamma,Gamma,,500,closed,USA,,unknown,,1,,,,,2012-02-01,2012-02-01,",
    ])  # fmt: skip
    original(folder, "crunchbase-rounds.csv", [
        ROUNDS,
        "/company/alpha,Alpha,web,USA,NY,New York,New York,angel,2011-01-01,2011-01,2011-Q1,2011,1000000",
        "/company/beta,Béta,fashion,USA,NY,New York,Brooklyn,angel,2011-02-01,2011-02,2011-Q1,2011,250000",
    ])  # fmt: skip
    original(folder, "crunchbase-acquisitions.csv", [
        ACQUISITIONS,
        "/company/beta,Béta,fashion,USA,NY,New York,Brooklyn,/company/alpha,Alpha,web,USA,NY,New York,New York,2012-03-04,2012-03,2012-Q1,2012,7,USD",
        "/company/delta,Delta,,USA,,unknown,,/company/jane-roe,Jane Roe,,,,unknown,,2013-01-02,2013-01,2013-Q1,2013,9,EUR",
        ",,,,,,,,,,,,,,,,,,,",
        ",,,,,,,,,,,,,,,,,,,",
    ])  # fmt: skip
    original(folder, "investments.csv", [
        INVESTMENTS,
        '"Alpha, Inc.",Big Tree Capital,2011-01-01,1000000',
        '"Alpha, Inc.",Jane Roe,2011-01-01,1000000',
        "Elsewhere GmbH,Jane Roe,2012-06-01,",
        "Gamma,,2012-02-01,500",
        ",Big Tree Capital,,",
    ], "utf-8")  # fmt: skip
    return folder


def read(folder: Path, out: Path) -> Cluster:
    ingest(parse_recipe(shipped_recipe("crunchbase_2013"), folder=folder), out)
    return jiqun.open(out)


def test_the_original_layout_is_read(small: Path, tmp_path: Path) -> None:
    c = read(small, tmp_path / "out")
    actors = c.polars("actors")
    startups = actors.filter(role="start-up").sort("actor_id")
    assert startups["name"].to_list() == ["Alpha, Inc.", "Béta", "Gamma"]
    assert startups["industry_id"].to_list() == ["web", "fashion", None]
    assert startups["place_id"].to_list() == ["New York", "New York", "unknown"]
    assert c.rows("interactions") == 5 + 2, "blank rows at the end of the acquisitions are not acquisitions"
    assert not [f for f in check(c) if f.rule in ("broken_reference", "missing_key", "duplicate_key")]


def test_no_person_is_named_in_any_table(small: Path, tmp_path: Path) -> None:
    c = read(small, tmp_path / "out")
    everything = "".join(c.polars(table).write_csv() for table in c.tables)
    assert "jane" not in everything.lower()
    named = c.polars("actors").filter(role="investor")["name"].drop_nulls().to_list()
    assert named == ["Big Tree Capital"]


def test_what_the_files_do_not_say_is_kept_as_undisclosed(small: Path, tmp_path: Path) -> None:
    deals = read(small, tmp_path / "out").polars("interactions").filter(kind="investment")
    assert deals.height == 5
    assert deals["source"].to_list().count("investor-undisclosed") == 1
    assert deals["target"].to_list().count("company-undisclosed") == 1
    assert deals["amount"].null_count() == 5, "the size of a round is not what one investor paid"
    assert deals.filter(pl.col("target") == "/company/alpha")["group"].n_unique() == 1


def test_an_amount_in_another_currency_is_not_taken_for_dollars(small: Path, tmp_path: Path) -> None:
    bought = read(small, tmp_path / "out").polars("interactions").filter(kind="acquisition").sort("time")
    assert bought["amount"].to_list() == [7.0, None]
    assert bought["price_amount"].to_list() == [7.0, 9.0]
    assert bought["price_currency"].to_list() == ["USD", "EUR"]


def test_the_draft_of_these_files_is_the_documented_recipe(small: Path) -> None:
    text = draft(sorted(small.glob("*.csv")))
    assert text.startswith("# The documented recipe crunchbase_2013")
    files = parse_recipe(text, folder=small).files
    assert files["companies"].path == "crunchbase-companies.csv"
    assert files["companies"].encoding == "mac_roman"
    assert files["investments"].encoding is None


def test_a_missing_file_is_named(small: Path, tmp_path: Path) -> None:
    (small / "investments.csv").unlink()
    with pytest.raises(JiqunError, match=r"investments"):
        read(small, tmp_path / "out")


@pytest.fixture(scope="module")
def whole(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Cluster:
    """The whole sample, written back in the original layout (and so without coordinates)."""
    folder, source = tmp_path_factory.mktemp("crunchbase"), shared_data / "crunchbase_2013"
    for name, header in (("companies", COMPANIES), ("rounds", ROUNDS), ("acquisitions", ACQUISITIONS)):
        frame = pl.read_parquet(source / f"{name}.parquet")
        rows = frame.select(
            pl.col(column) if column in frame.columns else pl.lit(None, dtype=pl.String).alias(column)
            for column in header.split(",")
        )
        with (folder / f"crunchbase-{name}.csv").open("w", encoding="mac_roman", errors="replace", newline="") as file:
            writer = csv.writer(file, lineterminator="\r")
            writer.writerow(rows.columns)
            writer.writerows(rows.iter_rows())
    investments = pl.read_parquet(source / "investments.parquet")
    investments.select(INVESTMENTS.split(",")).write_csv(folder / "investments.csv")
    return read(folder, tmp_path_factory.mktemp("out") / "crunchbase")


def test_known_counts_of_the_real_files(whole: Cluster) -> None:
    roles = dict(whole.polars("actors").group_by("role").len().iter_rows())
    kinds = dict(whole.polars("interactions").group_by("kind").len().iter_rows())
    assert roles["start-up"] == 17_727
    assert roles["investor"] == 16_770
    assert kinds["investment"] == 80_245
    # 6,185 rows in the file of acquisitions, of which 1,534 are blank.
    assert kinds["acquisition"] == 6_185 - 1_534


def test_known_split_of_investments_in_located_firms(whole: Cluster) -> None:
    located = whole.polars("actors").filter(role="start-up").filter(pl.col("place_id").is_not_null())
    deals = whole.polars("interactions").filter(kind="investment").drop_nulls("time")
    joined = deals.join(located, left_on="target", right_on="actor_id", how="semi")
    before = joined.filter(pl.col("time") < datetime(2012, 1, 1)).height
    assert (before, joined.height - before) == (36_321, 18_305)


def test_known_location_quotients_hold_on_the_ingested_start_ups(whole: Cluster) -> None:
    startups = whole.polars("actors").filter(role="start-up")
    found = Cluster.from_tables(actors=startups).measure("location_quotient", weight="count", replicates=0)
    facts = {(p, i): v for p, i, v in found.select("place_id", "industry_id", "value").iter_rows()}
    assert round(facts["New York", "fashion"], 2) == 4.36
    assert round(facts["Los Angeles", "games_video"], 2) == 2.40
    assert round(facts["Boston", "biotech"], 2) == 1.57


def test_no_broken_reference_and_no_investor_with_a_bare_two_word_name(whole: Cluster) -> None:
    assert not [f for f in check(whole) if f.severity == "error"]
    source = {json.dumps(n) for n in ("Peter Thiel", "Reid Hoffman", "Ron Conway", "Marc Andreessen")}
    names = {json.dumps(n) for n in whole.polars("actors")["name"].drop_nulls().to_list()}
    assert not names & source
    assert {json.dumps(n) for n in ("Sequoia Capital", "Intel Capital")} <= names


def test_the_sample_with_coordinates_is_read_as_parquet_through_the_draft(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "crunchbase_2013"
    recipe = parse_recipe(draft(sorted(folder.glob("*.parquet"))), folder=folder)
    ingest(recipe, tmp_path / "out")
    startups = jiqun.open(tmp_path / "out").polars("actors").filter(role="start-up")
    assert startups.height == 17_727
    assert startups["lon"].count() == 17_727 - 731
