"""The indices of a platform on clusters small enough to count by hand, and their laws on made-up ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from jiqun.cluster import Cluster, JiqunError, MissingColumn, MissingTable
from jiqun.ingest.generated import generate
from jiqun.measure.platform import platform_indices


def day(month: int, number: int = 1) -> datetime:
    return datetime(2020, month, number)


EVENTS = pl.DataFrame(
    {
        "source": ["b1", "b1", "b1", "b2", "b3", "b1", "b2", "s1", None],
        "target": ["s1", "s1", "s2", "s1", "s1", "s1", "s1", "b1", "s1"],
        "time": [day(1, 1), day(1, 9), day(1, 9), day(1, 9), day(2), day(2), day(4), day(4, 2), day(4)],
        "kind": ["order", "order", "order", "order", "view", "order", "order", "order", "order"],
        "amount": [1.0, 2.0, 3.0, 4.0, None, 6.0, 7.0, 8.0, 9.0],
        "place_id": ["p", "p", "p", "q", "q", "p", "q", "p", "p"],
        "category": ["x", "x", "y", "x", "x", "x", "x", "y", "x"],
        "channel": ["app", "shop", "app", "app", "app", "app", "app", "app", "app"],
        "subsidy_platform": [1.0, 0.0, 0.0, 2.0, None, 0.0, 0.0, 0.0, 5.0],
        "subsidy_supplier": [0.0, 0.0, 1.0, 0.0, None, 0.0, 0.0, 0.0, 5.0],
    }
)


def measured(by: tuple[str, ...], frame: pl.DataFrame = EVENTS, **more: Any) -> Any:
    made = Cluster.from_tables(interactions=frame)
    return platform_indices(made, by=by, grain="month", inactive=1, **({"replicates": 0} | more))  # type: ignore[arg-type]


def values(made: Any, indicator: str, *keys: str) -> list[Any]:
    return made.indices.filter(indicator=indicator).select(*keys, "value").rows()


def test_each_side_is_counted_by_hand() -> None:
    made = measured(("side",))
    assert values(made, "participants", "side") == [("source", 3.0), ("target", 3.0)]
    assert values(made, "interactions", "side") == [("source", 7.0), ("target", 7.0)]
    assert values(made, "value", "side") == [("source", 31.0), ("target", 31.0)]
    # b1-s1, b1-s2, b2-s1, s1-b1
    assert values(made, "pairs", "side") == [("source", 4.0), ("target", 4.0)]
    assert values(made, "counterparts", "side") == [("source", 4 / 3), ("target", 4 / 3)]
    assert values(made, "several_counterparts", "side") == [("source", 1 / 3), ("target", 1 / 3)]
    assert values(made, "repeat_rate", "side") == [("source", 0.5), ("target", 0.5)]
    assert values(made, "reciprocity", "side") == [("source", 0.5), ("target", 0.5)]
    # b1 uses app and shop, and so does s1
    assert values(made, "multi_homing", "side") == [("source", 1 / 3), ("target", 1 / 3)]
    # b1 on three days, b2 on two, s1 on one; s1 is dealt with on four, s2 and b1 on one
    assert values(made, "active_days", "side") == [("source", 2.0), ("target", 2.0)]
    # until 30 April: from 1 February, 1 and 2 April; from 1 April, 9 January, 2 April
    assert values(made, "recency", "side") == [("source", (89 + 29 + 28) / 3), ("target", (29 + 112 + 28) / 3)]
    assert values(made, "visits", "side") == [("source", 1.0), ("target", 1.0)]


def test_entry_exit_and_returning_pairs_by_hand() -> None:
    made = measured(("side", "period"))
    assert values(made, "entrants", "side", "period")[:3] == [
        ("source", "2020-01", 2.0),
        ("source", "2020-02", 0.0),
        ("source", "2020-04", 1.0),
    ]
    # b1 is last seen in February; what happens in April cannot be known
    assert values(made, "exits", "side", "period")[:3] == [
        ("source", "2020-01", 0.0),
        ("source", "2020-02", 1.0),
        ("source", "2020-04", None),
    ]
    assert values(made, "returning_share", "side", "period")[:3] == [
        ("source", "2020-01", 0.0),
        ("source", "2020-02", 1.0),
        ("source", "2020-04", 0.5),
    ]
    unknown = made.indices.filter(indicator="exits", side="source", period="2020-04")["note"].item()
    assert unknown == "not known this near to the end of the data"


def test_both_sides_together_count_a_dealing_once() -> None:
    made = measured(())
    assert values(made, "interactions") == [(7.0,)]
    assert values(made, "value") == [(31.0,)]
    assert values(made, "participants") == [(4.0,)]
    # b1-s1 with s1-b1 is one pair of two who act on each other
    assert values(made, "pairs") == [(3.0,)]
    assert values(made, "reciprocity") == [(pytest.approx(1 / 3),)]


def test_a_kind_of_event_that_is_not_recorded_is_missing_and_not_zero() -> None:
    made = measured(("side",))
    for name in ("favourites", "enquiries", "reviews", "dwell"):
        row = made.indices.filter(indicator=name).rows(named=True)
        assert [r["value"] for r in row] == [None]
        assert row[0]["note"].startswith("Not computable: needs")
        assert made.missing[name].zh.startswith("无法计算：需要")
    bare = measured(("side",), EVENTS.select("source", "target", "time").filter(pl.col("source") != "s1"))
    assert {"value", "multi_homing", "reciprocity", "visits"} <= set(bare.missing)
    assert bare.subsidies.height == 0


def test_incomplete_events_are_left_out_and_said() -> None:
    (found,) = measured(("side",)).findings
    assert (found.rows, found.of) == (1, 9)


def test_subsidies_by_who_bears_them_by_hand() -> None:
    made = measured(("period",)).subsidies.filter(period="2020-01").rows_by_key("bearer", named=True, unique=True)
    # gross is what was paid, 10, and the 3 that the platform gave on top
    assert (made["platform"]["amount"], made["platform"]["value"]) == (3.0, pytest.approx(3 / 13))
    assert (made["supplier"]["amount"], made["supplier"]["value"]) == (1.0, pytest.approx(1 / 13))
    assert (made["both"]["amount"], made["both"]["incidence"]) == (4.0, pytest.approx(3 / 4))


def test_a_subsidy_can_be_split_into_its_parts() -> None:
    parts = EVENTS.with_columns(subsidy_platform_loyalty=pl.col("subsidy_platform") / 4)
    made = measured((), parts).subsidies.rows_by_key("bearer", named=True, unique=True)
    assert made["platform_loyalty"]["amount"] == made["platform"]["amount"] / 4
    assert made["both"]["amount"] == 4.0


@pytest.fixture(scope="module")
def generated() -> dict[str, pl.DataFrame]:
    tables = generate(actors=400, interactions=9_000, places=6, communities=4, industries=4, seed=2).tables
    return {name: tables[name] for name in ("actors", "interactions", "places", "industries")}


def test_the_order_of_rows_and_the_number_of_threads_change_nothing(generated: dict[str, pl.DataFrame]) -> None:
    made = []
    for seed in (1, 2):
        mixed = generated["interactions"].sample(fraction=1.0, shuffle=True, seed=seed)
        cluster = Cluster.from_tables(**(generated | {"interactions": mixed}))
        made.append(platform_indices(cluster, by=("side", "period"), grain="year", replicates=20))
    for name in ("indices", "survival", "retention"):
        assert_frame_equal(getattr(made[0], name), getattr(made[1], name), rel_tol=1e-12)


def test_splits_add_up_to_the_whole(generated: dict[str, pl.DataFrame]) -> None:
    cluster = Cluster.from_tables(**generated)
    whole = dict(values(platform_indices(cluster, by=("side",), replicates=0), "value", "side"))
    for other in ("period", "category", "place"):
        made = platform_indices(cluster, by=("side", other), replicates=0).indices.filter(indicator="value")
        summed = dict(made.group_by("side").agg(pl.col("value").sum()).rows())
        assert summed == pytest.approx(whole)


def test_intervals_hold_the_value_and_do_not_depend_on_how_data_are_split(generated: dict[str, pl.DataFrame]) -> None:
    made = platform_indices(Cluster.from_tables(**generated), by=("side",), replicates=199).indices
    known = made.filter(pl.col("low").is_not_null(), ~pl.col("indicator").str.contains("top_|gini"))
    assert known.height >= 14
    assert (known["low"] <= known["value"]).all()
    assert (known["value"] <= known["high"]).all()


def test_the_interval_of_a_mean_covers_it_as_often_as_it_says() -> None:
    rng = np.random.default_rng(11)
    # sixty places, each with three hundred buyers of its own
    counts = rng.geometric(0.25, 60 * 300)
    source = np.repeat(np.arange(60 * 300), counts)
    events = pl.DataFrame({"source": source.astype(str), "target": "s", "place_id": (source // 300).astype(str)})
    made = measured(("side", "place"), events.with_columns(time=pl.lit(day(1))), replicates=99).indices
    rows = made.filter(pl.col("indicator") == "frequency", pl.col("side") == "source").drop_nulls("value")
    assert rows.height == 60
    assert rows["value"].n_unique() > 30
    assert 50 <= rows.filter(pl.lit(4.0).is_between("low", "high")).height <= 60  # binomial, 99.9 % around 56


def test_what_cannot_be_done_is_said_in_both_languages() -> None:
    with pytest.raises(JiqunError, match="cannot be split by 'colour'") as caught:
        measured(("colour",))
    assert caught.value.words is not None
    with pytest.raises(JiqunError, match="place is not computable"):
        measured(("place",), EVENTS.drop("place_id"))
    with pytest.raises(JiqunError, match="inactive must be 1"):
        platform_indices(Cluster.from_tables(interactions=EVENTS), inactive=0)
    with pytest.raises(MissingColumn):
        platform_indices(Cluster.from_tables(interactions=EVENTS.drop("time")))
    with pytest.raises(MissingTable):
        platform_indices(Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]})))
    with pytest.raises(JiqunError, match="no interaction has"):
        measured(("side",), EVENTS.with_columns(source=pl.lit(None, pl.String)))


def test_hostile_data_are_refused_or_said() -> None:
    endless = EVENTS.with_columns(amount=pl.Series([float("inf"), float("nan"), *[1.0] * 7]))
    made = measured(("side",), endless)
    assert values(made, "value", "side") == [("source", 5.0), ("target", 5.0)]
    assert [(f.rule, f.rows) for f in made.findings] == [("incomplete_interaction", 1), ("not_finite", 2)]
    with pytest.raises(JiqunError, match="up to 2,000 can be measured"):
        measured(("side",), EVENTS.with_columns(time=pl.col("time").replace(day(1, 1), datetime(1510, 1, 1))))
    wide = pl.DataFrame({"source": "b", "target": "s", "place_id": [str(k) for k in range(50_000)], "time": day(1)})
    with pytest.raises(JiqunError, match="split by less") as caught:
        measured(("side", "place"), wide, replicates=2_000)
    assert caught.value.words is not None
