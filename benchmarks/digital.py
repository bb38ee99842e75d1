"""Digital space at the size of a platform: links, communities, coordinates and platform indices, time and memory.

``python benchmarks/digital.py [actors] [interactions] [folder]``; the default is a tenth of the issue's 1 M actors and
20 M interactions, which ``python benchmarks/digital.py 1000000 20000000`` runs. A folder keeps the world for next time.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from jiqun.cluster import Cluster, Words
from jiqun.measure import measure
from jiqun.measure.platform import platform_indices
from jiqun.space.communities import adjusted_rand
from jiqun.space.links import links
from jiqun.space.placed import digital_space

GROUPS = 50


def trade(folder: str, actors: int, interactions: int) -> None:
    """Write two years of purchases and, one in three, views.

    Two fifths sellers, the others buyers, heavy tails; four in ten purchases stay in the buyer's community.
    """
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
        {
            "source": buyer_names.gather(pl.Series(buyer)),
            "target": seller_names.gather(pl.Series(seller)),
            "time": pl.Series(rng.integers(0, 730 * 86_400, interactions) * 1_000_000).cast(pl.Duration("us"))
            + datetime(2020, 1, 1),
            "kind": pl.Series(np.array(["order", "order", "view"])[rng.integers(3, size=interactions)]),
            "amount": rng.lognormal(3, 1, interactions).round(2),
        }
    )
    firms = pl.DataFrame(
        {"actor_id": seller_names, "industry_id": [f"i{k:02d}" for k in rng.integers(0, 40, sellers)], "group": group}
    )
    firms.write_parquet(Path(folder) / "firms.parquet")
    sales.write_parquet(Path(folder) / "sales.parquet")


def opened(folder: str, actors: int, interactions: int) -> tuple[Cluster, pl.DataFrame]:
    """Give the world, made in a process of its own, so that neither its time nor its memory is counted."""
    if not (Path(folder) / "sales.parquet").exists():
        worker = multiprocessing.get_context("spawn").Process(target=trade, args=(folder, actors, interactions))
        worker.start()
        worker.join()
    firms = pl.read_parquet(Path(folder) / "firms.parquet")
    sales = pl.scan_parquet(Path(folder) / "sales.parquet")
    return Cluster.from_tables(actors=firms.drop("group"), interactions=sales), firms


def memory() -> float:
    """Largest resident memory so far, GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def timed(what: str, started: tuple[float, float]) -> tuple[float, float]:
    now = time.perf_counter(), time.process_time()
    wall, busy = (a - b for a, b in zip(now, started, strict=True))
    print(f"{what:<42} {wall:8.1f} s   {busy:8.1f} CPU s   largest memory {memory():5.2f} GiB", flush=True)
    return now


def told(step: Words, done: float, total: float | None) -> None:
    """Show progress on the error stream, with the seconds of the processor so far."""
    step_of = f"{done:g}{f' of {total:g}' if total else ''}"
    print(f"  {step.en} {step_of}: {time.process_time():.1f} CPU s", file=sys.stderr, flush=True)


def main(folder: str, actors: int, interactions: int) -> None:
    """Run each part and print what it took."""
    cluster, firms = opened(folder, actors, interactions)
    print(f"load average {os.getloadavg()[0]:.1f} at the start", flush=True)
    at = first = time.perf_counter(), time.process_time()
    made = links(cluster)
    at = timed(f"links, {made.matrix.nnz:,} pairs", at)
    indices = platform_indices(cluster, by=("side",), grain="month", replicates=0, progress=told)
    at = timed(f"platform indices, {indices.indices.height} values", at)
    space = digital_space(cluster, progress=told)
    timed(f"communities ({space.communities.seeds} seeds), coordinates", at)
    timed("all together", first)
    known = firms.join(space.table(), on="actor_id", maintain_order="left").drop_nulls("community")
    codes = known["community"].cast(pl.Categorical).to_physical().to_numpy()
    rand = adjusted_rand(known["group"].to_numpy(), codes)
    found, spectrum = space.communities, space.spectral
    assert spectrum is not None
    print(f"{found.count} communities, stability {found.stability:.3f}, adjusted Rand with the planted {rand:.3f}")
    print(f"coordinates: residual {spectrum.residual:.1e} after {spectrum.iterations} products")
    at = time.perf_counter(), time.process_time()
    if interactions <= 4_000_000:
        measure(cluster, "shared_counterparts", space="digital", replicates=19, simulations=19, compare=False)
        timed("shared counterparts, 38 draws (apart)", at)
    print(f"load average {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    asked = (int(a) for a in (sys.argv[1:3] or ("100000", "2000000")))
    with tempfile.TemporaryDirectory() as place:
        main(sys.argv[3] if len(sys.argv) > 3 else place, *asked)
