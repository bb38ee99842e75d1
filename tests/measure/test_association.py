"""Spatial association against direct sums, closed forms, all permutations, and esda."""

from __future__ import annotations

import itertools
import sys

import esda
import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import jiqun
from jiqun.cluster import JiqunError, MissingColumn
from jiqun.measure import geary, getis_ord, lisa, location_quotient, moran
from jiqun.measure.association.geary import geary_c
from jiqun.measure.association.getis_ord import general_g, local_g
from jiqun.measure.association.lisa import QUADRANTS
from jiqun.measure.association.moran import moran_i
from jiqun.measure.autocorrelation import as_w
from jiqun.measure.kernels.spatial_lag import draw_others, extremes
from jiqun.measure.neighbours import Sites, neighbours, sites, standardised_rows
from jiqun.measure.points import great_circle

Array = NDArray[np.float64]
INDICES = [moran, geary, lisa, getis_ord]


def scattered(n: int, seed: int = 0, slope: float = 0.0) -> pl.DataFrame:
    """Places at random in a square of 100 km, with values that may rise from west to east."""
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 100, n), rng.uniform(0, 100, n)
    wage = slope * x + rng.lognormal(2.0, 0.5, n)
    return pl.DataFrame({"place_id": [f"p{k:03d}" for k in range(n)], "x": x, "y": y, "wage": wage})


def weights_of(frame: pl.DataFrame, **how: object) -> sp.csr_array:
    chosen = {"how": "nearest", "k": 6, "distance_km": None, "power": 1.0} | how
    return neighbours(sites(frame, "moran", "place_id"), "moran", **chosen)  # type: ignore[arg-type]


def test_statistics_equal_the_sums_that_define_them() -> None:
    frame = scattered(30, 1)
    w, y = standardised_rows(weights_of(frame)), frame["wage"].to_numpy()
    dense, z, n = w.toarray(), y - y.mean(), len(y)
    double = [(i, j) for i in range(n) for j in range(n)]
    i_sum = sum(dense[i, j] * z[i] * z[j] for i, j in double)
    c_sum = sum(dense[i, j] * (y[i] - y[j]) ** 2 for i, j in double)
    g_sum = sum(dense[i, j] * y[i] * y[j] for i, j in double)
    g_all = sum(y[i] * y[j] for i, j in double if i != j)
    assert moran(frame, of="wage")["value"][0] == pytest.approx(n / dense.sum() * i_sum / (z**2).sum(), rel=1e-12)
    expected = (n - 1) / (2 * dense.sum()) * c_sum / (z**2).sum()
    assert geary(frame, of="wage")["value"][0] == pytest.approx(expected, rel=1e-12)
    found = getis_ord(frame, of="wage", scope="global", standardise="rows")["value"][0]
    assert found == pytest.approx(g_sum / g_all, rel=1e-12)
    local = [(n - 1) * z[i] * (dense[i] @ z) / (z**2).sum() for i in range(n)]
    assert lisa(frame, of="wage", simulations=0)["value"].to_numpy() == pytest.approx(np.array(local), rel=1e-10)


def test_the_mean_of_the_local_moran_is_the_global_one() -> None:
    frame = scattered(40, 2)
    local = lisa(frame, of="wage", simulations=0)["value"].sum()
    n = frame.height
    assert local / (n - 1) == pytest.approx(moran(frame, of="wage", simulations=0)["value"][0], rel=1e-12)


@pytest.mark.parametrize("rows", [True, False])
def test_moments_equal_those_of_all_permutations(rows: bool) -> None:
    """Seven places have 5,040 orders: expectation and deviation are known without any theory."""
    frame = scattered(7, 3)
    raw = weights_of(frame, k=2)
    w, y = standardised_rows(raw) if rows else raw, frame["wage"].to_numpy()
    every = np.array(list(itertools.permutations(y))).T
    options = {"of": "wage", "k": 2, "standardise": "rows" if rows else "none", "simulations": 0}
    for function, statistic in ((moran, moran_i), (geary, geary_c)):
        values = statistic(w, every)
        row = function(frame, **options).row(0, named=True)
        assert row["expected"] == pytest.approx(values.mean(), rel=1e-9)
        assert row["deviation"] == pytest.approx(values.std(), rel=1e-9)
        assert row["z"] == pytest.approx((row["value"] - values.mean()) / values.std(), rel=1e-8)
    g = general_g(w, every)
    row = getis_ord(frame, scope="global", **options).row(0, named=True)
    assert row["expected"] == pytest.approx(g.mean(), rel=1e-10)
    assert moran(frame, **options)["expected"][0] == pytest.approx(-1 / 6)


