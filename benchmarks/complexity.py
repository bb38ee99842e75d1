"""Complexity of 3,000 places and 1,000 industries: here, and in econcomplex and py-ecomplexity.

Run: ``python benchmarks/complexity.py [peer python] [runs] [peer runs]``. The peer python is that of an environment
with econcomplex and ecomplexity; without it only this package is measured. All read the same matrix in the same run;
times are medians of seconds of the processor (user and system) and by the clock, values are compared.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from jiqun.measure import (
    complexity_outlook,
    eci,
    fitness,
    moran,
    pci,
    proximity,
    relatedness_density,
    validated_relatedness,
)
from jiqun.measure.eigenvector import complexity
from jiqun.measure.presence import from_weights

PLACES, INDUSTRIES = 3000, 1000

PEER = """
import json, sys, time, numpy as np, pandas as pd
which, path, runs = sys.argv[1], sys.argv[2], int(sys.argv[3])
matrix = np.load(path)
names = [f"p{r:04d}" for r in range(matrix.shape[0])], [f"i{c:04d}" for c in range(matrix.shape[1])]
table = pd.DataFrame(matrix, *names)
if which == "econcomplex":
    import econcomplex
    def eci_pci():
        found = econcomplex.eci_pci(table)
        return (found["eci"] if isinstance(found, dict) else found[0])
    tasks = {
        "eci + pci": eci_pci,
        "proximity": lambda: econcomplex.proximity(table, compute="product"),
        "density": lambda: econcomplex.relatedness_density(table),
        "fitness": lambda: econcomplex.fitness_complexity(table),
    }
else:
    from ecomplexity import ecomplexity
    long = table.stack().reset_index()
    long.columns = ["loc", "prod", "val"]
    long["time"] = 2000
    columns = {"time": "time", "loc": "loc", "prod": "prod", "val": "val"}
    def whole():
        found = ecomplexity(long, columns)
        return found.groupby("loc")["eci"].first()
    tasks = {"everything": whole}
result = {}
for name, task in tasks.items():
    took = []
    for _ in range(runs):
        cpu, clock = time.process_time(), time.perf_counter()
        found = task()
        took.append([time.process_time() - cpu, time.perf_counter() - clock])
    result[name] = took
    if name in ("eci + pci", "everything"):
        result["values"] = np.asarray(found, dtype=float).ravel().tolist()
print(json.dumps(result))
"""


def make() -> np.ndarray:
    """Employment of places of unequal abilities in industries of unequal needs, heavy-tailed, seven in ten zero."""
    rng = np.random.default_rng(1)
    ability, need = rng.normal(size=(PLACES, 1)), rng.normal(size=(1, INDUSTRIES))
    there = rng.random((PLACES, INDUSTRIES)) < 1 / (1 + np.exp(-(1.5 * ability - 1.5 * need - 1.0)))
    weight = rng.lognormal(2.0, 1.5, (PLACES, INDUSTRIES)) * np.exp(0.5 * (ability - need))
    return np.where(there, np.ceil(weight), 0.0)


def both(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ECI and PCI of a matrix of weights, as the peers take it."""
    solved = complexity(from_weights(np.pad(matrix, ((0, 1), (0, 1))), 1.0))
    return solved.scaled("place", "place", 0), solved.scaled("industry", "industry", 0)


def timed(call: Callable[[], object], runs: int) -> tuple[float, float, object]:
    """Median seconds of the processor and by the clock; a first call, which compiles, is not counted."""
    result = call()
    took = []
    for _ in range(runs):
        cpu, clock = time.process_time(), time.perf_counter()
        result = call()
        took.append((time.process_time() - cpu, time.perf_counter() - clock))
    return median(t[0] for t in took), median(t[1] for t in took), result


def peer(python: str, which: str, matrix: Path, runs: int) -> dict[str, list[list[float]]]:
    """Run a peer in its own environment; what it gives, or nothing where it cannot."""
    done = subprocess.run(
        [python, "-W", "ignore", "-c", PEER, which, str(matrix), str(runs)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print(f"{which}: {done.stderr.strip().splitlines()[-1]}")
        return {}
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    """Print the table."""
    python = sys.argv[1] if len(sys.argv) > 1 else ""
    runs, peer_runs = (int(a) for a in (sys.argv[2:4] + ["5", "5"][len(sys.argv[2:4]) :]))
    matrix = make()
    rows, columns = np.nonzero(matrix)
    frame = pl.DataFrame(
        {
            "place_id": np.char.add("p", np.char.zfill(rows.astype(str), 4)),
            "industry_id": np.char.add("i", np.char.zfill(columns.astype(str), 4)),
            "size": matrix[rows, columns],
        }
    )
    share = matrix / matrix.sum(axis=1, keepdims=True) / matrix.sum(axis=0) * matrix.sum()
    present = share >= 1 - 1e-12
    where = pl.DataFrame({"place_id": frame["place_id"].unique().sort()}).with_columns(
        lon=pl.lit(np.random.default_rng(2).uniform(100, 120, PLACES)).explode(),
        lat=pl.lit(np.random.default_rng(3).uniform(22, 42, PLACES)).explode(),
    )
    some = [f"i{k:04d}" for k in range(20)]
    placed = frame.filter(pl.col("industry_id").is_in(some)).join(where, on="place_id")
    tasks: dict[str, Callable[[], object]] = {
        "eci, from the table": lambda: eci(frame, replicates=0),
        "pci, from the table": lambda: pci(frame, replicates=0),
        "eci + pci, from the matrix": lambda: both(matrix),
        "proximity": lambda: proximity(frame),
        "relatedness_density": lambda: relatedness_density(frame),
        "fitness, to 1e-9": lambda: fitness(frame),
        "complexity_outlook": lambda: complexity_outlook(frame),
        "validated_relatedness": lambda: validated_relatedness(frame),
        "moran of 20 industries, 999 draws": lambda: moran(placed),
    }
    print(
        f"{PLACES:,} places × {INDUSTRIES:,} industries, {present.sum():,} present; {runs} runs, load {os.getloadavg()}"
    )
    ours = {}
    for name, task in tasks.items():
        cpu, clock, ours[name] = timed(task, runs if "validated" not in name else 1)
        print(f"{name:36s} {cpu:8.2f} CPU s {clock:8.2f} s", flush=True)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")
    if not python:
        return
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "matrix.npy"
        np.save(file, matrix)
        for which in ("econcomplex", "py-ecomplexity"):
            found = peer(python, which, file, peer_runs)
            values = np.array(found.pop("values", []))
            for task_name, took in found.items():
                cpu, clock = (median(t[k] for t in took) for k in (0, 1))
                print(f"{which} {task_name:24s} {cpu:8.2f} CPU s {clock:8.2f} s   ({len(took)} runs)")
            if len(values):
                mine = ours["eci, from the table"]["value"].to_numpy()  # type: ignore[index]
                gap = min(abs(mine - values).max(), abs(mine + values).max())
                print(f"  largest difference of ECI, up to the sign: {gap:.1e}")


if __name__ == "__main__":
    main()
