"""The whole evaluation of 300 places over 25 years: every step, 1,000 draws of ranks, 999 permutations.

Run: ``python benchmarks/evaluation.py [runs]``. The panel is generated with the columns of the shipped system
``china-cities``. Times are medians of seconds by the clock and of the processor; the first run, which compiles the
kernels where they are not cached, is told by itself.
"""

from __future__ import annotations

import sys
import time
from statistics import median

import numpy as np
import polars as pl

from jiqun.measure.evaluation import evaluate, load_system

PLACES, PERIODS = 300, 25


def panel() -> pl.DataFrame:
    """Make a panel in which places differ, grow and meet shocks."""
    rng = np.random.default_rng(0)
    level = rng.normal(size=PLACES)
    frames = []
    for k, name in enumerate(load_system("china-cities").columns):
        drift = 0.03 * (k % 3) * np.arange(PERIODS)[:, None]
        noise = 0.1 * rng.normal(size=(PERIODS, PLACES)).cumsum(axis=0)
        values = np.exp(level + drift + noise + 0.5 * rng.normal(size=PLACES))
        frames.append(
            pl.DataFrame(
                {
                    "place_id": [f"p{i:03}" for i in range(PLACES)] * PERIODS,
                    "period": np.repeat(np.arange(2000, 2000 + PERIODS), PLACES).astype(str).tolist(),
                    "indicator": name,
                    "value": values.ravel(),
                }
            )
        )
    return pl.concat(frames)


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    rng = np.random.default_rng(1)
    places = pl.DataFrame(
        {
            "place_id": [f"p{i:03}" for i in range(PLACES)],
            "parent": [f"r{i % 4}" for i in range(PLACES)],
            "lon": rng.uniform(80, 130, PLACES),
            "lat": rng.uniform(20, 50, PLACES),
        }
    )
    data, wall, cpu = panel(), [], []
    for _ in range(runs + 1):
        clock, processor = time.perf_counter(), time.process_time()
        found = evaluate(data, "china-cities", places=places)
        wall.append(time.perf_counter() - clock)
        cpu.append(time.process_time() - processor)
    left_out = [f.advice.en for f in found.findings if f.rule == "not_computable"]
    print(f"{PLACES} places × {PERIODS} periods, {len(found.tables)} tables, steps left out: {left_out or 'none'}")
    later = f"then {median(wall[1:]):.1f} s by the clock, {median(cpu[1:]):.1f} s of the processor"
    print(f"first run {wall[0]:.1f} s; {later}")


if __name__ == "__main__":
    main()