def test_local_moments_equal_those_of_all_permutations() -> None:
    """G of a place without itself is conditional on nothing: over all orders its z has mean 0, deviation 1."""
    frame = scattered(7, 3)
    y = frame["wage"].to_numpy()
    for w in (weights_of(frame, k=2), weights_of(frame, how="inverse")):
        own = sp.csr_array(w + sp.diags_array(w.toarray().max(axis=1)))
        sums = own @ np.array(list(itertools.permutations(y))).T
        expected = (own @ y - sums.mean(axis=1)) / sums.std(axis=1)
        assert local_g(w, y, star=True) == pytest.approx(expected, rel=1e-9)


def test_local_g_without_the_place_itself_is_conditional_on_its_value() -> None:
    frame = scattered(7, 4)
    y, w = frame["wage"].to_numpy(), weights_of(frame, how="inverse")
    found = local_g(w, y, star=False)
    for i in range(7):
        others = [j for j in range(7) if j != i]
        sums = np.array([w.toarray()[i, others] @ np.array(o) for o in itertools.permutations(y[others])])
        assert found[i] == pytest.approx((w.toarray()[i] @ y - sums.mean()) / sums.std(), rel=1e-9)


def test_statistics_equal_esda() -> None:
    frame = scattered(50, 5, slope=0.1)
    raw, y = weights_of(frame), frame["wage"].to_numpy()
    w = standardised_rows(raw)
    theirs = esda.Moran(y, as_w(raw), transformation="r", permutations=0)
    ours = moran(frame, of="wage", simulations=0).row(0, named=True)
    assert (ours["value"], ours["z"], ours["p"]) == pytest.approx((theirs.I, theirs.z_rand, theirs.p_rand), rel=1e-9)
    assert moran_i(w, y[:, None])[0] == pytest.approx(theirs.I, rel=1e-12)
    other = esda.Geary(y, as_w(raw), transformation="r", permutations=0)
    ours = geary(frame, of="wage", simulations=0).row(0, named=True)
    assert (ours["value"], ours["z"]) == pytest.approx((other.C, other.z_rand), rel=1e-9)
    assert geary_c(w, y[:, None])[0] == pytest.approx(other.C, rel=1e-12)
    assert general_g(raw, y[:, None])[0] == pytest.approx(esda.G(y, as_w(raw), permutations=0).G, rel=1e-12)
    star = esda.G_Local(y, as_w(raw), transform="B", permutations=0, star=True)
    assert local_g(raw, y, star=True) == pytest.approx(star.Zs, rel=1e-9)
    plain = esda.G_Local(y, as_w(raw), transform="B", permutations=0, star=False)
    assert local_g(raw, y, star=False) == pytest.approx(plain.Zs, rel=1e-9)


def test_weights_of_libpysal_have_the_same_sums() -> None:
    w = weights_of(scattered(25, 6), how="inverse", distance_km=30.0)
    theirs = as_w(w)
    assert theirs.s0 == pytest.approx(w.sum())
    assert theirs.sparse.toarray() == pytest.approx(w.toarray())


def test_a_permutation_test_holds_its_level() -> None:
    """Without association p is uniform: 120 tables, a level of 10 % is left by 10 % give or take sampling."""
    p = [moran(scattered(20, seed), of="wage", simulations=99, rng=seed)["p"][0] for seed in range(120)]
    assert 0.04 < np.mean(np.array(p) <= 0.10) < 0.17
    assert 0.35 < np.mean(p) < 0.65


def test_conditional_permutations_approach_all_orders_of_the_neighbours() -> None:
    frame = scattered(8, 7, slope=0.2)
    y, w = frame["wage"].to_numpy(), standardised_rows(weights_of(frame, k=2))
    found = lisa(frame, of="wage", k=2, simulations=20_000)["p"].to_numpy()
    for i in range(8):
        weights = w.data[w.indptr[i] : w.indptr[i + 1]]
        others = np.delete(y, i)
        sums = np.array([weights @ np.array(o) for o in itertools.permutations(others, len(weights))])
        here = (w @ y)[i]
        share = min((sums <= here + 1e-12).mean(), (sums >= here - 1e-12).mean())
        assert found[i] == pytest.approx(min(1.0, 2 * share), abs=0.02)


