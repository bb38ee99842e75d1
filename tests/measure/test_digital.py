"""The digital space for every index: shared counterparts, the tables that indices see, and statements about both."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from jiqun.cluster import Cluster, JiqunError, Words
from jiqun.ingest.generated import Planted, generate
from jiqun.measure import envelope, indices, measure
from jiqun.measure.digital.shared_counterparts import _network, shared_counterparts
from jiqun.measure.digital.swapping import Network
from jiqun.measure.distance_association import distance_correlation, mantel
from jiqun.measure.distance_table import located
from jiqun.measure.elsewhere import swapped
from jiqun.measure.kernels.shared_pairs import outside, squared_sums
from jiqun.measure.linked import linked
from jiqun.measure.pair_null import within
from jiqun.measure.placed import STRATUM, Placed
from jiqun.measure.read import table_of
from jiqun.measure.two_spaces import QUADRANTS, agreement, coagglomeration_coupling, drift, quadrants
from jiqun.space.expectation import probabilities
from jiqun.space.links import links
from jiqun.space.placed import digital_space
from jiqun.space.strata import activity_strata, own_activity


@pytest.fixture(scope="module")
def made():
    """Three industries with structure, one of each kind, among nine without: the whole is nearly the dartboard."""
    words = Words("industry", "行业")
    gammas = [(0.3, 0.4), (0.3, 0.0), (0.0, 0.4), *[(0.0, 0.0)] * 9]
    planted = [Planted(words, words, g, d) for g, d in gammas]
    return generate(actors=720, interactions=30_000, places=12, planted=planted, seed=3)


@pytest.fixture(scope="module")
def cluster(made):
    return Cluster.from_tables(**made.tables)


def network(seed: int, *, actors: int = 60, others: int = 80, rows: int = 400, industries: int = 3) -> pl.DataFrame:
    """Links by chance, popular actors and counterparts of all degrees."""
    rng = np.random.default_rng(seed)
    p, q = rng.pareto(1.3, actors) + 1, rng.pareto(1.5, others) + 1
    kind = rng.integers(0, industries, actors)
    who = rng.choice(actors, rows, p=p / p.sum())
    whom = rng.choice(others, rows, p=q / q.sum())
    return pl.DataFrame(
        {
            "actor_id": [f"a{i:03d}" for i in who],
            "place_id": [f"b{i:03d}" for i in whom],
            "industry_id": [f"i{kind[i]}" for i in who],
            "weight": rng.integers(1, 5, rows).astype(float),
        }
    )


def dense(frame: pl.DataFrame, *, weighted: bool = False) -> tuple[np.ndarray, np.ndarray]:
    summed = frame.group_by("actor_id", "industry_id", "place_id").agg(pl.col("weight").sum())
    who = sorted(set(summed.select("actor_id", "industry_id").rows()))
    whom = sorted(set(summed["place_id"]))
    matrix = np.zeros((len(who), len(whom)))
    for actor, industry, place, weight in summed.rows():
        matrix[who.index((actor, industry)), whom.index(place)] = weight if weighted else 1.0
    return matrix, np.array([industry for _, industry in who])


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_value_is_the_sum_over_pairs_over_its_expectation(seed):
    frame = network(seed)
    found = shared_counterparts(frame, replicates=0, simulations=0)
    matrix, industry = dense(frame)
    model = probabilities(matrix.sum(axis=1).astype(int), matrix.sum(axis=0).astype(int))
    p = model.of[model.actor]
    for name, value, shared, chance in found.select("industry_id", "value", "shared", "by_chance").rows():
        of = np.flatnonzero(industry == name)
        s = sum(matrix[i] @ matrix[j] for i in of for j in of if i < j)
        e = sum((p[i] * p[j]) @ model.counterparts for i in of for j in of if i < j)
        assert shared == pytest.approx(s)
        assert chance == pytest.approx(e)
        if value is not None:
            assert value == pytest.approx(s / e)


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_weighted_value_is_that_of_weighted_sums(seed):
    frame = network(seed)
    found = shared_counterparts(frame, weighted=True, replicates=0, simulations=0)
    w, industry = dense(frame, weighted=True)
    same = (w.sum(axis=0) ** 2).sum() / w.sum() ** 2
    for name, shared, chance in found.select("industry_id", "shared", "by_chance").rows():
        of = np.flatnonzero(industry == name)
        assert shared == pytest.approx(sum(w[i] @ w[j] for i in of for j in of if i < j))
        assert chance == pytest.approx(same * sum(w[i].sum() * w[j].sum() for i in of for j in of if i < j))


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_order_of_rows_and_repeated_rows_do_not_matter(seed):
    frame = network(seed)
    one = shared_counterparts(frame, replicates=9, simulations=19)
    mixed = pl.concat([frame, frame[::3]])[
        np.random.default_rng(seed).permutation(frame.height + len(frame[::3])).tolist()
    ]
    assert one.equals(shared_counterparts(mixed, replicates=9, simulations=19))


def test_kernels_agree_with_plain_sums():
    rng = np.random.default_rng(0)
    matrix = sp.csr_array((rng.random((30, 40)) < 0.2) * rng.random((30, 40)))
    group, times = rng.integers(-1, 4, 30), rng.poisson(1.0, 30).astype(float)
    turned = sp.csc_array(matrix)
    got = squared_sums(turned.indptr.astype(np.int64), turned.indices.astype(np.int64), turned.data, group, times, 4)
    full = matrix.toarray() * times[:, None]
    assert got == pytest.approx([(full[group == g].sum(axis=0) ** 2).sum() for g in range(4)])
    starts, members = matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64)
    category = rng.integers(-1, 3, len(members))
    of, barred = group == 0, (group == 0) | (group == 2)
    left = sp.csr_array((np.where(category == 1, 0.0, 1.0), members, starts), shape=matrix.shape).toarray()
    left[barred] = 0.0
    inside = (matrix[np.flatnonzero(of)].toarray() > 0).any(axis=0)
    n, s, k = left[:, inside].sum(axis=1), left.sum(axis=1), left[:, inside].sum(axis=0)
    plain = (n * (n - 1)).sum() * left.sum() ** 2 / ((k.sum() ** 2 - (k**2).sum()) * (s * (s - 1)).sum())
    assert outside(starts, members, category, of, barred, 1, 40) == pytest.approx(plain)


def test_swapped_labels_keep_what_each_stratum_has():
    rng = np.random.default_rng(1)
    label, strata = rng.integers(-1, 4, 500), rng.integers(0, 7, 500)
    dealt = swapped(label, strata, rng)
    assert (dealt != label).any()
    assert ((dealt < 0) == (label < 0)).all()
    for s in range(7):
        assert sorted(dealt[strata == s]) == sorted(label[strata == s])


def test_one_place_each_makes_it_co_location():
    frame = pl.DataFrame({"actor_id": list("abcd"), "place_id": list("ppqr"), "industry_id": list("iijj")})
    found = shared_counterparts(frame, replicates=0, simulations=0)
    assert found["shared"].to_list() == [1.0, 0.0]
    assert found.filter(pl.col("industry_id") == "i")["value"][0] > 1.0


def test_an_industry_of_one_linked_actor_has_no_value_and_says_why():
    frame = pl.DataFrame(
        {"actor_id": list("abcd"), "place_id": ["p", "p", "p", None], "industry_id": ["i", "i", "j", "k"]}
    )
    found = shared_counterparts(frame, replicates=5, simulations=5)
    assert found["value"].is_null().to_list() == [False, True, True]
    assert found["note"].to_list() == [None, "needs two actors with links", "no links"]


def test_a_negative_weight_is_refused():
    with pytest.raises(JiqunError, match="needs weight ≥ 0"):
        shared_counterparts(network(0).with_columns(weight=pl.lit(-1.0)), weighted=True)


def test_popularity_alone_is_not_concentration():
    """One industry six times as popular, no structure: rejections at 5 % over forty draws, with strata and without."""
    hits = np.zeros(2)
    for draw in range(40):
        rng = np.random.default_rng([11, draw])
        kind = rng.integers(0, 6, 300)
        p = (rng.pareto(1.3, 300) + 1) * np.where(kind == 0, 6, 1)
        q = rng.pareto(1.5, 1000) + 1
        who = rng.choice(300, 6000, p=p / p.sum())
        whom = rng.choice(1000, 6000, p=q / q.sum())
        frame = pl.DataFrame({"actor_id": who, "place_id": whom, "industry_id": kind[who]})
        for column, quantiles in enumerate((None, 1)):
            found = shared_counterparts(
                frame, quantiles=quantiles, compare=False, replicates=0, simulations=99, rng=draw
            )
            hits[column] += found["p"][0] <= 0.05
    # the upper limit is the 99.9 % quantile of a binomial of 40 draws at 5 %
    assert (hits <= 7).all()


def trade(draw: int, *, firms: int = 240, tail: float = 1.5) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Sales within ten communities; industry 0 of eight is six times as popular, and nothing is concentrated."""
    rng = np.random.default_rng([12, draw])
    industry, group = np.arange(firms) % 8, rng.integers(10, size=firms)
    popular = (rng.pareto(tail, firms) + 1) * np.where(industry == 0, 6, 1)
    buyers = rng.integers(10, size=3 * firms)
    buyer = rng.integers(3 * firms, size=40 * firms)
    seller = rng.choice(firms, 40 * firms, p=popular / popular.sum())
    own = rng.random(40 * firms) < 0.8
    for g in range(10):
        here, there = np.flatnonzero(own & (buyers[buyer] == g)), np.flatnonzero(group == g)
        seller[here] = rng.choice(there, len(here), p=popular[there] / popular[there].sum())
    frame = pl.DataFrame({"actor_id": seller, "place_id": buyer, "industry_id": industry[seller]})
    return frame, popular, group


