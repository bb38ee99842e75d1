"""Coupling, obstacles, ranks, densities, association, ellipses and identification: by hand or by another program."""

from __future__ import annotations

import warnings

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import gaussian_kde

from jiqun.cluster import Cluster, JiqunError, UnknownName
from jiqun.measure.evaluation.centre import ellipses
from jiqun.measure.evaluation.coupling import COORDINATION, coupling_coordination
from jiqun.measure.evaluation.density import kernel_densities
from jiqun.measure.evaluation.identify import agreement, core_places, identify_clusters
from jiqun.measure.evaluation.moran import moran_through_time
from jiqun.measure.evaluation.obstacles import obstacle_degrees
from jiqun.measure.evaluation.platform import platform_panel
from jiqun.measure.evaluation.ranks import rank_intervals, ranks, score_of

unit = st.floats(0.0, 1.0)


def test_standard_coupling_of_three_systems_by_hand() -> None:
    found = coupling_coordination(np.array([[0.2], [0.4], [0.6]]))
    # product .048, mean .4: C = .048^⅓/.4; T = .4
    assert found.coupling[0] == pytest.approx(0.048 ** (1 / 3) / 0.4)
    assert found.coordination[0] == pytest.approx(np.sqrt(0.048 ** (1 / 3)))
    assert found.behind[0] == 0


def test_modified_coupling_of_three_systems_by_hand() -> None:
    found = coupling_coordination(np.array([[0.2], [0.4], [0.6]]), formula="modified")
    # differences .2 + .4 + .2 = .8 of 3 pairs; (.2/.6)(.4/.6)(1) under the square root
    assert found.coupling[0] == pytest.approx(np.sqrt((1 - 0.8 / 3) * np.sqrt(2 / 9)))


def test_the_modified_formula_gives_a_published_pair_of_values() -> None:
    # 北京 2008 of Wang et al. (2021), table 8: .9989 and .9404 belong to one pair of scores
    root = 1 / 0.9989 - np.sqrt(1 / 0.9989**2 - 1)
    ratio = root**2
    apart = 1 - 0.9404**2 / ratio
    high = apart / (1 - ratio)
    u = np.array([[high], [high * ratio]])
    assert coupling_coordination(u).coupling[0] == pytest.approx(0.9989, abs=5e-5)
    assert coupling_coordination(u, formula="modified").coupling[0] == pytest.approx(0.9404, abs=5e-5)


@given(arrays(np.float64, (3, 5), elements=unit), st.sampled_from(["standard", "modified"]))
@settings(max_examples=60, deadline=None)
def test_coupling_stays_in_its_bounds_and_is_one_for_equal_systems(u: np.ndarray, formula: str) -> None:
    found = coupling_coordination(u, formula=formula)  # type: ignore[arg-type]
    for values in (found.coupling, found.coordination):
        known = values[np.isfinite(values)]
        assert ((known >= 0) & (known <= 1 + 1e-12)).all()
    same = coupling_coordination(np.tile(u[:1], (3, 1)), formula=formula)  # type: ignore[arg-type]
    assert same.coupling[u[0] > 1e-6] == pytest.approx(1.0)
    assert (same.behind == -1).all()


def test_all_ten_grades_have_words_in_both_languages_and_tenths_begin_them() -> None:
    # equal systems: C = 1 and D = √U, so that D is a tenth but for rounding
    squares = (np.arange(11) / 10.0) ** 2
    found = coupling_coordination(np.array([squares, squares]))
    assert found.grade.tolist() == [0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10]
    assert [COORDINATION[g].zh for g in (1, 5, 6, 10)] == ["极度失调", "濒临失调", "勉强协调", "优质协调"]


