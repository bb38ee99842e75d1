"""Size and power of the tests of digital concentration, and how often quadrants are right.

The tables of docs/two-spaces.md.

Run ``make study`` (tens of minutes), or ``python benchmarks/studies/two_spaces.py --draws 20`` for a look. Draws are
seeded; figures vary only with the number of draws.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import polars as pl
import scipy.sparse as sp
from scipy.stats import binom

from jiqun.cluster import Cluster
from jiqun.measure.elsewhere import swapped
from jiqun.measure.kernels.shared_pairs import squared_sums
from jiqun.measure.two_spaces import quadrants
from jiqun.space.expectation import probabilities
from jiqun.space.spectral import spectral
from jiqun.space.strata import activity_strata

SIMULATIONS = 199
INDUSTRIES = 10
STATISTICS = ("shared counterparts", "shared, no expectation", "8 spectral coordinates")


def purchases(draw: tuple[int, ...], many: int, preference: float) -> tuple[sp.csr_array, np.ndarray]:
    """1,000 sellers of ten industries, 4,000 buyers, heavy tails, industry 0 six times as popular.

    A share ``preference`` of the sales of industry 1 goes to a tenth of the buyers.
    """
    rng = np.random.default_rng(draw)
    sellers, buyers = 1000, 4000
    industry = rng.integers(INDUSTRIES, size=sellers)
    popular = (rng.pareto(1.3, sellers) + 1) * np.where(industry == 0, 6, 1)
    active = rng.pareto(1.5, buyers) + 1
    buyer = rng.choice(buyers, many, p=active / active.sum())
    seller = rng.choice(sellers, many, p=popular / popular.sum())
    few = np.flatnonzero(rng.random(buyers) < 0.1)
    drawn = np.flatnonzero((industry[seller] == 1) & (rng.random(many) < preference))
    buyer[drawn] = rng.choice(few, len(drawn), p=active[few] / active[few].sum())
    matrix = sp.csr_array((np.ones(many), (seller, buyer)), shape=(sellers, buyers))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    rows = np.flatnonzero(np.diff(matrix.indptr))
    columns = np.flatnonzero(np.bincount(matrix.indices, minlength=buyers))
    return sp.csr_array(matrix[rows][:, columns]), industry[rows]


def rejections(draw: tuple[int, ...], many: int, preference: float) -> np.ndarray:
    """Whether each statistic, with and without strata, rejects for industries 0 and 1: (statistics, 2, 2)."""
    matrix, industry = purchases(draw, many, preference)
    degree = np.diff(matrix.indptr).astype(np.int64)
    turned = sp.csc_array(matrix)
    starts, members = turned.indptr.astype(np.int64), turned.indices.astype(np.int64)
    model = probabilities(degree, np.diff(turned.indptr).astype(np.int64))
    ones, weight = np.ones(len(degree)), np.ones(len(members))
    at = np.nan_to_num(spectral(matrix, tolerance=1e-4).at)

    def values(label: np.ndarray) -> np.ndarray:
        own = np.bincount(label, degree, INDUSTRIES)
        shared = (squared_sums(starts, members, weight, label, ones, INDUSTRIES) - own) / 2
        size = np.bincount(label, minlength=INDUSTRIES)
        middle = np.stack([np.bincount(label, at[:, k], INDUSTRIES) for k in range(at.shape[1])])
        return np.array([shared / model.pairs(label, ones, INDUSTRIES), shared, (middle**2).sum(axis=0) / size])[:, :2]

    observed = values(industry)
    found = np.zeros((len(STATISTICS), 2, 2), dtype=bool)
    for column, strata in enumerate((activity_strata(degree), np.zeros(len(degree), dtype=np.int64))):
        rng = np.random.default_rng([*draw, column])
        drawn = np.array([values(swapped(industry, strata, rng)) for _ in range(SIMULATIONS)])
        above, below = (drawn >= observed).sum(axis=0), (drawn <= observed).sum(axis=0)
        p = 2 * (1 + np.minimum(above, below)) / (SIMULATIONS + 1)
        found[:, column] = p <= 0.05
    return found


def power(draws: int) -> None:
    """Print the table of size and power by sparsity and effect."""
    low, high = binom.ppf([0.025, 0.975], draws, 0.05) / draws
    print(f"\nShare of {draws} draws rejected at 5 % (binomial 95 % interval of a true size: {low:.3f}–{high:.3f})\n")
    print(
        "| purchases | preference | statistic | popular, strata | popular, plain | planted, strata | planted, plain |"
    )
    print("|---|---|---|---|---|---|---|")
    for many in (10_000, 30_000, 90_000):
        for preference in (0.0, 0.1, 0.2, 0.4):
            seed = (many, round(100 * preference))
            mean = np.mean([rejections((*seed, draw), many, preference) for draw in range(draws)], axis=0)
            for name, row in zip(STATISTICS, mean, strict=True):
                cells = " | ".join(f"{row[column, which]:.3f}" for which in (0, 1) for column in (0, 1))
                print(f"| {many:,} | {preference} | {name} | {cells} |", flush=True)


KINDS = ("concentrated-concentrated", "concentrated-dispersed", "dispersed-concentrated", "dispersed-dispersed")


def world(draw: tuple[int, ...], firms: int, *, structure: bool = True) -> Cluster:
    """Sixteen industries, three of them with structure; the fourth has none and is six times as popular."""
    rng = np.random.default_rng(draw)
    kinds, places, groups = 16, 20, 10
    industry = np.arange(firms) % kinds
    place = rng.choice(places, firms, p=(share := rng.dirichlet(np.full(places, 3.0))))
    group = rng.integers(groups, size=firms)
    if structure:
        near, same = rng.choice(places, 2, replace=False), rng.integers(groups, size=2)
        for kind, at in zip((0, 1), near, strict=True):
            place[(industry == kind) & (rng.random(firms) < 0.6)] = at
        for kind, at in zip((0, 2), same, strict=True):
            group[(industry == kind) & (rng.random(firms) < 0.9)] = at
    assert share.sum() > 0
    buyers, many = 3 * firms, 40 * firms
    popular = (rng.pareto(1.5, firms) + 1) * np.where(industry == 3, 6, 1)
    active = rng.pareto(1.5, buyers) + 1
    of = rng.integers(groups, size=buyers)
    buyer = rng.choice(buyers, many, p=active / active.sum())
    seller = rng.choice(firms, many, p=popular / popular.sum())
    own = rng.random(many) < 0.7
    for g in range(groups):
        here, there = np.flatnonzero(own & (of[buyer] == g)), np.flatnonzero(group == g)
        if len(there):
            seller[here] = rng.choice(there, len(here), p=popular[there] / popular[there].sum())
    actors = pl.DataFrame(
        {
            "actor_id": [f"f{i:05d}" for i in range(firms)],
            "kind": "firm",
            "industry_id": [f"i{k:02d}" for k in industry],
            "place_id": [f"p{p:02d}" for p in place],
        }
    )
    sales = pl.DataFrame({"source": buyer, "target": seller}).with_columns(
        pl.format("b{}", "source").alias("source"),
        pl.format("f{}", pl.col("target").cast(pl.String).str.zfill(5)).alias("target"),
    )
    return Cluster.from_tables(actors=actors, interactions=sales)


def classified(draws: int) -> None:
    """Print how often each kind of industry is put into its quadrant."""
    low, high = binom.ppf([0.025, 0.975], draws, 0.05) / draws
    print(f"\nShare of {draws} draws in the right quadrant, and false alarms of the popular industry where nothing is ")
    print(f"concentrated (binomial 95 % interval of a true size of 5 %: {low:.3f}–{high:.3f})\n")
    print("| firms | both | ground only | platform only | neither, popular | p ≤ 5 % on the ground | on the platform |")
    print("|---|---|---|---|---|---|---|")
    for firms in (320, 640, 1280, 2560):
        right, alarms = np.zeros(4), np.zeros(2)
        for draw in range(draws):
            found = quadrants(world((1, firms, draw), firms), n=SIMULATIONS, compare=False, replicates=0, rng=draw)
            right += [found["quadrant"][k] == kind for k, kind in enumerate(KINDS)]
            empty = quadrants(world((2, firms, draw), firms, structure=False), n=SIMULATIONS, compare=False, replicates=0, rng=draw)
            alarms += [empty[f"{space}_p"][3] <= 0.05 for space in ("physical", "digital")]
        cells = " | ".join(f"{x:.3f}" for x in [*right / draws, *alarms / draws])
        print(f"| {firms:,} | {cells} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--only", choices=("power", "quadrants"))
    chosen = parser.parse_args()
    started = time.perf_counter()
    if chosen.only != "power":
        classified(chosen.draws)
    if chosen.only != "quadrants":
        power(chosen.draws)
    print(f"\n{time.perf_counter() - started:.0f} s")
