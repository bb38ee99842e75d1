"""Digital space at the size of a platform: communities and coordinates, time and memory.

``python benchmarks/digital.py [actors] [interactions]``; the default is a tenth of the issue's 1 M actors and 20 M
interactions, which ``python benchmarks/digital.py 1000000 20000000`` runs.
"""

from __future__ import annotations

import os
import resource
import sys
import time

import numpy as np
import polars as pl

from jiqun.cluster import Cluster, Words
from jiqun.measure import measure
from jiqun.space.communities import adjusted_rand
from jiqun.space.links import links
from jiqun.space.placed import digital_space

GROUPS = 50


def trade(actors: int, interactions: int) -> tuple[Cluster, pl.DataFrame]:
    """Two fifths sellers, the others buyers, heavy tails; four in ten purchases stay in the buyer's community."""
    rng = np.random.default_rng(0)
    sellers, buyers = int(0.4 * actors), int(0.6 * actors)
    popular, active = rng.lognormal(0, 1.2, sellers), rng.lognormal(0, 1.0, buyers)
    of, group = rng.integers(GROUPS, size=buyers), rng.integers(GROUPS, size=sellers)
    buyer = rng.choice(buyers, interactions, p=active / active.sum()).astype(np.int32)
    seller = rng.choice(sellers, interactions, p=popular / popular.sum()).astype(np.int32)
    own = rng.random(interactions) < 0.4
    for g in range(GROUPS):
        here, there = np.flatnonzero(own & (of[buyer] == g)), np.flatnonzero(group == g)
        upto = np.cumsum(popular[there])
        seller[here] = there[np.minimum(np.searchsorted(upto, rng.random(len(here)) * upto[-1]), len(there) - 1)]
    names = pl.format("f{}", pl.int_range(sellers)), pl.format("b{}", pl.int_range(buyers))
    seller_names, buyer_names = pl.select(names[0]).to_series(), pl.select(names[1]).to_series()
    sales = pl.DataFrame(
        {"source": buyer_names.gather(pl.Series(buyer)), "target": seller_names.gather(pl.Series(seller))}
    )
    firms = pl.DataFrame(
        {"actor_id": seller_names, "industry_id": [f"i{k:02d}" for k in rng.integers(0, 40, sellers)], "group": group}
    )
    return Cluster.from_tables(actors=firms.drop("group"), interactions=sales), firms


def memory() -> float:
    """Largest resident memory so far, GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def timed(what: str, started: tuple[float, float]) -> tuple[float, float]:
    now = time.perf_counter(), time.process_time()
    wall, busy = (a - b for a, b in zip(now, started, strict=True))
    print(f"{what:<36} {wall:8.1f} s   {busy:8.1f} CPU s   largest memory {memory():5.2f} GiB", flush=True)
    return now


def told(step: Words, done: float, total: float | None) -> None:
    """Show progress on the error stream."""
    print(f"\r{step.en} {done:g}{f' of {total:g}' if total else ''}   ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    actors, interactions = (int(a) for a in (sys.argv[1:] or ("100000", "2000000")))
    at = time.perf_counter(), time.process_time()
    cluster, firms = trade(actors, interactions)
    at = first = timed("generated (not counted)", at)
    made = links(cluster)
    at = timed(f"links, {made.matrix.nnz:,} pairs", at)
    space = digital_space(cluster, progress=told)
    print(file=sys.stderr)
    at = timed(f"communities ({space.communities.seeds} seeds), coordinates", at)
    known = firms.join(space.table(), on="actor_id", maintain_order="left").drop_nulls("community")
    codes = known["community"].cast(pl.Categorical).to_physical().to_numpy()
    rand = adjusted_rand(known["group"].to_numpy(), codes)
    found, spectrum = space.communities, space.spectral
    assert spectrum is not None
    print(
        f"{found.count} communities, stability {found.stability:.3f}, adjusted Rand with the planted {rand:.3f}; ",
        end="",
    )
    print(f"coordinates: residual {spectrum.residual:.1e} after {spectrum.iterations} products")
    at = time.perf_counter(), time.process_time()
    measure(cluster, "shared_counterparts", space="digital", replicates=19, simulations=19, compare=False)
    timed("shared counterparts, 38 draws", at)
    timed("all together", first)
    print(f"load average {os.getloadavg()[0]:.1f} at the end")
