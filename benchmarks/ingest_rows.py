"""Rows a second and peak memory of ``jiqun ingest`` on a CSV of interactions, beside a plain Polars pipeline.

    python benchmarks/ingest_rows.py                 # 10 million rows, 4 GB, 3 runs of each
    python benchmarks/ingest_rows.py --rows 1000000 --runs 5

Both read the same generated file (seed 1) and write zstd Parquet. Jiqun also checks the structure of every
line, keeps unreadable values on record, hashes the source and commits atomically; Polars casts and writes.
Each run is a fresh process; peak memory is its largest resident set (``ru_maxrss``, which counts file pages
that are mapped). ``--dirty`` puts one unreadable amount into every hundred thousandth row.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

RECIPE = """
[cluster]
id = "benchmark"
origin = "generated"
[files.orders]
path = "orders.csv"
[[interactions]]
from = "orders"
[interactions.columns]
time = "ordered_at"
source = "buyer"
target = "seller"
kind = { value = "order" }
amount = "amount"
quantity = "quantity"
category = "category"
group = "basket"
"""

JIQUN = """
import resource, sys, time
from jiqun.ingest import ingest, load_recipe
steps = []
started = time.perf_counter()
done = ingest(load_recipe("recipe.toml"), "out-jiqun", memory_limit=sys.argv[1], progress=lambda *a: steps.append(a))
seconds = time.perf_counter() - started
rows = done.manifest.rows("interactions")
"""

POLARS = """
import resource, sys, time
import polars as pl
started = time.perf_counter()
frame = pl.scan_csv("orders.csv", infer_schema=False).select(
    pl.col("ordered_at").str.to_datetime(strict=False).alias("time"),
    pl.col("buyer").alias("source"), pl.col("seller").alias("target"), pl.lit("order").alias("kind"),
    pl.col("amount").cast(pl.Float64, strict=False), pl.col("quantity").cast(pl.Float64, strict=False),
    "category", pl.col("basket").alias("group"),
)
frame.sink_parquet("out-polars.parquet", compression="zstd")
seconds = time.perf_counter() - started
rows = pl.scan_parquet("out-polars.parquet").select(pl.len()).collect().item()
steps = []
"""

TAIL = """
import json
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "rows": rows, "steps": len(steps),
                  "peak": used.ru_maxrss * 1024}))
"""


def generate(path: Path, rows: int, *, dirty: bool) -> None:
    """Write the orders in chunks, so that making them needs little memory."""
    import polars as pl

    rng = np.random.default_rng(1)
    with path.open("wb") as file:
        for first in range(0, rows, 500_000):
            count = min(500_000, rows - first)
            index = np.arange(first, first + count)
            amount = pl.Series(np.round(rng.lognormal(3.0, 1.0, count), 2)).cast(pl.String)
            if dirty:
                amount = pl.select(
                    pl.when(pl.lit(pl.Series(index % 100_000 == 77))).then(pl.lit("n/a")).otherwise(pl.lit(amount))
                ).to_series()
            frame = pl.DataFrame(
                {
                    "basket": index // 4,
                    "ordered_at": pl.Series(1_483_228_800_000_000 + index * 3_153_600).cast(pl.Datetime("us")),
                    "buyer": pl.Series(rng.integers(0, 1_000_000, count)).cast(pl.String).str.zfill(7),
                    "seller": "s" + pl.Series(rng.zipf(1.3, count) % 50_000).cast(pl.String),
                    "category": "c" + pl.Series(rng.integers(0, 300, count)).cast(pl.String),
                    "quantity": rng.integers(1, 9, count),
                    "amount": amount,
                }
            )
            frame.write_csv(file, include_header=first == 0, datetime_format="%Y-%m-%d %H:%M:%S")


def run(code: str, folder: Path, memory: str) -> dict[str, float]:
    """Run one reader in a fresh process."""
    for left in folder.glob("out-*"):
        subprocess.run(["rm", "-rf", str(left)], check=True)
    done = subprocess.run(
        [sys.executable, "-c", code + TAIL, memory], cwd=folder, check=True, capture_output=True, text=True
    )
    result: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--dirty", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder / "orders.csv", options.rows, dirty=options.dirty)
        (folder / "recipe.toml").write_text(RECIPE, encoding="utf-8")
        size = (folder / "orders.csv").stat().st_size
        print(
            f"{options.rows:,} rows, {size / 1e6:,.0f} MB, {os.cpu_count()} cores, limit {options.memory}", flush=True
        )
        results: dict[str, list[dict[str, float]]] = {"jiqun": [], "polars": []}
        for _ in range(options.runs):
            for reader, code in (("jiqun", JIQUN), ("polars", POLARS)):  # side by side, under the same load
                result = run(code, folder, options.memory)
                if result["rows"] != options.rows:
                    raise SystemExit(f"{reader} gave {result['rows']:,} rows")
                results[reader].append(result)
                time.sleep(0.5)
        print(f"\n| reader | median s | CPU s | rows/s | MB/s | peak MB | progress calls |\n|---|{'---:|' * 6}")
        for reader, found in results.items():
            seconds = statistics.median(r["seconds"] for r in found)
            peak = max(r["peak"] for r in found)
            cpu, steps = (statistics.median(r[what] for r in found) for what in ("cpu", "steps"))
            rates = f"{options.rows / seconds:,.0f} | {size / 1e6 / seconds:,.0f}"
            print(f"| {reader} | {seconds:.1f} | {cpu:.1f} | {rates} | {peak / 1e6:,.0f} | {steps:.0f} |")


if __name__ == "__main__":
    main()
