"""Indices of concentration and specialisation against EconGeo, REAT and algebra."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import JiqunError
from jiqun.measure import (
    coagglomeration,
    colocation,
    diversity,
    ellison_glaeser,
    entropy,
    hachman,
    herfindahl,
    hoover,
    krugman,
    locational_gini,
    maurel_sedillot,
    theil,
    ubiquity,
)


@pytest.fixture(scope="module")
def matrix(reference: Path) -> pl.DataFrame:
    wide = pl.read_csv(reference / "mat.csv")
    return wide.rename({"": "place_id"}).unpivot(index="place_id", variable_name="industry_id", value_name="size")


@pytest.fixture(scope="module")
def plants(reference: Path) -> pl.DataFrame:
    return pl.read_csv(reference / "est.csv").rename({"region": "place_id", "industry": "industry_id", "emp": "size"})


def agrees(found: pl.DataFrame, theirs: pl.DataFrame, column: str, tolerance: float = 1e-12) -> None:
    key = found.columns[0]
    both = found.join(theirs.rename({"": key}), on=key)
    assert both.height == theirs.height
    assert both["value"].to_numpy() == pytest.approx(both[column].to_numpy(), rel=tolerance, abs=tolerance)


@pytest.mark.parametrize(
    ("function", "options", "column", "tolerance"),
    [
        (hoover, {}, "hoover_conc_reat", 1e-12),
        (hoover, {}, "hoover_vs_total_reat", 1e-12),
        (krugman, {"of": "industry"}, "krugman_vs_total_reat", 1e-12),
        (krugman, {"of": "industry", "compare": "mean_of_others"}, "krugman_conc2_reat", 1e-12),
        (locational_gini, {"definition": "half"}, "locational_gini_econgeo", 1e-12),
        (locational_gini, {"definition": "lorenz"}, "hoover_gini_econgeo_round3", 6e-4),
        (locational_gini, {"definition": "quotients"}, "gini_conc_reat", 1e-12),
        (locational_gini, {"definition": "plain"}, "gini_reat", 1e-12),
        (locational_gini, {"definition": "plain"}, "gini_econgeo_round3", 5.1e-4),
        (locational_gini, {"definition": "corrected"}, "gini_norm_reat", 1e-12),
        (ubiquity, {}, "ubiquity_rca", 0.0),
    ],
)
def test_concentration_of_industries(
    matrix: pl.DataFrame, reference: Path, function: object, options: dict[str, str], column: str, tolerance: float
) -> None:
    theirs = pl.read_csv(reference / "industry_indices.csv")
    agrees(function(matrix, replicates=0, **options), theirs, column, tolerance)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("function", "options", "column", "tolerance"),
    [
        (hoover, {"of": "place"}, "hoover_spec_reat", 1e-12),
        (hoover, {"of": "place"}, "spec_coeff_econgeo", 1e-12),
        (hachman, {}, "hachman_econgeo", 1e-12),
        (hachman, {"form": "mean_quotient"}, "lq_avg_econgeo", 1e-12),
        (krugman, {}, "krugman_vs_total_reat", 1e-12),
        (herfindahl, {"of": "place"}, "herf_reat", 1e-12),
        (diversity, {}, "diversity_rca", 0.0),
        (krugman, {}, "krugman_econgeo", 1e-12),
        (krugman, {"compare": "mean_of_others"}, "krugman_spec2_reat", 1e-12),
        (locational_gini, {"of": "place", "definition": "quotients"}, "gini_spec_reat", 1e-12),
        (herfindahl, {"of": "place"}, "herfindahl_econgeo", 1e-12),
        (herfindahl, {"of": "place", "normalised": "possible"}, "herf_norm_reat", 1e-12),
        (entropy, {"unit": "bits"}, "entropy_econgeo_rounded3", 5.1e-4),
    ],
)
def test_specialisation_of_places(
    matrix: pl.DataFrame, reference: Path, function: object, options: dict[str, str], column: str, tolerance: float
) -> None:
    theirs = pl.read_csv(reference / "region_indices.csv")
    agrees(function(matrix, replicates=0, **options), theirs, column, tolerance)  # type: ignore[operator]


def test_hoover_equals_the_rounded_percentage_of_econgeo(matrix: pl.DataFrame, reference: Path) -> None:
    theirs = pl.read_csv(reference / "industry_indices.csv")["hoover_index_econgeo_round2pct"].to_numpy()
    assert 100 * hoover(matrix, replicates=0)["value"].to_numpy() == pytest.approx(theirs, abs=5.1e-3)


def test_every_column_of_the_reference_of_indices_is_one_of_ours(reference: Path) -> None:
    """A column that is added to the reference must be added to the cases above."""
    cases = Path(__file__).read_text(encoding="utf-8")
    for file in ("region_indices", "industry_indices"):
        for column in pl.read_csv(reference / f"{file}.csv").columns[1:]:
            assert f'"{column}"' in cases, column


def test_maurel_sedillot_equals_the_reference(plants: pl.DataFrame, reference: Path) -> None:
    theirs = pl.read_csv(reference / "eg_py.csv").rename({"ind": ""})
    agrees(maurel_sedillot(plants, replicates=0), theirs, "gamma_MS")


def test_coagglomeration_equals_both_forms(plants: pl.DataFrame, reference: Path) -> None:
    theirs = pl.read_csv(reference / "eg_coagglo_py.csv")
    ours = coagglomeration(plants)
    assert ours.select("industry_id", "industry_id_2").rows() == theirs.select("ind1", "ind2").rows()
    for column in ("gammac_pair_EGK2010", "gammac_general_EG1997"):
        assert ours["value"].to_numpy() == pytest.approx(theirs[column].to_numpy(), rel=1e-12, abs=1e-15)


def test_colocation_equals_reat_and_its_expectation_the_closed_form(plants: pl.DataFrame, reference: Path) -> None:
    theirs = pl.read_csv(reference / "howard_cl_reat.csv")
    ours = colocation(plants)
    assert ours.select("industry_id", "industry_id_2").rows() == theirs.select("ind1", "ind2").rows()
    assert ours["cl"].to_numpy() == pytest.approx(theirs["CL"].to_numpy(), rel=1e-12)
    last = ours.filter(pl.col("industry_id") == "D", pl.col("industry_id_2") == "E")
    assert last["value"][0] == pytest.approx(0.0011556, abs=5e-8)


def test_colocation_moments_equal_those_of_all_arrangements() -> None:
    places = ["p", "p", "p", "q", "q", "r", "r"]
    first = 3
    every = []
    for chosen in itertools.combinations(range(7), first):
        i = np.array([places[k] for k in chosen])
        j = np.array([places[k] for k in range(7) if k not in chosen])
        every.append((i[:, None] == j[None, :]).mean())
    labels = ["a"] * first + ["b"] * 4
    row = colocation(pl.DataFrame({"place_id": places, "industry_id": labels})).row(0, named=True)
    assert row["expected"] == pytest.approx(np.mean(every), rel=1e-12)
    assert row["z"] == pytest.approx(row["value"] / np.std(every), rel=1e-10)


def test_a_herfindahl_counts_possible_and_present_places_differently() -> None:
    frame = pl.DataFrame({"place_id": ["p", "q", "r"], "industry_id": ["a", "a", "b"]})
    possible = herfindahl(frame, normalised="possible", replicates=0)["value"].to_list()
    present = herfindahl(frame, normalised="present", replicates=0)["value"].to_list()
    assert possible == pytest.approx([(1 / 2 - 1 / 3) / (1 - 1 / 3), 1.0])
    assert present == [pytest.approx(0.0), None]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_relations_between_indices(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(20, 120))
    frame = pl.DataFrame(
        {
            "place_id": rng.choice(list("pqrst"), n),
            "industry_id": rng.choice(list("abc"), n),
            "size": rng.lognormal(1.0, 1.0, n),
        }
    )
    h = hoover(frame, replicates=0)["value"].to_numpy()
    k = krugman(frame, of="industry", replicates=0)["value"].to_numpy()
    g = locational_gini(frame, replicates=0)["value"].to_numpy()
    assert k == pytest.approx(2 * h)
    assert (g >= h - 1e-12).all(), "the Lorenz curve lies below its chord of greatest distance"
    share = herfindahl(frame, replicates=0)["value"].to_numpy()
    effective = np.exp(entropy(frame, of="industry", replicates=0)["value"].to_numpy())
    assert (effective >= 1 / share - 1e-9).all(), "Rényi entropies fall with their order"


def test_maurel_sedillot_and_ellison_glaeser_agree_where_places_are_equal() -> None:
    rng = np.random.default_rng(4)
    own = pl.DataFrame({"place_id": rng.choice(list("pqrs"), 60), "industry_id": ["a"] * 60, "size": [1.0] * 60})
    rest = pl.DataFrame({"place_id": list("pqrs") * 4, "industry_id": ["z"] * 16, "size": [1e9] * 16})
    frame = pl.concat([own, rest])
    eg = ellison_glaeser(frame, replicates=0)["value"][0]
    ms = maurel_sedillot(frame, replicates=0)["value"][0]
    assert ms == pytest.approx(eg, abs=1e-6)


def test_krugman_names_what_it_compares_with() -> None:
    frame = pl.DataFrame({"place_id": ["p", "p", "q", "r", "r", "r"], "industry_id": ["a", "b", "b", "a", "a", "b"]})
    shares = {"p": np.array([1 / 2, 1 / 2]), "q": np.array([0.0, 1.0]), "r": np.array([2 / 3, 1 / 3])}
    rest = {"p": np.array([2 / 4, 2 / 4]), "q": np.array([3 / 5, 2 / 5]), "r": np.array([1 / 3, 2 / 3])}
    expected = [np.abs(shares[x] - rest[x]).sum() for x in "pqr"]
    assert krugman(frame, compare="rest", replicates=0)["value"].to_list() == pytest.approx(expected)
    expected = [np.abs(shares[x] - shares["q"]).sum() for x in "pqr"]
    assert krugman(frame, compare="one", other="q", replicates=0)["value"].to_list() == pytest.approx(expected)
    with pytest.raises(JiqunError, match="None is not in the table"):
        krugman(frame, compare="one")


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_hachman_is_the_inverse_of_a_chi_square_distance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 60))
    frame = pl.DataFrame({"place_id": rng.choice(list("pqrs"), n), "industry_id": rng.choice(list("abc"), n)})
    found = hachman(frame, replicates=0)["value"].to_numpy()
    table = np.array([[frame.filter(place_id=p, industry_id=i).height for i in "abc"] for p in "pqrs"], dtype=float)
    table = table[table.sum(axis=1) > 0]
    share, base = table / table.sum(axis=1, keepdims=True), table.sum(axis=0) / table.sum()
    with np.errstate(invalid="ignore"):
        chi = np.nansum((share - base) ** 2 / np.where(base > 0, base, np.nan), axis=1)
    assert found == pytest.approx(1 / (1 + chi))
    assert ((found > 0) & (found <= 1 + 1e-12)).all()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_merging_two_industries_that_are_alike_keeps_every_index_of_concentration(seed: int) -> None:
    """Halves of an industry, proportional in every place, are each as concentrated as the whole."""
    rng = np.random.default_rng(seed)
    rows = 40
    whole = pl.DataFrame(
        {
            "place_id": rng.choice(list("pqrst"), rows),
            "industry_id": rng.choice(["a", "z"], rows),
            "size": rng.lognormal(1.0, 1.0, rows),
        }
    )
    halves = pl.concat(
        [
            whole.with_columns(pl.col("size") * 0.3),
            whole.with_columns(pl.col("size") * 0.7, industry_id=pl.col("industry_id").replace({"a": "b"})),
        ]
    )
    for function in (hoover, locational_gini, herfindahl, theil):
        one = dict(function(whole, replicates=0).select("industry_id", "value").rows())
        two = dict(function(halves, replicates=0).select("industry_id", "value").rows())
        if "a" in one:
            assert two["a"] == pytest.approx(one["a"], rel=1e-9)
            assert two["b"] == pytest.approx(one["a"], rel=1e-9)


def test_a_corrected_gini_reaches_one() -> None:
    frame = pl.DataFrame({"place_id": list("ppq"), "industry_id": list("aab")})
    assert locational_gini(frame, definition="corrected", replicates=0)["value"].to_list() == [1.0, 1.0]
    alone = pl.DataFrame({"place_id": ["p"], "industry_id": ["a"]})
    assert locational_gini(alone, definition="corrected", replicates=0)["value"].to_list() == [None]
