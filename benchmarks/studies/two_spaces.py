"""How often the quadrants are right, and how often a popular industry is called concentrated where nothing is.

The first table of docs/two-spaces.md. ``python benchmarks/studies/two_spaces.py`` takes about three quarters of an hour
of one core with 200 draws, ``--quick`` two minutes with 10. Draws are seeded; figures vary with their number only.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import polars as pl
from scipy.stats import binom

from jiqun.cluster import Cluster
from jiqun.measure.two_spaces import quadrants

SIMULATIONS = 199

KINDS = ("concentrated-concentrated", "concentrated-dispersed", "dispersed-concentrated", "dispersed-dispersed")


def world(draw: tuple[int, ...], firms: int, *, structure: bool = True, tail: float = 1.5, each: int = 40) -> Cluster:
    """Sixteen industries, three of them with structure; the fourth has none and is six times as popular.

    ``tail`` is the exponent of the Pareto distribution of popularity: without a mean at 1, without a variance below 2.
    ``each`` are the purchases for each firm.
    """
    rng = np.random.default_rng(draw)
    kinds, places, groups = 16, 20, 10
    industry = np.arange(firms) % kinds
    place = rng.choice(places, firms, p=rng.dirichlet(np.full(places, 3.0)))
    group = rng.integers(groups, size=firms)
    if structure:
        near, same = rng.choice(places, 2, replace=False), rng.integers(groups, size=2)
        for kind, at in zip((0, 1), near, strict=True):
            place[(industry == kind) & (rng.random(firms) < 0.6)] = at
        for kind, at in zip((0, 2), same, strict=True):
            group[(industry == kind) & (rng.random(firms) < 0.9)] = at
    buyers, many = 3 * firms, each * firms
    popular = (rng.pareto(tail, firms) + 1) * np.where(industry == 3, 6, 1)
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


FIRMS = (320, 640, 1280, 2560)
TAILS = (1.5, 1.1)


def classified(draws: int, sizes: tuple[int, ...], each: int) -> None:
    """Print how often each kind of industry is put into its quadrant."""
    print(f"\nShare of {draws} draws in the right quadrant\n")
    print("| firms | both | ground only | platform only | neither, popular |\n|---|---|---|---|---|")
    for firms in sizes:
        right = np.zeros(4)
        for draw in range(draws):
            found = quadrants(
                world((1, firms, draw), firms, each=each), n=SIMULATIONS, compare=False, replicates=0, rng=draw
            )
            right += [found["quadrant"][k] == kind for k, kind in enumerate(KINDS)]
        print(f"| {firms:,} | {' | '.join(f'{x:.3f}' for x in right / draws)} |", flush=True)


def false_alarms(draws: int, sizes: tuple[int, ...]) -> None:
    """Print how often industries are rejected where nothing is concentrated."""
    low, high = binom.ppf([0.025, 0.975], draws, 0.05) / draws
    print(
        f"\nShare of {draws} draws rejected (binomial 95 % interval of a true size of 5 %: {low:.3f}–{high:.3f}): the "
    )
    print("popular industry on the ground and on the platform, and the fifteen others on the platform\n")
    print("| firms | tail | popular, ground | popular, platform | others, platform |\n|---|---|---|---|---|")
    for firms in sizes:
        for tail in TAILS:
            seed, alarms = round(10 * tail), np.zeros(3)
            for draw in range(draws):
                empty = world((2, firms, seed, draw), firms, structure=False, tail=tail)
                found = quadrants(empty, n=SIMULATIONS, compare=False, replicates=0, rng=draw)
                ground, platform = (found[f"{space}_p"].to_numpy() <= 0.05 for space in ("physical", "digital"))
                alarms += [ground[3], platform[3], np.delete(platform, 3).mean()]
            print(f"| {firms:,} | {tail} | {' | '.join(f'{x:.3f}' for x in alarms / draws)} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--quick", action="store_true", help="ten draws, two minutes")
    parser.add_argument("--firms", type=int, nargs="*", default=FIRMS)
    parser.add_argument("--purchases", type=int, default=40, help="purchases for each firm, in the table of quadrants")
    parser.add_argument("--only", choices=("quadrants", "alarms"))
    chosen = parser.parse_args()
    many, started = 10 if chosen.quick else chosen.draws, time.process_time()
    if chosen.only != "alarms":
        classified(many, tuple(chosen.firms), chosen.purchases)
    if chosen.only != "quadrants":
        false_alarms(many, tuple(chosen.firms))
    print(f"\n{time.process_time() - started:.0f} seconds of the processor")
