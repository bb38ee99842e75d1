"""Presets: by the conventions of a package comes out what the package gives."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

import jiqun
from jiqun.cluster import JiqunError, UnknownName
from jiqun.measure import indices, measure, presets

Wide = dict[tuple[str, str], float]


def long(path: Path) -> pl.DataFrame:
    wide = pl.read_csv(path, null_values=["NaN", "NA"])
    first = wide.columns[0]
    return wide.rename({first: "place_id"}).unpivot(index="place_id", variable_name="industry_id", value_name="size")


def cluster(frame: pl.DataFrame) -> jiqun.Cluster:
    named = frame if "actor_id" in frame.columns else frame.with_row_index("actor_id")
    return jiqun.Cluster.from_tables(actors=named.with_columns(pl.col("actor_id").cast(pl.String)))


def found(frame: pl.DataFrame, name: str, preset: str, **given: Any) -> pl.DataFrame:
    result: pl.DataFrame = measure(cluster(frame), name, preset=preset, replicates=0, **given)
    return result


@pytest.fixture(scope="module")
def small(reference: Path) -> pl.DataFrame:
    return long(reference / "mat.csv")


@pytest.fixture(scope="module")
def large(reference: Path) -> pl.DataFrame:
    return long(reference / "mat60x40.csv")


@pytest.fixture(scope="module")
def plants(reference: Path) -> pl.DataFrame:
    return pl.read_csv(reference / "est.csv").rename({"region": "place_id", "industry": "industry_id", "emp": "size"})


@pytest.mark.parametrize(
    ("preset", "name", "file", "column", "tolerance"),
    [
        ("econgeo", "krugman", "region_indices", "krugman_econgeo", 1e-12),
        ("econgeo", "herfindahl", "region_indices", "herfindahl_econgeo", 1e-12),
        ("econgeo", "entropy", "region_indices", "entropy_econgeo_rounded3", 5.1e-4),
        ("econgeo", "hachman", "region_indices", "hachman_econgeo", 1e-12),
        ("econgeo", "diversity", "region_indices", "diversity_rca", 0.0),
        ("econgeo", "locational_gini", "industry_indices", "locational_gini_econgeo", 1e-12),
        ("econgeo", "ubiquity", "industry_indices", "ubiquity_rca", 0.0),
        ("reat", "krugman", "region_indices", "krugman_spec2_reat", 1e-12),
        ("reat", "herfindahl", "region_indices", "herf_reat", 1e-12),
        ("reat", "hoover", "industry_indices", "hoover_conc_reat", 1e-12),
        ("reat", "locational_gini", "industry_indices", "gini_conc_reat", 1e-12),
    ],
)
def test_indices_of_units(
    small: pl.DataFrame, reference: Path, preset: str, name: str, file: str, column: str, tolerance: float
) -> None:
    theirs = pl.read_csv(reference / f"{file}.csv")
    ours = found(small, name, preset)
    assert ours.to_series(0).to_list() == theirs.to_series(0).to_list()
    assert ours["value"].to_numpy() == pytest.approx(theirs[column].to_numpy(), rel=tolerance, abs=tolerance)


@pytest.mark.parametrize("preset", ["econgeo", "reat"])
def test_location_quotients(small: pl.DataFrame, reference: Path, preset: str) -> None:
    theirs = long(reference / f"lq_{preset}.csv")
    both = found(small, "location_quotient", preset).join(theirs, on=["place_id", "industry_id"])
    assert both.height == 96
    assert both["value"].to_numpy() == pytest.approx(both["size"].to_numpy(), rel=1e-12, abs=1e-12)


def test_a_place_without_weight_is_nought_for_econgeo(small: pl.DataFrame) -> None:
    empty = pl.DataFrame({"place_id": ["z"], "industry_id": ["i1"], "size": [0]})
    row = found(pl.concat([small, empty]), "location_quotient", "econgeo").filter(place_id="z", industry_id="i1")
    assert row["value"].to_list() == [0.0]


def test_indices_of_plants_equal_reat(plants: pl.DataFrame, reference: Path) -> None:
    theirs = pl.read_csv(reference / "eg_gamma_reat.csv")
    own = found(plants, "ellison_glaeser", "reat")
    assert own["value"].to_numpy() == pytest.approx(theirs["Gamma i"].to_numpy(), rel=1e-12)
    pairs = found(plants, "coagglomeration", "reat")["value"].to_numpy()
    assert pairs == pytest.approx(pl.read_csv(reference / "eg_coagglo_py.csv")["gammac_pair_EGK2010"].to_numpy())
    cl = found(plants, "colocation", "reat")["cl"].to_numpy()
    assert cl == pytest.approx(pl.read_csv(reference / "howard_cl_reat.csv")["CL"].to_numpy(), rel=1e-12)


def test_the_cluster_index_equals_reat(reference: Path) -> None:
    rows = pl.read_csv(reference / "litz_input.csv").rename(
        {"industry": "industry_id", "region": "place_id", "pop": "population"}
    )
    ours = found(rows, "litzenberger_sternberg", "reat", weight="e", plants="b")
    theirs = long(reference / "litzenberger_reat.csv").rename({"place_id": "industry_id", "industry_id": "place_id"})
    both = ours.join(theirs, on=["place_id", "industry_id"]).drop_nulls("size")
    assert both.height == 47
    assert both["value"].to_numpy() == pytest.approx(both["size"].to_numpy(), rel=1e-12)


def test_the_theil_of_reat_is_l(reference: Path) -> None:
    wide = pl.read_csv(reference / "mat.csv")
    totals = wide.select(place_id="", industry_id=pl.lit("all"), size=wide[:, 1:].sum_horizontal())
    theirs = dict(pl.read_csv(reference / "inequality_vector.csv", has_header=False, null_values="NA").rows())
    assert found(totals, "theil", "reat")["value"][0] == pytest.approx(theirs["theil_reat(MLD)"], abs=1e-12)


@pytest.mark.parametrize(
    ("name", "file", "column"),
    [
        ("eci", "cx_regions", "eci_py_ecomplexity"),
        ("pci", "cx_activities", "pci_py_ecomplexity"),
        ("diversity", "cx_regions", "diversity"),
        ("ubiquity", "cx_activities", "ubiquity"),
    ],
)
def test_complexity_equals_py_ecomplexity(
    large: pl.DataFrame, reference: Path, name: str, file: str, column: str
) -> None:
    theirs = pl.read_csv(reference / f"{file}.csv")[column].to_numpy()
    assert found(large, name, "ecomplexity")["value"].to_numpy() == pytest.approx(theirs, abs=1e-10)


@pytest.mark.parametrize(
    ("preset", "given", "file", "scale", "tolerance"),
    [
        ("ecomplexity", {}, "density_py_ecomplexity", 1.0, 1e-12),
        ("econgeo", {}, "density_diag0_pct_round2_econgeo", 100.0, 5.1e-3),
        ("econgeo", {"method": "cosine"}, "density_cosine_pct_round2_econgeo", 100.0, 5.1e-3),
    ],
)
def test_densities(
    large: pl.DataFrame, reference: Path, preset: str, given: dict[str, str], file: str, scale: float, tolerance: float
) -> None:
    ours = found(large, "relatedness_density", preset, **given)
    both = ours.join(long(reference / f"{file}.csv"), on=["place_id", "industry_id"])
    assert both.height == 2400
    assert np.abs(scale * both["value"].to_numpy() - both["size"].to_numpy()).max() <= tolerance


@pytest.mark.parametrize(
    ("preset", "name", "given", "file"),
    [
        ("econgeo", "relatedness", {}, "rel_association_econgeo"),
        ("econgeo", "relatedness", {"method": "cosine"}, "rel_cosine_econgeo"),
        ("econgeo", "relatedness", {"method": "jaccard"}, "rel_jaccard_econgeo"),
        ("econgeo", "relatedness", {"method": "probability"}, "rel_prob_econgeo"),
        ("ecomplexity", "proximity", {}, "prox_hidalgo_ecR"),
    ],
)
def test_relatedness(
    large: pl.DataFrame, reference: Path, preset: str, name: str, given: dict[str, str], file: str
) -> None:
    ours = found(large, name, preset, **given)
    theirs = long(reference / f"{file}.csv").rename({"place_id": "industry_id", "industry_id": "industry_id_2"})
    both = ours.join(theirs, on=["industry_id", "industry_id_2"])
    assert both.height == ours.height > 700
    assert both["value"].to_numpy() == pytest.approx(both["size"].to_numpy(), rel=1e-12, abs=1e-12)


SQUARE = {"window": [0.0, 0.0, 100.0, 100.0]}


@pytest.mark.parametrize(
    ("name", "given", "file", "column", "tolerance"),
    [
        ("marcon_puech_m", {}, "M_dbmss", "M_A", 1e-12),
        ("marcon_puech_m_density", {}, "M_dbmss", "m_A", 1e-2),
        ("kd", {}, "kd_dbmss", "Kd_A", 2.5e-3),
        ("kd", {"bandwidth": "sheather_jones"}, "kd_dbmss", "Kd_A_SJ", 2.5e-3),
        ("kd", {"weight": "size"}, "kd_dbmss", "Kd_A_w", 2.5e-3),
        ("kd", {"other": "B"}, "kd_dbmss", "Kd_AB", 2.5e-3),
        ("kd", {"other": "B", "weight": "size"}, "kd_dbmss", "Kd_AB_w", 2.5e-3),
        ("ripley_k", SQUARE, "K_L_g_dbmss", "K_A", 1e-6),
        ("ripley_l", SQUARE, "K_L_g_dbmss", "L_A", 1e-6),
        ("ripley_g", SQUARE, "K_L_g_dbmss", "g_A", 2e-3),
        ("diggle_d", {**SQUARE, "controls": ["B"]}, "K_L_g_dbmss", "D_AB", 1e-6),
    ],
)
def test_curves_equal_dbmss(
    plants: pl.DataFrame, reference: Path, name: str, given: dict[str, Any], file: str, column: str, tolerance: float
) -> None:
    theirs = pl.read_csv(reference / f"{file}.csv", null_values=["NaN", "Inf"], infer_schema_length=None)
    theirs = theirs.with_columns(pl.all().cast(pl.Float64))
    frame = plants.rename({"id": "actor_id"})
    ours = found(frame, name, "dbmss", only=["A"], distances=theirs["r"].to_list(), **given)
    expected = theirs[column].to_numpy()
    assert ours["value"].to_numpy() == pytest.approx(expected, rel=tolerance, abs=1e-9, nan_ok=True)


def test_parameters_that_are_given_win(small: pl.DataFrame) -> None:
    whole = measure(cluster(small), "locational_gini", replicates=0)["value"].to_list()
    assert found(small, "locational_gini", "econgeo", definition="lorenz")["value"].to_list() == whole


def test_every_preset_has_parameters_that_its_indices_accept_and_says_where_it_errs() -> None:
    for preset in presets().values():
        assert preset.known
        for words in (preset.title, *preset.known):
            assert words.en
            assert re.search("[一-鿿]|dbmss|EconGeo|REAT|ecomplexity", words.zh)
        for name, parameters in preset.parameters.items():
            fields = indices()[name].parameters.model_fields
            assert set(parameters) <= set(fields), (preset.name, name)
            indices()[name].parameters.model_validate(dict(parameters))


def test_a_preset_or_an_index_that_it_lacks_is_refused(small: pl.DataFrame) -> None:
    with pytest.raises(UnknownName, match="no preset called 'stata'"):
        measure(cluster(small), "hoover", preset="stata")
    with pytest.raises(JiqunError, match=r"EconGeo \(R\) has no ellison_glaeser, or none that any"):
        measure(cluster(small), "ellison_glaeser", preset="econgeo")


def test_what_the_presets_say_of_rounding_and_errors_is_so(small: pl.DataFrame, reference: Path) -> None:
    gini = pl.read_csv(reference / "industry_indices.csv")["locational_gini_econgeo"].to_numpy()
    assert 2 * gini == pytest.approx(measure(cluster(small), "locational_gini", replicates=0)["value"].to_numpy())
    theirs = dict(pl.read_csv(reference / "inequality_vector.csv", has_header=False, null_values="NA").rows())
    assert round(theirs["theil_reat_weighted"], 3) == -0.011
    assert round(theirs["gini_reat_weighted_UNSORTED_input"], 3) == 0.376
    assert round(theirs["gini_reat_weighted_sorted_input"], 3) == 0.307
    regions = pl.read_csv(reference / "cx_regions.csv")
    assert np.corrcoef(regions["kci_econgeo"], regions["eci_exact_R"])[0, 1] == pytest.approx(1.0, abs=2e-5)
    activities = pl.read_csv(reference / "cx_activities.csv")
    factor = activities["pci_py_ecomplexity"].std() / activities["pci_econcomplex"].std()  # type: ignore[operator]
    assert round(factor, 1) == 1.9 or round(1 / factor, 1) == 1.9
    include, exclude = (
        long(reference / f"{f}.csv")["size"].to_numpy() for f in ("density_py_ecomplexity", "density_econcomplex_pct")
    )
    assert 20.5 < np.abs(100 * include - exclude).max() < 21.5
    kd = pl.read_csv(reference / "kd_dbmss.csv")
    assert kd["Kd_A_approx1"][0] / kd["Kd_A"][0] > 1.25
