"""Ellison–Glaeser: by hand, by two other implementations, and by its dartboard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from jiqun.measure import ellison_glaeser


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


def test_famous_clusters_of_american_manufacturing_come_first(shared_data: Path) -> None:
    """Carpets (Dalton), cars (Detroit) and vehicle bodies (Elkhart) are among the first five.

    The file has cells, not plants: the establishments of a cell are taken as equal.
    """
    cells = pl.read_parquet(shared_data / "us_industry" / "cbsa_naics_cbp2019.parquet").filter(
        pl.col("naics_level") == 4, pl.col("naics_code").str.starts_with("3"), pl.col("emp") > 0, pl.col("estab") > 0
    )
    plants = cells.select(
        place_id="cbsa_code",
        industry_id="naics_code",
        size=(pl.col("emp") / pl.col("estab")).repeat_by("estab"),
    ).explode("size")
    found = ellison_glaeser(plants, replicates=0).filter(pl.col("rows") >= 30, pl.col("weight") >= 20_000)
    first = found.sort("value", descending=True)["industry_id"].to_list()[:5]
    assert {"3141", "3361", "3362"} <= set(first)
    main = cells.sort("emp").group_by("naics_code").last()
    where = dict(main.select("naics_code", "cbsa_code").rows())
    assert (where["3141"], where["3361"], where["3362"]) == ("19140", "19820", "21140")
