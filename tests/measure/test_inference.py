"""Inference common to all indices: nulls, bands, probabilities, bootstrap, many tests at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from statsmodels.stats.multitest import multipletests

import jiqun
from jiqun.cluster import JiqunError, UnknownName
from jiqun.measure import adjust, bootstrap, envelope
from jiqun.measure.bootstrapping import _acceleration, _corrected, _Units
from jiqun.measure.nulls import nulls
from jiqun.measure.nulls.deal import deal
from jiqun.measure.resample import generators
from jiqun.measure.subject import Subject, subject


def plants(seed: int, rows: int = 240, places: int = 6, industries: int = 4, *, sized: bool = True) -> pl.DataFrame:
    """Plants thrown at places and industries independently: the null holds."""
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "place_id": rng.choice([f"p{k}" for k in range(places)], rows),
            "industry_id": rng.choice([f"i{k}" for k in range(industries)], rows),
            **({"size": rng.lognormal(1.0, 0.7, rows)} if sized else {}),
        }
    )


# Many tests at once


@settings(max_examples=25, deadline=None)
@given(arrays(np.float64, st.integers(1, 12), elements=st.floats(0.0, 1.0)))
@pytest.mark.parametrize(("ours", "theirs"), [("fdr", "fdr_bh"), ("fdr_by", "fdr_by"), ("holm", "holm")])
def test_adjusted_probabilities_are_those_of_statsmodels(ours: Any, theirs: str, p: Any) -> None:
    assert adjust(p, ours) == pytest.approx(multipletests(p, method=theirs)[1], rel=1e-12, abs=1e-15)


def test_a_missing_probability_is_no_test() -> None:
    assert adjust([0.01, np.nan, 0.04]).tolist() == pytest.approx([0.02, np.nan, 0.04], nan_ok=True)
    assert adjust([[0.5, 0.1]], "none").shape == (1, 2)
    assert adjust([]).size == 0


@pytest.mark.parametrize(("p", "method"), [([1.5], "fdr"), ([-0.1], "holm"), ([0.5], "bonferoni")])
def test_what_cannot_be_adjusted_is_refused_in_both_languages(p: list[float], method: Any) -> None:
    with pytest.raises(JiqunError) as refused:
        adjust(p, method)
    assert refused.value.words is not None


# Dealing


@pytest.mark.parametrize("many", [1, 400])
def test_a_deal_keeps_every_margin_in_every_stratum(many: int) -> None:
    rng = np.random.default_rng(5)
    slot, label, stratum = (rng.integers(0, k, 60) for k in (5, 4, 3))
    rows = rng.integers(1, 4, 60) * many
    got_slot, got_label, got_rows = deal(slot, label, stratum, rows)(rng)
    assert np.bincount(got_slot, got_rows).tolist() == np.bincount(slot, rows).tolist()
    assert np.bincount(got_label, got_rows).tolist() == np.bincount(label, rows).tolist()
    # many rows of few kinds are dealt as a table, few rows one by one
    assert len(got_rows) == rows.sum() if many == 1 else len(got_rows) <= 3 * 5 * 4


@pytest.mark.parametrize("copies", [1, 40])
def test_a_deal_has_the_distribution_of_a_permutation(copies: int) -> None:
    """The first cell of a table with fixed margins is hypergeometric, by either way of dealing."""
    slot, label = np.array([0, 0, 0, 1, 1, 1, 1]), np.array([0, 0, 1, 0, 1, 1, 1])
    rows = np.full(7, copies)
    draw = deal(slot, label, np.zeros(7, dtype=np.int64), rows)
    rng = np.random.default_rng(2)
    first = []
    for _ in range(2000):
        s, t, r = draw(rng)
        first.append(int(r[(s == 0) & (t == 0)].sum()))
    null = stats.hypergeom(7 * copies, 3 * copies, 3 * copies)
    assert abs(np.mean(first) - null.mean()) < 4 * null.std() / np.sqrt(2000)
    assert stats.kstest(np.array(first) + rng.uniform(0, 1, 2000), lambda x: _smooth(null, x)).pvalue > 1e-3


def _smooth(null: Any, x: Any) -> Any:
    """Distribution function of the discrete null plus a uniform number."""
    below = np.floor(x)
    return null.cdf(below - 1) + null.pmf(below) * (x - below)


# Nulls against algebra


def test_random_labels_of_two_industries_have_the_closed_moments_of_colocation() -> None:
    frame = plants(1, 90, 7, 2)
    chosen = subject("colocation", frame, {})
    groups, strata = chosen.cells()
    draw = nulls()["random_labels"].cells(groups, strata, chosen.used)
    drawn = np.array([chosen.of(draw(child))[0] for child in generators(3, 600)])
    row = jiqun.measure.colocation(frame).row(0, named=True)
    sd = row["value"] / row["z"]
    assert abs(drawn.mean()) < 4 * sd / np.sqrt(len(drawn))
    assert (len(drawn) - 1) * drawn.var(ddof=1) / sd**2 == pytest.approx(len(drawn), rel=4 * np.sqrt(2 / len(drawn)))


@pytest.mark.parametrize("null", ["random_labels", "random_location"])
@pytest.mark.parametrize("generic", [False, True])
def test_g_of_ellison_and_glaeser_has_the_expectation_of_sampling_without_replacement(
    null: Any, generic: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E G = (1 − Σx²)(N − n)/(n (N − 1)) for plants that count one each; both ways of drawing."""
    if generic:
        monkeypatch.setattr(Subject, "counted", False)
    frame = plants(4, 150, 5, 3)
    found = envelope("ellison_glaeser", frame, null=null, weight="count", n=600)
    x = frame["place_id"].value_counts()["count"].to_numpy() / frame.height
    n = frame["industry_id"].value_counts().sort("industry_id")["count"].to_numpy()
    g = (1 - (x**2).sum()) / n * (frame.height - n) / (frame.height - 1)
    gamma = (g / (1 - (x**2).sum()) - 1 / n) / (1 - 1 / n)
    error = ((found["value"] - found["expected"]) / found["z"]).to_numpy() / np.sqrt(600)
    assert (np.abs(found["expected"].to_numpy() - gamma) < 4 * error).all()


