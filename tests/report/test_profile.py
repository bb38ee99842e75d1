"""The profile works on any subset of tables, says what is missing, and never makes a number up."""

from __future__ import annotations

import itertools
import re

import polars as pl
import pytest

from jiqun.cluster import About, Cluster, Words
from jiqun.report import card, figures, filters, findings, map_layer, network, profile
from jiqun.report.shapes import Profile

TABLES = ("actors", "places", "industries", "interactions", "ties", "panel")
SUBSETS = [s for size in range(1, len(TABLES) + 1) for s in itertools.combinations(TABLES, size)]
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def everything(c: Cluster) -> Profile:
    page = profile(c)
    card(c), filters(c), findings(c), map_layer(c), network(c)
    return page


@pytest.mark.parametrize("subset", SUBSETS, ids="+".join)
def test_any_subset_of_tables_gives_a_page(every_table, subset):
    c = Cluster.from_tables(**{name: every_table[name] for name in subset})
    page = everything(c)
    assert 1 <= len(page.sentences) <= 10
    assert len(page.figures) <= 6
    assert len(page.kpis) <= 6
    known = set(figures())
    for sentence in page.sentences:
        assert sentence.figure in known or not sentence.figure
        assert not sentence.text.en[0].islower()
        assert sentence.text.en.endswith(".")
        assert sentence.text.zh.endswith("。")
        assert not CHINESE.search(sentence.text.en)
    assert Profile.model_validate_json(page.model_dump_json()) == page


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_table_gives_a_page(every_table, name):
    everything(Cluster.from_tables(**{name: every_table[name].clear()}))
    everything(Cluster.from_tables(**{**every_table, name: every_table[name].clear()}))


@pytest.mark.parametrize("name", TABLES)
def test_only_the_required_columns_give_a_page(every_table, name):
    from jiqun.cluster import TABLES as SCHEMA

    everything(Cluster.from_tables(**{name: every_table[name].select(SCHEMA[name].required)}))


@pytest.mark.parametrize("name", TABLES)
def test_optional_columns_that_are_all_null_give_a_page(every_table, name):
    from jiqun.cluster import TABLES as SCHEMA

    optional = [c for c in every_table[name].columns if c not in SCHEMA[name].required]
    frame = every_table[name].with_columns(pl.lit(None).cast(every_table[name].schema[c]).alias(c) for c in optional)
    everything(Cluster.from_tables(**{**every_table, name: frame}))


def test_one_row_in_each_table_gives_a_page(every_table):
    everything(Cluster.from_tables(**{name: frame.head(1) for name, frame in every_table.items()}))


def test_columns_of_unexpected_types_give_a_page():
    c = Cluster.from_tables(
        actors=pl.DataFrame(
            {"actor_id": [1, 2], "size": ["big", "small"], "founded": ["long ago", None], "lon": ["x", "y"]}
        ),
        interactions=pl.DataFrame({"source": [1], "target": [2], "time": ["yesterday"], "amount": ["much"]}),
    )
    page = everything(c)
    assert page.figures == [] or all(f.rows for f in page.figures)


def test_the_page_is_the_same_each_time(every_table):
    one, other = (profile(Cluster.from_tables(**every_table)) for _ in range(2))
    assert one.sentences == other.sentences
    for a, b in zip(one.figures, other.figures, strict=True):
        assert a.id == b.id
        for role, values in a.rows.items():
            # Sums of parts in another order differ in the last bits; nothing else may.
            numbers = values and isinstance(values[0], float)
            assert b.rows[role] == (pytest.approx(values, rel=1e-12) if numbers else values)


def test_generated_data_say_so_and_missing_coordinates_too(every_table):
    bare = every_table["actors"].drop("lon", "lat")
    c = Cluster.from_tables(
        about=About(origin="generated", title=Words("Made up", "虚构")),
        actors=bare,
        interactions=every_table["interactions"],
    )
    said = " ".join(s.text.en for s in profile(c).sentences)
    assert "no real firm is described" in said
    assert "Not in the data: coordinates" in said


def test_the_first_note_of_real_data_is_on_the_page(every_table):
    about = About(origin="real", notes=(Words("How it was compiled is not documented.", "编制方法未公开。"),))
    page = profile(Cluster.from_tables(about=about, panel=every_table["panel"]))
    assert "How it was compiled is not documented." in [s.text.en for s in page.sentences]


def test_numbers_in_prose_are_those_of_the_data():
    deals = pl.DataFrame(
        {"source": ["b1", "b1", "b2"], "target": ["f1", "f2", "f1"], "kind": ["order"] * 3, "amount": [1.0, 2.0, 4.0]}
    )
    from datetime import datetime

    deals = deals.with_columns(pl.Series("time", [datetime(2020, m, 1) for m in (1, 2, 3)]))
    c = Cluster.from_tables(interactions=deals, about=About(currency="CNY"))
    page = profile(c)
    activity = next(f for f in page.figures if f.id == "activity_over_time")
    at = dict(zip(activity.rows["period"], activity.rows["value"], strict=True))
    assert (at["2020-W01"], at["2020-W05"], at["2020-W09"]) == (1.0, 2.0, 4.0)
    assert sum(at.values()) == 7.0
    assert sum(activity.rows["count"]) == 3
    assert page.sentences[0].text.en == ("The cluster “Cluster” holds 4 actors, from week 1 of 2020 to week 9 of 2020.")
    assert "3 purchases worth CNY 7" in page.sentences[1].text.en
    assert page.kpis[0].value == 7.0


def test_a_second_start_reads_the_page_from_disk(every_table, tmp_path, monkeypatch):
    import jiqun
    from jiqun.engine import writing
    from jiqun.space import forget

    with writing(tmp_path / "c") as writer:
        for name, frame in every_table.items():
            writer.part(name, f"{name:x<24}", frame.write_parquet)
        writer.commit(About(id="c", title=Words("C", "丙")))
    c = jiqun.open(tmp_path / "c")
    page = profile(c)
    forget(c)
    again = jiqun.open(tmp_path / "c")
    monkeypatch.setattr("jiqun.report.profiles.draw", lambda *_: pytest.fail("computed again"))
    assert profile(again) == page