def test_a_popular_industry_among_communities_is_not_taken_for_concentrated():
    """Where customers come in communities, strata of raw activity reject a true null too often; net ones do not."""
    hits = 0
    for draw in range(60):
        frame = trade(draw)[0]
        found = shared_counterparts(frame, compare=False, replicates=0, simulations=99, rng=draw)
        hits += int(found["p"][0] <= 0.05)
    # the upper limit is the 99.9 % quantile of a binomial of 60 draws at 5 %
    assert hits <= 9


def test_activity_net_of_communities_is_how_popular_a_firm_is():
    """Rank correlation with the popularity that made the sales: higher than that of activity itself."""
    raw, net = [], []
    for draw in range(10):
        frame, popular, group = trade(draw)
        degree = frame.unique().group_by("actor_id").len().sort("actor_id")
        who = degree["actor_id"].to_numpy()
        k = degree["len"].to_numpy()
        own = own_activity(k, np.arange(240)[who] % 8, group[who])
        for values, into in ((np.log(k), raw), (own, net)):
            into.append(spearmanr(values, popular[who]).statistic)
    assert np.mean(net) > np.mean(raw) + 0.02


def test_an_industry_in_a_community_of_its_own_keeps_its_activity():
    where = np.repeat([0, 1], 20)
    k = np.r_[np.full(20, 2.0), np.full(20, 8.0)]
    assert own_activity(k, where, where) == pytest.approx(np.log(k))
    # communities too small to say anything change nothing
    assert own_activity(k, np.zeros(40, dtype=int), np.repeat(np.arange(8), 5)) == pytest.approx(np.log(k))


