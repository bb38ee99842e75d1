"""Relatedness and complexity against EconGeo, economiccomplexity, econcomplex and py-ecomplexity."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from jiqun.measure import (
    diversity,
    eci,
    fitness,
    location_quotient,
    pci,
    proximity,
    relatedness,
    relatedness_density,
    ubiquity,
)
from jiqun.measure.eigenvector import complexity


@pytest.fixture(scope="module")
def frame(reference: Path) -> pl.DataFrame:
    wide = pl.read_csv(reference / "mat60x40.csv")
    return wide.rename({"": "place_id"}).unpivot(index="place_id", variable_name="industry_id", value_name="size")


def square(path: Path) -> dict[tuple[str, str], float]:
    wide = pl.read_csv(path)
    names = wide.columns[1:]
    return {(row, column): wide[column][k] for k, row in enumerate(wide.to_series(0)) for column in names}


def agrees_on_pairs(found: pl.DataFrame, path: Path, tolerance: float) -> None:
    theirs = square(path)
    keys = found.columns[:2]
    expected = [theirs[pair] for pair in found.select(keys).rows()]
    assert len(expected) > 700
    assert found["value"].to_numpy() == pytest.approx(np.array(expected), rel=tolerance, abs=tolerance)


@pytest.mark.parametrize(
    ("function", "column", "file"), [(diversity, "diversity", "cx_regions"), (ubiquity, "ubiquity", "cx_activities")]
)
def test_counts_equal_the_reference(
    frame: pl.DataFrame, reference: Path, function: object, column: str, file: str
) -> None:
    theirs = pl.read_csv(reference / f"{file}.csv")
    assert function(frame, replicates=0)["value"].to_list() == theirs[column].to_list()  # type: ignore[operator]


@pytest.mark.parametrize(("column", "ddof"), [("eci_econcomplex", 0), ("eci_py_ecomplexity", 0), ("eci_exact_R", 1)])
def test_eci_equals_three_packages(frame: pl.DataFrame, reference: Path, column: str, ddof: int) -> None:
    theirs = pl.read_csv(reference / "cx_regions.csv")[column].to_numpy()
    assert eci(frame, ddof=ddof, replicates=0)["value"].to_numpy() == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize(
    ("column", "options"),
    [
        ("pci_econcomplex", {}),
        ("pci_eig_ecR", {"ddof": 1}),
        ("pci_py_ecomplexity", {"scale": "eci"}),
    ],
)
def test_pci_equals_three_packages(
    frame: pl.DataFrame, reference: Path, column: str, options: dict[str, object]
) -> None:
    theirs = pl.read_csv(reference / "cx_activities.csv")[column].to_numpy()
    assert pci(frame, replicates=0, **options)["value"].to_numpy() == pytest.approx(theirs, abs=1e-10)


def test_eci_is_the_mean_of_the_pci_of_a_places_industries(frame: pl.DataFrame) -> None:
    of_places = eci(frame, replicates=0)
    of_industries = pci(frame, scale="eci", replicates=0).select("industry_id", pci="value")
    quotient = location_quotient(frame, replicates=0)
    present = quotient.filter(pl.col("value") >= 1 - 1e-12).join(of_industries, on="industry_id")
    mean = present.group_by("place_id").agg(pl.col("pci").mean()).sort("place_id")
    assert of_places["value"].to_numpy() == pytest.approx(mean["pci"].to_numpy(), abs=1e-10)


def test_proximity_equals_the_reference(frame: pl.DataFrame, reference: Path) -> None:
    agrees_on_pairs(proximity(frame), reference / "prox_hidalgo_ecR.csv", 1e-12)


@pytest.mark.parametrize(
    ("method", "name"),
    [("association", "association"), ("cosine", "cosine"), ("jaccard", "jaccard"), ("probability", "prob")],
)
def test_relatedness_equals_econgeo(frame: pl.DataFrame, reference: Path, method: str, name: str) -> None:
    agrees_on_pairs(relatedness(frame, method=method), reference / f"rel_{name}_econgeo.csv", 1e-12)


@pytest.mark.parametrize(
    ("diagonal", "file", "scale", "tolerance"),
    [
        ("include", "density_diag1_ecR", 1.0, 1e-12),
        ("include", "density_py_ecomplexity", 1.0, 1e-12),
        ("exclude", "density_econcomplex_pct", 100.0, 1e-10),
        ("exclude", "density_diag0_pct_round2_econgeo", 100.0, 5.1e-3),
    ],
)
def test_density_equals_each_package_by_its_diagonal(
    frame: pl.DataFrame, reference: Path, diagonal: str, file: str, scale: float, tolerance: float
) -> None:
    found = relatedness_density(frame, diagonal=diagonal).with_columns(pl.col("value") * scale)
    theirs = square(reference / f"{file}.csv")
    expected = np.array([theirs[pair] for pair in found.select("place_id", "industry_id").rows()])
    assert np.abs(found["value"].to_numpy() - expected).max() <= tolerance


def test_density_by_cosine_equals_econgeo(frame: pl.DataFrame, reference: Path) -> None:
    found = relatedness_density(frame, method="cosine")
    theirs = square(reference / "density_cosine_pct_round2_econgeo.csv")
    expected = np.array([theirs[pair] for pair in found.select("place_id", "industry_id").rows()])
    assert np.abs(100 * found["value"].to_numpy() - expected).max() <= 5.1e-3


def test_fitness_equals_a_thousand_steps_of_two_packages(frame: pl.DataFrame, reference: Path) -> None:
    theirs = pl.read_csv(reference / "cx_regions.csv")
    found = fitness(frame)["value"].to_numpy()
    for column in ("fitness1000_ecR", "fitness1000_econcomplex"):
        assert found == pytest.approx(theirs[column].to_numpy(), rel=1e-6)


def test_fitness_tells_vanishing_places_apart_and_says_how_far_it_went() -> None:
    nested = pl.DataFrame({"place_id": list("pppqqr"), "industry_id": list("abcbcc")})
    found = fitness(nested, cut=0, iterations=5000)
    assert found["log"].is_finite().all()
    assert found.sort("log", descending=True)["place_id"].to_list() == ["p", "q", "r"]
    assert found["steps"][0] <= 5000


def test_fitness_falls_beyond_what_a_float_holds_at_the_rate_that_algebra_gives() -> None:
    """``p`` alone has ``a`` and ``c``; three places share ``b``.

    Then F_p doubles and F_q is divided by three every other step, whatever the means: after 1,000 steps the
    logarithms are 500 ln 6 = 896 apart, where exp underflows.
    """
    frame = pl.DataFrame({"place_id": list("ppqrs"), "industry_id": list("acbbb")})
    found = fitness(frame, cut=0, iterations=1000)
    logs = dict(found.select("place_id", "log").rows())
    assert found["steps"][0] == 1000
    assert logs["p"] == pytest.approx(np.log(4.0))
    for place in "qrs":
        assert logs["p"] - logs[place] == pytest.approx(500 * np.log(6.0), rel=1e-12)


def test_a_graph_in_two_parts_has_values_in_the_larger_only() -> None:
    frame = pl.DataFrame({"place_id": [*"ppqqrr", "far"], "industry_id": [*"abbcca", "alone"]}).with_columns(
        size=pl.Series([1.0, 2.0, 3.0, 1.0, 2.0, 4.0, 1.0])
    )
    found = eci(frame, cut=0, replicates=0)
    row = found.filter(pl.col("place_id") == "far").row(0, named=True)
    assert row["value"] is None
    assert row["components"] == 2
    assert row["note"] == "outside the largest connected component"


def test_an_exactly_proportional_table_has_everything_present() -> None:
    """One unit in the last place below 1 must not make an industry absent."""
    places, industries = np.array([0.1, 0.3, 0.7]), np.array([0.11, 0.13, 0.17])
    frame = pl.DataFrame(
        {
            "place_id": np.repeat(list("pqr"), 3),
            "industry_id": np.tile(list("abc"), 3),
            "size": np.outer(places, industries).ravel(),
        }
    )
    assert diversity(frame, replicates=0)["value"].to_list() == [3.0, 3.0, 3.0]


def test_sign_follows_diversity_in_random_matrices() -> None:
    rng = np.random.default_rng(9)
    for _ in range(100):
        present = rng.random((30, 20)) < rng.random((30, 1))
        solved = complexity(present)
        known = np.isfinite(solved.places)
        own = present[known].sum(axis=1)
        assert np.corrcoef(solved.places[known], own)[0, 1] == pytest.approx(solved.with_diversity[1])
        assert solved.with_diversity[1] >= 0