@pytest.mark.parametrize("null", ["random_labels", "random_location"])
def test_rows_and_cells_give_the_same_null(null: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = plants(8, 200).with_columns(busy=pl.int_range(200) % 3)
    fast = envelope("krugman", frame, null=null, strata="busy", n=400)
    monkeypatch.setattr(Subject, "counted", False)
    slow = envelope("krugman", frame, null=null, strata="busy", n=400, rng=1)
    sd = ((fast["value"] - fast["expected"]) / fast["z"]).to_numpy()
    assert (np.abs((fast["expected"] - slow["expected"]).to_numpy()) < 4 * sd * np.sqrt(2 / 400)).all()
    spread = ((slow["value"] - slow["expected"]) / slow["z"]).to_numpy()
    assert spread == pytest.approx(sd, rel=0.25)


def test_within_strata_of_the_industry_itself_nothing_moves() -> None:
    frame = plants(2).with_columns(kind_of=pl.col("industry_id") + "!")
    found = envelope("hoover", frame, strata="kind_of", n=19)
    for name in ("expected", "band_low", "band_high"):
        assert found[name].to_numpy() == pytest.approx(found["value"].to_numpy(), rel=1e-12)
    assert found["p"].to_list() == [1.0] * found.height
    assert found["z"].null_count() == found.height


def test_random_location_keeps_the_sizes_of_an_industry() -> None:
    chosen = subject("ellison_glaeser", plants(3), {})
    groups, strata = chosen.cells()
    for name, same in (("random_location", True), ("random_labels", False)):
        drawn = nulls()[name].cells(groups, strata, chosen.used)(np.random.default_rng(0))
        kept = [np.allclose(drawn.by_industry(power), groups.by_industry(power)) for power in (1, 2)]
        assert kept == [same, same]
        assert np.allclose(drawn.by_industry(0), groups.by_industry(0))
        assert np.allclose(drawn.total(0).sum(axis=1), groups.total(0).sum(axis=1))


def test_the_configuration_model_keeps_diversity_in_expectation() -> None:
    frame = plants(6, 60, 8, 9)
    found = envelope("diversity", frame, null="bicm", n=500, cut=0)
    sd = ((found["value"] - found["expected"]) / found["z"]).fill_null(1.0).to_numpy()
    assert (np.abs((found["expected"] - found["value"]).to_numpy()) < 4 * sd / np.sqrt(500)).all()


def test_a_null_of_presences_is_refused_where_sizes_matter() -> None:
    with pytest.raises(JiqunError, match="random_labels") as refused:
        envelope("hoover", plants(1), null="bicm")
    assert refused.value.words is not None
    with pytest.raises(JiqunError, match="no strata"):
        envelope("proximity", plants(1), null="bicm", strata="size")


# Probabilities and bands


@pytest.fixture(scope="module")
def many() -> tuple[list[float], list[bool], list[float]]:
    """First probability of an index, and whether it leaves its global band, on 200 tables under the null."""
    p, outside, whole = [], [], []
    for seed in range(200):
        found = envelope("ellison_glaeser", plants(seed, 60, 5, 3), n=19, level=0.9, threads=1)
        p.append(found["p"][0])
        left = (found["value"] < found["global_low"]) | (found["value"] > found["global_high"])
        outside.append(bool(left.any()))
        whole.append(found["p_global"][0])
    return p, outside, whole


def test_under_the_null_probabilities_are_uniform(many: tuple[list[float], list[bool], list[float]]) -> None:
    # 2 (1 + min)/20 takes the values 0.1, 0.2 … 1: spread over the step below, it is uniform
    spread = np.array(many[0]) - np.random.default_rng(0).uniform(0.0, 0.1, 200)
    assert stats.kstest(spread, "uniform").pvalue > 1e-3


def test_the_global_band_is_left_as_often_as_it_says(many: tuple[list[float], list[bool], list[float]]) -> None:
    assert stats.binomtest(sum(many[1]), 200, 0.1).pvalue > 1e-3
    assert many[1] == [p <= 0.1 for p in many[2]]


def test_the_columns_say_what_they_are() -> None:
    frame = plants(7, 300).with_columns(
        industry_id=pl.when(pl.int_range(300) < 40).then(pl.lit("here")).otherwise("industry_id"),
        place_id=pl.when(pl.int_range(300) < 40).then(pl.lit("p0")).otherwise("place_id"),
    )
    found = envelope("ellison_glaeser", frame, n=99, replicates=19)
    assert {"expected", "band_low", "global_high", "z", "p", "p_adjusted", "p_global", "draws"} <= set(found.columns)
    here = found.filter(industry_id="here").row(0, named=True)
    assert here["p"] == 0.02
    assert here["value"] > here["global_high"] >= here["band_high"]
    assert here["low"] <= here["value"] <= here["high"]
    assert found["p_global"].unique().to_list() == [0.01]
    assert found["p_adjusted"].to_numpy() == pytest.approx(adjust(found["p"].to_numpy()))
    local = envelope("ellison_glaeser", frame, n=99, global_=False, adjust="holm")
    assert "p_global" not in local.columns
    assert local["p_adjusted"].to_numpy() == pytest.approx(adjust(local["p"].to_numpy(), "holm"))


def test_a_value_that_is_null_has_no_band_and_one_that_is_often_undefined_says_so() -> None:
    frame = pl.DataFrame({"place_id": list("pppqqqq"), "industry_id": list("abbbbbb")})
    found = envelope("ellison_glaeser", frame, n=19)
    one = found.row(0, named=True)
    assert one["value"] is None
    assert one["band_low"] is None
    assert one["p"] is None
    assert one["note"]


@pytest.mark.parametrize("null", ["random_labels", "random_location", "bicm"])
def test_bands_are_the_same_bytes_for_any_number_of_threads_and_order_of_rows(null: Any) -> None:
    frame = plants(9)
    one = envelope("relatedness_density", frame, null=null, n=29, threads=1)
    assert one.equals(envelope("relatedness_density", frame.reverse(), null=null, n=29, threads=2))
    assert not one["expected"].equals(envelope("relatedness_density", frame, null=null, n=29, rng=1)["expected"])


def test_rows_drawn_from_a_table_do_not_depend_on_its_order_or_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Subject, "counted", False)
    frame = plants(9)
    one = envelope("hoover", frame, n=19, threads=1)
    assert one.equals(envelope("hoover", frame.reverse(), n=19, threads=2))


