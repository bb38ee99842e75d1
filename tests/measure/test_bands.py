"""Bands under a null: those of package dbmss from the same simulations, and what a band must do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom

from jiqun.measure.bands import global_band, local_band, p_global, p_pointwise

METHODS = ("calibrated", "levels", "strip")


@pytest.fixture(scope="module")
def simulations(reference: Path) -> np.ndarray:
    return pl.read_csv(reference / "kd_A_simfuns400.csv").drop("r").to_numpy().T


@pytest.fixture(scope="module")
def theirs(reference: Path) -> pl.DataFrame:
    return pl.read_csv(reference / "kd_A_envelope.csv")


def walks(simulations: int, seed: int, distances: int = 40) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(simulations, distances)).cumsum(axis=1)


def leave(curves: np.ndarray, band: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    return ((curves < band[0] - 1e-12) | (curves > band[1] + 1e-12)).any(axis=1)


def test_the_local_band_of_the_same_simulations_is_that_of_dbmss(simulations: np.ndarray, theirs: pl.DataFrame) -> None:
    low, high = local_band(simulations, 0.95)
    assert low == pytest.approx(theirs["lo_local"].to_numpy(), abs=1e-12)
    assert high == pytest.approx(theirs["hi_local"].to_numpy(), abs=1e-12)


def test_the_stripped_band_of_the_same_simulations_is_that_of_dbmss(
    simulations: np.ndarray, theirs: pl.DataFrame
) -> None:
    low, high = global_band(simulations, 0.95, method="strip")
    assert low == pytest.approx(theirs["lo_global"].to_numpy(), abs=1e-12)
    assert high == pytest.approx(theirs["hi_global"].to_numpy(), abs=1e-12)


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
def test_the_share_of_simulations_that_leaves_their_global_band_is_what_it_says(level: float) -> None:
    curves = walks(1000, 3)
    left = leave(curves, global_band(curves, level, method="levels")).mean()
    assert 1.0 - level - 0.011 <= left <= 1.0 - level + 1e-9


def test_new_curves_leave_the_global_band_as_often_as_it_says() -> None:
    left = [leave(walks(1000, 100 + k), global_band(walks(999, k), 0.95)).mean() for k in range(20)]
    # each share varies by the band (Beta, 50 of 1000) and by the curves (binomial, 50 of 1000)
    assert abs(np.mean(left) - 0.05) < 4 * np.sqrt(0.05 * 0.95 * 2 / 1000 / 20)


@pytest.mark.parametrize("method", METHODS)
def test_the_global_band_holds_the_local_one(method: str) -> None:
    curves = walks(999, 7)
    low, high = local_band(curves, 0.95)
    wider_low, wider_high = global_band(curves, 0.95, method=method)  # type: ignore[arg-type]
    assert (wider_low <= low).all()
    assert (wider_high >= high).all()


@pytest.mark.parametrize("method", METHODS)
def test_bands_move_and_stretch_with_the_curves(method: str) -> None:
    curves = walks(200, 8)
    low, high = global_band(curves, 0.9, method=method)  # type: ignore[arg-type]
    moved_low, moved_high = global_band(curves * 3.0 + 7.0, 0.9, method=method)  # type: ignore[arg-type]
    assert moved_low == pytest.approx(low * 3.0 + 7.0)
    assert moved_high == pytest.approx(high * 3.0 + 7.0)


def test_the_band_and_the_probability_reject_alike() -> None:
    null = walks(1499, 9)
    band = global_band(null, 0.95)
    curves = walks(120, 10) * 1.3
    left = leave(curves, band)
    p = np.array([p_global(curve, null) for curve in curves])
    assert (p[left] < 0.06).all()
    assert (p[~left] > 0.04).all()
    assert 0.05 < left.mean() < 0.5


def test_global_probabilities_are_uniform_under_the_null() -> None:
    p = np.array([p_global(c[0], c[1:]) for c in (walks(200, seed, 15) for seed in range(300))])
    for level in (0.05, 0.1, 0.5):
        low, high = binom.interval(0.999, 300, level)
        assert low <= (p <= level + 1e-12).sum() <= high


def test_pointwise_probability_counts_the_nearer_tail_twice() -> None:
    null = np.arange(1.0, 100.0)[:, None]
    assert p_pointwise(np.array([0.0]), null) == pytest.approx([0.02])
    assert p_pointwise(np.array([50.0]), null) == pytest.approx([1.0])
    assert p_pointwise(np.array([98.5]), null) == pytest.approx([0.04])


@pytest.mark.parametrize("method", METHODS)
def test_a_distance_at_which_nothing_is_defined_stays_so(method: str) -> None:
    curves = walks(99, 11, 5)
    curves[:, 2] = np.nan
    whole = np.delete(curves, 2, axis=1)
    for band, expected in (
        (global_band(curves, 0.9, method=method), global_band(whole, 0.9, method=method)),  # type: ignore[arg-type]
        (local_band(curves, 0.9), local_band(whole, 0.9)),
    ):
        for side, wanted in zip(band, expected, strict=True):
            assert np.isnan(side[2])
            assert np.delete(side, 2) == pytest.approx(wanted)
    assert np.isnan(p_pointwise(np.zeros(5), curves)[2])
    assert p_global(np.array([0.0, 0.0, np.nan, 0.0, 0.0]), curves) > 0.1


def test_equal_curves_are_one_band_and_none_is_extreme() -> None:
    flat = np.ones((50, 4))
    for method in METHODS:
        low, high = global_band(flat, 0.95, method=method)  # type: ignore[arg-type]
        assert (low == 1.0).all()
        assert (high == 1.0).all()
    assert p_global(np.ones(4), flat) == 1.0