def test_kernel_of_neighbour_sums_equals_plain_numpy() -> None:
    frame = scattered(40, 8)
    y, w = frame["wage"].to_numpy().round(), weights_of(frame, how="inverse", distance_km=25.0)
    most = int(np.diff(w.indptr).max())
    others = draw_others(40, most, 50, np.random.default_rng(1))
    below, above = extremes(w, y, others, 1e-9)
    for i in range(40):
        weights = w.data[w.indptr[i] : w.indptr[i + 1]]
        drawn = np.delete(y, i)[others[:, : len(weights)]] @ weights
        assert below[i] == (drawn <= (w @ y)[i] + 1e-9).sum()
        assert above[i] == (drawn >= (w @ y)[i] - 1e-9).sum()


def test_others_are_drawn_without_replacement_and_all_alike() -> None:
    drawn = draw_others(6, 3, 20_000, np.random.default_rng(2))
    assert all(len(set(row)) == 3 for row in drawn[:500].tolist())
    assert drawn.min() == 0
    assert drawn.max() == 4
    for column in drawn.T:
        assert np.bincount(column) / 20_000 == pytest.approx(np.full(5, 0.2), abs=0.02)


@pytest.mark.parametrize("function", INDICES)
def test_the_default_analyses_the_location_quotient_of_every_industry(function: object) -> None:
    rng = np.random.default_rng(3)
    frame = pl.DataFrame(
        {
            "place_id": rng.choice([f"p{k}" for k in range(12)], 400),
            "industry_id": rng.choice(["i", "j"], 400),
            "lon": 0.0,
            "lat": 0.0,
        }
    )
    where = {name: (110 + k, 20 + (k * 7) % 12) for k, name in enumerate(sorted(frame["place_id"].unique()))}
    frame = frame.with_columns(
        lon=pl.col("place_id").replace_strict({k: float(v[0]) for k, v in where.items()}),
        lat=pl.col("place_id").replace_strict({k: float(v[1]) for k, v in where.items()}),
    )
    whole = function(frame, simulations=99)  # type: ignore[operator]
    quotient = location_quotient(frame, replicates=0).filter(pl.col("industry_id") == "j")
    joined = quotient.join(frame.unique("place_id").select("place_id", "lon", "lat"), on="place_id")
    alone = function(joined.drop("industry_id"), of="value", simulations=99)  # type: ignore[operator]
    assert whole.filter(pl.col("industry_id") == "j")["value"].to_list() == pytest.approx(alone["value"].to_list())
    only = function(frame, only=["j"], simulations=99)  # type: ignore[operator]
    assert only["industry_id"].unique().to_list() == ["j"]


def test_an_index_of_places_alone_is_analysed_once() -> None:
    rng = np.random.default_rng(4)
    frame = scattered(9, 9).drop("wage").sample(300, with_replacement=True, seed=1)
    frame = frame.with_columns(industry_id=pl.Series(rng.choice(list("abcd"), 300)))
    found = moran(frame, of="diversity", options={"cut": 0})
    assert found.height == 1
    assert "industry_id" not in found.columns
    local = lisa(frame, of="hoover", options={"of": "place"})
    assert local.columns[0] == "place_id"
    assert local.height == 9


def test_a_planted_hot_spot_is_found_and_nothing_else() -> None:
    grid = pl.DataFrame(
        [{"place_id": f"{a:02d}-{b:02d}", "x": float(a), "y": float(b)} for a in range(12) for b in range(12)]
    )
    noise = np.random.default_rng(5).normal(10.0, 1.0, grid.height)
    core = (grid["x"] < 3) & (grid["y"] < 3)
    frame = grid.with_columns(wage=pl.Series(noise) + 8.0 * core.cast(pl.Float64))
    found = lisa(frame, of="wage", k=8).filter(pl.col("cluster") == "HH")["place_id"].to_list()
    assert {"00-00", "01-01", "00-01"} <= set(found)
    assert len(set(found) - set(frame.filter(core)["place_id"])) <= 2
    hot = getis_ord(frame, of="wage", k=8)
    assert set(hot.filter(pl.col("cluster") == "hot")["place_id"]) >= {"00-00", "01-01", "00-01"}
    assert hot.filter(pl.col("cluster") == "cold").is_empty()
    assert set(lisa(frame, of="wage")["cluster"].unique()) <= set(QUADRANTS)


