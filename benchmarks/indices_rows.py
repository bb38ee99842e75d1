"""Ellison–Glaeser and location quotient of ten million plants: here, and by hand in pandas.

Run: ``python benchmarks/indices_rows.py [rows]``. Both read the same Parquet file in the same run; times are
medians of three, values are compared. Peak memory is of the whole process after each.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import polars as pl

import jiqun
from jiqun.cluster import About
from jiqun.engine import writing


def make(folder: Path, rows: int) -> None:
    rng = np.random.default_rng(1)
    frame = pl.DataFrame(
        {
            "actor_id": np.arange(rows).astype(str),
            "place_id": np.char.add("p", rng.zipf(1.3, rows).clip(max=900).astype(str)),
            "industry_id": np.char.add("i", rng.zipf(1.2, rows).clip(max=400).astype(str)),
            "size": np.ceil(rng.lognormal(1.5, 1.2, rows)),
        }
    )
    with writing(folder) as writer:
        writer.part("actors", "bench" * 5, frame.write_parquet)
        writer.commit(About(id="bench"))


def by_hand(file: Path) -> pd.Series:
    """Ellison–Glaeser as a careful analyst writes it in pandas."""
    table = pd.read_parquet(file, columns=["place_id", "industry_id", "size"])
    x = table.groupby("place_id")["size"].sum() / table["size"].sum()
    total = table.groupby("industry_id")["size"].sum()
    h = (table["size"] ** 2).groupby(table["industry_id"]).sum() / total**2
    s = table.pivot_table(index="place_id", columns="industry_id", values="size", aggfunc="sum", fill_value=0) / total
    g = s.sub(x, axis=0).pow(2).sum()
    free = 1 - (x**2).sum()
    return ((g - free * h) / (free * (1 - h))).sort_index()


def timed(call: Callable[[], object]) -> tuple[float, object]:
    took, result = [], None
    for _ in range(3):
        start = time.perf_counter()
        result = call()
        took.append(time.perf_counter() - start)
    return median(took), result


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "bench"
        child = multiprocessing.get_context("spawn").Process(target=make, args=(folder, rows))
        child.start()
        child.join()
        cluster = jiqun.open(folder)
        base = peak()
        ours, found = timed(lambda: cluster.measure("ellison_glaeser", replicates=0))
        lq, _ = timed(lambda: cluster.measure("location_quotient", replicates=0))
        interval, _ = timed(lambda: cluster.measure("ellison_glaeser", replicates=199))
        after = peak()
        theirs, expected = timed(lambda: by_hand(next((folder / "data").glob("actors-*.parquet"))))
        gap = np.nanmax(np.abs(found["value"].to_numpy() - expected.to_numpy()))  # type: ignore[index,attr-defined]
        print(f"{rows:,} plants")
        print(f"ellison_glaeser              {ours:6.2f} s   {ours / theirs:5.2f} × pandas")
        print(f"ellison_glaeser, 199 draws   {interval:6.2f} s")
        print(f"location_quotient            {lq:6.2f} s")
        print(f"pandas by hand               {theirs:6.2f} s   largest difference {gap:.1e}")
        print(f"peak memory {base:.1f} GiB before, {after:.1f} after ours, {peak():.1f} after pandas")


if __name__ == "__main__":
    main()
