"""Figures against numbers worked out by hand."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp

from jiqun.cluster import About, Cluster
from jiqun.report import figure
from jiqun.report.bands import MANY, ratio_band, total_band, wilson
from jiqun.report.drawings.convergence import slope
from jiqun.report.drawings.firm_size_distribution import lorenz
from jiqun.report.drawings.inequality_over_time import gini
from jiqun.report.drawings.survival import kaplan_meier


def test_totals_resampled_many_ways_agree_with_the_formula():
    rng = np.random.default_rng(1)
    few = sp.csr_array(rng.gamma(1.0, 1.0, (MANY // 10, 3)))
    low, high = total_band(few)
    wide = 1.96 * np.sqrt(np.asarray(few.multiply(few).sum(axis=0)).ravel())
    np.testing.assert_allclose((high - low) / 2, wide, rtol=0.12)


def test_ratios_of_many_units_agree_with_the_bootstrap_of_few():
    rng = np.random.default_rng(2)
    bottom = rng.gamma(2.0, 1.0, (MANY + 1, 1))
    top = bottom * rng.uniform(0.1, 0.3, bottom.shape)
    low, high = ratio_band(sp.csr_array(top), sp.csr_array(bottom))
    drawn = rng.poisson(1.0, (300, len(top)))
    boot = (drawn @ top) / (drawn @ bottom)
    np.testing.assert_allclose([low[0], high[0]], np.quantile(boot, [0.025, 0.975]), rtol=0.002)


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    rng, hits = np.random.default_rng(3), 0
    for _ in range(120):
        low, high = total_band(sp.csr_array(rng.poisson(1.0, (300, 1)) * rng.gamma(2.0, 1.0, (300, 1))))
        hits += bool(low[0] <= 600 <= high[0])
    assert hits / 120 > 0.88


def test_wilson_at_the_edges_stays_within_zero_and_one():
    low, high = wilson(np.array([0.0, 10.0]), np.array([10.0, 10.0]))
    assert low[0] == pytest.approx(0.0, abs=1e-12)
    assert high[1] == pytest.approx(1.0, abs=1e-12)
    assert high[0] == pytest.approx(0.2775, abs=1e-4)


def test_the_lorenz_curve_and_gini_of_four_firms():
    sizes = np.array([1.0, 2.0, 3.0, 4.0])
    curve = lorenz(sizes, np.ones((1, 4)))[0]
    assert curve[[25, 50, 75, 100]].tolist() == pytest.approx([0.1, 0.3, 0.6, 1.0])
    assert gini(sizes, np.ones((1, 4)))[0] == pytest.approx(0.25)
    # Counting every firm twice changes nothing.
    assert gini(sizes, np.full((1, 4), 2.0))[0] == pytest.approx(0.25)


def test_kaplan_meier_of_the_textbook():
    # Times 6 6 6 6+ 7 9+ 10 10+ 11+ 13 of the 6-MP group of Freireich et al. (1963), first ten.
    age = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13], dtype=float)
    gone = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1], dtype=bool)
    share, low, high, risk = kaplan_meier(age, gone, np.array([5.0, 6.0, 7.0, 10.0, 13.0]))
    assert share.tolist() == pytest.approx([1, 0.7, 0.7 * 5 / 6, 0.7 * 5 / 6 * 3 / 4, 0.0])
    assert risk.tolist() == [10, 10, 6, 4, 1]
    assert (low[1:4] < share[1:4]).all()
    assert (high[1:4] > share[1:4]).all()


def test_a_slope_with_its_robust_interval():
    x, y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 1.0, 4.0])
    b, low, high = slope(x, y)
    assert b == pytest.approx(1.2)
    # HC3 by hand: residuals 0.3, 0.1, −1.1, 0.7 over 1 − h with h = 0.7, 0.3, 0.3, 0.7; then Σ(x−x̄)²ê²/25.
    scaled = np.array([0.3, 0.1, -1.1, 0.7]) / np.array([0.3, 0.7, 0.7, 0.3])
    error = np.sqrt((np.array([2.25, 0.25, 0.25, 2.25]) * scaled**2).sum() / 25)
    assert (high - low) / 2 == pytest.approx(1.959964 * error, rel=1e-6)


def trade() -> Cluster:
    rows = [
        ("2020-01", "b1", "f1", 10.0, 1.0, 0.0),
        ("2020-02", "b1", "f1", 20.0, 0.0, 4.0),
        ("2020-02", "b1", "f2", 10.0, 0.0, 0.0),
        ("2020-03", "b2", "f1", 5.0, 5.0, 0.0),
        ("2020-03", "b1", "f2", 15.0, 0.0, 0.0),
    ]
    frame = pl.DataFrame(
        rows, schema=["m", "source", "target", "amount", "subsidy_platform", "subsidy_supplier"], orient="row"
    )
    # One trade on the first and one on the last day, so that all months are covered and the grain is months.
    days = [
        datetime(2020, 1, 1),
        datetime(2020, 2, 5),
        datetime(2020, 2, 5),
        datetime(2020, 3, 1),
        datetime(2020, 3, 31),
    ]
    frame = frame.with_columns(pl.Series("time", days)).drop("m")
    far = frame.tail(1).with_columns(
        pl.lit(datetime(2020, 7, 31)).alias("time"), pl.lit("b9").alias("source"), pl.lit("f9").alias("target"),
        pl.lit(0.0).alias("amount"),
    )  # fmt: skip
    return Cluster.from_tables(interactions=pl.concat([frame, far]), about=About(currency="CNY"))


def test_subsidies_are_shares_of_the_list_value():
    made = figure(trade(), "subsidies_over_time")
    at = {(p, s): v for p, s, v in zip(made.rows["period"], made.rows["side"], made.rows["share"], strict=True)}
    assert at["2020-01", "subsidy_platform"] == pytest.approx(1 / 11)
    assert at["2020-02", "subsidy_supplier"] == pytest.approx(4 / 34)
    assert at["2020-03", "subsidy_platform"] == pytest.approx(5 / 25)
    assert at["2020-05", "subsidy_platform"] is None


def test_repeat_partners_are_pairs_met_before():
    made = figure(trade(), "repeat_partners")
    share = dict(zip(made.rows["period"], made.rows["share"], strict=True))
    assert "2020-01" not in share
    assert share["2020-02"] == pytest.approx(20 / 30)
    assert share["2020-03"] == pytest.approx(15 / 20)


def test_shares_of_industries_sum_to_one_and_follow_categories():
    n = 40
    deals = pl.DataFrame(
        {
            "source": [f"b{k % 7}" for k in range(n)],
            "target": ["f"] * n,
            "amount": [1.0] * 30 + [3.0] * 10,
            "category": ["wheat"] * 30 + ["steel"] * 10,
        }
    )
    made = figure(Cluster.from_tables(interactions=deals), "largest_industries")
    assert dict(zip(made.rows["industry"], made.rows["share"], strict=True)) == {"steel": 0.5, "wheat": 0.5}


def test_a_sub_category_counts_for_the_division_it_belongs_to():
    industries = pl.DataFrame(
        {
            "industry_id": ["A", "B", "C", "D", "A1", "A2"],
            "name": ["a", "b", "c", "d", "x", "y"],
            "parent": [None] * 4 + ["A", "A"],
        }
    )
    deals = pl.DataFrame(
        {"source": ["s"] * 4, "target": ["t"] * 4, "amount": [1.0] * 4, "category": ["A1", "A2", "B", "A"]}
    )
    made = figure(Cluster.from_tables(interactions=deals, industries=industries), "largest_industries")
    assert dict(zip(made.rows["industry"], made.rows["share"], strict=True)) == {"a": 0.75, "b": 0.25}


def test_entries_and_exits_are_counted_by_year():
    firms = pl.DataFrame(
        {
            "actor_id": [str(k) for k in range(12)],
            "founded": [date(2001, 5, 1)] * 7 + [date(2003, 1, 1)] * 5,
            "closed": [date(2004, 1, 1)] + [None] * 11,
        }
    )
    made = figure(Cluster.from_tables(actors=firms), "entry_and_exit")
    at = {(y, f): v for y, f, v in zip(made.rows["year"], made.rows["flow"], made.rows["firms"], strict=True)}
    assert (at["2001", "founded"], at["2002", "founded"], at["2003", "founded"], at["2004", "closed"]) == (7, 0, 5, 1)


def test_a_region_that_grows_ten_per_cent_is_reported_so(whole):
    made = figure(whole, "growth_by_group")
    assert made.rows["growth"] == pytest.approx([0.1, 0.1], abs=1e-4)
    assert set(made.rows["region"]) == {"East 东部", "West 西部"}
    assert figure(whole, "convergence").takeaway.en.startswith("From 2010 to 2015, growth does not depend")
    assert figure(whole, "sector_structure").rows["share"][:6] == pytest.approx([0.1] * 6)


def test_a_province_beside_its_cities_does_not_count_twice():
    rows = [
        (p, y, "gdp", v) for y in ("2020", "2021") for p, v in (("c1", 1.0), ("c2", 3.0), ("prov", 4.0), ("self", 2.0))
    ]
    panel = pl.DataFrame(rows, schema=["place_id", "period", "indicator", "value"], orient="row")
    places = pl.DataFrame({"place_id": ["c1", "c2", "prov", "self"], "parent": ["prov", "prov", None, "self"]})
    made = figure(Cluster.from_tables(panel=panel, places=places), "top_places")
    assert made.rows["place"] == ["c2", "self", "c1"]


def test_categories_planted_together_stand_out_and_others_do_not():
    rng = np.random.default_rng(0)
    rows = []
    for order in range(4_000):
        held = set(rng.choice(12, size=int(rng.integers(1, 6)), replace=False).tolist())
        if 0 in held and rng.random() < 0.6:
            held.add(1)
        rows += [(f"o{order}", f"c{k:02d}") for k in sorted(held)]
    deals = pl.DataFrame(rows, schema=["group", "category"], orient="row").with_columns(
        source=pl.lit("s"), target=pl.lit("t")
    )
    made = figure(Cluster.from_tables(interactions=deals), "cross_category")
    assert made.rows["pair"][0] == "c00 + c01"
    assert made.rows["low"][0] > 1.3
    others = [v for p, v in zip(made.rows["pair"], made.rows["lift"], strict=True) if p != "c00 + c01"]
    assert max(others) < 1.2


def test_new_york_is_known_for_fashion(shared_data):
    firms = pl.read_parquet(shared_data / "crunchbase_2013" / "companies.parquet").select(
        actor_id="permalink", industry_id="category_code", place_id="region"
    )
    made = figure(Cluster.from_tables(actors=firms.unique("actor_id")), "location_quotients")
    at = dict(zip(made.rows["pair"], made.rows["value"], strict=True))
    assert at["New York · fashion"] == pytest.approx(4.36, abs=0.005)
