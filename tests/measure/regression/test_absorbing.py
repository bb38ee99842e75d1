"""Regressions with effects taken out by turns: against pyfixest, by hand, and against the exact solution."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jiqun.measure.regression import absorb, combined, effects_of, ppml, regress, without_effects


@pytest.mark.parametrize("family", ["poisson", "linear"])
def test_coefficients_and_clustered_errors_are_those_of_pyfixest(family: Any) -> None:
    pf = pytest.importorskip("pyfixest")
    rng = np.random.default_rng(4)
    place, category, period = (a.ravel() for a in np.indices((15, 6, 12)))
    x = rng.normal(size=(len(place), 2)) + 0.05 * place[:, None]
    mean = np.exp(0.4 * x[:, 0] - 0.2 * x[:, 1] - 1.0 + 0.1 * category)
    y = rng.poisson(mean).astype(float) if family == "poisson" else np.log(mean) + rng.normal(size=len(x))
    y[category == 3] *= 0.0 if family == "poisson" else 1.0  # a category without any match is separated
    fit = regress(y, x, [place * 6 + category, category * 12 + period], place, family=family)
    frame = pd.DataFrame({"y": y, "a": x[:, 0], "b": x[:, 1], "u": place * 6 + category, "t": category * 12 + period})
    frame["place"] = place
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        estimate = pf.fepois if family == "poisson" else pf.feols
        theirs = estimate("y ~ a + b | u + t", frame, vcov={"CRV1": "place"}, ssc=pf.ssc(k_adj=False))
    np.testing.assert_allclose(fit.value, theirs.coef().to_numpy(), rtol=1e-6)
    np.testing.assert_allclose(fit.error, theirs.se().to_numpy(), rtol=1e-5)


def test_without_effects_least_squares_is_least_squares() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    y = 2 + x @ [1.0, -2.0, 0.5] + rng.normal(size=200)
    own = np.linalg.lstsq(np.column_stack([np.ones(200), x]), y, rcond=None)[0][1:]
    np.testing.assert_allclose(regress(y, x, [], np.arange(200), family="linear").value, own, rtol=1e-8)


def test_what_the_effects_take_up_is_not_identified_and_too_little_is_nothing() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(10), 5)
    x = np.column_stack([rng.normal(size=50), group.astype(float)])
    fit = regress(rng.poisson(3.0, 50).astype(float), x, [group], group)
    assert np.isfinite(fit.value[0])
    assert np.isnan(fit.value[1])
    assert np.isnan(fit.error[1])
    one = regress(np.ones(50), x, [group], np.zeros(50, dtype=int))
    assert np.isnan(one.value).all()
    assert not one.known


def test_a_combination_has_the_error_of_the_regression_that_contains_it() -> None:
    rng = np.random.default_rng(2)
    x, group = rng.normal(size=(300, 2)), np.repeat(np.arange(20), 15)
    y = x @ [0.3, 0.6] + rng.normal(size=300)
    fit = regress(y, x, [group], group, family="linear")
    # β₁ x₁ + β₂ x₂ = (β₁ + β₂) x₁ + β₂ (x₂ − x₁)
    turned = regress(y, np.column_stack([x[:, 0], x[:, 1] - x[:, 0]]), [group], group, family="linear")
    both = combined([fit], [np.array([[1.0, 1.0]])])
    assert (both.value[0], both.error[0]) == pytest.approx((turned.value[0], turned.error[0]))
    nothing = combined([fit, fit], [np.array([[1.0, 0.0]]), np.array([[-1.0, 0.0]])])
    assert nothing.value[0] == 0
    assert np.isnan(nothing.error[0])


def test_effects_taken_out_by_turns_are_those_taken_out_exactly() -> None:
    rng = np.random.default_rng(6)
    shape = (3, 9, 12)
    mask = rng.random(shape) < 0.7
    g, i, j = np.nonzero(mask)
    weight = rng.lognormal(0, 1, mask.sum())
    columns = rng.normal(size=(2, mask.sum()))
    whole, spread = np.zeros(shape), np.zeros((2, *shape))
    whole[mask], spread[:, mask] = weight, columns
    exact = without_effects(whole, effects_of(mask))(spread)[:, mask]
    turns = absorb(columns.T, [g * 9 + i, g * 12 + j], weight).T
    np.testing.assert_allclose(turns, exact, atol=1e-7)


def test_both_ways_give_the_same_poisson_regression() -> None:
    rng = np.random.default_rng(3)
    shape = (4, 10, 13)
    x = rng.normal(size=(2, *shape))
    effect = rng.normal(0, 1, (4, 10, 1)) + rng.normal(0, 1, (4, 1, 13))
    flow = rng.poisson(np.exp(effect + 0.5 * x[0] - 0.3 * x[1])).astype(float)
    exact = ppml(flow, x)
    g, i, j = (a.ravel() for a in np.indices(shape))
    turns = regress(flow.ravel(), x.reshape(2, -1).T, [g * 10 + i, g * 13 + j], i)
    assert turns.rows == exact.used.sum()
    np.testing.assert_allclose(turns.value, exact.coefficient, rtol=0, atol=1e-8)


def test_of_terms_that_say_the_same_only_the_first_is_identified() -> None:
    rng = np.random.default_rng(1)
    x, group = rng.normal(size=200), np.repeat(np.arange(20), 10)
    y = rng.poisson(np.exp(0.5 * x)).astype(float)
    fit = regress(y, np.column_stack([x, 2.0 * x + group]), [group], group)
    assert np.isfinite(fit.value).tolist() == [True, False]
    assert fit.value[0] == pytest.approx(regress(y, x[:, None], [group], group).value[0], abs=1e-10)
