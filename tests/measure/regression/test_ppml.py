"""The Poisson regression of gravity: against other implementations, known coefficients, and a linear programme."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.special import stdtrit

from jiqun.cluster import JiqunError
from jiqun.measure.gravity import ppml
from jiqun.measure.gravity.clustered import Errors, covariance
from jiqun.measure.regression import effects_of, equality, separated, without_effects

Array = NDArray[np.float64]


def world(
    seed: int, groups: int = 3, origins: int = 9, destinations: int = 12, size: float = 1.0
) -> tuple[Array, Array]:
    """Poisson flows that fall with distance by −0.8 and are e times as many in the same place."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 100, (max(origins, destinations), 2))
    far = np.hypot(*(at[:origins, None] - at[None, :destinations]).transpose(2, 0, 1))
    same = np.eye(origins, destinations)
    x = np.stack([np.log(far + 2.0), same])[:, None]
    effect = rng.normal(0, 1, (groups, origins, 1)) + rng.normal(size, 1, (groups, 1, destinations))
    return rng.poisson(np.exp(effect + 3.0 - 0.8 * x[0] + x[1])).astype(float), x


def long(flow: Array, x: Array) -> pd.DataFrame:
    g, i, j = (a.ravel() for a in np.indices(flow.shape))
    columns = {f"x{k}": np.broadcast_to(x[k], flow.shape).ravel() for k in range(len(x))}
    size = max(flow.shape[1:])
    frame = pd.DataFrame({"y": flow.ravel(), **columns, "g": g, "i": i, "j": j})
    return frame.assign(gi=g * size + i, gj=g * size + j, pair=np.minimum(i, j) * size + np.maximum(i, j))


@pytest.mark.parametrize("seed", [1, 2])
def test_coefficients_are_those_of_a_poisson_regression_on_dummies(seed: int) -> None:
    flow, x = world(seed)
    fit = ppml(flow, x)
    frame = long(flow, x)[fit.used.ravel()]
    of_origin, of_destination = (pd.get_dummies(frame[c]).to_numpy(dtype=float) for c in ("gi", "gj"))
    first = frame.drop_duplicates("g")["gj"]
    free = of_destination[:, ~np.isin(np.unique(frame["gj"]), first)]
    design = np.column_stack([frame[["x0", "x1"]], of_origin, free])
    theirs = sm.GLM(frame["y"], design, family=sm.families.Poisson()).fit(tol=1e-12, maxiter=200)
    assert fit.coefficient == pytest.approx(theirs.params[:2].to_numpy(), abs=1e-8)
    assert fit.fitted[fit.used] == pytest.approx(theirs.fittedvalues.to_numpy(), rel=1e-6, abs=1e-8)
    assert np.linalg.matrix_rank(design) - 2 == fit.absorbed


@pytest.mark.filterwarnings("ignore:.*removed because of separation:UserWarning", "ignore:.*inplace")
@pytest.mark.parametrize(("errors", "theirs"), [("pair", "pair"), ("origin+destination", "i+j")])
def test_estimates_and_clustered_errors_are_those_of_pyfixest(errors: Errors, theirs: str) -> None:
    fixest = pytest.importorskip("pyfixest")
    flow, x = world(4, groups=4, origins=14, destinations=14, size=-2.0)
    assert (flow == 0).mean() > 0.3
    fit = ppml(flow, x)
    codes = np.arange(14)
    ours = covariance([fit], codes, codes, errors, corrected=False)
    other = fixest.fepois(
        "y ~ x0 + x1 | gi + gj",
        long(flow, x),
        vcov={"CRV1": theirs},
        ssc=fixest.ssc(k_fixef="full", G_df="conventional"),
        iwls_tol=1e-12,
    )
    assert int(fit.used.sum()) == other._N
    assert fit.coefficient == pytest.approx(other.coef().to_numpy(), abs=1e-7)
    # theirs counts parameters of the effects otherwise: one too many for each group
    assert np.sqrt(np.diag(ours.covariance)) == pytest.approx(other.se().to_numpy(), rel=0.01)


def test_many_flows_recover_what_made_them() -> None:
    flow, x = world(7, groups=12, origins=20, destinations=20, size=2.0)
    fit = ppml(flow, x)
    spread = np.sqrt(np.diag(covariance([fit], np.arange(20), np.arange(20), "pair").covariance))
    assert spread.max() < 0.05
    assert (np.abs(fit.coefficient - [-0.8, 1.0]) < 3.0 * spread).all()


def test_leverage_is_the_diagonal_of_the_projection_on_dummies_and_regressors() -> None:
    flow, x = world(5, groups=2, origins=5, destinations=7, size=-1.0)
    fit = ppml(flow, x)
    frame = long(flow, x)[fit.used.ravel()]
    dummies = pd.get_dummies(frame[["gi", "gj"]].astype(str)).to_numpy(dtype=float)
    root = np.sqrt(fit.fitted[fit.used])[:, None]
    design = np.column_stack([frame[["x0", "x1"]], dummies]) * root
    hat = np.diag(design @ np.linalg.pinv(design))
    assert fit.leverage[fit.used] == pytest.approx(hat, abs=1e-7)
    assert fit.leverage.sum() == pytest.approx(fit.absorbed + np.isfinite(fit.coefficient).sum())


