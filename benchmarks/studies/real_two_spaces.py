"""What gravity, home bias and quadrants say of real data: the figures of docs/gravity.md and docs/two-spaces.md.

    python benchmarks/studies/real_two_spaces.py [crunchbase | quadrants | innovation | olist | generated] ...

Without a name all are computed (about ten minutes on one core). The data are not part of this repository: they are read
from the folder ``shared/data`` beside it, as docs/recipes says, and what is not there is skipped.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

import jiqun
from jiqun.cluster import Cluster
from jiqun.ingest import ingest, parse_recipe
from jiqun.ingest.drafting import draft
from jiqun.ingest.generated import generate
from jiqun.ingest.shipped import shipped_recipe
from jiqun.measure.gravity import gravity, home_bias
from jiqun.measure.two_spaces import drift, quadrants

DATA = Path(__file__).parents[3] / "shared" / "data"
PERIODS = ["2005/2007", "2008/2010", "2011/2013"]
TERMS = ("period", "channel", "term", "value", "low", "high", "p", "interactions", "cells", "zeros")


def main(asked: list[str]) -> None:
    """Compute what is asked for."""
    studies: dict[str, Callable[[], None]] = {
        "crunchbase": crunchbase,
        "quadrants": crunchbase_quadrants,
        "innovation": innovation,
        "olist": olist,
        "generated": generated,
    }
    with pl.Config(tbl_rows=200, tbl_cols=30, tbl_width_chars=240, float_precision=3):
        for name, study in studies.items():
            if name in asked or not set(asked) & set(studies):
                start = time.perf_counter()
                study()
                print(f"{name}: {time.perf_counter() - start:.0f} s\n")


def taken(name: str) -> Cluster | None:
    """Ingest a folder of the data through the recipe that knows it."""
    folder = DATA / name
    if not folder.is_dir():
        print(f"skipped: {name} is not there")
        return None
    recipe = draft(sorted(folder.glob("*.parquet")))
    out = Path(tempfile.mkdtemp()) / name
    ingest(parse_recipe(recipe, folder=folder), out)
    return jiqun.open(out)


def crunchbase() -> None:
    """Who invests where: elasticities by year under three treatments of what stays at home, and home bias."""
    c = taken("crunchbase_2013")
    if c is None:
        return
    for treatment in (
        {},
        {"home": False},
        {"internal": "exclude"},
        {"internal": "exclude", "errors": "origin+destination"},
    ):
        found = gravity(
            c,
            interactions="investment",
            period="2005/2013",
            by="period",
            grain="year",
            places="earlier",
            **treatment,  # type: ignore[arg-type]
        )
        print("gravity of investments, places of investors from earlier years", treatment)
        print(found.select(TERMS), found["note"][0])
    print(home_bias(c, interactions="investment", actors=["New Enterprise Associates", "Sequoia Capital"]).drop("note"))
    found = home_bias(c, interactions="investment", most=100, n=999)
    print(found.select(pl.len(), pl.col("value", "expected", "ratio").median(), at_five=(pl.col("p") <= 0.05).sum()))


def crunchbase_quadrants() -> None:
    """Whether the start-ups of a category share regions, and investors, more than by chance."""
    c = taken("crunchbase_2013")
    if c is None:
        return
    found = quadrants(c, interactions="investment", periods=PERIODS, n=199, replicates=99)
    print(
        found.select("period", "industry_id", "quadrant", *(c for c in found.columns if c.startswith(("phys", "digi"))))
    )
    print(found.group_by("period", "quadrant").len().sort("period", "quadrant"))
    moved = drift(found)
    print(moved)
    for space in ("physical", "digital"):
        low, high = pl.col(f"{space}_change_low"), pl.col(f"{space}_change_high")
        counted = moved.group_by("period").agg(
            pl.len(), pl.col(f"{space}_change").median(), up=(low > 0).sum(), down=(high < 0).sum()
        )
        print(space, counted.sort("period"))


def innovation() -> None:
    """How collaboration between economies falls with distance, quarter by quarter."""
    folder = DATA / "github_innovation"
    if not folder.is_dir():
        print("skipped: github_innovation is not there")
        return
    sys.path.insert(0, str(Path(__file__).parent))
    from economies import economies

    files = Path(tempfile.mkdtemp())
    for name in ("economy_collaborators", "developers", "git_pushes", "repositories", "organizations"):
        pl.read_parquet(folder / f"{name}.parquet").write_csv(files / f"{name}.csv")
    economies().write_csv(files / "economies.csv")
    ingest(parse_recipe(shipped_recipe("github_innovation_graph"), folder=files), files / "cluster")
    c = jiqun.open(files / "cluster")
    for treatment in ({}, {"zeros": False}, {"errors": "origin+destination"}, {"distance": "effective"}):
        found = gravity(c, by="period", internal="exclude", **treatment)  # type: ignore[arg-type]
        print("gravity of collaboration", treatment)
        print(found.select(TERMS), found["note"][0])


def olist() -> None:
    """How orders fall with distance between states; aggregate figures only."""
    folder = DATA / "olist_sample_NC"
    if not folder.is_dir():
        print("skipped: olist_sample_NC is not there")
        return
    c = _olist(folder)
    for treatment in ({}, {"home": False}, {"internal": "exclude"}):
        for by in (None, "period"):
            found = gravity(c, by=by, grain="year", **treatment)  # type: ignore[arg-type]
            print("gravity of orders", treatment)
            print(found.select(TERMS), found["note"][0])


def _olist(source: Path) -> Cluster:
    """Write the sample in the layout of Kaggle and ingest it."""
    files = Path(tempfile.mkdtemp())
    renamed = {name: f"geolocation_{name}" for name in ("lat", "city", "state")} | {"lon": "geolocation_lng"}
    tables = (
        "customers",
        "geolocation",
        "order_items",
        "order_payments",
        "order_reviews",
        "orders",
        "products",
        "sellers",
    )
    for name in tables:
        frame = pl.read_parquet(source / f"{name}.parquet").rename(renamed, strict=False)
        frame.write_csv(files / f"olist_{name}_dataset.csv")
    translation = "product_category_name,product_category_name_english\nbebes,baby\n"
    (files / "product_category_name_translation.csv").write_text(translation, encoding="utf-8")
    ingest(parse_recipe(shipped_recipe("olist"), folder=files), files / "cluster")
    return jiqun.open(files / "cluster")


def generated() -> None:
    """The generated cluster, in which offline trade falls with distance less and less, and the platform's does not."""
    c = Cluster.from_tables(**generate(actors=2000, interactions=120_000, places=24, industries=8, seed=5).tables)
    found = gravity(c, by="period+channel", grain="year")
    print(found.select(TERMS), found["note"][0])


if __name__ == "__main__":
    main(sys.argv[1:])
