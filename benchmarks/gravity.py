"""How long a gravity equation takes, beside pyfixest: 215 places × 215 × 24 periods, 1.1 million cells.

python benchmarks/gravity.py [places] [periods]
"""

from __future__ import annotations

import statistics
import sys
import time
import warnings

import numpy as np

from jiqun.measure.gravity import ppml
from jiqun.measure.gravity.clustered import covariance


def main(places: int, periods: int) -> None:
    """Fit the same flows with both."""
    rng = np.random.default_rng(0)
    at = rng.uniform(0, 100, (places, 2))
    far = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) + 1.0
    x = np.stack([np.log(far), np.eye(places)])[:, None]
    effects = rng.normal(0, 2, (periods, places, 1)) + rng.normal(0, 2, (periods, 1, places))
    flow = rng.poisson(np.exp(effects - 0.9 * x[0] + x[1])).astype(float)
    print(f"{flow.size:,} cells, {(flow == 0).mean():.0%} without a flow")
    ours = timed(lambda: covariance([fit := ppml(flow, x)], np.arange(places), np.arange(places), "pair") and fit)
    print(f"jiqun     {ours[0]:6.1f} s wall, {ours[1]:6.1f} s processor, {ours[2].coefficient}")
    try:
        import pandas as pd
        import pyfixest
    except ImportError:
        print("pyfixest is not installed")
        return
    g, i, j = (a.ravel() for a in np.indices(flow.shape))
    frame = pd.DataFrame({"y": flow.ravel(), "far": np.log(far)[i, j], "home": (i == j).astype(float)})
    frame = frame.assign(gi=g * places + i, gj=g * places + j, pair=np.minimum(i, j) * places + np.maximum(i, j))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = timed(lambda: pyfixest.fepois("y ~ far + home | gi + gj", frame, vcov={"CRV1": "pair"}))
    print(f"pyfixest  {theirs[0]:6.1f} s wall, {theirs[1]:6.1f} s processor, {theirs[2].coef().to_numpy()}")
    print(f"ratio of processor time {theirs[1] / ours[1]:.1f}")


def timed(run: object, times: int = 3) -> tuple[float, float, object]:
    """Median wall and processor seconds of some runs after one that compiles, and the last result."""
    assert callable(run)
    run()
    wall, used, result = [], [], None
    for _ in range(times):
        start, before = time.perf_counter(), time.process_time()
        result = run()
        wall.append(time.perf_counter() - start)
        used.append(time.process_time() - before)
    return statistics.median(wall), statistics.median(used), result


if __name__ == "__main__":
    size = [int(a) for a in sys.argv[1:3]] or [215, 24]
    main(size[0], size[1] if len(size) > 1 else 24)
