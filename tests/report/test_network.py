"""The parts of the network page on a small cluster whose numbers are known."""

from __future__ import annotations

import re

import polars as pl
import pytest

from jiqun.cluster import Cluster, JiqunError, UnknownName
from jiqun.report import network_choices, network_part
from jiqun.report.network_shapes import NetworkPart
from jiqun.report.network_words import NUMBERS, PARTS

HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:()]|[,;:()][\u3400-\u9fff]")


@pytest.fixture(scope="module")
def cluster() -> Cluster:
    """A chain of six firms on the ground; online three of them sell to everyone; joint orders of two trades."""
    firms = pl.DataFrame(
        {
            "actor_id": [f"f{n}" for n in range(6)],
            "kind": ["firm"] * 6,
            "industry_id": ["A", "A", "B", "B", "C", "C"],
            "place_id": ["p", "p", "p", "q", "q", "q"],
        }
    )
    ties = pl.DataFrame(
        {
            "source": [f"f{n}" for n in range(5)],
            "target": [f"f{n + 1}" for n in range(5)],
            "layer": ["physical"] * 5,
        }
    )
    sales = [
        (f"f{b}", f"f{s}", f"o{k}", "ABC"[s // 2], 10.0, f"2020-0{1 + k % 3}-05")
        for k in range(40)
        for b, s in ((k % 3, 3 + k % 2), (k % 3, 5))
    ]
    interactions = pl.DataFrame(
        sales, schema=["source", "target", "group", "category", "amount", "time"], orient="row"
    ).with_columns(pl.col("time").str.to_datetime(), kind=pl.lit("order"))
    return Cluster.from_tables(actors=firms, ties=ties, interactions=interactions)


def number(made: NetworkPart, name: str) -> float | None:
    return next(n.value for n in made.numbers if n.id == name)


def test_every_part_is_there_and_speaks_both_languages(cluster: Cluster) -> None:
    assert [option.id for option in network_choices(cluster).layers] == ["all", "physical", "digital"]
    assert [option.id for option in network_choices(cluster).parts] == list(PARTS)
    for part in PARTS:
        made = network_part(cluster, part)  # type: ignore[arg-type]
        assert made.missing is None, part
        assert made.numbers
        assert made.built_from.en
        assert not HALF_WIDTH.search(re.sub(r"https?://\S+", "", made.built_from.zh + made.takeaway.zh)), part
        for each in made.numbers:
            assert each.title.zh != each.title.en
            assert each.reading.zh
            assert not HALF_WIDTH.search(each.title.zh + each.reading.zh + each.note.zh), each
            assert each.how.trace.command.startswith("jiqun network DIR --part")
            assert each.value is not None or each.note.en or each.p is None, each.id


def test_words_of_all_numbers_are_full_width() -> None:
    for said in NUMBERS.values():
        assert not HALF_WIDTH.search(said.title.zh + said.reading.zh)
        assert said.reading.en


def test_the_chain_on_the_ground_has_one_path_and_the_digital_layer_adds_more(cluster: Cluster) -> None:
    made = network_part(cluster, "paths")
    assert number(made, "paths:without") == 1.0
    assert number(made, "several:without") == 0.0
    assert number(made, "cyclomatic:without") == 0.0
    more = number(made, "paths:added")
    assert more is not None
    assert more > 0
    alone = network_part(cluster, "paths", layer="physical")
    assert number(alone, "paths") == 1.0
    assert set(alone.figures[0].rows["network"]) == {"physical"}


def test_borders_are_crossed_by_the_one_tie_that_does(cluster: Cluster) -> None:
    made = network_part(cluster, "mixing", layer="physical")
    assert number(made, "across_ties:place") == pytest.approx(1 / 5)
    assert number(made, "across_ties:industry") == pytest.approx(2 / 5)
    assert number(made, "ei:place") == pytest.approx(-3 / 5)
    figure = next(f for f in made.figures if f.id == "mixing_place")
    assert dict(zip(figure.rows["group"], figure.rows["across"], strict=True)) == {"p": 1 / 3, "q": 1 / 3}


def test_core_actors_come_with_the_ties_among_them(cluster: Cluster) -> None:
    made = network_part(cluster, "core")
    assert made.graph is not None
    assert made.graph.total_nodes == 6
    assert sorted(made.graph.nodes["id"]) == [f"f{n}" for n in range(6)]
    assert len(made.graph.edges["source"]) == made.graph.total_edges
    assert {column.name for column in made.graph.node_columns} == set(made.graph.nodes)


def test_periods_and_kinds_change_what_is_looked_at(cluster: Cluster) -> None:
    whole = number(network_part(cluster, "summary", layer="digital"), "ties")
    month = network_part(cluster, "summary", layer="digital", period="2020-01")
    assert number(month, "ties") is not None
    assert month.built_from.en.startswith("interactions; 2020-01")
    assert whole is not None
    assert network_part(cluster, "summary", interactions=["ties"]).built_from.en.startswith("ties:")


def test_what_is_missing_is_said_and_what_is_wrong_is_refused(cluster: Cluster) -> None:
    bare = Cluster.from_tables(interactions=pl.DataFrame({"source": ["b"], "target": ["f"]}))
    lacking = network_part(bare, "decomposability").missing
    assert lacking is not None
    assert "group" in lacking.en
    physical = network_part(bare, "summary", layer="physical").missing
    assert physical is not None
    assert "physical" in physical.en
    nothing = network_part(Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]})), "summary").missing
    assert nothing is not None
    assert "interactions" in nothing.en
    assert network_choices(bare).parts[-2].count == 0
    with pytest.raises(UnknownName, match="part"):
        network_part(cluster, "luck")  # type: ignore[arg-type]
    with pytest.raises(JiqunError, match="kind"):
        network_part(cluster, "summary", interactions=["kind=nothing"])
    with pytest.raises(JiqunError, match="layer"):
        network_part(cluster, "summary", layer="air")  # type: ignore[arg-type]


def test_buyers_and_sellers_have_no_brokers_and_cluster_on_two_sides() -> None:
    sales = pl.DataFrame({"source": ["x", "x", "y", "y", "z"], "target": ["f", "g", "f", "g", "f"]})
    made = Cluster.from_tables(interactions=sales)
    assert number(network_part(made, "summary"), "two_mode_clustering") == pytest.approx(2 / 3)
    roles = next(n for n in network_part(made, "core").numbers if n.id == "role")
    assert roles.value is None
    assert roles.note.en.startswith("Not computable")
