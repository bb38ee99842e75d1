"""Ripley's K, L and g, Diggle's D and the inhomogeneous K against spatstat, closed forms and algebra."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from jiqun.cluster import JiqunError
from jiqun.measure import diggle_d, inhomogeneous_k, ripley_g, ripley_k, ripley_l
from jiqun.measure.kernels.disc_edge import ISOTROPIC, NONE, TRANSLATION, edge_rings, edge_sums, inside
from jiqun.measure.kernels.disc_tree import tree
from jiqun.measure.points import EARTH_RADIUS_KM, great_circle, points
from jiqun.measure.window import plane

Array = NDArray[np.float64]
SQUARE = [0.0, 0.0, 100.0, 100.0]


@pytest.fixture(scope="module")
def plants(reference: Path) -> pl.DataFrame:
    return pl.read_csv(reference / "est.csv").rename({"industry": "industry_id", "emp": "size", "id": "actor_id"})


@pytest.fixture(scope="module")
def theirs(reference: Path) -> pl.DataFrame:
    return pl.read_csv(reference / "K_L_g_dbmss.csv", schema_overrides=[pl.Float64] * 5)


def scatter(seed: int, rows: int, kinds: str = "ab") -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {"industry_id": rng.choice(list(kinds), rows), "x": rng.random(rows) * 8.0, "y": rng.random(rows) * 5.0}
    )


@pytest.mark.parametrize(("function", "column"), [(ripley_k, "K_A"), (ripley_l, "L_A")])
def test_k_and_l_equal_those_of_dbmss(
    plants: pl.DataFrame, theirs: pl.DataFrame, function: object, column: str
) -> None:
    ours = function(plants, only=["A"], distances=theirs["r"].to_list(), window=SQUARE)  # type: ignore[operator]
    assert ours["value"].to_numpy() == pytest.approx(theirs[column].to_numpy(), rel=1e-12, abs=1e-12)


def test_g_equals_that_of_dbmss_up_to_its_binning(plants: pl.DataFrame, theirs: pl.DataFrame) -> None:
    ours = ripley_g(plants, only=["A"], distances=theirs["r"].to_list(), window=SQUARE, normalise="squared")
    assert ours["value"][0] is None
    assert ours["note"][0] == "not defined at this distance"
    # Before R 4.4, density() put the grid half a step off and came out about 5e-4 too high.
    assert ours["value"][1:].to_numpy() == pytest.approx(theirs["g_A"][1:].to_numpy(), rel=2e-3)


@settings(max_examples=40, deadline=None)
@given(x=st.floats(0.0, 8.0), y=st.floats(0.0, 5.0), d=st.floats(0.01, 12.0))
def test_the_share_of_a_circle_in_the_window_is_that_of_points_on_it(x: float, y: float, d: float) -> None:
    angle = (np.arange(200_000) + 0.5) / 200_000 * 2 * np.pi
    at = np.c_[x + d * np.cos(angle), y + d * np.sin(angle)]
    seen = ((at >= 0.0) & (at <= [8.0, 5.0])).all(axis=1).mean()
    assert inside(x, y, d, (0.0, 0.0, 8.0, 5.0)) == pytest.approx(seen, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(2, 150), mode=st.sampled_from([NONE, ISOTROPIC, TRANSLATION]))
def test_sums_with_edges_agree_with_comparing_every_pair(seed: int, rows: int, mode: int) -> None:
    rng = np.random.default_rng(seed)
    window = (0.0, 0.0, 8.0, 5.0)
    at = np.c_[rng.integers(0, 9, rows) * 1.0, rng.integers(0, 6, rows) * 1.0]
    weight = rng.lognormal(0.0, 1.0, rows)
    offset = at[None] - at[:, None]
    distance = np.sqrt((offset**2).sum(axis=2))
    edge = np.ones((rows, rows))
    if mode == ISOTROPIC:
        edge = np.array(
            [[1 / max(inside(*at[i], distance[i, j], window), 0.01) for j in range(rows)] for i in range(rows)]
        )
    elif mode == TRANSLATION:
        with np.errstate(divide="ignore"):
            edge = np.minimum(40.0 / ((8.0 - abs(offset[..., 0])) * (5.0 - abs(offset[..., 1]))), 100.0)
    counted = edge * weight * (1 - np.eye(rows))
    radii = np.array([0.0, 1.0, np.sqrt(2.0), 3.0, 5.0])
    own = np.arange(rows)
    found = edge_sums(tree(at, 3), weight, at, own, radii, (mode, window), 2)
    plain = np.stack([np.where(distance <= r + 1e-9, counted, 0.0).sum(axis=1) for r in radii], axis=1)
    assert found == pytest.approx(plain, rel=1e-10)
    ring = edge_rings(tree(at, 3), weight, at, own, radii[1:], (mode, window), (0.4, False), 2)
    kernel = [
        (np.maximum(0.75 / 0.4 * (1 - ((r - distance) / 0.4) ** 2), 0.0) * counted).sum(axis=1) / r for r in radii[1:]
    ]
    assert ring == pytest.approx(np.stack(kernel, axis=1), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("correction", ["isotropic", "translation", "border"])
def test_k_of_points_strewn_at_random_is_pi_r_squared_on_average(correction: str) -> None:
    frame = pl.DataFrame(
        {
            "industry_id": np.repeat(np.arange(150).astype(str), 80),
            "x": np.random.default_rng(1).random(12_000) * 10,
            "y": np.random.default_rng(2).random(12_000) * 6,
        }
    )
    options = {"distances": [0.4, 0.8, 1.2], "window": [0.0, 0.0, 10.0, 6.0], "correction": correction}
    found = (
        ripley_k(frame, **options)
        .group_by("distance_km")
        .agg(pl.col("value").mean(), error=pl.col("value").std() / np.sqrt(150))
    )
    z = (found["value"] - np.pi * found["distance_km"] ** 2) / found["error"]
    assert z.abs().max() < 3.5
    without = ripley_k(frame, **{**options, "correction": "none"}).filter(pl.col("distance_km") == 1.2)["value"].mean()
    assert without < 0.9 * np.pi * 1.2**2


def test_g_is_the_slope_of_k() -> None:
    frame = scatter(3, 400, "a")
    r = np.linspace(0.3, 1.2, 181)
    k = ripley_k(frame, distances=r.tolist())["value"].to_numpy()
    g = ripley_g(frame, distances=[0.75], bandwidth=0.3)["value"][0]
    slope = np.gradient(k, r)
    kernel = np.maximum(1 - ((r - 0.75) / 0.3) ** 2, 0.0)
    assert g == pytest.approx((slope * kernel).sum() / kernel.sum() / (2 * np.pi * 0.75), rel=0.02)


def test_a_lattice_is_dispersed_and_thomas_clusters_are_not() -> None:
    rng = np.random.default_rng(4)
    lattice = np.stack(np.meshgrid(np.arange(10.0), np.arange(10.0)), axis=2).reshape(-1, 2) + 0.5
    parents = rng.random((25, 1, 2)) * 9 + 0.5
    clusters = (parents + rng.normal(0, 0.15, (25, 4, 2))).reshape(-1, 2)
    frame = pl.DataFrame(
        {
            "industry_id": ["lattice"] * 100 + ["clusters"] * 100,
            "x": np.r_[lattice[:, 0], clusters[:, 0]],
            "y": np.r_[lattice[:, 1], clusters[:, 1]],
        }
    )
    options = {"distances": [0.4, 0.9], "window": [0.0, 0.0, 10.0, 10.0], "simulations": 99, "rng": 1}
    for function in (ripley_k, ripley_l, ripley_g):
        found = function(frame, **options)
        clustered, regular = found[:2], found[2:]
        near = 1 if function is ripley_g else 2
        assert (clustered["value"] > clustered["global_high"])[:near].all()
        assert (regular["value"] < regular["global_low"])[:near].all()
        assert clustered["p"][:near].to_list() == [pytest.approx(0.02)] * near
        assert (clustered["band_low"] <= clustered["expected"]).all()
        assert (clustered["band_high"] >= clustered["expected"]).all()


def test_random_labels_take_the_map_of_all_plants_as_it_is() -> None:
    """All activity is clustered: against empty space the industry is, against labels it is not."""
    rng = np.random.default_rng(6)
    at = rng.normal(5.0, 0.7, (600, 2))
    frame = pl.DataFrame({"industry_id": ["a"] * 120 + ["b"] * 480, "x": at[:, 0], "y": at[:, 1]})
    options = {"only": ["a"], "distances": [0.3, 0.6], "simulations": 99, "window": [0.0, 0.0, 10.0, 10.0]}
    assert ripley_k(frame, **options)["p_global"][0] <= 0.02
    assert ripley_k(frame, null="random_labels", **options)["p_global"][0] > 0.05


def test_cross_k_counts_the_others_and_is_that_of_its_definition() -> None:
    frame = scatter(7, 60, "ab").sort("industry_id")
    at = frame.select("x", "y").to_numpy()
    a, b = (at[(frame["industry_id"] == kind).to_numpy()] for kind in "ab")
    distance = np.sqrt(((a[:, None] - b[None]) ** 2).sum(axis=2))
    share = np.array([[inside(*p, d, (0.0, 0.0, 8.0, 5.0)) for d in row] for p, row in zip(a, distance, strict=True)])
    expected = 40.0 / len(a) / len(b) * (1 / share)[distance <= 1.0].sum()
    found = ripley_k(frame, only=["a"], other="b", distances=[1.0], window=[0.0, 0.0, 8.0, 5.0])
    assert found["value"].to_list() == [pytest.approx(expected, rel=1e-12)]
    assert found.columns[:3] == ["industry_id", "industry_id_2", "distance_km"]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(4, 80), scale=st.floats(0.01, 100.0))
@pytest.mark.parametrize("correction", ["isotropic", "translation", "border", "none"])
def test_k_grows_with_the_square_of_the_map_and_does_not_move_with_it(
    seed: int, rows: int, scale: float, correction: str
) -> None:
    frame = scatter(seed, rows)
    before = ripley_k(frame, distances=[0.5, 1.0], correction=correction)["value"].to_numpy()
    # Turned by a quarter, mirrored, moved and enlarged: the window turns with it.
    other = frame.with_columns(x=pl.col("y") * scale + 3.0, y=pl.col("x") * -scale - 2.0)
    after = ripley_k(other, distances=[0.5 * scale, 1.0 * scale], correction=correction)["value"].to_numpy()
    assert after / scale**2 == pytest.approx(before, rel=1e-7, nan_ok=True)


def test_a_projection_keeps_the_distances_of_a_region_as_it_says_and_refuses_a_country() -> None:
    rng = np.random.default_rng(3)
    lon, lat = 120.0 + rng.uniform(-4.0, 4.0, 300), 31.0 + rng.uniform(-4.0, 4.0, 300)
    frame = pl.DataFrame({"industry_id": ["a"] * 300, "lon": lon, "lat": lat})
    flat = plane(points(frame, "ripley_k", industry="industry_id", weight=None), None, "ripley_k")
    sphere = points(frame, "ripley_k", industry="industry_id", weight=None).at
    arc = great_circle(np.sqrt(((sphere[:, None] - sphere[None]) ** 2).sum(axis=2)))
    straight = np.sqrt(((flat.at[:, None] - flat.at[None]) ** 2).sum(axis=2))
    upper = np.triu_indices(300, 1)
    error = np.abs(straight / np.maximum(arc, 1e-12) - 1)[upper].max()
    assert 0.3 * flat.distortion < error <= flat.distortion * 1.001
    assert flat.distortion < 0.002
    assert ripley_k(frame, distances=[50.0])["distortion"][0] == flat.distortion
    wide = frame.with_columns(lon=pl.col("lon") + pl.when(pl.col("lon") > 120).then(50.0).otherwise(0.0))
    with pytest.raises(JiqunError, match=r"reach .* km from their centre, where any projection is wrong by"):
        ripley_k(wide)


def test_areas_are_kept_by_the_projection() -> None:
    edge = np.linspace(0, 1, 1000)
    lon = np.r_[118 + 4 * edge, np.full(1000, 122.0), 122 - 4 * edge, np.full(1000, 118.0)]
    lat = np.r_[np.full(1000, 29.0), 29 + 4 * edge, np.full(1000, 33.0), 33 - 4 * edge]
    frame = pl.DataFrame({"industry_id": ["a"] * 4000, "lon": lon, "lat": lat})
    found = points(frame, "ripley_k", industry="industry_id", weight=None)
    flat = plane(found, None, "ripley_k").at
    # The points come sorted: bring them around the outline again by their angle from the middle.
    turn = np.argsort(np.arctan2(flat[:, 1] - flat[:, 1].mean(), flat[:, 0] - flat[:, 0].mean()))
    x, y = flat[turn].T
    area = 0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    exact = EARTH_RADIUS_KM**2 * np.radians(4.0) * (np.sin(np.radians(33.0)) - np.sin(np.radians(29.0)))
    assert area == pytest.approx(exact, rel=1e-5)


def test_points_outside_the_window_and_without_coordinates_are_left_out_and_counted() -> None:
    frame = scatter(1, 60)
    odd = pl.DataFrame({"industry_id": ["a", "b"], "x": [50.0, None], "y": [1.0, 2.0]})
    window = [0.0, 0.0, 8.0, 5.0]
    found = ripley_k(pl.concat([frame, odd]), distances=[1.0], window=window)
    assert found["value"].equals(ripley_k(frame, distances=[1.0], window=window)["value"])
    said = "1 rows without coordinates were left out; 1 points outside the window were left out"
    assert found["note"].to_list() == [said] * 2


def test_what_has_no_k_is_null_with_a_reason() -> None:
    line = pl.DataFrame({"industry_id": list("aabb"), "x": [0.0, 1.0, 2.0, 3.0], "y": [0.0] * 4})
    for function in (ripley_k, ripley_l, ripley_g):
        found = function(line, simulations=9, replicates=5)
        assert found["value"].null_count() == found.height
        assert set(found["note"]) == {"the window has no area: all points lie on one line"}
    lone = pl.DataFrame({"industry_id": list("abb"), "x": [0.0, 1.0, 2.0], "y": [0.0, 3.0, 1.0]})
    assert ripley_k(lone, only=["a"], distances=[1.0])["note"].to_list() == ["too few plants in the window"]
    piled = pl.DataFrame({"industry_id": ["a"] * 4, "x": [1.0] * 4, "y": [1.0] * 4})
    found = ripley_k(piled, distances=[0.0, 1.0], window=[0.0, 0.0, 2.0, 2.0])
    assert found["value"][0] == pytest.approx(4.0)


def test_bad_windows_and_corrections_are_refused_in_words_that_say_what_to_do() -> None:
    frame = scatter(1, 30)
    with pytest.raises(JiqunError, match="needs a window x0, y0, x1, y1 with x0 < x1"):
        ripley_k(frame, window=[0.0, 0.0, -1.0, 1.0])
    with pytest.raises(JiqunError, match="no point lies in the window"):
        ripley_l(frame, window=[100.0, 100.0, 101.0, 101.0])
    with pytest.raises(JiqunError, match="has no border correction"):
        ripley_g(frame, correction="border")
    with pytest.raises(JiqunError, match="needs a bandwidth above 0 km"):
        ripley_g(frame, bandwidth=-1.0)


def test_shuffled_rows_give_the_same_bytes_with_bands_and_intervals() -> None:
    frame = scatter(5, 90)
    options = {"simulations": 19, "replicates": 19, "rng": 4, "distances": [0.5, 1.0]}
    for null in ("complete_spatial_randomness", "random_labels"):
        one = ripley_k(frame, null=null, **options)
        assert one.equals(ripley_k(frame.sample(fraction=1.0, shuffle=True, seed=1), null=null, **options))
        assert one.select((pl.col("low") <= pl.col("high")).all()).item()


def test_d_equals_that_of_dbmss(plants: pl.DataFrame, theirs: pl.DataFrame) -> None:
    options = {"only": ["A"], "distances": theirs["r"].to_list(), "window": SQUARE}
    ours = diggle_d(plants, controls=["B"], **options)
    assert ours["value"].to_numpy() == pytest.approx(theirs["D_AB"].to_numpy(), rel=1e-10, abs=1e-9)
    k = ripley_k(plants, **options)["value"].to_numpy()
    cross = ripley_k(plants, other="B", **options)["value"].to_numpy()
    between = diggle_d(plants, controls=["B"], intertype=True, **options)["value"].to_numpy()
    assert between == pytest.approx(k - cross, rel=1e-10, abs=1e-9)


def test_d_is_nothing_where_labels_are_random_however_uneven_the_map() -> None:
    rng = np.random.default_rng(2)
    p, value = [], []
    for _ in range(30):
        at = rng.normal(5.0, 0.8, (200, 2))
        kind = rng.permutation(["a"] * 60 + ["b"] * 140)
        frame = pl.DataFrame({"industry_id": kind, "x": at[:, 0], "y": at[:, 1]})
        window = [0.0, 0.0, 10.0, 10.0]
        found = diggle_d(frame, only=["a"], distances=[0.3, 0.8], window=window, simulations=39, rng=rng)
        p.append(found["p_global"][0])
        value.append(found["value"].to_numpy())
    z = np.mean(value, axis=0) / (np.std(value, axis=0, ddof=1) / np.sqrt(30))
    assert np.abs(z).max() < 3.5
    assert 0.3 < np.mean(p) < 0.7
    tight = at[np.argsort(((at - at[0]) ** 2).sum(axis=1))]
    near = pl.DataFrame({"industry_id": ["a"] * 40 + ["b"] * 160, "x": tight[:, 0], "y": tight[:, 1]})
    row = diggle_d(near, only=["a"], distances=[0.3], simulations=99).row(0, named=True)
    assert row["value"] > row["global_high"]


@pytest.mark.parametrize("correction", ["isotropic", "translation"])
def test_the_inhomogeneous_k_of_an_even_density_is_k(correction: str) -> None:
    frame = scatter(9, 70)
    options = {"distances": [0.5, 1.0], "correction": correction}
    k = ripley_k(frame, **options)["value"].to_numpy()
    even = inhomogeneous_k(frame, intensity="kernel", bandwidth=1e6, **options)["value"].to_numpy()
    assert even == pytest.approx(k, rel=1e-6)


def test_the_inhomogeneous_k_is_the_double_sum_of_its_definition() -> None:
    frame = scatter(4, 50).sort("industry_id")
    at, kind = frame.select("x", "y").to_numpy(), frame["industry_id"].to_numpy()
    a, b, h, window = at[kind == "a"], at[kind == "b"], 1.3, (0.0, 0.0, 8.0, 5.0)
    grid = np.stack(np.meshgrid((np.arange(800) + 0.5) / 100, (np.arange(500) + 0.5) / 100), axis=2).reshape(-1, 2)

    def density(x: Array, smoothed: Array) -> float:
        kernel = np.exp(-((smoothed - x) ** 2).sum(axis=1) / 2 / h**2)
        mass = np.exp(-((grid - x) ** 2).sum(axis=1) / 2 / h**2).sum() * 1e-4
        return float(kernel.sum() / mass)

    for intensity in ("kernel", "others"):
        if intensity == "kernel":
            lam = np.array([density(a[i], np.delete(a, i, axis=0)) for i in range(len(a))])
        else:
            lam = np.array([density(x, b) for x in a]) * len(a) / len(b)
        total = 0.0
        for i in range(len(a)):
            for j in range(len(a)):
                d = float(np.hypot(*(a[i] - a[j])))
                if i != j and d <= 1.0:
                    total += 1.0 / inside(*a[i], d, window) / lam[i] / lam[j]
        options = {"only": ["a"], "distances": [1.0], "window": list(window), "bandwidth": h, "intensity": intensity}
        plain = inhomogeneous_k(frame, renormalise=False, **options)["value"][0]
        assert plain == pytest.approx(total / 40.0, rel=1e-4)
        steady = inhomogeneous_k(frame, **options)["value"][0]
        assert steady == pytest.approx(total / (1 / lam).sum(), rel=1e-4)


def test_an_uneven_density_without_clusters_is_no_clustering_and_pairs_in_it_are() -> None:
    rng = np.random.default_rng(12)
    everyone = rng.normal([5.0, 5.0], [1.2, 1.2], (900, 2)).clip(0.01, 9.99)
    pairs = np.r_[everyone[:60], everyone[:60] + rng.normal(0.0, 0.02, (60, 2))].clip(0.01, 9.99)
    for cases, clustered in ((everyone[:120], False), (pairs, True)):
        rest = everyone[120:]
        at = np.r_[cases, rest]
        frame = pl.DataFrame({"industry_id": ["a"] * 120 + ["b"] * len(rest), "x": at[:, 0], "y": at[:, 1]})
        options = {"only": ["a"], "distances": [0.1, 0.3], "window": [0.0, 0.0, 10.0, 10.0], "simulations": 99}
        assert ripley_k(frame, **options)["p_global"][0] <= 0.02
        for null in ("inhomogeneous_poisson", "random_labels"):
            found = inhomogeneous_k(frame, null=null, bandwidth=0.6, rng=1, **options)
            assert (found["p_global"][0] <= 0.05) == clustered
    own = inhomogeneous_k(frame, intensity="kernel", bandwidth=0.6, rng=1, **options)
    assert own["value"][0] > own["global_high"][0]


def test_points_drawn_from_a_density_have_it() -> None:
    """Drawn points fill the window as the fitted density says, also at its border."""
    from jiqun.measure.distance.inhomogeneous_k import _density, _from_density
    from jiqun.measure.second_order import Group

    frame = scatter(3, 12)
    flat = plane(points(frame, "k", industry="industry_id", weight=None), [0.0, 0.0, 8.0, 5.0], "k")
    smoothed = Group.once(flat.at)
    drawn = _from_density(flat, smoothed, 1.5, 40_000, np.random.default_rng(1))
    cells = np.stack(np.meshgrid(np.arange(8) + 0.5, np.arange(5) + 0.5), axis=2).reshape(-1, 2)
    fine = cells[:, None] + np.stack(
        np.meshgrid(np.linspace(-0.45, 0.45, 10), np.linspace(-0.45, 0.45, 10)), 2
    ).reshape(-1, 2)
    expected = _density(flat, Group.once(fine.reshape(-1, 2)), smoothed, 1.5).reshape(len(cells), -1).mean(axis=1)
    expected *= 40_000 / expected.sum()
    counted = np.histogram2d(drawn[:, 1], drawn[:, 0], bins=(5, 8), range=((0, 5), (0, 8)))[0].ravel()
    chi = ((counted - expected) ** 2 / expected).sum()
    assert chi < 39 + 5 * np.sqrt(2 * 39)


def test_an_industry_without_others_or_far_from_them_has_no_inhomogeneous_k_and_says_why() -> None:
    far = pl.DataFrame({"industry_id": list("aabb"), "x": [0.0, 1.0, 999.0, 998.0], "y": [0.0, 1.0, 999.0, 990.0]})
    found = inhomogeneous_k(far, only=["a"], distances=[2.0], bandwidth=1.0)
    reason = "too few plants, or the density is 0 at one of them: take a wider bandwidth"
    assert found["note"].to_list() == [reason]
    with pytest.raises(JiqunError, match="needs a bandwidth above 0 km"):
        inhomogeneous_k(far, bandwidth=0.0)
    alone = far.with_columns(industry_id=pl.lit("a"))
    assert inhomogeneous_k(alone, distances=[2.0])["note"].to_list() == [reason]
    assert diggle_d(alone, distances=[2.0])["note"].to_list() == ["too few cases or controls in the window"]
    with pytest.raises(JiqunError, match="an industry cannot be its own control"):
        diggle_d(far, controls=["a"])
