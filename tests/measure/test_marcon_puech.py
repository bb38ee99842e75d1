"""Marcon–Puech M and m against dbmss, brute force and algebra."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jiqun.cluster import JiqunError, UnknownName
from jiqun.measure import marcon_puech_m, marcon_puech_m_density
from jiqun.measure.bandwidth import pair_bandwidth
from jiqun.measure.kernels.disc_ring import ring_sums
from jiqun.measure.kernels.disc_tree import disc_sums, reach, tree
from jiqun.measure.points import EARTH_RADIUS_KM, on_sphere

Array = NDArray[np.float64]


@pytest.fixture(scope="module")
def plants(reference: Path) -> pl.DataFrame:
    columns = {"industry": "industry_id", "emp": "size", "id": "actor_id"}
    return pl.read_csv(reference / "est.csv").rename(columns)


@pytest.fixture(scope="module")
def theirs(reference: Path) -> pl.DataFrame:
    return pl.read_csv(reference / "M_dbmss.csv", null_values="NaN", infer_schema_length=None)


def world(seed: int, rows: int, kinds: str = "abc") -> pl.DataFrame:
    """Points on a coarse lattice, so that many are at one place or exactly at a radius."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "industry_id": rng.choice(list(kinds), rows),
            "size": rng.integers(0, 9, rows).astype(float),
            "x": rng.integers(0, 12, rows) * 0.3,
            "y": rng.integers(0, 12, rows) * 0.4,
        }
    )


def brute(at: Array, weight: Array, query: Array, own: NDArray[np.int64], within: Array) -> Array:
    """Sums within discs by comparing every pair: the plain reference of the tree."""
    square = ((query[:, None] - at[None]) ** 2).sum(axis=2)
    counted = np.where(np.arange(len(at))[None] == own[:, None], 0.0, weight[None])
    return np.stack([np.where(square <= r, counted, 0.0).sum(axis=1) for r in within], axis=1)


@pytest.mark.parametrize(
    ("options", "column"),
    [
        ({"only": ["A"]}, "M_A"),
        ({"only": ["A"], "other": "B"}, "M_AB"),
        ({"only": ["A"], "controls": ["B"]}, "M_AB_cc"),
        ({"only": ["A"], "weight": "count"}, "M_A_unw"),
    ],
)
def test_m_equals_dbmss(plants: pl.DataFrame, theirs: pl.DataFrame, options: dict[str, object], column: str) -> None:
    distances = theirs["r"].cast(pl.Float64).to_list()
    ours = marcon_puech_m(plants, distances=distances, **options)
    assert ours["distance_km"].to_list() == distances
    assert ours["value"].to_numpy() == pytest.approx(theirs[column].to_numpy(), rel=1e-12, nan_ok=True)
    assert ours["note"][0] == "no plant has a neighbour with weight within this distance"


def test_values_of_single_plants_equal_dbmss(plants: pl.DataFrame, reference: Path) -> None:
    theirs = pl.read_csv(reference / "M_individual_first7.csv", null_values="NaN", infer_schema_length=None)
    ours = marcon_puech_m(plants, only=["A"], individual=True, distances=theirs["r"].cast(pl.Float64).to_list())
    names = [c for c in theirs.columns if c.startswith("M_")]
    assert len(names) == 7
    for name in names:
        row = ours.filter(pl.col("actor_id") == name.removeprefix("M_"))
        assert row["value"].to_numpy() == pytest.approx(theirs[name].to_numpy(), rel=1e-12, nan_ok=True)


