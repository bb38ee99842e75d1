"""Weights and scores: small cases worked by hand, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.ahp import ahp_weights
from jiqun.measure.evaluation.scores import (
    dynamic_topsis,
    grey_relational,
    linear_score,
    time_weights,
    topsis,
)
from jiqun.measure.evaluation.standardise import standardise
from jiqun.measure.evaluation.weights import combine_weights, critic_weights, entropy_weights

matrices = arrays(np.float64, (6, 3), elements=st.floats(0.01, 100.0)).filter(lambda m: (np.ptp(m, axis=0) > 0.1).all())


def test_entropy_weights_of_two_indicators_by_hand() -> None:
    # shares ¼ ¾ and ½ ½: e₁ = -(¼ ln ¼ + ¾ ln ¾)/ln 2 = 0.811278…, e₂ = 1
    z = np.array([[1.0, 2.0], [3.0, 2.0]])
    assert entropy_weights(z) == pytest.approx([1.0, 0.0], abs=1e-15)
    z = np.array([[1.0, 1.0], [3.0, 7.0]])
    e = [-(p * np.log(p) + (1 - p) * np.log(1 - p)) / np.log(2) for p in (0.25, 0.125)]
    expected = (1 - np.array(e)) / (2 - sum(e))
    assert entropy_weights(z) == pytest.approx(expected, abs=1e-15)


def test_a_zero_replaced_by_a_tiny_constant_tends_to_the_limit() -> None:
    z = np.array([[0.0, 1.0], [0.5, 0.2], [1.0, 0.0]])
    limit = entropy_weights(z)
    assert entropy_weights(z, zeros="replace", constant=1e-14) == pytest.approx(limit, abs=1e-11)
    assert abs(entropy_weights(z, zeros="replace", constant=0.1) - limit).max() > 1e-3


def test_negative_values_in_entropy_are_refused_and_the_message_says_how_many() -> None:
    with pytest.raises(JiqunError, match="2 are negative") as caught:
        entropy_weights(np.array([[-1.0, 1.0], [2.0, -3.0], [1.0, 1.0]]))
    assert caught.value.words is not None
    assert "2 个为负" in caught.value.words.zh


def test_an_indicator_that_is_zero_throughout_is_refused_by_entropy() -> None:
    with pytest.raises(JiqunError, match="number 1 has not"):
        entropy_weights(np.array([[1.0, 0.0], [2.0, 0.0]]))


@given(matrices, st.floats(0.1, 50.0))
@settings(max_examples=40, deadline=None)
def test_entropy_weights_do_not_depend_on_the_unit_or_the_order_of_rows(values: np.ndarray, unit: float) -> None:
    base = entropy_weights(values)
    assert base.sum() == pytest.approx(1.0, abs=1e-12)
    assert (base >= 0).all()
    assert entropy_weights(values[::-1] * unit) == pytest.approx(base, abs=1e-8)


def test_critic_weights_by_hand() -> None:
    z = np.array([[0.0, 0.0, 1.0], [0.5, 1.0, 0.0], [1.0, 0.5, 0.5]])
    # all have the same spread; r₁₂ = ½, r₁₃ = -½, r₂₃ = -1: conflicts ½+1½ = 2, ½+2 = 2½, 1½+2 = 3½
    assert critic_weights(z) == pytest.approx(np.array([2.0, 2.5, 3.5]) / 8.0, abs=1e-14)


def test_critic_refuses_a_constant_indicator() -> None:
    with pytest.raises(JiqunError, match="varies"):
        critic_weights(np.array([[1.0, 2.0], [1.0, 3.0], [1.0, 4.0]]))


def test_judgements_of_a_textbook_case_have_the_known_weights_and_consistency() -> None:
    # Saaty's scale 1, 3, 5 / 3: λ = 3.0385 within rounding of the published 3.039, CR ≈ 0.033
    a = np.array([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    judged = ahp_weights(a)
    w = np.array([0.636986, 0.258285, 0.104729])
    assert judged.weights == pytest.approx(w, abs=1e-6)
    assert a @ judged.weights == pytest.approx(judged.largest * judged.weights, abs=1e-12)
    assert judged.ratio == pytest.approx((judged.largest - 3) / 2 / 0.58, abs=1e-15)
    assert judged.consistent
    assert ahp_weights(a, method="geometric").weights == pytest.approx(w, abs=1e-3)


def test_contradicting_judgements_have_a_ratio_above_a_tenth() -> None:
    a = np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]])
    assert not ahp_weights(a).consistent


def test_a_matrix_that_is_not_reciprocal_is_refused_with_the_entry() -> None:
    with pytest.raises(JiqunError, match=r"\[0\]\[1\] = 3 but \[1\]\[0\] = 1"):
        ahp_weights(np.array([[1.0, 3.0], [1.0, 1.0]]))


@given(arrays(np.float64, (2, 4), elements=st.floats(0.01, 1.0)))
@settings(max_examples=40, deadline=None)
def test_the_balance_of_two_sets_meets_its_first_order_conditions(raw: np.ndarray) -> None:
    sets = raw / raw.sum(axis=1, keepdims=True)
    weights, alpha = combine_weights(sets)
    assert weights.sum() == pytest.approx(1.0, abs=1e-12)
    # Σ_l α_l w_l·w_m = w_m·w_m for both m, also where the sets are nearly the same
    assert (alpha @ sets) @ sets.T == pytest.approx(np.diag(sets @ sets.T), abs=1e-6)


def test_combining_a_set_with_itself_gives_it_back() -> None:
    one = np.array([0.2, 0.3, 0.5])
    assert combine_weights(np.array([one, one]))[0] == pytest.approx(one, abs=1e-12)


def test_topsis_by_hand() -> None:
    # weights .6 and .4; v = (0, .4), (.6, 0), (.3, .2); best (.6, .4), worst (0, 0)
    z = np.array([[[0.0, 1.0], [1.0, 0.0], [0.5, 0.5]]])
    expected = [0.4 / (0.4 + 0.6), 0.6 / (0.6 + 0.4), 0.5]
    assert topsis(z, np.array([0.6, 0.4]))[0] == pytest.approx(expected, abs=1e-15)
    # along the line of the ideals: v·(.6, .4)/.52
    assert topsis(z, np.array([0.6, 0.4]), distance="projection")[0] == pytest.approx(
        [0.16 / 0.52, 0.36 / 0.52, 0.5], abs=1e-15
    )


def test_ideals_of_the_panel_let_periods_compare_and_those_of_a_period_do_not() -> None:
    z = np.array([[[0.0], [0.5]], [[0.5], [1.0]]])
    assert topsis(z, np.ones(1)).tolist() == [[0.0, 0.5], [0.5, 1.0]]
    assert topsis(z, np.ones(1), ideal="period").tolist() == [[0.0, 1.0], [0.0, 1.0]]


@given(st.integers(2, 30), st.floats(0.02, 0.98))
@settings(max_examples=60, deadline=None)
def test_time_weights_have_the_degree_asked_for_and_are_geometric(periods: int, degree: float) -> None:
    w = time_weights(periods, degree)
    past = np.arange(periods - 1, -1, -1) / (periods - 1)
    assert w.sum() == pytest.approx(1.0, abs=1e-12)
    assert w @ past == pytest.approx(degree, abs=1e-9)
    steps = np.diff(np.log(w))
    assert steps == pytest.approx(np.full(periods - 1, steps.mean()), abs=1e-6)


def test_dynamic_topsis_leaves_a_place_that_stands_still_where_it_is() -> None:
    z = np.array([[[0.2, 0.4], [0.0, 0.0], [1.0, 1.0]], [[0.2, 0.4], [0.3, 0.1], [1.0, 1.0]]])
    closeness, overall, _ = dynamic_topsis(z, np.array([0.5, 0.5]), degree=0.3)
    assert closeness[0, 0] == closeness[1, 0] == pytest.approx(overall[0], abs=1e-15)
    assert closeness[1, 1] > closeness[0, 1]


def test_grey_relational_by_hand() -> None:
    # Δ = (1, 0), (0, .5); least 0, largest 1, ρ = ½: ξ = (⅓, 1), (1, ½)
    z = np.array([[[0.0, 1.0], [1.0, 0.5]]])
    assert grey_relational(z, np.array([0.5, 0.5]))[0] == pytest.approx([2 / 3, 0.75], abs=1e-15)


def test_a_missing_indicator_leaves_no_score_or_one_of_the_others_as_asked() -> None:
    z = np.array([[[0.5, np.nan], [1.0, 1.0], [0.0, 0.0]]])
    w = np.array([0.25, 0.75])
    assert np.isnan(linear_score(z, w)[0, 0])
    assert linear_score(z, w, missing="reweight")[0].tolist() == [0.5, 1.0, 0.0]
    assert np.isnan(topsis(z, w)[0, 0])
    assert topsis(z, w, missing="reweight")[0].tolist() == [0.5, 1.0, 0.0]
    # what has no weight may be missing
    assert linear_score(z, np.array([1.0, 0.0]))[0].tolist() == [0.5, 1.0, 0.0]


def test_minmax_z_base_and_moderate_indicators_by_hand() -> None:
    x = np.array([[[10.0], [20.0]], [[15.0], [40.0]]])
    assert standardise(x, signs=["+"]).ravel() == pytest.approx([0, 1 / 3, 1 / 6, 1])
    assert standardise(x, signs=["-"]).ravel() == pytest.approx([1, 2 / 3, 5 / 6, 0])
    assert standardise(x, signs=["+"], over="period").ravel() == pytest.approx([0, 1, 0, 1])
    assert standardise(x, signs=["+"], over="base", base=0).ravel() == pytest.approx([0, 1, 0.5, 3])
    assert standardise(x, signs=["+"], over="base", base=1).ravel() == pytest.approx([-0.2, 0.2, 0, 1])
    assert standardise(x, signs=["+"], over="base", base=1, outside="absolute").ravel() == pytest.approx(
        [0.2, 0.2, 0, 1]
    )
    # the nearer to 20 the better: distances 10, 0, 5, 20
    assert standardise(x, signs=["target"], targets=[20.0]).ravel() == pytest.approx([0.5, 1, 0.75, 0])
    z = standardise(x, signs=["+"], method="z").ravel()
    assert (z.mean(), z.std()) == pytest.approx((0.0, 1.0), abs=1e-15)
    assert standardise(x, signs=["+"], multiply=10, shift=0.01).ravel()[1] == pytest.approx(10 / 3 + 0.01)


def test_a_wrong_sign_is_refused() -> None:
    with pytest.raises(JiqunError, match="positive"):
        standardise(np.ones((1, 2, 1)), signs=["positive"])


def test_an_indicator_that_never_varies_has_no_standardised_value() -> None:
    assert np.isnan(standardise(np.ones((2, 2, 1)), signs=["+"])).all()
