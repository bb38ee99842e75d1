"""Needs of a cluster are matched, explained and filtered; whatever comes in gets a clear answer."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from jiqun import Cluster, JiqunError
from jiqun.match import Matcher, match, prepare
from jiqun.match.features import Pairs, features_of
from jiqun.match.learn import know
from jiqun.match.retrieve import SOURCES, candidates, top_of_rows
from jiqun.match.wording import say

from .conftest import make_deals


def make_cluster(*, capacity: float | None = 5.0, rows: np.ndarray | None = None) -> Cluster:
    """Sixty suppliers with offers in zh and en, two hundred seekers in three places, and their past orders."""
    columns = make_deals(np.random.default_rng(7), 900)
    goods = [
        "铝合金压铸 aluminium die casting",
        "纸箱印刷 printed cartons",
        "棉布染色 cotton dyeing",
        "软件开发 software",
    ]
    kind = [columns["traits"][columns["supplier"] == s, 0] for s in range(60)]
    main = [int(np.bincount(k).argmax()) if len(k) else 0 for k in kind]
    interactions = pl.DataFrame(
        {
            "time": pl.Series(columns["day"] * 86_400_000_000.0).cast(pl.Int64).cast(pl.Datetime("us")),
            "source": [f"b{k:03d}" for k in columns["seeker"]],
            "target": [f"f{k:02d}" for k in columns["supplier"]],
            "kind": ["order"] * 900,
            "category": [f"c{k}" for k in columns["traits"][:, 0]],
        }
    )
    if rows is not None:
        interactions = interactions[rows]
    home = dict(
        zip(
            interactions["source"], columns["traits"][:, 1] if rows is None else columns["traits"][rows, 1], strict=True
        )
    )
    actors = pl.DataFrame(
        {
            "actor_id": [*(f"f{k:02d}" for k in range(60)), *(f"b{k:03d}" for k in range(200))],
            "name": [*(f"Firm {k}" for k in range(60)), *(f"Buyer {k}" for k in range(200))],
            "place_id": [*(f"p{k % 3}" for k in range(60)), *(f"p{home.get(f'b{k:03d}', 0)}" for k in range(200))],
        }
    )
    places = pl.DataFrame({"place_id": ["p0", "p1", "p2"], "lon": [120.0, 121.0, 114.0], "lat": [30.0, 30.0, 22.5]})
    offers = pl.DataFrame(
        {
            "offer_id": [f"o{k:02d}" for k in range(60)],
            "actor_id": [f"f{k:02d}" for k in range(60)],
            "text": [goods[m] for m in main],
            "category": [f"c{m}" for m in main],
            "capacity": [capacity] * 60,
            "licences": [["ISO 9001"] if k % 2 else [] for k in range(60)],
            "exclude": [["b001"] if k < 10 else [] for k in range(60)],
        },
        schema_overrides={"capacity": pl.Float64, "licences": pl.List(pl.String), "exclude": pl.List(pl.String)},
    )
    return Cluster.from_tables(actors=actors, places=places, offers=offers, interactions=interactions)


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return prepare(make_cluster(), meaning="none", window_days=120.0)


def test_a_need_in_words_finds_the_firms_that_offer_it(matcher: Matcher) -> None:
    found = matcher.match(["需要压铸件", "printed cartons wanted"], top=3)
    offers = dict(matcher.market.offers.select("offer_id", "text").iter_rows())
    for need, word in (("N1", "压铸"), ("N2", "cartons")):
        mine = found.table.filter(pl.col("need_id") == need)
        assert mine["rank"].to_list() == [1, 2, 3]
        assert all(word in offers[offer] for offer in mine["offer_id"])
        assert mine["score"].is_sorted(descending=True)
    assert "供给文本含“" in found.table["reason_zh"][0]


def test_the_cluster_answers_itself() -> None:
    found = make_cluster().match("软件开发", top=2, meaning="none", learned=False)
    assert found.table.height == 2
    assert found.ranker.learned == (0, 0, 0)
    assert any("set by hand" in note.en for note in found.notes)


def test_parts_sum_to_the_score_less_the_mean(matcher: Matcher) -> None:
    found = matcher.match([{"category": "c1", "actor_id": "b005"}], top=60)
    parts = found.contributions.group_by("actor_id").agg(pl.col("contribution").sum())
    both = found.table.join(parts, on="actor_id")
    difference = (both["score"] - both["contribution"]).to_numpy()
    assert np.ptp(difference) < 1e-4


def test_what_would_put_a_supplier_first_does_put_it_first(matcher: Matcher) -> None:
    from jiqun.match.explain import would_be_first

    known, ranker = matcher.known, matcher.ranker
    request = [{"category": "c2", "actor_id": "b007", "text": "棉布"}]
    from jiqun.match.asking import read_needs

    read = read_needs(matcher.cluster, matcher.market, request)
    said = say(known.wording, read.texts, {})
    pairs = candidates(known, read.asked, said)
    features = features_of(known, read.asked, said, Pairs(pairs.need, pairs.supplier))
    weights = ranker.weights[0]
    names = [f.name for f in ranker.features]
    score = features.astype(float) @ weights
    tried = 0
    for row in np.argsort(-score)[1:40]:
        change = would_be_first(features, score, weights, ranker.features, int(row))
        if change is None:
            continue
        moved = features[row].astype(float).copy()
        moved[names.index(change.feature)] = change.value
        for j, name in enumerate(names):
            first, _, second = name.removesuffix("^2").partition("*")
            if name.endswith("^2") or second:
                moved[j] = moved[names.index(first)] * moved[names.index(second or first)]
        assert moved @ weights == pytest.approx(score.max(), abs=1e-3)
        tried += 1
    assert would_be_first(features, score, weights, ranker.features, int(score.argmax())) is None
    assert tried > 0


@pytest.mark.parametrize(
    ("need", "rule"),
    [
        ("", "empty_need"), ("🙂🙂", "empty_need"), ("字" * 100_000, "long_text"),
        ({"text": "压铸", "category": "no such"}, "unknown_category"),
        ({"text": "压铸", "licences": "no such licence"}, "no_supplier"),
        ({"category": "c1", "distance_km": 0.0, "lon": 0.0, "lat": 0.0}, "no_supplier"),
    ],
)  # fmt: skip
def test_odd_needs_get_a_clear_answer(matcher: Matcher, need: object, rule: str) -> None:
    found = matcher.match([need])
    assert rule in {finding.rule for finding in found.findings}
    if rule in ("empty_need", "no_supplier"):
        assert found.table.height == 0


def test_needs_of_one_identifier_are_matched_once(matcher: Matcher) -> None:
    found = matcher.match([{"need_id": "n", "text": "压铸"}, {"need_id": "n", "text": "纸箱"}], top=1)
    assert found.table.height == 1
    assert [f.rule for f in found.findings] == ["duplicate_need"]


def test_mixed_scripts_and_emoji_are_read_as_their_words(matcher: Matcher) -> None:
    plain, decorated = (
        matcher.match([text], top=5).table for text in ("压铸 die casting", "🔥压铸🔥 DIE-ＣＡＳＴＩＮＧ!!")
    )
    assert plain["actor_id"].to_list() == decorated["actor_id"].to_list()


def test_both_sides_can_rule_each_other_out(matcher: Matcher) -> None:
    every = matcher.match([{"category": "c0", "text": "压铸"}], top=60).table["actor_id"].to_list()
    ruled_out = every[0]
    mine = (
        matcher.match([{"category": "c0", "text": "压铸", "exclude": [ruled_out]}], top=60).table["actor_id"].to_list()
    )
    assert ruled_out not in mine
    assert not {f"f{k:02d}" for k in range(10)} & set(
        matcher.match([{"text": "压铸", "actor_id": "b001"}], top=60).table["actor_id"]
    )
    licensed = matcher.match([{"text": "压铸", "licences": "ISO 9001"}], top=60).table["actor_id"]
    assert all(int(name[1:]) % 2 for name in licensed)


def test_a_limit_of_distance_holds(matcher: Matcher) -> None:
    found = matcher.match([{"text": "压铸", "lon": 120.0, "lat": 30.0, "distance_km": 120.0}], top=60).table
    assert found.height
    assert found["distance_km"].max() <= 120.0


def test_without_capacity_nobody_is_matched() -> None:
    found = match(make_cluster(capacity=0.0), ["压铸"], meaning="none", learned=False)
    assert found.table.height == 0
    assert [f.rule for f in found.findings] == ["no_supplier"]


def test_the_order_of_rows_changes_nothing() -> None:
    order = np.random.default_rng(1).permutation(900)
    one, two = (
        match(make_cluster(rows=rows), ["压铸", "纸箱"], meaning="none", rng=3).table
        for rows in (np.arange(900), order)
    )
    assert one.equals(two)


def test_filters_come_before_the_best_are_taken() -> None:
    rng = np.random.default_rng(0)
    scores = sparse.csr_array(rng.random((5, 500)) * (rng.random((5, 500)) < 0.5))
    allowed = rng.random((5, 500)) < 0.1
    row, column, value = top_of_rows(scores, 20, allowed)
    dense = np.where(allowed, scores.toarray(), 0.0)
    for k in range(5):
        best = np.argsort(-dense[k], kind="stable")[:20]
        assert column[row == k].tolist() == [j for j in best if dense[k, j] > 0]
        assert np.all(np.diff(value[row == k]) <= 0)


def test_only_a_few_allowed_are_all_found(matcher: Matcher) -> None:
    known = matcher.known
    from jiqun.match.asking import read_needs

    read = read_needs(matcher.cluster, matcher.market, ["压铸"] * 3)
    said = say(known.wording, read.texts, {})
    mask = np.zeros((3, known.memory.suppliers), dtype=bool)
    mask[0, 3] = mask[1, 40:42] = True
    found = candidates(known, read.asked, said, allowed=mask, most=dict.fromkeys(SOURCES, 1))
    assert set(found.supplier[found.need == 0]) <= {3}
    assert not (found.need == 2).any()
    assert all(found.sources(k) for k in range(len(found)))


def test_what_if_weights_scale_the_parts(matcher: Matcher) -> None:
    need = [{"text": "压铸", "actor_id": "b009", "category": "c0"}]
    without = matcher.match(need, top=60, weights={"words": 0.0}).contributions
    assert without.filter(pl.col("part") == "words")["contribution"].abs().max() == 0.0
    with pytest.raises(JiqunError, match="no part called 'luck'"):
        matcher.match(need, weights={"luck": 2.0})
    with pytest.raises(JiqunError, match="weights of 0 or more"):
        matcher.match(need, weights={"words": -1.0})


def test_a_cluster_without_a_market_says_what_it_lacks() -> None:
    lone = Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]}))
    with pytest.raises(JiqunError, match="needs table interactions or offers"):
        match(lone, ["x"])


@pytest.mark.parametrize("needs", [None, 7, pl.DataFrame({"x": [1]})])
def test_needs_that_cannot_be_read_are_refused(matcher: Matcher, needs: object) -> None:
    with pytest.raises(JiqunError, match="match"):
        matcher.match(needs)


def test_nothing_after_the_day_is_read(matcher: Matcher) -> None:
    at = str(np.datetime64(int(matcher.market.at) - 200, "D"))
    cut = prepare(make_cluster(), at=at, meaning="none", window_days=120.0)
    held = make_cluster().polars("interactions").filter(pl.col("time") < pl.lit(at).str.to_datetime())
    tables = {name: make_cluster().polars(name) for name in ("actors", "places", "offers")}
    short = prepare(Cluster.from_tables(**tables, interactions=held), at=at, meaning="none", window_days=120.0)
    needs = [{"text": "压铸", "actor_id": "b009", "category": "c0"}]
    # A level that appears only later has no deals: it may have a code, but it changes no score.
    assert cut.match(needs).table["score"].to_list() == pytest.approx(
        short.match(needs).table["score"].to_list(), abs=1e-5
    )


def test_investors_supply_what_firms_look_for() -> None:
    deals = pl.DataFrame(
        {"time": pl.Series(["2020-01-01", "2020-02-01"]).str.to_datetime(), "source": ["fund", "angel"],
         "target": ["firm", "firm"],
         "kind": ["investment"] * 2, "category": ["web"] * 2}
    )  # fmt: skip
    found = match(Cluster.from_tables(interactions=deals), [{"category": "web"}], meaning="none")
    assert set(found.table["actor_id"]) == {"fund", "angel"}


def test_know_can_use_an_index_again(matcher: Matcher) -> None:
    again = know(matcher.market.book, matcher.market.at, wording_before=matcher.known.wording)
    assert again.wording is matcher.known.wording