def test_scores_outside_their_range_one_system_or_wrong_shares_are_refused() -> None:
    with pytest.raises(JiqunError, match=r"reach from -1 to 0\.5"):
        coupling_coordination(np.array([[-1.0], [0.5]]))
    with pytest.raises(JiqunError, match="at least two"):
        coupling_coordination(np.array([[0.5]]))
    with pytest.raises(JiqunError, match="sum to 1"):
        coupling_coordination(np.array([[0.5], [0.5]]), shares=np.array([0.5, 0.6]))


def test_obstacles_sum_to_one_and_values_beyond_the_ideal_are_refused() -> None:
    z = np.array([[[0.2, 0.9, 1.0]]])
    degree = obstacle_degrees(z, np.array([0.5, 0.3, 0.2]))[0, 0]
    assert degree == pytest.approx([0.4 / 0.43, 0.03 / 0.43, 0.0])
    with pytest.raises(JiqunError, match="Standardise by min–max"):
        obstacle_degrees(z * 2, np.array([0.5, 0.3, 0.2]))


@pytest.mark.parametrize("method", ["linear", "topsis", "grey"])
def test_ranks_of_certain_weights_are_the_ranks_of_the_score(method: str) -> None:
    rng = np.random.default_rng(0)
    z = rng.random((3, 12, 4))
    z[1, 4, 2] = np.nan
    w = np.array([0.1, 0.2, 0.3, 0.4])
    found = rank_intervals([z], w[None], score=method, draws=3, concentration=np.inf)  # type: ignore[arg-type]
    expected = ranks(score_of(z, w, method))  # type: ignore[arg-type]
    for array in (found.low, found.high, found.mean):
        np.testing.assert_allclose(array, expected, atol=1e-9)


def test_rank_intervals_widen_as_weights_grow_less_firm_and_the_seed_fixes_them() -> None:
    rng = np.random.default_rng(1)
    z = rng.random((2, 30, 5))
    w = np.full((1, 5), 0.2)
    firm, loose = (rank_intervals([z], w, draws=300, concentration=c, rng=3) for c in (200.0, 1.0))
    assert (loose.high - loose.low).mean() > 2 * (firm.high - firm.low).mean()
    again = rank_intervals([z], w, draws=300, concentration=1.0, rng=3)
    assert again.low.tobytes() == loose.low.tobytes()
    assert again.high.tobytes() == loose.high.tobytes()


def test_densities_are_those_of_scipy_and_reflection_keeps_the_mass() -> None:
    rng = np.random.default_rng(2)
    values = np.abs(rng.normal(size=(1, 80)))
    found = kernel_densities(values)
    h = found.bandwidth[0]
    peer = gaussian_kde(values[0], bw_method=h / values[0].std(ddof=1))
    assert found.density[0] == pytest.approx(peer(found.grid))
    reflected = kernel_densities(values, reflect=True, points=2000)
    assert np.trapezoid(reflected.density[0], reflected.grid) == pytest.approx(1.0, abs=2e-3)


def test_two_far_heaps_have_two_peaks_and_a_period_of_one_value_has_no_density() -> None:
    rng = np.random.default_rng(3)
    heaps = np.r_[rng.normal(0, 1, 100), rng.normal(12, 1, 100)]
    found = kernel_densities(np.array([heaps, np.full(200, 5.0)]), bandwidth=0.8)
    assert found.peaks[0] == 2
    assert np.isnan(found.density[1]).all()


def test_moran_and_its_local_parts_are_those_of_esda() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        esda = pytest.importorskip("esda")
        from libpysal.weights import lat2W

        w = lat2W(7, 7)
        w.transform = "r"
        y = np.random.default_rng(4).normal(size=49) + np.arange(49) / 10
        whole = esda.Moran(y, w, permutations=0)
        local = esda.Moran_Local(y, w, permutations=0)
    found = moran_through_time(y[None], sp.csr_array(w.sparse), rng=5)
    assert found.moran[0] == pytest.approx(whole.I)
    assert found.expected[0] == pytest.approx(whole.EI)
    assert found.local[0] == pytest.approx(np.asarray(local.Is))
    assert found.quadrant[0].tolist() == local.q.tolist()
    assert found.p[0] < 0.01


