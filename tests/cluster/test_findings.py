"""Findings and the grade that follows from them."""

from __future__ import annotations

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import Cluster, Finding, Findings, JiqunError, UnknownName, Words, check
from jiqun.cluster.checks.grade import LETTERS, WEIGHTS, score
from jiqun.cluster.checks.run import STEP

W = Words("What", "什么")


def finding(severity: str, rows: int, of: int, **more: object) -> Finding:
    fields = {"rule": "r", "title": W, "advice": W, "table": "actors", "column": "c", **more}
    return Finding(severity=severity, rows=rows, of=of, **fields)  # type: ignore[arg-type]


@st.composite
def some_findings(draw: st.DrawFn) -> list[Finding]:
    found = []
    for number in range(draw(st.integers(0, 6))):
        of = draw(st.integers(1, 1000))
        rows = draw(st.integers(0, of))
        found.append(finding(draw(st.sampled_from(["error", "warning", "info"])), rows, of, rule=f"r{number}"))
    return found


def grade(items: list[Finding]) -> float:
    return Findings.of(items).grade.score


def test_the_score_of_a_case_worked_by_hand() -> None:
    # 1 % of rows in error costs 0.6·0.1 = 6 %; a quarter in a warning 0.2·0.5 = 10 %: 94 · 0.9 = 84.6
    found = Findings.of([finding("error", 1, 100, rule="a"), finding("warning", 25, 100, rule="b")])
    assert found.grade.score == pytest.approx(84.6, abs=1e-12)
    assert found.grade.letter == "B"
    assert (found.grade.errors, found.grade.warnings, found.grade.infos) == (1, 1, 0)


@given(some_findings(), st.sampled_from(sorted(WEIGHTS)), st.integers(0, 100))
def test_another_finding_never_improves_the_grade(found: list[Finding], severity: str, rows: int) -> None:
    assert grade([*found, finding(severity, rows, 100, rule="new")]) <= grade(found) + 1e-9


@given(some_findings(), st.data())
def test_another_bad_row_never_improves_the_grade(found: list[Finding], data: st.DataObject) -> None:
    if found:
        position = data.draw(st.integers(0, len(found) - 1))
        f = found[position]
        worse = [
            *found[:position],
            finding(f.severity, min(f.rows + 1, f.of), f.of, rule=f.rule),
            *found[position + 1 :],
        ]
        assert grade(worse) <= grade(found) + 1e-9
        # nor does it when the bad row was added to the table rather than spoiled in it
        longer = [*found[:position], finding(f.severity, f.rows + 1, f.of + 1, rule=f.rule), *found[position + 1 :]]
        assert grade(longer) <= grade(found) + 1e-9


@given(st.integers(1, 500), st.integers(1, 500), st.sampled_from(["error", "warning"]))
def test_cutting_a_finding_in_two_never_improves_the_grade(first: int, second: int, severity: str) -> None:
    whole = [finding(severity, first + second, 1000)]
    lines = [finding(severity, first, 1000, line=1), finding(severity, second, 1000, line=2)]
    rules = [finding(severity, first, 1000, rule="a"), finding(severity, second, 1000, rule="b")]
    assert grade(lines) == pytest.approx(grade(whole))
    assert grade(rules) <= grade(whole) + 1e-9


@given(some_findings(), st.integers(2, 1000))
def test_the_grade_does_not_depend_on_the_size_of_tables(found: list[Finding], times: int) -> None:
    larger = [finding(f.severity, f.rows * times, f.of * times, rule=f.rule) for f in found]
    assert grade(larger) == pytest.approx(grade(found))


@given(some_findings())
def test_the_letter_follows_from_the_score_and_the_order_of_findings_does_not_matter(found: list[Finding]) -> None:
    given_grade = Findings.of(found).grade
    assert 0.0 <= given_grade.score <= 100.0
    assert given_grade.letter == next(letter for letter, least in LETTERS if given_grade.score >= least)
    assert Findings.of(reversed(found)).grade.score == pytest.approx(given_grade.score)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.booleans(), min_size=2, max_size=60), st.data())