def net_of(frame: pl.DataFrame) -> Network:
    read = linked(frame, "test", actor="actor_id", counterpart="place_id", industry="industry_id", weight=None)
    return _network(read, weighted=False)


def test_the_ratio_of_one_group_is_that_of_all_at_once():
    net = net_of(network(4))
    each = [net.ratio_of(np.flatnonzero(net.label == c)) for c in range(net.groups)]
    assert each == pytest.approx(net.ratio(net.label, np.ones(len(net.label))))


def concentrated(draw: int) -> pl.DataFrame:
    """Of eight industries of 60 firms the first two are in one place each; the others fill twenty places as one."""
    rng = np.random.default_rng([3, draw])
    industry = np.repeat(np.arange(8), 60)
    place = rng.choice(20, 480, p=np.r_[np.full(4, 0.22), np.full(16, 0.0075)])
    place[:120] = np.repeat([18, 19], 60)
    return pl.DataFrame({"actor_id": np.arange(480), "place_id": place, "industry_id": industry})


def test_a_few_concentrated_industries_do_not_make_the_others_look_concentrated():
    """Against all firms the six others differ from the whole; against one another they do not."""
    alone, together = 0, 0
    for draw in range(12):
        for against in ("all", "others"):
            found = shared_counterparts(
                concentrated(draw), against=against, compare=False, replicates=0, simulations=99, rng=draw
            )
            assert (found["p"][:2] <= 0.05).all()
            above = int(((found["p"] <= 0.05) & (found["value"] > found["expected"]))[2:].sum())
            alone, together = (alone, together + above) if against == "all" else (alone + above, together)
    assert together > 30
    # 72 tests at 2.5 %: the 99.9 % quantile of the binomial is 7
    assert alone <= 7