def test_the_global_band_of_dbmss_is_one_of_those_drawn_here_under_its_null_and_no_other(
    plants: pl.DataFrame, reference: Path
) -> None:
    theirs = pl.read_csv(reference / "M_A_envelope_global.csv", null_values="NaN", infer_schema_length=None)[1:]
    distances = theirs["r"].cast(pl.Float64).to_list()

    def bands(null: str) -> Array:
        options = {"only": ["A"], "distances": distances, "simulations": 200, "null": null, "global_method": "strip"}
        drawn = [marcon_puech_m(plants, **options, rng=seed) for seed in range(12)]
        return np.array([d.select("expected", "global_low", "global_high").to_numpy() for d in drawn])

    other = theirs.select("mmean", "lo", "hi").to_numpy()
    same = bands("random_location")
    z = np.abs(other - same.mean(axis=0)) / (same.std(axis=0, ddof=1) * np.sqrt(1 + 1 / 12))
    assert np.mean(z) < 1.5
    assert np.max(z) < 4.5
    labels = bands("random_labels")
    assert np.max(np.abs(other - labels.mean(axis=0)) / labels.std(axis=0, ddof=1)) > 6


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 300), spherical=st.booleans(), leaf=st.integers(1, 40))
def test_the_tree_agrees_with_comparing_every_pair(seed: int, rows: int, spherical: bool, leaf: int) -> None:
    rng = np.random.default_rng(seed)
    if spherical:
        # Around the date line and a pole, with points repeated.
        lon, lat = rng.choice([-180.0, -179.9, 179.95, 180.0, 40.0], rows), rng.choice([90.0, 89.9, 89.0, -3.0], rows)
        at = on_sphere(lon, lat)
        radii = np.array([0.0, 5.6, 11.2, 120.0, 9000.0, np.pi * EARTH_RADIUS_KM])
    else:
        at = np.c_[rng.integers(0, 12, rows) * 0.3, rng.integers(0, 12, rows) * 0.4]
        radii = np.array([0.0, 0.3, 0.5, 1.0, 1.5, 2.5, 100.0])
    weight = np.where(rng.random(rows) < 0.2, 0.0, rng.lognormal(0.0, 4.0, rows))
    own = np.where(rng.random(rows) < 0.5, np.arange(rows), -1)
    within = reach(radii, spherical=spherical)
    found = disc_sums(tree(at, leaf), weight, at, own, within)
    assert found == pytest.approx(brute(at, weight, at, own, within), rel=1e-12, abs=0)
    assert np.array_equal(found, disc_sums(tree(at, leaf), weight, at, own, within, workers=3))


def test_a_tiny_radius_beside_a_vast_map_counts_no_one_else() -> None:
    at = np.array([[0.0, 0.0], [0.0, 0.0], [1e9, 1e9], [5.0, 5.0]])
    found = disc_sums(tree(at), np.ones(4), at, np.arange(4), reach(np.array([1e-9, 1.0]), spherical=False))
    assert found.tolist() == [[1.0, 1.0], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0]]


def test_discs_on_the_sphere_are_of_great_circles() -> None:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(170.0, 190.0, 200), rng.uniform(60.0, 90.0, 200)
    at = on_sphere(np.where(lon > 180, lon - 360, lon), lat)
    a, b = np.radians(lat)[:, None], np.radians(lat)[None]
    half = np.sin((a - b) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(np.radians(lon[:, None] - lon[None]) / 2) ** 2
    haversine = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    radii = np.array([50.0, 333.0, 1500.0, 5000.0])
    found = disc_sums(tree(at), np.ones(200), at, np.full(200, -1), reach(radii, spherical=True))
    assert np.array_equal(found, np.stack([(haversine <= r).sum(axis=1) for r in radii], axis=1))


def test_a_small_sum_beside_a_vast_weight_is_exact() -> None:
    at = np.c_[np.arange(100.0), np.zeros(100)]
    weight = np.full(100, 0.1)
    weight[50] = 1e18
    found = disc_sums(tree(at, 4), weight, at, np.arange(100), reach(np.array([2.0]), spherical=False))
    assert found[10, 0] == pytest.approx(0.4, rel=1e-15)
    assert found[50, 0] == pytest.approx(0.4, rel=1e-15)


def values(frame: pl.DataFrame, **options: object) -> Array:
    options = {"distances": [0.0, 0.3, 0.5, 1.0, 2.5, 100.0], **options}
    return marcon_puech_m(frame, **options)["value"].to_numpy()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(4, 120), angle=st.floats(0.0, 6.3), weight=st.floats(1e-6, 1e6))
def test_m_does_not_move_with_the_map_nor_with_the_unit_of_weight(
    seed: int, rows: int, angle: float, weight: float
) -> None:
    frame = world(seed, rows)
    before = values(frame)
    c, s = np.cos(angle), np.sin(angle)
    turned = frame.with_columns(
        x=c * pl.col("x") - s * pl.col("y") + 17.0,
        y=s * pl.col("x") + c * pl.col("y") - 5.0,
        size=pl.col("size") * weight,
    )
    assert values(turned) == pytest.approx(before, rel=1e-9, nan_ok=True)
    grown = frame.with_columns(pl.col("x", "y") * 1000.0)
    larger = values(grown, distances=[0.0, 300.0, 500.0, 1000.0, 2500.0, 100_000.0])
    assert larger == pytest.approx(before, rel=1e-12, nan_ok=True)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(6, 120))