def test_a_cluster_is_measured_as_its_firms() -> None:
    frame = plants(9).with_columns(actor_id=pl.int_range(240).cast(pl.String), kind=pl.lit("firm"))
    buyers = frame.with_columns(kind=pl.lit("buyer"), actor_id="b" + pl.col("actor_id"))
    cluster = jiqun.Cluster.from_tables(actors=pl.concat([frame, buyers]))
    assert envelope("hoover", cluster, n=9).equals(envelope("hoover", frame, n=9))
    assert bootstrap("hoover", cluster, n=9).equals(bootstrap("hoover", frame, n=9))


def test_progress_is_told_and_can_cancel() -> None:
    told: list[float] = []
    envelope("hoover", plants(1), n=7, progress=lambda step, done, total: told.append(done))
    assert told == [1, 2, 3, 4, 5, 6, 7]

    def stop(step: Any, done: float, total: float | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        envelope("hoover", plants(1), n=50, progress=stop)


@pytest.mark.parametrize(
    "wrong", [{"n": 0}, {"level": 1.0}, {"null": "dartboard"}, {"strata": "none"}, {"weights": "x"}, {"n": 10**9}]
)
def test_what_an_envelope_cannot_do_it_says_in_both_languages(wrong: dict[str, Any]) -> None:
    with pytest.raises(JiqunError) as refused:
        envelope("hoover", plants(1), **{"n": 9, **wrong})
    assert refused.value.words is not None


def test_strata_with_gaps_are_refused() -> None:
    frame = plants(1).with_columns(busy=pl.when(pl.int_range(240) > 3).then(1))
    with pytest.raises(JiqunError, match="empty in 4 rows"):
        envelope("hoover", frame, strata="busy", n=9)


def test_an_index_can_be_given_by_name_by_function_or_itself() -> None:
    frame = plants(1)
    found = [envelope(one, frame, n=9) for one in ("hoover", jiqun.measure.hoover, jiqun.measure.indices()["hoover"])]
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])
    with pytest.raises(UnknownName):
        envelope("hover", frame)