def test_where_all_are_concentrated_each_is_compared_with_at_least_half_of_the_firms():
    frame = pl.DataFrame(
        {"actor_id": range(80), "place_id": np.repeat(range(4), 20), "industry_id": np.repeat(range(4), 20)}
    )
    found = shared_counterparts(frame, against="others", compare=False, replicates=0, simulations=39)
    assert (found["p"] == 0.05).all()
    assert (found["value"] > found["band_high"]).all()


def test_quadrants_show_what_is_left_without_the_industrys_own_trade(cluster):
    asked = {"interactions": "channel=platform", "n": 19, "replicates": 0}
    found = quadrants(cluster, **asked)
    index = measure(
        cluster,
        "shared_counterparts",
        space="digital",
        interactions="channel=platform",
        simulations=19,
        replicates=0,
        against="others",
    )
    assert found["elsewhere"].to_list() == index["elsewhere"].to_list()
    assert found["elsewhere_p"].to_list() == index["p_elsewhere"].to_list()
    assert found["interactions"].unique().to_list() == ["channel=platform"]
    without = quadrants(cluster, compare=False, **asked)
    assert without["elsewhere"].is_null().all()
    assert without["quadrant"].to_list() == found["quadrant"].to_list()


def test_the_quadrants_of_a_cluster_with_a_known_truth_are_found(made, cluster):
    found = quadrants(cluster, interactions="channel=platform", n=199, replicates=0)
    truth = {i["industry_id"]: i["quadrant"] for i in made.truth["industries"]}
    right = sum(truth[name] == q for name, q in found.select("industry_id", "quadrant").rows())
    assert right >= 11
    assert [truth[name] for name in ("I01", "I02", "I03")] == found["quadrant"][:3].to_list()
    assert set(found["quadrant"]) <= set(QUADRANTS)
    assert found.filter(pl.col("quadrant") == "dispersed-concentrated")["quadrant_zh"][0] == "实分散、虚集中"


def test_drift_says_how_far_an_industry_moved_with_an_interval(cluster):
    found = drift(quadrants(cluster, periods=["2019/2020", "2022/2023"], n=39, replicates=39))
    assert found.height == 12
    for s in ("physical", "digital"):
        inside = found.drop_nulls(f"{s}_change")
        assert (inside[f"{s}_change_low"] <= inside[f"{s}_change"]).all()
        assert (inside[f"{s}_change"] <= inside[f"{s}_change_high"]).all()