def test_the_local_probability_is_that_of_dealing_the_other_values_to_the_neighbours() -> None:
    line = np.eye(8, k=1) + np.eye(8, k=-1)
    y = np.array([5.0, 6.0, 4.0, 1.0, 2.0, 1.5, 0.5, 3.0])
    found = moran_through_time(y[None], sp.csr_array(line), simulations=4999, rng=2)
    for i in (1, 4):
        others = np.delete(y, i)
        pairs = np.array([(a + b) / 2 for k, a in enumerate(others) for b in others[:k]])
        lag = (y[i - 1] + y[i + 1]) / 2
        exact = min(1.0, 2 * min((pairs <= lag + 1e-9).mean(), (pairs >= lag - 1e-9).mean()))
        assert found.local_p[0, i] == pytest.approx(exact, abs=0.05)


def test_a_place_without_value_takes_no_part_and_few_places_have_no_association() -> None:
    line = sp.csr_array(np.eye(6, k=1) + np.eye(6, k=-1))
    y = np.array([[1.0, 2.0, 4.0, 3.0, 7.0, np.nan], [1.0, 2.0, 3.0, np.nan, np.nan, np.nan]])
    found = moran_through_time(y, line, simulations=0)
    shorter = moran_through_time(y[:1, :5], line[:5][:, :5], simulations=0)
    assert found.moran[0] == pytest.approx(shorter.moran[0])
    assert np.isnan(found.moran[1])
    assert found.quadrant[0, 5] == 0


def test_an_ellipse_follows_the_axis_its_places_lie_along() -> None:
    # small distances, where the plane is flat: 45° to the north-east
    step = np.array([-0.02, -0.01, 0.01, 0.02])
    e = ellipses(100 + step, step, np.ones((1, 4)))
    assert e.bearing[0] == pytest.approx(45.0, abs=1e-3)
    # √(2 · mean of squares along the axis): degrees · 111.195 km · √2 for both coordinates
    km = 6371.0088 * np.pi / 180
    assert e.major[0] == pytest.approx(np.sqrt(2 * np.mean(step**2) * 2) * km, rel=1e-4)
    assert e.minor[0] == pytest.approx(0.0, abs=1e-3)


def test_the_centre_moves_towards_the_weight_and_the_heading_says_where() -> None:
    e = ellipses(np.array([0.0, 10.0]), np.array([0.0, 0.0]), np.array([[1.0, 1.0], [1.0, 3.0], [1.0, 3.0]]))
    assert e.lon.tolist() == [5.0, 7.5, 7.5]
    assert (e.shift[1], e.heading[1]) == pytest.approx((2.5 * 6371.0088 * np.pi / 180, 90.0))
    assert e.shift[2] == 0.0
    assert np.isnan(e.heading[2])


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_the_core_fits_at_least_as_well_as_any_other_cut_by_strength(seed: int) -> None:
    rng = np.random.default_rng(seed)
    raw = rng.poisson(1.0, (7, 7)).astype(float)
    w = np.triu(raw, 1) + np.triu(raw, 1).T
    core, fit = core_places(w)
    tie, best = np.log1p(w), -np.inf
    upper = np.triu_indices(7, 1)
    strength = tie.sum(axis=1)
    for cut in np.unique(strength)[1:]:
        inside = (strength >= cut - 1e-9).astype(float)
        pattern = np.add.outer(inside, inside)[upper] / 2
        if pattern.std() > 0 and tie[upper].std() > 0:
            best = max(best, np.corrcoef(pattern, tie[upper])[0, 1])
    if np.isfinite(fit):
        assert fit == pytest.approx(best)
        assert strength[core].min() > strength[~core].max()
    else:
        assert not best > 1e-9


