"""The whole workflow: what it makes, and that nothing odd passes in silence."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from jiqun.cluster import Cluster, JiqunError, MissingColumn, MissingTable, UnknownName
from jiqun.measure.evaluation import evaluate, parse_system
from jiqun.measure.evaluation.choices import choices
from jiqun.measure.evaluation.dynamics import ALL_STEPS

SYSTEM = """
[system]
id = "small"
title = { en = "Small", zh = "小体系" }
couple = ["one", "two"]
[nodes.one]
title = "One"
[nodes.two]
title = "Two"
[indicators.a]
title = "A"
node = "one"
sign = "+"
weight = 1
[indicators.b]
title = "B"
node = "one"
sign = "+"
weight = 1
[indicators.c]
title = "C"
node = "one"
sign = "+"
weight = 1
[indicators.d]
title = "D"
node = "two"
sign = "-"
weight = 3
[[comparisons]]
of = ["one", "two"]
matrix = [[1, 2], ["1/2", 1]]
[[comparisons]]
node = "one"
of = ["a", "b", "c"]
matrix = [[1, 2, 6], ["1/2", 1, 3], ["1/6", "1/3", 1]]
"""


def _long(values: np.ndarray, names: str = "abcd", first: int = 2001) -> pl.DataFrame:
    t, n, k = values.shape
    period, place, indicator = np.meshgrid(np.arange(t), np.arange(n), np.arange(k), indexing="ij")
    frame = pl.DataFrame(
        {
            "place_id": [f"p{i:02}" for i in place.ravel()],
            "period": [str(first + p) for p in period.ravel()],
            "indicator": [names[j] for j in indicator.ravel()],
            "value": values.ravel(),
        }
    )
    return frame.filter(pl.col("value").is_not_nan())


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    rng = np.random.default_rng(0)
    level = rng.normal(size=24)
    made = [level + 0.3 * rng.normal(size=24)]
    for _ in range(17):
        made.append(0.9 * made[-1] + 0.1 * level + 0.2 * rng.normal(size=24) + 0.05)
    base = np.array(made)
    return np.exp(np.stack([base + 0.2 * rng.normal(size=base.shape) for _ in range(3)] + [-base], axis=2))


@pytest.fixture(scope="module")
def places() -> pl.DataFrame:
    rng = np.random.default_rng(1)
    return pl.DataFrame(
        {
            "place_id": [f"p{i:02}" for i in range(24)],
            "parent": ["north" if i % 2 else "south" for i in range(24)],
            "lon": rng.uniform(100, 120, 24),
            "lat": rng.uniform(20, 40, 24),
        }
    )


@pytest.fixture(scope="module")
def system() -> Any:
    return parse_system(SYSTEM)


@pytest.fixture(scope="module")
def found(values: np.ndarray, places: pl.DataFrame, system: Any) -> Any:
    return evaluate(_long(values), system, places=places, draws=50, simulations=99)


def test_every_step_makes_its_tables_from_sound_data(found: Any) -> None:
    assert [f.rule for f in found.findings if f.rule == "not_computable"] == []
    assert set(found.tables) == {
        "weights", "scores", "indicators", "judgements", "rank_shifts", "ranks", "coupling", "granger",
        "local_projections", "synchrony", "cross_correlation", "differences", "differences_within",
        "differences_between", "obstacles", "obstacles_by_place", "moran", "local_moran", "ellipses", "densities",
        "density_shape", "transitions", "long_run", "chain_tests", "sigma", "sigma_trend", "beta", "club_tests",
        "clubs",
    }  # fmt: skip
    for name, frame in found.tables.items():
        assert frame.height, name
        for column in frame.select(pl.col(pl.Float64)):
            assert not column.is_nan().any(), (name, column.name)


def test_the_score_of_the_whole_is_the_weighted_mean_of_its_branches(found: Any) -> None:
    weight = found["weights"].group_by("node").agg(pl.col("weight").sum())
    share = dict(weight.rows())
    wide = found["scores"].pivot(on="node", index=["place_id", "period"], values="score")
    total = share["one"] * wide["one"] + share["two"] * wide["two"]
    assert sum(share.values()) == pytest.approx(1.0)
    assert wide[""].to_numpy() == pytest.approx(total.to_numpy(), abs=1e-12)


def test_the_same_seed_gives_the_same_tables_whatever_the_order_of_rows(
    found: Any, values: np.ndarray, places: pl.DataFrame, system: Any
) -> None:
    shuffled = _long(values).sample(fraction=1.0, shuffle=True, seed=4)
    again = evaluate(shuffled, system, places=places.reverse(), draws=50, simulations=99)
    assert all(frame.equals(again.tables[name]) for name, frame in found.tables.items())
    assert dict(again.trace) == dict(found.trace)


def test_parts_of_the_gini_add_up_in_every_period(found: Any) -> None:
    d = found["differences"]
    parts = d["gini_within"] + d["gini_between"] + d["transvariation"]
    assert (parts - d["gini"]).abs().max() < 1e-12
    assert (d["theil_within"] + d["theil_between"] - d["theil"]).abs().max() < 1e-12


def test_the_trace_names_every_choice_and_the_hashes(found: Any) -> None:
    assert found.trace["choices"] == choices(draws=50, simulations=99).model_dump()
    assert found.trace["system"] == "small"
    assert len(found.trace["panel_hash"]) == len(found.trace["system_hash"]) == 16


def test_a_cluster_with_places_needs_no_frame_of_places(
    values: np.ndarray, places: pl.DataFrame, system: Any, found: Any
) -> None:
    cluster = Cluster.from_tables(panel=_long(values), places=places)
    made = evaluate(cluster, system, steps=["regional_differences"])
    assert made["differences"].equals(found["differences"])


@pytest.mark.parametrize("weights", ["entropy", "entropy_by_period", "critic", "equal", "ahp", "given", "combined"])
def test_every_way_of_weighing_gives_weights_that_sum_to_one(values: np.ndarray, system: Any, weights: str) -> None:
    made = evaluate(_long(values), system, steps=[], weights=weights)
    sums = made["weights"].group_by("period").agg(pl.col("weight").sum())["weight"].to_numpy()
    assert sums == pytest.approx(np.ones(len(sums)))
    assert len(sums) == (18 if weights == "entropy_by_period" else 1)


def test_judgements_are_multiplied_down_the_tree(values: np.ndarray, system: Any) -> None:
    made = evaluate(_long(values), system, steps=[], weights="ahp")
    weight = dict(made["weights"].select("indicator", "weight").rows())
    assert weight == pytest.approx({"a": 2 / 3 * 0.6, "b": 2 / 3 * 0.3, "c": 2 / 3 * 0.1, "d": 1 / 3})
    assert made["judgements"]["consistency_ratio"].abs().max() < 1e-12


def test_given_weights_are_scaled_to_one(values: np.ndarray, system: Any) -> None:
    made = evaluate(_long(values), system, steps=[], weights="given")
    assert made["weights"]["weight"].to_list() == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])


def test_weights_by_branch_let_branches_count_alike(values: np.ndarray, system: Any) -> None:
    made = evaluate(_long(values), system, steps=[], weigh="branch")
    assert dict(made["weights"].group_by("node").agg(pl.col("weight").sum()).rows()) == pytest.approx(
        {"one": 0.5, "two": 0.5}
    )


@pytest.mark.parametrize("score", ["linear", "topsis", "dynamic_topsis", "grey"])
def test_every_score_lies_between_zero_and_one(values: np.ndarray, system: Any, score: str) -> None:
    made = evaluate(_long(values), system, steps=["sensitivity", "coupling"], score=score, draws=20)
    scores = made["scores"]["score"]
    assert scores.min() >= 0.0
    assert scores.max() <= 1.0
    assert made["ranks"]["rank"].null_count() == 0
    assert ("dynamic_scores" in made.tables) == (score == "dynamic_topsis")


def _rules(made: Any) -> dict[tuple[str, str], int]:
    return {(f.rule, f.column): f.rows for f in made.findings}


def test_a_constant_indicator_is_left_out_and_told(values: np.ndarray, system: Any) -> None:
    odd = values.copy()
    odd[:, :, 1] = 3.0
    made = evaluate(_long(odd), system, steps=[])
    assert _rules(made)["constant_indicator", "b"] == odd[:, :, 1].size
    assert made["weights"]["indicator"].to_list() == ["a", "c", "d"]


def test_an_indicator_the_panel_lacks_is_told_and_with_it_its_branch(values: np.ndarray, system: Any) -> None:
    made = evaluate(_long(values[:, :, :3]), system, steps=["coupling"])
    rules = _rules(made)
    assert ("empty_indicator", "d") in rules
    assert ("not_computable", "two") in rules
    assert "coupling" not in made.tables
    told = [f.advice.zh for f in made.findings if f.rule == "not_computable"]
    assert any("耦合协调" in t and "至少需要两个子系统" in t for t in told)


def test_no_indicator_at_all_is_refused_and_says_what_there_is(values: np.ndarray, system: Any) -> None:
    with pytest.raises(JiqunError, match="needs a panel with values"):
        evaluate(_long(values, "wxyz"), system)


def test_zeros_under_a_logarithm_are_missing_and_told(values: np.ndarray) -> None:
    odd = values.copy()
    odd[3, 4, 0] = 0.0
    logged = parse_system(SYSTEM.replace("[indicators.a]\n", '[indicators.a]\ntransformation = "log"\n'))
    made = evaluate(_long(odd), logged, steps=[])
    rules = _rules(made)
    assert rules["nonpositive_logarithm", "a"] == 1
    assert rules["without_score", ""] == 1


def test_zeros_under_the_entropy_are_told_with_what_was_done(values: np.ndarray, system: Any) -> None:
    made = evaluate(_long(values), system, steps=[], zeros="replace", zero_constant=1e-4)
    told = [f for f in made.findings if f.rule == "zero_in_entropy"]
    assert {f.column for f in told} == set("abcd")
    assert all("0.0001" in f.advice.en and "0.0001" in f.advice.zh for f in told)


def test_negative_values_in_the_entropy_are_refused(values: np.ndarray, system: Any) -> None:
    with pytest.raises(JiqunError, match="are negative"):
        evaluate(_long(values), system, steps=[], over="base", base="2010")
    made = evaluate(_long(values), system, steps=[], over="base", base="2010", outside="clip")
    assert _rules(made)["outside_base", "a"] > 0


def test_missing_years_stay_in_the_calendar_and_are_told(values: np.ndarray, system: Any) -> None:
    made = evaluate(_long(values).filter(pl.col("period") != "2006"), system, steps=["chains"], classes=3)
    assert _rules(made)["missing_period", ""] == 1
    assert "2006" in made.panel.periods
    # 24 places, 18 years, one gone: 15 steps, not 16
    assert made["transitions"].filter(pl.col("neighbours").is_null())["count"].sum() == 24 * 15


def test_gaps_are_kept_filled_or_passed_over_as_asked(values: np.ndarray, system: Any) -> None:
    odd = values.copy()
    odd[5, 7, 0] = np.nan
    odd[0, 8, 0] = np.nan
    by = {m: evaluate(_long(odd), system, steps=[], missing=m) for m in ("null", "interpolate", "reweight")}
    bare = {m: made["scores"].filter(pl.col("node") == "")["score"].null_count() for m, made in by.items()}
    # nothing is filled in before the first or after the last value
    assert bare == {"null": 2, "interpolate": 1, "reweight": 0}
    assert _rules(by["interpolate"])["interpolated", "a"] == 1
    assert _rules(by["reweight"])["reweighted", ""] == 2
    assert _rules(by["null"])["without_score", ""] == 2
    filled = by["interpolate"]["indicators"].filter(
        (pl.col("indicator") == "a") & (pl.col("place_id") == "p07") & (pl.col("period") == "2006")
    )
    assert filled["value"][0] == pytest.approx((odd[4, 7, 0] + odd[6, 7, 0]) / 2)


def test_an_indicator_that_runs_against_its_group_has_a_doubtful_sign(values: np.ndarray) -> None:
    wrong = parse_system(
        SYSTEM.replace('title = "B"\nnode = "one"\nsign = "+"', 'title = "B"\nnode = "one"\nsign = "-"')
    )
    made = evaluate(_long(values), wrong, steps=[])
    assert ("sign_doubtful", "b") in _rules(made)
    right = evaluate(_long(values), parse_system(SYSTEM), steps=[])
    assert not any(rule == "sign_doubtful" for rule, _ in _rules(right))


def test_places_the_table_of_places_does_not_know_are_told(
    values: np.ndarray, places: pl.DataFrame, system: Any
) -> None:
    made = evaluate(_long(values), system, places=places[:-2], steps=["association"], simulations=19)
    rules = _rules(made)
    assert rules["unknown_place", "place_id"] == 2
    assert rules["without_coordinates", "place_id"] == 2
    assert rules["without_group", "place_id"] == 2
    assert made["local_moran"].filter(pl.col("place_id") == "p23")["value"].null_count() == 18


def test_contradicting_judgements_are_refused_unless_asked_for(values: np.ndarray) -> None:
    torn = parse_system(SYSTEM.replace("[[1, 2, 6]", '[[1, 9, "1/9"]').replace('["1/6", "1/3", 1]]', '[9, "1/3", 1]]')
                        .replace('["1/2", 1, 3]', '["1/9", 1, 3]'))  # fmt: skip
    with pytest.raises(JiqunError, match="consistency ratio"):
        evaluate(_long(values), torn, steps=[], weights="ahp")
    made = evaluate(_long(values), torn, steps=[], weights="ahp", allow_inconsistent=True)
    assert ("inconsistent_judgement", "one") in _rules(made)


def test_two_different_values_for_one_cell_are_refused_and_the_same_twice_is_told(
    values: np.ndarray, system: Any
) -> None:
    long = _long(values)
    twice = pl.concat([long, long[:3]])
    assert _rules(evaluate(twice, system, steps=[]))["repeated_value", ""] == 3
    with pytest.raises(JiqunError, match="p00 2001 a"):
        evaluate(pl.concat([long, long[:1].with_columns(pl.col("value") + 1)]), system, steps=[])


def test_infinite_values_and_rows_without_a_place_are_told(values: np.ndarray, system: Any) -> None:
    extra = pl.DataFrame(
        {
            "place_id": ["p00", None],
            "period": ["2001", "2001"],
            "indicator": ["a", "a"],
            "value": [float("inf"), 1.0],
        }
    )
    odd = pl.concat([_long(values)[1:], extra])
    rules = _rules(evaluate(odd, system, steps=[]))
    assert rules["not_finite", ""] == 1
    assert rules["missing_key", ""] == 1


def test_a_step_that_data_cannot_support_is_told_and_the_rest_goes_on(values: np.ndarray, system: Any) -> None:
    made = evaluate(_long(values[:3]), system, draws=5, simulations=0)
    told = " ".join(f.advice.en for f in made.findings if f.rule == "not_computable")
    assert "Convergence clubs" in told
    assert "Lead and lag" in told
    assert "coupling" in made.tables
    assert "Spatial association" in told
    assert "moran" not in made.tables


def test_unknown_choices_steps_systems_and_tables_name_what_there_is(values: np.ndarray, system: Any) -> None:
    long = _long(values)
    with pytest.raises(JiqunError, match="Did you mean 'weights'"):
        evaluate(long, system, weight="entropy")
    with pytest.raises(JiqunError, match="z-scores are not"):
        evaluate(long, system, standardisation="z")
    with pytest.raises(JiqunError, match="is not a period of the panel, which has 2001 to 2018"):
        evaluate(long, system, over="base", base="1999", outside="clip")
    with pytest.raises(UnknownName, match="clubs"):
        evaluate(long, system, steps=["club"])
    with pytest.raises(UnknownName, match="china-cities"):
        evaluate(long, "no-such-system")
    with pytest.raises(UnknownName, match="scores"):
        _ = evaluate(long, system, steps=[])["score"]
    with pytest.raises(MissingColumn, match="value"):
        evaluate(long.drop("value"), system)
    with pytest.raises(MissingTable, match="panel"):
        evaluate(Cluster.from_tables(places=pl.DataFrame({"place_id": ["a"]})), system)
    with pytest.raises(JiqunError, match="needs numbers"):
        evaluate(long.with_columns(pl.col("value").cast(pl.String)), system)
    with pytest.raises(JiqunError, match="a cluster or a frame"):
        evaluate([1, 2], system)
    with pytest.raises(JiqunError, match="mixes"):
        evaluate(pl.concat([long, long[:1].with_columns(period=pl.lit("2001-Q1"))]), system)


def test_every_step_has_a_title_in_both_languages() -> None:
    for title, _ in ALL_STEPS.values():
        assert title.en
        assert any("\u4e00" <= c <= "\u9fff" for c in title.zh)


def test_places_left_out_are_not_evaluated(values: np.ndarray, system: Any) -> None:
    made = evaluate(_long(values), system, steps=[], without=("p03",))
    assert "p03" not in made["scores"]["place_id"].to_list()
    with pytest.raises(UnknownName, match="p04"):
        evaluate(_long(values), system, steps=[], without=("q",))


def test_pandas_and_arrow_panels_give_the_same(values: np.ndarray, system: Any) -> None:
    long = _long(values)
    base = evaluate(long, system, steps=[])["scores"]
    assert evaluate(long.to_arrow(), system, steps=[])["scores"].equals(base)
    assert evaluate(long.to_pandas(), system, steps=[])["scores"].equals(base)