def test_the_offline_channel_follows_the_ground_and_the_platform_does_not(cluster):
    offline = agreement(cluster, interactions="channel=offline", most=250, n=99)
    online = agreement(cluster, interactions="channel=platform", most=250, n=99)
    assert offline["p"].to_list() == [0.01, 0.01, 0.01]
    assert offline["value"][0] > online["value"][0] + 0.1


def test_coagglomeration_is_coupled_with_itself(cluster):
    pairs, coupling = coagglomeration_coupling(cluster, n=99)
    assert pairs.height == 66
    assert coupling.members == 12
    physical = measure(cluster, "coagglomeration", replicates=0)
    assert pairs["physical"].to_list() == physical["value"].to_list()


def test_mantel_is_the_correlation_over_pairs_and_its_p_is_exact_for_few():
    rng = np.random.default_rng(0)
    a, b = (np.abs(np.subtract.outer(v, v)) for v in rng.random((2, 30)))
    upper = np.triu_indices(30, 1)
    assert mantel(a, b, n=0).value == pytest.approx(np.corrcoef(a[upper], b[upper])[0, 1])
    assert mantel(a, a, n=99).p == 0.01
    assert mantel(a, np.exp(3 * a), method="spearman", n=0).value == pytest.approx(1.0)


def test_distance_correlation_sees_what_correlation_does_not():
    x = np.linspace(-1, 1, 60)
    a, b = (np.abs(np.subtract.outer(v, v)) for v in (x, x**2))
    found = distance_correlation(a, b, n=199)
    assert abs(np.corrcoef(x, x**2)[0, 1]) < 1e-12
    assert found.value > 0.4
    assert found.p == 0.005
    # the closed form for a variable with itself
    assert distance_correlation(a, a, n=0).value == pytest.approx(1.0)


def test_p_of_mantel_is_uniform_where_nothing_is_to_be_found():
    p = []
    for draw in range(60):
        rng = np.random.default_rng([5, draw])
        a, b = (np.abs(np.subtract.outer(v, v)) for v in rng.random((2, 15)))
        p.append(mantel(a, b, n=39, rng=draw).p)
    assert sum(x <= 0.05 for x in p) <= 9
    assert 0.35 < np.mean(p) < 0.68


def test_matrices_that_are_no_distances_are_refused():
    with pytest.raises(JiqunError, match="symmetric, finite matrices"):
        mantel(np.ones((3, 3)), np.full((3, 3), np.nan))


IN_BOTH = [i for i in indices().values() if "digital" in i.spaces]
MORE = {"brulhart_traeger": {"against": "whole"}}
"""What must be said for an index to be computable where places have no area."""


@pytest.mark.parametrize("chosen", IN_BOTH, ids=lambda i: i.name)
def test_every_index_is_computed_in_digital_space_and_says_so(chosen, cluster):
    if chosen.name == "shift_share":
        pytest.skip("compares periods, which the actors of this cluster have not")
    more = MORE.get(chosen.name, {}) | ({"simulations": 9} if "simulations" in chosen.parameters.model_fields else {})
    found = measure(cluster, chosen.name, space="digital", interactions="channel=platform", replicates=0, **more)
    assert found["value"].is_not_null().any()
    assert found["space"].unique().to_list() == ["digital"]
    assert found["interactions"].unique().to_list() == ["channel=platform"]
    if "communities" in found.columns:
        assert found["communities"][0] == digital_space(cluster, interactions="channel=platform").communities.count
        assert 0.0 <= found["stability"][0] <= 1.0


