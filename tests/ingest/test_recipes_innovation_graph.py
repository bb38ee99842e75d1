"""The documented recipe of the GitHub Innovation Graph: Namibia, the European Union, and the known facts."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import jiqun
from jiqun.cluster import Cluster, check
from jiqun.ingest import ingest, parse_recipe
from jiqun.ingest.drafting import draft
from jiqun.ingest.shipped import shipped_recipe

SMALL = {
    "economy_collaborators.csv": """\
source,destination,year,quarter,weight
NA,ZA,2020,1,150
EU,ZA,2020,1,900
ZA,EU,2020,1,800
ZA,NA,2020,2,101
""",
    "developers.csv": "developers,iso2_code,year,quarter\n500,NA,2020,1\n900,ZA,2020,1\n9000,EU,2020,1\n",
    "git_pushes.csv": "git_pushes,iso2_code,year,quarter\n50,NA,2020,1\n",
    "repositories.csv": "repositories,iso2_code,year,quarter\n70,ZA,2020,1\n",
    "organizations.csv": "organizations,iso2_code,year,quarter\n7,BQ,2020,1\n",
    "economies.csv": "iso2_code,name,lon,lat,area_km2\nNA,Namibia,17.2,-22.1,825000\nZA,South Africa,25.2,-28.9,\n",
}


def read(folder: Path, out: Path) -> Cluster:
    ingest(parse_recipe(shipped_recipe("github_innovation_graph"), folder=folder), out)
    return jiqun.open(out)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    for name, text in SMALL.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_namibia_is_an_economy_and_the_union_is_not(small: Path, tmp_path: Path) -> None:
    c = read(small, tmp_path / "out")
    assert sorted(c.polars("actors")["actor_id"].to_list()) == ["BQ", "NA", "ZA"]
    ties = c.polars("ties").sort("from")
    assert ties.select("source", "target", "weight").rows() == [("NA", "ZA", 150.0), ("ZA", "NA", 101.0)]
    assert [str(d) for d in ties["from"].to_list()] == ["2020-01-01", "2020-04-01"]
    assert [str(d) for d in ties["to"].to_list()] == ["2020-03-31", "2020-06-30"]
    places = {row[0]: row[1:] for row in c.polars("places").select("place_id", "name", "lon", "area").rows()}
    assert places == {"NA": ("Namibia", 17.2, 825000.0), "ZA": ("South Africa", 25.2, None), "BQ": ("BQ", None, None)}
    assert not [f for f in check(c) if f.severity == "error"]


def test_the_files_are_recognised_by_their_columns(small: Path) -> None:
    assert draft(sorted(small.glob("*.csv"))).startswith("# The documented recipe github_innovation_graph")


def test_known_facts_of_the_real_files(shared_data: Path, tmp_path: Path) -> None:
    folder = tmp_path / "real"
    folder.mkdir()
    for name in SMALL:
        source = shared_data / "github_innovation" / name.replace(".csv", ".parquet")
        if source.exists():
            pl.read_parquet(source).write_csv(folder / name)
    (folder / "economies.csv").write_text(SMALL["economies.csv"], encoding="utf-8")
    c = read(folder, tmp_path / "out")
    ties = c.polars("ties")
    assert ties.height == 70_006
    assert ties["weight"].min() == 101.0
    assert ties.filter(pl.col("source") == pl.col("target")).height == 0
    assert ties.filter(source="NA").height == 19
    assert ties["from"].n_unique() == 23
    assert not [f for f in check(c) if f.severity == "error"]