def test_m_is_one_within_the_whole_map_and_where_all_are_of_one_kind(seed: int, rows: int) -> None:
    frame = world(seed, rows).with_columns(size=pl.col("size") + 1.0)
    whole = values(frame, distances=[100.0])
    assert whole[np.isfinite(whole)] == pytest.approx(1.0, rel=1e-12)
    alone = values(world(seed, rows, "a").with_columns(size=pl.col("size") + 1.0))
    assert alone[np.isfinite(alone)] == pytest.approx(1.0, rel=1e-12)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(6, 80))
def test_m_is_the_double_sum_of_its_definition(seed: int, rows: int) -> None:
    frame = world(seed, rows).sort("industry_id", "x", "y", "size")
    at, w, kind = frame.select("x", "y").to_numpy(), frame["size"].to_numpy(), frame["industry_id"].to_numpy()
    distance = np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=2))
    radii = [0.0, 0.3, 0.5, 1.0, 2.5, 100.0]
    expected = []
    for a in np.unique(kind):
        for r in radii:
            above = below = 0.0
            for i in np.flatnonzero(kind == a):
                near = (distance[i] <= r + 1e-9) & (np.arange(rows) != i)
                if w[near].sum() > 0:
                    above += w[near & (kind == a)].sum() / w[near].sum()
                    below += (w[kind == a].sum() - w[i]) / (w.sum() - w[i])
            expected.append(above / below if below > 0 else np.nan)
    assert values(frame, distances=radii) == pytest.approx(np.array(expected), rel=1e-12, nan_ok=True)


def test_plants_moved_to_one_point_count_as_neighbours_at_distance_zero() -> None:
    frame = pl.DataFrame({"industry_id": ["a", "a", "b", "b"], "x": [0.0, 0.0, 0.0, 9.0], "y": [0.0] * 4})
    found = marcon_puech_m(frame, only=["a"], distances=[0.0])
    assert found["value"].to_list() == [pytest.approx((0.5 + 0.5) / (1 / 3 + 1 / 3))]


def test_neighbours_that_are_merged_into_one_plant_of_their_weight_do_not_change_m() -> None:
    frame = world(3, 60).with_columns(size=pl.col("size") + 1.0)
    split = pl.concat([frame, frame.filter(pl.col("industry_id") == "b")]).with_columns(
        size=pl.when(pl.col("industry_id") == "b").then(pl.col("size") / 2).otherwise(pl.col("size"))
    )
    assert values(split, only=["a"]) == pytest.approx(values(frame, only=["a"]), rel=1e-12, nan_ok=True)


def test_the_mean_under_random_labels_is_nearly_one_and_p_is_uniform_where_the_null_is_true() -> None:
    rng = np.random.default_rng(8)
    n = 300
    p = []
    for _ in range(40):
        frame = pl.DataFrame({"industry_id": rng.choice(["a", "b"], n), "x": rng.random(n), "y": rng.random(n)})
        found = marcon_puech_m(frame, only=["a"], distances=[0.1, 0.3], simulations=39, rng=rng)
        assert found["expected"].to_numpy() == pytest.approx(1.0, abs=0.05)
        p.append(found["p_global"][0])
    assert 0.3 < np.mean(p) < 0.7
    assert np.mean(np.array(p) <= 0.1) < 0.3


@pytest.mark.parametrize("null", ["random_labels", "random_location", "population_independence"])
@pytest.mark.parametrize("controls", [None, ["c"]])
def test_an_attraction_between_industries_is_found_under_each_null(null: str, controls: list[str] | None) -> None:
    rng = np.random.default_rng(2)
    x = rng.random((60, 2))
    frame = pl.DataFrame(
        {
            "industry_id": ["a"] * 60 + ["b"] * 60 + ["c"] * 200,
            "x": np.r_[x[:, 0], x[:, 0] + 0.005, rng.random(200)],
            "y": np.r_[x[:, 1], x[:, 1] + 0.005, rng.random(200)],
            "size": rng.lognormal(0.0, 0.3, 320),
        }
    )
    found = marcon_puech_m(
        frame, only=["a"], other="b", controls=controls, distances=[0.05], simulations=99, null=null, rng=3
    )
    row = found.row(0, named=True)
    assert row["value"] > row["global_high"] >= row["band_high"] > row["expected"] > row["band_low"]
    assert row["p"] == pytest.approx(0.02)
    assert row["p_global"] <= 0.02


