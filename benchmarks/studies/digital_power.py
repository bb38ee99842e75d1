"""Power of the tests of digital concentration by effect and sparsity, and their size where popularity differs.

The second table of docs/two-spaces.md. ``python benchmarks/studies/digital_power.py`` takes about a quarter of an hour
of one core with 100 draws, ``--quick`` a minute or two with 10. Draws are seeded.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import scipy.sparse as sp
from scipy.stats import binom

from jiqun.measure.elsewhere import swapped
from jiqun.measure.kernels.shared_pairs import squared_sums
from jiqun.space.communities import communities_of
from jiqun.space.expectation import probabilities
from jiqun.space.spectral import spectral
from jiqun.space.strata import activity_strata, own_activity

SIMULATIONS = 199
INDUSTRIES = 10
STATISTICS = ("shared counterparts", "shared, no expectation", "8 spectral coordinates", "3 spectral coordinates")
PREFERENCES = {10_000: (0.0, 0.2, 0.4), 30_000: (0.0, 0.1, 0.2, 0.3, 0.4, 0.5), 90_000: (0.0, 0.1, 0.2)}


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


def rejections(draw: tuple[int, ...], many: int, preference: float, *, plain: bool) -> np.ndarray:
    """Whether each statistic rejects for industries 0 and 1, in strata and (plain) among all: (statistics, 2, 2)."""
    matrix, industry = purchases(draw, many, preference)
    degree = np.diff(matrix.indptr).astype(np.int64)
    turned = sp.csc_array(matrix)
    model = probabilities(degree, np.diff(turned.indptr).astype(np.int64))
    ones, weight = np.ones(len(degree)), np.ones(matrix.nnz)
    # three coordinates as curves use them: rows are brought to length one among these
    places = [np.nan_to_num(spectral(matrix, dimensions=d, tolerance=1e-4).at) for d in (8, 3)]

    def values(label: np.ndarray) -> np.ndarray:
        own = np.bincount(label, degree, INDUSTRIES)
        shared = (squared_sums(turned.indptr, turned.indices, weight, label, ones, INDUSTRIES) - own) / 2
        size = np.bincount(label, minlength=INDUSTRIES)
        near = [sum(np.bincount(label, at[:, k], INDUSTRIES) ** 2 for k in range(at.shape[1])) / size for at in places]
        return np.array([shared / model.pairs(label, ones, INDUSTRIES), shared, *near])[:, :2]

    observed = values(industry)
    found = np.zeros((len(STATISTICS), 2, 2), dtype=bool)
    strata = activity_strata(own_activity(degree, industry, communities_of(matrix, seeds=1).actor))
    for column, within in enumerate((strata, np.zeros_like(strata))[: 1 + plain]):
        rng = np.random.default_rng([*draw, column])
        drawn = np.array([values(swapped(industry, within, rng)) for _ in range(SIMULATIONS)])
        above, below = (drawn >= observed).sum(axis=0), (drawn <= observed).sum(axis=0)
        found[:, column] = 2 * (1 + np.minimum(above, below)) / (SIMULATIONS + 1) <= 0.05
    return found


def power(draws: int) -> None:
    """Print the table of size and power by sparsity and effect."""
    low, high = binom.ppf([0.025, 0.975], draws, 0.05) / draws
    print(f"\nShare of {draws} draws rejected at 5 % (binomial 95 % interval of a true size: {low:.3f}–{high:.3f})\n")
    print("| purchases | preference | statistic | popular, strata | popular, plain | planted, strata |")
    print("|---|---|---|---|---|---|")
    for many, preferences in PREFERENCES.items():
        for preference in preferences:
            seed, plain = (many, round(100 * preference)), preference == 0.0
            hits = [rejections((*seed, draw), many, preference, plain=plain) for draw in range(draws)]
            for name, row in zip(STATISTICS, np.mean(hits, axis=0), strict=True):
                among_all = f"{row[1, 0]:.2f}" if plain else ""
                print(
                    f"| {many:,} | {preference} | {name} | {row[0, 0]:.2f} | {among_all} | {row[0, 1]:.2f} |",
                    flush=True,
                )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=100)
    parser.add_argument("--quick", action="store_true", help="ten draws, a minute or two")
    chosen = parser.parse_args()
    started = time.process_time()
    power(10 if chosen.quick else chosen.draws)
    print(f"\n{time.process_time() - started:.0f} seconds of the processor")
