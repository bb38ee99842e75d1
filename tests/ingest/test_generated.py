"""The generated cluster: what is planted can be found again, and the tables are sound."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import TABLES, Cluster, JiqunError, Words
from jiqun.engine import open_cluster, read_manifest
from jiqun.ingest.generated import (
    QUADRANTS,
    Generated,
    Plan,
    Planted,
    default_planted,
    ellison_glaeser_gamma,
    generate,
    write_generated,
)
from jiqun.ingest.generated.firms import dartboard
from jiqun.ingest.generated.ground import EAST, NORTH, SOUTH, WEST, make_ground


@pytest.fixture(scope="module")
def demo() -> Generated:
    return generate()


@pytest.fixture(scope="module")
def small() -> Generated:
    return generate(actors=300, interactions=8_000, places=12, seed=5)


# ---- what is planted is found again -----------------------------------------------------------------


@pytest.mark.parametrize("gamma", [0.0, 0.05, 0.2])
def test_the_planted_gamma_is_recovered_on_average_over_draws(gamma: float):
    rng = np.random.default_rng(11)
    share = rng.dirichlet(np.full(30, 3.0))
    found = []
    for _ in range(600):
        place = rng.choice(30, 400, p=dartboard(share, gamma, rng))
        found.append(ellison_glaeser_gamma(place, rng.lognormal(0.0, 1.0, 400), share))
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) - gamma) < 4 * error


def test_the_planted_gamma_is_recovered_on_average_over_generated_clusters():
    truths = [
        generate(actors=400, buyers=50, interactions=0, places=20, industries=4, seed=s).truth["industries"]
        for s in range(60)
    ]
    for space in ("gamma", "gamma_digital"):
        realised = np.array([[i[f"{space}_realised"] for i in t] for t in truths])
        planted = np.array([i[space] for i in truths[0]])
        error = realised.std(axis=0, ddof=1) / np.sqrt(len(truths))
        assert (np.abs(realised.mean(axis=0) - planted) < 4 * np.maximum(error, 0.001)).all()


def test_gamma_of_the_truth_is_the_gamma_of_the_tables(demo: Generated):
    """By the definition, from the published tables alone, with the shares that the truth gives."""
    firms = demo.tables["actors"].filter(pl.col("kind") == "firm")
    shares = demo.truth["place_shares"]
    spread = 1 - sum(x * x for x in shares.values())
    for industry in demo.truth["industries"]:
        of = firms.filter(pl.col("industry_id") == industry["industry_id"])
        total = of["size"].sum()
        by_place = dict(of.group_by("place_id").agg(pl.col("size").sum()).iter_rows())
        g = sum((by_place.get(p, 0.0) / total - x) ** 2 for p, x in shares.items())
        h = ((of["size"] / total) ** 2).sum()
        assert (g - spread * h) / (spread * (1 - h)) == pytest.approx(industry["gamma_realised"], abs=1e-4)


def shared_buyers(tables, industry: str, channel: str | None = None) -> float:
    """Pairs of different firms of an industry that share a buyer, over what random matching would give.

    Weighted by lines: Σ_b (n_b² − Σ_f n_bf²) against the same with every firm's lines spread over buyers
    in proportion to the buyers' lines.
    """
    lines = tables["interactions"]
    lines = lines if channel is None else lines.filter(pl.col("channel") == channel)
    cells = lines.group_by("source", "target", "category").agg(pl.len().cast(pl.Float64).alias("n"))
    total = cells["n"].sum()
    buyers = cells.group_by("source").agg(pl.col("n").sum())["n"]
    own = cells.filter(pl.col("category") == industry)
    firms = own.group_by("target").agg(pl.col("n").sum())["n"]
    observed = (own.group_by("source").agg(pl.col("n").sum())["n"] ** 2).sum() - (own["n"] ** 2).sum()
    expected = (firms.sum() ** 2 - (firms**2).sum()) * (buyers**2).sum() / total**2
    return observed / expected


def test_all_four_quadrants_are_planted_and_each_is_found_by_a_simple_statistic(demo: Generated):
    industries = demo.truth["industries"]
    assert {i["quadrant"] for i in industries} == set(QUADRANTS)
    for industry in industries:
        physical, digital = industry["quadrant"].split("-")
        assert (industry["gamma_realised"] > 0.02) == (physical == "concentrated")
        for channel in ("platform", None):
            excess = shared_buyers(demo.tables, industry["industry_id"], channel)
            assert (excess > 1.15) == (digital == "concentrated"), (industry["industry_id"], channel, excess)


def test_concentration_on_the_platform_does_not_come_from_offline_trade(demo: Generated):
    only = [i["industry_id"] for i in demo.truth["industries"] if i["quadrant"] == "dispersed-concentrated"]
    for industry in only:
        online = shared_buyers(demo.tables, industry, "platform")
        assert online > 1.3 * shared_buyers(demo.tables, industry, "offline")


def test_buyers_stay_in_their_community_more_often_when_matched_by_ai(demo: Generated):
    community = demo.tables["actors"].select("actor_id", "planted_community")
    stay = (
        demo.tables["interactions"]
        .filter(pl.col("channel") == "platform")
        .join(community, left_on="source", right_on="actor_id")
        .join(community, left_on="target", right_on="actor_id", suffix="_t")
        .group_by("matched_by")
        .agg((pl.col("planted_community") == pl.col("planted_community_t")).mean().alias("own"))
    )
    own = dict(stay.iter_rows())
    # 70 % of lines are matched anew (72 % and 92 % at home, of the rest a tenth by chance), 30 % go to known firms.
    assert own["market"] == pytest.approx(0.7 * (0.72 + 0.028) + 0.3 * 0.70, abs=0.05)
    assert own["ai"] - own["market"] == pytest.approx(0.7 * 0.2 * 0.9, abs=0.03)


def test_the_pull_of_distance_falls_over_the_years_offline_and_is_absent_online(demo: Generated):
    place = demo.tables["actors"].select("actor_id", "place_id")
    near = (
        demo.tables["interactions"]
        .join(place, left_on="source", right_on="actor_id", suffix="_s")
        .join(place, left_on="target", right_on="actor_id", suffix="_t")
        .group_by("channel", pl.col("time").dt.year().alias("year"))
        .agg((pl.col("place_id_s") == pl.col("place_id_t")).mean().alias("same"))
    )
    same = {(c, y): v for c, y, v in near.iter_rows()}
    assert same["offline", 2018] > same["offline", 2023] + 0.05
    assert same["offline", 2023] > 1.5 * same["platform", 2023]


def test_activity_has_a_heavy_tail(demo: Generated):
    lines = demo.tables["interactions"].group_by("target").len()["len"].sort(descending=True)
    assert lines.head(len(lines) // 10).sum() > 0.4 * lines.sum()


# ---- the tables are sound ---------------------------------------------------------------------------


def test_the_default_cluster_has_the_sizes_it_promises(demo: Generated):
    actors = dict(demo.tables["actors"].group_by("kind").len().iter_rows())
    assert actors == {"firm": 3000, "buyer": 6000, "platform": 2}
    assert demo.tables["interactions"].height == 250_000


@pytest.mark.parametrize("interactions", [0, 1, 71, 1000, 12_345])
def test_there_are_exactly_as_many_interactions_as_asked_for(interactions: int):
    made = generate(actors=50, interactions=interactions, places=4, seed=3)
    lines = made.tables.get("interactions")
    assert (0 if lines is None else lines.height) == interactions


def test_columns_are_canonical_or_the_one_declared_extra(demo: Generated):
    for name, frame in demo.tables.items():
        extra = set(frame.columns) - set(TABLES[name].by_name)
        assert extra == ({"planted_community"} if name == "actors" else set())
        assert set(TABLES[name].required) <= set(frame.columns)


@pytest.mark.parametrize("table", [t.name for t in TABLES.values() if t.key])
def test_keys_are_unique(demo: Generated, table: str):
    if table in demo.tables:
        assert not demo.tables[table].select(TABLES[table].key).is_duplicated().any()


def test_no_reference_is_broken(demo: Generated):
    for name, frame in demo.tables.items():
        for column in TABLES[name].columns:
            if column.references and column.name in frame.columns:
                table, key = column.references.split(".")
                known = set(demo.tables[table][key])
                assert set(frame[column.name].drop_nulls()) <= known, (name, column.name)


def test_no_one_trades_before_founding_or_after_closing(demo: Generated):
    dates = demo.tables["actors"].select("actor_id", "founded", "closed")
    lines = demo.tables["interactions"].with_columns(pl.col("time").dt.date().alias("day"))
    for side in ("source", "target"):
        with_dates = lines.join(dates, left_on=side, right_on="actor_id")
        assert with_dates.height == lines.height
        assert with_dates.filter(pl.col("day") < pl.col("founded")).is_empty()
        assert with_dates.filter(pl.col("day") >= pl.col("closed")).is_empty()


def test_dates_follow_each_other(demo: Generated):
    actors, ties, offers = (demo.tables[t] for t in ("actors", "ties", "offers"))
    assert actors.filter(pl.col("closed") <= pl.col("founded")).is_empty()
    assert ties.filter(pl.col("to") <= pl.col("from")).is_empty()
    assert offers.filter(pl.col("valid_to") <= pl.col("valid_from")).is_empty()
    assert ((actors["closed"].is_null()) == (actors["status"] == "active")).all()
    founded = dict(actors.select("actor_id", "founded").iter_rows())
    for source, since in ties.select("source", "from").iter_rows():
        assert since > founded[source]


def test_interactions_are_in_order_of_time_and_inside_the_years(demo: Generated):
    time = demo.tables["interactions"]["time"]
    assert time.is_sorted()
    assert (time[0].year, time[-1].year) == (2018, 2023)
    assert time.dt.strftime("%Y-%m").n_unique() == 72


def test_a_basket_has_one_buyer_one_moment_one_channel_and_only_orders(demo: Generated):
    baskets = (
        demo.tables["interactions"]
        .drop_nulls("group")
        .group_by("group")
        .agg(pl.n_unique("source", "time", "channel", "matched_by"), pl.col("kind").unique().alias("kinds"))
    )
    assert baskets.select(pl.n_unique("source").alias("x")).height
    assert (baskets.select("source", "time", "channel", "matched_by").max().row(0)) == (1, 1, 1, 1)
    assert set(baskets["kinds"].explode()) == {"order"}


def test_only_orders_carry_money_and_subsidies_are_part_of_it(demo: Generated):
    lines = demo.tables["interactions"]
    money = ["amount", "quantity", "group", "subsidy_platform", "subsidy_supplier"]
    orders, others = lines.filter(pl.col("kind") == "order"), lines.filter(pl.col("kind") != "order")
    assert orders.select(money).null_count().row(0) == (0,) * 5
    assert others.select(pl.col(money).is_null().all()).row(0) == (True,) * 5
    assert orders.filter(pl.col("subsidy_platform") + pl.col("subsidy_supplier") >= pl.col("amount")).is_empty()
    assert orders.filter((pl.col("subsidy_platform") > 0) & (pl.col("channel") == "offline")).is_empty()


def test_the_category_of_a_line_is_the_industry_of_the_firm(demo: Generated):
    industry = demo.tables["actors"].select("actor_id", "industry_id")
    joined = demo.tables["interactions"].join(industry, left_on="target", right_on="actor_id")
    assert (joined["category"] == joined["industry_id"]).all()


def test_everyone_is_inside_the_bounds_of_the_delta(demo: Generated):
    for table in ("actors", "places"):
        points = demo.tables[table].drop_nulls("lon")
        assert points["lon"].is_between(WEST - 0.1, EAST + 0.1).all()
        assert points["lat"].is_between(SOUTH - 0.1, NORTH + 0.1).all()


def test_no_place_stands_in_the_water():
    from jiqun.ingest.generated.ground import _wet

    for seed in range(5):
        ground = make_ground(200, np.random.default_rng(seed))
        assert not _wet(ground.lon, ground.lat).any()


def test_inputs_of_an_industry_leave_room_for_value_added(demo: Generated):
    inputs = demo.tables["flows"].group_by("target").agg(pl.col("coefficient").sum())
    assert inputs["coefficient"].max() < 0.7


def test_texts_are_in_both_languages_and_names_are_unique(demo: Generated):
    for table in ("offers", "needs"):
        text = demo.tables[table]["text"]
        assert text.str.contains(r"\p{Han}").all()
        assert text.str.contains("[A-Za-z]{4}").all()
    assert demo.tables["actors"]["name"].is_unique().all()


def test_composite_needs_name_several_industries(demo: Generated):
    parts = demo.tables["needs"]["components"]
    known = set(demo.tables["industries"]["industry_id"])
    assert set(parts.list.len()) == {0, 2, 3}
    assert set(parts.explode().drop_nulls()) <= known


# ---- seeds, sizes, errors ---------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_tables_and_another_seed_others(small: Generated):
    again = generate(actors=300, interactions=8_000, places=12, seed=5)
    other = generate(actors=300, interactions=8_000, places=12, seed=6)
    assert again.truth == small.truth
    for name, frame in small.tables.items():
        assert frame.equals(again.tables[name])
    assert not small.tables["actors"].equals(other.tables["actors"])


def test_more_trade_leaves_the_actors_as_they_were(small: Generated):
    more = generate(actors=300, interactions=20_000, places=12, seed=5)
    assert more.tables["actors"].equals(small.tables["actors"])


def test_a_written_cluster_has_the_same_bytes_for_the_same_seed(tmp_path: Path):
    plan = Plan(120, 240, 8, 3_000, 6, default_planted(4), 9)
    hashes = []
    for name in ("a", "b"):
        manifest = write_generated(tmp_path / name, plan)
        files = [p.file for parts in manifest.tables.values() for p in parts]
        hashes.append([hashlib.sha256((tmp_path / name / f).read_bytes()).hexdigest() for f in files])
    assert hashes[0] == hashes[1]


def test_a_written_cluster_holds_what_generate_gives_and_its_truth(tmp_path: Path, small: Generated):
    plan = Plan(300, 600, 12, 8_000, 10, default_planted(8), 5)
    write_generated(tmp_path / "c", plan)
    cluster = open_cluster(tmp_path / "c")
    assert cluster.about.origin == "generated"
    for name, frame in small.tables.items():
        assert cluster.polars(name).equals(frame)
    assert read_manifest(tmp_path / "c").extra["truth"] == small.truth


def test_interactions_are_written_in_parts_without_changing_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("jiqun.ingest.generated.build.ROWS_PER_PART", 700)
    plan = Plan(300, 600, 12, 8_000, 10, default_planted(8), 5)
    told: list[float] = []
    manifest = write_generated(tmp_path / "c", plan, progress=lambda step, done, total: told.append(done))
    assert len(manifest.tables["interactions"]) > 5
    assert manifest.rows("interactions") == 8_000
    assert told[-1] == 8_000


def test_cancelling_leaves_the_old_cluster_whole(tmp_path: Path):
    write_generated(tmp_path / "c", Plan(50, 90, 4, 500, 4, default_planted(2), 1))
    before = read_manifest(tmp_path / "c")

    class Cancelled(Exception):
        pass

    def cancel(step: Words, done: float, total: float | None) -> None:
        if step.en == "Generating interactions":
            raise Cancelled

    with pytest.raises(Cancelled):
        write_generated(tmp_path / "c", Plan(50, 90, 4, 500, 4, default_planted(2), 2), progress=cancel)
    assert read_manifest(tmp_path / "c") == before
    assert open_cluster(tmp_path / "c").polars("actors").height == 142


@settings(max_examples=25, deadline=None)
@given(
    actors=st.integers(3, 120),
    buyers=st.integers(1, 60),
    places=st.integers(2, 40),
    interactions=st.integers(0, 1500),
    communities=st.integers(2, 12),
    industries=st.integers(1, 3),
    seed=st.integers(0, 2**32),
)
def test_any_size_gives_a_sound_cluster(**sizes: int):
    made = generate(**sizes)
    lines = made.tables.get("interactions", pl.DataFrame({"source": [], "target": []}))
    assert lines.height == sizes["interactions"]
    known = set(made.tables["actors"]["actor_id"])
    assert set(lines["source"]) | set(lines["target"]) <= known
    assert made.tables["actors"]["lon"].drop_nulls().is_finite().all()


def test_the_user_can_plant_a_structure_of_their_own():
    mine = Planted(Words("Everything in one park", "一园独大"), Words("things", "物件"), 0.95, 0.0)
    spread = Planted(Words("Everywhere", "遍地"), Words("things", "物件"), 0.0, 0.0)
    made = generate(actors=400, buyers=40, interactions=0, planted=(mine, spread), seed=4)
    top = (
        made.tables["actors"]
        .filter(pl.col("kind") == "firm")
        .group_by("industry_id", "place_id")
        .len()
        .group_by("industry_id")
        .agg((pl.col("len").max() / pl.col("len").sum()).alias("top"))
    )
    top = dict(top.iter_rows())
    assert top["I01"] > 0.7 > 0.3 > top["I02"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"actors": 3}, "firms must be at least 8, not 3"),
        ({"places": 1}, "places must be at least 2"),
        ({"industries": 0}, "industries must be at least 1"),
        ({"planted": ()}, "planted is empty"),
        ({"interactions": -1}, "interactions must be at least 0"),
    ],
)
def test_impossible_sizes_are_refused_in_words(arguments, message):
    with pytest.raises(JiqunError, match=message):
        generate(**arguments)


def test_a_gamma_of_one_or_more_is_refused():
    with pytest.raises(JiqunError, match="gamma_digital of 'X' must be at least 0 and below 1, not 1"):
        Planted(Words("X", "X"), Words("x", "x"), 0.0, 1.0)


def test_the_check_finds_nothing_wrong(demo: Generated):
    findings = Cluster.from_tables(**demo.tables).check()
    assert [f for f in findings.items if f.severity != "info"] == []
