"""CPU seconds of Marcon–Puech M, beside those of package dbmss.

Run: ``python benchmarks/marcon_puech.py [points …]``; 5,000,000 is the largest case and takes some minutes. R is not
needed: the figures of dbmss 2.11-0 are those measured once on another busy two-core machine (user + system), and
ratios to them are therefore rough. Ours are medians of five runs (one for a million points and more), after one call
that compiles, from a table of points to a table of results, all threads together.
"""

from __future__ import annotations

import resource
import sys
import time
from statistics import median

import numpy as np
import polars as pl

from jiqun.measure import marcon_puech_m

DBMSS = {1_000: 0.02, 5_000: 0.09, 10_000: 0.28, 20_000: 1.2, 100_000: 9.8}


def case(points: int) -> tuple[pl.DataFrame, list[float]]:
    """A quarter of the points and 91 radii up to 180 of 1000; from 100,000 on 5 % and 19 up to half the square."""
    rng = np.random.default_rng(points)
    few = points >= 100_000
    share, side = (0.05, 1.0) if few else (0.25, 1000.0)
    frame = pl.DataFrame(
        {
            "industry_id": np.where(rng.random(points) < share, "case", "other"),
            "x": rng.random(points) * side,
            "y": rng.random(points) * side,
            "size": np.ceil(rng.gamma(0.95, 10.0, points)),
        }
    )
    return frame, (np.linspace(0.0, 0.5, 20)[1:] if few else np.linspace(0.0, 180.0, 91)).tolist()


def cpu() -> float:
    return time.process_time()


def main() -> None:
    sizes = [int(a) for a in sys.argv[1:]] or [1_000, 5_000, 10_000, 20_000, 100_000, 1_000_000]
    marcon_puech_m(case(1_000)[0], only=["case"], simulations=2)
    print("    points  radii   CPU s   wall s   dbmss CPU s   times as fast   peak GiB   M at the last radius")
    for points in sizes:
        frame, radii = case(points)
        took, wall = [], []
        for _ in range(5 if points < 1_000_000 else 1):
            start, clock = cpu(), time.perf_counter()
            found = marcon_puech_m(frame, only=["case"], distances=radii)
            took.append(cpu() - start)
            wall.append(time.perf_counter() - clock)
        theirs = DBMSS.get(points)
        beside = f"{theirs:11.2f}   {theirs / median(took):13.0f}" if theirs else f"{'-':>11}   {'-':>13}"
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        last = f"{found['value'][-1]:.4f}"
        print(
            f"{points:10,}  {len(radii):5}  {median(took):6.3f}   {median(wall):6.3f}   {beside}   {peak:8.1f}   {last}"
        )


if __name__ == "__main__":
    main()
