"""The mode of agglomeration: shares by hand, laws, worlds of known truth, and the retail platform."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import kendalltau

from jiqun.cluster import Cluster
from jiqun.diagnose import Lines, attributed, contested, mode_shares, path_agreement
from jiqun.diagnose.mode_shares import CELLS, MODES

MIXES = ("shared", "collaborative", "expanded", "symbiotic")


def _lines(order: Any, need: Any, supplier: Any, customer: Any, value: Any = None, tied: Any = None) -> Lines:
    o, n, s, c = (np.asarray(each, dtype=np.int64) for each in (order, need, supplier, customer))
    ones = np.ones(len(o))
    v = ones if value is None else np.asarray(value, dtype=np.float64)
    t = np.zeros(len(o), dtype=bool) if tied is None else np.asarray(tied)
    return Lines(o, n, s, c, np.zeros(len(o), dtype=np.int64), v, ones, t)


def _world(mode: str, rng: np.random.Generator, *, orders: int = 1500, purity: float = 0.8) -> Lines:
    """Orders of which most come about by one mode, the others by any of them."""
    rows: list[tuple[int, int, int, int, float, bool]] = []
    needs = 12
    for o in range(orders):
        made = mode if rng.random() < purity else MIXES[rng.integers(4)]
        customer, value = int(rng.integers(300)), float(rng.lognormal(0, 0.5))
        if made == "shared":  # one need, many rivals
            rows.append((o, 0, int(rng.integers(8)), customer, value, False))
        elif made == "collaborative":  # one need, a supplier of the chain
            rows.append((o, 1, 20, customer, value, True))
        elif made == "expanded":  # needs that go together, each of one supplier
            pair = 2 * int(rng.integers(2, 6))
            rows += [(o, pair + j, 30 + pair + j, customer, value, False) for j in (0, 1)]
        else:  # needs that have nothing to do with each other
            two = rng.choice(np.arange(needs, needs + 6), 2, replace=False)
            rows += [(o, int(n), 60 + int(n), customer, value, False) for n in two]
    order, need, supplier, who, worth, tied = zip(*rows, strict=True)
    return _lines(order, need, supplier, who, worth, tied)


def test_contested_is_one_less_the_share_of_pairs_of_customers_at_one_supplier() -> None:
    rng = np.random.default_rng(3)
    lines = _lines(range(30), rng.integers(2, size=30), rng.integers(4, size=30), rng.integers(7, size=30),
                   rng.random(30))  # fmt: skip
    found = contested(lines)
    for need in (0, 1):
        of = np.flatnonzero(lines.need == need)
        pairs = [(i, j) for i in of for j in of if lines.customer[i] != lines.customer[j]]
        weight = np.array([lines.value[i] * lines.value[j] for i, j in pairs])
        rival = np.array([lines.supplier[i] != lines.supplier[j] for i, j in pairs])
        np.testing.assert_allclose(found[of], (weight @ rival) / weight.sum())


def test_a_monopoly_is_not_contested_and_one_customer_leaves_it_unknown() -> None:
    assert contested(_lines([0, 1], [0, 0], [0, 0], [0, 1])).tolist() == [0.0, 0.0]
    assert np.isnan(contested(_lines([0, 1], [0, 0], [0, 1], [0, 0]))).all()


def test_every_order_of_attribution_covers_the_same_and_the_mean_is_the_shapley_value() -> None:
    claim = np.random.default_rng(0).random((3, 5))
    taken = attributed(claim)
    covered = 1 - np.prod(1 - claim, axis=0)
    np.testing.assert_allclose(taken.sum(axis=1), np.tile(covered, (6, 1)))
    f, g, h = claim
    shapley = f * (1 - (g + h) / 2 + g * h / 3)
    np.testing.assert_allclose(taken.mean(axis=0)[0], shapley)


def test_shares_add_up_to_one_in_the_whole_and_in_each_group() -> None:
    lines = _world("expanded", np.random.default_rng(1), orders=400)
    made = mode_shares(lines, lines.need % 3)
    assert sum(made.share.values()) == pytest.approx(1)
    np.testing.assert_allclose(made.split.share.sum(axis=1), 1)
    np.testing.assert_allclose(made.split.value @ made.split.share / made.value, [made.share[c] for c in CELLS])
    assert all(made.least[m] - 1e-9 <= made.share[m] <= made.most[m] + 1e-9 for m in MODES)


def test_order_of_rows_and_scale_of_value_do_not_matter() -> None:
    lines = _world("shared", np.random.default_rng(2), orders=300)
    turned = np.random.default_rng(0).permutation(len(lines.order))
    other = Lines(
        lines.order[turned],
        lines.need[turned],
        lines.supplier[turned],
        lines.customer[turned],
        lines.segment[turned],
        lines.value[turned] * 7,
        lines.count[turned],
        lines.tied[turned],
    )
    for name in ("share", "low", "high"):
        assert getattr(mode_shares(other), name) == pytest.approx(getattr(mode_shares(lines), name))


@pytest.mark.parametrize("mode", MIXES)
def test_the_planted_mode_leads(mode: str) -> None:
    made = mode_shares(_world(mode, np.random.default_rng(5)))
    assert max(MODES, key=lambda name: made.share[name]) == mode
    assert made.low[mode] < made.share[mode] < made.high[mode]


@pytest.mark.parametrize("part", [0.5, 0.25])
def test_shares_do_not_depend_on_how_many_orders_were_seen(part: float) -> None:
    lines = _world("expanded", np.random.default_rng(8), orders=6000, purity=0.5)
    whole = mode_shares(lines)
    drawn = [
        mode_shares(lines.where((np.random.default_rng(k).random(6000) < part)[lines.order]), parts=0).share
        for k in range(8)
    ]
    for name in MODES:
        assert np.mean([d[name] for d in drawn]) == pytest.approx(whole.share[name], abs=0.012)


def test_joint_orders_at_random_are_symbiotic_not_expanded() -> None:
    rng = np.random.default_rng(4)
    need = np.array([rng.choice(10, 3, replace=False) for _ in range(2000)]).ravel()
    made = mode_shares(_lines(np.repeat(np.arange(2000), 3), need, need, np.repeat(rng.integers(400, size=2000), 3)))
    assert made.share["expanded"] < 0.02
    assert made.share["symbiotic"] > 0.97


def test_a_path_in_the_order_of_the_paper_agrees_with_it_and_the_reverse_does_not() -> None:
    t = np.linspace(0, 1, 9)
    share = np.column_stack([np.exp(-((t - m) ** 2) / 0.02) for m in (0.1, 0.4, 0.8, 0.9)])
    assert path_agreement(share, "consumer")[0] > 0.9 > path_agreement(share, "industrial")[0]
    assert path_agreement(share[::-1], "consumer")[0] < 0
    times = np.linspace(0, 8, 9) @ (share / share.sum(axis=0))
    assert path_agreement(share, "consumer")[0] == pytest.approx(kendalltau(times, (1, 2, 3, 3)).statistic)


def _sales(**columns: Any) -> Cluster:
    n = 600
    rng = np.random.default_rng(0)
    frame = {
        "source": [f"b{i}" for i in rng.integers(120, size=n)],
        "target": [f"s{i}" for i in rng.integers(6, size=n)],
    }
    return Cluster.from_tables(interactions=pl.DataFrame(frame | columns))


def test_without_orders_the_rest_is_diagnosed_and_what_is_missing_is_named() -> None:
    made = _sales(category=["c"] * 600).diagnose("mode")
    assert made.label == "shared"
    assert any("group" in why.en and "group" in why.zh for why in made.missing)
    assert {e.id: e.value for e in made.evidence}["expanded"] is None
    assert any("ties" in why.en for why in made.missing)


def test_without_categories_or_tables_there_is_no_mode_and_the_reason_is_given() -> None:
    for cluster, word in ((_sales(), "category"), (Cluster.from_tables(), "interactions")):
        made = cluster.diagnose("mode")
        assert made.label == "not_computable"
        assert word in made.missing[0].en


def test_few_customers_and_two_modes_alike_are_undetermined() -> None:
    few = pl.DataFrame({"source": ["a", "b"], "target": ["s", "t"], "category": ["c", "c"]})
    assert Cluster.from_tables(interactions=few).diagnose().label == "undetermined"


def test_returns_and_views_are_left_out_and_said() -> None:
    amount = [5.0] * 599 + [-5.0]
    made = _sales(category=["c"] * 600, amount=amount, kind=["order"] * 590 + ["view"] * 10).diagnose()
    assert made.table["value"] == pytest.approx([590 * 5.0])
    made = _sales(category=["c"] * 600, amount=amount).diagnose()
    assert any("1 of 600" in why.en for why in made.missing)
