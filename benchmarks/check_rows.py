"""How long, and in how much memory, ``jiqun check`` looks at many interactions.

    python benchmarks/check_rows.py                      # 10 million rows, DuckDB held to 2 GB
    python benchmarks/check_rows.py --rows 1000000 --memory 512MB --json

Generates a cluster on disk (200 000 actors, 300 places, 100 industries, events over three years), checks it in a
process of its own, and reports time, rows a second and the peak memory of that process.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

ACTORS, PLACES, INDUSTRIES = 200_000, 300, 100
CHUNK = 1_000_000


def generate(folder: Path, rows: int, seed: int = 1) -> None:
    """Write a cluster with ``rows`` interactions, in parts of a million."""
    from jiqun.cluster import About
    from jiqun.engine import writing

    rng = np.random.default_rng(seed)
    place, industry = [f"p{i:03d}" for i in range(PLACES)], [f"i{i:02d}" for i in range(INDUSTRIES)]
    actors = pl.DataFrame(
        {
            "actor_id": [f"actor-{i:06d}" for i in range(ACTORS)],
            "kind": ["firm"] * ACTORS,
            "industry_id": [industry[i] for i in rng.integers(0, INDUSTRIES, ACTORS)],
            "place_id": [place[i] for i in rng.integers(0, PLACES, ACTORS)],
            "lon": rng.uniform(110, 122, ACTORS),
            "lat": rng.uniform(22, 40, ACTORS),
            "founded": [date(2000, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 5000, ACTORS)],
            "size": rng.lognormal(3, 1, ACTORS),
        }
    )
    with writing(folder) as writer:
        writer.part("actors", "a" * 20, actors.write_parquet)
        writer.part("places", "p" * 20, pl.DataFrame({"place_id": place}).write_parquet)
        writer.part("industries", "i" * 20, pl.DataFrame({"industry_id": industry}).write_parquet)
        start = datetime(2014, 1, 1)
        for number, first in enumerate(range(0, rows, CHUNK)):
            n = min(CHUNK, rows - first)
            source, target = rng.integers(0, ACTORS, n), rng.integers(0, ACTORS, n)
            frame = pl.DataFrame(
                {
                    "time": start + pl.Series(rng.integers(0, 94_000_000, n)).cast(pl.Duration("ms")) * 1000,
                    "source": actors["actor_id"].gather(source),
                    "target": actors["actor_id"].gather(target),
                    "kind": ["order"] * n,
                    "amount": rng.lognormal(5, 1, n),
                    "quantity": rng.integers(1, 9, n).astype(float),
                    "category": [industry[i] for i in rng.integers(0, INDUSTRIES, n)],
                    "group": [f"order-{first + i // 2}" for i in range(n)],
                }
            )
            writer.part("interactions", f"x{number:019d}", frame.write_parquet)
        writer.commit(About("bench", as_of="2016-12-31"))


def measured(folder: Path) -> dict[str, float]:
    """Check in this process; give seconds and the peak memory in MB, DuckDB's spill left out."""
    from jiqun.cluster import check
    from jiqun.engine import open_cluster

    cluster = open_cluster(folder)
    start = time.perf_counter()
    found = check(cluster)
    seconds = time.perf_counter() - start
    rows = cluster.rows("interactions")
    # not ru_maxrss: that of a child starts at what its parent had
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) / 1024
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "rows_per_second": round(rows / seconds),
        "peak_mb": round(peak),
        "findings": len(found),
        "score": found.grade.score,
    }


def main() -> None:
    """Generate, check in a fresh process, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--memory", default="2GB", help="memory limit of DuckDB")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        print(json.dumps(measured(options.folder)))
        return
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "cluster"
        generate(folder, options.rows)
        command = [sys.executable, __file__, "--folder", str(folder)]
        environment = {**os.environ, "JIQUN_MEMORY": options.memory}
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    result = json.loads(done.stdout)
    if options.json:
        print(json.dumps(result))
    else:
        print(f"{result['rows']:,} rows in {result['seconds']} s ({result['rows_per_second']:,} a second), ", end="")
        print(f"peak {result['peak_mb']} MB with DuckDB held to {options.memory}")


if __name__ == "__main__":
    main()
