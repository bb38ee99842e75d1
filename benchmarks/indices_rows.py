"""All cell-based indices of ten million plants in one call: here, and by hand in pandas.

Run: ``python benchmarks/indices_rows.py [rows] [runs]``. 3,000 places × 400 industries, one Parquet file; twelve
indices, two of them of all 79,800 pairs of industries. Ours and pandas' read the same file, each in a process of
its own so that peak memory is its own; times are medians, values are compared. Pandas computes seven of the twelve.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

PLACES, INDUSTRIES = 3_000, 400
COMPARED = (
    "ellison_glaeser",
    "location_quotient",
    "hoover",
    "krugman",
    "herfindahl",
    "locational_gini",
    "coagglomeration",
)


def make(folder: Path, rows: int) -> None:
    """Places and industries of unequal size, and plants of lognormal size, most cells occupied."""
    from jiqun.cluster import About
    from jiqun.engine import writing

    rng = np.random.default_rng(1)
    place = rng.choice(PLACES, rows, p=shares(rng.lognormal(0.0, 1.0, PLACES)))
    industry = rng.choice(INDUSTRIES, rows, p=shares(rng.lognormal(0.0, 1.0, INDUSTRIES)))
    frame = pl.DataFrame(
        {
            "actor_id": np.arange(rows).astype(str),
            "place_id": np.char.add("p", place.astype(str)),
            "industry_id": np.char.add("i", industry.astype(str)),
            "size": np.ceil(rng.lognormal(1.5, 1.2, rows)),
        }
    )
    with writing(folder) as writer:
        writer.part("actors", "bench" * 5, frame.write_parquet)
        writer.commit(About(id="bench"))


def shares(weights: np.ndarray) -> np.ndarray:
    return weights / weights.sum()


def ours(folder: Path) -> dict[str, np.ndarray]:
    import jiqun
    from jiqun.measure import together

    return {name: frame["value"].to_numpy() for name, frame in together(jiqun.open(folder)).items()}


def with_intervals(folder: Path) -> dict[str, np.ndarray]:
    import jiqun

    found = jiqun.open(folder).measure("ellison_glaeser", replicates=199)
    return {"ellison_glaeser": found["value"].to_numpy()}


def by_hand(folder: Path) -> dict[str, np.ndarray]:
    """Seven of the indices as a careful analyst writes them in pandas, from one table of sums."""
    import pandas as pd

    file = next((folder / "data").glob("actors-*.parquet"))
    plants = pd.read_parquet(file, columns=["place_id", "industry_id", "size"])
    plants["square"] = plants["size"] ** 2
    sums = plants.groupby(["place_id", "industry_id"])[["size", "square"]].sum()
    table = sums["size"].unstack(fill_value=0.0)
    x = table.sum(axis=1) / table.to_numpy().sum()
    h = sums["square"].groupby("industry_id").sum() / table.sum() ** 2
    s = table / table.sum()
    free = 1 - (x**2).sum()
    away = s.sub(x, axis=0)
    g = (away**2).sum()
    pairs = (away.T.to_numpy() @ away.to_numpy() / free)[np.triu_indices(table.shape[1], 1)]
    of_place = table.div(table.sum(axis=1), axis=0)
    mix = table.sum() / table.to_numpy().sum()
    return {
        "ellison_glaeser": ((g - free * h) / (free * (1 - h))).to_numpy(),
        "location_quotient": of_place.div(mix).to_numpy().ravel(),
        "hoover": (away.abs().sum() / 2).to_numpy(),
        "krugman": of_place.sub(mix).abs().sum(axis=1).to_numpy(),
        "herfindahl": (s**2).sum().to_numpy(),
        "locational_gini": np.array([lorenz(s[name].to_numpy(), x.to_numpy()) for name in s]),
        "coagglomeration": pairs,
    }


def lorenz(s: np.ndarray, x: np.ndarray) -> float:
    order = np.argsort(s / x)
    rising = np.cumsum(s[order])
    return float(1 - (x[order] * (rising + np.append(0.0, rising[:-1]))).sum())


def child(what: Callable[[Path], dict[str, np.ndarray]], folder: Path, runs: int, out: Connection) -> None:
    took, cpu, found = [], [], {}
    for _ in range(runs):
        start, used = time.perf_counter(), time.process_time()
        found = what(folder)
        took.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    out.send((median(took), median(cpu), peak, found))


def alone(what: Callable[[Path], dict[str, np.ndarray]], folder: Path, runs: int) -> tuple[float, float, float, dict]:
    """Run in a fresh process: median seconds, of the processor, peak GiB, values."""
    receive, send = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=child, args=(what, folder, runs, send))
    process.start()
    result: tuple[float, float, float, dict] = receive.recv()
    process.join()
    return result


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "bench"
        maker = multiprocessing.get_context("spawn").Process(target=make, args=(folder, rows))
        maker.start()
        maker.join()
        one = alone(ours, folder, runs)
        theirs = alone(by_hand, folder, runs)
        drawn = alone(with_intervals, folder, 1)
        print(f"{rows:,} plants, {PLACES:,} places, {INDUSTRIES} industries; medians of {runs} runs")
        print(f"{'':42}{'s':>8}{'CPU s':>8}{'GiB':>6}")
        shown = (
            (f"together: {len(one[3])} indices", one),
            (f"pandas by hand: {len(COMPARED)} indices", theirs),
            ("ellison_glaeser, 199 replicates, one run", drawn),
        )
        for label, (seconds, cpu, peak, _) in shown:
            print(f"{label:42}{seconds:8.2f}{cpu:8.2f}{peak:6.2f}")
        for index in COMPARED:
            gap = np.nanmax(np.abs(one[3][index] - theirs[3][index]))
            print(f"largest difference of {index}: {gap:.1e}")


if __name__ == "__main__":
    main()