def test_the_conventions_of_a_package_are_followed() -> None:
    frame = plants(1)
    half, whole = (envelope("locational_gini", frame, n=9, preset=preset) for preset in ("econgeo", None))
    for name in ("value", "expected", "band_high"):
        assert (2 * half[name]).to_numpy() == pytest.approx(whole[name].to_numpy())
    resampled = bootstrap("locational_gini", frame, n=9, preset="econgeo")
    assert resampled["value"].equals(half["value"])
    assert bootstrap("locational_gini", frame, n=9, preset="econgeo", definition="lorenz")["value"].equals(
        whole["value"]
    )


# Bootstrap


def by_hand(frame: pl.DataFrame, by: str, index: Any, n: int = 150) -> np.ndarray:
    """Draw rows, or places with copies as places of their own, in the plainest way."""
    rng = np.random.default_rng(77)
    drawn = []
    for _ in range(n):
        if by == "plant":
            again = frame[rng.integers(0, frame.height, frame.height).tolist()]
        else:
            names = frame[by].unique().sort().to_list()
            taken = rng.choice(names, len(names))
            again = pl.concat(
                [
                    frame.filter(pl.col(by) == one).with_columns(place_id=pl.col("place_id") + f"/{k}")
                    for k, one in enumerate(taken)
                ]
            )
        result = dict(index(again, replicates=0).select("industry_id", "value").iter_rows())
        drawn.append([result.get(name) for name in ("i0", "i1", "i2", "i3")])
    return np.array(drawn, dtype=np.float64)


