"""Markov chains agree with giddy, and with cases by hand."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from jiqun.cluster import JiqunError
from jiqun.measure.evaluation.markov import (
    classify,
    ergodic,
    first_passage,
    homogeneity,
    lag_classes,
    markov_chain,
    transition_counts,
)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    giddy = pytest.importorskip("giddy")
    from giddy.ergodic import mfpt, steady_state
    from giddy.markov import Homogeneity_Results, Markov, Spatial_Markov
    from libpysal.weights import lat2W


@pytest.fixture(scope="module")
def walk() -> np.ndarray:
    rng = np.random.default_rng(5)
    near = np.add.outer(np.arange(6), np.arange(6)).ravel() / 5.0
    steps = [near + rng.normal(size=36)]
    for _ in range(39):
        steps.append(0.9 * steps[-1] + 0.1 * near + 0.4 * rng.normal(size=36))
    return np.exp(np.array(steps))


def test_the_chain_is_that_of_giddy(walk: np.ndarray) -> None:
    classes, _ = classify(walk, 4)
    found = markov_chain(transition_counts(classes, 4))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = Markov(classes.T, summary=False)
        assert found.counts.tolist() == peer.transitions.astype(int).tolist()
        assert found.probability == pytest.approx(np.asarray(peer.p), abs=1e-12)
        assert found.ergodic == pytest.approx(np.asarray(steady_state(np.asarray(peer.p))).ravel(), abs=1e-10)
        assert found.passage == pytest.approx(np.asarray(mfpt(np.asarray(peer.p))), rel=1e-8)


def test_the_spatial_chain_and_its_tests_are_those_of_giddy(walk: np.ndarray) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        w = lat2W(6, 6)
        w.transform = "r"
        peer = Spatial_Markov(walk.T, w, k=4, m=4, fixed=True, variable_name="y")
    classes, edges = classify(walk, 4)
    near = lag_classes(classes, walk, w.full()[0], np.r_[peer.lag_cutoffs, np.inf])
    counts = transition_counts(classes, 4, within=near)
    assert counts.tolist() == np.asarray(peer.T).astype(int).tolist()
    test = homogeneity(counts)
    assert test.likelihood_ratio == pytest.approx(peer.LR, rel=1e-10)
    assert test.chi_squared == pytest.approx(peer.Q, rel=1e-10)
    assert test.freedom == peer.dof_hom
    assert test.likelihood_ratio_p == pytest.approx(peer.LR_p_value, rel=1e-8)
    assert test.chi_squared_p == pytest.approx(peer.Q_p_value, rel=1e-8)
    assert edges[:-1] == pytest.approx(np.asarray(peer.cutoffs)[:3])


def test_homogeneity_in_time_is_that_of_giddy(walk: np.ndarray) -> None:
    classes, _ = classify(walk, 3)
    halves = np.array([transition_counts(part, 3) for part in (classes[:21], classes[20:])])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        peer = Homogeneity_Results([m.astype(float) for m in halves])
    found = homogeneity(halves)
    assert (found.likelihood_ratio, found.chi_squared, found.freedom) == pytest.approx(
        (peer.LR, peer.Q, peer.dof), rel=1e-10
    )


def test_the_same_matrix_twice_is_homogeneous() -> None:
    found = homogeneity(np.array([[[8, 2], [3, 7]]] * 2))
    assert (found.likelihood_ratio, found.chi_squared) == pytest.approx((0.0, 0.0), abs=1e-12)
    assert found.chi_squared_p == pytest.approx(1.0)


def test_no_step_jumps_over_a_period_without_values() -> None:
    classes = np.array([[0, 1], [-1, -1], [1, 1]])
    assert transition_counts(classes, 2).sum() == 0


def test_a_class_nobody_left_has_no_probabilities_and_no_long_run() -> None:
    chain = markov_chain(np.array([[2, 1], [0, 0]]))
    assert chain.probability[0] == pytest.approx([2 / 3, 1 / 3])
    assert np.isnan(chain.probability[1]).all()
    assert np.isnan(chain.ergodic).all()


def test_a_chain_that_may_end_in_two_places_has_no_single_long_run_and_infinite_passage() -> None:
    p = np.array([[1.0, 0.0, 0.0], [0.5, 0.0, 0.5], [0.0, 0.0, 1.0]])
    assert np.isnan(ergodic(p)).all()
    assert first_passage(p)[1, 0] == np.inf
    assert first_passage(p)[0, 0] == 1.0


def test_an_absorbing_class_is_the_long_run() -> None:
    p = np.array([[0.5, 0.5], [0.0, 1.0]])
    assert ergodic(p) == pytest.approx([0.0, 1.0], abs=1e-12)
    assert first_passage(p)[0, 1] == pytest.approx(2.0)


def test_too_many_ties_for_the_classes_are_refused() -> None:
    with pytest.raises(JiqunError, match="too many values are the same"):
        classify(np.array([[1.0, 1.0, 1.0, 2.0]]), 4)