@pytest.mark.parametrize("name", ["litzenberger_sternberg", "brulhart_traeger"])
def test_an_index_that_divides_by_land_says_that_communities_have_none(name, cluster):
    with pytest.raises(JiqunError, match="needs the area of each place, and a community of actors has none") as caught:
        measure(cluster, name, space="digital")
    assert caught.value.words is not None
    assert "社群没有面积" in caught.value.words.zh
    assert ("against='whole'" in str(caught.value)) == (name == "brulhart_traeger")


def test_an_index_of_growth_names_the_period_it_lacks(cluster):
    with pytest.raises(JiqunError, match="shift_share needs column period"):
        measure(cluster, "shift_share", space="digital")


def test_the_physical_result_is_what_it_was(cluster):
    plain = measure(cluster, "ellison_glaeser", replicates=9)
    assert "space" not in plain.columns
    assert plain.equals(measure(cluster, "ellison_glaeser", space=Placed("physical"), replicates=9))


def test_a_cell_based_index_sees_communities_as_places(cluster):
    table = table_of(cluster, indices()["herfindahl"], space="digital").collect()
    where = digital_space(cluster).table()
    held = table.drop_nulls("place_id").join(where, on="actor_id")
    assert (held["place_id"] == held["community"]).all()
    linked = set(links(cluster).actors.tolist())
    alone = table.filter(pl.col("place_id").is_null())
    assert not set(alone["actor_id"]) & linked
    assert (alone[STRATUM] == -1).all()


def test_a_period_on_the_ground_keeps_who_is_there(cluster):
    early = measure(cluster, "herfindahl", period="2018", replicates=0)
    late = measure(cluster, "herfindahl", period="2023", replicates=0)
    assert not early["value"].equals(late["value"])


def test_the_null_of_digital_space_swaps_labels_within_activity(cluster):
    default = envelope("ellison_glaeser", cluster, space="digital", n=39)
    named = envelope("ellison_glaeser", cluster, space="digital", n=39, strata=STRATUM)
    assert default["expected"].to_list() == named["expected"].to_list()
    table = table_of(cluster, indices()["ellison_glaeser"], space="digital").collect()
    plain = envelope("ellison_glaeser", table, n=39)
    assert default["expected"].to_list() != plain["expected"].to_list()


def test_rotating_the_coordinates_changes_no_index_by_distance(cluster):
    table = table_of(cluster, indices()["kd"], space="digital").collect()
    turn = np.linalg.qr(np.random.default_rng(0).standard_normal((3, 3)))[0]
    at = table.select("d1", "d2", "d3").to_numpy().astype(float) @ turn
    moved = table.with_columns(pl.Series(f"d{k + 1}", at[:, k]).fill_nan(None) for k in range(3))
    for name in ("kd", "marcon_puech_m", "marcon_puech_m_density"):
        more = {"replicates": 0, "simulations": 0, "distances": [0.2, 0.5, 1.0]}
        one, two = (indices()[name].function(t, **more)["value"].to_numpy() for t in (table, moved))
        assert two == pytest.approx(one, rel=1e-9, abs=1e-12, nan_ok=True)


def test_another_seed_of_the_space_stays_within_the_interval_of_the_index(cluster):
    """Re-seeding communities and coordinates moves an index by less than its bootstrap interval."""
    one, two = (
        measure(cluster, "ellison_glaeser", space=Placed("digital", None, "channel=platform", rng=seed), replicates=99)
        for seed in (0, 1000)
    )
    inside = (two["value"] >= one["low"]) & (two["value"] <= one["high"])
    assert inside.all()
    for name in ("kd", "marcon_puech_m", "marcon_puech_m_density"):
        curves = [
            measure(
                cluster,
                name,
                space=Placed("digital", None, "channel=platform", rng=seed),
                replicates=0,
                simulations=0,
                distances=[0.25, 0.5, 0.75, 1.0],
            )["value"].to_numpy()
            for seed in (0, 1000)
        ]
        # what docs/two-spaces.md states: a thousandth
        assert curves[1] == pytest.approx(curves[0], rel=1e-3, nan_ok=True)


