"""Ellison–Glaeser: by hand, by two other implementations, and by its dartboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import JiqunError
from jiqun.measure import ellison_glaeser, maurel_sedillot


def plants(reference: Path) -> pl.DataFrame:
    return pl.read_csv(reference / "est.csv").rename({"region": "place_id", "industry": "industry_id", "emp": "size"})


def dartboard(
    rng: np.random.Generator, *, gamma: float, places: int, firms: int, sizes: np.ndarray | None = None
) -> pl.DataFrame:
    """One industry whose places are drawn around x with spill-over γ, on a large even background."""
    x = np.full(places, 1 / places)
    chosen = x if gamma == 0 else rng.dirichlet(x * (1 - gamma) / gamma)
    place = rng.choice(places, firms, p=chosen)
    own = sizes if sizes is not None else np.ones(firms)
    background = 100_000.0
    return pl.DataFrame(
        {
            "place_id": [f"{p:02d}" for p in np.concatenate([place, np.arange(places)])],
            "industry_id": ["a"] * firms + ["rest"] * places,
            "size": np.concatenate([own, np.full(places, background)]),
        }
    )


def test_equals_reat_to_1e_12(reference: Path) -> None:
    ours = ellison_glaeser(plants(reference), replicates=0)
    theirs = pl.read_csv(reference / "eg_gamma_reat.csv")
    assert ours["industry_id"].to_list() == theirs.to_series(0).to_list()
    for mine, name in [("value", "Gamma i"), ("g", "G i"), ("z", "z Gi"), ("h", "HHI i"), ("rows", "K i")]:
        assert ours[mine].to_numpy() == pytest.approx(theirs[name].to_numpy(), rel=1e-12, abs=1e-12), name


def test_equals_a_second_implementation_to_1e_12(reference: Path) -> None:
    ours = ellison_glaeser(plants(reference), replicates=0)
    theirs = pl.read_csv(reference / "eg_py.csv")
    for mine, name in [("value", "gamma_EG"), ("g", "G"), ("h", "H")]:
        assert ours[mine].to_numpy() == pytest.approx(theirs[name].to_numpy(), rel=1e-12, abs=1e-12)


def test_by_hand() -> None:
    frame = pl.DataFrame(
        {"place_id": ["p", "p", "q", "q"], "industry_id": ["a", "a", "a", "b"], "size": [1.0, 1.0, 2.0, 4.0]}
    )
    row = ellison_glaeser(frame, replicates=0).row(0, named=True)
    # s = (½, ½), x = (¼, ¾): G = 1/8; Σx² = 5/8; H = (1+1+4)/16 = 3/8; γ = (1/8 − 9/64)/(3/8 · 5/8).
    assert row["g"] == pytest.approx(1 / 8)
    assert row["h"] == pytest.approx(3 / 8)
    assert row["value"] == pytest.approx((1 / 8 - 9 / 64) / (15 / 64))


@pytest.mark.parametrize("gamma", [0.0, 0.05, 0.3])
def test_is_an_unbiased_estimate_of_the_planted_spill_over(gamma: float) -> None:
    rng = np.random.default_rng(11)
    sizes = rng.lognormal(2.0, 1.0, 60)
    found = [
        ellison_glaeser(dartboard(rng, gamma=gamma, places=12, firms=60, sizes=sizes), replicates=0)["value"][0]
        for _ in range(250)
    ]
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(gamma, abs=4 * error + 0.002)


def test_z_is_standard_under_the_dartboard() -> None:
    rng = np.random.default_rng(12)
    sizes = rng.lognormal(2.0, 0.7, 80)
    z = [
        ellison_glaeser(dartboard(rng, gamma=0.0, places=12, firms=80, sizes=sizes), replicates=0)["z"][0]
        for _ in range(300)
    ]
    assert np.mean(z) == pytest.approx(0.0, abs=0.15)
    assert np.std(z) == pytest.approx(1.0, abs=0.12)


def test_interval_covers_the_concentration_of_the_places_drawn() -> None:
    rng = np.random.default_rng(13)
    hits = 0
    for trial in range(120):
        places = 8
        x = np.full(places, 1 / places)
        chosen = rng.dirichlet(np.full(places, 2.0))
        truth = ((chosen - x) ** 2).sum() / (1 - (x**2).sum())
        own = [f"{p}" for p in rng.choice(places, 150, p=chosen)]
        frame = pl.DataFrame(
            {
                "place_id": own + [str(p) for p in range(places)] * 500,
                "industry_id": ["a"] * 150 + ["rest"] * places * 500,
                "size": [1.0] * 150 + [1e3] * places * 500,
            }
        )
        low, high = ellison_glaeser(frame, rng=trial).select("low", "high").row(0)
        hits += low <= truth <= high
    assert 0.88 <= hits / 120 <= 0.99


def test_one_plant_has_no_index_and_says_why() -> None:
    frame = pl.DataFrame({"place_id": ["p", "q", "q"], "industry_id": ["solo", "b", "b"]})
    row = ellison_glaeser(frame, replicates=0).filter(pl.col("industry_id") == "solo").row(0, named=True)
    assert row["value"] is None
    assert row["note"] == "all weight in one plant (H = 1)"


def test_one_place_has_no_index_and_says_why() -> None:
    frame = pl.DataFrame({"place_id": ["p"] * 3, "industry_id": ["a", "a", "b"]})
    assert set(ellison_glaeser(frame, replicates=0)["note"]) == {"only one place"}


@pytest.mark.parametrize("gamma", [0.0, 0.02, 0.1, 0.25, 0.6])
def test_pairs_of_plants_that_locate_together_with_probability_gamma_have_this_gamma(gamma: float) -> None:
    """The model of the paper: a pair's places are the same by a spill-over with probability γ, else independent.

    Each plant follows a leader with probability √γ, so that a pair follows it together with probability γ.
    """
    rng = np.random.default_rng(21)
    x = np.array([0.35, 0.2, 0.15, 0.1, 0.1, 0.05, 0.05])
    sizes = rng.lognormal(2.0, 1.0, 40)
    background = [(f"{p}", "rest", 1e7 * share) for p, share in enumerate(x)]
    found = []
    for _ in range(200):
        own = np.where(rng.random(40) < np.sqrt(gamma), rng.choice(7, p=x), rng.choice(7, 40, p=x))
        rows = [(f"{p}", "a", float(e)) for p, e in zip(own, sizes, strict=True)] + background
        frame = pl.DataFrame(rows, schema=["place_id", "industry_id", "size"], orient="row")
        found.append(ellison_glaeser(frame, replicates=0)["value"][0])
    error = np.std(found) / np.sqrt(len(found))
    assert np.mean(found) == pytest.approx(gamma, abs=3.5 * error + 1e-4)


@pytest.mark.parametrize("function", [ellison_glaeser, maurel_sedillot])
def test_rows_that_stand_for_several_plants_are_as_many_equal_plants(function: Any) -> None:
    rng = np.random.default_rng(22)
    table = pl.DataFrame(
        {
            "place_id": rng.choice(list("pqrs"), 30),
            "industry_id": rng.choice(list("ab"), 30),
            "size": rng.integers(0, 100, 30).astype(float),
            "estab": rng.integers(1, 9, 30),
        }
    )
    plants_of = table.with_columns(pl.col("size") / pl.col("estab"))
    exploded = (
        plants_of.with_columns(pl.col("estab").cast(pl.Int64))
        .select(pl.exclude("estab").repeat_by("estab"))
        .explode("place_id", "industry_id", "size")
    )
    found, expected = function(table, plants="estab", rng=1), function(exploded, rng=1)
    for column in ("value", "low", "high", "h", "rows", "weight"):
        assert found[column].to_numpy() == pytest.approx(expected[column].to_numpy()), column


@pytest.mark.parametrize(("estab", "size"), [(1.5, 1.0), (-1.0, 1.0), (0.0, 1.0), (None, 1.0)])
def test_a_number_of_plants_that_is_none_is_refused(estab: float | None, size: float) -> None:
    frame = pl.DataFrame(
        {"place_id": ["p", "q"], "industry_id": ["a", "a"], "size": [size, 2.0], "estab": [estab, 2.0]}
    )
    with pytest.raises(JiqunError, match=r"estab, the number of plants of a row, whole, .* in 1 rows"):
        ellison_glaeser(frame, plants="estab")


def test_rows_without_a_plant_or_weight_are_nothing() -> None:
    frame = pl.DataFrame(
        {"place_id": list("pqr"), "industry_id": ["a"] * 3, "size": [1.0, 2.0, 0.0], "estab": [1, 2, 0]}
    )
    assert ellison_glaeser(frame, plants="estab", replicates=0)["rows"].to_list() == [3]


FAMOUS = {"3141": "19140", "3361": "19820", "3362": "21140", "3152": "31080", "5122": "31080"}
"""Carpets in Dalton, cars in Detroit, vehicle bodies in Elkhart, apparel and sound recording in Los Angeles."""


@pytest.fixture(scope="module")
def county_business(shared_data: Path) -> pl.DataFrame:
    return pl.read_parquet(shared_data / "us_industry" / "cbsa_naics_cbp2019.parquet").filter(
        pl.col("naics_level") == 4
    )


def test_famous_clusters_are_at_the_top_of_all_american_industries(county_business: pl.DataFrame) -> None:
    """Of the four-digit industries of the whole economy with 20,000 jobs or more, all five are among the first ten."""
    found = ellison_glaeser(
        county_business, place="cbsa_code", industry="naics_code", weight="emp", plants="estab", replicates=0
    )
    large = found.filter(pl.col("weight") >= 20_000).sort("value", descending=True)
    assert large.height == 251
    assert set(FAMOUS) <= set(large["industry_id"].to_list()[:10])
    # nor are they far down among all: the small industries above them are a few dozen plants each
    assert set(FAMOUS) <= set(found.sort("value", descending=True)["industry_id"].to_list()[:20])
    main = county_business.sort("emp").group_by("naics_code").last()
    where = dict(main.select("naics_code", "cbsa_code").rows())
    assert {industry: where[industry] for industry in FAMOUS} == FAMOUS


def test_four_of_the_five_stay_at_the_top_whatever_the_sizes_of_plants(county_business: pl.DataFrame) -> None:
    """Cells do not say how unequal their plants are: H may be larger. Ten times as large, four of the five remain."""
    found = ellison_glaeser(
        county_business, place="cbsa_code", industry="naics_code", weight="emp", plants="estab", replicates=0
    ).filter(pl.col("weight") >= 20_000)
    jobs = county_business.group_by("cbsa_code").agg(pl.col("emp").sum())["emp"].to_numpy()
    free = 1.0 - ((jobs / jobs.sum()) ** 2).sum()

    def first(times: float, number: int) -> set[str]:
        h = times * found["h"].to_numpy()
        gamma = (found["g"].to_numpy() - free * h) / (free * (1.0 - h))
        order = np.argsort(-gamma)[:number]
        return set(found["industry_id"].to_numpy()[order].tolist())

    assert set(FAMOUS) <= first(1.0, 10)
    assert set(FAMOUS) <= first(2.0, 11)
    assert {"3141", "3362", "3152", "5122"} <= first(10.0, 6)
    assert "3361" not in first(5.0, 20)
