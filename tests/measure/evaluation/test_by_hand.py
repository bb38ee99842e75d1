"""Small cases worked by hand, one for each method that has none beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.sparse as sp

from jiqun.measure.evaluation.centre import ellipses
from jiqun.measure.evaluation.clubs import hodrick_prescott
from jiqun.measure.evaluation.convergence import beta_cross_section, sigma_convergence
from jiqun.measure.evaluation.density import kernel_densities
from jiqun.measure.evaluation.differences import theil
from jiqun.measure.evaluation.identify import agreement, contiguous_groups, core_places
from jiqun.measure.evaluation.lead_lag import concordance, cross_correlation
from jiqun.measure.evaluation.markov import classify, homogeneity, markov_chain, transition_counts
from jiqun.measure.evaluation.moran import moran_through_time
from jiqun.measure.evaluation.obstacles import obstacle_degrees
from jiqun.measure.evaluation.ranks import rank_intervals, rank_shifts
from jiqun.measure.evaluation.scores import dynamic_topsis, linear_score
from jiqun.measure.evaluation.weights import combine_weights


def test_a_weighted_sum() -> None:
    z = np.array([[[0.2, 0.8], [1.0, 0.5]]])
    assert linear_score(z, np.array([0.25, 0.75])) == pytest.approx(np.array([[0.65, 0.625]]), abs=1e-15)


def test_the_balance_of_two_crossed_sets_is_their_mean() -> None:
    # w1·w1 = w2·w2 = 0.68 and w1·w2 = 0.32: 0.68 α1 + 0.32 α2 = 0.68 and the same turned, so both are 0.68
    combined, alpha = combine_weights(np.array([[0.8, 0.2], [0.2, 0.8]]))
    assert alpha == pytest.approx([0.68, 0.68])
    assert combined == pytest.approx([0.5, 0.5])


def test_dynamic_topsis_of_one_indicator_on_the_line_of_its_ideals() -> None:
    # with one indicator the ideals are 0 and 1 and the closeness is the value itself, in every period
    closeness, overall, time = dynamic_topsis(np.array([[[0.0], [0.4], [1.0]], [[0.0], [0.8], [1.0]]]), np.ones(1))
    assert closeness == pytest.approx(np.array([[0.0, 0.4, 1.0], [0.0, 0.8, 1.0]]))
    assert time == pytest.approx([0.5, 0.5])
    assert overall == pytest.approx([0.0, 0.6, 1.0])


def test_a_swap_of_the_first_two_of_four() -> None:
    # squares of differences 1 + 1: Spearman 1 − 6·2/(4·15) = 0.8
    shift = rank_shifts(np.array([[4.0, 3.0, 2.0, 1.0]]), {"x": np.array([[3.0, 4.0, 2.0, 1.0]])})[0]
    assert (shift.spearman, shift.mean_shift, shift.largest_shift) == (pytest.approx(0.8), 0.5, 1.0)


def test_places_that_change_places_with_the_weights_have_the_whole_interval() -> None:
    z = np.array([[[1.0, 0.0], [0.0, 1.0]]])
    found = rank_intervals([z], np.array([[1.0, 0.0], [0.0, 1.0]]), draws=400, concentration=math.inf, rng=1)
    assert (found.low.tolist(), found.high.tolist()) == ([[1.0, 1.0]], [[2.0, 2.0]])
    # the mixture is uniform: either is first in half of the draws, with an error of 1/40
    assert found.mean == pytest.approx(np.array([[1.5, 1.5]]), abs=0.1)


def test_theil_of_two_pairs() -> None:
    # values 1 1 | 3 3, mean 2: no difference within, T = 1/4·(2·½ ln ½ + 2·(3/2) ln (3/2))
    found = theil(np.array([1.0, 1.0, 3.0, 3.0]), np.array([0, 0, 1, 1]))
    by_hand = 0.25 * (2 * 0.5 * math.log(0.5) + 2 * 1.5 * math.log(1.5))
    assert (found.total, found.within, found.between) == (
        pytest.approx(by_hand),
        pytest.approx(0.0),
        pytest.approx(by_hand),
    )


def test_obstacles_of_two_indicators() -> None:
    # (½·0.8, ½·0.2) over their sum ½
    found = obstacle_degrees(np.array([[[0.2, 0.8]]]), np.array([[0.5, 0.5]]))
    assert found == pytest.approx(np.array([[[0.8, 0.2]]]))


def test_moran_of_four_places_on_a_line() -> None:
    # deviations −3 −1 1 3; rows of weights sum to one; lags −1 −1 1 1: I = (3 + 1 + 1 + 3)/20
    line = sp.csr_array(np.eye(4, k=1) + np.eye(4, k=-1))
    found = moran_through_time(np.array([[1.0, 3.0, 5.0, 7.0]]), line, simulations=0)
    assert found.moran[0] == pytest.approx(0.4)
    assert found.expected[0] == pytest.approx(-1 / 3)
    assert found.quadrant.tolist() == [[3, 3, 1, 1]]


def test_the_centre_of_a_cross_is_its_middle_and_its_longer_arm_the_bearing() -> None:
    lon, lat = np.array([-0.2, 0.2, 0.0, 0.0]), np.array([0.0, 0.0, 0.1, -0.1])
    found = ellipses(lon, lat, np.ones((1, 4)))
    assert (found.lon[0], found.lat[0]) == (pytest.approx(0.0, abs=1e-12), pytest.approx(0.0, abs=1e-12))
    assert found.bearing[0] == pytest.approx(90.0)
    # variance along the equator 2·0.2²/4 square degrees; semi-axis √2 of its root: 0.2 degrees of 111.2 km
    assert found.major[0] == pytest.approx(0.2 * math.pi / 180 * 6371.0, rel=2e-3)
    assert found.major[0] / found.minor[0] == pytest.approx(2.0, rel=1e-3)


def test_a_chain_of_two_classes() -> None:
    # moves 3 1 / 2 2: P = (¾ ¼ / ½ ½), π = (2/3, 1/3), passages 1/π on the diagonal, 1/p off it
    chain = markov_chain(np.array([[3, 1], [2, 2]]))
    assert chain.probability == pytest.approx(np.array([[0.75, 0.25], [0.5, 0.5]]))
    assert chain.error[0, 0] == pytest.approx(math.sqrt(0.75 * 0.25 / 4))
    assert chain.ergodic == pytest.approx([2 / 3, 1 / 3])
    assert chain.passage == pytest.approx(np.array([[1.5, 4.0], [2.0, 3.0]]))
    assert chain.mobility == pytest.approx(0.75)


def test_moves_between_classes_are_counted_by_hand() -> None:
    classes, _ = classify(np.array([[1.0, 2.0, 3.0, 4.0], [3.0, 2.0, 1.0, 4.0]]), 2)
    assert classes.tolist() == [[0, 0, 1, 1], [1, 0, 0, 1]]
    assert transition_counts(classes, 2).tolist() == [[1, 1], [1, 1]]


def test_the_test_of_two_opposite_matrices() -> None:
    # 4 0 / 0 4 against 0 4 / 4 0, pooled ½: LR = 2·16·ln 2, χ² = Σ (4 − 2)²/2 over eight cells
    found = homogeneity(np.array([[[4, 0], [0, 4]], [[0, 4], [4, 0]]]))
    assert found.likelihood_ratio == pytest.approx(32 * math.log(2))
    assert found.chi_squared == pytest.approx(16.0)
    assert found.freedom == 2


def test_sigma_of_two_places_is_their_half_distance_over_the_mean() -> None:
    found = sigma_convergence(np.array([[1.0, 3.0], [2.0, 3.0], [2.5, 3.0]]))
    assert found.variation == pytest.approx([0.5, 0.2, 0.25 / 2.75])


def test_beta_of_three_places_that_halve_their_distance_in_logs() -> None:
    # ln y goes from 0 1 2 to 0 ½ 1 in one step: growth −½ ln y0, so b = −½ and λ = −ln(1 − ½)
    found = beta_cross_section(np.exp(np.array([[0.0, 1.0, 2.0], [0.0, 0.5, 1.0]])))
    assert found.beta == pytest.approx(-0.5)
    assert found.speed == pytest.approx(math.log(2))
    assert found.half_life == pytest.approx(1.0)


def test_the_trend_of_a_line_is_the_line() -> None:
    line = np.arange(8.0)[:, None] * np.array([1.0, -2.0]) + np.array([3.0, 40.0])
    assert hodrick_prescott(line) == pytest.approx(line, abs=1e-9)


def test_the_density_of_two_values_is_two_bells() -> None:
    found = kernel_densities(np.array([[-1.0, 1.0]]), bandwidth=0.5)
    at = found.grid
    bells = sum(np.exp(-0.5 * ((at - m) / 0.5) ** 2) / (0.5 * math.sqrt(2 * math.pi)) for m in (-1.0, 1.0)) / 2
    assert found.density[0] == pytest.approx(bells)
    assert found.peaks[0] == 2


def test_series_that_follow_one_another_by_a_period() -> None:
    x = np.array([[0.0], [1.0], [0.0], [-1.0], [0.0], [1.0], [0.0], [-1.0], [0.0]])
    found = cross_correlation(x[1:], x[:-1], lags=1)
    # y is x a period later: a lead of one of x gives 1
    assert found[2] == pytest.approx(1.0, abs=0.15)
    assert found[2] > max(found[0], found[1])
    assert concordance(np.array([[1.0], [2.0], [1.0], [2.0]]), np.array([[5.0], [6.0], [7.0], [8.0]]))[
        0
    ] == pytest.approx(2 / 3)


def test_three_methods_on_four_places() -> None:
    found = agreement(
        {"a": np.array([1, 1, 0, 0], bool), "b": np.array([1, 0, 0, 0], bool), "c": np.array([1, 1, 0, 0], bool)}
    )
    pairs = {(x, y): (j, k) for x, y, j, k in found.pairs}
    assert pairs["a", "b"] == (0.5, pytest.approx(0.5))
    assert pairs["a", "c"] == (1.0, pytest.approx(1.0))
    # agreement by place 1, 1/3, 1, 1; share of yes 5/12: (5/6 − 74/144)/(1 − 74/144)
    assert found.fleiss == pytest.approx((10 / 12 - 74 / 144) / (1 - 74 / 144))


def test_a_triangle_with_two_hangers_on_has_the_triangle_as_core_and_neighbours_make_groups() -> None:
    w = np.zeros((5, 5))
    for i, j in ((0, 1), (0, 2), (1, 2), (0, 3), (1, 4)):
        w[i, j] = w[j, i] = 1.0
    assert core_places(w)[0].tolist()[:2] == [True, True]
    assert not core_places(w)[0][3]
    ring = sp.csr_array(np.eye(5, k=1) + np.eye(5, k=-1))
    assert contiguous_groups(np.array([True, True, False, True, True]), ring).tolist() == [0, 0, -1, 1, 1]
