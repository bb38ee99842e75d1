"""Platform indices at the size of a platform: time and memory, from a Parquet file.

``python benchmarks/platform_indices.py [actors] [interactions] [replicates]``; the default is a tenth of 1 M actors and
20 M interactions, which ``python benchmarks/platform_indices.py 1000000 20000000 99`` runs.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from jiqun.cluster import Cluster, Words
from jiqun.measure.platform import platform_indices


def write(path: str, actors: int, interactions: int) -> None:
    """Two fifths suppliers, the others buyers, heavy tails, two years, a view for each two orders."""
    rng = np.random.default_rng(0)
    suppliers, buyers = int(0.4 * actors), int(0.6 * actors)
    popular, active = rng.lognormal(0, 1.2, suppliers), rng.lognormal(0, 1.0, buyers)
    when = np.sort(rng.integers(0, 730 * 86_400, interactions))
    frame = pl.DataFrame(
        {
            "source": rng.choice(buyers, interactions, p=active / active.sum()).astype(np.int32),
            "target": rng.choice(suppliers, interactions, p=popular / popular.sum()).astype(np.int32),
            "time": pl.Series(when * 1_000_000).cast(pl.Duration("us")) + datetime(2020, 1, 1),
            "kind": rng.choice(["order", "order", "view"], interactions),
            "amount": rng.lognormal(3, 1, interactions).round(2),
        }
    )
    named = frame.with_columns(source=pl.format("b{}", "source"), target=pl.format("s{}", "target"))
    named.write_parquet(path, compression="zstd")


def memory() -> float:
    """Largest resident memory of this process so far, GiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def told(step: Words, done: float, total: float | None) -> None:
    """Show progress on the error stream."""
    print(f"\r{step.en} {done:g}{f' of {total:g}' if total else ''}   ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    actors, interactions, replicates = (int(a) for a in (sys.argv[1:] or ("100000", "2000000", "99")))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "interactions.parquet")
        # in a process of its own, so that its memory is not counted
        worker = multiprocessing.get_context("spawn").Process(target=write, args=(path, actors, interactions))
        worker.start()
        worker.join()
        warm = Cluster.from_tables(interactions=pl.scan_parquet(path).head(1000))
        platform_indices(warm, by=("side", "period"), replicates=2)
        for by, draws in ((("side",), 0), (("side", "period"), 0), (("side", "period"), replicates)):
            cluster = Cluster.from_tables(interactions=pl.scan_parquet(path))
            at = time.perf_counter(), time.process_time()
            made = platform_indices(cluster, by=by, grain="month", replicates=draws, progress=told)
            wall, busy = time.perf_counter() - at[0], time.process_time() - at[1]
            print(file=sys.stderr)
            what = f"by {', '.join(by)}; {draws} replicates; {made.indices.height} values"
            print(f"{what:<52} {wall:7.1f} s  {busy:7.1f} CPU s  largest memory {memory():5.2f} GiB", flush=True)