def test_full_agreement_is_one_and_opposite_choice_is_below_zero() -> None:
    a = np.array([True, False, True, False])
    same = agreement({"x": a, "y": a, "z": a})
    assert same.fleiss == pytest.approx(1.0)
    assert {p[2:] for p in same.pairs} == {(1.0, 1.0)}
    assert agreement({"x": a, "y": ~a}).fleiss == pytest.approx(-1.0)


@pytest.fixture
def coast() -> Cluster:
    """Places 0–2 near each other are full of shoes and trade them among themselves; 3–9 are farms."""
    place, industry, actor = [], [], []
    for p in range(10):
        for k in range(6):
            place.append(f"p{p}")
            industry.append("shoes" if (p < 3 and k < 5) or k == 5 else "farms")
            actor.append(f"a{p}{k}")
    actors = pl.DataFrame({"actor_id": actor, "place_id": place, "industry_id": industry})
    places = pl.DataFrame(
        {"place_id": [f"p{p}" for p in range(10)], "lon": [0.1 * p + (3 if p > 2 else 0) for p in range(10)],
         "lat": [0.0] * 10}
    )  # fmt: skip
    pairs = [("a00", "a10"), ("a10", "a20"), ("a20", "a00"), ("a01", "a11"), ("a35", "a01")]
    ties = pl.DataFrame({"source": [s for s, _ in pairs], "target": [t for _, t in pairs]})
    return Cluster.from_tables(actors=actors, places=places, ties=ties)


def test_a_planted_cluster_is_found_by_all_three_methods(coast: Cluster) -> None:
    found = identify_clusters(coast, "shoes", nearest=2)
    both = found.table.filter(pl.col("methods") == 3)["place_id"].to_list()
    assert both == ["p0", "p1", "p2"]
    # 5 + 1 of 6 are shoes there, 25 of 60 in all
    assert found.table["location_quotient"][0] == pytest.approx((6 / 6) / (25 / 60))
    assert found.agreement.fleiss == pytest.approx(1.0)
    assert not found.missing


def test_the_planted_cluster_does_not_depend_on_the_order_of_rows(coast: Cluster) -> None:
    turned = Cluster.from_tables(
        actors=coast.polars("actors").reverse(), places=coast.polars("places").reverse(), ties=coast.polars("ties")
    )
    assert identify_clusters(turned, "shoes", nearest=2).table.equals(
        identify_clusters(coast, "shoes", nearest=2).table
    )


def test_an_industry_nobody_has_is_refused(coast: Cluster) -> None:
    with pytest.raises(UnknownName, match="farms, shoes"):
        identify_clusters(coast, "hats")


def test_the_platform_panel_counts_by_hand() -> None:
    from datetime import datetime

    day = [datetime(2020, 1, 1), datetime(2020, 1, 1), datetime(2020, 1, 2), datetime(2020, 2, 1), datetime(2020, 2, 1)]
    events = pl.DataFrame(
        {
            "source": ["b", "b", "c", "b", "d"],
            "target": ["s", "t", "s", "s", "s"],
            "time": day,
            "kind": ["order", "order", "order", "order", "view"],
            "amount": [1.0, 2.0, 3.0, 4.0, None],
        }
    )
    actors = pl.DataFrame({"actor_id": ["s", "t"], "place_id": ["p", "p"]})
    panel, findings = platform_panel(Cluster.from_tables(interactions=events, actors=actors))
    wide = panel.pivot(on="indicator", index="period", values="value").sort("period")
    assert wide.select("period", "suppliers", "buyers", "new_buyers", "pairs", "returning_pairs").rows() == [
        ("2020-01", 2.0, 2.0, 2.0, 3.0, 0.0),
        ("2020-02", 1.0, 1.0, 0.0, 1.0, 1.0),
    ]
    assert wide.select("interactions", "interaction_value", "supplier_days").rows() == [
        (3.0, 6.0, 3.0),
        (1.0, 4.0, 1.0),
    ]
    assert wide["visits"].to_list() == [None, 1.0]
    assert "favourites" not in wide.columns
    assert not findings
