"""Bundles: exact equals trying everything, search stays within its bound, what is missing is named."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.cluster import JiqunError
from jiqun.match.bundle import Components, _worth, bundle


def _need(seed: int, components: int, suppliers: int, share: float = 0.6) -> Components:
    rng = np.random.default_rng(seed)
    component, supplier = np.nonzero(rng.uniform(size=(components, suppliers)) < share)
    at = rng.uniform(size=(suppliers, 2))
    far = np.linalg.norm(at[:, None] - at[None], axis=2)
    links = np.array([(k, k + 1) for k in range(components - 1)], dtype=np.int64).reshape(-1, 2)
    return Components(
        component, supplier, rng.uniform(0, 2, component.size), components, links, 2 * far, float(rng.uniform(0, 0.5))
    )


def _all(parts: Components) -> float:
    options = [[-1, *parts.supplier[parts.component == k].tolist()] for k in range(parts.components)]
    return max(_worth(parts, np.array(choice)) for choice in product(*options))


@given(st.integers(0, 100_000), st.integers(1, 4), st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_the_exact_bundle_is_the_best_of_all(seed: int, components: int, suppliers: int) -> None:
    parts = _need(seed, components, suppliers)
    done = bundle(parts, method="exact")
    best = _all(parts)
    assert done.exact
    assert done.value == pytest.approx(best, abs=1e-6)
    assert done.value == pytest.approx(_worth(parts, done.supplier))
    assert done.gap < 1e-6


@given(st.integers(0, 100_000), st.integers(2, 4), st.integers(2, 5))
@settings(max_examples=25, deadline=None)
def test_the_best_lies_between_what_search_finds_and_its_bound(seed: int, components: int, suppliers: int) -> None:
    parts = _need(seed, components, suppliers)
    done = bundle(parts, method="search")
    best = _all(parts)
    assert done.value - 1e-9 <= best <= done.bound + 1e-6
    assert not done.exact or done.gap < 1e-9


def test_search_is_near_the_best_on_larger_needs() -> None:
    misses = []
    for seed in range(5):
        parts = _need(seed, 6, 15)
        misses.append(1 - bundle(parts, method="search").value / bundle(parts, method="exact", seconds=30).value)
    assert np.mean(misses) < 0.05


def test_components_that_no_one_can_serve_are_named() -> None:
    parts = Components(
        np.array([0, 2]), np.array([0, 1]), np.array([1.0, 1.0]), 4, np.array([[0, 1], [1, 2]]), np.zeros((2, 2))
    )
    done = bundle(parts)
    assert done.missing.tolist() == [1, 3]
    assert done.supplier.tolist() == [0, -1, 1, -1]
    nothing = Components(np.array([], int), np.array([], int), np.array([]), 2, np.zeros((0, 2), int), np.zeros((0, 0)))
    assert bundle(nothing).missing.tolist() == [0, 1]


def test_a_component_that_costs_more_than_it_is_worth_is_left_out() -> None:
    parts = Components(
        np.array([0, 1]), np.array([0, 1]), np.array([5.0, 1.0]), 2, np.array([[0, 1]]), np.array([[0, 3.0], [3.0, 0]])
    )
    assert bundle(parts).supplier.tolist() == [0, -1]
    assert bundle(parts, method="search").supplier.tolist() == [0, -1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": np.array([np.inf, 1.0])}, "finite values"),
        ({"handover": np.full((2, 2), -1.0)}, "not negative"),
        ({"links": np.array([[0, 9]])}, "links between components that exist"),
        ({"supplier": np.array([0, 5])}, "codes within their numbers"),
    ],
)
def test_what_cannot_be_bundled_is_refused(change: dict[str, np.ndarray], message: str) -> None:
    plain = {
        "component": np.array([0, 1]),
        "supplier": np.array([0, 1]),
        "value": np.ones(2),
        "components": 2,
        "links": np.array([[0, 1]]),
        "handover": np.zeros((2, 2)),
    }
    with pytest.raises(JiqunError, match=message):
        bundle(Components(**plain | change))  # type: ignore[arg-type]