@pytest.mark.parametrize("name", ["ripley_k", "ripley_l", "ripley_g", "diggle_d", "inhomogeneous_k"])
def test_an_index_of_a_window_stays_on_the_ground_and_says_so(name, cluster):
    with pytest.raises(JiqunError, match=f"{name} is not computable in digital space; it is in: physical"):
        measure(cluster, name, space="digital")


def test_an_index_by_distance_agrees_on_points_and_on_the_table_of_their_distances():
    rng = np.random.default_rng(2)
    at = rng.normal(0, 10, (60, 2))
    names = [f"f{i:02d}" for i in range(60)]
    firms = pl.DataFrame(
        {"actor_id": names, "industry_id": rng.choice(["i", "j"], 60), "x": at[:, 0], "y": at[:, 1], "size": 1.0}
    )
    first, second = np.triu_indices(60, 1)
    table = pl.DataFrame(
        {
            "actor_id": [names[i] for i in first],
            "actor_id_2": [names[i] for i in second],
            "distance": np.linalg.norm(at[first] - at[second], axis=1),
        }
    )
    twin = located(firms, table)
    for name in ("kd", "marcon_puech_m", "marcon_puech_m_density"):
        more = {"replicates": 0, "simulations": 0, "distances": [2.0, 5.0, 9.0]}
        one, two = (indices()[name].function(t, **more)["value"].to_numpy() for t in (firms, twin))
        assert two == pytest.approx(one, rel=1e-6)


def test_distances_that_no_points_have_are_refused():
    pairs = pl.DataFrame({"actor_id": list("aab"), "actor_id_2": list("bcc"), "distance": [1.0, 1.0, 5.0]})
    with pytest.raises(JiqunError, match="No points in three dimensions"):
        located(pl.DataFrame({"actor_id": list("abc")}), pairs)
    with pytest.raises(JiqunError, match="one distance ≥ 0 for each pair"):
        located(pl.DataFrame({"actor_id": list("abc")}), pairs[:2])


def test_a_band_by_distance_swaps_within_strata_of_activity():
    """The popular are near the middle: an industry that is popular and nothing else is not taken for concentrated."""
    rng = np.random.default_rng(7)
    n = 300
    popular = rng.random(n)
    at = rng.standard_normal((n, 3)) * (1.2 - popular)[:, None]
    kind = np.where(rng.random(n) < popular**4, "p", "other")
    frame = pl.DataFrame({"industry_id": kind, **{f"d{k + 1}": at[:, k] for k in range(3)}})
    kept = frame.with_columns(pl.Series(STRATUM, activity_strata(popular)))
    more = {"only": ["p"], "distances": [0.2, 0.4, 0.6], "simulations": 199, "replicates": 0}
    for name in ("kd", "marcon_puech_m", "marcon_puech_m_density"):
        plain, strata = (indices()[name].function(t, **more) for t in (frame, kept))
        assert plain["value"].equals(strata["value"])
        assert plain["p_global"][0] <= 0.01
        assert strata["p_global"][0] > 0.05
        inside = (strata["value"] >= strata["global_low"]) & (strata["value"] <= strata["global_high"])
        assert inside.all()


def test_moments_of_all_sites_are_refused_within_strata(cluster):
    with pytest.raises(JiqunError, match="not within strata"):
        measure(cluster, "kd", space="digital", simulations=19, draws="moments", distances=[0.5])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_plant_is_drawn_to_a_site_of_its_stratum_and_none_twice(seed):
    rng = np.random.default_rng(seed)
    sites = rng.integers(0, 5, 60)
    plants = sites[rng.choice(60, 25, replace=False)]
    drawn = within(sites, plants, rng)
    assert (sites[drawn] == plants).all()
    assert len(set(drawn.tolist())) == 25