def test_shuffled_rows_give_the_same_bytes_with_bands_and_intervals() -> None:
    frame = world(5, 90)
    options = {"simulations": 19, "replicates": 19, "rng": 4, "distances": [0.5, 1.0]}
    one = marcon_puech_m(frame, **options)
    assert one.equals(marcon_puech_m(frame.sample(fraction=1.0, shuffle=True, seed=1), **options))
    assert one.drop_nulls("low").select((pl.col("low") <= pl.col("high")).all()).item()


def test_the_interval_covers_m_of_the_process() -> None:
    """Thomas clusters: the expected M is that of a large sample."""
    rng = np.random.default_rng(11)

    def sample(parents: int) -> pl.DataFrame:
        centre = rng.random((parents, 2)) * np.sqrt(parents)
        a = (centre[:, None] + rng.normal(0.0, 0.05, (parents, 4, 2))).reshape(-1, 2)
        b = rng.random((parents * 12, 2)) * np.sqrt(parents)
        at = np.r_[a, b]
        return pl.DataFrame({"industry_id": ["a"] * len(a) + ["b"] * len(b), "x": at[:, 0], "y": at[:, 1], "size": 1.0})

    true = marcon_puech_m(sample(3000), only=["a"], distances=[0.2])["value"][0]
    hits = 0
    for _ in range(30):
        row = marcon_puech_m(sample(60), only=["a"], distances=[0.2], replicates=99, rng=rng).row(0, named=True)
        hits += row["low"] <= true <= row["high"]
    assert hits >= 18


def test_bad_questions_are_refused_in_words_that_say_what_to_do() -> None:
    frame = world(1, 30)
    with pytest.raises(UnknownName, match="no industry called 'z'"):
        marcon_puech_m(frame, only=["z"])
    with pytest.raises(JiqunError, match="an industry cannot be its own control"):
        marcon_puech_m(frame, controls=["a"])
    with pytest.raises(JiqunError, match=r"needs distances ≥ 0 in km; these are \[-1\.0\]"):
        marcon_puech_m(frame, distances=[-1.0])
    with pytest.raises(JiqunError, match="Name an other industry"):
        marcon_puech_m(frame, simulations=9, null="population_independence")
    with pytest.raises(JiqunError, match="bands are for industries"):
        marcon_puech_m(frame.with_columns(actor_id=pl.lit("p")), individual=True, simulations=9)


def test_rows_without_coordinates_are_left_out_and_named() -> None:
    frame = world(1, 30)
    gap = pl.concat([frame, frame[:2].with_columns(x=pl.lit(None, pl.Float64))])
    found = marcon_puech_m(gap, distances=[1.0])
    assert found["value"].equals(marcon_puech_m(frame, distances=[1.0])["value"])
    assert set(found["note"]) == {"2 rows without coordinates were left out"}


def test_an_industry_of_one_plant_and_a_table_of_one_place_are_null_with_a_reason_or_one() -> None:
    lone = pl.DataFrame({"industry_id": ["a", "b", "b"], "x": [0.0, 1.0, 2.0], "y": [0.0] * 3})
    row = marcon_puech_m(lone, only=["a"], distances=[5.0]).row(0, named=True)
    assert (row["value"], row["note"]) == (None, "only one plant")
    one_place = pl.DataFrame({"industry_id": list("aabb"), "x": [1.0] * 4, "y": [1.0] * 4})
    assert marcon_puech_m(one_place)["value"].to_numpy() == pytest.approx(1.0)
    empty = lone.with_columns(size=pl.Series([1.0, 0.0, 0.0]))
    assert marcon_puech_m(empty, only=["b"], distances=[5.0])["note"].to_list() == ["no weight"]