@pytest.mark.parametrize("by", ["plant", "place_id", "province"])
@pytest.mark.parametrize("generic", [False, True])
def test_the_bootstrap_is_that_of_drawing_by_hand(by: str, generic: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = plants(11, 260, 12).with_columns(province=pl.col("place_id").str.slice(1, 1))
    hand = by_hand(frame, by, jiqun.measure.hoover)
    if generic:
        monkeypatch.setattr(Subject, "counted", False)
    found = bootstrap("hoover", frame, by="place" if by == "place_id" else by, n=300)
    error = hand.std(axis=0, ddof=1)
    assert found["error"].to_numpy() == pytest.approx(error, rel=0.25)
    mean = (found["value"] + found["bias"]).to_numpy()
    assert (np.abs(mean - hand.mean(axis=0)) < 4.5 * error * np.sqrt(1 / 150 + 1 / 300)).all()


def test_blocks_across_places_draw_rows_and_not_places() -> None:
    """A firm with plants in several places: its plants come and go together, the places stay."""
    frame = plants(12).with_columns(firm=pl.int_range(240) // 8)
    found = bootstrap("hoover", frame, by="firm", n=200)
    alone = bootstrap("hoover", frame, by="plant", n=200)
    assert found["error"].to_numpy() == pytest.approx(alone["error"].to_numpy(), rel=0.5)
    assert (found["draws"] == 200).all()


def test_a_place_drawn_twice_is_two_places() -> None:
    """Four equal places: the share of each is ¼ however they are drawn, and so is the Herfindahl index."""
    frame = pl.DataFrame({"place_id": list("ppqqrrss"), "industry_id": list("abababab")})
    found = bootstrap("herfindahl", frame, by="place", n=50)
    assert found["low"].to_list() == pytest.approx([0.25, 0.25])
    assert found["high"].to_list() == pytest.approx([0.25, 0.25])


def test_a_value_of_a_place_is_taken_from_its_copies() -> None:
    found = bootstrap("location_quotient", plants(13, 400), by="place", n=200)
    assert ((found["draws"] > 90) & (found["draws"] < 160)).all()
    assert (found["low"] <= found["high"]).all()


def test_intervals_by_plant_cover_the_truth_as_often_as_they_say() -> None:
    """Location quotients of a multinomial model, 90 % intervals, 100 samples."""
    rng = np.random.default_rng(21)
    chances = rng.dirichlet(np.ones(6) * 4.0)
    table = chances.reshape(2, 3)
    truth = table[0, 0] / table[0].sum() / table[:, 0].sum()
    covered = 0
    for seed in range(100):
        cell = np.random.default_rng(seed).choice(6, 300, p=chances)
        frame = pl.DataFrame({"place_id": (cell // 3).astype(str), "industry_id": (cell % 3).astype(str)})
        row = bootstrap("location_quotient", frame, n=79, level=0.9, threads=1).row(0, named=True)
        covered += row["low"] <= truth <= row["high"]
    assert stats.binomtest(covered, 100, 0.9).pvalue > 1e-3


def test_intervals_by_place_cover_the_truth_as_often_as_they_say() -> None:
    """Places are a sample: an industry has Gamma(1) in each and the rest 3; 90 % intervals, 60 samples of 80 places."""
    a = np.random.default_rng(0).gamma(1.0, 1.0, 1_000_000)
    truth = float(np.abs(a / a.mean() - (a + 3.0) / (a + 3.0).mean()).mean() / 2.0)
    covered = 0
    for seed in range(60):
        frame = pl.DataFrame(
            {
                "place_id": np.tile([f"p{k}" for k in range(80)], 2),
                "industry_id": np.repeat(["a", "b"], 80),
                "size": np.concatenate([np.random.default_rng(seed).gamma(1.0, 1.0, 80), np.full(80, 3.0)]),
            }
        )
        row = bootstrap("hoover", frame, by="place", n=59, level=0.9, interval="basic", threads=1).row(0, named=True)
        covered += row["low"] <= truth <= row["high"]
    assert stats.binomtest(covered, 60, 0.9).pvalue > 1e-3


def test_the_corrected_interval_is_that_of_scipy() -> None:
    data = np.random.default_rng(3).exponential(1.0, 40)
    units = _Units(np.ones(40, dtype=np.int64), lambda times: np.array([(data * times).sum() / times.sum()]))
    child = np.random.default_rng(1)
    drawn = np.array([units.values(child.multinomial(40, np.full(40, 1 / 40))) for _ in range(9999)])
    low, high = _corrected(drawn, np.array([data.mean()]), 0.025, _acceleration(units, 1))
    theirs = stats.bootstrap((data,), np.mean, n_resamples=9999, method="BCa", rng=np.random.default_rng(2))
    assert low[0] == pytest.approx(theirs.confidence_interval.low, abs=0.02)
    assert high[0] == pytest.approx(theirs.confidence_interval.high, abs=0.03)


@pytest.mark.parametrize("interval", ["percentile", "basic", "centred", "bca"])
def test_each_interval_is_ordered_and_the_same_for_any_threads(interval: Any) -> None:
    frame = plants(5, 80)
    one = bootstrap("krugman", frame, by="place", interval=interval, n=60, threads=1)
    assert one.equals(bootstrap("krugman", frame.reverse(), by="place", interval=interval, n=60, threads=2))
    assert (one["low"] <= one["high"]).all()


def test_basic_and_percentile_mirror_each_other() -> None:
    frame = plants(5, 400)
    per = bootstrap("coagglomeration", frame, n=80)
    basic = bootstrap("coagglomeration", frame, n=80, interval="basic")
    assert (per["low"] + basic["high"]).to_numpy() == pytest.approx(2 * per["value"].to_numpy())


@pytest.mark.parametrize(
    "wrong", [{"n": 1}, {"level": 0.0}, {"interval": "bayes"}, {"by": "nothing"}, {"replicate": 3}]
)
def test_what_a_bootstrap_cannot_do_it_says_in_both_languages(wrong: dict[str, Any]) -> None:
    with pytest.raises(JiqunError) as refused:
        bootstrap("hoover", plants(1), **{"n": 9, **wrong})
    assert refused.value.words is not None


def test_one_place_cannot_be_resampled() -> None:
    frame = plants(1).with_columns(place_id=pl.lit("p"))
    with pytest.raises(JiqunError, match="at least two"):
        bootstrap("herfindahl", frame, by="place")