def test_quadrants_say_how_a_place_stands_to_its_neighbours() -> None:
    frame = scattered(30, 10)
    found = lisa(frame, of="wage")
    mean = frame["wage"].mean()
    for row in found.rows(named=True):
        assert row["quadrant"] == ("H" if row["of"] > mean else "L") + ("H" if row["lag"] > mean else "L")
        assert (row["value"] > 0) == (row["quadrant"] in ("HH", "LL"))


def test_neighbours_by_distance_are_those_within_it() -> None:
    frame = scattered(25, 11)
    at = frame.select("x", "y").to_numpy()
    apart = np.linalg.norm(at[:, None] - at[None], axis=2)
    band = weights_of(frame, how="band", distance_km=30.0).toarray()
    assert (band == ((apart <= 30.0) & (apart > 0))).all()
    inverse = weights_of(frame, how="inverse", distance_km=30.0, power=2.0).toarray()
    expected = np.divide(1.0, apart**2, out=np.zeros_like(apart), where=band > 0)
    assert inverse == pytest.approx(expected, rel=1e-12)
    least = weights_of(frame, how="band")
    assert np.diff(least.indptr).min() == 1, "the least band leaves no island, and one place a single neighbour"
    assert weights_of(frame, how="inverse").nnz == 25 * 24


def test_distances_on_the_globe_cross_the_date_line() -> None:
    frame = pl.DataFrame({"place_id": list("abcd"), "lon": [179.9, -179.9, 170.0, 160.0], "lat": [0.0] * 4})
    where = sites(frame, "moran", "place_id")
    chord = np.linalg.norm(where.at[0] - where.at[1])
    assert great_circle(np.array([chord]))[0] == pytest.approx(0.2 * np.pi / 180 * 6371.0088, rel=1e-9)
    assert weights_of(frame, k=1).toarray()[0].tolist() == [0, 1, 0, 0]
    assert weights_of(frame, how="band", distance_km=23.0).nnz == 2


def test_equally_near_places_are_all_neighbours_whatever_they_are_called() -> None:
    square = pl.DataFrame({"place_id": list("abcde"), "x": [0.0, 1.0, -1.0, 0.0, 0.0], "y": [0.0, 0.0, 0.0, 1.0, -1.0]})
    w = weights_of(square, k=1)
    assert w.toarray()[0].sum() == 4
    renamed = square.with_columns(place_id=pl.Series(list("ezyxw")))
    assert np.sort(weights_of(renamed, k=1).sum(axis=1)).tolist() == np.sort(w.sum(axis=1)).tolist()


def test_places_at_one_point_are_neighbours_and_have_a_finite_inverse_distance() -> None:
    at = pl.DataFrame({"place_id": list("abcde"), "x": [0.0, 0.0, 3.0, 7.0, 12.0], "y": [0.0] * 5})
    w = weights_of(at, how="inverse").toarray()
    assert np.isfinite(w).all()
    assert w[0, 1] == pytest.approx(1 / 3)
    found = moran(at.with_columns(wage=pl.Series([1.0, 2.0, 3.0, 5.0, 8.0])), of="wage", neighbours="inverse")
    assert np.isfinite(found["value"][0])


def test_outlines_that_touch_make_neighbours_and_an_island_is_said() -> None:
    boxes = [shapely.box(k, 0, k + 1, 1) for k in range(4)] + [shapely.box(10, 10, 11, 11)]
    frame = pl.DataFrame(
        {
            "place_id": list("abcde"),
            "x": [0.5, 1.5, 2.5, 3.5, 10.5],
            "y": [0.5, 0.5, 0.5, 0.5, 10.5],
            "wage": [1.0, 2.0, 4.0, 3.0, 9.0],
            "geometry": [b.wkb for b in boxes],
        }
    )
    w = weights_of(frame, how="contiguity").toarray()
    assert (
        w.tolist() == (np.eye(5, k=1) + np.eye(5, k=-1) - np.diag([0, 0, 0, 1], 1) - np.diag([0, 0, 0, 1], -1)).tolist()
    )
    assert moran(frame, of="wage", neighbours="contiguity")["islands"][0] == 1
    for function in (lisa, getis_ord):
        last = function(frame, of="wage", neighbours="contiguity").row(4, named=True)
        assert (last["value"], last["p"], last["note"]) == (None, None, "no neighbour")


