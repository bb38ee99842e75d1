"""Places of a panel by name, by a former name, and merged since: what adds up is added, what does not is said."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import Finding, JiqunError
from jiqun.measure.evaluation import evaluate, parse_system
from jiqun.measure.evaluation.naming import adds_up, named_places
from jiqun.measure.evaluation.panel import Panel

UNITS = {"gdp": "CNY", "services": "%"}


def panel(cells: dict[tuple[str, str], tuple[float, float]]) -> Panel:
    """Output and share of services by place and period."""
    places, periods = sorted({p for p, _ in cells}), sorted({t for _, t in cells})
    values = np.full((len(periods), len(places), 2), np.nan)
    for (place, period), pair in cells.items():
        values[periods.index(period), places.index(place)] = pair
    return Panel(tuple(periods), tuple(places), ("gdp", "services"), values)


def test_a_merger_adds_levels_and_leaves_rates_empty_before_it() -> None:
    given = panel({
        ("济南", "2017"): (70.0, 60.0), ("莱芜", "2017"): (9.0, 40.0), ("青岛", "2017"): (110.0, 55.0),
        ("济南", "2019"): (94.0, 61.0), ("青岛", "2019"): (118.0, 60.0),
    })  # fmt: skip
    findings: list[Finding] = []
    made = named_places(given, {}, UNITS, findings, merge=True)
    assert made.places == ("370100", "370200")
    assert made.of("gdp")[:, 0].tolist() == [79.0, 94.0]
    assert np.isnan(made.of("services")[0, 0])
    assert made.of("services")[1, 0] == 61.0
    assert made.of("services")[:, 1].tolist() == [55.0, 60.0]
    rules = {f.rule: f for f in findings}
    assert rules["rate_not_added"].rows == 1
    assert rules["rate_not_added"].examples == ("services 370100",)
    assert "莱芜" in rules["place_merged"].examples[0]


def test_a_merger_is_kept_apart_unless_asked_for_and_said_in_both_cases() -> None:
    given = panel({("370100", "2017"): (70.0, 60.0), ("371200", "2017"): (9.0, 40.0)})
    findings: list[Finding] = []
    kept = named_places(given, {"370100": "济南市", "371200": "莱芜市"}, UNITS, findings)
    assert kept.places == given.places
    assert [f.rule for f in findings] == ["place_former"]


def test_before_a_merger_one_part_alone_is_no_sum() -> None:
    given = panel({
        ("济南市", "2016"): (66.0, 1.0), ("济南市", "2017"): (70.0, 1.0), ("莱芜市", "2017"): (9.0, 1.0),
    })  # fmt: skip
    findings: list[Finding] = []
    made = named_places(given, {}, UNITS, findings, merge=True)
    assert np.isnan(made.of("gdp")[0, 0])
    assert made.of("gdp")[1, 0] == 79.0
    assert next(f for f in findings if f.rule == "merger_incomplete").rows == 1


def test_a_former_place_without_any_figure_changes_nothing_and_is_said() -> None:
    given = panel({("370100", "2017"): (70.0, 60.0), ("371200", "2017"): (np.nan, np.nan)})
    findings: list[Finding] = []
    made = named_places(given, {"370100": "济南市", "371200": "莱芜市"}, UNITS, findings, merge=True)
    assert made.of("gdp").tolist() == [[70.0]]
    assert "merger_without_figures" in {f.rule for f in findings}


def test_a_renamed_place_is_one_series_and_a_divided_one_stays_itself() -> None:
    given = panel({
        ("襄樊市", "2009"): (12.0, 1.0), ("襄阳市", "2011"): (21.0, 1.0), ("巢湖市", "2009"): (5.0, 1.0),
        ("合肥市", "2009"): (20.0, 1.0), ("合肥市", "2011"): (36.0, 1.0),
    })  # fmt: skip
    findings: list[Finding] = []
    made = named_places(given, {}, UNITS, findings, merge=True)
    assert made.places == ("340100", "341400", "420600")
    assert made.of("gdp")[:, 2].tolist() == [12.0, 21.0]
    assert made.of("gdp")[0, :2].tolist() == [20.0, 5.0]
    assert "place_split" in {f.rule for f in findings}


def test_two_names_of_one_place_with_different_figures_are_refused() -> None:
    given = panel({("杭州", "2020"): (1.0, 1.0), ("杭州市", "2020"): (2.0, 1.0)})
    with pytest.raises(JiqunError, match="one place and have different figures"):
        named_places(given, {}, UNITS, [])


def test_names_of_the_table_of_places_come_before_those_of_the_map_and_own_identifiers_are_left_alone() -> None:
    given = panel({("朝阳", "2020"): (1.0, 1.0), ("p1", "2020"): (2.0, 1.0)})
    findings: list[Finding] = []
    made = named_places(given, {"z9": "朝阳", "p1": "其他"}, UNITS, findings)
    assert made.places == ("p1", "z9")
    assert named_places(panel({("a", "2020"): (1.0, 1.0)}), {}, {}, []).places == ("a",)


def test_a_panel_of_names_says_what_it_could_not_read() -> None:
    system = parse_system(
        '[system]\nid = "s"\ntitle = "S"\n[nodes.a]\ntitle = "A"\n'
        '[indicators.gdp]\ntitle = "G"\nnode = "a"\nsign = "+"\n'
    )
    names = ["南京鼓楼", "鼓楼", "长安", "杭洲", "西湖区", "浦东新区"]
    frame = pl.DataFrame(
        {"place_id": names, "period": ["2020"] * 6, "indicator": ["gdp"] * 6, "value": [1.0, 2, 3, 4, 5, 6]}
    )
    found = evaluate(frame, system, steps=[], weights="equal")
    rules = {f.rule: f for f in found.findings}
    assert "鼓楼: 320106 鼓楼区" in " ".join(rules["place_ambiguous"].examples)
    assert any(e.startswith("杭洲: 330100 杭州市") for e in rules["place_not_found"].examples)
    assert "320106" in found.panel.places
    assert "鼓楼" in found.panel.places


@pytest.mark.parametrize(
    ("indicator", "unit", "expected"),
    [
        ("gdp", "CNY", True), ("mobile_users", "person", True), ("area", "km²", True), ("x", "", None),
        ("gdp_per_capita", "CNY", False), ("tertiary_share", "%", False), ("y", "CNY per person", False),
        ("人均地区生产总值", "元", False), ("城镇化率", "%", False), ("户籍人口", "万人", True),
    ],
)  # fmt: skip
def test_what_adds_up_is_told_by_unit_and_name(indicator: str, unit: str, expected: bool | None) -> None:
    assert adds_up(indicator, unit) is expected


def test_a_place_that_the_system_leaves_out_is_left_out_and_said_and_can_be_taken_in() -> None:
    system = parse_system(
        '[system]\nid = "s"\ntitle = "S"\nwithout = [{ place = "460300", why = { en = "Islands.", zh = "岛屿。" } }]\n'
        '[nodes.a]\ntitle = "A"\n[indicators.gdp]\ntitle = "G"\nnode = "a"\nsign = "+"\n'
    )
    frame = pl.DataFrame(
        {"place_id": ["460100", "460300"] * 2, "period": ["2020"] * 2 + ["2021"] * 2, "indicator": ["gdp"] * 4,
         "value": [1.0, 2, 3, 9]}
    )  # fmt: skip
    found = evaluate(frame, system, steps=[], weights="equal")
    assert found.panel.places == ("460100",)
    assert found.choices.without == ("460300",)
    told = next(f for f in found.findings if f.rule == "left_out_by_system")
    assert (told.severity, told.examples) == ("warning", ("460300",))
    assert "岛屿。" in told.advice.zh
    whole = evaluate(frame, system, steps=[], weights="equal", without=())
    assert whole.panel.places == ("460100", "460300")
    assert not [f for f in whole.findings if f.rule.startswith("left_out")]
    named = evaluate(frame, system, steps=[], weights="equal", without=("海口",))
    assert named.panel.places == ("460300",)
    with pytest.raises(JiqunError, match="杭州"):
        evaluate(frame, system, steps=[], without=("杭州",))


def test_periods_are_cut_as_asked_and_it_is_said() -> None:
    system = parse_system(
        '[system]\nid = "s"\ntitle = "S"\n[nodes.a]\ntitle = "A"\n'
        '[indicators.gdp]\ntitle = "G"\nnode = "a"\nsign = "+"\n'
    )
    frame = pl.DataFrame(
        {"place_id": ["a", "b"] * 4, "period": [str(y) for y in range(2018, 2022) for _ in range(2)],
         "indicator": ["gdp"] * 8, "value": [float(v) for v in range(8)]}
    )  # fmt: skip
    found = evaluate(frame, system, steps=[], weights="equal", first="2019", last="2020")
    assert found.panel.periods == ("2019", "2020")
    # the range of min–max is that of the periods evaluated
    assert found.ranking("2020")["score"].to_list() == [1.0, pytest.approx(2 / 3)]
    assert next(f for f in found.findings if f.rule == "period_cut").examples == ("2018", "2021")
    with pytest.raises(JiqunError, match="comes after"):
        evaluate(frame, system, steps=[], first="2020", last="2019")
    with pytest.raises(JiqunError, match="1999"):
        evaluate(frame, system, steps=[], first="1999")
