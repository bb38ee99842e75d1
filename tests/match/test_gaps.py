"""Gaps of the chain: hand cases, and a direct sum over firms and links."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import Cluster, JiqunError, MissingTable
from jiqun.match.gaps import Gaps, gaps

ACTORS = pl.DataFrame(
    {
        "actor_id": ["w1", "w2", "k1", "s1", "s2", "s3", "d1", "b1", "p1"],
        "name": ["织一", "Weaver 2", "Knit", "Spin 1", "Spin 2", "Spin 3", "Dye", "buyer", "platform"],
        "kind": ["firm", "firm", "firm", "firm", "firm", None, "firm", "buyer", "platform"],
        "place_id": ["p", "p", "p", "q", "r", "r", "p", "p", "p"],
        "industry_id": ["cloth", "cloth", "knit", "thread", "thread", "thread", "dye", "thread", "thread"],
        "size": [30.0, 20.0, 10.0, 5.0, 40.0, 8.0, 6.0, 99.0, 99.0],
        "lon": [120.0, 120.0, 120.0, 120.0, 120.0, 120.0, 120.0, 120.0, 120.0],
        "lat": [30.0, 30.0, 30.0, 30.5, 33.0, 33.0, 30.0, 30.0, 30.0],
    }
)
FLOWS = pl.DataFrame(
    {
        "source": ["thread", "thread", "dye", "cloth", "thread"],
        "target": ["cloth", "knit", "cloth", "knit", "cloth"],
        "coefficient": [0.4, 0.5, 0.1, 0.0, 9.0],
        "period": ["2020", "2020", "2020", "2020", "2010"],
    }
)


def chain(**changed: pl.DataFrame) -> Cluster:
    return Cluster.from_tables(**{"actors": ACTORS, "flows": FLOWS, **changed})


def find(cluster: Cluster, **parameters: object) -> Gaps:
    return gaps(cluster, **{"replicates": 0, **parameters})  # type: ignore[arg-type]


def test_need_is_the_coefficient_times_the_size_of_those_who_use_it() -> None:
    found = find(chain())
    # 0.4 · (30 + 20) + 0.5 · 10; dye is there; the buyer and the platform at p supply nothing.
    assert found.table.select("place_id", "industry_id", "need", "users", "firms_near").rows() == [
        ("p", "thread", 25.0, 3, 0)
    ]
    assert found.table["share"].to_list() == pytest.approx([25.0 / 30.0])
    assert found.links.select("source", "target", "coefficient", "users", "need").rows() == [
        ("thread", "cloth", 0.4, 2, 20.0),
        ("thread", "knit", 0.5, 1, 5.0),
    ]


def test_candidates_are_ranked_by_size_and_distance() -> None:
    km = 6371.0088 * np.radians([0.5, 3.0])
    made = find(chain(), decay_km=200.0).candidates
    pull = {"s1": 5 * np.exp(-km[0] / 200), "s2": 40 * np.exp(-km[1] / 200), "s3": 8 * np.exp(-km[1] / 200)}
    assert made["actor_id"].to_list() == sorted(pull, key=lambda name: -pull[name])
    assert made["attraction"].to_list() == pytest.approx(sorted(pull.values(), reverse=True))
    assert dict(zip(made["actor_id"], made["distance_km"], strict=True)) == pytest.approx(
        {"s1": km[0], "s2": km[1], "s3": km[1]}
    )
    assert made["at"].to_list() == ["r", "q", "r"]
    # The shorter the reach, the more the near one counts.
    assert find(chain(), decay_km=20.0).candidates["actor_id"][0] == "s1"
    assert find(chain(), top=1).candidates.height == 1


def test_a_firm_within_reach_closes_the_gap() -> None:
    assert find(chain(), near_km=55.0).table.height == 1
    assert find(chain(), near_km=56.0).table.is_empty()
    assert find(chain(), near_km=56.0, least_firms=2).table["firms_near"].to_list()[0] == 1
    assert find(chain(), near_km=400.0, least_firms=3).table["industry_id"].to_list() == ["dye"]


def test_an_unknown_place_on_the_map_makes_no_distance_and_comes_last() -> None:
    lost = ACTORS.with_columns(lat=pl.when(pl.col("actor_id") == "s2").then(None).otherwise("lat"))
    made = find(chain(actors=lost)).candidates
    assert made["actor_id"][-1] == "s2"
    assert made["attraction"][-1] is None


def test_firms_count_on_the_day() -> None:
    dated = ACTORS.with_columns(
        founded=pl.Series([None] * 3 + [date(2021, 1, 1)] + [None] * 5, dtype=pl.Date),
        closed=pl.Series([None] * 4 + [date(2019, 1, 1)] + [None] * 4, dtype=pl.Date),
    )
    assert set(find(chain(actors=dated)).candidates["actor_id"]) == {"s1", "s3"}
    assert set(find(chain(actors=dated), at=date(2020, 6, 1)).candidates["actor_id"]) == {"s3"}
    assert set(find(chain(actors=dated), at=date(2018, 6, 1)).candidates["actor_id"]) == {"s2", "s3"}


def test_flows_are_of_one_period() -> None:
    assert find(chain(), period="2010").table["need"].to_list() == [450.0]
    with pytest.raises(JiqunError, match="no period '1999'"):
        find(chain(), period="1999")


def test_stated_needs_make_a_gap_without_flows() -> None:
    needs = pl.DataFrame(
        {
            "need_id": ["1", "2", "3", "4", "5"],
            "actor_id": ["b1", "b1", "w1", "b1", "nobody"],
            "category": ["thread", "thread", "cloth", "moonstone", "thread"],
            "deadline": [date(2030, 1, 1), date(2020, 1, 1), None, None, None],
        }
    )
    alone = Cluster.from_tables(actors=ACTORS, needs=needs)
    assert find(alone).table.select("industry_id", "need", "open_needs").rows() == [("thread", 0.0, 2)]
    assert find(alone, at=date(2025, 1, 1)).table["open_needs"].to_list() == [1]
    assert find(chain(needs=needs)).table["open_needs"].to_list() == [2]


def test_related_firms_of_the_place_are_those_whose_industry_is_found_with_the_missing_one() -> None:
    # thread and knit share b and c; thread is in a, b, c; dye stands alone with it in a; z lacks thread.
    rows = [("a", "thread"), ("a", "dye"), ("b", "thread"), ("b", "knit"), ("c", "thread"), ("c", "knit"),
            ("z", "knit"), ("z", "dye"), ("z", "cloth")]  # fmt: skip
    actors = pl.DataFrame(
        {
            "actor_id": [f"f{n}" for n in range(len(rows))],
            "place_id": [place for place, _ in rows],
            "industry_id": [industry for _, industry in rows],
        }
    )
    flows = pl.DataFrame({"source": ["thread"], "target": ["cloth"], "coefficient": [1.0]})
    made = gaps(chain(actors=actors, flows=flows), replicates=50, rng=3)
    assert made.table.select("place_id", "industry_id").rows() == [("z", "thread")]
    # Presence is a location quotient of 1 or more: knit in b, c, z gives 2/3; dye in a, z gives 1/3; cloth only in z.
    first = made.related.select("related_industry", "proximity").rows()
    assert [name for name, _ in first] == ["knit", "dye"]
    assert [value for _, value in first] == pytest.approx([2 / 3, 1 / 3])
    assert (made.related["low"] <= made.related["high"]).all()
    assert any("规模未知" in note.zh for note in made.notes)


def test_a_direct_sum_over_firms_and_links_agrees() -> None:
    rng = np.random.default_rng(5)
    many = 120
    actors = pl.DataFrame(
        {
            "actor_id": [f"f{n:03}" for n in range(many)],
            "place_id": [f"p{k}" for k in rng.integers(0, 9, many)],
            "industry_id": [f"i{k}" for k in rng.integers(0, 12, many)],
            "size": rng.lognormal(2, 1, many).round(2),
            "lon": rng.uniform(119, 122, many),
            "lat": rng.uniform(29, 31, many),
        }
    )
    pairs = [(f"i{a}", f"i{b}") for a in range(12) for b in range(12) if rng.random() < 0.4]
    flows = pl.DataFrame(
        {
            "source": [a for a, _ in pairs],
            "target": [b for _, b in pairs],
            "coefficient": rng.random(len(pairs)).round(3),
        }
    )
    found = find(chain(actors=actors, flows=flows))
    expected = {}
    for place in sorted(set(actors["place_id"])):
        there = [row for row in actors.iter_rows(named=True) if row["place_id"] == place]
        for industry in sorted(set(flows["source"])):
            if any(row["industry_id"] == industry for row in there):
                continue
            need = sum(
                link["coefficient"] * row["size"]
                for link in flows.iter_rows(named=True)
                for row in there
                if (link["source"], link["target"]) == (industry, row["industry_id"])
            )
            if need > 0:
                expected[(place, industry)] = need
    got = {(p, i): n for p, i, n in found.table.select("place_id", "industry_id", "need").rows()}
    assert got.keys() == expected.keys()
    assert got == pytest.approx(expected)
    assert len(expected) > 10
    assert found.table["need"].is_sorted(descending=True)
    turned = find(chain(actors=actors.reverse(), flows=flows.sample(fraction=1.0, shuffle=True, seed=2)))
    for one, other in ((found.table, turned.table), (found.candidates, turned.candidates), (found.links, turned.links)):
        assert one.equals(other)
    part = find(chain(actors=actors, flows=flows), places=["p0", "p1"], most=2)
    assert set(part.table["place_id"]) <= {"p0", "p1"}
    assert part.candidates.select("place_id", "industry_id").n_unique() <= 2


def test_what_is_missing_is_said() -> None:
    with pytest.raises(MissingTable, match="gaps is not computable: needs table flows"):
        gaps(Cluster.from_tables(actors=ACTORS))
    with pytest.raises(JiqunError, match="decay_km") as refused:
        gaps(chain(), decay_km=0.0)
    assert refused.value.words is not None
    with pytest.raises(JiqunError, match="no firm has both"):
        gaps(chain(actors=ACTORS.with_columns(industry_id=pl.lit(None, dtype=pl.String))))