def test_nine_in_ten_intervals_hold_the_truth_although_flows_are_far_from_poisson() -> None:
    kinds: list[Errors] = ["pair", "origin+destination"]
    held = np.zeros((2, 2))
    for seed in range(100):
        rng = np.random.default_rng((seed, 1))
        _, x = world(seed, groups=1, origins=16, destinations=16)
        effect = rng.normal(0, 1, (1, 16, 1)) + rng.normal(1, 1, (1, 1, 16))
        mean = np.exp(effect + 3.0 - 0.8 * x[0] + x[1])
        fit = ppml(rng.poisson(mean * rng.gamma(2.0, 0.5, mean.shape)).astype(float), x)
        for kind, errors in enumerate(kinds):
            found = covariance([fit], np.arange(16), np.arange(16), errors)
            reach = stdtrit(found.freedom, 0.975) * np.sqrt(np.diag(found.covariance))
            held[kind] += np.abs(fit.coefficient - [-0.8, 1.0]) < reach
    # at a true level of 0.95 fewer than 89 of 100 happen once in a hundred times
    assert held.min() >= 89


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), rows=st.integers(2, 6), columns=st.integers(2, 6), share=st.floats(0.15, 0.8))
def test_separated_cells_are_those_of_the_linear_programme(seed: int, rows: int, columns: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    flow = np.where(rng.random((1, rows, columns)) < share, rng.integers(1, 5, (1, rows, columns)), 0).astype(float)
    x = np.stack([rng.normal(0, 1, (rows, columns)), rng.random((rows, columns)) < 0.4]).astype(float)[:, None]
    used = np.ones(flow.shape, dtype=bool)
    cells = np.arange(rows * columns)
    design = np.column_stack([np.eye(rows)[cells // columns], np.eye(columns)[cells % columns], x.reshape(2, -1).T])
    empty = flow.ravel() == 0
    if not empty.any():
        assert not separated(flow, x, used).any()
        return
    # z = Xγ with z = 0 at flows and 0 ≤ z ≤ 1 elsewhere; what a programme finds above 0 no longer counts in the next
    side = np.vstack([design[empty], -design[empty]])
    bound = np.r_[np.ones(empty.sum()), np.zeros(empty.sum())]
    equal = {} if empty.all() else {"A_eq": design[~empty], "b_eq": np.zeros((~empty).sum())}
    found = np.zeros(len(cells), dtype=bool)
    while True:
        sought = design[empty & ~found].sum(axis=0)
        best = linprog(-sought, A_ub=side, b_ub=bound, bounds=(None, None), method="highs", **equal)
        if not -best.fun > 1e-7:
            break
        found |= empty & (design @ best.x > 1e-7)
    assert separated(flow, x, used).ravel().tolist() == found.tolist()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_what_is_left_has_no_effect_of_any_origin_or_destination(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random((2, 5, 7)) < 0.5
    weight = np.where(mask, rng.exponential(1.0, mask.shape), 0.0)
    left = without_effects(weight, effects_of(mask))(rng.normal(0, 1, (3, 2, 5, 7)))
    assert (left[:, ~mask] == 0.0).all()
    assert (left * weight).sum(axis=2) == pytest.approx(0.0, abs=1e-10)
    assert (left * weight).sum(axis=3) == pytest.approx(0.0, abs=1e-10)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), factor=st.floats(0.01, 1000.0))
def test_order_of_places_and_unit_of_flows_and_distances_do_not_matter(seed: int, factor: float) -> None:
    flow, x = world(seed, groups=2, origins=6, destinations=6)
    rng = np.random.default_rng(seed)
    i, j = rng.permutation(6), rng.permutation(6)
    one = ppml(flow, x)
    shifted = x + np.array([np.log(factor), 0.0])[:, None, None, None]
    other = ppml(flow[:, i][:, :, j] * factor, shifted[:, :, i][:, :, :, j])
    assert other.coefficient == pytest.approx(one.coefficient, rel=1e-6, abs=1e-7, nan_ok=True)


def test_a_regressor_that_is_an_effect_or_marks_no_flow_is_not_identified() -> None:
    flow, x = world(3, groups=1)
    of_origin = np.broadcast_to(np.arange(9.0)[:, None], (9, 12))[None]
    assert np.isnan(ppml(flow, np.concatenate([x, of_origin[None]])).coefficient).tolist() == [False, False, True]
    empty = np.where(x[1] > 0, 0.0, flow)
    fit = ppml(empty, x)
    assert np.isnan(fit.coefficient).tolist() == [False, True]
    assert fit.separated[x[1] > 0].all()
    assert fit.coefficient[0] == pytest.approx(ppml(empty, x[:1], used=(x[1] == 0)).coefficient[0], abs=1e-9)


def test_flows_that_are_not_are_refused() -> None:
    flow, x = world(3, groups=1)
    with pytest.raises(JiqunError, match="flows ≥ 0"):
        ppml(-flow, x)
    with pytest.raises(JiqunError, match="shape"):
        ppml(flow[0], x)
    none = ppml(np.zeros((1, 3, 3)), np.ones((1, 1, 3, 3)))
    assert np.isnan(none.coefficient).all()


def test_equality_of_independent_estimates_is_a_wald_test() -> None:
    statistic, p = equality(np.array([1.0, 2.0, 4.0]), np.diag([1.0, 1.0, 1.0]), 10**6)
    assert statistic == pytest.approx(((np.array([1.0, 2.0, 4.0]) - 7 / 3) ** 2).sum() / 2)
    assert 0.0 < p < 0.2
    assert np.isnan(equality(np.array([1.0, np.nan]), np.eye(2), 10)[0])