def test_a_place_without_position_or_value_is_listed_and_left_out() -> None:
    frame = scattered(10, 12).with_columns(
        x=pl.when(pl.col("place_id") == "p003").then(None).otherwise(pl.col("x")),
        wage=pl.when(pl.col("place_id") == "p005").then(None).otherwise(pl.col("wage")),
    )
    assert moran(frame, of="wage").select("places", "left_out").row(0) == (8, 2)
    local = lisa(frame, of="wage")
    assert local.height == 10
    notes = dict(local.select("place_id", "note").rows())
    assert notes["p003"] == "the place has no position"
    assert notes["p005"] == "the place has no value"
    kept = frame.filter(~pl.col("place_id").is_in(["p003", "p005"]))
    assert local["value"].drop_nulls().to_list() == lisa(kept, of="wage")["value"].to_list()


@pytest.mark.parametrize("function", INDICES)
def test_equal_values_give_null_with_a_reason(function: object) -> None:
    frame = scattered(10).with_columns(wage=pl.lit(0.1) + 0.2)
    found = function(frame, of="wage")  # type: ignore[operator]
    assert found["value"].null_count() == found.height
    assert set(found["note"]) == {"all places have the same value"}
    few = function(scattered(3), of="wage")  # type: ignore[operator]
    assert set(few["note"]) == {"fewer than 4 places with a value and a position"}


def test_the_general_g_refuses_negative_values() -> None:
    frame = scattered(10).with_columns(wage=pl.col("wage") - 100.0)
    row = getis_ord(frame, of="wage", scope="global").row(0, named=True)
    assert (row["value"], row["note"]) == (None, "G needs values of 0 or more")


def test_where_all_are_neighbours_of_all_nothing_can_be_told() -> None:
    frame = scattered(6)
    row = moran(frame, of="wage", k=100).row(0, named=True)
    assert row["value"] == pytest.approx(-1 / 5, rel=1e-9)
    assert row["p"] == 1.0
    assert set(getis_ord(frame, of="wage", k=100)["note"]) == {"nothing to compare with"}


def test_what_cannot_be_analysed_is_refused_in_words() -> None:
    frame = scattered(8)
    with pytest.raises(JiqunError, match="of = 'wages' is neither a column of the table"):
        moran(frame, of="wages")
    with pytest.raises(JiqunError, match="needs a column of numbers; place_id is"):
        lisa(frame, of="place_id")
    with pytest.raises(
        JiqunError, match="moran needs one value for each place, or place and industry; proximity gives"
    ):
        moran(frame.with_columns(industry_id=pl.lit("a")), of="proximity")
    with pytest.raises(MissingColumn, match="moran needs column lon of table actors"):
        moran(frame.drop("x"), of="wage")
    with pytest.raises(JiqunError, match="geary with contiguity needs column geometry"):
        geary(frame, of="wage", neighbours="contiguity")
    with pytest.raises(JiqunError, match="needs finite values; 1 of column wage"):
        moran(frame.with_columns(wage=pl.when(pl.col("place_id") == "p001").then(np.inf).otherwise("wage")), of="wage")
    far = frame.select("place_id", "wage", lon=pl.lit(200.0), lat=pl.lit(0.0))
    with pytest.raises(JiqunError, match=r"moran needs lon and lat on Earth .* 8 rows have others, such as 200, 0"):
        moran(far, of="wage")
    with pytest.raises(JiqunError, match=r"only = \['z'\] are not industries"):
        moran(frame.with_columns(industry_id=pl.lit("a")), only=["z"])


def test_without_esda_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "esda", None)
    for function in (moran, geary, lisa):
        with pytest.raises(JiqunError, match=r"pip install 'jiqun\[association\]'"):
            function(scattered(8), of="wage")
    assert getis_ord(scattered(8), of="wage").height == 8


