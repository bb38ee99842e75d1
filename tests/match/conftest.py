"""A small market with a known truth: what was concluded follows known tastes."""

from __future__ import annotations

import numpy as np
import pytest

from jiqun.cluster import Words
from jiqun.match.book import Book, Documents, Trait
from jiqun.match.objects import Deals

TRAITS = (
    Trait("category", "category", Words("category", "类别"), ("c0", "c1", "c2", "c3")),
    Trait("place", "place", Words("place", "地点"), ("p0", "p1", "p2")),
)


def make_deals(rng: np.random.Generator, needs: int = 1_500) -> dict[str, np.ndarray]:
    """Suppliers specialise by category and place; seekers go back to partners a third of the time."""
    suppliers, seekers = 60, 200
    own = np.stack([rng.integers(0, 4, suppliers), rng.integers(0, 3, suppliers)], axis=1)
    size = rng.lognormal(0.0, 1.0, suppliers)
    home = rng.integers(0, 3, seekers)
    rows = []
    met: dict[int, list[int]] = {}
    for need in range(needs):
        seeker = int(rng.integers(seekers))
        category = int(rng.integers(4))
        utility = (
            np.log(size)
            + 2.0 * (own[:, 0] == category)
            + 1.5 * (own[:, 1] == home[seeker])
            + rng.gumbel(size=suppliers)
        )
        known = met.setdefault(seeker, [])
        chosen = int(rng.choice(known)) if known and rng.random() < 0.33 else int(utility.argmax())
        known.append(chosen)
        rows.append((need * 0.6, need, seeker, chosen, category, home[seeker]))
    table = np.array(rows)
    return {
        "day": 10_000.0 + table[:, 0],
        "need": table[:, 1].astype(np.int64),
        "seeker": table[:, 2].astype(np.int64),
        "supplier": table[:, 3].astype(np.int64),
        "traits": table[:, 4:].astype(np.int64),
    }


def deals_of(columns: dict[str, np.ndarray]) -> Deals:
    return Deals.of(**columns, suppliers=60, seekers=200, levels=(4, 3))


def book_of(columns: dict[str, np.ndarray]) -> Book:
    return Book(TRAITS, deals_of(columns), Documents.of(np.empty(0, dtype=np.int64), []))


@pytest.fixture(scope="session")
def columns() -> dict[str, np.ndarray]:
    return make_deals(np.random.default_rng(7))


@pytest.fixture(scope="session")
def book(columns: dict[str, np.ndarray]) -> Book:
    return book_of(columns)