@pytest.mark.parametrize(("options", "column"), [({}, "m_A"), ({"other": ["B"]}, "m_AB")])
def test_the_density_equals_dbmss_up_to_its_binning(
    plants: pl.DataFrame, theirs: pl.DataFrame, options: dict[str, object], column: str
) -> None:
    distances = theirs["r"].cast(pl.Float64).to_list()
    ours = marcon_puech_m_density(plants, only=["A"], distances=distances, bandwidth_pairs="near", **options)
    assert ours["value"].to_numpy() == pytest.approx(theirs[column].to_numpy(), rel=1e-3)


def test_bandwidths_equal_those_of_r(plants: pl.DataFrame, reference: Path) -> None:
    table = pl.read_csv(reference / "kd_bandwidths.csv")
    known = dict(zip(table["what"], table["val"], strict=True))
    at = plants.filter(pl.col("industry_id") == "A").select("x", "y").to_numpy()
    assert pair_bandwidth(at, None, spherical=False) == pytest.approx(known["nrd0 all pairs A"], rel=1e-12)
    # dbmss drops pairs beyond twice its longest distance, 47.
    assert pair_bandwidth(at, None, spherical=False, longest=94.0) == pytest.approx(
        known["nrd0 pairs<=2*rmax A (dbmss)"], rel=1e-12
    )


def test_a_bandwidth_from_some_pairs_is_that_of_all_within_a_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    at = np.r_[rng.normal(0.0, 1.0, (800, 2)), rng.normal(9.0, 3.0, (700, 2))]
    whole = pair_bandwidth(at, None, spherical=False)
    monkeypatch.setattr("jiqun.measure.bandwidth.PAIRS", 200_000)
    some = pair_bandwidth(at, None, spherical=False)
    assert some != whole
    assert some == pytest.approx(whole, rel=0.03)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 120), spherical=st.booleans(), even=st.booleans())
def test_rings_agree_with_the_plain_sum(seed: int, rows: int, spherical: bool, even: bool) -> None:
    rng = np.random.default_rng(seed)
    if spherical:
        at = on_sphere(rng.uniform(-180.0, 180.0, rows), rng.uniform(-90.0, 90.0, rows))
        radii, width = np.linspace(0.0, 19_000.0, 7), 800.0
    else:
        at = rng.normal(0.0, 3.0, (rows, 2)).round(1)
        radii, width = np.linspace(0.0, 9.0, 10), 0.7
    radii = radii if even else np.sort(rng.uniform(0.0, radii[-1], 6))
    weight = rng.lognormal(0.0, 1.0, rows)
    chord = np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=2))
    distance = 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(chord / 2 / EARTH_RADIUS_KM, 1)) if spherical else chord
    kernel = np.exp(-(((radii - distance[:, :, None]) / width) ** 2) / 2) * weight[None, :, None]
    kernel[np.arange(rows), np.arange(rows)] = 0.0
    found = ring_sums(tree(at, 4), weight, at, np.arange(rows), (radii, width, spherical), 2)
    assert found == pytest.approx(kernel.sum(axis=1), rel=1e-9, abs=1e-15)


def test_the_density_is_one_for_all_of_one_kind_and_finds_the_distance_of_a_pair() -> None:
    frame = world(3, 50, "a")
    found = marcon_puech_m_density(frame)["value"].drop_nulls().to_numpy()
    assert found == pytest.approx(1.0, rel=1e-12)
    rng = np.random.default_rng(1)
    x = rng.random((50, 2)) * 100
    pairs = pl.DataFrame(
        {
            "industry_id": ["a"] * 100 + ["b"] * 300,
            "x": np.r_[x[:, 0], x[:, 0] + 3.0, rng.random(300) * 100],
            "y": np.r_[x[:, 1], x[:, 1], rng.random(300) * 100],
        }
    )
    found = marcon_puech_m_density(
        pairs, only=["a"], distances=[3.0, 20.0], bandwidth=0.5, simulations=99, replicates=19
    )
    inside = (found["value"] <= found["global_high"]).to_list()
    assert inside == [False, True]
    assert found["bandwidth_km"].to_list() == [0.5] * 2
    assert (found["low"] < found["value"]).all()


def test_a_bandwidth_that_is_none_is_refused() -> None:
    with pytest.raises(JiqunError, match=r"needs a bandwidth above 0 km; it is 0\.0"):
        marcon_puech_m_density(world(1, 20), bandwidth=0.0)
