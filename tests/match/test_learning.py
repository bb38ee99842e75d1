"""What is learned is true of the past and of nothing later; it does not hang on the order of rows."""

from __future__ import annotations

import numpy as np
import pytest

from jiqun.match.alternatives import choice_sets, draw_chances
from jiqun.match.arms import ARMS
from jiqun.match.book import Book
from jiqun.match.evaluate import held_out, lists_of_arm, lists_of_ranker
from jiqun.match.features import Pairs, feature_names, features_of
from jiqun.match.learn import know, learn
from jiqun.match.logit import fit_logit
from jiqun.match.memory import remember
from jiqun.match.metrics import ndcg
from jiqun.match.retrieve import candidates

from .conftest import book_of, make_deals

AT = 10_700.0


def same_memory(a, b) -> None:
    for name in ("activity", "recent", "last", "loyalty", "known_seekers"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    for name in ("partners", "partner_last", "share", "latest", "together", "alike", "after"):
        assert (getattr(a, name) != getattr(b, name)).nnz == 0, name
    for one, two in zip(a.profiles, b.profiles, strict=True):
        assert np.array_equal(one.keys, two.keys)
        assert (one.counts != two.counts).nnz == 0


def poisoned(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same past, and a future in which everyone deals with supplier 0 alone."""
    future = columns["day"] >= AT
    return columns | {
        "supplier": np.where(future, 0, columns["supplier"]),
        "traits": np.where(future[:, None], 0, columns["traits"]),
    }


def test_poisoned_future_rows_change_neither_memory_nor_weights(columns: dict[str, np.ndarray], book: Book) -> None:
    other = book_of(poisoned(columns))
    same_memory(remember(book.deals, AT), remember(other.deals, AT))
    mine, theirs = (learn(b, AT, window_days=150.0, draws=20) for b in (book, other))
    assert mine.learned[0] > 0
    assert np.array_equal(mine.weights, theirs.weights)


def test_the_poison_would_be_seen_if_it_were_read(columns: dict[str, np.ndarray], book: Book) -> None:
    later = columns["day"].max() + 1.0
    assert not np.array_equal(
        remember(book.deals, later).activity, remember(book_of(poisoned(columns)).deals, later).activity
    )


def test_the_order_of_rows_changes_nothing(columns: dict[str, np.ndarray], book: Book) -> None:
    order = np.random.default_rng(3).permutation(len(columns["day"]))
    shuffled = book_of({name: values[order] for name, values in columns.items()})
    same_memory(remember(book.deals, AT), remember(shuffled.deals, AT))
    assert np.array_equal(
        learn(book, AT, window_days=150.0, draws=20).weights, learn(shuffled, AT, window_days=150.0, draws=20).weights
    )


def simulated(corrected: bool, draws: int = 100) -> np.ndarray:
    """Choices among 400 suppliers by known weights, of which few are drawn, the busy ones more often."""
    rng = np.random.default_rng(11)
    suppliers, needs = 400, 4_000
    truth = np.array([1.0, -0.7, 0.5])
    trait = rng.normal(size=(suppliers, 2))
    size = rng.lognormal(0.0, 1.2, suppliers)
    x = np.empty((needs, suppliers, 3))
    x[:, :, 0] = np.log(size)
    x[:, :, 1] = trait[:, 0]
    x[:, :, 2] = rng.normal(size=(needs, suppliers)) * trait[:, 1]
    chosen = (x @ truth + rng.gumbel(size=(needs, suppliers))).argmax(axis=1)
    sets = choice_sets(np.arange(needs), chosen, draw_chances(size), draws=draws, rng=5)
    features = x[sets.need, sets.supplier].astype(np.float32)
    offset = -sets.log_chance if corrected else None
    return fit_logit(features, sets.start, sets.chosen, offset, l2=0.0).weights


def test_known_weights_are_recovered_from_sampled_alternatives() -> None:
    assert simulated(corrected=True) == pytest.approx([1.0, -0.7, 0.5], abs=0.06)


def test_without_the_correction_popularity_is_lost() -> None:
    assert simulated(corrected=False)[0] < 0.5


def test_the_logit_is_that_of_its_closed_form_for_one_binary_feature() -> None:
    # Of 100 choices between x = 1 and x = 0, 73 took x = 1: the weight is the log odds.
    chosen = np.concatenate([[True, False] if k < 73 else [False, True] for k in range(100)])
    fit = fit_logit(np.tile([[1.0], [0.0]], (100, 1)), np.arange(0, 201, 2), chosen, l2=0.0)
    assert fit.converged
    assert fit.weights[0] == pytest.approx(np.log(73 / 27), abs=1e-5)
    assert fit.error[0] == pytest.approx(1.0 / np.sqrt(100 * 0.73 * 0.27), rel=1e-3)


def test_the_model_beats_popularity_and_keyword_arms_on_later_needs(book: Book) -> None:
    held = held_out(book, AT, AT + 150.0)
    ranker = learn(book, AT, window_days=150.0, draws=30)
    mine = np.nanmean(ndcg(lists_of_ranker(held, ranker)["all"]))
    for name in ("popular", "popular_in_category", "item_knn", "own_history"):
        assert mine > np.nanmean(ndcg(lists_of_arm(held, ARMS[name])["all"])), name


def test_features_are_finite_and_named(book: Book) -> None:
    known = know(book, AT)
    held = held_out(book, AT, AT + 50.0, known=known)
    found = candidates(known, held.asked, held.said)
    features = features_of(known, held.asked, held.said, Pairs(found.need, found.supplier))
    names = [f.name for f in feature_names(book.traits, ())]
    assert len(set(names)) == len(names) == features.shape[1]
    assert np.isfinite(features).all()


def test_a_memory_of_nothing_is_no_error(book: Book) -> None:
    known = know(book, 0.0)
    assert known.memory.activity.sum() == 0
    assert learn(book, 0.0).learned == (0, 0, 0)


def test_shares_and_last_partners_are_as_counted_by_hand() -> None:
    from jiqun.match.objects import Deals

    deals = Deals.of(
        day=np.array([0.0, 0.0, 10.0, 20.0]), need=np.array([0, 0, 1, 2]), seeker=np.array([0, 0, 0, 0]),
        supplier=np.array([0, 1, 0, 2]), traits=np.zeros((4, 1), dtype=np.int64), suppliers=3, seekers=1, levels=(1,),
    )  # fmt: skip
    memory = remember(deals, 730.0, half_life_days=730.0)
    assert memory.share.toarray()[0] == pytest.approx([2 / 3, 1 / 3, 1 / 3])
    assert memory.latest.toarray()[0].tolist() == [0, 0, 1]
    assert memory.activity[1] == pytest.approx(0.5)
    assert memory.known_seekers.tolist() == [3]
    # 2 came to a partner of 0 and of 1, later than both of them.
    assert memory.after.toarray()[0, 2] > 0
    assert memory.after.toarray()[2].sum() == 0
    assert memory.together.toarray()[0, 1] > 0 == memory.together.toarray()[0, 2]


def test_make_deals_is_the_same_twice() -> None:
    a, b = (make_deals(np.random.default_rng(1), 20) for _ in range(2))
    assert all(np.array_equal(a[name], b[name]) for name in a)
