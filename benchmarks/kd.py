"""K_d: exact beside dbmss, a million plants with a global band, errors against exact, moments against draws.

    python benchmarks/kd.py              # all but the long comparison, a few minutes
    python benchmarks/kd.py --draws      # also 1,000 explicit draws of 20,000 plants from 40,000 sites

R is not installed beside this; the figures of dbmss 2.11 (``Approximate=0``, CPU seconds) were measured on another day,
on two busy cores. CPU seconds are of all threads together, medians of five runs where short.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
import polars as pl

from jiqun.measure import pair_density
from jiqun.measure.distance.kd import kd

DBMSS = {1_000: 0.08, 5_000: 3.0, 10_000: 8.0, 20_000: 42.0}


def plants(count: int, *, seed: int = 0, clustered: bool = False, sites: int | None = None) -> pl.DataFrame:
    """Plants of industry ``a`` among sites in a square of 1,000 km, even or in towns, with heavy-tailed sizes."""
    rng = np.random.default_rng(seed)
    total = sites or count
    at = rng.random((total, 2)) * 1000.0
    if clustered:
        at = at[: max(total // 500, 5)][rng.integers(0, max(total // 500, 5), total)] + rng.normal(0.0, 8.0, (total, 2))
    names = np.where(np.arange(total) < count, "a", "b")
    return pl.DataFrame({"industry_id": names, "x": at[:, 0], "y": at[:, 1], "size": rng.pareto(1.3, total) + 1.0})


def cpu(work: Callable[[], Any], runs: int = 1) -> tuple[float, Any]:
    """CPU seconds of all threads, and the result."""
    taken, found = [], None
    for _ in range(runs):
        start = time.process_time()
        found = work()
        taken.append(time.process_time() - start)
    return median(taken), found


def exact() -> None:
    print("exact, all points of one industry, bandwidth and default distances included")
    for count, theirs in DBMSS.items():
        frame = plants(count)
        seconds, _ = cpu(lambda f=frame: kd(f), 5)
        print(f"  n = {count:6d}: {seconds:6.2f} CPU s; dbmss {theirs:5.2f} ({theirs / seconds:.1f} times)", flush=True)
    for name, options in (("weighted by size", {"weight": "size"}), ("on the sphere", {})):
        frame = plants(20_000)
        if name == "on the sphere":
            frame = frame.select("industry_id", lon=75.0 + pl.col("x") * 0.06, lat=18.0 + pl.col("y") * 0.035)
        seconds, _ = cpu(lambda f=frame, o=options: kd(f, **o), 5)
        print(f"  n =  20000: {seconds:6.2f} CPU s {name}", flush=True)


def sampled() -> None:
    print("sampled, against exact on the same points: true error, error reported (both of the maximum)")
    whole = pair_density.MOST_EXACT
    for count in (20_000, 40_000):
        for clustered in (False, True):
            for weight in ("count", "size"):
                frame = plants(count, seed=1, clustered=clustered)
                truth = kd(frame, weight=weight, tolerance=0.0)["value"].to_numpy()
                pair_density.MOST_EXACT = 0
                found = [kd(frame, weight=weight, rng=seed) for seed in range(3)]
                pair_density.MOST_EXACT = whole
                real = max(float(np.abs(f["value"].to_numpy() - truth).max()) for f in found) / truth.max()
                said = max(float(f["error"].max()) for f in found) / truth.max()
                kind = "towns" if clustered else "even"
                print(f"  n = {count}, {kind:5s}, {weight:5s}: {real:.5f} {said:.5f}", flush=True)


def million() -> None:
    print("1,000,000 plants among 1,250,000 sites, curve and 5 % global band")
    for clustered in (False, True):
        for weight in ("count", "size"):
            frame = plants(1_000_000, seed=2, clustered=clustered, sites=1_250_000)
            seconds, found = cpu(lambda f=frame, w=weight: kd(f, only=["a"], weight=w, simulations=1000))
            error = float(found["error"].max()) / float(found["value"].max())
            kind = "towns" if clustered else "even"
            print(f"  {kind:5s}, {weight:5s}: {seconds:6.1f} CPU s, error ≤ {error:.5f} of the maximum", flush=True)


def agreement(count: int, sites: int) -> None:
    for clustered in (False, True):
        frame = plants(count, seed=3, clustered=clustered, sites=sites)
        taken, drawn = cpu(lambda f=frame: kd(f, only=["a"], simulations=1000, draws="explicit"))
        _, again = cpu(lambda f=frame: kd(f, only=["a"], simulations=1000, draws="explicit", rng=1))
        quick, moments = cpu(lambda f=frame: kd(f, only=["a"], simulations=1000, draws="moments"))
        print(
            f"  {count} plants of {sites} sites, {'towns' if clustered else 'even'}: {taken:.1f} and {quick:.1f} CPU s"
        )
        for name, other in (("moments", moments), ("other draws", again)):
            for band in ("band", "global"):
                one, two = ((f[f"{band}_high"] - f[f"{band}_low"]).to_numpy() for f in (drawn, other))
                ends = [(drawn[f"{band}_{s}"] - other[f"{band}_{s}"]).abs().to_numpy() / one for s in ("low", "high")]
                print(
                    f"    {band:6s} by {name:11s}: width {two.sum() / one.sum():.3f} of that by draws "
                    f"({(two / one).min():.3f} to {(two / one).max():.3f}); edges differ by {np.mean(ends):.3f} of it, "
                    f"at most {np.max(ends):.3f}",
                    flush=True,
                )


if __name__ == "__main__":
    kd(plants(3_000), simulations=10)
    exact()
    sampled()
    million()
    print("the null by 1,000 explicit draws and by moments")
    agreement(5_000, 20_000)
    if "--draws" in sys.argv:
        agreement(20_000, 40_000)