def test_the_interval_is_of_the_actors_and_their_places_stay() -> None:
    places = scattered(15, 13, slope=0.3)
    rng = np.random.default_rng(6)
    actors = places.sample(600, with_replacement=True, seed=2).with_columns(
        pay=pl.col("wage") + pl.Series(rng.normal(0.0, 5.0, 600))
    )
    row = moran(actors, of="pay", replicates=60, simulations=0).row(0, named=True)
    assert row["low"] < row["value"] < row["high"]
    shuffled = moran(actors.sample(fraction=1.0, shuffle=True, seed=3), of="pay", replicates=60, simulations=0)
    for column in ("value", "low", "high"):
        assert shuffled[column][0] == pytest.approx(row[column], rel=1e-9)
    local = lisa(actors, of="pay", replicates=40, simulations=0)
    inside = local.filter(pl.col("value").is_between("low", "high")).height
    assert inside >= 13
    one_each = moran(places, of="wage", replicates=20)
    assert one_each["low"].null_count() == 1
    assert one_each["note"].to_list() == ["one row for each place: no interval"]


def test_several_industries_are_adjusted_together() -> None:
    rng = np.random.default_rng(7)
    frame = scattered(12).drop("wage").sample(500, with_replacement=True, seed=4)
    frame = frame.with_columns(industry_id=pl.Series(rng.choice(list("abcde"), 500)))
    found = moran(frame, adjustment="holm")
    p = np.sort(found["p"].to_numpy())
    assert np.sort(found["p_adjusted"].to_numpy())[0] == pytest.approx(min(1.0, 5 * p[0]))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), factor=st.floats(0.01, 100.0), shift=st.floats(0.0, 50.0))
def test_units_of_the_values_do_not_matter(seed: int, factor: float, shift: float) -> None:
    frame = scattered(12, seed)
    other = frame.with_columns(wage=pl.col("wage") * factor + shift)
    for function in INDICES:
        before = function(frame, of="wage", simulations=0)["value"].to_numpy()
        assert function(other, of="wage", simulations=0)["value"].to_numpy() == pytest.approx(
            before, rel=1e-6, abs=1e-7
        )
    row = geary(frame, of="wage", simulations=0).row(0, named=True)
    assert row["value"] >= 0


def test_the_same_seed_gives_the_same_bytes() -> None:
    frame = scattered(300, 14)
    for function in INDICES:
        one, two = (function(frame, of="wage", rng=5) for _ in range(2))
        assert one.equals(two)
        mixed = function(frame.sample(fraction=1.0, shuffle=True, seed=9), of="wage", rng=5)
        assert mixed["p"].equals(one["p"])


def test_of_a_cluster_positions_come_from_its_actors() -> None:
    actors = scattered(10, 15).with_columns(actor_id=pl.col("place_id"), industry_id=pl.lit("a"), size=pl.col("wage"))
    cluster = jiqun.Cluster.from_tables(actors=actors.drop("wage"))
    found = cluster.measure("moran", of="size")
    assert found["value"][0] == pytest.approx(moran(scattered(10, 15), of="wage")["value"][0])


def test_of_a_cluster_positions_and_outlines_of_its_places_serve_where_actors_have_none() -> None:
    rng = np.random.default_rng(16)
    names = [f"{a}{b}" for a in range(4) for b in range(4)]
    actors = pl.DataFrame({"place_id": rng.choice(names, 400), "industry_id": rng.choice(["i", "j"], 400)})
    actors = actors.with_columns(actor_id=pl.int_range(400).cast(pl.String))
    boxes = [shapely.box(100 + a, 30 + b, 101 + a, 31 + b).wkb for a in range(4) for b in range(4)]
    places = pl.DataFrame(
        {
            "place_id": names,
            "lon": [100.5 + a for a in range(4) for _ in range(4)],
            "lat": [30.5 + b for _ in range(4) for b in range(4)],
            "geometry": boxes,
        }
    )
    cluster = jiqun.Cluster.from_tables(actors=actors, places=places)
    for how in ("nearest", "contiguity"):
        by_hand = actors.join(places, on="place_id", how="left")
        found = cluster.measure("moran", neighbours=how)
        assert found["value"].to_list() == pytest.approx(moran(by_hand, neighbours=how)["value"].to_list())
        assert found["places"].to_list() == [16, 16]


def test_a_single_site_has_no_neighbour() -> None:
    lonely = Sites(np.array(["a"]), np.array([[0.0, 0.0]]), False, None)
    assert neighbours(lonely, "moran", how="nearest", k=3, distance_km=None, power=1.0).nnz == 0
