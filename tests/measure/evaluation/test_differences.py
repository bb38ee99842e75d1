"""Dagum and Theil: the definition summed pair by pair, and decompositions that add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jiqun.cluster import JiqunError
from jiqun.measure.concentration.theil import relative_entropy
from jiqun.measure.evaluation.differences import dagum_gini, theil

panels = st.integers(2, 40).flatmap(
    lambda n: st.tuples(
        arrays(np.float64, n, elements=st.floats(0.0, 1e3).map(lambda v: round(v, 3))),
        arrays(np.int64, n, elements=st.integers(0, 4)),
    )
)


def _by_definition(y: np.ndarray, g: np.ndarray) -> tuple[float, float, float, float]:
    n, mean = len(y), y.mean()
    total = sum(abs(a - b) for a in y for b in y) / (2 * n**2 * mean)
    codes = np.unique(g)
    within = between = over = 0.0
    for j in codes:
        yj = y[g == j]
        for h in codes:
            yh = y[g == h]
            if yj.mean() + yh.mean() == 0:
                continue
            gap = np.abs(yj[:, None] - yh)
            gjh = gap.mean() / (yj.mean() + yh.mean())
            weight = len(yj) / n * len(yh) * yh.mean() / (n * mean)
            if j == h:
                within += gjh * weight
                continue
            rich, poor = (yj, yh) if yj.mean() >= yh.mean() else (yh, yj)
            ahead = np.maximum(rich[:, None] - poor, 0).mean()
            behind = np.maximum(poor[:, None] - rich, 0).mean()
            d = (ahead - behind) / (ahead + behind) if ahead + behind > 0 else 0.0
            between += gjh * weight * d
            over += gjh * weight * (1 - d)
    return total, within, between, over


@given(panels)
@settings(max_examples=120, deadline=None)
def test_dagum_is_the_sum_over_pairs_and_its_parts_add_up(panel: tuple[np.ndarray, np.ndarray]) -> None:
    y, g = panel
    found = dagum_gini(y, g)
    if y.sum() == 0:
        assert np.isnan(found.total)
        return
    parts = (found.total, found.within, found.between, found.transvariation)
    assert parts == pytest.approx(_by_definition(y, g), abs=1e-10)
    assert abs(sum(parts[1:]) - found.total) < 1e-12


def test_dagum_of_overlapping_groups_by_hand() -> None:
    # 1, 4 and 2, 3: Σ|y - y'| over ordered pairs = 2(3+1+2+2+1+1) = 20; G = 20/(2·16·2.5) = ¼
    d = dagum_gini(np.array([1.0, 4.0, 2.0, 3.0]), np.array([0, 0, 1, 1]))
    assert d.total == pytest.approx(0.25)
    # inner: 6/(2·4·2.5) = .3 and 2/20 = .1, each counting p·s = ¼
    assert d.inner == pytest.approx([0.3, 0.1])
    assert d.within == pytest.approx(0.1)
    # equal means: nothing between, all the rest is overlap
    assert (d.between, d.transvariation) == pytest.approx((0.0, 0.15))


def test_weights_count_like_repeated_places() -> None:
    y, g = np.array([1.0, 4.0, 2.0]), np.array([0, 0, 1])
    one = dagum_gini(y, g, np.array([2.0, 1.0, 3.0]))
    two = dagum_gini(np.repeat(y, [2, 1, 3]), np.repeat(g, [2, 1, 3]))
    assert (one.total, one.between, one.transvariation) == pytest.approx((two.total, two.between, two.transvariation))


@given(panels)
@settings(max_examples=80, deadline=None)
def test_theil_adds_up_and_is_never_negative(panel: tuple[np.ndarray, np.ndarray]) -> None:
    y, g = panel
    found = theil(y, g)
    if y.sum() == 0:
        assert np.isnan(found.total)
        return
    assert abs(found.within + found.between - found.total) < 1e-12 * max(1.0, found.total)
    ratio = y[y > 0] / y.mean()
    assert found.total == pytest.approx((ratio * np.log(ratio)).sum() / len(y), abs=1e-12)
    assert min(found.within, found.between) > -1e-12


def test_theil_of_places_is_the_relative_entropy_of_the_index_of_that_name() -> None:
    y = np.array([1.0, 4.0, 2.0, 0.0, 7.0])
    expected = relative_entropy((y / y.sum())[None], np.full(5, 0.2))
    assert theil(y, np.zeros(5, dtype=np.int64)).total == pytest.approx(float(np.ravel(expected)[0]), abs=1e-14)


def test_missing_places_are_left_out_and_negative_ones_refused() -> None:
    y, g = np.array([1.0, np.nan, 3.0]), np.array([0, 0, 1])
    assert dagum_gini(y, g).total == dagum_gini(y[[0, 2]], g[[0, 2]]).total
    with pytest.raises(JiqunError, match="1 are negative"):
        dagum_gini(np.array([1.0, -1.0]), np.array([0, 1]))
    with pytest.raises(JiqunError, match="1 are negative"):
        theil(np.array([1.0, -1.0]), np.array([0, 1]))


def test_one_place_has_no_gini() -> None:
    assert np.isnan(dagum_gini(np.array([1.0]), np.array([0])).total)
