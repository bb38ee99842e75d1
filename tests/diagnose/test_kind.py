"""The kind of a cluster: its elements by hand, planted kinds, noise, and what is missing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import Cluster
from jiqun.diagnose.kind_rule import digital_first, kind, native_at_core

START = datetime(2020, 1, 1)


def _planted(share: float, seed: int, *, firms: int = 120) -> Cluster:
    """A cluster in which each actor is born digital, and digital before physical, with a given chance."""
    rng = np.random.default_rng(seed)
    ids = [f"f{i:03d}" for i in range(firms)]
    pairs = rng.choice(firms, (900, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    early = rng.random(firms) < share
    physical = [date(2020, 6, 1) + timedelta(days=int(d)) for d in rng.integers(0, 60, size=firms)]
    digital = [START + timedelta(days=int(rng.integers(1, 90)) + (0 if e else 400)) for e in early]
    hubs = np.arange(firms)
    return Cluster.from_tables(
        actors=pl.DataFrame({"actor_id": ids, "digital_native": rng.random(firms) < share}),
        ties=pl.DataFrame(
            {
                "source": [ids[i] for i in hubs] + [ids[a] for a, _ in pairs],
                "target": [f"mill{i}" for i in hubs] + [ids[b] for _, b in pairs],
                "layer": ["physical"] * firms + ["other"] * len(pairs),
                "from": [*physical, *[None] * len(pairs)],
            }
        ),
        interactions=pl.DataFrame(
            {"source": [f"user{i}" for i in hubs], "target": ids, "time": digital, "kind": ["order"] * firms}
        ),
    )


def test_the_core_is_the_tenth_of_the_highest_core_numbers_with_those_who_tie() -> None:
    core = np.array([5] * 3 + [2] * 17)
    native = np.array([1.0, 1.0, 0.0] + [0.0] * 17)
    value, low, high, many = native_at_core(core, native)
    assert value == pytest.approx(2 / 3)
    assert many == 3
    assert low < value < high
    assert native_at_core(core, np.full(20, np.nan))[3] == 0


def test_the_order_of_mirrors_counts_those_with_both_and_halves_the_same_day() -> None:
    value, _, _, many = digital_first(np.array([3.0, 3.0, 3.0, np.nan]), np.array([1.0, 3.0, 9.0, 1.0]))
    assert value == pytest.approx(0.5)
    assert many == 3
    assert digital_first(np.array([np.nan]), np.array([1.0]))[3] == 0


def test_planted_kinds_are_found() -> None:
    wanted = {0.15: "industry_digitised", 0.85: "digital_industrialised"}
    for share, label in wanted.items():
        assert [kind(_planted(share, seed)).label for seed in range(10)] == [label] * 10


def test_the_interval_of_the_position_covers_a_planted_one() -> None:
    inside = 0
    for seed in range(60):
        found = {e.id: e for e in kind(_planted(0.4, 100 + seed)).evidence}["position"]
        assert found.low is not None
        assert found.high is not None
        inside += found.low <= 0.4 <= found.high
    assert inside >= 50


def test_confidence_means_what_it_says_near_the_border() -> None:
    made = [(share, kind(_planted(share, 300 + k))) for k, share in enumerate(np.linspace(0.36, 0.64, 60))]
    right = [(m.label == "digital_industrialised") == (s > 0.5) for s, m in made if m.label != "undetermined"]
    assert np.mean(right) > 0.75


def test_a_cluster_of_neither_kind_is_undetermined() -> None:
    assert np.mean([kind(_planted(0.5, 500 + k)).label == "undetermined" for k in range(60)]) >= 0.85


def test_elements_that_lack_data_are_named_and_one_alone_decides_nothing() -> None:
    whole = _planted(0.9, 1)
    made = kind(whole)
    assert [e.id for e in made.evidence if e.value is None] == ["indecomposable", "data_value"]
    assert all("data_categories" in w.en or "group" in w.en for w in made.missing)
    fewer = Cluster.from_tables(actors=whole.polars("actors"), interactions=whole.polars("interactions"))
    alone = kind(fewer)
    assert alone.label == "undetermined"
    assert any("layer" in w.zh for w in alone.missing)


def test_elements_that_disagree_decide_nothing_however_many_actors_there_are() -> None:
    whole = _planted(0.9, 2, firms=400)
    early = whole.polars("interactions").with_columns(pl.col("time") + timedelta(days=800))
    made = kind(Cluster.from_tables(actors=whole.polars("actors"), ties=whole.polars("ties"), interactions=early))
    values = {e.id: e.value for e in made.evidence}
    assert values["mirror"] == 0
    assert (values["native"] or 0) > 0.7
    assert made.label == "undetermined"


def test_value_from_data_goods_is_a_share_of_all_value() -> None:
    sales = pl.DataFrame(
        {
            "source": ["a", "b", "c"],
            "target": ["s"] * 3,
            "category": ["data", "cloth", "cloth"],
            "amount": [3.0, 1.0, 2.0],
        }
    )
    found = {e.id: e for e in kind(Cluster.from_tables(interactions=sales), data_categories=("data",)).evidence}
    assert found["data_value"].value == pytest.approx(0.5)
