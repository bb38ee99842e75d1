"""The contract of every figure: both languages, rows that fit the columns, a way to know, a reason if missing."""

from __future__ import annotations

import math
import re
from dataclasses import fields

import polars as pl
import pytest

from jiqun.cluster import TABLES, Cluster, UnknownName, Words
from jiqun.report import figure, figures
from jiqun.report.drawing import draw, key_figures
from jiqun.report.shapes import Figure, Text

CHINESE = re.compile(r"[\u4e00-\u9fff]")
EVERY = tuple(figures())


@pytest.fixture(scope="module")
def empty() -> Cluster:
    return Cluster.from_tables(actors=pl.DataFrame({"actor_id": []}, schema={"actor_id": pl.String}))


def texts(shape: object) -> list[Text]:
    if isinstance(shape, Text):
        return [shape]
    if isinstance(shape, list | tuple):
        return [t for item in shape for t in texts(item)]
    if hasattr(shape, "model_fields_set"):
        return [t for name in type(shape).model_fields for t in texts(getattr(shape, name))]  # type: ignore[attr-defined]
    return []


@pytest.mark.parametrize("name", EVERY)
def test_facts_are_in_both_languages_and_name_real_tables(name):
    facts = figures()[name]
    for field in fields(facts):
        value = getattr(facts, field.name)
        if isinstance(value, Words):
            assert value.en
            assert not CHINESE.search(value.en)
            assert CHINESE.search(value.zh)
    for need in facts.needs:
        assert set(need.columns) <= set(TABLES[need.table].by_name)
    assert facts.reference is None or facts.reference.url.startswith("https://doi.org/10.")


@pytest.mark.parametrize("name", EVERY)
def test_rows_fit_the_columns_and_the_roles(whole, name):
    shape, made = draw(whole, name)
    assert made is not None, f"{name}: {shape.missing}"
    named = [c.name for c in shape.columns]
    assert list(shape.rows) == named
    assert len({len(values) for values in shape.rows.values()}) == 1
    assert len(shape.rows[named[0]]) > 0
    for role in (shape.x, shape.y, *filter(None, (shape.series, shape.low, shape.high))):
        assert role in named
    # What the client gets is what JSON can hold: no NaN, no infinity, no type of NumPy.
    assert Figure.model_validate_json(shape.model_dump_json()) == shape
    for values in shape.rows.values():
        assert not any(isinstance(v, float) and not math.isfinite(v) for v in values)
        assert {type(v) for v in values} <= {str, int, float, type(None)}


@pytest.mark.parametrize("name", EVERY)
def test_intervals_hold_the_value(whole, name):
    shape, made = draw(whole, name)
    assert made is not None
    if shape.low:
        for low, value, high in zip(*(shape.rows[r] for r in (shape.low, shape.y, shape.high)), strict=True):
            if None not in (low, value, high):
                assert low - 1e-9 <= high
    for k in made.key:
        if k.low is not None and k.high is not None:
            assert k.low <= k.value <= k.high


@pytest.mark.parametrize("name", EVERY)
def test_it_says_how_it_is_known(whole, name):
    shape, _ = draw(whole, name)
    assert shape.how.trace.data_hash == whole.store.data_hash
    assert name in shape.how.trace.command
    if figures()[name].seeded:
        assert shape.how.trace.seed is not None
    if not shape.low and shape.kind != "scatter":
        assert "no sampling error" in shape.how.sentence.en, "a figure without an interval says why"


@pytest.mark.parametrize("name", EVERY)
def test_every_text_is_whole_in_both_languages(whole, name):
    shape, made = draw(whole, name)
    assert made is not None
    assert shape.takeaway.en.endswith(".")
    assert shape.takeaway.zh.endswith("。")
    every = [*texts(shape), *(t for k in key_figures(whole, figures()[name], made) for t in texts(k))]
    for said in every:
        assert bool(said.en) == bool(said.zh)
        assert "nan" not in said.en.lower().split()
        assert "  " not in said.en
        assert not re.search(r"\{|\}|None", said.en + said.zh)
    assert not CHINESE.search(shape.takeaway.en)


@pytest.mark.parametrize("name", EVERY)
def test_missing_data_are_named_and_nothing_is_drawn(empty, name):
    shape = figure(empty, name)
    assert shape.missing is not None
    assert shape.missing.en
    assert CHINESE.search(shape.missing.zh)
    assert shape.rows == {}


@pytest.mark.parametrize("name", EVERY)
def test_the_order_of_rows_does_not_matter(every_table, name):
    shuffled = {t: frame.sample(fraction=1.0, shuffle=True, seed=3) for t, frame in every_table.items()}
    one, _ = draw(Cluster.from_tables(**every_table), name)
    other, _ = draw(Cluster.from_tables(**shuffled), name)
    for role, values in one.rows.items():
        if values and isinstance(values[0], float):
            assert other.rows[role] == pytest.approx(values, rel=1e-9), role
        else:
            assert other.rows[role] == values, role


def test_an_unknown_figure_names_those_there_are(whole):
    with pytest.raises(UnknownName, match="activity_over_time"):
        figure(whole, "../../etc/passwd")


def test_orders_are_unique_so_that_the_page_is_the_same_each_time():
    orders = [facts.order for facts in figures().values()]
    assert len(set(orders)) == len(orders)