def test_spoiling_one_more_reference_never_improves_the_grade_of_a_cluster(
    broken: list[bool], data: st.DataObject
) -> None:
    def graded(flags: list[bool]) -> float:
        actors = pl.DataFrame(
            {"actor_id": [f"a{i}" for i in range(len(flags))], "place_id": ["nowhere" if b else "p" for b in flags]}
        )
        c = Cluster.from_tables(actors=actors, places=pl.DataFrame({"place_id": ["p"]}))
        return check(c, only=["broken_reference"]).grade.score

    position = data.draw(st.integers(0, len(broken) - 1))
    worse = [b or i == position for i, b in enumerate(broken)]
    assert graded(worse) <= graded(broken)
    assert graded([*broken, True]) <= graded(broken)


def test_a_large_clean_table_beside_a_small_broken_one_hides_nothing() -> None:
    actors = pl.DataFrame({"actor_id": ["a", "b"], "place_id": ["p", "nowhere"]})
    places = pl.DataFrame({"place_id": ["p"]})
    panel = pl.DataFrame(
        {"place_id": ["p"] * 5000, "period": [str(1000 + i) for i in range(5000)], "indicator": ["i"] * 5000}
    ).with_columns(value=pl.col("period").cast(pl.Float64))
    small = check(Cluster.from_tables(actors=actors, places=places), only=["broken_reference", "missing_key"])
    padded = check(
        Cluster.from_tables(actors=actors, places=places, panel=panel), only=["broken_reference", "missing_key"]
    )
    assert padded.grade.score == small.grade.score == pytest.approx(100 * (1 - 0.6 * 0.5**0.5))


def test_nothing_to_look_at_counts_as_everything_wrong() -> None:
    assert finding("error", 0, 0).share == 1.0
    assert score([("error", 1.0)]) == pytest.approx(40.0)


@given(some_findings())
def test_findings_survive_their_file(found: list[Finding]) -> None:
    text = [json.dumps(f.to_dict(), ensure_ascii=False) for f in found]
    assert [Finding.from_dict(json.loads(line)) for line in text] == found


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({}, "damaged"),
        ({**finding("error", 1, 2).to_dict(), "colour": "red"}, "damaged"),
        ({**finding("error", 1, 2).to_dict(), "severity": "fatal"}, "severity 'fatal'; known: error, warning, info"),
        ({**finding("error", 1, 2).to_dict(), "title": "only one language"}, "damaged"),
        ({**finding("error", 1, 2).to_dict(), "rows": "many"}, "damaged"),
    ],
)
def test_a_damaged_finding_is_refused_with_what_to_do(raw: dict[str, object], said: str) -> None:
    with pytest.raises(JiqunError, match=said):
        Finding.from_dict(raw)


def test_findings_become_a_table_in_either_language() -> None:
    found = Findings.of([finding("info", 3, 9, examples=("x", "y"), file="a.csv", line=4), finding("error", 1, 9)])
    frame = found.to_frame(lang="zh")
    assert frame.columns == [
        "rule", "severity", "title", "advice", "table", "column", "rows", "of", "examples", "file", "line",
    ]  # fmt: skip
    assert frame["severity"].to_list() == ["error", "info"]
    assert frame["title"].to_list() == ["什么", "什么"]
    assert frame["examples"].to_list() == [[], ["x", "y"]]
    assert Findings(()).to_frame().schema == frame.schema


def test_findings_come_worst_first_and_can_be_selected() -> None:
    found = Findings.of(
        [
            finding("info", 9, 9),
            finding("warning", 1, 9),
            finding("warning", 8, 9, table="ties"),
            finding("error", 1, 9),
        ]
    )
    assert [(f.severity, f.rows) for f in found] == [("error", 1), ("warning", 8), ("warning", 1), ("info", 9)]
    assert len(found.where(severity="warning", table="ties")) == 1
    assert len(found) == 4


def test_a_rule_that_does_not_exist_is_named_with_those_that_do() -> None:
    c = Cluster.from_tables(actors=pl.DataFrame({"actor_id": ["a"]}))
    with pytest.raises(UnknownName, match=r"no rule called 'spelling'\. Known: .*broken_reference"):
        check(c, only=["spelling"])


def test_the_step_is_told_in_both_languages() -> None:
    assert STEP.en
    assert STEP.zh
    assert STEP.en != STEP.zh
